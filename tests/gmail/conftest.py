"""One embedded Gmail, and our client on it, with hands that count the seconds instead of sleeping."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.demo.clock import MovableClock
from agent.demo.mailbox import Mailbox
from agent.demo.server import GmailServer
from agent.gmail.auth import load_token
from agent.gmail.client import Gmail
from tests.demo.letters import ME, START


@dataclass
class Hands:
    """A clock that moves only by sleeping on it."""

    at: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox(ME, name="Dana Kim", clock=MovableClock(START))


@pytest.fixture
def server(mailbox: Mailbox, gmail_server: Callable[..., GmailServer]) -> GmailServer:
    return gmail_server(mailbox)


@pytest.fixture
def token_file(server: GmailServer, tmp_path: Path) -> Path:
    path = tmp_path / "token.json"
    path.write_text(json.dumps(server.token_info()))
    path.chmod(0o600)
    return path


@pytest.fixture
def connect(server: GmailServer, token_file: Path, hands: Hands) -> Iterator[Callable[..., Gmail]]:
    made: list[Gmail] = []

    def client(units: int = 1_000_000, endpoint: str = server.url) -> Gmail:
        made.append(
            Gmail(
                load_token(token_file),
                endpoint,
                sleep=hands.sleep,
                now=hands.now,
                jitter=lambda: 0.5,
                quota_units_per_minute=units,
            )
        )
        return made[-1]

    yield client
    for one in made:
        one.close()


@pytest.fixture
def gmail(connect: Callable[..., Gmail]) -> Gmail:
    return connect()
