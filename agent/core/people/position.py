"""Which position a candidacy is about: titles found in subjects, invitations and text, weighed against each other.

A wrong position is worse than none: what has no cue and no known head is not taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from agent.core.lexicon import LANGUAGES, pack
from agent.core.model import Reading
from agent.core.people.titles import (
    DATE,
    MODIFIERS,
    NOBODY,
    Grammar,
    essence,
    grammar,
    has_head,
    spelled,
    title_after,
    title_before,
    tokens,
    without_numbers,
)

LONGEST_TEXT = 6_000
_PREFIX = re.compile(
    r"^\s*(?:(?:re|fwd?|fw|aw|wg|tr|rv|rif|antw|sv|vs|enc|rép|automatic reply|automatische antwort|réponse automatique)\s*(?:\[\d+\])?\s*:\s*)+",
    re.IGNORECASE,
)
_CALENDAR_TAIL = re.compile(
    r"\s@\s(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|mié|jue|vie|sáb|dom)\w*\.?\s.*$",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"\s+[-–—|•·~@]+\s+|\s*[|;•–—]\s*|\s+·\s*|\s*·\s+|:\s+|\s*<>\s*|\s+//?\s+|[\[\]]|\s*@\s*(?=[A-Za-z])|(?<=\w)-\s+(?!und|oder|and|et|y)|\s*[\U0001F000-\U0001FAFF\u2600-\u27BF]+\s*"
)
_LABEL = re.compile(
    r"^[ \t*>-]*(?:job title|position(?: title)?|role|job|vacancy|post|stelle|position|poste|intitulé du poste|puesto|vacante|cargo)[ \t]*:[ \t]*(.{3,80})$",
    re.IGNORECASE | re.MULTILINE,
)
_SHORT_LINE = 45
_TRADE = re.compile(  # what comparatives ("earlier") and lists ("shortlist") share with trades is no trade's
    r"(?!earlier|easier|busier|premier|amateur|\w{0,12}list$)[^\W\d_]{3,20}(?:ist|ier|eer|ician|wright|smith|herd|eur|euse)",
    re.IGNORECASE,
)
_PAREN = re.compile(r"\(([^()]{1,60})\)")


@dataclass(frozen=True, slots=True)
class Mention:
    """A title as found in one place; ``weight`` says how sure the place makes it."""

    title: str
    weight: float


@cache
def _noise(language: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Interview words (anywhere), and what may be cut from the front and from the back of a subject's segment."""
    table = pack(language, "parties")["position"]
    words = "|".join(_alternatives(table["interview_words"]))
    adjectives = "|".join(_alternatives(table["interview_adjectives"]))
    noise = "|".join(_alternatives(table["subject_noise"]))
    ending = r"(?=\s*(?:$|[,;:()\d–-]|(?:for|with|on|at|to|re|about|regarding|next|invit|confirm|als|für|am|mit|bei|pour|avec|chez|au|le|para|con|el|de|with)\b))"
    return (
        re.compile(rf"(?<!\w)(?:(?:{adjectives})[\s-]+)*(?:{words})s?(?!\w){ending}", re.IGNORECASE),
        re.compile(rf"^\s*(?:{noise})(?!\w)[\s,.!?-]*", re.IGNORECASE),
        re.compile(rf"[\s,.!?-]*(?<![\w/])(?:{noise})[\s,.!?-]*$", re.IGNORECASE),
    )


def _alternatives(words: Iterable[str]) -> list[str]:
    return [re.escape(word) for word in sorted(words, key=len, reverse=True)]


def languages(reading: Reading) -> tuple[str, ...]:
    """The languages in which a message may be read: its own, and English, in which titles travel."""
    own = reading.language if reading.language in LANGUAGES else "en"
    return tuple(dict.fromkeys((own, "en")))


def mentions(reading: Reading, people: frozenset[str]) -> tuple[Mention, ...]:
    """Every title that this message names. ``people``: names (lower case) that are nobody's position."""
    message = reading.message
    headlines = [message.subject, *(i.summary for i in message.invites[:3])]
    found: list[Mention] = []
    for headline in dict.fromkeys(headlines):
        for language in languages(reading):
            got = _in_headline(headline[:300], language, people)
            found += got
            if got:
                break
    for language in languages(reading):
        got = _in_text(message.body[:LONGEST_TEXT], language, people)
        found += got
        if any(m.weight >= 3 for m in got):
            break
    return tuple(found)


def bare_subject(subject: str) -> str:
    """The subject without reply prefixes and calendar tails."""
    return _CALENDAR_TAIL.sub("", _PREFIX.sub("", subject[:500]))


def _in_headline(headline: str, language: str, people: frozenset[str]) -> list[Mention]:
    g = grammar(language)
    found: list[Mention] = []
    for segment in _SEPARATOR.split(without_numbers(bare_subject(headline))):
        for piece in _pieces(segment or "", g, people):
            title = _without_person(_segment_title(piece, language, g), people)
            if title and not _is_person(title, people) and not is_nobody(title):
                found.append(Mention(title, 5.0))
    return found[:2]


def _without_person(title: str, people: frozenset[str]) -> str:
    """Reads "Physiotherapist, Dana Kim" as the position without the candidate."""
    head, comma, rest = title.rpartition(",")
    return head.strip() if comma and _is_person(rest, people) else title


def is_nobody(title: str) -> bool:
    """True for those who hold interviews, not for what they are held for ("Hiring Manager Interview")."""
    return title.lower() in NOBODY


