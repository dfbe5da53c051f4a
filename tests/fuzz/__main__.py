"""``python -m tests.fuzz``: every door under atheris, FUZZ_SECONDS in all (an hour). Without atheris it says so."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

from tests.fuzz.properties import DOORS


def main(arguments: list[str]) -> int:
    """All doors, each in a process of its own; or one, by name."""
    if importlib.util.find_spec("atheris") is None:
        sys.stderr.write("SKIPPED: atheris is not installed (pip install atheris, where it has a wheel)\n")
        return 0
    if arguments:
        return one(arguments[0])
    seconds = max(1, int(os.environ.get("FUZZ_SECONDS", "3600")) // len(DOORS))
    failed = [door for door in DOORS if _run(door, seconds)]
    sys.stdout.write(f"fuzz: {len(DOORS)} doors, {seconds} s each, failed: {', '.join(failed) or 'none'}\n")
    return int(bool(failed))


def _run(door: str, seconds: int) -> int:
    limits = {"FUZZ_LIMIT": str(seconds), "PATH": os.environ.get("PATH", "")}
    return subprocess.run([sys.executable, "-m", "tests.fuzz", door], env=limits, check=False).returncode


def one(door: str) -> int:
    """One door until its time is over; atheris ends the process itself."""
    atheris = importlib.import_module("atheris")
    atheris.instrument_all() if os.environ.get("FUZZ_ALL") else None
    limit = os.environ.get("FUZZ_LIMIT", "60")
    atheris.Setup(
        [sys.argv[0], f"-max_total_time={limit}", "-timeout=2", "-max_len=4096", "-rss_limit_mb=1024"],
        DOORS[door],
    )
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
