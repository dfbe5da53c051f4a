"""Sentences → tokens of time: each word that speaks of time gets a class and a value, by the lexicon of its language.

The classes are single letters, so that a sentence is also a string over a small alphabet on which ``grammar`` writes
its patterns: ``We expect to decide by the end of next week`` is ``zzzzLPXU`` (fillers such as "the" are left out).

W weekday · M month · N number · a one ("a week") · O ordinal · I written date (3/12, 2026-03-12) · Y year · U unit ·
X this/next/last · P early/mid/late · R today/tomorrow · H holiday · Q quarter · E "EOW" · D part of the day · K clock ·
C calendar week · m "half past" · L preposition of limit · T "at the latest" · G "ago" · B or/to/and · V "commencing" · z any other word · p full stop
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from agent.core.dates.folding import folded
from agent.core.lexicon import pack

Value = int | str | tuple[int, ...] | None

CLASSES = {
    "weekday": "W", "month": "M", "number": "N", "few": "N", "one": "a", "ordinal": "O", "unit": "U", "units": "U",
    "modifier": "X", "part": "P", "relative": "R", "holiday": "H", "quarter": "Q", "end": "E", "daypart": "D",
    "limit": "L", "latest": "T", "ago": "G", "or": "B", "commencing": "V", "filler": "F", "noon": "K", "minutes": "m",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a sentence; ``start``/``end`` are offsets in it. ``vague`` for "a few"; ``plural`` for units."""

    kind: str
    value: Value
    start: int
    end: int
    raw: str  # as written; ``low`` is the same, folded
    low: str
    vague: bool = False
    plural: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """The time words of one language: phrases by their first word, longest first, and words that need a witness."""

    phrases: dict[str, tuple[tuple[tuple[str, ...], str, Value, bool, bool], ...]]
    risky: frozenset[str]
    digits_only: frozenset[str]
    ranges: frozenset[str]
    language: str


_MERIDIEM = r"(?:a\.?\s?m\b\.?|p\.?\s?m\b\.?)"
_TOKEN = re.compile(
    rf"""
    (?P<iso>(?<!\d)(?:19|20)\d\d-\d\d-\d\d(?!\d))
  | (?P<full>(?<![\d/.])\d{{1,2}}([/.-])\d{{1,2}}\3(?:20\d\d|\d\d)(?![\d/]))
  | (?P<ymd>(?<!\d)20\d\d[/.]\d{{1,2}}[/.]\d{{1,2}}(?!\d))
  | (?P<clock>(?<![\d:.,$€£])\d{{1,2}}(?:[:.]\d\d(?!\d)(?::\d\d)?)?\s?{_MERIDIEM}
      |(?<![\d:.])\d{{1,2}}:\d\d(?!\d)(?::\d\d)?(?:\s?(?:uhr|h\b|hrs?\b|horas?\b))?
      |(?<![\d:.])\d{{1,2}}(?:[.]\d\d)?\s?(?:uhr\b|hrs\b|o'clock\b)
      |(?<![\d:.])(?:[01]?\d|2[0-3])\s?h(?:eures?)?(?:\s?\d\d)?(?![\w])
      |(?<![\d:.])\d{{1,2}}(?:[:.]\d\d)?[ap]\b)
  | (?P<weekth>(?<![\d.])\d{{1,2}}\.\s?(?:kw|kalenderwoche)\b)
  | (?P<slash>(?<![\d/.])\d{{1,2}}/\d{{1,2}}(?![\d/]))
  | (?P<dots>(?<![\d/.,$€£])\d{{1,2}}\.\d{{1,2}}\.?(?![\d%]))
  | (?P<ordinal>(?<![\d/.,])\d{{1,2}}(?:st|nd|rd|th|er|e|º|ª)(?!\w))
  | (?P<dotted>(?<![\d/.,:])\d{{1,2}}\.(?!\d))
  | (?P<half>\b(?P<hy>20\d\d)[/-]q[1-4]\b|\bq[1-4](?:\s?/\s?20\d\d)?\b)
  | (?P<week>\b(?:kw|cw|kalenderwoche|sem\.)\s?\d{{1,2}}\b)
  | (?P<number>\d+(?:[.,]\d+)*)
  | (?P<word>[^\W\d_]+(?:['’/][^\W\d_]+)*|@(?=\s?\d))
  | (?P<dash>[-\u2010-\u2015/])
  | (?P<stop>[.!?;:()\[\]"|*_=<>])
    """,
    re.VERBOSE,
)
_CLOCK = re.compile(r"(\d{1,2})\s?(?:heures?|uhr|hrs|o'clock|[:.h])?\s?(\d\d)?(?::\d\d)?")
_MAX_TOKENS = 400


