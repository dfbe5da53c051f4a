"""Threads left for later turns; and how a candidacy will look at later instants.

Revision 0002, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "backlog",
        sa.Column("thread_id", sa.Text, primary_key=True, nullable=False),
        sa.Column("gmail_ids", sa.Text, nullable=False),
        sa.Column("whole", sa.Integer, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("thread_id", name=op.f("pk_backlog")),
        sa.CheckConstraint("whole IN (0, 1)", name=op.f("ck_backlog_whole")),
        sqlite_strict=True,
    )
    op.add_column("candidacy", sa.Column("later", sa.Text, server_default="[]", nullable=False))
