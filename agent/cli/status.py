"""``status``: where each candidacy stands."""

from __future__ import annotations

import click

from agent.cli.context import App, as_json_option, print_json
from agent.cli.view import look


@click.command("status", epilog="Example: followup-agent status --all")
@click.option("--all", "everything", is_flag=True, help="The ended ones too.")
@as_json_option
@click.pass_obj
def command(app: App, everything: bool, as_json: bool) -> None:
    """Where each candidacy stands, and what happens next and when.

    One line each; the ended ones only with --all. Nothing is fetched: `sync` does that.
    """
    view = look(app)
    chosen = view.documents if everything else view.active()
    if as_json:
        print_json({**view.heading(), "candidacies": list(chosen)})
        return
    from agent.cli.tables import print_status

    print_status(chosen, view, hidden=len(view.documents) - len(chosen))
