"""The database as a file: made private, its revision read, its turn lock held. Cheap: no SQLAlchemy here."""

from __future__ import annotations

import fcntl
import glob
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.errors import AgentError, Busy, ConfigError, DataError

# The schema this program works with: the newest file in migrations/versions (a test compares them).
REVISION = "0002"
BUSY_SECONDS = 5.0


def database_path(where: str | Path) -> Path:
    """The file that a path or a ``sqlite:///`` URL means."""
    return Path(where.removeprefix("sqlite:///")) if isinstance(where, str) else where


def private_file(path: Path) -> None:
    """Make the file (0600) and its folder (0700) where they are missing, and close an existing file to others."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise ConfigError(f"the database {path} cannot be opened: {error.strerror}") from error


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A plain connection to an existing file, transactions by hand; never makes the file."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(
        uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    if read_only:
        connection.execute("PRAGMA query_only = ON")
    return connection


def stored_revision(path: Path) -> str | None:
    """The revision the file was last brought to, or None if it is empty or missing. Takes about a millisecond."""
    if not path.exists():
        return None
    with translated(path):
        connection = connect(path, read_only=True)
        try:
            tables = {
                name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            }
            if "alembic_version" in tables:
                row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
                return str(row[0]) if row else None
        finally:
            connection.close()
    if tables - {"sqlite_sequence"}:
        raise DataError(f"{path} is a database, but not one of this program")
    return None


def require_known(path: Path, revision: str | None) -> None:
    """Refuse a database that a newer program has written (exit 78)."""
    if revision is not None and revision > REVISION:
        raise ConfigError(
            f"the database {path} is newer (revision {revision}) than this program (revision {REVISION}): "
            "upgrade the program, or restore the backup made before the upgrade"
        )


def require_current(path: Path, revision: str | None) -> None:
    """Refuse a database that is missing or empty (65), newer or older (78) than this program."""
    require_known(path, revision)
    if revision is None:
        raise DataError("nothing is stored yet: run `followup-agent sync` first")
    if revision != REVISION:
        raise ConfigError(f"the database {path} is older than this program: run `followup-agent db upgrade`")


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """SQLite's errors in the words of this program: what the user can do about them decides the kind."""
    try:
        yield
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        if (known := explained(path, error)) is None:
            raise
        raise known from error


def explained(path: Path, error: BaseException | None) -> AgentError | None:
    """What an error of SQLite means to the user, or None where it is a bug of ours."""
    if isinstance(error, UnicodeDecodeError):  # a name in the schema that is no text
        return DataError(damaged(path))
    code = getattr(error, "sqlite_errorcode", None)
    match (code or 0) & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Busy(f"another process has held the database {path} for too long")
        case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR:
            return Busy(f"the disk of {path} is full or fails; nothing was changed")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return DataError(damaged(path))
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return ConfigError(f"the database {path} cannot be opened for writing: check its owner and mode")
        case _:
            return None


def damaged(path: Path) -> str:
    """What is told of a damaged file, and what helps."""
    kept = backups(path)
    restore = (
        f"restore a backup (the newest here is {kept[-1].name})" if kept else "restore a backup of your own"
    )
    return f"the database {path} is damaged; {restore}, or move it away and run `followup-agent sync`: notes and the memory of drafts are lost then"


def backups(path: Path) -> tuple[Path, ...]:
    """The backups made before upgrades, oldest first."""
    return tuple(sorted(path.parent.glob(f"{glob.escape(path.stem)}-{'[0-9]' * 8}T{'[0-9]' * 12}Z-*.backup")))


# ── The last turn, told beside the database ──


def write_last_turn(path: Path, number: int, started: int) -> None:
    """Say beside the database which turn was the last (its number and start in microseconds)."""
    mark = _last_turn_file(path)
    private_file(mark)
    mark.write_text(f"{number} {started}\n", encoding="ascii")


def read_last_turn(path: Path) -> tuple[int, int] | None:
    """The last turn that any database in this place has seen to its end, or None if that is not known."""
    try:
        words = _last_turn_file(path).read_text(encoding="ascii", errors="replace").split()
    except OSError:
        return None
    known = len(words) == 2 and all(word.isdecimal() and len(word) < 19 for word in words)
    return (int(words[0]), int(words[1])) if known else None


def _last_turn_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.last-turn")


# ── The lock of a turn ─────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def turn_lock(path: Path) -> Iterator[None]:
    """Hold the turn of this database's account, or raise Busy at once; a dead holder's lock is free (flock(2))."""
    with _locked(_lock_file(path), fcntl.LOCK_EX | fcntl.LOCK_NB) as descriptor:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield


@contextmanager
def upgrade_lock(path: Path) -> Iterator[None]:
    """Wait for, then hold, the right to change the schema."""
    with _locked(path.with_name(f"{path.name}.upgrade-lock"), fcntl.LOCK_EX):
        yield


def lock_holder(path: Path) -> int | None:
    """The process that is in its turn now, or None."""
    try:
        with _locked(_lock_file(path), fcntl.LOCK_SH | fcntl.LOCK_NB):
            return None
    except Busy:
        text = _lock_file(path).read_text(encoding="ascii", errors="replace").strip()
        return int(text) if text.isdecimal() else 0


def _lock_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")


@contextmanager
def _locked(path: Path, operation: int) -> Iterator[int]:
    private_file(path)
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, operation)
        except BlockingIOError as error:
            raise Busy("another turn is running for this account") from error
        yield descriptor
    finally:
        os.close(descriptor)
