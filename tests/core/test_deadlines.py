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


def _promise(text: str, language: str = "en", written: datetime = WRITTEN) -> date | None:
    found = promised(deadlines(text, written=written, language=language, holidays=""))
    return None if found is None else found.latest


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("The council meets on the second Tuesday of April. I will drop you a line the day after.", "en", date(2026, 4, 15)),
        ("Der Rat tagt am letzten Dienstag im März, tags darauf rufe ich Sie an.", "de", date(2026, 4, 1)),
        ("Le jury siège le 12 et nous vous écrirons le surlendemain.", "fr", date(2026, 3, 14)),
        ("La junta es el martes; dos días después te escribo.", "es", date(2026, 3, 12)),
        ("The panel sits on 3/12 and you will be notified the next business day.", "en", date(2026, 3, 13)),
        ("Two days after the open day on the 16th I'll write to each of you.", "en", date(2026, 3, 18)),
    ],
)  # fmt: skip
def test_it_counts_from_the_day_named_before(text: str, language: str, day: date) -> None:
    assert _promise(text, language) == day


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("Laissez-nous jusqu'à lundi en huit et vous serez fixée.", "fr", date(2026, 3, 16)),
        ("De hoy en ocho te tengo una respuesta.", "es", date(2026, 3, 11)),
        ("In week 12 we will ring you with the outcome.", "en", date(2026, 3, 20)),
        ("Wir melden uns in der 12. Kalenderwoche.", "de", date(2026, 3, 20)),
        ("A week today we tell all of you.", "en", date(2026, 3, 11)),
        ("You'll hear from me before the week is out.", "en", date(2026, 3, 6)),
    ],
)
def test_it_knows_how_weeks_are_spoken_of(text: str, language: str, day: date) -> None:
    assert _promise(text, language) == day


def test_it_takes_no_number_of_a_course_for_a_week_of_the_year() -> None:
    assert _promise("You will get a call in week 2 of the course.") is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("My neighbour's firm told her she'd hear by Friday.", "en"),
        ("The referee says she will send us her letter by Friday.", "en"),
        ("Der andere Betrieb will Ihnen ja bis Freitag Bescheid geben.", "de"),
        ("L'autre maison vous répondra vendredi.", "fr"),
        ("La mutua nos ha dicho que tendrá tu informe el viernes.", "es"),
    ],
)
def test_it_takes_no_word_of_others_for_the_employers(text: str, language: str) -> None:
    assert _promise(text, language) is None


def test_it_hears_the_employer_behind_a_word_about_others() -> None:
    assert _promise("Your references are in, and by Friday you'll have our answer.") == date(2026, 3, 6)


def test_it_leaves_the_day_to_its_condition() -> None:
    assert _promise("If the funding clears by Friday, we might have something to tell you.") is None
    assert _promise("If all goes to plan, we'll ring you on Friday.") == date(2026, 3, 6)


def test_it_takes_the_day_of_what_decides_for_news_without_one() -> None:
    assert _promise("The board sits on the 12th and you will hear from us.") == date(2026, 3, 12)
    assert _promise("Our summer fair is on the 12th and you will hear from us.") is None
