"""The control routes, for tests whose program is another process."""

import json
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httplib2
import pytest
from googleapiclient.errors import HttpError

from agent.demo.clock import wall_clock
from agent.demo.mailbox import Mailbox
from agent.demo.server import GmailServer
from tests.demo.letters import ME, START, encoded, letter, reply

Order = Callable[..., Any]


def post(url: str, deed: str, order: dict[str, Any]) -> tuple[int, Any]:
    http = httplib2.Http(timeout=10)
    answer, body = http.request(f"{url}/_control/{deed}", "POST", json.dumps(order))
    http.close()
    return answer.status, json.loads(body)


@pytest.fixture
def order(server: GmailServer) -> Order:
    def give(deed: str, **keys: Any) -> Any:
        status, body = post(server.url, deed, keys)
        assert status == 200, body
        return body

    return give


def test_it_delivers_and_lets_the_user_treat_a_draft(order: Order, users: Any, mailbox: Mailbox) -> None:
    at = START.isoformat()
    first = order("deliver", raw=encoded(letter()).rstrip("="), labels=["INBOX"], thread_key="t1", at=at)
    assert first["id"] == first["threadId"]
    body = {"message": {"raw": encoded(reply()), "threadId": first["threadId"]}}
    made = users.drafts().create(userId="me", body=body).execute()
    edited = order("edit", thread_key="t1", append="P.S.")
    opened = order("open", draft_id=made["id"])
    assert len({made["message"]["id"], edited["id"], opened["id"]}) == 3
    (draft,) = order("state")["drafts"]
    assert draft["draft_id"] == made["id"]
    assert draft["to"] == "maria@northwind.example"
    assert draft["in_reply_to"] == "<m1@northwind.example>"
    assert draft["text"].endswith("P.S.\n")
    sent = order("send", thread_id=first["threadId"])
    assert sent["threadId"] == first["threadId"]
    assert mailbox.ledger.message(sent["id"]).labels == {"SENT"}
    assert order("state")["drafts"] == []


def test_it_discards_trashes_labels_deletes(order: Order, mailbox: Mailbox) -> None:
    first = order("deliver", raw_text="Subject: x\r\n\r\nHello")["id"]
    draft = order("draft", raw=urlsafe_b64encode(reply()).decode())["draft_id"]
    order("edit", draft_id=draft, raw_text="Subject: y\r\n\r\nHi", at="2026-03-03T09:00:00-05:00")
    order("discard", draft_id=draft)
    order("label", id=first, add=["Job hunt"], remove=["INBOX"])
    assert mailbox.ledger.message(first).labels == {"Label_1"}
    order("trash", id=first)
    order("delete", id=first)
    assert mailbox.ledger.messages == {}


def test_it_moves_the_clock(order: Order, mailbox: Mailbox) -> None:
    order("clock", at="2026-03-05T08:00:00-05:00")
    assert order("clock", advance_seconds=60) == {"now": "2026-03-05T13:01:00+00:00"}
    assert mailbox.clock() == START.replace(day=5, hour=13, minute=1)


def test_it_orders_faults_and_endings(order: Order, users: Any, server: GmailServer) -> None:
    order("faults", add=[{"kind": "status", "path": "/profile", "code": 429, "reason": "rateLimitExceeded"}])
    with pytest.raises(HttpError):
        users.getProfile(userId="me").execute()
    order("faults", add=[{"kind": "status", "times": 9}])
    order("faults", clear=True, release=True)
    start = users.getProfile(userId="me").execute()["historyId"]
    order("expire")
    with pytest.raises(HttpError):
        users.history().list(userId="me", startHistoryId=start).execute()
    order("expire", tokens=True)
    users.getProfile(userId="me").execute()
    order("revoke")
    state = order("state")
    assert state["token_requests"] == 1
    assert state["violations"] == []
    assert state["log"][0] == {
        "method": "GET",
        "template": "gmail/v1/users/{userId}/profile",
        "units": 0,
        "status": 429,
    }


def test_it_says_what_is_wrong_with_an_order(server: GmailServer) -> None:
    assert post(server.url, "deliver", {})[0] == 400
    assert post(server.url, "deliver", {"raw_text": "x", "at": "2026-03-05T08:00:00"})[0] == 400
    assert post(server.url, "faults", {"add": [{"sort": "status"}]})[0] == 400
    assert post(server.url, "send", {"draft_id": "r1"})[0] == 404
    assert post(server.url, "dance", {})[0] == 404


def test_it_can_be_left_out_and_needs_a_clock_that_moves(gmail_server: Callable[..., GmailServer]) -> None:
    mailbox = Mailbox(ME, clock=wall_clock)
    assert post(gmail_server(mailbox, control=False).url, "state", {})[0] == 404
    server = gmail_server(mailbox)
    assert post(server.url, "clock", {"advance_seconds": 1})[0] == 409
    assert post(server.url, "clock", {})[0] == 200


def test_it_runs_by_itself(tmp_path: Path) -> None:
    mbox = tmp_path / "mail.mbox"
    mbox.write_bytes(b"From 1@xxx Mon Mar 02 15:00:00 +0000 2026\n" + letter().replace(b"\r\n", b"\n"))
    command = [sys.executable, "-m", "agent.demo.serve", "--address", ME, "--mbox", str(mbox), "--now"]
    with subprocess.Popen([*command, START.isoformat()], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        where = json.loads(process.stdout.readline())
        status, state = post(where["url"], "state", {})
        later = (START + timedelta(days=1)).isoformat()
        assert post(where["url"], "clock", {"at": later}) == (200, {"now": later})
        process.terminate()
    assert (status, state["messages"]) == (200, 1)
    assert where["token"]["token_uri"] == where["client"]["installed"]["token_uri"]
