"""What a message states: the author's own sentences, each as written and in the normal form of ``phrases``.

Quotations, forwarded mail and signatures are no statements. Sizes are capped: mail is hostile.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from agent.core.meaning.phrases import normal, word_key
from agent.core.model import Message

MAX_CHARACTERS = 24_000
MAX_SENTENCES = 400
MAX_SENTENCE = 700
MAX_QUOTE = 200
MAX_SIGNATURE = 600
_WRAPPED = 44  # a line at least this long, without a full stop, goes on in the next one

_ABBREVIATED = """
    mr mrs ms dr prof st nr tel ext inc ltd co corp dept approx e.g i.e eg ie vs etc a.m p.m jr sr hon rev
    z.b z d.h u.a bzw ca ggf inkl evtl str hr fr frau herr mag dipl ing abt
    m mme mlle av bd env sra srta sres d dna ud uds vd pza c avda
    jan feb mar apr jun jul aug sept sep oct nov dec okt dez janv fevr févr avr juil dic ene abr ago
    mon tue tues wed thu thur thurs fri lun jeu ven sam dim mer mié mie jue vie sab dom
"""
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())
_ORDINAL_AHEAD = re.compile(r"\s+(?:Jan|Feb|M[äa]r|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez|[a-zäöüß\d])")
_NUMBERED = re.compile(r"\d{1,2}(?:\.\d{1,2})?")
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s|$)|[。！？]")
_BULLET = re.compile(r"\s*(?:[-*•–·▪]|\d{1,2}[.)]|[a-z]\))\s")
_SPACES = re.compile(r"[ \t\u00a0\u202f]+")
_URL = re.compile(r"(?:https?://|www\.)\S+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """``written``: at most 200 characters as they stand, white space folded; ``plain``: the normal form."""

    written: str
    plain: str
    asks: bool


def paragraphs(text: str) -> list[str]:
    """Lines as the author meant them: hard-wrapped ones joined, list items and short lines kept apart."""
    found: list[str] = []
    open_end = False
    for raw in text.splitlines():
        line = _SPACES.sub(" ", raw).strip()
        if line and open_end and not _BULLET.match(line):
            found[-1] += " " + line
        elif line:
            found.append(line)
        open_end = len(line) >= _WRAPPED and not line.endswith((".", "!", "?", ":", ";"))
    return found


def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text, in order; overlong ones cut, links reduced to one word."""
    found: list[Sentence] = []
    for paragraph in paragraphs(text[:MAX_CHARACTERS]):
        for piece in _split(paragraph):
            found.extend(_sentence(piece[i : i + MAX_SENTENCE]) for i in range(0, len(piece), MAX_SENTENCE))
            if len(found) >= MAX_SENTENCES:
                return tuple(found[:MAX_SENTENCES])
    return tuple(found)


def _sentence(piece: str) -> Sentence:
    bare = _URL.sub(" weblink ", piece)
    return Sentence(_clipped(piece), normal(bare), asks="?" in bare)


def _clipped(piece: str) -> str:
    return piece if len(piece) <= MAX_QUOTE else piece[: MAX_QUOTE - 1].rstrip() + "…"


def _split(paragraph: str) -> list[str]:
    pieces, start = [], 0
    for end in _END.finditer(paragraph):
        if _ends_here(paragraph, start, end):
            pieces.append(paragraph[start : end.end()].strip())
            start = end.end()
    pieces.append(paragraph[start:].strip())
    return [piece for piece in pieces if piece]


def _ends_here(paragraph: str, start: int, end: re.Match[str]) -> bool:
    if not end[0].startswith(".") or len(end[0].strip("\"'”’»)]")) > 1:
        return True
    before = paragraph[max(start, end.start() - 12) : end.start()]
    word = before.rpartition(" ")[2].lstrip("(\"'").lower()
    if _NUMBERED.fullmatch(word):
        return not _ORDINAL_AHEAD.match(paragraph, end.end())
    return word not in _ABBREVIATIONS and not (len(word) == 1 and word.isalpha() and word not in "abijtx")


@dataclass(frozen=True)
class Passage:
    """Some sentences laid end to end, so that one search runs over all of them."""

    where: str
    sentences: tuple[Sentence, ...]

    @cached_property
    def plain(self) -> str:
        return "\n" + "\n".join(s.plain for s in self.sentences) + "\n"

    @cached_property
    def starts(self) -> list[int]:
        at, found = 1, []
        for sentence in self.sentences:
            found.append(at)
            at += len(sentence.plain) + 1
        return found

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(map(word_key, self.plain.split()))

    def index(self, offset: int) -> int:
        """Which sentence the character at this offset of ``plain`` belongs to."""
        return max(bisect_right(self.starts, offset) - 1, 0)


_PREFIX = re.compile(
    r"^\s*(?:(?:re|aw|antw|fwd?|wg|tr|rv|sv|ref|vs|réf|r|rép)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE
)


def bare_subject(subject: str) -> str:
    """The subject without reply and forward prefixes."""
    return _PREFIX.sub("", subject[:500]).strip()


def is_prefixed(subject: str) -> bool:
    """True for the subject of a reply or a forward."""
    return bool(_PREFIX.match(subject[:500]))


def body(message: Message) -> Passage:
    return Passage("text", sentences(message.body))


def signature(message: Message) -> Passage:
    """The first lines of the signature: who writes, by name and title."""
    return Passage("signature", sentences(message.signature[:MAX_SIGNATURE])[:12])


def subject(message: Message) -> Passage:
    bare = bare_subject(message.subject)
    return Passage("subject", (_sentence(bare),) if bare else ())
