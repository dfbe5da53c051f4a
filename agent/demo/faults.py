"""Faults to order: which request goes wrong, and how."""

import re
from dataclasses import dataclass
from threading import Event, Lock
from typing import Literal

Kind = Literal[
    "status",
    "reset_before",
    "reset_after",
    "hang_up",
    "hang_up_after",
    "stall",
    "stall_after",
    "html_502",
    "truncate",
    "malformed_json",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """From the `nth` request that matches on, `times` of them go wrong.

    `status`: answers `code` with Google's error body (`reason`, `message`; `retry_after` seconds puts
    Gmail's "Retry after" sentence there); nothing is applied.
    `reset_before`/`reset_after`: the connection is reset (RST) before/after the deed is done.
    `hang_up`/`hang_up_after`: the same with an orderly close (FIN), at which httplib2 sends again.
    `stall`/`stall_after`: no answer for `seconds` or until `Faults.release`, then a reset.
    `html_502`: a proxy's page; nothing is applied. `truncate`, `malformed_json`: the deed is done, half
    of the body arrives (cut off, or as if it were whole).
    """

    kind: Kind
    method: str = "*"
    path: str = ""
    nth: int = 1
    times: int = 1
    code: int = 503
    reason: str = "backendError"
    message: str | None = None
    retry_after: float | None = None
    seconds: float = 30.0


class Faults:
    """The faults still to come; each counts the requests that match it from the moment it is added."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._plans: list[tuple[Fault, list[int]]] = []
        self._released = Event()

    def add(self, *faults: Fault) -> None:
        """Order these faults."""
        with self._lock:
            self._plans += [(fault, [0]) for fault in faults]

    def clear(self) -> None:
        """Order is restored; whoever waits is released."""
        with self._lock:
            self._plans.clear()
        self.release()

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that befalls this request: the first ordered of those whose turn it is."""
        struck = None
        with self._lock:
            for fault, seen in self._plans:
                if fault.method in {"*", method} and re.search(fault.path, path):
                    seen[0] += 1
                    if struck is None and fault.nth <= seen[0] < fault.nth + fault.times:
                        struck = fault
        return struck

    def release(self) -> None:
        """Let the stalled requests go on to their end."""
        self._released.set()
        self._released = Event()

    def wait(self, seconds: float) -> None:
        """Stall until released, at most so long."""
        self._released.wait(seconds)
