"""Google's flow on our transport: the code goes to the token server, once, and nowhere else."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import google_auth_oauthlib.flow
import pytest
from werkzeug.wrappers import Request, Response

from agent.demo.faults import Fault, Kind
from agent.demo.server import GmailServer
from agent.errors import AuthError, ForbiddenCall, GmailUnavailable
from agent.gmail import flow as flows
from agent.gmail.auth import COMPOSE, READONLY, SCOPES, refresh
from agent.gmail.flow import begun, consent_url, exchanged
from agent.gmail.hosts import AUTH_URI, TOKEN_URI
from tests.demo.letters import ME

HOME = "http://127.0.0.1:1/"
SWITCHES = ("OAUTHLIB_INSECURE_TRANSPORT", "OAUTHLIB_RELAX_TOKEN_SCOPE")


@pytest.fixture(autouse=True)
def unchanged() -> Iterator[None]:
    def environment() -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}

    before = environment()
    yield
    assert environment() == before


@pytest.fixture
def started(server: GmailServer) -> tuple[Any, str]:
    """A flow whose user has consented, and the code."""
    flow = begun(server.client_config()["installed"], HOME)
    query = {
        key: values[0]
        for key, values in parse_qs(urlsplit(consent_url(flow, state="s", address="")).query).items()
    }
    back = parse_qs(urlsplit(server.oauth.consent(query)).query)
    assert back["state"] == ["s"]
    return flow, back["code"][0]


@pytest.fixture
def answering(server: GmailServer, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the token server answer so."""

    def answer(**tokens: Any) -> None:
        monkeypatch.setattr(server.oauth, "token", lambda form: tokens)

    return answer


def test_it_is_googles_own_flow_with_a_verifier_of_its_own(started: tuple[Any, str]) -> None:
    flow, _ = started
    assert isinstance(flow, google_auth_oauthlib.flow.InstalledAppFlow)
    assert len(flow.code_verifier) == 128


def test_it_offers_the_right_account_first(server: GmailServer) -> None:
    flow = begun(server.client_config()["installed"], HOME)
    assert parse_qs(urlsplit(consent_url(flow, state="s", address=ME)).query)["login_hint"] == [ME]


def test_it_changes_the_code_for_tokens_that_can_be_renewed(started: tuple[Any, str]) -> None:
    credentials = exchanged(*started)
    assert set(credentials.scopes) == set(SCOPES)
    refresh(credentials)
    assert credentials.valid


def test_it_keeps_what_was_granted_not_what_was_asked_for(server: GmailServer) -> None:
    server.oauth.granted_scopes = {READONLY}
    flow = begun(server.client_config()["installed"], HOME)
    query = {
        key: values[0]
        for key, values in parse_qs(urlsplit(consent_url(flow, state="s", address="")).query).items()
    }
    code = parse_qs(urlsplit(server.oauth.consent(query)).query)["code"][0]
    credentials = exchanged(flow, code)
    assert credentials.scopes == [READONLY]
    refresh(credentials)


def test_it_takes_an_answer_without_scope_and_lifetime(
    started: tuple[Any, str], answering: Callable[..., None]
) -> None:
    answering(access_token="a", refresh_token="r", token_type="Bearer")
    credentials = exchanged(*started)
    assert set(credentials.scopes) == {READONLY, COMPOSE}
    assert credentials.expired


@pytest.mark.parametrize(
    ("tokens", "error"),
    [
        ({"access_token": "a", "expires_in": 3599}, AuthError),
        ({"refresh_token": "r"}, AuthError),
        ({"access_token": "", "refresh_token": "r"}, AuthError),
        ({}, AuthError),
        ({"error": "invalid_client"}, AuthError),
        ({"error": "some_new_code"}, AuthError),
        ({"access_token": "a", "refresh_token": "r", "expires_in": "soon"}, GmailUnavailable),
        ({"access_token": "a", "refresh_token": "r", "expires_in": 10**30}, GmailUnavailable),
        ({"access_token": "a", "refresh_token": "r", "scope": 7}, GmailUnavailable),
    ],
)
def test_it_explains_an_answer_that_is_no_token(
    started: tuple[Any, str], answering: Callable[..., None], tokens: dict[str, Any], error: type[Exception]
) -> None:
    answering(**tokens)
    with pytest.raises(error):
        exchanged(*started)


def test_it_says_that_a_code_is_used_up(started: tuple[Any, str]) -> None:
    exchanged(*started)
    with pytest.raises(AuthError, match="not valid"):
        exchanged(*started)


FAILING: list[Kind] = ["html_502", "status", "reset_after", "hang_up", "truncate", "malformed_json"]


@pytest.mark.parametrize("kind", FAILING)
def test_it_sends_the_code_once(started: tuple[Any, str], server: GmailServer, kind: Kind) -> None:
    server.faults.add(Fault(kind=kind, path="token", times=9))
    with pytest.raises(GmailUnavailable):
        exchanged(*started)
    assert server.arrived("POST", "token") <= 1


def test_it_follows_no_redirect(
    started: tuple[Any, str], server: GmailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def elsewhere(request: Request) -> Response:
        headers = {"Location": f"{server.url}/elsewhere"}
        return Response(b'{"access_token": "a"}', 307, headers, mimetype="application/json")

    seen: list[str] = []

    def watched(request: Request) -> Response:
        seen.append(request.path)
        return elsewhere(request)

    monkeypatch.setattr(server, "_well", watched)
    with pytest.raises(AuthError):
        exchanged(*started)
    assert seen == ["/token"]


def test_it_minds_no_proxy_and_no_netrc(
    started: tuple[Any, str], server: GmailServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    seen: list[Request] = []
    well = server._well

    def watched(request: Request) -> Response:
        seen.append(request)
        return well(request)

    monkeypatch.setattr(server, "_well", watched)
    with monkeypatch.context() as patch:
        patch.setenv("NETRC", str(netrc))
        patch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        assert exchanged(*started).valid
    [request] = seen
    assert "Authorization" not in request.headers
    assert "br" not in request.headers.get("Accept-Encoding", "")
    assert {"client_id", "client_secret", "code", "code_verifier"} <= request.form.keys()


def test_it_reaches_the_token_server_only(started: tuple[Any, str]) -> None:
    flow, code = started
    exchanged(flow, code)
    for url in ("https://evil.example/", "https://accounts.google.com/"):
        with pytest.raises((GmailUnavailable, ForbiddenCall, ValueError)):
            flow.oauth2session.get(url, withhold_token=True)


def test_it_lets_http_pass_on_the_loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, str | None]] = []

    def answer(*_: Any) -> Any:
        seen.append({name: os.environ.get(name) for name in SWITCHES})
        raise GmailUnavailable("no network in tests")

    monkeypatch.setattr(flows, "token_answer", answer)
    client = {"client_id": "i", "client_secret": "s", "auth_uri": AUTH_URI}
    for token_uri in (TOKEN_URI, "http://127.0.0.1:9/token"):
        with pytest.raises(GmailUnavailable):
            exchanged(begun(client | {"token_uri": token_uri}, HOME), "code")
    google, loopback = seen
    assert google == {"OAUTHLIB_INSECURE_TRANSPORT": None, "OAUTHLIB_RELAX_TOKEN_SCOPE": "1"}
    assert loopback == dict.fromkeys(SWITCHES, "1")


def test_it_puts_the_users_own_switches_back(
    started: tuple[Any, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("OAUTHLIB_RELAX_TOKEN_SCOPE", "mine")
        exchanged(*started)
        assert os.environ["OAUTHLIB_RELAX_TOKEN_SCOPE"] == "mine"
