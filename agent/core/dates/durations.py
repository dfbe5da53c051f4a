"""Phrases for durations: "5-7 business days", "in a week or two", "the next few days", "a week from Friday"."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from agent.core.dates import reckoning as reckon
from agent.core.dates.days import Days, number, some
from agent.core.dates.reckoning import DAY, Moment
from agent.core.dates.single import written
from agent.core.dates.tokens import Token

_FEW = {"day": 5, "bizday": 5, "week": 3, "month": 3, "hour": 6, "fortnight": 2}


def _count(ts: list[Token]) -> tuple[int, int, bool]:
    """Upper and lower number, and whether it was "a few"."""
    numbers = [(t, number(t)) for t in ts if t.kind in "Na"]
    values = [n for t, n in numbers if not t.vague] or [n for _, n in numbers] or [1]
    return max(values), min(values), any(t.vague for t, _ in numbers)


def duration(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "5-7 business days", "two weeks", "a week or two": counted from the day of writing; ranges keep both ends."""
    most, least, few = _count(ts)
    unit = str(some(ts, "U")[0].value)
    if most > 400:
        return None
    if few and all(t.vague for t in ts if t.kind == "N"):
        most = _FEW.get(unit, most)
    couple = any("couple" in t.low for t in ts)
    return replace(_lasting(moment, most, least, unit), vague=few or couple or unit == "year", bare=True)


def mixed_duration(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "a week to ten days", "ein bis zwei Wochen oder einen Monat": from the shorter to the longer of the two."""
    units = [at for at, token in enumerate(ts) if token.kind == "U"]
    first = duration(ts[: units[0] + 1], moment)
    second = duration([t for t in ts[units[0] + 1 :] if t.kind != "B"], moment)
    if first is None or second is None:
        return first or second
    longer = max(first, second, key=lambda days: days.latest)
    return replace(longer, earliest=min(first.earliest, second.earliest))


def _lasting(moment: Moment, most: int, least: int, unit: str, start: date | None = None) -> Days:
    if unit == "fortnight":
        most, least, unit = 2 * most, 2 * least, "week"
    return Days(reckon.plus(moment, most, unit, start), reckon.plus(moment, least, unit, start), unit)


def next_span(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "the next two weeks", "the next few days"."""
    which = number(some(ts, "X")[0])
    if which not in {1, 5, 0}:
        return None
    found = duration([t for t in ts if t.kind != "X"], moment)
    return None if found is None else replace(found, bare=False)


def duration_from(ts: list[Token], moment: Moment) -> Days | None:
    """Reads "a week from Friday", "a week today", "two days after the 14th", "within a week of March 3"."""
    at = next(i for i, t in enumerate(ts) if t.kind == "U")
    base = written(ts[at + 1 :], moment)
    rel = some(ts[at + 1 :], "R")
    start = base.latest if base else (moment.today + DAY * number(rel[0]) if rel else None)
    unit = str(ts[at].value)
    british = unit in {"week", "fortnight"}
    leads = {"after", "from", "since"} | ({"on"} if british else set())
    limits = some(ts, "L")
    led = any(t.value in leads for t in limits) or (british and not limits and start != moment.today - DAY)
    if start is None or unit in {"hour", "minute"} or not led:
        return None
    most, least, _ = _count(ts[: at + 1])
    return _lasting(moment, most, least, unit, start)
