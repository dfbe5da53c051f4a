"""What is wrong with a value of the configuration: each check answers with a sentence, or "" for nothing."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable
from datetime import date, time, timedelta
from typing import Any

from agent.core.dates.calendar_days import Calendar, knows_holidays, quiet_period
from agent.errors import ConfigError
from agent.gmail.hosts import trusted_endpoint

Check = Callable[[Any], str]


def endpoint_problem(url: str) -> str:
    """Why this URL must not be given mail or tokens, or "": the rule is the Gmail room's own."""
    try:
        trusted_endpoint(url)
    except ConfigError as error:
        return f"{str(error).partition(': ')[2]}, not {url!r}"
    return ""


def zone_problem(name: str) -> str:
    """Why this is no IANA time zone, or ""; for a slip with a hint."""
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError; "America" an OSError
        return f"there is no time zone {name!r}{did_you_mean(name, available_timezones())}"
    return ""


def holidays_problem(code: str) -> str:
    """Why this names no country or subdivision whose holidays are known, or ""."""
    if code in {"", "US"}:  # the default and the empty value need not pay 150 ms for the calendar's import
        return ""
    country = code.partition("-")[0]
    wrong = f'{code!r} is not a country or subdivision code such as "US", "US-CA" or "DE-BY"'
    if not re.fullmatch(r"[A-Z]{2,3}", country) or code.endswith("-"):
        return wrong + (f"; did you mean {code.upper()!r}?" if code != code.upper() else "")
    return "" if knows_holidays(code) else wrong


def periods_problem(periods: list[Any]) -> str:
    """Why these are no quiet periods, or ""; some day of the year must be left to count."""
    for period in periods:
        if not isinstance(period, str) or not _is_period(period):
            return f'{period!r} is not a period such as "12-20/01-02" (month-day/month-day)'
    calendar = Calendar(quiet=tuple(map(quiet_period, periods)))
    new_year = date(2023, 1, 1)  # not a leap year: a 29th of February alone does not count
    left = not all(calendar.is_quiet(new_year + timedelta(days=n)) for n in range(365))
    return "" if left else "no day of the year is left to count"


def _is_period(text: str) -> bool:
    try:
        quiet_period(text)
    except ValueError:
        return False
    # date.fromisoformat would take week dates as well
    return re.fullmatch(r"\d\d-\d\d/\d\d-\d\d", text) is not None


def clock_problem(value: str) -> str:
    try:
        time.fromisoformat(value if re.fullmatch(r"\d\d:\d\d", value) else "")
    except ValueError:
        return f'{value!r} is not a time of day such as "08:00"'
    return ""


def url_problem(url: str) -> str:
    if not re.fullmatch(r"sqlite:///[^?#\x00]+", url):
        return f"{url!r} is not of the form sqlite:///FILE (only SQLite files are supported)"
    return ""


def strings_problem(values: list[Any]) -> str:
    return "" if all(isinstance(v, str) and v for v in values) else "every entry must be a non-empty string"


def address_problem(address: str) -> str:
    good = not address or re.fullmatch(r"[^@\s<>]{1,64}@[^@\s<>]{1,255}", address)
    return "" if good else f"{address!r} is not an e-mail address"


def language_problem(code: str) -> str:
    good = code == "auto" or re.fullmatch(r"[a-z]{2}", code)
    return "" if good else f'{code!r} is neither "auto" nor a two-letter code such as "en"'


def line_problem(text: str) -> str:
    return "must be one line" if any(ord(c) < 32 or ord(c) == 127 for c in text) else ""


def filled(text: str) -> str:
    return "" if text and "\x00" not in text else "must not be empty"


def between(low: float, high: float) -> Check:
    def problem(value: float) -> str:
        inside = math.isfinite(value) and low <= value <= high
        return "" if inside else f"{value} is not between {low} and {high}"

    return problem


def anything(_value: Any) -> str:
    return ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The nearest known word as a hint to append, or ""."""
    folded = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    return f"; did you mean {folded[near[0]]}?" if near else ""
