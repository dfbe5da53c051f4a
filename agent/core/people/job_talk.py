"""Whether a message speaks of a job, and not of the many other things for which people apply and are interviewed."""

from __future__ import annotations

import re
from functools import cache

from agent.core.lexicon import LANGUAGES, pack
from agent.core.meaning import senders
from agent.core.model import Reading, Role, SignalKind
from agent.core.people.contacts import role_of

ARRANGES = (
    SignalKind.INVITATION,
    SignalKind.AVAILABILITY_REQUEST,
    SignalKind.CONFIRMATION,
    SignalKind.RESCHEDULE,
    SignalKind.NEXT_ROUND,
)
_HIRING_LOCALS = frozenset(pack("en", "parties")["common"]["hiring_locals"])
_WORDS = re.compile(r"\w+")


def about_job(reading: Reading, *, title: str) -> bool:
    """True if the message is about a job: it says so plainly, names a position, or comes from somebody who recruits.

    A word that jobs have to do with as well ("bring your passport") does not undo a plain invitation.
    """
    if any(word not in title.lower() for word in _spoken(reading, "never_a_job")):
        return False
    if reading.strong(SignalKind.JOB_TOPIC):
        return (
            bool(title) or not other_matter(reading) or (reading.strong(*ARRANGES) and _in_passing(reading))
        )
    if not reading.has(SignalKind.JOB_TOPIC, SignalKind.INTERVIEW_TOPIC, *ARRANGES):
        return False
    return bool(title) or (recruits(reading) and not other_matter(reading))


def position_of(title: str) -> str:
    """The title, unless it only says that nobody is employed ("Volunteer")."""
    words = set(_WORDS.findall(title.lower()))
    return "" if words and words <= set(_gate_words("never_a_job")) else title


def of_interview(reading: Reading) -> bool:
    """True if an interview is spoken of, not only a time ("free for a demo?")."""
    return bool(reading.message.invites) or reading.has(
        SignalKind.INTERVIEW_TOPIC,
        SignalKind.INVITATION,
        SignalKind.NEXT_ROUND,
        SignalKind.AVAILABILITY_REQUEST,
    )


def recruits(reading: Reading) -> bool:
    """True if the sender hires for a living: a tracking system, an agency, a talent team, jobs@…"""
    sender = reading.message.sender
    if reading.outgoing:
        return False
    if senders.is_ats(sender.domain) or senders.looks_like_agency(sender.domain):
        return True
    local = sender.email.partition("@")[0]
    return local in _HIRING_LOCALS or role_of([reading]) is Role.RECRUITER


def other_matter(reading: Reading) -> bool:
    """True if the words belong to another kind of interview or application (a flat, a visa, a school place)."""
    return speaks_of(reading, "other_matters")


def _in_passing(reading: Reading) -> bool:
    """True if the only words of another matter are of papers to bring along, or of what some trades deal with."""
    return set(_spoken(reading, "other_matters")) <= set(_gate_words("in_passing"))


def speaks_of(reading: Reading, key: str) -> bool:
    return bool(_spoken(reading, key))


def _spoken(reading: Reading, key: str) -> list[str]:
    """Which of the lexicon's words for this stand in the message."""
    message = reading.message
    text = f" {' '.join(_WORDS.findall(f'{message.subject[:300]} {message.body[:3000]}'.lower()))} "
    return [word for word in _gate_words(key, _spoken_in(reading)) if f" {word} " in text]


def _spoken_in(reading: Reading) -> tuple[str, ...]:
    """The languages whose words may stand in the message: a "chorus master" is not the French degree."""
    return (reading.language, "en") if reading.language in LANGUAGES else LANGUAGES


@cache
def _gate_words(key: str, languages: tuple[str, ...] = LANGUAGES) -> tuple[str, ...]:
    return tuple(
        " ".join(_WORDS.findall(str(w)))
        for code in dict.fromkeys(languages)
        for w in pack(code, "parties")["gate"][key]
    )
