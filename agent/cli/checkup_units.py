"""The checks of ``doctor`` on the systemd units that are installed: their program, their hardening, lingering."""

from __future__ import annotations

import getpass
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from agent.cli.finding import Finding, ok, warning

SYSTEM = (Path("/etc/systemd/system"), Path("/usr/local/lib/systemd/system"), Path("/usr/lib/systemd/system"))
LINGER = Path("/var/lib/systemd/linger")
# systemd-analyze security, 0 to 10: what the shipped units stay below
EXPOSURE_SYSTEM, EXPOSURE_USER = 1.2, 2.5
PATIENCE_SECONDS = 20.0


def units() -> Iterator[Finding]:
    """A line for each question about units; one only where none is installed."""
    users = _units_in(_user_folder())
    systems = tuple(unit for folder in SYSTEM for unit in _units_in(folder))
    if not users and not systems:
        yield ok("service", "no systemd unit is installed: `followup-agent sync` runs when you run it")
        return
    yield from _programs((*users, *systems))
    if users:
        yield _linger()
    yield from _hardening(users, user=True)
    yield from _hardening(systems, user=False)


def _user_folder() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".config") / "systemd" / "user"


def _units_in(folder: Path) -> tuple[Path, ...]:
    try:
        return tuple(sorted(folder.glob("followup-agent*.service")))
    except OSError:
        return ()


def _programs(found: tuple[Path, ...]) -> Iterator[Finding]:
    """What ExecStart names must be there: a virtual environment that moved leaves a unit that starts nothing."""
    for unit in found:
        line = re.search(r"^ExecStart=[-@:+!]*([^\s\"]+)", _text(unit), re.MULTILINE)
        program = Path(line[1].replace("%h", str(Path.home()))) if line else None
        if program is None or "%" in str(program) or program.exists():
            yield ok("service", f"{unit} is installed")
        else:
            yield warning(
                "service",
                f"{unit} starts {program}, which is not there",
                "write the unit anew, with the path of: command -v followup-agent",
            )


def _text(unit: Path) -> str:
    try:
        return unit.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _linger() -> Finding:
    """Without lingering a user's units stop at the end of the last session (loginctl(1))."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = str(os.getuid())
    if (LINGER / user).exists():
        return ok("linger", "the user's units go on while nobody is logged in")
    return warning(
        "linger", "the user's units stop when you log out", "on a server run: loginctl enable-linger"
    )


def _hardening(found: tuple[Path, ...], *, user: bool) -> Iterator[Finding]:
    analyse = shutil.which("systemd-analyze")
    if analyse is None:
        return
    most = EXPOSURE_USER if user else EXPOSURE_SYSTEM
    for unit in found:
        exposure = _exposure(analyse, unit, user=user)
        if (
            exposure is None
        ):  # a user's unit outside a session of that user, or a unit that systemd cannot read
            yield ok("hardening", f"{unit.name} cannot be rated from here")
        elif exposure > most:
            yield warning(
                "hardening",
                f"{unit.name} is exposed to {exposure} of 10; the shipped unit stays below {most}",
                "compare it with the shipped unit, and with its drop-ins: systemctl cat",
            )
        else:
            yield ok("hardening", f"{unit.name}: exposure {exposure} of 10")


def _exposure(analyse: str, unit: Path, *, user: bool) -> float | None:
    line = [analyse, *(["--user"] if user else []), "security", "--offline=true", "--no-pager", str(unit)]
    try:
        done = subprocess.run(line, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)  # noqa: S603 (the path is what the system calls systemd-analyze)
    except (OSError, subprocess.TimeoutExpired):
        return None
    said = re.search(r"Overall exposure level for .*: (\d+\.\d+)", done.stdout)
    return float(said[1]) if said else None
