"""Clock times in a sentence: "11:00-11:30 AM Eastern", "at 2 PT", "9 h 30", "10 Uhr", "noon", "the 28th 230".

A bare hour is read as business people mean it: 1 to 7 in the afternoon, 8 to 11 in the morning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, time

from agent.core.dates.hours import is_introduced, is_marked, is_spelled
from agent.core.dates.reckoning import weekday_after
from agent.core.dates.spans import DaySpan, Line
from agent.core.dates.tokens import Token
from agent.core.dates.zone_words import zone_behind

AM, PM, DAY24, ZERO = 1, 2, 3, 4  # DAY24: "Uhr", "h"; ZERO: a leading zero, which no afternoon has
LAST_AFTERNOON_HOUR = 7


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock time or range at ``text[start:end]``; ``limits`` are the prepositions before it."""

    start: int
    end: int
    begins: time
    ends: time | None
    zone: str | None
    limits: frozenset[str]
    lead: int
    window: bool = False  # "between 2 and 4": a range of possible starts
    unsure: bool = False  # a bare seven: morning or evening


def clocks(line: Line, language: str) -> list[Clock]:
    """The clock times of a sentence in order. Numbers count only with "at", a zone, a range, or right behind a day."""
    found: list[Clock] = []
    at = 0
    while at < len(line.core):
        hit = _clock_at(line, at, language)
        if hit is None:
            at += 1
        else:
            found.append(hit[0])
            at = hit[1]
            while at < len(line.core) and line.core[at].start < hit[0].end:  # the figures of "(UTC-03:00)"
                at += 1
    return found


def _clock_at(line: Line, at: int, language: str) -> tuple[Clock, int] | None:
    kinds, core = line.kinds, line.core
    first = _moment_of(line, at, language)
    if first is None:
        return None
    last, second = at, None
    if at + 2 < len(core) and kinds[at + 1] == "B" and not _slashed(core[at + 1], core, at):
        second = _value_of(core[at + 2])
        last = at + 2 if second else at
    bare = "K" not in kinds[at : last + 1] and not is_introduced(line, at, last, language)
    if bare and not _in_the_morning(line, at, last):
        return None
    first, at, last = _adjusted(first, line, at, last)
    limits, lead = _prepositions(line, at)
    part = _daypart(line, last + 1, at)
    begins, ends = _resolved(first, second, part)
    if begins is None:
        return None
    zone, end = zone_behind(line.text, core[last].end, language)
    if part is not None and part[1] > end:
        end = part[1]
        zone, end = (zone, end) if zone else zone_behind(line.text, end, language)
    window = "between" in limits or (second is not None and str(core[at + 1].value) == "and")
    seven = (
        first[0] == LAST_AFTERNOON_HOUR
        and first[2] == 0
        and begins.hour > 12
        and part is None
        and second is None
    )
    return Clock(core[at].start, end, begins, ends, zone, limits, lead, window, seven), last + 1


def _in_the_morning(line: Line, at: int, last: int) -> bool:
    """Reads "Thursday, 8 in the morning": a part of the day right behind the figure makes it a time."""
    part = _daypart(line, last + 1, -9)
    gap = line.text[line.core[last].end : part[1]] if part and part[1] > line.core[last].end else ""
    return line.core[at].kind == "N" and bool(_OF_DAY.fullmatch(gap))


