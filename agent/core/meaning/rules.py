"""The table of rules: what each looks for, where, in whose mail, and what forbids it. The words are the lexicon's.

A rule of ``lexicon/<language>/signals.toml``:

``kind``, ``name``, ``strong``   what it concludes, its name, how much that can carry
``by``                         ``they`` (incoming, the default), ``me`` (outgoing) or ``any``
``look``                       ``text`` (default), ``subject``, ``both`` of them, or ``signature``; ``first``: only in the
                               first n sentences
``says``                       phrases that fire it
``unless`` / ``also``            phrases that forbid it / that it needs, in the same sentence
``unless_anywhere`` / ``also_anywhere``   the same in the whole message
``mood``                       ``said`` (default: no question, no condition before it), ``free`` (a question may be),
                               ``asked`` (a question only) or ``any``
``negatable``                  true: a negation right before the words forbids it
``short``                      only in a message of at most so many words
``fresh``                      not in the subject of a reply: there it is an echo
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from agent.core.lexicon import LANGUAGES, pack
from agent.core.meaning.phrases import Phrase, normal, phrase, word_key
from agent.core.meaning.statements import Passage, Sentence
from agent.core.model import Evidence, Signal, SignalKind, Strength

_CONDITION_REACH = 90  # characters of normal text before the words in which a condition governs them
_NEGATION_REACH = 30


@dataclass(frozen=True)
class Phrases:
    """Several phrases that mean the same, asked together."""

    all: tuple[Phrase, ...] = ()

    def within(self, plain: str, keys: frozenset[str]) -> bool:
        """True if one of them occurs in text of normal form; ``keys`` are the word beginnings it (at most) holds."""
        return any(p.may_occur(keys) and p.pattern.search(plain) for p in self.all)


@dataclass(frozen=True)
class Rule:
    """One named rule, compiled."""

    name: str
    kind: SignalKind
    strength: Strength
    by: str = "they"
    look: str = "text"
    mood: str = "said"
    first: int = 0
    short: int = 0
    negatable: bool = False
    fresh: bool = False
    says: Phrases = field(default_factory=Phrases)
    unless: Phrases = field(default_factory=Phrases)
    also: Phrases = field(default_factory=Phrases)
    unless_anywhere: Phrases = field(default_factory=Phrases)
    also_anywhere: Phrases = field(default_factory=Phrases)

    def looks_at(self, where: str) -> bool:
        return self.look == where or (self.look == "both" and where != "signature")


@dataclass(frozen=True)
class Rulebook:
    """All rules of one language, with an index from word beginnings to the phrases that need them."""

    language: str
    rules: tuple[Rule, ...]
    conditions: Phrases
    negations: Phrases
    turns: Phrases  # "but": what stands before it governs nothing behind it

    @cached_property
    def index(self) -> Mapping[str, tuple[tuple[int, Phrase], ...]]:
        found: dict[str, list[tuple[int, Phrase]]] = {}
        for number, rule in enumerate(self.rules):
            for p in rule.says.all:
                for key in p.keys or ("",):
                    found.setdefault(key, []).append((number, p))
        return {key: tuple(entries) for key, entries in found.items()}

    def candidates(self, passage: Passage) -> dict[int, list[Phrase]]:
        """Rule number → its phrases whose telling word the passage holds."""
        found: dict[int, dict[str, Phrase]] = {}
        for key in passage.keys & self.index.keys() | {""}:
            for number, p in self.index.get(key, ()):
                found.setdefault(number, {})[p.source] = p
        return {number: list(found[number].values()) for number in sorted(found)}


_FIELDS = ("says", "unless", "also", "unless_anywhere", "also_anywhere")


@cache
def rulebook(language: str) -> Rulebook:
    """The compiled rules of one language; empty where the lexicon has none."""
    table = pack(language, "signals")
    words: dict[str, str] = table.get("words", {})

    def phrases(sources: Iterable[str]) -> Phrases:
        return Phrases(tuple(phrase(source, words) for source in sources))

    def rule(row: Mapping[str, Any]) -> Rule:
        return Rule(
            name=f"{language}.{row['kind']}.{row['name']}",
            kind=SignalKind(row["kind"]),
            strength=Strength.STRONG if row.get("strong", True) else Strength.WEAK,
            by=row.get("by", "they"),
            look=row.get("look", "text"),
            mood=row.get("mood", "said"),
            first=row.get("first", 0),
            short=row.get("short", 0),
            negatable=row.get("negatable", False),
            fresh=row.get("fresh", False),
            **{name: phrases(row.get(name, ())) for name in _FIELDS},
        )

    return Rulebook(
        language,
        tuple(rule(row) for row in table.get("rules", ())),
        phrases(table.get("conditions", ())),
        phrases(table.get("negations", ())),
        phrases(table.get("turns", ())),
    )


@dataclass(frozen=True)
class Hearing:
    """One message before the rules: which way it went, whether it answers another, and all its words."""

    outgoing: bool
    reply: bool
    whole: Passage  # subject and text
    spoken: tuple[str, ...] = ()  # the languages of the text, where it tells them

    @cached_property
    def words(self) -> int:
        return self.whole.plain.count(" ")


def fired(book: Rulebook, passage: Passage, hearing: Hearing) -> Iterator[Signal]:
    """Each rule of the book at most once, with the sentence that made it fire."""
    for number, found in book.candidates(passage).items():
        rule = book.rules[number]
        if not _concerns(rule, passage, hearing) or not _at_home(book, rule, hearing):
            continue
        sentence = _first_statement(book, rule, found, passage)
        if sentence and _allowed(rule, hearing.whole):
            yield Signal(rule.kind, rule.name, rule.strength, Evidence(sentence.written, passage.where))


def rests_on(signal: Signal, words: str) -> bool:
    """True if these words (a position's title) are what made the rule fire: without them its evidence says nothing."""
    language = signal.rule.partition(".")[0]
    plain, gone = normal(signal.evidence.quote), normal(words)
    if language not in LANGUAGES or not gone.strip() or gone not in plain:
        return False
    rest = plain.replace(gone, " _ ")
    keys = frozenset(map(word_key, rest.split()))
    return any(r.name == signal.rule and not r.says.within(rest, keys) for r in rulebook(language).rules)


def _concerns(rule: Rule, passage: Passage, hearing: Hearing) -> bool:
    if rule.by not in {"me" if hearing.outgoing else "they", "any"} or not rule.looks_at(passage.where):
        return False
    echo = rule.fresh and hearing.reply and passage.where == "subject"
    return not echo and not 0 < rule.short < hearing.words


def _at_home(book: Rulebook, rule: Rule, hearing: Hearing) -> bool:
    """In a mail of another language only topics and the fixed words of subject lines mean what they seem to."""
    topic = rule.kind in {SignalKind.JOB_TOPIC, SignalKind.INTERVIEW_TOPIC}
    return not hearing.spoken or book.language in hearing.spoken or topic or rule.look == "subject"


def _allowed(rule: Rule, whole: Passage) -> bool:
    if rule.also_anywhere.all and not rule.also_anywhere.within(whole.plain, whole.keys):
        return False
    return not rule.unless_anywhere.within(whole.plain, whole.keys)


def _first_statement(book: Rulebook, rule: Rule, found: list[Phrase], passage: Passage) -> Sentence | None:
    best: int | None = None
    for p in found:
        for match in p.pattern.finditer(passage.plain):
            number = passage.index(match.start())
            if best is not None and number >= best:
                break
            if _holds(book, rule, passage, number, match.start() - passage.starts[number]):
                best = number
                break
    return None if best is None else passage.sentences[best]


def _holds(book: Rulebook, rule: Rule, passage: Passage, number: int, offset: int) -> bool:
    sentence = passage.sentences[number]
    if rule.first and number >= rule.first:
        return False
    alone = f"\n{sentence.plain}\n"
    if (rule.also.all and not rule.also.within(alone, passage.keys)) or rule.unless.within(
        alone, passage.keys
    ):
        return False
    before = sentence.plain[max(0, offset - _CONDITION_REACH) : offset + 1]
    if rule.mood == "asked" and not sentence.asks:
        return False
    if rule.mood == "said" and sentence.asks:
        return False
    if rule.mood in {"said", "free"} and _conditional(book, before):
        return False
    return not (rule.negatable and book.negations.within(before[-_NEGATION_REACH:], passage.keys))


def _conditional(book: Rulebook, before: str) -> bool:
    """True if a condition ("if", "should we") stands before the words, with no "but" in between."""
    keys = frozenset(map(word_key, before.split()))
    ends = [m.end() for p in book.conditions.all if p.may_occur(keys) for m in p.pattern.finditer(before)]
    return bool(ends) and not any(
        p.may_occur(keys) and p.pattern.search(before, max(ends) - 1) for p in book.turns.all
    )
