"""Faults, connections and quota, as Google's real client meets them."""

import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.client import IncompleteRead
from typing import Any

import httplib2
import pytest
from googleapiclient.errors import HttpError

from agent.demo.faults import Fault
from agent.demo.mailbox import Mailbox
from agent.demo.server import GmailServer
from tests.demo.letters import encoded, letter, reply

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def create(users: Any) -> Any:
    return users.drafts().create(userId="me", body={"message": {"raw": encoded(reply())}}).execute()


def profile(users: Any) -> Any:
    return users.getProfile(userId="me").execute()


@pytest.mark.parametrize(
    ("code", "reason"),
    [(429, "rateLimitExceeded"), (403, "rateLimitExceeded"), (500, "backendError"), (503, "backendError")],
)
def test_it_fails_on_order_with_status_and_reason(
    server: GmailServer, users: Any, code: int, reason: str
) -> None:
    server.faults.add(Fault(kind="status", path="/profile", nth=2, code=code, reason=reason))
    profile(users)
    with pytest.raises(HttpError) as error:
        profile(users)
    assert (error.value.status_code, error.value.error_details[0]["reason"]) == (code, reason)
    profile(users)


def test_it_counts_per_fault_and_by_method(server: GmailServer, users: Any) -> None:
    server.faults.add(Fault(kind="status", method="POST", path="/drafts$", times=2))
    users.drafts().list(userId="me").execute()
    for _ in range(2):
        with pytest.raises(HttpError):
            create(users)
    create(users)
    assert server.arrived("POST", "/drafts") == 3


def test_it_does_nothing_when_the_connection_is_reset_before(
    mailbox: Mailbox, server: GmailServer, users: Any
) -> None:
    server.faults.add(Fault(kind="reset_before", method="POST"))
    with pytest.raises(ConnectionResetError):
        create(users)
    assert mailbox.ledger.drafts == {}


def test_it_has_done_the_deed_when_the_connection_is_reset_after(
    mailbox: Mailbox, server: GmailServer, users: Any
) -> None:
    server.faults.add(Fault(kind="reset_after", method="POST"))
    with pytest.raises(ConnectionResetError):
        create(users)
    assert len(mailbox.ledger.drafts) == 1
    assert server.arrived("POST", "/drafts") == 1
    assert server.log[-1].fault == "reset_after"
    assert server.log[-1].applied


def test_it_gets_a_post_twice_when_it_hangs_up_because_httplib2_sends_again(
    mailbox: Mailbox, server: GmailServer, users: Any
) -> None:
    server.faults.add(Fault(kind="hang_up_after", method="POST"))
    create(users)
    assert server.arrived("POST", "/drafts") == 2
    assert len(mailbox.ledger.drafts) == 2


def test_it_does_nothing_when_it_hangs_up_before(mailbox: Mailbox, server: GmailServer, users: Any) -> None:
    server.faults.add(Fault(kind="hang_up", method="POST"))
    create(users)
    assert server.arrived("POST", "/drafts") == 2
    assert len(mailbox.ledger.drafts) == 1


def test_it_answers_with_a_page_of_html(server: GmailServer, users: Any) -> None:
    server.faults.add(Fault(kind="html_502"))
    with pytest.raises(HttpError) as error:
        profile(users)
    assert error.value.status_code == 502
    assert "<html" in error.value.error_details


def test_it_cuts_an_answer_short(server: GmailServer, users: Any) -> None:
    server.faults.add(Fault(kind="truncate"))
    with pytest.raises(IncompleteRead):
        profile(users)
    profile(users)


def test_it_answers_with_half_a_json(server: GmailServer, users: Any) -> None:
    server.faults.add(Fault(kind="malformed_json"))
    assert profile(users).startswith('{"emailAddress"')  # Google's client hands broken JSON over as text
    assert isinstance(profile(users), dict)


