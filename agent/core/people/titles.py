"""The grammar of job titles: where one begins and ends in running text, and how it is written.

A title is found by its surroundings ("for the … role", "Stelle als …", "poste de …") and known by its head, the word that
says what somebody is. Everything works on a capped list of tokens and is linear in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from agent.core.lexicon import LANGUAGES, pack

LONGEST_TITLE = 10
_TOKEN = re.compile(
    r"[dlDL]['’](?=\s|$)|\b(?:[SJ]r|Snr|Asst|Mgr|Exec|Assoc|Dir)\.(?=\s)|\w+-(?=\s(?:und|oder|and|et|y)\b)|\.?\w(?:[\w+#&/.'’*:·-]*[\w+#*])?|[^\w\s]|\n"
)
_ELISION = re.compile(r"\b([dlDL])['’](?=\w)")
_ARTICLE = re.compile(r"\b([Ee]in)(?:e[:*/_]?[nr]|[:*/_]e)\b")  # "eine:n", "ein/e"
_PENSUM = re.compile(r"[(,]?\s?\b\d{2,3}\s?(?:(?:-|–|bis|à)\s?\d{2,3}\s?)?%\s?\)?")
_GENDER = re.compile(
    r"\s?[(\[]\s?(?:[mwfdxhinga](?:\s?[/|,*-]\s?[mwfdxhin]){1,3}|gn|all genders?|alle geschlechter|divers|a/?n)\s?[)\]]"
    r"|\s\b(?:[HF]/[HF](?:/X)?|[mwfdx](?:/[mwfdx]){1,3})(?![\w/])",
    re.IGNORECASE,
)
_REQUISITION = re.compile(
    r"[(\[]\s?(?:job\s|post\s|our\s|your\s)?(?:req|ref|réf|kennziffer|vacancy\s(?:no|id|ref))\w{0,10}\b[^()\[\]\n]{0,30}[)\]]"  # the whole bracket
    r"|[(\[][^()\[\]\n]{0,30}\b20\d\d\b[^()\[\]\n]{0,20}[)\]]"  # "(curso 2026-27)"
    r"|[(\[][A-Z]{1,6}[-_/][\w/-]{0,20}\d{2}[\w/-]{0,10}[)\]]"
    r"|[(\[]?\b(?:gz|az|aktenzeichen|geschäftszahl|geschäftszeichen|chiffre|kennzahl|zahl|exp(?:edient|te)?|n[°º]|nº|no|num(?:éro|ero)?|numéro|proc(?:eso)?)\b[.:\s]{0,3}[A-Z]{0,5}[-/. ]?\d[\w/.-]{1,20}[)\]]?"
    r"|[(\[]?\b(?:req(?:uisition)?|stellen?|job|ref(?:erenz|erence|\.)?|réf(?:érence|\.)?|kennziffer|id|vacancy|posting)\s?(?:id|no|-?nr|nummer|n°|number|code)?\b[.:#\s-]{0,3}"
    r"[A-Z]{0,5}[-/]?\d[\w/-]{1,15}[)\]]?|[(\[]?#\s?\w{0,12}\d[\w-]*[)\]]?|[(\[]?\b[A-Z]{1,5}[-_/]?\d{3,}[\w-]*\b[)\]]?|[(\[]\d{3,}[)\]]|\b\d{4,}\b",
    re.IGNORECASE,
)
_ENDINGS = re.compile(  # "Netzmeister:in", "chargé·e", "directeur.rice"
    r"(?:[:*_/]-?(?:in|innen|r|frau)|[·.](?:e|ne|le|te|rice|trice|euse|ère|ière|ve|se)(?:[·.]?s)?)$"
)
_PREFIXES = ("pre-", "post-", "peri-", "non-")
DATE = re.compile(r"\d+[/.:]\d[\d/.:]*|\d+(?:st|nd|rd|th)|\d{1,2}(?:am|pm|h)|\d{4,}", re.IGNORECASE)
_CLAUSE = re.compile(r"(?:m|t|s|j|n|c|qu)['’]\w")  # "m'a été transmis", "s'est libéré", "qu'on"
_COMMON = pack("en", "parties")["common"]
_ADJECTIVES = frozenset(_COMMON["title_adjectives"])
_SAME: dict[str, str] = _COMMON["title_synonyms"]
_NOUNS = frozenset(_COMMON["job_nouns"])
_RANKED = frozenset(
    ["year", "line", "class", "chef", "assistant", "engineer", "officer", "mate"]
)  # "2nd year apprentice"
_PLACES = frozenset(["place"])  # "la place de boucher": a job, but only where a trade follows
_CLOSE = frozenset(["de", "d'", "des", "of", "du", "en", "im bereich", "del"])
_AND = frozenset(["and", "und", "et", "y", "e", "&", "/"])
_LINKS = frozenset(["of", "as", "for", "als", "de", "d'", "como", "para", "pour", "des", "der", ":"])
_IGNORED = frozenset(_COMMON["title_little_words"])


@dataclass(frozen=True, slots=True)
class Grammar:
    """The word lists of one language, ready for look-up."""

    before: tuple[tuple[str, ...], ...]
    after: frozenset[str]
    weak_after: frozenset[str]
    determiners: frozenset[str]
    stops: frozenset[str]
    joiners: frozenset[str]
    titles: frozenset[str]
    endings: tuple[str, ...]
    lonely: frozenset[str]
    lower_runs: bool
    nouns: frozenset[str]  # "post", "Stelle", "puesto": the job as such


@cache
def grammar(language: str) -> Grammar:
    """The grammar of a language; English where we have none."""
    table = pack(language if language in LANGUAGES else "en", "parties")["position"]
    cues = sorted((tuple(tokens(cue)) for cue in table["before"]), key=len, reverse=True)
    return Grammar(
        before=tuple(cues),
        after=frozenset(table["after"]),
        weak_after=frozenset(table["weak_after"]),
        determiners=frozenset(table["determiners"]),
        stops=frozenset(table["stops"]),
        joiners=frozenset(table["joiners"]),
        titles=frozenset(table["titles"]),
        endings=tuple(table["title_endings"]),
        lonely=frozenset(table["lonely"]),
        lower_runs=bool(table["lower_runs"]),
        nouns=(frozenset(table["after"]) - frozenset(table["weak_after"])) | _NOUNS,
    )


def tokens(text: str) -> list[str]:
    """Words, single punctuation marks and line ends, in order."""
    return _TOKEN.findall(_ELISION.sub(r"\1' ", text))


def without_numbers(text: str) -> str:
    """The text without requisition numbers, gender marks and shares of full time."""
    plain = _ARTICLE.sub(lambda m: m[1] + "e", _PENSUM.sub(" ", text))
    return _GENDER.sub(" ", _REQUISITION.sub(" ", plain))


def is_head(word: str, g: Grammar) -> bool:
    """True if the word says what somebody is ("engineer", "Pflegekraft")."""
    low = _ENDINGS.sub("", word.lower())
    if low.startswith(_PREFIXES):  # "pre-operative" is no operative
        return False
    return any(
        part in g.titles or part.endswith(g.endings or ("\0",))
        for part in (low, *re.split(r"[-/]", low))
        if part
    )


def has_head(words: list[str], g: Grammar) -> bool:
    """True if the words hold a head that can stand as a title (some heads need company)."""
    heads = [w for w in words if is_head(w, g)]
    real = [w for w in words if w[:1].isalnum() and w.lower() not in g.joiners]
    if not heads and len(real) > 1:
        return any(f"{a} {b}".lower() in g.titles for a, b in pairwise(real))
    return bool(heads) and (len(real) > 1 or any(h.lower() not in g.lonely for h in heads))


def title_after(words: list[str], start: int, g: Grammar) -> list[str]:
    """The title that begins at ``start`` (determiners skipped); empty if none does."""
    at = start
    while at < len(words) and words[at].lower() in g.determiners:
        at += 1
    if at + 2 < len(words) and words[at].lower() in g.nouns | _PLACES and words[at + 1].lower() in _LINKS:
        return title_after(words, at + 2, g)
    if at + 1 < len(words) and words[at].lower() in g.nouns and _begins(words[at], words[at + 1], g):
        at += 1  # "the position Data Scientist II", "Plaza profesora de Biología"
    found: list[str] = []
    while at < len(words) and len(found) < LONGEST_TITLE:
        step = _accepted(words, at, found, g)
        if not step:
            break
        found += words[at : at + step]
        at += step
    return _trimmed(found, g)


def _begins(noun: str, following: str, g: Grammar) -> bool:
    """True if a title begins behind the word for a job as such."""
    return is_head(following, g) or (noun.islower() and following[:1].isupper())


def _accepted(words: list[str], at: int, found: list[str], g: Grammar) -> int:
    """How many tokens from ``at`` go on with the title: 0 ends it."""
    word, low = words[at], words[at].lower()
    if word == "(":
        close = next((i for i in range(at + 1, min(at + 7, len(words))) if words[i] == ")"), 0)
        return close - at + 1 if found and close and not any(map(DATE.fullmatch, words[at:close])) else 0
    following = words[at + 1] if at + 1 < len(words) else ""
    if word == "," or low in g.joiners:
        return int(bool(found) and _goes_on(following, found, g, joiner=low))
    if not (word[0].isalnum() or (word[0] == "." and len(word) > 1)):
        return 0
    if (
        low in g.stops
        or (DATE.fullmatch(low) and not _ranked(words, at))
        or _CLAUSE.match(low)
        or (found and low in g.after)
    ):
        return 0
    cased = any(w[:1].isupper() for w in found)
    if cased and word[:1].islower() and not g.lower_runs:
        return int(is_head(word, g) and (len(found) == 1 or not has_head(found, g)))  # "Coach driver"
    return 1


def _ranked(words: list[str], at: int) -> bool:
    """True for an ordinal of the title's own: "2nd year apprentice", "1st line support"."""
    return not words[at].isdigit() and words[at + 1 : at + 2] != [] and words[at + 1].lower() in _RANKED


