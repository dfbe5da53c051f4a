"""Whether a conversation is a candidacy of the user's own: the evidence for it, and what speaks against.

An interview has to be arranged, held or thanked for, about a job, between the user and somebody outside the user's own
organisation. Receipts, alerts and cold letters alone are none; where the evidence contradicts itself, the reader decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.core.meaning import senders
from agent.core.model import Address, Identity, Invite, Reading, SignalKind
from agent.core.people.job_talk import ARRANGES, about_job, of_interview, other_matter, position_of, speaks_of
from agent.core.people.occasions import (
    asks_plainly,
    elsewhere,
    is_bare,
    is_private,
    own_trade,
    refused,
    speaks_of_work,
)
from agent.core.people.parties import employer_domain, is_machine, is_vendor_robot, own_domains
from agent.core.people.sides import Sides
from agent.core.people.signing import name_words
from agent.core.people.vouching import borrows_organizer

_ASKS = (SignalKind.INVITATION, SignalKind.AVAILABILITY_REQUEST, SignalKind.NEXT_ROUND)
_NEWS = (
    SignalKind.ACKNOWLEDGEMENT,
    SignalKind.REJECTION,
    SignalKind.HOLDING,
    SignalKind.OFFER,
    SignalKind.COLD_OUTREACH,
)
_NOISE = (
    SignalKind.LIST_MAIL,
    SignalKind.JOB_ALERT,
    SignalKind.OUT_OF_OFFICE,
    SignalKind.BOUNCE,
    SignalKind.DELAY,
    SignalKind.READ_RECEIPT,
)
_INTERVIEW_WORDS = re.compile(
    r"\b(?:interview\w*|phone screen\w*|screening|vorstellungsgespr\w+|bewerbungsgespr\w+|kennenlern\w+|entretien\w*|entrevista\w*|onsite|on-site|hiring|candidate|recruit\w+|"
    r"trial shift|probearbeit\w*|probetag)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """``qualified``: a candidacy; ``doubts``: why the user should look; ``at``: index of the first message that qualifies."""

    qualified: bool
    doubts: tuple[str, ...] = ()
    confidence: float = 0.0
    gmail_id: str = ""
    thread_id: str = ""


NO = Verdict(qualified=False)


def verdict(readings: Sequence[Reading], sides: Sides, identity: Identity, *, title: str = "") -> Verdict:
    """Judge one conversation, its messages in order of time; ``title``: the position it names."""
    title = position_of(title)
    heard = [r for r in readings if _may_testify(r, sides, identity)]
    theirs = [r for r in heard if not r.outgoing]
    interviewer = [r for r in heard if r.has(SignalKind.USER_IS_INTERVIEWER)]
    job = any(about_job(r, title=title) for r in heard)
    answered = any(r.outgoing for r in heard)
    applied = any(r.strong(SignalKind.JOB_TOPIC) for r in heard)
    arranging = [
        r
        for r in theirs
        if _arranges(r, identity, answered=answered, applied=applied) or _agreed(r, heard, title=title)
    ]
    job = job or any(_asked_and_taken(r, heard) for r in arranging)
    after = _afterwards(heard)
    if (
        not (arranging or after)
        or not (theirs or title)
        or not job
        or not (title or any(map(of_interview, heard)))
    ):
        return NO
    firm = _firm((*arranging, *after), heard, title=title, answered=answered)
    if not firm or refused(heard):
        return NO
    doubts = _doubts(readings, sides, arranging, interviewer)
    if interviewer and (
        any(r.strong(SignalKind.USER_IS_INTERVIEWER) for r in interviewer)
        and not _own_evidence(firm, interviewer)
    ):
        return NO
    first = min(firm, key=lambda r: (r.message.internal_date, r.message.gmail_id))
    return Verdict(
        True, doubts, _confidence(heard, firm, doubts), first.message.gmail_id, first.message.thread_id
    )


def _firm(found: Sequence[Reading], heard: Sequence[Reading], *, title: str, answered: bool) -> list[Reading]:
    """What is left of the evidence when other occasions, private letters and mere courtesies are taken away."""
    away = elsewhere(heard, title=title)
    doubtful = [r for r in heard if r.has(SignalKind.NOT_A_JOB_INTERVIEW) and not own_trade(r, title=title)]
    against = [r for r in doubtful if r.strong(SignalKind.NOT_A_JOB_INTERVIEW)]
    firm = [
        r
        for r in found
        if r not in doubtful
        and not is_private(r)
        and r.message.thread_id not in away
        and (answered or _solid(r))
    ]
    plain = [r for r in firm if about_job(r, title=title)]
    agreed = bool(title) and any(_taken(r, heard) for r in plain)
    return [] if against and len(against) >= len(plain) + agreed else firm


def _may_testify(reading: Reading, sides: Sides, identity: Identity) -> bool:
    """Messages that can speak for or against: between me and the other side, no noise, nothing suspicious."""
    if reading.has(*_NOISE) or reading.strong(SignalKind.SUSPICIOUS) or is_machine(reading):
        return False
    if reading.outgoing:
        return True
    sender = reading.message.sender
    if (
        employer_domain(sender.email) in own_domains(identity)
        or sender.email in sides.outsiders | sides.impostors
        or _is_family(sender, identity)
    ):
        return False
    return sides.holds(sender.email) or is_vendor_robot(sender.email)


def _is_family(sender: Address, identity: Identity) -> bool:
    """True for somebody of the user's own family name who writes from a private mailbox."""
    surnames = {words[-1] for name in identity.names if len(words := name_words(name.lower())) > 1}
    named = name_words(sender.name[:200].lower())
    return len(named) > 1 and named[-1] in surnames and senders.is_freemail(sender.email.rpartition("@")[2])


