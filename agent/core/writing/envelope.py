"""To whom a letter goes, from which of the user's addresses, and which message it answers.

Only people who wrote to the user, or were written to, in this candidacy are ever addressed: the human who last wrote for
the employer, at the address in From. A Reply-To counts only if it is a known contact or belongs to the same organisation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from agent.core.meaning.senders import is_calendar_robot, is_no_reply, is_scheduler, is_vendor, registrable
from agent.core.model import (
    Action,
    ActionKind,
    Address,
    Candidacy,
    Contact,
    Identity,
    Interview,
    Reading,
    Role,
    SignalKind,
    State,
)

MACHINE = (
    SignalKind.OUT_OF_OFFICE,
    SignalKind.ROBOT,
    SignalKind.BOUNCE,
    SignalKind.DELAY,
    SignalKind.RSVP,
    SignalKind.READ_RECEIPT,
    SignalKind.LIST_MAIL,
    SignalKind.JOB_ALERT,
    SignalKind.SUSPICIOUS,
)
_ABOUT_JOB = (
    SignalKind.JOB_TOPIC, SignalKind.INTERVIEW_TOPIC, SignalKind.INVITATION, SignalKind.CONFIRMATION, SignalKind.NEXT_ROUND,
    SignalKind.RESCHEDULE, SignalKind.THANK_YOU, SignalKind.FOLLOW_UP,
)  # fmt: skip
HIDDEN = frozenset({"DRAFT", "SPAM", "TRASH"})
MAX_REFERENCES = 60  # the first and the last ones; Gmail threads hold at most 100 messages
MAX_PANEL = 4
MAX_PREFIX = 100  # characters of a subject in which a prefix is looked for
MAX_SUBJECT = 5_000  # what is longer is no subject; the linter stops it

_REPLY_PREFIX = re.compile(
    r"^\s*(?:re|aw|antw|antwort|rép|ré|réf|rv|sv|ref)(?:\s?\[\d{1,3}\])?\s?:", re.IGNORECASE
)
_REPEATED = re.compile(r"^(\s*re\s?:)(?:\s*re\s?:)+", re.IGNORECASE)
_NOTICE = re.compile(
    r"^\s*(?:(?:fwd?|wg|tr|rv)\s?:\s*)?(?:updated invitation|invitation|accepted|declined|tentative|canceled|cancelled|einladung aktualisiert|"
    r"invitation modifiée|invitación actualizada|automatic reply|automatische antwort|réponse automatique|"
    r"respuesta automática)\s?:",
    re.IGNORECASE,
)
_ID = re.compile(r"<[!-;=?-~]{3,990}>")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why no letter can be written: a reason for the user, and what exactly was wrong."""

    reason: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """Where a letter goes: ``contact`` is greeted, ``answered`` is the message replied to (None: a new conversation)."""

    contact: Contact
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    answered: Reading | None


NOBODY = Refusal(
    "no human on the employer's side can be answered by mail; `followup-agent call` prints a script for the phone"
)


def route(candidacy: Candidacy, state: State, action: Action) -> Route | Refusal:
    """The human to write to and the message to answer, or why there is none."""
    known = writable(candidacy, state)
    if handed := _handed_over(candidacy, known):
        return handed
    talk = conversation(candidacy, known)
    last = _last_word(talk, known)
    if action.kind is ActionKind.THANK_YOU:
        last = _interviewer_word(talk, known, state) or last
    if last is None:
        return _unanswered(talk, known)
    contact = _speaker(last, known)
    assert contact is not None
    answered = [r for r in talk if r.message.thread_id == last.message.thread_id][-1]
    if answered.outgoing:
        partners = _partners(answered, known)
        if contact not in partners:
            contact = partners[0]
        return Route(contact, (contact.address,), (), answered)
    return Route(contact, (_reply_address(last, contact, known),), (), answered)


