"""Why a strand belongs to a candidacy: employer, tracking system, scheduler, people; and what forbids it.

Positions and clients must not contradict; shared hosts prove nothing by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.core.meaning import senders
from agent.core.model import Reading, SignalKind
from agent.core.people.company import core, label, letters, same_company
from agent.core.people.fronts import from_home
from agent.core.people.parties import is_private, is_vendor_robot
from agent.core.people.signing import bare_name, name_words, person
from agent.core.people.strands import Strand, knows_position, same_client
from agent.core.people.titles import compatible, essence


def same_position(one: Strand, other: Strand) -> bool:
    return bool(essence(one.position)) and essence(one.position) == essence(other.position)


def shares_people(one: Strand, other: Strand) -> bool:
    humans = {e for e in one.sides.people if not senders.is_no_reply(e) and not senders.is_shared_mailbox(e)}
    return bool(humans & other.sides.people.keys()) or _names_person(one, other)


def _names_person(one: Strand, other: Strand) -> bool:
    """A scheduler's mail names somebody of the other strand in full."""
    return names_people([r for r in one.readings if is_vendor_robot(r.message.sender.email)], other)


def names_people(theirs: Sequence[Reading], seed: Strand) -> bool:
    """True if these mails name one of the seed's people in full."""
    text = letters(" ".join(map(_headline, theirs)))
    return any(person(a.name) and letters(bare_name(a.name)) in text for a in seed.sides.people.values())


def _headline(reading: Reading) -> str:
    message = reading.message
    return f"{message.subject[:300]} {message.body[:1500]} {' '.join(i.summary[:200] for i in message.invites[:3])}"


def kin(strand: Strand, seed: Strand) -> str:
    """Why a strand belongs to a seed, or an empty string; the positions and clients must not contradict."""
    if not compatible(strand.position, seed.position) or not same_client(strand, seed):
        return ""
    if strand.sides.domains & seed.sides.domains or _sister_houses(strand, seed):
        if (strand.agency or seed.agency) and not _same_errand(strand, seed):
            return ""
        return "scheduler" if _is_scheduling(strand) else "employer"
    if _from_vendor(strand) or _from_vendor(seed):
        return _kin_by_name(strand, seed)
    if client_speaks(strand, seed) or client_speaks(seed, strand):
        return "participant"
    if announced(strand, seed) or announced(seed, strand):
        return "participant"
    shared = _private_people(strand) & seed.sides.people.keys()
    return "participant" if shared or moved_house(strand, seed) else ""


def _sister_houses(one: Strand, other: Strand) -> bool:
    """True for two domains of one employer, if the user has written to both."""
    return one.trusted and other.trusted and not (one.agency or other.agency) and same_name(one, other)


def same_name(one: Strand, other: Strand) -> bool:
    """True if both name the same employer in more than one word, or in one that is long."""
    words = core(one.company)
    return len("".join(words)) > 6 and same_company(one.company, other.company)


def _same_errand(strand: Strand, seed: Strand) -> bool:
    """One agency has many clients: the client or the position must agree, or at least the person."""
    clients = all(s.agency and s.company != s.agency for s in (strand, seed))
    return clients or (knows_position(strand) and knows_position(seed)) or shares_people(strand, seed)


def client_speaks(strand: Strand, agency: Strand) -> bool:
    """True if the agency's client goes on from its own domain: of that very name, somebody announced or answered."""
    if not agency.agency or agency.company == agency.agency or strand.agency:
        return False
    if not any(label(d) == "".join(core(agency.company)) for d in strand.sides.domains):
        return False
    text = letters(" ".join(r.message.text[:4000] for r in agency.readings if not r.outgoing))
    announced = any(
        person(a.name) and letters(bare_name(a.name)) in text for a in strand.sides.people.values()
    )
    return strand.trusted or announced


def announced(strand: Strand, seed: Strand) -> bool:
    """True if the seed names in full who writes in the strand, and that writer names the seed's people or employer.

    Both must name the same position: a colleague of a sister company, or the client whom an agency announced.
    """
    if not same_position(strand, seed) or not strand.sides.domains or not seed.sides.domains:
        return False
    told = letters(_incoming(seed))
    writers = {r.message.sender for r in strand.readings if not r.outgoing}
    named = [a for a in writers if len(person(a.name)) > 1 and letters(bare_name(a.name)) in told]
    return bool(named) and _answers_for(strand, seed)


def _answers_for(strand: Strand, seed: Strand) -> bool:
    """True if the strand's mail names the seed's employer, agency or one of its people."""
    said = _incoming(strand)
    plain = letters(said)
    people = any(
        len(person(a.name)) > 1 and letters(bare_name(a.name)) in plain for a in seed.sides.people.values()
    )
    return people or names_company(said, seed)


def _incoming(strand: Strand) -> str:
    return "\n".join(r.message.text[:4000] for r in strand.readings[:20] if not r.outgoing)


def moved_house(strand: Strand, seed: Strand) -> bool:
    """True if a person who wrote through a network or a private mailbox goes on from the employer's own domain."""
    private, own = sorted((strand, seed), key=lambda s: bool(s.sides.domains))
    if private.sides.domains or not own.sides.domains:
        return False
    names = {person(a.name) for a in private.sides.people.values()} - {frozenset()}
    same_person = any(person(a.name) in names for a in own.sides.people.values())
    return same_person and any(fits_domain(private.company, d) for d in own.sides.domains)


