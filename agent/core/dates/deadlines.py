"""What a message promises, or asks for, by when: "you'll hear from us by Friday the 17th" → a Deadline.

A date is a deadline only with a reason: words that promise or ask (``lexicon/*/dates.toml``), close enough, and no
nearer word that gives the date another meaning (an interview, an absence, a start). Sentence by sentence, clause by
clause; the dates are read by ``dates.spans``, the reasons by ``dates.gate``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType

from agent.core.dates import DaySpan, Line, Moment, read
from agent.core.dates.clauses import Clause, clauses
from agent.core.dates.counting import in_named_week
from agent.core.dates.cues import cues_of
from agent.core.dates.gate import SURE, Found, Gate
from agent.core.dates.reported import reported
from agent.core.dates.sentences import sentences
from agent.core.meaning.language import detect
from agent.core.model import Deadline

__all__ = ["NO_ANCHORS", "SURE", "deadlines", "promised"]

MAX_DATES = 100  # in one text; hostile mail consists of dates
NO_ANCHORS: Mapping[str, date] = MappingProxyType({})


def deadlines(
    text: str,
    *,
    written: datetime,
    language: str,
    holidays: str,
    outgoing: bool = False,
    anchors: Mapping[str, date] = NO_ANCHORS,
    least: float = SURE,
) -> tuple[Deadline, ...]:
    """The deadlines a text sets, in its order; ``written`` is aware and carries the writer's own offset.

    ``party`` is "employer" for what they promise and "candidate" for what the candidate is asked, or promises
    themselves (``outgoing``); what they recall of the employer's promises has the rule "reported", and may be past.
    ``anchors`` dates what a text counts from ("a week after your interview"). What is less sure than ``least`` is
    left out: boilerplate ("if your profile matches, within two weeks") and lower bounds ("not before May") are no
    promise to rely on.
    """
    spoken = language or detect(text) or "en"
    reader = _Reader(Gate(Moment(written, spoken, holidays, anchors), cues_of(spoken)), outgoing)
    found = [deadline for deadline in reader.all(text) if deadline.confidence >= least]
    spoken_for = {deadline.party for deadline in found if deadline.rule != "intent"}
    return tuple(d for d in found if d.rule != "intent" or d.party not in spoken_for)


def promised(found: tuple[Deadline, ...]) -> Deadline | None:
    """The one day an employer's message promises: the surest, then the latest; None if there is none to rely on."""
    usable = [d for d in found if d.party == "employer" and d.confidence >= SURE]
    return max(usable, key=lambda d: (not d.vague, d.rule not in {"act", "intent"}, d.latest), default=None)


@dataclass(slots=True)
class _Reader:
    """One text's reading: remembers the sentence before, for fragments and for "then"."""

    gate: Gate
    outgoing: bool
    previous: str = ""
    earlier: DaySpan | None = None

    def all(self, text: str) -> Iterator[Deadline]:
        seen = 0
        for sentence in sentences(text):
            line = read(sentence.text, self.gate.moment)
            seen += len(line.spans)
            if seen > MAX_DATES:
                return
            if line.spans or self.earlier is not None:
                yield from self._of(line)
            self.previous = line.text
            asked = line.text.rstrip().endswith("?")  # "then" does not count from what is not settled
            self.earlier = line.spans[-1] if line.spans and not asked else None

    def _of(self, line: Line) -> list[Deadline]:
        """The best deadline of each party in one sentence."""
        best: dict[str, Found] = {}
        told: list[Clause] = []
        for clause in self._placed(clauses(line, self.gate.cues)):
            fresh = self._in_clause(clause, told)
            for found in fresh:
                known = best.get(found.party)
                if known is None or _rank(found) >= _rank(known):
                    best[found.party] = found
            if self.gate.cues["withdrawn"].search(clause.text):
                best = {
                    party: found for party, found in best.items() if party != "employer" or found in fresh
                }
            told.append(clause)
            self.earlier = clause.spans[-1] if clause.spans else self.earlier
        return [_deadline(found, line) for found in sorted(best.values(), key=lambda f: f.span.start)]

    def _placed(self, parts: list[Clause]) -> list[Clause]:
        """Bare weekdays behind "next week" belong to that week."""
        spans = tuple(span for clause in parts for span in clause.spans)
        if len(spans) + (self.earlier is not None) < 2:
            return parts
        away = tuple(self._is_absence(clause, span) for clause in parts for span in clause.spans)
        moved = iter(in_named_week(spans, away, self.earlier, self.gate.moment))
        return [replace(clause, spans=tuple(next(moved) for _ in clause.spans)) for clause in parts]

    def _is_absence(self, clause: Clause, span: DaySpan) -> bool:
        return self.gate.cues["away"].search(clause.before(span)) is not None

    def _in_clause(self, clause: Clause, told: list[Clause]) -> list[Found]:
        if self.outgoing:
            return self.gate.own(clause) + reported(clause, self.gate.cues, self.gate.moment)
        return self.gate.passed(clause, told, self.previous, self.earlier)


def _rank(found: Found) -> tuple[bool, int, bool]:
    return found.confidence >= SURE, found.score, not found.vague


def _deadline(found: Found, line: Line) -> Deadline:
    span = found.span
    return Deadline(
        latest=span.latest, earliest=min(span.earliest, span.latest), span=span.words,
        rule=found.rule, grain=span.grain, party=found.party, ambiguous=span.ambiguous, confidence=found.confidence,
        sentence=line.text, vague=span.vague or found.vague,
    )  # fmt: skip
