"""text/calendar → Invites (RFC 5545, RFC 5546): when, who, and which version of which appointment.

``icalendar`` reads content lines and values; the nesting of BEGIN and END is followed here, so that size is bounded
before the library works and an odd line loses nothing but itself. No whole file is given to it: its parser keeps the
VTIMEZONEs it has seen for the whole process (``tzp.cache_timezone_component``), and one invitation would change how
the next is read. Recurrence is never expanded: the first occurrence stands for the appointment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from agent.core.mail.addresses import addresses
from agent.core.mail.calendar_zones import Zones
from agent.core.mail.headers import clean
from agent.core.model import Address, Attendee, Invite

MOST_CHARACTERS = 1_000_000
MOST_EVENTS = 50
MOST_ATTENDEES = 200
_MOST_LINES = 20_000
_LONGEST_VALUE = 20_000
_DEEPEST = 10

_MOST_READ = 300_000  # characters of the lines we need; a real invitation has a hundredth of it
_FOLD = re.compile(r"\n[ \t]")
_NAME = re.compile(r"[A-Za-z0-9.-]{1,100}")
YEARS = range(1970, 2200)  # in which an appointment may lie: sums with its instants do not overflow
_PUNCTUATION = re.compile(r"[-:]|\.\d+")  # of a time written as ISO 8601 has it
_WANTED = frozenset(
    {
        *("METHOD", "X-WR-TIMEZONE", "UID", "SEQUENCE", "RECURRENCE-ID", "STATUS", "DTSTAMP"),
        *("DTSTART", "DTEND", "DURATION", "SUMMARY", "DESCRIPTION", "LOCATION", "ORGANIZER", "ATTENDEE"),
        *("TZID", "TZOFFSETTO", "RRULE"),
    }
)


@dataclass(frozen=True, slots=True)
class Property:
    """One content line: its value, unescaped, and its parameters, names in upper case."""

    value: str
    parameters: dict[str, str]


@dataclass(slots=True)
class Component:
    """BEGIN … END with its properties; of a repeated property all are kept, in order."""

    name: str
    properties: dict[str, list[Property]] = field(default_factory=dict)

    def get(self, name: str) -> Property | None:
        return next(iter(self.properties.get(name, ())), None)

    def text(self, name: str, limit: int = _LONGEST_VALUE) -> str:
        """The text of the first such property, or an empty string."""
        found = self.get(name)
        return found.value[:limit] if found else ""


@dataclass(slots=True)
class _File:
    """What was read of one file."""

    method: str = ""
    zone: str = ""
    events: list[Component] = field(default_factory=list)
    zones: dict[str, list[Component]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    characters: int = 0


def invites(
    part_text: str, *, zone: str = "UTC", sender_zone_offset: timedelta | None = None
) -> tuple[tuple[Invite, ...], tuple[str, ...]]:
    """The appointments of one calendar part, and what could not be read of it.

    ``zone``: the account's IANA zone, in which a floating time is read. A TZID that nobody knows is read at
    ``sender_zone_offset`` if given, else in ``zone``; both are marked ``zone_known=False``.
    """
    read = _read(part_text)
    found: list[Invite] = []
    for event in read.events:
        zones = Zones(read.zones, account=zone, calendar=read.zone, sender_offset=sender_zone_offset)
        found.append(_invite(event, read.method, zones, read.problems))
    if not found and not read.problems:
        read.problems.append("calendar part without an event")
    return tuple(found), tuple(dict.fromkeys(read.problems))


# ── Reading the file ───────────────────────────────────────────────────────────────────────────────────────────


def _read(text: str) -> _File:
    """The events and time zones of a file; components we do not need are skipped."""
    read = _File()
    if len(text) > MOST_CHARACTERS:
        read.problems.append("calendar part larger than 1 MB")
    stack: list[Component] = []
    for line in _lines(text[:MOST_CHARACTERS], read.problems):
        name, _, value = line.partition(":")
        match name.strip().upper():
            case "BEGIN":
                _opened(Component(value.strip().upper()), stack, read)
            case "END":
                _closed(value.strip().upper(), stack, read)
            case _:
                if stack:
                    _property(line, stack, read)
    if any(component.name == "VEVENT" for component in stack):
        read.problems.append("calendar part cut off inside an event")
        read.events.extend(c for c in stack if c.name == "VEVENT" and c.get("DTSTART"))
    if len(read.events) > MOST_EVENTS:
        read.problems.append("more than 50 events")
        del read.events[MOST_EVENTS:]
    return read


def _lines(text: str, problems: list[str]) -> Iterator[str]:
    """Unfolded content lines (RFC 5545 §3.1); some mailers fold by a bare break and no blank: then it is lost."""
    text = _FOLD.sub("", text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff"))
    for count, line in enumerate(text.split("\n", _MOST_LINES + 1)):
        if count > _MOST_LINES:
            problems.append("calendar part with more than 20,000 lines")
            return
        if line.strip():
            yield line[:_LONGEST_VALUE]


def _opened(component: Component, stack: list[Component], read: _File) -> None:
    if len(stack) >= _DEEPEST:
        read.problems.append("calendar components nested too deeply")
        return
    stack.append(component)
    if component.name in {"STANDARD", "DAYLIGHT"} and len(stack) > 1 and stack[-2].name == "VTIMEZONE":
        tzid = stack[-2].text("TZID").strip()
        if len(observances := read.zones.setdefault(tzid, [])) < 100:
            observances.append(component)


def _closed(name: str, stack: list[Component], read: _File) -> None:
    if name not in (component.name for component in stack):
        return
    while stack:
        component = stack.pop()
        if component.name == "VEVENT" and len(read.events) <= MOST_EVENTS:
            read.events.append(component)
        if component.name == name:
            return


def _property(line: str, stack: list[Component], read: _File) -> None:
    """Keeps the property if it is one we need."""
    named, component = _NAME.match(line), stack[-1]
    if named is None or not line[named.end() :].lstrip(" \t").startswith((":", ";")):
        read.problems.append("unreadable line in a calendar part")
        return
    name = named[0].upper()
    kept = component.properties.setdefault(name, [])
    if name not in _WANTED or component.name == "VALARM" or len(kept) >= MOST_ATTENDEES:
        return
    if component.name == "VEVENT" and len(read.events) >= MOST_EVENTS:
        return
    read.characters += len(line)
    if read.characters > _MOST_READ:
        read.problems.append("calendar part with more text than is read")
        return
    if (found := _parsed(line)) is None:
        read.problems.append("unreadable line in a calendar part")
        return
    kept.append(found)
    if component.name == "VCALENDAR" and name == "METHOD":
        read.method = clean(found.value).upper()[:40]
    if component.name == "VCALENDAR" and name == "X-WR-TIMEZONE":
        read.zone = clean(found.value)[:100]


def _parsed(line: str) -> Property | None:
    """The line's parameters and value, or None if the library cannot read it."""
    from icalendar.parser import Contentline
    from icalendar.prop import vText

    try:
        _, parameters, value = Contentline(line).parts()  # type: ignore[no-untyped-call]  # the library leaves it untyped
        text = str(vText.from_ical(value)).strip()
    except Exception:  # noqa: BLE001 (mail is hostile: whatever the library makes of a line, the next one is read)
        return None
    return Property(text, {key.upper(): _single(given) for key, given in parameters.items()})


