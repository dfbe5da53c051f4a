"""What the user said and what we did: notes, the lives of drafts, runs. The memory that makes each deed happen once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.dialects import sqlite

from agent.core.model import ActionKind, DraftRecord, DraftState, Note, NoteKind
from agent.store.records import Run
from agent.store.schema import draft, note, run
from agent.store.transactions import Transactions, chunks

PASSED = "it came and went"  # the reason on an intent whose draft was seen only in passing


class DraftChanges(TypedDict, total=False):
    """What may change in the life of a draft; its key, kind and step never do."""

    candidacy_id: str
    anchor_thread_id: str
    state: DraftState
    thread_id: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    text: str
    digest: str
    draft_id: str
    gmail_id: str
    kept_digest: str
    changed_at: datetime | None
    because: str
    attempts: int


class Ledger(Transactions):
    """Notes, drafts and runs."""

    # ── notes ──────────────────────────────────────────────────────────────────────────────────────────────────

    def notes(self) -> tuple[Note, ...]:
        """All that the user told us, in the order it was said."""
        with self._reading() as connection:
            return tuple(map(_note, connection.execute(select(note).order_by(note.c.id))))

    def add_note(self, said: Note) -> Note:
        """Keep a note; returns it with the number it got (the number it came with is ignored)."""
        values = {name: value for name, value in asdict(said).items() if name != "id"}
        with self._writing() as connection:
            number = connection.execute(insert(note).values(values)).inserted_primary_key
        assert number is not None
        return replace(said, id=number[0])

    def remove_note(self, number: int) -> bool:
        """Take a note back; False if there is none of this number."""
        with self._writing() as connection:
            return connection.execute(delete(note).where(note.c.id == number)).rowcount == 1

    # ── drafts ─────────────────────────────────────────────────────────────────────────────────────────────────

    def drafts(self) -> tuple[DraftRecord, ...]:
        """Every draft ever intended, oldest first."""
        with self._reading() as connection:
            return tuple(
                map(_draft, connection.execute(select(draft).order_by(draft.c.created_at, draft.c.key)))
            )

    def draft_by_key(self, key: str) -> DraftRecord | None:
        with self._reading() as connection:
            row = connection.execute(select(draft).where(draft.c.key == key)).first()
        return None if row is None else _draft(row)

    def put_intent(self, record: DraftRecord) -> bool:
        """Write the intent down, durably before this returns; False if this key was ever intended before.

        Only on True may ``drafts.create`` leave. Inside a ``transaction()`` it is durable only when that ends.
        """
        with self._writing() as connection:
            statement = (
                sqlite.insert(draft).values(asdict(record)).on_conflict_do_nothing(index_elements=["key"])
            )
            return connection.execute(statement).rowcount == 1

    def update_draft(
        self, key: str, *, was: DraftState | None = None, **changes: Unpack[DraftChanges]
    ) -> bool:
        """Record what became of a draft; False if there is no such key, or its state is no longer ``was``."""
        statement = update(draft).where(draft.c.key == key).values(**changes)
        if was is not None:
            statement = statement.where(draft.c.state == was)
        with self._writing() as connection:
            return connection.execute(statement).rowcount == 1

    def mark_passed(self, thread_ids: Iterable[str]) -> None:
        """In these threads a draft came and went: an intent whose draft is not found there was made, and discarded."""
        with self._writing() as connection:
            for chunk in chunks(thread_ids):
                here = (draft.c.state == DraftState.INTENDED) & draft.c.thread_id.in_(chunk)
                connection.execute(update(draft).where(here).values(because=PASSED))

    # ── runs ───────────────────────────────────────────────────────────────────────────────────────────────────

    def start_run(self, mode: str, *, at: datetime) -> int:
        """Note that a turn began; returns its number."""
        with self._writing() as connection:
            values = {"started_at": at, "mode": mode, "counts": {}, "outcome": ""}
            number = connection.execute(insert(run).values(values)).inserted_primary_key
        assert number is not None
        return int(number[0])

    def finish_run(
        self, number: int, *, at: datetime, outcome: str, counts: Mapping[str, int] | None = None
    ) -> None:
        """Note how it ended (``ok``, or the name of the error; never mail content), and its figures."""
        values = {"finished_at": at, "outcome": outcome, "counts": dict(counts or {})}
        with self._writing() as connection:
            connection.execute(update(run).where(run.c.id == number).values(values))

    def knows_run(self, number: int, *, at: datetime) -> bool:
        """True if a turn of this number began at this instant."""
        query = select(run.c.id).where(run.c.id == number, run.c.started_at == at)
        with self._reading() as connection:
            return connection.execute(query).first() is not None

    def runs(self, limit: int = 20) -> tuple[Run, ...]:
        """The last turns, newest first."""
        with self._reading() as connection:
            return tuple(map(_run, connection.execute(select(run).order_by(run.c.id.desc()).limit(limit))))


def _note(row: Row[*tuple[Any, ...]]) -> Note:
    return Note(**{**row._asdict(), "kind": NoteKind(row.kind)})


def _draft(row: Row[*tuple[Any, ...]]) -> DraftRecord:
    known = {
        "kind": ActionKind(row.kind),
        "state": DraftState(row.state),
        "to": tuple(row.to),
        "cc": tuple(row.cc),
    }
    return DraftRecord(**{**row._asdict(), **known})


def _run(row: Row[*tuple[Any, ...]]) -> Run:
    return Run(**row._asdict())