def test_it_stalls_until_released(mailbox: Mailbox, server: GmailServer, users: Any) -> None:
    server.faults.add(Fault(kind="stall_after", method="POST"))
    failures: list[type[BaseException]] = []

    def attempt() -> None:
        try:
            create(users)
        except OSError as error:
            failures.append(type(error))

    client = threading.Thread(target=attempt)
    client.start()
    while not server.arrived("POST", "/drafts"):
        time.sleep(0.001)
    assert failures == []
    assert len(mailbox.ledger.drafts) == 1
    while client.is_alive():
        server.faults.release()
        client.join(0.01)
    assert failures == [ConnectionResetError]


def test_it_times_the_client_out(server: GmailServer, gmail_client: Callable[..., Any]) -> None:
    users = gmail_client(server)
    users._http.http.timeout = 0.05
    server.faults.add(Fault(kind="stall"))
    with pytest.raises(TimeoutError):
        profile(users)


def test_it_keeps_the_connection_open(server: GmailServer) -> None:
    http = httplib2.Http(timeout=5)
    for _ in range(3):
        http.request(f"{server.url}/gmail/v1/users/me/profile")
    (connection,) = http.connections.values()
    before = connection.sock.getsockname()
    http.request(f"{server.url}/gmail/v1/users/me/profile")
    assert connection.sock.getsockname() == before
    http.close()


def test_it_lets_connections_go_stale(server: GmailServer, users: Any) -> None:
    profile(users)
    server.cut_connections()
    profile(users)
    assert server.requests == 2


def test_it_refuses_connections_once_stopped(mailbox: Mailbox) -> None:
    server = GmailServer(mailbox).start()
    port = int(server.url.rsplit(":", 1)[1])
    server.stop()
    with socket.socket() as probe, pytest.raises(ConnectionRefusedError):
        probe.connect(("127.0.0.1", port))


def test_it_counts_units_and_requests(mailbox: Mailbox, server: GmailServer, users: Any) -> None:
    first = mailbox.deliver(letter())
    profile(users)
    users.messages().get(userId="me", id=first).execute()
    users.threads().get(userId="me", id=first).execute()
    create(users)
    assert (server.units, server.requests) == (1 + 20 + 40 + 10, 4)
    assert [(one.method, one.template, one.units) for one in server.log][1] == (
        "GET",
        "gmail/v1/users/{userId}/messages/{id}",
        20,
    )


def test_it_refuses_more_units_than_a_minute_allows(
    mailbox: Mailbox, gmail_server: Callable[..., GmailServer], gmail_client: Callable[..., Any]
) -> None:
    now = [NOON]
    server = gmail_server(mailbox, quota_units_per_minute=50, wall_clock=lambda: now[0])
    users = gmail_client(server)
    first = mailbox.deliver(letter())
    for seconds in (0, 20):
        now[0] = NOON + timedelta(seconds=seconds)
        users.messages().get(userId="me", id=first).execute()
    with pytest.raises(HttpError) as error:
        users.messages().get(userId="me", id=first).execute()
    assert error.value.status_code == 403
    assert error.value.error_details[0]["reason"] == "rateLimitExceeded"
    assert error.value.reason == "User-rate limit exceeded.  Retry after 2026-03-02T12:01:00.000Z"
    now[0] = NOON + timedelta(seconds=60)
    users.messages().get(userId="me", id=first).execute()


def test_it_names_the_time_to_come_back(
    mailbox: Mailbox, gmail_server: Callable[..., GmailServer], gmail_client: Callable[..., Any]
) -> None:
    server = gmail_server(mailbox, wall_clock=lambda: NOON)
    server.faults.add(Fault(kind="status", code=429, reason="rateLimitExceeded", retry_after=90))
    with pytest.raises(HttpError, match=r"Retry after 2026-03-02T12:01:30\.000Z"):
        profile(gmail_client(server))


def test_it_serves_many_clients_at_once(
    mailbox: Mailbox, server: GmailServer, gmail_client: Callable[..., Any]
) -> None:
    clients = [gmail_client(server) for _ in range(8)]
    threads = [threading.Thread(target=lambda one=one: [create(one) for _ in range(5)]) for one in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mailbox.ledger.drafts) == 40
    assert len({draft.message_id for draft in mailbox.ledger.drafts.values()}) == 40
