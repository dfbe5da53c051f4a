"""The questions the cycle asks, answered in the core's nouns: one database, one account."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from agent.store import backup
from agent.store.columns import instant, microseconds
from agent.store.conclusions import Conclusions
from agent.store.database import open_database, open_reader, path_of
from agent.store.files import read_last_turn, write_last_turn
from agent.store.ledger import Ledger
from agent.store.mailbox import Mailbox
from agent.store.oblivion import Oblivion


class Store(Mailbox, Ledger, Conclusions, Oblivion):
    """Facts, conclusions and history. Each method is one transaction; ``transaction()`` makes several into one."""

    @classmethod
    def open(cls, where: str | Path, *, upgrade: bool = True) -> Self:
        """For reading and writing; made, or backed up and upgraded, where needed (see ``open_database``)."""
        return cls(open_database(where, upgrade=upgrade))

    @classmethod
    def open_reader(cls, where: str | Path) -> Self:
        """For looking only; the database must exist."""
        return cls(open_reader(where))

    @property
    def path(self) -> Path:
        return path_of(self._engine)

    def remember_turn(self, number: int, *, at: datetime) -> None:
        """Say beside the database that this turn, begun ``at``, came to its end."""
        write_last_turn(self.path, number, microseconds(at))

    def lost_turn(self) -> datetime | None:
        """When the last turn began, if this database does not know of it: it is older, it came back from a backup."""
        told = read_last_turn(self.path)
        if told is None or self.knows_run(told[0], at=instant(told[1])):
            return None
        return instant(told[1])

    def backup(self, to: Path) -> None:
        """Write a checked copy to a new file (0600)."""
        backup.backup(self.path, to)

    def check(self) -> tuple[str, ...]:
        """Everything that is wrong with the database, one line each; nothing if it is sound."""
        return backup.check(self.path)

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
