"""Patterns over the token classes (``tokens``) → days. One table serves all languages: word order is in the patterns.

Each row reads: name, pattern over the class letters, and what it means. At every place the longest match wins.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from agent.core.dates import reckoning as reckon
from agent.core.dates.reckoning import DAY, FRIDAY, SATURDAY, Moment
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


Meaning = Callable[[list[Token], Moment], Days | None]


def _int(token: Token) -> int:
    assert isinstance(token.value, int)
    return token.value


def _of(ts: list[Token], kinds: str) -> list[Token]:
    return [token for token in ts if token.kind in kinds]


def _day(found: date | None, *, ambiguous: bool = False, grain: str = "day") -> Days | None:
    return None if found is None else Days(found, found, grain, ambiguous=ambiguous)


# ── Written dates ──────────────────────────────────────────────────────────────────────────────────────────────


def _weekday_of(ts: list[Token]) -> int | None:
    named = _of(ts, "W")
    return _int(named[0]) if named else None


def _checked(found: date | None, ts: list[Token], *, ambiguous: bool = False) -> Days | None:
    """The date as written; a weekday that does not fit makes it ambiguous."""
    named = _weekday_of(ts)
    wrong = found is not None and named is not None and found.weekday() != named
    return _day(found, ambiguous=ambiguous or wrong)


def _figures(ts: list[Token], moment: Moment) -> Days | None:
    value = _of(ts, "I")[0].value
    assert isinstance(value, tuple)
    if len(value) == 3 and value[0] > 31:
        return _checked(reckon.safe_date(*value), ts)
    years = _of(ts, "Y")
    year = _int(years[0]) if years else (value[2] if len(value) == 3 and value[2] > 0 else None)
    found, ambiguous = reckon.numeric(moment, value[0], value[1], year)
    named = _weekday_of(ts)
    if named is not None and found is not None and found.weekday() != named:  # the weekday decides the order
        other = reckon.month_day(moment, value[1], value[0], year) if value[1] <= 12 else None
        swapped = reckon.month_day(moment, value[0], value[1], year) if value[0] <= 12 else None
        fitting = next((d for d in (other, swapped) if d is not None and d.weekday() == named), None)
        if fitting is not None:
            return _day(fitting)
    return _checked(found, ts, ambiguous=ambiguous and named is None)


def _month_day(ts: list[Token], moment: Moment) -> Days | None:
    month, years = _int(_of(ts, "M")[0]), _of(ts, "Y")
    day = _int(_of(ts, "NOa")[0])
    found = (
        reckon.month_day(moment, month, day, _int(years[0]) if years else None) if 1 <= day <= 31 else None
    )
    return _checked(found, ts)


def _month_range(ts: list[Token], moment: Moment) -> Days | None:
    """``March 3 - 5``, ``3 to 5 March``: both ends."""
    month, years = _int(_of(ts, "M")[0]), _of(ts, "Y")
    year = _int(years[0]) if years else None
    ends = [reckon.month_day(moment, month, _int(t), year) for t in _of(ts, "NO")]
    days = [day for day in ends if day is not None]
    return Days(max(days), min(days), "day") if len(days) == 2 else None


def _ordinal(ts: list[Token], moment: Moment) -> Days | None:
    day = _int(_of(ts, "NO")[0])
    if not 1 <= day <= 31:
        return None
    return _checked(reckon.day_of_month(moment, day, _weekday_of(ts)), ts)


# ── Days near by ───────────────────────────────────────────────────────────────────────────────────────────────


def _weekday(ts: list[Token], moment: Moment) -> Days | None:
    return _day(reckon.weekday_after(moment.today, _int(_of(ts, "W")[0])))


def _which_weekday(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "this/next/last Friday": next is the following week's; a weekend looks at the week that begins."""
    weekday, which = _int(_of(ts, "W")[0]), _int(_of(ts, "X")[0])
    if which == 5:
        return _day(reckon.weekday_after(moment.today, weekday))
    found = reckon.monday(moment, which) + weekday * DAY
    if which == 0 and found < moment.today:
        found = reckon.weekday_after(moment.today, weekday)
    near = which == 1 and (found - moment.today).days > 7
    return Days(found, found, ambiguous=near)


def _weekday_in_week(ts: list[Token], moment: Moment) -> Days | None:
    which = _int(_of(ts, "X")[0])
    return _day(reckon.monday(moment, 1 if which == 5 else which) + _int(_of(ts, "W")[0]) * DAY)


