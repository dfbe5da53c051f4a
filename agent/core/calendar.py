"""text/calendar → Invites (RFC 5545, RFC 5546): when, who, and which version of which appointment.

Content lines are read here rather than by a library: the one that fits keeps every VTIMEZONE it has seen for the whole
process, so one invitation would change how the next is read, and needs seconds for 1 MB made to hurt. Recurrence is
never expanded: the first occurrence stands for the appointment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from agent.core.addresses import addresses
from agent.core.calendar_zones import Zones
from agent.core.headers import clean
from agent.core.model import Address, Attendee, Invite

MOST_CHARACTERS = 1_000_000
MOST_EVENTS = 50
MOST_ATTENDEES = 200
_MOST_LINES = 20_000
_LONGEST_VALUE = 20_000
_DEEPEST = 10

_FOLD = re.compile(r"\n[ \t]")
_LINE = re.compile(
    r'([A-Za-z0-9.-]{1,100})((?:;[A-Za-z0-9-]{1,100}=(?:"[^"\n]*+"|[^";:,\n]*+)(?:,(?:"[^"\n]*+"|[^";:,\n]*+))*)*+)[ \t]?:(.*)'
)
_PARAMETER = re.compile(r';([A-Za-z0-9-]{1,100})=("[^"]*"|[^;]*)')
_ESCAPE = re.compile(r"\\([nN,;:\\\"])")
_TIME = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d)(?::?(\d\d))?(?:\.\d+)?(Z?))?", re.IGNORECASE)
_DURATION = re.compile(
    r"([+-]?)P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Property:
    """One content line: its value as written and its parameters, names in upper case."""

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
        """The unescaped text of the first such property, or an empty string."""
        found = self.get(name)
        if found is None:
            return ""
        return _ESCAPE.sub(lambda m: "\n" if m[1] in "nN" else m[1], found.value[:limit])


@dataclass(slots=True)
class _File:
    """What was read of one file."""

    method: str = ""
    zone: str = ""
    events: list[Component] = field(default_factory=list)
    zones: dict[str, list[Component]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


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
    found = _LINE.match(line)
    if found is None:
        read.problems.append("unreadable line in a calendar part")
        return
    name, component = found[1].upper(), stack[-1]
    kept = component.properties.setdefault(name, [])
    if len(kept) < MOST_ATTENDEES and component.name != "VALARM":
        kept.append(
            Property(found[3].strip(), {m[1].upper(): m[2].strip('"') for m in _PARAMETER.finditer(found[2])})
        )
    if component.name == "VCALENDAR" and name == "METHOD":
        read.method = clean(found[3]).upper()[:40]
    if component.name == "VCALENDAR" and name == "X-WR-TIMEZONE":
        read.zone = clean(found[3])[:100]


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
    found = _TIME.match(line.value)
    if found is None:
        return None
    try:
        year, month, day, hour, minute = (int(found[n] or 0) for n in range(1, 6))
        local = datetime(year, month, day, hour, minute, min(int(found[6] or 0), 59))  # noqa: DTZ001 (wall clock)
        if found[7]:
            return zones.settled("UTC", UTC, local)
        return zones.instant(local, clean(line.parameters.get("TZID", ""))[:200])
    except (ValueError, OverflowError):
        return None


def _after(start: datetime, duration: str, *, all_day: bool) -> datetime | None:
    """Start plus DURATION; an all-day event without one lasts its day (RFC 5545 §3.6.1)."""
    found = _DURATION.fullmatch(duration.strip())
    if found is None or not any(found.groups()[1:]):
        return start + timedelta(days=1) if all_day else None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return start - length if found[1] == "-" else start + length


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
