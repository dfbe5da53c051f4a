"""What the store hands out beside the core's own nouns: the account, a run, a stored conclusion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from agent.core.model import SendAs


@dataclass(frozen=True, slots=True)
class Account:
    """The one Gmail mailbox. An empty ``history_id`` means: list from the start.

    ``listed_with`` is whatever the last full listing depended on (queries, look-back): when it would differ now,
    the listing has to be made again.
    """

    address: str
    history_id: str = ""
    names: tuple[str, ...] = ()
    send_as: tuple[SendAs, ...] = ()
    last_sync: datetime | None = None
    listed_with: str = ""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """One candidacy as last concluded: the contract's status document, its events and the reasons in sentences.

    ``later``: from this instant on the document is that one; None: it has to be concluded anew.
    """

    id: str
    anchor_thread_id: str
    document: Mapping[str, Any]
    events: tuple[Mapping[str, Any], ...] = ()
    explanation: tuple[Any, ...] = ()
    wake_at: datetime | None = None
    rules_version: str = ""
    later: tuple[tuple[datetime, Mapping[str, Any] | None], ...] = ()


@dataclass(frozen=True, slots=True)
class ThreadLink:
    """That a thread belongs to a candidacy, and by what."""

    thread_id: str
    candidacy_id: str
    by: str


@dataclass(frozen=True, slots=True)
class Left:
    """A thread that a listing found and no turn has read yet; ``whole``: the user wrote in it, all of it is wanted."""

    thread_id: str
    gmail_ids: tuple[str, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Run:
    """One turn. ``finished_at`` is None while it runs, or if it was cut off."""

    id: int
    started_at: datetime
    mode: str
    finished_at: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    outcome: str = ""
