"""Phrases for periods: "early next week", "mid-March", "end of Q1", "the week of the 16th", "KW 12", holidays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from agent.core.dates import reckoning as reckon
from agent.core.dates.days import COMING, FOLLOWING, THIS_TIME, Days, number, one_day, some
from agent.core.dates.reckoning import DAY, FRIDAY, SATURDAY, Moment
from agent.core.dates.single import written
from agent.core.dates.tokens import Token

WEDNESDAY, FIRST_FULL = 2, 101
LEAST_WEEK, LAST_WEEK = 5, 52  # "week 2" is the second week of something, not of the year
_WEEK_PARTS = {"early": (0, 1), "mid": (2, 2), "late": (3, 4), "half1": (0, 2), "half2": (2, 4)}
_MONTH_PARTS = {"early": (1, 7), "mid": (11, 15), "late": (21, 31), "half1": (1, 15), "half2": (16, 31)}


def period(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "next week", "early this month", "by the end of the year"; without a part the whole period."""
    units, which, parts = some(ts, "U"), some(ts, "X"), some(ts, "P")
    unit = str(units[0].value) if units else "week"
    ahead = number(which[0]) if which else 0
    if ahead == THIS_TIME:
        return one_day(reckon.plus(moment, 1, unit))
    ahead = 1 if ahead in {COMING, FOLLOWING} else ahead
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
            return one_day(moment.today) if part and not ahead else None  # "the next day" counts from another
        case "bizday":
            return _next_business_day(moment) if ahead == 1 else None
        case _:
            return None


def _next_business_day(moment: Moment) -> Days:
    """Counted from today, or from a day named before it (``in_named_week``)."""
    found = reckon.plus(moment, 1, "bizday")
    return Days(found, found, key="following")


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


def named_month(ts: list[Token], moment: Moment) -> Days | None:
    years, parts = some(ts, "Y"), some(ts, "P")
    which = some(ts, "X")
    month = number(some(ts, "M")[0])
    start = reckon.month_ahead(moment, month, number(years[0]) if years else None)
    if which and number(which[0]) < 0:
        start = date(start.year - 1, month, 1)
    found = _month(start, str(parts[0].value) if parts else "", moment, roll=False)
    return replace(found, vague=True) if not parts else found


