"""The little language in which the lexicon writes down turns of phrase, and the form of text it is matched against.

``decided not to (proceed|continue) .. application*`` reads: these words, one of two, a gap of up to three words, a
word beginning with "application". ``...`` is a gap of up to seven words, ``_`` any one word, ``word?`` and ``(…)?`` may
be missing, ``<name>`` stands for a word group of the same file, ``^`` and ``$`` are the sentence's ends, ``#`` a number.

Phrases and mail pass through the same ``normal`` form, so case, accents, curly quotes, hyphens, contractions and
commas cannot come between them. Every gap is bounded: matching takes linear time.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

_FOLD = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "`": "'",
        "´": "'",
        "ß": "ss",
        "œ": "o",
        "æ": "a",
        "ø": "o",
        "ł": "l",
        "\u00ad": "",
    }
    | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff", "")
)
_CONTRACTIONS = (
    (re.compile(r"\bcan't\b|\bcannot\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"\bshan't\b"), "shall not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"\blet's\b"), "let us"),
    (re.compile(r"\b(i|you|we|they|he|she|it|that|there|who|what)'(ll|ve|re|d)\b"), r"\1 '\2"),
    (re.compile(r"\bi'm\b"), "i am"),
    (re.compile(r"\b(it|that|there|he|she|what|who|here|where|how|everything|nobody)'s\b"), r"\1 is"),
    (
        re.compile(r"\b(\w+)'s (?=(?:yours|filled|taken|closed|paused|open|ready|back|now|not|still)\b)"),
        r"\1 is ",
    ),
)
_BARE = {"'ll": "will", "'ve": "have", "'re": "are", "'d": "would"}
_SLOPPY = {
    "dont": "do not", "didnt": "did not", "cant": "can not", "wont": "will not", "havent": "have not", "isnt": "is not",
    "wasnt": "was not", "couldnt": "could not", "wouldnt": "would not", "arent": "are not", "hasnt": "has not",
    "youre": "you are", "youve": "you have", "youll": "you will", "weve": "we have", "ive": "i have", "im": "i am",
    "lets": "let us", "thats": "that is", "theres": "there is", "theyre": "they are", "gonna": "going to", "wanna": "want to",
    "pls": "please", "plz": "please", "thx": "thanks", "tks": "thanks", "u": "you", "ur": "your", "w/": "with", "wk": "week",
    "appt": "appointment", "avail": "available", "sched": "schedule", "asap": "as soon as possible", "convo": "conversation",
}  # fmt: skip
_YES = re.compile(r"\bs\u00ed\b")  # Spanish "yes" without its accent would be an "if"
_WORD = re.compile(r"'(?:ll|ve|re|d)\b|\w+(?:/(?=\s))?|[?$€£%#&]")


def normal(text: str) -> str:
    """Text as space-separated plain words, a space at both ends; punctuation but ``?`` is gone."""
    low = text.lower().translate(_FOLD)
    folded = unicodedata.normalize("NFKD", _YES.sub("sii", low) if "s\u00ed" in low else low)
    plain = "".join(c for c in folded if not unicodedata.combining(c)) if not folded.isascii() else folded
    if "'" in plain or "cannot" in plain:
        for pattern, replacement in _CONTRACTIONS:
            plain = pattern.sub(replacement, plain)
    plain = plain.replace("e-mail", "email")
    words = [_SLOPPY.get(word) or _BARE.get(word) or word for word in _WORD.findall(plain)]
    line = " " + " ".join(words) + " "
    return line.replace("ae", "a").replace("oe", "o").replace("ue", "u") if words else " "


@dataclass(frozen=True, slots=True)
class Phrase:
    """One turn of phrase. ``keys``: a text with none of these word beginnings cannot contain it."""

    source: str
    regex: str
    keys: frozenset[str]

    @property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when first asked for: most phrases never meet a text that holds their key."""
        return _compiled(self.regex)

    def may_occur(self, keys: frozenset[str]) -> bool:
        return not self.keys or not self.keys.isdisjoint(keys)


