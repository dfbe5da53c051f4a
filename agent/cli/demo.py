"""``demo``: the whole program with nothing set up."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from agent.cli.context import App, as_json_option


class Instant(click.ParamType):  # type: ignore[type-arg, unused-ignore]  # generic only since click 8.2
    """A date or a date and time in ISO 8601; without an offset it is local time."""

    name = "time"

    def convert(
        self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(value).astimezone()
        except (ValueError, OverflowError, OSError):
            self.fail(f"{value!r} is not a time; write it as 2026-03-31 or 2026-03-31T09:00", param, ctx)


@click.command("demo", epilog="Example: followup-agent demo --keep hunt")
@click.option("--mbox", metavar="FILE", type=Path, help="Your own mail instead of the sample hunt.")
@click.option(
    "--address", metavar="ADDRESS", help="With --mbox: whose mailbox it is (default: who sent most)."
)
@click.option(
    "--now",
    metavar="TIME",
    type=Instant(),
    help="With --mbox: when the turn runs (default: after the last mail).",
)
@click.option(
    "--keep", metavar="DIR", type=Path, help="Keep configuration, database and mailbox in this new folder."
)
@as_json_option
@click.pass_obj
def command(
    app: App, mbox: Path | None, address: str | None, now: datetime | None, keep: Path | None, as_json: bool
) -> None:
    """Watch the whole program work: a job hunt of seven weeks, played day by day. Nothing has to be set up.

    A Gmail stand-in on this machine serves an invented mailbox; the program reads it, keeps its database in a
    temporary folder and writes drafts into the stand-in. With --mbox it is your own mail (for example from Google
    Takeout), one turn, and nothing leaves this machine.
    """
    if mbox is None:
        if address or now:
            raise click.UsageError("--address and --now go with --mbox")
        from agent.cli.demo_hunt import show_hunt

        show_hunt(keep=keep, as_json=as_json, quiet=app.verbosity < 0)
        return
    from agent.cli.demo_mbox import show_mbox

    show_mbox(app, mbox, address=address, now=now, keep=keep, as_json=as_json)
