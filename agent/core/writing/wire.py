"""A composition as RFC 5322 bytes: deterministic, safe against header injection, with ids that survive long folding.

``EmailMessage`` turns a long In-Reply-To into an encoded word, which breaks threading in Outlook (CPython issue 79986);
the headers here fold themselves instead. What was built is parsed again and compared before anybody sees it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime, getaddresses
from typing import TYPE_CHECKING, Any

from agent.core.model import Address, Composition

if TYPE_CHECKING:
    from email.policy import EmailPolicy, Policy

KEY_HEADER = "X-Followup-Key"
MAX_LINE = 76  # characters, the header's name included (RFC 2047, section 2)
MAX_KEY = 900
_ENCODED_BYTES = 39  # of text in one encoded word: 52 base64 characters, 73 with its frame behind "Subject: "
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~ ]+")
_ADDRESS = re.compile(r"[!#-'*+\-./0-9=?A-Z^_`a-z{|}~]{1,64}@[A-Za-z0-9][A-Za-z0-9.\-]{0,252}")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to enclose, as the caller read it."""

    filename: str
    content_type: str
    data: bytes


class _Folded(BaseHeader):
    """A header written as it was given: neither decoded nor encoded by the library, folded only between tokens."""

    max_count = 1

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        """Nothing to understand: the value was made by this module."""
        kwds["decoded"], kwds["parse_tree"] = value, None

    def fold(self, *, policy: Policy[Any]) -> str:
        return policy.linesep.join(_lines(f"{self.name}:", *str(self).split(" "))) + policy.linesep


def _lines(name: str, first: str, *tokens: str) -> list[str]:
    """The header in lines of up to 76 characters; a longer token has a line of its own (or the name's) and is never cut."""
    lines = [f"{name} {first}"]
    for token in tokens:
        if len(f"{lines[-1]} {token}") <= MAX_LINE:
            lines[-1] += f" {token}"
        else:
            lines.append(f" {token}")
    return lines


def to_bytes(
    composition: Composition,
    *,
    key: str,
    date: datetime,
    boundary_seed: str = "",
    attachments: tuple[Attachment, ...] = (),
) -> bytes:
    """The message for ``drafts.create``; the same arguments make the same bytes. Raises ValueError if it would be unsafe."""
    message = EmailMessage(policy=_policy())
    for name, value in _headers(composition, key, date):
        message[name] = value
    message.set_content(composition.text, cte="quoted-printable")
    if composition.html:
        message.add_alternative(composition.html, subtype="html", cte="quoted-printable")
    for attachment in attachments:
        main, _, sub = attachment.content_type.partition("/")
        message.add_attachment(
            attachment.data, maintype=main or "application", subtype=sub or "octet-stream",
            filename=_plain(attachment.filename),
        )  # fmt: skip
    _bound(message, boundary_seed or key)
    raw = message.as_bytes(policy=_policy())
    verify(raw, composition, key=key)
    return raw


def _policy() -> EmailPolicy[Any]:
    return policy.SMTP.clone(header_factory=_registry())


def _registry() -> HeaderRegistry:
    registry = HeaderRegistry()
    for name in (
        "subject",
        "from",
        "to",
        "cc",
        "references",
        "in-reply-to",
        "message-id",
        KEY_HEADER.lower(),
    ):
        registry.map_to_type(name, _Folded)
    return registry


def _headers(composition: Composition, key: str, date: datetime) -> list[tuple[str, str]]:
    headers = [
        ("From", _mailbox(composition.sender)),
        ("To", ", ".join(_mailbox(a) for a in composition.to)),
        ("Cc", ", ".join(_mailbox(a) for a in composition.cc)),
        ("Subject", _encoded(_whole(composition.subject))),
        ("Date", format_datetime(date)),
        ("Message-ID", f"<{_digest(key)[:32]}@{composition.sender.domain}>"),
        ("In-Reply-To", _id(composition.in_reply_to)),
        ("References", " ".join(_id(i) for i in composition.references)),
        (KEY_HEADER, _key(key)),
    ]
    return [(name, value) for name, value in headers if value or name == "Subject"]


