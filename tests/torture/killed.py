"""A real process is killed (SIGKILL): at a statement, a commit, an HTTP stage, a file operation; at a system call, by strace."""

from __future__ import annotations

import io
import multiprocessing
import os
import random
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import cache, partial
from pathlib import Path

from agent.errors import AgentError
from tests.cycle.machine import folder
from tests.cycle.world import THANK_YOU_DUE, World
from tests.torture.lab import WATCH, watch_files
from tests.torture.outcome import Job, Outcome
from tests.torture.wire import LATER, LATEST, begin, ended, reject, turn

KIND, KIND_CALL = "process killed at a step", "process killed at a call"
CALLS = "write,pwrite64,fsync,fdatasync,rename,unlink,ftruncate,sendto,openat,fcntl"
ROOT = Path(__file__).parents[2]
PROCESSES = multiprocessing.get_context("forkserver")


def die_at(config: str, now: str, kill_at: int, counted: str = "") -> None:
    """Run ``sync`` in this process; kill it at step ``kill_at`` (0: never)."""
    from sqlalchemy import Engine, event

    from agent.cli import main
    from tests.cycle.killed import _around

    steps = 0

    def step(*_: object) -> None:
        nonlocal steps
        steps += 1
        if steps == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", step)
    event.listen(Engine, "commit", step)
    _around(step)
    watch_files()
    WATCH.folder, WATCH.step = str(Path(config).parent), step
    clock = datetime.fromisoformat(now)
    sys.stdout = sys.stderr = io.StringIO()
    status = main(["--config", config, "sync"], clock=lambda: clock, sleep=lambda _: None)
    WATCH.step = None
    if counted:
        Path(counted).write_text(str(steps), encoding="utf-8")
    os._exit(status)


def run(world: World, kill_at: int, counted: str = "") -> int | None:
    """One turn in a process of its own; its exit code (negative: the signal that ended it)."""
    PROCESSES.set_forkserver_preload(
        ["tests.torture.killed", "agent.cycle.turn", "agent.cli.sync", "agent.cli.context", "holidays"]
    )
    child = PROCESSES.Process(
        target=die_at, args=(str(world.program.config), THANK_YOU_DUE, kill_at, counted)
    )
    child.start()
    child.join()
    return child.exitcode


@cache
def length(*, overtaken: bool) -> int:
    """How many steps the turn has."""
    path = folder()
    world = begin(path, overtaken=overtaken)
    run(world, 0, str(path / "steps"))
    world.server.stop()
    steps = int((path / "steps").read_text())
    shutil.rmtree(path, ignore_errors=True)
    return steps


def play(step: int, *, overtaken: bool = False, answered: bool = False) -> Outcome:
    """Killed at this step; an answer comes or not; two turns later everything is as it must be."""
    path, wrongs = folder(), []
    world = begin(path, overtaken=overtaken)
    try:
        code = run(world, step)
        wrongs += [] if code == -signal.SIGKILL else [f"it was not killed but left with {code}"]
        wrongs += _recovered(world, overtaken=overtaken, answered=answered)
    finally:
        world.server.stop()
        shutil.rmtree(path, ignore_errors=True)
    return Outcome(KIND, f"step {step}, overtaken: {overtaken}, answered: {answered}", 1, tuple(wrongs))


def _recovered(world: World, *, overtaken: bool, answered: bool) -> list[str]:
    if answered:
        reject(world)
    wrongs = []
    for at in (LATER, LATEST):
        code, _, said = turn(world, at)
        wrongs += [f"exit {code}: {said[-200:]}"] if code else []
    return [*wrongs, *ended(world, 0 if overtaken or answered else 1)]


# ── system calls ──


@cache
def calls() -> tuple[tuple[str, int], ...]:
    """The calls of the turn, each by its name and number."""
    if shutil.which("strace") is None:
        return (("fsync", 1),)
    path = folder()
    world = begin(path)
    seen = traced(world, path, "inject=none:signal=KILL:when=1")
    world.server.stop()
    shutil.rmtree(path, ignore_errors=True)
    return tuple((name, number) for name, count in sorted(seen.items()) for number in range(1, count + 1))


def play_call(call: str, number: int) -> Outcome:
    """Killed at its ``number``-th system call of this name."""
    name = f"{call} {number}"
    if shutil.which("strace") is None:
        return Outcome(KIND_CALL, name, skipped="strace is not here")
    path, wrongs = folder(), []
    world = begin(path)
    try:
        traced(world, path, f"inject={call}:signal=KILL:when={number}")
        try:
            wrongs += _recovered(world, overtaken=False, answered=False)
        except AgentError as error:
            wrongs.append(f"{error!r}")
        found = world.program.run("db", "check")
        wrongs += [f"the database is not sound: {found}"] if found[0] else []
    finally:
        world.server.stop()
        shutil.rmtree(path, ignore_errors=True)
    return Outcome(KIND_CALL, name, 1, tuple(wrongs))


def traced(world: World, path: Path, order: str) -> Counter[str]:
    """A turn under strace from its first line on; which calls it made, and how many."""
    code = (
        "import sys\nfrom datetime import datetime\nfrom agent.cli import main\n"
        "import agent.cycle.turn, agent.cli.sync, googleapiclient.discovery, holidays\n"
        "print(flush=True)\nsys.stdin.readline()\n"
        "clock = datetime.fromisoformat(sys.argv[2])\n"
        "main(['--config', sys.argv[1], 'sync', '--json'], clock=lambda: clock, sleep=lambda _: None)\n"
    )
    command = [sys.executable, "-c", code, str(world.program.config), THANK_YOU_DUE]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT
    ) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        child.stdout.readline()
        record = path / "calls"
        tracer = subprocess.Popen(
            ["strace", "-f", "-p", str(child.pid), "-o", record, "-e", f"trace={CALLS}", "-e", order],
            stderr=subprocess.PIPE,
        )
        assert tracer.stderr is not None
        tracer.stderr.readline()  # "attached": what happens from here on is seen
        child.stdin.write(b"\n")
        child.stdin.close()
        child.stdout.read()
        child.wait()
        tracer.wait()
        tracer.stderr.close()
    lines = record.read_text(errors="replace").splitlines()
    return Counter(found[1] for line in lines if (found := re.match(r"\d+ +(\w+)\(", line)))


# ── which trials ──


def jobs(number: int, seed: int) -> list[Job]:
    steps = [(k, over, False) for over in (False, True) for k in range(1, length(overtaken=over) + 1)]
    steps += [(k, False, True) for k in range(1, length(overtaken=False) + 1)]
    drawn = random.Random(seed)
    steps = drawn.sample(steps, min(len(steps), max(number * 3 // 20, 4)))
    chosen = drawn.sample(calls(), min(len(calls()), max(number // 20, 2)))
    return [
        *(partial(_steps, tuple(steps[n : n + 12])) for n in range(0, len(steps), 12)),
        *(partial(_calls, tuple(chosen[n : n + 6])) for n in range(0, len(chosen), 6)),
    ]


def _steps(group: Sequence[tuple[int, bool, bool]]) -> list[Outcome]:
    return [play(step, overtaken=over, answered=answered) for step, over, answered in group]


def _calls(group: Sequence[tuple[str, int]]) -> list[Outcome]:
    return [play_call(name, number) for name, number in group]
