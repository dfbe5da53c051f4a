"""Which messages make up which candidacy, and why: strands joined by employer, position and people, then told apart.

First success wins and is named in ``Link.by``: user, thread, references, uid, employer, ats, scheduler, participant.
Two equally good answers are never decided by a coin: both candidacies are marked for review. The result does not
depend on the order of the input.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from agent.core.model import Address, Candidacy, Contact, Identity, Link, Note, NoteKind, Reading
from agent.core.people.contacts import contacts, is_formal, language_of, phone
from agent.core.people.genuine import (
    doubles_doubted,
    one_name_a_house,
    with_strangers_marked,
    with_unsigned,
    without_false_fronts,
)
from agent.core.people.joining import attached, joined_seeds, together_enough
from agent.core.people.leaving import without_leavers
from agent.core.people.lures import lurers
from agent.core.people.signing import goes_by
from agent.core.people.strands import Book, Strand
from agent.core.people.threads import corresponded, strands, usable, weighed

_ATOM = r"[\w.!#$%&'*+/=?^`{|}~-]"  # what a local part is made of (RFC 5322, 3.2.3)
_WRITTEN = re.compile(rf"(?<!{_ATOM})({_ATOM}+@[\w.-]+\w)")


def candidacies(
    readings: Sequence[Reading], notes: Sequence[Note], identity: Identity, known: Mapping[str, str]
) -> tuple[Candidacy, ...]:
    """All candidacies in these readings. ``known``: thread id → candidacy id of the previous computation."""
    kept = usable(readings)
    known_to = corresponded(kept, identity)
    book = Book(identity, tuple(notes), _own_names(identity), known_to, lurers(kept, known_to))
    apart, together = _told(notes)
    clean = [fit for r in kept if (fit := weighed(r, book)) is not None]
    found = strands(clean, book, apart, together)
    found = without_false_fronts(found)
    seeds = joined_seeds([s for s in found if s.counts], book, apart)
    rest = [s for s in found if not s.counts]
    seeds, rest = attached(seeds, rest, book, apart)
    seeds += together_enough(rest, book, apart)
    seeds = one_name_a_house(doubles_doubted(seeds))
    told = (_candidacy(s, book, known) for s in sorted(seeds, key=lambda s: s.key))
    return tuple(with_unsigned(c, kept) for c in told)


def candidacy_id(anchor_thread_id: str) -> str:
    """Eight characters that stand for an anchor thread for good."""
    digest = hashlib.sha256(anchor_thread_id.encode()).digest()
    return base64.b32encode(digest).decode().lower()[:8]


def _own_names(identity: Identity) -> frozenset[str]:
    names = (identity.primary.name, *identity.names, *(alias.address.name for alias in identity.send_as))
    return frozenset(" ".join(n.lower().split()) for n in names if n.strip())


def _told(notes: Sequence[Note]) -> tuple[frozenset[frozenset[str]], tuple[tuple[str, str], ...]]:
    """What the user took apart and put together; of two words about the same pair the later one counts."""
    said: dict[frozenset[str], tuple[NoteKind, tuple[str, str]]] = {}
    for note in sorted(notes, key=lambda n: (n.made_at, n.id)):
        if note.kind in {NoteKind.MERGE, NoteKind.SPLIT}:
            said[frozenset({note.thread_id, note.value})] = (note.kind, (note.thread_id, note.value))
    apart = frozenset(pair for pair, (kind, _) in said.items() if kind is NoteKind.SPLIT)
    return apart, tuple(sorted(pair for kind, pair in said.values() if kind is NoteKind.MERGE))


def _candidacy(strand: Strand, book: Book, known: Mapping[str, str]) -> Candidacy:
    anchor = _anchor(strand, known)
    language = book.told(strand.by, "language") or language_of(strand.readings, strand.sides)
    formal = is_formal([r for r in strand.readings if not r.outgoing or strand.sides.people], language)
    people = contacts(strand.sides, strand.readings, formal=formal, language=language, agency=strand.agency)
    people = without_leavers(people, strand.readings)
    doubts = tuple(dict.fromkeys((*strand.verdict.doubts, *strand.doubts)))
    return Candidacy(
        id=candidacy_id(anchor),
        anchor_thread_id=anchor,
        company=book.told(strand.by, "company") or strand.company,
        position=strand.position,
        language=language,
        contacts=_with_told(
            people, _named(book.told(strand.by, "contact"), formal=formal, language=language)
        ),
        readings=with_strangers_marked(strand, book.identity),
        links=_links(strand, book),
        needs_review=doubts,
        confidence=_confidence(strand, doubts),
        phone=phone(strand.readings, strand.sides),
        formal=formal,
        agency=strand.agency,
    )


def _anchor(strand: Strand, known: Mapping[str, str]) -> str:
    """The thread under which a known id was made; else the first with evidence; else the first."""
    for thread in strand.threads:
        if known.get(thread) == candidacy_id(thread):
            return thread
    return strand.verdict.thread_id or strand.threads[0]


def _links(strand: Strand, book: Book) -> tuple[Link, ...]:
    tracked = {n.thread_id for n in book.notes if n.kind is NoteKind.TRACK}
    return tuple(
        Link(
            r.message.gmail_id,
            r.message.thread_id,
            "user" if r.message.thread_id in tracked else strand.by.get(r.message.thread_id, "thread"),
        )
        for r in strand.readings
    )


def _confidence(strand: Strand, doubts: Iterable[str]) -> float:
    if strand.forced and not strand.verdict.qualified:
        return 1.0
    score = strand.verdict.confidence - 0.05 * (not strand.company) - 0.05 * (not strand.position)
    return round(max(0.1, score - 0.2 * bool(set(doubts) - set(strand.verdict.doubts))), 2)


def _named(told: str, *, formal: bool | None, language: str) -> Contact | None:
    """Whom the user named: "jo.smith@acme.example", "Jo Smith <jo.smith@acme.example>"."""
    found = _WRITTEN.search(told)
    if not found:
        return None
    address = Address(told[: found.start()].strip(" \"'<(,;"), found[1].lstrip("'").lower())
    return Contact(address, goes_by=goes_by(address, (), formal=formal, language=language))


def _with_told(people: tuple[Contact, ...], told: Contact | None) -> tuple[Contact, ...]:
    """The contact that the user named comes first, and may be written to."""
    if told is None:
        return people
    others = tuple(c for c in people if c.address.email != told.address.email)
    known = next((c for c in people if c not in others), told)
    return (replace(known, may_write=True), *others)