@cache
def words_of(language: str) -> Words:
    """The time words of a language; English for one that has no lexicon."""
    table: dict[str, Any] = pack(language, "dates") or pack("en", "dates")
    phrases: dict[str, list[tuple[tuple[str, ...], str, Value, bool, bool]]] = {}
    for name, kind in CLASSES.items():
        for value, entries in table.get(name, {}).items():
            for entry in entries:
                parts = tuple(folded(entry).split())
                item = (parts, kind, _value(value), name == "few", name == "units")
                phrases.setdefault(parts[0], []).append(item)
    phrases |= _joined(table)
    ordered = {first: tuple(sorted(items, key=lambda i: -len(i[0]))) for first, items in phrases.items()}
    keys = ("risky", "digits_only", "ranges")
    risky, digits, ranges = (frozenset(map(folded, table.get(key, ()))) for key in keys)
    return Words(ordered, risky, digits, ranges, language)


def _joined(table: dict[str, Any]) -> dict[str, list[tuple[tuple[str, ...], str, Value, bool, bool]]]:
    """``Freitagnachmittag`` and its like: a weekday with a part of the day in one word."""
    return {
        (word := folded(name) + part): [((word,), "W", int(value), False, False)]
        for part in table.get("day_parts_joined", ())
        for value, names in table["weekday"].items()
        for name in names
    }


def _value(text: str) -> Value:
    return int(text) if re.fullmatch(r"-?\d+", text) else text


def tokens(sentence: str, words: Words) -> list[Token]:
    """The tokens of one sentence (at most 400), fillers and commas included as ``F``."""
    text = folded(sentence)
    parts: list[tuple[str, str, int, int]] = []
    for match in _TOKEN.finditer(text):
        group = match.lastgroup or ""
        parts.append(("half" if group == "hy" else group, match[0], match.start(), match.end()))
        if len(parts) >= _MAX_TOKENS:
            break
    return _classified(parts, sentence, words)


def _classified(parts: list[tuple[str, str, int, int]], sentence: str, words: Words) -> list[Token]:
    found: list[Token] = []
    at = 0
    while at < len(parts):
        group, text, start, end = parts[at]
        if group == "word":
            token, used = _word(parts, at, sentence, words)
        elif text == "." and found and found[-1].end == start and found[-1].kind in "WMUK":
            token, used = None, 1  # "Mon., Sept. 21"
        else:
            token, used = _figure(group, text, start, end, words), 1
        if token is not None:
            found.append(token)
        at += used
    return _ranged(_witnessed(found, words), words)


def _ranged(found: list[Token], words: Words) -> list[Token]:
    """Reads "bis", "à", "a" join two numbers, days or clock times; elsewhere they are what they were."""
    if not words.ranges:
        return found
    core = [(at, token) for at, token in enumerate(found) if token.kind != "F"]
    for (_, before), (at, token), (_, after) in zip(core, core[1:], core[2:], strict=False):
        if token.low in words.ranges and any({before.kind, after.kind} <= ends for ends in _ENDS):
            found[at] = replace(token, kind="B", value="to")
    return found


_ENDS = (frozenset("NaK"), frozenset("WOI"))


