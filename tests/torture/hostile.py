"""The trial of one hostile mail: through the real door, beside a genuine candidacy, and to whom drafts then go.

``python -m tests.torture.hostile`` tries them all and prints a table; the exit status is 1 if a promise was broken.
"""

from __future__ import annotations

import email
import email.policy
import random
import resource
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import getaddresses
from functools import partial
from time import process_time
from typing import Any

from agent.core.mail import mime
from agent.core.model import Action, ActionKind, Composition, Contact, Disposition, Policy, Reading
from agent.core.story import judge
from agent.core.story.document import Judged
from agent.core.story.plan import Rules
from agent.core.writing import envelope
from agent.core.writing.compose import ComposeConfig, compose
from agent.core.writing.wire import to_bytes
from tests.core.mail import base64url
from tests.core.post import DANA
from tests.torture.corpus import corpus
from tests.torture.hostile_mail import GENUINE, ME, Hostile
from tests.torture.outcome import Job, Outcome

SECONDS = 2.0
MEGABYTES = 64
KNOWN = frozenset({"maria@northwind.example"})
RULES = Rules.of(Policy(time_zone="UTC"))
START = datetime(2026, 3, 2, 14, tzinfo=UTC)
NOWS = tuple(START + timedelta(days=n) for n in (3, 5, 17))
_STEPS = ((ActionKind.THANK_YOU, 1), (ActionKind.FOLLOW_UP, 1), (ActionKind.FOLLOW_UP, 2))
_INVITED = (
    "Hi Dana,\n\nThank you for applying. We would like to invite you to an interview for the Data Engineer position at"
    " Northwind on Tuesday, March 3, 2026 at 10:00 UTC.\n\nBest,\nMaria Lopez\nRecruiter, Northwind\n"
)
_ACCEPTED = "Hi Maria,\n\nTuesday at 10 works for me, see you then.\n\nBest,\nDana\n"


@dataclass(frozen=True, slots=True)
class Tried:
    """What one mail did: seconds of processor time to read it, who would be written to, and what it ended."""

    name: str
    seconds: float
    strangers: frozenset[str]
    ended: bool

    @property
    def broken(self) -> str:
        """The promise that was broken, or an empty string."""
        if self.seconds > SECONDS:
            return f"{self.seconds:.1f} s"
        if self.strangers:
            return f"would write to {', '.join(sorted(self.strangers))}"
        return "ended the candidacy" if self.ended else ""


def resource_of(raw: bytes, key: str, thread: str, at: datetime, label: str = "INBOX") -> dict[str, Any]:
    """The message as Gmail hands it out (``format=raw``)."""
    return {
        "id": key,
        "threadId": thread,
        "labelIds": [label],
        "internalDate": str(int(at.timestamp() * 1000)),
        "raw": base64url(raw),
    }


def read(answer: dict[str, Any]) -> Reading:
    """Gmail's answer, read by the real parts."""
    source, _ = mime.source(answer)
    return judge.read(source, DANA, RULES)[0]


def genuine() -> tuple[Reading, Reading]:
    """Maria invites, Dana accepts; both before anything hostile."""
    return (
        read(resource_of(_plain("m1", GENUINE, ME, _INVITED), "m1", "t1", START)),
        read(
            resource_of(_plain("m2", ME, GENUINE, _ACCEPTED), "m2", "t1", START + timedelta(hours=1), "SENT")
        ),
    )


def _plain(key: str, sender: str, to: str, text: str) -> bytes:
    answers = "" if key == "m1" else "In-Reply-To: <m1@northwind.example>\r\n"
    return (
        f"From: {sender}\r\nTo: {to}\r\nMessage-ID: <{key}@northwind.example>\r\n{answers}"
        f"Subject: Interview for Data Engineer at Northwind\r\n\r\n{text}"
    ).encode()


