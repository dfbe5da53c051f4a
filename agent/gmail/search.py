"""The queries that find candidates, made from the lexicon: what we look for is what we recognise.

Search is recall only; every hit is read again by the rules. But each thread that is read costs 40 units of 6,000 a minute,
so broad words are only asked where mail between people lies, every query says how telling its hits are, and ``ranked``
puts the threads in that order: who reads them in turn and stops at a budget has read the best. Facts about the operators: Gmail Help 7190, "Filtering messages".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

from agent.core import lexicon

LONGEST = 1500  # characters of a query; the address of a GET stays below 2,048
_HALF = 640  # for one of two groups that stand side by side
_ENCODED = 0.8  # at most 1,500 / 0.8 = 1,875 characters once the query is part of an address

_ADDRESS = re.compile(r"[a-z0-9][a-z0-9._%+'-]{0,63}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}")
_DOMAIN = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}")
_UNWORDED = re.compile(r"[^\w\s.&'/+-]+")

_ALWAYS = "-in:chats -in:drafts"
_PEOPLE = "-category:promotions -category:social -category:forums"

# What stands between people and employers, asked by name because such mail often has no word of its own.
_INVITATIONS = ("filename:ics", 'subject:"invitation from an unknown sender"')
_SHARED = (
    "ats",
    "schedulers",
    "calendar",
    "freemail",
    "job_boards",
    "booking_hosts",
    "meeting_hosts",
    "assessment",
    "documents",
)


@dataclass(frozen=True, slots=True)
class Query:
    """One question to ``messages.list``. ``name`` says what it looks for, without a word of mail, and may be logged.

    ``weight``: how much a hit speaks for an interview, 1 (a receipt would do as well) to 4.
    """

    name: str
    q: str
    label_ids: tuple[str, ...] = ()
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Words:
    """What the lexicon says about searching. ``telling``: the words that name an interview and little else.

    ``boards`` send adverts by the hundred; ``shared`` hosts never stand for one employer.
    """

    subject: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    ats: tuple[str, ...] = ()
    schedulers: tuple[str, ...] = ()
    calendar: tuple[str, ...] = ()
    telling: tuple[str, ...] = ()
    boards: tuple[str, ...] = ()
    shared: frozenset[str] = frozenset()


def lexicon_words(languages: Iterable[str] = lexicon.LANGUAGES) -> Words:
    """The search tables of these languages and of the senders; a table that is missing counts as empty.

    Each ``search_subject`` begins with the words for the interview itself.
    """
    packs = [lexicon.pack(language, "signals") for language in languages]
    senders = lexicon.senders()
    return Words(
        subject=_merged(pack.get("search_subject") for pack in packs),
        body=_merged(pack.get("search_body") for pack in packs),
        ats=_merged([senders.get("ats")]),
        schedulers=_merged([senders.get("schedulers")]),
        calendar=_merged([senders.get("calendar")]),
        telling=_merged(_leading(pack.get("search_subject")) for pack in packs),
        boards=_merged([senders.get("job_boards")]),
        shared=frozenset(_merged(senders.get(key) for key in _SHARED)),
    )


def first_queries(after: datetime, words: Words) -> tuple[Query, ...]:
    """All queries of a first listing, most telling first."""
    since = _since(after)
    people = f"{_PEOPLE} {since}"
    no_adverts = f"{_without(words.boards)}{people}"
    subject = [f"subject:{_quoted(word)}" for word in words.subject]
    body = [_quoted(word) for word in words.body]
    return (
        *_joined("sent-subject", subject, since, labels=("SENT",), weight=4),
        *_joined("invitations", [*_INVITATIONS, *_senders(words.calendar)], since, weight=3),
        *_joined("telling-subject", [f"subject:{_quoted(word)}" for word in words.telling], people, weight=4),
        *_joined("schedulers", _senders(words.schedulers), people, weight=3),
        *_joined("sent-body", body, since, labels=("SENT",), weight=3),
        *_joined("telling-body", [_quoted(word) for word in words.telling], people, weight=2),
        *_joined("ats", _senders(words.ats), since),
        *_joined("subject", subject, no_adverts),
        *_joined("body", body, no_adverts),
    )


def ranked(hits: Iterable[tuple[Query, str]]) -> tuple[str, ...]:
    """Thread ids of ``(query, thread_id)`` hits, those first for which the most kinds of query speak, by weight."""
    kinds: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for query, thread_id in hits:
        kinds[thread_id][query.name] = query.weight
    return tuple(sorted(kinds, key=lambda thread_id: -sum(kinds[thread_id].values())))


def widen(
    addresses: Iterable[str],
    domains: Iterable[str],
    after: datetime,
    words: Words,
    *,
    companies: Iterable[str] = (),
) -> tuple[Query, ...]:
    """Queries around candidacies already found: their people, their employers' own hosts, their names at an ATS.

    A host that many share (freemail, ATS, schedulers, boards) is never asked for by itself. Large hosts also send
    receipts and newsletters: there, mail sorted away by Gmail only counts if it speaks of a job.
    """
    since = _since(after)
    people = sorted({a for a in map(str.lower, addresses) if _ADDRESS.fullmatch(a)})
    hosts = sorted({d for d in map(str.lower, domains) if _DOMAIN.fullmatch(d) and not is_shared(d, words)})
    names = [_quoted(name) for name in dict.fromkeys(companies) if len(_plain(name)) > 2]
    topics = [*map(_quoted, words.body), *(f"subject:{_quoted(word)}" for word in words.subject)]
    robots = _senders((*words.ats, *words.schedulers))
    return (
        *_joined("people", [term for a in people for term in (f"from:{a}", f"to:{a}", f"cc:{a}")], since),
        *_joined(
            "hosts",
            [t for d in hosts for t in (f"from:{d}", f"to:{d}")],
            f"{_PEOPLE} -category:updates {since}",
        ),
        *_paired("hosts-updates", [f"from:{d}" for d in hosts], topics, f"category:updates {since}"),
        *_paired("names", names, robots, since),
    )


def is_shared(domain: str, words: Words) -> bool:
    """True if this host, or one above it, serves many employers."""
    labels = domain.lower().split(".")
    return any(".".join(labels[i:]) in words.shared for i in range(len(labels) - 1))


def _since(after: datetime) -> str:
    """Epoch seconds: a date would mean midnight in California."""
    return f"{_ALWAYS} after:{int(after.timestamp())}"


def _without(boards: Sequence[str]) -> str:
    """The boards that fit into a short group, left out."""
    groups = _groups(_senders(boards), 400)
    return f"-{groups[0]} " if groups else ""


def _joined(
    name: str, terms: Sequence[str], rest: str, *, labels: tuple[str, ...] = (), weight: int = 1
) -> list[Query]:
    """Any of the terms, and the rest; as many queries as the length asks for."""
    groups = _groups(terms, LONGEST - _length(rest) - 3)
    return [Query(name, f"{group} {rest}", labels, weight) for group in groups]


def _paired(name: str, first: Sequence[str], second: Sequence[str], rest: str) -> list[Query]:
    """Any of the first and any of the second, and the rest."""
    return [
        Query(name, f"{one} {other} {rest}")
        for one in _groups(first, _HALF)
        for other in _groups(second, _HALF)
    ]


def _groups(terms: Sequence[str], longest: int) -> list[str]:
    """``{a b c}``: Gmail's OR, filled up to a length."""
    groups: list[list[str]] = []
    size = longest
    for term in _once(terms):
        length = _length(term) + 1
        if size + length > longest - 4:
            groups.append([])
            size = 0
        groups[-1].append(term)
        size += length
    return [f"{{{' '.join(group)}}}" for group in groups]


