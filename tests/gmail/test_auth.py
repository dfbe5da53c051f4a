"""The token file is private, whole, and honoured; a refresh that fails says why."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agent.demo.faults import Fault, Kind
from agent.demo.server import GmailServer
from agent.errors import AuthError, ConfigError, GmailUnavailable, Refused
from agent.gmail.auth import (
    COMPOSE,
    READONLY,
    load_token,
    missing_scopes,
    refresh,
    save_if_rotated,
    save_token,
)
from agent.gmail.auth_revocation import revoke
from agent.gmail.transport import Answer


def naive(*parts: int) -> datetime:
    """UTC without saying so, as Google's library keeps it."""
    year, month, day, hour, minute, second, microsecond = (*parts, 0, 0, 0, 0)[:7]
    return datetime(year, month, day, hour, minute, second, microsecond, UTC).replace(tzinfo=None)


def rewrite(path: Path, **changes: Any) -> Path:
    info = json.loads(path.read_text()) | changes
    path.write_text(json.dumps({key: value for key, value in info.items() if value is not None}))
    return path


# ── the file ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_honours_the_token_uri_of_the_file(token_file: Path, server: GmailServer) -> None:
    credentials = load_token(token_file)
    assert credentials.token_uri == f"{server.url}/token"
    assert credentials.scopes == [READONLY, COMPOSE]
    assert credentials.valid


def test_it_goes_to_google_where_the_file_names_no_token_uri(token_file: Path) -> None:
    assert load_token(rewrite(token_file, token_uri=None)).token_uri == "https://oauth2.googleapis.com/token"


@pytest.mark.parametrize(
    "uri", ["https://evil.example/token", "http://oauth2.googleapis.com/token", "nonsense"]
)
def test_it_sends_no_secret_to_strangers(token_file: Path, uri: str) -> None:
    with pytest.raises(ConfigError):
        load_token(rewrite(token_file, token_uri=uri))


@pytest.mark.parametrize(
    ("text", "expiry"),
    [
        ("2026-03-02T10:00:00Z", naive(2026, 3, 2, 10)),
        ("2026-03-02T10:00:00.250000Z", naive(2026, 3, 2, 10, 0, 0, 250000)),
        ("2026-03-02T12:00:00+02:00", naive(2026, 3, 2, 10)),
        ("2026-03-02T10:00:00", naive(2026, 3, 2, 10)),
        ("soon", naive(1970, 1, 1)),
        (None, naive(1970, 1, 1)),
    ],
)
def test_it_reads_the_expiry_as_utc(token_file: Path, text: str | None, expiry: datetime) -> None:
    assert load_token(rewrite(token_file, expiry=text)).expiry == expiry


@pytest.mark.parametrize("scopes", [f"{READONLY} {COMPOSE}", [READONLY, COMPOSE]])
def test_it_takes_scopes_as_list_or_text(token_file: Path, scopes: object) -> None:
    assert load_token(rewrite(token_file, scopes=scopes)).scopes == [READONLY, COMPOSE]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"refresh_token": 1}', "[" * 100_000, "\x00\xff"])
def test_it_asks_for_authorisation_when_the_file_is_unusable(token_file: Path, text: str) -> None:
    token_file.write_text(text)
    with pytest.raises(AuthError) as caught:
        load_token(token_file)
    assert any("followup-agent auth" in line for line in caught.value.problems)


