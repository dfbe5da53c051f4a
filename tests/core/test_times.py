"""Appointments in words: a table in four languages (``expected`` is local start, ``>`` end, ``@`` another zone, F firm,
o open), and what does not fit a table."""

import csv
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent.core.dates.times import stated_times
from agent.core.model import StatedTime

DATA = Path(__file__).parent.parent / "data" / "time-sentences.tsv"
ZONE = "America/New_York"
WRITTEN = datetime.fromisoformat("2026-04-06T13:05:00-04:00")  # a Monday


@dataclass(frozen=True)
class Row:
    language: str
    zone: str
    written: str
    expected: str
    text: str


def rows() -> list[Row]:
    with DATA.open(encoding="utf-8", newline="") as file:
        return [Row(**line) for line in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def shown(stated: StatedTime, zone: str) -> str:
    there = ZoneInfo(stated.time_zone)
    text = stated.start.astimezone(there).strftime("%Y-%m-%dT%H:%M")
    if stated.end:
        text += stated.end.astimezone(there).strftime(">%H:%M")
    if stated.time_zone != zone:
        text += f"@{stated.time_zone}"
    return text + ("F" if stated.firm else "o")


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.text[:60])
def test_it_reads_the_appointment(row: Row) -> None:
    found = stated_times(
        row.text.replace("\\n", "\n"),
        written=datetime.fromisoformat(row.written),
        language=row.language,
        zone=row.zone,
    )
    wanted = [] if row.expected == "none" else row.expected.split()
    assert [shown(stated, row.zone) for stated in found] == wanted


def read(text: str, subject: str = "") -> list[str]:
    found = stated_times(text, written=WRITTEN, language="en", zone=ZONE, subject=subject)
    return [shown(stated, ZONE) for stated in found]


def test_it_keeps_the_words_as_evidence() -> None:
    text = "Perfect. You're down for Thursday, April 9, 11:00-11:30 AM Eastern. I'll call you then."
    (found,) = stated_times(text, written=WRITTEN, language="en", zone=ZONE)
    assert found.span == "Thursday, April 9, 11:00-11:30 AM Eastern"
    assert found.zone_stated
    assert found.date_stated


def test_it_reads_the_subject_only_if_the_text_says_nothing() -> None:
    subject = "Invitation: Second interview @ Thu Apr 9, 2026 1pm - 2pm (EDT)"
    assert read("Guests: Paige (organizer), Dev", subject) == ["2026-04-09T13:00>14:00F"]
    assert read("See you Friday at 3pm.", subject) == ["2026-04-10T15:00F"]
    assert read("Thanks!", f"Re: {subject}") == []


def test_it_takes_the_day_from_the_subject_for_a_bare_clock_time() -> None:
    assert read("Can you come at 1:00 pm?", "Respiratory Therapist interview 4/9") == ["2026-04-09T13:00o"]


def test_it_marks_a_time_without_any_day() -> None:
    (found,) = stated_times("Can we push it to 3:30 instead?", written=WRITTEN, language="en", zone=ZONE)
    assert not found.date_stated
    assert not found.firm


def test_it_states_no_time_that_has_passed() -> None:
    assert read("As you know we had you down for March 30 at 2pm.") == []


@pytest.mark.parametrize(
    "text",
    [
        "at 2 pm on Friday " * 10_000,
        "10:00 - " * 40_000,
        "1 " * 150_000,
        "Friday " * 40_000,
        "(" * 300_000,
        "9h" * 100_000,
    ],
    ids=lambda text: text[:12],
)
def test_it_reads_hostile_text_in_bounded_time(text: str) -> None:
    started = time.process_time()
    read(text)
    assert time.process_time() - started < 2
