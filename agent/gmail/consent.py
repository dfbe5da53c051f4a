"""Consent: the browser, a loopback port, and a token for the mailbox that was meant (RFC 8252, PKCE of RFC 7636).

Google's own flow is not used: its little server takes the first request for the answer (a favicon, a port scan), waits for
ever, loses a good token when the user unticks a box unless the environment is changed, and speaks to no loopback token
server at all unless it is changed again. What remains of it is one address and one POST; both are here, and the POST
leaves through the same guarded transport as everything else.
"""

from __future__ import annotations

import json
import time
import webbrowser
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from secrets import compare_digest, token_urlsafe
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from google.oauth2.credentials import Credentials

from agent.core.model import normal_email
from agent.errors import AuthError, GmailUnavailable
from agent.gmail.auth import COMPOSE, READONLY, SCOPES, missing_scopes, refusal, token_answer
from agent.gmail.clientfile import filled, load_client, redirect_host
from agent.gmail.hosts import GMAIL, trusted_endpoint
from agent.gmail.transport import GuardedHttp, NoAnswer, NotSent, exchange, quiet_libraries
from agent.gmail.verdicts import Kind, error, verdict

_WHY = {
    READONLY: "read mail (gmail.readonly): without it no interview can be found",
    COMPOSE: "write drafts (gmail.compose): without it no follow-up can be put into your drafts",
}
_DONE = "Done. You may close this window and go back to the terminal."
_DENIED = "Access was not granted. You may close this window and go back to the terminal."


def authorise(
    client_secret_file: Path,
    *,
    open_browser: bool = True,
    port: int = 0,
    timeout_seconds: float = 300.0,
    prompt: Callable[[str], None],
    expected_address: str = "",
    endpoint: str = GMAIL,
) -> Credentials:
    """Ask for both scopes and return credentials that hold what was granted; nothing is saved here.

    ``prompt`` gets each text for the user; ``port`` 0 means any free one. With ``expected_address``, another mailbox is an
    AuthError. ConfigError: the client file. AuthError: denial, a box not ticked, no answer in time, the port is taken.
    """
    quiet_libraries()
    client = load_client(client_secret_file)
    verifier = token_urlsafe(64)
    with _listening(port) as server:
        redirect_uri = f"http://{redirect_host(client)}:{server.server_port}/"
        url = _consent_url(client, redirect_uri, server.state, verifier, expected_address)
        _show(url, server.server_port, open_browser=open_browser, prompt=prompt)
        answer = server.answer(timeout_seconds)
    if "error" in answer:
        raise _denied(answer["error"])
    credentials = _exchanged(client, answer["code"], redirect_uri, verifier)
    _check_grant(credentials)
    if expected_address:
        _check_address(credentials, expected_address, trusted_endpoint(endpoint))
    return credentials


def _consent_url(
    client: Mapping[str, Any], redirect_uri: str, state: str, verifier: str, address: str
) -> str:
    """Where the user consents (RFC 6749, section 4.1.1; RFC 7636, section 4.3; Google's own ``access_type``, ``prompt``)."""
    challenge = urlsafe_b64encode(sha256(verifier.encode("ascii")).digest()).decode("ascii").rstrip("=")
    query = {
        "response_type": "code",
        "client_id": client["client_id"],
        "redirect_uri": redirect_uri,
        "scope": " ".join(SCOPES),
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "access_type": "offline",  # a refresh token
        "prompt": "consent",  # without it, a second consent brings no refresh token
    }
    hint = {"login_hint": address} if address else {}
    return f"{client['auth_uri']}?{urlencode(query | hint)}"


# ── the browser and the port ───────────────────────────────────────────────────────────────────────────────────