def _solid(reading: Reading) -> bool:
    """Enough of a message that the user never answered: it fixes something, or plainly asks."""
    return not is_bare(reading) or asks_plainly(reading)


def _arranges(reading: Reading, identity: Identity, *, answered: bool, applied: bool) -> bool:
    """True if the message asks for, offers or fixes an interview; ``applied``: the conversation is about a job."""
    if any(_invites_me(invite, reading, identity, bare=applied) for invite in reading.message.invites):
        return True
    if not (reading.has(*ARRANGES) or _names_time(reading)):
        return _calls_applicant(reading)
    if reading.has(SignalKind.ACKNOWLEDGEMENT) and not _asks_beside_receipt(reading):
        return False
    if not reading.has(*_ASKS):
        fixed = reading.strong(*ARRANGES) and reading.strong(SignalKind.INTERVIEW_TOPIC)
        return fixed or (answered and (_names_time(reading) or reading.has(SignalKind.INTERVIEW_TOPIC)))
    if reading.has(SignalKind.COLD_OUTREACH):
        plain = reading.strong(SignalKind.INVITATION) and reading.strong(SignalKind.INTERVIEW_TOPIC)
        return answered or plain
    if reading.strong(*ARRANGES) or _names_time(reading):
        return True
    asked = reading.has(SignalKind.QUESTION) and reading.strong(SignalKind.INTERVIEW_TOPIC)
    return asked or (answered and reading.has(SignalKind.INTERVIEW_TOPIC, SignalKind.JOB_TOPIC))


def _agreed(reading: Reading, heard: Sequence[Reading], *, title: str) -> bool:
    """A time that the other side named in a mail about a job, and that the user took: arranged, whatever it is called."""
    return bool(reading.times) and about_job(reading, title=title) and _taken(reading, heard)


def _asked_and_taken(reading: Reading, heard: Sequence[Reading]) -> bool:
    """Hardly a word of a job, but a clear invitation beside it that the user took."""
    return (
        reading.has(SignalKind.JOB_TOPIC)
        and speaks_of_work(reading)
        and reading.strong(*_ASKS)
        and not other_matter(reading)
        and _taken(reading, heard)
    )


def _taken(reading: Reading, heard: Sequence[Reading]) -> bool:
    at = reading.message.internal_date
    return any(
        r.outgoing and r.message.internal_date > at and r.has(SignalKind.ACCEPTANCE, SignalKind.AVAILABILITY)
        for r in heard
    )


def _calls_applicant(reading: Reading) -> bool:
    """No interview is named, but it is one: they saw the application, name the job and a time to come by."""
    if not reading.times or not reading.strong(SignalKind.JOB_TOPIC) or reading.has(*_NEWS):
        return False
    return speaks_of(reading, "applied")


def _asks_beside_receipt(reading: Reading) -> bool:
    """True if a receipt of an application also asks the user to come."""
    return (
        _names_time(reading)
        or reading.strong(*_ASKS)
        or (reading.has(*_ASKS, SignalKind.QUESTION) and reading.strong(SignalKind.INTERVIEW_TOPIC))
    )