def fits_domain(name: str, domain: str) -> bool:
    """True if a company's name makes up a domain ("Otway Foods", otwayfoods.example)."""
    joined, wanted = "".join(core(name)), label(domain)
    return len(joined) >= 4 and (joined == wanted or wanted.startswith(joined) or joined.startswith(wanted))


def _is_scheduling(strand: Strand) -> bool:
    return any(
        senders.is_scheduler(r.message.sender.domain) or senders.is_calendar_robot(r.message.sender.email)
        for r in strand.readings
        if not r.outgoing
    )


def _from_vendor(strand: Strand) -> bool:
    senders_ = [r.message.sender.email for r in strand.readings if not r.outgoing]
    return bool(senders_) and all(is_vendor_robot(e) for e in senders_) and not strand.sides.domains


def _private_people(strand: Strand) -> set[str]:
    return {e for e in strand.sides.people if is_private(e) or is_vendor_robot(e)}


def _kin_by_name(strand: Strand, seed: Strand) -> str:
    """Mail from a shared host belongs to the employer it names as its sender, or whose people it names."""
    vendor, other = (strand, seed) if _from_vendor(strand) else (seed, strand)
    scheduling = _is_scheduling(vendor)
    named = bool(other.company) and (
        same_company(vendor.company, other.company)
        or speaks_of(vendor, other)
        or any(fits_domain(vendor.company, d) for d in other.sides.domains)
    )
    known = _names_person(vendor, other) and (scheduling or knows_position(vendor))
    return ("scheduler" if _is_scheduling(strand) else "ats") if named or known else ""


def speaks_of(strand: Strand, seed: Strand) -> bool:
    """True if the strand's messages name the seed's employer."""
    return any(names_company(_headline(r), seed) for r in strand.readings if not r.outgoing)


def known_person(reading: Reading, seed: Strand) -> bool:
    message = reading.message
    if reading.outgoing:
        return any(a.email in seed.sides.people for a in message.to)
    return message.sender.email in seed.sides.people and not senders.is_no_reply(message.sender.email)


def belongs(strand: Strand, seed: Strand) -> str:
    if (
        any(known_person(r, seed) for r in strand.readings)
        and compatible(strand.position, seed.position)
        and same_client(strand, seed)
    ):
        return "participant"
    if any(
        r.strong(SignalKind.NOT_A_JOB_INTERVIEW) or r.has(SignalKind.LIST_MAIL, SignalKind.JOB_ALERT)
        for r in strand.readings
    ):
        return ""
    return kin(strand, seed) or _private_voice(strand, seed) or _home_voice(strand, seed)


def _private_voice(strand: Strand, seed: Strand) -> str:
    """An interviewer's private address: somebody spoken of by name, writing under the subject or about the employer."""
    for reading in strand.readings:
        sender = reading.message.sender
        if (
            reading.outgoing
            or not is_private(sender.email)
            or sender.email in seed.sides.outsiders
            or len(sender.name.split()) < 2
        ):
            continue
        spoken_of = any(
            sender.name.lower() in r.message.text[:20_000].lower()
            for r in seed.readings
            if not r.outgoing and r.message.sender.email != sender.email
        )
        has_own_address = any(person(a.name) == person(sender.name) for a in seed.sides.people.values())
        about = names_company(f"{reading.message.subject[:300]} {reading.message.body[:2000]}", seed) or (
            knows_position(strand) and compatible(strand.position, seed.position)
        )
        if spoken_of and not has_own_address and about and _plain_subject(reading):
            return "participant"
    return ""


def _home_voice(strand: Strand, seed: Strand) -> str:
    """A contact who writes from home and knows what only the house knows: the employer, and a colleague by name.

    The letter asks for nothing and links to nothing: whoever only pretends to be the contact wants something.
    """
    theirs = [r for r in strand.readings if not r.outgoing]
    asks = (
        SignalKind.SUSPICIOUS,
        SignalKind.QUESTION,
        SignalKind.AVAILABILITY_REQUEST,
        SignalKind.INVITATION,
    )
    if not theirs or any(r.has(*asks) or r.message.forwarded or "://" in r.message.body for r in theirs):
        return ""
    people = list(seed.sides.people.values())
    known = {from_home(r.message.sender, people) for r in theirs}
    if len(known) != 1 or None in known:
        return ""
    said = "\n".join(f"{r.message.subject[:300]}\n{r.message.body[:2000]}" for r in theirs)
    words = {letters(w) for w in re.findall(r"\w+", said) if w[:1].isupper()}
    colleagues = [a for a in people if a not in known and person(a.name)]
    knows = any(letters(name_words(bare_name(a.name))[0]) in words for a in colleagues)
    return "participant" if knows and _names_house(said, seed) else ""


def _names_house(said: str, seed: Strand) -> bool:
    """True if a text names the employer, if only by the name that stands in its domain ("Pellworth")."""
    names = {letters(w) for w in re.findall(r"\w+", said) if w[:1].isupper()}
    return names_company(said, seed) or any(label(d) in names for d in seed.sides.domains)


def _plain_subject(reading: Reading) -> bool:
    return not re.match(r"\s*(?:fwd?|wg|tr|rv)\s*:", reading.message.subject[:300], re.IGNORECASE)


def names_company(text: str, strand: Strand) -> bool:
    """True if a text names the strand's employer; a name of one word must be written as a name."""
    wanted = core(strand.company)
    if not wanted or len("".join(wanted)) < 4 or f" {' '.join(wanted)} " not in f" {' '.join(core(text))} ":
        return False
    return len(wanted) > 1 or any(
        letters(w) == wanted[0] and w[:1].isupper() for w in re.findall(r"\w+", text)
    )
