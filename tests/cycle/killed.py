"""A turn in a process of its own that is killed (SIGKILL) at its n-th step: each commit and each HTTP stage is one.

A crash between two commits leaves what the first one left: SQLite rolls the rest back."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from agent.cli import main
from agent.gmail import transport


def turn(config: str, now: str, kill_at: int, counted: str = "") -> None:
    """Run ``sync``; die at step ``kill_at`` (0: never). The number of steps is written to ``counted``."""
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1
        if steps == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "commit", lambda *_: step())
    _around(step)
    clock = datetime.fromisoformat(now)
    sys.stdout = sys.stderr = io.StringIO()
    status = main(["--config", config, "sync"], clock=lambda: clock, sleep=lambda _: None)
    if counted:
        Path(counted).write_text(str(steps), encoding="utf-8")
    os._exit(status)


def _around(step: Callable[[], None]) -> None:
    """A step before each request leaves and one after its answer came."""
    original = transport.GuardedHttp.request

    def request(self: Any, *arguments: Any, **more: Any) -> Any:
        step()
        answer = original(self, *arguments, **more)
        step()
        return answer

    setattr(transport.GuardedHttp, "request", request)  # noqa: B010 (the type checker refuses to replace a method)
