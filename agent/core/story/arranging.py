"""How the employer's messages arrange interviews: invites, times, changes, cancellations, new rounds."""

from __future__ import annotations

from datetime import datetime, timedelta

from agent.core.model import Disposition, Reading, StatedTime, Turn
from agent.core.model import SignalKind as Kind
from agent.core.story.fold import Fold

ABOUT_AN_INTERVIEW = (
    Kind.INVITATION,
    Kind.CONFIRMATION,
    Kind.RESCHEDULE,
    Kind.NEXT_ROUND,
    Kind.AVAILABILITY_REQUEST,
    Kind.INTERVIEW_TOPIC,
    Kind.SCHEDULER,
)


def arrange(fold: Fold, reading: Reading) -> bool:
    """Take in invites and times; True if the message was about arranging an interview."""
    at = reading.message.internal_date
    took_place = bool(fold.arrangement.behind(at)) or fold.held_at is not None
    asks = reading.has(Kind.AVAILABILITY_REQUEST)
    moved = reading.has(Kind.RESCHEDULE) and not _about_the_decision(fold, reading)
    invites = [i for i in reading.message.invites if i.method in {"REQUEST", "PUBLISH", "CANCEL", ""}]
    fresh = [
        i for i in invites if i.method != "CANCEL" and i.start and i.end and i.start > at - timedelta(hours=2)
    ]
    times = _times(fold, reading)
    if moved and not fold.arrangement.ahead(at) and fold.thank_you_at is None and fold.arrangement.missed(at):
        took_place = bool(fold.arrangement.behind(at))
    new_uid = any(not any(i.uid == known.uid for known in fold.arrangement.interviews) for i in fresh)
    onward = (fresh and new_uid) or reading.strong(
        Kind.NEXT_ROUND, Kind.AVAILABILITY_REQUEST, Kind.INVITATION
    )
    on_by_time = any(t.firm for t in times) and not reading.has(Kind.HOLDING)
    if took_place and not moved and (onward or on_by_time or (asks and times)):
        fold.open_round()
    changed = [fold.arrangement.invited(i, reading.message) for i in invites]
    arranging = bool(fold.arrangement.ahead(at) or fold.arrangement.offers or fold.scheduling)
    if (reading.has(Kind.CANCELLATION) and arranging) or (any(changed) and not fresh):
        return _cancelled(fold, reading, times)
    if moved or (times and not fresh):
        _timed(fold, reading, times, moved=moved and not fresh)
    elif reading.has(Kind.CONFIRMATION) and fold.arrangement.wishes and not fresh:
        fold.arrangement.accepted([], reading.message, by_me=False)
    fold.settle(at)
    return bool(
        fresh or times or moved or asks or reading.has(Kind.CONFIRMATION, Kind.INVITATION, Kind.NEXT_ROUND)
    )


def _about_the_decision(fold: Fold, reading: Reading) -> bool:
    """After the interview it is the decision that is put off ("the board meets later, no new date yet")."""
    at = reading.message.internal_date
    over = fold.thank_you_at is not None or bool(fold.follow_ups) or fold.held_at is not None
    if not over or fold.arrangement.ahead(at) or not reading.has(Kind.HOLDING, Kind.PROMISE_WITHDRAWN):
        return False
    return not any(t.firm for t in reading.times) and not reading.message.invites


def _times(fold: Fold, reading: Reading) -> list[StatedTime]:
    about = reading.has(*ABOUT_AN_INTERVIEW) or fold.scheduling or not fold.arrangement.interviews
    soon = reading.message.internal_date
    return [t for t in reading.times if about and t.start > soon - timedelta(minutes=30)]


def _timed(fold: Fold, reading: Reading, times: list[StatedTime], *, moved: bool) -> None:
    message = reading.message
    firm = [t for t in times if t.firm]
    several_days = len({t.start.date() for t in firm}) > 1
    if firm and not (several_days and reading.has(Kind.AVAILABILITY_REQUEST)):
        fold.arrangement.announced(
            firm, message, replaces_others=moved or _corrects(fold, message.internal_date, firm)
        )
        return
    if not times and moved:
        fold.arrangement.called_off(message.internal_date)
    elif times and not firm and reading.has(Kind.CONFIRMATION):
        fold.arrangement.announced(times[:1], message, replaces_others=moved)
    elif times:
        if moved:
            fold.arrangement.called_off(message.internal_date)
        fold.arrangement.offered(times, message, by_me=False)
    fold.scheduling = True


def _corrects(fold: Fold, at: datetime, firm: list[StatedTime]) -> bool:
    """A new time for what was read from words only, without the word "moved": the later mail rules."""
    ahead = [i for i in fold.arrangement.ahead(at) if i.source != "ical"]
    return bool(ahead) and len(firm) == 1


def _cancelled(fold: Fold, reading: Reading, times: list[StatedTime]) -> bool:
    at = reading.message.internal_date
    dropped = fold.arrangement.called_off(at) if reading.has(Kind.CANCELLATION) else True
    again = bool(times) or reading.has(
        Kind.RESCHEDULE, Kind.AVAILABILITY_REQUEST, Kind.HOLDING, Kind.QUESTION
    )
    if times:
        _timed(fold, reading, times, moved=True)
    fold.settle(at)
    if fold.arrangement.ahead(at) or not dropped:
        return True
    if again or fold.arrangement.behind(at):
        fold.scheduling = not fold.arrangement.behind(at)
    else:
        fold.disposition, fold.turn = Disposition.CANCELLED, Turn.NOBODY
    return True
