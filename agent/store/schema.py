"""The tables, on three shelves: facts we never delete of ourselves, conclusions that can be drawn again, and history.

``migrations/`` builds the same tables step by step; a test holds the two against each other.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

from agent.core.model import ActionKind, DraftState, NoteKind
from agent.store.columns import Flag, Instant, Json, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(word.value) for word in words)})", name=column)


def _flag(name: str) -> tuple[Column[Any], CheckConstraint]:
    return Column(name, Flag, nullable=False), CheckConstraint(f"{name} IN (0, 1)", name=name)


def _text(name: str) -> Column[Any]:
    return Column(name, Text, nullable=False)


def _words(name: str) -> Column[Any]:
    return Column(name, Words, nullable=False)


def _json(name: str) -> Column[Any]:
    return Column(name, Json, nullable=False)


# ── Facts ──────────────────────────────────────────────────────────────────────────────────────────────────────

account = Table(
    "account",
    metadata,
    Column("address", Text, primary_key=True),
    _text("history_id"),
    _json("names"),
    _json("send_as"),
    Column("last_sync", Instant),
    _text("listed_with"),
    sqlite_strict=True,
)

message = Table(
    "message",
    metadata,
    Column("gmail_id", Text, primary_key=True),
    _text("thread_id"),
    Column("internal_date", Instant),
    _json("label_ids"),
    *_flag("relevant"),
    *_flag("gone"),
    *_flag("stripped"),
    Column("source", LargeBinary),
    Column("fetched_at", Instant),
    CheckConstraint("relevant = 0 OR source IS NOT NULL", name="relevant_has_source"),
    Index(None, "thread_id"),
    sqlite_strict=True,
)

label = Table("label", metadata, Column("id", Text, primary_key=True), _words("name"), sqlite_strict=True)

note = Table(
    "note",
    metadata,
    Column("id", Integer, primary_key=True),
    _text("thread_id"),
    _text("kind"),
    Column("at", Instant, nullable=False),
    Column("made_at", Instant, nullable=False),
    _words("key"),
    _words("value"),
    _one_of("kind", NoteKind),
    Index(None, "thread_id"),
    sqlite_strict=True,
    sqlite_autoincrement=True,  # a note's number is never given to another note
)

draft = Table(
    "draft",
    metadata,
    Column("key", Text, primary_key=True),
    _text("candidacy_id"),
    _text("anchor_thread_id"),
    _text("kind"),
    Column("step", Integer, nullable=False),
    _text("state"),
    _text("thread_id"),
    _json("to"),
    _json("cc"),
    _words("subject"),
    _words("text"),
    _text("digest"),
    Column("created_at", Instant, nullable=False),
    _text("draft_id"),
    _text("gmail_id"),
    _text("kept_digest"),
    Column("changed_at", Instant),
    _words("because"),
    Column("attempts", Integer, nullable=False),
    _one_of("kind", ActionKind),
    _one_of("state", DraftState),
    Index(None, "anchor_thread_id"),
    sqlite_strict=True,
)

run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    _text("mode"),
    _json("counts"),
    _words("outcome"),
    sqlite_strict=True,
)

forgotten = Table(
    "forgotten",
    metadata,
    Column("thread_id", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    sqlite_strict=True,
)

backlog = Table(
    "backlog",
    metadata,
    Column("thread_id", Text, primary_key=True),
    _json("gmail_ids"),
    *_flag("whole"),
    Column("place", Integer, nullable=False),
    sqlite_strict=True,
)

# ── Conclusions ────────────────────────────────────────────────────────────────────────────────────────────────

reading = Table(
    "reading",
    metadata,
    Column("gmail_id", Text, ForeignKey("message.gmail_id", ondelete="CASCADE"), primary_key=True),
    _text("rules_version"),
    Column("document", LargeBinary, nullable=False),
    sqlite_strict=True,
)

candidacy = Table(
    "candidacy",
    metadata,
    Column("id", Text, primary_key=True),
    _text("anchor_thread_id"),
    _json("document"),
    _json("events"),
    _json("explanation"),
    Column("wake_at", Instant),
    _text("rules_version"),
    Column("later", Json, nullable=False, server_default="[]"),
    sqlite_strict=True,
)

link = Table(
    "link",
    metadata,
    Column("thread_id", Text, primary_key=True),
    Column("candidacy_id", Text, ForeignKey("candidacy.id", ondelete="CASCADE"), primary_key=True),
    _text("by"),
    Index(None, "candidacy_id"),
    sqlite_strict=True,
)

# ── History ────────────────────────────────────────────────────────────────────────────────────────────────────

transition = Table(
    "transition",
    metadata,
    Column("id", Integer, primary_key=True),
    _text("candidacy_id"),
    _text("before"),
    _text("after"),
    Column("at", Instant, nullable=False),
    _words("because"),
    Index(None, "candidacy_id", "at"),
    sqlite_strict=True,
)
