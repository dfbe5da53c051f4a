"""The wall clock of an event → an instant: IANA names, Windows names, a VTIMEZONE in the file, or an honest guess."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
_BYDAY = re.compile(r"([+-]?\d)?(MO|TU|WE|TH|FR|SA|SU)")
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Observance(Protocol):
    """STANDARD or DAYLIGHT of a VTIMEZONE."""

    name: str

    def text(self, name: str, limit: int = ...) -> str: ...


@dataclass(slots=True)
class Zones:
    """Resolves the times of one file. ``name`` and ``known`` describe the zone of the last time resolved."""

    observances: Mapping[str, Sequence[Observance]]
    account: str = "UTC"
    calendar: str = ""
    sender_offset: timedelta | None = None
    name: str = field(default="", init=False)
    known: bool = field(default=False, init=False)

    def settled(self, name: str, zone: tzinfo, local: datetime, *, known: bool = True) -> datetime:
        """That wall clock in that zone, as UTC."""
        self.name, self.known = name, known
        return local.replace(tzinfo=zone).astimezone(UTC)

    def instant(self, local: datetime, tzid: str) -> datetime:
        """The instant of a wall clock under a TZID (empty: floating)."""
        if tzid and (zone := loaded(tzid)):
            return self.settled(tzid, zone, local)
        meant = _meant(tzid) if tzid else ""
        if (offset := self._offset(local, tzid)) is not None:
            return self.settled(meant or tzid, timezone(offset), local)
        if meant and (zone := loaded(meant)):
            return self.settled(meant, zone, local)
        return self._guessed(local, tzid)

    def _guessed(self, local: datetime, tzid: str) -> datetime:
        if tzid and self.sender_offset is not None:
            return self.settled(tzid, timezone(self.sender_offset), local, known=False)
        name = _meant(self.calendar) if self.calendar and not tzid else ""
        name = name or self.account
        return self.settled(tzid or name, loaded(name) or UTC, local, known=False)

    def _offset(self, local: datetime, tzid: str) -> timedelta | None:
        """The offset in force by the file's own VTIMEZONE; a file with a single one may misspell its name."""
        observances = self.observances.get(tzid)
        if observances is None or not tzid:
            return None
        latest: tuple[datetime, timedelta] | None = None
        earliest: tuple[datetime, timedelta] | None = None
        for observance in observances:
            offset = _utc_offset(observance.text("TZOFFSETTO"))
            onset = _onset(observance, local)
            if offset is None or onset is None:
                continue
            if onset <= local and (latest is None or onset > latest[0]):
                latest = (onset, offset)
            if earliest is None or onset < earliest[0]:
                earliest = (onset, offset)
        chosen = latest or earliest
        return chosen[1] if chosen else None


@lru_cache(maxsize=512)
def loaded(name: str) -> ZoneInfo | None:
    """The zone of that IANA name, or None."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _meant(name: str) -> str:
    from agent.core.dates.zones import iana

    return iana(name) or ""


def _utc_offset(text: str) -> timedelta | None:
    found = _OFFSET.match(text.strip())
    if found is None or int(found[2]) > 23:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return -offset if found[1] == "-" else offset


def _onset(observance: Observance, local: datetime) -> datetime | None:
    """The last wall-clock onset at or before ``local``; only yearly rules by weekday or date are understood."""
    try:
        first = datetime.strptime(observance.text("DTSTART").strip()[:15].upper(), "%Y%m%dT%H%M%S")  # noqa: DTZ007 (wall clock)
    except ValueError:
        return None
    rule = dict(part.partition("=")[::2] for part in observance.text("RRULE", 300).upper().split(";"))
    if rule.get("FREQ") != "YEARLY":
        return first
    until = rule.get("UNTIL", "")[:4]
    year = min(local.year, int(until)) if until.isdigit() else local.year
    onset = _in_year(first, rule, year)
    if onset is not None and onset > local and year > first.year:
        onset = _in_year(first, rule, year - 1)
    return onset if onset is None or onset >= first else first


def _in_year(first: datetime, rule: Mapping[str, str], year: int) -> datetime | None:
    try:
        month = int(rule.get("BYMONTH") or first.month)
        by_day = _BYDAY.fullmatch(rule.get("BYDAY", ""))
        from_day = min(int(day) for day in rule.get("BYMONTHDAY", "1").split(","))
        if by_day is not None and not by_day[1]:  # "the first Sunday from the 25th"
            return _weekday(first.replace(year=year, month=month, day=from_day), _DAYS.index(by_day[2]), 1)
        if by_day is None:
            return first.replace(year=year, month=month, day=int(rule.get("BYMONTHDAY") or first.day))
        return _weekday(
            first.replace(year=year, month=month, day=1), _DAYS.index(by_day[2]), int(by_day[1] or 1)
        )
    except ValueError:
        return None


def _weekday(month: datetime, weekday: int, nth: int) -> datetime:
    """The nth such weekday of the month, counted from its end where negative."""
    if nth > 0:
        return month + timedelta(days=(weekday - month.weekday()) % 7 + 7 * (nth - 1))
    after = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    return after - timedelta(days=(after.weekday() - weekday - 1) % 7 + 1 + 7 * (-nth - 1))
