"""Every request of a turn goes wrong once in every way, or for good; over real HTTP, with the program's own client.

Afterwards two plain turns reach the model's state: one draft, or none where the employer has answered, or the user's own.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path

from werkzeug.wrappers import Request, Response

from agent.demo.faults import Fault, Kind
from agent.demo.server import GmailServer
from agent.gmail import client
from tests.cycle.machine import folder
from tests.cycle.world import MARIA, ME, THANK_YOU_DUE, World, interviewed
from tests.torture.outcome import Job, Outcome

KIND = "answers lost, late, failed"
ANSWERED = "Hi Dana, unfortunately we have decided to move forward with another candidate. Best, Maria"
LATER, LATEST = "2026-03-03T17:35:00-05:00", "2026-03-03T17:45:00-05:00"
CUT_OFF: tuple[Kind, ...] = (
    "reset_before",
    "reset_after",
    "hang_up",
    "hang_up_after",
    "truncate",
    "malformed_json",
    "html_502",
)
REFUSED = (
    (429, "rateLimitExceeded"),
    (403, "userRateLimitExceeded"),
    (403, "rateLimitExceeded"),
    (403, "dailyLimitExceeded"),
    (500, "backendError"),
    (503, "backendError"),
    (401, "authError"),
)
APPLIED = "after it was carried out"  # an error whose deed was done all the same
FINE = {0, 69, 75}


@dataclass(frozen=True, slots=True)
class Trial:
    """The ``nth`` request of the turn goes wrong (and the next as well, ``times`` of them), and what happens then."""

    fault: str  # a kind of fault, or "429 rateLimitExceeded", or "500 backendError after it was carried out"
    nth: int
    times: int = 1
    deed: str = "nothing"
    overtaken: bool = False  # the turn is one that withdraws a draft, instead of making it
    small_pages: bool = False


class Server(GmailServer):
    """Besides the usual faults: an error that comes after the deed was done."""

    def _refused(self, request: Request, fault: Fault) -> Response:
        if fault.message == APPLIED:
            self._well(request)
        return super()._refused(request, fault)


def begin(path: Path, *, overtaken: bool = False, mail: bool = False) -> World:
    """Synced before anything was due; or with a draft that an answer has overtaken; ``mail``: with other news to fetch."""
    world = interviewed(path)
    world.server.start()
    world.server.__class__ = Server
    world.sync("2026-03-03T12:00:00-05:00")
    if overtaken:
        world.sync("2026-03-03T17:10:00-05:00")
        assert len(world.drafts()) == 1
        reject(world)
    for number in range(3 if mail else 0):
        at = f"2026-03-03T16:0{number}:00-05:00"
        world.write(
            f"x{number}",
            "News <news@paper.example>",
            ME,
            at,
            "Nothing of note.",
            thread=f"x{number}",
            subject="News",
        )
    return world


def reject(world: World) -> None:
    world.write("m9", MARIA, ME, "2026-03-03T17:20:00-05:00", ANSWERED, in_reply_to="m2")


def edit(world: World) -> None:
    for draft_id in world.drafts():
        world.mailbox.edit_draft(draft_id, append="P.S. It was the blue one.")


def discard(world: World) -> None:
    for draft_id in world.drafts():
        world.mailbox.discard_draft(draft_id)


DEEDS: dict[str, Callable[[World], None]] = {
    "nothing": lambda _: None,
    "rejects": reject,
    "edits": edit,
    "discards": discard,
}


def order(text: str, nth: int, times: int) -> Fault:
    words = text.split(maxsplit=2)
    if words[0].isdecimal():
        message = words[2] if len(words) > 2 else None
        return Fault(
            kind="status",
            code=int(words[0]),
            reason=words[1],
            message=message,
            nth=nth,
            times=times,
            path="/gmail/",
        )
    return Fault(kind=text, nth=nth, times=times, path="/gmail/")  # type: ignore[arg-type]  # one of the kinds


def play(trial: Trial) -> Outcome:
    """One trial in a folder of its own."""
    path, usual = folder(), client.PAGE_SIZE
    try:
        client.PAGE_SIZE = 1 if trial.small_pages else usual
        return Outcome(KIND, f"{trial}", 1, tuple(_wrongs(path, trial)))
    finally:
        client.PAGE_SIZE = usual
        shutil.rmtree(path, ignore_errors=True)


def _wrongs(path: Path, trial: Trial) -> list[str]:
    world = begin(path, overtaken=trial.overtaken, mail=trial.small_pages)
    try:
        world.server.faults.add(order(trial.fault, trial.nth, trial.times))
        code, _, said = turn(world, THANK_YOU_DUE)
        refused = {77} if trial.fault.startswith("401") and trial.times > 1 else set()
        wrongs = [] if code in FINE | refused else [f"exit {code}: {said[-300:]}"]
        world.server.faults.clear()
        had = len(world.drafts())
        DEEDS[trial.deed](world)
        for at in (LATER, LATEST):
            code, _, said = turn(world, at)
            wrongs += [f"exit {code} afterwards: {said[-300:]}"] if code else []
        wanted = 0 if trial.overtaken or trial.deed == "rejects" or (trial.deed == "discards" and had) else 1
        return [*wrongs, *ended(world, wanted, edited=trial.deed == "edits" and bool(had))]
    finally:
        world.server.stop()


def turn(world: World, at: str) -> tuple[int, str, str]:
    world.clock.set(datetime.fromisoformat(at))
    return world.program.run("sync", "--json")


def ended(world: World, wanted: int, *, edited: bool = False) -> list[str]:
    """What is wrong with the mailbox and the books in the end."""
    wrongs = [f"an attempt to send: {one}" for one in world.server.violations]
    if len(world.drafts()) != wanted:
        wrongs.append(f"{len(world.drafts())} drafts instead of {wanted}")
    code, out, said = world.program.run("status", "--all", "--json")
    if code:
        return [*wrongs, f"status: exit {code}: {said[-300:]}"]
    [known] = [c["drafts"] for c in json.loads(out)["candidacies"]]
    states = [d["state"] for d in known]
    if wanted and states != ["edited" if edited else "open"]:
        wrongs.append(f"the books say {states}")
    if {d["draft_id"] for d in known if d["state"] in {"open", "edited"}} != set(world.drafts()):
        wrongs.append("the books name other drafts than Gmail holds")
    return wrongs


# ── tokens and history ──


def token_expires(_: int) -> Outcome:
    """The access token is stale: it is renewed within the turn."""
    return _special("the access token expires", lambda world: world.server.oauth.expire_access_tokens(), {0})


def consent_is_revoked(_: int) -> Outcome:
    """Exit 77 says so; with a new consent all goes on."""
    return _special("the consent is revoked", lambda world: world.server.oauth.revoke(), {77}, renew=True)


def history_is_gone(_: int) -> Outcome:
    return _special("the history is gone", lambda world: world.mailbox.expire_history(), {0})


def _special(name: str, deed: Callable[[World], object], codes: set[int], *, renew: bool = False) -> Outcome:
    path, wrongs = folder(), []
    try:
        world = begin(path)
        deed(world)
        code, _, said = turn(world, THANK_YOU_DUE)
        wrongs += [] if code in codes else [f"exit {code}: {said[-300:]}"]
        if renew:
            wrongs += ["a draft without a consent"] if world.drafts() else []
            wrongs += [] if "followup-agent auth" in said else [f"no remedy is named: {said[-200:]}"]
            (path / "token.json").write_text(json.dumps(world.server.token_info()))
        for at in (LATER, LATEST):
            turn(world, at)
        wrongs += ended(world, 1)
        world.server.stop()
    finally:
        shutil.rmtree(path, ignore_errors=True)
    return Outcome(KIND, name, 1, tuple(wrongs))


# ── which trials ──


@cache
def requests_of(*, overtaken: bool, small_pages: bool = False) -> int:
    """How many requests the turn makes."""
    path, usual = folder(), client.PAGE_SIZE
    try:
        client.PAGE_SIZE = 1 if small_pages else usual
        world = begin(path, overtaken=overtaken, mail=small_pages)
        before = world.server.requests
        turn(world, THANK_YOU_DUE)
        world.server.stop()
        return world.server.requests - before
    finally:
        client.PAGE_SIZE = usual
        shutil.rmtree(path, ignore_errors=True)


def every() -> list[Trial]:
    faults = [*CUT_OFF, *(f"{code} {reason}" for code, reason in REFUSED)]
    faults += [f"500 backendError {APPLIED}", f"503 backendError {APPLIED}"]
    found = []
    for overtaken, small in ((False, False), (True, False), (False, True)):
        for nth in range(1, requests_of(overtaken=overtaken, small_pages=small) + 1):
            for fault in faults:
                for deed in ("nothing",) if overtaken or small else DEEDS:
                    found += [Trial(fault, nth, times, deed, overtaken, small) for times in (1, 9)]
    return found


def jobs(number: int, seed: int) -> list[Job]:
    trials = every()
    drawn = random.Random(seed).sample(trials, min(len(trials), max(number // 5, 8)))
    groups = [tuple(drawn[n : n + 12]) for n in range(0, len(drawn), 12)]
    special = [partial(_alone, play_one) for play_one in (token_expires, consent_is_revoked, history_is_gone)]
    return [*special, *(partial(play_all, group) for group in groups)]


def play_all(group: Sequence[Trial]) -> list[Outcome]:
    return [play(trial) for trial in group]


def _alone(play_one: Callable[[int], Outcome]) -> list[Outcome]:
    return [play_one(0)]
