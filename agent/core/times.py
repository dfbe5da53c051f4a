"""Appointments stated in words: "You're down for Thursday, April 9, 11:00-11:30 AM Eastern" → a StatedTime.

A clock time needs a day: in its sentence, or in a sentence near by ("on Tuesday 5 May. Please report at 9.15am").
Deadlines, opening hours and times gone by are no appointments; whether it is settled or only proposed is ``firm``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agent.core.dates import DaySpan, Line, Moment, folded, read
from agent.core.dates.clocks import Clock, clocks, merged_day
from agent.core.dates.cues import Cues, cues_of
from agent.core.dates.sentences import Sentence, sentences
from agent.core.language import detect
from agent.core.model import StatedTime

NEAR = 4  # sentences: how far a day carries to a clock time without one
GRACE = timedelta(hours=1)  # "we start at 2", written at ten past, still means today
AGENDA_GAP = timedelta(hours=3)
LENGTHS = range(10, 481)  # minutes that may be the length of an interview
REPLY = re.compile(r"^\s*(?:re|aw|sv|fwd?|wg|tr|rv|rif|antw|ref|enc|i)\s?(?:\[\d+\])?\s?:", re.IGNORECASE)
NOT_LIMITS = frozenset({"before", "until", "since", "after", "within", "by", "ago"})
_CLOCKLIKE = re.compile(
    r"\d|noon|midday|\bat \w|past|quarter|mittag|halb|midi|mediod|\ba las? ", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Spoken:
    """One sentence, read: its days and its clock times."""

    at: int
    sentence: Sentence
    line: Line
    low: str
    clocks: tuple[Clock, ...]
    days: tuple[DaySpan, ...]


@dataclass(frozen=True, slots=True)
class _Meeting:
    """A clock time with the day it belongs to."""

    spoken: _Spoken
    clock: Clock
    day: date
    span: str
    stated: bool
    rule: str


def stated_times(
    text: str, *, written: datetime, language: str, zone: str, subject: str = ""
) -> tuple[StatedTime, ...]:
    """The appointments a text states, in the order of time; ``zone`` is where unzoned clock times are read.

    ``written`` is aware, in the writer's own offset. ``firm`` is False for questions, proposals and one of several
    slots. The subject is read only if the text states none and the subject is no reply's.
    """
    moment = Moment(written, language or detect(text) or "en")
    found = _Reader(moment, zone).times(text, subject)
    if not found and subject and not REPLY.match(subject):
        found = _Reader(moment, zone).times(subject, "")
    return tuple(sorted(found, key=lambda t: t.start))


class _Reader:
    """One text's reading."""

    def __init__(self, moment: Moment, zone: str) -> None:
        self.moment, self.zone = moment, zone
        self.cues: Cues = cues_of(moment.language)

    def times(self, text: str, subject: str) -> list[StatedTime]:
        if not _CLOCKLIKE.search(text):
            return []
        spoken = [self._spoken(at, sentence) for at, sentence in enumerate(sentences(text))]
        meetings = list(self._meetings(spoken, subject))
        stated = [self._stated(meeting, spoken) for meeting in meetings]
        found = _agenda(_settle(_distinct([s for s in stated if s is not None])))
        return [replace(s, firm=False) for s in found] if self._are_slots(found, spoken) else found

    def _are_slots(self, found: list[StatedTime], spoken: list[_Spoken]) -> bool:
        """Several days in one text are a choice, unless the text announces them."""
        if len({stated.start.date() for stated in found}) < 2:
            return False
        said = [s.low for s in spoken]
        if any(self.cues["settled"].search(low) for low in said):
            return False
        offers = any(self.cues["propose"].search(low) for low in said)
        return offers or not any(self.cues["announce"].search(low) for low in said)

    def _spoken(self, at: int, sentence: Sentence) -> _Spoken:
        line = read(sentence.text, self.moment)
        low = folded(line.text)
        days = tuple(span for span in line.spans if _is_day(span))
        return _Spoken(at, sentence, line, low, tuple(clocks(line, self.moment.language)), days)

    # ── which day a clock time belongs to ──

    def _meetings(self, spoken: list[_Spoken], subject: str) -> Iterator[_Meeting]:
        for here in spoken:
            if not here.clocks or any(self.cues[name].search(here.low) for name in ("hours", "no_meeting")):
                continue
            for clock in here.clocks:
                if self._is_appointment(here, clock):
                    meeting = self._placed(here, clock, spoken, subject)
                    if meeting is not None:
                        yield meeting

    def _is_appointment(self, here: _Spoken, clock: Clock) -> bool:
        lead = here.low[: clock.lead].rstrip()
        if self.cues["finish"].search(here.low[: clock.start].rstrip()):
            return False
        if clock.limits & NOT_LIMITS and not (clock.limits == {"by"} and self.cues["arrive"].search(lead)):
            return False
        if "from" in clock.limits and clock.ends is None and "at" not in clock.limits:
            return False
        return not _is_conversion(here, clock)

    def _placed(self, here: _Spoken, clock: Clock, spoken: list[_Spoken], subject: str) -> _Meeting | None:
        near = _day_near(here, clock, self.moment.today)
        if near is not None:
            span, text = near
            if self._is_past(here, span, clock) or self._is_limit(here, span):
                return None
            return _Meeting(here, clock, span.latest, text, stated=True, rule="day and time")
        if here.days and not self._lone_time(here):
            return None
        carried = self._carried(here, spoken, subject)
        if carried is not None:
            return _Meeting(
                here, clock, carried, here.line.text[clock.start : clock.end], stated=True, rule="carried"
            )
        if self.cues["retime"].search(here.low):
            return _Meeting(
                here,
                clock,
                self._today_or_tomorrow(clock),
                here.line.text[clock.start : clock.end],
                stated=False,
                rule="time only",
            )
        return None

    def _is_limit(self, here: _Spoken, span: DaySpan) -> bool:
        """Reads "by Friday, noon" is a deadline; "moved from Tuesday at 2 to …" says where it was."""
        if "by" in span.limits:
            return self.cues["arrive"].search(here.low[: span.lead].rstrip()) is None
        return "from" in span.limits and self.cues["retime"].search(here.low) is not None

    def _lone_time(self, here: _Spoken) -> bool:
        return all(span.past for span in here.days)

    def _carried(self, here: _Spoken, spoken: list[_Spoken], subject: str) -> date | None:
        """The day of a sentence near by: the last before, else the next one (a "Time:" line before a "Date:" line)."""
        for other in reversed(spoken[max(0, here.at - NEAR) : here.at]):
            for span in reversed(other.days):
                if not span.past and not span.limits & NOT_LIMITS and not self._is_past(other, span, None):
                    return span.latest
        for other in spoken[here.at + 1 : here.at + 3]:
            if other.days and not other.clocks and len(other.low.split()) <= 8:
                return other.days[0].latest
        subject_days = (
            [s for s in read(subject, self.moment).spans if _is_day(s) and not s.past] if subject else []
        )
        return subject_days[0].latest if subject_days else None

    def _today_or_tomorrow(self, clock: Clock) -> date:
        today = self.moment.today
        return today if clock.begins > self.moment.written.time() else today + timedelta(days=1)

    def _is_past(self, here: _Spoken, span: DaySpan, clock: Clock | None) -> bool:
        start = min(span.lead, clock.start if clock else span.lead)
        lead = here.low[:start]
        if span.past:
            return True
        gone = self.cues.last("was", here.low, start)
        settled = self.cues.last("announce", here.low, start)
        return gone >= 0 and settled < gone and len(lead) - gone < 60

    # ── what it says ──

    def _stated(self, meeting: _Meeting, spoken: list[_Spoken]) -> StatedTime | None:
        clock = meeting.clock
        zone = clock.zone or self._zone_of_text(spoken) or self.zone
        start = _instant(meeting.day, clock.begins, zone)
        if start < self.moment.written - GRACE:
            return None
        end = (
            _instant(meeting.day, clock.ends, zone) if clock.ends else self._end(meeting, start, zone, spoken)
        )
        here = meeting.spoken
        return StatedTime(
            start=start, end=None if clock.window else end, time_zone=zone, span=meeting.span.strip(" .,;"),
            firm=self._is_firm(meeting, spoken), zone_stated=zone != self.zone or clock.zone is not None,
            date_stated=meeting.stated, rule=meeting.rule, sentence=here.line.text,
        )  # fmt: skip

    def _zone_of_text(self, spoken: list[_Spoken]) -> str | None:
        """A zone named with another clock time of the text, if it is the only one."""
        named = {clock.zone for s in spoken for clock in s.clocks if clock.zone}
        return next(iter(named)) if len(named) == 1 else None

    def _is_firm(self, meeting: _Meeting, spoken: list[_Spoken]) -> bool:
        """False for a question, an offer, a window of times, or a sentence that asks right after whether it suits."""
        here, cues = meeting.spoken, self.cues
        after = [
            s
            for s in spoken[here.at + 1 : here.at + 3]
            if s.sentence.paragraph - here.sentence.paragraph <= 1
        ]
        if meeting.clock.window or not meeting.stated:
            return False
        asked = here.line.text.rstrip().endswith("?")
        if asked and not cues["settled"].search(here.low[: meeting.clock.start]):
            return (
                bool(after) and cues["settled"].search(after[0].low) is not None
            )  # "1pm? Yes, that works for me."
        if cues["settled"].search(here.low):
            return True
        if cues["propose"].search(here.low) and not cues["announce"].search(here.low):
            return False
        return not any(cues["asks_after"].search(other.low) for other in after)

    def _end(self, meeting: _Meeting, start: datetime, zone: str, spoken: list[_Spoken]) -> datetime | None:
        """The end by "finish by 12.30pm" or by the one length that is said near by."""
        here = meeting.spoken
        near = spoken[max(0, here.at - 2) : here.at + 4]
        for other in near:
            for clock in other.clocks:
                ends = _instant(meeting.day, clock.begins, zone)
                if self.cues["finish"].search(other.low[: clock.start].rstrip()) and ends > start:
                    return ends
        lengths = {minutes for other in near for minutes in self._lengths(other)}
        return start + timedelta(minutes=lengths.pop()) if len(lengths) == 1 else None

    def _lengths(self, other: _Spoken) -> Iterator[int]:
        for span in other.line.spans:
            if span.grain not in {"minute", "hour"} or not span.bare:
                continue
            if self.cues["not_length"].search(other.low[max(0, span.lead - 8) : span.end + 30]):
                continue
            minutes = _minutes(other.low[span.start : span.end])
            if minutes in LENGTHS:
                yield minutes


