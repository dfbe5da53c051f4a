"""Kill points: a turn dies at each of its statements, commits, request stages and file operations, or somebody acts there.

The model is the turn as one deed: after two more turns everything stands as if the turn had happened as a whole, or not at
all, whatever the user and the employer did in between. The machine's own checks (no second draft, none after an answer,
nothing of the user's touched, books and mailbox agree) hold besides.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from agent.core.model import DraftState
from agent.demo.ledger import Ledger
from agent.errors import AgentError
from tests.cycle.machine import FAULTS, folder
from tests.cycle.machine_gmail import Made
from tests.torture.lab import Lab
from tests.torture.outcome import Job, Outcome

KIND_CUT, KIND_DURING, KIND_FAULT = "killed at a step", "somebody acts at a step", "answer lost or late"


@dataclass(frozen=True, slots=True)
class Trial:
    """In a situation: a turn with a fault (perhaps), cut or disturbed at a step (0: neither), then a deed, then two turns."""

    situation: str
    deed: str = "nothing"
    fault: tuple[str, str] | None = None
    during: bool = False
    step: int = 0

    @property
    def kind(self) -> str:
        return KIND_DURING if self.during else KIND_CUT if self.step else KIND_FAULT


# ── what somebody does between two turns, or in the middle of one ──

DEEDS: dict[str, Callable[[Lab], object]] = {
    "nothing": lambda _: None,
    "employer rejects": lambda lab: lab._answer("rejection"),
    "employer offers": lambda lab: lab._answer("offer"),
    "employer holds": lambda lab: lab._answer("holding"),
    "employer asks": lambda lab: lab._answer("question"),
    "user opens": lambda lab: lab.hand("open"),
    "user edits": lambda lab: lab.hand("edit"),
    "user sends": lambda lab: lab.hand("send"),
    "user discards": lambda lab: lab.hand("discard"),
    "history expires": lambda lab: lab.history_expires(),
}
ENDING = {"employer rejects", "employer offers"}
DURING = [name for name in DEEDS if name != "nothing"]


# ── where it begins ──


def _thank_you_due(lab: Lab) -> None:
    lab.begin(number=0)
    lab.advance(hours=7)


def _follow_up_due(lab: Lab) -> None:
    lab.begin(number=1)
    lab.hand("send")
    lab.plain_turn()
    lab.at("2026-03-12T09:00:00-04:00")


def _standing(number: int, *deeds: str) -> Callable[[Lab], None]:
    def begin(lab: Lab) -> None:
        lab.begin(number=number)
        for deed in deeds:
            lab.advance(minutes=7)
            DEEDS[deed](lab)
        lab.advance(minutes=7)

    return begin


def _restored(lab: Lab) -> None:
    """The draft was made after the backup that is the database now."""
    lab.begin(number=0)
    lab.database_is_backed_up()
    lab.advance(hours=7)
    lab.plain_turn()
    lab.database_is_restored()
    lab.advance(minutes=7)


def _first(lab: Lab) -> None:
    """A new database."""
    lab.begin(number=0)
    lab._close_store()
    empty = lab.folder / "empty.db"
    empty.touch()
    lab.open_on(empty)
    lab.advance(hours=7)


SITUATIONS: dict[str, Callable[[Lab], None]] = {
    "a thank-you is due": _thank_you_due,
    "a follow-up is due": _follow_up_due,
    "an offer overtakes": _standing(1, "employer offers"),
    "a rejection overtakes": _standing(2, "employer rejects"),
    "an edited one is overtaken": _standing(2, "user edits", "employer offers"),
    "one was sent": _standing(1, "user sends"),
    "one was discarded": _standing(2, "user discards"),
    "one was opened": _standing(1, "user opens"),
    "the history is lost": _standing(2, "history expires"),
    "an older database is back": _restored,
    "the first turn": _first,
}


@dataclass(slots=True)
class Begun:
    """A situation as it can be begun again: the files, and what the machine and the mailbox hold."""

    files: Path
    now: datetime
    ledger: Ledger
    made: dict[str, Made]
    state: dict[str, Any]


CARRIED = ("number", "chain", "answers", "spoke_at", "news_at")


@cache
def begun(situation: str) -> Begun:
    lab = Lab()
    SITUATIONS[situation](lab)
    lab.store.close()
    files = folder()
    for path in lab.folder.glob("agent.db*"):
        shutil.copyfile(path, files / path.name)
    state = {name: deepcopy(getattr(lab, name)) for name in CARRIED}
    found = Begun(files, lab.clock(), deepcopy(lab.mailbox.ledger), deepcopy(lab.witness.made), state)
    shutil.rmtree(lab.folder, ignore_errors=True)
    return found


def begin(situation: str) -> Lab:
    start, lab = begun(situation), Lab()
    lab.clock.set(start.now)
    lab.mailbox.ledger, lab.witness.made = deepcopy(start.ledger), deepcopy(start.made)
    for name, value in deepcopy(start.state).items():
        setattr(lab, name, value)
    for path in start.files.iterdir():
        if path.name != "agent.db":
            shutil.copyfile(path, lab.folder / path.name)
    lab.open_on(start.files / "agent.db")
    return lab


# ── the end, and what it may be ──

End = tuple[tuple[object, ...], ...]


def ended(lab: Lab) -> End:
    """What lies in Gmail, what the books say, and how it looks.

    An intent that was given up before anything was asked of Gmail is as if it had never been.
    """
    box = lab.mailbox
    lying = sorted(
        (str(box.message_of(d).mail.header("To")), box.message_of(d).mail.text.strip())
        for d in box.ledger.drafts
    )
    books = sorted((r.key, r.state.value) for r in lab.store.drafts() if r.state is not DraftState.OBSOLETE)
    looks = sorted(
        (str(d["status"]), str(d["thank_you_sent_at"]), str(d["follow_ups_sent"]), str(d["needs_review"]))
        for d in lab.store.documents()
    )
    return tuple(lying), tuple(books), tuple(looks)


def finish(lab: Lab, deed: str, *, ticking: bool = True) -> None:
    """The deed, then two turns seven minutes apart, each with the machine's checks."""
    lab.advance(minutes=7 if ticking else 0)
    DEEDS[deed](lab)
    for _ in range(2):
        lab.plain_turn()


