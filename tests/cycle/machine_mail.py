"""Short letters whose meaning is plain, for a machine that writes thousands of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from tests.cycle.world import MARIA, ME

SUBJECT = "Interview for Data Analyst at Northwind Traders"
NEW_YORK = ZoneInfo("America/New_York")


def _next_round(now: datetime) -> str:
    day = (now + timedelta(days=3)).astimezone(NEW_YORK)
    return (
        f"Hi Dana,\n\nWe would like to invite you to a second interview on {day:%A, %B} {day.day}, 2:00-3:00 PM. "
        "Does that work for you?\n\nBest,\nMaria\n"
    )


def _promise(now: datetime) -> str:
    day = (now + timedelta(days=6)).astimezone(NEW_YORK)
    return f"Hi Dana,\n\nThank you for your patience. We will get back to you by {day:%A, %B} {day.day}.\n\nBest,\nMaria\n"


FROM_EMPLOYER: dict[str, Callable[[datetime], str]] = {
    "holding": lambda _: (
        "Hi Dana,\n\nThank you for your patience. We are still talking to others and will get back to you.\n\nBest,\nMaria\n"
    ),
    "promise": _promise,
    "question": lambda _: (
        "Hi Dana,\n\nCould you please send us your salary expectations and two references?\n\nBest,\nMaria\n"
    ),
    "rejection": lambda _: (
        "Hi Dana,\n\nUnfortunately, we have decided to move forward with another candidate.\n\nBest,\nMaria\n"
    ),
    "offer": lambda _: (
        "Hi Dana,\n\nWe are delighted to offer you the position of Data Analyst. The offer letter is attached.\n\nBest,\nMaria\n"
    ),
    "next round": _next_round,
}
OUT_OF_OFFICE = (
    "Hello,\n\nI am out of the office and will reply to your message on my return.\n\nMaria Lopez\n"
)
FROM_USER = {
    "thanks": "Hi Maria,\n\nThank you so much for the conversation, I enjoyed meeting the team.\n\nBest,\nDana\n",
    "follow-up": (
        "Hi Maria,\n\nI wanted to follow up on my interview for the Data Analyst position. Is there any news on the "
        "next steps?\n\nBest,\nDana\n"
    ),
    "answer": "Hi Maria,\n\nHere is what you asked for. That time works for me, see you then.\n\nBest,\nDana\n",
}
NEWSLETTER = "Fifty roles you might like this week. Unsubscribe at any time.\n"


def raw(
    number: int,
    at: datetime,
    text: str,
    *,
    sender: str = MARIA,
    to: str = ME,
    subject: str = f"Re: {SUBJECT}",
    parents: tuple[str, ...] = (),
    extra: str = "",
) -> bytes:
    """RFC 5322 bytes."""
    head = (
        f"Date: {format_datetime(at)}\nFrom: {sender}\nTo: {to}\nSubject: {subject}\n"
        f"Message-ID: <n{number}@mail.machine.example>\n{extra}"
    )
    if parents:
        head += f"In-Reply-To: {parents[-1]}\nReferences: {' '.join(parents)}\n"
    return f"{head}Content-Type: text/plain; charset=utf-8\n\n{text}".replace("\n", "\r\n").encode()
