"""Reads are repeated with patience, writes are sent once, and every failure has its name."""

import logging
from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from agent.demo.faults import Fault, Kind
from agent.demo.mailbox import Alias, Mailbox
from agent.demo.quirks import Quirks
from agent.demo.server import GmailServer
from agent.errors import (
    AgentError,
    AuthError,
    ConfigError,
    GmailUnavailable,
    HistoryExpired,
    NotFound,
    OutcomeUnknown,
    QuotaExhausted,
    Refused,
)
from agent.gmail import transport
from agent.gmail.client import Gmail
from agent.gmail.history import changes
from agent.gmail.session import Usage
from tests.demo.letters import ME, letter, reply
from tests.gmail.conftest import Hands

DRAFTS = r"/drafts$"


# ── reading ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_tells_whose_mailbox_this_is_and_where_its_history_stands(gmail: Gmail, mailbox: Mailbox) -> None:
    profile = gmail.profile()
    assert profile.email == ME
    assert profile.history_id == mailbox.ledger.history_id


def test_it_knows_the_addresses_that_mean_me(gmail: Gmail, mailbox: Mailbox) -> None:
    mailbox.aliases = (
        Alias(address="Dana@Kim.example", name="Dana", signature="<b>Dana</b>"),
        Alias(address="not-yet@kim.example", accepted=False),
    )
    first, second = gmail.send_as()
    assert first.address.email == ME
    assert (second.address.email, second.signature_html) == ("dana@kim.example", "<b>Dana</b>")


def test_it_lists_all_pages_newest_first(gmail: Gmail, mailbox: Mailbox, server: GmailServer) -> None:
    made = [mailbox.deliver(letter(subject=f"n{i}", message_id=f"n{i}@x.example")) for i in range(501)]
    found = [gmail_id for gmail_id, _ in gmail.list_messages()]
    assert sorted(found) == sorted(made)
    assert server.arrived("GET", "messages") == 2


def test_it_lists_no_more_than_asked_for(gmail: Gmail, mailbox: Mailbox, server: GmailServer) -> None:
    for i in range(5):
        mailbox.deliver(letter(subject=f"n{i}", message_id=f"n{i}@x.example"))
    assert len(list(gmail.list_messages(limit=3))) == 3
    assert list(gmail.list_messages(limit=0)) == []
    assert server.arrived("GET", "messages") == 1


def test_it_lists_by_query_and_all_labels(gmail: Gmail, mailbox: Mailbox) -> None:
    mailbox.deliver(letter())
    sent = mailbox.deliver(reply(), labels=["SENT"])
    assert [gmail_id for gmail_id, _ in gmail.list_messages(query="thank", label_ids=["SENT"])] == [sent]
    assert list(gmail.list_messages(query="nowhere")) == []


def test_it_reads_threads_with_their_drafts_in_order_of_arrival(gmail: Gmail, mailbox: Mailbox) -> None:
    late = mailbox.deliver(letter(), thread_key="t", at=datetime(2026, 3, 2, tzinfo=UTC))
    early = mailbox.deliver(
        letter(message_id="m0@x.example"), thread_key="t", at=datetime(2026, 3, 1, tzinfo=UTC)
    )
    mailbox.user_draft(reply(), thread_key="t")
    rows = gmail.thread(mailbox.thread_of("t"))
    assert [row["id"] for row in rows[:2]] == [early, late]
    assert rows[2]["labelIds"] == ["DRAFT"]


def test_it_reads_messages_in_every_format(gmail: Gmail, mailbox: Mailbox) -> None:
    made = mailbox.deliver(letter())
    assert urlsafe_b64decode(gmail.message(made, format="raw")["raw"] + "==").startswith(b"From: Maria")
    assert gmail.message(made)["payload"]["mimeType"] == "text/plain"
    assert "parts" not in gmail.message(made, format="metadata")["payload"]


def test_it_reads_bodies_that_gmail_keeps_apart(gmail: Gmail, mailbox: Mailbox, server: GmailServer) -> None:
    server.quirks = Quirks(detach_over=10)
    made = mailbox.deliver(letter("a body of some length"))
    body = gmail.message(made)["payload"]["body"]
    assert b"some length" in gmail.attachment(made, body["attachmentId"])


