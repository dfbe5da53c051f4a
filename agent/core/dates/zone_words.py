"""The zone named behind a clock time: "2 PT", "11 AM Eastern", "10:00 (UTC-03:00)", "17 h heure de Paris"."""

from __future__ import annotations

import re
from functools import cache

from agent.core.dates.zones import iana, words

_LONE = frozenset(
    {
        "at",
        "art",
        "cat",
        "eat",
        "west",
        "z",
        "ist",
        "uk",
        "wat",
        "et",
        "ct",
        "mt",
        "pt",
        "atlantic",
        "mountain",
    }
)
_LOWER_OK = frozenset({"et", "ct", "mt", "pt"})  # "at 2 pt", in English only


@cache
def _zone_pattern() -> re.Pattern[str]:
    listed = "|".join(re.escape(word) for word in words())
    return re.compile(
        rf"\s{{0,2}}[(,\-–]{{0,1}}\s{{0,2}}(?:in )?(?P<zone>(?:utc|gmt)\s?[+-]\s?\d{{1,2}}(?::?\d\d)?|(?:{listed})(?: time)?(?! zone)|[a-zäöüéèáíóúñ]+(?: [a-z]+)? (?:time|zeit|ortszeit)|(?:heure|hora) d[e'] ?[a-zéèáíóúñ]+(?: [a-z]+)?)\b(?: ?- ?us (?:&|and) canada)?\)?",
        re.IGNORECASE,
    )


def zone_behind(text: str, end: int, language: str) -> tuple[str | None, int]:
    """The zone named right behind a clock time, and where its name ends."""
    match = _zone_pattern().match(text, end)
    if match is None:
        return None, end
    name = match["zone"]
    low = name.lower()
    plain = name.isupper() or (len(name) > 4 and name.istitle())
    if low in _LONE and not plain and not (language == "en" and low in _LOWER_OK):
        return None, end
    zone = iana(name) or iana(re.sub(r"\s+time$", "", low))
    return (zone, match.end()) if zone else (None, end)
