"""init, auth, doctor, db, and what goes wrong on the way in."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
import tomllib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest

from agent.cli import main
from agent.cli.app import VERBS
from agent.demo.faults import Fault
from agent.gmail.auth import COMPOSE, READONLY
from tests.cli.conftest import ME, World
from tests.gmail.test_consent import consenting


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user who has nothing yet."""
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "FOLLOWUP_AGENT_CONFIG", "STATE_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


# ── init ──


def test_it_sets_the_table(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 0
    config, state = home / ".config/followup-agent/config.toml", home / ".local/state/followup-agent"
    assert tomllib.loads(config.read_text())
    assert (mode(config), mode(config.parent), mode(state)) == (0o600, 0o700, 0o700)
    out = capsys.readouterr().out
    for word in (
        "projectcreate",
        "gmail.googleapis.com",
        "In production",
        "Desktop app",
        "client_secret.json",
        "auth",
    ):
        assert word in out
    assert main(["status", "--json"]) == 0


def test_it_never_overwrites(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = home / "mine.toml"
    config.write_text("# mine\n")
    assert main(["--config", str(config), "init"]) == 0
    assert config.read_text() == "# mine\n"
    assert "left as it is" in capsys.readouterr().err


def test_it_says_where_to_begin(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status"]) == 78
    assert "followup-agent init" in capsys.readouterr().err


def test_it_says_that_a_folder_cannot_be_made(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / ".config").write_text("a file in the way")
    assert main(["init"]) == 78
    assert "cannot be made" in capsys.readouterr().err


# ── help and usage ──


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "demo"])
def test_it_helps_with_every_command(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "--help"]) == 0
    out = capsys.readouterr().out
    assert verb == "db" or "Example: followup-agent" in out or verb == "run"


