"""What a message of the user's does to the fold: an answer, a time taken, the thank-you, a follow-up, a withdrawal."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from agent.core.dates.deadlines import promised
from agent.core.model import ActionKind, Disposition, InterviewStatus, Reading, ReplyKind, StatedTime, Turn
from agent.core.model import SignalKind as Kind
from agent.core.story.fold import ONE_ANSWER, Fold, promise_of

THANKS_LAG = timedelta(days=5)
SOON = timedelta(days=2)  # thanks this early are thanks, however keen they say the user is


def outgoing(fold: Fold, reading: Reading) -> None:
    at, message = reading.message.internal_date, reading.message
    if message.message_id:
        fold.message_ids[message.message_id] = message.gmail_id
    if reading.has(Kind.RSVP):
        _rsvp(fold, reading)
        return
    if not fold.to_employer(reading):
        fold.event(reading, "aside", quote="written to somebody outside")
        return
    fold.last_message_at, fold.last_out, fold.heard = at, message.gmail_id, True
    fold.hold_back.clear()
    if _withdrawn(fold, reading):
        return
    _reported(fold, reading)
    answered = fold.turn is Turn.MINE
    _answered_times(fold, reading)
    _count(fold, reading, answered=answered)
    if fold.disposition is Disposition.OPEN:
        fold.turn, fold.asked_at = Turn.THEIRS, None


def _rsvp(fold: Fold, reading: Reading) -> None:
    at = reading.message.internal_date
    replies = {a.status for i in reading.message.invites for a in i.attendees}
    subject = reading.message.subject.lower()
    if "DECLINED" in replies or subject.startswith(("declined", "abgelehnt", "refusé", "rechazado")):
        fold.arrangement.doubted(at)
        fold.scheduling = True
    elif fold.turn is Turn.MINE and fold.asked == "times":
        fold.turn, fold.asked_at = Turn.THEIRS, None


def _withdrawn(fold: Fold, reading: Reading) -> bool:
    signal = reading.first(Kind.WITHDRAWAL)
    if signal is None:
        return False
    if not reading.strong(Kind.WITHDRAWAL):
        fold.hold(reading.message.internal_date, f"you may have withdrawn: “{signal.evidence.quote}”")
        return False
    fold.disposition, fold.turn, fold.promise, fold.asked_at = (
        Disposition.WITHDRAWN,
        Turn.NOBODY,
        None,
        None,
    )
    fold.arrangement.called_off(reading.message.internal_date)
    return True


def _reported(fold: Fold, reading: Reading) -> None:
    """What the employer said aloud and the user writes down ("you said you'd let me know by Friday") is a promise too."""
    deadline = promised(reading.deadlines)
    if deadline is not None and fold.promise is None:
        fold.promise = promise_of(deadline, reading)
        fold.event(reading, "promise", quote=fold.promise.quote)


def _answered_times(fold: Fold, reading: Reading) -> None:
    at, message = reading.message.internal_date, reading.message
    times = [t for t in reading.times if t.start > at]
    accepts = reading.has(Kind.ACCEPTANCE)
    if reading.has(Kind.RESCHEDULE) and fold.arrangement.ahead(at):
        fold.arrangement.doubted(at)
        fold.scheduling = True
    elif (accepts and fold.arrangement.ahead(at)) or ((accepts or times) and fold.arrangement.offers):
        if fold.arrangement.accepted(times, message, by_me=True):
            fold.settle(at)
            return
    elif reading.has(Kind.THANK_YOU) and not reading.has(Kind.AVAILABILITY):
        return
    if fold.arrangement.fixed_ahead(at):
        return
    if accepts and len(times) == 1 and _repeats(fold, times[0]):
        fold.arrangement.announced(times, message, replaces_others=True)
        fold.settle(at)
    elif times:
        fold.arrangement.offered(times, message, by_me=True)


def _repeats(fold: Fold, time: StatedTime) -> bool:
    """The user says yes and names the time: then it is agreed, though the employer's own words for it were not understood.

    Either the employer had just moved the interview, or the figures of the time stand in what the employer wrote.
    """
    figures = re.findall(r"\d+", time.span)
    return fold.moved or (
        bool(figures) and all(re.search(rf"(?<!\d){f}(?!\d)", fold.invitation) for f in figures)
    )


def _count(fold: Fold, reading: Reading, *, answered: bool) -> None:
    """Is it the thank-you, a follow-up, or neither? Drafts of ours are known; the rest is judged by place and words."""
    at, gmail_id = reading.message.internal_date, reading.message.gmail_id
    kind, _ = fold.sent.get(gmail_id, (None, 0))
    if kind is ActionKind.THANK_YOU:
        fold.thanked(gmail_id, at)
    elif kind is ActionKind.FOLLOW_UP:
        fold.followed_up(gmail_id, at)
    elif _over(fold, reading):
        _count_by_words(fold, reading, answered=answered)


def _count_by_words(fold: Fold, reading: Reading, *, answered: bool) -> None:
    at, gmail_id = reading.message.internal_date, reading.message.gmail_id
    nudges, thanks = reading.has(Kind.FOLLOW_UP), reading.has(Kind.THANK_YOU)
    held = max((i.end for i in fold.arrangement.behind(at)), default=fold.held_at or at)
    unasked = not answered and not reading.has(Kind.ACCEPTANCE, Kind.AVAILABILITY, Kind.RESCHEDULE)
    prompt = fold.thank_you_at is None and not fold.follow_ups and at - held <= THANKS_LAG
    news = (
        fold.last_reply is not None
        and fold.last_reply.kind is not ReplyKind.AUTO_REPLY
        and fold.last_reply.at > held
    )
    first = prompt and reading.strong(Kind.THANK_YOU) and not reading.has(Kind.QUESTION) and at - held <= SOON
    if first or (fold.thank_you_at is None and not nudges and (thanks or (prompt and unasked and not news))):
        fold.thanked(gmail_id, at)
    elif nudges or (unasked and not thanks and not _since_employer(fold, at)):
        fold.followed_up(gmail_id, at)
    elif answered:
        fold.anchor, fold.anchor_at = f"answer:{gmail_id}", at


def _since_employer(fold: Fold, at: datetime) -> bool:
    """True if the employer's word is the last one before this message: then it is a reply, not a nudge."""
    last_own = max((t for t in (fold.thank_you_at, *fold.follow_ups) if t), default=None)
    reply = (
        fold.last_reply.at if fold.last_reply and fold.last_reply.kind is not ReplyKind.AUTO_REPLY else None
    )
    own_recent = last_own is not None and at - last_own < ONE_ANSWER
    return own_recent or last_own is None or (reply is not None and reply > last_own)


def _over(fold: Fold, reading: Reading) -> bool:
    """True if this round's interview took place; words after the fact can tell of one that left no time."""
    at = reading.message.internal_date
    if fold.arrangement.behind(at):
        return not fold.arrangement.ahead(at) or reading.has(Kind.THANK_YOU, Kind.FOLLOW_UP)
    if fold.held_at is not None:
        return True
    tentative = [i for i in fold.arrangement.of_round() if i.start <= at]
    told = reading.strong(Kind.THANK_YOU) or (
        reading.has(Kind.FOLLOW_UP) and reading.has(Kind.INTERVIEW_TOPIC)
    )
    if not told or fold.arrangement.ahead(at):
        return False
    if tentative:
        fold.arrangement.accepted([], reading.message, by_me=True)
        _confirm_past(fold, at)
    else:
        fold.held_at = at
    fold.scheduling = False
    return True


def _confirm_past(fold: Fold, at: datetime) -> None:
    fold.arrangement.interviews = [
        replace(i, status=InterviewStatus.CONFIRMED)
        if i.status is InterviewStatus.TENTATIVE and i.start <= at and i.round == fold.arrangement.round
        else i
        for i in fold.arrangement.interviews
    ]
