"""The cycle's machine with finer steps: each database statement and file operation is one too, besides commits and requests.

A turn that dies here raises ``Cut`` at its n-th step and at every one after it, so nothing it still tries reaches disk or
network; then the database is opened anew, as the next process would.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from agent.store.store import Store
from tests.cycle.machine import Machine, with_hands
from tests.cycle.machine_gmail import Cut, NearGmail, NearSession, Steps, _Named

FILE_DEEDS = frozenset({"open", "os.rename", "os.remove", "os.link", "os.truncate", "os.chmod"})


@dataclass(slots=True)
class Watch:
    """The file operations of Python below one folder, reported to whoever watches now."""

    folder: str = ""
    step: Callable[[], None] | None = None

    def __call__(self, what: str, arguments: tuple[Any, ...]) -> None:
        if self.step is None or what not in FILE_DEEDS or not arguments:
            return
        path = arguments[0]
        if isinstance(path, int) or str(path).startswith(self.folder):
            self.step()


WATCH = Watch()
_hooked: list[bool] = []


def watch_files() -> None:
    """Report file operations from now on; an audit hook stays for the life of the process."""
    if not _hooked:
        _hooked.append(True)
        sys.addaudithook(WATCH)


@dataclass(slots=True)
class FineSteps(Steps):
    """Steps that know what they were, for the report of a failure."""

    kinds: list[str] = field(default_factory=list)

    def set(self, at: int, strike: Callable[[], object] | None = None) -> None:
        self.kinds.clear()
        Steps.set(self, at, strike)  # type: ignore[arg-type]  # what it returns is nobody's

    def named(self, kind: str) -> None:
        self.kinds.append(kind)
        self.step()


class Lab(Machine):
    """The machine, with statements and files among its steps, and a turn that one may cut off or disturb."""

    def __init__(self) -> None:
        super().__init__()
        self.fine = self.steps = FineSteps()
        assert isinstance(self.gmail, NearGmail)
        self.gmail.near.steps = self.fine
        self.served: list[str] = []  # the methods that Gmail has answered, in order
        self._listen_in(self.gmail.near)
        watch_files()

    def _listen_in(self, near: NearSession) -> None:
        answer = near._answer

        def listened(request: _Named) -> dict[str, Any]:
            self.served.append(request.path)
            return answer(request)

        near._answer = listened  # type: ignore[method-assign]

    def seen_and_made(self, since: int) -> bool:
        """True if after so many answers a thread was read, and then a draft was made all the same."""
        later = self.served[since:]
        made = later.index("drafts.create") if "drafts.create" in later else 0
        return "threads.get" in later[:made]

    def open_on(self, source: Path) -> None:
        """A copy of this database."""
        self._open_store(source)

    def _open_store(self, source: Path) -> None:
        super()._open_store(source)
        self._listen()

    def _listen(self) -> None:
        event.listen(self.store._engine, "before_cursor_execute", lambda *_: self.fine.named("statement"))

    def next_process(self) -> None:
        """The process died: its connections are gone, the file is opened anew."""
        self.steps.set(0)
        self.store.close()
        self.store = Store.open(self.database)
        event.listen(self.store._engine, "commit", lambda _: self.steps.step())
        self._listen()

    def watched_turn(self, at: int = 0, strike: Callable[[], object] | None = None) -> int:
        """One turn in which step ``at`` is the last (or brings ``strike``); how many steps there were."""
        self.fine.set(at, strike)
        WATCH.folder, WATCH.step = str(self.folder), lambda: self.fine.named("file")
        try:
            self._crank()
        except Cut:
            return self.fine.count
        finally:
            WATCH.step = None
        return self.fine.count

    def advance(self, **by: float) -> None:
        self.clock.advance(timedelta(**by))

    def at(self, when: str) -> None:
        self.clock.set(datetime.fromisoformat(when))

    def hand(self, deed: str) -> bool:
        """The user does something with the draft of ours, if there is one."""
        ours = self.ours()
        if ours:
            with_hands(self.witness, lambda: self.touch(ours[0], deed))
        return bool(ours)
