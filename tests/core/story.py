"""A candidacy told in a few lines: hand-made readings for the tests of the fold and the plan."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TypedDict, Unpack
from zoneinfo import ZoneInfo

from agent.core.model import (
    Address,
    Candidacy,
    Contact,
    Deadline,
    Evidence,
    Invite,
    Message,
    Note,
    NoteKind,
    Policy,
    Reading,
    Signal,
    SignalKind,
    State,
    StatedTime,
    Strength,
)
from agent.core.story.document import Judged
from agent.core.story.plan import Outlook, Rules, outlook
from agent.core.story.state import state
from agent.core.story.timeline import Sent

ZONE = "America/New_York"
ME = Address("Dana Kim", "dana.kim@gmail.example")
MARIA = Address("Maria Lopez", "maria@northwind.example")
THREAD = "t1"


def at(text: str) -> datetime:
    """ "2026-03-02 14:00", New York time, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


class More(TypedDict, total=False):
    """What a message carries beside its signals."""

    times: list[StatedTime]
    deadlines: list[Deadline]
    invites: list[Invite]
    weak: set[SignalKind]
    until: date
    in_reply_to: str
    text: str


class Story:
    """Messages and notes in the order they are told."""

    def __init__(self, policy: Policy | None = None) -> None:
        self.readings: list[Reading] = []
        self.notes: list[Note] = []
        self.sent: Sent = {}
        self.rules = Rules.of(policy or Policy(time_zone=ZONE))

    def they(self, when: str, *kinds: SignalKind, **more: Unpack[More]) -> str:
        """The employer writes; returns the message's Gmail id."""
        return self._add(when, MARIA, ME, kinds, more, outgoing=False)

    def me(self, when: str, *kinds: SignalKind, **more: Unpack[More]) -> str:
        """The user writes to the employer."""
        return self._add(when, ME, MARIA, kinds, more, outgoing=True)

    def note(self, when: str, kind: NoteKind, key: str = "", value: str = "", happened: str = "") -> None:
        said = at(when)
        self.notes.append(
            Note(len(self.notes) + 1, THREAD, kind, at(happened) if happened else said, said, key, value)
        )

    def _add(
        self,
        when: str,
        sender: Address,
        to: Address,
        kinds: tuple[SignalKind, ...],
        more: More,
        *,
        outgoing: bool,
    ) -> str:
        gmail_id = f"m{len(self.readings) + 1}"
        instant = at(when)
        message = Message(
            gmail_id=gmail_id,
            thread_id=THREAD,
            internal_date=instant,
            label_ids=frozenset({"SENT" if outgoing else "INBOX"}),
            date=instant,
            message_id=f"<{gmail_id}@mail.example>",
            in_reply_to=more.get("in_reply_to", ""),
            references=(),
            sender=sender,
            reply_to=(),
            to=(to,),
            cc=(),
            subject="Interview",
            text=more.get("text", "words"),
            signature_at=len(more.get("text", "words")),
            invites=tuple(more.get("invites", ())),
        )
        weak = more.get("weak", set())
        signals = tuple(
            Signal(
                kind,
                f"test.{kind.value}",
                Strength.WEAK if kind in weak else Strength.STRONG,
                Evidence(kind.value),
                more.get("until"),
            )
            for kind in kinds
        )
        times, deadlines = tuple(more.get("times", ())), tuple(more.get("deadlines", ()))
        self.readings.append(Reading(message, outgoing, "en", signals, times, deadlines))
        return gmail_id

    @property
    def candidacy(self) -> Candidacy:
        return Candidacy(
            "c1", THREAD, "Northwind", "Data Analyst", "en", (Contact(MARIA),), tuple(self.readings), ()
        )

    @property
    def state(self) -> State:
        return state(
            self.candidacy,
            self.notes,
            sent=self.sent,
            from_employer=lambda r: r.message.sender.email == MARIA.email,
            to_employer=lambda r: any(a.email == MARIA.email for a in r.message.to),
            zone=ZONE,
        )

    def look(self, when: str) -> Outlook:
        """How it looks at an instant."""
        return outlook(self.state, THREAD, self.rules, at(when))

    def judged(self, when: str) -> Judged:
        return Judged(self.candidacy, self.state, self.look(when))


def firm(when: str, minutes: int = 60, *, zone: str = ZONE, said: str = "") -> StatedTime:
    start = at(when)
    return StatedTime(start, start + timedelta(minutes=minutes), zone, said or when, firm=True)


def proposed(when: str, *, zone: str = ZONE) -> StatedTime:
    return StatedTime(at(when), None, zone, when, firm=False)


def promised(day: str) -> Deadline:
    by = date.fromisoformat(day)
    return Deadline(by, by, day, "test")


def invite(
    when: str, uid: str = "u1", *, method: str = "REQUEST", sequence: int = 0, minutes: int = 60
) -> Invite:
    start = at(when)
    return Invite(
        method,
        uid,
        sequence,
        start=start,
        end=start + timedelta(minutes=minutes),
        time_zone=ZONE,
        summary="Interview",
    )