def _handed_over(candidacy: Candidacy, known: tuple[Contact, ...]) -> Route | None:
    """The successor whom a leaver put in copy of the last letter, if nobody has written since."""
    leavers = {c.address.email for c in candidacy.contacts if c.left}
    for reading in reversed(candidacy.readings) if leavers else ():
        message = reading.message
        if HIDDEN & message.label_ids or reading.has(*MACHINE):
            continue
        if message.sender.email not in leavers:
            return None
        copied = [c for c in known if c.address.email in {a.email for a in (*message.to, *message.cc)}]
        return Route(copied[0], (copied[0].address,), (), reading) if copied else None
    return None


def panel(candidacy: Candidacy, state: State) -> tuple[Contact, ...]:
    """The known humans who took part in the last interview (at most four; none where only one is known).

    The letter in the thread goes to one of them or to the organiser (``route``); each of the others may get a thank-you
    as a conversation of its own: Gmail shows one draft per thread.
    """
    present = _present(candidacy, state)
    people = tuple(c for c in writable(candidacy, state) if c.address.email in present)
    return people if 1 < len(people) <= MAX_PANEL else ()


def writable(candidacy: Candidacy, state: State) -> tuple[Contact, ...]:
    """The contacts that may be written to: humans, not bounced, never a no-reply address."""
    return tuple(
        c
        for c in candidacy.contacts
        if c.may_write
        and "@" in c.address.email
        and not is_no_reply(c.address.email)
        and c.address.email not in state.bounced
    )


def conversation(candidacy: Candidacy, known: Iterable[Contact]) -> tuple[Reading, ...]:
    """The mails between the user and those humans, oldest first; machines, drafts, spam and asides left out."""
    emails = {c.address.email for c in known}
    return tuple(r for r in candidacy.readings if _belongs(r, emails))


def _belongs(reading: Reading, emails: set[str]) -> bool:
    message = reading.message
    if HIDDEN & message.label_ids or reading.has(*MACHINE):
        return False
    if reading.outgoing:
        return any(a.email in emails for a in message.to) and not _NOTICE.match(message.subject[:MAX_PREFIX])
    return message.sender.email in emails or any(a.email in emails for a in message.reply_to)


def _last_word(talk: tuple[Reading, ...], known: tuple[Contact, ...]) -> Reading | None:
    """The last thing a human of theirs wrote; a bare calendar invitation only where there is nothing else."""
    words = [r for r in talk if not r.outgoing and _speaker(r, known) is not None]
    letters = [r for r in words if not _is_notice(r)]
    about = {r.message.thread_id for r in talk if r.has(*_ABOUT_JOB)}  # not the thread about football
    return next(reversed([r for r in letters if r.message.thread_id in about] or letters or words), None)


def _is_notice(reading: Reading) -> bool:
    """A calendar's own mail: answering it would open a strange conversation beside the real one."""
    message = reading.message
    if is_scheduler(message.sender.domain) or is_calendar_robot(message.sender.email):
        return True
    bare = bool(message.invites) and not message.body.strip()
    return bare or _NOTICE.match(message.subject[:MAX_PREFIX]) is not None


def _interviewer_word(talk: tuple[Reading, ...], known: tuple[Contact, ...], state: State) -> Reading | None:
    """The last word of somebody who was in the interview, if such a person wrote at all."""
    present = {a.email for i in _last_interview(state) for a in i.attendees}
    roles = {Role.INTERVIEWER, Role.HIRING_MANAGER}
    led = tuple(c for c in known if (c.address.email in present if present else c.role in roles))
    return _last_word(talk, led)


def _speaker(reading: Reading, known: Iterable[Contact]) -> Contact | None:
    """The known human behind an incoming mail: its sender, else (mail sent through a system) a known Reply-To."""
    by_email = {c.address.email: c for c in known}
    message = reading.message
    return by_email.get(message.sender.email) or next(
        (by_email[a.email] for a in message.reply_to if a.email in by_email), None
    )