def test_it_asks_for_authorisation_when_there_is_no_file(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(AuthError) as caught:
            load_token(path)
        assert any("followup-agent auth" in line for line in caught.value.problems)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_it_refuses_a_file_that_others_can_read(token_file: Path, mode: int) -> None:
    token_file.chmod(mode)
    with pytest.raises(AuthError) as caught:
        load_token(token_file)
    assert caught.value.problems == (f"run: chmod 600 {token_file}",)


def test_it_takes_a_credential_of_systemd_with_its_access_list(
    token_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(token_file.parent))
    token_file.chmod(0o440)
    assert load_token(token_file).valid
    token_file.chmod(0o444)
    with pytest.raises(AuthError):
        load_token(token_file)


# ── saving ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_saves_what_it_loads(token_file: Path, tmp_path: Path) -> None:
    credentials = load_token(token_file)
    copy = tmp_path / "copy.json"
    old = os.umask(0)
    try:
        save_token(copy, credentials)
    finally:
        os.umask(old)
    again = load_token(copy)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert (again.token, again.refresh_token, again.token_uri, again.client_id, again.client_secret) == (
        credentials.token,
        credentials.refresh_token,
        credentials.token_uri,
        credentials.client_id,
        credentials.client_secret,
    )
    assert set(again.scopes or ()) == {READONLY, COMPOSE}
    assert again.expiry == (credentials.expiry or naive(1970, 1, 1)).replace(microsecond=0)


def test_it_keeps_the_old_file_when_the_new_one_cannot_be_written(
    token_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = token_file.read_text()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        save_token(token_file, load_token(token_file))
    assert token_file.read_text() == before
    assert list(token_file.parent.iterdir()) == [token_file]


def test_it_replaces_a_link_instead_of_following_it(token_file: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("theirs")
    link = tmp_path / "link.json"
    link.symlink_to(elsewhere)
    save_token(link, load_token(token_file))
    assert elsewhere.read_text() == "theirs"
    assert not link.is_symlink()


def test_it_saves_a_rotated_refresh_token_only(token_file: Path) -> None:
    credentials = load_token(token_file)
    loaded = credentials.refresh_token or ""
    assert not save_if_rotated(token_file, credentials, loaded=loaded)
    credentials._refresh_token = "new"
    assert save_if_rotated(token_file, credentials, loaded=loaded)
    assert load_token(token_file).refresh_token == "new"


def test_it_does_not_overwrite_a_newer_authorisation(token_file: Path) -> None:
    credentials = load_token(token_file)
    loaded = credentials.refresh_token or ""
    credentials._refresh_token = "rotated"
    rewrite(token_file, refresh_token="authorised anew")
    assert not save_if_rotated(token_file, credentials, loaded=loaded)
    assert load_token(token_file).refresh_token == "authorised anew"


def test_it_leaves_a_read_only_token_alone(token_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    credentials = load_token(token_file)
    loaded = credentials.refresh_token or ""
    credentials._refresh_token = "rotated"
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert not save_if_rotated(token_file, credentials, loaded=loaded)


# ── scopes ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_knows_which_scopes_are_missing() -> None:
    assert missing_scopes([READONLY, COMPOSE]) == ()
    assert missing_scopes([READONLY]) == (COMPOSE,)
    assert missing_scopes([]) == (READONLY, COMPOSE)
    assert missing_scopes(None) == ()
    assert missing_scopes(["https://www.googleapis.com/auth/gmail.modify"]) == ()


# ── refresh ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_renews_the_access_token(token_file: Path) -> None:
    credentials = load_token(rewrite(token_file, token=None, expiry=None))
    assert not credentials.valid
    refresh(credentials)
    assert credentials.valid


def test_it_asks_for_authorisation_when_the_grant_is_gone(token_file: Path, server: GmailServer) -> None:
    server.oauth.revoke()
    with pytest.raises(AuthError) as caught:
        refresh(load_token(token_file))
    assert "run: followup-agent auth" in caught.value.problems
    assert server.oauth.token_requests == 1


def test_it_names_a_client_that_is_gone(token_file: Path) -> None:
    with pytest.raises(AuthError, match="OAuth client"):
        refresh(load_token(rewrite(token_file, client_secret="changed")))


PASSING: list[Kind] = ["html_502", "status", "reset_before", "truncate", "malformed_json"]


@pytest.mark.parametrize("kind", PASSING)
def test_it_does_not_call_a_failing_token_server_a_lost_grant(
    token_file: Path, server: GmailServer, kind: Kind
) -> None:
    server.faults.add(Fault(kind=kind, path="token", times=9))
    with pytest.raises(GmailUnavailable):
        refresh(load_token(token_file))


def test_it_reports_an_unreachable_token_server(token_file: Path) -> None:
    with pytest.raises(GmailUnavailable):
        refresh(load_token(rewrite(token_file, token_uri="http://127.0.0.1:9/token")))


# ── revocation ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_revokes_at_the_side_of_the_token_server(token_file: Path, server: GmailServer) -> None:
    credentials = load_token(token_file)
    assert revoke(credentials)
    with pytest.raises(AuthError):
        refresh(credentials)


@pytest.mark.parametrize(
    "uri", ["https://oauth2.googleapis.com/token", "https://accounts.google.com/o/oauth2/token"]
)
def test_it_revokes_at_google_whatever_token_server_of_theirs_is_named(
    token_file: Path, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []

    def answer(_: object, method: str, url: str, **more: Any) -> Answer:
        asked.append((method, url))
        assert b"token=1%2F%2F0" in more["body"]
        return Answer(200, {}, b"{}")

    monkeypatch.setattr("agent.gmail.auth_revocation.exchange", answer)
    assert revoke(load_token(rewrite(token_file, token_uri=uri)))
    assert asked == [("POST", "https://oauth2.googleapis.com/revoke")]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(200, {}, b""), True),
        (Answer(400, {}, b'{"error": "invalid_token"}'), False),
        (Answer(400, {}, b'{"error": "unsupported_token_type"}'), Refused),
        (Answer(400, {}, b"<html>"), Refused),
        (Answer(401, {}, b"[]"), Refused),
        (Answer(302, {"location": "https://evil.example/"}, b""), Refused),
        (Answer(429, {}, b""), GmailUnavailable),
        (Answer(503, {}, b""), GmailUnavailable),
    ],
)
def test_it_takes_only_a_yes_for_a_yes(
    token_file: Path, answer: Answer, expected: bool | type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.gmail.auth_revocation.exchange", lambda *_, **__: answer)
    if isinstance(expected, bool):
        assert revoke(load_token(token_file)) is expected
        return
    with pytest.raises(expected):
        revoke(load_token(token_file))
