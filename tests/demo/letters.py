"""Letters for the tests of the embedded Gmail."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

ME = "dana.kim@gmail.example"
START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def letter(
    text: str = "Hello Dana,\nwe would like to talk to you.\n",
    *,
    subject: str = "Interview for Data Analyst",
    sender: str = "Maria Lopez <maria@northwind.example>",
    to: str = ME,
    message_id: str | None = "m1@northwind.example",
    answers: str | None = None,
    html: str | None = None,
    headers: dict[str, str] | None = None,
) -> bytes:
    """The bytes of an invented letter; `answers` is the Message-ID it replies to."""
    made = EmailMessage(policy=SMTP.clone(max_line_length=998))
    made["From"], made["To"], made["Subject"] = sender, to, subject
    if message_id:
        made["Message-ID"] = f"<{message_id}>"
    if answers:
        made["In-Reply-To"] = made["References"] = f"<{answers}>"
    for name, value in (headers or {}).items():
        made[name] = value
    made.set_content(text)
    if html is not None:
        made.add_alternative(html, subtype="html")
    return made.as_bytes()


def reply(
    text: str = "Thank you for your time.\n",
    *,
    subject: str = "Re: Interview for Data Analyst",
    answers: str | None = "m1@northwind.example",
    headers: dict[str, str] | None = None,
) -> bytes:
    """A reply of Dana's to the letter."""
    return letter(
        text,
        sender=f"Dana Kim <{ME}>",
        to="maria@northwind.example",
        message_id=None,
        subject=subject,
        answers=answers,
        headers=headers,
    )


def encoded(raw: bytes) -> str:
    """`raw` as the API takes it."""
    return urlsafe_b64encode(raw).decode()
