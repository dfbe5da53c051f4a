"""Mail, user, clock, crashes and lost answers in any order: whatever happens, drafts behave (design: "a draft comes into
the world once"). The machine drives whole turns and checks at the end of each what the mailbox saw."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from sqlalchemy import event

from agent.config import AccountConfig, Config
from agent.core.model import DraftRecord, DraftState, Policy
from agent.cycle.turn import Cycle
from agent.demo.clock import MovableClock
from agent.demo.ledger import Ledger
from agent.errors import AgentError
from agent.gmail.client import Gmail
from agent.store.store import Store
from tests.cycle.machine_gmail import Cut, Made, NearGmail, Steps, WatchedMailbox, Witness
from tests.cycle.machine_mail import FROM_EMPLOYER, FROM_USER, NEWSLETTER, OUT_OF_OFFICE, SUBJECT, raw
from tests.cycle.world import ACCEPTED, INVITATION, INVITED, MARIA, ME

MEMORY = Path("/dev/shm")  # a file system in memory, where there is one
CONFIG = Config(
    account=AccountConfig("dana.kim@gmail.example", "Dana Kim", "America/New_York"),
    policy=Policy(time_zone="America/New_York"),
)
FAULTS = [
    ("drafts.create", "lost before"),
    ("drafts.create", "lost after"),
    ("drafts.create", "lost late"),
    ("drafts.create", "unreachable"),
    ("drafts.delete", "lost before"),
    ("drafts.delete", "lost after"),
    ("drafts.delete", "unreachable"),
    ("drafts.get", "unreachable"),
    ("drafts.list", "unreachable"),
    ("threads.get", "unreachable"),
    ("history.list", "unreachable"),
]
GOING_ON = ["holding", "promise", "question", "next round"]
TALLY: Counter[str] = (
    Counter()
)  # what the examples of this process brought about: a machine that does nothing is no proof


def folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="followup-", dir=MEMORY if MEMORY.is_dir() else None))


@dataclass(slots=True)
class Answer:
    """A letter of the employer's that overtakes a draft."""

    gmail_id: str
    kind: str
    at: datetime


