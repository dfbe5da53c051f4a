"""Days that count: business days without public holidays and quiet periods, and local hours as UTC instants.

A calendar knows no clock; everything is asked about a given day. Holidays come from the library ``holidays``, which
is imported only when the first day is asked, and of its countries only the one that is asked for.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, partial
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from agent.core.model import Policy

if TYPE_CHECKING:
    from holidays import HolidayBase

_COUNTRIES = "holidays.countries"
_ONE = timedelta(days=1)
_SATURDAY = 5
_FAR = 400  # days: no calendar is without a business day for so long, unless its quiet periods fill the year

MonthDay = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days count. ``holidays`` is a country or country-subdivision code ("US", "GB-ENG"), "" for none.

    ``quiet`` holds pairs of (month, day), both ends included; a pair may cross the year's end.
    """

    holidays: str = ""
    quiet: tuple[tuple[MonthDay, MonthDay], ...] = ()
    time_zone: str = "UTC"

    @classmethod
    def of(cls, policy: Policy) -> Calendar:
        """The calendar of a policy; its quiet periods must be valid (``config`` has checked them)."""
        return cls(policy.holidays, tuple(map(quiet_period, policy.quiet_periods)), policy.time_zone)

    def is_quiet(self, day: date) -> bool:
        """True within a quiet period, both ends included."""
        here = (day.month, day.day)
        return any(
            first <= here <= last if first <= last else here >= first or here <= last
            for first, last in self.quiet
        )


def quiet_period(text: str) -> tuple[MonthDay, MonthDay]:
    """``"12-20/01-02"`` → ((12, 20), (1, 2)). Raises ValueError for anything else, impossible days included."""
    first, slash, last = text.partition("/")
    if not slash:
        raise ValueError(f"not a period MM-DD/MM-DD: {text!r}")
    return _month_day(first), _month_day(last)


def _month_day(text: str) -> MonthDay:
    day = date.fromisoformat(f"2024-{text.strip()}")  # a leap year: 02-29 is a day
    return day.month, day.day


def knows_holidays(code: str) -> bool:
    """True if the code names a country or subdivision whose public holidays are known, or is empty."""
    try:
        public_holidays(code, 2026)
    except ValueError:
        return False
    return True


@cache
def public_holidays(code: str, year: int) -> Mapping[date, str]:
    """Public holidays of a year with their (English where possible) names. ValueError for an unknown code."""
    if not code:
        return MappingProxyType({})
    found = country_days(code, years=year, language="en_US")
    return MappingProxyType({day: name for day, name in found.items() if day.year == year})


def country_days(code: str, **asked: Any) -> HolidayBase:
    """The library's calendar of a code; ``asked`` as in ``holidays.country_holidays``. ValueError for an unknown code."""
    country, _, subdivision = code.strip().partition("-")
    try:
        days = _country(country.upper())(subdiv=subdivision or None, **asked)
    except (NotImplementedError, LookupError) as error:
        raise ValueError(f"no holidays are known for {code!r}") from error
    return days


@cache
def _country(country: str) -> Callable[..., HolidayBase]:
    """What makes the calendar of a country (two or three letters); LookupError for an unknown one."""
    import holidays

    try:
        from holidays.registry import COUNTRIES

        known = {code: (module, names[0]) for module, names in COUNTRIES.items() for code in names[1:]}
        module, name = known[country]
        with _empty_package():
            made: Callable[..., HolidayBase] = getattr(
                importlib.import_module(f"{_COUNTRIES}.{module}"), name
            )
    except (ImportError, AttributeError):  # another version's inside: the front door, with all that it loads
        return partial(holidays.country_holidays, country)
    return made


@contextmanager
def _empty_package() -> Iterator[None]:
    """``holidays.countries`` without its own code, which imports 250 countries: 280 modules and 8 MB for one of them."""
    import holidays

    if _COUNTRIES in sys.modules:
        yield
        return
    package = ModuleType(_COUNTRIES)
    package.__path__ = [f"{folder}/countries" for folder in holidays.__path__]
    sys.modules[_COUNTRIES] = package
    try:
        yield
    finally:
        sys.modules.pop(_COUNTRIES, None)  # whoever wants all of them gets all of them


def is_holiday(day: date, code: str) -> bool:
    """True on a public holiday of the code; an unknown code has none."""
    try:
        return day in public_holidays(code, day.year)
    except ValueError:
        return False


def is_business_day(day: date, calendar: Calendar) -> bool:
    """Monday to Friday, no public holiday, not in a quiet period."""
    return day.weekday() < _SATURDAY and not calendar.is_quiet(day) and not is_holiday(day, calendar.holidays)


def next_business_day(day: date, calendar: Calendar) -> date:
    """The first business day after ``day`` (never ``day`` itself)."""
    return add_business_days(day, 1, calendar)


def business_day_from(day: date, calendar: Calendar) -> date:
    """``day`` itself if it counts, else the first business day after it."""
    return day if is_business_day(day, calendar) else next_business_day(day, calendar)


def previous_business_day(day: date, calendar: Calendar) -> date:
    """The last business day before ``day``."""
    return _walk(day, -1, 1, calendar)


def add_business_days(day: date, count: int, calendar: Calendar) -> date:
    """The ``count``-th business day after ``day``; counting starts on the day after. 0 gives ``day`` itself."""
    return _walk(day, 1, count, calendar)


def _walk(day: date, step: int, count: int, calendar: Calendar) -> date:
    here, left = day, count
    for _ in range(_FAR + 3 * count):
        if left <= 0:
            break
        here += step * _ONE
        left -= is_business_day(here, calendar)
    return here


def local_day(instant: datetime, zone: str) -> date:
    """The calendar day of an instant in a zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


def instant(day: date, clock: str | time, zone: str) -> datetime:
    """``"08:00"`` on a day in a zone, as a UTC instant.

    A time that daylight saving skips moves on by the gap; one that occurs twice means its first occurrence.
    """
    at = time.fromisoformat(clock) if isinstance(clock, str) else clock
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def due_from(day: date, calendar: Calendar, clock: str) -> datetime:
    """The instant from which something due on ``day`` may appear: ``clock`` on the first business day from then."""
    return instant(business_day_from(day, calendar), clock, calendar.time_zone)
