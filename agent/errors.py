"""The whole error family on one page, with the exit status each one means (contract, section 1)."""

from __future__ import annotations


class AgentError(Exception):
    """Anything this program raises on purpose."""

    exit_status = 1


class UserError(AgentError):
    """Something the user can mend: shown without a traceback, every problem on a line of its own."""

    exit_status = 2

    def __init__(self, message: str, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class ConfigError(UserError):
    """The configuration is wrong, or the database was written by a newer program."""

    exit_status = 78


class AuthError(UserError):
    """The user must authorise (again): ``followup-agent auth``."""

    exit_status = 77


class DataError(UserError):
    """The data given is not usable: an unreadable mbox, an unknown candidacy."""

    exit_status = 65


class Busy(UserError):
    """Another turn holds the lock of this account."""

    exit_status = 75


class GmailError(AgentError):
    """Gmail did not do what was asked."""

    exit_status = 69


class GmailUnavailable(GmailError):
    """No network, no answer, or a server error that outlasted the retries. Nothing is lost."""


class QuotaExhausted(GmailError):
    """Gmail asks for patience; ``retry_after_seconds`` is its own figure where it named one."""

    exit_status = 75

    def __init__(self, message: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class HistoryExpired(GmailError):
    """The history cursor is too old (404): list again from the start."""


class Refused(GmailError):
    """Gmail refused this one request for good (4xx): recorded, never retried."""

    def __init__(self, message: str, status: int, reason: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason


class NotFound(Refused):
    """The message, thread or draft is gone (404): a normal thing."""


class OutcomeUnknown(GmailError):
    """A write left, and no answer came back: it may or may not have taken effect."""


class ForbiddenCall(AgentError):
    """A request outside the allow-list was stopped before it left: a bug, above all if it would send."""
