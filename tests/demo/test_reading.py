"""What Google's real client reads from the embedded Gmail."""

from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from agent.demo.clock import MovableClock
from agent.demo.mailbox import Alias, Mailbox
from agent.demo.oauth import COMPOSE
from agent.demo.quirks import Quirks
from agent.demo.server import GmailServer
from tests.demo.letters import ME, letter, reply

INVITE = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


def invitation() -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Maria <maria@northwind.example>", ME, "Invitation"
    made["MESSAGE-ID"] = "<i1@northwind.example>"
    made.set_content("You are invited.\n", charset="iso-8859-1")
    made.add_alternative("<p>You are <b>invited</b>.</p>", subtype="html")
    made.add_alternative(INVITE, subtype="calendar", params={"method": "REQUEST"})
    made.add_attachment(INVITE.encode(), maintype="application", subtype="ics", filename="invite.ics")
    return made.as_bytes()


def parts(payload: dict[str, Any]) -> list[dict[str, Any]]:
    return [payload, *(one for inner in payload.get("parts", []) for one in parts(inner))]


def reason(error: pytest.ExceptionInfo[HttpError]) -> tuple[int, str]:
    return error.value.status_code, error.value.error_details[0]["reason"]


def test_it_tells_the_profile(mailbox: Mailbox, users: Any) -> None:
    mailbox.deliver(letter())
    assert users.getProfile(userId="me").execute() == {
        "emailAddress": ME,
        "messagesTotal": 1,
        "threadsTotal": 1,
        "historyId": str(mailbox.ledger.history_id),
    }


def test_it_lists_newest_first_in_pages_and_omits_an_empty_list(mailbox: Mailbox, users: Any) -> None:
    assert users.messages().list(userId="me").execute() == {"resultSizeEstimate": 0}
    ids = [mailbox.deliver(letter(message_id=f"n{n}@x.example", subject=f"S{n}")) for n in range(7)]
    request, seen = users.messages().list(userId="me", maxResults=3), []
    while request is not None:
        page = request.execute()
        assert len(page["messages"]) <= 3
        seen += [one["id"] for one in page["messages"]]
        request = users.messages().list_next(request, page)
    assert seen == ids[::-1]


def test_it_lists_by_every_label_given(mailbox: Mailbox, users: Any) -> None:
    mailbox.deliver(letter(), labels=["INBOX"])
    both = mailbox.deliver(letter(message_id="m2@x.example", subject="B"), labels=["INBOX", "UNREAD"])
    bin_ = mailbox.deliver(letter(message_id="m3@x.example", subject="C"), labels=["TRASH"])
    listed = users.messages().list(userId="me", labelIds=["INBOX", "UNREAD"]).execute()
    assert [one["id"] for one in listed["messages"]] == [both]
    assert len(users.messages().list(userId="me").execute()["messages"]) == 2
    everything = users.messages().list(userId="me", includeSpamTrash=True).execute()["messages"]
    assert bin_ in [one["id"] for one in everything]


def test_it_gives_the_same_message_in_four_forms(mailbox: Mailbox, users: Any) -> None:
    raw = invitation()
    known = mailbox.deliver(raw, labels=[])
    full, minimal, metadata, whole = (
        users.messages().get(userId="me", id=known, format=form).execute()
        for form in ("full", "minimal", "metadata", "raw")
    )
    assert urlsafe_b64decode(whole["raw"]) == raw
    assert "labelIds" not in minimal
    assert "payload" not in minimal
    assert minimal["internalDate"] == "1772463600000"
    assert {"name": "MESSAGE-ID", "value": "<i1@northwind.example>"} in metadata["payload"]["headers"]
    assert [one["partId"] for one in parts(full["payload"])] == ["", "0", "0.0", "0.1", "0.2", "1"]
    assert [one["mimeType"] for one in parts(full["payload"])][2:5] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    calendar, attached = parts(full["payload"])[4:]
    assert calendar["filename"] == ""
    assert urlsafe_b64decode(calendar["body"]["data"]).split() == INVITE.encode().split()
    assert attached["filename"] == "invite.ics"
    assert "data" not in attached["body"]


