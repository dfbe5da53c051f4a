"""One question, one transaction; or several questions in one, when the caller opens it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, Engine

from agent.store.database import begun

T = TypeVar("T")
CHUNK = 500  # SQLite takes at most 32,766 parameters, older builds 999


class Transactions:
    """Something that reads and writes through one engine."""

    def __init__(self, engine: Engine, connection: Connection | None = None) -> None:
        self._engine = engine
        self._reader = engine.execution_options(reading=True)
        self._connection = connection
        self._decoded: dict[
            tuple[str, str], tuple[object, Any]
        ] = {}  # (kind, id) → what lies there, and its value

    @contextmanager
    def transaction(self) -> Iterator[Self]:
        """The same store inside one transaction: all that is written through it is kept, or nothing is."""
        with self._writing() as connection:
            yield self._within(connection)

    @contextmanager
    def snapshot(self) -> Iterator[Self]:
        """The same store for reading only, at one instant: several questions for the price of one."""
        with self._reading() as connection:
            yield self._within(connection)

    def _within(self, connection: Connection) -> Self:
        inner = copy(self)
        inner._connection = connection  # noqa: SLF001 (the same store, inside one transaction)
        return inner

    def _once(self, kind: str, name: str, stored: object, decode: Callable[[], T]) -> T:
        """The decoded value of what is stored; the same object as long as the stored bytes are the same."""
        known = self._decoded.get((kind, name))
        if known is None or known[0] != stored:
            known = self._decoded[kind, name] = stored, decode()
        value: T = known[1]
        return value

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        if self._connection is not None:
            yield self._connection
            return
        with begun(self._engine) as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """A snapshot that does not keep writers out."""
        if self._connection is not None:
            yield self._connection
            return
        with begun(self._reader) as connection:
            yield connection

    def _empty_the_log(self) -> None:
        """What was just overwritten still stands in the write-ahead log until that is cut off (as far as readers let us)."""
        if self._connection is not None:
            return
        with self._engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """The distinct items in lists short enough for one statement."""
    distinct = list(dict.fromkeys(items))
    for start in range(0, len(distinct), CHUNK):
        yield distinct[start : start + CHUNK]
