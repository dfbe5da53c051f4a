"""What a message promises, or asks for, by when: "you'll hear from us by Friday the 17th" → a Deadline.

A date is a deadline only with a reason: words that promise or ask (``lexicon/*/dates.toml``), close enough, and no
nearer word that gives the date another meaning (an interview, an absence, a start). Sentence by sentence, clause by
clause; the dates themselves are read by ``dates``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType

from agent.core.calendar_days import add_business_days, is_business_day
from agent.core.dates import DaySpan, Line, Moment, folded, read
from agent.core.dates.cues import Cues, cues_of
from agent.core.dates.sentences import sentences
from agent.core.model import Deadline

NO_ANCHORS: Mapping[str, date] = MappingProxyType({})
FIRM = frozenset({"by", "toward", "before", "within", "latest"})
LIMITED = FIRM | {"until"}
UNLIMITED = frozenset({"for", "since", "from", "about"})
WEAK = 0.4  # the confidence of boilerplate: not enough to be taken for a promise
SURE = 0.5
ELLIPSIS_WORDS = 7
NEAR_WORDS = 6  # between a date in front and the verb that promises ("next week one of us will call you")
FAR = timedelta(days=250)  # what lies further ahead is no answer to an application
PAST_FORM = re.compile(r"\b\w{3,}ed\b")
AND_THEN = re.compile(r"\W*(?:and|then|und|et|y)(?: then)? \w+")
UNITS = frozenset({"day", "bizday", "week", "month", "hour"})


@dataclass(frozen=True, slots=True)
class _Found:
    """A date that passed the gate, and how well it sits there."""

    span: DaySpan
    rule: str
    party: str
    score: int
    confidence: float
    vague: bool = False


@dataclass(frozen=True, slots=True)
class _Clause:
    """A statement inside a sentence: its folded text, where it begins, and the dates in it."""

    text: str
    start: int
    spans: tuple[DaySpan, ...]

    def before(self, span: DaySpan) -> str:
        return self.text[: max(0, span.lead - self.start)]

    def behind(self, span: DaySpan) -> str:
        return self.text[span.end - self.start :]


def deadlines(
    text: str,
    *,
    written: datetime,
    language: str,
    holidays: str,
    outgoing: bool = False,
    anchors: Mapping[str, date] = NO_ANCHORS,
) -> tuple[Deadline, ...]:
    """The deadlines a text sets, in its order; ``written`` is aware and carries the writer's own offset.

    ``party`` is "employer" for what they promise and "candidate" for what the candidate is asked, or promises
    themselves (``outgoing``). ``anchors`` dates what a text counts from ("a week after your interview").
    """
    reader = _Reader(
        Moment(written, language or "en", holidays, anchors), cues_of(language or "en"), outgoing
    )
    return tuple(reader.all(text))


def promised(found: tuple[Deadline, ...]) -> Deadline | None:
    """The one day an employer's message promises: the surest, then the latest; None if there is none to rely on."""
    usable = [d for d in found if d.party == "employer" and d.confidence >= SURE]
    return max(usable, key=lambda d: (not d.vague, d.rule != "act", d.latest), default=None)


