import subprocess
import sys
from datetime import UTC, date, datetime

import holidays
import pytest

from agent.core.dates.calendar_days import (
    Calendar,
    _country,
    add_business_days,
    country_days,
    due_from,
    instant,
    is_business_day,
    knows_holidays,
    local_day,
    next_business_day,
    previous_business_day,
    public_holidays,
    quiet_period,
)
from agent.core.model import Policy

US = Calendar.of(Policy(time_zone="America/New_York"))


@pytest.mark.parametrize(
    ("start", "count", "code", "end"),
    [
        ("2026-09-15", 7, "CA", "2026-09-24"),  # interview on a Tuesday: Thursday of the next week
        ("2026-05-14", 7, "US", "2026-05-26"),  # over Memorial Day
        ("2026-04-17", 2, "US", "2026-04-21"),  # promised for a Friday
        ("2026-04-21", 6, "US", "2026-04-29"),
        ("2026-03-20", 8, "US", "2026-04-01"),
        ("2026-09-01", 2, "GB-ENG", "2026-09-03"),
        ("2026-05-15", 2, "CA-BC", "2026-05-20"),  # Victoria Day
        ("2026-06-16", 2, "US", "2026-06-18"),
        ("2026-06-16", 7, "CA-NS", "2026-06-25"),
        ("2026-12-18", 2, "US", "2027-01-05"),  # the quiet period
        ("2026-12-24", 0, "US", "2026-12-24"),
    ],
)
def test_it_counts_business_days(start: str, count: int, code: str, end: str) -> None:
    calendar = Calendar.of(Policy(holidays=code))
    assert add_business_days(date.fromisoformat(start), count, calendar) == date.fromisoformat(end)


def test_it_counts_no_weekend_holiday_or_quiet_day() -> None:
    quiet = [date(2026, 12, 20), date(2026, 12, 31), date(2027, 1, 2)]
    assert not any(is_business_day(day, US) for day in [date(2026, 3, 7), date(2026, 11, 26), *quiet])
    assert is_business_day(date(2026, 12, 18), US)


def test_it_walks_to_the_next_and_the_previous_business_day() -> None:
    assert next_business_day(date(2026, 4, 2), Calendar("DE")) == date(2026, 4, 7)
    assert previous_business_day(date(2026, 4, 5), Calendar("DE")) == date(2026, 4, 2)


def test_it_ends_even_if_every_day_is_quiet() -> None:
    always = Calendar(quiet=(((1, 1), (12, 31)),))
    assert add_business_days(date(2026, 1, 1), 3, always) > date(2026, 1, 1)


@pytest.mark.parametrize("text", ["", "12-20", "13-01/01-02", "12-20/02-30", "a/b"])
def test_it_refuses_what_is_no_quiet_period(text: str) -> None:
    with pytest.raises(ValueError):
        quiet_period(text)


def test_it_knows_which_holiday_codes_exist() -> None:
    assert [knows_holidays(code) for code in ["US", "GB-ENG", "CA-BC", "DE-BY", "", "ZZ", "US-QQ"]] == [
        True, True, True, True, True, False, False,
    ]  # fmt: skip
    assert public_holidays("US", 2026)[date(2026, 11, 26)] == "Thanksgiving Day"
    assert not any(knows_holidays(code) for code in ["JAN", "HolidayBase", "-", "UnitedStates"])


@pytest.mark.parametrize("code", ["US-CA", "AX", "HK", "DEU-BY", "UK-SCT", "IN", "ES-CT"])
def test_it_finds_the_same_days_as_the_library_by_its_front_door(code: str) -> None:
    country, _, part = code.partition("-")
    whole = holidays.country_holidays(country, subdiv=part or None, years=2027, language="en_US")
    assert dict(country_days(code, years=2027, language="en_US")) == dict(whole)


def test_it_loads_no_country_but_the_one_that_is_asked_for() -> None:
    """All of them are 17 MB that the daemon would keep."""
    ask = (
        "import sys; from agent.core.dates.calendar_days import public_holidays; public_holidays('DE-BY', 2026);"
        "print([name for name in sys.modules if name.startswith('holidays.countries')])"
    )
    loaded = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "['holidays.countries.germany']"


def test_it_falls_back_to_the_front_door_of_a_library_that_was_rebuilt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("holidays.registry.COUNTRIES", None)
    _country.cache_clear()
    assert country_days("US", years=2026)[date(2026, 11, 26)] == "Thanksgiving Day"
    with pytest.raises(ValueError):
        country_days("ZZ")
    _country.cache_clear()


def test_it_treats_an_unknown_code_as_weekends_only() -> None:
    assert next_business_day(date(2026, 12, 24), Calendar("ZZ")) == date(2026, 12, 25)


def test_it_keeps_local_hours_over_daylight_saving() -> None:
    zone = "America/New_York"
    assert instant(date(2026, 3, 6), "08:00", zone) == datetime(2026, 3, 6, 13, tzinfo=UTC)
    assert instant(date(2026, 3, 9), "08:00", zone) == datetime(2026, 3, 9, 12, tzinfo=UTC)
    assert instant(date(2026, 3, 8), "02:30", zone) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    assert instant(date(2026, 11, 1), "01:30", zone) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_it_moves_a_due_instant_to_a_business_day() -> None:
    assert due_from(date(2026, 7, 3), US, "08:00") == datetime(2026, 7, 6, 12, tzinfo=UTC)
    assert local_day(datetime(2026, 3, 5, 3, tzinfo=UTC), "America/New_York") == date(2026, 3, 4)
