"""Only the allowed calls leave, and a write leaves once."""

import gzip
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Thread
from typing import Any

import pytest
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from agent.demo.server import GmailServer
from agent.errors import ForbiddenCall
from agent.gmail import transport
from agent.gmail.transport import Answer, GuardedHttp, NoAnswer, NotSent, exchange

ALLOWED = {
    "users.getProfile",
    "users.settings.sendAs.list",
    "users.labels.list",
    "users.history.list",
    "users.messages.list",
    "users.messages.get",
    "users.messages.attachments.get",
    "users.threads.get",
    "users.drafts.list",
    "users.drafts.get",
}
ALLOWED_ONCE = ALLOWED | {"users.drafts.create", "users.drafts.delete"}
NEVER = ("send", "insert", "import", "modify", "batch", "trash", "untrash", "watch", "update", "patch")


def methods(resource: Any, path: str = "") -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Every method of the bundled discovery document: its name, the bound method, its description."""
    description = resource._resourceDesc
    for name, method in description.get("methods", {}).items():
        attribute = {"import": "import_"}.get(name, name)
        yield f"{path}{name}", getattr(resource, attribute), method
    for name in description.get("resources", {}):
        yield from methods(getattr(resource, name)(), f"{path}{name}.")


def call(method: Any, description: dict[str, Any]) -> None:
    parameters = description.get("parameters", {})
    required = {
        name: "me" if name == "userId" else "1"
        for name, shape in parameters.items()
        if shape.get("required") and name != "sendAsEmail"
    }
    required |= {name: "1" for name in parameters if name == "sendAsEmail"}
    body: dict[str, Any] = {"body": {}} if "request" in description else {}
    method(**required, **body).execute()


def passing(server: GmailServer, *, once: bool) -> set[str]:
    """The names of all methods of Google's client that get past the guard."""
    passed = set()
    service = build("gmail", "v1", http=GuardedHttp(server.url), client_options={"api_endpoint": server.url})
    names = [name for name, _, _ in methods(service)]
    assert len(names) > 70
    for name in names:
        http = GuardedHttp(server.url, once=once)
        service = build("gmail", "v1", http=http, client_options={"api_endpoint": server.url})
        method, description = next((m, d) for n, m, d in methods(service) if n == name)
        try:
            call(method, description)
        except ForbiddenCall:
            assert http.sends == 0
            continue
        except HttpError:
            pass
        passed.add(name)
        http.close()
    return passed


def test_it_lets_exactly_the_reads_of_googles_own_client_pass(server: GmailServer) -> None:
    assert passing(server, once=False) == ALLOWED
    assert server.violations == []


def test_it_lets_exactly_two_writes_pass_on_a_connection_for_one(server: GmailServer) -> None:
    assert passing(server, once=True) == ALLOWED_ONCE
    assert server.violations == []
    assert not any(word in name.rpartition(".")[2].lower() for name in ALLOWED_ONCE for word in NEVER)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gmail/v1/users/me/drafts/send"),
        ("POST", "/gmail/v1/users/me/messages/send"),
        ("POST", "/upload/gmail/v1/users/me/messages/send"),
        ("POST", "/upload/gmail/v1/users/me/drafts"),
        ("POST", "/batch"),
        ("POST", "/batch/gmail/v1"),
        ("PUT", "/gmail/v1/users/me/drafts/r1"),
        ("DELETE", "/gmail/v1/users/me/messages/1"),
        ("DELETE", "/gmail/v1/users/me/threads/1"),
        ("POST", "/gmail/v1/users/me/drafts/"),
        ("POST", "/gmail/v1/users/me/drafts?uploadType=media"),
        ("POST", "/gmail/v1/users/me/x/../drafts"),
        ("POST", "/gmail/v1/users/me/drafts%2Fsend"),
        ("POST", "/gmail/v1/users/me/drafts/send#/drafts"),
        ("POST", "/gmail/v1/users/me/drafts;/send"),
        ("POST", "//gmail/v1/users/me/drafts"),
        ("POST", "/gmail/v1/users/somebody/drafts"),
        ("post", "/gmail/v1/users/me/messages/send"),
        ("GET", "/gmail/v1/users/me/messages?$httpMethod=POST"),
        ("GET", "/gmail/v1/users/me/messages/1/trash"),
        ("PATCH", "/gmail/v1/users/me/drafts/r1"),
        ("GET", "/gmail/v1/users/me/settings/filters"),
    ],
)
def test_it_stops(server: GmailServer, method: str, path: str) -> None:
    http = GuardedHttp(server.url, f"{server.url}/token", once=True)
    with pytest.raises(ForbiddenCall):
        http.request(server.url + path, method, body=b"{}")
    assert http.sends == 0
    assert server.log == []


