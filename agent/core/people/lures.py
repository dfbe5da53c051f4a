"""Letters that lure: invitations by strangers to a chat, for a code, a cheque or a job that needs no meeting.

Single marks occur in honest mail (a café owner asks for a message on WhatsApp and names the wage); together they do not.
What is marked is named by turns of phrase of ``lexicon/*/parties.toml`` ``[gate]``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from agent.core.meaning import senders
from agent.core.model import Message, Reading, SignalKind
from agent.core.people.parties import employer_domain, is_private, is_vendor_robot
from agent.core.people.turns import says

_BAIT = (SignalKind.INTERVIEW_TOPIC, SignalKind.JOB_TOPIC, SignalKind.INVITATION, SignalKind.OFFER)
_GRAVE = ("lure_chat", "lure_code", "lure_cheque", "lure_hired")
_PAPERS = "lure_papers"  # honest employers ask for papers too, once the user has talked to them
_LIGHT = ("lure_whatsapp", "lure_stranger", "lure_pay")

_ASKED = frozenset(
    [
        "interview",
        "add",
        "manager",
        "agent",
        "code",
        "bank",
        "account",
        "fee",
        "pay",
        "deposit",
        "id",
        "passport",
        "ssn",
    ]
)


def lurers(readings: Iterable[Reading], written_to: frozenset[str]) -> frozenset[str]:
    """The addresses whose letters together are a lure; those the user has answered need more marks."""
    letters: dict[str, list[Reading]] = {}
    for reading in readings:
        if not (reading.outgoing or reading.has(SignalKind.LIST_MAIL)):
            letters.setdefault(reading.message.sender.email, []).append(reading)
    return frozenset(
        email
        for email, own in letters.items()
        if not is_vendor_robot(email)
        and any(r.has(*_BAIT) for r in own)
        and _lures(email, set[str]().union(*map(_marks, own)), written_to)
    )


def _lures(email: str, found: set[str], written_to: frozenset[str]) -> bool:
    answered = bool({email, employer_domain(email)} & written_to)
    grave = len(found.intersection(_GRAVE)) + (_PAPERS in found and not answered)
    light = len(found.intersection(_LIGHT)) + ("elsewhere" in found) + is_private(email)
    if grave >= 2 or (grave == 1 and light >= (3 if answered else 2)):
        return True
    return not answered and light >= 4 and "lure_stranger" in found


def _marks(reading: Reading) -> set[str]:
    found = {key for key in (*_GRAVE, _PAPERS, *_LIGHT) if says(reading, key)}
    return found | ({"elsewhere"} if _answers_elsewhere(reading.message) else set())


def _answers_elsewhere(message: Message) -> bool:
    """True if a person's answer would go to another house than the letter came from."""
    home = senders.registrable(message.sender.domain)
    return any(
        senders.registrable(a.domain) != home and not is_vendor_robot(a.email) for a in message.reply_to
    )


def lured(reading: Reading, known: frozenset[str]) -> bool:
    """True for a lurer's letter, and for the user's own to nobody else."""
    if not reading.outgoing:
        return reading.message.sender.email in known
    to = [a.email for a in (*reading.message.to, *reading.message.cc)]
    return bool(to) and all(email in known for email in to)


def without_courtesies(reading: Reading) -> Reading:
    """The reading without alarms that only a number to call rang ("text or WhatsApp me if any trouble").

    Where the interview itself is to be a chat, or anything else is asked for, the alarm stays.
    """
    smells = [s for s in reading.signals if s.kind is SignalKind.SUSPICIOUS]
    polite = [s for s in smells if _is_courtesy(s.evidence.quote)]
    if (
        not polite
        or len(polite) < len(smells)
        or any(says(reading, key) for key in (*_GRAVE, "lure_stranger"))
    ):
        return reading
    return replace(reading, signals=tuple(s for s in reading.signals if s not in polite))


def _is_courtesy(quote: str) -> bool:
    words = set(re.findall(r"\w+", quote.lower()))
    return "whatsapp" in words and not words & _ASKED