def _word(
    parts: list[tuple[str, str, int, int]], at: int, sentence: str, words: Words
) -> tuple[Token | None, int]:
    text, start, end = parts[at][1:]
    for phrase, kind, value, vague, plural in words.phrases.get(text, ()):
        size = len(phrase)
        if size > 1 and tuple(part[1] for part in parts[at : at + size]) != phrase:
            continue
        end = parts[at + size - 1][3]
        token = Token(kind, value, start, end, sentence[start:end], " ".join(phrase), vague, plural)
        return token, size
    base = text.removesuffix("'s")
    if base != text and base in words.phrases:
        phrase, kind, value, vague, plural = words.phrases[base][-1]
        if len(phrase) == 1:
            return Token(kind, value, start, end, sentence[start:end], base, vague, plural), 1
    return Token("z", None, start, end, sentence[start:end], text), 1


def _figure(group: str, text: str, start: int, end: int, words: Words) -> Token | None:
    kind, value = _reading(group, text, words)
    return Token(kind, value, start, end, text, text)


def _reading(group: str, text: str, words: Words) -> tuple[str, Value]:
    match group:
        case "iso" | "ymd":
            return "I", tuple(map(int, re.split(r"[-/.]", text)))
        case "full":
            first, second, year = map(int, re.split(r"[-/.]", text))
            return "I", (first, second, year + 2000 if year < 100 else year)
        case "slash":
            return ("z", None) if text == "24/7" else ("I", tuple(map(int, text.split("/"))))
        case "dots":
            return "I", (*map(int, text.strip(".").split(".")), -1)
        case "clock":
            return "K", _clock(text)
        case "ordinal":
            return "O", int(re.sub(r"\D", "", text))
        case "dotted":
            return ("O" if words.language == "de" else "N"), int(text[:-1])
        case "half":
            named = re.search(r"20\d\d", text)
            quarter = int(text[text.index("q") + 1])
            return "Q", (quarter, int(named[0])) if named else (quarter,)
        case "week" | "weekth":
            return "C", int(re.sub(r"\D", "", text))
        case "number":
            return _number(text)
        case "dash":
            return "B", "-"
        case _:
            return "p", text


def _number(text: str) -> tuple[str, Value]:
    if not text.isdigit() or len(text) > 4:
        return "z", None
    return ("Y" if len(text) == 4 and text.startswith("20") else "N"), int(text)


def _clock(text: str) -> Value:
    """Hour, minute, and 1 for am, 2 for pm, 0 for neither, 3 for "Uhr" and "h", 4 for a leading zero."""
    match = _CLOCK.match(text)
    assert match is not None
    half = re.search(r"([ap])\.?\s?m?\b", text[match.end() - 1 :].lstrip("0123456789:. ")) if text else None
    meridiem = {"a": 1, "p": 2}[half[1]] if half else (3 if re.search(r"uhr|h\b|hrs|h\d", text) else 0)
    if "o'clock" in text:
        meridiem = 0
    if text.startswith("0") and not half:
        meridiem = 4
    return int(match[1]), int(match[2] or 0), meridiem


_SHORT = re.compile(r"\d{1,2}(?:[:.]\d\d)?[ap]")  # "10a" is a time of day only behind a day or a preposition
_NUMERIC = frozenset("NOYIK")


def _witnessed(found: list[Token], words: Words) -> list[Token]:
    """Words such as "may", "sat", "second" count as time only beside a number, a preposition, or with a capital."""
    for at, token in enumerate(found):
        if token.kind == "K" and _SHORT.fullmatch(token.low):
            led = at > 0 and found[at - 1].kind in "LWONIRBMYF"
            if not led or words.language != "en" or token.raw != token.low:
                found[at] = replace(token, kind="z", value=None)
        if token.kind not in "WMHDUOXNPR":
            continue
        low = token.low.strip(".'’ ")
        if low not in words.risky and low not in words.digits_only:
            continue
        before, after = (found[at - 1] if at else None), (found[at + 1] if at + 1 < len(found) else None)
        near_number = any(t is not None and t.kind in _NUMERIC for t in (before, after))
        if near_number or (token.kind == "O" and after is not None and after.kind == "W"):
            continue
        led = before is not None and before.kind in "LPXWV"
        if low in words.risky and (led or (token.raw[:1].isupper() and at > 0 and found[at - 1].kind != "p")):
            continue
        found[at] = replace(token, kind="z", value=None)
    return found