@cache
def allowed(situation: str, deed: str, *, during: bool) -> frozenset[End]:
    """As if the turn had happened as a whole, before or after the deed, or not at all."""
    ends = set()
    for turns in (0, 1):
        lab = begin(situation)
        if turns:
            lab.watched_turn()
            lab.steps.set(0)
        if during:
            DEEDS[deed](lab)
            if not turns:
                lab.watched_turn()
                lab.steps.set(0)
            finish(lab, "nothing")
        else:
            finish(lab, deed)
        ends.add(ended(lab))
        lab.teardown()
    return frozenset(ends)


@cache
def length(situation: str, fault: tuple[str, str] | None) -> int:
    """How many steps the turn has."""
    lab = begin(situation)
    if fault:
        lab._order(fault)
    try:
        steps = lab.watched_turn()
    except AgentError:
        steps = lab.fine.count
    lab.steps.set(0)
    lab.teardown()
    return steps


def play(trial: Trial) -> Outcome:
    """One trial; its violations."""
    name = f"{trial}"
    lab = begin(trial.situation)
    try:
        struck = _first_turn(lab, trial)
        finish(lab, "nothing" if trial.during else trial.deed)
        end = ended(lab)
        wrongs = (
            () if end in allowed(trial.situation, trial.deed, during=trial.during) else (f"ended as {end}",)
        )
    except AssertionError as wrong:
        struck, wrongs = 1, (str(wrong).splitlines()[0],)
    finally:
        lab.teardown()
    return Outcome(trial.kind, name, struck, wrongs)


def _first_turn(lab: Lab, trial: Trial) -> int:
    if trial.fault:
        lab._order(trial.fault)
    since: list[int] = []

    def strike() -> None:
        DEEDS[trial.deed](lab)
        since.append(len(lab.served))

    try:
        if trial.during:
            lab.watched_turn(trial.step, strike)
        else:
            lab.watched_turn(trial.step)
    except AgentError:
        pass
    struck = int(bool(trial.fault) and lab._recall()) + lab.fine.dead
    if trial.during:
        struck += lab.fine.count >= trial.step
    if lab.fine.dead:
        lab.next_process()
    lab.steps.set(0)
    lab._check(clean=False)
    seen = trial.deed in ENDING and bool(since) and lab.seen_and_made(since[0])
    assert not seen, "a draft was made although its thread had shown the answer"
    return struck


# ── which trials ──


def trials(number: int, seed: int) -> list[Trial]:
    """Half of them plain kill points, drawn from every step of every situation; half with deeds, faults and interruptions."""
    every = [Trial(s, step=k) for s in SITUATIONS for k in range(1, length(s, None) + 1)]
    drawn = random.Random(seed)
    more = list(_more())
    drawn.shuffle(every)
    drawn.shuffle(more)
    half = min(len(every), number // 2)
    return [*every[:half], *more[: number - half]]


def _more() -> Iterator[Trial]:
    for situation in SITUATIONS:
        steps = length(situation, None)
        for deed in DEEDS:
            for fault in FAULTS:
                yield Trial(situation, deed, fault)
            for step in range(1, steps + 1):
                yield Trial(situation, deed, step=step)
        for deed in DURING:
            yield from (Trial(situation, deed, during=True, step=k) for k in range(1, steps + 1))
        for fault in FAULTS:
            for deed in ("nothing", "employer rejects", "user edits"):
                yield from (Trial(situation, deed, fault, step=k) for k in range(1, steps + 1, 3))


def jobs(number: int, seed: int) -> list[Job]:
    """The trials in groups that share their model."""
    groups: dict[tuple[str, str, bool], list[Trial]] = {}
    for trial in trials(number * 3 // 5, seed):
        groups.setdefault((trial.situation, trial.deed, trial.during), []).append(trial)
    return [partial(play_all, tuple(group)) for _, group in sorted(groups.items())]


def play_all(group: Sequence[Trial]) -> list[Outcome]:
    return [play(trial) for trial in group]
