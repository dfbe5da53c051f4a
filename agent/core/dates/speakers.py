"""Whose promise it is, and whether it stands: what others were told, or told us, and what hangs on an "if", is none."""

from __future__ import annotations

from agent.core.dates.clauses import Clause
from agent.core.dates.cues import Cues
from agent.core.dates.spans import DaySpan

COMMA = "  "  # a comma and the space behind it, as ``folded`` leaves them


def somebody_elses(clause: Clause, cues: Cues) -> bool:
    """Reads "my neighbour's firm told her", "the referee says she will send us": no word of the employer's to the reader.

    It is theirs again where the clause tells the reader something in the first person ("we'll have our answer to you"),
    or, of those who are no rivals, in any ("the agency will call you").
    """
    text = clause.text
    if not cues["others"].search(text) and not cues["rivals"].search(text):
        return False
    if cues["own_word"].search(text):
        return False
    return cues["rivals"].search(text) is not None or cues["to_reader"].search(text) is None


def conditional(span: DaySpan, clause: Clause, cues: Cues) -> bool:
    """Reads "if the reference clears by Wednesday, …": the day belongs to the condition, which nothing told precedes."""
    opened = cues["condition"].match(clause.text)
    lead = clause.before(span)
    if opened is None or opened.end() > len(lead) or cues["silence"].search(clause.text):
        return False
    governed = lead[opened.end() :].rstrip(" ") + " "
    return COMMA not in governed and cues["contact"].search(governed) is None


def of_their_meeting(clause: Clause, told: list[Clause], cues: Cues) -> DaySpan | None:
    """Reads "The council sits on the 14th and you will hear from us": the day of what decides, for news without one."""
    before = told[-1] if told else None
    if before is None or not before.spans or clause.asks:
        return None
    if any(
        cues[name].search(before.text)
        for name in ("negation", "ask", "never", "withdrawn", "not_said", "condition")
    ):
        return None
    contact, ask = cues["contact"].search(clause.text), cues["ask"].search(clause.text)
    if contact is None or not cues["sitting"].search(before.text) or (ask and ask.start() < contact.start()):
        return None
    if any(
        cues[name].search(clause.text)
        for name in ("negation", "silence", "if_match", "withdrawn", "not_said")
    ):
        return None
    span = before.spans[-1]
    return None if span.past or span.bare or span.grain not in {"day", "week", "holiday"} else span
