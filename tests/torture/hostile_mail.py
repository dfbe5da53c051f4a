"""How the hostile corpus writes a mail: small pieces of code in place of files, everything in it invented."""

from __future__ import annotations

from dataclasses import dataclass

GENUINE = "Maria Lopez <maria@northwind.example>"
ME = "Dana Kim <dana.kim@gmail.example>"
MALLORY = "Mallory Voss <mallory@mallory.example>"
FAILED = "mx.google.com; spf=fail smtp.mailfrom=mallory.example; dkim=none; dmarc=fail header.from=northwind.example"
ANSWERS = "In-Reply-To: <m1@northwind.example>\r\nReferences: <m1@northwind.example>\r\n"
SUBJECT = "Re: Interview for Data Engineer at Northwind"
TALK = (
    "Hi Dana,\r\n\r\nYour interview for the Data Engineer position at Northwind moves to Friday, March 6, 2026 at 11:00"
    " UTC. Please answer to me from now on.\r\n\r\nBest,\r\nMallory Voss\r\nTalent Acquisition, Northwind\r\n"
)


@dataclass(frozen=True, slots=True)
class Hostile:
    """One mail and what it tries. ``raw`` is RFC 5322 bytes, or something that would like to be taken for it."""

    name: str
    raw: bytes


def letter(
    name: str,
    body: str | bytes = TALK,
    *,
    sender: str = MALLORY,
    to: str = ME,
    subject: str = SUBJECT,
    head: str = "",
    kind: str = "text/plain; charset=utf-8",
    top: str = "",
) -> Hostile:
    """A mail into the genuine thread; ``top`` stands above From, ``head`` below the other fields."""
    fields = (
        f"{top}From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\n{ANSWERS}"
        f"Date: Wed, 04 Mar 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: {kind}\r\n{head}\r\n"
    ).encode("utf-8", "surrogateescape")
    return Hostile(
        name, fields + (body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass"))
    )


def multipart(*parts: tuple[str, str], kind: str = "mixed", boundary: str = "b0") -> tuple[str, str]:
    """(content type, body) of a multipart of these (content type, body) parts."""
    inner = "".join(f"--{boundary}\r\nContent-Type: {k}\r\n\r\n{body}\r\n" for k, body in parts)
    return f'multipart/{kind}; boundary="{boundary}"', f"{inner}--{boundary}--\r\n"
