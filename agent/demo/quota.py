"""Gmail's quota: units per call, per user and sliding minute (table of 2026-05-01)."""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from agent.demo.answers import ApiError

UNITS = {
    "users.getProfile": 1,
    "users.labels.list": 1,
    "users.labels.get": 1,
    "users.settings.sendAs.list": 1,
    "users.history.list": 2,
    "users.messages.list": 5,
    "users.drafts.list": 5,
    "users.threads.list": 10,
    "users.drafts.create": 10,
    "users.drafts.delete": 10,
    "users.drafts.update": 15,
    "users.messages.get": 20,
    "users.messages.attachments.get": 20,
    "users.drafts.get": 20,
    "users.threads.get": 40,
}
_MINUTE = timedelta(minutes=1)


class Meter:
    """Counts units; refuses what would exceed `per_minute` (None: never) within any minute of `clock`."""

    def __init__(self, per_minute: int | None, clock: Callable[[], datetime]) -> None:
        self.per_minute = per_minute
        self.units = 0
        self._clock = clock
        self._spent: deque[tuple[datetime, int]] = deque()

    def charge(self, method: str) -> int:
        """Book a call and return its units, or answer 403 with the time after which to come back."""
        units = UNITS.get(method, 0)
        now = self._clock()
        while self._spent and self._spent[0][0] <= now - _MINUTE:
            self._spent.popleft()
        spent = sum(spent for _, spent in self._spent)
        if self.per_minute is not None and spent + units > self.per_minute:
            first = self._spent[0][0] if self._spent else now
            raise ApiError(403, "rateLimitExceeded", retry_after(first + _MINUTE))
        self._spent.append((now, units))
        self.units += units
        return units


def retry_after(moment: datetime) -> str:
    """Gmail's sentence, two spaces included; the time stands nowhere else in the answer."""
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
    return f"User-rate limit exceeded.  Retry after {stamp}Z"
