"""Messages twisted into strands: what belongs together, and what it says about employer, position and people.

A strand is not yet a candidacy. What its messages say is worked out once and kept in the book of one computation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from agent.core.meaning import senders
from agent.core.model import Identity, Note, NoteKind, Reading, SignalKind
from agent.core.people import company, naming, position
from agent.core.people.company import Named, label, same_company
from agent.core.people.gate import NO, Verdict, verdict
from agent.core.people.parties import recipients
from agent.core.people.position import Mention
from agent.core.people.sides import Sides, sides
from agent.core.people.titles import essence, grammar, has_head, tokens

_TOPICS = (
    SignalKind.INVITATION, SignalKind.AVAILABILITY_REQUEST, SignalKind.CONFIRMATION, SignalKind.RESCHEDULE, SignalKind.CANCELLATION, SignalKind.HOLDING,
    SignalKind.PROMISE_WITHDRAWN, SignalKind.NEXT_ROUND, SignalKind.REJECTION, SignalKind.OFFER, SignalKind.ON_HOLD, SignalKind.POSITION_CLOSED,
    SignalKind.ACKNOWLEDGEMENT, SignalKind.INTERVIEW_TOPIC, SignalKind.JOB_TOPIC, SignalKind.THANK_YOU, SignalKind.FOLLOW_UP, SignalKind.WITHDRAWAL,
)  # fmt: skip
_INTRODUCED = re.compile(r"\b([^\W\d_][\w’'-]{1,20} [^\W\d_][\w’'-]{1,25}) ?[(]([^()\n]{3,40})[)]")
LONGEST_INTRODUCTION = 20_000  # characters of a mail in which people are looked for
_NOISE = (SignalKind.LIST_MAIL, SignalKind.JOB_ALERT)


def ordered(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """By internal date, then Gmail's id."""
    return tuple(sorted(readings, key=lambda r: (r.message.internal_date, r.message.gmail_id)))


@dataclass(frozen=True, slots=True)
class Strand:
    """Messages that belong together, and why each thread does (``by``: thread id → reason)."""

    readings: tuple[Reading, ...]
    by: Mapping[str, str]
    sides: Sides
    verdict: Verdict
    position: str
    company: str
    agency: str
    forced: bool = False  # the user spoke about it
    doubts: tuple[str, ...] = ()
    trusted: bool = False  # the user has written to somebody of the other side

    @property
    def start(self) -> datetime:
        return self.readings[0].message.internal_date

    @property
    def key(self) -> tuple[datetime, str]:
        return self.start, self.readings[0].message.gmail_id

    @property
    def threads(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(r.message.thread_id for r in self.readings))

    @property
    def counts(self) -> bool:
        """True if it is a candidacy of its own."""
        return self.verdict.qualified or self.forced


