"""Our draft is found again, and a hand on it is noticed."""

import time
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from agent.demo.mailbox import Mailbox
from agent.gmail.client import Gmail
from agent.gmail.drafts import (
    Touch,
    digest,
    find_ours,
    in_thread,
    letter,
    same_letter,
    text_of_html,
    touch,
)
from tests.demo import letters
from tests.demo.letters import ME

TEXT = (
    "Dear Maria,\n\nI wanted to follow up on our conversation of March 2nd about the position — it’s been on my mind "
    "since, and I’d be glad to hear how things stand. Is there anything else you need from me?\n\nKind regards\nDana Kim\n"
)
HTML = (
    "<p>Dear Maria,</p><p>"
    + TEXT.partition("\n\n")[2].partition("\n\n")[0]
    + "</p><p>Kind regards<br>Dana Kim</p>"
)
KEY = "follow_up/1/abc"


def ours(text: str = TEXT, key: str = KEY) -> bytes:
    return letters.letter(
        text,
        sender=f"Dana Kim <{ME}>",
        to="Maria Lopez <maria@northwind.example>",
        message_id=None,
        subject="Re: Interview for Data Analyst",
        answers="m1@northwind.example",
        html=HTML if text == TEXT else None,
        headers={"X-Followup-Key": key} if key else None,
    )


@pytest.fixture
def thread_id(mailbox: Mailbox) -> str:
    mailbox.deliver(letters.letter(), thread_key="t")
    return mailbox.thread_of("t")


WANTED = digest(TEXT, ["maria@northwind.example"], [], "Re: Interview for Data Analyst")


# ── the digest ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("\n", "\r\n"),
        TEXT.replace(" ", "\n"),
        TEXT.replace("’", "'").replace("—", "-"),
        TEXT.replace(" ", "\u00a0"),
        TEXT.replace("’", "&#39;"),
        text_of_html(HTML),
        text_of_html(f'<html><head><style>p {{ a: "<b>" }}</style></head><div dir="ltr">{HTML}</div></html>'),
        text_of_html(HTML.replace("’", "&rsquo;").replace("p>", "div>")),
    ],
)
def test_it_sees_the_same_letter_through_wrapping_quotes_and_markup(text: str) -> None:
    assert digest(text, ["Maria <MARIA@northwind.example>"], [], "Re: Interview for Data Analyst") == WANTED


@pytest.mark.parametrize(
    ("text", "to", "cc", "subject"),
    [
        (TEXT.replace("glad", "happy"), ["maria@northwind.example"], [], "Re: Interview for Data Analyst"),
        (f"{TEXT}PS", ["maria@northwind.example"], [], "Re: Interview for Data Analyst"),
        (TEXT, ["ben@northwind.example"], [], "Re: Interview for Data Analyst"),
        (TEXT, ["maria@northwind.example", "ben@northwind.example"], [], "Re: Interview for Data Analyst"),
        (TEXT, ["maria@northwind.example"], ["ben@northwind.example"], "Re: Interview for Data Analyst"),
        (TEXT, [], ["maria@northwind.example"], "Re: Interview for Data Analyst"),
        (TEXT, ["maria@northwind.example"], [], "Re: Interview"),
    ],
)
def test_it_sees_every_change_of_words_recipients_and_subject(
    text: str, to: list[str], cc: list[str], subject: str
) -> None:
    assert digest(text, to, cc, subject) != WANTED


def test_it_does_not_mind_the_order_of_recipients_nor_encoded_headers() -> None:
    one = digest("x", ["a@x.example, b@x.example"], [], "Gespräch")
    assert one == digest("x", ["b@x.example", "B <a@x.example>"], [], "=?utf-8?q?Gespr=C3=A4ch?=")


# ── reading back ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", ["full", "raw"])
def test_it_reads_back_what_was_put_there(gmail: Gmail, thread_id: str, form: Any) -> None:
    ref = gmail.create_draft(ours(), thread_id)
    found = letter(gmail.draft(ref.draft_id, format=form))
    assert found.digest == WANTED
    assert found.key == KEY


def test_it_reads_html_where_there_is_nothing_else() -> None:
    data = urlsafe_b64encode(b"<p>Hello <b>you</b></p>").decode().rstrip("=")
    resource = {"payload": {"mimeType": "text/html", "body": {"data": data}}}
    assert (letter(resource).text or "").split() == ["Hello", "you"]


def test_it_equals_nothing_when_gmail_keeps_the_body_apart() -> None:
    resource = {"message": {"payload": {"mimeType": "text/plain", "body": {"attachmentId": "x"}}}}
    assert letter(resource).text is None
    assert letter(resource).digest == ""
    assert touch(resource, gmail_id="", kept_digest=WANTED) is Touch.EDITED