def _single(given: str | list[str]) -> str:
    return given if isinstance(given, str) else ",".join(given)


# ── One event ──────────────────────────────────────────────────────────────────────────────────────────────────


def _invite(event: Component, method: str, zones: Zones, problems: list[str]) -> Invite:
    start_at, end_at = event.get("DTSTART"), event.get("DTEND")
    all_day = bool(start_at) and _is_date(start_at)
    start = _instant(start_at, zones) if start_at else None
    time_zone, known = zones.name, zones.known
    end = _instant(end_at, zones) if end_at else None
    if start and not end_at:
        end = _after(start, event.text("DURATION"), all_day=all_day)
    if start_at and start is None:
        problems.append("unreadable start of an event")
    if start and end and end < start:
        problems.append("an event that ends before it begins")
        end = None
    return Invite(
        method=method,
        uid=clean(event.text("UID"))[:500],
        sequence=_number(event.text("SEQUENCE")),
        recurrence_id=_recurrence(event),
        status=clean(event.text("STATUS")).upper()[:40],
        start=start,
        end=end,
        time_zone=time_zone,
        zone_known=known,
        all_day=all_day,
        stamp=_instant(stamp, Zones({}, account="UTC")) if (stamp := event.get("DTSTAMP")) else None,
        summary=clean(event.text("SUMMARY"))[:1000],
        description=event.text("DESCRIPTION"),
        location=clean(event.text("LOCATION"))[:1000],
        organizer=_person(organizer) if (organizer := event.get("ORGANIZER")) else None,
        attendees=tuple(
            Attendee(person, clean(line.parameters.get("PARTSTAT", "")).upper()[:40])
            for line in event.properties.get("ATTENDEE", ())
            if (person := _person(line))
        ),
    )


