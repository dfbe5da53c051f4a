"""Deadlines on sentences: the samples, and our own in four languages (a third of them false friends)."""

import csv
import re
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.dates.deadlines import SURE, deadlines, promised
from agent.core.model import Deadline

DATA = Path(__file__).parent.parent / "data"
LANGUAGES = {"de", "fr", "es", "it", "nl", "pt"}
WRITTEN = datetime.fromisoformat("2026-03-04T16:40:00-08:00")  # a Wednesday


@dataclass(frozen=True)
class Row:
    """One line of a table: what was written, when, and the day it means (None: no deadline)."""

    sentence: str
    written: datetime
    gold: date | None
    note: str

    @property
    def language(self) -> str:
        code = self.note.partition(";")[0]
        return code if code in LANGUAGES else "en"

    def noted(self, pattern: str) -> str:
        match = re.search(pattern, self.note)
        return match[1] if match else ""

    def days(self) -> tuple[date, date]:
        assert self.gold is not None
        days = timedelta(days=int(self.noted(r"tolerance (\d+) day") or 0))
        early = timedelta() if " later" in self.note else days
        late = timedelta() if " earlier" in self.note else days
        return self.gold - early, self.gold + late


def rows(name: str) -> list[Row]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, delimiter="\t"))
    return [
        Row(
            line["sentence"],
            datetime.fromisoformat(line["reference"]),
            date.fromisoformat(line["gold"]) if line["gold"] not in {"", "none"} else None,
            line["note"],
        )
        for line in lines
    ]


def read(row: Row) -> list[Deadline]:
    interview = row.noted(r"interview=(\d{4}-\d\d-\d\d)")
    found = deadlines(
        row.sentence.replace("\\n", "\n"),
        written=row.written,
        language=row.language,
        holidays=row.noted(r"holidays=([A-Z-]*)") or "US",
        outgoing="outgoing" in row.note,
        anchors={"interview": date.fromisoformat(interview)} if interview else {},
    )
    return [deadline for deadline in found if deadline.confidence >= SURE]


ALL = [row for name in ("deadline", "date") for row in rows(f"{name}-sentences.tsv")]
BLIND = rows("date-sentences-blind.tsv")  # by another hand, and at first a blind test of the rules


@pytest.mark.parametrize("row", [row for row in ALL if row.gold], ids=lambda row: row.sentence[:60])
def test_it_finds_the_day_of_a_deadline(row: Row) -> None:
    found = read(row)
    first, last = row.days()
    assert len(found) == 1
    assert first <= found[0].latest <= last
    party = row.noted(r"party=(\w+)")
    assert not party or found[0].party == party


@pytest.mark.parametrize("row", [row for row in ALL if row.gold is None], ids=lambda row: row.sentence[:60])
def test_it_accepts_no_false_friend(row: Row) -> None:
    assert read(row) == []


def is_right(row: Row) -> bool:
    found = read(row)
    if row.gold is None:
        return not found
    first, last = row.days()
    return len(found) == 1 and first <= found[0].latest <= last


@pytest.mark.parametrize(("language", "share"), [("en", 0.97), ("de", 0.95), ("fr", 0.95), ("es", 0.93)])
def test_it_reads_what_others_write(language: str, share: float) -> None:
    ours = [row for row in BLIND if row.language == language]
    assert sum(map(is_right, ours)) >= share * len(ours)
    assert all(is_right(row) for row in ours if row.gold is None)


def said(text: str, language: str = "en", written: datetime = WRITTEN) -> list[Deadline]:
    return list(deadlines(text, written=written, language=language, holidays="US"))


def test_it_keeps_the_words_and_the_sentence_as_evidence() -> None:
    (found,) = said(
        "Hi Ana,\n\nThank you. You'll hear from us by Friday the 13th, one way or the other.\n\nBest"
    )
    assert found.span == "by Friday the 13th"
    assert found.sentence == "You'll hear from us by Friday the 13th, one way or the other."
    assert found.latest == date(2026, 3, 13)


