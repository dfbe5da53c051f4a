"""What words and senders mean, as data: a folder per language, a TOML file per topic, and one file for senders.

``pack("en", "signals")`` is the parsed ``en/signals.toml``; topics are ``signals``, ``dates``, ``quoting``, ``letters``.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "de", "fr", "es")


@cache
def pack(language: str, topic: str) -> dict[str, Any]:
    """One topic of one language; an empty table where the language has no such file."""
    path = files(__package__) / language / f"{topic}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


@cache
def senders() -> dict[str, Any]:
    """Applicant tracking systems, schedulers, freemail hosts, job boards, agencies: ``senders.toml``."""
    return tomllib.loads((files(__package__) / "senders.toml").read_text(encoding="utf-8"))