def _is_day(span: DaySpan) -> bool:
    """One day, named as such: no week, no deadline, no duration."""
    return (
        not span.bare
        and span.latest == span.earliest
        and span.grain in {"day", "holiday"}
        and "duration" not in span.rule
    )


def _day_near(here: _Spoken, clock: Clock, today: date) -> tuple[DaySpan, str] | None:
    """The day of the same sentence nearest to a clock time, and the words from one to the other."""
    split = merged_day(here.line, clock, today)
    if split is not None:
        return split, here.line.text[split.start : clock.end]
    days = [d for d in here.days if not d.limits & (NOT_LIMITS - {"by"})]
    ahead = [d for d in days if d.end <= clock.start]
    behind = [d for d in days if d.start >= clock.end]
    best = ahead[-1] if ahead else behind[0] if behind else None
    if ahead and behind and clock.start - ahead[-1].end > 30 and behind[0].lead - clock.end < 6:
        best = behind[0]  # "… on Monday; I can offer 10am on Thursday"
    if best is None:
        return None
    first, last = min(best.start, clock.start), max(best.end, clock.end)
    return best, here.line.text[first:last]


def _is_conversion(here: _Spoken, clock: Clock) -> bool:
    """Reads "2 PT (5 my time)", "10am PT / 1pm ET": the same time said again."""
    before = [c for c in here.clocks if c.end <= clock.start]
    if not before:
        return False
    between = here.line.text[before[-1].end : clock.start]
    again = bool(re.fullmatch(r"\s*[(/=]+\s*(?:(?:so|that's|i\.e\.|=|or)\s*)?", between.lower()))
    return again and (before[-1].zone is not None or clock.zone is not None)


