"""Calendar arithmetic behind the phrases: which day "next Friday" or "before Easter" is, said at some moment.

Conventions: a week ends on Friday; a bare weekday is strictly after the day of writing; on a weekend "this week" is the
week that begins; ranges keep both ends. Nothing here knows words.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from dateutil.easter import easter
from dateutil.relativedelta import FR, MO, TH, relativedelta

from agent.core.dates.calendar_days import (
    Calendar,
    add_business_days,
    is_business_day,
    is_holiday,
    public_holidays,
)
from agent.core.dates.public_names import PUBLIC, next_named

DAY = timedelta(days=1)
FRIDAY, SATURDAY = 4, 5
CLOSE = 17  # o'clock: what is written later on a Friday means the next week
PAST = 120  # days: a month and day without a year that lie further back mean the next year


@dataclass(frozen=True, slots=True)
class Moment:
    """Where and when the words were written: everything that a relative phrase depends on.

    ``written`` is aware, in the writer's own offset. ``anchors`` names days the text may refer to ("interview").
    """

    written: datetime
    language: str = "en"
    holidays: str = ""
    anchors: Mapping[str, date] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.written.date()

    @property
    def calendar(self) -> Calendar:
        return Calendar(self.holidays)

    @property
    def month_first(self) -> bool:
        """True where 3/4 is the 4th of March: English from the Americas' offsets."""
        if self.language != "en":
            return False
        hours = (self.written.utcoffset() or timedelta()) / timedelta(hours=1)
        return -11 <= hours <= -3


def weekday_after(day: date, weekday: int) -> date:
    """The first such weekday strictly after ``day``."""
    return day + DAY * ((weekday - day.weekday() - 1) % 7 + 1)


def monday(moment: Moment, weeks: int = 0) -> date:
    """Monday of the week ``weeks`` ahead. Written on a weekend, week 0 is already the coming one; 1 is too."""
    today = moment.today
    ahead = max(weeks, 1) if today.weekday() >= SATURDAY else weeks
    if weeks < 0:
        ahead = weeks
    return today - DAY * today.weekday() + timedelta(weeks=ahead)


def week_end(moment: Moment, weeks: int) -> date:
    """Friday of that week; "this week" said on Friday after hours is the next one."""
    late = moment.today.weekday() == FRIDAY and moment.written.hour >= CLOSE
    return monday(moment, weeks + (weeks == 0 and late)) + FRIDAY * DAY


def month_start(day: date, ahead: int = 0) -> date:
    return day.replace(day=1) + relativedelta(months=ahead)


def month_end(day: date) -> date:
    return day.replace(day=months.monthrange(day.year, day.month)[1])


def month_ahead(moment: Moment, month: int, year: int | None = None) -> date:
    """The first of the next such month that is not over yet (the present month counts)."""
    if year is not None:
        return date(year, month, 1)
    return date(moment.today.year + (month < moment.today.month), month, 1)


def safe_date(year: int, month: int, day: int) -> date | None:
    """The date, or None where there is none (31 April)."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_day(moment: Moment, month: int, day: int, year: int | None = None) -> date | None:
    """Reads "March 6" as written then: this year's, or the next if it lies more than four months back."""
    if year is not None:
        return safe_date(year, month, day)
    found = safe_date(moment.today.year, month, day)
    if found is not None and moment.today - found <= PAST * DAY:
        if (found - moment.today).days > 365 - PAST // 2:  # written in January about last December
            return safe_date(moment.today.year - 1, month, day) or found
        return found
    return safe_date(moment.today.year + 1, month, day) or safe_date(moment.today.year + 2, month, day)


def day_of_month(moment: Moment, day: int, weekday: int | None = None) -> date | None:
    """Reads "The 14th": the next one from today on; with a weekday the next that falls on it, within a year."""
    start = month_start(moment.today)
    days = (safe_date(m.year, m.month, day) for m in (month_start(start, n) for n in range(13)))
    ahead = [found for found in days if found is not None and found >= moment.today]
    if weekday is not None:
        fitting = [found for found in ahead[:6] if found.weekday() == weekday]
        ahead = fitting or ahead
    return ahead[0] if ahead else None


def plus(moment: Moment, count: int, unit: str, start: date | None = None) -> date:
    """``count`` units after the day of writing (or ``start``); months clamp to the month's last day."""
    day = start or moment.today
    match unit:
        case "hour":
            if start is None:
                return (moment.written + timedelta(hours=count)).date()
            return day + timedelta(hours=count)
        case "minute":
            return day
        case "bizday":
            return add_business_days(day, count, moment.calendar)
        case "week":
            return day + timedelta(weeks=count)
        case "month":
            return day + relativedelta(months=count)
        case "quarter":
            return day + relativedelta(months=3 * count)
        case "year":
            return day + relativedelta(years=count)
        case _:
            return day + timedelta(days=count)


def quarter_end(moment: Moment, quarter: int | None = None, year: int | None = None, ahead: int = 0) -> date:
    """The last day of a quarter (1–4), or of the present one plus ``ahead``."""
    now = (moment.today.month - 1) // 3 + 1
    wanted = now + ahead if quarter is None else quarter
    base = year or moment.today.year + (quarter is not None and quarter < now and year is None)
    return month_end(date(base, 1, 1) + relativedelta(months=3 * wanted - 1))


