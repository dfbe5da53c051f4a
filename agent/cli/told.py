"""What the user tells us becomes a note; the conclusions are drawn again at once, offline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from agent.cli.context import App, echo, print_json
from agent.cli.view import chosen, title
from agent.core.model import Note, NoteKind
from agent.errors import DataError
from agent.store.files import stored_revision

if TYPE_CHECKING:
    from agent.store.records import Conclusion
    from agent.store.store import Store

Json = dict[str, Any]


@contextmanager
def at_work(app: App) -> Iterator[Store]:
    """The store, while no turn is running; it must hold something already."""
    if stored_revision(app.config.storage.database) is None:
        raise DataError("nothing is stored yet: run `followup-agent sync` first")
    store = app.store()
    with app.alone(store):
        yield store


def tell(
    app: App,
    candidacy: str,
    kind: NoteKind,
    words: Sequence[tuple[str, str]] = (("", ""),),
    *,
    at: datetime | None = None,
    as_json: bool,
) -> None:
    """Keep one note per key and value about a candidacy, conclude, and print what became of it."""
    with at_work(app) as store:
        before = chosen(candidacy, store.conclusions())
        now = app.clock()
        notes = [
            Note(0, before.anchor_thread_id, kind, at=at or now, made_at=now, key=key, value=value)
            for key, value in words
        ]
        after = noted(app, store, notes)
    answer(before, after.get(before.anchor_thread_id), as_json=as_json)


def noted(app: App, store: Store, notes: Sequence[Note]) -> dict[str, Conclusion]:
    """Keep these notes, all or none, and conclude: thread id → its candidacy now."""
    with store.transaction() as writing:
        for note in notes:
            writing.add_note(note)
    return concluded(app, store, {note.thread_id for note in notes})


def concluded(app: App, store: Store, threads: set[str] | None = None) -> dict[str, Conclusion]:
    """Draw every conclusion again; thread id → its candidacy now.

    Those of these threads (None: all) lose the version of their rules, so that the next turn looks again even if it is an
    idle one: a draft may have become due, or have to be taken back, and only a turn may touch Gmail.
    """
    app.thinker(store).record()
    current = [
        replace(c, rules_version="") if threads is None or threads & set(_threads(c)) else c
        for c in store.conclusions()
    ]
    store.replace_derived(current, store.links())
    return {thread: c for c in current for thread in _threads(c)}


def _threads(candidacy: Conclusion) -> tuple[str, ...]:
    return (candidacy.anchor_thread_id, *candidacy.document["thread_ids"])


def answer(before: Conclusion | None, after: Conclusion | None, *, as_json: bool) -> None:
    """What became of it: the whole document for scripts, one line for people."""
    if as_json:
        print_json({"schema": 1, **(after.document if after else {"id": None})})
        return
    if after is None:
        echo("Noted; it is no candidacy any more.")
        return
    from agent.cli.tables import next_words

    document = dict(after.document)
    was, now = (c.document["status"].replace("_", " ") if c else "" for c in (before, after))
    change = now if was in {"", now} else f"{was} → {now}"
    coming = next_words(document)
    echo(f"{title(document)} ({after.id}): {change}" + (f"; next: {coming}" if coming else ""))