def test_it_reads_wrapped_lines_as_one_sentence() -> None:
    text = "We were impressed by your background and will certainly get back to you no later\nthan Friday of next week."
    (found,) = said(text)
    assert found.latest == date(2026, 3, 13)


def test_it_takes_the_promise_not_the_meeting_before_it() -> None:
    text = (
        "haha will do! raf and i are comparing notes with the studio head monday, so i should be able to let you "
        "know something early next week. have a great weekend"
    )
    (found,) = said(text, written=datetime.fromisoformat("2026-06-12T16:58:00-07:00"))
    assert (found.earliest, found.latest) == (date(2026, 6, 15), date(2026, 6, 16))


def test_it_replaces_a_withdrawn_promise_by_the_new_one() -> None:
    text = (
        "Rajan, I spoke too soon about Friday. Doug has had to go to Regina for his dad and I don't want to decide "
        "without him, so please disregard what I said about the 8th. Think mid-month instead. Sorry!"
    )
    (found,) = said(text, written=datetime.fromisoformat("2026-05-07T16:15:00-07:00"))
    assert found.latest == date(2026, 5, 15)


def test_it_flags_a_numeric_date_that_reads_both_ways() -> None:
    (found,) = said("You will hear from us by 6/5.")
    assert found.ambiguous
    assert found.latest == date(2026, 6, 5)
    (clear,) = said("You will hear from us by 3/25.")
    assert not clear.ambiguous


def test_it_leaves_boilerplate_out_unless_asked_for_it() -> None:
    text = "If your profile matches our needs, we will contact you within two weeks."
    assert said(text) == []
    (found,) = deadlines(text, written=WRITTEN, language="en", holidays="US", least=0)
    assert found.confidence < SURE
    assert promised((found,)) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We aim to reply to all emails within 2 business days.", "en"),
        ("Our desk tries to answer every enquiry within 3 working days.", "en"),
        ("Wir beantworten alle Anfragen innerhalb von 2 Werktagen.", "de"),
        ("Nous répondons à tous les messages sous 48 heures.", "fr"),
        ("Respondemos a todos los correos en un plazo de 2 días.", "es"),
    ],
)
def test_it_takes_no_desks_custom_for_a_promise(text: str, language: str) -> None:
    assert deadlines(text, written=WRITTEN, language=language, holidays="US") == ()


def test_it_keeps_the_promise_to_answer_one_email() -> None:
    (found,) = said("I will reply to your email by Friday.")
    assert found.latest == date(2026, 3, 6)


def test_it_names_one_promise_of_several_deadlines() -> None:
    found = said(
        "Please sign the form by Friday. The panel decides on Monday. You will hear from me by March 12."
    )
    best = promised(tuple(found))
    assert best is not None
    assert best.latest == date(2026, 3, 12)
    assert {d.party for d in found} == {"candidate", "employer"}


@pytest.mark.parametrize(
    "text",
    [
        "by Friday " * 20_000,
        ("we will let you know by Friday " * 18 + ". ") * 300,
        "we will get back to you by " * 10_000,
        "9/9/" * 50_000,
        "a " * 200_000,
        "next week or " * 30_000,
        "." * 300_000,
        "\n" * 300_000,
        "1." * 100_000,
        "1" * 300_000,
        '"' * 300_000,
        "? " * 100_000,
        "\n \t" * 100_000,
        "5pm - " * 50_000,
        "we'll let you know " + "(" * 100_000,
        "if you don't hear " * 20_000,
        "after " * 100_000 + "Friday we will decide",
    ],
    ids=lambda text: text[:20],
)
def test_it_reads_hostile_text_in_bounded_time(text: str) -> None:
    started = time.process_time()
    said(text)
    assert time.process_time() - started < 2


def test_it_keeps_a_recalled_promise_apart_from_the_candidates_own() -> None:
    text = "You said you'd let me know by Friday. I'll send you the portfolio by Monday."
    found = deadlines(text, written=WRITTEN, language="en", holidays="US", outgoing=True)
    assert [(d.party, d.rule) for d in found] == [("employer", "reported"), ("candidate", "own")]
