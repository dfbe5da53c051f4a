"""How fast: the sliding minute of Gmail's quota, and the pauses between tries.

Gmail allows so many units per user in any sixty seconds (6,000 for projects made since May 2026), and heavy use makes it
slow for days; so we wait before we are told to. No clock is read here: ``now`` and ``sleep`` are passed in.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

TRIES = 5
LONGEST_PAUSE_SECONDS = 64.0
LONGEST_NAMED_WAIT_SECONDS = 900.0  # waits of up to a quarter of an hour were seen; beyond that, another turn
_MINUTE = timedelta(seconds=60)


def pause(attempt: int, jitter: float, *, quota: bool) -> float:
    """Seconds to wait after the ``attempt``-th failure (1, 2, …); ``jitter`` is in [0, 1).

    Server errors: full jitter below a doubling bound. Quota: the bound grows fourfold and at least half of it is waited,
    so that four pauses outlast the sliding minute.
    """
    bound = min(LONGEST_PAUSE_SECONDS, 2.0 * (4.0 if quota else 2.0) ** (attempt - 1))
    floor = max(1.0, bound / 2) if quota else 1.0
    return floor + jitter * (bound - floor)


class Limiter:
    """Lets at most ``units_per_minute`` pass in any sixty seconds; waits by ``sleep``."""

    def __init__(
        self, units_per_minute: int, *, now: Callable[[], datetime], sleep: Callable[[float], None]
    ) -> None:
        self._limit = max(units_per_minute, 1)
        self._now = now
        self._sleep = sleep
        self._spent: deque[tuple[datetime, int]] = deque()

    def spend(self, units: int) -> None:
        """Return as soon as these units may be spent."""
        self._forget(self._now())
        while self._spent and sum(cost for _, cost in self._spent) + units > self._limit:
            at, _ = self._spent.popleft()  # popped even if the clock stands still: no endless wait
            wait = (at + _MINUTE - self._now()).total_seconds()
            if wait > 0:
                self._sleep(min(wait, 60.0))
        self._spent.append((self._now(), units))

    def _forget(self, now: datetime) -> None:
        while self._spent and self._spent[0][0] <= now - _MINUTE:
            self._spent.popleft()
