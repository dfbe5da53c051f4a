"""Calendar parts beyond reason, from somebody nobody knows."""

from __future__ import annotations

from collections.abc import Iterator

from tests.torture.hostile_mail import FAILED, GENUINE, MALLORY, Hostile, letter

_START = "DTSTART:20260306T110000Z\r\n"
_HEAD = "UID:evil@mallory.example\r\nSUMMARY:Interview for Data Engineer at Northwind\r\nORGANIZER;CN=Mallory:mailto:mallory@mallory.example\r\n"
_GUESTS = "ATTENDEE;CN=Dana:mailto:dana.kim@gmail.example\r\nATTENDEE;CN=Eve:mailto:eve@mallory.example\r\n"


def event(inside: str, *, method: str = "REQUEST", before: str = "") -> str:
    """A calendar with one event."""
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:{method}\r\n{before}BEGIN:VEVENT\r\n{inside}END:VEVENT\r\n"
        "END:VCALENDAR\r\n"
    )


def _zone(rule: str, times: int = 1) -> str:
    part = f"BEGIN:STANDARD\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n{rule}END:STANDARD\r\n"
    return f"BEGIN:VTIMEZONE\r\nTZID:X\r\n{part * times}END:VTIMEZONE\r\n"


def _events() -> Iterator[tuple[str, str]]:
    for rule in (
        "FREQ=SECONDLY",
        "FREQ=SECONDLY;COUNT=99999999",
        "FREQ=MINUTELY;UNTIL=99991231T235959Z",
        "FREQ=YEARLY;BYDAY=-53SU;INTERVAL=0",
        "FREQ=DAILY;" * 20_000,
    ):
        yield f"rule {rule[:40]}", event(f"{_HEAD}{_START}RRULE:{rule}\r\n{_GUESTS}")
        yield (
            f"zone rule {rule[:40]}",
            event(f"{_HEAD}DTSTART;TZID=X:20260306T110000\r\n{_GUESTS}", before=_zone(f"RRULE:{rule}\r\n")),
        )
    yield (
        "2,000 attendees",
        event(
            _HEAD
            + _START
            + "".join(f"ATTENDEE;CN=N{n}:mailto:n{n}@mallory.example\r\n" for n in range(2_000))
        ),
    )
    yield "20,000 attendees", event(_HEAD + _START + "ATTENDEE:mailto:x@mallory.example\r\n" * 20_000)
    yield (
        "huge zone",
        event(f"{_HEAD}DTSTART;TZID=X:20260306T110000\r\n", before=_zone("RRULE:FREQ=SECONDLY\r\n", 6_000)),
    )
    yield (
        "20,000 dates in a zone",
        event(
            f"{_HEAD}DTSTART;TZID=X:20260306T110000\r\n",
            before=_zone("RDATE:" + ",".join(["20260306T110000"] * 20_000) + "\r\n"),
        ),
    )
    ends = (
        "DTSTART:20260306T110000Z\r\nDTEND:20260305T110000Z\r\n", "DTSTART:20260306T110000Z\r\nDTEND:99991231T235959Z\r\n", "DTSTART:00010101T000000Z\r\n",
        "DTSTART:99991231T235959\r\nDURATION:P9999999W\r\n", "DTSTART:20260306T110000Z\r\nDURATION:-P9W\r\n", "DTSTART:20260230T256199Z\r\n", "DTSTART:\r\n",
        "DTSTART;VALUE=DATE:20260306\r\nDTEND:20260306T110000Z\r\n", "DTSTART;TZID=Nowhere/Land:20260306T110000\r\n",
        "DTSTART;TZID=../../etc/passwd:20260306T110000\r\n", f"DTSTART;TZID={'A' * 5_000}:20260306T110000\r\n", "DTSTART;TZID=:20260306T110000\r\n",
        _START * 5_000, "DTSTART:20260306T110000Z\r\nDTEND:20260306T110000Z\r\n", "",
    )  # fmt: skip
    for n, end in enumerate(ends):
        yield f"times {n}", event(_HEAD + end + _GUESTS)
    for n, line in enumerate(
        ("SEQUENCE:99999999999999999999\r\n", "SEQUENCE:-1\r\n", "STATUS:CONFIRMED;X\r\n", "RECURRENCE-ID:x\r\n", "ATTACH;ENCODING=BASE64:" + "A" * 700_000 + "\r\n",
         "DESCRIPTION:" + "\\n" * 400_000 + "\r\n", "X:" + "\r\n a" * 200_000 + "\r\n", "BEGIN:VALARM\r\n" * 20_000, "END:VCALENDAR\r\n" * 2_000, "ATTENDEE" + ";A=b" * 200_000 + ":x\r\n",
         'ATTENDEE;CN="' + '\\"' * 100_000 + ":mailto:e@mallory.example\r\n", "ORGANIZER:mailto:a@b.example?bcc=e@mallory.example\r\n",
         "ATTENDEE:mailto:e@mallory.example%0D%0ABcc:f@mallory.example\r\n", "ATTENDEE:javascript:alert(1)\r\n")
    ):  # fmt: skip
        yield f"line {n}", event(_HEAD + _START + line + _GUESTS)
    for method in ("CANCEL", "REPLY", "COUNTER", "PUBLISH", "DECLINECOUNTER", "NONSENSE", ""):
        yield f"method {method}", event(_HEAD + _START + _GUESTS, method=method)
    yield "14,000 events", event(("END:VEVENT\r\nBEGIN:VEVENT\r\nUID:1\r\n" + _START) * 14_000)
    yield "unended", "BEGIN:VCALENDAR\r\n" + "BEGIN:VEVENT\r\n" * 50_000


def calendars() -> Iterator[Hostile]:
    """Each calendar from a stranger; the short ones also in a contact's name, with Gmail's verdict against it."""
    for name, text in _events():
        yield letter(
            f"calendar {name}", text, sender=MALLORY, kind="text/calendar; charset=utf-8; method=REQUEST"
        )
        if len(text) < 5_000:
            yield letter(
                f"calendar forged {name}",
                text,
                sender=GENUINE,
                kind="text/calendar; charset=utf-8; method=REQUEST",
                top=f"Authentication-Results: {FAILED}\r\n",
            )
