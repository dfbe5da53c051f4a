"""Company names as running text spells them: runs of words that make up a domain, and the proper names behind cues."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from agent.core.lexicon import pack
from agent.core.people.company import LEGAL, LITTLE, WORD, letters, lists

_COMMON = pack("en", "parties")["common"]
_ANDS = ("and", "und", "et", "y", "n")
_DOTTED = frozenset(["inc", "ltd", "co", "corp"])
_BEFORE_NAMES = frozenset(_COMMON["before_names"])
_CHUNK = re.compile(r"\S+")
_HOST = re.compile(
    r"[\w-]+(?:\.[\w-]+)*\.(?:example|com|org|net|io|co|de|fr|es|uk|ca|us|eu)(?:[/?].*)?[.,;:)]?",
    re.IGNORECASE,
)
_LONGEST_WORD = 60
_UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ø": "oe", "å": "aa"}
)
_ELIDED = re.compile(r"(?:d|l|dell|all)['’](?=[^\W\d_])", re.IGNORECASE)


def closes_sentence(word: str) -> bool:
    """True for a word with a full stop that is no abbreviation's ("Council.", but "Inc.", "St.", "S.A.")."""
    return word.endswith(".") and len(word) > 4 and "." not in word[:-1] and letters(word) not in LEGAL


def written_as_name(word: str) -> bool:
    """True for a capital letter in front, or behind an elided article ("d'Auzon")."""
    return _ELIDED.sub("", word, count=1)[:1].isupper()


def words_of(text: str) -> list[str]:
    """Tokens of a text, addresses and links taken out."""
    return WORD.findall(_CHUNK.sub(lambda chunk: " \n " if _is_link(chunk[0]) else chunk[0], text))


def _is_link(chunk: str) -> bool:
    if len(chunk) > _LONGEST_WORD or "://" in chunk or "www." in chunk:
        return True
    local, at, host = chunk.partition("@")
    return bool(local and at and "." in host) or bool(_HOST.fullmatch(chunk))


def spelled_like(text: str, wanted: str, *, open_end: bool) -> list[tuple[str, float]]:
    """Runs of words whose letters make up ``wanted`` (a domain label), as written, with how well they fit."""
    found: list[tuple[str, float]] = []
    if len(wanted) < 2:
        return found
    words = words_of(text)
    for start, word in enumerate(words):
        first = _piece(word, wanted)
        if (
            first
            and (
                wanted.startswith(first)
                or (len(wanted) >= 4 and first.startswith(wanted) and "." not in word)
            )
            and (hit := _run(words, start, wanted))
        ):
            end, weight = hit
            name = _extended(words, start, end, open_end=open_end)
            found.append((proper(name), weight))
    return [*found, *((proper(run), 9.0) for run in _pairs(words) if _reversed((run[0], run[-1]), wanted))]


