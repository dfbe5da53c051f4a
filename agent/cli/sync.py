"""``sync``: one turn."""

from __future__ import annotations

import sys

import click

from agent.cli.context import App, as_json_option, print_json
from agent.cli.journal import in_journal, turned
from agent.store.files import turn_lock


@click.command("sync", epilog="Example: followup-agent sync --dry-run")
@click.option(
    "--dry-run", is_flag=True, help="Read, but change nothing in Gmail and no fact in the database."
)
@click.option("--full", is_flag=True, help="Forget the history cursor and list again.")
@as_json_option
@click.pass_obj
def command(app: App, dry_run: bool, full: bool, as_json: bool) -> None:
    """One turn: fetch what changed, infer, create the drafts that are due, withdraw the obsolete ones.

    Drafts appear in Gmail, in the thread they answer; sending them is yours alone. Into the journal goes one line, of
    counts and ids.
    """
    config = app.config
    store = app.store()
    with turn_lock(store.path):
        report = app.cycle(store).turn(full=full, dry_run=dry_run)
    if as_json:
        print_json(report.document(config.policy.time_zone))
        return
    if in_journal(sys.stdout):
        for line in turned(report):
            click.echo(line)
        return
    from agent.cli.tables import print_turn

    print_turn(report, len(store.documents()), quiet=app.verbosity < 0)
