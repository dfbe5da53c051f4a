"""``forget``: the stored mail of what is over, deleted for good."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from agent.cli.context import App, as_json_option, echo, print_json
from agent.cli.moments import day_or_age
from agent.cli.told import at_work, concluded
from agent.cli.view import ENDED, chosen, title
from agent.errors import DataError

if TYPE_CHECKING:
    from agent.store.store import Store


@click.command("forget", epilog="Example: followup-agent forget --ended-before 2026-01-01")
@click.argument("candidacy", required=False)
@click.option(
    "--ended-before",
    metavar="DATE_OR_AGE",
    help="Everything that ended before this day, or longer ago than this (90d, 12w).",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json_option
@click.pass_obj
def command(app: App, candidacy: str | None, ended_before: str | None, yes: bool, as_json: bool) -> None:
    """Delete the stored mail text and facts of what is over.

    Gmail itself is not touched. Ids stay, so that forgotten mail is not read again and no draft is made twice;
    `track` brings a thread back. An active candidacy has to be closed or ignored first. Backups made before still hold
    what was forgotten. For a fixed age, let a timer run it: followup-agent forget --yes --ended-before 180d
    """
    if (candidacy is None) == (ended_before is None):
        raise click.UsageError("name a CANDIDACY, or a day with --ended-before")
    with at_work(app) as store:
        if candidacy is not None:
            threads = _of_one(store, candidacy)
        else:
            threads = store.ended_threads(day_or_age(str(ended_before), app.clock(), app.zone))
        _confirm(len(threads), yes=yes)
        count = store.forget(threads, at=app.clock())
        concluded(app, store, set())
    if as_json:
        print_json({"schema": 1, "threads": sorted(threads), "messages": count})
        return
    echo(f"forgot {count} messages in {len(threads)} threads")


def _of_one(store: Store, text: str) -> frozenset[str]:
    found = chosen(text, store.conclusions())
    document = dict(found.document)
    if document["status"] not in ENDED:
        raise DataError(
            f"{title(document)} ({found.id}) is not over ({document['status']})",
            (f"run: followup-agent close {found.id}, or followup-agent ignore {found.id}",),
        )
    return frozenset((found.anchor_thread_id, *document["thread_ids"]))


def _confirm(threads: int, *, yes: bool) -> None:
    if yes or not threads:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("there is nobody to ask: add --yes")
    click.confirm(f"Delete the stored mail of {threads} threads for good?", abort=True, err=True)
