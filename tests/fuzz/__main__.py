"""``python -m tests.fuzz``: every door under atheris, FUZZ_SECONDS in all (an hour). Without atheris it says so.

``python -m tests.fuzz DOOR`` tries one for FUZZ_LIMIT seconds (60). What crashes is written to ``crash-*`` in the
working folder, as libFuzzer does: such bytes belong into a test.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SMALL = 4096  # bytes: libFuzzer learns most from short inputs


def main(arguments: list[str]) -> int:
    """All doors, each in a process of its own; or one, by name."""
    if importlib.util.find_spec("atheris") is None:
        sys.stderr.write(
            "SKIPPED: atheris is not installed (pip install -e '.[fuzz]', where it has a wheel)\n"
        )
        return 0
    if arguments:
        return one(arguments[0])
    from tests.fuzz.properties import DOORS

    seconds = max(1, int(os.environ.get("FUZZ_SECONDS", "3600")) // len(DOORS))
    failed = [door for door in DOORS if _run(door, seconds)]
    sys.stdout.write(f"fuzz: {len(DOORS)} doors, {seconds} s each, failed: {', '.join(failed) or 'none'}\n")
    return int(bool(failed))


def _run(door: str, seconds: int) -> int:
    """The exit status of one door; its seeds and its dictionary are gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "FUZZ_LIMIT": str(seconds), "FUZZ_FOLDER": folder}
        return subprocess.run([sys.executable, "-m", "tests.fuzz", door], env=environ, check=False).returncode


def one(door: str) -> int:
    """One door until its time is over; atheris ends the process itself. Ways through ``agent`` guide it."""
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["agent"]):
        from tests.fuzz.properties import DOORS
    DOORS[door](b"by Friday, March 6 at 10:00")  # lexicons are read before anything is timed
    limit = os.environ.get("FUZZ_LIMIT", "60")
    options = [f"-max_total_time={limit}", "-timeout=20", f"-max_len={SMALL}", "-rss_limit_mb=1024"]
    if folder := os.environ.get("FUZZ_FOLDER"):
        options += _seeds(door, Path(folder))
    atheris.Setup([sys.argv[0], *options], DOORS[door])
    atheris.Fuzz()
    return 0


def _seeds(door: str, folder: Path) -> list[str]:
    """The small mails of the hostile corpus (or their bodies), and the words worth combining."""
    from tests.fuzz.test_properties import WORDS
    from tests.torture.corpus import corpus

    seeds = folder / "seeds"
    seeds.mkdir()
    for number, mail in enumerate(corpus()):
        raw = mail.raw if door == "parse" else mail.raw.partition(b"\r\n\r\n")[2]
        if len(raw) < SMALL:
            (seeds / str(number)).write_bytes(raw)
    words = folder / "words"
    escaped = ("".join(f"\\x{byte:02x}" for byte in word.encode()) for word in WORDS)
    words.write_text("".join(f'"{word}"\n' for word in escaped), encoding="ascii")
    return [f"-dict={words}", str(seeds)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
