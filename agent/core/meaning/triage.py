"""Can this message matter? What cannot is remembered by id only; what can is kept as a fact."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from agent.core.meaning.senders import is_vendor, registrable
from agent.core.model import Candidacy, Reading
from agent.core.model import SignalKind as Kind

TOPICAL = (
    Kind.INVITATION,
    Kind.AVAILABILITY_REQUEST,
    Kind.RESCHEDULE,
    Kind.CANCELLATION,
    Kind.NEXT_ROUND,
    Kind.REJECTION,
    Kind.ON_HOLD,
    Kind.POSITION_CLOSED,
    Kind.ACKNOWLEDGEMENT,
    Kind.COLD_OUTREACH,
    Kind.WITHDRAWAL,
    Kind.INTERVIEW_TOPIC,
    Kind.JOB_TOPIC,
    Kind.ATS,
    Kind.SCHEDULER,
)
NOISE = (Kind.LIST_MAIL, Kind.JOB_ALERT)


def matters(reading: Reading, threads: AbstractSet[str], people: AbstractSet[str]) -> bool:
    """True if the message is of a known conversation, of known people or hosts, or speaks of a job by itself.

    ``threads``: thread ids that matter already; ``people``: addresses and registrable employer domains.
    """
    message = reading.message
    if message.thread_id in threads or _known(reading, people):
        return True
    if message.label_ids & {"SPAM", "TRASH"}:
        return False
    if reading.has(*NOISE) and not reading.has(Kind.ATS, Kind.SCHEDULER):
        return False
    return reading.has(*TOPICAL) or any(invite.start for invite in message.invites)


def leads_on(reading: Reading) -> bool:
    """True if the user's answer sounds like part of an arrangement: the mail before it, not telling by itself, may be."""
    answers = (Kind.ACCEPTANCE, Kind.AVAILABILITY, Kind.THANK_YOU, Kind.FOLLOW_UP)
    return reading.outgoing and (reading.has(*answers) or bool(reading.times))


def people_of(candidacy: Candidacy) -> frozenset[str]:
    """The addresses of a candidacy's contacts and the employer's own domains: what widening asks for."""
    addresses = {contact.address.email for contact in candidacy.contacts if contact.may_write}
    domains = {registrable(address.rpartition("@")[2]) for address in addresses}
    return frozenset(addresses | {domain for domain in domains if domain and not is_vendor(domain)})


def _known(reading: Reading, people: AbstractSet[str]) -> bool:
    message = reading.message
    addresses = [message.sender.email, *(a.email for a in (*message.to, *message.cc))]
    return any(a in people or registrable(a.rpartition("@")[2]) in people for a in addresses if a)