def _goes_on(following: str, found: list[str], g: Grammar, *, joiner: str) -> bool:
    """True if the title goes on behind a comma or a joining word."""
    low = following.lower()
    if not following[:1].isalpha() or low in g.stops:
        return False
    if joiner == ",":
        return (following[0].isupper() and found[0][:1].isupper()) or low in _ADJECTIVES
    if joiner == "en":  # "Consultante en organisation", but "… en Cuarzo" is the employer
        return following[0].islower()
    return following[0].isupper() or joiner in _CLOSE or (joiner in _AND and is_head(following, g))


def title_before(words: list[str], end: int, g: Grammar) -> list[str]:
    """The title that ends right before ``end`` ("the Data Engineer | role"); empty if none does."""
    at, found = end - 1, list[str]()
    while at >= 0 and len(found) < LONGEST_TITLE:
        word, low = words[at], words[at].lower()
        if word == ")":
            opening = next((i for i in range(at - 1, max(at - 7, -1), -1) if words[i] == "("), -1)
            if opening < 0:
                break
            found[:0] = words[opening : at + 1]
            at = opening - 1
            continue
        before = words[at - 1] if at else ""
        if word == ",":
            if not (found and found[0][:1].isupper() and before[:1].isupper()):
                break
        elif low in g.joiners:
            if not found or before.lower() in g.stops or not before[:1].isalnum():
                break
        elif (
            not word[0].isalnum()
            or low in g.determiners
            or low in g.stops
            or (DATE.fullmatch(low) and not _ranked(words, at))
        ):
            break
        found.insert(0, word)
        at -= 1
    return _trimmed(_without_verbs(found), g)


