"""What the user told us: it outranks every rule."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agent.core.model import (
    Disposition,
    Event,
    Interview,
    InterviewStatus,
    Note,
    NoteKind,
    Promise,
    Reply,
    ReplyKind,
    Turn,
)
from agent.core.story.fold import Fold


def told(fold: Fold, note: Note) -> None:
    at = note.at if note.kind is NoteKind.LOG else note.made_at
    fold.events.append(
        Event(at=at, kind=f"user:{note.kind.value}", quote=f"{note.key} {note.value}".strip(), rule="user")
    )
    match note.kind:
        case NoteKind.IGNORE:
            fold.disposition, fold.turn, fold.by_user, fold.since = (
                Disposition.IGNORED,
                Turn.NOBODY,
                True,
                at,
            )
        case NoteKind.CLOSE:
            fold.disposition, fold.turn, fold.by_user, fold.since = (
                Disposition.WITHDRAWN,
                Turn.NOBODY,
                True,
                at,
            )
        case NoteKind.REOPEN:
            fold.disposition, fold.turn, fold.by_user, fold.since = (
                Disposition.OPEN,
                Turn.THEIRS,
                False,
                at,
            )
        case NoteKind.SNOOZE:
            fold.snoozed_until = _instant(note.value, fold.zone)
        case NoteKind.NOTE:
            fold.words.append(note.value)
        case NoteKind.SET:
            _set(fold, note)
        case NoteKind.LOG:
            _log(fold, note)
        case NoteKind.TRACK | NoteKind.MERGE | NoteKind.SPLIT:
            pass


def _set(fold: Fold, note: Note) -> None:
    at = note.made_at
    if note.key == "promised":
        fold.promise = Promise(
            by=date.fromisoformat(note.value), said_at=at, quote="", gmail_id=f"note-{note.id}"
        )
    elif note.key == "interview":
        _user_interview(fold, _instant(note.value, fold.zone), note)
    elif note.key == "impression":
        fold.impression = note.value


def _user_interview(fold: Fold, start: datetime, note: Note) -> None:
    fold.arrangement.called_off(min(start, note.made_at))
    fold.arrangement.interviews.append(
        Interview(
            start=start,
            end=start + timedelta(hours=1),
            time_zone=fold.zone,
            status=InterviewStatus.CONFIRMED,
            source="user",
            quote="",
            round=fold.arrangement.round,
        )
    )
    fold.scheduling = False


def _log(fold: Fold, note: Note) -> None:
    at, own = note.at, f"note-{note.id}"
    match note.key:
        case "interview":
            if fold.arrangement.behind(at - timedelta(days=1)):
                fold.open_round()
            _user_interview(fold, at, note)
        case "thank-you":
            fold.thanked(own, at)
        case "follow-up" | "call" | "voicemail":
            fold.followed_up(own, at)
            fold.turn, fold.asked_at = Turn.THEIRS, None
        case "reply":
            fold.last_reply = Reply(at, ReplyKind.ANSWER, "")
            fold.anchor, fold.anchor_at = f"reply:{own}", at
            fold.turn = Turn.THEIRS
        case "rejection" | "offer" | "withdrawal":
            ended = {
                "rejection": Disposition.REJECTED,
                "offer": Disposition.OFFER,
                "withdrawal": Disposition.WITHDRAWN,
            }
            fold.disposition, fold.turn, fold.since = ended[note.key], Turn.NOBODY, at
        case _:
            pass


def _instant(value: str, zone: str) -> datetime:
    """An ISO date (the start of that day in ``zone``) or instant, as UTC."""
    if len(value) == len("2026-01-01"):
        return datetime.combine(date.fromisoformat(value), time(), ZoneInfo(zone)).astimezone(UTC)
    at = datetime.fromisoformat(value)
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
