"""``run``: the daemon."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import closing
from dataclasses import replace

import click

from agent.cli.context import App
from agent.cli.journal import JournalFormat, LogFormat, masked
from agent.cli.renewal import Renewal, end_at_once
from agent.daemon import Daemon, Notifier, Turned


@click.command(
    "run",
    epilog="Signals: SIGTERM or SIGINT end it, SIGHUP reads the configuration again, SIGUSR1 turns at once.",
)
@click.pass_obj
def command(app: App) -> int:
    """The daemon: the turn of `sync` on a schedule, until it is told to stop. Made for systemd; logs to stderr."""
    end_at_once()
    set_up_logging(verbose=app.verbosity)
    renewal = Renewal(app)
    config = renewal.configuration()
    daemon = Daemon(
        turn=lambda: turn(app, daemon),
        reload=lambda: reload(app),
        poll_seconds=config.daemon.poll_seconds,
        notify=Notifier(os.environ, hide=masked),
        clock=app.clock,
        diagnose=app.damage,
        may_renew=renewal.is_wanted,
        grown=renewal.is_first,  # it may have made or upgraded the database, which takes Alembic
    )
    daemon.sign_of_life()  # of a fresh process in an old one's place
    check_authorised(app)
    while (status := daemon.run()) == 0 and daemon.renewing:
        renewal()  # the end of this process; it comes back only if the system refuses
    return status


def check_authorised(app: App) -> None:
    """Fail before READY=1 if the user must authorise first (AuthError, 77); no network is no reason to fail."""
    from agent.errors import GmailUnavailable
    from agent.gmail.auth import load_token, refresh

    credentials = load_token(app.config.gmail.token_file)
    try:
        refresh(credentials)
    except GmailUnavailable as away:
        logging.getLogger("agent").warning("%s; starting all the same", away)


def turn(app: App, daemon: Daemon) -> Turned:
    """One turn with fresh parts: an idle connection is not worth keeping for minutes."""
    from agent.store.files import turn_lock

    one = App(clock=app.clock, sleep=daemon.sleep, verbosity=-1, _config=app.config)
    with closing(one):
        store = one.store()
        with turn_lock(store.path):
            report = replace(one.cycle(store), progress=lambda *_: daemon.sign_of_life()).turn()
            counts = " ".join(f"{name}={value}" for name, value in report.counts().items())
            read = bool(report.messages_fetched or report.candidacies)
            more = report.left > 0 and report.messages_fetched > 0
            return Turned(f"turn {report.mode}: {counts}", store.next_wake(), read=read, more=more)


def reload(app: App) -> float:
    """The configuration anew; the old one stays if it is wrong (ConfigError)."""
    from agent.config import load

    app._config = load(app.config.path)  # noqa: SLF001 (the one place where a configuration is replaced)
    return app.config.daemon.poll_seconds


def set_up_logging(*, verbose: int) -> None:
    """The journal gets priorities as <N> prefixes; a terminal or a file gets times."""
    journal = bool(os.environ.get("JOURNAL_STREAM")) and not sys.stderr.isatty()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JournalFormat() if journal else LogFormat())
    root = logging.getLogger("agent")
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if verbose > 0 else logging.INFO)
    root.propagate = False
