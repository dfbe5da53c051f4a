"""``db``: care of the database."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import click

from agent.cli.context import App, as_json_option, echo, print_json
from agent.errors import DataError
from agent.store.files import REVISION, stored_revision


@click.group("db")
def command() -> None:
    """Back up, restore, upgrade or check the database (one SQLite file in the state folder)."""


@command.command("backup", epilog="Example: followup-agent db backup ~/agent-copy.db")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@as_json_option
@click.pass_obj
def backup_(app: App, file: Path | None, as_json: bool) -> None:
    """Write a checked copy to a new file (mode 0600), while the program may be running.

    Without FILE it lands beside the database, named by the time. `followup-agent db restore` brings one back.
    """
    from agent.store.backup import backup

    path = _existing(app)
    stamp = app.clock().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    to = (file or path.with_name(f"{path.stem}-{stamp}.backup")).expanduser().absolute()
    if not to.parent.is_dir():
        raise DataError(f"there is no folder {to.parent}")
    backup(path, to)
    if as_json:
        print_json({"schema": 1, "file": str(to), "bytes": to.stat().st_size})
        return
    echo(f"{to} ({to.stat().st_size} bytes)")


@command.command("restore", epilog="Example: followup-agent db restore ~/agent-copy.db")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@as_json_option
@click.pass_obj
def restore_(app: App, file: Path, as_json: bool) -> None:
    """Put a backup in the database's place. What it replaces is kept beside it, named by the time.

    The backup is checked first; the next turn fetches what has come since, and makes no draft twice. A daemon need not
    be stopped: its next turn works with what was restored.
    """
    from agent.store.restore import restore

    path = app.config.storage.database
    aside = restore(path, file.expanduser().absolute())
    if as_json:
        print_json({"schema": 1, "database": str(path), "replaced": str(aside) if aside else None})
        return
    echo(f"{path} is restored from {file}")
    if aside:
        app.say(f"what was there is kept as {aside}: delete it when you no longer need it")
    app.say("next: followup-agent sync")


@command.command("upgrade", epilog="Example: followup-agent db upgrade")
@as_json_option
@click.pass_obj
def upgrade(app: App, as_json: bool) -> None:
    """Bring the database to this program's schema, after a backup; every other command does so by itself."""
    before = stored_revision(_existing(app))
    app.store()
    if as_json:
        print_json({"schema": 1, "from": before, "to": REVISION, "upgraded": before != REVISION})
        return
    echo(f"upgraded from {before} to {REVISION}" if before != REVISION else f"at revision {REVISION} already")


@command.command("check", epilog="Example: followup-agent db check")
@as_json_option
@click.pass_obj
def check_(app: App, as_json: bool) -> None:
    """Look for damage: structure, references, schema, and whether every stored mail can be read."""
    from agent.store.backup import check

    path = _existing(app)
    if problems := check(path):
        raise DataError(f"the database {path} is not sound", problems)
    if as_json:
        print_json({"schema": 1, "database": str(path), "problems": []})
        return
    echo(f"{path} is sound")


def _existing(app: App) -> Path:
    path = app.config.storage.database
    if not path.exists():
        raise DataError(f"there is no database at {path} yet: run `followup-agent sync` first")
    return path