def _pieces(segment: str, g: Grammar, people: frozenset[str]) -> list[str]:
    """A segment, its bracket taken apart where the bracket is no part of the title."""
    bracket = _PAREN.search(segment)
    if not bracket:
        return [segment]
    inside, outside = bracket[1], _PAREN.sub(" ", segment)
    if _is_person(inside, people) or "@" in inside:
        return [outside]
    if has_head(tokens(inside), g) and (_is_person(outside, people) or not has_head(tokens(outside), g)):
        return [inside, outside]
    return [segment] if _qualifies_title(inside) else [outside]


def _qualifies_title(inside: str) -> bool:
    """Brackets that belong to a title are short: "(Nights)", "(Ledger)", "(Band 5)"; two capitalised words are a name."""
    words = inside.split()
    return len(words) == 1 or (
        len(words) <= 3
        and not any(map(DATE.fullmatch, words))
        and any(w.islower() or w.isdigit() or w.lower() in MODIFIERS for w in words)
    )


def _segment_title(segment: str, language: str, g: Grammar) -> str:
    interview, front, back = _noise(language)
    words = tokens(segment)
    cued = _after_cue(words, g) or _before_cue(words, g)
    if cued and has_head(cued, g):
        return spelled(_without_interview(cued, interview), g)
    plain = interview.sub(" ", segment)
    for _ in range(8):
        shorter = back.sub("", front.sub("", plain, count=1), count=1)
        if shorter == plain:
            break
        plain = shorter
    title = title_after(tokens(plain.lstrip(" ,.;:!?-")), 0, g)
    if title and has_head(title, g):
        return spelled(title, g)
    return _lone(words, g)


def _lone(words: list[str], g: Grammar) -> str:
    """An unknown trade in front of the word for a job ("aquarist position at …"), if it ends as trades do."""
    if len(words) < 2 or words[1].lower() not in g.after - g.weak_after or not _TRADE.fullmatch(words[0]):
        return ""
    return spelled([words[0].lower()], g)


def _without_interview(words: list[str], interview: re.Pattern[str]) -> list[str]:
    return tokens(interview.sub(" ", " ".join(words)))


def _after_cue(words: list[str], g: Grammar) -> list[str]:
    low = [w.lower() for w in words]
    for at in range(len(words)):
        for cue in g.before:
            if tuple(low[at : at + len(cue)]) == cue and (title := title_after(words, at + len(cue), g)):
                return title
    return []


def _before_cue(words: list[str], g: Grammar) -> list[str]:
    for at, word in enumerate(words):
        if at and word.lower() in g.after and (title := title_before(words, at, g)):
            return title
    return []


def _in_text(text: str, language: str, people: frozenset[str]) -> list[Mention]:
    g = grammar(language)
    text = without_numbers(text)
    found = [m for label in _LABEL.finditer(text) if (m := _labelled(label[1], g))]
    words = tokens(_joined(text))
    low = [w.lower() for w in words]
    firsts = {cue[0] for cue in g.before}
    for at, word in enumerate(low):
        if word in firsts:
            found += _cued(words, low, at, g)
        if at and word in g.after:
            title = title_before(words, at, g)
            if title and has_head(title, g):
                found.append(Mention(spelled(title, g), 4.0))
            elif title and word not in g.weak_after and title[0][:1].isupper() and len(title) <= 4:
                trade = len(title) == 1 and _TRADE.fullmatch(title[0])
                if trade or low[at - len(title) - 1] in g.determiners:
                    found.append(Mention(spelled(title, g), 1.0))
    return [m for m in found[:40] if m.title and not _is_person(m.title, people) and not is_nobody(m.title)]


def _labelled(value: str, g: Grammar) -> Mention | None:
    title = title_after(tokens(value), 0, g)
    return Mention(spelled(title, g), 5.0) if title and has_head(title, g) else None


def _cued(words: list[str], low: list[str], at: int, g: Grammar) -> list[Mention]:
    """The title behind the longest cue that stands here."""
    for cue in g.before:
        if tuple(low[at : at + len(cue)]) == cue:
            title = title_after(words, at + len(cue), g)
            if title and has_head(title, g):
                return [Mention(spelled(title, g), 4.0 if len(cue) > 1 or len(title) > 1 else 2.0)]
            if _says_job(cue, g) and 0 < len(title) <= 5 and (g.lower_runs or title[0][:1].isupper()):
                return [Mention(spelled(title, g), 3.0)]
    return []


def _says_job(cue: tuple[str, ...], g: Grammar) -> bool:
    """True for cues behind which only a job can stand, known or not: "the post of", "poste de", "Stelle als"."""
    return len(cue) > 1 and any(word in g.nouns for word in cue) and cue[-1] not in g.determiners


def _joined(text: str) -> str:
    """Wrapped lines made one; a short line ends what stands in it."""
    lines = text.split("\n")
    return "".join(line + (" " if len(line) >= _SHORT_LINE else " \n ") for line in lines)


def _is_person(text: str, people: frozenset[str]) -> bool:
    plain = re.sub(r"[^\w\s'-]", " ", text.lower()).split()
    if not plain or not people:
        return False
    known = {part for name in people for part in name.split()}
    return all(word in known or len(word) == 1 for word in plain) or " ".join(plain) in people


def best(found: Sequence[tuple[Mention, float]]) -> str:
    """The title with the most support: its own weight, and half that of shorter forms which it contains."""
    own: dict[frozenset[str], float] = {}
    written: dict[frozenset[str], str] = {}
    for mention, factor in found:
        key = essence(mention.title)
        if not key:
            continue
        own[key] = own.get(key, 0.0) + mention.weight * factor
        written.setdefault(key, mention.title)
    if not own:
        return ""
    support = {
        key: weight + sum(w / 2 for other, w in own.items() if other < key) for key, weight in own.items()
    }
    order = list(own)
    winner = max(order, key=lambda key: (support[key], -order.index(key)))
    return written[winner] if support[winner] >= 1 else ""
