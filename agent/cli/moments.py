"""Dates, times and durations as people type them; everything is in the account's zone. What cannot be read is wrong usage."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import click

_DURATION = re.compile(r"(\d{1,4})\s*(h|d|w)(?:ours?|ays?|eeks?)?", re.IGNORECASE)
A_DATE = 'a date such as "2026-03-09"'
A_TIME = 'a time such as "2026-03-09 14:00"'


def day(text: str) -> date:
    """An ISO date."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text.strip()):
        raise click.BadParameter(f"{text!r} is not {A_DATE}")
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no day of the calendar") from error


def moment(text: str, zone: str) -> datetime:
    """An ISO date and time, read in ``zone`` unless it carries an offset; as UTC."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*", text.strip()):
        raise click.BadParameter(f"{text!r} is not {A_TIME}")
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is not {A_TIME}") from error
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def day_or_moment(text: str, zone: str) -> datetime:
    """An ISO date (its beginning in ``zone``), or date and time; as UTC."""
    if len(text.strip()) == len("2026-01-01"):
        return beginning(day(text), zone)
    return moment(text, zone)


def beginning(of: date, zone: str) -> datetime:
    """The first instant of a day in ``zone``, as UTC."""
    return datetime.combine(of, time(), ZoneInfo(zone)).astimezone(UTC)


def day_or_age(text: str, now: datetime, zone: str) -> datetime:
    """An ISO date (its beginning in ``zone``), or an age such as 90d or 12w before ``now``; as UTC."""
    age = _DURATION.fullmatch(text.strip())
    if age is None:
        return beginning(day(text), zone)
    unit = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}[age[2].lower()]
    return now - int(age[1]) * unit


def until(text: str, now: datetime, zone: str) -> str:
    """When a snooze ends, as a note keeps it: an ISO date, or an instant for hours. In the past is wrong usage."""
    span = _DURATION.fullmatch(text.strip())
    if span is None:
        end = day_or_moment(text, zone)
        value = text.strip() if len(text.strip()) == len("2026-01-01") else end.isoformat()
    elif span[2].lower() == "h":
        end = now + timedelta(hours=int(span[1]))
        value = end.isoformat()
    else:
        days = int(span[1]) * (7 if span[2].lower() == "w" else 1)
        ends_on = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=days)
        end, value = beginning(ends_on, zone), ends_on.isoformat()
    if end <= now:
        raise click.BadParameter(f"{text!r} is in the past: name {A_DATE}, or a duration such as 3d, 1w, 4h")
    return value
