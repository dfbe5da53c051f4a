"""Who is on the employer's side of a conversation, as it grows from message to message.

Nobody becomes part of a conversation by name alone: an address counts if the conversation began with it, shares its
domain, was introduced by somebody of that side, or answers within the thread and says what employers say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from agent.core.meaning import senders
from agent.core.model import Address, Identity, Message, Reading, SignalKind
from agent.core.people.company import letters
from agent.core.people.fronts import from_home, looks_like, poses, takes_name
from agent.core.people.parties import (
    employer_domain,
    is_machine,
    is_private,
    is_shared_host,
    is_vendor_robot,
    own_domains,
    recipients,
)
from agent.core.people.signing import bare_name, person
from agent.core.people.turns import says
from agent.core.people.vouching import guests, vouched, written_to

_NEWS = (
    SignalKind.INVITATION, SignalKind.CONFIRMATION, SignalKind.RESCHEDULE, SignalKind.CANCELLATION, SignalKind.HOLDING, SignalKind.NEXT_ROUND,
    SignalKind.REJECTION, SignalKind.OFFER, SignalKind.ON_HOLD, SignalKind.POSITION_CLOSED,
)  # fmt: skip
_LONGEST_TEXT = 4_000


@dataclass(slots=True)
class Sides:
    """The employer's side of one conversation, as it grows from message to message."""

    domains: set[str] = field(default_factory=set)
    people: dict[str, Address] = field(default_factory=dict)
    introduced: set[str] = field(default_factory=set)
    outsiders: set[str] = field(default_factory=set)
    impostors: set[str] = field(default_factory=set)
    colleagues: set[str] = field(default_factory=set)  # of the user: own organisation
    unproven: set[str] = field(
        default_factory=set
    )  # came in on their own word; the user has not written to them
    told: list[str] = field(default_factory=list)  # what that side wrote, letters only
    seen: set[str] = field(default_factory=set)  # stood beside the user in the employer's mails
    namesakes: set[str] = field(default_factory=set)  # a contact's or the user's name at a house nobody knows
    at_home: set[str] = field(default_factory=set)  # contacts' private mailboxes, by their names
    asides: set[str] = field(default_factory=set)  # Message-IDs of the user's letters to outsiders alone
    outside: set[frozenset[str]] = field(default_factory=set)  # the outsiders' names

    def holds(self, email: str) -> bool:
        """True if the address is on the employer's side."""
        return email in self.people or employer_domain(email) in self.domains

    def admit(self, address: Address) -> None:
        known = self.people.get(address.email)
        if known is None or len(address.name) > len(known.name):
            self.people[address.email] = address
        if domain := employer_domain(address.email):
            self.domains.add(domain)


def sides(readings: Sequence[Reading], identity: Identity) -> Sides:
    """Who belongs to the employer's side of these messages, taken in order of time."""
    found = Sides()
    mine = own_domains(identity)
    for reading in readings:
        if reading.outgoing:
            _note_recipients(found, reading, identity)
        elif not is_machine(reading) and not reading.strong(SignalKind.SUSPICIOUS):
            _note_sender(found, reading, identity, mine)
    return found


def _note_recipients(found: Sides, reading: Reading, identity: Identity) -> None:
    """The user's first letter names the other side; later ones to strangers only are told to outsiders."""
    others = [a for a in recipients(reading.message) if a.email and not identity.is_me(a)]
    if not says(reading, "refuses"):  # "who are you?" vouches for nobody
        found.unproven.difference_update(k for a in others for k in (a.email, employer_domain(a.email)))
    if any(found.holds(a.email) for a in others):  # whom the user puts in copy is the user's own company
        for address in others:
            if employer_domain(address.email) in found.domains:
                found.admit(address)
        _leave_out(found, [a for a in others if not (found.holds(a.email) or a.email in found.seen)])
        return
    if not found.people and not found.domains:
        houses = {employer_domain(a.email) or a.email for a in reading.message.to if not identity.is_me(a)}
        if not reading.message.forwarded and len(houses) < 2:  # of several houses the first to answer counts
            for address in others:
                found.admit(address)
        return
    strangers = [a for a in others if a.email not in found.seen]
    _leave_out(found, strangers)
    if strangers and len(strangers) == len(others) and reading.message.message_id:
        found.asides.add(reading.message.message_id)


def _leave_out(found: Sides, addresses: Sequence[Address]) -> None:
    found.outsiders.update(a.email for a in addresses)
    found.outside.update({person(a.name) for a in addresses} - {frozenset()})


def _note_sender(found: Sides, reading: Reading, identity: Identity, mine: frozenset[str]) -> None:
    message, sender = reading.message, reading.message.sender
    if identity.is_me(sender) or employer_domain(sender.email) in mine:
        found.colleagues.add(sender.email)
        return
    if poses(sender):
        found.impostors.add(sender.email)
        return
    if is_vendor_robot(sender.email):
        _introduce(found, reading, identity, mine)
        if is_relayed_human(sender):
            found.admit(sender)
    elif _beside(found, message, identity):
        return
    elif sender.email not in found.outsiders and _belongs(found, reading):
        _welcome(found, reading, identity, mine)
    elif not found.holds(sender.email) and sender.email not in found.impostors:
        found.outsiders.add(sender.email)


