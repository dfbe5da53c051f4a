"""Names of companies: how they compare, what they are made of, and which of several is the employer's.

The name that occurs most consistently and whose letters make up the domain wins. Legal forms are kept as written and
ignored when names are compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from agent.core.lexicon import LANGUAGES, pack
from agent.core.meaning import senders

WORD = re.compile(r"[^\W_](?:[\w'’.+-]*[\w+])?\.?|&|\S|\n")
_COMMON = pack("en", "parties")["common"]
_COMPOUNDS = tuple(_COMMON["compound_ends"])
_FORMS = frozenset(_COMMON["hard_forms"])
LEGAL = frozenset(_COMMON["legal_forms"])
LITTLE = frozenset(_COMMON["little_words"])
_PARTS = tuple(_COMMON["name_parts"])
VIA = re.compile(r"\s+(?:via|über|through|on behalf of)\s+.*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lists:
    """The lexicon's words about companies, all languages together."""

    org: frozenset[str]
    team: frozenset[str]
    never: frozenset[str]
    before: tuple[tuple[str, ...], ...]
    weak: frozenset[tuple[str, ...]]
    agency: tuple[str, ...]
    client: tuple[str, ...]
    client_before: tuple[tuple[str, ...], ...]


_WEAK = frozenset(tuple(cue.split()) for cue in _COMMON["weak_cues"])


@cache
def lists() -> Lists:
    packs = [pack(language, "parties") for language in LANGUAGES]
    company, agency = [p["company"] for p in packs], [p["agency"] for p in packs]
    return Lists(
        org=_union(t["org_words"] for t in company),
        team=_union(t["team_words"] for t in company),
        never=_union(t["never"] for t in company),
        before=_cues(t["before"] for t in company),
        weak=_WEAK,
        agency=tuple(w for t in agency for w in t["sender_words"]),
        client=tuple(w for t in agency for w in t["client_phrases"]),
        client_before=_cues(t["client_before"] for t in agency),
    )


SHORT = 120  # characters of a name


def _union(groups: Iterable[list[str]]) -> frozenset[str]:
    return frozenset(word for group in groups for word in group)


