"""Good hours to telephone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from agent.core.dates.calendar_days import Calendar
from agent.core.model import Policy, SignalKind
from agent.core.writing.call_hours import BEST_DAYS, good_hours, place
from tests.core.story import Story, invite

BERLIN = ZoneInfo("Europe/Berlin")
CALENDAR = Calendar.of(Policy(holidays="US", time_zone="America/New_York"))


def starts(now: str, not_before: date | None = None) -> list[str]:
    slots = good_hours(BERLIN, CALENDAR, datetime.fromisoformat(now), not_before=not_before)
    return [f"{slot.start:%a %m-%d %H:%M}" for slot in slots]


def test_it_prefers_tuesday_to_thursday() -> None:
    assert starts("2026-03-06T09:00:00+01:00") == ["Tue 03-10 09:15", "Tue 03-10 14:00", "Wed 03-11 09:15"]


def test_it_begins_now_where_now_is_good() -> None:
    assert starts("2026-03-10T10:07:00+01:00")[0] == "Tue 03-10 10:15"


def test_it_does_not_call_at_lunch_nor_in_the_last_minutes_of_a_window() -> None:
    assert starts("2026-03-10T11:20:00+01:00")[0] == "Tue 03-10 14:00"


def test_it_keeps_to_their_clock() -> None:
    assert starts("2026-03-10T08:00:00-04:00")[0] == "Tue 03-10 14:00"


def test_it_waits_until_they_are_back() -> None:
    assert starts("2026-03-06T09:00:00+01:00", date(2026, 3, 18))[0] == "Wed 03-18 09:15"


def test_it_skips_holidays_and_quiet_weeks() -> None:
    days = good_hours(BERLIN, CALENDAR, datetime.fromisoformat("2026-12-18T17:00:00+01:00"))
    assert days[0].start.date() == date(2027, 1, 5)


@pytest.mark.parametrize("hour", range(24))
def test_it_stays_within_good_hours_whenever_it_is_asked(hour: int) -> None:
    for slot in good_hours(BERLIN, CALENDAR, datetime(2026, 3, 27, hour, 11, tzinfo=BERLIN)):
        assert slot.start.weekday() in BEST_DAYS | {0, 4}
        assert slot.end - slot.start >= timedelta(minutes=15)
        assert (slot.start.hour, slot.start.minute) >= (9, 15)
        assert slot.end.hour < 12 or slot.start.hour >= 14


def test_it_takes_the_zone_of_the_interview() -> None:
    story = Story()
    story.they(
        "2026-03-02 10:00",
        SignalKind.INVITATION,
        invites=[replace(invite("2026-03-05 14:00"), time_zone="Europe/Paris")],
    )
    found = place(story.candidacy, story.state, "America/New_York")
    assert (found.name, found.by) == ("Europe/Paris", "interview")


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (9, ("UTC+09:00", "sender")),
        (0, ("America/New_York", "account")),
        (-5, ("America/New_York", "account")),
    ],
)
def test_it_takes_the_offset_of_their_mail_unless_a_server_wrote_it(
    offset: int, expected: tuple[str, str]
) -> None:
    story = Story()
    story.they("2026-03-02 10:00", SignalKind.HOLDING)
    reading = story.readings[0]
    sent = reading.message.internal_date.astimezone(timezone(timedelta(hours=offset)))
    candidacy = replace(
        story.candidacy, readings=(replace(reading, message=replace(reading.message, date=sent)),)
    )
    found = place(candidacy, story.state, "America/New_York")
    assert (found.name, found.by) == expected
