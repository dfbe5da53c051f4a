"""Fixtures every test may use: the embedded Gmail and Google's real client for it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httplib2
import pytest
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build

from agent.demo.mailbox import Mailbox
from agent.demo.oauth import COMPOSE, READONLY
from agent.demo.server import GmailServer
from tests.demo.discovery import Discovery


@pytest.fixture
def gmail_server() -> Iterator[Callable[..., GmailServer]]:
    """Start embedded Gmails: `gmail_server(mailbox, **settings)`.

    At the end every answer they gave must agree with Google's discovery document.
    """
    discovery = Discovery()
    with ExitStack() as stack:

        def start(mailbox: Mailbox, **settings: Any) -> GmailServer:
            server = stack.enter_context(GmailServer(mailbox, **settings))
            server.on_response = discovery.observe
            return server

        yield start
    assert discovery.problems == []


@pytest.fixture
def gmail_client() -> Iterator[Callable[..., Any]]:
    """Google's client for a server, its `users()` resource: `gmail_client(server, scopes=…)`."""
    with ExitStack() as stack:

        def connect(server: GmailServer, *, scopes: tuple[str, ...] = (READONLY, COMPOSE)) -> Any:
            known = server.token_info(scopes)
            credentials = Credentials(  # type: ignore[no-untyped-call]  # google-auth is untyped
                known["token"],
                **{
                    name: known[name]
                    for name in ("refresh_token", "token_uri", "client_id", "client_secret", "scopes")
                },
            )
            http = AuthorizedHttp(credentials, http=httplib2.Http(timeout=10))
            service = build("gmail", "v1", http=http, client_options={"api_endpoint": server.url})
            stack.callback(service.close)
            return service.users()

        yield connect
