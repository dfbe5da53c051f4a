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
    left: int = 0  # threads that were found and not read yet
    wake_at: datetime | None = None  # from then on the documents may no longer be true: ask the core again


def glance(where: str | Path, now: datetime | None = None) -> Glance:
    """The account and the status documents by id, as they are at ``now``; DataError if there is no database yet."""
    path = database_path(where)
    require_current(path, stored_revision(path))
    with translated(path), closing(connect(path, read_only=True)) as connection:
        connection.execute("BEGIN")
        account = connection.execute("SELECT address, last_sync FROM account").fetchone() or ("", None)
        examined = connection.execute("SELECT count(*) FROM message").fetchone()[0]
        left = connection.execute("SELECT count(*) FROM backlog").fetchone()[0]
        rows = connection.execute("SELECT document, wake_at, later FROM candidacy ORDER BY id").fetchall()
    seen = [
        _at(now, json.loads(document), _instant(wake), json.loads(later)) for document, wake, later in rows
    ]
    return Glance(
        account=account[0],
        last_sync=_instant(account[1]),
        examined=examined,
        left=left,
        documents=tuple(document for document, _ in seen),
        wake_at=min((wake for _, wake in seen if wake is not None), default=None),
    )


def _at(
    now: datetime | None, document: dict[str, Any], wake: datetime | None, later: list[Any]
) -> tuple[dict[str, Any], datetime | None]:
    """The document at this instant, and from when on it may no longer be true."""
    if now is None or not later:
        return document, wake
    for told, coming in later:
        at = datetime.fromisoformat(told)
        if at > now or coming is None:
            return document, at
        document = coming
    return document, None


def _instant(value: int | None) -> datetime | None:
    return None if value is None else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value)
