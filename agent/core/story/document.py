"""A candidacy as the contract's JSON (section 4): the one shape that ``status``, ``show``, the report and scripts read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from agent.core.model import (
    Action,
    ActionKind,
    Candidacy,
    DraftRecord,
    DraftState,
    Event,
    Interview,
    Message,
    State,
)
from agent.core.story.plan import Outlook


@dataclass(frozen=True, slots=True)
class Judged:
    """One candidacy with all that was concluded about it at one instant."""

    candidacy: Candidacy
    state: State
    outlook: Outlook
    drafts: tuple[DraftRecord, ...] = ()


def document(judged: Judged, zone: str) -> dict[str, Any]:
    """The contract's candidacy object; instants in the account's zone, with offset."""
    candidacy, state, outlook = judged.candidacy, judged.state, judged.outlook
    reply, promise = state.last_reply, state.promise
    return {
        "id": candidacy.id,
        "company": candidacy.company or None,
        "position": candidacy.position or None,
        "agency": candidacy.agency or None,
        "language": candidacy.language or None,
        "status": outlook.status.value,
        "since": instant(outlook.since, zone),
        "turn": state.turn.value,
        "round": state.round,
        "interviews": [_interview(i, zone) for i in state.interviews],
        "contacts": [
            {"name": c.address.name, "address": c.address.email, "role": c.role.value}
            for c in candidacy.contacts
            if c.may_write
        ],
        "thread_ids": list(candidacy.thread_ids),
        "last_message_at": instant(state.last_message_at, zone),
        "thank_you_sent_at": instant(state.thank_you_sent_at, zone),
        "follow_ups_sent": [instant(at, zone) for at in state.follow_ups_sent],
        "last_reply": reply
        and {"at": instant(reply.at, zone), "kind": reply.kind.value, "message_id": reply.gmail_id or None},
        "promised": promise
        and {
            "by": promise.by.isoformat(),
            "said_at": instant(promise.said_at, zone),
            "quote": promise.quote,
            "message_id": promise.gmail_id,
        },
        "next": _next(outlook.next, zone),
        "drafts": [
            _draft(record, zone) for record in judged.drafts if record.state is not DraftState.INTENDED
        ],
        "needs_review": bool(candidacy.needs_review or state.doubts or state.hold_back),
        "confidence": candidacy.confidence,
    }


def events(judged: Judged, zone: str) -> list[dict[str, Any]]:
    """The timeline for ``show --json``: each event with the rule that fired and the words it fired on."""
    rows = sorted(
        (*judged.state.events, *_sent_and_received(judged)), key=lambda e: (e.at, e.gmail_id, e.kind)
    )
    return [
        {
            "at": instant(e.at, zone),
            "kind": e.kind,
            "message_id": e.gmail_id or None,
            "thread_id": e.thread_id or None,
            "rule": e.rule or None,
            "quote": e.quote or None,
            "from": "me" if e.outgoing else "them",
        }
        for e in rows
    ]


def _sent_and_received(judged: Judged) -> list[Event]:
    """A plain event for every message in which no rule found anything, so that the timeline has no holes."""
    told = {event.gmail_id for event in judged.state.events}
    silent = [r for r in judged.candidacy.readings if r.message.gmail_id not in told]
    return [
        Event(
            at=r.message.internal_date,
            kind="sent" if r.outgoing else "received",
            gmail_id=r.message.gmail_id,
            thread_id=r.message.thread_id,
            quote=_opening(r.message),
            outgoing=r.outgoing,
        )
        for r in silent
    ]


def _opening(message: Message) -> str:
    return " ".join(message.text.split())[:120]


def instant(at: datetime | None, zone: str) -> str | None:
    """RFC 3339 with offset, in the given zone; None stays None."""
    return at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds") if at else None


def _interview(interview: Interview, zone: str) -> dict[str, Any]:
    known = interview.time_zone != "UTC" and _is_zone(
        interview.time_zone
    )  # in UTC: the sender's machine chose it
    there = interview.time_zone if known else zone
    return {
        "start": instant(interview.start, there),
        "end": instant(interview.end, there),
        "time_zone": interview.time_zone,
        "status": interview.status.value,
        "source": interview.source,
        "uid": interview.uid or None,
        "round": interview.round,
        "message_id": interview.gmail_id or None,
        "quote": interview.quote or None,
    }


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _next(action: Action | None, zone: str) -> dict[str, Any]:
    if action is None:
        return {"action": ActionKind.NONE.value, "step": None, "due": None, "because": None}
    return {
        "action": action.kind.value,
        "step": action.step,
        "due": instant(action.due, zone),
        "because": action.reason,
    }


def _draft(record: DraftRecord, zone: str) -> dict[str, Any]:
    return {
        "kind": record.kind.value,
        "step": record.step,
        "state": record.state.value,
        "draft_id": record.draft_id or None,
        "thread_id": record.thread_id,
        "to": list(record.to),
        "created_at": instant(record.created_at, zone),
        "subject": record.subject,
        "because": record.because or None,
    }
