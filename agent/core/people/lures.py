"""Letters that lure: invitations by strangers to a chat, for a code, a cheque or a job that needs no meeting.

Single marks occur in honest mail (a café owner asks for a message on WhatsApp and names the wage); together they do not.
What is marked is named by turns of phrase of ``lexicon/*/parties.toml`` ``[gate]``.
"""

from __future__ import annotations

from collections.abc import Iterable

from agent.core.meaning import senders
from agent.core.model import Message, Reading, SignalKind
from agent.core.people.occasions import says
from agent.core.people.parties import employer_domain, is_private, is_vendor_robot

_BAIT = (SignalKind.INTERVIEW_TOPIC, SignalKind.JOB_TOPIC, SignalKind.INVITATION, SignalKind.OFFER)
_GRAVE = ("lure_chat", "lure_code", "lure_cheque", "lure_hired")
_PAPERS = "lure_papers"  # honest employers ask for papers too, once the user has talked to them
_LIGHT = ("lure_whatsapp", "lure_stranger", "lure_pay")


def lurers(readings: Iterable[Reading], written_to: frozenset[str]) -> frozenset[str]:
    """The addresses whose letters together are a lure; those the user has answered need two grave marks."""
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
    grave = len(found.intersection(_GRAVE))
    if {email, employer_domain(email)} & written_to:
        return grave >= 2
    grave += _PAPERS in found
    light = len(found.intersection(_LIGHT)) + ("elsewhere" in found) + is_private(email)
    return grave >= 2 or (grave == 1 and light >= 2) or (light >= 4 and "lure_stranger" in found)


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