def numeric(moment: Moment, first: int, second: int, year: int | None) -> tuple[date | None, bool]:
    """``3/12`` in the writer's order → (date, ambiguous): both readings are possible, differ and lie ahead."""
    day_first = month_day(moment, second, first, year) if 1 <= second <= 12 else None
    month_first = month_day(moment, first, second, year) if 1 <= first <= 12 else None
    likely, other = (month_first, day_first) if moment.month_first else (day_first, month_first)
    if likely is None:
        return other, False
    if other is None or other == likely:
        return likely, False
    if likely < moment.today <= other and year is not None:
        return other, True
    return likely, other >= moment.today


FIXED = {
    "christmas": (12, 25), "christmas_eve": (12, 24), "boxing_day": (12, 26), "new_year": (1, 1),
    "new_years_eve": (12, 31), "epiphany": (1, 6), "independence": (7, 4), "halloween": (10, 31),
    "valentine": (2, 14), "juneteenth": (6, 19), "canada_day": (7, 1), "bastille": (7, 14), "assumption": (8, 15),
    "all_saints": (11, 1), "armistice": (11, 11), "may_day": (5, 1), "german_unity": (10, 3), "australia_day": (1, 26),
    "st_patrick": (3, 17), "hispanidad": (10, 12), "constitution": (12, 6), "immaculate": (12, 8),
    "victory_day": (5, 8), "rentree": (9, 1),
}  # fmt: skip
EASTER = {
    "good_friday": -2, "easter": 0, "easter_monday": 1, "ascension": 39, "pentecost": 49, "pentecost_monday": 50,
    "corpus_christi": 60, "carnival": -48, "holy_week": -1, "maundy": -3,
}  # fmt: skip
NTH = {
    "mlk": (1, MO(3)), "presidents": (2, MO(3)), "memorial": (5, MO(-1)), "labor": (9, MO(1)),
    "columbus": (10, MO(2)), "thanksgiving": (11, TH(4)), "black_friday": (11, FR(4)), "family": (2, MO(3)),
}  # fmt: skip
NATIONAL = frozenset({"independence", "family"})  # whose day each country sets


def _holiday_in(key: str, year: int, code: str) -> date | None:
    if key in FIXED:
        return date(year, *FIXED[key])
    if key in EASTER:
        return easter(year) + EASTER[key] * DAY
    if key == "thanksgiving" and code.startswith("CA"):
        return date(year, 10, 1) + relativedelta(weekday=MO(2))
    if key == "labor" and code and not code.startswith(("US", "CA")):
        return date(year, 5, 1)
    if key == "victoria":
        return date(year, 5, 24) + relativedelta(weekday=MO(-1))
    month, weekday = NTH.get(key, (0, None))
    return (
        date(year, month, 1) + relativedelta(day=31 if weekday == MO(-1) else 1, weekday=weekday)
        if month
        else None
    )


def holiday(moment: Moment, key: str) -> date | None:
    """The next day of that holiday from today on; ``bank`` is the next public holiday of the calendar."""
    if key.startswith(PUBLIC):
        return next_named(key, moment.holidays, moment.today)
    if key in NATIONAL and (found := next_named(key, moment.holidays, moment.today)) is not None:
        return found
    if key == "bank":
        return _next_public(moment)
    if key == "long_weekend":
        return _long_weekend(moment)
    if key == "break":  # "the holidays": over the year's end, else the next public holiday
        return _holidays(moment)
    years = (moment.today.year, moment.today.year + 1)
    days = (_holiday_in(key, year, moment.holidays) for year in years)
    return next((day for day in days if day is not None and day >= moment.today), None)


def _publics(moment: Moment) -> list[date]:
    years = (moment.today.year, moment.today.year + 1)
    try:
        found = [day for year in years for day in public_holidays(moment.holidays, year)]
    except ValueError:
        return []
    return sorted(day for day in found if day >= moment.today)


def _next_public(moment: Moment) -> date | None:
    return next((day for day in _publics(moment) if day.weekday() < SATURDAY), None)


def _long_weekend(moment: Moment) -> date:
    """The Monday of the next long weekend; without holidays known, of the next weekend."""
    ahead = (
        day for day in _publics(moment) if day.weekday() in {0, FRIDAY} and (day - moment.today).days <= 21
    )
    found = next(ahead, None)
    return monday(moment, 1) if found is None else found + (3 * DAY if found.weekday() == FRIDAY else 0 * DAY)


def _holidays(moment: Moment) -> date | None:
    if moment.today.month >= 11 or moment.today < date(moment.today.year, 1, 3):
        return date(moment.today.year + (moment.today.month >= 11), 1, 1)
    return _next_public(moment)


def after(moment: Moment, day: date, key: str = "") -> date:
    """The day that "after X" promises: the next business day; after the year's end, the first full week's Friday."""
    if key in {"new_year", "break", "epiphany"} and day.month == 1:
        return date(day.year, 1, 5) + relativedelta(weekday=FR(1))
    if key == "thanksgiving":
        return weekday_after(day, 0)
    if key in {"easter", "christmas", "pentecost", "holy_week", "carnival"}:
        day += 2 * DAY if key == "holy_week" else DAY
        if key == "christmas":
            return add_business_days(day, 1, moment.calendar)
        while is_holiday(day, moment.holidays) or day.weekday() >= SATURDAY or day == easter(day.year) + DAY:
            day += DAY
        return day
    return add_business_days(day, 1, moment.calendar)


def before(moment: Moment, day: date, *, to_business: bool) -> date:
    """The day before; before a holiday or a weekend, the last business day."""
    day -= DAY
    while to_business and not is_business_day(day, moment.calendar):
        day -= DAY
    return day
