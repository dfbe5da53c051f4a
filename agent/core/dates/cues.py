"""The words around a date that make it a promise, a request or neither: the lexicon's expressions, compiled.

``{name}`` stands for a group of the same file, ``’`` for any apostrophe; a word boundary is added at both ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from agent.core.dates.folding import unaccented
from agent.core.lexicon import pack

NEVER = re.compile(r"(?!)")
_GROUP = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Cues:
    """One language's expressions by name; a name the language lacks matches nothing."""

    table: dict[str, re.Pattern[str]]

    def __getitem__(self, name: str) -> re.Pattern[str]:
        return self.table.get(name, NEVER)

    def last(self, name: str, text: str, limit: int) -> int:
        """Where the last match that begins before ``limit`` ends, or -1."""
        return max((match.end() for match in self[name].finditer(text) if match.start() < limit), default=-1)


@cache
def cues_of(language: str) -> Cues:
    """The cues of a language; English for one that has no lexicon."""
    table = pack(language, "dates") or pack("en", "dates")
    groups: dict[str, str] = table.get("groups", {})
    return Cues({name: _compiled(entries, groups) for name, entries in table.get("cues", {}).items()})


def _compiled(entries: list[str], groups: dict[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(_bounded(_expanded(entry, groups)) for entry in entries))


def _expanded(entry: str, groups: dict[str, str]) -> str:
    for _ in range(3):
        entry = _GROUP.sub(lambda match: groups[match[1]], entry)
    return unaccented(entry)


def _bounded(entry: str) -> str:
    first = r"\b" if entry[0].isalnum() or entry.startswith(("(?:", "[a-z")) else ""
    last = (
        r"\b"
        if entry[-1].isalnum() or (entry.endswith((")", "+", "*", "?")) and not entry.endswith(r"\?"))
        else ""
    )
    return f"{first}(?:{entry}){last}"
