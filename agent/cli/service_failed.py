"""What ``OnFailure=`` runs: one line of priority "err" in the journal, and a desktop notification where there is a desktop."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from agent.cli.service_units import NAME

PATIENCE_SECONDS = 10.0
ADVICE = {
    "77": "Gmail must be authorised again: followup-agent auth",
    "78": "the configuration is wrong: followup-agent doctor names every problem",
}


def tell(name: str, environ: Mapping[str, str]) -> None:
    """Say it of the unit ``name``; ``environ`` holds the MONITOR_ variables of systemd 251 and later (systemd.exec(5))."""
    text = f"{name or NAME} has stopped: {advice(environ)}"
    sys.stderr.write(f"<3>{text}\n")
    sys.stderr.flush()
    _notify(text, environ)


def advice(environ: Mapping[str, str]) -> str:
    """What a person must do about it."""
    if known := ADVICE.get(environ.get("MONITOR_EXIT_STATUS", "")):
        return known
    how = environ.get("MONITOR_SERVICE_RESULT", "")
    return f"it ended again and again{f' ({how})' if how else ''}: journalctl -t {NAME} says why"


def _notify(text: str, environ: Mapping[str, str]) -> None:
    """notify-send(1), if there is one and a session bus to reach the desktop by; silence is no failure."""
    sender = shutil.which("notify-send")
    bus = environ.get("DBUS_SESSION_BUS_ADDRESS") or (
        (Path(environ["XDG_RUNTIME_DIR"]) / "bus").exists() if "XDG_RUNTIME_DIR" in environ else False
    )
    if sender is None or not bus:
        return
    line = [sender, "--app-name=followup-agent", "--urgency=normal", "followup-agent needs you", text]
    try:
        subprocess.run(line, capture_output=True, timeout=PATIENCE_SECONDS, check=False)  # noqa: S603 (no shell, our own words)
    except (OSError, subprocess.TimeoutExpired):
        sys.stderr.write("<6>the desktop could not be told\n")
