"""A bug, written down so that it can be reported: the way through the program's own lines, never a value or a message."""

from __future__ import annotations

import os
import platform
import traceback
from datetime import datetime
from pathlib import Path

from agent import __version__
from agent.errors import AgentError
from agent.paths import state_directory

LARGEST_LOG = 1_000_000


def noted(error: BaseException, at: datetime) -> tuple[str, Path | None]:
    """Where it happened, and the log it was appended to (None where there is no state folder to write in)."""
    frames = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
    ours = [frame for frame in frames if "/agent/" in frame] or frames
    where = f"{type(error).__name__} at {ours[-1] if ours else '?'}"
    system = f"followup-agent {__version__}, Python {platform.python_version()}, {platform.system()}"
    entry = "\n".join(
        (f"{at:%Y-%m-%dT%H:%M:%SZ} {system}: {type(error).__name__}", *(f"  {f}" for f in frames))
    )
    try:
        log = state_directory() / "crash.log"
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            if os.fstat(descriptor).st_size > LARGEST_LOG:
                file.truncate(0)
            file.write(entry + "\n")
    except (OSError, AgentError):
        return where, None
    return where, log
