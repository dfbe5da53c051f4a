"""Public holidays by the names of the calendar in hand: "Heritage Day", "la Constitución" → a key and its next day.

Names are compared by their telling words: no case, no accents, and "Day", "Tag", "of the" make no difference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from types import MappingProxyType

from agent.core.dates.calendar_days import country_days, public_holidays
from agent.core.dates.folding import folded
from agent.core.dates.tokens import Token
from agent.core.lexicon import LANGUAGES

PUBLIC = "public:"  # begins the key of such a holiday
LONGEST = 6  # words of a name
_EMPTY = frozenset({
    "day", "days", "tag", "dia", "jour", "fete", "giorno", "festa", "dag", "of", "the", "de", "del", "la", "las", "los",
    "el", "le", "les", "du", "des", "d", "l", "der", "die", "das", "dem", "den", "and", "und", "et", "y", "observed",
    "national", "our", "della", "delle", "dei", "di", "do", "da", "dos", "van", "het",
})  # fmt: skip
_BRACKETS = re.compile(r"\([^)]*\)")
_WORD = re.compile(r"[^\W\d_]+")
_BEFORE = frozenset({"after", "before", "by", "until", "on", "over"})
_ARTICLES = frozenset({"la", "el", "las", "los", "le", "les", "l", "der", "die", "das", "dem", "den"})


def told(name: str) -> tuple[str, ...]:
    """The telling words of a name: ``"Día de la Constitución Española"`` → ``("constitucion", "espanola")``."""
    words = _WORD.findall(folded(_BRACKETS.sub(" ", name)).replace("'s", "s"))
    return tuple(word for word in words if word not in _EMPTY)


@cache
def named_days(code: str, year: int) -> Mapping[tuple[str, ...], date]:
    """A year's public holidays by their telling words, in English and in the country's languages."""
    try:
        english = public_holidays(code, year)
    except ValueError:
        return MappingProxyType({})
    found: dict[tuple[str, ...], date] = {}
    days = [*sorted(english.items()), *sorted(_local(code, year))]
    for day, names in sorted(
        days, key=lambda item: "observed" in item[1]
    ):  # "July 4th" before the day off for it
        for name in re.split(r"[;/]", names):
            found.setdefault(told(name), day)
    return MappingProxyType({words: day for words, day in found.items() if words})


@cache
def _full_names(code: str, year: int) -> frozenset[str]:
    """The names as they stand, folded: one of them needs no more evidence."""
    english = public_holidays(code, year)
    names = [*english.values(), *(name for _, name in _local(code, year))]
    return frozenset(
        folded(_BRACKETS.sub(" ", each)).strip() for name in names for each in re.split(r"[;/]", name)
    )


def _is_full(raw: str, code: str, year: int) -> bool:
    return len(raw.split()) > 1 or folded(raw) in _full_names(code, year)


def _local(code: str, year: int) -> list[tuple[date, str]]:
    if not code:
        return []
    calendar = country_days(code)
    spoken = [calendar.default_language, *(c for c in calendar.supported_languages if c in LANGUAGES)]
    found = [country_days(code, years=year, language=language) for language in dict.fromkeys(spoken)]
    return [(day, name) for days in found for day, name in days.items() if day.year == year]


def next_named(key: str, code: str, today: date) -> date | None:
    """The next day, from today on, of the holiday that ``key`` names."""
    words = tuple(key.removeprefix(PUBLIC).split())
    days = (named_days(code, year).get(words) for year in (today.year, today.year + 1))
    return next((day for day in days if day is not None and day >= today), None)


def with_names(core: tuple[Token, ...], text: str, code: str, year: int) -> tuple[Token, ...]:
    """The tokens, with each name of a public holiday behind a preposition made one holiday."""
    if not code or not any(token.kind == "L" for token in core):
        return core
    kept: list[Token] = []
    at = 0
    while at < len(core):
        name = _name_at(core, at, text, code, year) if kept and kept[-1].kind == "L" else None
        kept.append(name[0] if name else core[at])
        at = name[1] if name else at + 1
    return tuple(kept)


def _name_at(core: tuple[Token, ...], at: int, text: str, code: str, year: int) -> tuple[Token, int] | None:
    """The longest name that begins here: written with a capital, all of it, or its beginning behind an article."""
    first = core[at]
    if str(core[at - 1].value) not in _BEFORE or first.kind not in "zU" or not first.raw[:1].isupper():
        return None
    between = folded(text[core[at - 1].start : first.start]).replace("'", " ").split()
    article = bool(between) and between[-1] in _ARTICLES
    for end in range(min(len(core), at + LONGEST), at, -1):
        if any(token.kind not in "zU" for token in core[at:end]):
            continue
        words = told(text[first.start : core[end - 1].end])
        whole = _whole(words, code, year, prefix=article)
        last = core[end - 1]
        raw = text[first.start : last.end]
        if whole is not None and (_is_full(raw, code, year) or _ends(text, last.end)):
            return replace(first, kind="H", value=PUBLIC + " ".join(whole), end=last.end, raw=raw), end
    return None


def _whole(words: tuple[str, ...], code: str, year: int, *, prefix: bool) -> tuple[str, ...] | None:
    """The full name that ``words`` are, or (``prefix``) begin."""
    names = named_days(code, year)
    if not words:
        return None
    if words in names:
        return words
    return next((name for name in names if prefix and name[: len(words)] == words), None)


def _ends(text: str, end: int) -> bool:
    """True at the end of a phrase: a word short of its "Day" names a holiday only there ("after Heritage.")."""
    return not text[end:].strip() or text[end] in ",.;)!"