def test_it_gives_only_the_headers_wanted(mailbox: Mailbox, users: Any) -> None:
    known = mailbox.deliver(letter())
    got = (
        users.messages()
        .get(userId="me", id=known, format="metadata", metadataHeaders=["subject", "FROM"])
        .execute()
    )
    assert [one["name"] for one in got["payload"]["headers"]] == ["From", "Subject"]


def test_it_gives_a_message_of_one_part_no_parts(mailbox: Mailbox, users: Any) -> None:
    payload = users.messages().get(userId="me", id=mailbox.deliver(letter("été\n"))).execute()["payload"]
    assert "parts" not in payload
    assert urlsafe_b64decode(payload["body"]["data"]).decode() == "été\r\n"


def test_it_transcodes_text_unless_told_otherwise(mailbox: Mailbox, server: GmailServer, users: Any) -> None:
    raw = b"Subject: x\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\n\xe9t\xe9"
    known = mailbox.deliver(raw)

    def data() -> str:
        return str(users.messages().get(userId="me", id=known).execute()["payload"]["body"]["data"])

    assert urlsafe_b64decode(data()) == "été".encode()
    server.quirks = replace(server.quirks, transcode=False)
    assert urlsafe_b64decode(data()) == b"\xe9t\xe9"


def test_it_may_leave_the_padding_out(mailbox: Mailbox, server: GmailServer, users: Any) -> None:
    known = mailbox.deliver(b"Subject: x\r\n\r\na")
    server.quirks = Quirks(padding=False)
    got = users.messages().get(userId="me", id=known).execute()
    assert got["payload"]["body"] == {"size": 1, "data": "YQ"}
    server.quirks = Quirks()
    assert users.messages().get(userId="me", id=known).execute()["payload"]["body"]["data"] == "YQ=="


def test_it_may_detach_large_text_under_ids_that_change(
    mailbox: Mailbox, server: GmailServer, users: Any
) -> None:
    server.quirks = Quirks(detach_over=10)
    known = mailbox.deliver(invitation())

    def calendar() -> dict[str, Any]:
        body: dict[str, Any] = parts(users.messages().get(userId="me", id=known).execute()["payload"])[4][
            "body"
        ]
        return body

    first, second = calendar(), calendar()
    assert "data" not in first
    assert first["attachmentId"] != second["attachmentId"]
    fetched = (
        users.messages().attachments().get(userId="me", messageId=known, id=first["attachmentId"]).execute()
    )
    assert urlsafe_b64decode(fetched["data"]).split() == INVITE.encode().split()
    with pytest.raises(HttpError) as error:
        users.messages().attachments().get(userId="me", messageId=known, id="ANGjdJxyz").execute()
    assert reason(error) == (400, "invalidArgument")


def test_it_nests_an_attached_message(mailbox: Mailbox, users: Any) -> None:
    outer = EmailMessage()
    outer["Subject"] = "Fwd"
    outer.set_content("See below.\n")
    inner = EmailMessage()
    inner["Subject"] = "Inner"
    inner.set_content("Inside.\n")
    outer.add_attachment(inner)
    found = parts(
        users.messages().get(userId="me", id=mailbox.deliver(outer.as_bytes())).execute()["payload"]
    )
    assert [one["mimeType"] for one in found] == [
        "multipart/mixed",
        "text/plain",
        "message/rfc822",
        "text/plain",
    ]
    assert found[3]["partId"] == "1.0"
    assert {"name": "Subject", "value": "Inner"} in found[3]["headers"]


def test_it_decodes_and_unfolds_headers(mailbox: Mailbox, server: GmailServer, users: Any) -> None:
    known = mailbox.deliver(
        b"Subject: =?utf-8?q?Gespr=C3=A4ch?=\r\n mit uns\r\nTo: \xc3\xa9@x.example\r\n\r\nHallo"
    )
    headers = users.messages().get(userId="me", id=known).execute()["payload"]["headers"]
    assert [one["value"] for one in headers[:2]] == ["Gespräch mit uns", "é@x.example"]
    server.quirks = Quirks(decode_headers=False)
    headers = users.messages().get(userId="me", id=known).execute()["payload"]["headers"]
    assert headers[0]["value"] == "=?utf-8?q?Gespr=C3=A4ch?=\r\n mit uns"


