"""calendar: text/calendar → Invites."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent.core.mail.calendar import invites
from agent.core.model import Address, Attendee, Invite

OUTLOOK_ZONE = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:-0700
TZOFFSETTO:-0800
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=11
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:-0800
TZOFFSETTO:-0700
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=2SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def file(*lines: str, method: str = "REQUEST", zone: str = "") -> str:
    head = ["BEGIN:VCALENDAR", f"METHOD:{method}", *zone.strip().split("\n"), "BEGIN:VEVENT", "UID:u1"]
    return "\r\n".join([*head, *lines, "END:VEVENT", "END:VCALENDAR", ""])


def one(text: str, **how: object) -> Invite:
    found, problems = invites(text, **how)  # type: ignore[arg-type]  # keyword arguments pass through
    assert len(found) == 1
    assert problems == ()
    return found[0]


def utc(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_it_reads_an_invitation_of_google() -> None:
    invite = one(
        file(
            "DTSTART:20260305T150000Z", "DTEND:20260305T154500Z", "DTSTAMP:20260302T141400Z", "SEQUENCE:2", "STATUS:confirmed",
            'ORGANIZER;CN="Lopez, Maria":MAILTO:Maria@Northwind.example',
            "ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;CN=Dana;X-NUM-GUESTS=0:mailto:dan", " a@mail.example",
            "ATTENDEE;PARTSTAT=accepted:mailto:maria@northwind.example",
            "SUMMARY:Interview\\, part 1\\; Dana", "LOCATION:Room 4", "DESCRIPTION:Line one\\nLine two\\\\n",
            "BEGIN:VALARM", "DESCRIPTION:This is an event reminder", "END:VALARM",
        )
    )  # fmt: skip
    assert (invite.method, invite.uid, invite.sequence, invite.status) == ("REQUEST", "u1", 2, "CONFIRMED")
    assert (invite.start, invite.end, invite.stamp) == (utc(5, 15), utc(5, 15, 45), utc(2, 14, 14))
    assert (invite.time_zone, invite.zone_known, invite.all_day) == ("UTC", True, False)
    assert invite.organizer == Address("Lopez, Maria", "maria@northwind.example")
    assert invite.attendees == (
        Attendee(Address("Dana", "dana@mail.example"), "NEEDS-ACTION"),
        Attendee(Address("", "maria@northwind.example"), "ACCEPTED"),
    )
    assert (invite.summary, invite.location) == ("Interview, part 1; Dana", "Room 4")
    assert invite.description == "Line one\nLine two\\n"


@pytest.mark.parametrize(
    ("tzid", "zone", "start", "name"),
    [
        ("America/Los_Angeles", "", utc(5, 22), "America/Los_Angeles"),
        ("/freeassociation.sourceforge.net/America/Los_Angeles", "", utc(5, 22), "America/Los_Angeles"),
        ("Pacific Standard Time", "", utc(5, 22), "America/Los_Angeles"),
        (
            "Pacific Standard Time",
            OUTLOOK_ZONE.format(name="Pacific Standard Time"),
            utc(5, 22),
            "America/Los_Angeles",
        ),
        ("(UTC-08:00) Pacific Time (US & Canada)", "", utc(5, 22), "America/Los_Angeles"),
        (
            "Customized Time Zone",
            OUTLOOK_ZONE.format(name="Customized Time Zone"),
            utc(5, 22),
            "Customized Time Zone",
        ),
        ("W. Europe Standard Time", "", utc(5, 13), "Europe/Berlin"),
        ("GMT", "", utc(5, 14), "GMT"),
    ],
)
def test_it_resolves_the_zone(tzid: str, zone: str, start: datetime, name: str) -> None:
    quoted = f'"{tzid}"' if "(" in tzid else tzid
    invite = one(file(f"DTSTART;TZID={quoted}:20260305T140000", zone=zone))
    assert (invite.start, invite.time_zone, invite.zone_known) == (start, name, True)


@pytest.mark.parametrize(("day", "hour"), [(7, 22), (8, 21), (31, 21)])
def test_it_follows_summer_time_of_the_files_own_zone(day: int, hour: int) -> None:
    zone = OUTLOOK_ZONE.format(name="Customized Time Zone")
    assert one(file(f"DTSTART;TZID=Customized Time Zone:202603{day:02}T140000", zone=zone)).start == utc(
        day, hour
    )
    winter = one(file("DTSTART;TZID=Customized Time Zone:20261101T140000", zone=zone))
    assert winter.start == utc(1, 22, month=11)


@pytest.mark.parametrize(
    ("rule", "start"),
    [
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", utc(30, 12)),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=SU;BYMONTHDAY=25,26,27,28,29,30,31", utc(30, 12)),
        ("FREQ=SECONDLY", utc(30, 12)),
        ("FREQ=YEARLY;BYMONTH=99", utc(30, 13)),
    ],
)
def test_it_reads_the_ways_in_which_zones_are_written(rule: str, start: datetime) -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Z\nBEGIN:STANDARD\nDTSTART:19701025T030000\nTZOFFSETTO:+0100\n"
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nEND:STANDARD\n"
        f"BEGIN:DAYLIGHT\nDTSTART:19700329T020000\nTZOFFSETTO:+0200\nRRULE:{rule}\nEND:DAYLIGHT\nEND:VTIMEZONE"
    )
    if rule == "FREQ=SECONDLY":  # not expanded: the first onset counts, which is older than last autumn's
        start = utc(30, 13)
    assert one(file("DTSTART;TZID=Z:20260330T140000", zone=zone)).start == start


def test_it_finds_the_first_sunday_from_a_day() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Z\nBEGIN:STANDARD\nDTSTART:19701025T030000\nTZOFFSETTO:+0100\n"
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:19700329T020000\nTZOFFSETTO:+0200\n"
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=SU;BYMONTHDAY=25,26,27,28,29,30,31\nEND:DAYLIGHT\nEND:VTIMEZONE"
    )
    assert one(file("DTSTART;TZID=Z:20260328T140000", zone=zone)).start == utc(28, 13)
    assert one(file("DTSTART;TZID=Z:20260329T140000", zone=zone)).start == utc(29, 12)


def test_it_does_not_let_one_file_teach_the_next() -> None:
    zone = OUTLOOK_ZONE.format(name="Customized Time Zone")
    assert one(file("DTSTART;TZID=Customized Time Zone:20260305T140000", zone=zone)).zone_known
    assert not one(file("DTSTART;TZID=Customized Time Zone:20260305T140000")).zone_known


def test_it_reads_a_floating_time_in_the_accounts_zone_and_says_so() -> None:
    invite = one(file("DTSTART:20260305T140000"), zone="America/New_York")
    assert (invite.start, invite.zone_known, invite.time_zone) == (utc(5, 19), False, "America/New_York")
    invite = one(
        file("DTSTART:20260305T140000"), zone="America/New_York", sender_zone_offset=timedelta(hours=9)
    )
    assert invite.start == utc(5, 19)


def test_it_reads_an_unknown_zone_at_the_senders_offset_and_says_so() -> None:
    text = file("DTSTART;TZID=Customized Time Zone:20260305T140000")
    invite = one(text, zone="America/New_York", sender_zone_offset=timedelta(hours=-8))
    assert (invite.start, invite.zone_known, invite.time_zone) == (utc(5, 22), False, "Customized Time Zone")
    assert one(text, zone="America/New_York").start == utc(5, 19)


@pytest.mark.parametrize(
    ("lines", "end", "all_day"),
    [
        (["DTSTART:20260305T140000Z", "DURATION:PT1H30M"], utc(5, 15, 30), False),
        (["DTSTART:20260305T140000Z", "DURATION:P1DT2H"], utc(6, 16), False),
        (["DTSTART:20260305T140000Z"], None, False),
        (["DTSTART:20260305T140000Z", "DURATION:soon"], None, False),
        (["DTSTART:20260305T140000Z", "DURATION:PT"], None, False),
        (["DTSTART:20260305T140000Z", "DURATION:pt1h"], utc(5, 15), False),
        (["DTSTART;VALUE=DATE:20260305", "DTEND;VALUE=DATE:20260307"], utc(7, 0), True),
        (["DTSTART;VALUE=DATE:20260305"], utc(6, 0), True),
        (["DTSTART:20260305T140000Z", "DTEND:20260305T140000Z"], utc(5, 14), False),
    ],
)
def test_it_knows_the_end(lines: list[str], end: datetime | None, all_day: bool) -> None:
    invite = one(file(*lines))
    assert (invite.end, invite.all_day) == (end, all_day)


def test_it_drops_an_end_before_the_beginning() -> None:
    (invite,), problems = invites(file("DTSTART:20260305T140000Z", "DTEND:20260305T130000Z"))
    assert invite.end is None
    assert problems == ("an event that ends before it begins",)


def test_it_never_expands_a_recurrence() -> None:
    found, _ = invites(
        file("DTSTART:20260305T140000Z", "RRULE:FREQ=SECONDLY", "RDATE:20260306T140000Z,20260307T140000Z")
    )
    assert [invite.start for invite in found] == [utc(5, 14)]
    assert (
        one(
            file("RECURRENCE-ID;TZID=Europe/Berlin:20260305T140000", "DTSTART:20260306T140000Z")
        ).recurrence_id
        == "20260305T140000"
    )


@pytest.mark.parametrize("method", ["CANCEL", "reply", "COUNTER"])
def test_it_gives_the_method_in_upper_case(method: str) -> None:
    assert one(file("DTSTART:20260305T140000Z", method=method)).method == method.upper()


def test_it_reads_files_with_bare_line_feeds_blank_lines_and_junk() -> None:
    text = "\ufeff" + file("DTSTART:20260305T140000Z", "", "junk line").replace("\r\n", "\n")
    found, problems = invites(text)
    assert found[0].start == utc(5, 14)
    assert problems == ("unreadable line in a calendar part",)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "calendar part without an event"),
        ("<html>Sorry</html>", "calendar part without an event"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260305T140000Z", "calendar part cut off inside an event"),
        (file("DTSTART:tomorrow"), "unreadable start of an event"),
        (file("DTSTART:20269999T140000Z"), "unreadable start of an event"),
        (file("DTSTART:00010101T000000", "DTEND:99991231T235959Z"), "unreadable start of an event"),
    ],
)
def test_it_turns_broken_files_into_problems(text: str, problem: str) -> None:
    _, problems = invites(text, zone="Asia/Tokyo")
    assert problems == (problem,)


def test_it_finds_an_address_that_is_no_mailto() -> None:
    invite = one(
        file(
            "DTSTART:20260305T140000Z",
            "ORGANIZER;CN=Room;EMAIL=room@a.example:/o=exchange/cn=1",
            "ATTENDEE;CN=Anna:invalid:nomail",
        )
    )
    assert invite.organizer == Address("Room", "room@a.example")
    assert invite.attendees == (Attendee(Address("Anna", ""), ""),)


def test_it_bounds_events_and_attendees() -> None:
    event = (
        "BEGIN:VEVENT\nUID:{}\nDTSTART:20260305T140000Z\n"
        + "ATTENDEE:mailto:a@b.example\n" * 300
        + "END:VEVENT\n"
    )
    found, problems = invites(
        "BEGIN:VCALENDAR\n" + "".join(event.format(n) for n in range(60)) + "END:VCALENDAR"
    )
    assert len(found) == 50
    assert len(found[0].attendees) == 200
    assert problems == ("more than 50 events",)


@pytest.mark.parametrize(
    "text",
    [
        file(
            "DTSTART:20260305T150000Z", "DTEND:20260305T160000Z", "SUMMARY:A\\, b\\; c\\nd", "LOCATION:Röom"
        ),
        file(
            "DTSTART;TZID=Europe/Berlin:20260705T150000",
            "DURATION:PT45M",
            "SUMMARY:fol",
            " ded",
            "DESCRIPTION:\\\\n",
        ),
        file(
            "DTSTART;TZID=Pacific Standard Time:20261101T003000",
            zone=OUTLOOK_ZONE.format(name="Pacific Standard Time"),
        ),
    ],
)
def test_it_agrees_with_icalendar_on_sound_files(text: str) -> None:
    import icalendar

    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    invite = one(text)
    assert invite.start == event.decoded("DTSTART").astimezone(UTC)
    assert invite.summary == " ".join(str(event.get("SUMMARY", "")).split())
    assert invite.description == str(event.get("DESCRIPTION", ""))


def test_it_gives_the_library_nothing_to_remember() -> None:
    from icalendar.timezone import tzp

    zone = OUTLOOK_ZONE.format(name="Zone Of One File")
    assert one(file("DTSTART;TZID=Zone Of One File:20260305T140000", zone=zone)).start == utc(5, 22)
    assert tzp.timezone("Zone Of One File") is None


def test_it_keeps_its_own_reading_when_another_file_taught_the_library() -> None:
    import icalendar
    from icalendar.timezone import tzp

    zone = OUTLOOK_ZONE.format(name="Taught Elsewhere")
    icalendar.Calendar.from_ical(file("DTSTART;TZID=Taught Elsewhere:20260305T140000", zone=zone))
    assert tzp.timezone("Taught Elsewhere") is not None  # which is why no file is given to it whole
    assert not one(file("DTSTART;TZID=Taught Elsewhere:20260305T140000")).zone_known


@pytest.mark.parametrize("written", ["2026-03-05T14:00:00.000Z", "20260305t140000z", "2026-03-05T14:00"])
def test_it_reads_a_time_written_as_iso_8601(written: str) -> None:
    assert one(file(f"DTSTART:{written}")).start == utc(5, 14)


def test_it_loses_nothing_but_the_odd_line() -> None:
    found, problems = invites(
        file("DTSTART:20260305T140000Z", "ATTENDEE;=:mailto:a@b.example", "SUMMARY:Call")
    )
    assert (found[0].start, found[0].summary) == (utc(5, 14), "Call")
    assert problems == ("unreadable line in a calendar part",)


def test_it_says_when_it_read_only_a_part() -> None:
    found, problems = invites(file("DTSTART:20260305T140000Z", *["ATTENDEE;X=" + "a" * 9_000 + ":x"] * 40))
    assert found[0].start == utc(5, 14)
    assert problems == ("calendar part with more text than is read",)


@pytest.mark.parametrize(
    ("name", "read"),
    [("\"George ^'Babe^' Ruth\"", 'George "Babe" Ruth'), ("Society\\, 2014", "Society, 2014")],
)
def test_it_reads_names_as_their_senders_escape_them(name: str, read: str) -> None:
    invite = one(file("DTSTART:20260305T140000Z", f"ORGANIZER;CN={name}:mailto:a@b.example"))
    assert invite.organizer == Address(read, "a@b.example")


@pytest.mark.parametrize("start", ["99991231T235959", "99991231", "00010101T000000Z", "15000101T120000"])
def test_it_takes_no_time_that_cannot_be_reckoned_with(start: str) -> None:
    (invite,), problems = invites(file(f"DTSTART:{start}"))
    assert (invite.start, invite.end) == (None, None)
    assert problems == ("unreadable start of an event",)


def test_it_takes_no_end_beyond_the_calendar() -> None:
    assert one(file("DTSTART:20260305T150000Z", "DURATION:P99999W")).end is None
