"""The command tree: loaded verb by verb, so that ``--help`` stays cheap; errors become advice and exit statuses."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import click

from agent import __version__
from agent.cli.context import App
from agent.errors import AgentError, UserError

# verb → (module, one-line help): the help is here so that listing the verbs loads none of them
VERBS: dict[str, tuple[str, str]] = {
    "init": ("agent.cli.init", "Write a commented config.toml and say what to do next."),
    "auth": ("agent.cli.auth", "Let the program read your mail and write drafts (Google's consent page)."),
    "sync": ("agent.cli.sync", "One turn: read what changed, make the drafts that are due."),
    "status": ("agent.cli.status", "Where each candidacy stands."),
    "show": ("agent.cli.show", "One candidacy's timeline, each event with its evidence."),
    "why": ("agent.cli.why", "The reasoning behind a status, in sentences."),
    "plan": ("agent.cli.plan", "What will be done, and when."),
    "demo": ("agent.cli.demo", "Watch the whole program work, with nothing set up."),
    "rebuild": ("agent.cli.rebuild", "Throw away every conclusion and draw it again from the stored facts."),
    "db": ("agent.cli.db", "Back up, check or upgrade the database."),
    "doctor": ("agent.cli.doctor", "Check everything that can be checked, with remedies."),
}


class Verbs(click.Group):
    """A group whose commands are imported only when they are run."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (click's signature)
        if cmd_name not in VERBS:
            return None
        command = importlib.import_module(VERBS[cmd_name][0]).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 (click's signature)
        with formatter.section("Commands"):
            formatter.write_dl([(verb, text) for verb, (_, text) in VERBS.items()])


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
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
        sys.stderr.close()
        return 0
    except AgentError as error:
        return _advise(error, app)
    except Exception as error:  # noqa: BLE001 (one of the two places that catch broadly: a bug becomes advice)
        return _bug(error, app)
    finally:
        app.close()
    return result if isinstance(result, int) else 0


def _advise(error: AgentError, app: App) -> int:
    click.echo(f"followup-agent: {error}", err=True)
    if isinstance(error, UserError):
        for problem in error.problems:
            click.echo(f"  - {problem}", err=True)
    if app.verbosity > 1:
        _trace()
    return error.exit_status


def _bug(error: Exception, app: App) -> int:
    """An unforeseen error: its kind and place, never its words (they may quote mail)."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
    click.echo(
        f"followup-agent: an unforeseen error ({type(error).__name__} at {where}): please report this bug",
        err=True,
    )
    if app.verbosity > 0:
        _trace()
    else:
        click.echo("  run it again with -v for the traceback (it may contain words of your mail)", err=True)
    return 1


def _trace() -> None:
    import traceback

    traceback.print_exc(file=sys.stderr)
