"""Servers that answer otherwise than Google's do when all is well: half tokens, answers that never end."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from agent.errors import GmailUnavailable
from agent.gmail import auth, transport
from agent.gmail.auth import load_token, refresh
from agent.gmail.transport import Answer, GuardedHttp, NoAnswer, exchange


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"access_token": None},
        {"access_token": ""},
        {"access_token": 5},
        {"access_token": "two\r\nlines: x"},
        {"access_token": "token", "expires_in": "soon"},
        {"access_token": "token", "expires_in": [1]},
        {"access_token": "token", "expires_in": 1e300},
    ],
)
def test_it_takes_no_half_token(
    token_file: Path, monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any]
) -> None:
    monkeypatch.setattr(auth, "exchange", lambda *_, **__: Answer(200, {}, json.dumps(answer).encode()))
    credentials = load_token(token_file)
    before = credentials.token
    with pytest.raises(GmailUnavailable):
        refresh(credentials)
    assert credentials.token == before or not credentials.valid


def test_it_does_not_use_a_stored_token_that_no_header_can_carry(token_file: Path) -> None:
    info = json.loads(token_file.read_text())
    token_file.write_text(json.dumps({**info, "token": "a\r\nb", "expiry": "2099-01-01T00:00:00Z"}))
    assert not load_token(token_file).valid


@pytest.fixture
def dripping() -> Iterator[str]:
    """A server that sends a byte every hundredth of a second, and never comes to the end."""
    over = threading.Event()

    class Drip(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with contextlib.suppress(OSError):
                self.send_response(200)
                self.send_header("Content-Length", "100000")
                self.end_headers()
                while not over.wait(0.01):
                    self.wfile.write(b" ")

        def log_message(self, *_: object) -> None:
            """Silent."""

    with HTTPServer(("127.0.0.1", 0), Drip) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        over.set()
        server.shutdown()
        thread.join()


def test_it_does_not_wait_for_an_answer_that_drips(dripping: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "ANSWER_SECONDS", 0.2)
    http = GuardedHttp(dripping)
    with contextlib.closing(http), pytest.raises(NoAnswer):
        exchange(http, "GET", f"{dripping}/gmail/v1/users/me/profile", headers={})
