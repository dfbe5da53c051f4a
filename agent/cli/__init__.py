"""The verbs; the only place that prints, builds the parts and turns errors into advice."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime


def wall_clock() -> datetime:
    """The machine's time, aware and in UTC: the one clock of the program."""
    return datetime.now(UTC)


def main(
    arguments: Sequence[str] | None = None,
    *,
    clock: Callable[[], datetime] = wall_clock,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Run one command line; the exit status of the contract. ``arguments``: without the program's name."""
    from agent.cli.app import run

    return run(arguments, clock=clock, sleep=sleep)