@pytest.mark.parametrize(
    "line", [["nonsense"], ["status", "--nonsense"], ["show"], ["export"], ["db", "nonsense"]]
)
def test_it_takes_wrong_usage_for_what_it_is(
    line: list[str], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(line) == 2
    assert "Usage" in capsys.readouterr().err


def test_it_names_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("followup-agent, version ")


# ── auth ──


@pytest.fixture
def authorise(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """Run `auth` with a user at the browser who consents to everything."""
    (world.folder / "client_secret.json").write_text(json.dumps(world.server.client_config()))

    def browse(url: str, **_: object) -> bool:
        Thread(target=consenting, args=(url,), daemon=True).start()
        return True

    monkeypatch.setattr("webbrowser.open", browse)
    return lambda *options: world.run("auth", *options)


def test_it_brings_home_a_private_token(world: World, authorise: Callable[..., tuple[int, str, str]]) -> None:
    token = world.folder / "token.json"
    token.unlink()
    code, out, err = authorise("--json")
    assert code == 0, err
    document = json.loads(out)
    assert document["account"] == ME
    assert set(document["scopes"]) == {READONLY, COMPOSE}
    assert mode(token) == 0o600
    world.out("sync")


def test_it_refuses_another_mailbox(world: World, authorise: Callable[..., tuple[int, str, str]]) -> None:
    world.configure("account", "")
    text = world.program.config.read_text().replace(ME, "somebody@else.example")
    world.program.config.write_text(text)
    before = (world.folder / "token.json").read_text()
    code, _, err = authorise()
    assert code == 77
    assert "somebody@else.example" in err
    assert (world.folder / "token.json").read_text() == before


def test_it_says_which_box_was_not_ticked(
    world: World, authorise: Callable[..., tuple[int, str, str]]
) -> None:
    world.server.oauth.granted_scopes = {READONLY}
    code, _, err = authorise()
    assert code == 77
    assert "gmail.compose" in err


def test_it_does_not_replace_what_the_service_manager_gives(
    world: World,
    authorise: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    given = tmp_path / "credentials"
    given.mkdir(mode=0o700)
    shutil.copy(world.folder / "token.json", given / "token.json")
    (given / "token.json").chmod(0o400)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(given))
    code, _, err = authorise()
    assert code == 78
    assert "service manager" in err


def test_it_needs_the_client_file(world: World) -> None:
    code, err = world.fails("auth")
    assert code == 78
    assert "Desktop app" in err


# ── faults ──


def test_it_asks_for_a_new_authorisation(synced: World) -> None:
    synced.server.oauth.revoke()
    code, err = synced.fails("sync")
    assert code == 77
    assert "followup-agent auth" in err
    assert synced.run("status")[0] == 0


def test_it_asks_for_the_first_authorisation(world: World) -> None:
    (world.folder / "token.json").unlink()
    code, err = world.fails("sync")
    assert code == 77
    assert "followup-agent auth" in err


def test_it_names_a_token_others_can_read(world: World) -> None:
    (world.folder / "token.json").chmod(0o644)
    code, err = world.fails("sync")
    assert code == 77
    assert "chmod 600" in err


def test_it_survives_without_a_network(synced: World) -> None:
    text = synced.program.config.read_text().replace(synced.server.url, "http://127.0.0.1:9")
    synced.program.config.write_text(text)
    code, err = synced.fails("sync")
    assert code == 69
    assert "nothing is lost" in err


def test_it_is_patient_when_gmail_asks_for_patience(synced: World) -> None:
    refusal = Fault(kind="status", code=429, reason="rateLimitExceeded", path="history", times=99)
    synced.server.faults.add(refusal)
    assert synced.fails("sync")[0] == 75


def test_it_refuses_a_mailbox_that_is_not_the_stored_one(synced: World) -> None:
    text = synced.program.config.read_text().replace(ME, "other@kim.example")
    synced.program.config.write_text(text)
    code, err = synced.fails("sync")
    assert code == 77
    assert "other@kim.example" in err


def test_it_turns_a_bug_into_a_report_without_a_word_of_mail(
    synced: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the secret subject of a mail")

    monkeypatch.setattr("agent.cli.status.look", broken)
    state = tmp_path / "elsewhere" / "followup-agent"
    state.mkdir(parents=True)
    code, err = synced.fails("status")
    assert code == 1
    assert "secret" not in err
    log = state / "crash.log"
    assert str(log) in err
    assert "RuntimeError" in log.read_text()
    assert "secret" not in log.read_text()
    assert mode(log) == 0o600


def damage_a_page(database: Path) -> None:
    """A label without a name, where the schema forbids it: what noise in a page may look like."""
    with closing(sqlite3.connect(database)) as connection:
        (rule,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'label'").fetchone()
        connection.execute("PRAGMA writable_schema = ON")
        change = "UPDATE sqlite_master SET sql = ? WHERE name = 'label'"
        connection.execute(change, (rule.replace("NOT NULL", ""),))
        connection.commit()
        connection.execute("PRAGMA writable_schema = RESET")
        connection.execute("INSERT INTO label VALUES ('Label_7', NULL)")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(change, (rule,))
        connection.commit()


def test_it_tells_a_damaged_database_from_a_bug(synced: World) -> None:
    damage_a_page(synced.database)
    code, err = synced.fails("sync")
    assert code == 65
    assert "damaged" in err
    assert "NULL value in label.name" in err
    assert "report this bug" not in err


# ── db ──


def test_it_backs_up_checks_and_upgrades(synced: World, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert synced.json("db", "backup", str(copy))["bytes"] == copy.stat().st_size
    assert mode(copy) == 0o600
    assert synced.fails("db", "backup", str(copy))[0] == 65
    assert synced.fails("db", "backup", str(tmp_path / "nowhere" / "copy.db"))[0] == 65
    assert Path(synced.json("db", "backup")["file"]).parent == synced.database.parent
    assert synced.json("db", "check")["problems"] == []
    assert synced.json("db", "upgrade")["upgraded"] is False


def test_it_reports_damage(synced: World) -> None:
    connection = sqlite3.connect(synced.database)
    connection.execute("UPDATE message SET source = x'00' WHERE source IS NOT NULL")
    connection.commit()
    connection.close()
    code, out, err = synced.run("db", "check")
    assert code == 65
    assert out == ""
    assert "not sound" in err


def test_it_cares_only_for_a_database_that_is_there(world: World) -> None:
    for verb in ("backup", "check", "upgrade"):
        assert world.fails("db", verb)[0] == 65
    assert not world.database.exists()
