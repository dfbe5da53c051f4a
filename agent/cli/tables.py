"""Tables for people: rich on a terminal, plain columns elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from agent.cli.context import clean, echo
from agent.cli.view import View

if TYPE_CHECKING:
    from agent.cycle.report import TurnReport

WORDS = {
    "thank_you": "thank-you",
    "follow_up": "follow-up",
    "move_on": "move on",
    "interview": "interview",
}


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as they need to be; rich draws them where a person looks."""
    listed = [[clean(cell) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _print_rich(headings, listed)
        return
    lines = [list(headings), *listed]
    widths = [max(len(line[i]) for line in lines) for i in range(len(headings))]
    for line in lines:
        echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _print_rich(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def print_status(documents: Sequence[Mapping[str, Any]], view: View, *, hidden: int) -> None:
    """One line a candidacy, and at the end how many messages were examined."""
    if documents:
        rows = [_status_row(document) for document in documents]
        print_table(("ID", "COMPANY", "POSITION", "STATUS", "SINCE", "NEXT"), rows)
    else:
        echo("No active candidacies.")
    more = f"; {hidden} ended (--all shows them)" if hidden else ""
    if view.last_sync is None:
        echo("Nothing has been read yet: run `followup-agent sync` first.")
        return
    last = minute(str(view.heading()["last_sync"]))
    left = f", {view.left} threads still to be read" if view.left else ""
    echo(f"{view.examined} messages examined{left}, last sync {last}{more}")


def _status_row(document: Mapping[str, Any]) -> tuple[str, ...]:
    review = " (please review)" if document["needs_review"] else ""
    return (
        document["id"],
        document["company"] or "?",
        document["position"] or "?",
        document["status"].replace("_", " ") + review,
        (document["since"] or "")[:10],
        next_words(document),
    )


def next_words(document: Mapping[str, Any]) -> str:
    """What happens next, in a few words."""
    coming, status = document["next"], document["status"]
    ahead = [i for i in document["interviews"] if i["status"] == "confirmed"]
    if status == "scheduled" and ahead:
        return f"interview {minute(ahead[-1]['start'])}"
    if coming["action"] == "none":
        return {"your_turn": "answer them", "scheduling": "agree on a time"}.get(status, "")
    return f"{action_words(coming['action'], coming['step'])} {minute(coming['due'])}"


def action_words(action: str, step: int | None) -> str:
    """An action in two words: "follow-up 2", "thank-you"."""
    return f"{WORDS[action]} {step}" if action == "follow_up" else WORDS[action]


def minute(at: str) -> str:
    """An instant of a document to the minute, with its weekday."""
    return f"{datetime.fromisoformat(at):%a %Y-%m-%d %H:%M}"


def print_turn(report: TurnReport, known: int, *, quiet: bool) -> None:
    """What a turn did; the figures are left out when quiet. ``known``: candidacies stored (an idle turn counts none)."""
    for record in report.created:
        what = action_words(record.kind.value, record.step)
        echo(f"draft: {what} to {', '.join(record.to)} | {record.subject}")
    for record, because in report.withdrawn:
        echo(f"withdrawn: {action_words(record.kind.value, record.step)}, {because}")
    for problem in report.problems:
        where = f" (message {problem.gmail_id})" if problem.gmail_id else ""
        click.echo(clean(f"problem: {problem.what}{where}"), err=True)
    if quiet:
        return
    would = " (dry run: nothing was changed)" if report.dry_run else ""
    echo(
        f"{report.candidacies or known} candidacies; {report.messages_fetched} messages read, {report.messages_examined} examined in all; "
        f"{report.http_requests} requests, {report.quota_units} quota units{would}"
    )
