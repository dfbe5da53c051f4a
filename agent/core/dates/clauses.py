"""A sentence → its clauses: the statements that stand for themselves, each with the dates in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.core.dates.cues import Cues
from agent.core.dates.folding import folded
from agent.core.dates.spans import DaySpan, Line

WAITS = frozenset({"day", "bizday", "week", "month"})
WAIT_GAP = 6  # characters: "max", a comma
OF = re.compile(r"\s*(?:of|de|d'|di|von|mit|with)\b")
AND = re.compile(r"\s*(?:and|und|et|y|e|en)\b")


@dataclass(frozen=True, slots=True)
class Clause:
    """A statement inside a sentence: its folded text, where it begins, the dates in it, and whether it asks."""

    text: str
    start: int
    spans: tuple[DaySpan, ...]
    asks: bool = False

    def before(self, span: DaySpan) -> str:
        """The words in front of a date and its prepositions."""
        return self.text[: max(0, span.lead - self.start)]

    def behind(self, span: DaySpan) -> str:
        """The words behind a date."""
        return self.text[span.end - self.start :]


def clauses(line: Line, cues: Cues) -> list[Clause]:
    """The clauses of a sentence in order; no cut goes through a date ("Tuesday and Thursday")."""
    low = folded(line.text)
    cuts = [
        (m.start(), m.end())
        for m in cues["clause"].finditer(low)
        if not _inside(m.start(), line.spans) and not _awaits(low, m.start(), line.spans, cues)
    ]
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(low)]
    asks = line.text.rstrip().endswith("?")
    return [
        Clause(low[start:end], start, tuple(s for s in line.spans if start <= s.start < end), asks)
        for start, end in zip(starts, ends, strict=True)
    ]


def _inside(place: int, spans: tuple[DaySpan, ...]) -> bool:
    return any(span.lead < place < span.end for span in spans)


def _awaits(low: str, cut: int, spans: tuple[DaySpan, ...], cues: Cues) -> bool:
    """Reads "Figure a couple weeks and we'll know": the wait and what ends it are one statement."""
    last = next((span for span in reversed(spans) if span.end <= cut), None)
    if last is None or not waits(last, low[: last.lead], low[last.end :], cues):
        return False
    return cut - last.end <= WAIT_GAP and AND.match(low, cut) is not None


def waits(span: DaySpan, lead: str, rest: str, cues: Cues) -> bool:
    """A bare duration that opens its sentence, with nothing before it but "figure", "give it"; no "weeks of training"."""
    waited = span.bare and span.grain in WAITS and not OF.match(rest)
    return waited and cues["opener"].search(lead.strip(" ,.-")) is not None
