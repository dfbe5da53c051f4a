"""What people are called and what they call themselves: names as headers show them and as letters are signed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from agent.core.lexicon import LANGUAGES, pack
from agent.core.model import Address, Reading
from agent.core.people.company import letters

_PRONOUNS = re.compile(
    r"\s*\((?:he|she|they|him|her|er|sie|il|elle|él|ella)\b[^)]{0,30}\)|\s*\b(?:he/him|she/her|they/them)(?:/\w+)?\b",
    re.IGNORECASE,
)
_NICKNAME = re.compile(r"[\"“”'‘(«]([^\W\d_][\w.-]{1,14})[\"“”'’)»]")
_EMOJI = re.compile(r"[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F\"]+")
_TITLES = re.compile(
    r"\b(?:dr|prof|mr|mrs|ms|miss|mx|herr|frau|m|mme|mlle|sr|sra|srta|dipl|ing|don|doña|sir|dame|rev|phd|md|mba|rrt|cpa|rn|jr|ii|iii)\b\.?",
    re.IGNORECASE,
)
_VIA = re.compile(r"\s(?:via|über|through)\s.*$", re.IGNORECASE)
_HOUSE = re.compile(r"\s?[|(@].*$|\s(?:at|from|bei|chez|de chez)\s[A-Z].*$|\s[-–—]\s.*$")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def display_name(address: Address, theirs: Sequence[Reading]) -> str:
    """The person's name in reading order, without company, pronouns and quotes; from the signature where the header has none."""
    name = bare_name(address.name)
    if "@" in address.name or not name:
        return _last_signed(theirs)
    return (_last_signed(theirs[-1:]) or name) if is_office(name) else name


def is_office(name: str) -> bool:
    """True for the name of a mailbox that several people share ("Desk One", "Talent Team")."""
    return any(w.lower() in people_words("not_names") for w in name_words(name))


def _last_signed(theirs: Sequence[Reading]) -> str:
    return next((line for r in reversed(theirs) if (line := _signed_full(r))), "")


def bare_name(shown: str) -> str:
    """A display name without company, pronouns, nickname and network, first name first."""
    name = _PRONOUNS.sub("", shown[:200]).strip().strip("\"'")
    name = _VIA.sub("", name).strip("\"' ")  # Google Groups: 'Ann Poe' via Jobs
    name = _HOUSE.sub("", name).strip()
    name = _EMOJI.sub("", _NICKNAME.sub("", name)).strip()
    last, comma, first = name.partition(",")
    if comma and _WORD.search(first) and len(first.split()) <= 3:
        name = f"{first.strip()} {last.strip()}"
    return name


def person(shown: str) -> frozenset[str]:
    """A person's name for comparison, whatever the order; empty for less than two words."""
    words = frozenset(letters(w) for w in name_words(bare_name(shown))) - {""}
    return words if len(words) > 1 else frozenset()


def _signed_full(reading: Reading) -> str:
    """A full name as signed: the first line of the signature that looks like one."""
    opening = next((line for line in reading.message.text[:500].split("\n") if line.strip()), "")
    for line in _closing_lines(reading):
        words = line.split()
        if line in opening:  # "Hi Kai" of a mail without a signature
            continue
        if (
            2 <= len(words) <= 3
            and all(
                w[:1].isupper() and w.replace("-", "").replace("'", "").replace("’", "").isalpha()
                for w in words
            )
            and not is_role_line(line)
            and line.lower() not in people_words("signoffs")
        ):
            return line
    return ""


def _closing_lines(reading: Reading) -> list[str]:
    """The lines in which people sign: the signature's first ones, or the text's last."""
    message = reading.message
    ending = message.body[-600:].rstrip()
    lines = [_PRONOUNS.sub("", line).strip(" ,.!-–—*_") for line in message.signature[:1_000].split("\n")[:8]]
    tail = [_PRONOUNS.sub("", line).strip(" ,.!-–—*_") for line in ending.split("\n")[-3:]]
    last_words = (
        re.split(r"[.!?]\s", ending[-200:].replace("\n", " "))[-1:] if not message.signature.strip() else []
    )
    return [line for line in (*lines, *tail, *last_words) if line and len(line) < 50]


def is_role_line(line: str) -> bool:
    """True if a line says what somebody does."""
    keys = ("recruiter", "hiring_manager", "coordinator")
    return any(says(line, word) for key in keys for word in people_words(key))


def says(line: str, word: str) -> bool:
    """True if a line holds a word of the lexicon; ``*`` at an end stands for the rest of a longer word."""
    low, bare = f" {line.lower()} ", word.strip("*")
    at = low.find(bare)
    while at >= 0:
        end = at + len(bare)
        before = word.startswith("*") or not low[at - 1].isalnum()
        if before and (word.endswith("*") or not low[end].isalnum()):
            return True
        at = low.find(bare, at + 1)
    return False


def name_words(name: str) -> list[str]:
    """The words of a person's name, "Last, First" put right, titles and nicknames aside; shouted surnames are surnames."""
    bare = _TITLES.sub(" ", _NICKNAME.sub(" ", name))
    last, comma, first = bare.partition(",")
    words = _WORD.findall(f"{first} {last}" if comma and first.strip() else bare)
    shouted = [w for w in words if len(w) > 1 and w.isupper()]
    if words and shouted and len(shouted) < len(words):
        words = [w for w in words if w not in shouted] + shouted
    return words


def goes_by(
    address: Address, theirs: Sequence[Reading], *, formal: bool | None, language: str, shown: str = ""
) -> str:
    """The name somebody signs with: "Shiv", "Tom"; the first name else; the whole name where the tone is formal."""
    words = name_words(address.name)
    if not words or is_office(address.name):
        return ""
    if formal and language in {"de", "fr", "es"}:
        return " ".join(w.capitalize() if w.isupper() else w for w in words)
    nickname = _NICKNAME.search(shown)
    signed = [name for r in theirs if (name := _signed(r, words, nickname[1] if nickname else ""))]
    if signed:
        return Counter(signed).most_common(1)[0][0]
    first = nickname[1] if nickname else words[0]
    return first if not (first.isupper() and len(first) > 2) and not first.islower() else first.capitalize()


def _signed(reading: Reading, words: Sequence[str], nickname: str) -> str:
    """The first name as signed, if a closing line is made of the person's own name."""
    firsts = [letters(w) for w in words[:-1]] or [letters(words[0])]
    for line in _closing_lines(reading):
        parts = _WORD.findall(re.sub(r"[,|•(].*$", "", line))
        if not 1 <= len(parts) <= 4 or line.lower() in people_words("signoffs"):
            continue
        first = letters(parts[0])
        if len(first) < 2 or (len(parts) > 1 and letters(parts[-1]) != letters(words[-1])):
            continue
        if first in firsts or first == letters(nickname) or _short_for(first, firsts):
            return _cased(parts[0])
    return ""


def _cased(name: str) -> str:
    shouted = name.isupper() and len(name) > 2
    return name.capitalize() if name.islower() or shouted else name


_SHORT: dict[str, str] = pack("en", "parties")["common"]["diminutives"]


def _short_for(signed: str, firsts: Sequence[str]) -> bool:
    """Diminutives: the beginning of the first name ("Tom", "Steph"), or a customary one ("Bob")."""
    return any(
        (len(signed) >= 3 and name.startswith(signed[:3]) and abs(len(name) - len(signed)) <= 7)
        or name in _SHORT.get(signed, "").split()
        for name in firsts
    )


@cache
def people_words(key: str) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            str(word) for language in LANGUAGES for word in pack(language, "parties")["people"][key]
        )
    )
