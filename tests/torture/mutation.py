"""``python -m tests.torture.mutation``: how many planted errors the tests see, module by module, and which they do not.

Each mutant lives in a process of its own, forked from one that has loaded the libraries: a finder hands out the changed
module instead of the file, so nothing in the tree is touched. It counts as killed when a test fails, breaks or hangs.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import importlib.abc
import importlib.util
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from tests.torture.mutants import Mutant, mutants, mutated

ROOT = Path(__file__).parents[2]
SEEN = "torture/test_survivors.py"  # what no other test had seen
PLAN = ("core/test_plan_edges.py", "core/test_plan.py", "core/test_state.py", SEEN)
CYCLE = (
    "cycle/test_outbox_edges.py",
    "cycle/test_outbox_creation.py",
    "cycle/test_outbox_withdrawal.py",
    "cycle/test_another_gmail.py",
    "cycle/test_turn.py",
    SEEN,
    "cycle/test_machine.py",
)
WRITING = (
    "core/test_envelope_edges.py",
    "core/test_wire_edges.py",
    "core/test_envelope.py",
    "core/test_wire.py",
    "core/test_compose.py",
    SEEN,
)
LINKING = (
    "core/test_linking_edges.py",
    "core/test_joining_edges.py",
    "core/test_linking.py",
    "core/test_linking_announced.py",
    "core/test_linking_other_business.py",
    "core/test_linking_from_home.py",
    "core/test_linking_samples.py",
)
TRANSPORT = (
    "gmail/test_transport_edges.py",
    "gmail/test_transport.py",
    "gmail/test_another_gmail.py",
    "gmail/test_calls.py",
    "gmail/test_client.py",
)
WATCHED: dict[str, tuple[str, ...]] = {
    "agent.core.story.plan": PLAN,
    "agent.cycle.create": CYCLE,
    "agent.cycle.withdraw": CYCLE,
    "agent.cycle.lives": CYCLE,
    "agent.gmail.transport": TRANSPORT,
    "agent.core.writing.envelope": WRITING,
    "agent.core.writing.wire": WRITING,
    "agent.core.people.linking": LINKING,
    "agent.core.people.joining": LINKING,
}
HEAVY = (
    "sqlalchemy",
    "googleapiclient.discovery",
    "holidays",
    "hypothesis.stateful",
    "icalendar",
    "jinja2",
    "werkzeug",
    "pytest",
    "selectolax.lexbor",
    "alembic.command",
    "requests",
)
TOO_LONG = "not whatever_happens and not over_http"  # the thousand examples are `make soak`'s
SECONDS, PATIENCE = 150, 900  # of CPU, after which a mutant hangs; and by the clock, on a busy machine


@dataclass(frozen=True, slots=True)
class Planted:
    """One mutant of one module, and the tests that should see it."""

    module: str
    mutant: Mutant


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Hands out the changed module under its own name."""

    def __init__(self, module: str, path: Path, tree: ast.Module) -> None:
        self.module, self.path, self.tree = module, path, tree

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return (
            importlib.util.spec_from_file_location(name, self.path, loader=self)
            if name == self.module
            else None
        )

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.tree, str(self.path), "exec"), module.__dict__)


def path_of(module: str) -> Path:
    return ROOT / f"{module.replace('.', '/')}.py"


def killed(planted: Planted | None, tests: Sequence[str]) -> bool:
    """True if the tests see the error; None plants nothing (the tests must pass)."""
    child = os.fork()
    if not child:
        os._exit(_in_child(planted, tests))
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status != 0
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def _in_child(planted: Planted | None, tests: Sequence[str]) -> int:
    os.setpgid(0, 0)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    if planted is not None:
        path = path_of(planted.module)
        sys.meta_path.insert(
            0, Finder(planted.module, path, mutated(path.read_text(encoding="utf-8"), planted.mutant))
        )
    import pytest

    files = [str(ROOT / "tests" / name) for name in tests]
    try:
        return int(
            pytest.main(
                [
                    "-x",
                    "-q",
                    "-p",
                    "no:cacheprovider",
                    "-p",
                    "no:xdist",
                    "--assert=plain",
                    "-k",
                    TOO_LONG,
                    *files,
                ]
            )
        )
    except BaseException:  # noqa: BLE001 (a mutant may end the process in any way)
        return 1


def chosen(sample: int, seed: int, modules: Sequence[str]) -> list[Planted]:
    """The mutants of the modules, or a sample that gives each module its share."""
    every = [Planted(m, one) for m in modules for one in mutants(path_of(m).read_text(encoding="utf-8"))]
    if not sample or sample >= len(every):
        return every
    return sorted(random.Random(seed).sample(every, sample), key=lambda p: (p.module, p.mutant.line))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture.mutation", description=__doc__)
    parser.add_argument("--sample", type=int, default=0, help="so many mutants, drawn (default: all)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--module", choices=sorted(WATCHED), action="append")
    asked = parser.parse_args(arguments)
    os.chdir(ROOT)
    for name in HEAVY:
        importlib.import_module(name)
    modules = asked.module or list(WATCHED)
    ill = [m for m in modules if killed(None, WATCHED[m])]
    if ill:
        print(f"the tests fail without a mutant: {', '.join(ill)}")
        return 2
    every = chosen(asked.sample, asked.seed, modules)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        seen = list(pool.map(_say, every))
    for module in modules:
        mine = [was for one, was in zip(every, seen, strict=True) if one.module == module]
        if mine:
            print(f"{module:<34}{sum(mine):>5} /{len(mine):>5}{100 * sum(mine) / len(mine):>8.1f} %")
    print(f"{'all':<34}{sum(seen):>5} /{len(seen):>5}{100 * sum(seen) / max(len(seen), 1):>8.1f} %")
    return 0


def _say(one: Planted) -> bool:
    was = killed(one, WATCHED[one.module])
    if not was:
        print(
            f"survives: {one.module}:{one.mutant.line} [{one.mutant.variant}] {one.mutant.says}", flush=True
        )
    return was


if __name__ == "__main__":
    sys.exit(main())
