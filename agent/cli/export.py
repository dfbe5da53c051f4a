"""``export``: the candidacies for a script, a spreadsheet or a calendar."""

from __future__ import annotations

import csv
import io
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from agent.cli.context import App, clean
from agent.cli.view import View, look
from agent.errors import DataError

Json = Mapping[str, Any]
COLUMNS = (
    "id", "company", "position", "status", "since", "round", "interview", "thank_you_sent_at", "follow_ups_sent",
    "last_reply", "promised_by", "next_action", "next_due", "contacts", "needs_review",
)  # fmt: skip


@click.command("export", epilog="Example: followup-agent export --format ics > interviews.ics")
@click.option(
    "--format", "kind", type=click.Choice(("json", "csv", "ics")), required=True, help="What to write."
)
@click.option(
    "--output", metavar="FILE", help="Write to this file (only you may read it) instead of standard output."
)
@click.pass_obj
def command(app: App, kind: str, output: str | None) -> None:
    """All candidacies, the ended ones too, on standard output or into a file.

    json is the document of `status --json --all`; csv has a line for each; ics holds interviews and due follow-ups.
    """
    text = _written(look(app), kind)
    if output is None or output == "-":
        click.echo(text, nl=False)
    else:
        save(text, Path(output))


def _written(view: View, kind: str) -> str:
    match kind:
        case "json":
            document = {**view.heading(), "candidacies": list(view.documents)}
            return clean(json.dumps(document, ensure_ascii=False, indent=2)) + "\n"
        case "csv":
            return clean(as_csv(view.documents).replace("\r\n", "\n"))
        case _:
            return as_calendar(view)


def save(text: str, path: Path) -> None:
    """The whole file or none, mode 0600; what was there is replaced."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text.encode("utf-8"))
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise DataError(f"{path} cannot be written ({error.strerror})") from error


def as_csv(documents: Sequence[Json]) -> str:
    """A heading and one row a candidacy; a cell that a spreadsheet would take for a formula begins with an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([_inert(cell) for cell in _row(document)] for document in documents)
    return text.getvalue()


def _row(document: Json) -> tuple[Any, ...]:
    live = [i["start"] for i in document["interviews"] if i["status"] != "cancelled"]
    coming = document["next"]
    return (
        *(document[key] for key in ("id", "company", "position", "status", "since", "round")),
        live[-1] if live else None,
        document["thank_you_sent_at"],
        " ".join(document["follow_ups_sent"]),
        (document["last_reply"] or {}).get("kind"),
        (document["promised"] or {}).get("by"),
        coming["action"],
        coming["due"],
        " ".join(contact["address"] for contact in document["contacts"]),
        document["needs_review"],
    )


def _inert(cell: Any) -> str:
    """Mail is hostile: a company called "=HYPERLINK(…)" must stay a word (OWASP, CSV injection)."""
    text = "" if cell is None else " ".join(str(cell).split())
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


def as_calendar(view: View) -> str:
    """RFC 5545: interviews that stand, and the drafts that will become due; the same entry keeps its UID for good."""
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//followup-agent//interviews//EN")
    calendar.add("version", "2.0")
    taken: Counter[str] = Counter()
    for uid, start, end, summary, status in _entries(view.documents):
        taken[uid] += 1  # several interviews of one day: RFC 5545 wants each UID once
        event = Event()
        event.add("uid", f"{uid}{f'-{taken[uid]}' if taken[uid] > 1 else ''}@followup-agent")
        event.add("dtstamp", view.as_of)
        event.add("dtstart", datetime.fromisoformat(start).astimezone(UTC))
        event.add("dtend", datetime.fromisoformat(end).astimezone(UTC))
        event.add("summary", clean(summary))
        event.add("status", status)
        calendar.add_component(event)
    return str(calendar.to_ical().decode("utf-8"))


def _entries(documents: Sequence[Json]) -> Iterator[tuple[str, str, str, str, str]]:
    for document in documents:
        company = document["company"] or "unknown company"
        for interview in document["interviews"]:
            if interview["status"] != "cancelled":
                uid = f"{document['id']}-interview-{interview['round']}-{interview['start'][:10]}"
                status = "CONFIRMED" if interview["status"] == "confirmed" else "TENTATIVE"
                yield uid, interview["start"], interview["end"], f"Interview: {company}", status
        coming = document["next"]
        if coming["action"] in {"thank_you", "follow_up"}:
            what = "Thank-you" if coming["action"] == "thank_you" else f"Follow-up {coming['step']}"
            end = datetime.fromisoformat(coming["due"]) + timedelta(minutes=15)
            uid = f"{document['id']}-{coming['action']}-{document['round']}-{coming['step']}"
            yield uid, coming["due"], end.isoformat(), f"{what}: {company}", "CONFIRMED"
