"""``python -m tests.evaluate``: play all scenarios, date sentences and single mails, print the share of right checks by category.

The failing checks are listed below each table. The committed baseline may not fall; ``--save`` writes it anew.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests import mails, sentences
from tests.scenarios.player import Check, Json, Play, load

HERE = Path(__file__).parent
FOLDERS = {"samples": HERE / "scenarios" / "samples", "own": HERE / "scenarios" / "own"}
BASELINE = HERE / "scenarios" / "baseline.json"


def play(scenario: Json) -> list[Check]:
    """One scenario in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return Play(scenario, Path(folder)).run()


def play_all(scenarios: Sequence[Json]) -> list[list[Check]]:
    """Many scenarios, side by side; in their order."""
    with ProcessPoolExecutor() as pool:
        return list(pool.map(play, scenarios, chunksize=1))


def shares(checks: Iterable[Check]) -> dict[str, tuple[int, int]]:
    """Category → (right, all), and the total."""
    right: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for check in checks:
        for name in (check.category, "all"):
            every[name] += 1
            right[name] += check.holds
    return {name: (right[name], every[name]) for name in sorted(every)}


def print_table(name: str, figures: dict[str, tuple[int, int]]) -> None:
    """Category, right, all, per cent."""
    print(f"\n{name}")
    for category, (right, every) in figures.items():
        print(f"  {category:<20}{right:>6} /{every:>6}{100 * right / every:>8.1f} %")


def failing(checks: Iterable[Check]) -> None:
    """The checks that do not hold, a line each."""
    for check in checks:
        if not check.holds:
            print(f"  - {check.where} {check.category}: {check.detail[:200]}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 1 if a share fell below the baseline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", help="parts of scenario ids")
    parser.add_argument("--save", action="store_true", help="write the baseline")
    options = parser.parse_args(arguments)
    figures: dict[str, dict[str, tuple[int, int]]] = {}
    for name, folder in FOLDERS.items():
        chosen = [
            s for s in load(folder) if not options.only or any(part in s["id"] for part in options.only)
        ]
        checks = [check for played in play_all(chosen) for check in played]
        if not checks:
            continue
        figures[name] = shares(checks)
        print_table(name, figures[name])
        failing(checks)
    if not options.only:
        for name, read in (("sentences", list(sentences.checks())), ("mails", list(mails.checks()))):
            figures[name] = shares(read)
            print_table(name, figures[name])
            failing(read)
    if options.save:
        BASELINE.write_text(json.dumps(figures, indent=1) + "\n")
    return 0 if options.only else fallen(figures)


def fallen(figures: dict[str, dict[str, tuple[int, int]]]) -> int:
    """1 if any set's share of right checks is below the committed one."""
    committed = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    below = [
        name
        for name, old in committed.items()
        if name in figures
        and figures[name]["all"][0] / figures[name]["all"][1] < old["all"][0] / old["all"][1]
    ]
    for name in below:
        print(f"fallen below the baseline: {name}", file=sys.stderr)
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
