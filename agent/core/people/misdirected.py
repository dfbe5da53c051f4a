"""Letters that greet somebody else: the employer took one candidate's letter for another's."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.core.lexicon import LANGUAGES, pack
from agent.core.model import Identity, Reading
from agent.core.people.company import letters
from agent.core.people.naming import SALUTATIONS
from agent.core.people.parties import recipients
from agent.core.people.signing import name_words, people_words
from agent.core.people.vouching import greets

_OPENING = re.compile(
    r"\s*(?:dear|hi|hello|hey|good (?:morning|afternoon|evening)|hallo|liebe[rs]?|guten (?:tag|morgen)|sehr geehrte[rs]?|moin|"
    r"bonjour|bonsoir|ch(?:er|ère)|salut|hola|buen(?:os|as) \w+|estimad[oa]|querid[oa]) ([^,!:;.\n]{2,40})[,!:;.\n]",
    re.IGNORECASE,
)
_NOBODY = frozenset(word for code in LANGUAGES for word in pack(code, "parties")["people"]["greeted_nobody"])


def misdirected(readings: Sequence[Reading], identity: Identity) -> frozenset[str]:
    """Gmail ids of the letters that greet by another name than the user's, where earlier ones greet the user."""
    mine = {letters(w) for name in (identity.primary.name, *identity.names) for w in name_words(name)} - {""}
    found: set[str] = set()
    greeted_me = False
    for reading in readings:
        if reading.outgoing:
            mine |= _signed(reading)
            continue
        names = _greeted(reading)
        if not names:
            continue
        if any(_alike(a, b) for a in names for b in mine):
            greeted_me = True
        elif greeted_me and mine and not any(greets(reading.message, a) for a in recipients(reading.message)):
            found.add(reading.message.gmail_id)
        else:
            mine |= names
    return frozenset(found)


def _greeted(reading: Reading) -> set[str]:
    """The names in the first line, titles aside; nothing where it greets everybody or nobody by name."""
    match = _OPENING.match(f"{reading.message.text[:200]}\n")
    words = [w for w in name_words(match[1]) if w.lower() not in SALUTATIONS] if match else []
    if not 1 <= len(words) <= 3 or not all(w[:1].isupper() for w in words):
        return set()
    names = {letters(w) for w in words}
    office = {w.lower() for w in words} & ({*people_words("not_names")} | _NOBODY)
    return set() if office or any(len(name) < 3 for name in names) else names


def _signed(reading: Reading) -> set[str]:
    """The words of the user's last lines: what they call themselves."""
    lines = [line for line in reading.message.text[-300:].split("\n") if line.strip()][-2:]
    return {letters(w) for line in lines if len(line) < 40 for w in name_words(line) if w[:1].isupper()}


def _alike(one: str, other: str) -> bool:
    """True for one name, its short forms and its misspellings."""
    from rapidfuzz.distance import DamerauLevenshtein

    return one[:2] == other[:2] or DamerauLevenshtein.distance(one, other) <= 2
