"""``track``: a Gmail thread is a candidacy, though no rule found it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from agent.cli.context import App, as_json_option
from agent.cli.told import answer, at_work, noted
from agent.core.model import Note, NoteKind, Source
from agent.errors import DataError, NotFound

if TYPE_CHECKING:
    from agent.gmail.client import Gmail
    from agent.store.store import Store

_ID = re.compile(r"[0-9a-f]{8,20}")


@click.command("track", epilog="Example: followup-agent track 18f2a7c0d1e2f3a4")
@click.argument("thread_or_message_id")
@as_json_option
@click.pass_obj
def command(app: App, thread_or_message_id: str, as_json: bool) -> None:
    """Treat this Gmail thread as a candidacy though no rule found it.

    The id is Gmail's, of the thread or of one of its messages, in hexadecimal (in Gmail: "Show original", the address
    of that page). It is fetched if it was never read.
    """
    asked = thread_or_message_id.rstrip("/").rpartition("/")[2].strip().lower()
    if not _ID.fullmatch(asked):
        raise DataError(f"{thread_or_message_id!r} is no id of Gmail's API: they look like 18f2a7c0d1e2f3a4")
    with at_work(app) as store:
        thread_id = _stored(store, asked) or _fetched(app, store, asked)
        now = app.clock()
        after = noted(app, store, [Note(0, thread_id, NoteKind.TRACK, now, now)])
    answer(None, after.get(thread_id), as_json=as_json)


def _stored(store: Store, asked: str) -> str:
    """The thread, if its mail is here already."""
    if asked in store.thread_ids():
        return asked
    source = store.source(asked)
    return source.thread_id if source else ""


def _fetched(app: App, store: Store, asked: str) -> str:
    """Fetch the thread, and keep its mail."""
    from agent.gmail.client import labels_of

    gmail = app.gmail()
    resources = _resources(gmail, asked)
    sources = [s for r in resources if "DRAFT" not in labels_of(r) and (s := _source(gmail, r))]
    if not sources:
        raise DataError(f"the thread {asked} holds no mail")
    with store.transaction() as writing:
        writing.remember_again(sources[0].thread_id)
        writing.keep(sources, at=app.clock())
    return sources[0].thread_id


def _resources(gmail: Gmail, asked: str) -> list[dict[str, Any]]:
    try:
        return gmail.thread(asked)
    except NotFound:
        pass
    try:
        return gmail.thread(str(gmail.message(asked, format="minimal").get("threadId", "")))
    except NotFound as error:
        raise DataError(f"Gmail knows neither a thread nor a message {asked}") from error


def _source(gmail: Gmail, resource: dict[str, Any]) -> Source | None:
    from agent.core.mail import mime

    if mime.needs_raw(resource):
        whole = gmail.message(str(resource.get("id")), format="raw")
        resource = {**{k: v for k, v in resource.items() if k != "payload"}, **whole}
    source, _ = mime.source(resource)
    return source if source.gmail_id else None
