"""``call``: the sheet beside the telephone."""

from __future__ import annotations

from datetime import datetime

from tests.cli.conftest import World


def test_it_prints_script_number_and_hours(synced: World) -> None:
    synced.clock.set(datetime.fromisoformat("2026-03-17T08:00:00-04:00"))
    text = synced.out("call", "northwind")
    assert "Maria" in text
    assert "Tue 2026-03-17 09:15–11:30" in text
    assert "by Friday, March 13" in text
    assert "none in the mails" in text
    assert f"followup-agent log {synced.id_of('Northwind')} voicemail" in text.replace(
        " call   (or: voicemail)", " voicemail"
    )


def test_it_gives_scripts_a_document(synced: World) -> None:
    document = synced.json("call", "northwind")
    assert document["phone"] is None
    assert document["contact"]["address"] == "maria.lopez@northwind.example"
    assert document["script"][0].startswith("Hello Maria")
    assert len(document["good_times"]) == 3
    assert document["follow_up_due"][:10] == "2026-03-17"


def test_it_says_what_speaks_against_a_call(synced: World) -> None:
    synced.out("close", "northwind")
    assert "ended" in synced.json("call", "northwind")["caution"]


def test_it_records_nothing(synced: World) -> None:
    before = synced.database.read_bytes()
    synced.out("call", "harbour")
    assert synced.database.read_bytes() == before


def test_it_knows_no_stranger(synced: World) -> None:
    assert synced.fails("call", "nobody")[0] == 65
