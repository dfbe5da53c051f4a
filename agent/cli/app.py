"""The command tree: loaded verb by verb, so that ``--help`` stays cheap; errors become advice and exit statuses."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import click

from agent import __version__
from agent.cli.context import App, clean
from agent.errors import AgentError, Busy, GmailUnavailable, QuotaExhausted, Refused, UserError

# verb → (where its command is, one-line help): the help is here so that listing the verbs loads none of them
VERBS: dict[str, tuple[str, str]] = {
    "init": ("init:command", "Write a commented config.toml and say what to do next."),
    "auth": ("auth:command", "Let the program read your mail and write drafts (Google's consent page)."),
    "sync": ("sync:command", "One turn: read what changed, make the drafts that are due."),
    "run": ("run:command", "The daemon: the same turn on a schedule."),
    "status": ("status:command", "Where each candidacy stands."),
    "show": ("show:command", "One candidacy's timeline, each event with its evidence."),
    "why": ("why:command", "The reasoning behind a status, in sentences."),
    "plan": ("plan:command", "What will be done, and when."),
    "call": ("call:command", "A script, the number and good hours for a follow-up by telephone."),
    "track": ("track:command", "Treat a Gmail thread as a candidacy though no rule found it."),
    "ignore": ("verdicts:ignore", "Leave this one alone."),
    "close": ("verdicts:close", "I am out of it."),
    "reopen": ("verdicts:reopen", "It goes on after all."),
    "snooze": ("verdicts:snooze", "Nothing becomes due before then."),
    "set": ("corrections:correct", "Correct what is known: company, promised day, interview …"),
    "log": ("log:command", "Record what happened outside the mailbox."),
    "note": ("verdicts:note", "Something the next draft may mention."),
    "merge": ("corrections:merge", "Two candidacies are one and the same."),
    "split": ("corrections:split", "A thread does not belong to a candidacy."),
    "report": ("report:command", "One HTML page: where all stands, and the evidence."),
    "export": ("export:command", "The candidacies as JSON, CSV or calendar."),
    "templates": ("templates:command", "The letters' templates: list, show, check."),
    "runs": ("runs:command", "The last turns: what they did, what they cost, how they ended."),
    "forget": ("forget:command", "Delete the stored mail of what is over."),
    "doctor": ("doctor:command", "Check everything that can be checked, with remedies."),
    "service": ("service:command", "Let systemd run it: install, status, remove."),
    "demo": ("demo:command", "Watch the whole program work, with nothing set up."),
    "rebuild": ("rebuild:command", "Draw every conclusion again from the stored facts."),
    "man": ("man:command", "The manual page."),
    "completion": ("completion:command", "The completion script for bash, zsh or fish."),
    "db": ("db:command", "Back up, restore, check or upgrade the database."),
}


class Verbs(click.Group):
    """A group whose commands are imported only when they are run."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (click's signature)
        if cmd_name not in VERBS:
            return None
        module, _, name = VERBS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(f"agent.cli.{module}"), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 (click's signature)
        with formatter.section("Commands"):
            formatter.write_dl([(verb, text) for verb, (_, text) in VERBS.items()])


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Try it with nothing set up: followup-agent demo. To begin: followup-agent init.",
)
@click.option("--config", "config_file", metavar="FILE", help="The configuration file.")
@click.option("-v", "--verbose", count=True, help="Say more (repeatable).")
@click.option("-q", "--quiet", is_flag=True, help="Say less.")
@click.version_option(__version__, prog_name="followup-agent")
@click.pass_obj
def program(app: App, config_file: str | None, verbose: int, quiet: bool) -> None:
    """Finds your job-interview conversations in Gmail and drafts the right follow-up on the day it is due. Never sends."""
    app.config_file, app.verbosity = config_file, -1 if quiet else verbose


def run(
    arguments: Sequence[str] | None, *, clock: Callable[[], datetime], sleep: Callable[[float], None]
) -> int:
    """Run one command line; errors of ours become advice on stderr and their exit status."""
    app = App(clock=clock, sleep=sleep)
    try:
        result: Any = program.main(args=arguments, prog_name="followup-agent", obj=app, standalone_mode=False)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        error.show(file=sys.stderr)
        return error.exit_code
    except click.Abort:
        click.echo("stopped", err=True)
        return 130
    except BrokenPipeError:
        return _nobody_reads()
    except AgentError as error:
        return _advise(error, app)
    except Exception as error:  # noqa: BLE001 (one of the two places that catch broadly: a bug becomes advice)
        return _bug(error, app)
    finally:
        app.close()
    return result if isinstance(result, int) else 0


# errors that name no remedy of their own
REMEDIES: dict[type[AgentError], str] = {
    GmailUnavailable: "nothing is lost: the next turn goes on where this one stopped (followup-agent doctor looks for the cause)",
    QuotaExhausted: "nothing is lost: try again in a few minutes; gmail.quota_units_per_minute sets a gentler pace",
    Refused: "nothing is lost: the next turn asks again; if it stays so, followup-agent doctor looks for the cause",
    Busy: "try again in a moment",
}


def _advise(error: AgentError, app: App) -> int:
    from agent.cli.journal import advice, in_journal

    if in_journal(sys.stderr):
        click.echo(clean(advice(error, REMEDIES.get(type(error), ""))), err=True)
        return error.exit_status
    click.echo(clean(f"followup-agent: {error}"), err=True)
    if isinstance(error, UserError):
        for problem in error.problems:
            click.echo(clean(f"  - {problem}"), err=True)
    if remedy := REMEDIES.get(type(error)):
        click.echo(f"  {remedy}", err=True)
    if app.verbosity > 1:
        _trace()
    return error.exit_status


def _bug(error: Exception, app: App) -> int:
    """An unforeseen error: a damaged database's, or its kind and place, never its words (they may quote mail)."""
    if (damage := app.damage()) is not None:
        return _advise(damage, app)
    from agent.cli.crash import noted

    where, log = noted(error, app.clock())
    click.echo(f"followup-agent: an unforeseen error ({where}): please report this bug", err=True)
    if log:
        click.echo(f"  its log, without a word of your mail: {log}", err=True)
    if app.verbosity > 0:
        _trace()
    else:
        click.echo("  run it again with -v for the traceback (it may contain words of your mail)", err=True)
    return 1


def _trace() -> None:
    import traceback

    traceback.print_exc(file=sys.stderr)


def _nobody_reads() -> int:
    """The reader of a pipe has gone (``| head``): the rest is nobody's, and Python's last flush must not complain."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
