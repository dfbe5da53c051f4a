"""Tables for people: rich on a terminal, plain columns elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from agent.cycle.report import TurnReport

WORDS = {
    "thank_you": "thank-you",
    "follow_up": "follow-up",
    "move_on": "move on",
}


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as they need to be; rich draws them where a person looks."""
    listed = [list(row) for row in rows]
    if sys.stdout.isatty():
        _print_rich(headings, listed)
        return
    lines = [list(headings), *listed]
    widths = [max(len(line[i]) for line in lines) for i in range(len(headings))]
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


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


def print_status(documents: Sequence[Mapping[str, Any]], view: Mapping[str, Any], *, hidden: int) -> None:
    """One line a candidacy, and at the end how many messages were examined."""
    if documents:
        rows = [_status_row(document) for document in documents]
        print_table(("ID", "COMPANY", "POSITION", "STATUS", "SINCE", "NEXT"), rows)
    else:
        click.echo("No active candidacies.")
    more = f"; {hidden} ended (--all shows them)" if hidden else ""
    last = view["last_sync"]
    click.echo(
        f"{view['messages_examined']} messages examined, last sync {_minute(last) if last else 'never'}{more}"
    )


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
        return f"interview {_minute(ahead[-1]['start'])}"
    if coming["action"] == "none":
        return {"your_turn": "answer them", "scheduling": "agree on a time"}.get(status, "")
    step = f" {coming['step']}" if coming["action"] == "follow_up" else ""
    return f"{WORDS[coming['action']]}{step} {_minute(coming['due'])}"


def _minute(at: str) -> str:
    return f"{datetime.fromisoformat(at):%a %Y-%m-%d %H:%M}"


def print_turn(report: TurnReport) -> None:
    """What a turn did."""
    for record in report.created:
        click.echo(
            f"draft: {WORDS[record.kind.value]} {record.step} to {', '.join(record.to)} | {record.subject}"
        )
    for record, because in report.withdrawn:
        click.echo(f"withdrawn: {WORDS[record.kind.value]} {record.step}, {because}")
    for problem in report.problems:
        click.echo(
            f"problem: {problem.what}" + (f" (message {problem.gmail_id})" if problem.gmail_id else ""),
            err=True,
        )
    would = " (dry run: nothing was changed)" if report.dry_run else ""
    click.echo(
        f"{report.candidacies} candidacies; {report.messages_fetched} messages read, {report.messages_examined} examined in all; "
        f"{report.http_requests} requests, {report.quota_units} quota units{would}"
    )
