"""What was concluded from the facts, replaced as a whole each time, and the history of its changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, insert, or_, select
from sqlalchemy.dialects import sqlite

from agent.core.model import Invite, Message, Reading, Transition
from agent.store.codec import packed, unpacked
from agent.store.records import Conclusion, ThreadLink
from agent.store.schema import candidacy, link, message, reading, transition
from agent.store.transactions import Transactions


class Conclusions(Transactions):
    """Readings, candidacies, links; and transitions, which stay."""

    # ── readings: what was understood of each message ──────────────────────────────────────────────────────────

    def readings(self, rules_version: str) -> dict[str, Reading]:
        """gmail_id → its reading by these rules; by whatever rules where the text is no longer kept."""
        query = select(reading.c.gmail_id, reading.c.document).join(message)
        current = or_(reading.c.rules_version == rules_version, message.c.stripped)
        with self._reading() as connection:
            return {
                row.gmail_id: self._once(
                    "reading", row.gmail_id, row.document, partial(unpacked, Reading, row.document)
                )
                for row in connection.execute(query.where(current))
            }

    def save_readings(
        self, readings: Iterable[Reading], *, rules_version: str, keep_text: bool = True
    ) -> None:
        """Keep readings of stored messages; without ``keep_text`` only what was inferred and the quoted evidence."""
        with self._writing() as connection:
            for read in readings:
                kept = read if keep_text else _without_text(read)
                values = {
                    "gmail_id": read.message.gmail_id,
                    "rules_version": rules_version,
                    "document": packed(kept),
                }
                self._once("reading", read.message.gmail_id, values["document"], partial(_same, kept))
                statement = sqlite.insert(reading).values(values)
                connection.execute(statement.on_conflict_do_update(index_elements=["gmail_id"], set_=values))

    # ── candidacies ────────────────────────────────────────────────────────────────────────────────────────────

    def replace_derived(
        self,
        conclusions: Iterable[Conclusion],
        links: Iterable[ThreadLink] = (),
        transitions: Iterable[Transition] = (),
    ) -> None:
        """Put these candidacies and links in the place of all before, and add the transitions, in one transaction."""
        with self._writing() as connection:
            _empty(connection, link, candidacy)
            _fill(connection, candidacy, map(_row, conclusions))
            _fill(connection, link, map(asdict, links))
            _fill(connection, transition, map(asdict, transitions))

    def drop_derived(self) -> None:
        """Forget every conclusion that can be drawn again (readings of stripped messages cannot); facts stay."""
        with self._writing() as connection:
            _empty(connection, link, candidacy)
            whole = select(message.c.gmail_id).where(~message.c.stripped)
            connection.execute(delete(reading).where(reading.c.gmail_id.in_(whole)))

    def conclusions(self) -> tuple[Conclusion, ...]:
        """The candidacies as last concluded, by id."""
        with self._reading() as connection:
            return tuple(map(_conclusion, connection.execute(select(candidacy).order_by(candidacy.c.id))))

    def documents(self) -> tuple[dict[str, Any], ...]:
        """The status documents as last concluded, by id."""
        with self._reading() as connection:
            return tuple(connection.scalars(select(candidacy.c.document).order_by(candidacy.c.id)))

    def concluded_with(self) -> frozenset[str]:
        """The versions of the rules by which the conclusions were drawn."""
        with self._reading() as connection:
            return frozenset(connection.scalars(select(candidacy.c.rules_version).distinct()))

    def next_wake(self) -> datetime | None:
        """The earliest instant at which an answer changes of itself."""
        with self._reading() as connection:
            return connection.scalar(
                select(candidacy.c.wake_at).order_by(candidacy.c.wake_at.nulls_last()).limit(1)
            )

    def links(self) -> tuple[ThreadLink, ...]:
        with self._reading() as connection:
            rows = connection.execute(select(link).order_by(link.c.candidacy_id, link.c.thread_id))
            return tuple(ThreadLink(**row._asdict()) for row in rows)

    # ── transitions ────────────────────────────────────────────────────────────────────────────────────────────

    def transitions(self, candidacy_id: str | None = None) -> tuple[Transition, ...]:
        """The changes of status (of one candidacy) in the order they became true."""
        query = select(transition).order_by(transition.c.at, transition.c.id)
        if candidacy_id is not None:
            query = query.where(transition.c.candidacy_id == candidacy_id)
        with self._reading() as connection:
            return tuple(map(_transition, connection.execute(query)))


def _row(concluded: Conclusion) -> dict[str, Any]:
    later = [(at.isoformat(), document) for at, document in concluded.later]
    return {**asdict(concluded), "later": later}


def _same(read: Reading) -> Reading:
    return read


def _empty(connection: Connection, *tables: Table) -> None:
    for table in tables:
        connection.execute(delete(table))


def _fill(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    if filled := list(rows):
        connection.execute(insert(table), filled)


def _conclusion(row: Row[*tuple[Any, ...]]) -> Conclusion:
    listed = {
        "events": tuple(row.events),
        "explanation": tuple(row.explanation),
        "later": tuple((datetime.fromisoformat(at), document) for at, document in row.later),
    }
    return Conclusion(**{**row._asdict(), **listed})


def _transition(row: Row[*tuple[Any, ...]]) -> Transition:
    return Transition(**{name: value for name, value in row._asdict().items() if name != "id"})


def _without_text(read: Reading) -> Reading:
    return replace(read, message=_bare(read.message))


def _bare(whole: Message) -> Message:
    invites = tuple(_undescribed(invite) for invite in whole.invites)
    return replace(whole, text="", signature_at=0, quoted="", forwarded="", links=(), invites=invites)


def _undescribed(invite: Invite) -> Invite:
    return replace(invite, description="")
