"""Copies of the database that can be trusted: complete, private and checked before they get their name."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from agent.errors import DataError
from agent.store.files import backups, connect, damaged, private_file, stored_revision, translated

KEPT = 3


def backup(path: Path, to: Path) -> None:
    """Write a checked copy (0600) of the database at ``path``; an existing file is never overwritten."""
    if to.exists():
        raise DataError(f"{to} exists already; name a new file for the backup")
    part = to.with_name(f".{to.name}.part")
    part.unlink(missing_ok=True)
    try:
        private_file(part)  # VACUUM INTO would make it 0644, but takes an empty file as it is
        with translated(path), closing(connect(path)) as source:
            source.execute("VACUUM INTO ?", (str(part),))
        if found := damages(part):
            raise DataError(f"the copy of {path} is damaged: {found[0]}")
        _settled(part, to)
    finally:
        part.unlink(missing_ok=True)


def keep_backup(path: Path, revision: str) -> Path:
    """A backup beside the database, named by time and revision; the oldest beyond three are removed."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")  # a file name, not a fact: no decision rests on it
    to = path.with_name(f"{path.stem}-{stamp}Z-{revision}.backup")
    backup(path, to)
    for old in backups(path)[:-KEPT]:
        old.unlink(missing_ok=True)
    return to


def damages(path: Path) -> tuple[str, ...]:
    """What SQLite finds wrong with the file, in its words; nothing if it is whole."""
    try:
        with closing(connect(path, read_only=True)) as connection:
            whole = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)")]
            loose = [
                f"a {row[0]} row names a missing {row[2]}"
                for row in connection.execute("PRAGMA foreign_key_check")
            ]
    except sqlite3.DatabaseError as error:
        return (str(error),)
    return tuple(line for line in whole if line != "ok") + tuple(loose)


def damage(path: Path) -> DataError | None:
    """What to tell the user if the file is damaged: facts that contradict their schema come to light as odd errors elsewhere."""
    if not path.exists() or not (found := damages(path)):
        return None
    return DataError(damaged(path), found[:1])


def check(path: Path) -> tuple[str, ...]:
    """Everything that is wrong with the database, one line each: structure, references, schema, readable facts."""
    if not path.exists():
        return (f"there is no database at {path}",)
    if found := damages(path):
        return found
    stored_revision(path)
    from agent.store.soundness import unsound

    return unsound(path)


def _settled(part: Path, to: Path) -> None:
    """Give the finished copy its name so that it survives a power cut, and never over another file."""
    descriptor = os.open(part, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        to.hardlink_to(part)
    except FileExistsError as error:
        raise DataError(f"{to} exists already; name a new file for the backup") from error
    except OSError:  # a file system without hard links
        part.rename(to)
    folder = os.open(to.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