def test_it_stops_a_write_on_a_connection_that_is_kept(server: GmailServer) -> None:
    with pytest.raises(ForbiddenCall):
        GuardedHttp(server.url).request(f"{server.url}/gmail/v1/users/me/drafts", "POST", body=b"{}")


@pytest.mark.parametrize("header", ["x-http-method-override", "X-HTTP-Method-Override", "X-Method-Override"])
def test_it_stops_a_method_in_disguise(server: GmailServer, header: str) -> None:
    http = GuardedHttp(server.url, once=True)
    with pytest.raises(ForbiddenCall):
        http.request(f"{server.url}/gmail/v1/users/me/drafts", "POST", body=b"", headers={header: "GET"})


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/gmail/v1/users/me/profile",
        "http://gmail.googleapis.com/gmail/v1/users/me/profile",
        "https://gmail.googleapis.com:444/gmail/v1/users/me/profile",
        "https://gmail.googleapis.com@evil.example/gmail/v1/users/me/profile",
        "https://gmail.googleapis.com.evil.example/gmail/v1/users/me/profile",
    ],
)
def test_it_goes_to_one_host_only(url: str) -> None:
    with pytest.raises(ForbiddenCall):
        GuardedHttp("https://gmail.googleapis.com").request(url)


def test_it_posts_tokens_to_the_token_server_only(server: GmailServer) -> None:
    with closing(GuardedHttp("", f"{server.url}/token")) as http:
        assert http.request(f"{server.url}/token", "POST", body=b"grant_type=x")[0].status == 401
    for url in (f"{server.url}/revoke", f"{server.url}/token?x=1"):
        with pytest.raises(ForbiddenCall):
            http.request(url, "POST", body=b"")


def test_it_follows_no_redirect() -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n\r\n"
    with listening([answer]) as (url, seen):
        with closing(GuardedHttp(url)) as http:
            assert read(http, url).status == 302
        assert len(seen) == 1


PATH = "/gmail/v1/users/me/profile"
RESET = b"reset"
SILENCE = b""


@contextmanager
def listening(answers: list[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """A server that gives these answers, one for each request; RESET and SILENCE close without one."""
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)

        def serve() -> None:
            for answer in answers:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(5)
                    seen.append(connection.recv(65536))
                    if answer == RESET:
                        linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    elif answer:
                        connection.sendall(answer)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", seen
    thread.join(0.1)


def read(http: GuardedHttp, url: str) -> Answer:
    return exchange(http, "GET", url + PATH, headers={})


def write(http: GuardedHttp, url: str) -> Answer:
    return exchange(http, "POST", f"{url}/gmail/v1/users/me/drafts", headers={}, body=b"{}")


@pytest.mark.parametrize(
    "end", [RESET, SILENCE, b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", b"nonsense\r\n\r\n"]
)
def test_it_writes_once_whatever_the_server_does(end: bytes) -> None:
    with listening([end] * 4) as (url, seen):
        http = GuardedHttp(url, once=True)
        with closing(http), pytest.raises(NoAnswer):
            write(http, url)
        assert http.sends == 1
        assert len([request for request in seen if request]) == 1  # it may connect again, but says nothing


def test_it_lets_httplib2_repeat_a_read_and_counts_it() -> None:
    with listening([SILENCE] * 4) as (url, seen):
        http = GuardedHttp(url)
        with closing(http), pytest.raises(NoAnswer):
            read(http, url)
        assert http.sends == len(seen) == 2


def test_it_knows_a_write_that_timed_out_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "TIMEOUT_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        http = GuardedHttp(url, once=True)
        with pytest.raises(NoAnswer):
            write(http, url)
        assert http.sends == 1


def test_it_knows_when_nothing_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    http = GuardedHttp(url, once=True)
    with pytest.raises(NotSent):
        write(http, url)
    assert http.sends == 0


def test_it_uses_no_proxy_on_the_loopback(server: GmailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with closing(GuardedHttp(server.url)) as http:
        assert read(http, server.url).status == 401


def test_it_survives_a_bomb_of_zeros(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MAX_ANSWER_BYTES", 1 << 20)
    bomb = gzip.compress(bytes(64 << 20), 1)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    with listening([head + bomb]) as (url, _), closing(GuardedHttp(url)) as http, pytest.raises(NoAnswer):
        read(http, url)
