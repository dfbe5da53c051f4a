"""``runs``: the last turns: when, how long, what they did, how they ended."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from agent.cli.context import App, as_json_option, echo, print_json
from agent.cli.view import reader
from agent.store.files import stored_revision

if TYPE_CHECKING:
    from agent.store.records import Run

Json = dict[str, Any]
FIGURES = ("fetched", "requests", "units", "created", "withdrawn", "problems", "left")


@click.command("runs", epilog="Example: followup-agent runs --last 50")
@click.option(
    "--last", metavar="N", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many."
)
@as_json_option
@click.pass_obj
def command(app: App, last: int, as_json: bool) -> None:
    """The last turns, newest first: messages read, requests and quota units spent, drafts made and taken back."""
    rows = [_row(run, app.zone) for run in _runs(app, last)]
    if as_json:
        print_json({"schema": 1, "runs": rows})
    elif rows:
        _print(rows)
    else:
        echo("No turn has been made yet: run `followup-agent sync`.")


def _runs(app: App, last: int) -> tuple[Run, ...]:
    if stored_revision(app.config.storage.database) is None:
        return ()
    with closing(reader(app)) as store:
        return store.runs(last)


def _row(run: Run, zone: str) -> Json:
    from agent.core.story.document import instant

    return {
        "id": run.id,
        "started_at": instant(run.started_at, zone),
        "finished_at": instant(run.finished_at, zone),
        "seconds": (run.finished_at - run.started_at).total_seconds() if run.finished_at else None,
        "mode": run.mode,
        "outcome": run.outcome or None,
        "counts": dict(run.counts),
    }


def _print(rows: list[Json]) -> None:
    from agent.cli.tables import minute, print_table

    print_table(
        ("STARTED", "SECONDS", "MODE", *(name.upper() for name in FIGURES), "OUTCOME"),
        [
            (
                minute(row["started_at"]),
                "-" if row["seconds"] is None else f"{row['seconds']:.0f}",
                row["mode"],
                *(str(row["counts"].get(name, "-")) for name in FIGURES),
                row["outcome"] or "not finished",
            )
            for row in rows
        ],
    )
