"""What a message means: its signals, each by one named rule with its evidence, and the days and times it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from agent.core.dates.absence import return_date
from agent.core.dates.deadlines import deadlines
from agent.core.dates.times import stated_times
from agent.core.lexicon import LANGUAGES
from agent.core.mail import authentication
from agent.core.meaning import language as languages
from agent.core.meaning import senders, statements
from agent.core.meaning.phrases import normal
from agent.core.meaning.rules import Hearing, fired, rulebook
from agent.core.meaning.rules_machine import Envelope, machine_signals
from agent.core.meaning.statements import Passage
from agent.core.meaning.verdicts import verdict
from agent.core.model import (
    Deadline,
    Evidence,
    Identity,
    Message,
    Reading,
    Signal,
    SignalKind,
    StatedTime,
    Strength,
)

_WEST, _EAST = timedelta(hours=-10), timedelta(hours=-4)  # where 6/7 is June 7


def read(message: Message, identity: Identity, *, zone: str, holidays: str = "") -> Reading:
    """Everything that was understood of one message; never raises on odd mail.

    ``zone``: the IANA zone in which bare clock times are read; ``holidays``: the policy's calendar, for "in three
    working days".
    """
    outgoing = is_outgoing(message, identity)
    spoken = _spoken(message)
    language = spoken[0] if spoken else ""
    found = tuple(signals(message, identity, outgoing=outgoing, spoken=spoken))
    return Reading(
        message, outgoing, language, found,
        times=_times(message, language, zone), deadlines=_deadlines(message, language, holidays, outgoing=outgoing),
    )  # fmt: skip


def is_outgoing(message: Message, identity: Identity) -> bool:
    """True for what the user sent: by Gmail's label, or from an own address that nobody has forged."""
    if "SENT" in message.label_ids:
        return True
    return identity.is_me(message.sender) and not authentication.failed(
        message.headers, message.sender.domain
    )


def signals(
    message: Message, identity: Identity, *, outgoing: bool, spoken: tuple[str, ...]
) -> tuple[Signal, ...]:
    """The signals of a message that stand after all rules have been heard."""
    body, subject = statements.body(message), statements.subject(message)
    heard = list(machine_signals(Envelope(message, identity, outgoing)))
    whole = Passage("whole", (*subject.sentences, *body.sentences))
    heard += _worded(
        body, subject, statements.signature(message), Hearing(outgoing, _is_reply(message), whole, spoken)
    )
    heard += _booking(message)
    return verdict(tuple(_absences(heard, message, spoken)))


def _spoken(message: Message) -> tuple[str, ...]:
    for text in (message.body, f"{message.subject}\n{message.text[:2000]}", message.quoted[:2000]):
        found = languages.spoken(text)
        if found:
            return found
    return ()


def _is_reply(message: Message) -> bool:
    return bool(message.in_reply_to) or statements.is_prefixed(message.subject)


def _worded(body: Passage, subject: Passage, signature: Passage, hearing: Hearing) -> Iterator[Signal]:
    """What the words say, in the languages of the text; subjects are often in another one, so all are tried."""
    spoken = hearing.spoken
    ours = [code for code in LANGUAGES if code in spoken or not spoken]
    for code in ours:
        yield from fired(rulebook(code), body, hearing)
    for code in ours:
        yield from fired(rulebook(code), signature, hearing)
    if subject.sentences:
        for code in dict.fromkeys((*ours, *LANGUAGES)):
            yield from fired(rulebook(code), subject, hearing)


def _booking(message: Message) -> Iterator[Signal]:
    """A link in the text (not in the signature) where the reader picks a time."""
    for link in message.links[:50]:
        if senders.is_booking_link(link) and link not in message.signature:
            yield Signal(
                SignalKind.AVAILABILITY_REQUEST, "link.booking", Strength.STRONG, Evidence(link[:200])
            )
            return


def _absences(heard: list[Signal], message: Message, spoken: tuple[str, ...]) -> Iterator[Signal]:
    """Tell an absence note from a receipt, and give it its day of return.

    Absence in words alone counts only when it sounds like a machine twice over: people also write that they are away.
    """
    automatic = next((s for s in heard if s.kind is SignalKind.ROBOT), None)
    worded = [s for s in heard if s.kind is SignalKind.OUT_OF_OFFICE]
    yield from (s for s in heard if s.kind not in {SignalKind.ROBOT, SignalKind.OUT_OF_OFFICE})
    sure = len(worded) > 1 or any(s.strength is Strength.STRONG for s in worded)
    if worded and (automatic or sure):
        yield replace(worded[0], strength=Strength.STRONG, until=_until(message, spoken))
    elif automatic and _says_absent(automatic):
        yield replace(automatic, kind=SignalKind.OUT_OF_OFFICE, until=_until(message, spoken))
    elif automatic:
        yield automatic


_ABSENT = (
    " office ",
    " ooo ",
    " leave ",
    " vacation ",
    " abwesen",
    " absen",
    " fura ",
    " ausente",
    " nicht im ",
)


def _says_absent(automatic: Signal) -> bool:
    plain = normal(automatic.evidence.quote)
    return automatic.evidence.where == "subject" and any(word in plain for word in _ABSENT)


def _until(message: Message, spoken: tuple[str, ...]) -> date | None:
    written = (message.date or message.internal_date).date()
    offset = (message.date.utcoffset() if message.date else None) or timedelta(0)
    american = _WEST <= offset <= _EAST and spoken[:1] in {(), ("en",)}
    return return_date(message.text, written=written, day_first=not american)


def _times(message: Message, language: str, zone: str) -> tuple[StatedTime, ...]:
    written = message.date or message.internal_date
    return stated_times(message.body, written=written, language=language, zone=zone, subject=message.subject)


def _deadlines(message: Message, language: str, holidays: str, *, outgoing: bool) -> tuple[Deadline, ...]:
    written = message.date or message.internal_date
    return deadlines(message.body, written=written, language=language, holidays=holidays, outgoing=outgoing)
