"""Strands joined into candidacies: first success wins, two equally good answers are left to the user."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent.core.lexicon import pack
from agent.core.meaning import senders
from agent.core.model import Reading, SignalKind
from agent.core.people.kinship import (
    belongs,
    kin,
    known_person,
    names_people,
    same_position,
    shares_people,
    speaks_of,
)
from agent.core.people.strands import Book, Strand, knows_position, relevant
from agent.core.people.titles import compatible, essence
from agent.core.people.turns import says

_WEIGHTY = (
    SignalKind.INVITATION, SignalKind.CONFIRMATION, SignalKind.RESCHEDULE, SignalKind.CANCELLATION, SignalKind.REJECTION, SignalKind.OFFER,
    SignalKind.NEXT_ROUND, SignalKind.ON_HOLD, SignalKind.POSITION_CLOSED, SignalKind.HOLDING, SignalKind.AVAILABILITY_REQUEST,
)  # fmt: skip
_OF_WORK = (
    SignalKind.ACKNOWLEDGEMENT, SignalKind.REJECTION, SignalKind.OFFER, SignalKind.NEXT_ROUND, SignalKind.POSITION_CLOSED,
    SignalKind.ATS, SignalKind.SCHEDULER,
)  # fmt: skip
_OF_HIRING = (SignalKind.NEXT_ROUND, SignalKind.POSITION_CLOSED, SignalKind.ATS, SignalKind.SCHEDULER)
_SPOKEN = (SignalKind.JOB_TOPIC, SignalKind.INTERVIEW_TOPIC)
_ASIDE = (
    SignalKind.THANK_YOU,
    SignalKind.FOLLOW_UP,
    SignalKind.PROMISE_WITHDRAWN,
    SignalKind.WITHDRAWAL,
    SignalKind.QUESTION,
)
_OFFICES = tuple(pack("en", "parties")["common"]["other_offices"])
_LONG_AGO_DAYS = 240
_AMBIGUOUS = "A message of {company} could belong to this or to another candidacy there; `merge` or `split` tells which."


def _barred(one: Strand, other: Strand, apart: frozenset[frozenset[str]]) -> bool:
    return bool(apart) and any(frozenset({a, b}) in apart for a in one.threads for b in other.threads)


def _joined(one: Strand, other: Strand, reason: str, book: Book) -> Strand:
    first, second = sorted((one, other), key=lambda s: s.key)
    by = {
        **first.by,
        **{t: why if why in {"user", "references", "uid"} else reason for t, why in second.by.items()},
    }
    if one is second:  # the kept strand came later: its own threads keep their reasons
        by = {**{t: reason if why == "thread" else why for t, why in other.by.items()}, **one.by}
    doubts = tuple(dict.fromkeys((*one.doubts, *other.doubts)))
    whole = book.strand((*one.readings, *other.readings), by, doubts=doubts)
    return whole if whole.agency else replace(whole, agency=one.agency or other.agency)


def joined_seeds(seeds: Sequence[Strand], book: Book, apart: frozenset[frozenset[str]]) -> list[Strand]:
    """Seeds of one employer and one position become one; those with a position go first, the fullest of them foremost."""
    order = sorted(seeds, key=lambda s: (-len(essence(s.position)), s.key))
    classes: list[Strand] = []
    for seed in order:
        fits = [c for c in classes if not _barred(seed, c, apart) and kin(seed, c)]
        chosen = _only(seed, fits)
        if chosen is None:
            if fits:
                classes = [_doubted(c) if any(c is f for f in fits) else c for c in classes]
                seed = _doubted(seed)
            classes.append(seed)
        else:
            at = next(i for i, c in enumerate(classes) if c is chosen)
            classes[at] = _joined(chosen, seed, kin(seed, chosen), book)
    return classes


def _doubted(strand: Strand) -> Strand:
    reason = _AMBIGUOUS.format(company=strand.company or "this employer")
    return strand if reason in strand.doubts else replace(strand, doubts=(*strand.doubts, reason))


def _only(strand: Strand, fits: Sequence[Strand]) -> Strand | None:
    """The one that fits, or fits best by position, then by people; None if two are equally good."""
    for better in (same_position, speaks_of, shares_people):
        if len(fits) <= 1:
            break
        fits = [s for s in fits if better(strand, s)] or fits
    return fits[0] if len(fits) == 1 else None


def attached(
    seeds: list[Strand], rest: Sequence[Strand], book: Book, apart: frozenset[frozenset[str]]
) -> tuple[list[Strand], list[Strand]]:
    """Mail that is no candidacy by itself joins the one it belongs to; returns (seeds, what is left)."""
    left: list[Strand] = []
    for strand in rest:
        if not _may_attach(strand, seeds):
            left.append(strand)
            continue
        fits = [s for s in seeds if not _barred(strand, s, apart) and _fits(strand, s)]
        chosen = _only(strand, fits)
        if chosen is not None and not _contradicted(strand, chosen, rest):
            at = next(i for i, s in enumerate(seeds) if s is chosen)
            seeds[at] = _joined(chosen, strand, belongs(strand, chosen), book)
            continue
        if _weighty(strand):  # what came before a candidacy does not end it
            torn = [s for s in fits if len(fits) > 1 or s.key < strand.key]
            seeds = [_doubted(s) if any(s is t for t in torn) else s for s in seeds]
        left.append(strand)
    return seeds, left


def _may_attach(strand: Strand, seeds: Sequence[Strand]) -> bool:
    if relevant(strand.readings):
        return True
    quiet = [r for r in strand.readings if not r.has(SignalKind.LIST_MAIL, SignalKind.JOB_ALERT)]
    return any(known_person(r, s) for r in quiet for s in seeds)


def _other_business(strand: Strand, seed: Strand) -> bool:
    """The same house writing about something else: a bill, a ticket, an appointment, a building permit.

    A robot or an office has to speak of work, an unknown colleague at least to say something plainly; naming the
    position, one of the seed's people or the very time is enough.
    """
    theirs = [r for r in strand.readings if not r.outgoing]
    if not theirs or knows_position(strand) or any(known_person(r, seed) for r in strand.readings):
        return False
    if any(r.message.invites for r in theirs) or _same_time(theirs, seed) or names_people(theirs, seed):
        return False
    if all(says(r, "house_money") for r in theirs):  # a bank refuses a loan as it refuses applicants
        return not any(r.strong(SignalKind.INTERVIEW_TOPIC) or r.has(*_OF_HIRING) for r in theirs)
    if all(_impersonal(r.message.sender.email) or says(r, "house_business") for r in theirs):
        return not any(r.strong(*_SPOKEN) or r.has(*_OF_WORK) for r in theirs)
    return not any(r.strong(*_WEIGHTY, *_SPOKEN, *_ASIDE) or r.has(*_OF_WORK) for r in theirs)


def _impersonal(email: str) -> bool:
    """True for robots and for offices that do not hire: billing@, bauamt@, appointments@."""
    local = email.partition("@")[0]
    return senders.is_no_reply(email) or any(word in local for word in _OFFICES)


def _same_time(theirs: Sequence[Reading], seed: Strand) -> bool:
    told = {t.start for r in seed.readings for t in r.times}
    return any(t.start in told for r in theirs for t in r.times)


def _fits(strand: Strand, seed: Strand) -> bool:
    return _near(strand, seed) and bool(belongs(strand, seed)) and not _other_business(strand, seed)


def _near(strand: Strand, seed: Strand) -> bool:
    """Not months before the candidacy began."""
    return (seed.start - strand.readings[-1].message.internal_date).days <= _LONG_AGO_DAYS


def _contradicted(strand: Strand, seed: Strand, rest: Sequence[Strand]) -> bool:
    """Several receipts for different positions at an employer whose interview names none: none of them tells which."""
    if knows_position(seed):
        return False
    rivals = [s for s in rest if not compatible(s.position, strand.position)]
    return any(belongs(rival, seed) for rival in rivals)


def _weighty(strand: Strand) -> bool:
    return any(r.has(*_WEIGHTY) or r.message.invites for r in strand.readings if not r.outgoing)


def together_enough(rest: Sequence[Strand], book: Book, apart: frozenset[frozenset[str]]) -> list[Strand]:
    """Threads that are no candidacy each, but one together (a friendly question here, a bare invitation there)."""
    pool = [s for s in rest if relevant(s.readings)]
    by_domain: dict[str, list[Strand]] = {}
    for strand in pool:
        for domain in sorted(strand.sides.domains)[:1]:
            by_domain.setdefault(domain, []).append(strand)
    found: list[Strand] = []
    for _, group in sorted(by_domain.items()):
        whole = group[0]
        for strand in group[1:30]:
            if not _barred(whole, strand, apart) and (reason := kin(strand, whole)):
                whole = _joined(whole, strand, reason, book)
        if whole.counts:
            found.append(whole)
    return found
