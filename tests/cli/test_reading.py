"""The commands that only look."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent.cli.context import clean
from tests.cli.conftest import ME, START, World

FIELDS = {
    "id", "company", "position", "language", "status", "since", "turn", "round", "interviews", "contacts", "thread_ids",
    "last_message_at", "thank_you_sent_at", "follow_ups_sent", "last_reply", "promised", "next", "drafts",
    "needs_review", "confidence",
}  # fmt: skip


def test_it_shows_an_empty_believable_status_before_the_first_sync(world: World) -> None:
    document = world.json("status")
    assert document["candidacies"] == []
    assert document["last_sync"] is None
    assert "sync" in world.out("status")


@pytest.mark.parametrize("verb", [["status"], ["plan"], ["doctor"], ["export", "--format", "json"]])
def test_it_makes_no_file_where_it_only_looks(world: World, verb: list[str]) -> None:
    before = sorted(world.folder.rglob("*"))
    assert world.run(*verb)[0] == 0
    assert sorted(world.folder.rglob("*")) == before


def test_it_keeps_the_contract_in_status(synced: World) -> None:
    document = synced.json("status")
    assert document["account"] == ME
    assert datetime.fromisoformat(document["as_of"]) == START
    rows = {row["company"]: row for row in document["candidacies"]}
    assert rows.keys() == {"Northwind", "Harbour Labs"}
    assert all(row.keys() >= FIELDS for row in rows.values())
    assert rows["Northwind"]["status"] == "waiting"
    assert rows["Northwind"]["promised"]["by"] == "2026-03-13"
    assert rows["Harbour Labs"]["drafts"][0]["state"] == "open"


def test_it_prints_a_plain_table_where_nobody_sits(synced: World) -> None:
    out = synced.out("status")
    assert out.splitlines()[0].split() == ["ID", "COMPANY", "POSITION", "STATUS", "SINCE", "NEXT"]
    assert "\x1b" not in out
    assert "messages examined" in out


def test_it_thinks_anew_once_the_clock_has_changed_an_answer(synced: World) -> None:
    synced.clock.set(datetime.fromisoformat("2026-03-18T10:00:00-04:00"))
    rows = {row["company"]: row["status"] for row in synced.json("status")["candidacies"]}
    assert rows["Northwind"] == "follow_up_due"
    assert synced.json("show", "northwind")["status"] == "follow_up_due"


def test_it_leaves_the_ended_ones_to_all(synced: World) -> None:
    synced.out("close", "northwind")
    assert [row["company"] for row in synced.json("status")["candidacies"]] == ["Harbour Labs"]
    assert len(synced.json("status", "--all")["candidacies"]) == 2


def test_it_shows_events_with_their_evidence(synced: World) -> None:
    document = synced.json("show", "northwind")
    assert document.keys() >= FIELDS | {"events", "account", "as_of"}
    quoted = [event for event in document["events"] if event["rule"]]
    assert quoted
    assert all(event.keys() >= {"at", "kind", "message_id", "thread_id", "rule", "quote"} for event in quoted)
    assert document["links"] == [
        f"https://mail.google.com/mail/u/?authuser={ME}#all/{document['thread_ids'][0]}"
    ]


def test_it_shows_the_story_to_people(synced: World) -> None:
    out = synced.out("show", "harbour")
    assert "Harbour Labs: Shift Manager" in out
    assert "owen.reid@harbourlabs.example" in out
    assert "draft: thank-you" in out
    assert "https://mail.google.com/" in out


def test_it_says_why(synced: World) -> None:
    assert "2026-03-17" in synced.out("why", "northwind")
    assert any("2026-03-13" in line for line in synced.json("why", "northwind")["because"])


def test_it_plans_in_order_of_time_and_does_nothing(synced: World) -> None:
    drafts = len(synced.letters.drafts())
    document = synced.json("plan", "--until", "2026-03-31")
    items = [(item["company"], item["action"], item["at"][:10]) for item in document["items"]]
    assert items == [("Harbour Labs", "follow_up", "2026-03-13"), ("Northwind", "follow_up", "2026-03-17")]
    assert len(synced.letters.drafts()) == drafts
    assert synced.json("plan", "--until", "2026-03-10")["items"] == []
    assert "Nothing is planned" in synced.out("plan", "--until", "2026-03-10")


def test_it_plans_from_another_day(synced: World) -> None:
    document = synced.json("plan", "--now", "2026-03-20")
    assert document["as_of"].startswith("2026-03-20T00:00")
    assert {item["at"][:10] for item in document["items"]} == {"2026-03-20"}


def test_it_plans_nothing_before_the_first_sync(world: World) -> None:
    assert world.json("plan")["items"] == []


@pytest.mark.parametrize("wrong", [["--until", "soon"], ["--now", "2026-02-30"], ["--until", "2026-3-1"]])
def test_it_takes_only_dates(world: World, wrong: list[str]) -> None:
    code, err = world.fails("plan", *wrong)
    assert code == 2
    assert wrong[1] in err


@pytest.mark.parametrize("name", ["Northwind", "NORTHW", "north"])
def test_it_finds_a_candidacy_by_a_part_of_its_company(synced: World, name: str) -> None:
    assert synced.json("show", name)["company"] == "Northwind"


def test_it_finds_a_candidacy_by_the_beginning_of_its_id(synced: World) -> None:
    full = synced.id_of("Northwind")
    assert synced.json("show", full[:4])["id"] == full


def test_it_lists_the_possibilities_of_an_unknown_candidacy(synced: World) -> None:
    code, err = synced.fails("show", "zeppelin")
    assert code == 65
    assert "Northwind" in err
    assert "Harbour Labs" in err


def test_it_never_guesses_between_two(synced: World) -> None:
    code, err = synced.fails("why", "r")  # a letter of both names
    assert code == 65
    assert "2 candidacies" in err


def test_it_knows_no_candidacy_before_the_first_sync(world: World) -> None:
    code, err = world.fails("show", "northwind")
    assert code == 65
    assert "sync" in err
    assert not world.database.exists()


def test_it_exports_for_spreadsheet_and_calendar(synced: World) -> None:
    assert len(json.loads(synced.out("export", "--format", "json"))["candidacies"]) == 2
    table = synced.out("export", "--format", "csv").splitlines()
    assert table[0].startswith("id,company,position,status")
    assert len(table) == 3
    calendar = synced.out("export", "--format", "ics")
    assert calendar.count("BEGIN:VEVENT") == 4
    assert "SUMMARY:Interview: Northwind" in calendar
    assert "SUMMARY:Follow-up 1: Northwind" in calendar


def test_it_says_less_when_asked(synced: World) -> None:
    synced.clock.advance(timedelta(minutes=5))
    assert synced.out("-q", "sync") == ""
    assert "2 candidacies" in synced.out("sync")


def test_it_prints_nothing_that_a_terminal_obeys() -> None:
    hostile = "Acme\x1b]0;owned\x07\x9b31m\u202eevil\ud800"
    shown = clean(hostile)
    assert shown.startswith("Acme\\u001b")
    assert shown.isprintable()
    assert shown.isascii()
    assert clean("Zoë — “ok”\tline\n") == "Zoë — “ok”\tline\n"


@pytest.mark.parametrize("state", ["damaged", "foreign", "newer"])
def test_it_explains_a_database_it_cannot_use(synced: World, state: str) -> None:
    import sqlite3

    if state == "damaged":
        synced.database.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)
        for log in ("-wal", "-shm"):
            synced.database.with_name(synced.database.name + log).unlink(missing_ok=True)
    else:
        connection = sqlite3.connect(synced.database)
        order = (
            "DROP TABLE alembic_version"
            if state == "foreign"
            else "UPDATE alembic_version SET version_num = '9999'"
        )
        connection.execute(order)
        connection.commit()
        connection.close()
    code, err = synced.fails("status")
    assert code == {"damaged": 65, "foreign": 65, "newer": 78}[state]
    assert str(synced.database) in err
    assert synced.run("doctor", "--offline")[0] == code


def test_it_takes_the_configuration_that_is_named(world: World, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text("[policy]\nmax_follow_up = 3\n[acount]\n")
    code, _, err = world.run("--config", str(other), "status")
    assert code == 78
    assert "policy.max_follow_up" in err
    assert "max_follow_ups" in err
    assert "acount" in err
