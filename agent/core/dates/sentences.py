"""Text → sentences, bounded: at most 200 of at most 600 characters, with wrapped lines joined and abbreviations kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_SENTENCES = 200
MAX_LENGTH = 600
MAX_TEXT = 60_000
WRAP = 48  # characters: a line at least so long, with no full stop, probably goes on in the next

_ABBREVIATIONS = frozenset({
    "mon", "tue", "tues", "wed", "weds", "thu", "thur", "thurs", "fri", "sat", "sun", "jan", "feb", "mar", "apr", "jun",
    "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mr", "mrs", "ms", "dr", "prof", "st", "approx", "ext", "no", "nr",
    "tel", "bzw", "ca", "evtl", "inkl", "ggf", "usw", "str", "mo", "di", "mi", "do", "fr", "sa", "so", "okt", "dez",
    "janv", "févr", "fevr", "avr", "juil", "déc", "lun", "jeu", "ven", "sam", "dim", "mme", "mlle", "m", "sr", "sra", "dra",
    "dña", "ene", "abr", "ago", "dic", "mié", "mie", "jue", "vie", "sáb", "sab", "ed", "inc", "ltd", "llc", "co", "corp",
    "a.m", "p.m", "am", "pm", "e.g", "i.e", "z.b", "d.h", "u.a", "s.a", "s.l",
})  # fmt: skip
_BREAK = re.compile(r"(?<![.!?…])[.!?…]+[\"')\]]*\s+|\n\s*\n|\n|[•▪‣]\s*")
_LAST_WORD = re.compile(r"[^\s.(]*(?:\.\w)?$")
_GERMAN_ORDINAL = re.compile(r"(?:^|[^\d.,:])(?:\d{1,2}\.)?\d{1,2}$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and where it begins in the text."""

    text: str
    start: int
    paragraph: int  # sentences of one paragraph share the number


def sentences(text: str) -> list[Sentence]:
    """The sentences of a text, in order; newlines inside them are spaces (offsets stay)."""
    text = text[:MAX_TEXT]
    found: list[Sentence] = []
    start = paragraph = 0
    for match in _BREAK.finditer(text):
        if _goes_on(text, start, match):
            continue
        _keep(found, text, start, match.end(), paragraph)
        paragraph += match[0].count("\n") > 1
        start = match.end()
        if len(found) >= MAX_SENTENCES:
            return found
    _keep(found, text, start, len(text), paragraph)
    return found


def _keep(found: list[Sentence], text: str, start: int, end: int, paragraph: int) -> None:
    piece = text[start:end].replace("\n", " ").replace("\r", " ")
    bare = piece.strip()
    if bare:
        at = start + len(piece) - len(piece.lstrip())
        found.append(Sentence(bare[:MAX_LENGTH], at, paragraph))


def _goes_on(text: str, start: int, match: re.Match[str]) -> bool:
    mark, rest = match[0], text[match.end() : match.end() + 16]
    if mark.startswith("\n"):
        return _wrapped(text[start : match.start()], mark, rest)
    if not mark.startswith(".") or mark.startswith(".."):
        return False
    if "\n" in mark and mark.count("\n") > 1:
        return False
    before = text[max(start, match.start() - 12) : match.start()]
    word = _LAST_WORD.search(before)
    if (
        word is not None
        and word[0].lower() in _ABBREVIATIONS
        and not (rest[:1].isupper() and len(word[0]) > 5)
    ):
        return _abbreviated(word[0].lower(), rest)
    return bool(_GERMAN_ORDINAL.search(before)) and _day_goes_on(rest)


_UNSURE = frozenset({
    "no", "so", "do", "co", "m", "am", "pm", "a.m", "p.m", "fr", "sat", "sun", "mon", "wed", "fri", "thu", "tue",
})  # fmt: skip


def _abbreviated(word: str, rest: str) -> bool:
    """Words that also end sentences ("at 2 p.m. Talk then") go on only before a small letter or a figure."""
    return not (word in _UNSURE and (rest[:1].isupper() or not rest))


_AFTER_DAY = re.compile(
    r"(?:jan|feb|mär|mar|apr|mai|jun|jul|aug|sep|okt|oct|nov|dez|dec|des|d\.|kw|kalenderw|um |bis |ab |oder |und |von |für |[a-zäöü]{3,} )",
    re.IGNORECASE,
)


def _day_goes_on(rest: str) -> bool:
    """Reads "12. Februar", "am 14. um 10 Uhr", but not "at 2. Talk soon": a month, or a small letter."""
    return bool(_AFTER_DAY.match(rest)) and (rest[:1].islower() or rest[:3].lower() in _MONTHS)


_MONTHS = frozenset({
    "jan", "feb", "mär", "mar", "apr", "mai", "may", "jun", "jul", "aug", "sep", "okt", "oct", "nov", "dez", "dec",
    "kal", "kw ", "kw.",
})  # fmt: skip


def _wrapped(line: str, mark: str, rest: str) -> bool:
    if mark.count("\n") > 1 or line.rstrip().endswith((".", "!", "?", ":", ",")) or not rest:
        return line.rstrip().endswith(",") and mark.count("\n") == 1 and rest[:1].islower()
    last = line.rpartition("\n")[2]
    return (len(last) >= WRAP and not rest.startswith(("-", "*", "•", ">", "–"))) or (
        rest[:1].islower() and len(last) > 30
    )