def tried(mail: Hostile, thread: str, pair: Sequence[Reading]) -> Tried:
    """The mail arrives three days after the invitation, in the genuine thread ("t1") or in one of its own."""
    began = process_time()
    reading = read(resource_of(mail.raw, "x", thread, START + timedelta(days=2, hours=1)))
    seconds = process_time() - began
    readings = (*pair, reading)
    written: set[str] = set()
    ended = False
    for now in NOWS:
        for judged in judge.judge(readings, (), (), DANA, RULES, {}, now):
            written |= recipients(judged, now, forced=now == NOWS[-1] and "t1" in judged.candidacy.thread_ids)
            ended |= judged.state.disposition is not Disposition.OPEN and "t1" in judged.candidacy.thread_ids
    forged = mail.name.startswith(("forged", "calendar forged"))
    return Tried(mail.name, seconds, frozenset(written - KNOWN), ended and forged)


def recipients(judged: Judged, now: datetime, *, forced: bool) -> set[str]:
    """Everybody named in To, Cc or Bcc of a letter that is due; ``forced``: also of those that are not."""
    found: set[str] = set()
    for action in _actions(judged, now, forced=forced):
        for who in (None, *envelope.panel(judged.candidacy, judged.state)):
            found |= _addressed(judged, action, now, who)
    return found


def _actions(judged: Judged, now: datetime, *, forced: bool) -> Iterator[Action]:
    if judged.outlook.due:
        yield judged.outlook.due
    if forced:
        for kind, step in _STEPS:
            yield Action(kind, step, now, None, f"{kind.value}:{step}:t1", START, "")


def _addressed(judged: Judged, action: Action, now: datetime, who: Contact | None) -> set[str]:
    letter = compose(
        action,
        judged.candidacy,
        judged.state,
        DANA,
        config=ComposeConfig(),
        now=now,
        zone="UTC",
        recipient=who,
    )
    if not isinstance(letter, Composition):
        return set()
    try:
        raw = to_bytes(letter, key=action.key, date=now)
    except ValueError:
        return set()  # it is not written at all
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    fields = [str(value) for name in ("to", "cc", "bcc", "resent-to") for value in parsed.get_all(name, [])]
    return {address.lower() for _, address in getaddresses(fields)}


def jobs(number: int, seed: int) -> list[Job]:
    """For ``python -m tests.torture``: a third of so many mails, all at most, in both places."""
    names = [mail.name for mail in corpus()]
    drawn = random.Random(seed).sample(names, min(len(names), max(number // 3, 8)))
    return [partial(play_all, frozenset(drawn[n : n + 48])) for n in range(0, len(drawn), 48)]


def play_all(names: frozenset[str]) -> list[Outcome]:
    """These mails of the corpus; one that raises breaks a promise, too."""
    pair = genuine()
    return [play(mail, thread, pair) for mail in corpus() if mail.name in names for thread in ("t1", "t9")]


def play(mail: Hostile, thread: str, pair: Sequence[Reading]) -> Outcome:
    """One trial as the table of all trials has it."""
    try:
        broken = tried(mail, thread, pair).broken
    except Exception as error:  # noqa: BLE001 (nothing that mail can hold may raise)
        broken = repr(error)[:200]
    return Outcome("hostile mail", f"{mail.name} ({thread})", 1, (broken,) if broken else ())


def main() -> int:
    """Every mail in both places; the table, and the exit status."""
    pair = genuine()
    for now in NOWS:  # lexicons, templates and holidays are loaded before anything is measured
        for judged in judge.judge(pair, (), (), DANA, RULES, {}, now):
            recipients(judged, now, forced=True)
    before = _resident()
    worst, broken, count = 0.0, 0, 0
    for mail in corpus():
        count += 1
        for thread in ("t1", "t9"):
            outcome = tried(mail, thread, pair)
            worst = max(worst, outcome.seconds)
            if outcome.broken:
                broken += 1
                sys.stdout.write(f"{mail.name} ({thread}): {outcome.broken}\n")
    grown = _resident() - before
    sys.stdout.write(
        f"hostile mail: {count} mails, {2 * count} trials, slowest {worst:.2f} s, {grown:.0f} MB, {broken} broken\n"
    )
    return int(broken > 0 or grown > MEGABYTES)


def _resident() -> float:
    """The largest resident size of this process so far, in MB (Linux counts in kB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
