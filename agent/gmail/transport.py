"""The only way out: every request to Gmail passes the list of allowed calls below, and no call that sends is on it.

``gmail.compose`` also permits sending; there is no scope for drafts alone. So "never sends" is kept here: a request that is
not on the list raises ``ForbiddenCall`` before a byte leaves. Writes leave on a connection that can be used once, because
httplib2 re-sends a POST by itself when the server closes the connection without an answer.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from io import BufferedReader, RawIOBase
from socket import socket
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httplib2

from agent.errors import ForbiddenCall
from agent.gmail.hosts import on_loopback

TIMEOUT_SECONDS = 30.0  # without a byte
ANSWER_SECONDS = 180.0  # for all of an answer
MAX_ANSWER_BYTES = 256 << 20  # a thread of a hundred large messages stays far below

_ID = r"[A-Za-z0-9_-]{1,2048}"
_ME = r"/gmail/v1/users/me"
READS = tuple(
    re.compile(_ME + path)
    for path in (
        r"/profile",
        r"/settings/sendAs",
        r"/labels",
        r"/history",
        r"/messages",
        rf"/messages/{_ID}",
        rf"/messages/{_ID}/attachments/{_ID}",
        rf"/threads/{_ID}",
        r"/drafts",
        rf"/drafts/{_ID}",
    )
)
WRITES = (
    ("POST", re.compile(_ME + r"/drafts")),
    ("DELETE", re.compile(rf"{_ME}/drafts/{_ID}")),
)
PARAMETERS = frozenset(
    {
        "alt",
        "fields",
        "format",
        "historyTypes",
        "includeSpamTrash",
        "labelIds",
        "maxResults",
        "metadataHeaders",
        "pageToken",
        "q",
        "startHistoryId",
    }
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the headers (names in lower case) and the whole, decoded body."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class NotSent(Exception):
    """The request never left: no network, no such host, connection refused, TLS failed."""


class NoAnswer(Exception):
    """The request left, and no whole answer came back."""


class _SecondSend(httplib2.HttpLib2Error):
    """httplib2 tried to send a write again."""


@dataclass(slots=True)
class _Tally:
    """What one GuardedHttp wrote to the wire. Connections come and go (httplib2 drops one that timed out); this stays."""

    once: bool
    sends: int = 0

    def count(self) -> None:
        if self.once and self.sends:
            raise _SecondSend("a write is sent once")
        self.sends += 1


class _Prompt(RawIOBase):
    """What arrives on a socket within so many seconds in all: its own timeout begins anew with every byte."""

    def __init__(self, sock: socket, seconds: float) -> None:
        self._file = sock.makefile("rb", buffering=0)
        self._until = monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if monotonic() > self._until:
            raise TimeoutError("the answer does not come to its end")
        return self._file.readinto(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()


class _PromptResponse(HTTPResponse):
    """An answer that has come whole by ``ANSWER_SECONDS`` after its request was written, or is none."""

    def __init__(self, sock: socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        whole, self.fp = self.fp, BufferedReader(_Prompt(sock, ANSWER_SECONDS))
        whole.close()


def _connection_types(tally: _Tally) -> dict[str, type]:
    """httplib2's two kinds of connection, by scheme, each telling the tally before it writes a request.

    httplib2 takes a class, not a maker of connections: so the tally is in the class.
    """

    class Plain(httplib2.HTTPConnectionWithTimeout):
        response_class = _PromptResponse

        def request(self, *args: Any, **kwargs: Any) -> None:
            tally.count()
            super().request(*args, **kwargs)

    class Secure(httplib2.HTTPSConnectionWithTimeout):
        response_class = _PromptResponse

        def request(self, *args: Any, **kwargs: Any) -> None:
            tally.count()
            super().request(*args, **kwargs)

    return {"http": Plain, "https": Secure}


class GuardedHttp(httplib2.Http):
    """An ``httplib2.Http`` that lets only the allowed calls pass: to ``endpoint``, and POST to ``token_uri``.

    With ``once`` it may write, and sends one request in its life; without, it only reads.
    """

    def __init__(self, endpoint: str, token_uri: str | None = None, *, once: bool = False) -> None:
        loopback = on_loopback(endpoint or token_uri or "")
        proxy = None if loopback else httplib2.proxy_info_from_environment
        super().__init__(timeout=TIMEOUT_SECONDS, proxy_info=proxy)
        self.follow_redirects = False  # Gmail's API never redirects; whoever does may not see the token
        self.limit_kwargs = {"hard_limit": MAX_ANSWER_BYTES, "ratio": 1000.0}
        self._endpoint = endpoint
        self._token_uri = token_uri
        self._tally = _Tally(once)
        self._kinds = _connection_types(self._tally)

    @property
    def sends(self) -> int:
        """How many requests were written to the wire, httplib2's own repetitions included."""
        return self._tally.sends

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        redirections: Any = None,  # noqa: ARG002 (none is followed)
        connection_type: Any = None,  # noqa: ARG002 (ours alone may carry a request)
    ) -> tuple[httplib2.Response, bytes]:
        """Send, if the call is allowed; else ForbiddenCall."""
        self._check(uri, method, headers or {})
        response, content = super().request(
            uri,
            method,
            body=body,
            headers=dict(headers or {}),
            connection_type=self._kinds[urlsplit(uri).scheme],
        )
        return response, content

    def _check(self, uri: str, method: str, headers: Mapping[str, str]) -> None:
        override = any("method-override" in name.lower() for name in headers)
        if not override and (self._is_token_call(uri, method) or self._is_allowed(uri, method)):
            return
        raise ForbiddenCall("a request outside the list of allowed Gmail calls was stopped")

    def _is_token_call(self, uri: str, method: str) -> bool:
        return self._token_uri is not None and method == "POST" and uri == self._token_uri

    def _is_allowed(self, uri: str, method: str) -> bool:
        parts = urlsplit(uri)
        if f"{parts.scheme}://{parts.netloc}" != self._endpoint or parts.fragment or not uri.isascii():
            return False
        if not {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)} <= PARAMETERS:
            return False
        if method == "GET":
            return any(pattern.fullmatch(parts.path) for pattern in READS)
        return self._tally.once and any(
            method == verb and pattern.fullmatch(parts.path) for verb, pattern in WRITES
        )


def exchange(
    http: GuardedHttp, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None
) -> Answer:
    """One request, one answer; NotSent if nothing left the machine, NoAnswer if what came back is not whole."""
    before = http.sends
    try:
        response, content = http.request(url, method, body=body, headers=headers)
    except ForbiddenCall:
        raise
    except (OSError, HTTPException, httplib2.HttpLib2Error) as error:
        raise _failure(http, before, error) from None
    except Exception as error:  # httplib2's decoding limits share no base class with anything
        if not type(error).__name__.startswith("Decode"):
            raise
        raise _failure(http, before, error) from None
    return Answer(response.status, response, content)


def _failure(http: GuardedHttp, before: int, error: Exception) -> NotSent | NoAnswer:
    """The error's own text may name a URL: only its class is kept."""
    sent = http.sends > before
    name = type(error).__name__
    return NoAnswer(name) if sent else NotSent(name)


def quiet_libraries() -> None:
    """Keep the libraries from logging addresses, queries and tokens, whatever level the user asked for."""
    for name in (
        "google",
        "google_auth_oauthlib",
        "googleapiclient",
        "oauthlib",
        "requests_oauthlib",
        "urllib3",
    ):
        logging.getLogger(name).setLevel(logging.ERROR)
