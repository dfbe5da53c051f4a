"""Fold a candidacy's timeline into its State: how far it is, whose move it is, what was sent, promised and answered.

The fold knows no clock: whether an interview lies ahead is asked of ``plan``.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent.core.model import Candidacy, Note, Reading, State
from agent.core.story.fold import Asks, Fold
from agent.core.story.incoming import incoming
from agent.core.story.outgoing import outgoing
from agent.core.story.timeline import Sent, moments
from agent.core.story.told import told


def state(
    candidacy: Candidacy,
    notes: Sequence[Note],
    *,
    sent: Sent,
    from_employer: Asks,
    to_employer: Asks,
    zone: str,
) -> State:
    """The state of one candidacy. ``notes`` are its own; ``sent`` names the messages that were drafts of ours."""
    fold = Fold(sent=sent, from_employer=from_employer, to_employer=to_employer, zone=zone)
    for moment in moments(candidacy.readings, notes):
        if moment.reading is not None:
            _message(fold, moment.reading)
        elif moment.note is not None:
            told(fold, moment.note)
    return fold.result(candidacy.language)


def _message(fold: Fold, reading: Reading) -> None:
    before = (fold.disposition, fold.turn, fold.arrangement.round, fold.scheduling)
    for signal in reading.signals:
        fold.event(reading, signal.kind.value, signal)
    if reading.outgoing:
        outgoing(fold, reading)
    else:
        incoming(fold, reading)
    if before != (fold.disposition, fold.turn, fold.arrangement.round, fold.scheduling) or fold.since is None:
        fold.since = reading.message.internal_date
