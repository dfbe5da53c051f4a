"""Google's own flow (google-auth-oauthlib) for the consent address with PKCE and for the code exchange.

The exchange leaves through our guarded transport, mounted in the flow's session: no proxy settings, ``.netrc`` or redirect
can take the code elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from io import BytesIO
from typing import Any

from google.oauth2.credentials import Credentials
from google_auth_oauthlib.flow import InstalledAppFlow
from oauthlib.oauth2 import OAuth2Error  # type: ignore[import-untyped]  # oauthlib has no types
from requests import PreparedRequest, Response, Session
from requests.adapters import BaseAdapter

from agent.errors import AuthError, GmailUnavailable
from agent.gmail.auth import SCOPES, refusal, token_answer
from agent.gmail.clientfile import filled
from agent.gmail.hosts import on_loopback
from agent.gmail.transport import GuardedHttp

_MISSHAPEN = (ValueError, TypeError, AttributeError, OverflowError)  # figures and texts of another kind


def begun(client: Mapping[str, Any], redirect_uri: str) -> InstalledAppFlow:
    """A flow for both scopes that ends at ``redirect_uri``; ``client`` is what ``load_client`` gave."""
    return InstalledAppFlow.from_client_config(
        {"installed": dict(client)}, SCOPES, redirect_uri=redirect_uri, autogenerate_code_verifier=True
    )


def consent_url(flow: InstalledAppFlow, *, state: str, address: str) -> str:
    """Where the user consents (RFC 6749, section 4.1.1; RFC 7636, section 4.3); Google offers ``address`` first."""
    hint = {"login_hint": address} if address else {}
    with _oauthlib_told(flow.client_config["auth_uri"]):
        url, _ = flow.authorization_url(
            state=state,
            access_type="offline",  # a refresh token
            prompt="consent",  # without it, a second consent brings no refresh token
            **hint,
        )
    return str(url)


def exchanged(flow: InstalledAppFlow, code: str) -> Credentials:
    """The code against tokens (RFC 6749, section 4.1.3); the credentials hold the scopes that were granted.

    One POST: a code that comes twice makes Google take the tokens back (RFC 6749, section 4.1.2).
    AuthError if Google refuses or gives no lasting token, GmailUnavailable if the token server cannot be asked.
    """
    uri = flow.client_config["token_uri"]
    with closing(GuardedHttp("", uri, once=True)) as http, _oauthlib_told(uri):
        _confine(flow.oauth2session, _Guarded(http, uri), uri)
        try:
            flow.fetch_token(code=code, include_client_id=True)
            return _granted(flow)
        except OAuth2Error as error:
            raise _no_token(str(error.error)) from None
        except _MISSHAPEN as error:
            name = type(error).__name__
            raise GmailUnavailable(f"the token server does not answer as such ({name})") from None


def _confine(session: Session, adapter: BaseAdapter, uri: str) -> None:
    """From now on this session reaches one address, by one adapter, without what the environment says of proxies."""
    session.trust_env = False
    session.adapters.clear()
    session.mount(uri, adapter)


def _granted(flow: InstalledAppFlow) -> Credentials:
    """Google's flow would keep the scopes that were asked for; a refresh that asks for more than was granted fails."""
    token = flow.oauth2session.token
    if not filled(token, "access_token"):
        raise _no_token("")
    if not filled(token, "refresh_token"):
        raise AuthError(
            "Google gave no lasting authorisation",
            (
                "remove the program at https://myaccount.google.com/connections",
                "then run: followup-agent auth",
            ),
        )
    token.setdefault("scope", list(SCOPES))  # RFC 6749, section 5.1: absent means as asked
    token.setdefault("expires_at", 0)  # not told: renewed at the first use
    flow.oauth2session.scope = token["scope"]
    credentials: Credentials = flow.credentials
    return credentials


def _no_token(code: str) -> AuthError:
    if code == "invalid_grant":
        return AuthError("the consent was not valid (any more)", ("run: followup-agent auth",))
    return refusal(code)


class _Guarded(BaseAdapter):
    """Carries the one request of the exchange; what comes back has no headers that could lead elsewhere."""

    def __init__(self, http: GuardedHttp, token_uri: str) -> None:
        super().__init__()
        self._http = http
        self._token_uri = token_uri

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        names = ("accept", "content-type")  # not accept-encoding: httplib2 must understand the answer
        headers = {name: str(request.headers[name]) for name in names if name in request.headers}
        body = request.body if isinstance(request.body, bytes) else str(request.body).encode()
        answer = token_answer(self._http, self._token_uri, body, headers)
        response = Response()
        response.status_code = answer.status
        response.raw = BytesIO(answer.content)
        response.encoding = "utf-8"
        response.url, response.request = str(request.url), request
        return response

    def close(self) -> None:
        """Nothing: the transport is closed by whoever opened it."""


@contextmanager
def _oauthlib_told(uri: str) -> Iterator[None]:
    """What oauthlib takes from the environment, and only from there, set for a moment and put back.

    A box that was not ticked is ours to explain, not a Warning that loses the token; and http is let through on the
    loopback alone (``hosts.trusted`` has let through no other).
    """
    wanted = {"OAUTHLIB_RELAX_TOKEN_SCOPE": "1"}
    if on_loopback(uri):
        wanted["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
