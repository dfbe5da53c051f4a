"""Odd clocks: both changes of daylight saving in six zones, jumps of two hours, forty days asleep, leap day, year's end.

What is expected is reckoned here, by hand or with the zone's own rules, not by the program. Turns fall on a grid and close
around every instant that matters; after each, the drafts made so far must be those that are due by then, once each.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from agent.config import AccountConfig, Config
from agent.core.model import Policy
from agent.cycle.turn import Cycle
from agent.demo.clock import MovableClock
from agent.store.store import Store
from tests.cycle.machine import folder
from tests.cycle.machine_gmail import NearGmail, Steps, WatchedMailbox, Witness, purpose
from tests.cycle.machine_mail import SUBJECT, raw
from tests.cycle.world import ACCEPTED, MARIA, ME
from tests.torture.outcome import Job, Outcome

ZONES = (
    "America/New_York",
    "Europe/Berlin",
    "Europe/London",
    "Australia/Sydney",
    "America/Santiago",
    "Pacific/Auckland",
)
HOUR = timedelta(hours=1)
JUMPS = (0, 2, -2, 1, -1)  # hours by which the clock is wrong, one turn after the other


@dataclass(frozen=True, slots=True)
class Case:
    """An interview of an hour at a local time, and the local day on which its follow-up is due."""

    name: str
    zone: str
    starts: datetime  # local, naive: what the invitation says
    follow_up: date
    policy: Policy
    jumps: bool = False
    promise: str = ""


class Calendar:
    """One mailbox with one interview, in a zone of its own; the program without a network."""

    def __init__(self, case: Case) -> None:
        self.case, self.zone = case, ZoneInfo(case.zone)
        self.end = (case.starts.replace(tzinfo=self.zone)).astimezone(UTC) + HOUR
        self.folder = folder()
        self.clock = MovableClock(self.end - timedelta(days=3))
        self.mailbox = WatchedMailbox("dana.kim@gmail.example", name="Dana Kim", clock=self.clock)
        self.witness = self.mailbox.witness = Witness()
        self.config = Config(
            account=AccountConfig("dana.kim@gmail.example", "Dana Kim", case.zone), policy=case.policy
        )
        self.gmail = NearGmail(self.mailbox, Steps())
        self.store = Store.open(self.folder / "agent.db")
        self._invite()

    def _invite(self) -> None:
        at = self.case.starts
        text = (
            "Hi Dana,\n\nThank you for applying. We would like to invite you to an interview for the Data Analyst position on "
            f"{at:%A, %B} {at.day}, {at:%I:%M %p} - {at + HOUR:%I:%M %p}.\n{self.case.promise}\nBest,\nMaria Lopez\nRecruiter, Northwind Traders\n"
        )
        made = self.mailbox.deliver(
            raw(1, self.clock(), text, subject=SUBJECT), labels=["INBOX"], at=self.clock()
        )
        self.clock.advance(HOUR)
        mine = raw(2, self.clock(), ACCEPTED, sender=ME, to=MARIA, parents=("<n1@mail.machine.example>",))
        thread = self.mailbox.ledger.message(made).thread_id
        self.mailbox.deliver(mine, labels=["SENT"], at=self.clock(), thread_id=thread)

    def turn(self, at: datetime) -> dict[str, int]:
        """A turn at an instant; how many drafts of each purpose were made so far."""
        self.clock.set(at)
        Cycle(
            gmail=self.gmail, store=self.store, config=self.config, clock=self.clock, sleep=lambda _: None
        ).turn()
        made: dict[str, int] = {}
        for one in self.witness.made.values():
            made[purpose(one.key)] = made.get(purpose(one.key), 0) + 1
        return made

    @property
    def thanks_due(self) -> datetime:
        return self.end + 2 * HOUR

    @property
    def follow_up_due(self) -> datetime:
        day = self.case.follow_up
        return datetime(day.year, day.month, day.day, 8, tzinfo=self.zone).astimezone(UTC)

    def close(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def play(case: Case) -> Outcome:
    """Turns at every instant that matters, and what was wrong after any."""
    lab = Calendar(case)
    try:
        wrongs = tuple(_wrongs(lab))
    finally:
        lab.close()
    return Outcome("time and its changes", case.name, 1 + case.jumps, wrongs)


def _wrongs(lab: Calendar) -> Iterator[str]:
    for number, now in enumerate(_instants(lab)):
        off = JUMPS[number % len(JUMPS)] if lab.case.jumps else 0
        made = lab.turn(now + off * HOUR)
        slack = 2 * HOUR if lab.case.jumps else timedelta(0)
        for what, due, until in (
            ("thank_you:1", lab.thanks_due, lab.end + 72 * HOUR),
            ("follow_up:1", lab.follow_up_due, None),
        ):
            count, where = made.get(what, 0), f"{what} at {now.astimezone(lab.zone):%Y-%m-%d %H:%M %z}"
            if count > 1:
                yield f"{where}: {count} times"
            if count and now + slack < due:
                yield f"{where}: before its time"
            if not count and now >= due + slack and (until is None or now < until - slack):
                yield f"{where}: missing"
    yield from lab.witness.wrongs


def _instants(lab: Calendar) -> list[datetime]:
    moment = timedelta(minutes=1)
    first, last = lab.end - 30 * HOUR, lab.follow_up_due + 30 * HOUR
    grid = [first + n * 11 * HOUR for n in range(int((last - first) / (11 * HOUR)) + 1)]
    close = [
        at + d for at in (lab.thanks_due, lab.follow_up_due) for d in (-moment, timedelta(0), HOUR, 3 * HOUR)
    ]
    changes = [at + d for at in transitions(lab.zone, first, last) for d in (-moment, moment, HOUR + moment)]
    return sorted({*grid, *close, *changes})


def transitions(zone: ZoneInfo, first: datetime, last: datetime) -> list[datetime]:
    """The instants between two at which the zone's offset changes, to the hour."""
    hours = int((last - first) / HOUR)
    start = first.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    grid = [start + n * HOUR for n in range(hours + 1)]
    return [
        b
        for a, b in itertools.pairwise(grid)
        if a.astimezone(zone).utcoffset() != b.astimezone(zone).utcoffset()
    ]


