"""A backup in the database's place: checked first, whole or not at all, and what it replaces is kept aside."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from agent.errors import DataError
from agent.store.backup import backup, damages
from agent.store.files import require_known, stored_revision, translated, turn_lock


def restore(path: Path, source: Path) -> Path | None:
    """Put a checked copy of ``source`` at ``path``; returns where the replaced database went, None if there was none.

    DataError: the backup is missing, damaged or not one of ours. ConfigError: a newer program wrote it. Busy: a turn is
    running. The log and index files of the old database go aside with it: beside another database they would spoil it.
    """
    _usable(source)
    with turn_lock(path):
        part = path.with_name(f".{path.name}.restored")
        part.unlink(missing_ok=True)
        try:
            backup(source, part)
            aside = _aside(path) if path.exists() else None
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    return aside


def _usable(source: Path) -> None:
    if not source.is_file():
        raise DataError(f"there is no backup at {source}")
    if found := damages(source):
        raise DataError(f"the backup {source} is damaged", found)
    with translated(source):
        revision = stored_revision(source)
    if revision is None:
        raise DataError(f"{source} is no backup of this program")
    require_known(source, revision)


def _aside(path: Path) -> Path:
    """Under a name of its own, with its log and index beside it, so that SQLite finds it whole."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")  # a file name, not a fact: no decision rests on it
    aside = path.with_name(f"{path.stem}-{stamp}Z.replaced")
    path.rename(aside)
    for end in ("-wal", "-shm"):
        beside = path.with_name(f"{path.name}{end}")
        if beside.exists():
            beside.rename(aside.with_name(f"{aside.name}{end}"))
    return aside
