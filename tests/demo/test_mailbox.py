"""The deeds of the user and the world, seen in the mailbox itself."""

from datetime import timedelta

import pytest

from agent.demo.clock import MovableClock
from agent.demo.mail import Mail
from agent.demo.mailbox import Mailbox
from agent.demo.records import HistoryGone, NotFound
from tests.demo.letters import ME, START, letter, reply


def happenings(mailbox: Mailbox, since: int) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.kind, one.changed or one.labels) for one in mailbox.ledger.since(since)]


def answer_draft(mailbox: Mailbox) -> tuple[str, str]:
    first = mailbox.deliver(letter(), thread_key="t1")
    raw = reply("Thank you.\n", headers={"X-Followup-Key": "k1"})
    return first, mailbox.create_draft(raw, thread_id=first).id


def test_it_names_a_thread_after_its_first_message(mailbox: Mailbox) -> None:
    first = mailbox.deliver(letter(), thread_key="t1")
    second = mailbox.deliver(letter(message_id="m2@x.example", subject="Other"), thread_key="t1")
    assert mailbox.thread_of("t1") == first
    assert mailbox.ledger.message(second).thread_id == first


def test_it_gives_ids_that_rise_with_the_time_of_the_message(mailbox: Mailbox) -> None:
    late = mailbox.deliver(letter(), at=START)
    early = mailbox.deliver(letter(message_id="m0@x.example", subject="Older"), at=START - timedelta(days=1))
    assert int(early, 16) < int(late, 16)


def test_it_threads_by_references_only_under_the_same_subject(mailbox: Mailbox) -> None:
    first = mailbox.deliver(letter())
    joined = mailbox.deliver(
        letter(
            message_id="m2@x.example",
            answers="m1@northwind.example",
            subject="AW: Re: interview  for data analyst",
        )
    )
    apart = mailbox.deliver(letter(message_id="m3@x.example", answers="m1@northwind.example", subject="New"))
    assert mailbox.ledger.message(joined).thread_id == first
    assert mailbox.ledger.message(apart).thread_id == apart


def test_it_begins_a_new_thread_after_a_hundred_messages(mailbox: Mailbox) -> None:
    first = mailbox.deliver(letter())
    ids = [
        mailbox.deliver(letter(message_id=f"r{n}@x.example", answers="m1@northwind.example"))
        for n in range(100)
    ]
    threads = [mailbox.ledger.message(one).thread_id for one in ids]
    assert threads[:99] == [first] * 99
    assert threads[99] != first


def test_it_gives_a_message_id_to_mail_that_has_none(mailbox: Mailbox) -> None:
    came = mailbox.deliver(letter(message_id=None))
    went = mailbox.deliver(letter(message_id=None, subject="Mine"), labels=["SENT"])
    assert mailbox.ledger.message(came).mail.message_id.endswith("SMTPIN_ADDED_MISSING@mx.google.com")
    assert mailbox.ledger.message(went).mail.message_id.endswith("@mail.gmail.com")


def test_it_keeps_the_bytes_of_what_was_delivered(mailbox: Mailbox) -> None:
    raw = letter("naïve\n")
    assert mailbox.ledger.message(mailbox.deliver(raw)).mail.raw == raw


def test_it_changes_the_message_id_on_every_edit_and_keeps_draft_and_thread(mailbox: Mailbox) -> None:
    first, draft = answer_draft(mailbox)
    old = mailbox.message_of(draft)
    new = mailbox.edit_draft(draft, append="P.S. I enjoyed the tour.")
    held = mailbox.message_of(draft)
    assert held.id == new != old.id
    assert held.thread_id == first
    assert held.mail.text.split("\n")[:3] == ["Thank you.", "", "P.S. I enjoyed the tour."]
    assert held.mail.header("X-Followup-Key") == ""
    assert held.mail.references == {"m1@northwind.example"}
    with pytest.raises(NotFound):
        mailbox.ledger.message(old.id)


def test_it_moves_a_draft_out_of_the_thread_when_its_subject_is_edited(mailbox: Mailbox) -> None:
    first, draft = answer_draft(mailbox)
    new = mailbox.edit_draft(draft, subject="Something else")
    assert mailbox.message_of(draft).thread_id == new != first


def test_it_saves_a_draft_again_when_it_is_only_opened(mailbox: Mailbox) -> None:
    _, draft = answer_draft(mailbox)
    before = mailbox.message_of(draft)
    mailbox.open_draft(draft)
    after = mailbox.message_of(draft)
    assert after.id != before.id
    assert after.mail.text.split() == before.mail.text.split()
    assert '<div dir="ltr">' in after.mail.raw.decode()


def test_it_wraps_long_lines_as_the_editor_does(mailbox: Mailbox) -> None:
    draft = mailbox.user_draft(reply("word " * 60))
    mailbox.open_draft(draft)
    text = mailbox.message_of(draft).mail.text
    assert max(map(len, text.splitlines())) <= 72
    assert text.split() == ["word"] * 60


