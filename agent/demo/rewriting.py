"""What Gmail does to the bytes of a message: on arrival, when a draft is opened, edited, sent."""

import re
import textwrap
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from html import escape

from agent.demo.mail import Mail, filename

_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_FIELD_START = re.compile(rb"\r?\n(?![ \t])")
# Python before 3.14 encodes a long Message-ID in References as an RFC 2047 word unless the line may be long.
_POLICY = SMTP.clone(max_line_length=998)

_OF_THE_BODY = ("content-type", "content-transfer-encoding", "content-disposition", "mime-version")


def fields(raw: bytes) -> tuple[list[tuple[str, bytes]], bytes]:
    """The header fields of a message, each with its lower-case name and exact bytes, and the rest."""
    if raw.startswith((b"\r\n", b"\n")):
        return [], raw.split(b"\n", 1)[1]
    blank = _BLANK_LINE.search(raw)
    head, body = (raw[: blank.start()], raw[blank.end() :]) if blank else (raw.rstrip(b"\r\n"), b"")
    lines = _FIELD_START.split(head)
    return [(line.split(b":", 1)[0].strip().lower().decode("latin-1"), line) for line in lines if line], body


def joined(parts: list[tuple[str, bytes]], body: bytes) -> bytes:
    """The message made of these header fields and that body."""
    return b"".join(line + b"\r\n" for _, line in parts) + b"\r\n" + body


def without_x_headers(raw: bytes) -> bytes:
    """Gmail's editor keeps no header it does not know."""
    parts, body = fields(raw)
    return joined([(name, line) for name, line in parts if not name.startswith("x-")], body)


def with_field(raw: bytes, name: str, value: str) -> bytes:
    """The message with that one header set, in its old place or last."""
    parts, body = fields(raw)
    header = EmailMessage(policy=_POLICY)
    header[name] = value
    line = header.as_bytes().split(b"\r\n\r\n")[0]
    at = next((index for index, (known, _) in enumerate(parts) if known == name.lower()), len(parts))
    kept = [part for part in parts if part[0] != name.lower()]
    return joined([*kept[:at], (name.lower(), line), *kept[at:]], body)


def completed(raw: bytes, *, message_id: str, sender: tuple[str, str], at: datetime) -> bytes:
    """A draft of the API as Gmail keeps it: From, Date and Message-ID are added where missing."""
    present = {name for name, _ in fields(raw)[0]}
    for name, value in (
        ("From", formataddr(sender)),
        ("Date", format_datetime(at)),
        ("Message-ID", f"<{message_id}>"),
    ):
        if name.lower() not in present:
            raw = with_field(raw, name, value)
    return raw


def opened(raw: bytes, *, wrap_at: int | None, append: str | None = None) -> bytes:
    """A draft saved by Gmail's editor: the same text, wrapped, with an HTML twin and no X- headers.

    Attachments stay; `append` is what the user typed at the end.
    """
    mail = Mail(raw)
    text = mail.text.rstrip("\n")
    text = text if append is None else f"{text}\n\n{append}"
    body = _twin(text, wrap_at)
    for part in mail.leaves:
        if part.get_content_disposition() == "attachment" or filename(part):
            if body.get_content_type() != "multipart/mixed":
                body.make_mixed()
            body.attach(message_from_bytes(part.as_bytes(), policy=_POLICY))
    kept = [
        (name, line)
        for name, line in fields(raw)[0]
        if not name.startswith("x-") and name not in _OF_THE_BODY
    ]
    parts, content = fields(body.as_bytes())
    return joined([*kept, *parts], content)


def sent(raw: bytes, *, message_id: str, at: datetime) -> bytes:
    """The copy Gmail keeps of what it sent: its own Message-ID, the time of sending, no X- headers."""
    raw = with_field(without_x_headers(raw), "Message-ID", f"<{message_id}>")
    return with_field(raw, "Date", format_datetime(at))


def _twin(text: str, wrap_at: int | None) -> EmailMessage:
    lines = text.split("\n")
    plain = lines if wrap_at is None else [part for line in lines for part in _wrapped(line, wrap_at)]
    body = EmailMessage(policy=_POLICY)
    body.set_content("\n".join(plain) + "\n")
    html = "<br>".join(escape(line, quote=False) for line in lines)
    body.add_alternative(f'<div dir="ltr">{html}</div>\n', subtype="html")
    return body


def _wrapped(line: str, width: int) -> list[str]:
    return textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) or [""]
