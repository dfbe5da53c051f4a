"""Whether what is stored is what this program means: the tables' shape, and facts that can still be read."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine, select

from agent.core.model import Source
from agent.errors import DataError
from agent.store.codec import unpacked
from agent.store.database import begun, open_reader
from agent.store.files import connect
from agent.store.schema import message, metadata


def unsound(path: Path) -> tuple[str, ...]:
    """One line for every table whose shape is not this program's, and for every mail that cannot be read back."""
    with closing(connect(path, read_only=True)) as connection:
        found = shape(connection)
    wanted = _wanted_shape()
    lines = [
        f"{name} is not as this program makes it"
        for name in sorted(wanted)
        if found.get(name) != wanted[name]
    ]
    return tuple(lines) or _unreadable(path)


def shape(connection: sqlite3.Connection) -> dict[str, str]:
    """The statement behind each table and index, spaces and quotes aside; Alembic's own table left out."""
    rows = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'alembic_%' AND name NOT LIKE 'sqlite_%'"
    )
    return {name: _normal(sql) for name, sql in rows}


def _normal(sql: str) -> str:
    """The clauses of a CREATE in a fixed order: constraints may be listed in any."""
    spaced = " ".join(re.sub(r'["`]', "", sql).split())
    head, _, rest = spaced.partition("(")
    body, _, tail = rest.rpartition(")")
    clauses = sorted(clause.strip() for clause in re.split(r",(?![^(]*\))", body))
    return f"{head.strip()} ({', '.join(clauses)}) {tail.strip()}".strip()


def _wanted_shape() -> dict[str, str]:
    engine = create_engine("sqlite://")
    try:
        metadata.create_all(engine)
        with engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            return shape(raw)
    finally:
        engine.dispose()


def _unreadable(path: Path) -> tuple[str, ...]:
    engine, lines = open_reader(path), []
    try:
        with begun(engine) as connection:
            for row in connection.execute(
                select(message.c.gmail_id, message.c.source).where(message.c.relevant)
            ):
                try:
                    unpacked(Source, row.source)
                except DataError:
                    lines.append(f"the stored text of message {row.gmail_id} is damaged")
    finally:
        engine.dispose()
    return tuple(lines)
