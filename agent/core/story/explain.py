"""A judged candidacy in sentences: how its status came about, the arithmetic, and why there is a draft or none."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from agent.core.model import (
    ActionKind,
    Disposition,
    DraftRecord,
    DraftState,
    Event,
    Interview,
    InterviewStatus,
    State,
    Status,
)
from agent.core.story.document import Judged

MEANS = {
    Status.SCHEDULING: "An interview is being arranged; no time is fixed yet.",
    Status.SCHEDULED: "An interview lies ahead.",
    Status.THANK_YOU_DUE: "The interview is over and no thank-you has been sent yet.",
    Status.WAITING: "It is the employer's move.",
    Status.FOLLOW_UP_DUE: "A follow-up is due.",
    Status.YOUR_TURN: "The employer asked you for something and you have not answered; nothing is drafted until you have.",
    Status.ON_HOLD: "The employer paused the search.",
    Status.OFFER: "They made you an offer.",
    Status.REJECTED: "They decided against you.",
    Status.WITHDRAWN: "You are out of it.",
    Status.CANCELLED: "The interview or the position was called off.",
    Status.MOVED_ON: "Your thank-you and your follow-ups stayed unanswered. You have done what can be done: put your energy "
    "into the next one. Any reply of theirs re-opens this.",
    Status.IGNORED: "You told me to leave this one alone.",
}
DECISIVE = {
    Status.OFFER: ("offer",),
    Status.REJECTED: ("rejection",),
    Status.ON_HOLD: ("on_hold",),
    Status.WITHDRAWN: ("withdrawal", "user:close", "user:log"),
    Status.CANCELLED: ("position_closed", "cancellation"),
    Status.IGNORED: ("user:ignore",),
    Status.YOUR_TURN: ("question", "availability_request", "next_round", "invitation"),
    Status.SCHEDULING: ("availability_request", "invitation", "next_round", "reschedule", "availability"),
}


def why(judged: Judged, zone: str) -> tuple[str, ...]:
    """The reasoning, a sentence a line; words of the mails stand in curly quotes, the rule in brackets."""
    lines = [MEANS[judged.outlook.status], *_decisive(judged, zone), *_facts(judged.state, zone)]
    lines += _ahead(judged, zone)
    lines += [
        f"I am not sure: {reason}." for reason in (*judged.candidacy.needs_review, *judged.state.doubts)
    ]
    lines += [f"A draft is held back: {reason}." for reason in judged.state.hold_back]
    return tuple(lines)


def because(judged: Judged) -> str:
    """One sentence for a change of status: what it means, and the arithmetic or the words behind it."""
    meaning, coming = MEANS[judged.outlook.status], judged.outlook.next
    kinds = DECISIVE.get(judged.outlook.status, ())
    said = [event.quote for event in judged.state.events if event.kind in kinds and event.quote]
    if said:
        return f"{meaning} “{said[-1]}”"
    return f"{meaning} {coming.reason[:1].upper()}{coming.reason[1:]}." if coming else meaning


def _decisive(judged: Judged, zone: str) -> list[str]:
    kinds = DECISIVE.get(judged.outlook.status, ())
    found = [event for event in judged.state.events if event.kind in kinds]
    return [_quoted(found[-1], zone)] if found else []


def _quoted(event: Event, zone: str) -> str:
    who = "You" if event.outgoing or event.kind.startswith("user:") else "They"
    rule = f" [{event.rule}, {event.gmail_id}]" if event.gmail_id else ""
    said = f": “{event.quote}”" if event.quote else " said so"
    return f"{who} on {_when(event.at, zone)}{said}{rule}"


def _facts(state: State, zone: str) -> list[str]:
    lines = [_interview(i, zone) for i in state.interviews if i.round == state.round]
    if state.thank_you_sent_at:
        lines.append(f"You sent the thank-you on {_when(state.thank_you_sent_at, zone)}.")
    lines += [
        f"Follow-up {n} went out on {_when(at, zone)}." for n, at in enumerate(state.follow_ups_sent, 1)
    ]
    if state.last_reply:
        lines.append(
            f"Their last reply ({state.last_reply.kind.value}) came on {_when(state.last_reply.at, zone)}."
        )
    if state.promise:
        said = f": “{state.promise.quote}”" if state.promise.quote else ""
        lines.append(f"An answer was promised by {_day(state.promise.by)}{said}")
    if state.absent_until:
        lines.append(f"They are away until {_day(state.absent_until)}.")
    if state.snoozed_until:
        lines.append(f"You asked for quiet until {_when(state.snoozed_until, zone)}.")
    return lines


def _interview(interview: Interview, zone: str) -> str:
    words = {
        InterviewStatus.CONFIRMED: "Interview",
        InterviewStatus.TENTATIVE: "Proposed interview",
        InterviewStatus.CANCELLED: "Cancelled interview",
    }
    source = {"ical": "calendar invitation", "text": "their words", "user": "your word"}[interview.source]
    quote = f": “{interview.quote}”" if interview.quote else ""
    there = zone if interview.time_zone in {"", "UTC"} else interview.time_zone
    return f"{words[interview.status]} on {_when(interview.start, there)} ({source}){quote}"


def _ahead(judged: Judged, zone: str) -> list[str]:
    lines = []
    action = judged.outlook.next
    if action is not None:
        what = {
            ActionKind.THANK_YOU: "A thank-you",
            ActionKind.FOLLOW_UP: f"Follow-up {action.step}",
            ActionKind.MOVE_ON: "Time to move on",
        }.get(action.kind, "Nothing")
        lines.append(f"{what}: due {_when(action.due, zone)}, because {action.reason}.")
        lines += [_draft(record, zone) for record in judged.drafts if record.key == action.key]
    elif judged.state.disposition is Disposition.OPEN:
        lines.append("Nothing is to be done by me before something new happens.")
    return lines


def _draft(record: DraftRecord, zone: str) -> str:
    made = _when(record.created_at, zone)
    words = {
        DraftState.INTENDED: "A draft was begun; whether Gmail has it is not known yet, the next turn looks.",
        DraftState.OPEN: f"Its draft is in Gmail since {made}.",
        DraftState.EDITED: f"Its draft is in Gmail since {made}; you have edited it, so it is yours.",
        DraftState.SENT: "Its draft was sent.",
        DraftState.DISCARDED: "You discarded its draft; for this wait I will not make another.",
        DraftState.WITHDRAWN: f"Its draft was withdrawn: {record.because}.",
        DraftState.OBSOLETE: f"There is no draft: {record.because}.",
    }
    return words[record.state]


def _when(at: datetime, zone: str) -> str:
    try:
        local = at.astimezone(ZoneInfo(zone))
    except (KeyError, ValueError, OSError):
        local = at
    return f"{local:%a} {_day(local.date())} {local:%H:%M}"


def _day(day: date) -> str:
    return f"{day:%Y-%m-%d}"
