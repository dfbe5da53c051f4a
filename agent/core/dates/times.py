"""Appointments stated in words: "You're down for Thursday, April 9, 11:00-11:30 AM Eastern" → a StatedTime.

A clock time needs a day (``dates.meetings``). Deadlines, opening hours and times gone by are no appointments; whether
one is settled or only proposed is ``firm``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agent.core.dates import Moment
from agent.core.dates.cues import Cues, cues_of
from agent.core.dates.meetings import CHOICE, Meeting, Placing, Spoken, spoken
from agent.core.dates.sentences import sentences
from agent.core.meaning.language import detect
from agent.core.model import StatedTime

AGENDA_GAP = timedelta(hours=3)
LENGTHS = range(10, 481)  # minutes that may be the length of an interview
REPLY = re.compile(r"^\s*(?:re|aw|sv|fwd?|wg|tr|rv|rif|antw|ref|enc|i)\s?(?:\[\d+\])?\s?:", re.IGNORECASE)
OR = re.compile(r"(?:^|\W)(?:or|oder|ou|o|u|bien)(?=\W|$)")
_CLOCKLIKE = re.compile(
    r"\d|noon|midday|\bat \w|past|quarter|mittag|halb|midi|mediod|\ba las? ", re.IGNORECASE
)
_AMOUNTS = {"two": 2, "three": 3, "zwei": 2, "drei": 3, "deux": 2, "trois": 3, "dos": 2, "tres": 3}


def stated_times(
    text: str, *, written: datetime, language: str, zone: str, subject: str = ""
) -> tuple[StatedTime, ...]:
    """The appointments a text states, in the order of time; ``zone`` is where unzoned clock times are read.

    ``written`` is aware, in the writer's own offset. ``firm`` is False for questions, proposals and one of several
    slots. The subject is read only if the text states none and the subject is no reply's.
    """
    moment = Moment(written, language or detect(text) or "en")
    found = _read(text, subject, moment, zone)
    if not found and subject and not REPLY.match(subject):
        found = _read(subject, "", moment, zone)
    return tuple(sorted(found, key=lambda stated: stated.start))


def _read(text: str, subject: str, moment: Moment, zone: str) -> list[StatedTime]:
    if not _CLOCKLIKE.search(text):
        return []
    said = [spoken(at, sentence, moment) for at, sentence in enumerate(sentences(text))]
    return _Reader(moment, zone, cues_of(moment.language), said).times(subject)


@dataclass(frozen=True, slots=True)
class _Reader:
    """One text's reading: from its meetings to what they state."""

    moment: Moment
    zone: str
    cues: Cues
    said: list[Spoken]

    def times(self, subject: str) -> list[StatedTime]:
        meetings = Placing(self.moment, self.cues, self.said, subject).meetings()
        common = self._common_zone()
        stated = [self._stated(meeting, common) for meeting in meetings]
        found = _agenda(_dated(_distinct([one for one in stated if one is not None])))
        return [replace(one, firm=False) for one in found] if self._are_slots(found) else found

    def _are_slots(self, found: list[StatedTime]) -> bool:
        """Several days in one text are a choice, unless the text announces them."""
        if len({stated.start.date() for stated in found}) < 2 or self._says("settled"):
            return False
        return self._says("propose") or not self._says("announce")

    def _says(self, cue: str) -> bool:
        return any(self.cues[cue].search(other.low) for other in self.said)

    def _common_zone(self) -> str:
        """The zone named with a clock time of the text, if it is the only one; else the writer's."""
        named = {clock.zone for other in self.said for clock in other.clocks if clock.zone}
        return named.pop() if len(named) == 1 else self.zone

    def _stated(self, meeting: Meeting, common: str) -> StatedTime | None:
        clock = meeting.clock
        zone = clock.zone or common
        start = _instant(meeting.day, clock.begins, zone)
        if start <= self.moment.written:
            return None
        return StatedTime(
            start=start, end=self._end(meeting, start, zone), time_zone=zone, span=meeting.span.strip(" .,;"),
            firm=self._is_firm(meeting), zone_stated=zone != self.zone or clock.zone is not None,
            date_stated=meeting.stated, rule=meeting.rule, sentence=meeting.spoken.line.text,
        )  # fmt: skip

    def _is_firm(self, meeting: Meeting) -> bool:
        """False for a question, an offer, a window of times, or a sentence that asks right after whether it suits."""
        here, cues = meeting.spoken, self.cues
        if meeting.clock.window or meeting.clock.unsure or not meeting.stated or meeting.rule == CHOICE:
            return False
        if self._is_alternative(meeting):
            return False
        after = [
            other.low
            for other in self.said[here.at + 1 : here.at + 3]
            if other.sentence.paragraph - here.sentence.paragraph <= 1
        ]
        asked = here.line.text.rstrip().endswith("?")
        if asked and not cues["settled"].search(here.low[: meeting.clock.start]):
            return (
                bool(after) and cues["settled"].search(after[0]) is not None
            )  # "1pm? Yes, that works for me."
        if cues["settled"].search(here.low):
            return True
        if meeting.rule == "carried" and self._is_asked(here.at - 1):
            return False
        if cues["propose"].search(here.low) and not cues["announce"].search(here.low):
            return False
        return not any(cues["asks_after"].search(low) for low in after)

    def _is_alternative(self, meeting: Meeting) -> bool:
        """Reads "Tuesday at 2pm, or else Wednesday at 10am": one of two, whatever announces them."""
        here, clock = meeting.spoken, meeting.clock
        between = [
            here.low[min(clock.end, other.end) : max(clock.start, other.start)]
            for other in here.clocks
            if other.start != clock.start
        ]
        return any(OR.search(words) for words in between) and len(here.days) > 1

    def _is_asked(self, at: int) -> bool:
        """Reads "Could you come in on Tuesday? 2.30, after lunch.": the day was a question."""
        return at >= 0 and bool(self.said[at].days) and self.said[at].line.text.rstrip().endswith("?")

    def _end(self, meeting: Meeting, start: datetime, zone: str) -> datetime | None:
        """The end by the range, by "finish by 12.30pm", or by the one length that is said near by."""
        here, clock = meeting.spoken, meeting.clock
        if clock.window:
            return None
        if clock.ends:
            return _instant(meeting.day, clock.ends, zone)
        near = self.said[max(0, here.at - 2) : here.at + 4]
        finishes = (_instant(meeting.day, end, zone) for other in near for end in self._finishes(other))
        lengths = {minutes for other in near for minutes in self._lengths(other)}
        said = start + timedelta(minutes=lengths.pop()) if len(lengths) == 1 else None
        return next((end for end in finishes if end > start), said)

    def _finishes(self, other: Spoken) -> Iterator[time]:
        for clock in other.clocks[:8]:
            if self.cues["finish"].search(other.low[: clock.start].rstrip()):
                yield clock.begins

    def _lengths(self, other: Spoken) -> Iterator[int]:
        for span in other.line.spans:
            around = other.low[max(0, span.lead - 8) : span.end + 30]
            lasting = span.grain in {"minute", "hour"} and span.bare
            if lasting and not self.cues["not_length"].search(around):
                minutes = _minutes(other.low[span.start : span.end], span.grain)
                if minutes in LENGTHS:
                    yield minutes


