"""Strands held against each other: who only pretends to be an employer that the user really talks to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent.core.model import (
    Address,
    Candidacy,
    Evidence,
    Identity,
    Link,
    Reading,
    Signal,
    SignalKind,
    Strength,
)
from agent.core.people.company import core, domain_name
from agent.core.people.fronts import hidden_host, resembles
from agent.core.people.kinship import client_speaks, moved_house, names_company, same_name
from agent.core.people.misdirected import misdirected
from agent.core.people.parties import employer_domain, is_vendor_robot
from agent.core.people.signing import person
from agent.core.people.strands import Strand, ordered
from agent.core.people.titles import compatible

_DOUBLE = "Two different domains write in the name of {company}; please check that this one is genuine."


def without_false_fronts(found: Sequence[Strand]) -> list[Strand]:
    """Strands whose sender would like to be taken for an employer the user really talks to are left alone."""
    genuine = [s for s in found if s.counts and s.trusted]
    return [s for s in found if s.forced or not any(_fronts_for(s, g) for g in genuine if g is not s)]


def _fronts_for(strand: Strand, genuine: Strand) -> bool:
    voices = {
        r.message.sender
        for r in strand.readings
        if not r.outgoing and not is_vendor_robot(r.message.sender.email)
    }
    strangers = [a for a in voices if not genuine.sides.holds(a.email)]
    if not strangers or len(strangers) < len(voices):
        return False
    if any(_alike(a, d) for a in strangers for d in genuine.sides.domains):
        return not strand.trusted or genuine.key <= strand.key
    return not strand.trusted and any(_borrows_name(a, genuine, strand) for a in strangers)


def _alike(address: Address, domain: str) -> bool:
    return resembles(employer_domain(address.email), domain) or hidden_host(address.domain, domain)


def _borrows_name(address: Address, genuine: Strand, strand: Strand) -> bool:
    """True if an unknown address shows a contact's name, or the employer's name as its own."""
    name = person(address.name)
    contact = bool(name) and any(person(a.name) == name for a in genuine.sides.people.values())
    if contact and (genuine.sides.domains or employer_domain(address.email)):
        return address.email not in genuine.sides.introduced and not moved_house(strand, genuine)
    shown = bool(core(address.name)) and names_company(address.name, genuine)
    signed = any(
        names_company(r.message.signature[:600], genuine)
        for r in strand.readings
        if r.message.sender == address
    )
    return (shown or signed) and not strand.agency and not client_speaks(strand, genuine)


UNSIGNED = "machine.unsigned"


def with_unsigned(candidacy: Candidacy, readings: Sequence[Reading]) -> Candidacy:
    """The candidacy with what came in its threads, in a contact's name, and failed Gmail's check of authenticity.

    Such a mail proves nothing, so its words are left out; but an employer whose mail is set up badly may have written
    it, so that it is known to have come.
    """
    known = {c.address.email for c in candidacy.contacts}
    threads = set(candidacy.thread_ids)
    there = {r.message.gmail_id for r in candidacy.readings}
    came = [
        _wordless(r)
        for r in readings
        if r.message.thread_id in threads and r.message.sender.email in known
        if r.message.gmail_id not in there and any(s.rule == UNSIGNED for s in r.signals)
    ]
    if not came:
        return candidacy
    links = tuple(Link(r.message.gmail_id, r.message.thread_id, "thread") for r in came)
    together = ordered((*candidacy.readings, *came))
    return replace(candidacy, readings=together, links=(*candidacy.links, *links))


def _wordless(reading: Reading) -> Reading:
    bare = replace(
        reading.message, text="", signature_at=0, quoted="", forwarded="", invites=(), links=(), reply_to=()
    )
    smells = tuple(s for s in reading.signals if s.kind is SignalKind.SUSPICIOUS)
    return Reading(bare, reading.outgoing, "", smells)


OWN_WORD = "people.own_word"
NOT_ME = "people.greets_another"
_DECIDES = (
    SignalKind.REJECTION, SignalKind.OFFER, SignalKind.ON_HOLD, SignalKind.POSITION_CLOSED, SignalKind.INVITATION, SignalKind.RESCHEDULE,
    SignalKind.CANCELLATION, SignalKind.NEXT_ROUND, SignalKind.QUESTION, SignalKind.AVAILABILITY_REQUEST, SignalKind.SUSPICIOUS,
)  # fmt: skip


def with_strangers_marked(strand: Strand, identity: Identity) -> tuple[Reading, ...]:
    """The strand's messages; those of people who came in on their own word, or that greet another candidate, are marked.

    Such a mail may be true (the employer writes from another house) or not: it decides nothing, and holds drafts back
    until the user has written to its sender, or somebody known has spoken.
    """
    other = frozenset[str]() if strand.forced else misdirected(strand.readings, identity)
    own_word = (_marked(r, OWN_WORD) if _on_own_word(r, strand) else r for r in strand.readings)
    return tuple(_marked(r, NOT_ME) if r.message.gmail_id in other else r for r in own_word)


def _on_own_word(reading: Reading, strand: Strand) -> bool:
    email, found = reading.message.sender.email, strand.sides
    if reading.outgoing or strand.forced:
        return False
    if email in found.at_home and not (reading.has(*_DECIDES) or "://" in reading.message.body):
        return False
    return bool({email, employer_domain(email)} & (found.unproven | found.namesakes))


def _marked(reading: Reading, rule: str) -> Reading:
    sender = reading.message.sender
    evidence = Evidence(sender.email, "sender")
    mark = Signal(SignalKind.SUSPICIOUS, rule, Strength.WEAK, evidence)
    return replace(reading, signals=(*reading.signals, mark))


def doubles_doubted(seeds: Sequence[Strand]) -> list[Strand]:
    """Of two houses that write in one employer's name about one position, the later needs the user's eye."""
    return [_doubted(s) if any(_doubles(s, other) for other in seeds if other is not s) else s for s in seeds]


def _doubles(later: Strand, earlier: Strand) -> bool:
    if (
        later.key <= earlier.key
        or later.agency
        or earlier.agency
        or not later.sides.domains
        or not earlier.sides.domains
    ):
        return False
    if later.sides.domains & earlier.sides.domains or not compatible(later.position, earlier.position):
        return False
    alike = any(resembles(a, b) for a in later.sides.domains for b in earlier.sides.domains)
    return alike or same_name(later, earlier)


def _doubted(strand: Strand) -> Strand:
    return replace(strand, doubts=(*strand.doubts, _DOUBLE.format(company=strand.company or "this employer")))


def one_name_a_house(seeds: Sequence[Strand]) -> list[Strand]:
    """A name that one candidacy only guessed from the domain is taken from another that read it in a mail."""
    read = {
        d: s.company
        for s in sorted(seeds, key=lambda s: s.key, reverse=True)
        if not s.agency
        for d in s.sides.domains
        if s.company != domain_name(d)
    }
    return [replace(s, company=read[d]) if not s.agency and (d := _guessed(s)) in read else s for s in seeds]


def _guessed(strand: Strand) -> str:
    """The domain from which the company's name was guessed, or an empty string."""
    return next((d for d in sorted(strand.sides.domains) if strand.company == domain_name(d)), "")
