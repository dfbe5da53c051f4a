"""Who stands behind an address or a link."""

from __future__ import annotations

import pytest

from agent.core.meaning import senders


@pytest.mark.parametrize(
    ("asks", "yes", "no"),
    [
        (senders.is_ats, ("us.greenhouse-mail.io", "myworkday.com", "hire.lever.co"), ("greenhouse.example", "notgreenhouse.io")),
        (senders.is_scheduler, ("calendly.com", "goodtime.io", "cal.com"), ("local.com", "mycal.com")),
        (senders.is_freemail, ("gmail.com", "yahoo.co.jp", "web.de", "gmail.example"), ("northwind.example", "acme.com")),
        (senders.is_job_board, ("linkedin.com", "e.linkedin.com", "naukri.com"), ("inlinkedin.com",)),
        (senders.is_assessment, ("hackerrank.com", "hirevue.com"), ("acme.com",)),
        (senders.is_vendor, ("docusign.net", "gmail.com", "ashbyhq.com", "calendar.google.com"), ("acme.com", "google.com")),
        (senders.is_no_reply, ("no-reply@a.example", "noreply+17@a.example", "mailer-daemon@a.example", "hr.donotreply@a.example"), ("norah@a.example",)),
        (senders.is_shared_mailbox, ("jobs@a.example", "bewerbung@a.example"), ("maria@a.example",)),
        (senders.is_calendar_robot, ("calendar-notification@google.com", "x@calendar.google.com"), ("maria@google.com",)),
    ],
)  # fmt: skip
def test_it_knows_its_own(asks: object, yes: tuple[str, ...], no: tuple[str, ...]) -> None:
    assert callable(asks)
    assert [host for host in yes if not asks(host)] == []
    assert [host for host in no if asks(host)] == []


@pytest.mark.parametrize(
    ("domain", "owner"),
    [
        ("mail.acme.co.uk", "acme.co.uk"),
        ("maria@hr.acme.de", "acme.de"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_it_finds_the_registrable_part(domain: str, owner: str) -> None:
    assert senders.registrable(domain) == owner


@pytest.mark.parametrize(
    ("url", "books"),
    [
        ("https://calendly.com/ana/30min", True),
        ("https://calendly.com/", False),
        ("https://calendly.com/cancellations/3f1", False),
        ("https://calendly.com.evil.example/ana", False),
        ("https://calendar.google.com/calendar/appointments/schedules/x", True),
        ("https://calendar.google.com/calendar/event?eid=1", False),
        ("https://meet.google.com/abc", False),
        ("not a url", False),
        ("http://[::1", False),
    ],
)
def test_it_knows_a_booking_link(url: str, *, books: bool) -> None:
    assert senders.is_booking_link(url) is books
