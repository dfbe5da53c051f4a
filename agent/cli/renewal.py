"""A fresh process in the place of one that has grown: what reading mail loads is not kept for the hours of waiting.

Words and rules of every language, templates, calendars and the migrations are some 30 MB of code and patterns that no
interpreter gives back. execve(2) does: same process id, same service, same place in the journal.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from agent.cli.context import App
from agent.errors import AgentError, ConfigError
from agent.paths import locate

if TYPE_CHECKING:
    from agent.config import Config

log = logging.getLogger("agent")

RESTING_MB = 75.0  # what the daemon may keep while it waits
PAUSE_SECONDS = 3600.0  # a start costs a second of processor time: an hour apart they are 0.03 % of it
RENEWED = "FOLLOWUP_AGENT_RENEWED"  # when this process was last renewed, in seconds of the monotonic clock
KEPT = "FOLLOWUP_AGENT_KEPT"  # the text of the configuration in force


def resident_mb() -> float:
    """Resident memory of this process; 0 where the system does not tell (proc(5) is Linux's)."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    except (OSError, ValueError, IndexError):
        return 0.0


@dataclass(slots=True)
class Renewal:
    """Whether the process should be replaced now, and how. Everything the daemon knows lies in the database."""

    app: App
    environ: MutableMapping[str, str] = field(default_factory=lambda: os.environ)
    monotonic: Callable[[], float] = time.monotonic
    resident: Callable[[], float] = resident_mb
    command: list[str] = field(default_factory=lambda: [sys.executable, *sys.orig_argv[1:]])
    possible: bool = True
    kept: bytes = b""

    @property
    def is_first(self) -> bool:
        """True for the process that somebody started."""
        return RENEWED not in self.environ

    def is_wanted(self) -> bool:
        """True if the process has grown and an hour has passed; never where it would start as anything else."""
        return (
            self.possible
            and self.command[-1] == "run"  # this process is the daemon, not a program that calls it
            and self.resident() > RESTING_MB
            and self._rested()
            and self._is_as_configured()
        )

    def _rested(self) -> bool:
        try:
            last = float(self.environ.get(RENEWED, "-inf"))
        except ValueError:
            return True
        return not 0 <= self.monotonic() - last < PAUSE_SECONDS  # a value from the future is of another boot

    def _is_as_configured(self) -> bool:
        """A file that was changed, and perhaps is wrong, waits for SIGHUP or a start that the user asked for."""
        from agent.config import load

        path = self.app.config.path
        try:
            self.kept = path.read_bytes()
            return load(path, text=self.kept) == self.app.config
        except (AgentError, OSError):
            return False

    def configuration(self) -> Config:
        """What the file says; if it went wrong while this process took over, what it said to the one before."""
        from agent.config import load

        kept = self.environ.pop(KEPT, None)
        try:
            return self.app.config
        except ConfigError:
            if kept is None:
                raise
        self.app._config = load(locate(self.app.config_file), text=os.fsencode(kept))  # noqa: SLF001 (as a reload does)
        return self.app.config

    def __call__(self) -> None:
        """Replace this process; returns only if the system refuses, and then it is never wanted again."""
        self.environ[RENEWED], self.environ[KEPT] = f"{self.monotonic():.0f}", os.fsdecode(self.kept)
        log.debug("a fresh process takes over: %d MB", self.resident())
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        try:
            os.execve(self.command[0], self.command, dict(self.environ))  # noqa: S606 (our own command line, no shell)
        except (OSError, ValueError) as error:
            log.info("this process stays as large as it is: it cannot be replaced (%s)", type(error).__name__)
            self.possible = False
            del self.environ[KEPT]


def end_at_once() -> None:
    """A fresh process starts with the daemon's signals held back; until it has its own answers, an end is an end."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})
