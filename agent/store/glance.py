"""A quick look for commands that only show: the stored documents by plain sqlite3, without SQLAlchemy's 200 ms."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from agent.store.files import connect, database_path, require_current, stored_revision, translated


@dataclass(frozen=True, slots=True)
class Glance:
    """What was last concluded. ``account`` is empty and ``documents`` are none before the first sync."""

    account: str
    last_sync: datetime | None
    documents: tuple[dict[str, Any], ...]
    examined: int = 0  # messages looked at in all, so that a zero can be believed
    wake_at: datetime | None = None  # from then on the documents may no longer be true: ask the core again


def glance(where: str | Path) -> Glance:
    """The account and the status documents by id; DataError if there is no database yet."""
    path = database_path(where)
    require_current(path, stored_revision(path))
    with translated(path), closing(connect(path, read_only=True)) as connection:
        connection.execute("BEGIN")
        account = connection.execute("SELECT address, last_sync FROM account").fetchone() or ("", None)
        examined = connection.execute("SELECT count(*) FROM message").fetchone()[0]
        rows = connection.execute("SELECT document, wake_at FROM candidacy ORDER BY id").fetchall()
    wakes = [wake for _, wake in rows if wake is not None]
    return Glance(
        account=account[0],
        last_sync=_instant(account[1]),
        examined=examined,
        documents=tuple(json.loads(document) for document, _ in rows),
        wake_at=_instant(min(wakes, default=None)),
    )


def _instant(value: int | None) -> datetime | None:
    return None if value is None else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value)