def _without_verbs(found: list[str]) -> list[str]:
    """Lower-case words in front of a capitalised title belong to the sentence, some adjectives aside."""
    first = next((i for i, w in enumerate(found) if w[:1].isupper() or w[:1].isdigit()), 0)
    keep = first
    while keep and found[keep - 1].lower() in _ADJECTIVES:
        keep -= 1
    return found[keep:]


def _trimmed(found: list[str], g: Grammar) -> list[str]:
    """The title without loose ends; a lower-case one ends at its head (English and German)."""
    if found and found[0][:1].islower() and not g.lower_runs:
        heads = [i for i, w in enumerate(found) if is_head(w, g)]
        if not heads:
            return []
        last = heads[-1]
        rest = found[last + 1 :]
        if not any(w[:1].isupper() for w in rest):
            found = found[: last + 1] + (rest if rest[:1] == ["("] or _completes(rest) else [])
    while found and (found[-1] in {",", "-", "&", "/"} or found[-1].lower() in g.joiners):
        found = found[:-1]
    while found and (found[0] in {",", "-", "&", "/", ")"} or found[0].lower() in g.joiners):
        found = found[1:]
    return found if len(found) <= LONGEST_TITLE else []


def _completes(rest: list[str]) -> bool:
    """True for what belongs to a head in small letters: "chef | de partie", "head | of maintenance"."""
    return 2 <= len(rest) <= 3 and rest[0] in {"of", "de", "d'"} and all(w.isalpha() for w in rest[1:])


