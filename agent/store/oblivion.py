"""Forgetting: mail text and facts of what is over are deleted and overwritten; only ids stay, so they stay forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from agent.core.model import Status
from agent.store.columns import microseconds
from agent.store.schema import backlog, candidacy, draft, forgotten, link, message, note, reading, transition
from agent.store.transactions import Transactions, chunks

OVER = frozenset(
    {Status.OFFER, Status.REJECTED, Status.WITHDRAWN, Status.CANCELLED, Status.MOVED_ON, Status.IGNORED}
)


class Oblivion(Transactions):
    """What the user wants forgotten."""

    def forget(self, thread_ids: Iterable[str], *, at: datetime) -> int:
        """Delete text and facts of these threads for good; returns how many messages lost their text.

        Message ids and draft keys stay: the next listing does not bring the mail back, and no draft is made twice.
        """
        with self._writing() as connection:
            stripped = sum(_forget(connection, chunk, at) for chunk in chunks(thread_ids))
        self._empty_the_log()
        return stripped

    def forgotten_threads(self) -> frozenset[str]:
        """The threads whose mail must not be stored again."""
        with self._reading() as connection:
            return frozenset(connection.scalars(select(forgotten.c.thread_id)))

    def remember_again(self, thread_id: str) -> None:
        """The user tracks a forgotten thread after all."""
        with self._writing() as connection:
            connection.execute(delete(forgotten).where(forgotten.c.thread_id == thread_id))

    def ended_threads(self, before: datetime) -> frozenset[str]:
        """The threads of candidacies that ended before this instant, as last concluded; none that is shared with another."""
        over: set[str] = set()
        shared: set[str] = set()
        with self._reading() as connection:
            for row in connection.execute(select(candidacy.c.document, candidacy.c.anchor_thread_id)):
                threads = {row.anchor_thread_id, *row.document.get("thread_ids", ())}
                (over if _ended(row.document, before) else shared).update(threads)
        return frozenset(over - shared)


def _ended(document: dict[str, object], before: datetime) -> bool:
    since = document.get("since")
    if document.get("status") not in OVER or not isinstance(since, str):
        return False
    return microseconds(datetime.fromisoformat(since)) < microseconds(before)


def _forget(connection: Connection, threads: list[str], at: datetime) -> int:
    ids = list(connection.scalars(select(candidacy.c.id).where(candidacy.c.anchor_thread_id.in_(threads))))
    mails = message.c.thread_id.in_(threads)
    connection.execute(delete(reading).where(reading.c.gmail_id.in_(select(message.c.gmail_id).where(mails))))
    blank: dict[str, Any] = {
        "relevant": False,
        "source": None,
        "internal_date": None,
        "label_ids": [],
        "fetched_at": None,
    }
    stripped = connection.execute(update(message).where(mails, message.c.relevant).values(blank)).rowcount
    connection.execute(delete(note).where(note.c.thread_id.in_(threads)))
    ours = or_(draft.c.anchor_thread_id.in_(threads), draft.c.thread_id.in_(threads))
    empty: dict[str, Any] = {"to": [], "cc": [], "subject": "", "text": "", "because": ""}
    connection.execute(update(draft).where(ours).values(empty))
    connection.execute(delete(backlog).where(backlog.c.thread_id.in_(threads)))
    connection.execute(delete(transition).where(transition.c.candidacy_id.in_(ids)))
    connection.execute(delete(link).where(link.c.thread_id.in_(threads)))
    connection.execute(delete(candidacy).where(candidacy.c.id.in_(ids)))
    rows = [{"thread_id": thread_id, "at": at} for thread_id in threads]
    connection.execute(insert(forgotten).on_conflict_do_nothing(), rows)
    return stripped