def test_it_escapes_the_snippet(mailbox: Mailbox, users: Any) -> None:
    known = mailbox.deliver(letter("Let's   <talk>\n"))
    assert users.messages().get(userId="me", id=known).execute()["snippet"] == "Let&#x27;s &lt;talk&gt;"


def test_it_gives_a_thread_with_its_drafts_and_lists_it_by_one_match(mailbox: Mailbox, users: Any) -> None:
    first = mailbox.deliver(letter())
    draft = mailbox.create_draft(reply("zebra\n"), thread_id=first)
    other = mailbox.deliver(letter("zebra\n", message_id="o@x.example", subject="Other"))
    thread = users.threads().get(userId="me", id=first, format="minimal").execute()
    assert [one["id"] for one in thread["messages"]] == [first, draft.message_id]
    assert thread["messages"][1]["labelIds"] == ["DRAFT"]
    found = users.threads().list(userId="me", q="zebra").execute()["threads"]
    assert [one["id"] for one in found] == [other, first]
    assert (
        "threads"
        not in users.threads()
        .list(userId="me", q="zebra Lopez from:northwind.example -Other -talk")
        .execute()
    )


def test_it_tells_what_happened_since(mailbox: Mailbox, users: Any) -> None:
    start = users.getProfile(userId="me").execute()["historyId"]
    assert users.history().list(userId="me", startHistoryId=start).execute() == {"historyId": start}
    known = mailbox.deliver(letter(), labels=["INBOX"])
    mailbox.trash(known)
    got = users.history().list(userId="me", startHistoryId=start).execute()
    added, labelled, unlabelled = got["history"]
    assert added["messagesAdded"] == [{"message": {"id": known, "threadId": known, "labelIds": ["INBOX"]}}]
    assert labelled["labelsAdded"][0]["labelIds"] == ["TRASH"]
    assert unlabelled["labelsRemoved"][0]["labelIds"] == ["INBOX"]
    assert got["historyId"] == str(mailbox.ledger.history_id)
    kinds = users.history().list(
        userId="me", startHistoryId=start, historyTypes=["labelAdded", "messageDeleted"]
    )
    assert len(kinds.execute()["history"]) == 1
    assert (
        len(users.history().list(userId="me", startHistoryId=start, labelId="TRASH").execute()["history"])
        == 2
    )


@pytest.mark.parametrize("empty_first", [False, True])
def test_it_pages_through_the_history(
    mailbox: Mailbox, server: GmailServer, users: Any, empty_first: bool
) -> None:
    server.quirks = Quirks(empty_history_pages=empty_first)
    start = mailbox.ledger.history_id
    ids = [mailbox.deliver(letter(message_id=f"n{n}@x.example", subject=f"S{n}")) for n in range(5)]
    request, seen, pages = users.history().list(userId="me", startHistoryId=start, maxResults=2), [], []
    while request is not None:
        page = request.execute()
        pages.append("history" in page)
        seen += [one["messagesAdded"][0]["message"]["id"] for one in page.get("history", [])]
        request = users.history().list_next(request, page)
    assert seen == ids
    assert pages == [False] * empty_first + [True] * 3


def test_it_refuses_a_history_that_expired(mailbox: Mailbox, users: Any) -> None:
    start = mailbox.ledger.history_id
    mailbox.deliver(letter())
    mailbox.expire_history()
    for gone in (start, mailbox.ledger.history_id + 1):
        with pytest.raises(HttpError) as error:
            users.history().list(userId="me", startHistoryId=gone).execute()
        assert reason(error) == (404, "notFound")
    users.history().list(userId="me", startHistoryId=mailbox.ledger.history_id).execute()


