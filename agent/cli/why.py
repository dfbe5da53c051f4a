"""``why``: the reasoning behind a status, in sentences."""

from __future__ import annotations

import click

from agent.cli.context import App, as_json_option, echo, print_json
from agent.cli.view import chosen, conclusions, title


@click.command("why", epilog="Example: followup-agent why acme")
@click.argument("candidacy")
@as_json_option
@click.pass_obj
def command(app: App, candidacy: str, as_json: bool) -> None:
    """The reasoning: how the status came about, how the due date is reckoned, why there is a draft or none.

    CANDIDACY is an id as `status` prints it, the beginning of one, or a part of the company's name.
    """
    found = chosen(candidacy, conclusions(app))
    document = dict(found.document)
    if as_json:
        named = {key: document[key] for key in ("id", "company", "position", "status", "needs_review")}
        print_json({"schema": 1, **named, "because": list(found.explanation)})
        return
    echo(f"{title(document)}  ({document['id']}): {document['status'].replace('_', ' ')}")
    for line in found.explanation:
        echo(f"- {line}")