def test_it_names_labels(gmail: Gmail) -> None:
    assert gmail.labels()["INBOX"] == "INBOX"


@pytest.mark.parametrize("gmail_id", ["18c0ffee", "../drafts", "", "a b", "x" * 3000])
def test_it_takes_a_missing_message_as_normal(gmail: Gmail, gmail_id: str) -> None:
    with pytest.raises(NotFound):
        gmail.message(gmail_id)


def test_it_reads_the_history_through_empty_pages(
    gmail: Gmail, mailbox: Mailbox, server: GmailServer
) -> None:
    start = gmail.profile().history_id
    server.quirks = Quirks(empty_history_pages=True)
    made = mailbox.deliver(letter())
    found = changes(gmail.history(start), start=start)
    assert [added.gmail_id for added in found.added] == [made]
    assert found.history_id == gmail.profile().history_id


def test_it_knows_when_the_history_has_expired(gmail: Gmail, mailbox: Mailbox) -> None:
    start = gmail.profile().history_id
    mailbox.deliver(letter())
    mailbox.expire_history()
    with pytest.raises(HistoryExpired):
        list(gmail.history(start))


# ── patience ───────────────────────────────────────────────────────────────────────────────────────────────────


PASSING: list[Kind] = [
    "html_502",
    "reset_before",
    "reset_after",
    "hang_up",
    "truncate",
    "malformed_json",
    "status",
]


@pytest.mark.parametrize("kind", PASSING)
def test_it_repeats_a_read_that_went_wrong(
    gmail: Gmail, server: GmailServer, hands: Hands, kind: Kind
) -> None:
    server.faults.add(Fault(kind=kind, times=2))
    assert gmail.profile().email == ME
    assert len(hands.slept) <= 2
    assert all(1 <= seconds <= 64 for seconds in hands.slept)


def test_it_repeats_a_read_that_timed_out(
    connect: Callable[..., Gmail], server: GmailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "TIMEOUT_SECONDS", 0.1)
    server.faults.add(Fault(kind="stall", seconds=0.3))
    assert connect().profile().email == ME


@pytest.mark.parametrize(
    ("code", "reason", "error"),
    [
        (503, "backendError", GmailUnavailable),
        (500, "internalError", GmailUnavailable),
        (429, "rateLimitExceeded", QuotaExhausted),
        (403, "rateLimitExceeded", QuotaExhausted),
        (403, "userRateLimitExceeded", QuotaExhausted),
    ],
)
def test_it_gives_up_after_five_tries(
    gmail: Gmail, server: GmailServer, hands: Hands, code: int, reason: str, error: type[AgentError]
) -> None:
    server.faults.add(Fault(kind="status", code=code, reason=reason, times=99))
    with pytest.raises(error):
        gmail.profile()
    assert server.requests == 5
    assert len(hands.slept) == 4
    assert gmail.usage == Usage(5, 5)
    if error is QuotaExhausted:
        assert sum(hands.slept) > 60  # longer than the sliding minute


@pytest.mark.parametrize(
    ("code", "reason", "error"),
    [
        (403, "dailyLimitExceeded", QuotaExhausted),
        (403, "insufficientPermissions", AuthError),
        (403, "domainPolicy", AuthError),
        (403, "accessNotConfigured", ConfigError),
        (403, "forbidden", Refused),
        (400, "invalidArgument", Refused),
        (404, "notFound", NotFound),
    ],
)
def test_it_does_not_repeat_what_no_patience_mends(
    gmail: Gmail, server: GmailServer, hands: Hands, code: int, reason: str, error: type[AgentError]
) -> None:
    server.faults.add(Fault(kind="status", code=code, reason=reason, times=99))
    with pytest.raises(error):
        gmail.profile()
    assert server.requests == 1
    assert hands.slept == []


