"""Which day a clock time belongs to, and which clock times are appointments at all.

The day stands in the same sentence, or in one near by ("on Tuesday 5 May. Please report at 9.15am"), or in the subject.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from agent.core.dates.clocks import Clock, clocks, merged_day
from agent.core.dates.cues import Cues
from agent.core.dates.folding import folded
from agent.core.dates.reckoning import Moment
from agent.core.dates.sentences import Sentence
from agent.core.dates.spans import DaySpan, Line, read

NEAR = 4  # sentences: how far a day carries to a clock time without one
MAX_CLOCKS = 60  # in one text; a mail with more of them announces no interview
LABEL_WORDS = 8  # a line so short may be a "Date:" line
BESIDE = 2  # characters: a comma
NOT_LIMITS = frozenset({"before", "until", "since", "after", "within", "by", "ago"})
CHOICE = "one of several days"
_AGAIN = re.compile(r"\s*(?P<mine>(?:your|my|local) time)?\s*[(/=]+\s*(?:(?:so|that's|i\.e\.|=|or)\s*)?")


@dataclass(frozen=True, slots=True)
class Spoken:
    """One sentence, read: its days and its clock times."""

    at: int
    sentence: Sentence
    line: Line
    low: str
    clocks: tuple[Clock, ...]
    days: tuple[DaySpan, ...]


@dataclass(frozen=True, slots=True)
class Meeting:
    """A clock time with the day it belongs to. ``stated``: the text names that day."""

    spoken: Spoken
    clock: Clock
    day: date
    span: str
    rule: str
    stated: bool = True


def spoken(at: int, sentence: Sentence, moment: Moment) -> Spoken:
    """A sentence with its days and clock times; in "tuesday 2 PT" the 2 is an hour, no day."""
    line = read(sentence.text, moment)
    found = tuple(clocks(line, moment.language))
    split = [day for clock in found if (day := merged_day(line, clock, moment.today)) is not None]
    whole = (span for span in line.spans if is_day(span) and all(span.start != day.start for day in split))
    days = tuple(sorted((*whole, *split), key=lambda span: span.start))
    return Spoken(at, sentence, line, folded(line.text), found, days)


def is_day(span: DaySpan) -> bool:
    """One day, named as such, or a choice of two: no week, no deadline, no duration."""
    one = span.latest == span.earliest or _is_choice(span)
    return one and not span.bare and span.grain in {"day", "holiday"} and "duration" not in span.rule


def _is_choice(span: DaySpan) -> bool:
    """Reads "today or tomorrow at 3"."""
    return span.rule.endswith("or later") and span.latest - span.earliest <= timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Placing:
    """One text's appointments: its sentences, its subject, and when it was written."""

    moment: Moment
    cues: Cues
    sentences: list[Spoken]
    subject: str

    def meetings(self) -> Iterator[Meeting]:
        """The appointments in the order of the text, at most from its first 60 clock times."""
        pairs = ((here, clock) for here in self.sentences for clock in here.clocks if self._may_meet(here))
        for here, clock in islice(pairs, MAX_CLOCKS):
            if self._is_appointment(here, clock) and (meeting := self._placed(here, clock)) is not None:
                yield meeting

    def _may_meet(self, here: Spoken) -> bool:
        return not (self.cues["hours"].search(here.low) or self.cues["no_meeting"].search(here.low))

    def _is_appointment(self, here: Spoken, clock: Clock) -> bool:
        lead, limits = here.low[: clock.lead].rstrip(), clock.limits
        if self.cues["finish"].search(here.low[: clock.start].rstrip()):
            return False
        if limits & NOT_LIMITS and not (limits == {"by"} and self.cues["arrive"].search(lead)):
            return False
        if "from" in limits and clock.ends is None and "at" not in limits and not _beside_date(here, clock):
            return False  # "from 7:30 on"
        return not _is_conversion(here, clock) and not self._is_called_off(here, clock)

    def _is_called_off(self, here: Spoken, clock: Clock) -> bool:
        """Reads "I have to cancel Tuesday at 2", "Tuesday at 2 no longer works"; what stands behind "moved to" is on."""
        if self.cues["fails"].match(here.low, clock.end):
            return True
        if not self.cues["called_off"].search(here.low):
            return False
        anew = self.cues.last("retime", here.low, len(here.low))
        return anew < 0 or clock.start < anew

    def _placed(self, here: Spoken, clock: Clock) -> Meeting | None:
        near = _day_near(here, clock)
        if near is not None:
            return self._dated(here, clock, near)
        if any(not span.past for span in here.days):
            return None
        words = here.line.text[clock.start : clock.end]
        carried = self._carried(here)
        if carried is not None:
            return Meeting(here, clock, carried, words, "carried")
        if self.cues["retime"].search(here.low):
            return Meeting(here, clock, self._today_or_tomorrow(clock), words, "time only", stated=False)
        return None

    def _dated(self, here: Spoken, clock: Clock, span: DaySpan) -> Meeting | None:
        if self._is_past(here, span, min(span.lead, clock.start)) or self._is_limit(here, span):
            return None
        words = here.line.text[min(span.start, clock.start) : max(span.end, clock.end)]
        return Meeting(here, clock, span.latest, words, CHOICE if _is_choice(span) else "day and time")

    def _is_limit(self, here: Spoken, span: DaySpan) -> bool:
        """Reads "by Friday, noon" and "send it back for Friday, noon" as deadlines; "moved from Tuesday at 2 to …" says where it was."""
        if self.cues["handed_in"].search(here.low[: span.start].rstrip()):
            return True
        if "by" in span.limits:
            return self.cues["arrive"].search(here.low[: span.lead].rstrip()) is None
        return "from" in span.limits and self.cues["retime"].search(here.low) is not None

    def _is_past(self, here: Spoken, span: DaySpan, start: int) -> bool:
        """True if the words just before speak of what was ("thanks for meeting on Tuesday at 2")."""
        gone = self.cues.last("was", here.low, start)
        settled = self.cues.last("announce", here.low, start)
        return span.past or (gone >= 0 and settled < gone and start - gone < 60)

    def _carried(self, here: Spoken) -> date | None:
        """The day of a sentence near by: the last before, else a "Date:" line behind, else the subject's."""
        for other in reversed(self.sentences[max(0, here.at - NEAR) : here.at]):
            for span in reversed(other.days):
                if not span.limits & NOT_LIMITS and not self._is_past(other, span, span.lead):
                    return span.latest
        for other in self.sentences[here.at + 1 : here.at + 3]:
            if other.days and not other.clocks and len(other.low.split()) <= LABEL_WORDS:
                return other.days[0].latest
        days = read(self.subject, self.moment).spans if self.subject else ()
        return next((span.latest for span in days if is_day(span) and not span.past), None)

    def _today_or_tomorrow(self, clock: Clock) -> date:
        today = self.moment.today
        return today if clock.begins > self.moment.written.time() else today + timedelta(days=1)


