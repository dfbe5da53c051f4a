"""``auth`` after the consent: handing the token over, looking at it, ending it; and what may go wrong on the way."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import stat
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner

from agent.cli import main
from agent.demo.faults import Fault
from agent.demo.oauth import Refusal
from agent.gmail.auth import COMPOSE, READONLY
from tests.cli.conftest import ME, World
from tests.gmail.test_consent import consenting, fetch


def token(world: World) -> Path:
    return world.folder / "token.json"


def give(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """The text on standard input."""
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def change(path: Path, **what: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | what))


def browse(url: str, **_: object) -> bool:
    """A browser whose user consents."""
    Thread(target=consenting, args=(url,), daemon=True).start()
    return True


# ── export and import ──


def test_it_hands_the_authorisation_over_through_a_pipe(
    synced: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = synced.run("auth", "export")
    assert code == 0
    assert "key to the mailbox" in err
    handed = json.loads(out)
    assert handed["refresh_token"] == json.loads(token(synced).read_text())["refresh_token"]
    assert handed["token"] is None  # the other side gets an access token of its own
    token(synced).unlink()
    give(monkeypatch, out)
    assert synced.json("auth", "import") == {"schema": 1, "account": ME, "token_file": str(token(synced))}
    assert stat.S_IMODE(token(synced).stat().st_mode) == 0o600
    synced.out("sync")


def test_it_hands_the_authorisation_over_in_a_private_file(synced: World) -> None:
    file = synced.folder / "handed.json"
    old = os.umask(0)
    try:
        assert synced.out("auth", "export", "--output", str(file)) == ""
    finally:
        os.umask(old)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    code, out, err = synced.run("auth", "import", str(file))
    assert code == 0
    assert ME in out
    assert f"{file} still holds the authorisation: delete it" in err


def test_it_shows_no_secret_on_a_terminal(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    assert main(["--config", str(world.program.config), "auth", "export"]) == 2
    assert screen.getvalue() == ""


def test_it_refuses_to_import_a_file_that_others_can_read(synced: World) -> None:
    file = synced.folder / "handed.json"
    shutil.copy(token(synced), file)
    file.chmod(0o644)
    before = token(synced).read_bytes()
    code, err = synced.fails("auth", "import", str(file))
    assert code == 65
    assert f"chmod 600 {file}" in err
    assert token(synced).read_bytes() == before


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"refresh_token": "x"}', '{"refresh_token": "x", "client_id": "y", "client_secret": "z", "token_uri": "https://evil.example/token"}'],
)  # fmt: skip
def test_it_imports_nothing_that_is_no_authorisation(
    synced: World, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    before = token(synced).read_bytes()
    give(monkeypatch, text)
    code, err = synced.fails("auth", "import")
    assert code == 65
    assert "cannot be imported" in err
    assert token(synced).read_bytes() == before


def test_it_imports_nothing_from_a_file_that_is_not_there(synced: World) -> None:
    assert synced.fails("auth", "import", str(synced.folder / "none.json"))[0] == 65


def test_it_imports_no_dead_authorisation(synced: World, monkeypatch: pytest.MonkeyPatch) -> None:
    text = synced.out("auth", "export")
    synced.server.oauth.revoke()
    give(monkeypatch, text)
    code, err = synced.fails("auth", "import")
    assert code == 77
    assert "no longer accepts" in err


def test_it_imports_no_half_authorisation(synced: World, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, json.dumps(synced.server.token_info([READONLY])))
    code, err = synced.fails("auth", "import")
    assert code == 77
    assert "gmail.compose" in err


def test_it_imports_no_authorisation_for_another_mailbox(
    synced: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = synced.out("auth", "export")
    before = token(synced).read_bytes()
    synced.program.config.write_text(synced.program.config.read_text().replace(ME, "other@kim.example"))
    give(monkeypatch, text)
    code, err = synced.fails("auth", "import")
    assert code == 77
    assert ME in err
    assert "not other@kim.example" in err
    assert token(synced).read_bytes() == before


def test_it_imports_nothing_without_a_network(synced: World, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, synced.out("auth", "export"))
    synced.server.faults.add(Fault(kind="reset_before", path="token", times=9))
    assert synced.fails("auth", "import")[0] == 69


def test_it_leaves_what_the_service_manager_gives(
    synced: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given = tmp_path / "credentials"
    given.mkdir(mode=0o700)
    shutil.copy(token(synced), given / "token.json")
    (given / "token.json").chmod(0o400)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(given))
    give(monkeypatch, "{}")
    code, err = synced.fails("auth", "import")
    assert code == 78
    assert "service manager" in err
    document = synced.json("auth", "revoke")
    assert (document["revoked"], document["removed"]) == (True, False)
    assert (given / "token.json").exists()


# ── revoke ──


def test_it_ends_the_authorisation_at_google_and_here(synced: World) -> None:
    code, out, err = synced.run("auth", "revoke")
    assert code == 0
    assert "has been revoked" in out
    assert "myaccount.google.com" in err
    assert not token(synced).exists()
    assert synced.server.arrived("POST", "revoke") == 1
    assert synced.server.oauth._grants == {}
    assert synced.fails("sync")[0] == 77
    assert synced.json("status")["candidacies"]
    assert synced.fails("auth", "revoke")[0] == 77


@pytest.mark.parametrize("kind", ["status", "html_502", "reset_before", "reset_after", "hang_up"])
def test_it_tells_when_google_could_not_be_asked_and_keeps_the_token(synced: World, kind: Any) -> None:
    synced.server.faults.add(Fault(kind=kind, path="revoke"))
    code, err = synced.fails("auth", "revoke")
    assert code == 69
    assert "revoke" in err
    assert token(synced).exists()
    assert synced.json("auth", "revoke")["removed"] is True


def test_it_tells_when_google_refuses_and_keeps_the_token(synced: World) -> None:
    synced.server.faults.add(Fault(kind="status", code=403, reason="forbidden", path="revoke"))
    code, err = synced.fails("auth", "revoke")
    assert code == 77
    assert "myaccount.google.com" in err
    assert token(synced).exists()


def test_it_deletes_a_token_that_was_dead_already(synced: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_: object) -> None:
        raise Refusal("invalid_token", "Token expired or revoked")

    monkeypatch.setattr(synced.server.oauth, "revoke", gone)
    assert synced.json("auth", "revoke") == {
        "schema": 1, "revoked": False, "token_file": str(token(synced)), "removed": True,
    }  # fmt: skip
    assert not token(synced).exists()


# ── status ──


def test_it_says_what_the_authorisation_opens(synced: World) -> None:
    document = synced.json("auth", "status")
    assert document["account"] == ME
    assert document["mode"] == "0600"
    assert set(document["scopes"]) == {READONLY, COMPOSE}
    assert document["missing_scopes"] == []
    assert document["accepted_by_google"] is True
    code, out, err = synced.run("auth", "status", "--offline")
    assert code == 0
    assert "not asked" in out
    assert "7 days" in err
    text = token(synced).read_text()
    assert json.loads(text)["refresh_token"] not in out + err


def test_it_says_that_google_no_longer_accepts_it(synced: World) -> None:
    synced.server.oauth.revoke()
    code, err = synced.fails("auth", "status")
    assert code == 77
    assert "followup-agent auth" in err
    assert synced.json("auth", "status", "--offline")["accepted_by_google"] is None


# ── consent on a server ──


@pytest.fixture
def served(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """An ssh session on a machine without a screen, with the client file in place."""
    (world.folder / "client_secret.json").write_text(json.dumps(world.server.client_config()))
    token(world).unlink()
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.7 51514 192.0.2.10 22")
    monkeypatch.setattr("webbrowser.open", lambda *_, **__: pytest.fail("no browser in an ssh session"))
    return world


def test_it_tells_how_to_forward_the_port(served: World, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    def prompt(text: object = "", **_: object) -> None:
        said.append(str(text))
        if url := re.search(rf"{served.server.url}/auth\S*", str(text)):
            browse(url[0])

    monkeypatch.setattr("agent.cli.auth.click.echo", prompt)
    code, _, _ = served.run("auth")
    assert code == 0
    port = re.search(r"ssh -L (\d+):127\.0\.0\.1:\1 \S+@192\.0\.2\.10", "\n".join(said))
    assert port
    assert token(served).exists()


def test_it_takes_a_pasted_address(served: World) -> None:
    """The user copies the address of the page that their browser, elsewhere, could not open."""
    asked: list[str] = []

    def paste(question: str, **_: object) -> str:
        return fetch(asked[-1])[1]

    def heard(text: object = "", **_: object) -> None:
        asked.extend(re.findall(rf"{served.server.url}/auth\S*", str(text)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("agent.cli.auth.click.prompt", paste)
        patch.setattr("agent.cli.auth.click.echo", heard)
        code, _, _ = served.run("auth", "--paste")
    assert code == 0
    assert stat.S_IMODE(token(served).stat().st_mode) == 0o600
    served.out("sync")


def test_it_explains_how_long_the_authorisation_lives(synced: World, monkeypatch: pytest.MonkeyPatch) -> None:
    (synced.folder / "client_secret.json").write_text(json.dumps(synced.server.client_config()))

    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    monkeypatch.setattr("webbrowser.open", browse)
    _, _, err = synced.run("auth")
    assert "six months unused" in err
    assert "'Testing'" in err


def test_it_refuses_another_mailbox_than_the_stored_one(
    synced: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is configured: the mail that is stored says whose mailbox it is."""
    (synced.folder / "client_secret.json").write_text(json.dumps(synced.server.client_config()))
    text = synced.program.config.read_text()
    synced.program.config.write_text(re.sub(r'address = ".*"\n', "", text))
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    monkeypatch.setattr("webbrowser.open", browse)
    monkeypatch.setattr("agent.gmail.consent.mailbox_of", lambda *_: "somebody@else.example")
    before = token(synced).read_bytes()
    code, err = synced.fails("auth")
    assert code == 77
    assert f"somebody@else.example, not {ME}" in err
    assert token(synced).read_bytes() == before


def test_it_names_a_permission_that_is_missing_at_the_turn(world: World) -> None:
    """A token of before, without the right to write drafts: the turn that needs it ends with the remedy."""
    token(world).write_text(json.dumps(world.server.token_info([READONLY])))
    code, err = world.fails("sync")
    assert code == 77
    assert "followup-agent auth" in err


def test_it_lists_its_deeds_in_the_help() -> None:
    from agent.cli.auth import command

    out = CliRunner().invoke(command, ["--help"]).output
    for word in ("export", "import", "revoke", "status", "--paste"):
        assert word in out