def test_it_waits_until_the_time_gmail_names(gmail: Gmail, server: GmailServer, hands: Hands) -> None:
    message = "User-rate limit exceeded.  Retry after 2026-03-02T15:10:00.000Z"
    hands.at = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    server.faults.add(Fault(kind="status", code=429, reason="rateLimitExceeded", message=message))
    assert gmail.profile().email == ME
    assert hands.slept == [600.5]


def test_it_does_not_wait_for_hours(gmail: Gmail, server: GmailServer, hands: Hands) -> None:
    message = "User-rate limit exceeded.  Retry after 2026-03-02T19:00:00.000Z"
    hands.at = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    server.faults.add(
        Fault(kind="status", code=403, reason="userRateLimitExceeded", message=message, times=9)
    )
    with pytest.raises(QuotaExhausted) as caught:
        gmail.profile()
    assert caught.value.retry_after_seconds == pytest.approx(4 * 3600, abs=1)
    assert hands.slept == []


def test_it_reports_no_network_as_such(connect: Callable[..., Gmail], server: GmailServer) -> None:
    gmail = connect(endpoint="http://127.0.0.1:9")
    with pytest.raises(GmailUnavailable):
        gmail.profile()
    with pytest.raises(GmailUnavailable):
        gmail.create_draft(reply(), "1")
    assert gmail.usage == Usage()


def test_it_spends_no_more_than_the_minute_allows(
    connect: Callable[..., Gmail], mailbox: Mailbox, hands: Hands
) -> None:
    made = mailbox.deliver(letter())
    gmail = connect(units=100)
    for _ in range(11):
        gmail.message(made)
    assert sum(hands.slept) == pytest.approx(120)
    assert gmail.usage == Usage(11, 220)


def test_it_counts_as_the_server_does(gmail: Gmail, mailbox: Mailbox, server: GmailServer) -> None:
    made = mailbox.deliver(letter(), thread_key="t")
    server.faults.add(Fault(kind="hang_up", method="GET", nth=2))
    gmail.profile()
    gmail.labels()
    gmail.send_as()
    gmail.message(made)
    gmail.thread(mailbox.thread_of("t"))
    list(gmail.list_messages(query="interview"))
    list(gmail.history(gmail.profile().history_id))
    ref = gmail.create_draft(reply(), mailbox.thread_of("t"))
    gmail.list_drafts()
    gmail.draft(ref.draft_id)
    gmail.delete_draft(ref.draft_id)
    assert gmail.usage.http_requests == server.requests
    assert (
        gmail.usage.quota_units - 1 == server.units
    )  # the cut request of labels (1 unit) never reached its meter


# ── credentials ────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_renews_a_stale_access_token_once(gmail: Gmail, server: GmailServer, hands: Hands) -> None:
    server.oauth.expire_access_tokens()
    assert gmail.profile().email == ME
    assert server.oauth.token_requests == 1
    assert hands.slept == []


def test_it_asks_for_authorisation_when_consent_is_gone(gmail: Gmail, server: GmailServer) -> None:
    server.oauth.revoke()
    with pytest.raises(AuthError) as caught:
        gmail.profile()
    assert any("followup-agent auth" in line for line in caught.value.problems)


def test_it_gives_up_on_a_second_401(gmail: Gmail, server: GmailServer) -> None:
    server.faults.add(Fault(kind="status", code=401, reason="authError", path="profile", times=9))
    with pytest.raises(AuthError):
        gmail.profile()
    assert server.requests == 2


def test_it_is_patient_with_the_token_server_too(gmail: Gmail, server: GmailServer, hands: Hands) -> None:
    server.oauth.expire_access_tokens()
    server.faults.add(Fault(kind="html_502", path="token"))
    assert gmail.profile().email == ME
    assert len(hands.slept) == 1


# ── writing ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def thread_id(mailbox: Mailbox) -> str:
    mailbox.deliver(letter(), thread_key="t")
    return mailbox.thread_of("t")


def test_it_puts_a_draft_into_the_thread(gmail: Gmail, mailbox: Mailbox, thread_id: str) -> None:
    ref = gmail.create_draft(reply(), thread_id)
    assert ref.thread_id == thread_id
    assert mailbox.drafts_in(thread_id) == [ref.draft_id]
    assert gmail.list_drafts() == (ref,)
    assert gmail.draft(ref.draft_id)["message"]["id"] == ref.gmail_id


