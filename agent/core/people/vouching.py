"""Whom a mail of the employer's brings into the conversation, and whether a mail is written to the user at all.

Not everybody in To and Cc is on the writer's side of the table: fellow applicants, referees and friends stand there
too. Somebody counts who was put in copy for the user to know; who is addressed like the user is not.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from agent.core.model import Address, Identity, Invite, Message
from agent.core.people.company import letters
from agent.core.people.parties import employer_domain, is_private, is_vendor_robot, recipients
from agent.core.people.signing import bare_name, name_words

_MOST_STRANGERS = 3  # a mail to more people than that is a circular
_OPENING = 8  # words of the first line's first piece in which somebody is greeted
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST_TEXT = 4_000


def greets(message: Message, address: Address) -> bool:
    """True if the mail's first line names this person."""
    return bool(_names(address) & _opening(message))


def greets_me(message: Message, identity: Identity) -> bool:
    """True if the mail's first line names the user, or nobody can tell (the user's name is not known)."""
    names = {letters(w) for name in (identity.primary.name, *identity.names) for w in _WORD.findall(name)}
    return not names or bool(names & _opening(message))


def written_past_me(message: Message, identity: Identity) -> bool:
    """True if the user only gets a copy of what is said to somebody else, whom the first line greets."""
    if any(identity.is_me(a) for a in message.to) or greets_me(message, identity):
        return False
    return any(greets(message, a) for a in message.to)


def written_to(message: Message, side: Collection[str], identity: Identity) -> bool:
    """True if the mail is written to these people: it goes to one of them, and does not greet the user."""
    if not any(a.email in side for a in message.to):
        return False
    return not (any(identity.is_me(a) for a in message.to) and greets_me(message, identity))


def vouched(message: Message, known: Iterable[str], identity: Identity) -> frozenset[str]:
    """The strangers whom the writer puts in copy: few, not greeted beside the user, private mailboxes only by name."""
    held = set(known)
    strangers = [a for a in recipients(message) if a.email and a.email not in held and not identity.is_me(a)]
    in_copy = any(identity.is_me(a) for a in message.cc) and not any(identity.is_me(a) for a in message.to)
    if len(strangers) > _MOST_STRANGERS or in_copy:
        return frozenset()
    aside = {a.email for a in message.to}
    return frozenset(
        a.email
        for a in strangers
        if not greets(message, a)
        and (a.email not in aside or _named(a, message))
        and (not is_private(a.email) or _named(a, message))
    )


def guests(
    invite: Invite, message: Message, side: Collection[str], identity: Identity
) -> tuple[Address, ...]:
    """Organiser and guests of an invitation, as far as its sender can speak for them.

    An organiser of another house than the sender's is only a name that the sender wrote; many strangers at one
    appointment are fellow applicants.
    """
    organizer, sender = invite.organizer, message.sender
    if organizer and not _same_house(organizer, sender) and organizer.email not in side:
        return ()
    houses = {employer_domain(a.email) for a in (sender, *((organizer,) if organizer else ()))} - {""}
    everybody = ((organizer,) if organizer else ()) + tuple(a.address for a in invite.attendees)
    own = [a for a in everybody if employer_domain(a.email) in houses or a.email in side or a == organizer]
    strangers = [a for a in everybody if a not in own and not identity.is_me(a)]
    if len(strangers) > _MOST_STRANGERS:
        return tuple(own)
    told = f"{invite.summary[:300]} {invite.description[:_LONGEST_TEXT]}"
    return (*own, *(a for a in strangers if not is_private(a.email) or _named(a, message, told)))


def borrows_organizer(message: Message) -> bool:
    """True if an invitation in the mail is organised by another house than the one that sent it."""
    organizers = [i.organizer for i in message.invites if i.organizer and i.method in {"REQUEST", "PUBLISH"}]
    return any(not _same_house(organizer, message.sender) for organizer in organizers)


def _same_house(organizer: Address, sender: Address) -> bool:
    domain = employer_domain(sender.email)
    return (
        organizer.email == sender.email
        or is_vendor_robot(sender.email)
        or is_vendor_robot(organizer.email)
        or (bool(domain) and domain == employer_domain(organizer.email))
    )


def _named(address: Address, message: Message, more: str = "") -> bool:
    """True if the text speaks of this person by first or full name."""
    names = [letters(w) for w in name_words(bare_name(address.name))]
    said = {letters(w) for w in _WORD.findall(f"{message.body[:_LONGEST_TEXT]} {more}") if w[:1].isupper()}
    return bool(names) and names[0] in said


def _names(address: Address) -> set[str]:
    words = name_words(bare_name(address.name)) if "@" not in address.name else []
    words = words or re.split(r"[._+-]", address.email.partition("@")[0])
    return {name for w in words if len(name := letters(w)) > 1}


def _opening(message: Message) -> set[str]:
    """The words of the greeting: the first line's first piece, and pieces that go on greeting (", hi Bo", ", Bo")."""
    line = next((line for line in message.text[:2_000].split("\n") if line.strip()), "")
    first, *others = [_WORD.findall(piece) for piece in re.split(r"[,:;.!–—]", line[:200])]
    greeting = first[:_OPENING]
    for words in others:
        if (
            not words
            or len(words) > 3
            or not (words[0].islower() or words[:1] == first[:1] or len(words) < 3)
        ):
            break
        greeting += words
    return {letters(word) for word in greeting}