def _adjusted(
    value: tuple[int, int, int], line: Line, at: int, last: int
) -> tuple[tuple[int, int, int], int, int]:
    """Reads "half past two", "las diez y media", "10 heures moins le quart"."""
    if last == at and line.kinds[at + 1 : at + 2] == "m":
        place, last = at + 1, at + 1
    elif at and line.kinds[at - 1] == "m":
        place = at = at - 1
    else:
        return value, at, last
    shift = line.core[place].value
    assert isinstance(shift, int)
    minutes = 60 * value[0] + value[1] + shift
    return (minutes // 60, minutes % 60, value[2]), at, last


def _value_of(token: Token) -> tuple[int, int, int] | None:
    """Hour, minute and meridiem of a token that may be a clock time."""
    if token.kind == "K":
        if token.value == "noon":
            return 12, 0, DAY24
        if token.value == "midnight":
            return None
        if isinstance(token.value, str):  # "halb drei"
            hour, _, minute = token.value.partition(":")
            return int(hour), int(minute), DAY24
        assert isinstance(token.value, tuple)
        return token.value[0], token.value[1], token.value[2]
    if token.kind in "Na" and isinstance(token.value, int) and not token.vague:
        return (token.value, 0, 0) if token.value <= 23 else _compact(token.value)
    if (
        token.kind == "I"
        and isinstance(token.value, tuple)
        and len(token.value) == 3
        and token.value[2] == -1
    ):
        return token.value[0], token.value[1], 0  # "at 9.15"
    return None


def _compact(number: int) -> tuple[int, int, int] | None:
    """``230`` → half past two."""
    hour, minute = divmod(number, 100)
    return (hour, minute, 0) if 1 <= hour <= 23 and minute < 60 and number >= 100 else None


def _moment_of(line: Line, at: int, language: str) -> tuple[int, int, int] | None:
    token = line.core[at]
    if not token.raw[:1].isdigit() and token.kind != "K" and not is_spelled(line, at):
        return None
    taken = token.kind != "K" and _inside_day(line, at)
    freed = line.kinds[at - 1 : at] == "W" and is_marked(line, at, language)
    if token.kind not in "KNIa" or (taken and not freed):
        return None
    following = line.kinds[at + 1 : at + 2]
    if (
        token.kind in "NI"
        and following in {"U", "M", "O", "N"}
        and not (token.kind == "I" and following != "U")
    ):
        return None
    return _value_of(token)


def _inside_day(line: Line, at: int) -> bool:
    token = line.core[at]
    return any(span.start <= token.start < span.end for span in line.spans)


def _slashed(connector: Token, core: tuple[Token, ...], at: int) -> bool:
    """Reads "10am PT / 1pm ET" is one time said twice, no range; a far-off connector joins nothing."""
    return connector.raw == "/" or connector.start - core[at].end > 8


def _prepositions(line: Line, at: int) -> tuple[frozenset[str], int]:
    limits: set[str] = set()
    while at and line.kinds[at - 1] == "L":
        at -= 1
        limits.add(str(line.core[at].value))
    if at and line.kinds[at - 1] == "T":
        limits.add("by")
    return frozenset(limits), line.core[at].start


def _daypart(line: Line, behind: int, at: int) -> tuple[str, int] | None:
    """Reads "3 in the afternoon", "4 de la tarde", "Tuesday morning at 7": the word and where it ends."""
    for place in (behind, behind + 1, at - 1, at - 2):
        if 0 <= place < len(line.core) and line.kinds[place] == "D":
            word = line.core[place].low
            return word, (line.core[place].end if place >= behind else 0)
    return None


_OF_DAY = re.compile(
    r"\s*(?:in the|o'?clock in the|at|de la|por la|du|morgens|abends|am)?\s*[^\W\d_]+", re.IGNORECASE
)
_MORNING = re.compile(r"morning|vormittag|morgen|fruh|matin|manana|mattina")
_EVENING = re.compile(r"afternoon|evening|night|nachmittag|abend|apres|soir|tarde|noche|pomeriggio|sera")


def _resolved(
    first: tuple[int, int, int], second: tuple[int, int, int] | None, part: tuple[str, int] | None
) -> tuple[time | None, time | None]:
    hint = 0
    if part is not None:
        hint = AM if _MORNING.search(part[0]) else PM if _EVENING.search(part[0]) else 0
    if second is None:
        return _time(first, hint), None
    ends = _time(second, hint)
    if first[2] in {0, DAY24, ZERO} and second[2] in {AM, PM}:
        begins = _time((first[0], first[1], second[2]), 0)
        if begins is not None and ends is not None and begins >= ends:
            begins = _time((first[0], first[1], AM), 0)
    else:
        begins = _time(first, hint)
    if second[2] == 0 and begins is not None and second[0] <= 12:
        ends = next((e for e in _both(second) if e > begins), ends)
    return begins, (ends if begins and ends and ends > begins else None)


def _both(value: tuple[int, int, int]) -> list[time]:
    hour, minute, _ = value
    hours = [hour, hour + 12] if hour < 12 else [hour]
    return [time(h, minute) for h in hours if h < 24 and minute < 60]


def _time(value: tuple[int, int, int], hint: int) -> time | None:
    hour, minute, meridiem = value
    if hour > 23 or minute > 59:
        return None
    said = meridiem if meridiem in {AM, PM} else hint
    if said and hour <= 12:
        hour = hour % 12 + (12 if said == PM else 0)
    elif meridiem != ZERO and 1 <= hour <= LAST_AFTERNOON_HOUR - (meridiem == DAY24):
        hour += 12
    return time(hour, minute)


def merged_day(line: Line, clock: Clock, today: date) -> DaySpan | None:
    """The day that "tuesday 2 PT" means once its 2 is known to be an hour."""
    at = next((n for n, t in enumerate(line.core) if t.start == clock.start and t.kind == "N"), 0)
    weekday = line.core[at - 1]
    if at == 0 or weekday.kind != "W" or not isinstance(weekday.value, int):
        return None
    span = next((s for s in line.spans if s.start == weekday.start and clock.start < s.end), None)
    day = weekday_after(today, weekday.value)
    return None if span is None else replace(span, end=clock.start, latest=day, earliest=day, past=False)
