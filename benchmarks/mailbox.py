"""A synthetic mailbox: many messages of everyday mail, and so many interview threads in between."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from agent.demo.mailbox import Mailbox

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
ME = "Dana Kim <dana.kim@gmail.example>"
TRADES = (
    "Data Analyst",
    "Registered Nurse",
    "Warehouse Supervisor",
    "Line Cook",
    "Bookkeeper",
    "Civil Engineer",
    "Paralegal",
)
FIRMS = (
    "Northwind",
    "Halyard",
    "Brightmoor",
    "Kestrel",
    "Lumen",
    "Otterbrook",
    "Tidewater",
    "Quarry",
    "Maple",
    "Corbin",
)
KINDS = ("Labs", "Logistics", "Health", "Foods", "Partners", "Marine", "Energy", "Studios")
NOISE = (
    (
        "Shop {n} <news{n}@shop{n}.example>",
        "Weekend sale: up to 40% off",
        "Everything must go. Unsubscribe any time.",
        "CATEGORY_PROMOTIONS",
        True,
    ),
    (
        "GitHub <notifications{n}@github.com>",
        "[repo/{n}] Fix flaky test (#{n})",
        "You are receiving this because you were mentioned.",
        "CATEGORY_FORUMS",
        True,
    ),
    (
        "Bank {n} <alerts{n}@bank{n}.example>",
        "Your statement is ready",
        "Your monthly statement is available online.",
        "CATEGORY_UPDATES",
        False,
    ),
    (
        "Friend {n} <friend{n}@kin{n}.example>",
        "dinner on friday?",
        "Are you around on Friday? We could try the new place.",
        "",
        False,
    ),
    (
        "Parcel {n} <track{n}@parcel{n}.example>",
        "Your parcel is on its way",
        "Arriving tomorrow between 9 and 12.",
        "CATEGORY_UPDATES",
        False,
    ),
    (
        "LinkedIn <jobalerts-noreply@linkedin.com>",
        "30+ new jobs for you",
        "Apply now to these positions.",
        "CATEGORY_UPDATES",
        True,
    ),
    (
        "Dr. Sorrel {n} <praxis{n}@dental{n}.example>",
        "Appointment reminder",
        "Your check-up is on Tuesday at 3 pm.",
        "",
        False,
    ),
    (
        "Team {n} <lead{n}@work{n}.example>",
        "Re: quarterly numbers",
        "Attached are the slides for the review.",
        "",
        False,
    ),
)


def letter(
    sender: str,
    to: str,
    at: datetime,
    subject: str,
    text: str,
    *,
    message_id: str,
    reply_to: str = "",
    bulk: bool = False,
) -> bytes:
    """RFC 5322 bytes of a plain mail."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id
    if reply_to:
        mail["In-Reply-To"] = mail["References"] = reply_to
    if bulk:
        mail["List-Unsubscribe"] = "<https://links.example/u>"
        mail["Precedence"] = "bulk"
    mail.set_content(text)
    return mail.as_bytes()


def fill(mailbox: Mailbox, *, messages: int, threads: int, seed: int = 7) -> list[str]:
    """Fill the mailbox over two years; returns the thread keys of the interview threads (all within the last half year).

    Beside the noise: three receipts of applications and five conversations about other things for each interview thread.
    """
    draw = random.Random(seed)
    rows = [(NOW - timedelta(days=730 * draw.random()), "noise", i) for i in range(messages)]
    rows += [(NOW - timedelta(days=10 + 150 * draw.random()), "interview", i) for i in range(threads)]
    rows += [(NOW - timedelta(days=170 * draw.random()), "receipt", i) for i in range(3 * threads)]
    rows += [(NOW - timedelta(days=170 * draw.random()), "chat", i) for i in range(5 * threads)]
    for at, kind, number in sorted(rows):
        match kind:
            case "noise":
                _noise(mailbox, at, number, draw)
            case "receipt":
                _receipt(mailbox, at, number)
            case "chat":
                _chat(mailbox, at, number)
            case _:
                _interview(mailbox, at, number)
    return [f"interview-{n}" for n in range(threads)]


