"""What the deeds of one turn share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from agent.core.model import ActionKind, DraftRecord, Identity
from agent.cycle.lives import Lives
from agent.cycle.report import TurnReport
from agent.gmail.client import Gmail
from agent.store.store import Store


@dataclass(frozen=True, slots=True)
class Hands:
    """Gmail, the store and the report; ``dry_run`` means: look, think, say, but touch nothing."""

    gmail: Gmail
    store: Store
    identity: Identity
    lives: Lives
    report: TurnReport
    now: datetime
    zone: str
    clock: Callable[[], datetime]  # for what must be dated to the second: an intent
    dry_run: bool = False


def base_key(record: DraftRecord) -> str:
    """The action's key: a panel's further letters add the reader's address to it."""
    head, _, tail = record.key.rpartition(":")
    return head if record.kind is ActionKind.THANK_YOU and "@" in tail else record.key