def _minutes(words: str, unit: str) -> int:
    """``"45 minutes"`` → 45, ``"an hour"`` → 60."""
    figure = re.search(r"\d+", words)
    named = next((number for word, number in _AMOUNTS.items() if word in words), 1)
    count = int(figure[0]) if figure else named
    return count if unit == "minute" else 60 * count


def _instant(day: date, at: time, zone: str) -> datetime:
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def _distinct(found: list[StatedTime]) -> list[StatedTime]:
    """One entry per start; the one that says more (an end, a firm word) is kept."""
    best: dict[datetime, StatedTime] = {}
    for stated in found:
        known = best.get(stated.start)
        if known is None:
            best[stated.start] = stated
        elif stated.firm and not known.firm:
            best[stated.start] = replace(stated, end=stated.end or known.end)
        elif known.end is None:
            best[stated.start] = replace(known, end=stated.end)
    return list(best.values())


def _dated(found: list[StatedTime]) -> list[StatedTime]:
    """A bare clock time beside dated ones says nothing of its own."""
    return [stated for stated in found if stated.date_stated] or found


def _agenda(found: list[StatedTime]) -> list[StatedTime]:
    """The parts of one day's agenda (each with its end, close together) are one appointment."""
    merged: list[StatedTime] = []
    for stated in sorted(found, key=lambda one: one.start):
        if merged and _follows(merged[-1], stated):
            ends = [end for end in (merged[-1].end, stated.end) if end is not None]
            merged[-1] = replace(merged[-1], end=max(ends), rule="agenda")
        else:
            merged.append(stated)
    return merged


def _follows(last: StatedTime, stated: StatedTime) -> bool:
    if last.end is None or stated.end is None or not (last.firm and stated.firm):
        return False
    return stated.start - last.end <= AGENDA_GAP and stated.start.date() == last.start.date()