def _day_near(here: Spoken, clock: Clock) -> DaySpan | None:
    """The day of the same sentence nearest to a clock time: the last before it, else the first behind."""
    days = [day for day in here.days if not day.limits & (NOT_LIMITS - {"by"})]
    ahead = [day for day in days if day.end <= clock.start]
    behind = [day for day in days if day.start >= clock.end]
    if ahead and behind and clock.start - ahead[-1].end > 30 and behind[0].lead - clock.end < 6:
        return behind[0]  # "… on Monday; I can offer 10am on Thursday"
    return ahead[-1] if ahead else behind[0] if behind else None


def _beside_date(here: Spoken, clock: Clock) -> bool:
    """Reads "am Mittwoch, den 11. März, ab 9 Uhr": when a stay begins that somebody is asked to."""
    asked = here.line.text.rstrip().endswith("?")
    return asked and any(0 <= clock.lead - day.end <= BESIDE for day in here.days)


def _is_conversion(here: Spoken, clock: Clock) -> bool:
    """Reads "2 PT (5 my time)", "10am PT / 1pm ET": the same time said again."""
    before = [other for other in here.clocks if other.end <= clock.start]
    if not before:
        return False
    between = here.line.text[before[-1].end : clock.start].lower()
    again = _AGAIN.fullmatch(between)
    return again is not None and bool(again["mine"] or before[-1].zone or clock.zone)