# ── the cases ──


def weekdays_after(day: date, count: int) -> date:
    """The plainest reckoning: no holidays, no quiet times."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def cases() -> list[Case]:
    return [*_daylight(), *_dates()]


def _daylight() -> Iterator[Case]:
    for name in ZONES:
        zone = ZoneInfo(name)
        plain = Policy(time_zone=name, holidays="", quiet_periods=())
        year = datetime(2026, 1, 1, tzinfo=UTC)
        for change in transitions(zone, year, year + timedelta(days=365)):
            day = change.astimezone(zone).date()
            thursday = day - timedelta(days=(day.weekday() - 3) % 7)
            eve = day - timedelta(days=1)
            for held, hour in ((thursday, 14), (eve, 22)):
                starts = datetime(held.year, held.month, held.day, hour)  # noqa: DTZ001 (local by name)
                due = weekdays_after(held, 7)
                case = Case(f"{name}: {starts} before the change of {day}", name, starts, due, plain)
                yield case
                yield replace(case, name=f"{case.name}, with jumps", jumps=True)


def _dates() -> Iterator[Case]:
    zone = "America/New_York"
    plain, usual = Policy(time_zone=zone, holidays="", quiet_periods=()), Policy(time_zone=zone)
    for name, starts, due, policy in (
        ("past a leap day", datetime(2028, 2, 22, 14), date(2028, 3, 2), plain),  # noqa: DTZ001
        ("on a leap day", datetime(2028, 2, 18, 14), date(2028, 2, 29), plain),  # noqa: DTZ001
        ("held on a leap day", datetime(2028, 2, 29, 14), date(2028, 3, 9), plain),  # noqa: DTZ001
        ("past a February without", datetime(2027, 2, 22, 14), date(2027, 3, 3), plain),  # noqa: DTZ001
        ("across the quiet year's end", datetime(2026, 12, 16, 14), date(2027, 1, 8), usual),  # noqa: DTZ001
        ("across the year's end", datetime(2026, 12, 29, 14), date(2027, 1, 7), plain),  # noqa: DTZ001
        ("on New Year's Eve, late", datetime(2026, 12, 31, 22), date(2027, 1, 11), plain),  # noqa: DTZ001
    ):
        yield Case(name, zone, starts, due, policy)
        yield Case(f"{name}, with jumps", zone, starts, due, policy, jumps=True)


# ── asleep ──


def asleep(zone: str, hours_before: int) -> Outcome:
    """Forty days without a turn, from so long before the interview's end: one draft makes up for it, once."""
    starts = datetime(2026, 3, 3, 14)  # noqa: DTZ001 (local by name)
    lab = Calendar(Case("asleep", zone, starts, date(2026, 3, 12), Policy(time_zone=zone, holidays="")))
    wrongs: list[str] = []
    try:
        before = sum(lab.turn(lab.end - hours_before * HOUR).values())
        woken = lab.end - hours_before * HOUR + timedelta(days=40)
        for again in range(3):
            made = lab.turn(woken + again * timedelta(minutes=5))
            if sum(made.values()) - before != 1 or made.get("follow_up:1") != 1:
                wrongs.append(f"look {again + 1} after 40 days: {made}")
        wrongs += lab.witness.wrongs
    finally:
        lab.close()
    return Outcome("time and its changes", f"asleep({zone!r}, {hours_before})", 1, tuple(wrongs))


def jobs(number: int, seed: int) -> list[Job]:
    every = cases()
    groups = [every[n : n + 4] for n in range(0, len(every), 4)]
    return [*(partial(play_all, tuple(group)) for group in groups), *(partial(all_asleep, z) for z in ZONES)]


def play_all(group: Sequence[Case]) -> list[Outcome]:
    return [play(case) for case in group]


def all_asleep(zone: str) -> list[Outcome]:
    return [asleep(zone, hours) for hours in (48, 1, -3, -60)]
