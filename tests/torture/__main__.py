"""``python -m tests.torture``: every promise under faults, and a table of what was tried. Exit status 1 on a violation."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait

from tests.torture import clocks, cuts, disk, hostile, killed, protocol, together, wire
from tests.torture.outcome import Job, Outcome, safe, table

SUITES: dict[str, Callable[[int, int], list[Job]]] = {
    "cuts": cuts.jobs,
    "wire": wire.jobs,
    "killed": killed.jobs,
    "protocol": protocol.jobs,
    "together": together.jobs,
    "disk": disk.jobs,
    "clocks": clocks.jobs,
    "hostile": hostile.jobs,
}


def run(jobs: Sequence[Job], *, seconds: float) -> tuple[list[Outcome], int]:
    """The jobs side by side, as many as begin within so many seconds; what came of them, and how many were left out."""
    until, waiting = time.monotonic() + seconds, list(reversed(jobs))
    found: list[Outcome] = []
    # spawned: what this process has started (a fork server) is nobody else's
    with ProcessPoolExecutor(os.cpu_count(), mp_context=multiprocessing.get_context("spawn")) as pool:
        running = {
            pool.submit(safe, waiting.pop()) for _ in range(min(2 * (os.cpu_count() or 1), len(waiting)))
        }
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for one in done:
                found += one.result()
                _progress(len(found), sum(bool(o.violations) for o in found), len(waiting) + len(running))
                if waiting and time.monotonic() < until:
                    running.add(pool.submit(safe, waiting.pop()))
    return found, len(waiting)


def _progress(trials: int, wrong: int, jobs: int) -> None:
    if sys.stderr.isatty():
        print(
            f"\r{trials:,} trials, {wrong} with violations, {jobs} jobs to go  ",
            end="",
            file=sys.stderr,
            flush=True,
        )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument(
        "--trials",
        type=int,
        default=2400,
        help="kill points and failed answers; the other suites follow in proportion (default 2400)",
    )
    parser.add_argument(
        "--seconds", type=float, default=900, help="begin nothing after so long (default 900)"
    )
    parser.add_argument("--seed", type=int, default=0, help="which trials are drawn (default 0)")
    parser.add_argument("--only", choices=sorted(SUITES), action="append", help="one suite (repeatable)")
    asked = parser.parse_args(arguments)
    jobs = [
        job
        for name, suite in SUITES.items()
        if name in (asked.only or SUITES)
        for job in suite(asked.trials, asked.seed)
    ]
    random.Random(asked.seed).shuffle(jobs)
    began = time.monotonic()
    found, left = run(jobs, seconds=asked.seconds)
    print(table(found))
    print(
        f"\nseed {asked.seed}, {time.monotonic() - began:.0f} s"
        + (f"; {left} jobs were not begun" if left else "")
    )
    wrong = [one for one in found if one.violations]
    for one in wrong:
        print(f"\n{one.kind}: {one.trial}", *(f"  - {text}" for text in one.violations), sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
