"""Crashes between any two steps and lost answers: never two drafts, one at the latest a turn later, none after an answer.

Whether Gmail made a draft is certain only after the settle time (two minutes); a turn before that does not make it again.
"""

from __future__ import annotations

import multiprocessing
import shutil
from pathlib import Path

import pytest

from agent.demo.faults import Fault
from tests.cycle import killed
from tests.cycle.world import MARIA, ME, THANK_YOU_DUE, World, interviewed

pytestmark = pytest.mark.process
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["tests.cycle.killed", "agent.cycle.turn", "agent.cli.sync", "agent.cli.context", "holidays"]
)
NEXT_TURN = "2026-03-03T17:35:00-05:00"
ANSWERED = "Hi Dana, unfortunately we have decided to move forward with another candidate. Best, Maria"


def run(world: World, kill_at: int, counted: str = "") -> int | None:
    """One turn in a process of its own; its exit code (negative: the signal that killed it)."""
    child = PROCESSES.Process(
        target=killed.turn, args=(str(world.program.config), THANK_YOU_DUE, kill_at, counted)
    )
    child.start()
    child.join()
    return child.exitcode


def before_the_draft(folder: Path) -> World:
    """A world that has synced once, before anything was due."""
    world = interviewed(folder)
    world.server.start()
    world.sync("2026-03-03T12:00:00-05:00")
    return world


def steps_of_a_turn(tmp_path: Path) -> int:
    world = before_the_draft(tmp_path / "count")
    counted = tmp_path / "steps"
    assert run(world, 0, str(counted)) == 0
    world.server.stop()
    assert len(world.drafts()) == 1
    return int(counted.read_text())


@pytest.mark.timeout(400)
def test_it_has_exactly_one_draft_after_a_crash_at_any_step(tmp_path: Path) -> None:
    steps = steps_of_a_turn(tmp_path)
    assert steps > 20
    for step in range(1, steps + 1):
        world = before_the_draft(tmp_path / "world")
        assert run(world, step) == -9
        world.sync(THANK_YOU_DUE)
        assert len(world.drafts()) <= 1, f"step {step} of {steps}"
        world.sync(NEXT_TURN)
        assert len(world.drafts()) == 1, f"step {step} of {steps}"
        assert not world.server.violations
        world.server.stop()
        shutil.rmtree(tmp_path / "world")


@pytest.mark.timeout(400)
def test_it_has_no_draft_when_an_answer_came_after_a_crash_at_any_step(tmp_path: Path) -> None:
    steps = steps_of_a_turn(tmp_path)
    for step in range(1, steps + 1, 3):  # every step is another test's; here the answer is what matters
        world = before_the_draft(tmp_path / "world")
        assert run(world, step) == -9
        world.write("m9", MARIA, ME, THANK_YOU_DUE, ANSWERED, in_reply_to="m2")
        world.sync(THANK_YOU_DUE)
        world.sync(NEXT_TURN)
        assert world.drafts() == [], f"step {step} of {steps}"
        world.server.stop()
        shutil.rmtree(tmp_path / "world")


FAULTS = [
    Fault(kind="reset_before", method="POST", path="drafts"),
    Fault(kind="reset_after", method="POST", path="drafts"),
    Fault(kind="hang_up", method="POST", path="drafts"),
    Fault(kind="hang_up_after", method="POST", path="drafts"),
    Fault(kind="truncate", method="POST", path="drafts"),
    Fault(kind="malformed_json", method="POST", path="drafts"),
    Fault(kind="html_502", method="POST", path="drafts"),
    Fault(kind="status", method="POST", path="drafts", code=503),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.kind}")
def test_it_has_exactly_one_draft_after_a_lost_answer(tmp_path: Path, fault: Fault) -> None:
    world = before_the_draft(tmp_path)
    world.server.faults.add(fault)
    world.sync(THANK_YOU_DUE)
    made = len(world.drafts())
    world.sync("2026-03-03T17:31:00-05:00")
    assert len(world.drafts()) == made  # too early to know
    world.sync(NEXT_TURN)
    assert len(world.drafts()) == 1
    world.sync("2026-03-03T17:50:00-05:00")
    world.server.stop()
    assert len(world.drafts()) == 1
