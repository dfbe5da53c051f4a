"""Signals, notes and receipts in one total order: the same mailbox always tells the same story, however it arrived."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.core.model import ActionKind, DraftRecord, DraftState, Note, NoteKind, Reading

Sent = Mapping[str, tuple[ActionKind, int]]


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened: a message was read, or the user told us something."""

    at: datetime
    reading: Reading | None = None
    note: Note | None = None


def moments(readings: Sequence[Reading], notes: Sequence[Note]) -> tuple[Moment, ...]:
    """All of a candidacy in order: by instant, messages before notes, then by id; duplicates dropped."""
    unique = {reading.message.gmail_id: reading for reading in readings}
    told = {note.id: note for note in notes}
    ordered = [
        *(
            (r.message.internal_date, 0, r.message.gmail_id, Moment(r.message.internal_date, reading=r))
            for r in unique.values()
        ),
        *((when(n), 1, f"{n.id:012d}", Moment(when(n), note=n)) for n in told.values()),
    ]
    return tuple(moment for *_, moment in sorted(ordered, key=lambda row: row[:3]))


def when(note: Note) -> datetime:
    """A logged deed happened at ``at``; everything else counts from the moment it was said."""
    return note.at if note.kind is NoteKind.LOG else note.made_at


def sent_drafts(records: Iterable[DraftRecord]) -> dict[str, tuple[ActionKind, int]]:
    """Gmail ids of messages that were drafts of ours: what they are is known, whatever they say now."""
    return {r.gmail_id: (r.kind, r.step) for r in records if r.state is DraftState.SENT and r.gmail_id}
