"""``log``: what happened outside the mailbox."""

from __future__ import annotations

from datetime import timedelta

import click

from agent.cli.context import App, as_json_option
from agent.cli.moments import day_or_moment
from agent.cli.told import tell
from agent.cli.verdicts import LONGEST_NOTE
from agent.core.model import NoteKind

KINDS = (
    "interview",
    "thank-you",
    "follow-up",
    "call",
    "voicemail",
    "reply",
    "rejection",
    "offer",
    "withdrawal",
)
SLACK = timedelta(minutes=5)


@click.command("log", epilog='Example: followup-agent log acme voicemail --at "2026-03-09 10:30"')
@click.argument("candidacy")
@click.argument("kind", type=click.Choice(KINDS), metavar="KIND")
@click.option(
    "--at", metavar="TIME", help="When it happened: 2026-03-09, or 2026-03-09 14:00 (default: now)."
)
@click.option("--note", "text", metavar="TEXT", default="", help="What the next draft may mention.")
@as_json_option
@click.pass_obj
def command(app: App, candidacy: str, kind: str, at: str | None, text: str, as_json: bool) -> None:
    """Record what happened outside the mailbox.

    KIND is interview, thank-you, follow-up, call, voicemail, reply, rejection, offer or withdrawal. A call or a
    voicemail counts as a follow-up.
    """
    now = app.clock()
    when = day_or_moment(at, app.zone) if at else now
    if when > now + SLACK:
        raise click.BadParameter(
            "this lies ahead; only what happened is logged (an interview to come: set CANDIDACY interview=TIME)",
            param_hint="--at",
        )
    words = " ".join(text.split())[:LONGEST_NOTE]
    tell(app, candidacy, NoteKind.LOG, [(kind, words)], at=when, as_json=as_json)
