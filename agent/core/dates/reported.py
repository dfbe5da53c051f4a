"""Promises that candidates recall in their own mail: "You said you'd let me know by Friday" → the employer's deadline.

Three things make one: words that report, an answer that is to come, and a date that belongs to it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from agent.core.dates.clauses import Clause
from agent.core.dates.cues import Cues
from agent.core.dates.gate import FAR, FIRM, LIMITED, UNLIMITED, Found
from agent.core.dates.reckoning import Moment, month_start, safe_date
from agent.core.dates.spans import DaySpan

RECALLED = 0.7  # confidence: second-hand, and reckoned from the day of writing, not from the day it was said
MONTH = timedelta(days=31)


def reported(clause: Clause, cues: Cues, moment: Moment) -> list[Found]:
    """The employer's promises that a clause of the candidate's recalls; a date gone by is kept as what it was."""
    heard = cues["reported"].search(clause.text)
    if heard is None or any(cues[name].search(clause.text) for name in ("never", "not_reported")):
        return []
    spans = (_recalled(span, moment) for span in clause.spans if _counts(span, moment))
    return [_found(span) for span in spans if _is_answer(span, clause, cues, heard.end())]


def _counts(span: DaySpan, moment: Moment) -> bool:
    lasts = span.limits & UNLIMITED and not span.limits & (LIMITED | {"in", "over"})
    near = span.latest - moment.today <= FAR and span.grain not in {"minute", "year"}
    return near and not span.bare and not lasts and "ago" not in span.limits


def _is_answer(span: DaySpan, clause: Clause, cues: Cues, heard: int) -> bool:
    """An answer stands between the report and the date, or behind a date that is a limit."""
    lead, rest = clause.before(span), clause.behind(span)
    if len(lead) < heard - 1 or cues["negation"].search(lead[heard:]):
        return False
    firm = bool(span.limits & FIRM)
    ends = [
        m.end() for name in ("answer", "act") for m in cues[name].finditer(lead) if m.start() >= heard - 1
    ]
    if not ends:
        return firm and any(cues[name].search(rest) for name in ("answer", "act"))
    return firm or not any(m.end() > max(ends) for m in cues["apart"].finditer(lead))


def _recalled(span: DaySpan, moment: Moment) -> DaySpan:
    """Reads "Friday the 24th", written on the 27th: this month's, if it was a Friday, before one months ahead."""
    if span.rule != "weekday and day" or span.latest - moment.today <= MONTH:
        return span
    months = (month_start(moment.today, back) for back in (0, -1))
    days = (safe_date(month.year, month.month, span.latest.day) for month in months)
    gone = next((day for day in days if day is not None and day.weekday() == span.latest.weekday()), None)
    return span if gone is None else replace(span, latest=gone, earliest=gone, past=gone < moment.today)


def _found(span: DaySpan) -> Found:
    return Found(span, "reported", "employer", 2 + bool(span.limits & FIRM), RECALLED)
