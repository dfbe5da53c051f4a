"""The drafts of a demo, each with its text as Gmail held it, whatever became of it later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.cli.demo_screen import Screen
from agent.cli.demo_stage import Stage
from agent.cli.tables import action_words, minute

if TYPE_CHECKING:
    from agent.core.model import DraftRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A draft as it was made."""

    draft_id: str
    candidacy: str
    kind: str
    step: int
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    text: str

    def document(self, candidacy: Mapping[str, Any]) -> dict[str, Any]:
        """The draft for ``demo --json``, with what became of it."""
        fate = self._fate(candidacy)
        return {
            "candidacy": self.candidacy,
            "company": candidacy.get("company"),
            "kind": self.kind,
            "step": self.step,
            "state": fate.get("state"),
            "created_at": fate.get("created_at"),
            "to": list(self.to),
            "cc": list(self.cc),
            "subject": self.subject,
            "text": self.text,
        }

    def show(self, screen: Screen, candidacy: Mapping[str, Any]) -> None:
        """Heading, To, Subject and text."""
        fate = self._fate(candidacy)
        because = f" ({fate['because']})" if fate.get("because") else ""
        made = minute(fate["created_at"]) if fate.get("created_at") else ""
        title = f"{candidacy.get('company') or '?'}: {action_words(self.kind, self.step)}"
        screen.line()
        screen.line(f"── {title} · made {made} · {fate.get('state', 'open')}{because}", "day")
        screen.line(f"To: {', '.join(self.to)}")
        if self.cc:
            screen.line(f"Cc: {', '.join(self.cc)}")
        screen.line(f"Subject: {self.subject}")
        screen.line()
        for line in self.text.rstrip().splitlines():
            screen.paragraph(line, indent="    ") if line else screen.line()

    def _fate(self, candidacy: Mapping[str, Any]) -> Mapping[str, Any]:
        drafts: Iterable[Mapping[str, Any]] = candidacy.get("drafts", ())
        return next((d for d in drafts if d["draft_id"] == self.draft_id), {})


def letters(stage: Stage, created: Iterable[DraftRecord]) -> list[Letter]:
    """The drafts just made, read from the mailbox before anybody touches them."""
    return [
        Letter(
            draft_id=record.draft_id,
            candidacy=record.candidacy_id,
            kind=record.kind.value,
            step=record.step,
            to=record.to,
            cc=record.cc,
            subject=record.subject,
            text=stage.text_of(record.draft_id),
        )
        for record in created
    ]
