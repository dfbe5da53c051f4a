"""Mail as tests write it: bytes, and the two forms in which Gmail hands a message out."""

from __future__ import annotations

import email
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from email.message import Message as StdlibMessage
from typing import Any

from agent.core.mail import mime
from agent.core.model import Message, Source

AT = datetime(2026, 3, 2, 14, 14, tzinfo=UTC)
MILLISECONDS = str(int(AT.timestamp() * 1000))


def raw_mail(
    body: str, *, kind: str = "text/plain; charset=utf-8", subject: str = "Interview", sender: str = ""
) -> bytes:
    """A message of one part."""
    sender = sender or "Maria Lopez <maria.lopez@northwind.example>"
    head = f"From: {sender}\r\nTo: Dana Kim <dana@mail.example>\r\nSubject: {subject}\r\nContent-Type: {kind}\r\n\r\n"
    return (head + body).encode()


def source_of(raw: bytes) -> Source:
    source, _ = mime.source_from_bytes(
        raw, gmail_id="g1", thread_id="t1", internal_date=AT, label_ids=["INBOX"]
    )
    return source


def message_of(raw: bytes, *, zone: str = "UTC") -> Message:
    """The message read from bytes."""
    message, _ = mime.message(source_of(raw), zone=zone)
    return message


def problems_of(raw: bytes) -> list[str]:
    """What both steps found wrong."""
    source, first = mime.source_from_bytes(raw, gmail_id="g1", thread_id="t1", internal_date=AT, label_ids=[])
    _, second = mime.message(source)
    return [problem.what for problem in (*first, *second)]


def said(body: str, *, subject: str = "Re: Interview", sender: str = "") -> Message:
    """What the author of a plain mail says."""
    return message_of(raw_mail(body, subject=subject, sender=sender))


def shown(html: str, *, subject: str = "Re: Interview", sender: str = "") -> Message:
    """What the author of an HTML mail says."""
    return message_of(raw_mail(html, kind="text/html; charset=utf-8", subject=subject, sender=sender))


def resource(raw: bytes, *, as_format: str, padding: bool = True, transcode: bool = True) -> dict[str, Any]:
    """The Gmail message resource of these bytes, made with the standard library's own parser."""
    made: dict[str, Any] = {"id": "g1", "threadId": "t1", "labelIds": ["INBOX"], "internalDate": MILLISECONDS}
    if as_format == "raw":
        return made | {"raw": base64url(raw, padding=padding)}
    return made | {"payload": _part(email.message_from_bytes(raw), padding=padding, transcode=transcode)}


def base64url(data: bytes, *, padding: bool = True) -> str:
    text = urlsafe_b64encode(data).decode()
    return text if padding else text.rstrip("=")


def _part(part: StdlibMessage, *, padding: bool, transcode: bool) -> dict[str, Any]:
    name = part.get_filename() or ""
    made: dict[str, Any] = {
        "mimeType": part.get_content_type(),
        "filename": name,
        "headers": [
            {"name": key, "value": str(value).replace("\r\n", "").replace("\n", "")}
            for key, value in part.raw_items()
        ],
    }
    if part.is_multipart():
        inner = [child for child in part.get_payload() if isinstance(child, StdlibMessage)]
        made["parts"] = [_part(child, padding=padding, transcode=transcode) for child in inner]
        made["body"] = {"size": 0}
        return made
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    if name or part.get_content_maintype() != "text":
        made["body"] = {"size": len(data), "attachmentId": "ANGjdJ8"}
        return made
    if transcode:
        charset = part.get_content_charset() or "utf-8"
        data = data.decode(charset, "replace").encode()
    made["body"] = {"size": len(data), "data": base64url(data, padding=padding)} if data else {"size": 0}
    return made
