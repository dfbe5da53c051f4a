"""systemd as ``service`` needs it: where units lie, and systemctl(1)."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from agent.cli.service_units import NAME
from agent.errors import UserError

BOOTED = Path("/run/systemd/system")  # sd_booted(3)
SYSTEM_UNITS = Path("/etc/systemd/system")
SYSTEM_CONFIG = Path("/etc") / NAME
CREDENTIALS = Path("/etc/credstore.encrypted")
PATIENCE_SECONDS = 120.0  # a start waits for READY=1
PROPERTIES = (
    "LoadState", "ActiveState", "SubState", "UnitFileState", "StatusText", "Result", "NRestarts",
    "ExecMainStatus", "ActiveEnterTimestamp", "NextElapseUSecRealtime", "LastTriggerUSec",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Manager:
    """One service manager: the system's, or this user's."""

    system: bool

    @property
    def folder(self) -> Path:
        """Where an administrator's, or a user's own, units lie (systemd.unit(5))."""
        if self.system:
            return SYSTEM_UNITS
        base = os.environ.get("XDG_CONFIG_HOME", "")
        return (Path(base) if base.startswith("/") else Path.home() / ".config") / "systemd" / "user"

    @property
    def line(self) -> str:
        """How the manager is spoken to, for a person to copy."""
        return "systemctl" if self.system else "systemctl --user"

    def require(self, *, writing: bool) -> None:
        """UserError where systemd does not run, or where it takes root to change it."""
        if shutil.which("systemctl") is None or not BOOTED.is_dir():
            raise UserError(
                "systemd does not run here",
                (
                    "without it, a crontab line does the same: */15 * * * * followup-agent --quiet sync",
                    "--dry-run shows the units",
                ),
            )
        if writing and self.system and os.geteuid() != 0:
            raise UserError(
                "--system takes root", ("run it with sudo, or install units of your own with --user",)
            )

    def ask(self, *words: str) -> tuple[int, str]:
        """One systemctl call: its status and what it said, on one line."""
        systemctl = shutil.which("systemctl") or "systemctl"
        line = [systemctl, *([] if self.system else ["--user"]), "--no-pager", "--no-ask-password", *words]
        try:
            done = subprocess.run(  # noqa: S603 (no shell, our own words)
                line, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UserError(
                f"{self.line} {' '.join(words)} does not answer ({type(error).__name__})"
            ) from error
        return done.returncode, (done.stdout if done.returncode == 0 else done.stderr or done.stdout).strip()

    def do(self, *words: str) -> None:
        """One systemctl call that must succeed (UserError with what systemd said)."""
        status, said = self.ask(*words)
        if status:
            hint = (
                () if self.system else ("a user's units need a session of that user: loginctl enable-linger",)
            )
            raise UserError(f"{self.line} {' '.join(words)}: {said or status}", hint)

    def state(self, unit: str) -> dict[str, str]:
        """What the manager knows of a unit: ``PROPERTIES``, those that are empty left out."""
        status, said = self.ask("show", f"--property={','.join(PROPERTIES)}", unit)
        if status:
            raise UserError(f"{self.line} does not answer: {said}")
        pairs = (line.partition("=") for line in said.splitlines())
        return {key: value for key, _, value in pairs if value}

    def instances(self) -> tuple[str, ...]:
        """The units of this program that are enabled, as their links name them."""
        links = self.folder.glob(f"*.wants/{NAME}*")
        return tuple(sorted(link.name for link in links))
