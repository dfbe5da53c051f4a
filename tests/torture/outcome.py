"""What one trial came to, and the table of all."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """One trial: its kind, how to play it again, how many faults struck, and what must not have happened."""

    kind: str
    trial: str
    faults: int = 0
    violations: tuple[str, ...] = ()
    skipped: str = ""


Job = Callable[[], list[Outcome]]  # trials that belong together, for one process to play


def table(outcomes: Iterable[Outcome]) -> str:
    """Kind, trials, faults, violations; a line each, and the total."""
    rows: dict[str, list[int]] = {}
    skipped: dict[str, str] = {}
    for one in outcomes:
        row = rows.setdefault(one.kind, [0, 0, 0])
        if one.skipped:
            skipped[one.kind] = one.skipped
            continue
        for place, figure in enumerate((1, one.faults, len(one.violations))):
            row[place] += figure
    total = [sum(column) for column in zip(*rows.values(), strict=True)] or [0, 0, 0]
    lines = [f"{'kind':<28}{'trials':>9}{'faults':>9}{'violations':>12}"]
    for kind, row in [*rows.items(), ("all", total)]:
        reason = f"   (in part skipped: {skipped[kind]})" if kind in skipped else ""
        lines.append(f"{kind:<28}{row[0]:>9,}{row[1]:>9,}{row[2]:>12,}{reason}")
    return "\n".join(lines)


def safe(job: Job) -> list[Outcome]:
    """The job's outcomes; a trial that breaks is a violation."""
    try:
        return job()
    except Exception as error:  # noqa: BLE001 (whatever breaks is reported, and the others go on)
        last = traceback.format_exc(limit=-2).replace("\n", " | ")
        return [Outcome("broken", f"{job}"[:200], 1, (f"{error!r} {last}",))]
