"""Consent, tokens and their end, with Google's own client libraries."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, build_opener

import google_auth_httplib2
import httplib2
import pytest
from google.auth.exceptions import RefreshError
from google.oauth2.credentials import Credentials
from google_auth_oauthlib.flow import Flow
from googleapiclient.errors import HttpError

from agent.demo.mailbox import Mailbox
from agent.demo.oauth import COMPOSE, READONLY
from agent.demo.server import GmailServer

SCOPES = [READONLY, COMPOSE]


@pytest.fixture(autouse=True)
def relaxed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")


@pytest.fixture
def flow(server: GmailServer) -> Iterator[Flow]:
    made = Flow.from_client_config(
        server.client_config(), scopes=SCOPES, redirect_uri="http://localhost:8080/"
    )
    yield made
    made.oauth2session.close()


def visit(address: str) -> str:
    """Where the browser is sent."""
    http = httplib2.Http(timeout=5)
    http.follow_redirects = False
    answer, _ = http.request(address)
    http.close()
    return str(answer["location"])


def refreshed(server: GmailServer, **changes: Any) -> Any:
    known = server.token_info() | changes
    names = ("refresh_token", "token_uri", "client_id", "client_secret", "scopes")
    made: Any = Credentials(None, **{name: known[name] for name in names})  # type: ignore[no-untyped-call]  # google-auth is untyped
    http = httplib2.Http(timeout=5)
    try:
        made.refresh(google_auth_httplib2.Request(http))
    finally:
        http.close()
    return made


def test_it_exchanges_a_code_for_tokens(server: GmailServer, flow: Flow) -> None:
    address, state = flow.authorization_url(access_type="offline")
    assert "code_challenge=" in address
    back = visit(address)
    assert parse_qs(urlsplit(back).query)["state"] == [state]
    token = flow.fetch_token(authorization_response=back)
    assert token["expires_in"] == 3599
    assert token["token_type"] == "Bearer"
    assert set(token["scope"]) == set(SCOPES)
    assert flow.credentials.refresh_token
    with pytest.raises(Exception, match="invalid_grant"):
        flow.fetch_token(authorization_response=back)


def test_it_refuses_a_code_without_its_verifier(server: GmailServer, flow: Flow) -> None:
    address, _ = flow.authorization_url()
    back = visit(address)
    flow.code_verifier = "x" * 64
    with pytest.raises(Exception, match="invalid_grant"):
        flow.fetch_token(authorization_response=back)


def test_it_grants_only_what_is_ticked(server: GmailServer, flow: Flow) -> None:
    server.oauth.granted_scopes = [READONLY]
    flow.fetch_token(authorization_response=visit(flow.authorization_url()[0]))
    assert flow.credentials.granted_scopes == [READONLY]
    with pytest.raises(RefreshError, match="invalid_scope"):
        refreshed(server, refresh_token=flow.credentials.refresh_token)


def test_it_lets_the_user_decline(server: GmailServer, flow: Flow) -> None:
    server.oauth.deny = True
    address, state = flow.authorization_url()
    assert parse_qs(urlsplit(visit(address)).query) == {"error": ["access_denied"], "state": [state]}


def test_it_redirects_to_this_machine_only(server: GmailServer, flow: Flow) -> None:
    flow.redirect_uri = "http://elsewhere.example/"
    with pytest.raises(KeyError):
        visit(flow.authorization_url()[0])


def test_it_refreshes_until_revoked(server: GmailServer) -> None:
    known = server.token_info()
    assert refreshed(server, refresh_token=known["refresh_token"]).token != known["token"]
    server.oauth.revoke(known["refresh_token"])
    with pytest.raises(RefreshError, match="Token has been expired or revoked") as error:
        refreshed(server, refresh_token=known["refresh_token"])
    assert error.value.args[1]["error"] == "invalid_grant"
    assert not error.value.retryable


def test_it_knows_its_client(server: GmailServer) -> None:
    with pytest.raises(RefreshError, match="invalid_client"):
        refreshed(server, client_secret="wrong")


def test_it_revokes_over_http(server: GmailServer) -> None:
    known = server.token_info()
    with build_opener().open(Request(f"{server.url}/revoke", b"token=" + known["token"].encode())) as answer:
        assert json.load(answer) == {}
    with pytest.raises(RefreshError):
        refreshed(server, refresh_token=known["refresh_token"])


def test_it_refuses_an_old_access_token_once_and_the_client_refreshes(
    mailbox: Mailbox, server: GmailServer, users: Any
) -> None:
    server.oauth.expire_access_tokens()
    users.getProfile(userId="me").execute()
    statuses = [one.status for one in server.log]
    assert statuses == [401, 200, 200]
    assert server.oauth.token_requests == 1


def test_it_refuses_no_token_and_a_wrong_one(server: GmailServer) -> None:
    http = httplib2.Http(timeout=5)
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}):
        answer, body = http.request(f"{server.url}/gmail/v1/users/me/profile", headers=headers)
        error = json.loads(body)["error"]
        assert (answer.status, error["status"], error["errors"][0]["reason"]) == (
            401,
            "UNAUTHENTICATED",
            "authError",
        )
    http.close()


def test_it_ends_a_session_when_everything_is_revoked(server: GmailServer, users: Any) -> None:
    server.oauth.revoke()
    with pytest.raises((RefreshError, HttpError)):
        users.getProfile(userId="me").execute()
