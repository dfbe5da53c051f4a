"""What a phrase means (``Days``), and how its tokens are looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from agent.core.dates.reckoning import Moment
from agent.core.dates.tokens import Token


@dataclass(frozen=True, slots=True)
class Days:
    """What a phrase means: its last and first day, how coarse it is, and whether it is vague or ambiguous."""

    latest: date
    earliest: date
    grain: str = "day"
    vague: bool = False
    ambiguous: bool = False
    key: str = ""  # the holiday named
    bare: bool = False  # a bare duration ("two weeks"), a date only behind the right preposition


COMING, FOLLOWING, THIS_TIME = 5, 6, 7  # "the coming Monday", "the following Monday", "this time next week"
Meaning = Callable[[list[Token], Moment], Days | None]


def number(token: Token) -> int:
    assert isinstance(token.value, int)
    return token.value


def some(ts: list[Token], kinds: str) -> list[Token]:
    return [token for token in ts if token.kind in kinds]


def one_day(found: date | None, *, ambiguous: bool = False, grain: str = "day") -> Days | None:
    return None if found is None else Days(found, found, grain, ambiguous=ambiguous)
