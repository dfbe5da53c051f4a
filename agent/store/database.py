"""The engine: transactions that mean it, durable commits, and a schema that is brought up to date before first use."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from agent.store.files import (
    REVISION,
    connect,
    database_path,
    explained,
    private_file,
    require_current,
    require_known,
    stored_revision,
    translated,
)

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # NORMAL may lose a commit with the power: an intent must outlive it
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what was forgotten is overwritten, not just unlinked
)


def open_database(where: str | Path, *, upgrade: bool = True) -> Engine:
    """The engine for this file, made and brought to the newest schema first.

    A database behind is backed up, then upgraded in one transaction; with ``upgrade=False`` it is refused, as is a
    newer one (ConfigError). A damaged file is DataError.
    """
    path = database_path(where)
    private_file(path)
    revision = stored_revision(path)
    require_known(path, revision)
    if not upgrade and revision is not None:
        require_current(path, revision)
    engine = _engine(path)
    if revision != REVISION:
        from agent.store.migrate import upgrade_to_head  # Alembic costs 400 ms: only when there is work

        try:
            upgrade_to_head(engine, path)
        except BaseException:
            engine.dispose()
            raise
    return engine


def open_reader(where: str | Path) -> Engine:
    """An engine that cannot write, for commands that only look; the file must exist and have this program's schema."""
    path = database_path(where)
    revision = stored_revision(path)
    require_current(path, revision)
    return _engine(path, read_only=True)


def _engine(path: Path, *, read_only: bool = False) -> Engine:
    def creator() -> sqlite3.Connection:
        with translated(path):
            connection = connect(path, read_only=read_only)
            for pragma in PRAGMAS[1:] if read_only else PRAGMAS:
                connection.execute(pragma)
            return connection

    engine = create_engine(f"sqlite:///{path.absolute()}", creator=creator)
    event.listen(engine, "begin", _begin)
    return engine.execution_options(reading=read_only)


def _begin(connection: Connection) -> None:
    """Writers take the lock at once: a deferred BEGIN that turns into a write fails without waiting, or loses updates."""
    if not connection.get_execution_options().get("reading", False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    elif isinstance(raw := connection.connection.driver_connection, sqlite3.Connection):
        raw.execute(
            "BEGIN"
        )  # waits for nobody and cannot fail: SQLAlchemy's way around costs ten times as much


def path_of(engine: Engine) -> Path:
    """The file behind the engine."""
    return Path(str(engine.url.database))


@contextmanager
def begun(engine: Engine) -> Iterator[Connection]:
    """One transaction: committed as a whole, or not at all; SQLite's errors in this program's words."""
    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        if (known := explained(path_of(engine), error.orig)) is None:
            raise
        raise known from error