KEY_LENGTH = 4
_COMMON_WORDS = """
    the and you your for with that this have has had are was were will would can not but our out all any one been
    from they them their been its what when where who how why which there here been about into over more some than
    only also just very much well could should shall may might must let us get got make made take took come came
    please thank thanks time team know see look back next week new good great best hope like want need
    und der die das ein eine ist sind wir sie ihnen ihre mit von fur auf bei uns nicht noch auch wird werden haben hat
    les des une est sont nous vous votre vos avec pour dans sur pas plus avons avez par que qui
    los las una con para por que del nos sus su tu te se mas muy hemos han
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_TOKEN = re.compile(r"\.\.\.|\.\.|\(|\)\??|\||<\w+>|[^\s()|<>]+")
_GAPS = {"..": r"(?:[^ \n]+ ){0,3}?", "...": r"(?:[^ \n]+ ){0,7}?"}
Keys = tuple[int, frozenset[str]]  # (how telling, the word beginnings)
_NOTHING: Keys = (0, frozenset())


def word_key(word: str) -> str:
    return word[:KEY_LENGTH]


class _Parser:
    """Recursive descent over one phrase; yields the regular expression and its most telling required words."""

    def __init__(self, source: str, words: Mapping[str, str]) -> None:
        self.words = words
        self.tokens = _TOKEN.findall(self._expanded(source, 0))
        self.at = 0

    def _expanded(self, source: str, depth: int) -> str:
        assert depth < 6, f"word groups nest too deeply: {source}"
        if "<" not in source:
            return source
        return self._expanded(re.sub(r"<(\w+)>", lambda m: f"({self.words[m[1]]})", source), depth + 1)

    def alternatives(self) -> tuple[str, Keys]:
        parts = [self.sequence()]
        while self.at < len(self.tokens) and self.tokens[self.at] == "|":
            self.at += 1
            parts.append(self.sequence())
        if len(parts) == 1:
            return parts[0]
        telling = min(keys[0] for _, keys in parts)
        union = frozenset[str]().union(*(keys[1] for _, keys in parts))
        keys = (telling, union) if telling else _NOTHING
        return f"(?:{'|'.join(regex for regex, _ in parts)})", keys

    def sequence(self) -> tuple[str, Keys]:
        regex, best = "", _NOTHING
        while self.at < len(self.tokens) and self.tokens[self.at] not in {"|", ")", ")?"}:
            part, keys = self.element()
            regex += part
            best = max(best, keys, key=lambda k: (k[0], -len(k[1])))
        return regex, best

    def element(self) -> tuple[str, Keys]:
        item = self.tokens[self.at]
        self.at += 1
        if item == "(":
            regex, keys = self.alternatives()
            optional = self.tokens[self.at] == ")?"
            self.at += 1
            return (f"(?:{regex})?", _NOTHING) if optional else (f"(?:{regex})", keys)
        if item in _GAPS:
            return _GAPS[item], _NOTHING
        if item in {"_", "#", "^", "$"}:
            return {"_": r"[^ \n]+ ", "#": r"\d+ ", "^": r"(?<=\n )", "$": r"(?=\n)"}[item], _NOTHING
        return _word(item)


def _word(item: str) -> tuple[str, Keys]:
    if item == "?":
        return r"\? ", _NOTHING
    optional = item.endswith("?")
    open_ended = item.rstrip("?").endswith("*")
    plain = normal(item.rstrip("?*")).split()
    assert plain, f"no word in {item!r}"
    regex = " ".join(map(re.escape, plain)) + (r"[^ \n]* " if open_ended else " ")
    if optional:
        return f"(?:{regex})?", _NOTHING
    known = plain[:-1] if open_ended and len(plain[-1]) < KEY_LENGTH else plain
    telling = [(1 if word in _COMMON else 1 + len(word), word) for word in known]
    score, word = max(telling, default=(0, ""))
    return regex, (score, frozenset({word_key(word)})) if score else _NOTHING


def phrase(source: str, words: Mapping[str, str]) -> Phrase:
    """Compile one phrase of the lexicon; ``words`` are its file's word groups."""
    parser = _Parser(source, words)
    regex, (_, keys) = parser.alternatives()
    assert parser.at == len(parser.tokens), f"unbalanced: {source}"
    return Phrase(source, f" {regex}", keys)


@cache
def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(regex)