def _welcome(found: Sides, reading: Reading, identity: Identity, mine: frozenset[str]) -> None:
    """The sender is of the employer's side; who came in on their own word brings nobody along."""
    message, sender = reading.message, reading.message.sender
    if _on_own_word(found, reading):
        found.unproven |= {sender.email, employer_domain(sender.email)} - {""}
    if from_home(
        sender, found.people.values()
    ):  # a provider's mailbox: no house of theirs, and never written to
        found.unproven.add(sender.email)
        found.at_home.add(sender.email)
        found.people[sender.email] = sender
    else:
        found.admit(sender)
    if {sender.email, employer_domain(sender.email)} & found.unproven:
        return
    found.told.append(letters(message.text[:_LONGEST_TEXT]))
    _introduce(found, reading, identity, mine)
    brought = vouched(message, [a.email for a in recipients(message) if found.holds(a.email)], identity)
    found.introduced |= brought
    found.unproven -= brought
    found.seen.update(a.email for a in recipients(message) if not identity.is_me(a))


def _beside(found: Sides, message: Message, identity: Identity) -> bool:
    """True if somebody unknown stands beside the user: a friend, or one who writes to the employer as the user does."""
    sender = message.sender
    if found.holds(sender.email) or not (found.people or found.domains):
        return False
    if person(sender.name) in found.outside or message.in_reply_to in found.asides:
        _leave_out(found, [sender])
        return True
    if person(sender.name) and person(sender.name) == person(identity.primary.name):
        found.namesakes.add(sender.email)
        return True
    return written_to(message, [a.email for a in message.to if found.holds(a.email)], identity)


def _belongs(found: Sides, reading: Reading) -> bool:
    sender = reading.message.sender
    if found.holds(sender.email) or sender.email in found.introduced:
        return True
    if not found.people and not found.domains:
        return True
    if looks_like(sender, found.domains):
        found.impostors.add(sender.email)
        return False
    if takes_name(sender, found.domains, found.people.values()):
        found.namesakes.add(sender.email)
        return False
    if is_private(sender.email):
        return _spoken_of(sender, found) or (
            reading.strong(*_NEWS) and not reading.message.forwarded and not found.domains
        )
    return not reading.message.forwarded and (reading.strong(*_NEWS) or _announced(reading, found))


def _on_own_word(found: Sides, reading: Reading) -> bool:
    """True if nobody but the sender says that the sender belongs to a side that is known already."""
    email = reading.message.sender.email
    known = found.holds(email) or email in found.introduced or not (found.people or found.domains)
    return not known and (is_private(email) or not _announced(reading, found))


def _announced(reading: Reading, found: Sides) -> bool:
    """Somebody of another house of whom that side wrote by full name ("Rudy Teague, who runs the lab, will see you")."""
    sender = reading.message.sender
    if reading.has(SignalKind.SUSPICIOUS, SignalKind.LIST_MAIL) or not person(sender.name):
        return False
    name = letters(bare_name(sender.name))
    return any(name in told for told in found.told)


def _spoken_of(sender: Address, found: Sides) -> bool:
    """A private address of somebody who was introduced under the same name ("Anjali Rao")."""
    name = person(sender.name)
    return bool(name) and any(person(a.name) == name for a in found.people.values())


def _introduce(found: Sides, reading: Reading, identity: Identity, mine: frozenset[str]) -> None:
    """Organisers and guests of a genuine invitation are on the employer's side; so are colleagues put in copy."""
    message = reading.message
    invited = [
        a
        for invite in message.invites
        if invite.method in {"REQUEST", "PUBLISH", ""}
        for a in guests(invite, message, found.people, identity)
    ]
    for address in invited:
        if address.email and _may_be_contact(address, identity, mine):
            found.admit(address)
    for address in recipients(message):
        if (
            employer_domain(address.email) in found.domains
            and not identity.is_me(address)
            and employer_domain(address.email) not in mine
        ):
            found.admit(address)


def _may_be_contact(address: Address, identity: Identity, mine: frozenset[str]) -> bool:
    host = address.email.rpartition("@")[2]
    return (
        not identity.is_me(address)
        and not (is_shared_host(host) and not is_private(address.email))
        and employer_domain(address.email) not in (mine - {""})
    )


def is_relayed_human(sender: Address) -> bool:
    """True for a person who writes through a vendor and can be answered there ("Jane Doe via LinkedIn")."""
    if senders.is_no_reply(sender.email) or senders.is_shared_mailbox(sender.email):
        return False
    host = sender.email.rpartition("@")[2]
    if not (senders.is_ats(host) or senders.is_job_board(host)):
        return False
    words = re.sub(r"\s(?:via|through|über|at|@|from)\s.*", "", sender.name[:200]).replace(",", " ").split()
    local = sender.email.partition("@")[0]
    if local == letters(" ".join(words)):  # a tenant's name, as Workday writes it
        return False
    return (
        2 <= len(words) <= 3
        and all(w[:1].isupper() for w in words)
        and (len(local) > 14 or any(letters(w) in letters(local) for w in words) or "reply" in local)
    )
