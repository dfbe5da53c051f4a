"""``export``: into a file, and as a calendar that other programs take."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from icalendar import Calendar

from agent.cli.export import as_calendar
from agent.cli.view import View
from tests.cli.conftest import World

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def documents() -> Iterator[dict[str, Any]]:
    """Two interviews on one day, and a follow-up; the name is long, and means to break out of its line."""
    interviews = [
        {"start": f"2026-03-03T{hour}:00:00-05:00", "end": f"2026-03-03T{hour + 1}:00:00-05:00", "status": "confirmed", "round": 1}
        for hour in (10, 14)
    ]  # fmt: skip
    yield {
        "id": "abc", "company": "Naïve; Grüße, " * 8 + "\r\nATTENDEE:x", "round": 1, "interviews": interviews,
        "next": {"action": "follow_up", "step": 1, "due": "2026-03-12T08:00:00-04:00"},
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["json", "csv", "ics"])
def test_it_writes_a_file_that_only_its_owner_may_read(synced: World, kind: str) -> None:
    target = synced.folder / f"all.{kind}"
    target.write_text("old")
    assert synced.out("export", "--format", kind, "--output", str(target)) == ""
    assert target.read_bytes().decode() == synced.out("export", "--format", kind)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert list(synced.folder.glob(".all*")) == []


def test_it_says_when_a_file_cannot_be_written(synced: World) -> None:
    code, err = synced.fails(
        "export", "--format", "json", "--output", str(synced.folder / "no" / "where.json")
    )
    assert code == 65
    assert "cannot be written" in err


def test_it_makes_a_calendar_as_rfc_5545_wants_it() -> None:
    text = as_calendar(View("me@gmail.example", NOW, NOW, 1, tuple(documents()), "UTC"))
    lines = text.split("\r\n")
    assert "\n" not in "".join(lines)
    assert all(len(line.encode()) <= 75 for line in lines)
    assert not any(line.startswith("ATTENDEE") for line in lines)
    events = Calendar.from_ical(text).walk("VEVENT")
    assert len({str(event["uid"]) for event in events}) == len(events) == 3
    assert all({"UID", "DTSTAMP", "DTSTART", "DTEND"} <= event.keys() for event in events)
    assert events[0].decoded("dtstart") == datetime(2026, 3, 3, 15, tzinfo=UTC)


def test_it_still_exports_json_that_parses(synced: World) -> None:
    assert len(json.loads(synced.out("export", "--format", "json"))["candidacies"]) == 2