@dataclass(slots=True)
class Book:
    """What one computation knows of its mailbox: identity, the user's words, and answers already worked out."""

    identity: Identity
    notes: Sequence[Note]
    people: frozenset[str] = frozenset()
    written_to: frozenset[str] = frozenset()  # domains and addresses the user has written to
    lurers: frozenset[str] = frozenset()  # addresses whose letters are lures
    _titles: dict[str, tuple[Mention, ...]] = field(default_factory=dict)
    _names: dict[tuple[str, tuple[str, ...], frozenset[str]], tuple[Named, ...]] = field(default_factory=dict)

    def titles(self, reading: Reading) -> tuple[Mention, ...]:
        key = reading.message.gmail_id
        if key not in self._titles:
            self._titles[key] = position.mentions(reading, self.people)
        return self._titles[key]

    def names(self, reading: Reading, labels: tuple[str, ...], people: frozenset[str]) -> tuple[Named, ...]:
        key = (reading.message.gmail_id, labels, people)
        if key not in self._names:
            self._names[key] = naming.names(reading, labels, people)
        return self._names[key]

    def strand(
        self, readings: Iterable[Reading], by: Mapping[str, str], *, doubts: tuple[str, ...] = ()
    ) -> Strand:
        """Twist readings into a strand; impostors fall out."""
        own = ordered(readings)
        found = sides(own, self.identity)
        own = tuple(r for r in own if r.outgoing or r.message.sender.email not in found.impostors) or own
        forced = any(n.kind is not NoteKind.SPLIT and n.thread_id in by for n in self.notes)
        if not (forced or relevant(own)):
            return Strand(own, by, found, NO, "", "", "")
        title = self._position(own, found, by)
        judged = verdict(own, found, self.identity, title=title)
        employer, agency = self._employer(own, found, title)
        title = _without_employer(title, employer)
        trusted = bool((found.domains | found.people.keys()) & self.written_to)
        return Strand(own, by, found, judged, title, employer, agency, forced, doubts, trusted)

    def _position(self, readings: Sequence[Reading], found: Sides, by: Mapping[str, str]) -> str:
        if told := self.told(by, "position"):
            return told
        spoken = [r for r in readings if not _aside(r, found)]
        theirs = [r for r in spoken if not r.outgoing]
        first = theirs[0].message.internal_date if theirs else None
        opening = [r for r in spoken if not r.outgoing or first is None or r.message.internal_date < first]
        return self._title(opening) or self._title(spoken)

    def _title(self, readings: Iterable[Reading]) -> str:
        """The best title in these mails; the user's replies are asked only where nobody else names one."""
        return position.best([(m, _credit(r)) for r in readings for m in self.titles(r)])

    def tracks(self, thread: str) -> bool:
        """True if the user said that a thread is a candidacy."""
        return any(n.kind is NoteKind.TRACK and n.thread_id == thread for n in self.notes)

    def told(self, threads: Iterable[str], key: str) -> str:
        """What the user set, the last word counting."""
        mine = set(threads)
        values = [n for n in self.notes if n.kind is NoteKind.SET and n.thread_id in mine and n.key == key]
        return max(values, key=lambda n: (n.made_at, n.id)).value if values else ""

    def _employer(self, readings: Sequence[Reading], found: Sides, title: str) -> tuple[str, str]:
        """(company, agency): the client's name where an agency writes and names it; the position is nobody's name."""
        domains = sorted(found.domains)
        spoken = [r for r in readings if not r.outgoing and not _aside(r, found)]
        people = self.people | names_of_people(found) | introduced(spoken)
        labels = tuple(label(d) for d in domains)
        named = [n for r in spoken for n in self.names(r, labels, people) if not _is_position(n.name, title)]
        own = _house(company.best(named, domains), named, labels)
        agency = (
            company.is_agency_name(own)
            or any(senders.is_agency(d) for d in domains)
            or any(
                naming.speaks_for_client(r, own, people) or naming.invites_for_another(r, own, people)
                for r in spoken
            )
        )
        if not agency or not own:
            return own, ""
        client = company.best([n for r in spoken for n in naming.clients(r, people, own)], ())
        return (client or own), own


def _is_position(name: str, title: str) -> bool:
    return bool(essence(title)) and essence(name) == essence(title)


def _without_employer(title: str, employer: str) -> str:
    """Reads "Night Nurse, Elm Hospice" as the position alone, where Elm Hospice is the employer."""
    head, comma, rest = title.rpartition(",")
    return head.strip() if comma and same_company(rest, employer) else title


def names_of_people(found: Sides) -> frozenset[str]:
    return frozenset(
        " ".join(a.name.lower().replace(",", " ").split())
        for a in found.people.values()
        if a.name and not company.has_org_word(a.name)
    )


def introduced(readings: Iterable[Reading]) -> frozenset[str]:
    """People whom a mail names with what they are: "Alan Prideaux (Finance Director)"."""
    found: set[str] = set()
    for reading in readings:
        g = grammar(reading.language)
        for name, role in _INTRODUCED.findall(reading.message.body[:LONGEST_INTRODUCTION]):
            if has_head(tokens(role), g) and not company.has_org_word(name):
                found.add(" ".join(name.lower().split()))
    return frozenset(found)


def _house(own: str, named: Sequence[Named], labels: Sequence[str]) -> str:
    """The house without its recruiting department, if its domain and its mail call it so ("Elm Council Recruitment")."""
    bare = company.without_team(own)
    called = bare != own and len(bare.split()) > 1 and company.letters(bare) in labels
    return bare if called and any(n.name == bare for n in named) else own


def _aside(reading: Reading, found: Sides) -> bool:
    """Mail to or from outsiders, and machine notices: no word of the conversation's."""
    if reading.outgoing:
        others = [a.email for a in recipients(reading.message)]
        return bool(others) and all(e in found.outsiders for e in others)
    return reading.message.sender.email in found.outsiders or reading.has(
        SignalKind.BOUNCE, SignalKind.DELAY, SignalKind.OUT_OF_OFFICE
    )


def _credit(reading: Reading) -> float:
    return 0.4 if reading.outgoing else 1.0


def relevant(readings: Iterable[Reading]) -> bool:
    """True if something in these messages can matter to a candidacy at all."""
    return any((r.has(*_TOPICS) or r.message.invites) and not r.has(*_NOISE) for r in readings)


def same_client(one: Strand, other: Strand) -> bool:
    """True unless two agency strands name different clients."""
    if not (one.agency and other.agency):
        return True
    named_one, named_other = one.company != one.agency, other.company != other.agency
    return not (named_one and named_other) or same_company(one.company, other.company)


def knows_position(strand: Strand) -> bool:
    return bool(essence(strand.position))
