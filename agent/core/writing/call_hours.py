"""Good hours to telephone: where the employer is, not at lunch, not late, Tuesday to Thursday first (``docs/policy.md``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from agent.core.dates.calendar_days import Calendar, is_business_day
from agent.core.dates.zones import is_zone
from agent.core.model import Candidacy, State

WINDOWS = ((time(9, 15), time(11, 30)), (time(14), time(16)))
BEST_DAYS = frozenset({1, 2, 3})  # Tuesday, Wednesday, Thursday
HOW_MANY = 3
MACHINES = frozenset(
    {"", "UTC", "Etc/UTC", "GMT", "Etc/GMT"}
)  # zones that a calendar program chose, not a person
_SOON, _FAR = 7, 42  # days looked at: the best of a week, else whatever comes
_SHORTEST = timedelta(minutes=15)  # what is left of a window must be worth dialling


@dataclass(frozen=True, slots=True)
class Place:
    """The zone of the people who are called; ``by`` says how it is known: interview, sender or account."""

    zone: tzinfo
    name: str
    by: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of good time, in the zone of those who are called."""

    start: datetime
    end: datetime


def place(candidacy: Candidacy, state: State, account_zone: str) -> Place:
    """Where the employer's clock is: as the latest interview says, else the offset of who wrote last, else here."""
    for interview in reversed(state.interviews):
        if interview.time_zone not in MACHINES and is_zone(interview.time_zone):
            return Place(ZoneInfo(interview.time_zone), interview.time_zone, "interview")
    return _senders(candidacy, account_zone) or Place(ZoneInfo(account_zone), account_zone, "account")


def _senders(candidacy: Candidacy, account_zone: str) -> Place | None:
    """The offset in the Date of the last human's mail. +0000 tells nothing: mail servers write it for everybody."""
    people = {contact.address.email for contact in candidacy.contacts if contact.may_write}
    for reading in reversed(candidacy.readings):
        sent = reading.message.date
        offset = sent.utcoffset() if sent is not None else None
        if reading.outgoing or sent is None or not offset or reading.message.sender.email not in people:
            continue
        if sent.astimezone(ZoneInfo(account_zone)).utcoffset() == offset:
            return None
        zone = timezone(offset)
        return Place(zone, str(zone), "sender")
    return None


def good_hours(
    where: tzinfo, calendar: Calendar, now: datetime, *, not_before: date | None = None
) -> tuple[Slot, ...]:
    """The next three good stretches from ``now``, in order of time; ``not_before``: the day on which they are back."""
    first = now.astimezone(where).date()
    slots = [
        s for s in _slots(where, calendar, now, first) if not_before is None or s.start.date() >= not_before
    ]
    if not slots:
        return ()
    soon = [s for s in slots if s.start.date() < slots[0].start.date() + timedelta(days=_SOON)]
    best = [s for s in soon if s.start.weekday() in BEST_DAYS]
    chosen = [*best, *(s for s in soon if s not in best), *(s for s in slots if s not in soon)][:HOW_MANY]
    return tuple(sorted(chosen, key=lambda s: s.start))


def _slots(where: tzinfo, calendar: Calendar, now: datetime, first: date) -> Iterator[Slot]:
    for number in range(_FAR):
        day = first + timedelta(days=number)
        if not is_business_day(day, calendar):
            continue
        for begin, finish in WINDOWS:
            start = max(datetime.combine(day, begin, where), _quarter(now).astimezone(where))
            end = datetime.combine(day, finish, where)
            if end.astimezone(UTC) - start.astimezone(UTC) >= _SHORTEST:
                yield Slot(start, end)


def _quarter(now: datetime) -> datetime:
    """The next full quarter of an hour, or now if it is one."""
    seconds = 900
    stamp = now.astimezone(UTC).timestamp()
    return datetime.fromtimestamp(-(-stamp // seconds) * seconds, UTC)
