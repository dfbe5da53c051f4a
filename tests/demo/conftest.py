"""One mailbox with one letter in it, its server, and Google's client."""

from collections.abc import Callable
from typing import Any

import pytest

from agent.demo.clock import MovableClock
from agent.demo.mailbox import Mailbox
from agent.demo.server import GmailServer
from tests.demo.letters import ME, START


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(START)


@pytest.fixture
def mailbox(clock: MovableClock) -> Mailbox:
    return Mailbox(ME, name="Dana Kim", clock=clock)


@pytest.fixture
def server(mailbox: Mailbox, gmail_server: Callable[..., GmailServer]) -> GmailServer:
    return gmail_server(mailbox)


@pytest.fixture
def users(server: GmailServer, gmail_client: Callable[..., Any]) -> Any:
    return gmail_client(server)
