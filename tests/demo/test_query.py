"""Gmail's search operators."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from agent.demo.mailbox import Mailbox
from agent.demo.quirks import Quirks
from agent.demo.search import Scope, search
from tests.demo.letters import ME, START, letter, reply

Find = Callable[..., str]


@pytest.fixture
def find(mailbox: Mailbox) -> Find:
    """Which of six messages a query finds, as letters in order of arrival."""
    attached = EmailMessage()
    attached["From"], attached["To"], attached["Subject"] = "hr@greenhouse.example", ME, "Offer letter"
    attached["List-ID"] = "<jobs.greenhouse.example>"
    attached["Message-ID"] = "<off+er@greenhouse.example>"
    attached.set_content("Congratulations\n")
    attached.add_attachment(b"x", maintype="text", subtype="calendar", filename="invite.ics")
    at = START - timedelta(days=20)
    names = {
        mailbox.deliver(letter("We are recruiting.\n"), at=at): "a",
        mailbox.deliver(
            reply("Interested! schedule-free\n"), labels=["SENT"], at=at + timedelta(days=1)
        ): "b",
        mailbox.deliver(attached.as_bytes(), labels=["INBOX", "UNREAD"], at=at + timedelta(days=2)): "c",
        mailbox.deliver(
            letter(
                "Sale",
                html="<style>p{color:red}</style><p>Rabatt für Sie</p>",
                subject="Sale",
                message_id="d@x",
            ),
            labels=["CATEGORY_PROMOTIONS", "Job hunt"],
            at=at + timedelta(days=3),
        ): "d",
        mailbox.deliver(
            letter(subject="Win", message_id="e@x"), labels=["SPAM"], at=at + timedelta(days=4)
        ): "e",
    }
    names[
        mailbox.message_of(mailbox.user_draft(reply("面接のご案内\n", subject="Draft", answers=None))).id
    ] = "f"

    def found(query: str, *, quirks: Quirks | None = None, everything: bool = False) -> str:
        scope = Scope(ledger=mailbox.ledger, me=ME, now=mailbox.clock(), quirks=quirks or Quirks())
        matches = search(query, scope, include_spam_trash=everything)
        return "".join(names[one.id] for one in mailbox.ledger.newest_first()[::-1] if matches(one))

    return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "abcdf"),
        ("from:maria@northwind.example", "ad"),
        ("from:northwind.example", "ad"),
        ("from:maria", "ad"),
        ("from:mari", ""),
        ("from:me", "bf"),
        ("to:me", "acd"),
        ("to:maria", "bf"),
        ("cc:maria", ""),
        ("subject:interview", "ab"),
        ('subject:"interview for data"', "ab"),
        ("subject:(offer OR sale)", "cd"),
        ("subject:(offer letter)", "c"),
        ("from:{greenhouse.example maria}", "acd"),
        ("in:inbox", "ac"),
        ("in:sent", "b"),
        ("in:draft", "f"),
        ("in:drafts", "f"),
        ("in:spam", "e"),
        ("in:trash", ""),
        ("in:anywhere", "abcdef"),
        ("-in:trash", "abcdf"),
        ("-in:chats -in:draft", "abcd"),
        ("label:job-hunt", "d"),
        ('label:"Job hunt"', "d"),
        ("label:Label_1", ""),
        ("category:promotions", "d"),
        ("-category:promotions in:inbox", "ac"),
        ("is:unread", "c"),
        ("is:read in:inbox", "a"),
        ("has:attachment", "c"),
        ("filename:ics", "c"),
        ("filename:invite.ics", "c"),
        ("filename:vite", ""),
        ("list:jobs.greenhouse.example", "c"),
        ("rfc822msgid:off+er@greenhouse.example", "c"),
        ("rfc822msgid:er@greenhouse.example", ""),
        ("recruit", "a"),
        ("recruited", "a"),
        ("+recruit", ""),
        ("+recruiting", "a"),
        ("interest", "b"),
        ("interes", ""),
        ("schedules", "b"),
        ('"we are recruiting"', "a"),
        ('"we ARE, recruiting!"', "a"),
        ('"are we recruiting"', ""),
        ("we recruiting", "a"),
        ("congratulations OR rabatt", "cd"),
        ("{congratulations rabatt}", "cd"),
        ("congratulations rabatt", ""),
        ("(interview data) OR sale", "abd"),
        ("interview -from:me", "a"),
        ("-(from:me OR from:maria)", "c"),
        ("-{from:me from:maria}", "c"),
        ("color", ""),
        ("für", "d"),
        ("面接", "f"),
        ("接面", ""),
        ("after:2026/02/11", "bcdf"),
        ("before:2026/02/12", "ab"),
        ("after:2026/02/11 before:2026-02-13", "bc"),
        ("newer_than:18d", "cdf"),
        ("older_than:19d", "a"),
        ("newer_than:1m", "abcdf"),
        ("after:2026-02-12T00:00:00Z", ""),
        ("unknown:operator", ""),
        ("-", "abcdf"),
        ("((", "abcdf"),
        ("OR", "abcdf"),
    ],
)
def test_it_finds(find: Find, query: str, expected: str) -> None:
    assert find(query) == expected


def test_it_takes_a_date_as_midnight_pst(mailbox: Mailbox) -> None:
    midnight = datetime(2026, 2, 11, 8, 0, tzinfo=UTC)
    mailbox.deliver(letter(), at=midnight - timedelta(seconds=1))
    after = mailbox.deliver(letter(subject="New"), at=midnight)
    scope = Scope(ledger=mailbox.ledger, me=ME, now=mailbox.clock(), quirks=Quirks())
    for query in ("after:2026/02/11", f"after:{int(midnight.timestamp())}", "-before:2026-2-11"):
        assert [one.id for one in mailbox.ledger.newest_first() if search(query, scope)(one)] == [after]


def test_it_includes_spam_when_the_call_asks_for_it(find: Find) -> None:
    assert find("subject:win") == ""
    assert find("subject:win", everything=True) == "e"


def test_it_may_find_late_what_was_just_sent(mailbox: Mailbox, find: Find) -> None:
    assert find("in:sent", quirks=Quirks(sent_search_lag=timedelta(days=30))) == ""
    assert find("in:sent", quirks=Quirks(sent_search_lag=timedelta(days=5))) == "b"


def test_it_reads_large_mail_of_anything_at_once(mailbox: Mailbox) -> None:
    for filler in ("<", "a" * 10 + " ", "<style>", "=?", "\n>", "&"):
        mailbox.deliver(letter(filler * (200_000 // len(filler)), html=filler * (200_000 // len(filler))))
    scope = Scope(ledger=mailbox.ledger, me=ME, now=mailbox.clock(), quirks=Quirks())
    matches = search('zebra "two words"', scope)
    assert not any(matches(one) for one in mailbox.ledger.newest_first())
