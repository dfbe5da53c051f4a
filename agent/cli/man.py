"""``man``: the manual page, made from the command tree, so that it cannot lag behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from agent import __version__
from agent.cli.context import echo

STATUSES = (
    ("0", "Done."),
    ("1", "An unforeseen error: a bug. The message says where its log is."),
    ("2", "Wrong usage."),
    ("65", "The data given is not usable: an unreadable mbox, an unknown candidacy, a damaged database."),
    ("69", "Gmail is unavailable; nothing is lost, the next turn goes on."),
    ("75", "A temporary failure: quota, network, another turn is running."),
    ("77", "The user must authorise again: followup-agent auth."),
    ("78", "The configuration is wrong; every problem is listed, with its key."),
)
FILES = (
    ("$XDG_CONFIG_HOME/followup-agent/config.toml", "The configuration. Under systemd: $CONFIGURATION_DIRECTORY/config.toml."),
    ("$XDG_STATE_HOME/followup-agent/", "Database, token and backups. Under systemd: $STATE_DIRECTORY."),
    ("$CREDENTIALS_DIRECTORY/client_secret.json, token.json", "Secrets given by the service manager; read first if present."),
)  # fmt: skip
ENVIRONMENT = (
    ("FOLLOWUP_AGENT_CONFIG", "The configuration file, where --config does not name one."),
    ("NO_COLOR", "Any value: no colour."),
)


@click.command("man", epilog="Example: followup-agent man | man -l -")
def command() -> None:
    """Print the manual page, for man(1).

    To keep it: followup-agent man > ~/.local/share/man/man1/followup-agent.1
    """
    from agent.cli.app import program

    echo("\n".join(manual(program)))


def manual(program: click.Group) -> Iterator[str]:
    """The page in the man(7) macros, line by line."""
    root = click.Context(program, info_name="followup-agent")
    summary = inspected(program.help)
    yield f'.TH FOLLOWUP\\-AGENT 1 "" "followup\\-agent {__version__}" "User Commands"'
    yield from (".SH NAME", rf"followup\-agent \- {roff(summary[0].rstrip('.'))}")
    yield from (".SH SYNOPSIS", r".B followup\-agent", roff("[OPTIONS] COMMAND [ARGUMENTS]"))
    yield from (".SH DESCRIPTION", *paragraphs(summary))
    yield from (".SH OPTIONS", *options(program, root), ".SH COMMANDS")
    for name in program.list_commands(root):
        yield from section(root, program, name)
    for title, rows in (("EXIT STATUS", STATUSES), ("FILES", FILES), ("ENVIRONMENT", ENVIRONMENT)):
        yield from (f".SH {title}", *(line for name, text in rows for line in entry(name, text)))


def section(parent: click.Context, group: click.Group, name: str) -> Iterator[str]:
    """One command, and those below it."""
    found = group.get_command(parent, name)
    assert found is not None
    here = click.Context(found, info_name=name, parent=parent)
    yield f".SS {roff(' '.join(here.command_path.split()[1:]))}"
    yield from (f".B {roff(here.command_path)}", roff(" ".join(found.collect_usage_pieces(here))), ".PP")
    yield from paragraphs(inspected(found.help))
    yield from options(found, here)
    if found.epilog:
        yield from paragraphs(inspected(found.epilog))
    if isinstance(found, click.Group):
        for below in found.list_commands(here):
            yield from section(here, found, below)


def options(found: click.Command, context: click.Context) -> Iterator[str]:
    """A tagged paragraph for each option but --help."""
    for parameter in found.params:
        record = parameter.get_help_record(context)
        if record is not None:
            yield from entry(*record)


def entry(name: str, text: str) -> tuple[str, ...]:
    return (".TP", f".B {roff(name)}", roff(text))


def inspected(text: str | None) -> list[str]:
    """The paragraphs of a help text; those that click leaves as they are begin with a backspace."""
    return [part.strip("\n") for part in re.split(r"\n\s*\n", (text or "").strip())]


def paragraphs(parts: list[str]) -> Iterator[str]:
    for part in parts:
        if part.lstrip().startswith("\b"):
            lines = [line.strip() for line in part.replace("\b", "").splitlines() if line.strip()]
            yield from (".PP", ".nf", *map(roff, lines), ".fi")
        else:
            yield from (".PP", roff(" ".join(part.split())))


def roff(text: str) -> str:
    """Text that roff takes for text: no escapes, no requests, hyphens that can be copied (man-pages(7))."""
    text = " ".join(text.split()).replace("\\", r"\e").replace("-", r"\-").replace("…", r"\[u2026]")
    return rf"\&{text}" if text[:1] in {".", "'"} else text
