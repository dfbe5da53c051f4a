"""Consent: the browser, the redirect, and a token for the mailbox that was meant (RFC 8252, PKCE of RFC 7636)."""

from __future__ import annotations

import getpass
import os
import socket
import webbrowser
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from google.oauth2.credentials import Credentials

from agent.core.model import normal_email
from agent.errors import AuthError, GmailUnavailable
from agent.gmail.auth import COMPOSE, READONLY, granted, missing_scopes, refusal
from agent.gmail.calls import carry, users
from agent.gmail.clientfile import load_client, redirect_host
from agent.gmail.flow import begun, consent_url, exchanged
from agent.gmail.hosts import GMAIL, trusted_endpoint
from agent.gmail.loopback import listening, pasted
from agent.gmail.transport import GuardedHttp, NoAnswer, NotSent, quiet_libraries
from agent.gmail.verdicts import Kind, error, verdict

_WHY = {
    READONLY: "read mail (gmail.readonly): without it no interview can be found",
    COMPOSE: "write drafts (gmail.compose): without it no follow-up can be put into your drafts",
}


def authorise(
    client_secret_file: Path,
    *,
    open_browser: bool = True,
    port: int = 0,
    timeout_seconds: float = 300.0,
    prompt: Callable[[str], None],
    paste: Callable[[str], str] | None = None,
    expected_address: str = "",
    endpoint: str = GMAIL,
) -> Credentials:
    """Ask for both scopes and return credentials that hold what was granted; nothing is saved here.

    ``prompt`` gets each text for the user; ``port`` 0 means any free one. With ``paste`` no browser is opened and nothing
    listens: it gets a question and returns the address at which the user's browser, on whatever machine, ended up. With
    ``expected_address``, another mailbox is an AuthError. ConfigError: the client file. AuthError: denial, a box not
    ticked, no answer in time, the port is taken, a pasted address of another consent.
    """
    quiet_libraries()
    client = load_client(client_secret_file)
    with listening(port) as catcher:
        flow = begun(client, f"http://{redirect_host(client)}:{catcher.server_port}/")
        url = consent_url(flow, state=catcher.state, address=expected_address)
        if paste is not None:
            catcher.server_close()  # so that a browser on this machine fails at once, as it does elsewhere
            prompt(_elsewhere(url))
            answer = pasted(paste, catcher.state)
        else:
            _show(url, catcher.server_port, open_browser=open_browser, prompt=prompt)
            answer = catcher.answer(timeout_seconds)
    if "error" in answer:
        raise _denied(answer["error"])
    credentials = exchanged(flow, answer["code"])
    check_grant(credentials)
    if expected_address:
        _check_address(credentials, expected_address, endpoint)
    return credentials


def _elsewhere(url: str) -> str:
    return (
        f"Open this address in a browser on any machine:\n\n  {url}\n\n"
        "When you have agreed, the browser ends at a page it cannot open. That is as it should be: "
        "copy the whole address from its address bar (http://…).\n"
    )


def _show(url: str, port: int, *, open_browser: bool, prompt: Callable[[str], None]) -> None:
    """The address is always shown: a browser that was opened may be on another screen, or broken."""
    opened = open_browser and _opened(url)
    if opened:
        prompt(f"Your browser has been opened for Google's consent page. If it has not:\n\n  {url}\n")
        return
    prompt(
        f"Open this address in a browser:\n\n  {url}\n\n"
        f"If the browser runs on another machine, first forward the port from there:\n\n"
        f"  ssh -L {port}:127.0.0.1:{port} {_here()}\n"
    )


def _here() -> str:
    """How the other machine names this one to ssh: by the address it was reached at, where that is known."""
    reached = os.environ.get(
        "SSH_CONNECTION", ""
    ).split()  # sshd(8): client address, port, server address, port
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a user id without a name
        user = "USER"
    return f"{user}@{reached[2] if len(reached) == 4 else socket.gethostname()}"


def _opened(url: str) -> bool:
    try:
        return webbrowser.open(url, new=1)
    except (webbrowser.Error, OSError):
        return False


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


def check_grant(credentials: Credentials) -> None:
    """AuthError if one of our two scopes was not granted, with what it is needed for."""
    missing = missing_scopes(granted(credentials))
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
    found = mailbox_of(credentials, endpoint)
    if normal_email(found) != normal_email(expected):
        raise wrong_mailbox(found, expected)


def wrong_mailbox(found: str, expected: str) -> AuthError:
    """A token for another mailbox than the one configured, or whose mail is stored."""
    return AuthError(
        f"the mailbox that was authorised is {found or 'unknown'}, not {expected}",
        (
            "run: followup-agent auth, and choose the right account on Google's page",
            "another mailbox needs a configuration of its own: --config FILE, with another database_url and token_file",
        ),
    )


def mailbox_of(credentials: Credentials, endpoint: str) -> str:
    """The address of the mailbox that these credentials open."""
    endpoint = trusted_endpoint(endpoint)
    try:
        with closing(GuardedHttp(endpoint)) as http:
            answer = carry(users(http, endpoint).getProfile(userId="me"), http, credentials.token)
    except (NotSent, NoAnswer) as failure:
        raise GmailUnavailable(f"Gmail cannot be asked whose mailbox this is ({failure})") from None
    found = verdict(answer, datetime.now(UTC))
    if found.kind is not Kind.DONE:
        raise error(found, datetime.now(UTC))
    return str((found.body or {}).get("emailAddress", ""))
