"""What a mailbox holds: stored messages, drafts, history, labels."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from agent.demo.mail import Mail

SYSTEM_LABELS = (
    "INBOX",
    "SPAM",
    "TRASH",
    "UNREAD",
    "STARRED",
    "IMPORTANT",
    "SENT",
    "DRAFT",
    "CHAT",
    "CATEGORY_PERSONAL",
    "CATEGORY_SOCIAL",
    "CATEGORY_PROMOTIONS",
    "CATEGORY_UPDATES",
    "CATEGORY_FORUMS",
)

Happening = Literal["messageAdded", "messageDeleted", "labelAdded", "labelRemoved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One message in the mailbox; `at` is Gmail's internal date, `id` its own id (hex)."""

    id: str
    thread_id: str
    mail: Mail
    labels: frozenset[str]
    at: datetime
    history_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft: its id stays while the message it holds is replaced on every save."""

    id: str
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One thing that happened to a message; `labels` are the message's then, `changed` what moved."""

    id: int
    kind: Happening
    message_id: str
    thread_id: str
    labels: tuple[str, ...]
    changed: tuple[str, ...] = ()


class NotFound(LookupError):
    """No message, thread, draft or label of that id is here."""


class HistoryGone(LookupError):
    """The history before that id is no longer kept."""