class _Callback(BaseHTTPRequestHandler):
    """Takes the redirect with our state; anything else (favicon, port scan, another tab) is turned away."""

    server: _Server
    timeout = 5.0  # a connection that says nothing must not hold up the real one

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        ours = compare_digest(query.get("state", "").encode(), self.server.state.encode())
        if parts.path != "/" or not ours or not query.keys() & {"code", "error"}:
            self._say(404, "Not here.")
            return
        self._say(200, _DENIED if "error" in query else _DONE)
        self.server.query = query

    def _say(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Nothing: the request line holds the code."""


class _Server(HTTPServer):
    allow_reuse_address = False

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Callback)
        self.state = token_urlsafe(32)
        self.query: dict[str, str] | None = None

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a connection that broke off is no answer."""

    def answer(self, seconds: float) -> dict[str, str]:
        """The parameters of the redirect, or AuthError when the time is over."""
        end = time.monotonic() + seconds
        while self.query is None:
            self.timeout = end - time.monotonic()
            if self.timeout <= 0:
                raise AuthError(
                    f"no answer from the browser within {seconds:.0f} seconds", ("run: followup-agent auth",)
                )
            self.handle_request()
        return self.query


def _listening(port: int) -> _Server:
    try:
        return _Server(port)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or "no such port"
        raise AuthError(
            f"cannot listen on port {port} of the loopback interface ({reason})",
            ("choose another: followup-agent auth --port N", "or any free one: leave --port out"),
        ) from None


def _show(url: str, port: int, *, open_browser: bool, prompt: Callable[[str], None]) -> None:
    """The address is always shown: a browser that was opened may be on another screen, or broken."""
    opened = open_browser and _opened(url)
    if opened:
        prompt(f"Your browser has been opened for Google's consent page. If it has not:\n\n  {url}\n")
        return
    prompt(
        f"Open this address in a browser:\n\n  {url}\n\n"
        f"If the browser runs on another machine, first forward the port from there:\n\n"
        f"  ssh -L {port}:127.0.0.1:{port} THIS-MACHINE\n"
    )


def _opened(url: str) -> bool:
    try:
        return webbrowser.open(url, new=1)
    except (webbrowser.Error, OSError):
        return False


# ── the answer ─────────────────────────────────────────────────────────────────────────────────────────────────


def _exchanged(client: Mapping[str, Any], code: str, redirect_uri: str, verifier: str) -> Credentials:
    """The code against tokens (RFC 6749, section 4.1.3); the credentials hold the scopes that were granted."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "client_id": client["client_id"],
        "client_secret": client["client_secret"],
        "code_verifier": verifier,
    }
    uri = client["token_uri"]
    headers = {"content-type": "application/x-www-form-urlencoded"}
    with closing(GuardedHttp("", uri)) as http:
        answer = token_answer(http, uri, urlencode(form).encode(), headers)
    tokens = json.loads(answer.content)
    if answer.status != 200 or not filled(tokens, "access_token"):
        raise _no_token(str(tokens.get("error", "")))
    if not filled(tokens, "refresh_token"):
        raise AuthError(
            "Google gave no lasting authorisation",
            (
                "remove the program at https://myaccount.google.com/connections",
                "then run: followup-agent auth",
            ),
        )
    scope = tokens.get("scope")
    granted = (
        scope.split() if isinstance(scope, str) else list(SCOPES)
    )  # RFC 6749, 5.1: absent means as asked
    credentials: Credentials = Credentials(  # type: ignore[no-untyped-call]  # google.auth has no types
        tokens["access_token"],
        refresh_token=tokens["refresh_token"],
        token_uri=uri,
        client_id=client["client_id"],
        client_secret=client["client_secret"],
        scopes=granted,
        granted_scopes=granted,
        expiry=_expiry(tokens.get("expires_in")),
    )
    return credentials


def _expiry(seconds: object) -> datetime:
    """Naive UTC, as Google's library compares it."""
    text = str(seconds)
    lasting = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
    return (datetime.now(UTC) + timedelta(seconds=lasting)).replace(tzinfo=None)


def _no_token(code: str) -> AuthError:
    if code == "invalid_grant":
        return AuthError("the consent was not valid (any more)", ("run: followup-agent auth",))
    return refusal(code)


def _denied(code: str) -> AuthError:
    if code == "access_denied":
        return AuthError(
            "access was not granted",
            (
                "run: followup-agent auth, and choose 'Continue' on Google's page",
                "if Google did not let you: add your address as a test user on the OAuth consent screen",
            ),
        )
    return refusal(code)


def _check_grant(credentials: Credentials) -> None:
    missing = missing_scopes(credentials.scopes)
    if missing:
        raise AuthError(
            "not everything was ticked on Google's page",
            (
                *(f"missing: {_WHY[scope]}" for scope in missing),
                "run: followup-agent auth, and leave both boxes ticked",
            ),
        )


def _check_address(credentials: Credentials, expected: str, endpoint: str) -> None:
    """The user may have picked another account on Google's page."""
    url = f"{endpoint}/gmail/v1/users/me/profile"
    headers = {"authorization": f"Bearer {credentials.token}"}
    try:
        with closing(GuardedHttp(endpoint)) as http:
            answer = exchange(http, "GET", url, headers=headers)
    except (NotSent, NoAnswer) as failure:
        raise GmailUnavailable(f"Gmail cannot be asked whose mailbox this is ({failure})") from None
    found = verdict(answer, datetime.now(UTC))
    if found.kind is not Kind.DONE:
        raise error(found, datetime.now(UTC))
    if normal_email(str((found.body or {}).get("emailAddress", ""))) != normal_email(expected):
        raise AuthError(
            f"the mailbox that was authorised is not {expected}",
            ("choose the right account on Google's page", "or change account.address in the configuration"),
        )
