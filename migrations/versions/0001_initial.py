"""The first schema: facts, conclusions, history.

Revision 0001, after nothing. Revisions are four digits, counted up: the program compares them.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NOTE_KINDS = "'track', 'ignore', 'close', 'reopen', 'snooze', 'set', 'log', 'note', 'merge', 'split'"
ACTION_KINDS = "'thank_you', 'follow_up', 'move_on', 'none'"
DRAFT_STATES = "'intended', 'open', 'edited', 'sent', 'discarded', 'withdrawn', 'obsolete'"


def text(name: str, *, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, primary_key=key, nullable=False)


def integer(name: str, *, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, primary_key=key, nullable=False)


def instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    """Microseconds since 1970 UTC."""
    return sa.Column(name, sa.Integer, nullable=nullable)


def upgrade() -> None:
    facts()
    receipts()
    conclusions()
    history()


def facts() -> None:
    op.create_table(
        "account",
        text("address", key=True),
        text("history_id"),
        text("names"),
        text("send_as"),
        instant("last_sync", nullable=True),
        text("listed_with"),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_account")),
        sqlite_strict=True,
    )
    op.create_table(
        "message",
        text("gmail_id", key=True),
        text("thread_id"),
        instant("internal_date", nullable=True),
        text("label_ids"),
        integer("relevant"),
        integer("gone"),
        integer("stripped"),
        sa.Column("source", sa.LargeBinary),
        instant("fetched_at", nullable=True),
        sa.PrimaryKeyConstraint("gmail_id", name=op.f("pk_message")),
        sa.CheckConstraint("relevant IN (0, 1)", name=op.f("ck_message_relevant")),
        sa.CheckConstraint("gone IN (0, 1)", name=op.f("ck_message_gone")),
        sa.CheckConstraint("stripped IN (0, 1)", name=op.f("ck_message_stripped")),
        sa.CheckConstraint("relevant = 0 OR source IS NOT NULL", name=op.f("ck_message_relevant_has_source")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_message_thread_id"), "message", ["thread_id"])
    op.create_table(
        "label",
        text("id", key=True),
        text("name"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label")),
        sqlite_strict=True,
    )
    op.create_table(
        "note",
        integer("id", key=True),
        text("thread_id"),
        text("kind"),
        instant("at"),
        instant("made_at"),
        text("key"),
        text("value"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        sa.CheckConstraint(f"kind IN ({NOTE_KINDS})", name=op.f("ck_note_kind")),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_note_thread_id"), "note", ["thread_id"])
    op.create_table(
        "forgotten",
        text("thread_id", key=True),
        instant("at"),
        sa.PrimaryKeyConstraint("thread_id", name=op.f("pk_forgotten")),
        sqlite_strict=True,
    )


def receipts() -> None:
    op.create_table(
        "draft",
        text("key", key=True),
        text("candidacy_id"),
        text("anchor_thread_id"),
        text("kind"),
        integer("step"),
        text("state"),
        text("thread_id"),
        text("to"),
        text("cc"),
        text("subject"),
        text("text"),
        text("digest"),
        instant("created_at"),
        text("draft_id"),
        text("gmail_id"),
        text("kept_digest"),
        instant("changed_at", nullable=True),
        text("because"),
        integer("attempts"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_draft")),
        sa.CheckConstraint(f"kind IN ({ACTION_KINDS})", name=op.f("ck_draft_kind")),
        sa.CheckConstraint(f"state IN ({DRAFT_STATES})", name=op.f("ck_draft_state")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_draft_anchor_thread_id"), "draft", ["anchor_thread_id"])
    op.create_table(
        "run",
        integer("id", key=True),
        instant("started_at"),
        instant("finished_at", nullable=True),
        text("mode"),
        text("counts"),
        text("outcome"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        sqlite_strict=True,
    )


def conclusions() -> None:
    op.create_table(
        "reading",
        text("gmail_id", key=True),
        text("rules_version"),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("gmail_id", name=op.f("pk_reading")),
        sa.ForeignKeyConstraint(
            ["gmail_id"], ["message.gmail_id"], name=op.f("fk_reading_gmail_id"), ondelete="CASCADE"
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "candidacy",
        text("id", key=True),
        text("anchor_thread_id"),
        text("document"),
        text("events"),
        text("explanation"),
        instant("wake_at", nullable=True),
        text("rules_version"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidacy")),
        sqlite_strict=True,
    )
    op.create_table(
        "link",
        text("thread_id", key=True),
        text("candidacy_id", key=True),
        text("by"),
        sa.PrimaryKeyConstraint("thread_id", "candidacy_id", name=op.f("pk_link")),
        sa.ForeignKeyConstraint(
            ["candidacy_id"], ["candidacy.id"], name=op.f("fk_link_candidacy_id"), ondelete="CASCADE"
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_link_candidacy_id"), "link", ["candidacy_id"])


def history() -> None:
    op.create_table(
        "transition",
        integer("id", key=True),
        text("candidacy_id"),
        text("before"),
        text("after"),
        instant("at"),
        text("because"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transition")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_transition_candidacy_id_at"), "transition", ["candidacy_id", "at"])