def _noise(mailbox: Mailbox, at: datetime, number: int, draw: random.Random) -> None:
    sender, subject, text, label, bulk = NOISE[draw.randrange(len(NOISE))]
    who = draw.randrange(400)
    mine = draw.random() < 0.08
    first, second = (ME, sender.format(n=who)) if mine else (sender.format(n=who), ME)
    raw = letter(
        first,
        second,
        at,
        subject.format(n=who),
        text,
        message_id=f"<n{number}@mail.example>",
        bulk=bulk and not mine,
    )
    labels = ["SENT"] if mine else ["INBOX", *([label] if label else [])]
    mailbox.deliver(raw, labels=labels, thread_key=f"noise-{number}", at=at)


def _receipt(mailbox: Mailbox, at: datetime, number: int) -> None:
    """An applicant tracking system has received an application: job words, and nothing to follow up."""
    firm, trade = (
        f"{FIRMS[number % len(FIRMS)]} {KINDS[number % len(KINDS)]} {number}",
        TRADES[number % len(TRADES)],
    )
    text = f"Hi Dana,\n\nThank you for applying for the {trade} role at {firm}. If there is a fit, a recruiter will invite you to an interview.\n"
    raw = letter(
        f"{firm} <no-reply@us.greenhouse-mail.io>",
        ME,
        at,
        f"Thank you for applying to {firm}",
        text,
        message_id=f"<r{number}@ats.example>",
    )
    mailbox.deliver(raw, labels=["INBOX", "CATEGORY_UPDATES"], thread_key=f"receipt-{number}", at=at)


def _chat(mailbox: Mailbox, at: datetime, number: int) -> None:
    """A conversation both ways about anything but a job."""
    them = (
        f"Kim {number} <kim@neighbours{number % 40}.example>"
        if number % 2
        else f"Kim {number} <kim{number}@gmail.com>"
    )
    first, second = f"<c{number}.0@mail.example>", f"<c{number}.1@mail.example>"
    subject = ("the fence", "Saturday", "your invoice", "photos", "the school run")[number % 5]
    raw = letter(them, ME, at, subject, "Could you have a look and tell me by Friday?\n", message_id=first)
    mailbox.deliver(raw, labels=["INBOX"], thread_key=f"chat-{number}", at=at)
    later = at + timedelta(hours=5)
    raw = letter(ME, them, later, f"Re: {subject}", "Sure, will do.\n", message_id=second, reply_to=first)
    mailbox.deliver(raw, labels=["SENT"], thread_key=f"chat-{number}", at=later)


def _interview(mailbox: Mailbox, at: datetime, number: int) -> None:
    firm = f"{FIRMS[number % len(FIRMS)]} {KINDS[number // len(FIRMS) % len(KINDS)]}"
    host = f"{firm.lower().replace(' ', '')}.example"
    trade, them = TRADES[number % len(TRADES)], f"Robin Marsh <robin.marsh@{host}>"
    day = at + timedelta(days=3)
    subject, key = f"Interview for {trade} at {firm}", f"interview-{number}"
    said = (
        (
            them,
            ME,
            at,
            f"Hi Dana,\n\nWe would like to invite you to an interview for the {trade} position on {day:%A}, {day:%B} {day.day} at 2 PM.\n\nBest,\nRobin Marsh\nRecruiter, {firm}\n",
        ),
        (ME, them, at + timedelta(hours=3), f"Hi Robin,\n\n{day:%A} at 2 works for me.\n\nDana\n"),
        (
            ME,
            them,
            day + timedelta(hours=6),
            "Hi Robin,\n\nThank you for the conversation today, I enjoyed it.\n\nDana\n",
        ),
        (
            them,
            ME,
            day + timedelta(days=1),
            "Hi Dana,\n\nWe are still talking to others and will get back to you.\n\nRobin\n",
        ),
    )
    before = ""
    for step, (sender, to, when, text) in enumerate(said):
        message_id = f"<i{number}.{step}@{host}>"
        raw = letter(
            sender,
            to,
            when,
            subject if not step else f"Re: {subject}",
            text,
            message_id=message_id,
            reply_to=before,
        )
        mailbox.deliver(raw, labels=["SENT"] if sender == ME else ["INBOX"], thread_key=key, at=when)
        before = message_id
