"""Names of time zones → IANA: Windows names, Outlook's display names, abbreviations, "UK time", "London time".

The table is data (``lexicon/zones.toml``); what is not in it is looked up as an IANA name, then as a city of one.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

_OFFSET = re.compile(r"^(?:utc|gmt)\s?([+-])(\d{1,2})(?::?(\d{2}))?$")
_BRACKETED = re.compile(r"^\((?:utc|gmt)(?:[+-]\d{1,2}:\d{2})?\)\s*")
_TIME_WORDS = re.compile(r"^(?:heure de |hora de )|(?:'s)? (?:time|zeit|ortszeit)$")
_MAX_LENGTH = 80


@lru_cache(maxsize=1024)  # mail names the zones: bounded
def iana(name: str) -> str | None:
    """The IANA zone a name means, or None: Windows, display and IANA names, abbreviations, "London time", "UTC+2".

    ``PST`` in summer is Los Angeles all the same: people write the letters they are used to.
    """
    clean = " ".join(name.split()).strip(" \"'.,;")
    if not clean or len(clean) > _MAX_LENGTH:
        return None
    folded = clean.casefold()
    return (
        _listed(folded) or _iana_name(clean) or _fixed_offset(folded) or _displayed(folded) or _city(folded)
    )


def words() -> tuple[str, ...]:
    """The zone words people write behind a clock time, longest first (for the grammar of ``times``)."""
    return tuple(sorted(_table()["words"], key=len, reverse=True))


def is_zone(name: str) -> bool:
    """True if ``zoneinfo`` can load this IANA name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@cache
def _table() -> dict[str, dict[str, str]]:
    text = (files("agent.core.lexicon") / "zones.toml").read_text(encoding="utf-8")
    return {section: dict(entries) for section, entries in tomllib.loads(text).items()}


def _listed(folded: str) -> str | None:
    table = _table()
    return table["windows"].get(folded) or table["words"].get(folded) or table["displays"].get(folded)


def _iana_name(clean: str) -> str | None:
    """``Europe/Berlin``, and the prefixed TZIDs of old programs (``/mozilla.org/20050126_1/Europe/Berlin``)."""
    parts = clean.casefold().strip("/").split("/")
    tails = ("/".join(parts[-count:]) for count in (2, 3))
    return next((found for tail in tails if "/" in tail and (found := _iana_by_fold().get(tail))), None)


def _fixed_offset(folded: str) -> str | None:
    """``UTC+2`` → ``Etc/GMT-2`` (POSIX signs run the other way); half hours have no such name."""
    match = _OFFSET.match(folded)
    if match is None or match[3] not in {None, "00"}:
        return None
    sign = "-" if match[1] == "+" else "+"
    zone = f"Etc/GMT{sign}{int(match[2])}" if int(match[2]) else "Etc/UTC"
    return zone if zone in _iana_by_fold().values() else None


def _displayed(folded: str) -> str | None:
    """``(UTC-08:00) Pacific Time (US & Canada)``: the words decide, for the offset shown ignores summer time."""
    rest = _BRACKETED.sub("", folded)
    if rest == folded:
        return None
    if not rest:
        return _fixed_offset(folded.strip("()"))
    return _listed(rest) or next(filter(None, (_city(part.strip()) for part in rest.split(","))), None)


def _city(folded: str) -> str | None:
    """``London time``, ``heure de Lyon`` (unknown), ``Sydney``: the last part of an IANA name."""
    bare = _TIME_WORDS.sub("", folded).replace(" ", "_")
    return _cities().get(bare)


@cache
def _iana_by_fold() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


@cache
def _cities() -> dict[str, str]:
    regions = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Pacific/", "Indian/")
    names = sorted(name for name in available_timezones() if name.startswith(regions))
    return {name.rpartition("/")[2].casefold(): name for name in names}