def test_it_refuses_what_it_does_not_know(mailbox: Mailbox, users: Any) -> None:
    missing = f"{int(mailbox.deliver(letter()), 16) + 1:016x}"
    for request, expected in (
        (users.messages().get(userId="me", id=missing), (404, "notFound")),
        (users.messages().get(userId="me", id="not-hex"), (400, "invalidArgument")),
        (users.threads().get(userId="me", id=missing), (404, "notFound")),
        (users.drafts().get(userId="me", id="r1"), (404, "notFound")),
        (users.drafts().delete(userId="me", id="r1"), (404, "notFound")),
        (users.labels().get(userId="me", id="Label_9"), (404, "notFound")),
        (users.history().list(userId="me", startHistoryId="998000", labelId="Label_9"), (404, "notFound")),
        (users.history().list(userId="me", startHistoryId="x"), (400, "invalidArgument")),
        (users.messages().list(userId="me", pageToken="?"), (400, "invalidArgument")),
        (users.messages().list(userId="me", maxResults=0), (400, "invalidArgument")),
        (users.getProfile(userId="someone@else.example"), (403, "forbidden")),
        (users.getProfile(userId="me", fields="a(b"), (400, "invalidParameter")),
    ):
        with pytest.raises(HttpError) as error:
            request.execute()
        assert reason(error) == expected


def test_it_answers_partially(mailbox: Mailbox, users: Any) -> None:
    known = mailbox.deliver(letter(subject="S"))
    assert users.messages().get(userId="me", id=known, fields="id,payload/headers(name)").execute() == {
        "id": known,
        "payload": {"headers": [{"name": name} for name in _header_names(letter())]},
    }
    listed = users.messages().list(userId="me", fields="messages/id,nextPageToken").execute()
    assert listed == {"messages": [{"id": known}]}
    thread = users.threads().get(userId="me", id=known, fields="messages(id,payload(mimeType))").execute()
    assert thread == {"messages": [{"id": known, "payload": {"mimeType": "text/plain"}}]}
    assert "emailAddress" in users.getProfile(userId="me", fields="*").execute()


def _header_names(raw: bytes) -> list[str]:
    return [line.split(":")[0] for line in raw.decode().split("\r\n\r\n")[0].split("\r\n")]


def test_it_lists_labels_and_counts_them(mailbox: Mailbox, users: Any) -> None:
    known = mailbox.deliver(letter(), labels=["INBOX", "UNREAD", "Job hunt"])
    labels = {one["name"]: one for one in users.labels().list(userId="me").execute()["labels"]}
    assert labels["Job hunt"] == {"id": "Label_1", "name": "Job hunt", "type": "user"}
    assert labels["INBOX"]["type"] == "system"
    counted = users.labels().get(userId="me", id="Label_1").execute()
    assert (counted["messagesTotal"], counted["threadsUnread"]) == (1, 1)
    assert mailbox.ledger.message(known).labels == {"INBOX", "UNREAD", "Label_1"}


def test_it_lists_the_addresses_to_send_as(
    clock: MovableClock, gmail_server: Callable[..., GmailServer], gmail_client: Callable[..., Any]
) -> None:
    aliases: list[Alias | str] = [
        Alias(address="dana@kim.example", name="D. Kim", default=True),
        "old@kim.example",
    ]
    mailbox = Mailbox(ME, name="Dana Kim", signature="<b>Dana</b>", aliases=aliases, clock=clock)
    primary, second, third = (
        gmail_client(gmail_server(mailbox)).settings().sendAs().list(userId="me").execute()["sendAs"]
    )
    assert (primary["sendAsEmail"], primary["isPrimary"], primary["isDefault"]) == (ME, True, False)
    assert primary["signature"] == "<b>Dana</b>"
    assert "verificationStatus" not in primary
    assert (second["displayName"], second["isDefault"]) == ("D. Kim", True)
    assert (third["sendAsEmail"], third["verificationStatus"]) == ("old@kim.example", "accepted")


def test_it_understands_a_long_get_sent_as_post(mailbox: Mailbox, server: GmailServer, users: Any) -> None:
    known = mailbox.deliver(letter("zebra\n"))
    query = "{" + " ".join(f"word{n}" for n in range(400)) + " zebra}"
    assert users.messages().list(userId="me", q=query).execute()["messages"][0]["id"] == known
    assert server.log[-1].method == "GET"
    assert server.violations == []


def test_it_minds_the_scopes(mailbox: Mailbox, server: GmailServer, gmail_client: Callable[..., Any]) -> None:
    users = gmail_client(server, scopes=(COMPOSE,))
    users.drafts().list(userId="me").execute()
    with pytest.raises(HttpError) as error:
        users.messages().list(userId="me").execute()
    assert reason(error) == (403, "insufficientPermissions")