def _whole(value: str) -> str:
    """A header value that is one line; anything else was an attempt, or a bug."""
    if any(ord(c) < 32 or ord(c) == 127 or c in "\u2028\u2029\x85" for c in value):
        raise ValueError("a header value holds a line break or a control character")
    return value


def _id(value: str) -> str:
    if value and not re.fullmatch(r"<[!-;=?-~]{1,990}>", value):
        raise ValueError("not a message id (RFC 5322, section 3.6.4)")
    return value


def _key(key: str) -> str:
    if not 0 < len(key) <= MAX_KEY or not re.fullmatch(r"[!-~]+", key):
        raise ValueError("the key is not printable ASCII without spaces")
    return key


def _mailbox(address: Address) -> str:
    """``name <addr-spec>``, the name quoted or encoded as it needs (RFC 5322, section 3.4; RFC 2047, section 5)."""
    if not _ADDRESS.fullmatch(address.email):
        raise ValueError("not a plain addr-spec")
    name = _whole(_plain(address.name))
    if not name:
        return f"<{address.email}>"
    if not name.isascii() or "=?" in name:
        return f"{_words(name)} <{address.email}>"
    return f"{name if _ATOM.fullmatch(name) else _quoted(name)} <{address.email}>"


def _plain(text: str) -> str:
    """A name as one line: mail's control characters and runs of spaces are no part of anybody's name."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _encoded(text: str) -> str:
    """Plain ASCII as it is where unfolding gives it back unchanged, else encoded words."""
    simple = text.isascii() and "=?" not in text and "  " not in text and text == text.strip()
    return text if simple and all(len(word) < 900 for word in text.split(" ")) else _words(text)


def _words(text: str) -> str:
    """RFC 2047 encoded words, cut between characters, separated by a space that decoding removes."""
    chunks, chunk = [], ""
    for character in text:
        if len((chunk + character).encode("utf-8", "replace")) > _ENCODED_BYTES:
            chunks.append(chunk)
            chunk = ""
        chunk += character
    packed = (base64.b64encode(c.encode("utf-8", "replace")).decode() for c in (*chunks, chunk))
    return " ".join(f"=?utf-8?b?{word}?=" for word in packed)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _bound(message: EmailMessage, seed: str) -> None:
    """Boundaries derived from the seed, not drawn (the library would draw one: chance is not ours to use)."""
    for number, part in enumerate(p for p in message.walk() if p.is_multipart()):
        part.set_boundary(f"=_{_digest(f'{seed}/{number}')[:32]}")


def verify(raw: bytes, composition: Composition, *, key: str) -> None:
    """Parse what was built and compare it with what was meant: ids, addresses, subject, key, the text itself.

    Raises ValueError at the first difference.
    """
    parsed = BytesParser(policy=policy.default).parsebytes(raw)
    body = parsed.get_body(("plain",))
    pairs = {
        "in_reply_to": (_unfolded(parsed, "In-Reply-To"), composition.in_reply_to),
        "references": (tuple(_unfolded(parsed, "References").split()), composition.references),
        "subject": (str(parsed["Subject"] or ""), composition.subject),
        "from": (_mailboxes(parsed, "From"), (composition.sender.email,)),
        "to": (_mailboxes(parsed, "To"), tuple(a.email for a in composition.to)),
        "cc": (_mailboxes(parsed, "Cc"), tuple(a.email for a in composition.cc)),
        "bcc": (_mailboxes(parsed, "Bcc"), ()),
        "key": (str(parsed[KEY_HEADER] or ""), key),
        "text": (_lf(body.get_content()) if body else "", _lf(composition.text)),
    }
    for what, (built, meant) in pairs.items():
        if built != meant:
            raise ValueError(f"the built message does not say what was meant: {what}")


def _unfolded(parsed: EmailMessage, name: str) -> str:
    return " ".join(str(parsed[name] or "").split())


def _mailboxes(parsed: EmailMessage, name: str) -> tuple[str, ...]:
    values = [str(value) for value in parsed.get_all(name, [])]
    return tuple(email for _, email in getaddresses(values))


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n").rstrip("\n")