class _Reader:
    """One text's reading: remembers the sentence before, for fragments and for "then"."""

    def __init__(self, moment: Moment, cues: Cues, outgoing: bool) -> None:
        self.moment, self.cues, self.outgoing = moment, cues, outgoing
        self.previous = ""
        self.earlier: DaySpan | None = None

    def all(self, text: str) -> Iterator[Deadline]:
        for sentence in sentences(text):
            line = read(sentence.text, self.moment)
            if line.spans or self.earlier is not None:
                yield from self._of(line)
            self.previous = line.text
            self.earlier = line.spans[-1] if line.spans else None

    def _of(self, line: Line) -> Iterator[Deadline]:
        best: dict[str, _Found] = {}
        clauses = self._clauses(line)
        for at, clause in enumerate(clauses):
            for found in self._in_clause(clause, clauses[:at]):
                known = best.get(found.party)
                if known is None or _rank(found) >= _rank(known):
                    best[found.party] = found
            if clause.spans:
                self.earlier = clause.spans[-1]
        yield from (_deadline(found, line) for found in sorted(best.values(), key=lambda f: f.span.start))

    def _clauses(self, line: Line) -> list[_Clause]:
        low = folded(line.text)
        cuts = [
            (m.start(), m.end())
            for m in self.cues["clause"].finditer(low)
            if not _inside(m.start(), line.spans)
        ]
        starts = [0, *(end for _, end in cuts)]
        ends = [*(start for start, _ in cuts), len(low)]
        return [
            _Clause(low[start:end], start, tuple(s for s in line.spans if start <= s.start < end))
            for start, end in zip(starts, ends, strict=True)
        ]

    def _in_clause(self, clause: _Clause, before: list[_Clause]) -> list[_Found]:
        cues = self.cues
        if self.outgoing:
            return self._own(clause)
        if not clause.spans:
            return self._then(clause)
        if cues["never"].search(clause.text) or cues["withdrawn"].search(clause.text):
            return []
        if cues["not_said"].search(clause.text):
            return []
        clause = replace(clause, spans=self._counted(clause))
        found = [f for span in clause.spans if (f := self._judged(span, clause, before)) is not None]
        return found or self._then(clause)

    # ── one date in one clause ──

    def _judged(self, span: DaySpan, clause: _Clause, before: list[_Clause]) -> _Found | None:
        if not self._usable(span, clause):
            return None
        lead, cues = clause.before(span), self.cues
        contact, act, ask = (cues.last(name, clause.text, len(lead)) for name in ("contact", "act", "ask"))
        contact = max(contact, cues.last("silence", clause.text, len(lead)))
        if contact < 0 and act < 0 and ask < 0:
            return self._foreshadowed(span, clause, before)
        if ask >= 0 and ask >= contact:
            return self._asked(span, clause, ask)
        return self._promised(span, clause, max(contact, act), strong=contact >= 0, ahead=False)

    def _foreshadowed(self, span: DaySpan, clause: _Clause, before: list[_Clause]) -> _Found | None:
        """The verb comes after the date ("By Friday you'll hear"), or there is none at all (a fragment)."""
        rest, cues = clause.behind(span), self.cues
        contact, act, ask = (cues[name].search(rest) for name in ("contact", "act", "ask"))
        places = {"contact": contact, "act": act, "ask": ask}
        first = min((m.start(), name) for name, m in places.items() if m) if any(places.values()) else None
        if first is None:
            return self._fragment(span, clause, before)
        if ask is not None and (contact is None or ask.start() <= contact.start()):
            if cues["ask_not"].search(clause.before(span).rstrip()):
                return None
            return _candidate(span, "asked", 0.9) if span.limits & LIMITED else None
        return self._promised(span, clause, -1, strong=contact is not None, ahead=True)

    def _promised(
        self, span: DaySpan, clause: _Clause, at: int, *, strong: bool, ahead: bool
    ) -> _Found | None:
        cues, lead = self.cues, clause.before(span)
        firm = bool(span.limits & FIRM)
        if not strong and not firm and not cues["modal"].search(clause.text):
            return None
        if cues["call"].search(clause.text) and not firm and cues["clock"].search(clause.text):
            return None
        span, anchored = self._anchored(span, clause, lead)
        apart = max((m.end() for m in cues["apart"].finditer(lead) if m.end() > at), default=-1)
        joined = ahead and AND_THEN.match(clause.behind(span)) is not None
        if apart >= 0 and not firm and not anchored and not joined:
            return None
        if ahead and not anchored and not self._stands_free(span, clause, firm=firm):
            return None
        found = self._negated(span, clause, lead, strong=strong)
        if found is None:
            return None
        score = 3 * firm + 2 * (not ahead) + 2 * (not anchored) + strong
        return replace(found, score=score)

    def _stands_free(self, span: DaySpan, clause: _Clause, *, firm: bool) -> bool:
        """A date in front of its verb: "Next week we will decide", but not "on Tuesday we talked about"."""
        rest = clause.behind(span)
        if firm or AND_THEN.match(rest):
            return True
        spoken = min(
            (m.start() for name in ("contact", "act") if (m := self.cues[name].search(rest))), default=0
        )
        between = rest[:spoken]
        if len(between.split()) > NEAR_WORDS or PAST_FORM.search(between):
            return False
        return not self.cues["apart"].search(clause.before(span))

    def _negated(self, span: DaySpan, clause: _Clause, lead: str, *, strong: bool) -> _Found | None:
        """What a negation makes of it: nothing, "not before Friday", or a promise of silence ("if you don't hear")."""
        cues = self.cues
        rule = "contact" if strong else "act"
        sure = 0.95 - 0.15 * span.ambiguous - 0.1 * span.vague
        if cues["silence"].search(clause.text):
            refuses = cues["silence_refuses"].search(clause.text)
            return _Found(span, "silence", "employer", 0, WEAK if refuses else 0.7)
        if cues["negation"].search(lead) or cues["negation_behind"].search(clause.behind(span)):
            if "until" in span.limits:
                return _Found(span, "not until", "employer", 0, 0.7, vague=True)
            if span.limits & {"before", "vor"} and "by" not in span.limits:
                day = span.latest + timedelta(days=1)
                return _Found(
                    replace(span, latest=day, earliest=day), "not before", "employer", 0, 0.6, vague=True
                )
            return None
        if cues["if_match"].search(clause.text):
            return _Found(span, "if suitable", "employer", 0, WEAK)
        return _Found(span, rule, "employer", 0, round(sure, 2))

    def _asked(self, span: DaySpan, clause: _Clause, at: int) -> _Found | None:
        """A request with a limit; slots, appointments and "if you have questions" are none."""
        between = clause.before(span)[at:].rstrip()
        if self.cues["ask_not"].search(between) or self.cues["ask_not"].search(clause.behind(span)[:40]):
            near = span.rule in {"relative day", "end of day"} or span.limits & FIRM
            if not near or self.cues["ask_not"].search(between):
                return None
        due = self.cues["due"].search(clause.before(span)[max(0, at - 12) :])
        limited = span.limits & LIMITED or due or span.rule in {"relative day", "end of day", "end"}
        if not limited or (span.bare and not due):
            return None
        return _candidate(span, "asked", 0.9 - 0.15 * span.ambiguous)

    def _fragment(self, span: DaySpan, clause: _Clause, before: list[_Clause]) -> _Found | None:
        """Reads "Think mid-month instead.", "Not today, but by Monday.": the promise stands in what was said before."""
        cues = self.cues
        rest = (clause.before(span) + clause.behind(span)).split()
        if len(rest) > ELLIPSIS_WORDS or (cues["apart"].search(clause.text) and not span.limits & FIRM):
            return None
        if before:
            told = any(self._topical(earlier.text) for earlier in before)
            fits = cues["short"].match(clause.text.strip()) or span.limits & FIRM
            if told and fits:
                return _Found(span, "continued", "employer", 1, 0.8)
        previous = folded(self.previous)
        if clause.start == 0 and self._topical(previous) and cues["elliptic"].match(clause.text.strip()):
            return _Found(span, "elliptic", "employer", 1, 0.75)
        return None

    def _topical(self, text: str) -> bool:
        """True if a statement is about an answer to come (or about one taken back)."""
        cues = self.cues
        if cues["ask"].search(text) and not cues["contact"].search(text):
            return False
        return any(cues[name].search(text) for name in ("contact", "act", "withdrawn"))

    # ── dates that count from elsewhere ──

    def _anchored(self, span: DaySpan, clause: _Clause, lead: str) -> tuple[DaySpan, bool]:
        """Reads "once the interviews are over on June 19" → the business day after; "when I'm back Monday" → Monday."""
        cues = self.cues
        spoken = max(cues.last(name, clause.text, len(lead)) for name in ("contact", "act"))
        tail = lead[max(spoken, 0) :].rstrip()
        if cues["anchored_after"].search(tail):
            if span.limits & FIRM or self._is_gone(span):
                return span, False
            day = add_business_days(span.latest, 1, self.moment.calendar)
            return replace(span, latest=day), True
        return span, bool(cues["anchored_when"].search(tail)) and not span.limits & FIRM

    def _counted(self, clause: _Clause) -> tuple[DaySpan, ...]:
        """Durations that count from an event ("a week after the interviews, which end on June 19") from its day."""
        spans: list[DaySpan] = []
        for at, span in enumerate(clause.spans):
            if span.grain in UNITS and self.cues["counted_from"].match(clause.behind(span).lstrip()):
                later = next((s for s in clause.spans[at + 1 :] if not s.bare), None)
                return (*spans, self._from_event(span, later))
            spans.append(span)
        return tuple(spans)

    def _from_event(self, span: DaySpan, later: DaySpan | None) -> DaySpan:
        base = later.latest if later is not None else self.moment.anchors.get("interview")
        if base is None:
            return replace(span, ambiguous=True, bare=False, rule="counted from an event")
        shift = base - self.moment.today
        day = span.latest + shift
        if span.grain == "bizday":
            count = _business_days(self.moment, span.latest)
            day = add_business_days(base, count, self.moment.calendar)
        gone = day < self.moment.today
        return replace(span, latest=day, earliest=day, bare=False, past=gone, rule="counted from an event")

    def _is_gone(self, span: DaySpan) -> bool:
        """Reads "after our chat on Tuesday", said on Wednesday: a weekday that names the interview that was."""
        known = self.moment.anchors.get("interview")
        return (
            span.rule == "weekday"
            and known is not None
            and known.weekday() == span.latest.weekday()
            and known < span.latest
        )

    def _then(self, clause: _Clause) -> list[_Found]:
        """Reads "We meet on Thursday and will let you know after that": the date stands in the statement before."""
        then = self.cues["then"].search(clause.text)
        if then is None:
            return []
        own = [span for span in clause.spans if span.end - clause.start <= then.start()]
        base = own[-1] if own else self.earlier
        if base is None or base.past or base.bare:
            return []
        if not self.cues["contact"].search(clause.text) and not self.cues["act"].search(clause.text):
            return []
        same = self.cues["same_day"].search(then[0]) is not None
        day = base.latest if same else add_business_days(base.latest, 1, self.moment.calendar)
        return [
            _Found(
                replace(base, latest=max(day, base.latest), rule="then"),
                "then",
                "employer",
                0,
                0.7,
                vague=True,
            )
        ]

    def _usable(self, span: DaySpan, clause: _Clause) -> bool:
        if span.past or span.grain == "minute" or span.latest - self.moment.today > FAR:
            return False
        if span.grain == "year" and not span.limits & LIMITED:
            return False
        if (
            span.limits & UNLIMITED
            and not (span.bare and "about" in span.limits)
            and not span.limits & (LIMITED | {"in", "over"})
        ):
            patient = self.cues["patience"].search(clause.text)
            if not (patient and "for" in span.limits):
                return False
        if "earliest" in span.limits:
            return True
        return not span.bare or bool(self.cues["lasting"].search(clause.text))

    # ── the candidate's own mail ──

    def _own(self, clause: _Clause) -> list[_Found]:
        cues = self.cues
        if cues["not_said"].search(clause.text) or cues["never"].search(clause.text):
            return []
        found = []
        for span in clause.spans:
            lead = clause.before(span)
            spoken = cues.last("own", clause.text, len(lead))
            free = max((m.end() for m in cues["apart"].finditer(lead)), default=-1) <= spoken
            if (
                self._usable(span, clause)
                and spoken >= 0
                and (free or span.limits & FIRM)
                and not cues["negation"].search(lead)
            ):
                found.append(_Found(span, "own", "candidate", 2 + bool(span.limits & FIRM), 0.8))
        return found


def _business_days(moment: Moment, day: date) -> int:
    """How many business days lie between the day of writing and ``day``."""
    days = (day - moment.today).days
    calendar = moment.calendar
    return sum(is_business_day(moment.today + timedelta(days=n), calendar) for n in range(1, days + 1))


def _candidate(span: DaySpan, rule: str, confidence: float) -> _Found:
    return _Found(span, rule, "candidate", 2, round(confidence, 2))


def _rank(found: _Found) -> tuple[bool, int, bool]:
    return found.confidence >= SURE, found.score, not found.vague


def _inside(place: int, spans: tuple[DaySpan, ...]) -> bool:
    return any(span.lead <= place < span.end for span in spans)


def _deadline(found: _Found, line: Line) -> Deadline:
    span = found.span
    return Deadline(
        latest=span.latest, earliest=min(span.earliest, span.latest), span=line.text[span.lead : span.end].rstrip(" .,"),
        rule=found.rule, grain=span.grain, party=found.party, ambiguous=span.ambiguous, confidence=found.confidence,
        sentence=line.text, vague=span.vague or found.vague,
    )  # fmt: skip
