"""What a turn did: the document that ``sync --json`` prints (contract, section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from agent.core.model import DraftRecord, Problem, Transition
from agent.core.story.document import instant


@dataclass(slots=True)
class TurnReport:
    """Filled while the turn runs; ``document`` is what scripts read."""

    account: str
    started_at: datetime
    dry_run: bool = False
    mode: str = "partial"
    messages_examined: int = 0
    messages_fetched: int = 0
    http_requests: int = 0
    quota_units: int = 0
    finished_at: datetime | None = None
    created: list[DraftRecord] = field(default_factory=list)
    withdrawn: list[tuple[DraftRecord, str]] = field(default_factory=list)
    transitions: list[Transition] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    candidacies: int = 0
    left: int = 0  # threads found and not read yet

    def counts(self) -> dict[str, int]:
        """Figures for the run's row and the log: never an address, a subject or a word of mail."""
        return {
            "examined": self.messages_examined,
            "fetched": self.messages_fetched,
            "requests": self.http_requests,
            "units": self.quota_units,
            "created": len(self.created),
            "withdrawn": len(self.withdrawn),
            "transitions": len(self.transitions),
            "problems": len(self.problems),
            "candidacies": self.candidacies,
            "left": self.left,
        }

    def document(self, zone: str) -> dict[str, Any]:
        """The contract's ``sync --json``."""
        return {
            "schema": 1,
            "account": self.account,
            "started_at": instant(self.started_at, zone),
            "finished_at": instant(self.finished_at, zone),
            "mode": self.mode,
            "dry_run": self.dry_run,
            "messages_examined": self.messages_examined,
            "messages_fetched": self.messages_fetched,
            "http_requests": self.http_requests,
            "quota_units": self.quota_units,
            "threads_left": self.left,
            "drafts_created": [_created(record) for record in self.created],
            "drafts_withdrawn": [
                {"candidacy": r.candidacy_id, "draft_id": r.draft_id or None, "because": because}
                for r, because in self.withdrawn
            ],
            "transitions": _transitions(self.transitions, zone),
            "problems": [{"message_id": p.gmail_id or None, "what": p.what} for p in self.problems],
        }


def _created(record: DraftRecord) -> dict[str, Any]:
    return {
        "candidacy": record.candidacy_id,
        "kind": record.kind.value,
        "step": record.step,
        "draft_id": record.draft_id or None,
        "thread_id": record.thread_id,
        "to": list(record.to),
        "subject": record.subject,
    }


def _transitions(transitions: Sequence[Transition], zone: str) -> list[dict[str, Any]]:
    return [
        {
            "candidacy": t.candidacy_id,
            "from": t.before or None,
            "to": t.after,
            "at": instant(t.at, zone),
            "because": t.because,
        }
        for t in transitions
    ]
