"""Whether a bare number is an hour: "at 2", "2 PT", "from 2 to 3", "9 sharp", "the 28th 230"; and when it is none."""

from __future__ import annotations

import re

from agent.core.dates.spans import Line
from agent.core.dates.zone_words import zone_behind

_SHARP = re.compile(r"\s?(?:-?\s?ish\b|sharp\b|on the dot\b|pünktlich\b|pile\b|en punto\b)", re.IGNORECASE)


def is_marked(line: Line, at: int, language: str) -> bool:
    """Reads "tuesday 2 PT", "Thursday, 9 sharp": no 2nd or 9th, as the words behind the number say."""
    token = line.core[at]
    if token.kind != "N" or not token.raw.isdigit():
        return False
    return (
        _SHARP.match(line.text, token.end) is not None
        or zone_behind(line.text, token.end, language)[0] is not None
    )


def is_introduced(line: Line, at: int, last: int, language: str) -> bool:
    """True if a bare number (a range up to ``last``) is a clock time by the words around it."""
    token, kinds = line.core[at], line.kinds
    before = line.core[at - 1].value if at and kinds[at - 1] == "L" else None
    if at and kinds[at - 1] == "m":
        return True
    if isinstance(token.value, int) and token.value >= 100:  # "230": right behind a day, and no phone number
        return _is_behind_day(line, at) and kinds[at + 1 : at + 3] != "BN" and not _counts_things(line, at)
    if before == "at" or (last > at and before in {"from", "between"}):
        return not _counts_things(line, last, language)
    if token.kind == "I":  # "2.30": at the start, or right behind a day
        return at == 0 or kinds[at - 1] == "p" or _is_behind_day(line, at) or _is_guessed(line, at)
    if token.kind == "N" and _is_guessed(line, at) and _is_closed(line, last):
        return True
    if is_marked(line, last, language) or _precedes_day(line, at):
        return True
    return last > at and _is_behind_day(line, at)


def is_spelled(line: Line, at: int) -> bool:
    """Reads "at two", "a las nueve y media", "a la una": a number word behind "at" with no noun behind it."""
    token, before, behind = line.core[at], line.kinds[at - 1 : at], line.kinds[at + 1 : at + 2]
    if token.kind not in "Na" or behind not in {"", "p", "L", "W", "D", "m", "B", "R", "T"}:
        return False
    if token.kind == "a":
        return before == "L" and line.core[at - 1].low == "a la"
    return before == "m" or (before == "L" and line.core[at - 1].value == "at")


def _is_behind_day(line: Line, at: int) -> bool:
    """True right behind a day, with or without "at" between."""
    start = line.core[at - 1].start if at and line.kinds[at - 1] == "L" else line.core[at].start
    return any(0 <= start - span.end <= 2 for span in line.spans)


def _precedes_day(line: Line, at: int) -> bool:
    """Reads "would 10 tomorrow be ok"."""
    token = line.core[at]
    return token.raw.isdigit() and line.kinds[at + 1 : at + 2] == "R" and line.kinds[at - 1 : at] != "M"


_THING = re.compile(
    r"[ -]*(?:%|st\b|street|rue|avenue|[a-z]+(?:straße|strasse|weg|gasse)\b|people|percent|years?|candidates?|[A-Z][a-z]+ (?:St|Street|Ave|Avenue|Road|Rd|Lane|Way|Square|Blvd|Drive)\b)"
)
_PLURAL = re.compile(r" (?!works|suits|sounds|looks|fits|thanks|this|please)[a-z]{3,}(?:[^aious']s|ies)\b")


def _counts_things(line: Line, at: int, language: str = "") -> bool:
    """Reads "at 12 rue des Tanneurs", "at 200 Beacon St", "at 3 companies": no hour."""
    token = line.core[at]
    if _THING.match(line.text, token.end) or (language == "en" and _PLURAL.match(line.text, token.end)):
        return True
    return token.kind == "N" and isinstance(token.value, int) and 23 < token.value < 100


_GUESS = frozenset(
    {"say", "about", "around", "maybe", "perhaps", "roughly", "sagen wir", "gegen", "vers", "sobre las"}
)


def _is_guessed(line: Line, at: int) -> bool:
    """Reads "Say 3?", "Let's say 2.30", "Around 4.": the whole of a short sentence that answers "when"."""
    before = line.core[at - 1].low if at else ""
    return before in _GUESS and at <= 3 and line.core[at].raw not in {"1", "0"}


def _is_closed(line: Line, at: int) -> bool:
    """True if nothing that could be counted stands behind a number."""
    behind = line.text[line.core[at].end :].lstrip()[:1]
    return behind in {"", ".", "?", "!", ","} and line.kinds[at + 1 : at + 2] not in {"N", "I"}