def spelled(words: list[str], g: Grammar) -> str:
    """The title as text: spacing mended, lower-case or shouted ones with capitals, the employer's words kept.

    English gives every word one, French and Spanish only the first.
    """
    text = " ".join(words)
    for wrong, right in ((" ,", ","), ("( ", "("), (" )", ")"), (" .)", ".)"), ("' ", "'"), (" / ", "/")):
        text = text.replace(wrong, right)
    text = _GENDER.sub("", f"{text} ").strip(" -–,;:/")
    if re.match(r"[a-zäöü]+en\s[A-ZÄÖÜ]", text):  # "der stellvertretenden Leitung"
        text = text[0].upper() + text.replace("en ", "e ", 1)[1:]
    if text.islower() or (text.isupper() and len(text) > 5):
        words = text.lower().split(" ")
        plain = g.lower_runs
        text = " ".join(
            w if plain and i and w not in _ACRONYMS else _capital(w, i) for i, w in enumerate(words)
        )
    return text


NOBODY = frozenset(_COMMON["no_titles"])
MODIFIERS = frozenset(_COMMON["title_modifiers"])  # words in brackets that belong to a title
_ACRONYMS = frozenset(_COMMON["title_acronyms"])


def _capital(word: str, index: int) -> str:
    if word.strip("()") in _ACRONYMS:
        return word.upper()
    if index and word in _IGNORED:
        return word
    return "-".join(
        p if not p else (p[0].upper() + p[1:] if p[0] != "(" else p[:2].upper() + p[2:])
        for p in word.split("-")
    )


def essence(title: str) -> frozenset[str]:
    """The words that tell one title from another, folded: case, gender endings, little words and synonyms aside."""
    plain = _GENDER.sub(" ", f" {title} ").lower()
    parts = re.findall(r"[\w+#]+", re.sub(r"(?<=\w)[:*_](?:in|innen)\b", "", plain))
    folded = (_SAME.get(p, p) for p in parts if p not in _IGNORED)
    return frozenset(w.removesuffix("s") if len(w) > 4 else w for w in folded)


@lru_cache(65_536)
def compatible(one: str, other: str) -> bool:
    """True if two titles can mean the same job: equal, one within the other, or one the initials of the other."""
    a, b = essence(one), essence(other)
    if not a or not b or a <= b or b <= a:
        return True
    return _initials(one) == other.strip().lower() or _initials(other) == one.strip().lower()


def _initials(title: str) -> str:
    return "".join(w[0] for w in re.findall(r"\w+", title.lower()) if w not in _IGNORED)
