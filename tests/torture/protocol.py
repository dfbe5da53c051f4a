"""The protocol of mbsync's tests, on whole scenarios: run; run again, which must write nothing; interrupt, resume, compare.

Every scenario is played twice. The first play is the model: after each step's turn a second one must leave Gmail and all
facts alone. In the second play each step's turn is cut off at a drawn step of its own and resumed; then, and three minutes
later (what is unsettled by then is settled), everything must stand as in the model.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import event

from agent.cli.letters import compose_config, materials
from agent.config import load as load_config
from agent.cycle.turn import Cycle
from agent.demo.clock import MovableClock
from agent.store.store import Store
from tests.cycle.machine import folder
from tests.cycle.machine_gmail import Cut, NearGmail, WatchedMailbox, Witness
from tests.evaluate import FOLDERS
from tests.scenarios.mailbox import Letters
from tests.scenarios.player import Json, Program, _do, load
from tests.torture.lab import FineSteps
from tests.torture.outcome import Job, Outcome

KIND = "run, again, cut off, resume"
_MADE_ANEW = re.compile(r"={5,}\d+={2,}|(?<=\nDate: )[^\r\n]+")
VOLATILE = frozenset({"run", "alembic_version"})  # a turn notes that it took place


class Nowhere:
    """Stands for a server where only its address is wanted."""

    url = "http://127.0.0.1:9"

    def token_info(self) -> Json:
        return {}


class Scene:
    """One scenario's mailbox and the program beside it, without a network."""

    def __init__(self, scenario: Json) -> None:
        me = scenario["me"]
        self.folder = folder()
        self.clock = MovableClock(datetime.fromisoformat(scenario["steps"][0]["at"]))
        self.mailbox = WatchedMailbox(
            me["address"], name=me["name"], aliases=me.get("aliases") or (), clock=self.clock
        )
        self.mailbox.witness = Witness(by_user=True)
        self.letters = Letters(self.mailbox)
        for message in scenario["messages"]:
            self.letters.deliver(message)
        program = Program(self.folder, scenario, Nowhere(), self.clock)  # type: ignore[arg-type]  # its address is enough
        self.config = load_config(program.config)
        self.steps = FineSteps()
        self.gmail = NearGmail(self.mailbox, self.steps)
        self.open()

    def open(self) -> None:
        self.steps.set(0)
        self.store = Store.open(self.folder / "state" / "agent.db")
        event.listen(self.store._engine, "commit", lambda _: self.steps.named("commit"))
        event.listen(self.store._engine, "before_cursor_execute", lambda *_: self.steps.named("statement"))

    def turn(self, at: int = 0) -> int:
        """One turn, cut off at a step and then opened anew (0: a whole one); how many steps it had."""
        self.steps.set(at)
        try:
            Cycle(
                gmail=self.gmail,
                store=self.store,
                config=self.config,
                clock=self.clock,
                sleep=lambda _: None,
                compose=compose_config(self.config, self.store.account()),
                materials=materials(self.config),
            ).turn()
        except Cut:
            self.store.close()
            self.open()
        count = self.steps.count
        self.steps.set(0)
        return count

    def lying(self) -> list[str]:
        """The drafts byte by byte, but for the boundaries and the minute: a later turn may have made them."""
        return sorted(
            f"{one.thread_id}\n{_MADE_ANEW.sub('=', one.raw.decode())}" for one in self.letters.drafts()
        )

    def stands(self) -> Json:
        """All that must be the same in the end: the drafts in Gmail, the books, and how things look."""
        books = [
            [r.key, r.state.value, r.thread_id, r.to, r.cc, r.subject, r.text] for r in self.store.drafts()
        ]
        return {"gmail": self.lying(), "books": sorted(books), "looks": self.store.documents()}

    def facts(self) -> dict[str, Any]:
        """Every row of the database but those that say that a turn took place."""
        with closing(sqlite3.connect(self.folder / "state" / "agent.db")) as connection:
            names = [n for (n,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {
                name: sorted(map(_row, _rows(connection, name))) for name in names if name not in VOLATILE
            }

    def close(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _rows(connection: sqlite3.Connection, name: str) -> Iterator[dict[str, Any]]:
    found = connection.execute(f"SELECT * FROM {name}")
    columns = [one[0] for one in found.description]
    for row in found:
        yield dict(zip(columns, row, strict=True))


def _row(row: dict[str, Any]) -> str:
    return str({k: v for k, v in row.items() if k not in {"last_sync", "synced_at"}})


def play(scenario: Json, seed: int) -> Outcome:
    """Both plays; what differs."""
    models: list[Json] = []
    lengths: list[int] = []
    wrongs: list[str] = []
    scene = Scene(scenario)
    try:
        for step in scenario["steps"]:
            _until(scene, step)
            lengths.append(scene.turn())
            wrongs += _again(scene, step["at"])
            models.append(_later(scene))
    finally:
        scene.close()
    drawn, scene, cuts = random.Random(f"{seed} {scenario['id']}"), Scene(scenario), 0
    try:
        for step, length, model in zip(scenario["steps"], lengths, models, strict=True):
            _until(scene, step)
            at = drawn.randint(1, length)
            scene.turn(at)
            scene.turn()
            cuts += 1
            if (found := _later(scene)) != model:
                wrongs.append(f"{step['at']}, cut at {at} of {length}: {_difference(model, found)}")
                break
    finally:
        scene.close()
    return Outcome(KIND, f"{scenario['id']} seed {seed}", cuts, tuple(wrongs))


def _until(scene: Scene, step: Json) -> None:
    at = datetime.fromisoformat(step["at"])
    for deed in step["do"]:
        _do(deed, scene.letters, scene.mailbox, at)
    scene.clock.set(at)


def _again(scene: Scene, where: str) -> Iterator[str]:
    """A second turn at the same instant writes nothing."""
    before, facts = scene.mailbox.ledger.history_id, scene.facts()
    scene.turn()
    if scene.mailbox.ledger.history_id != before:
        yield f"{where}: the second turn wrote to Gmail"
    if (found := scene.facts()) != facts:
        yield f"{where}: the second turn changed {_difference(facts, found)}"


def _later(scene: Scene) -> Json:
    scene.clock.advance(timedelta(minutes=3))
    scene.turn()
    return json.loads(json.dumps(scene.stands(), default=str))  # type: ignore[no-any-return]  # it was a dict


def _difference(wanted: Any, found: Any, path: str = "") -> str:
    """The first place at which two documents differ."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key in sorted({*wanted, *found}, key=str):
            if wanted.get(key) != found.get(key):
                return _difference(wanted.get(key), found.get(key), f"{path}.{key}")
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for number, (one, other) in enumerate(zip(wanted, found, strict=True)):
            if one != other:
                return _difference(one, other, f"{path}[{number}]")
    return f"{path}: {str(wanted)[:300]} ≠ {str(found)[:300]}"


def scenarios() -> list[Json]:
    return [*load(FOLDERS["samples"]), *load(FOLDERS["own"])]


def jobs(number: int, seed: int) -> list[Job]:
    """All scenarios, or where few trials are wanted, some."""
    every = scenarios()
    random.Random(seed).shuffle(every)
    return [partial(_one, scenario, seed) for scenario in every[: max(number // 20, 1)]]


def _one(scenario: Json, seed: int) -> list[Outcome]:
    return [play(scenario, seed)]