def test_it_keeps_attachments_of_an_opened_draft(mailbox: Mailbox) -> None:
    from email.message import EmailMessage

    made = EmailMessage()
    made["Subject"] = "Portfolio"
    made.set_content("Attached.\n")
    made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="portfolio.pdf")
    draft = mailbox.user_draft(made.as_bytes())
    mailbox.open_draft(draft)
    mailbox.open_draft(draft)
    assert mailbox.message_of(draft).mail.filenames == ("portfolio.pdf",)


def test_it_replaces_a_sent_draft_by_a_new_message_in_the_thread(
    mailbox: Mailbox, clock: MovableClock
) -> None:
    first, draft = answer_draft(mailbox)
    old = mailbox.message_of(draft)
    since = mailbox.ledger.history_id
    clock.advance(timedelta(hours=1))
    sent = mailbox.ledger.message(mailbox.send_draft(draft))
    assert sent.labels == {"SENT"}
    assert sent.thread_id == first
    assert sent.id != old.id
    assert sent.at == START + timedelta(hours=1)
    assert sent.mail.message_id.startswith("CA")
    assert sent.mail.message_id != old.mail.message_id
    assert sent.mail.header("X-Followup-Key") == ""
    assert mailbox.drafts_in(first) == []
    assert happenings(mailbox, since) == [("messageDeleted", ("DRAFT",)), ("messageAdded", ("SENT",))]


def test_it_puts_mail_to_oneself_into_the_inbox_too(mailbox: Mailbox) -> None:
    sent = mailbox.send_draft(mailbox.user_draft(letter(to=ME.upper())))
    assert mailbox.ledger.message(sent).labels == {"SENT", "INBOX", "UNREAD"}


def test_it_leaves_nothing_of_a_discarded_draft(mailbox: Mailbox) -> None:
    first, draft = answer_draft(mailbox)
    since = mailbox.ledger.history_id
    mailbox.discard_draft(draft)
    assert [one.id for one in mailbox.ledger.thread(first)] == [first]
    assert happenings(mailbox, since) == [("messageDeleted", ("DRAFT",))]
    with pytest.raises(NotFound):
        mailbox.message_of(draft)


def test_it_records_the_bin_as_labels_and_deletion_as_deletion(mailbox: Mailbox) -> None:
    first = mailbox.deliver(letter(), labels=["INBOX", "UNREAD"])
    since = mailbox.ledger.history_id
    mailbox.trash(first)
    mailbox.remove_label(first, "UNREAD")
    mailbox.add_label(first, "Job hunt")
    mailbox.add_label(first, "job hunt")
    mailbox.delete(first)
    assert happenings(mailbox, since) == [
        ("labelAdded", ("TRASH",)),
        ("labelRemoved", ("INBOX",)),
        ("labelRemoved", ("UNREAD",)),
        ("labelAdded", ("Label_1",)),
        ("messageDeleted", ("Label_1", "TRASH")),
    ]


def test_it_forgets_a_draft_whose_message_is_deleted(mailbox: Mailbox) -> None:
    draft = mailbox.user_draft(reply())
    mailbox.delete(mailbox.message_of(draft).id)
    assert mailbox.ledger.drafts == {}


def test_it_makes_a_draft_of_what_is_delivered_with_that_label(mailbox: Mailbox) -> None:
    made = mailbox.deliver(reply(), labels=["DRAFT"], thread_key="t1")
    assert mailbox.drafts_in(mailbox.thread_of("t1")) == list(mailbox.ledger.drafts)
    assert mailbox.ledger.message(made).labels == {"DRAFT"}


def test_it_forgets_the_history_when_told_to(mailbox: Mailbox) -> None:
    since = mailbox.ledger.history_id
    mailbox.deliver(letter())
    mailbox.expire_history()
    with pytest.raises(HistoryGone):
        mailbox.ledger.since(since)
    assert mailbox.ledger.since(mailbox.ledger.history_id) == []


def test_it_writes_history_ids_that_only_numbers_order(mailbox: Mailbox) -> None:
    for n in range(60):
        mailbox.deliver(letter(message_id=f"n{n}@x.example", subject=f"S{n}"))
    ids = [one.id for one in mailbox.ledger.since(998_000)]
    assert ids == sorted(set(ids))
    assert len(str(ids[0])) < len(str(ids[-1]))


def test_it_survives_a_message_that_is_no_message(mailbox: Mailbox) -> None:
    for raw in (
        b"",
        b"\r\n\r\n",
        b"\xff\xfe\x00",
        b"Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n",
        b":\n:\n",
    ):
        Mail(raw).flow  # noqa: B018 (reading must not raise)
        draft = mailbox.user_draft(raw)
        mailbox.open_draft(draft)
        mailbox.send_draft(draft)
