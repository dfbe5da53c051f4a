"""``doctor``: each thing that can be wrong is found, with its remedy."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from agent.cli import checkup, checkup_units
from agent.cli.checkup import countries
from agent.demo.faults import Fault
from agent.errors import GmailUnavailable
from agent.gmail.auth import READONLY
from agent.gmail.transport import Answer
from agent.store.files import turn_lock
from tests.cli.conftest import ME, START, World

SHIPPED = Path(__file__).parents[2] / "systemd"


@pytest.fixture
def on_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gmail's clock and the moved one agree."""
    answers(monkeypatch, Answer(401, {"date": format_datetime(START)}, b'{"error": {}}'))


def answers(monkeypatch: pytest.MonkeyPatch, answer: Answer) -> None:
    """What Gmail says to a request without a token."""
    monkeypatch.setattr("agent.cli.checkup_gmail._asked", lambda _: answer)


def finding(world: World, check: str, *options: str) -> tuple[str, str, list[str]]:
    """Level, words and remedies of one line."""
    _, out, _ = world.run("doctor", *options, "--json")
    row = next(row for row in json.loads(out)["checks"] if row["check"] == check)
    return row["level"], row["what"], row["remedies"]


def levels(world: World, *options: str) -> dict[str, str]:
    _, out, _ = world.run("doctor", *options, "--json")
    return {row["check"]: row["level"] for row in json.loads(out)["checks"]}


def test_it_finds_everything_in_order(synced: World, on_time: None) -> None:
    code, out, _ = synced.run("doctor", "--json")
    document = json.loads(out)
    assert (code, document["sound"]) == (0, True)
    found = {row["check"]: row["level"] for row in document["checks"]}
    assert found.keys() == {
        "configuration", "time zone", "holidays", "configuration file", "configuration folder", "disk", "state folder",
        "database file", "client file", "database", "lock", "last turn", "quota", "gmail", "clock", "scopes",
        "authorisation", "account", "service",
    }  # fmt: skip
    assert set(found.values()) == {"ok"}


def test_it_warns_of_a_token_that_may_do_more(synced: World) -> None:
    token = synced.folder / "token.json"
    info = json.loads(token.read_text())
    info["scopes"].append("https://mail.google.com/")
    token.write_text(json.dumps(info))
    assert levels(synced, "--offline")["scopes"] == "warning"


def test_it_names_a_missing_scope(synced: World) -> None:
    token = synced.folder / "token.json"
    token.write_text(json.dumps({**json.loads(token.read_text()), "scopes": [READONLY]}))
    code, out, _ = synced.run("doctor")
    assert code == 77
    assert "gmail.compose was not granted" in out


def test_it_warns_of_open_files(synced: World) -> None:
    synced.database.chmod(0o644)
    synced.database.parent.chmod(0o755)
    found = levels(synced, "--offline")
    assert (found["database file"], found["state folder"]) == ("warning", "warning")
    assert "chmod 600" in synced.run("doctor", "--offline")[1]


def test_it_reports_a_revoked_token_and_a_dead_network(synced: World) -> None:
    synced.server.oauth.revoke()
    code, out, _ = synced.run("doctor")
    assert code == 77
    assert "ok       gmail: answers" in out
    assert "→ run: followup-agent auth" in out
    text = synced.program.config.read_text().replace(synced.server.url, "http://127.0.0.1:9")
    synced.program.config.write_text(text)
    assert synced.run("doctor")[0] == 69
    assert levels(synced, "--offline")["gmail"] == "ok"


def test_it_lists_every_problem_of_the_configuration(world: World) -> None:
    world.program.config.write_text('[policy]\nholidays = "Utopia"\nfirst_follow_up_days = "seven"\n')
    code, out, _ = world.run("doctor")
    assert code == 78
    assert "policy.holidays" in out
    assert "policy.first_follow_up_days" in out


def test_it_remembers_turns_that_failed(synced: World) -> None:
    refusal = Fault(kind="status", code=503, path="history", times=99)
    synced.server.faults.add(refusal)
    assert synced.fails("sync")[0] == 69
    synced.server.faults.clear()
    code, out, _ = synced.run("doctor")
    assert code == 0
    assert "1 failed since" in out


# ── place ──


@pytest.mark.parametrize(
    ("zone", "code", "level"),
    [
        ("Europe/Berlin", "US", "warning"),
        ("Europe/Berlin", "DE-BY", "ok"),
        ("Europe/Zurich", "LI", "ok"),
        ("America/New_York", "US", "ok"),
        ("UTC", "US", "ok"),
    ],
)
def test_it_wonders_at_holidays_of_another_country(zone: str, code: str, level: str) -> None:
    assert checkup._holidays(code, zone).level == level