UNCLEAR: list[Kind] = [
    "reset_before",
    "reset_after",
    "hang_up",
    "hang_up_after",
    "html_502",
    "truncate",
    "malformed_json",
    "status",
]


@pytest.mark.parametrize("kind", UNCLEAR)
def test_it_does_not_know_the_outcome_of_an_unanswered_write(
    gmail: Gmail, server: GmailServer, hands: Hands, thread_id: str, kind: Kind
) -> None:
    server.faults.add(Fault(kind=kind, path=DRAFTS, times=9))
    with pytest.raises(OutcomeUnknown):
        gmail.create_draft(reply(), thread_id)
    assert server.arrived("POST", "drafts") == 1
    assert hands.slept == []


def test_it_does_not_know_the_outcome_of_a_write_that_timed_out(
    connect: Callable[..., Gmail], server: GmailServer, thread_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "TIMEOUT_SECONDS", 0.1)
    server.faults.add(Fault(kind="stall_after", path=DRAFTS, seconds=0.3))
    with pytest.raises(OutcomeUnknown):
        connect().create_draft(reply(), thread_id)
    assert server.arrived("POST", "drafts") == 1


@pytest.mark.parametrize(
    ("code", "reason", "error"),
    [
        (400, "invalidArgument", Refused),
        (413, "uploadTooLarge", Refused),
        (404, "notFound", NotFound),
        (429, "rateLimitExceeded", QuotaExhausted),
        (403, "rateLimitExceeded", QuotaExhausted),
        (403, "insufficientPermissions", AuthError),
        (408, "timeout", OutcomeUnknown),
    ],
)
def test_it_knows_a_refused_write_from_an_unclear_one(
    gmail: Gmail, server: GmailServer, thread_id: str, code: int, reason: str, error: type[AgentError]
) -> None:
    server.faults.add(Fault(kind="status", code=code, reason=reason, path=DRAFTS, times=9))
    with pytest.raises(error):
        gmail.create_draft(reply(), thread_id)
    assert server.arrived("POST", "drafts") == 1


def test_it_renews_a_stale_token_but_leaves_the_write_to_the_next_try(
    gmail: Gmail, server: GmailServer, thread_id: str
) -> None:
    server.oauth.expire_access_tokens()
    with pytest.raises(GmailUnavailable):
        gmail.create_draft(reply(), thread_id)
    assert server.arrived("POST", "drafts") == 1
    assert gmail.create_draft(reply(), thread_id).thread_id == thread_id


def test_it_deletes_a_draft_and_takes_a_missing_one_for_deleted(
    gmail: Gmail, mailbox: Mailbox, thread_id: str
) -> None:
    ref = gmail.create_draft(reply(), thread_id)
    gmail.delete_draft(ref.draft_id)
    gmail.delete_draft(ref.draft_id)
    assert mailbox.drafts_in(thread_id) == []


def test_it_does_not_know_the_outcome_of_an_unanswered_deletion(
    gmail: Gmail, server: GmailServer, thread_id: str
) -> None:
    ref = gmail.create_draft(reply(), thread_id)
    server.faults.add(Fault(kind="reset_after", method="DELETE"))
    with pytest.raises(OutcomeUnknown):
        gmail.delete_draft(ref.draft_id)
    assert server.arrived("DELETE") == 1


# ── privacy ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_logs_no_address_no_query_no_token(
    gmail: Gmail, server: GmailServer, mailbox: Mailbox, thread_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.oauth.expire_access_tokens()
    server.faults.add(Fault(kind="status", code=429, reason="rateLimitExceeded", path="messages"))
    list(gmail.list_messages(query="from:maria@northwind.example secretword"))
    gmail.create_draft(reply(), thread_id)
    text = caplog.text
    for secret in (
        ME,
        "northwind",
        "secretword",
        "Bearer",
        server.token_info()["client_secret"],
        "Interview",
    ):
        assert secret not in text
    assert "answered 200" in text