def counted_week(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "the first week of December": its seventh day; "the last week": the month's last day."""
    first = ts[0]
    which = -1 if first.kind == "X" else number(first)
    if str(some(ts, "U")[0].value) != "week" or 5 < which != FIRST_FULL:
        return None
    months, ahead = some(ts, "M"), some(ts[1:], "X")
    start = (
        reckon.month_ahead(moment, number(months[0]))
        if months
        else reckon.month_start(moment.today, (number(ahead[0]) if ahead else 0) % 5)
    )
    if which == FIRST_FULL:
        first_day = reckon.weekday_after(start - DAY, 0)
        return Days(first_day + FRIDAY * DAY, first_day, "week")
    end = reckon.month_end(start)
    latest = end if which < 0 else min(end, start + (7 * which - 1) * DAY)
    return Days(latest, latest - 6 * DAY, "week")


def counted_weekday(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "the second Tuesday of June", "el último viernes del mes": that day of the month."""
    months, units, ahead = some(ts, "M"), some(ts, "U"), some(ts[1:], "X")
    which, weekday = number(ts[0]), number(some(ts, "W")[0])
    if which not in {-1, 1, 2, 3, 4, 5} or (ts[0].kind == "X" and which > 0):
        return None
    if not months and (units[0].value != "month" or units[0].plural):
        return None
    start = (
        reckon.month_ahead(moment, number(months[0]))
        if months
        else reckon.month_start(moment.today, (number(ahead[0]) if ahead else 0) % 5)
    )
    found = _nth(start, which, weekday)
    if found < moment.today and not ahead:
        later = reckon.month_start(start, 12 if months else 1)
        found = _nth(later, which, weekday)
    return one_day(found) if found.month == start.month or found > moment.today else None


def _nth(start: date, which: int, weekday: int) -> date:
    if which < 0:
        return reckon.weekday_after(reckon.month_end(start) - 7 * DAY, weekday)
    return reckon.weekday_after(start - DAY, weekday) + 7 * (which - 1) * DAY


def within_unit(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "within the fortnight", "im Laufe der Woche": by the week's end early in the week, else seven days."""
    unit = str(ts[0].value)
    if ts[0].plural or unit not in {"week", "fortnight", "month"}:
        return None
    latest = reckon.plus(moment, 2 if unit == "fortnight" else 1, "week" if unit == "fortnight" else unit)
    if unit == "week" and moment.today.weekday() <= WEDNESDAY:
        latest = reckon.week_end(moment, 0)
    if unit == "month":
        latest = reckon.month_end(moment.today)
    return Days(latest, moment.today, unit)


def abbreviated_end(ts: list[Token], moment: Moment) -> Days | None:
    """EOW, EOM, EOY, EOQ, with "this" or "next"."""
    which = some(ts, "X")
    name, _, part = str(some(ts, "E")[0].value).partition(":")
    return period(
        [Token("U", name, 0, 0, "", ""), Token("P", part or "late", 0, 0, "", ""), *which[:1]], moment
    )


def quarter(ts: list[Token], moment: Moment) -> Days | None:
    value, parts, years = some(ts, "Q")[0].value, some(ts, "P"), some(ts, "Y")
    assert isinstance(value, tuple)
    year = value[1] if len(value) > 1 else (number(years[0]) if years else None)
    return _in_quarter(reckon.quarter_end(moment, value[0], year), str(parts[0].value) if parts else "")


def counted_quarter(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "the end of the first quarter"."""
    parts, which = some(ts, "P"), number(some(ts, "O")[0])
    if some(ts, "U")[0].value != "quarter" or not 1 <= which <= 4:
        return None
    return _in_quarter(reckon.quarter_end(moment, which), str(parts[0].value) if parts else "")


def week_of(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "the week of March 16", "w/c 9 May", "the week ending Friday 20 March": the Friday of that week."""
    rest = [t for t in ts if t.kind not in "UVX"]
    if _is_number_of_week(ts):
        week = number(rest[0])
        return _iso_week(week, "", moment) if LEAST_WEEK <= week <= LAST_WEEK else None
    if any(t.value != "week" or t.plural for t in some(ts, "U")):
        return None
    inner = written(rest, moment)
    if inner is None:
        return None
    start = inner.latest - inner.latest.weekday() * DAY
    if inner.latest.weekday() >= SATURDAY and not any(t.value == "end" for t in some(ts, "V")):
        start += 7 * DAY  # "the week of Sunday the 15th" is the one that begins then
    return replace(inner, latest=start + FRIDAY * DAY, earliest=start, grain="week")


def calendar_week(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "KW 12": the ISO week, this year's or the next's."""
    week, parts = number(some(ts, "C")[0]), some(ts, "P")
    if not 1 <= week <= LAST_WEEK:
        return None
    return _iso_week(week, str(parts[0].value) if parts else "", moment)


def _is_number_of_week(ts: list[Token]) -> bool:
    """Reads "in week 22", "la semana 22": a bare number right behind a bare "week"."""
    if [t.kind for t in ts] != ["U", "N"] or not ts[1].raw.isdigit():
        return False
    return ts[1].start - ts[0].end <= 1


def _iso_week(week: int, part: str, moment: Moment) -> Days:
    start = date.fromisocalendar(moment.today.isocalendar().year, week, 1)
    if start + 6 * DAY < moment.today:
        start = date.fromisocalendar(moment.today.isocalendar().year + 1, week, 1)
    first, last = _WEEK_PARTS.get(part, (0, FRIDAY))
    return Days(start + last * DAY, start + first * DAY, "week")


def holiday(ts: list[Token], moment: Moment) -> Days | None:
    key = str(some(ts, "H")[0].value)
    which = some(ts, "X")
    if key == "weekend":
        start = reckon.monday(moment, 1 if which and number(which[0]) == 1 else 0)
        if moment.today.weekday() >= SATURDAY and not (which and number(which[0]) == 1):
            start -= 7 * DAY
        return Days(start + 6 * DAY, start + SATURDAY * DAY, "weekend", key=key)
    found = reckon.holiday(moment, key)
    return None if found is None else Days(found, found, "holiday", key=key, vague=key == "break")


def weekday_after_holiday(ts: list[Token], moment: Moment) -> Days | None:
    base = holiday(some(ts, "H"), moment)
    if base is None or not any(t.value == "after" for t in some(ts, "L")):
        return None
    return one_day(reckon.weekday_after(base.latest, number(some(ts, "W")[0])))


def named_weekend(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "the King's Birthday long weekend", "Labor Day weekend": from the holiday to the weekend's last day."""
    first, second = some(ts, "H")
    base = holiday([first], moment)
    if base is None or str(second.value) not in {"weekend", "long_weekend"} or first.value == "weekend":
        return None
    ahead = {3: 3, FRIDAY: 2, SATURDAY: 1}.get(base.latest.weekday(), 0)
    return replace(base, latest=base.latest + ahead * DAY)
