"""Dates that count from other dates of the text: "a week after the interviews", "then", "by Friday" of next week."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from agent.core.dates.calendar_days import add_business_days, is_business_day
from agent.core.dates.clauses import Clause
from agent.core.dates.cues import Cues
from agent.core.dates.reckoning import Moment, weekday_after
from agent.core.dates.spans import DaySpan

UNITS = frozenset({"day", "bizday", "week", "month", "hour"})
_WEEK = timedelta(days=7)
EVENT_WORDS = 8  # between "two days after" and the day that the event is on


FRIDAY = 4
_SAME_WEEK = re.compile(r"\b(?:week|woche|semaine|semana)\b")  # in the folded form of all languages


def counted(
    clause: Clause, cues: Cues, moment: Moment, earlier: DaySpan | None = None
) -> tuple[DaySpan, ...]:
    """The clause's dates; a duration that counts from an event is set to that event's day, where it is known.

    Known is a date behind it ("a week after the final interviews, which end on June 19"), ``anchors["interview"]``, or
    for a meeting of theirs, or "three days later", the ``earlier`` date ("The board meets on the 28th. Three days after …").
    """
    spans: list[DaySpan] = []
    for at, span in enumerate(clause.spans):
        behind = clause.behind(span).lstrip()
        later = next((s for s in clause.spans[at + 1 :] if not s.bare), None)
        if span.grain in UNITS and cues["counted_from_theirs"].match(behind):
            base = later or (earlier if earlier is not None and not earlier.bare else None)
            return (*spans, span if base is None else _from_event(span, base, moment))
        if span.grain in UNITS and cues["counted_on"].match(behind):
            base = next((s for s in reversed(clause.spans[:at]) if not s.bare), earlier)
            if base is not None and not base.bare and not base.past:
                spans.append(_from_event(span, base, moment))
                continue
        if later is not None and _names_its_day(span, later, clause, cues):
            return (*spans, _from_event(span, later, moment))
        if span.grain in UNITS and cues["counted_from"].match(behind):
            return (*spans, _from_event(span, later, moment))
        spans.append(span)
    return tuple(spans)


def _names_its_day(span: DaySpan, later: DaySpan, clause: Clause, cues: Cues) -> bool:
    """Reads "two days after the open day on the 16th": a few words between, and nothing told in them."""
    between = clause.text[span.end - clause.start : later.lead - clause.start].lstrip()
    if span.grain not in UNITS or later.limits - {"on"} or len(between.split()) > EVENT_WORDS:
        return False
    return cues["counted_after"].match(between) is not None and cues["contact"].search(between) is None


def _from_event(span: DaySpan, later: DaySpan | None, moment: Moment) -> DaySpan:
    base = later.latest if later is not None else moment.anchors.get("interview")
    rule = "counted from an event"
    if base is None:
        return replace(span, ambiguous=True, bare=False, rule=rule)
    if span.grain == "bizday":
        day = add_business_days(base, _business_days(moment, span.latest), moment.calendar)
    else:
        day = span.latest + (base - moment.today)
    return replace(span, latest=day, earliest=day, bare=False, past=day < moment.today, rule=rule)


def _business_days(moment: Moment, day: date) -> int:
    """How many business days lie between the day of writing and ``day``."""
    days = (moment.today + timedelta(days=n) for n in range(1, (day - moment.today).days + 1))
    return sum(is_business_day(each, moment.calendar) for each in days)


def in_named_week(
    spans: tuple[DaySpan, ...], away: tuple[bool, ...], earlier: DaySpan | None, moment: Moment
) -> tuple[DaySpan, ...]:
    """Reads "We meet next week and will tell you by Friday": the Friday of that week.

    ``away`` says of each date whether it is an absence ("I'm off next week but will write by Friday": this Friday);
    ``earlier`` is the last date before them, which "the following Monday" and "the next business day" count from.
    """
    placed: list[DaySpan] = []
    week: DaySpan | None = None
    day = None if earlier is None or earlier.past or earlier.bare else earlier
    for span, absent in zip(spans, away, strict=True):
        if week is not None and span.rule == "weekday" and span.latest < week.earliest:
            span = replace(span, latest=span.latest + _WEEK, earliest=span.earliest + _WEEK)
        if span.grain == "week" and span.rule == "period" and not span.past:
            week = None if absent else span
        if span.follows and day is not None:
            found = (
                add_business_days(day.latest, 1, moment.calendar)
                if span.rule == "period"
                else weekday_after(day.latest, span.latest.weekday())
            )
            span = replace(span, latest=found, earliest=found)
        if span.grain == "day" and not (span.past or span.bare):
            day = span
        placed.append(span)
    return tuple(placed)


def after_event(
    span: DaySpan, clause: Clause, cues: Cues, moment: Moment, *, firm: bool
) -> tuple[DaySpan, bool]:
    """Reads "once the board has met on June 19" and "when I'm back Monday" as that day, "before we meet on June 19" as the eve.

    The flag says whether the date hangs on such an event.
    """
    lead = clause.before(span)
    if not firm and cues["anchored_before"].search(lead.rstrip()):
        day = span.latest - timedelta(days=1)
        return replace(span, latest=day, earliest=min(day, span.earliest)), True
    spoken = max(cues.last(name, clause.text, len(lead)) for name in ("contact", "act"))
    tail = lead[max(spoken, 0) :].rstrip()
    if firm:
        return span, False
    after = cues["anchored_after"].search(tail) is not None
    if after and _is_gone(span, moment):
        return span, False
    return span, after or cues["anchored_when"].search(tail) is not None


def _is_gone(span: DaySpan, moment: Moment) -> bool:
    """Reads "after our chat on Tuesday", said on Wednesday: a weekday that names the interview that was."""
    known = moment.anchors.get("interview")
    same = known is not None and known.weekday() == span.latest.weekday() and known < span.latest
    return span.rule == "weekday" and same


def then_day(clause: Clause, earlier: DaySpan | None, cues: Cues, moment: Moment) -> DaySpan | None:
    """Reads "We meet on Thursday and will let you know after that": the date stands in the statement before.

    "then" and "that day" mean the day itself, "that week" its Friday, "the next day" the day behind, "le surlendemain" two
    days behind, "after that" the business day behind.
    """
    then = cues["then"].search(clause.text)
    if then is None:
        return None
    own = [span for span in clause.spans if span.end - clause.start <= then.start()]
    base = own[-1] if own else earlier
    if base is None or base.past or (base.bare and base.grain not in UNITS - {"hour"}):
        return None
    if _SAME_WEEK.search(then[0]):
        return replace(
            base,
            latest=max(base.latest, base.latest + timedelta(days=FRIDAY - base.latest.weekday())),
            rule="then",
            vague=True,
        )
    if cues["next_but_one"].search(then[0]):
        return _days_behind(base, 2)
    same = base.bare or cues["same_day"].search(then[0]) is not None
    day = base.latest if same else add_business_days(base.latest, 1, moment.calendar)
    if cues["next_day"].search(then[0]) and not cues["business"].search(then[0]):
        return _days_behind(base, 1)
    return replace(base, latest=max(day, base.latest), rule="then", vague=True)


def _days_behind(base: DaySpan, days: int) -> DaySpan:
    return replace(base, latest=base.latest + timedelta(days=days), rule="then", vague=True)