def _weekday_week(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "Monday week": a week after the coming Monday (British)."""
    unit = _of(ts, "U")[0]
    if unit.value != "week" or unit.plural:
        return None
    named = _of(ts, "W")
    start = (
        reckon.weekday_after(moment.today, _int(named[0]))
        if named
        else moment.today + DAY * _int(_of(ts, "R")[0])
    )
    return _day(start + 7 * DAY)


def _relative(ts: list[Token], moment: Moment) -> Days | None:
    return _day(moment.today + DAY * _int(_of(ts, "R")[0]))


def _today(ts: list[Token], moment: Moment) -> Days | None:
    value = ts[-1].value
    return _day(moment.today) if value == "eod" or len(ts) > 1 else None


# ── Parts of weeks, months, quarters, years ────────────────────────────────────────────────────────────────────

_WEEK_PARTS = {"early": (0, 1), "mid": (2, 2), "late": (3, 4), "half1": (0, 2), "half2": (2, 4)}
_MONTH_PARTS = {"early": (1, 7), "mid": (11, 15), "late": (21, 31), "half1": (1, 15), "half2": (16, 31)}


def _period(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "next week", "early this month", "by the end of the year"; without a part the whole period."""
    units, which, parts = _of(ts, "U"), _of(ts, "X"), _of(ts, "P")
    unit = str(units[0].value) if units else "week"
    ahead = _int(which[0]) if which else 0
    ahead = 1 if ahead == 5 else ahead
    if units and units[0].plural:
        return _coming(unit, moment) if which and ahead == 1 and not parts else None
    part = str(parts[0].value) if parts else ""
    match unit:
        case "week":
            return _week(moment, ahead, part)
        case "month":
            return _month(reckon.month_start(moment.today, ahead), part, moment, roll=not which)
        case "quarter":
            end = reckon.quarter_end(moment, ahead=ahead)
            return _in_quarter(end, part)
        case "year":
            return _year(moment.today.year + ahead, part)
        case "day":
            day = moment.today + DAY * ahead
            return _day(day) if part or ahead else None
        case "bizday":
            return _day(reckon.plus(moment, 1, "bizday")) if ahead == 1 else None
        case _:
            return None


def _week(moment: Moment, ahead: int, part: str) -> Days:
    end = reckon.week_end(moment, ahead)
    first, last = _WEEK_PARTS.get(part, (0, FRIDAY))
    start = end - FRIDAY * DAY
    found = Days(start + last * DAY, start + first * DAY, "week")
    if found.latest < moment.today and ahead == 0:  # "midweek", said on Friday
        return replace(found, latest=found.latest + 7 * DAY, earliest=found.earliest + 7 * DAY)
    return found


def _month(start: date, part: str, moment: Moment, *, roll: bool) -> Days:
    """A part of the month that begins at ``start``; ``roll``: no month was named, so a part gone by is the next's."""
    first, last = _MONTH_PARTS.get(part, (1, 31))
    end = reckon.month_end(start)
    latest = min(end, start + (last - 1) * DAY)
    if roll and latest < moment.today:
        return _month(reckon.month_start(start, 1), part, moment, roll=False)
    return Days(latest, start + (first - 1) * DAY, "month" if not part else "part of month")


def _in_quarter(end: date, part: str) -> Days:
    start = reckon.month_start(end, -2)
    last = {"early": reckon.month_end(start), "mid": reckon.month_start(end, -1) + 14 * DAY}.get(part, end)
    return Days(last, start, "quarter")


def _year(year: int, part: str) -> Days:
    start, end = date(year, 1, 1), date(year, 12, 31)
    last = {"early": date(year, 1, 31), "mid": date(year, 6, 30), "half1": date(year, 6, 30)}.get(part, end)
    return Days(last, start, "year", vague=part != "late")


_COMING = {"day": 5, "bizday": 5, "week": 21, "month": 90, "hour": 1, "fortnight": 28}


def _coming(unit: str, moment: Moment) -> Days | None:
    """Reads "in the coming days / weeks": five days, three weeks."""
    days = _COMING.get(unit)
    return None if days is None else Days(moment.today + days * DAY, moment.today, unit, vague=True)


def _named_month(ts: list[Token], moment: Moment) -> Days | None:
    years, parts = _of(ts, "Y"), _of(ts, "P")
    which = _of(ts, "X")
    month = _int(_of(ts, "M")[0])
    start = reckon.month_ahead(moment, month, _int(years[0]) if years else None)
    if which and _int(which[0]) < 0:
        start = date(start.year - 1, month, 1)
    found = _month(start, str(parts[0].value) if parts else "", moment, roll=False)
    return replace(found, vague=True) if not parts else found


def _counted_week(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "the first week of December": its seventh day; "the last week": the month's last day."""
    first = ts[0]
    number = -1 if first.kind == "X" else _int(first)
    if str(_of(ts, "U")[0].value) != "week" or number > 5:
        return None
    months, which = _of(ts, "M"), _of(ts[1:], "X")
    start = (
        reckon.month_ahead(moment, _int(months[0]))
        if months
        else reckon.month_start(moment.today, (_int(which[0]) if which else 0) % 5)
    )
    end = reckon.month_end(start)
    latest = end if number < 0 else min(end, start + (7 * number - 1) * DAY)
    return Days(latest, latest - 6 * DAY, "week")


def _end(ts: list[Token], moment: Moment) -> Days | None:
    """EOW, EOM, EOY, EOQ, with "this" or "next"."""
    which = _of(ts, "X")
    name, _, part = str(_of(ts, "E")[0].value).partition(":")
    return _period([Token("U", name, 0, 0, ""), Token("P", part or "late", 0, 0, ""), *which[:1]], moment)


def _quarter(ts: list[Token], moment: Moment) -> Days | None:
    value, parts, years = _of(ts, "Q")[0].value, _of(ts, "P"), _of(ts, "Y")
    assert isinstance(value, tuple)
    year = value[1] if len(value) > 1 else (_int(years[0]) if years else None)
    return _in_quarter(reckon.quarter_end(moment, value[0], year), str(parts[0].value) if parts else "")


def _counted_quarter(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "the end of the first quarter"."""
    parts, number = _of(ts, "P"), _int(_of(ts, "O")[0])
    if _of(ts, "U")[0].value != "quarter" or not 1 <= number <= 4:
        return None
    return _in_quarter(reckon.quarter_end(moment, number), str(parts[0].value) if parts else "")


def _week_of(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "the week of March 16", "w/c 9 May", "the week ending Friday 20 March": the Friday of that week."""
    rest = [t for t in ts if t.kind not in "UVX"]
    if any(t.value != "week" or t.plural for t in _of(ts, "U")):
        return None
    inner = _absolute(rest, moment)
    if inner is None:
        return None
    start = inner.latest - inner.latest.weekday() * DAY
    if inner.latest.weekday() >= SATURDAY and not any(t.value == "end" for t in _of(ts, "V")):
        start += 7 * DAY  # "the week of Sunday the 15th" is the one that begins then
    return replace(inner, latest=start + FRIDAY * DAY, earliest=start, grain="week")


def _calendar_week(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "KW 12": the ISO week, this year's or the next's."""
    number, parts = _int(_of(ts, "C")[0]), _of(ts, "P")
    if not 1 <= number <= 52:
        return None
    start = date.fromisocalendar(moment.today.isocalendar().year, number, 1)
    if start + 6 * DAY < moment.today:
        start = date.fromisocalendar(moment.today.isocalendar().year + 1, number, 1)
    first, last = _WEEK_PARTS.get(str(parts[0].value) if parts else "", (0, FRIDAY))
    return Days(start + last * DAY, start + first * DAY, "week")


def _absolute(ts: list[Token], moment: Moment) -> Days | None:
    kinds = {t.kind for t in ts}
    if "I" in kinds:
        return _figures(ts, moment)
    if "M" in kinds:
        return _month_day(ts, moment) if kinds & set("NO") else None
    if kinds & set("NO"):
        return _ordinal(ts, moment)
    return _weekday(ts, moment) if "W" in kinds else None


def _holiday(ts: list[Token], moment: Moment) -> Days | None:
    key = str(_of(ts, "H")[0].value)
    which = _of(ts, "X")
    if key == "weekend":
        start = reckon.monday(moment, 1 if which and _int(which[0]) == 1 else 0)
        if moment.today.weekday() >= SATURDAY and not (which and _int(which[0]) == 1):
            start -= 7 * DAY
        return Days(start + 6 * DAY, start + SATURDAY * DAY, "weekend", key=key)
    found = reckon.holiday(moment, key)
    return None if found is None else Days(found, found, "holiday", key=key, vague=key == "break")


def _weekday_after_holiday(ts: list[Token], moment: Moment) -> Days | None:
    base = _holiday(_of(ts, "H"), moment)
    if base is None or not any(t.value == "after" for t in _of(ts, "L")):
        return None
    return _day(reckon.weekday_after(base.latest, _int(_of(ts, "W")[0])))


# ── Durations ──────────────────────────────────────────────────────────────────────────────────────────────────

_FEW = {"day": 5, "bizday": 5, "week": 3, "month": 3, "hour": 6, "fortnight": 2}


def _count(ts: list[Token]) -> tuple[int, int, bool]:
    """Upper and lower number, and whether it was "a few"."""
    numbers = [(t, _int(t)) for t in ts if t.kind in "Na"]
    values = [n for _, n in numbers] or [1]
    return max(values), min(values), any(t.vague for t, _ in numbers)


def _duration(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "5-7 business days", "two weeks", "a week or two": counted from the day of writing; ranges keep both ends."""
    most, least, few = _count(ts)
    unit = str(_of(ts, "U")[0].value)
    if most > 400:
        return None
    if few and all(t.vague for t in ts if t.kind == "N"):
        most = _FEW.get(unit, most)
    couple = any("couple" in t.raw.lower() for t in ts)
    return replace(_lasting(moment, most, least, unit), vague=few or couple or unit == "year", bare=True)


def _lasting(moment: Moment, most: int, least: int, unit: str, start: date | None = None) -> Days:
    if unit == "fortnight":
        most, least, unit = 2 * most, 2 * least, "week"
    return Days(reckon.plus(moment, most, unit, start), reckon.plus(moment, least, unit, start), unit)


def _next_span(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "the next two weeks", "the next few days"."""
    which = _int(_of(ts, "X")[0])
    if which not in {1, 5, 0}:
        return None
    found = _duration([t for t in ts if t.kind != "X"], moment)
    return None if found is None else replace(found, bare=False)


def _duration_from(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "a week from Friday", "two days after the 14th", "within a week of March 3"."""
    at = next(i for i, t in enumerate(ts) if t.kind == "U")
    base = _absolute(ts[at + 1 :], moment)
    rel = _of(ts[at + 1 :], "R")
    start = base.latest if base else (moment.today + DAY * _int(rel[0]) if rel else None)
    unit = str(ts[at].value)
    leads = {"after", "from", "since"} | ({"on"} if unit in {"week", "fortnight"} else set())
    if start is None or unit in {"hour", "minute"} or not any(t.value in leads for t in ts if t.kind == "L"):
        return None
    most, least, _ = _count(ts[: at + 1])
    return _lasting(moment, most, least, unit, start)


DATE = "(?:I|[NO]MY?|M[NO]Y?)"
ROWS: tuple[tuple[str, str, Meaning], ...] = (
    ("date", f"W?D?L?IY?|W?{DATE}", _absolute),
    ("date", f"{DATE}W(?!X)", _absolute),
    ("date range", "W?(?:M[NO]B+[NO]Y?|[NO]B+[NO]MY?)", _month_range),
    ("weekday and day", "WO|WN(?![UMKN]|B[KN])|W[LB]?O", _ordinal),
    ("day of month", "O(?![UMP])", _ordinal),
    ("weekday", "W", _weekday),
    ("weekday", "PW", _weekday),
    ("which weekday", "P?XW|P?WX(?!U)", _which_weekday),
    ("weekday in week", "WL?XU|WUX|XUL?W|UXL?W", _weekday_in_week),
    ("weekday week", "WU|RU", _weekday_week),
    ("relative day", "P?X?R", _relative),
    ("end of day", "X?D", _today),
    ("period", "P?XU|P?UX|PU|XL?PU?|PL?X|XUP|XP", _period),
    ("end", "EL?XU?|XE|E|EU", _end),
    ("month", "P?X?MY?|MX|MP", _named_month),
    ("counted week", "(?:O|X)U(?:L?X?M|L?XU|L?U)", _counted_week),
    ("quarter", "P?QY?|QP", _quarter),
    ("counted quarter", "P?OU", _counted_quarter),
    ("week of", f"X?UL?V?W?(?:{DATE}|O|N(?![UMK]))|V(?:W?{DATE}|W?O)", _week_of),
    ("calendar week", "P?C", _calendar_week),
    ("holiday", "X?HX?|PH", _holiday),
    ("weekday after holiday", "WL?H", _weekday_after_holiday),
    ("duration", "[Na]?[Na](?:B[Na])?U(?:B[Na])?|NBaU", _duration),
    ("coming", "XNU|NXU|NUX|XaUBN|XUBN|aXU", _next_span),
    ("duration from", f"[Na](?:B[Na])?UL+(?:W?{DATE}|WO|W|R|O)", _duration_from),
)
PATTERNS = tuple((name, re.compile(pattern), meaning) for name, pattern, meaning in ROWS)
