"""Labels under Followup/ are instructions."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from agent.core.model import NoteKind, Source
from agent.core.story.labels import (
    Instruction,
    instruction,
    instructions_of,
    is_ours,
    is_sighting,
    labelled,
    notes_from_labels,
    sighting,
    sightings,
)

SEEN = datetime(2026, 3, 6, 3, 0, tzinfo=UTC)  # the evening of the 5th in New York
NAMES = {"L1": "Followup/Ignore", "L2": "Followup/Snooze 1w", "L3": "Receipts", "L4": "followup/track"}


def source(gmail_id: str, thread_id: str, *labels: str) -> Source:
    return Source(gmail_id, thread_id, SEEN, frozenset(labels), (), ())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Followup/Ignore", Instruction(NoteKind.IGNORE)),
        ("followup/TRACK", Instruction(NoteKind.TRACK)),
        ("Follow-up / Done", Instruction(NoteKind.CLOSE)),
        ("Followup/Snooze 1w", Instruction(NoteKind.SNOOZE, days=7)),
        ("Followup/Snooze 3d", Instruction(NoteKind.SNOOZE, days=3)),
        ("Followup/snooze  2026-12-01", Instruction(NoteKind.SNOOZE, until=date(2026, 12, 1))),
        ("Followup/Snooze 2026-02-30", None),
        ("Followup/Snooze", None),
        ("Followup/Snooze soon", None),
        ("Followup", None),
        ("Ignore", None),
        ("Work/Followup/Ignore", None),
        ("Followup/Ignored", None),
    ],
)
def test_it_reads_the_name_of_a_label(name: str, expected: Instruction | None) -> None:
    assert instruction(name) == expected


def test_it_knows_a_label_that_was_meant_for_it() -> None:
    assert is_ours("Followup/Snooze soon")
    assert not is_ours("Follow the money/now")
    assert not is_ours("x" * 1_000_000)


def test_it_takes_one_labelled_message_for_the_thread() -> None:
    mail = [source("m1", "t1", "L1", "INBOX"), source("m2", "t1", "INBOX"), source("m3", "t2", "L3")]
    assert labelled(mail, frozenset(), instructions_of(NAMES)) == {("t1", "L1")}


def test_it_takes_what_is_left_of_a_thread_for_the_thread() -> None:
    mail = [source("m1", "t1", "L1"), source("m2", "t1"), source("m3", "t2", "L1")]
    assert labelled(mail, {"m1", "m3"}, instructions_of(NAMES)) == {("t2", "L1")}


def test_it_counts_a_snooze_from_the_local_day_on_which_the_label_was_seen() -> None:
    [told] = notes_from_labels(
        [("t1", "L2")], NAMES, {("t1", "L2"): SEEN}, now=SEEN.replace(month=4), zone="America/New_York"
    )
    assert (told.kind, told.value, told.made_at, told.thread_id) == (
        NoteKind.SNOOZE,
        "2026-03-12",
        SEEN,
        "t1",
    )


def test_it_numbers_instructions_so_that_none_is_lost_or_meets_a_note() -> None:
    told = notes_from_labels(
        [("t1", "L1"), ("t1", "L2"), ("t2", "L4"), ("t2", "L3")], NAMES, {}, now=SEEN, zone="UTC"
    )
    assert len({note.id for note in told}) == 3
    assert all(note.id < 0 for note in told)


def test_it_tells_a_sighting_from_a_word_of_the_users() -> None:
    note = sighting("t1", "L2", NAMES["L2"], SEEN)
    assert is_sighting(note)
    assert sightings([note]) == {("t1", "L2"): note}
