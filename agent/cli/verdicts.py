"""``ignore``, ``close``, ``reopen``, ``snooze``, ``note``: the user's word about a candidacy, which outranks every rule."""

from __future__ import annotations

import click

from agent.cli.context import App, as_json_option
from agent.cli.moments import until
from agent.cli.told import tell
from agent.core.model import NoteKind

LONGEST_NOTE = 2000


@click.command("ignore", epilog="Example: followup-agent ignore acme")
@click.argument("candidacy")
@as_json_option
@click.pass_obj
def ignore(app: App, candidacy: str, as_json: bool) -> None:
    """Leave this one alone: no status, no drafts. `reopen` takes it back."""
    tell(app, candidacy, NoteKind.IGNORE, as_json=as_json)


@click.command("close", epilog="Example: followup-agent close acme")
@click.argument("candidacy")
@as_json_option
@click.pass_obj
def close(app: App, candidacy: str, as_json: bool) -> None:
    """I am out of it: the candidacy ends as withdrawn. `reopen` takes it back."""
    tell(app, candidacy, NoteKind.CLOSE, as_json=as_json)


@click.command("reopen", epilog="Example: followup-agent reopen acme")
@click.argument("candidacy")
@as_json_option
@click.pass_obj
def reopen(app: App, candidacy: str, as_json: bool) -> None:
    """It goes on after all, whoever ended it."""
    tell(app, candidacy, NoteKind.REOPEN, as_json=as_json)


@click.command("snooze", epilog="Example: followup-agent snooze acme 1w")
@click.argument("candidacy")
@click.argument("until_when", metavar="DATE_OR_DURATION")
@as_json_option
@click.pass_obj
def snooze(app: App, candidacy: str, until_when: str, as_json: bool) -> None:
    """Nothing becomes due before then.

    DATE_OR_DURATION is a date (2026-03-09), a date with a time, or a number of hours, days or weeks (4h, 3d, 1w).
    """
    value = until(until_when, app.clock(), app.zone)
    tell(app, candidacy, NoteKind.SNOOZE, [("", value)], as_json=as_json)


@click.command(
    "note", epilog='Example: followup-agent note acme "the article on queueing theory you recommended"'
)
@click.argument("candidacy")
@click.argument("text")
@as_json_option
@click.pass_obj
def note(app: App, candidacy: str, text: str, as_json: bool) -> None:
    """Something from the conversation that the next draft may mention."""
    words = " ".join(text.split())
    if not words or len(words) > LONGEST_NOTE:
        raise click.BadParameter(f"a note has between 1 and {LONGEST_NOTE} characters", param_hint="TEXT")
    tell(app, candidacy, NoteKind.NOTE, [("", words)], as_json=as_json)
