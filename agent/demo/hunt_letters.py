"""A story's letters as RFC 5322 bytes: replies with quotations, calendar parts, an HTML twin as mail programs write it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, parseaddr
from html import escape
from textwrap import fill
from typing import NamedTuple

from agent.demo.hunt import Meeting, Step
from agent.demo.records import Stored

_WIRE = SMTP.clone(max_line_length=998)
_COLUMNS = 72  # where mail programs wrap plain text
_REPLY = {"en": "Re: ", "de": "AW: ", "fr": "Re: "}
_DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "de": ("Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So."),
    "fr": ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."),
}
_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "de": ("Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."),
    "fr": ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
}


class Person(NamedTuple):
    """A name and an address."""

    name: str
    address: str

    @classmethod
    def read(cls, text: str) -> "Person":
        """From `Name <address>`."""
        return cls(*parseaddr(text))

    def __str__(self) -> str:
        return formataddr((self.name, self.address), charset="utf-8")


def letter(step: Step, sender: Person, to: Person, before: Sequence[Stored], *, number: int) -> bytes:
    """The letter of this step; with messages `before` it in its thread it answers the last of them."""
    made = EmailMessage(policy=_WIRE)
    made["Date"] = format_datetime(step.at)
    made["From"], made["To"] = str(sender), str(to)
    made["Subject"] = _subject(step, before)
    made["Message-ID"] = f"<{step.story}.{number}@{sender.address.rpartition('@')[2]}>"
    if before:
        known = [stored.mail.message_id for stored in before]
        made["In-Reply-To"] = f"<{known[-1]}>"
        made["References"] = " ".join(f"<{one}>" for one in known)
    for name, value in step.headers:
        made[name] = value
    _write(made, step, before[-1] if before and step.quote else None)
    if step.meeting:
        _invite(made, step.meeting, organiser=sender, guest=to)
    return made.as_bytes()


def _subject(step: Step, before: Sequence[Stored]) -> str:
    if not before or step.headers:
        return step.subject
    known = before[0].mail.header("Subject")
    return f"{_REPLY[step.language]}{known}"


def _write(made: EmailMessage, step: Step, answered: Stored | None) -> None:
    plain = "\n".join(fill(line, _COLUMNS) if line else "" for line in step.text.split("\n"))
    page = f'<div dir="ltr">{_html(step.text)}</div>'
    if answered is not None:
        head, old = _attribution(answered, step), answered.mail.text.rstrip()
        plain += f"\n{head}\n\n" + "".join(f"> {line}".rstrip() + "\n" for line in old.split("\n"))
        page += (
            f'<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{escape(head)}<br></div>'
            f'<blockquote class="gmail_quote">{_html(old)}</blockquote></div>'
        )
    made.set_content(plain)
    made.add_alternative(page + "\n", subtype="html")


def _html(text: str) -> str:
    return "".join(f"<div>{escape(line) or '<br>'}</div>" for line in text.rstrip("\n").split("\n"))


def _attribution(answered: Stored, step: Step) -> str:
    """`On Mon, Mar 2, 2026 at 9:42 AM Ana Ruiz <ana@…> wrote:` in the chapter's language."""
    at, language = answered.at.astimezone(step.at.tzinfo), step.language
    day, month = _DAYS[language][at.weekday()], _MONTHS[language][at.month - 1]
    who = answered.mail.header("From")
    match language:
        case "de":
            return f"Am {day}, {at.day}. {month} {at.year} um {at:%H:%M} Uhr schrieb {who}:"
        case "fr":
            return f"Le {day} {at.day} {month} {at.year} à {at:%H:%M}, {who} a écrit :"
        case _:
            hour = f"{at:%I:%M %p}".lstrip("0")
            return f"On {day}, {month} {at.day}, {at.year} at {hour} {who} wrote:"


def _invite(made: EmailMessage, meeting: Meeting, *, organiser: Person, guest: Person) -> None:
    """Attach the calendar part as Google Calendar does: an alternative of the text (RFC 6047)."""
    part = EmailMessage(policy=_WIRE)
    part.set_content(
        _calendar(meeting, organiser, guest),
        subtype="calendar",
        charset="utf-8",
        cte="base64",
        params={"method": "REQUEST"},
    )
    made.attach(part)


def _calendar(meeting: Meeting, organiser: Person, guest: Person) -> str:
    others = (guest, *(Person.read(text) for text in meeting.attendees))
    lines = [
        "BEGIN:VCALENDAR",
        "PRODID:-//Google Inc//Google Calendar 70.9054//EN",
        "VERSION:2.0",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        f"UID:{meeting.uid}@calendar.example",
        f"SEQUENCE:{meeting.sequence}",
        f"DTSTAMP:{_utc(meeting.start - timedelta(days=3))}",
        f"DTSTART:{_utc(meeting.start)}",
        f"DTEND:{_utc(meeting.start + timedelta(minutes=meeting.minutes))}",
        f"ORGANIZER;CN={organiser.name}:mailto:{organiser.address}",
        f"ATTENDEE;PARTSTAT=ACCEPTED;CN={organiser.name}:mailto:{organiser.address}",
        *(f"ATTENDEE;PARTSTAT=NEEDS-ACTION;CN={one.name}:mailto:{one.address}" for one in others),
        f"SUMMARY:{_escaped(meeting.summary)}",
        f"LOCATION:{_escaped(meeting.location)}",
        "STATUS:CONFIRMED",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "\r\n".join(lines) + "\r\n"


def _escaped(text: str) -> str:
    """A TEXT value (RFC 5545 §3.3.11)."""
    return text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
