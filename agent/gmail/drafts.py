"""Our drafts among the user's: find one again, read it back, tell whether a hand has touched it.

Gmail re-wraps a draft's text when it is merely opened, and strips private headers when it is saved; so the text is
compared without spaces and with plain quotation marks, and the key header is only the quicker of two ways.
"""

from __future__ import annotations

import email
import html
import re
import unicodedata
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.errors import HeaderParseError, MessageError
from email.header import decode_header, make_header
from email.message import Message as RawMessage
from email.utils import getaddresses
from enum import StrEnum
from hashlib import sha256
from typing import Any

from agent.core.model import normal_email
from agent.errors import NotFound
from agent.gmail.client import DraftRef, Gmail

KEY_HEADER = "X-Followup-Key"
DIGEST_HEADER = (
    "X-Followup-Digest"  # what the draft said when it was made: whoever lost the record can still compare
)
LONGEST_TEXT = 1_000_000  # characters; a letter has a thousandth of it
_LONGEST_HEADER = 16_000
_LONG_LETTER_WORDS = 12  # below, any subset would count as the same
_SAME_LETTER = 70.0  # unrelated letters stay below 61, half-rewritten ones above 78

_STRAIGHT = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4`", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", None),
        "\u2026": "...",
    }
)
_UNSHOWN = ("style", "script", "head", "title")


class Touch(StrEnum):
    """What has happened to our draft. ``opened``: saved again by Gmail with the same words."""

    UNTOUCHED = "untouched"
    OPENED = "opened"
    EDITED = "edited"


@dataclass(frozen=True, slots=True)
class Found:
    """Our draft, the resource as read (format full), and by what it was recognised: ``key``, ``digest`` or ``words``."""

    ref: DraftRef
    resource: dict[str, Any]
    by: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What a draft or message says, as far as we compare it. ``text`` is None where Gmail keeps the body apart."""

    text: str | None
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    key: str
    made_as: str = ""  # the digest it was made with, as far as Gmail still carries it

    @property
    def digest(self) -> str:
        """Its digest; empty where the text is not known, which equals none."""
        return "" if self.text is None else digest(self.text, self.to, self.cc, self.subject)


def digest(text: str, to: Iterable[str], cc: Iterable[str], subject: str) -> str:
    """SHA-256 over words, recipients and subject; the same for plain text and for HTML that says the same."""
    parts = [_bare(text), " ".join(_recipients(to)), " ".join(_recipients(cc)), _bare(_decoded(subject))]
    return sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def signed(raw: bytes, made_as: str) -> bytes:
    """The bytes of a draft with its own digest (hexadecimal) as a header of its own."""
    return b"%s: %s\r\n%s" % (DIGEST_HEADER.encode(), made_as.encode("ascii"), raw)


def read(gmail: Gmail, draft_id: str) -> dict[str, Any]:
    """The draft, so that ``letter`` tells what it says: as raw where Gmail keeps the text apart (NotFound if it is gone)."""
    resource = gmail.draft(draft_id)
    return gmail.draft(draft_id, format="raw") if letter(resource).text is None else resource


def letter(resource: Mapping[str, Any]) -> Letter:
    """The letter in a draft or message resource of format full or raw."""
    inner = resource.get("message")
    message: Mapping[str, Any] = inner if isinstance(inner, Mapping) else resource
    raw = message.get("raw")
    if isinstance(raw, str):
        parsed = email.message_from_bytes(_bytes(raw))
        return _letter([(name, str(value)) for name, value in parsed.items()], _raw_leaves(parsed))
    payload = message.get("payload")
    payload = payload if isinstance(payload, Mapping) else {}
    return _letter(_headers(payload), _leaves(payload))


def touch(resource: Mapping[str, Any], *, gmail_id: str, kept_digest: str) -> Touch:
    """How a draft stands against what Gmail made of it when it was created (its message id and digest then)."""
    if letter(resource).digest != kept_digest:
        return Touch.EDITED
    message = resource.get("message")
    current = message.get("id") if isinstance(message, Mapping) else ""
    return Touch.UNTOUCHED if current == gmail_id else Touch.OPENED


def same_letter(one: str, other: str) -> bool:
    """True if two texts are one letter, the user's changes aside; short ones must be equal."""
    return likeness(one, other) >= _SAME_LETTER


def likeness(one: str, other: str) -> float:
    """How alike two letters are, 0 to 100. Two of ours to the same reader can reach 80: where several are there, the best counts."""
    one, other = one[:LONGEST_TEXT], other[:LONGEST_TEXT]
    if _bare(one) == _bare(other):
        return 100.0
    words, others = _words(one), _words(other)
    if min(len(words), len(others)) < _LONG_LETTER_WORDS:
        return 0.0
    from rapidfuzz.fuzz import token_set_ratio

    return float(token_set_ratio(" ".join(words), " ".join(others)))


def in_thread(refs: Iterable[DraftRef], thread_id: str) -> tuple[DraftRef, ...]:
    """The drafts of one thread, whoever wrote them."""
    return tuple(ref for ref in refs if ref.thread_id == thread_id)


def find_ours(
    gmail: Gmail, *, key: str, digests: Iterable[str], thread_id: str, elsewhere: int = 10
) -> Found | None:
    """Look for the draft of this key: in its thread first, then in so many others (a thread can be lost on the way).

    ``digests``: of what was asked for and, if known, of what Gmail kept. Costs 20 units for each draft that is read.
    """
    refs = gmail.list_drafts()
    near = in_thread(refs, thread_id)
    wanted = {value for value in digests if value}
    for ref in (*near, *[ref for ref in refs if ref.thread_id != thread_id][:elsewhere]):
        try:
            resource = read(gmail, ref.draft_id)
        except NotFound:
            continue  # sent or discarded this very moment
        found = letter(resource)
        if found.key and found.key == key:
            return Found(ref, resource, "key")
        if not found.key and found.digest in wanted:
            return Found(ref, resource, "digest")
    return None


# ── reading a resource ─────────────────────────────────────────────────────────────────────────────────────────


def _letter(headers: list[tuple[str, str]], leaves: Iterable[tuple[str, str | None]]) -> Letter:
    """Plain text if there is any, else the words of the HTML."""
    bodies: dict[str, str | None] = {}
    for kind, text in leaves:
        bodies.setdefault(kind, text)
    text = bodies.get("text/plain")
    if text is None and "text/html" in bodies:
        rich = bodies["text/html"]
        text = None if rich is None else text_of_html(rich)
    if text is None and not bodies:
        text = ""
    return Letter(
        text=text,
        to=tuple(_values(headers, "to")),
        cc=tuple(_values(headers, "cc")),
        subject=next(_values(headers, "subject"), ""),
        key=next(_values(headers, KEY_HEADER.lower()), "").strip(),
        made_as=next(_values(headers, DIGEST_HEADER.lower()), "").strip(),
    )


def _headers(payload: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows = payload.get("headers")
    rows = rows if isinstance(rows, list) else []
    return [(str(row.get("name")), str(row.get("value"))) for row in rows if isinstance(row, Mapping)]


def _values(headers: list[tuple[str, str]], name: str) -> Iterator[str]:
    return (value[:_LONGEST_HEADER] for key, value in headers if key.lower() == name)


def _leaves(payload: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Text bodies in order, attachments left out; None for a body that Gmail keeps apart."""
    waiting: list[Mapping[str, Any]] = [payload]
    while waiting:
        part = waiting.pop()
        kind = str(part.get("mimeType", "")).lower()
        parts = part.get("parts")
        if isinstance(parts, list) and kind != "message/rfc822":
            waiting.extend(one for one in reversed(parts) if isinstance(one, Mapping))
        elif kind in {"text/plain", "text/html"} and not part.get("filename"):
            body = part.get("body")
            data = body.get("data") if isinstance(body, Mapping) else None
            if isinstance(data, str):
                yield kind, _text(_bytes(data), _charset(part))
            elif isinstance(body, Mapping) and body.get("attachmentId"):
                yield kind, None


def _raw_leaves(message: RawMessage) -> Iterator[tuple[str, str | None]]:
    for part in message.walk():
        kind = part.get_content_type()
        if kind in {"text/plain", "text/html"} and not part.get_filename():
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                yield kind, _text(content, part.get_content_charset() or "utf-8")


def _charset(part: Mapping[str, Any]) -> str:
    kind = next(_values(_headers(part), "content-type"), "")
    found = re.search(r"charset=\"?([\w.:-]{1,40})", kind, re.IGNORECASE)
    return found[1] if found else "utf-8"


def _text(content: bytes, charset: str) -> str:
    """UTF-8 where it is UTF-8: Gmail may have transcoded a part whose header still names the old charset."""
    content = content[: 4 * LONGEST_TEXT]
    for name in ("utf-8", charset):
        try:
            return content.decode(name)[:LONGEST_TEXT]
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("latin-1")[:LONGEST_TEXT]


def _bytes(data: str) -> bytes:
    """Base64url with or without its padding."""
    try:
        return urlsafe_b64decode(data.rstrip("=") + "==")
    except ValueError:
        return b""


def text_of_html(rich: str) -> str:
    """The words of simple HTML, in linear time; good for comparing, not for reading."""
    kept: list[str] = []
    unshown = ""
    head, *rest = rich[:LONGEST_TEXT].replace("\r", "").split("<")
    kept.append(head)
    for chunk in rest:
        tag, closed, text = chunk.partition(">")
        name = re.split(r"[\s/>]", tag.lower().removeprefix("/"), maxsplit=1)[0]
        if unshown:
            unshown = "" if tag.startswith("/") and name == unshown else unshown
        elif name in _UNSHOWN and not tag.startswith("/"):
            unshown = name
        if not unshown and closed:
            kept.append(f"\n{text}" if name in {"br", "div", "p", "li", "tr"} else text)
    return html.unescape("".join(kept))


# ── comparing ──────────────────────────────────────────────────────────────────────────────────────────────────


def _plain(text: str) -> str:
    """Compatibility forms folded, typographic signs made plain."""
    return unicodedata.normalize("NFKC", html.unescape(text[:LONGEST_TEXT]).translate(_STRAIGHT))


def _bare(text: str) -> str:
    """Without any white space: wrapping differs between plain text and HTML, and a space is no edit."""
    return "".join(_plain(text).split())


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", _plain(text).lower())


def _recipients(values: Iterable[str]) -> list[str]:
    """Addresses without names, folded and sorted."""
    found = getaddresses([value[:_LONGEST_HEADER] for value in values if value])
    return sorted({normal_email(address) for _, address in found if "@" in address})


def _decoded(subject: str) -> str:
    """RFC 2047 words decoded: Gmail gives headers either way."""
    subject = subject[:_LONGEST_HEADER].replace("\r", "").replace("\n", "")
    if "=?" not in subject:
        return subject
    try:
        return str(make_header(decode_header(subject)))
    except (HeaderParseError, MessageError, LookupError, ValueError):
        return subject