def _names_time(reading: Reading) -> bool:
    """A time is stated in a message about an interview."""
    return bool(reading.times) and reading.has(
        SignalKind.INTERVIEW_TOPIC,
        SignalKind.INVITATION,
        SignalKind.CONFIRMATION,
        SignalKind.AVAILABILITY_REQUEST,
    )


def _invites_me(invite: Invite, reading: Reading, identity: Identity, *, bare: bool) -> bool:
    """A calendar invitation by the other side; a ``bare`` one ("Dana / Ann") says nothing of interviews itself."""
    if invite.method not in {"REQUEST", "PUBLISH"} or invite.start is None:
        return False
    if invite.organizer and (
        identity.is_me(invite.organizer) or employer_domain(invite.organizer.email) in own_domains(identity)
    ):
        return False
    topical = bool(_INTERVIEW_WORDS.search(f"{invite.summary[:300]} {reading.message.subject[:300]}"))
    return bare or topical or reading.has(SignalKind.INTERVIEW_TOPIC, SignalKind.JOB_TOPIC, *ARRANGES)


def _afterwards(heard: Sequence[Reading]) -> list[Reading]:
    """Conversation that only follows an interview: thanks for it, the next round, holding on after it."""
    topics = (SignalKind.INTERVIEW_TOPIC, SignalKind.JOB_TOPIC)
    thanked = [r for r in heard if r.outgoing and r.has(SignalKind.THANK_YOU) and r.has(*topics)]
    wrote = any(r.outgoing for r in heard)
    held = [r for r in heard if not r.outgoing and _follows(r, wrote=wrote)]
    return [*thanked, *held]


def _follows(reading: Reading, *, wrote: bool) -> bool:
    """True if the employer speaks of what comes after an interview; a receipt speaks of what comes before one."""
    if reading.has(SignalKind.ACKNOWLEDGEMENT) or not reading.has(SignalKind.INTERVIEW_TOPIC):
        return False
    return reading.has(SignalKind.NEXT_ROUND) or (
        wrote and reading.strong(SignalKind.HOLDING, SignalKind.OFFER)
    )


def _own_evidence(firm: Sequence[Reading], interviewer: Sequence[Reading]) -> bool:
    """A message that invites the user and is not itself one that makes them the interviewer."""
    return any(r.strong(*ARRANGES) and r not in interviewer and not r.outgoing for r in firm)


def _doubts(
    readings: Sequence[Reading], sides: Sides, arranging: Sequence[Reading], interviewer: Sequence[Reading]
) -> tuple[str, ...]:
    doubts: list[str] = []
    if interviewer and not _own_evidence(arranging, interviewer):
        doubts.append("A message reads as if you were the interviewer, not the candidate.")
    if arranging and all(r.has(SignalKind.NOT_A_JOB_INTERVIEW) for r in arranging):
        doubts.append("It is not certain that this is about a job.")
    if arranging and all(borrows_organizer(r.message) for r in arranging):
        doubts.append(
            "The invitation names an organiser of another house than its sender's; please check who wrote it."
        )
    if any(
        r.has(SignalKind.SUSPICIOUS) and sides.holds(r.message.sender.email)
        for r in readings
        if not r.outgoing
    ):
        doubts.append(
            "A message asks for things that employers do not ask for by mail; please check who wrote it."
        )
    return tuple(doubts)


def from_nowhere(readings: Sequence[Reading]) -> bool:
    """True if only strangers speak here: the user wrote nothing, and no letter knows of an application of the user's."""
    return not any(r.outgoing or _knows_me(r) for r in readings)


def _knows_me(reading: Reading) -> bool:
    applied = speaks_of(reading, "applied") or reading.has(SignalKind.ACKNOWLEDGEMENT)
    return applied or is_vendor_robot(reading.message.sender.email)


def _confidence(heard: Sequence[Reading], firm: Sequence[Reading], doubts: Sequence[str]) -> float:
    score = 0.7
    score += 0.1 * any(r.strong(*ARRANGES) for r in firm)
    score += 0.05 * any(r.message.invites for r in firm)
    score += 0.1 * any(r.outgoing for r in heard)
    score += 0.05 * any(r.strong(SignalKind.INTERVIEW_TOPIC) for r in heard)
    return round(max(0.2, min(score, 0.99) - 0.3 * len(doubts)), 2)
