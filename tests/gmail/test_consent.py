"""Consent survives favicons, port scans, missing boxes and slow users."""

import json
import logging
import os
import socket
import webbrowser
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from agent.demo.faults import Fault
from agent.demo.server import GmailServer
from agent.errors import AuthError, ConfigError, GmailUnavailable
from agent.gmail.auth import COMPOSE, READONLY
from agent.gmail.consent import authorise
from tests.demo.letters import ME

Browser = Callable[[str], None]


def fetch(url: str) -> tuple[int, str]:
    """GET without following: the status, and the Location or the body."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}")
        response = connection.getresponse()
        return response.status, response.getheader("Location") or response.read().decode()
    finally:
        connection.close()


def consenting(url: str) -> None:
    """A browser that opens the page, consents, and follows the redirect."""
    _, location = fetch(url)
    assert fetch(location)[0] == 200


@pytest.fixture
def client_file(server: GmailServer, tmp_path: Path) -> Path:
    path = tmp_path / "client_secret.json"
    path.write_text(json.dumps(server.client_config()))
    return path


@pytest.fixture
def ask(client_file: Path, server: GmailServer) -> Iterator[Callable[..., Any]]:
    threads: list[Thread] = []

    def run(browser: Browser = consenting, **options: Any) -> Any:
        def prompt(text: str) -> None:
            url = next(word for word in text.split() if word.startswith(f"{server.url}/auth"))
            threads.append(Thread(target=browser, args=(url,), daemon=True))
            threads[-1].start()

        settings: dict[str, Any] = {
            "open_browser": False,
            "timeout_seconds": 5.0,
            "prompt": prompt,
            "endpoint": server.url,
        }
        return authorise(client_file, **settings | options)

    yield run
    for thread in threads:
        thread.join(5)


def test_it_brings_home_a_token_for_both_scopes(ask: Callable[..., Any], server: GmailServer) -> None:
    environment = dict(os.environ)
    credentials = ask(expected_address=ME)
    assert set(credentials.scopes) == {READONLY, COMPOSE}
    assert credentials.valid
    assert credentials.refresh_token
    assert credentials.token_uri == f"{server.url}/token"
    assert dict(os.environ) == environment


def test_it_uses_pkce_a_state_and_asks_for_a_lasting_token(ask: Callable[..., Any]) -> None:
    seen: list[str] = []

    def browser(url: str) -> None:
        seen.append(url)
        consenting(url)

    ask(browser)
    query = parse_qs(urlsplit(seen[0]).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["access_type"] == ["offline"]
    assert query["prompt"] == ["consent"]
    assert set(query["scope"][0].split()) == {READONLY, COMPOSE}
    assert len(query["state"][0]) >= 16
    assert query["redirect_uri"][0].startswith("http://127.0.0.1:")


def test_it_waits_through_favicons_scans_and_forgeries(ask: Callable[..., Any]) -> None:
    def browser(url: str) -> None:
        home = parse_qs(urlsplit(url).query)["redirect_uri"][0]
        port = urlsplit(home).port
        assert fetch(f"{home}favicon.ico")[0] == 404
        assert fetch(f"{home}?code=forged&state=wrong")[0] == 404
        assert fetch(f"{home}?error=access_denied&state=")[0] == 404
        with socket.create_connection(("127.0.0.1", port)) as scan:
            scan.sendall(b"\x16\x03\x01\r\n\r\n")
        consenting(url)

    assert ask(browser).valid


def test_it_says_which_box_was_not_ticked(ask: Callable[..., Any], server: GmailServer) -> None:
    server.oauth.granted_scopes = {READONLY}
    with pytest.raises(AuthError) as caught:
        ask()
    assert any("gmail.compose" in line and "drafts" in line for line in caught.value.problems)
    assert not any("gmail.readonly" in line for line in caught.value.problems)


def test_it_keeps_more_than_it_asked_for_as_granted(ask: Callable[..., Any], server: GmailServer) -> None:
    server.oauth.granted_scopes = {READONLY, COMPOSE, "openid"}
    assert set(ask().scopes) >= {READONLY, COMPOSE}


def test_it_takes_no_for_an_answer(ask: Callable[..., Any], server: GmailServer) -> None:
    server.oauth.deny = True
    with pytest.raises(AuthError, match="not granted"):
        ask()


def test_it_refuses_another_mailbox(ask: Callable[..., Any]) -> None:
    with pytest.raises(AuthError, match=r"not other@kim\.example"):
        ask(expected_address="other@kim.example")


def test_it_does_not_wait_for_ever(ask: Callable[..., Any]) -> None:
    with pytest.raises(AuthError, match="no answer"):
        ask(lambda _: None, timeout_seconds=0.05)


def test_it_says_when_the_port_is_taken(ask: Callable[..., Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AuthError, match=str(port)) as caught:
            ask(port=port)
    assert any("--port" in line for line in caught.value.problems)


def test_it_uses_the_port_it_is_given(ask: Callable[..., Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    seen: list[str] = []

    def browser(url: str) -> None:
        seen.append(parse_qs(urlsplit(url).query)["redirect_uri"][0])
        consenting(url)

    ask(browser, port=port)
    assert seen == [f"http://127.0.0.1:{port}/"]


def test_it_shows_the_address_when_there_is_no_browser(
    ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_browser(*_: Any, **__: Any) -> bool:
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "open", no_browser)
    assert ask(open_browser=True).valid


def test_it_logs_no_code_no_token_no_address(
    ask: Callable[..., Any], server: GmailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("oauthlib", "requests_oauthlib"):
        logging.getLogger(name).setLevel(logging.NOTSET)  # as if no other test had run
    codes: list[str] = []

    def browser(url: str) -> None:
        location = fetch(url)[1]
        codes.extend(parse_qs(urlsplit(location).query)["code"])
        fetch(location)

    credentials = ask(browser, expected_address=ME)
    for secret in (*codes, credentials.token, credentials.refresh_token, credentials.client_secret, ME):
        assert secret not in caplog.text


class Elsewhere:
    """A user whose browser is on another machine: consents there, and pastes what it ends at."""

    def __init__(self, *wrong: str, edit: Callable[[str], str] = str) -> None:
        self.wrong = list(wrong)
        self.edit = edit
        self.url = ""
        self.questions: list[str] = []

    def prompt(self, text: str) -> None:
        self.url = next(word for word in text.split() if word.startswith("http"))

    def paste(self, question: str) -> str:
        self.questions.append(question)
        if self.wrong:
            return self.wrong.pop(0)
        return self.edit(fetch(self.url)[1])


def authorise_elsewhere(user: Elsewhere, client_file: Path, **options: Any) -> Any:
    return authorise(client_file, prompt=user.prompt, paste=user.paste, **options)


@pytest.mark.parametrize(
    "edit",
    [
        str,
        lambda url: f"  {url}\r\n",
        lambda url: f"<{url}>",
        lambda url: f'"{url}"',
        lambda url: url.removeprefix("http://"),
        lambda url: f"{url}#",
    ],
)
def test_it_takes_the_pasted_address_of_a_browser_elsewhere(
    client_file: Path, server: GmailServer, monkeypatch: pytest.MonkeyPatch, edit: Callable[[str], str]
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda *_, **__: pytest.fail("no browser is asked for"))
    user = Elsewhere(edit=edit)
    credentials = authorise_elsewhere(user, client_file, expected_address=ME, endpoint=server.url)
    assert set(credentials.scopes) == {READONLY, COMPOSE}
    assert len(user.questions) == 1


def test_it_listens_to_nobody_while_it_waits_for_the_paste(client_file: Path) -> None:
    def refused(url: str) -> str:
        with pytest.raises(ConnectionRefusedError):
            fetch(url)
        return url

    assert authorise_elsewhere(Elsewhere(edit=refused), client_file).valid


def test_it_asks_again_when_something_else_is_pasted(client_file: Path) -> None:
    user = Elsewhere("", "http://127.0.0.1/?code=forged&state=wrong")
    assert authorise_elsewhere(user, client_file).valid
    assert len(user.questions) == 3
    assert user.questions[0] != user.questions[1]


@pytest.mark.parametrize(
    "edit",
    [
        lambda url: url.replace("state=", "state=x"),
        lambda url: url.replace("code=", "kode="),
        lambda url: url.partition("?")[0],
        lambda url: "x" * 1_000_000,
    ],
)
def test_it_gives_up_after_three_wrong_addresses(
    client_file: Path, server: GmailServer, edit: Callable[[str], str]
) -> None:
    user = Elsewhere(edit=edit)
    with pytest.raises(AuthError, match="pasted"):
        authorise_elsewhere(user, client_file)
    assert len(user.questions) == 3
    assert server.oauth.token_requests == 0


def test_it_takes_no_for_a_pasted_answer_too(client_file: Path, server: GmailServer) -> None:
    server.oauth.deny = True
    with pytest.raises(AuthError, match="not granted"):
        authorise_elsewhere(Elsewhere(), client_file)


def test_it_reports_a_failing_token_server(ask: Callable[..., Any], server: GmailServer) -> None:
    server.faults.add(Fault(kind="html_502", path="token", times=9))
    with pytest.raises(GmailUnavailable):
        ask()


@pytest.mark.parametrize(
    "document",
    [
        "",
        "{",
        "[]",
        '{"type": "service_account", "client_email": "x@y.example"}',
        '{"installed": {"client_id": "x"}}',
        '{"installed": []}',
        '{"web": {"client_id": "x", "client_secret": "y", "redirect_uris": ["https://app.example/cb"]}}',
        '{"installed": {"client_id": "x", "client_secret": "y", "token_uri": "https://evil.example/token"}}',
        '{"installed": {"client_id": "x", "client_secret": "y", "auth_uri": "http://accounts.google.com/"}}',
        '{"installed": {"client_id": "x", "client_secret": "y", "auth_uri": 7}}',
    ],
)
def test_it_explains_a_client_file_that_is_none(
    ask: Callable[..., Any], client_file: Path, document: str
) -> None:
    client_file.write_text(document)
    with pytest.raises(ConfigError) as caught:
        ask()
    assert caught.value.problems


def test_it_explains_a_client_file_that_is_missing(ask: Callable[..., Any], client_file: Path) -> None:
    client_file.unlink()
    with pytest.raises(ConfigError) as caught:
        ask()
    assert "Desktop app" in caught.value.problems[0]
