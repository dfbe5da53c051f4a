"""The facts about the mailbox: the account, its messages, and the cursor that never passes what is not stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from agent.core.model import SendAs, Source
from agent.store import schema
from agent.store.codec import packed, plain, read_plain, unpacked
from agent.store.records import Account, Left
from agent.store.schema import message
from agent.store.transactions import Transactions, chunks


class Mailbox(Transactions):
    """What Gmail told us."""

    # ── the account ────────────────────────────────────────────────────────────────────────────────────────────

    def account(self, address: str | None = None) -> Account | None:
        """The account of this database, or None if there is none (or another one than asked for)."""
        query = select(schema.account)
        with self._reading() as connection:
            row = connection.execute(
                query if address is None else query.where(schema.account.c.address == address)
            ).first()
        return None if row is None else _account(row)

    def save_account(self, account: Account) -> None:
        """Insert the account, or replace all that is known of it, its cursor included."""
        values = {
            "address": account.address,
            "history_id": account.history_id,
            "names": list(account.names),
            "send_as": [plain(send_as) for send_as in account.send_as],
            "last_sync": account.last_sync,
            "listed_with": account.listed_with,
        }
        with self._writing() as connection:
            statement = insert(schema.account).values(values)
            connection.execute(statement.on_conflict_do_update(index_elements=["address"], set_=values))

    def save_labels(self, names: Mapping[str, str]) -> None:
        """Replace the mailbox's labels: Gmail's label id → the name the user sees."""
        with self._writing() as connection:
            connection.execute(delete(schema.label))
            if names:
                connection.execute(
                    insert(schema.label), [{"id": key, "name": name} for key, name in names.items()]
                )

    def labels(self) -> dict[str, str]:
        with self._reading() as connection:
            return {row.id: row.name for row in connection.execute(select(schema.label))}

    # ── a step of the sync ─────────────────────────────────────────────────────────────────────────────────────

    def advance(
        self,
        history_id: str,
        *,
        at: datetime,
        sources: Iterable[Source] = (),
        seen: Mapping[str, str] | None = None,
        deleted: Iterable[str] = (),
        label_changes: Mapping[str, frozenset[str]] | None = None,
        listed_with: str | None = None,
    ) -> None:
        """Store what a sync found and move the cursor behind it, in one transaction.

        ``seen``: gmail_id → thread_id of messages that cannot matter. ``deleted``: gone from Gmail; what they said
        stays known, except drafts (every save of a draft deletes its message). ``label_changes``: gmail_id → all
        the labels it has now. ``at``: when the sync ended; ``listed_with``: see Account.
        """
        with self._writing() as connection:
            _keep(connection, sources, at)
            _see(connection, seen or {})
            _relabel(connection, label_changes or {})
            _lose(connection, deleted)
            moved: dict[str, Any] = {"history_id": history_id, "last_sync": at}
            moved |= {} if listed_with is None else {"listed_with": listed_with}
            if connection.execute(update(schema.account).values(moved)).rowcount != 1:
                raise LookupError("save_account comes before advance")

    def keep(self, sources: Iterable[Source], *, at: datetime, seen: Mapping[str, str] | None = None) -> None:
        """Store messages without moving the cursor: a part of a long listing, or a thread the user tracks."""
        with self._writing() as connection:
            _keep(connection, sources, at)
            _see(connection, seen or {})

    # ── what is known ──────────────────────────────────────────────────────────────────────────────────────────

    def sources(self, thread_ids: Iterable[str] | None = None) -> tuple[Source, ...]:
        """All messages that can matter (of these threads), oldest first, with the labels they have now."""
        columns = message.c.gmail_id, message.c.source, message.c.label_ids
        query = _ordered(select(*columns).where(message.c.relevant))
        with self._reading() as connection:
            if thread_ids is None:
                return tuple(map(self._source, connection.execute(query)))
            parts = [
                connection.execute(query.where(message.c.thread_id.in_(chunk)))
                for chunk in chunks(thread_ids)
            ]
            found = [self._source(row) for part in parts for row in part]
        return tuple(sorted(found, key=lambda source: (source.internal_date, source.gmail_id)))

    def _source(self, row: Row[*tuple[Any, ...]]) -> Source:
        return self._once("source", row.gmail_id, (row.source, row.label_ids), partial(_source, row))

    def source(self, gmail_id: str) -> Source | None:
        """The stored message, or None if it is unknown or cannot matter."""
        query = select(message.c.source, message.c.label_ids).where(
            message.c.gmail_id == gmail_id, message.c.relevant
        )
        with self._reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else _source(row)

    def has_message(self, ids: Iterable[str]) -> set[str]:
        """Those of the ids that were examined before, relevant or not."""
        with self._reading() as connection:
            rows = (
                connection.scalars(select(message.c.gmail_id).where(message.c.gmail_id.in_(c)))
                for c in chunks(ids)
            )
            return {gmail_id for part in rows for gmail_id in part}

    def thread_ids(self) -> frozenset[str]:
        """The threads with at least one message that can matter."""
        with self._reading() as connection:
            return frozenset(
                connection.scalars(select(message.c.thread_id).where(message.c.relevant).distinct())
            )

    def present(self) -> dict[str, datetime]:
        """gmail_id → internal date of the messages that matter and were still in Gmail when we last looked."""
        query = select(message.c.gmail_id, message.c.internal_date).where(message.c.relevant, ~message.c.gone)
        with self._reading() as connection:
            return {row.gmail_id: row.internal_date for row in connection.execute(query)}

    def gone_ids(self) -> frozenset[str]:
        """The messages that matter and are no longer in Gmail."""
        with self._reading() as connection:
            return frozenset(
                connection.scalars(select(message.c.gmail_id).where(message.c.relevant, message.c.gone))
            )

    def label_ids(self, ids: Iterable[str]) -> dict[str, frozenset[str]]:
        """gmail_id → its labels, for those of the ids that matter."""
        query = select(message.c.gmail_id, message.c.label_ids).where(message.c.relevant)
        with self._reading() as connection:
            parts = (connection.execute(query.where(message.c.gmail_id.in_(chunk))) for chunk in chunks(ids))
            return {row.gmail_id: frozenset(row.label_ids) for part in parts for row in part}

    def examined(self) -> int:
        """How many messages were looked at in all."""
        with self._reading() as connection:
            return connection.scalar(select(func.count()).select_from(message)) or 0

    # ── what is left to read ──

    def backlog(self, limit: int = -1) -> tuple[Left, ...]:
        """The threads that were found and not read yet, the most telling and newest first."""
        query = select(schema.backlog).order_by(schema.backlog.c.place).limit(limit)
        with self._reading() as connection:
            return tuple(
                Left(row.thread_id, tuple(row.gmail_ids), row.whole) for row in connection.execute(query)
            )

    def backlog_size(self) -> int:
        with self._reading() as connection:
            return connection.scalar(select(func.count()).select_from(schema.backlog)) or 0

    def set_backlog(self, left: Iterable[Left]) -> None:
        """These threads, in this order, in the place of all before."""
        rows = [
            {"thread_id": one.thread_id, "gmail_ids": list(one.gmail_ids), "whole": one.whole, "place": place}
            for place, one in enumerate(left)
        ]
        with self._writing() as connection:
            connection.execute(delete(schema.backlog))
            if rows:
                connection.execute(insert(schema.backlog), rows)

    def strike_backlog(self, thread_ids: Iterable[str]) -> None:
        """These threads are read."""
        with self._writing() as connection:
            for chunk in chunks(thread_ids):
                connection.execute(delete(schema.backlog).where(schema.backlog.c.thread_id.in_(chunk)))

    # ── less is kept ───────────────────────────────────────────────────────────────────────────────────────────

    def strip_text(self) -> int:
        """Blank the texts of all stored mail, keeping headers; returns how many messages had any (keep_mail_text=false)."""
        query = select(message.c.gmail_id, message.c.source, message.c.label_ids).where(
            message.c.relevant, ~message.c.stripped
        )
        with self._writing() as connection:
            rows = connection.execute(query).all()
            for row in rows:
                bare = packed(_without_text(_source(row)))
                connection.execute(
                    update(message)
                    .where(message.c.gmail_id == row.gmail_id)
                    .values(source=bare, stripped=True)
                )
        if rows:
            self._empty_the_log()
        return len(rows)


def _account(row: Row[*tuple[Any, ...]]) -> Account:
    return Account(
        address=row.address,
        history_id=row.history_id,
        names=tuple(row.names),
        send_as=tuple(read_plain(SendAs, document) for document in row.send_as),
        last_sync=row.last_sync,
        listed_with=row.listed_with,
    )


def _ordered(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return query.order_by(message.c.internal_date, message.c.gmail_id)


def _source(row: Row[*tuple[Any, ...]]) -> Source:
    """The message as fetched, under the labels it has now."""
    return replace(unpacked(Source, row.source), label_ids=frozenset(row.label_ids))


def _without_text(source: Source) -> Source:
    return replace(source, parts=tuple(replace(part, text="") for part in source.parts))


def _keep(connection: Connection, sources: Iterable[Source], at: datetime) -> None:
    for source in sources:
        values = {
            "gmail_id": source.gmail_id,
            "thread_id": source.thread_id,
            "internal_date": source.internal_date,
            "label_ids": sorted(source.label_ids),
            "relevant": True,
            "gone": False,
            "stripped": False,
            "source": packed(source),
            "fetched_at": at,
        }
        statement = insert(message).values(values)
        connection.execute(statement.on_conflict_do_update(index_elements=["gmail_id"], set_=values))


def _see(connection: Connection, seen: Mapping[str, str]) -> None:
    """Remember by id only; a message that was found to matter before keeps its text."""
    blank = {"label_ids": [], "relevant": False, "gone": False, "stripped": False}
    rows = [{"gmail_id": gmail_id, "thread_id": thread_id, **blank} for gmail_id, thread_id in seen.items()]
    if rows:
        connection.execute(insert(message).on_conflict_do_nothing(), rows)


def _relabel(connection: Connection, changes: Mapping[str, frozenset[str]]) -> None:
    for gmail_id, label_ids in changes.items():
        this = update(message).where(message.c.gmail_id == gmail_id, message.c.relevant)
        connection.execute(this.values(label_ids=sorted(label_ids)))


def _lose(connection: Connection, deleted: Iterable[str]) -> None:
    for chunk in chunks(deleted):
        rows = connection.execute(
            select(message.c.gmail_id, message.c.label_ids, message.c.relevant).where(
                message.c.gmail_id.in_(chunk)
            )
        )
        dropped = [row.gmail_id for row in rows if not row.relevant or "DRAFT" in row.label_ids]
        connection.execute(delete(message).where(message.c.gmail_id.in_(dropped)))
        connection.execute(update(message).where(message.c.gmail_id.in_(chunk)).values(gone=True))
