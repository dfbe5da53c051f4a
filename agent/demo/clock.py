"""The time of the embedded Gmail: a clock that others may move."""

from datetime import UTC, datetime, timedelta


def wall_clock() -> datetime:
    """The machine's time, aware and in UTC."""
    return datetime.now(UTC)


class MovableClock:
    """A clock that stands still until it is moved; call it to read it."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def __call__(self) -> datetime:
        """The present instant, aware and in UTC."""
        return self._now

    def set(self, now: datetime) -> None:
        """Move the hands to `now` (aware), in either direction."""
        self._now = now.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Let `by` pass."""
        self._now += by


def milliseconds(at: datetime) -> int:
    """`at` as epoch milliseconds, Gmail's internalDate."""
    return round(at.timestamp() * 1000)