def test_it_knows_where_a_time_zone_lies() -> None:
    assert countries("Europe/Berlin") >= {"DE"}
    assert countries("Etc/UTC") == frozenset()


# ── files ──


def test_it_warns_of_a_configuration_that_others_can_write(synced: World) -> None:
    synced.program.config.chmod(0o666)
    level, what, remedies = finding(synced, "configuration file", "--offline")
    assert level == "warning"
    assert "0666" in what
    assert remedies == [f"run: chmod go-w {synced.program.config}"]


def test_it_warns_of_a_full_disk(synced: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.cli.checkup.shutil.disk_usage", lambda _: SimpleNamespace(free=5 << 20))
    assert finding(synced, "disk", "--offline")[:2] == (
        "warning", f"only 5 MB are free at {synced.database.parent}",
    )  # fmt: skip


def test_it_reports_a_folder_that_cannot_be_written_to(
    synced: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.cli.checkup.os.access", lambda *_: False)
    assert synced.run("doctor", "--offline")[0] == 78
    assert finding(synced, "disk", "--offline")[0] == "problem"


def test_it_misses_the_client_file_only_where_there_is_no_token(synced: World) -> None:
    assert finding(synced, "client file", "--offline")[0] == "ok"
    (synced.folder / "token.json").unlink()
    code, out, _ = synced.run("doctor", "--offline")
    assert code == 78
    assert "followup-agent init" in out


def test_it_warns_of_a_token_others_can_read(synced: World) -> None:
    (synced.folder / "token.json").chmod(0o644)
    level, _, remedies = finding(synced, "authorisation", "--offline")
    assert level == "problem"
    assert remedies == [f"run: chmod 600 {synced.folder / 'token.json'}"]


# ── database ──


def test_it_reports_a_damaged_database(synced: World) -> None:
    connection = sqlite3.connect(synced.database)
    connection.execute("UPDATE message SET source = x'00' WHERE source IS NOT NULL")
    connection.commit()
    connection.close()
    code, out, _ = synced.run("doctor", "--offline")
    assert code == 65
    assert "restore a backup" in out


@pytest.mark.parametrize(("revision", "level"), [("0000", "warning"), ("9999", "problem")])
def test_it_tells_of_another_schema(synced: World, revision: str, level: str) -> None:
    connection = sqlite3.connect(synced.database)
    connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.commit()
    connection.close()
    found = finding(synced, "database", "--offline")
    assert found[0] == level
    assert revision in found[1]


def test_it_names_who_holds_the_lock_and_for_how_long(synced: World) -> None:
    lock = synced.database.with_name(f"{synced.database.name}.lock")
    with turn_lock(synced.database):
        os.utime(lock, (START.timestamp(), START.timestamp()))
        assert finding(synced, "lock", "--offline")[:2] == (
            "ok",
            f"a turn is running (process {os.getpid()})",
        )
        synced.clock.advance(timedelta(minutes=40))
        level, what, remedies = finding(synced, "lock", "--offline")
    assert (level, "40 minutes" in what) == ("warning", True)
    assert f"kill {os.getpid()}" in remedies[0]


def test_it_warns_when_no_turn_has_succeeded_for_days(synced: World) -> None:
    assert finding(synced, "last turn", "--offline")[0] == "ok"
    synced.clock.advance(timedelta(days=3))
    level, _, remedies = finding(synced, "last turn", "--offline")
    assert level == "warning"
    assert "followup-agent sync" in remedies[0]


def test_it_reckons_what_the_last_day_cost(synced: World) -> None:
    level, what, _ = finding(synced, "quota", "--offline")
    assert level == "ok"
    assert "in 1 turns of the last day" in what
    refusal = Fault(kind="status", code=429, reason="rateLimitExceeded", path="history", times=99)
    synced.server.faults.add(refusal)
    synced.fails("sync")
    level, what, remedies = finding(synced, "quota", "--offline")
    assert level == "warning"
    assert "patience 1 times" in what
    assert "quota_units_per_minute" in remedies[0]
    synced.clock.advance(timedelta(days=2))
    assert finding(synced, "quota", "--offline")[0] == "ok"


# ── Gmail ──


def test_it_takes_no_portal_for_gmail(synced: World, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, Answer(200, {}, b"<html>Welcome to the hotel"))
    code, out, _ = synced.run("doctor")
    assert code == 69
    assert "something else answers" in out


def test_it_asks_gmail_even_without_a_token(world: World) -> None:
    (world.folder / "token.json").unlink()
    assert finding(world, "gmail")[0] == "ok"


def test_it_warns_of_a_clock_that_is_off(synced: World, monkeypatch: pytest.MonkeyPatch) -> None:
    date = format_datetime(START + timedelta(minutes=9))
    answers(monkeypatch, Answer(401, {"date": date}, b"{}"))
    level, what, remedies = finding(synced, "clock")
    assert (level, "9 minutes" in what) == ("warning", True)
    assert "timedatectl" in remedies[0]


@pytest.mark.parametrize("date", ["", "soon", "99"])
def test_it_says_nothing_of_the_clock_without_a_date(
    synced: World, monkeypatch: pytest.MonkeyPatch, date: str
) -> None:
    answers(monkeypatch, Answer(401, {"date": date}, b"{}"))
    assert "clock" not in levels(synced)


def test_it_reports_a_gmail_that_fails(synced: World, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, Answer(502, {}, b"{}"))
    assert synced.run("doctor")[0] == GmailUnavailable.exit_status


def test_it_reports_the_wrong_mailbox(synced: World) -> None:
    text = synced.program.config.read_text().replace(ME, "other@kim.example")
    synced.program.config.write_text(text)
    level, what, remedies = finding(synced, "account")
    assert level == "problem"
    assert f"opens {ME}, but the configured mailbox is other@kim.example" in what
    assert "followup-agent auth" in remedies[0]


# ── units ──


@pytest.fixture
def installed(synced: World, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped user unit, in its place; its program is there, and the user lingers."""
    folder = synced.folder / "settings" / "systemd" / "user"
    folder.mkdir(parents=True)
    unit = folder / "followup-agent.service"
    program = synced.folder / "followup-agent"
    program.touch()
    text = (
        (SHIPPED / "followup-agent.service").read_text().replace("%h/.local/bin/followup-agent", str(program))
    )
    unit.write_text(text)
    linger = synced.folder / "linger"
    linger.mkdir()
    monkeypatch.setattr(checkup_units, "LINGER", linger)
    monkeypatch.setattr("agent.cli.checkup_units.getpass.getuser", lambda: "dana")
    (linger / "dana").touch()
    return unit


def test_it_finds_an_installed_unit_in_order(synced: World, installed: Path) -> None:
    found = levels(synced, "--offline")
    assert (found["service"], found["linger"]) == ("ok", "ok")
    assert str(installed) in finding(synced, "service", "--offline")[1]


def test_it_warns_of_a_unit_whose_program_is_gone(synced: World, installed: Path) -> None:
    (synced.folder / "followup-agent").unlink()
    level, what, _ = finding(synced, "service", "--offline")
    assert level == "warning"
    assert "is not there" in what


def test_it_warns_where_units_stop_at_logout(synced: World, installed: Path) -> None:
    (synced.folder / "linger" / "dana").unlink()
    level, _, remedies = finding(synced, "linger", "--offline")
    assert level == "warning"
    assert "loginctl enable-linger" in remedies[0]
    assert installed.exists()


@pytest.mark.parametrize(("exposure", "level"), [(1.1, "ok"), (9.6, "warning"), (None, "ok")])
def test_it_rates_the_hardening_of_a_unit(
    synced: World, installed: Path, monkeypatch: pytest.MonkeyPatch, exposure: float | None, level: str
) -> None:
    monkeypatch.setattr("agent.cli.checkup_units.shutil.which", lambda _: "/usr/bin/systemd-analyze")
    monkeypatch.setattr("agent.cli.checkup_units._exposure", lambda *_, **__: exposure)
    assert finding(synced, "hardening", "--offline")[0] == level
    assert installed.exists()


@pytest.mark.process
def test_it_reads_the_rating_of_the_shipped_system_unit() -> None:
    analyse = shutil.which("systemd-analyze")
    if analyse is None:
        pytest.skip("no systemd-analyze on this machine")
    exposure = checkup_units._exposure(analyse, SHIPPED / "followup-agent@.service", user=False)
    if exposure is None:
        pytest.skip("this systemd-analyze rates no unit files (--offline)")
    assert exposure <= checkup_units.EXPOSURE_SYSTEM


def test_it_takes_no_answer_of_systemd_for_no_rating(tmp_path: Path) -> None:
    silent = tmp_path / "systemd-analyze"
    silent.write_text("#!/bin/sh\nexit 1\n")
    silent.chmod(0o755)
    assert checkup_units._exposure(str(silent), tmp_path, user=True) is None
    assert checkup_units._exposure(str(tmp_path / "none"), tmp_path, user=False) is None
