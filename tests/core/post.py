"""Hand-made mail for tests of linking: readings with the signals a test wants, and scenarios read by the real parts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from agent.core.mail import mime
from agent.core.mail.addresses import addresses, first
from agent.core.meaning import signals
from agent.core.model import (
    Address,
    Attendee,
    Candidacy,
    Evidence,
    Identity,
    Invite,
    Message,
    Note,
    NoteKind,
    Reading,
    Signal,
    SignalKind,
    StatedTime,
    Strength,
    normal_email,
)
from agent.core.people import linking
from tests.scenarios.mailbox import Letters

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ME = Address("Dana Kim", "dana.kim@gmail.example")
DANA = Identity(ME, frozenset({"dana.kim@gmail.example"}), ("Dana Kim",))
SAMPLES = Path(__file__).parent.parent / "scenarios" / "samples"

INVITED = ("invitation", "interview_topic", "job_topic")


def letter(
    key: str,
    thread: str,
    sender: str,
    subject: str = "",
    text: str = "",
    says: Iterable[str] = (),
    *,
    to: str = "Dana Kim <dana.kim@gmail.example>",
    cc: str = "",
    day: float = 0,
    language: str = "en",
    sign: str = "",
    answers: str = "",
    invites: Sequence[Invite] = (),
    timed: bool = False,
    labels: Iterable[str] = ("INBOX",),
    forwarded: str = "",
) -> Reading:
    """One reading; ``says`` names signal kinds, "?" in front of one makes it weak; ``sign`` is the signature block."""
    at = START + timedelta(days=day)
    whole = f"{text}\n\n{sign}" if sign else text
    made = Message(
        gmail_id=key, thread_id=thread, internal_date=at, label_ids=frozenset(labels), date=at, message_id=f"<{key}@mail.example>",
        in_reply_to=f"<{answers}@mail.example>" if answers else "", references=(f"<{answers}@mail.example>",) if answers else (),
        sender=first(sender), reply_to=(), to=addresses(to), cc=addresses(cc), subject=subject, text=whole,
        signature_at=len(whole) - len(sign), invites=tuple(invites), forwarded=forwarded,
    )  # fmt: skip
    times = (StatedTime(at + timedelta(days=2), None, "UTC", "Tuesday at 2", firm=True),) if timed else ()
    return Reading(
        made, normal_email(made.sender.email) in DANA.emails, language, tuple(map(_signal, says)), times
    )


def mine(key: str, thread: str, to: str, text: str = "", says: Iterable[str] = (), **more: Any) -> Reading:
    """One letter of the user's own."""
    return letter(
        key, thread, "Dana Kim <dana.kim@gmail.example>", more.pop("subject", ""), text, says, to=to, **more
    )


def _signal(word: str) -> Signal:
    strength = Strength.WEAK if word.startswith("?") else Strength.STRONG
    return Signal(SignalKind(word.removeprefix("?")), "test", strength, Evidence(""))


def invite(
    summary: str,
    organizer: str,
    guests: str = "",
    *,
    uid: str = "u1",
    method: str = "REQUEST",
    day: float = 3,
) -> Invite:
    """One VEVENT; the user is always among the guests."""
    start = START + timedelta(days=day)
    people = (*addresses(guests), ME)
    return Invite(
        method,
        uid,
        start=start,
        end=start + timedelta(hours=1),
        summary=summary,
        organizer=first(organizer),
        attendees=tuple(Attendee(a) for a in people),
    )


def note(kind: str, thread: str, key: str = "", value: str = "", *, number: int = 1) -> Note:
    at = START + timedelta(days=30, minutes=number)
    return Note(number, thread, NoteKind(kind), at, at, key, value)


def found(
    *readings: Reading, notes: Sequence[Note] = (), known: dict[str, str] | None = None
) -> tuple[Candidacy, ...]:
    """The candidacies in these readings, which must come out the same from the other end."""
    forwards = linking.candidacies(readings, notes, DANA, known or {})
    assert linking.candidacies(readings[::-1], notes[::-1], DANA, known or {}) == forwards
    return forwards


def scenario(name: str) -> tuple[dict[str, Any], Identity, tuple[Reading, ...]]:
    """A sample scenario and all its messages, delivered or not, read by the real parts."""
    story = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    me = story["me"]
    identity = Identity(
        Address(me["name"], me["address"]),
        frozenset(map(normal_email, (me["address"], *me["aliases"]))),
        (me["name"],),
    )
    delivered = [do["deliver"] for step in story["steps"] for do in step["do"] if "deliver" in do]
    letters = Letters(None)  # type: ignore[arg-type]  # only bytes are made, nothing is delivered
    letters.by_key = {m["key"]: m for m in (*story["messages"], *delivered)}
    return (
        story,
        identity,
        tuple(read(m, letters, identity, me["time_zone"]) for m in letters.by_key.values()),
    )


def read(
    message: dict[str, Any], letters: Letters, identity: Identity, zone: str, holidays: str = ""
) -> Reading:
    """A message of a scenario, read by the real parts from its RFC 5322 bytes."""
    source, _ = mime.source_from_bytes(
        letters.raw(message), gmail_id=message["key"], thread_id=message["thread"],
        internal_date=datetime.fromisoformat(message["at"]), label_ids=message["labels"],
    )  # fmt: skip
    parsed, _ = mime.message(source, zone=zone)
    return signals.read(parsed, identity, zone=zone, holidays=holidays)
