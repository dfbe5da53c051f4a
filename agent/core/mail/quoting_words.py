"""The quoting lexicon of all languages, compiled once: how history, forwards, sign-offs and notices are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from agent.core.lexicon import LANGUAGES, pack

_APOSTROPHES = str.maketrans("’‘ʼ`´‐‑", "'''''--")


@dataclass(frozen=True, slots=True)
class Words:
    """Compiled patterns; all are matched against ``folded`` text at its start unless they say otherwise."""

    starts: re.Pattern[str]
    verbs: re.Pattern[str]  # searched
    original: re.Pattern[str]
    forward: re.Pattern[str]
    reply_subject: re.Pattern[str]
    forward_subject: re.Pattern[str]
    label: re.Pattern[str]
    labels: dict[str, str]  # label → from, date, to, cc, subject, other
    closing: re.Pattern[str]
    mobile: re.Pattern[str]
    notice: re.Pattern[str]
    postscript: re.Pattern[str]
    titles: frozenset[str]
    stub: re.Pattern[str]


def folded(line: str) -> str:
    """Case-folded, straight apostrophes and plain hyphens, composed accents: the form the lexicon is matched against."""
    line = line if line.isascii() else unicodedata.normalize("NFC", line).translate(_APOSTROPHES)
    return line.lower()


@cache
def words() -> Words:
    """The words of every language together: a German may answer in an English mail program."""
    packs = [pack(language, "quoting") for language in LANGUAGES]
    packs += [p["elsewhere"] for p in packs if "elsewhere" in p]
    labels = {
        folded(name): kind for p in packs for kind, names in p.get("labels", {}).items() for name in names
    } | {folded(n): "from" for n in ("from",)}
    return Words(
        starts=re.compile(rf"(?:{_any(_all(packs, 'attribution_starts'))})\b"),
        verbs=re.compile(rf"(?<!\w)(?:{_any(_all(packs, 'attribution_verbs'))})(?!\w)"),
        original=re.compile(_ruled(_all(packs, "original"))),
        forward=re.compile(_ruled(_all(packs, "forward"))),
        reply_subject=re.compile(_subject(_all(packs, "subject_reply"))),
        forward_subject=re.compile(_subject(_all(packs, "subject_forward"))),
        label=re.compile(rf"[*_]{{0,2}}({_any(labels)})[*_]{{0,2}}\s?[:：][*_]{{0,2}}"),
        labels=labels,
        closing=re.compile(rf"(?:{_any(_all(packs, 'closings', 'signature'), open_end='.{0,40}')})(?!\w)"),
        mobile=re.compile(rf"(?:{_any(_all(packs, 'mobile', 'signature'))})"),
        notice=re.compile(rf"(?:{_any(_all(packs, 'notices', 'signature'))})"),
        postscript=re.compile(rf"(?:{_any(_all(packs, 'postscript', 'signature'))})(?:\s?[:：,.-]|\s)"),
        titles=frozenset(folded(title) for title in _all(packs, "titles", "signature")),
        stub=re.compile(rf"(?:{_any(_all(packs, 'stubs', 'body'))})"),
    )


def _all(packs: Iterable[dict[str, Any]], key: str, table: str = "") -> list[str]:
    return [entry for p in packs for entry in (p.get(table, {}) if table else p).get(key, ())]


def _any(entries: Iterable[str], *, open_end: str = "") -> str:
    """One alternation, longest first; ``*`` inside stands for up to sixty characters, at the end for ``open_end``."""
    texts = sorted({folded(entry) for entry in entries}, key=lambda entry: (-len(entry), entry))
    return "|".join(_pattern(text, open_end) for text in texts)


def _pattern(text: str, open_end: str) -> str:
    core = re.escape(text.rstrip("*").rstrip()).replace(r"\*", ".{0,60}?")
    return core + open_end if text.endswith("*") else core


def _ruled(entries: Iterable[str]) -> str:
    """A phrase alone on its line, between dashes, stars, pipes or underscores, with a colon or not."""
    return rf"[-–—_=*#|>\s]{{0,40}}(?:{_any(entries)})\s?[:：.]?(?P<by>[^\n]{{0,200}}?)[-–—_=*#|\s]{{0,40}}$"


def _subject(entries: Iterable[str]) -> str:
    return rf"\s*\[?(?:{_any(entries)})(?:\s?\[\d{{1,3}}\]|\(\d{{1,3}}\))?\s?[:：]"
