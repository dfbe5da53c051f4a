"""A token server that answers otherwise than Google's does when all is well."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.errors import GmailUnavailable
from agent.gmail import auth
from agent.gmail.auth import load_token, refresh
from agent.gmail.transport import Answer


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