def _minutes(words: str) -> int:
    number = re.search(r"\d+", words)
    if re.search(r"\bm|min", words.rsplit(maxsplit=1)[-1] if words.split() else ""):
        return int(number[0]) if number else 0
    amounts = {"two": 2, "three": 3, "zwei": 2, "drei": 3, "deux": 2, "trois": 3, "dos": 2, "tres": 3}
    count = int(number[0]) if number else next((n for word, n in amounts.items() if word in words), 1)
    return 60 * count


def _instant(day: date, at: time, zone: str) -> datetime:
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def _distinct(found: list[StatedTime]) -> list[StatedTime]:
    """One entry per start; the one that says more (an end, a firm word) is kept."""
    best: dict[datetime, StatedTime] = {}
    for stated in found:
        known = best.get(stated.start)
        if known is None:
            best[stated.start] = stated
        elif not known.firm and stated.firm:
            best[stated.start] = replace(stated, end=stated.end or known.end)
        elif known.end is None and stated.end is not None:
            best[stated.start] = replace(known, end=stated.end)
    return list(best.values())


def _settle(found: list[StatedTime]) -> list[StatedTime]:
    """A bare clock time beside dated ones says nothing of its own."""
    dated = [s for s in found if s.date_stated]
    return dated or found


def _agenda(found: list[StatedTime]) -> list[StatedTime]:
    """The parts of one day's agenda (each with its end, close together) are one appointment."""
    merged: list[StatedTime] = []
    for stated in sorted(found, key=lambda s: s.start):
        last = merged[-1] if merged else None
        close = last is not None and last.end is not None and stated.end is not None
        if (
            last is not None
            and close
            and last.firm
            and stated.firm
            and last.end is not None
            and stated.start - last.end <= AGENDA_GAP
            and stated.start.date() == last.start.date()
        ):
            ends = max(filter(None, (last.end, stated.end)))
            merged[-1] = replace(last, end=ends, rule="agenda")
        else:
            merged.append(stated)
    return merged
