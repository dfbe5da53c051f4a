"""Turns of phrase of ``lexicon/*/parties.toml`` ``[gate]``, looked for in what a message says."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from agent.core.lexicon import LANGUAGES, pack
from agent.core.meaning.phrases import Phrase, normal, phrase, word_key
from agent.core.model import Reading


def says(reading: Reading, key: str) -> bool:
    """True if a turn of phrase of this kind of ``[gate]`` stands in the message."""
    return bool(found(reading, key))


def found(reading: Reading, key: str) -> tuple[str, ...]:
    message = reading.message
    return _in_text(message.subject[:300], message.body[:3000], key)


@lru_cache(maxsize=4096)
def _in_text(subject: str, body: str, key: str) -> tuple[str, ...]:
    return tuple(_turned(*_prepared(subject, body), key))


@lru_cache(maxsize=1024)
def _prepared(subject: str, body: str) -> tuple[str, frozenset[str]]:
    """Text in normal form and the word beginnings in it: asked for once a kind of phrase."""
    text = f"{normal(subject)}\n{normal(body)}"
    return text, frozenset(map(word_key, text.split()))


def matches(text: str, key: str) -> Iterator[str]:
    """The words of each turn of phrase of this kind that stand in text of normal form."""
    return _turned(text, frozenset(map(word_key, text.split())), key)


def _turned(text: str, keys: frozenset[str], key: str) -> Iterator[str]:
    for turn in _turns(key):
        if turn.may_occur(keys) and (match := turn.pattern.search(text)):
            yield match[0]


@cache
def _turns(key: str) -> tuple[Phrase, ...]:
    return tuple(phrase(source, {}) for code in LANGUAGES for source in pack(code, "parties")["gate"][key])