class Machine(RuleBasedStateMachine):
    """One mailbox with one interview in it, on the eve of the thank-you."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = folder()
        self.clock = MovableClock(datetime.fromisoformat(INVITED))
        self.mailbox = WatchedMailbox("dana.kim@gmail.example", name="Dana Kim", clock=self.clock)
        self.witness = self.mailbox.witness = Witness()
        self.steps = Steps()
        self.number = 0
        self.chain: tuple[str, ...] = ()
        self.answers: list[Answer] = []
        self.backed_up = False
        self.spoke_at = self.news_at = self.clock()
        self._open_with_mail()

    def _open_with_mail(self) -> None:
        self.thread = self._deliver(raw(1, self.clock(), INVITATION, subject=SUBJECT))
        self.clock.set(datetime.fromisoformat("2026-03-02T10:00:00-05:00"))
        self._deliver(
            raw(2, self.clock(), ACCEPTED, sender=ME, to=MARIA, parents=("<n1@mail.machine.example>",)),
            sent=True,
        )
        self.number, self.chain = 2, ("<n1@mail.machine.example>", "<n2@mail.machine.example>")
        self.clock.set(datetime.fromisoformat("2026-03-03T12:00:00-05:00"))
        self.database = self.folder / "agent.db"
        self.gmail = self._gmail()

    @initialize(number=st.sampled_from([1, 2, 0]))
    def begin(self, number: int) -> None:
        start = starts()[number]
        self.clock.set(start.now)
        self.mailbox.ledger, self.witness.made = deepcopy(start.ledger), deepcopy(start.made)
        self._open_store(start.database)

    def _gmail(self) -> Gmail:
        return NearGmail(self.mailbox, self.steps)

    def _open_store(self, source: Path) -> None:
        shutil.copyfile(source, self.database)
        self.store = Store.open(self.database)
        event.listen(self.store._engine, "commit", lambda _: self.steps.step())

    def _close_store(self) -> None:
        self.store.close()
        for left in ("agent.db", "agent.db-wal", "agent.db-shm"):
            (self.folder / left).unlink(missing_ok=True)

    def teardown(self) -> None:
        TALLY["made"] += len(self.witness.made)
        TALLY["withdrawn"] += sum(m.withdrawn for m in self.witness.made.values())
        self._close_store()
        shutil.rmtree(self.folder, ignore_errors=True)

    # ── mail ──

    def _deliver(self, message: bytes, *, sent: bool = False, thread: str | None = None) -> str:
        made = self.mailbox.deliver(
            message, labels=["SENT"] if sent else ["INBOX"], at=self.clock(), thread_id=thread
        )
        return self.mailbox.ledger.message(made).thread_id

    def _write(self, text: str, *, sent: bool = False, extra: str = "") -> str:
        self.number += 1
        sender, to = (ME, MARIA) if sent else (MARIA, ME)
        message = raw(
            self.number, self.clock(), text, sender=sender, to=to, parents=self.chain[-3:], extra=extra
        )
        gmail_id = self.mailbox.deliver(
            message, labels=["SENT"] if sent else ["INBOX"], at=self.clock(), thread_id=self.thread
        )
        self.chain = (*self.chain, f"<n{self.number}@mail.machine.example>")
        self.spoke_at = self.clock() if sent else self.spoke_at
        return gmail_id

    def _answer(self, kind: str) -> None:
        gmail_id = self._write(FROM_EMPLOYER[kind](self.clock()))
        self.answers.append(Answer(gmail_id, kind, self.clock()))
        self._news()

    def _news(self) -> None:
        """Something was said: what was declined before may be asked anew."""
        self.news_at = self.clock()
        for made in self.witness.made.values():
            made.discarded = False

    @rule(kind=st.sampled_from(GOING_ON))
    def employer_writes(self, kind: str) -> None:
        self._tick()
        self._answer(kind)

    @precondition(lambda self: self.ours())
    @rule(kind=st.sampled_from(sorted(FROM_EMPLOYER)))
    def employer_overtakes_our_draft(self, kind: str) -> None:
        self._tick()
        self._answer(kind)

    @rule()
    def employer_is_away(self) -> None:
        self._tick()
        self._write(OUT_OF_OFFICE, extra="Auto-Submitted: auto-replied\n")

    @rule()
    def something_else_arrives(self) -> None:
        self._tick()
        self.number += 1
        self._deliver(
            raw(
                self.number,
                self.clock(),
                NEWSLETTER,
                sender="Jobs <news@jobs.example>",
                subject="Jobs for you",
            )
        )

    # ── the user ──

    @rule(kind=st.sampled_from(sorted(FROM_USER)))
    def user_writes(self, kind: str) -> None:
        self._tick()
        self._write(FROM_USER[kind], sent=True)
        self._news()

    def ours(self) -> list[Made]:
        return [m for m in self.witness.made.values() if m.draft_id in self.mailbox.ledger.drafts]

    def _others(self) -> list[str]:
        return [d for d in self.mailbox.ledger.drafts if d not in self.witness.made]

    @precondition(lambda self: self.ours())
    @rule()
    def user_opens_our_draft(self) -> None:
        self.user_touches_our_draft("open", 0)

    @precondition(lambda self: self.ours())
    @rule()
    def user_edits_our_draft(self) -> None:
        self.user_touches_our_draft("edit", 0)

    @precondition(lambda self: self.ours())
    @rule()
    def user_changes_the_subject_of_our_draft(self) -> None:
        self.user_touches_our_draft("subject", 0)

    @precondition(lambda self: self.ours())
    @rule()
    def user_sends_our_draft(self) -> None:
        self.user_touches_our_draft("send", 0)

    @precondition(lambda self: self.ours())
    @rule()
    def user_discards_our_draft(self) -> None:
        self.user_touches_our_draft("discard", 0)

    def user_touches_our_draft(self, deed: str, which: int) -> None:
        self._tick()
        ours = self.ours()
        made = ours[which % len(ours)]
        TALLY[deed] += 1
        with_hands(self.witness, lambda: self.touch(made, deed))

    def touch(self, made: Made, deed: str) -> None:
        match deed:
            case "open":
                self.mailbox.open_draft(made.draft_id)
            case "edit":
                self.mailbox.edit_draft(made.draft_id, append="P.S. It was the blue one.")
                made.edited = True
            case "subject":
                self.mailbox.edit_draft(
                    made.draft_id, subject="Our conversation about the Data Analyst position"
                )
                made.edited = True
            case "send":
                self.mailbox.send_draft(made.draft_id)
                self._news()
                made.sent, self.spoke_at = True, self.clock()
            case _:
                self.mailbox.discard_draft(made.draft_id)
                made.discarded = (
                    self.news_at <= made.at
                )  # else it had been overtaken: no word against the next

    @rule()
    def user_begins_a_draft(self) -> None:
        self._tick()
        self.number += 1
        text = "Hi Maria,\n\nI have been meaning to"
        self.mailbox.user_draft(
            raw(self.number, self.clock(), text, sender=ME, to=MARIA, parents=self.chain[-1:]),
            thread_id=self.thread,
        )

    @precondition(lambda self: self._others())
    @rule(send=st.booleans())
    def user_ends_the_draft(self, *, send: bool) -> None:
        self._tick()
        draft_id = self._others()[0]
        with_hands(self.witness, lambda: self._end(draft_id, send=send))

    def _end(self, draft_id: str, *, send: bool) -> None:
        if send:
            self.mailbox.send_draft(draft_id)
            self._news()
            self.spoke_at = self.clock()
        else:
            self.mailbox.discard_draft(draft_id)

    # ── time ──

    def _tick(self) -> None:
        self.clock.advance(timedelta(minutes=7))

    @rule(hours=st.sampled_from([1, 5, 26, 24 * 4, 24 * 11, 24 * 30]))
    def time_passes(self, hours: int) -> None:
        self.clock.advance(timedelta(hours=hours))

    def its_hour_comes(self) -> None:
        """The next instant at which the program would act, and the turn that falls on it."""
        wake = self.store.next_wake()
        if wake is not None and wake > self.clock():
            self.clock.set(wake)
        self.plain_turn()

    @precondition(lambda self: not self.ours())
    @rule()
    def a_draft_falls_due(self) -> None:
        """Time flies, at most four such instants, until there is a draft."""
        for _ in range(4):
            self.its_hour_comes()
            if self.ours():
                return

    # ── turns ──

    @rule()
    def turn(self) -> None:
        """A turn that nothing disturbs."""
        self.plain_turn()

    def plain_turn(self) -> None:
        self._tick()
        self.steps.set(0)
        self._crank()
        self._check(clean=True)

    @rule()
    def turn_at_once(self) -> None:
        """Half a minute after whatever happened: what is unsettled is so still."""
        self.clock.advance(timedelta(seconds=30))
        self.steps.set(0)
        self._crank()
        self._check(clean=True)

    @rule(fault=st.sampled_from(FAULTS))
    def turn_with_a_fault(self, fault: tuple[str, str]) -> None:
        self._tick()
        self.steps.set(0)
        self._order(fault)
        try:
            self._crank()
        except AgentError:
            TALLY["failed"] += 1
        self._check(clean=not self._recall())

    @rule(step=st.integers(1, 40))
    def turn_is_cut_off(self, step: int) -> None:
        self._tick()
        self.steps.set(step)
        try:
            self._crank()
            clean = True
        except Cut:
            TALLY["cut"] += 1
            clean = False
        self.steps.set(0)
        self._check(clean=clean)

    @rule(step=st.integers(1, 40), kind=st.sampled_from(sorted(FROM_EMPLOYER)))
    def mail_comes_during_a_turn(self, step: int, kind: str) -> None:
        self._tick()
        self.steps.set(step, lambda: self._answer(kind))
        self._crank()
        self.steps.set(0)
        self._check(clean=False)

    def _order(self, fault: tuple[str, str]) -> None:
        assert isinstance(self.gmail, NearGmail)
        self.gmail.near.fault, self.gmail.near.struck = fault, False

    def _recall(self) -> bool:
        """Take the fault back; True if it struck."""
        assert isinstance(self.gmail, NearGmail)
        self.gmail.near.fault = None
        return self.gmail.near.struck

    def _crank(self) -> None:
        TALLY["turns"] += 1
        cycle = Cycle(
            gmail=self.gmail, store=self.store, config=CONFIG, clock=self.clock, sleep=lambda _: None
        )
        cycle.turn()

    @rule()
    def history_expires(self) -> None:
        self.mailbox.expire_history()

    @rule()
    def database_is_backed_up(self) -> None:
        kept = self.folder / "backup.db"
        kept.unlink(missing_ok=True)
        self.store.backup(kept)
        self.backed_up = True

    @precondition(lambda self: self.backed_up)
    @rule()
    def database_is_restored(self) -> None:
        """Nothing is excused: what was made, touched, sent or discarded since is found again in Gmail."""
        self._close_store()
        self._open_store(self.folder / "backup.db")
        TALLY["restored"] += 1

    # ── what must hold ──

    def _check(self, *, clean: bool) -> None:
        ours = self.ours()
        assert not self.witness.wrongs, self.witness.wrongs
        self._one_a_thread(ours)
        records = {r.draft_id: r for r in self.store.drafts()}
        if clean:
            self._none_after_an_answer(ours)
            self._books_agree(ours, records)

    def _one_a_thread(self, ours: list[Made]) -> None:
        per_thread = Counter(self.mailbox.message_of(m.draft_id).thread_id for m in ours)
        assert max(per_thread.values(), default=0) <= 1, "two drafts of ours share a thread"

    def _none_after_an_answer(self, ours: list[Made]) -> None:
        for made in ours:
            later = [a.kind for a in self.answers if a.at > made.at]
            if made.key.startswith(
                "thank_you"
            ):  # stays right while they think, and once a question is answered
                now = [a.kind for a in self.answers[-1:] if a.at > max(made.at, self.spoke_at)]
                later = [kind for kind in now if kind not in {"holding", "promise"}]
            assert made.edited or not later, f"{made.key} stands after {later}"

    def _books_agree(self, ours: list[Made], records: dict[str, DraftRecord]) -> None:
        """Every draft of ours is in the books as what it is."""
        for made in ours:
            record = records.get(made.draft_id)
            assert record is not None, f"{made.key} lies in Gmail unknown to us"
            assert record.key == made.key
            wanted = {DraftState.EDITED} if made.edited else {DraftState.OPEN}
            assert record.state in wanted, f"{made.key} is {record.state}, edited: {made.edited}"
        for record in records.values():
            if record.state in {DraftState.OPEN, DraftState.EDITED}:
                assert record.draft_id in self.mailbox.ledger.drafts, (
                    f"{record.key} is {record.state} and gone"
                )


def with_hands(witness: Witness, deed: Callable[[], None]) -> None:
    """The user does it, not the program."""
    witness.by_user = True
    try:
        deed()
    finally:
        witness.by_user = False


@dataclass(slots=True)
class Start:
    """Where an example may begin: the database, and what the mailbox and its witness hold by then."""

    database: Path
    now: datetime
    ledger: Ledger
    made: dict[str, Made]


@cache
def starts() -> tuple[Start, ...]:
    """On the eve, with a thank-you draft in Gmail, with a follow-up draft there."""
    kept = folder()
    machine = Machine()
    machine.store = Store.open(machine.database)
    found = []
    machine.plain_turn()
    for number in range(3):
        if number:
            for made in machine.ours():
                with_hands(machine.witness, partial(machine.touch, made, "send"))
            machine.a_draft_falls_due()
        database = kept / f"{number}.db"
        machine.store.backup(database)
        found.append(
            Start(database, machine.clock(), deepcopy(machine.mailbox.ledger), deepcopy(machine.witness.made))
        )
    machine.teardown()
    return tuple(found)


def play(deeds: Sequence[tuple[str, dict[str, Any]]], kind: type[Machine] = Machine) -> None:
    """One example by hand: names of rules with their arguments; AssertionError if a draft misbehaves."""
    machine = kind()
    try:
        for name, arguments in deeds:
            getattr(machine, name)(**arguments)
    finally:
        machine.teardown()