def _partners(reading: Reading, known: Iterable[Contact]) -> tuple[Contact, ...]:
    by_email = {c.address.email: c for c in known}
    return tuple(by_email[a.email] for a in reading.message.to if a.email in by_email)


def _unanswered(talk: tuple[Reading, ...], known: tuple[Contact, ...]) -> Route | Refusal:
    """No human of theirs wrote: the user's own last mail to a known human can still be followed up."""
    if not talk:
        return NOBODY
    contact = _partners(talk[-1], known)[0]
    return Route(contact, (contact.address,), (), talk[-1])


def _reply_address(reading: Reading, contact: Contact, known: Iterable[Contact]) -> Address:
    """From, unless Reply-To names a known contact or another mailbox of the same organisation."""
    message = reading.message
    emails = {c.address.email for c in known}
    for wanted in message.reply_to[:1]:
        same_house = registrable(wanted.domain) == registrable(message.sender.domain)
        trusted = wanted.email in emails or (same_house and not is_vendor(wanted.domain))
        if trusted and not is_no_reply(wanted.email):
            return wanted
    return contact.address


def _last_interview(state: State) -> tuple[Interview, ...]:
    live = [i for i in state.live_interviews if i.round == state.round] or list(state.live_interviews)
    return (max(live, key=lambda i: i.start),) if live else ()


def _present(candidacy: Candidacy, state: State) -> set[str]:
    held = _last_interview(state)
    present = {a.email for i in held for a in i.attendees}
    return present | {c.address.email for c in candidacy.contacts if c.role is Role.INTERVIEWER and not held}


# ── headers ────────────────────────────────────────────────────────────────────────────────────────────────────


def sender(candidacy: Candidacy, identity: Identity, answered: Reading | None) -> Address:
    """The user's address that they wrote to (an alias, if Gmail may send as it), else the primary one."""
    aliases = {alias.address.email: alias.address for alias in identity.send_as}
    aliases.setdefault(identity.primary.email, identity.primary)
    thread = answered.message.thread_id if answered else None
    for reading in reversed([r for r in candidacy.readings if r.message.thread_id == thread]):
        message = reading.message
        mine = (message.sender,) if reading.outgoing else (*message.to, *message.cc)
        for address in mine:
            if address.email in aliases:
                return _named(aliases[address.email], identity)
    return _named(identity.primary, identity)


def _named(address: Address, identity: Identity) -> Address:
    name = address.name or identity.primary.name or next(iter(identity.names), "")
    return Address(name, address.email)


def reply_subject(subject: str) -> str:
    """Exactly the thread's subject with one reply prefix: ``AW:`` and ``RE:`` stay, ``Re: Re:`` becomes ``Re:``."""
    flat = " ".join(
        part for part in re.split(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", subject[:MAX_SUBJECT]) if part
    ).strip()
    single = _REPEATED.sub(r"\1", flat)
    return single if _REPLY_PREFIX.match(single) else f"Re: {single}".rstrip()


def identifier(message_id: str) -> str:
    """A Message-ID fit for In-Reply-To, in angle brackets; empty where it is none (RFC 5322, section 3.6.4)."""
    bare = message_id.strip()
    wrapped = bare if bare.startswith("<") else f"<{bare}>"
    return wrapped if _ID.fullmatch(wrapped) else ""


def references(answered: Reading) -> tuple[str, ...]:
    """The chain of ids to the answered message, itself last; the middle of a very long one is left out."""
    message = answered.message
    ids = [identifier(i) for i in (*message.references, message.in_reply_to)]
    own = identifier(message.message_id)
    chain = list(dict.fromkeys(i for i in ids if i and i != own)) + ([own] if own else [])
    if len(chain) <= MAX_REFERENCES:
        return tuple(chain)
    return (*chain[:10], *chain[10 - MAX_REFERENCES :])