def _cues(groups: Iterable[list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        sorted({tuple(WORD.findall(cue)) for group in groups for cue in group}, key=lambda c: (-len(c), c))
    )


def letters(text: str) -> str:
    """Only the letters and digits, folded: what a domain label is made of."""
    return _short_letters(text) if len(text) <= SHORT else _letters(text)


@lru_cache(16_384)
def _short_letters(text: str) -> str:
    """Names are asked for again and again, for every pair of conversations."""
    return _letters(text)


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss").replace("ø", "o"))
    return "".join(c for c in folded if c.isalnum() and not unicodedata.combining(c))


@lru_cache(4096)
def label(domain: str) -> str:
    """The letters of the registered name: ``jobs.beacon-street.example`` → ``beaconstreet``."""
    return letters(senders.registrable(domain).partition(".")[0])


def core(name: str) -> tuple[str, ...]:
    """A company's name for comparison: folded words without legal form and little words."""
    words = [letters(w) for w in re.findall(r"[^\s&/,]+", re.sub(r"\.(?=\w\.?|\s|$)", "", name))]
    return tuple(
        w for w in words if w and w not in LEGAL and w not in LITTLE and w not in {"groupe", "grupo"}
    )


def same_company(one: str, other: str) -> bool:
    """True if one name can stand for the other: equal without legal form, or the beginning of the other."""
    a, b = core(one), core(other)
    if not a or not b:
        return False
    short, long = sorted((a, b), key=len)
    if long[: len(short)] == short:
        return len(short) > 1 or len(short[0]) >= 4
    return "".join(a) == "".join(b)


def domain_name(domain: str) -> str:
    """A last resort: the registered name taken apart at hyphens and at words that company names end in."""
    bare = senders.registrable(domain).partition(".")[0]
    return " ".join(part.capitalize() for piece in bare.split("-") if piece for part in _taken_apart(piece))


def _taken_apart(piece: str) -> list[str]:
    endings = sorted(
        {*_PARTS, *(w for w in lists().org if w.isascii() and w.isalpha() and len(w) > 3)},
        key=lambda w: (-len(w), w),
    )
    tail: list[str] = []
    rest = piece
    for _ in range(3):
        ending = next(
            (w for w in endings if len(w) >= 4 and rest.endswith(w) and len(rest) - len(w) >= 4), ""
        )
        if not ending:
            break
        tail.insert(0, ending)
        rest = rest[: -len(ending)]
    return [rest, *tail]


_TELLING = 6  # letters of a word that names one house among many
_ASIDE = re.compile(r"\s\([^()]{1,30}\)$")  # "(Reg. Charity)", "(P)", "(UK)"
OWN_DOMAIN = 1.5  # how much surer a name is that the employer's domain bears out


@dataclass(frozen=True, slots=True)
class Named:
    """A company's name as found in one place; ``weight`` says how sure the place makes it."""

    name: str
    weight: float


def has_org_word(name: str) -> bool:
    """True if the name holds a word that only organisations are called by, or a legal form."""
    low = name.lower()
    return any(
        letters(w) in LEGAL or w.strip(".,") in lists().org or (len(w) > 6 and w.endswith(_COMPOUNDS))
        for w in low.split()
    )


def without_team(name: str) -> str:
    """A sender's name without the words for its recruiting team ("Acme Hiring Team" → "Acme")."""
    text = VIA.sub("", name.strip().strip("'\""))
    words = text.split()
    team = lists().team
    while words and words[-1].lower().strip(".,:()") in team:
        words.pop()
    while words and words[0].lower().strip(".,:()") in team and words[0].lower() != "the" and len(words) > 1:
        words.pop(0)
    return " ".join(words).strip(" ,-|@")


def best(found: Sequence[Named], domains: Sequence[str]) -> str:
    """The name with the most support; shorter forms support the longer that begin with them."""
    groups: dict[tuple[str, ...], float] = {}
    written: dict[tuple[str, ...], str] = {}
    for named in found:
        key = core(named.name)
        if not key:
            continue
        groups[key] = min(groups.get(key, 0.0) + named.weight, 60.0)
        if len(named.name) > len(written.get(key, "")) or key not in written:
            written[key] = named.name
    if not groups:
        return domain_name(domains[0]) if domains else ""
    support = {
        key: w
        + sum(v / 2 for other, v in groups.items() if len(other) < len(key) and key[: len(other)] == other)
        for key, w in groups.items()
    }
    wanted = [label(domain) for domain in domains]
    fitting = {key for key in groups if any(_fits(key, w) for w in wanted)}
    winner = max(sorted(groups), key=lambda key: support[key] * (OWN_DOMAIN if key in fitting else 1))
    if wanted and support[winner] < 9 and not any(_fits(winner, w) for w in wanted) and support[winner] < 3:
        return domain_name(domains[0])
    name = without_form(written[winner])
    return name if support[winner] >= 2 or not domains else domain_name(domains[0])


def without_form(name: str) -> str:
    """The name as people say it, without the legal form at its end; as it is if nothing else would be left."""
    words = name.split()
    while len(words) > 1 and letters(words[-1].strip(",()")) in _FORMS:
        words.pop()
        if len(words) > 2 and words[-2:] == ["&", "Co."]:
            words = words[:-2]
    return _ASIDE.sub("", " ".join(words)).strip(" ,") or name


def _fits(key: tuple[str, ...], wanted: str) -> bool:
    """True if the name makes up the domain ("Kita Löwenzahn", kita-loewenzahn), or begins it, or is its initials;

    or if the domain holds the word that tells it from others of its kind ("Clinique des Érables", vetdeserables).
    """
    joined, plain = "".join(key), wanted.replace("ae", "a").replace("oe", "o").replace("ue", "u")
    return (
        any(joined.startswith(w) or w.startswith(joined) for w in (wanted, plain))
        or "".join(w[0] for w in key) == wanted
        or any(len(w) >= _TELLING and w in wanted and w not in lists().org for w in key)
    )


def is_agency_name(name: str) -> bool:
    """True if a company's name says that it finds people for others."""
    low = f" {name.lower()} "
    return any(f" {word} " in low for word in lists().agency)
