"""What goes to the journal: a priority before each line, one line a turn, counts and ids; never an address or a word of mail."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from agent.errors import AgentError, UserError

if TYPE_CHECKING:
    from agent.cycle.report import TurnReport

ERROR, WARNING, INFO, DEBUG = 3, 4, 6, 7  # sd-daemon(3)
PASSING = frozenset({69, 75})  # exit statuses after which the next turn goes on
_ADDRESS = re.compile(r"[^\s<>@,;:\"'()]{1,64}@[^\s<>@,;:\"'()]{1,255}")


def in_journal(stream: IO[str]) -> bool:
    """True if this very stream leads to the journal. The variable alone is inherited by every terminal of a desktop session."""
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"


class LogFormat(logging.Formatter):
    """A time before each line, for terminals and files; without addresses."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (the name is logging's)
        return masked(super().formatMessage(record))


class JournalFormat(logging.Formatter):
    """sd-daemon(3): ``<6>`` before the line is its priority; a record is one line, without addresses."""

    PRIORITIES = ((logging.ERROR, ERROR), (logging.WARNING, WARNING), (logging.INFO, INFO))

    def format(self, record: logging.LogRecord) -> str:
        priority = next((number for level, number in self.PRIORITIES if record.levelno >= level), DEBUG)
        return line(priority, record.getMessage())


def line(priority: int, text: str) -> str:
    """One line of the journal; the journal would take each further line for an entry of its own."""
    return f"<{priority}>{masked(' '.join(text.split()))}"


def masked(text: str) -> str:
    """The text without its e-mail addresses: logs and the service manager's status are read by others."""
    return _ADDRESS.sub("(address)", text)


def turned(report: TurnReport) -> Iterator[str]:
    """A turn: its counts, and the ids of drafts made and taken back; a line more for each message that could not be read."""
    counts = " ".join(f"{name}={value}" for name, value in report.counts().items())
    made = ",".join(record.draft_id for record in report.created if record.draft_id)
    gone = ",".join(record.draft_id for record, _ in report.withdrawn if record.draft_id)
    drafts = f"{f' drafts={made}' if made else ''}{f' taken_back={gone}' if gone else ''}"
    yield line(INFO, f"turn {report.mode}{' (dry run)' if report.dry_run else ''}: {counts}{drafts}")
    for problem in report.problems:
        yield line(WARNING, f"problem with message {problem.gmail_id or 'unknown'}")


def advice(error: AgentError, remedy: str) -> str:
    """An error that ends a command, with everything that can be done about it, on one line."""
    problems = error.problems if isinstance(error, UserError) else ()
    said = "; ".join(part for part in (str(error), *problems, remedy) if part)
    return line(WARNING if error.exit_status in PASSING else ERROR, said)