def _once(terms: Iterable[str]) -> list[str]:
    """Each once, in order; Gmail knows no case."""
    seen: dict[str, str] = {}
    for term in terms:
        seen.setdefault(term.casefold(), term)
    return list(seen.values())


def _length(text: str) -> int:
    """As written, or in proportion as it stands in an address, whichever is more."""
    return max(len(text), int(len(quote_plus(text)) * _ENCODED) + 1)


def _senders(hosts: Iterable[str]) -> list[str]:
    return [f"from:{host}" for host in hosts if _DOMAIN.fullmatch(host) or _ADDRESS.fullmatch(host)]


def _quoted(word: str) -> str:
    """A word as it is, a phrase in quotation marks; nothing that Gmail could take for an operator."""
    plain = _plain(word)
    return f'"{plain}"' if re.search(r"[^\w]", plain) or plain.upper() in {"OR", "AND", "AROUND"} else plain


def _plain(word: str) -> str:
    return " ".join(_UNWORDED.sub(" ", word[:80]).split())


def _leading(words: object) -> list[Any]:
    return words[:2] if isinstance(words, list) else []


def _merged(tables: Iterable[Any]) -> tuple[str, ...]:
    """The texts of several tables, in order, each once."""
    texts = [text for table in tables if isinstance(table, list) for text in table]
    return tuple(dict.fromkeys(text.strip() for text in texts if isinstance(text, str) and text.strip()))
