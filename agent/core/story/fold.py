"""The working table on which a timeline becomes a State: what is known so far, and the deeds that every reader of it shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from agent.core.model import (
    Deadline,
    Disposition,
    Event,
    Promise,
    Reading,
    Reply,
    Signal,
    State,
    Turn,
)
from agent.core.story.arrangement import Arrangement
from agent.core.story.timeline import Sent

Asks = Callable[[Reading], bool]
ONE_ANSWER = timedelta(minutes=30)


@dataclass(slots=True)
class Fold:
    """The working table of ``state``: everything is public here and nothing leaves but ``result``."""

    sent: Sent
    from_employer: Asks
    to_employer: Asks
    zone: str
    arrangement: Arrangement = field(default_factory=Arrangement)
    disposition: Disposition = Disposition.OPEN
    turn: Turn = Turn.NOBODY
    thank_you_at: datetime | None = None
    thanked_until: datetime | None = None
    follow_ups: list[datetime] = field(default_factory=list)
    counted: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    message_ids: dict[str, str] = field(default_factory=dict)
    last_reply: Reply | None = None
    promise: Promise | None = None
    anchor: str = ""
    anchor_at: datetime | None = None
    absent_until: date | None = None
    snoozed_until: datetime | None = None
    asked_at: datetime | None = None
    asked: str = ""
    held_at: datetime | None = None
    scheduling: bool = False
    impression: str = ""
    words: list[str] = field(default_factory=list)
    hold_back: list[str] = field(default_factory=list)
    held_back_at: datetime | None = None
    doubts: list[str] = field(default_factory=list)
    bounced: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    since: datetime | None = None
    last_message_at: datetime | None = None
    last_in: str = ""
    last_out: str = ""
    by_user: bool = False
    moved: bool = False  # the employer's last mail moved the interview
    invitation: str = ""  # the words of the employer's last mail, if it invites
    heard: bool = False  # the user has written to the employer at least once

    def event(self, reading: Reading, kind: str, signal: Signal | None = None, quote: str = "") -> None:
        message = reading.message
        self.events.append(
            Event(
                at=message.internal_date,
                kind=kind,
                gmail_id=message.gmail_id,
                thread_id=message.thread_id,
                rule=signal.rule if signal else "",
                quote=signal.evidence.quote if signal else quote,
                outgoing=reading.outgoing,
            )
        )

    def hold(self, at: datetime, reason: str) -> None:
        """Weak evidence that a draft would be wrong: none is made until the user or the employer writes again."""
        self.hold_back.append(reason)
        self.held_back_at = at

    def settle(self, at: datetime) -> None:
        if self.arrangement.fixed_ahead(at):
            self.scheduling = False

    def open_round(self) -> None:
        self.arrangement.open_round()
        self.thank_you_at, self.promise, self.held_at = None, None, None
        self.follow_ups.clear()
        self.anchor, self.anchor_at = "", None
        self.scheduling = True

    def thanked(self, gmail_id: str, at: datetime) -> None:
        if self.thank_you_at is None:
            self.thank_you_at = at
        self.counted[gmail_id] = ("thank_you", self.thank_you_at)
        if self.arrangement.set_apart_later_days(at, ZoneInfo(self.zone)):
            self.thank_you_at, self.thanked_until = None, at
            self.follow_ups.clear()

    def followed_up(self, gmail_id: str, at: datetime) -> None:
        if self.follow_ups and at - self.follow_ups[-1] < ONE_ANSWER:
            return
        self.follow_ups.append(at)
        self.counted[gmail_id] = ("follow_up", at)
        self.anchor, self.anchor_at = f"follow_up:{gmail_id}", at

    def day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.zone)).date()

    def result(self, language: str) -> State:
        return State(
            disposition=self.disposition,
            turn=self.turn,
            round=self.arrangement.round,
            interviews=tuple(self.arrangement.interviews),
            thank_you_sent_at=self.thank_you_at,
            follow_ups_sent=tuple(self.follow_ups),
            last_reply=self.last_reply,
            promise=self.promise,
            anchor=self.anchor,
            anchor_at=self.anchor_at,
            absent_until=self.absent_until,
            snoozed_until=self.snoozed_until,
            impression=self.impression,
            notes=tuple(self.words),
            since=self.since,
            last_message_at=self.last_message_at,
            scheduling=self.scheduling,
            doubts=tuple(self.doubts),
            hold_back=tuple(self.hold_back),
            thanked_until=self.thanked_until,
            held_back_at=self.held_back_at if self.hold_back else None,
            last_incoming_id=self.last_in,
            last_outgoing_id=self.last_out,
            events=tuple(self.events),
            language=language,
            asked_at=self.asked_at,
            asked=self.asked,
            held_at=self.held_at,
            closed_by_user=self.by_user,
            bounced=tuple(self.bounced),
        )


def promise_of(deadline: Deadline, reading: Reading) -> Promise:
    """The promise that a deadline in this message makes."""
    return Promise(
        by=deadline.latest,
        said_at=reading.message.internal_date,
        quote=deadline.sentence or deadline.span,
        gmail_id=reading.message.gmail_id,
        earliest=deadline.earliest,
        vague=deadline.vague or deadline.ambiguous,
    )
