"""What is wrong with a value of the configuration: each check answers with a sentence, or "" for nothing."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable
from datetime import date, time
from typing import Any
from urllib.parse import urlsplit

GOOGLE_HOSTS = ("accounts.google.com", "www.googleapis.com", "oauth2.googleapis.com", "gmail.googleapis.com")

Check = Callable[[Any], str]


def endpoint_problem(url: str) -> str:
    """Why this URL must not be given mail or tokens, or "": Google's own hosts (https) or the loopback interface."""
    refused = f"{url!r} is neither one of Google's hosts over https nor the loopback interface"
    # Characters outside this set make URL parsers disagree about which host is meant.
    if not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+/?[A-Za-z0-9./_-]*", url):
        return refused
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError:
        return refused
    host = parts.hostname or ""
    if host in {"localhost", "::1"} or re.fullmatch(r"127(\.\d{1,3}){3}", host):
        return ""
    google = host in GOOGLE_HOSTS or re.fullmatch(r"([a-z0-9-]+\.)+googleapis\.com", host) is not None
    return "" if google and parts.scheme == "https" and port in {None, 443} else refused


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
    country, _, subdivision = code.partition("-")
    wrong = f'{code!r} is not a country or subdivision code such as "US", "US-CA" or "DE-BY"'
    if not re.fullmatch(r"[A-Z]{2,3}", country) or code.endswith("-"):
        return wrong + (f"; did you mean {code.upper()!r}?" if code != code.upper() else "")
    import holidays

    try:
        holidays.country_holidays(country, subdiv=subdivision or None)
    except NotImplementedError:
        return wrong
    return ""


def _period_problem(period: Any) -> str:
    found = re.fullmatch(r"(\d\d)-(\d\d)/(\d\d)-(\d\d)", period) if isinstance(period, str) else None
    try:
        if found:
            start_month, start_day, end_month, end_day = map(int, found.groups())
            date(2000, start_month, start_day)  # a leap year: 02-29 is a day
            date(2000, end_month, end_day)
            return ""
    except ValueError:
        pass
    return f'{period!r} is not a period such as "12-20/01-02" (month-day/month-day)'


def periods_problem(periods: list[Any]) -> str:
    return next(filter(None, map(_period_problem, periods)), "")


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