def _pairs(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """Each two words side by side, and those with a little word between them ("Domaine des Arvières")."""
    yield from pairwise(words)
    yield from (run for run in zip(words, words[1:], words[2:], strict=False) if run[1].lower() in LITTLE)


def _piece(word: str, wanted: str) -> str:
    """A word's letters, an umlaut as the domain writes it: "Westküste" in westkueste-wind, "Köhler" in kohler."""
    plain, spelt = letters(word), letters(word.translate(_UMLAUTS))
    return spelt if spelt != plain and (wanted.startswith(spelt) or spelt.startswith(wanted)) else plain


def _reversed(pair: tuple[str, str], wanted: str) -> bool:
    """True for a name whose domain turns it round ("Roth Logistik", logistik-roth; "Domaine des Arvières", arvieres-domaine)."""
    return all(map(written_as_name, pair)) and letters(pair[1]) + letters(pair[0]) == wanted


def _run(words: Sequence[str], start: int, wanted: str) -> tuple[int, float] | None:
    """The end of the run beginning at ``start`` and its fit: 10 exact, 9 with endings or initials, 3 a beginning."""
    taken, end = "", start
    best: tuple[int, float] | None = None
    while end < min(start + 7, len(words)) and words[end] != "\n":
        piece = _piece(words[end], wanted[len(taken) :])
        if taken and not wanted.startswith(taken + piece):
            piece = letters(_ELIDED.sub("", words[end], count=1))  # verrerie-auzon: "Verrerie d'Auzon"
        if not piece:
            if words[end] not in {"&", "+"} or not taken:
                break
            taken += next((w for w in _ANDS if wanted.startswith(taken + w)), "")
        elif wanted == taken + piece:
            return end + 1, 10.0
        elif wanted.startswith(taken + piece):
            taken += piece
            if (
                len(taken) >= 5
                and taken != wanted
                and words[end][0].isupper()
                and words[end].lower() not in LITTLE
            ):
                best = end + 1, 3.0
        elif (
            len(wanted) >= 5
            and (taken + piece).startswith(wanted)
            and len(piece) - (len(wanted) - len(taken)) <= 6
        ):
            return end + 1, 9.0
        elif words[end].lower() not in LITTLE:
            rest = wanted[len(taken) :]
            if len(taken) < 4:
                return best
            if end + 1 < len(words) and words[end][0].isupper() and letters(words[end + 1]) == rest:
                return end + 2, 8.0  # a word left out: Ashgrove (Learning) Trust
            return (_by_initials(words, end, rest) if 1 < len(rest) <= 4 else None) or best
        end += 1
    return best


def _by_initials(words: Sequence[str], at: int, rest: str) -> tuple[int, float] | None:
    following = words[at : at + len(rest)]
    if "".join(letters(w)[:1] for w in following) == rest and all(w[:1].isupper() for w in following):
        return at + len(rest), 9.0
    return None


def _extended(words: Sequence[str], start: int, end: int, *, open_end: bool) -> list[str]:
    """The run and what follows of the same name: up to a word that companies end in, or the line's end."""
    at, best = end, end
    while at < min(end + 5, len(words)) and not closes_sentence(words[at - 1]):
        word = words[at]
        low = word.lower().strip(".")
        if (
            not (written_as_name(word) or word == "&" or low in LITTLE)
            or low in lists().never
            or (low in lists().team and low not in lists().org)
        ):
            break
        at += 1
        if low in lists().org or letters(low) in LEGAL:
            best = at
    if (
        open_end
        and end < at < len(words) + 1
        and at - end <= 3
        and (at == len(words) or words[at] in {"\n", ",", "|"})
        and words[at - 1] != "&"
    ):
        best = at
    return list(words[start:best])


def proper(words: Sequence[str]) -> str:
    text = " ".join(words).strip(" ,.-|")
    if words and words[-1].endswith(".") and (letters(words[-1]) in _DOTTED or "." in words[-1][:-1]):
        text += "."
    if text.islower():
        text = " ".join(w if w in LITTLE else w[:1].upper() + w[1:] for w in text.split())
    return text


def name_after(words: Sequence[str], at: int) -> str:
    """The proper name that begins at ``at``, or an empty string."""
    table = lists()
    while at < len(words) and words[at].lower() in _BEFORE_NAMES:
        at += 1
    run: list[str] = []
    while at < len(words) and len(run) < 7:
        word = words[at]
        low = word.lower().strip(".")
        if low in table.never or word == "\n":
            break
        if (written_as_name(word) if run else word[:1].isupper()) or (
            run
            and (word == "&" or (low in LITTLE and word.isalpha()))
            and at + 1 < len(words)
            and written_as_name(words[at + 1])
        ):
            run.append(word)
        else:
            break
        at += 1
        if word.endswith(".") and letters(word) not in LEGAL and len(word) > 3:
            break
    while run and (run[-1].lower() in LITTLE or run[-1] == "&"):
        run.pop()
    return proper(run)
