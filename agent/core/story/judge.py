"""The whole path of thought, facts in and conclusions out: sources → readings → candidacies → states → outlooks.

Pure: the same facts, notes, receipts and ``now`` always give the same answer, whatever order they came in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from agent.core.mail import mime
from agent.core.meaning import signals
from agent.core.model import (
    Candidacy,
    DraftRecord,
    Identity,
    Note,
    NoteKind,
    Problem,
    Reading,
    Source,
)
from agent.core.people import linking, parties
from agent.core.people.gate import from_nowhere
from agent.core.story.document import Judged
from agent.core.story.plan import Rules, outlook
from agent.core.story.state import state
from agent.core.story.timeline import Sent, sent_drafts

_FROM_NOWHERE = (
    "A stranger speaks of an interview; you have not written to them, nor do they name an application."
)


def read(source: Source, identity: Identity, rules: Rules) -> tuple[Reading, tuple[Problem, ...]]:
    """One stored message, understood on its own."""
    message, problems = mime.message(source, zone=rules.policy.time_zone)
    reading = signals.read(message, identity, zone=rules.policy.time_zone, holidays=rules.policy.holidays)
    return reading, problems


def judge(
    readings: Sequence[Reading],
    notes: Sequence[Note],
    records: Sequence[DraftRecord],
    identity: Identity,
    rules: Rules,
    known: Mapping[str, str],
    now: datetime,
    labels: Sequence[Note] = (),
) -> tuple[Judged, ...]:
    """All candidacies as they stand at ``now``. ``known``: thread id → candidacy id of the last computation.

    ``labels``: what the user's labels say; they count like notes, but only TRACK makes a candidacy where no rule finds one.
    """
    found = linking.candidacies(readings, linking_notes(notes, labels), identity, known)
    return judge_linked(found, notes, records, rules, now, labels)


def linking_notes(notes: Sequence[Note], labels: Sequence[Note]) -> tuple[Note, ...]:
    """What linking is told: the notes, and those labels that can make a candidacy."""
    return (*notes, *(n for n in labels if n.kind is NoteKind.TRACK))


def judge_linked(
    found: Sequence[Candidacy],
    notes: Sequence[Note],
    records: Sequence[DraftRecord],
    rules: Rules,
    now: datetime,
    labels: Sequence[Note] = (),
) -> tuple[Judged, ...]:
    """``judge`` for candidacies that were linked already."""
    sent = sent_drafts(records)
    told = (*notes, *labels)
    return tuple(_judged(c, _notes_of(c, told), _records_of(c, records), sent, rules, now) for c in found)


def _judged(
    candidacy: Candidacy,
    notes: tuple[Note, ...],
    records: tuple[DraftRecord, ...],
    sent: Sent,
    rules: Rules,
    now: datetime,
) -> Judged:
    if from_nowhere(candidacy.readings) and not notes:
        candidacy = replace(candidacy, needs_review=(*candidacy.needs_review, _FROM_NOWHERE))
    folded = state(
        candidacy,
        notes,
        sent=sent,
        from_employer=lambda reading: parties.from_employer(reading, candidacy),
        to_employer=lambda reading: parties.addressed_to_employer(reading, candidacy),
        zone=rules.policy.time_zone,
    )
    doubts = (*candidacy.needs_review, *folded.doubts)
    view = outlook(folded, candidacy.anchor_thread_id, rules, now, doubts)
    return Judged(candidacy, folded, view, records)


def again(judged: Judged, rules: Rules, now: datetime) -> Judged:
    """The same conclusions, looked at from another instant."""
    doubts = (*judged.candidacy.needs_review, *judged.state.doubts)
    return replace(
        judged, outlook=outlook(judged.state, judged.candidacy.anchor_thread_id, rules, now, doubts)
    )


def _notes_of(candidacy: Candidacy, notes: Iterable[Note]) -> tuple[Note, ...]:
    threads = set(candidacy.thread_ids)
    return tuple(note for note in notes if note.thread_id in threads)


def _records_of(candidacy: Candidacy, records: Iterable[DraftRecord]) -> tuple[DraftRecord, ...]:
    threads = set(candidacy.thread_ids)
    return tuple(r for r in records if r.anchor_thread_id in threads or r.thread_id in threads)
