"""Phrases for one day: written dates ("Friday, March 6", "3/12", "the 14th"), weekdays, "tomorrow"."""

from __future__ import annotations

from datetime import date

from agent.core.dates import reckoning as reckon
from agent.core.dates.days import COMING, FOLLOWING, Days, number, one_day, some
from agent.core.dates.reckoning import DAY, Moment
from agent.core.dates.tokens import Token

EIGHT_DAYS = {
    8: 1,
    14: 2,
    15: 2,
}  # as whole weeks are counted on the Continent: "lundi en huit", "Montag in vierzehn Tagen"


def _weekday_of(ts: list[Token]) -> int | None:
    named = some(ts, "W")
    return number(named[0]) if named else None


def _checked(found: date | None, ts: list[Token], *, ambiguous: bool = False) -> Days | None:
    """The date as written; a weekday that does not fit makes it ambiguous."""
    named = _weekday_of(ts)
    wrong = found is not None and named is not None and found.weekday() != named
    return one_day(found, ambiguous=ambiguous or wrong)


def figures(ts: list[Token], moment: Moment) -> Days | None:
    value = some(ts, "I")[0].value
    assert isinstance(value, tuple)
    if len(value) == 3 and value[0] > 31:
        return _checked(reckon.safe_date(*value), ts)
    years = some(ts, "Y")
    year = number(years[0]) if years else (value[2] if len(value) == 3 and value[2] > 0 else None)
    found, ambiguous = reckon.numeric(moment, value[0], value[1], year)
    named = _weekday_of(ts)
    if named is not None and found is not None and found.weekday() != named:  # the weekday decides the order
        other = reckon.month_day(moment, value[1], value[0], year) if value[1] <= 12 else None
        swapped = reckon.month_day(moment, value[0], value[1], year) if value[0] <= 12 else None
        fitting = next((d for d in (other, swapped) if d is not None and d.weekday() == named), None)
        if fitting is not None:
            return one_day(fitting)
    return _checked(found, ts, ambiguous=ambiguous and named is None)


def month_day(ts: list[Token], moment: Moment) -> Days | None:
    month, years = number(some(ts, "M")[0]), some(ts, "Y")
    day = number(some(ts, "NOa")[0])
    found = (
        reckon.month_day(moment, month, day, number(years[0]) if years else None) if 1 <= day <= 31 else None
    )
    return _checked(found, ts)


def month_range(ts: list[Token], moment: Moment) -> Days | None:
    """``March 3 - 5``, ``3 to 5 March``: both ends."""
    month, years = number(some(ts, "M")[0]), some(ts, "Y")
    year = number(years[0]) if years else None
    ends = [reckon.month_day(moment, month, number(t), year) for t in some(ts, "NO")]
    days = [day for day in ends if day is not None]
    return Days(max(days), min(days), "day") if len(days) == 2 else None


def ordinal(ts: list[Token], moment: Moment) -> Days | None:
    day = number(some(ts, "NO")[0])
    if not 1 <= day <= 31:
        return None
    return _checked(reckon.day_of_month(moment, day, _weekday_of(ts)), ts)


def written(ts: list[Token], moment: Moment) -> Days | None:
    kinds = {t.kind for t in ts}
    if "I" in kinds:
        return figures(ts, moment)
    if "M" in kinds:
        return month_day(ts, moment) if kinds & set("NO") else None
    if kinds & set("NO"):
        return ordinal(ts, moment)
    return weekday(ts, moment) if "W" in kinds else None


def weekday(ts: list[Token], moment: Moment) -> Days | None:
    return one_day(reckon.weekday_after(moment.today, number(some(ts, "W")[0])))


def which_weekday(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "this/next/last Friday": next is the following week's; a weekend looks at the week that begins."""
    weekday, which = number(some(ts, "W")[0]), number(some(ts, "X")[0])
    if which in {COMING, FOLLOWING}:
        found = reckon.weekday_after(moment.today, weekday)
        return Days(found, found, key="following" if which == FOLLOWING else "")
    found = reckon.monday(moment, which) + weekday * DAY
    if which == 0 and found < moment.today:
        found = reckon.weekday_after(moment.today, weekday)
    near = which == 1 and (found - moment.today).days > 7
    return Days(found, found, ambiguous=near)


def weekday_in_week(ts: list[Token], moment: Moment) -> Days | None:
    which = number(some(ts, "X")[0])
    return one_day(
        reckon.monday(moment, 1 if which in {COMING, FOLLOWING} else which) + number(some(ts, "W")[0]) * DAY
    )


def weekday_week(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "Monday week", "Monday fortnight": one or two weeks after the coming Monday (British)."""
    unit = some(ts, "U")[0]
    if unit.value not in {"week", "fortnight"} or unit.plural:
        return None
    named = some(ts, "W")
    start = (
        reckon.weekday_after(moment.today, number(named[0]))
        if named
        else moment.today + DAY * number(some(ts, "R")[0])
    )
    return one_day(start + (14 if unit.value == "fortnight" else 7) * DAY)


def weekday_in_weeks(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "Freitag in einer Woche", "lundi en huit", "de hoy en ocho": whole weeks after the day named first."""
    units, count, limit = some(ts, "U"), number(some(ts, "Na")[-1]), some(ts, "L")[0]
    unit = str(units[0].value) if units else "day"
    weeks = count if unit == "week" else EIGHT_DAYS.get(count, 0) if unit == "day" else 0
    if limit.value not in {"in", "within"} or not 1 <= weeks <= 12 or (not units and ts[-1].raw.isdigit()):
        return None
    if ts[0].kind == "R":
        return one_day(moment.today + DAY * number(ts[0]) + 7 * weeks * DAY)
    return one_day(reckon.weekday_after(moment.today, number(ts[0])) + 7 * weeks * DAY)


def relative(ts: list[Token], moment: Moment) -> Days | None:
    return one_day(moment.today + DAY * number(some(ts, "R")[0]))


def next_to(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "tomorrow or the day after": both."""
    if not ts[-1].low.endswith(("day after", "lendemain")):
        return None
    first = moment.today + DAY * number(some(ts, "R")[0])
    return Days(first + DAY, first)


def end_of_day(ts: list[Token], moment: Moment) -> Days | None:
    value = ts[-1].value
    return one_day(moment.today) if value == "eod" or len(ts) > 1 else None
