"""Whether a date in a clause is a deadline: a promise, a request, or neither.

The words decide (``cues``): what promises or asks, how near it stands, what negates it, and what else the date may
belong to. A date without a reason is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta

from agent.core.dates.clauses import Clause, waits
from agent.core.dates.counting import after_event, counted, then_day
from agent.core.dates.cues import Cues
from agent.core.dates.folding import folded
from agent.core.dates.reckoning import Moment
from agent.core.dates.spans import DaySpan
from agent.core.dates.speakers import conditional, of_their_meeting, somebody_elses

FIRM = frozenset({"by", "toward", "before", "within", "latest"})
LIMITED = FIRM | {"until"}
UNLIMITED = frozenset({"for", "since", "from", "about"})
WEAK = 0.4  # the confidence of boilerplate: not enough to be taken for a promise
SURE = 0.5
ELLIPSIS_WORDS = 7  # besides the date, in a fragment such as "Think mid-month instead."
NEAR_WORDS = 8  # between a date in front and the verb that promises ("next week one of us will call you")
RECENT = timedelta(days=14)
FAR = timedelta(days=250)  # what lies further ahead is no answer to an application
PAST_FORM = re.compile(r"\b\w{3,}ed\b")
AND_THEN = re.compile(r"\W*(?:and|then|und|et|y)(?: then)? \w+")


@dataclass(frozen=True, slots=True)
class Found:
    """A date that passed the gate, and how well it sits there."""

    span: DaySpan
    rule: str
    party: str
    score: int
    confidence: float
    vague: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate for one text: when and in which language it was written."""

    moment: Moment
    cues: Cues

    def passed(
        self, clause: Clause, told: list[Clause], previous: str, earlier: DaySpan | None
    ) -> list[Found]:
        """The deadlines of one clause.

        ``told`` are the clauses before it in its sentence, ``previous`` is the sentence before, ``earlier`` the last
        date before the clause: what fragments ("by Monday") and "then" point back to.
        """
        cues, text = self.cues, clause.text
        if cues["never"].search(text):
            return []
        if not clause.spans:
            return self._then(clause, earlier) or self._carried(clause, told)
        if cues["withdrawn"].search(text) or cues["not_said"].search(text):
            return []
        clause = replace(clause, spans=counted(clause, cues, self.moment, earlier))
        judged = (self._judged(span, clause, told, previous) for span in clause.spans)
        found = [one for one in judged if one is not None and self._may_promise(one, clause)]
        then = self._then(clause, earlier)
        return then if not found or self._counts_on(then, found, clause) else found

    def _counts_on(self, then: list[Found], found: list[Found], clause: Clause) -> bool:
        """Reads "After the session on the 3rd I'll write to you the day after": behind the date, and no limit."""
        exact = any(one.score for one in then)
        if not exact or any(one.span.limits & FIRM or one.party == "candidate" for one in found):
            return False
        place = self.cues["then"].search(clause.text)
        behind = clause.behind(clause.spans[-1])
        between = behind[: place.start() - len(clause.text)] if place is not None else ""
        return place is not None and self.cues["apart"].search(between) is None

    def _may_promise(self, found: Found, clause: Clause) -> bool:
        """A question promises nothing, unless it asks leave ("Can I get back to you on Monday?"); nor do others for them."""
        stands = found.party == "candidate" or found.rule == "silence"
        if not stands and (somebody_elses(clause, self.cues) or conditional(found.span, clause, self.cues)):
            return False
        if not clause.asks or found.party == "candidate":
            return True
        return (
            self.cues["may_i"].search(clause.text) is not None
            or self.cues["patience"].search(clause.text) is not None
        )

    def _judged(self, span: DaySpan, clause: Clause, told: list[Clause], previous: str) -> Found | None:
        if not self._usable(span, clause):
            return None
        end, cues = len(clause.before(span)), self.cues
        contact, act = (cues.last(name, clause.text, end) for name in ("contact", "act"))
        ask = self._last_ask(clause, end)
        contact = max(contact, cues.last("silence", clause.text, end))
        if contact < 0 and act < 0 and ask < 0:
            return self._foreshadowed(span, clause, told, previous)
        if ask >= 0 and ask >= contact:
            return self._asked(span, clause, ask)
        return self._promised(span, clause, max(contact, act), strong=contact >= 0)

    def _last_ask(self, clause: Clause, limit: int) -> int:
        """Where the last request before ``limit`` ends, or -1; the employer's own deeds are none."""
        text, cues = clause.text, self.cues
        asks = (match for match in cues["ask"].finditer(text) if match.start() < limit)
        return max((m.end() for m in asks if not cues["ours"].search(text[: m.start()].rstrip())), default=-1)

    def _usable(self, span: DaySpan, clause: Clause) -> bool:
        if span.past or span.grain == "minute" or span.latest - self.moment.today > FAR:
            return False
        if span.rule == "day of month" and self._is_past_event(span, clause):
            return False
        if span.grain == "year" and not span.limits & LIMITED:
            return False
        if span.grain == "hour" and span.bare and span.latest == self.moment.today:
            return False  # "allow an hour for the tour"
        if self.cues["anchored_before"].search(clause.before(span).rstrip()):
            return True
        if self._lasts(span):
            return self._speaks_from(span, clause) or (
                "for" in span.limits and self.cues["patience"].search(clause.text) is not None
            )
        lasting = self.cues["lasting"].search(clause.text) is not None
        return not span.bare or lasting or waits(span, clause.before(span), clause.behind(span), self.cues)

    def _speaks_from(self, span: DaySpan, clause: Clause) -> bool:
        """Reads "From Monday I can tell you more": the first day of news is its day."""
        rest = clause.behind(span).lstrip()
        return "from" in span.limits and self.cues["speaks_from"].match(rest) is not None

    def _is_past_event(self, span: DaySpan, clause: Clause) -> bool:
        """Reads "after our talk of the 12th", written on the 20th: no 12th to come."""
        dated = self.cues["dated_thing"].search(clause.text[: span.start - clause.start].rstrip()) is not None
        return dated and span.latest - self.moment.today > RECENT

    def _lasts(self, span: DaySpan) -> bool:
        """Reads "for two weeks", "since Monday", "from June 1": no day by which anything is done."""
        roughly = span.bare and "about" in span.limits
        return bool(span.limits & UNLIMITED) and not roughly and not span.limits & (LIMITED | {"in", "over"})

    # ── promised ──

    def _foreshadowed(self, span: DaySpan, clause: Clause, told: list[Clause], previous: str) -> Found | None:
        """The verb comes behind the date ("By Friday you'll hear"), or there is none at all (a fragment)."""
        rest, cues = clause.behind(span), self.cues
        contact, act, ask = (cues[name].search(rest) for name in ("contact", "act", "ask"))
        if contact is None and act is None and ask is None:
            return self._fragment(span, clause, told, previous) or self._intended(span, clause)
        if ask is not None and (contact is None or ask.start() <= contact.start()):
            asked = span.limits & LIMITED and not cues["ask_not"].search(clause.before(span).rstrip())
            return _candidate(span, "asked", 0.9) if asked else None
        return self._promised(span, clause, -1, strong=contact is not None)

    def _promised(self, span: DaySpan, clause: Clause, at: int, *, strong: bool) -> Found | None:
        """``at``: where the promising words in front end, or -1 if they come behind the date."""
        cues, firm, ahead = self.cues, bool(span.limits & FIRM), at < 0
        waiting = ahead and waits(span, clause.before(span), clause.behind(span), cues)
        if not (strong or firm or waiting or cues["modal"].search(clause.text)):
            return None
        if cues["call"].search(clause.text) and not firm and cues["clock"].search(clause.text):
            return None  # "I'll call you Tuesday at 2" is an appointment
        span, anchored = after_event(span, clause, cues, self.moment, firm=firm)
        if not (firm or anchored or self._stands_free(span, clause, at)):
            return None
        found = self._said(span, clause, "contact" if strong else "act")
        waited = "until" in span.limits and cues["patience"].search(clause.text) is not None
        score = 3 * firm + 2 * (not ahead) + 2 * (not anchored) + strong - 4 * waited
        return None if found is None else replace(found, score=score)

    def _stands_free(self, span: DaySpan, clause: Clause, at: int) -> bool:
        """No nearer word gives the date another meaning ("on Tuesday we talked about", "hear about the meeting on")."""
        cues, lead, rest = self.cues, clause.before(span), clause.behind(span)
        apart = any(match.end() > at for match in cues["apart"].finditer(lead))
        if at >= 0:
            return not apart
        if AND_THEN.match(rest):  # "I'll speak to Lena tomorrow and get back to you"
            return True
        verbs = (match.start() for name in ("contact", "act") if (match := cues[name].search(rest)))
        between = rest[: min(verbs, default=0)]
        return not apart and len(between.split()) <= NEAR_WORDS and not PAST_FORM.search(between)

    def _said(self, span: DaySpan, clause: Clause, rule: str) -> Found | None:
        """What negations and conditions make of it: nothing, "not before Friday", boilerplate, or the promise."""
        cues = self.cues
        if cues["silence"].search(clause.text):
            refuses = cues["silence_refuses"].search(clause.text)
            return _employer(span, "silence", WEAK if refuses else 0.7)
        denied = -1 < cues.last("negation", clause.text, end := len(clause.before(span))) <= end
        if denied or cues["negation_behind"].search(clause.behind(span)):
            return self._not_before(span)
        if cues["if_match"].search(clause.text):
            return _employer(span, "if suitable", WEAK)
        return _employer(span, rule, 0.95 - 0.15 * span.ambiguous - 0.1 * span.vague)

    def _not_before(self, span: DaySpan) -> Found | None:
        """Reads "We won't know until Friday", "not before Friday": Friday, more or less; any other denial is no promise."""
        if "until" in span.limits:
            return replace(_employer(span, "not until", 0.7), vague=True)
        if span.limits & {"before", "vor"} and "by" not in span.limits:
            day = span.latest + timedelta(days=span.grain == "day")  # undo "the day before"
            return replace(_employer(replace(span, latest=day, earliest=day), "not before", WEAK), vague=True)
        return None

    def _intended(self, span: DaySpan, clause: Clause) -> Found | None:
        """Reads "We should be through the pile by the 20th": a firm limit and an intent, whatever the words between."""
        cues, text = self.cues, clause.text
        firm = span.limits & {"by", "before", "latest"} and span.grain != "hour"
        if not firm or clause.asks or cues["negation"].search(text):
            return None
        if cues["apart"].search(text) or cues["logistics"].search(text) or not cues["intent"].search(text):
            return None
        return _employer(span, "intent", 0.6)

    def _fragment(self, span: DaySpan, clause: Clause, told: list[Clause], previous: str) -> Found | None:
        """Reads "Think mid-month instead.", "Not today, but by Monday.": the promise stands in what was said before."""
        cues, firm = self.cues, bool(span.limits & FIRM)
        words = (clause.before(span) + clause.behind(span)).split()
        apart = cues["apart"].search(clause.text) or cues["clock"].search(clause.text)
        if len(words) > ELLIPSIS_WORDS or (apart and not firm):
            return None
        start = clause.text.strip()
        if any(self._topical(earlier.text) for earlier in told) and (firm or cues["short"].match(start)):
            return replace(
                _employer(span, "continued", 0.8), score=6 if firm or cues["refines"].match(start) else 1
            )
        if clause.start == 0 and self._topical(folded(previous)) and cues["elliptic"].match(start):
            return replace(_employer(span, "elliptic", 0.75), score=1)
        return None

    def _topical(self, text: str) -> bool:
        """True if a statement is about an answer to come (or about one taken back)."""
        cues = self.cues
        if cues["ask"].search(text) and not cues["contact"].search(text):
            return False
        return any(cues[name].search(text) for name in ("contact", "act", "withdrawn"))

    def _then(self, clause: Clause, earlier: DaySpan | None) -> list[Found]:
        day = then_day(clause, earlier, self.cues, self.moment)
        speaks = self.cues["contact"].search(clause.text) or self.cues["act"].search(clause.text)
        asked = self.cues["ask"].search(clause.text) and not self.cues["contact"].search(clause.text)
        if day is None or not speaks or asked or somebody_elses(clause, self.cues):
            return []
        then = self.cues["then"].search(clause.text)
        exact = then is not None and any(
            self.cues[name].search(then[0]) is not None for name in ("next_day", "next_but_one")
        )
        return [replace(_employer(day, "then", 0.7), vague=not exact, score=5 * exact)]

    def _carried(self, clause: Clause, told: list[Clause]) -> list[Found]:
        day = of_their_meeting(clause, told, self.cues)
        return [] if day is None else [replace(_employer(day, "then", 0.6), vague=True, score=-1)]

    # ── asked, and promised by the candidate ──

    def _asked(self, span: DaySpan, clause: Clause, at: int) -> Found | None:
        """A request with a limit; slots, appointments and "if you have questions" are none."""
        cues, lead = self.cues, clause.before(span)
        soon = span.rule in {"relative day", "end of day", "end"}
        if cues["ask_not"].search(lead[at:].rstrip()):
            return None
        if cues["ask_not"].search(clause.behind(span)[:40]) and not (soon or span.limits & FIRM):
            return None
        due = cues["due"].search(lead[max(0, at - 12) :])
        limited = span.limits & LIMITED or due or soon
        return (
            _candidate(span, "asked", 0.9 - 0.15 * span.ambiguous)
            if limited and (due or not span.bare)
            else None
        )

    def own(self, clause: Clause) -> list[Found]:
        """What candidates promise in their own mail ("I'll send you the portfolio by Friday")."""
        cues = self.cues
        if clause.asks or any(cues[name].search(clause.text) for name in ("not_said", "never")):
            return []
        return [
            replace(_candidate(span, "own", 0.8), score=2 + bool(span.limits & FIRM))
            for span in clause.spans
            if self._usable(span, clause) and self._owns(span, clause)
        ]

    def _owns(self, span: DaySpan, clause: Clause) -> bool:
        lead, cues = clause.before(span), self.cues
        spoken = cues.last("own", clause.text, len(lead))
        apart = any(match.end() > spoken for match in cues["apart"].finditer(lead))
        return spoken >= 0 and (not apart or bool(span.limits & FIRM)) and not cues["negation"].search(lead)


def _employer(span: DaySpan, rule: str, confidence: float) -> Found:
    return Found(span, rule, "employer", 0, round(confidence, 2))


def _candidate(span: DaySpan, rule: str, confidence: float) -> Found:
    return Found(span, rule, "candidate", 2, round(confidence, 2))
