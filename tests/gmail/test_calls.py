"""Google's own client writes the requests; nothing is written by hand."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import googleapiclient.discovery
import pytest
from werkzeug.wrappers import Request, Response

from agent.demo.mailbox import Mailbox
from agent.demo.quirks import Quirks
from agent.demo.server import GmailServer
from agent.errors import NotFound, Refused
from agent.gmail import calls, client, consent, flow, session
from agent.gmail.calls import users
from agent.gmail.client import Gmail
from agent.gmail.transport import GuardedHttp
from tests.demo.discovery import Discovery, methods
from tests.demo.letters import letter, reply

EVERY = {
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
    "users.drafts.create",
    "users.drafts.delete",
}


@pytest.fixture
def arrived(server: GmailServer, monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """Every request of the API, as it came in."""
    seen: list[Request] = []
    answer = server._api.answer

    def watched(request: Request) -> Any:
        seen.append(request)
        return answer(request)

    monkeypatch.setattr(server._api, "answer", watched)
    return seen


def call_everything(gmail: Gmail, mailbox: Mailbox, server: GmailServer) -> None:
    server.quirks = Quirks(detach_over=10)
    made = mailbox.deliver(letter("a body of some length"), thread_key="t")
    start = gmail.profile().history_id
    gmail.send_as()
    gmail.labels()
    list(gmail.list_messages(query='"thank you" after:1', label_ids=["INBOX", "UNREAD"], limit=7))
    body = gmail.message(made)["payload"]["body"]
    gmail.attachment(made, body["attachmentId"])
    gmail.thread(mailbox.thread_of("t"))
    list(gmail.history(start))
    ref = gmail.create_draft(reply(), mailbox.thread_of("t"))
    gmail.list_drafts()
    gmail.draft(ref.draft_id)
    gmail.delete_draft(ref.draft_id)


def test_it_makes_the_calls_of_googles_discovery_document(
    gmail: Gmail, mailbox: Mailbox, server: GmailServer
) -> None:
    discovery = Discovery()
    server.on_response = discovery.observe
    call_everything(gmail, mailbox, server)
    assert {one.name for one in server.log} == EVERY
    assert methods().keys() >= EVERY
    assert discovery.seen == len(EVERY)
    assert discovery.problems == []


def test_it_sends_what_googles_methods_wrote(
    gmail: Gmail, mailbox: Mailbox, server: GmailServer, arrived: list[Request]
) -> None:
    call_everything(gmail, mailbox, server)
    assert len(arrived) == len(EVERY)
    for request in arrived:
        assert request.headers["X-Goog-Api-Client"].startswith("gdcl/")
        assert request.headers["User-Agent"] == "followup-agent (gzip)"
        assert request.headers["Accept-Encoding"] == "gzip, deflate"
        assert request.headers["Authorization"].startswith("Bearer ")
    written = users(GuardedHttp(server.url), server.url).messages()
    expected = written.list(userId="me", maxResults=7, q='"thank you" after:1', labelIds=["INBOX", "UNREAD"])
    listing = next(one for one in arrived if one.path.endswith("/messages"))
    assert f"{server.url}{listing.path}?{listing.query_string.decode()}" == expected.uri


def test_it_builds_googles_client_once_for_a_mailbox_and_on_our_transport(
    connect: Callable[..., Gmail], mailbox: Mailbox, server: GmailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[dict[str, Any]] = []
    build = googleapiclient.discovery.build

    def watched(*args: Any, **options: Any) -> Any:
        built.append(options | {"args": args})
        return build(*args, **options)

    monkeypatch.setattr(googleapiclient.discovery, "build", watched)
    gmail = connect()
    assert built == []
    call_everything(gmail, mailbox, server)
    [options] = built
    assert options["args"] == ("gmail", "v1")
    assert isinstance(options["http"], GuardedHttp)
    assert options["client_options"] == {"api_endpoint": server.url}
    assert (options["static_discovery"], options["cache_discovery"]) == (True, False)


@pytest.mark.parametrize("module", [calls, client, consent, flow, session])
def test_it_writes_no_address_by_hand(module: Any) -> None:
    text = Path(module.__file__).read_text(encoding="utf-8")
    assert not [
        word for word in ("/gmail/", "/users/", "users/me", "urlencode", "urljoin", "quote") if word in text
    ]


def test_it_pages_where_a_parameter_repeats(
    gmail: Gmail, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Google's ``list_next`` raises ValueError there."""
    monkeypatch.setattr(client, "PAGE_SIZE", 2)
    start = gmail.profile().history_id
    labels = ["INBOX", "UNREAD"]
    made = {mailbox.deliver(letter(message_id=f"n{i}@x.example"), labels=labels) for i in range(5)}
    assert {one for one, _ in gmail.list_messages(label_ids=labels)} == made
    pages = list(gmail.history(start))
    assert len(pages) > 2


def test_it_leaves_a_long_get_a_get(gmail: Gmail, server: GmailServer, arrived: list[Request]) -> None:
    assert list(gmail.list_messages(query="x" * 3000)) == []
    [request] = arrived
    assert request.method == "GET"
    assert "X-Http-Method-Override" not in request.headers


def test_it_asks_nothing_of_the_network_to_build() -> None:
    http = GuardedHttp("https://gmail.googleapis.com")
    request = users(http, "https://gmail.googleapis.com").getProfile(userId="me")
    assert request.uri == "https://gmail.googleapis.com/gmail/v1/users/me/profile?alt=json"
    assert http.sends == 0


def test_it_begins_a_thread_for_a_draft_without_one(
    gmail: Gmail, mailbox: Mailbox, arrived: list[Request]
) -> None:
    mailbox.deliver(letter(), thread_key="t")
    ref = gmail.create_draft(reply(answers=None, subject="Hello"), "")
    assert "threadId" not in json.loads(arrived[-1].get_data())["message"]
    assert ref.thread_id not in {"", mailbox.thread_of("t")}
    assert mailbox.drafts_in(ref.thread_id) == [ref.draft_id]


def test_it_does_not_lose_a_thread_that_is_gone(gmail: Gmail) -> None:
    with pytest.raises(NotFound):
        gmail.create_draft(reply(), "18c0ffee")


@pytest.mark.parametrize(
    "body", [b"null", b"[]", b'{"error": 7}', b'{"error": "x"}', b"<html>", b"[" * 100_000]
)
def test_it_survives_any_403(
    server: GmailServer, gmail: Gmail, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    """Google's ``execute`` reads the body of a 403 for a reason, and some of these end in a TypeError there."""
    monkeypatch.setattr(server, "_well", lambda request: Response(body, 403))
    with pytest.raises(Refused):
        gmail.create_draft(reply(), "1")


def test_it_loads_googles_client_only_to_call() -> None:
    code = "import sys, agent.gmail.client; print('googleapiclient' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
