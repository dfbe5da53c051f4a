"""Phrases that mean days ("early next week", "before Easter", "5-7 business days") → dates, in four languages."""

from agent.core.dates.folding import folded
from agent.core.dates.reckoning import Moment
from agent.core.dates.spans import DaySpan, Line, read

__all__ = ["DaySpan", "Line", "Moment", "folded", "read"]
