"""What Google's real client may write, and what it must not."""

from base64 import b64encode, urlsafe_b64decode
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from agent.demo.api import METHODS, Violation
from agent.demo.mailbox import Mailbox
from agent.demo.server import GmailServer
from tests.demo.discovery import methods
from tests.demo.letters import ME, encoded, letter, reply


def create(users: Any, raw: bytes, thread_id: str | None = None) -> dict[str, Any]:
    message = {"raw": encoded(raw)} | ({"threadId": thread_id} if thread_id else {})
    made: dict[str, Any] = users.drafts().create(userId="me", body={"message": message}).execute()
    return made


def test_it_puts_a_draft_into_the_thread_when_all_three_conditions_hold(mailbox: Mailbox, users: Any) -> None:
    first = mailbox.deliver(letter())
    made = create(users, reply(), first)
    assert made["message"] == {"id": made["message"]["id"], "threadId": first, "labelIds": ["DRAFT"]}
    assert made["id"].startswith("r")


@pytest.mark.parametrize(
    ("raw", "asked"),
    [
        (reply(subject="Re: Something else"), True),
        (reply(answers=None), True),
        (reply(answers="unknown@x.example"), True),
        (reply(), False),
    ],
)
def test_it_begins_a_new_thread_silently_when_one_condition_fails(
    mailbox: Mailbox, users: Any, raw: bytes, asked: bool
) -> None:
    first = mailbox.deliver(letter())
    made = create(users, raw, first if asked else None)
    assert made["message"]["threadId"] == made["message"]["id"] != first


def test_it_refuses_a_thread_it_does_not_have(users: Any) -> None:
    for thread_id, code in (("19cab00000000000", 404), ("no thread", 400)):
        with pytest.raises(HttpError) as error:
            create(users, reply(), thread_id)
        assert error.value.status_code == code


def test_it_refuses_bytes_in_the_standard_alphabet(users: Any) -> None:
    raw = b64encode(letter("ÿÿÿ>>>???\n", headers={"X-A": "??>>"}) + b"\xff\xfe\xfb").decode()
    assert {"+", "/"} & set(raw)
    with pytest.raises(HttpError) as error:
        users.drafts().create(userId="me", body={"message": {"raw": raw}}).execute()
    assert error.value.status_code == 400


def test_it_gives_back_what_was_created_with_its_own_headers_added(mailbox: Mailbox, users: Any) -> None:
    made = create(users, b"To: maria@northwind.example\r\nSubject: S\r\nX-Key: k1\r\n\r\nHello\r\n")
    got = users.drafts().get(userId="me", id=made["id"], format="raw").execute()
    raw = urlsafe_b64decode(got["message"]["raw"]).decode()
    assert raw.startswith("To: maria@northwind.example\r\nSubject: S\r\nX-Key: k1\r\n")
    assert f"From: Dana Kim <{ME}>" in raw
    assert "Message-ID: <CA" in raw
    assert raw.endswith("\r\n\r\nHello\r\n")


def test_it_lists_drafts_newest_first_and_by_query(mailbox: Mailbox, users: Any) -> None:
    assert users.drafts().list(userId="me").execute() == {"resultSizeEstimate": 0}
    first = create(users, reply("alpha\n"))
    second = create(users, reply("beta\n"))
    listed = users.drafts().list(userId="me").execute()["drafts"]
    assert [one["id"] for one in listed] == [second["id"], first["id"]]
    assert set(listed[0]["message"]) == {"id", "threadId"}
    assert [one["id"] for one in users.drafts().list(userId="me", q="alpha").execute()["drafts"]] == [
        first["id"]
    ]


def test_it_replaces_the_whole_message_on_update(mailbox: Mailbox, users: Any) -> None:
    first = mailbox.deliver(letter())
    made = create(users, reply(), first)
    body = {"message": {"raw": encoded(reply("Changed\n")), "threadId": first}}
    updated = users.drafts().update(userId="me", id=made["id"], body=body).execute()
    assert updated["id"] == made["id"]
    assert updated["message"]["id"] != made["message"]["id"]
    assert updated["message"]["threadId"] == first
    del body["message"]["threadId"]
    assert (
        users.drafts().update(userId="me", id=made["id"], body=body).execute()["message"]["threadId"] != first
    )


def test_it_deletes_a_draft_for_good(mailbox: Mailbox, users: Any) -> None:
    made = create(users, reply())
    assert users.drafts().delete(userId="me", id=made["id"]).execute() == ""
    assert mailbox.ledger.messages == {}


def test_it_refuses_and_remembers_every_attempt_to_do_more_than_draft(
    mailbox: Mailbox, server: GmailServer, users: Any
) -> None:
    first = mailbox.deliver(letter())
    before = dict(mailbox.ledger.messages)
    raw = {"raw": encoded(reply())}
    attempts = (
        users.messages().send(userId="me", body=raw),
        users.drafts().send(userId="me", body={"id": "r1"}),
        users.messages().insert(userId="me", body=raw),
        users.messages().import_(userId="me", body=raw),
        users.messages().modify(userId="me", id=first, body={"addLabelIds": ["STARRED"]}),
        users.messages().trash(userId="me", id=first),
        users.messages().delete(userId="me", id=first),
        users.threads().modify(userId="me", id=first, body={}),
        users.labels().create(userId="me", body={"name": "x"}),
        users.settings().updateVacation(userId="me", body={}),
        users.watch(userId="me", body={}),
    )
    for attempt in attempts:
        with pytest.raises(HttpError) as error:
            attempt.execute()
        assert error.value.status_code == 403
    assert len(server.violations) == len(attempts)
    assert server.violations[0] == Violation("POST", "/gmail/v1/users/me/messages/send")
    assert mailbox.ledger.messages == before


def test_it_knows_no_method_but_reading_and_drafts() -> None:
    writing = {one.name for one in METHODS if one.verb != "GET"}
    assert writing == {f"users.drafts.{deed}" for deed in ("create", "update", "delete")}
    assert {one.name for one in METHODS} <= methods().keys()
