"""Taking the authorisation back at Google (RFC 7009): one POST on the guarded transport."""

from __future__ import annotations

import json
from contextlib import closing
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit, urlunsplit

from google.oauth2.credentials import Credentials

from agent.errors import GmailUnavailable, Refused
from agent.gmail.hosts import TOKEN_URI, on_loopback, trusted
from agent.gmail.transport import GuardedHttp, NoAnswer, NotSent, exchange, quiet_libraries

REVOKE_URI = "https://oauth2.googleapis.com/revoke"


def revoke(credentials: Credentials) -> bool:
    """End the consent behind these credentials: every token of this client for this account dies.

    True if Google ended it now, False if it had ended before. GmailUnavailable if Google cannot be asked, Refused if it
    says no: in both cases the consent must be taken for alive.
    """
    quiet_libraries()
    uri = _revoke_uri(credentials.token_uri or TOKEN_URI)
    body = urlencode({"token": credentials.refresh_token}).encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    try:
        with closing(GuardedHttp("", uri, once=True)) as http:
            answer = exchange(http, "POST", uri, headers=headers, body=body)
    except (NotSent, NoAnswer) as failure:
        raise GmailUnavailable(f"Google cannot be asked to revoke the authorisation ({failure})") from None
    if answer.status == HTTPStatus.OK:
        return True
    if answer.status == HTTPStatus.BAD_REQUEST and _code(answer.content) in {
        "invalid_token",
        "invalid_grant",
    }:
        return False
    if answer.status >= 500 or answer.status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT}:
        raise GmailUnavailable(f"Google did not revoke the authorisation (it answers {answer.status})")
    raise Refused(f"Google refused to revoke the authorisation ({answer.status})", answer.status)


def _revoke_uri(token_uri: str) -> str:
    """Google's own, or the neighbour of a token server on the loopback."""
    if not on_loopback(trusted(token_uri, "token_uri")):
        return REVOKE_URI
    parts = urlsplit(token_uri)
    return urlunsplit((parts.scheme, parts.netloc, "/revoke", "", ""))


def _code(content: bytes) -> str:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    return str(document.get("error", "")) if isinstance(document, dict) else ""