def test_it_leaves_attachments_out() -> None:
    parts = [
        {"mimeType": "text/plain", "filename": "cv.txt", "body": {"data": "Y3Y="}},
        {"mimeType": "text/plain", "body": {"data": "SGVsbG8"}},
    ]
    assert letter({"payload": {"mimeType": "multipart/mixed", "parts": parts}}).text == "Hello"


@pytest.mark.parametrize(
    "resource", [{}, {"message": 1}, {"payload": {"parts": 3}}, {"raw": "%%%"}, {"raw": ""}]
)
def test_it_reads_nonsense_as_an_empty_letter(resource: dict[str, Any]) -> None:
    assert letter(resource).to == ()


@pytest.mark.parametrize(
    "hostile",
    ["<" * 500_000, "<style>" * 70_000, "<!--" * 120_000, "&" * 500_000, "<a " * 200_000, "a " * 500_000],
    ids=lambda text: text[:8],
)
def test_it_reads_hostile_html_in_no_time(hostile: str) -> None:
    start = time.process_time()
    digest(text_of_html(hostile), [hostile], [hostile], hostile)
    assert time.process_time() - start < 2


# ── a hand on it ───────────────────────────────────────────────────────────────────────────────────────────────


def test_it_tells_untouched_from_opened_from_edited(gmail: Gmail, mailbox: Mailbox, thread_id: str) -> None:
    ref = gmail.create_draft(ours(), thread_id)
    kept = letter(gmail.draft(ref.draft_id)).digest

    def now() -> Touch:
        return touch(gmail.draft(ref.draft_id), gmail_id=ref.gmail_id, kept_digest=kept)

    assert now() is Touch.UNTOUCHED
    mailbox.open_draft(ref.draft_id)
    assert now() is Touch.OPENED
    mailbox.edit_draft(ref.draft_id, append="PS: one more thing.")
    assert now() is Touch.EDITED


@pytest.mark.parametrize("change", [{"to": "ben@northwind.example"}, {"subject": "Re: Something else"}])
def test_it_takes_another_recipient_or_subject_for_an_edit(
    gmail: Gmail, mailbox: Mailbox, thread_id: str, change: dict[str, str]
) -> None:
    ref = gmail.create_draft(ours(), thread_id)
    kept = letter(gmail.draft(ref.draft_id)).digest
    mailbox.edit_draft(ref.draft_id, **change)  # type: ignore[arg-type]  # texts all
    assert touch(gmail.draft(ref.draft_id), gmail_id=ref.gmail_id, kept_digest=kept) is Touch.EDITED


# ── finding it again ───────────────────────────────────────────────────────────────────────────────────────────


def test_it_finds_our_draft_by_its_key(gmail: Gmail, mailbox: Mailbox, thread_id: str) -> None:
    mailbox.user_draft(letters.reply(), thread_key="t")
    ref = gmail.create_draft(ours(), thread_id)
    found = find_ours(gmail, key=KEY, digests=[], thread_id=thread_id)
    assert found is not None
    assert (found.ref, found.by) == (ref, "key")


def test_it_finds_our_draft_by_its_words_when_the_key_was_stripped(
    gmail: Gmail, mailbox: Mailbox, thread_id: str
) -> None:
    ref = gmail.create_draft(ours(), thread_id)
    mailbox.open_draft(ref.draft_id)
    found = find_ours(gmail, key=KEY, digests=["", WANTED], thread_id=thread_id)
    assert found is not None
    assert (found.ref.draft_id, found.by) == (ref.draft_id, "digest")


def test_it_finds_our_draft_outside_its_thread(gmail: Gmail, thread_id: str) -> None:
    ref = gmail.create_draft(ours(), thread_id)
    found = find_ours(gmail, key=KEY, digests=[], thread_id="another")
    assert found is not None
    assert found.ref == ref
    assert find_ours(gmail, key=KEY, digests=[], thread_id="another", elsewhere=0) is None


def test_it_takes_neither_the_users_draft_nor_another_step_for_ours(
    gmail: Gmail, mailbox: Mailbox, thread_id: str
) -> None:
    mailbox.user_draft(letters.reply(), thread_key="t")
    gmail.create_draft(ours(key="follow_up/2/abc"), thread_id)
    assert find_ours(gmail, key=KEY, digests=[WANTED], thread_id=thread_id) is None
    assert len(in_thread(gmail.list_drafts(), thread_id)) == 2


# ── similar letters ────────────────────────────────────────────────────────────────────────────────────────────


def test_it_knows_a_long_letter_under_the_users_changes() -> None:
    assert same_letter(TEXT, TEXT.replace("I’d be glad", "I would love") + "\nPS: greetings to the team")
    assert same_letter(TEXT, TEXT.replace(" ", "\n"))
    assert not same_letter(
        TEXT, "Thanks for the invoice, we have paid it today and will send the receipt by post soon."
    )


def test_it_wants_short_letters_to_be_equal() -> None:
    assert same_letter("Thank you, Maria!", "Thank  you,\nMaria!")
    assert not same_letter("Thank you, Maria!", TEXT + "Thank you, Maria!")