def _recurrence(event: Component) -> str:
    found = event.get("RECURRENCE-ID")
    return clean(found.value)[:40] if found else ""


def _is_date(line: Property | None) -> bool:
    return line is not None and (
        "T" not in line.value.upper() or line.parameters.get("VALUE", "").upper() == "DATE"
    )


def _instant(line: Property, zones: Zones) -> datetime | None:
    """The instant a DTSTART, DTEND or DTSTAMP names; a mere date is its midnight. The zone is left in ``zones``."""
    from icalendar.prop import vDDDTypes

    try:
        written = _PUNCTUATION.sub("", line.value.upper())
        written += "00" if len(written) == len("20260305T1400") else ""
        read = vDDDTypes.from_ical(written)  # type: ignore[no-untyped-call]  # the library leaves it untyped
        if not isinstance(read, date) or read.year not in YEARS:
            return None
        if not isinstance(read, datetime):
            read = datetime.combine(read, time())
        if read.tzinfo is not None:
            return zones.settled("UTC", UTC, read)
        return zones.instant(read, clean(line.parameters.get("TZID", ""))[:200])
    except (ValueError, TypeError, OverflowError):
        return None


def _after(start: datetime, duration: str, *, all_day: bool) -> datetime | None:
    """Start plus DURATION; an all-day event without one lasts its day (RFC 5545 §3.6.1)."""
    from icalendar.prop import vDuration

    if not any(character.isdigit() for character in duration[:100]):
        return start + timedelta(days=1) if all_day else None
    try:
        length: timedelta = vDuration.from_ical(duration.strip().upper()[:100])  # type: ignore[no-untyped-call]  # untyped there
        end = start + length
    except (ValueError, TypeError, OverflowError):
        return start + timedelta(days=1) if all_day else None
    return end if end.year in YEARS else None


def _person(line: Property) -> Address | None:
    """ORGANIZER or ATTENDEE: a mailto: in any case, or the EMAIL parameter where the value is no address."""
    name = clean(line.parameters.get("CN", ""))[:200]
    value = line.value.strip()
    if value[:7].lower() == "mailto:":
        value = value[7:]
    for text in (value.partition("?")[0], line.parameters.get("EMAIL", "")):
        if "@" in text and (found := addresses(text.strip("<> "))):
            return Address(name, found[0].email)
    return Address(name, "") if name else None


def _number(text: str) -> int:
    digits = text.strip()[:9]
    return int(digits) if digits.isascii() and digits.isdigit() else 0
