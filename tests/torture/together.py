"""Several at once: the daemon, turns, and four people's commands on one database, each a process of its own.

Every note that a command said it had kept is there in the end, once; no message speaks of a locked database; each exit status
is the contract's; Gmail holds one draft, and nobody tried to send.
"""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import random
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from agent.store.store import Store
from tests.cycle.machine import folder
from tests.cycle.world import THANK_YOU_DUE, World
from tests.torture.outcome import Job, Outcome
from tests.torture.wire import begin

KIND = "several at once"
COMMANDERS = 4
NOW = datetime.fromisoformat(THANK_YOU_DUE)
Command = tuple[tuple[str, ...], set[int]]
QUIET, WRITING, TURNING = {0}, {0, 75}, {0, 75}
PROCESSES = multiprocessing.get_context("forkserver")


def reading(drawn: random.Random, folder_: Path, number: str) -> Command:
    verb = drawn.choice(
        [
            ("status", "--json"),
            ("status", "--all"),
            ("show", "northwind", "--json"),
            ("why", "northwind"),
            ("plan", "--json"),
            ("runs", "--json"),
            ("export", "--format", "ics"),
            ("db", "check"),
            ("report", "--output", str(folder_ / f"{number}.html")),
        ]
    )
    return verb, QUIET


def telling(drawn: random.Random, _folder: Path, number: str) -> Command:
    return drawn.choice(
        [
            (("set", "northwind", f"position=Data Analyst {number}"), WRITING),
            (("snooze", "northwind", "1h"), WRITING),
            (("log", "northwind", "call", "--at", "2026-03-03T16:30:00-05:00"), WRITING),
            (("rebuild",), WRITING),
            (("db", "backup", str(_folder / f"{number}.backup")), WRITING),
        ]
    )


def turning(drawn: random.Random, _folder: Path, _number: str) -> Command:
    return drawn.choice([("sync",), ("sync", "--json"), ("sync", "--full"), ("sync", "--dry-run")]), TURNING


def noting(_drawn: random.Random, _folder: Path, number: str) -> Command:
    return ("note", "northwind", f"remember {number}"), WRITING


KINDS: tuple[tuple[Callable[[random.Random, Path, str], Command], int], ...] = (
    (reading, 5),
    (noting, 3),
    (telling, 1),
    (turning, 1),
)


def commander(config: str, name: str, count: int, seed: str, to: str) -> None:
    """So many commands, drawn; what came of them is written to a file."""
    from agent.cli import main

    drawn, here = random.Random(seed), Path(config).parent
    kept: list[str] = []
    wrongs: list[str] = []
    codes: Counter[str] = Counter()
    makers, weights = zip(*KINDS, strict=True)
    for number in range(count):
        maker = drawn.choices(makers, weights)[0]
        arguments, allowed = maker(drawn, here, f"{name}-{number}")
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main(["--config", config, *arguments], clock=lambda: NOW, sleep=_little)
        said = out.getvalue() + err.getvalue()
        codes[f"{arguments[0]} {code}"] += 1
        if code not in allowed or "locked" in said or "Traceback" in said:
            wrongs.append(f"{' '.join(arguments)}: exit {code}: {err.getvalue()[-300:]}")
        if maker is noting and code == 0:
            kept.append(arguments[2])
        for left in (*here.glob(f"{name}-*.backup"), *here.glob(f"{name}-*.html")):
            left.unlink()
    Path(to).write_text(json.dumps({"kept": kept, "wrongs": wrongs, "codes": codes}), encoding="utf-8")
    os._exit(0)


def _little(seconds: float) -> None:
    """Wait a tenth of what was asked: the patience of a command, sped up."""
    import time

    time.sleep(seconds / 10)


def daemon(config: str, log: str) -> None:
    """``run`` until it is told to stop; its log goes to a file."""
    from agent.cli import main

    with Path(log).open("w", encoding="utf-8", buffering=1) as sys.stderr:
        os._exit(main(["--config", config, "run"], clock=lambda: NOW, sleep=_little))


def play(count: int, seed: int) -> Outcome:
    """So many operations among all."""
    path = folder()
    world = begin(path)
    world.clock.set(NOW)
    config = world.program.config
    config.write_text(config.read_text() + "[daemon]\npoll_seconds = 1\n")
    try:
        wrongs, done = _all_at_once(world, path, count, seed)
        wrongs += _in_the_end(world, path)
    finally:
        world.server.stop()
        shutil.rmtree(path, ignore_errors=True)
    return Outcome(KIND, f"play({count}, {seed})", done, tuple(wrongs))


def _all_at_once(world: World, path: Path, count: int, seed: int) -> tuple[list[str], int]:
    config = str(world.program.config)
    PROCESSES.set_forkserver_preload(["agent.cycle.turn", "agent.cli.sync", "agent.cli.context", "holidays"])
    server = PROCESSES.Process(target=daemon, args=(config, str(path / "daemon.log")))
    server.start()
    each = count // COMMANDERS
    people = [
        PROCESSES.Process(
            target=commander, args=(config, f"p{n}", each, f"{seed} {n}", str(path / f"p{n}.json"))
        )
        for n in range(COMMANDERS)
    ]
    for one in people:
        one.start()
    for one in people:
        one.join()
    alive = server.is_alive()
    server.terminate()
    server.join()
    wrongs = (
        [] if alive and server.exitcode == 0 else [f"the daemon ended with {server.exitcode}, alive: {alive}"]
    )
    said = (path / "daemon.log").read_text()
    wrongs += [
        f"the daemon says: {line}" for line in said.splitlines() if "locked" in line or "Traceback" in line
    ]
    return wrongs, each * COMMANDERS + said.count("turn ")


def _in_the_end(world: World, path: Path) -> list[str]:
    wrongs: list[str] = []
    kept: list[str] = []
    for number in range(COMMANDERS):
        told: dict[str, Any] = json.loads((path / f"p{number}.json").read_text())
        kept += told["kept"]
        wrongs += told["wrongs"]
    with Store.open_reader(path / "state" / "agent.db") as store:
        there = Counter(one.value for one in store.notes() if one.value.startswith("remember "))
        runs = Counter(run.outcome for run in store.runs(100_000))
    wrongs += [f"lost: {text}" for text in kept if not there[text]]
    wrongs += [f"kept {n} times: {text}" for text, n in there.items() if n > 1]
    wrongs += [f"a turn ended as {outcome!r}" for outcome in runs if outcome != "ok"]
    wrongs += [f"an attempt to send: {one}" for one in world.server.violations]
    code, _, said = world.program.run("db", "check")
    wrongs += [] if code == 0 else [said]
    made = world.server.arrived("POST", "/drafts")
    wrongs += [] if made <= 1 else [f"{made} drafts were asked for"]
    return wrongs


def jobs(number: int, seed: int) -> list[Job]:
    """In parts, for each has a database of its own and notes pile up in it; more than four operations for each trial asked."""
    size = 500
    return [partial(_one, size, seed * 1000 + n) for n in range(max(number * 9 // 2 // size, 1))]


def _one(count: int, seed: int) -> list[Outcome]:
    return [play(count, seed)]
