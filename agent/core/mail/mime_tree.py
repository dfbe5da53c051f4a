"""The leaves of a MIME tree, from raw bytes or from Gmail's parsed form: iterative, bounded, never failing.

The standard library's parser is not used: its time grows with depth times lines, and it recurses (RFC 2045, 2046).
"""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.core.mail.headers import parameterised, unbase64, unfolded

MOST_RAW_BYTES = 25_000_000
MOST_HEADER_BYTES = 262_144
MOST_HEADERS = 2_000
MOST_PARTS = 500
DEEPEST = 50
MOST_TEXT_BYTES = 1_000_000

Fields = tuple[tuple[str, str], ...]

_BLANK_LINE = re.compile(rb"\r?\n(?:\r?\n|\Z)")
_FIELD = re.compile(rb"^([\x21-\x39\x3b-\x7e]{1,200})[ \t]{0,20}:([^\n]*(?:\n[ \t][^\n]*)*)", re.MULTILINE)
# Delivery reports are machine text worth keeping beside text/*; calendars come under several names.
_REPORTS = frozenset({"message/delivery-status", "message/disposition-notification"})
_CALENDARS = frozenset({"text/calendar", "text/x-vcalendar", "application/ics", "application/icalendar"})


@dataclass(frozen=True, slots=True)
class Leaf:
    """One part with content. ``data`` is the decoded bytes where they matter; None: Gmail holds them back."""

    content_type: str
    parameters: Fields
    filename: str
    attached: bool
    nested: bool
    size: int
    data: bytes | None


@dataclass(slots=True)
class Walk:
    """What a walk found wrong on its way."""

    problems: list[str]

    def note(self, what: str) -> None:
        if what not in self.problems:
            self.problems.append(what)


def is_calendar(content_type: str, filename: str) -> bool:
    """True for an iCalendar file under any of its names."""
    return content_type in _CALENDARS or filename.lower().endswith(".ics")


def keeps_text(leaf: Leaf) -> bool:
    """True where the words of a leaf are kept: bodies, calendars, delivery reports; not attached documents."""
    if is_calendar(leaf.content_type, leaf.filename):
        return not leaf.nested
    return leaf.content_type in _REPORTS or (leaf.content_type.startswith("text/") and not leaf.attached)


def _described(fields: Fields, declared: str) -> tuple[str, Fields, str, bool]:
    """Content type, its parameters, file name, and whether the part is an attachment, from a part's header."""
    kind, parameters = parameterised(_first(fields, "content-type") or declared)
    if kind.count("/") != 1 or not all(kind.split("/")):
        kind = declared.strip().lower() or "text/plain"
    disposition, more = parameterised(_first(fields, "content-disposition"))
    filename = dict(more).get("filename") or dict(parameters).get("name", "")
    attached = disposition == "attachment" or kind == "message/rfc822" or _is_named_file(kind, filename)
    return kind, parameters, filename[:255], attached


def _is_named_file(kind: str, filename: str) -> bool:
    """A name makes a part an attachment, but for text: some programs name the body ("body.html")."""
    return bool(filename) and kind not in {"text/plain", "text/html"}


def _first(fields: Fields, name: str) -> str:
    return next((value for key, value in fields if key.lower() == name), "")


# ── Raw bytes ──────────────────────────────────────────────────────────────────────────────────────────────────


def from_bytes(raw: bytes, walk: Walk) -> tuple[Fields, tuple[Leaf, ...]]:
    """The header fields and the leaves of an RFC 5322 message."""
    if len(raw) > MOST_RAW_BYTES:
        walk.note("message larger than 25 MB, the rest was not read")
        raw = raw[:MOST_RAW_BYTES]
    if raw.startswith(b"From "):
        raw = raw.partition(b"\n")[2]  # an mbox separator
    fields, start = _fields(raw, 0, len(raw), walk)
    return fields, tuple(_leaves(raw, fields, start, walk))


def _leaves(raw: bytes, fields: Fields, start: int, walk: Walk) -> Iterator[Leaf]:
    stack = [(fields, start, len(raw), 0, False, "text/plain")]
    count = 0
    while stack:
        fields, start, end, depth, nested, declared = stack.pop()
        kind, parameters, filename, attached = _described(fields, declared)
        boundary = dict(parameters).get("boundary", "") if kind.startswith("multipart/") else ""
        inner: list[tuple[int, int]] = _between(raw, start, end, boundary) if boundary else []
        if (inner or kind == "message/rfc822") and depth >= DEEPEST:
            walk.note("parts nested deeper than 50")
            continue
        if inner:
            child = "message/rfc822" if kind == "multipart/digest" else "text/plain"
            room = MOST_PARTS - count - len(stack)
            if len(inner) > room:
                walk.note("more than 500 parts")
            for low, high in reversed(inner[: max(0, room)]):
                below, body = _fields(raw, low, high, walk)
                stack.append((below, body, high, depth + 1, nested, child))
            continue
        if kind.startswith("multipart/"):
            kind, attached = "text/plain", False  # no boundary, or none found: what is there is text
        count += 1
        yield _leaf(raw, fields, start, end, (kind, parameters, filename, attached, nested))
        if kind == "message/rfc822":
            below, body = _fields(raw, start, end, walk)
            stack.append((below, body, end, depth + 1, True, "text/plain"))


def _fields(raw: bytes, start: int, end: int, walk: Walk) -> tuple[Fields, int]:
    """The header fields from ``start`` and where the body begins."""
    if raw.startswith((b"\n", b"\r\n"), start, end):
        return (), min(end, start + (2 if raw[start] == 13 else 1))
    blank = _BLANK_LINE.search(raw, start, end)
    head_end, body = (blank.start(), blank.end()) if blank else (end, end)
    if head_end - start > MOST_HEADER_BYTES:
        walk.note("header block larger than 256 kB")
        head_end = start + MOST_HEADER_BYTES
    fields: list[tuple[str, str]] = []
    for match in _FIELD.finditer(raw, start, head_end):
        if len(fields) >= MOST_HEADERS:
            walk.note("more than 2,000 header fields")
            break
        fields.append((match[1].decode("ascii"), unfolded(_readable(match[2]))))
    return tuple(fields), body


def _readable(value: bytes) -> str:
    """Eight-bit headers are UTF-8 (RFC 6532), or else from before it."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp1252", errors="replace")


def _between(raw: bytes, start: int, end: int, boundary: str) -> list[tuple[int, int]]:
    """The spans between the delimiter lines of a multipart; an unclosed last part reaches to the end."""
    line = rb"^--%b(--)?[ \t]*(?:\r?\n|\r?\Z)" % re.escape(boundary.encode("utf-8", "replace"))
    spans: list[tuple[int, int]] = []
    low = -1
    for match in re.compile(line, re.MULTILINE).finditer(raw, start, end):
        if low >= 0:
            spans.append((low, _line_end(raw, low, match.start())))
        low = -1 if match[1] else match.end()
        if match[1] or len(spans) > MOST_PARTS:
            break
    if low >= 0:
        spans.append((low, end))
    return spans


def _line_end(raw: bytes, low: int, high: int) -> int:
    """The line break before a delimiter belongs to the delimiter."""
    if high > low and raw[high - 1] == 10:
        high -= 1
    return high - 1 if high > low and raw[high - 1] == 13 else high


def _leaf(
    raw: bytes, fields: Fields, start: int, end: int, what: tuple[str, Fields, str, bool, bool]
) -> Leaf:
    kind, parameters, filename, attached, nested = what
    encoding = _first(fields, "content-transfer-encoding").strip().lower()
    size = _decoded_size(raw, start, end) if encoding == "base64" else end - start
    leaf = Leaf(kind, parameters, filename, attached, nested, size, b"")
    if not keeps_text(leaf):
        return leaf
    data = _undone(raw[start : min(end, start + 3 * MOST_TEXT_BYTES)], encoding)
    return Leaf(kind, parameters, filename, attached, nested, len(data), data[:MOST_TEXT_BYTES])


def _decoded_size(raw: bytes, start: int, end: int) -> int:
    written = end - start - raw.count(b"\n", start, end) - raw.count(b"\r", start, end)
    return written * 3 // 4 - raw.count(b"=", max(start, end - 6), end)


def _undone(data: bytes, encoding: str) -> bytes:
    """The transfer encoding undone (RFC 2045 §6); unknown ones are taken as they are."""
    if encoding == "base64":
        return unbase64(data)
    return a2b_qp(data) if encoding == "quoted-printable" else data


# ── Gmail's parsed form ────────────────────────────────────────────────────────────────────────────────────────


def from_payload(payload: Mapping[str, Any], walk: Walk) -> tuple[Fields, tuple[Leaf, ...]]:
    """The header fields and the leaves of a ``payload`` (``format=full``)."""
    return _payload_fields(payload, walk), tuple(_payload_leaves(payload, walk))


def _payload_leaves(payload: Mapping[str, Any], walk: Walk) -> Iterator[Leaf]:
    stack: list[tuple[Mapping[str, Any], int, bool]] = [(payload, 0, False)]
    count = 0
    while stack:
        part, depth, nested = stack.pop()
        inner = [child for child in _sequence(part.get("parts")) if isinstance(child, Mapping)]
        kind = _text(part.get("mimeType")).strip().lower()
        if inner and depth >= DEEPEST:
            walk.note("parts nested deeper than 50")
            continue
        if len(inner) > (room := MOST_PARTS - count - len(stack)):
            walk.note("more than 500 parts")
            inner = inner[: max(0, room)]
        whole = kind == "message/rfc822"
        stack.extend((child, depth + 1, nested or whole) for child in reversed(inner))
        if not inner or not kind.startswith("multipart/"):
            count += 1
            yield _payload_leaf(part, nested, walk)


def _payload_leaf(part: Mapping[str, Any], nested: bool, walk: Walk) -> Leaf:
    fields = _payload_fields(part, walk)
    kind, parameters, filename, attached = _described(fields, _text(part.get("mimeType")) or "text/plain")
    if kind.startswith("multipart/"):
        kind, attached = "text/plain", False
    filename = filename or _text(part.get("filename"))[:255]
    attached = attached or _is_named_file(kind, filename)
    body = part.get("body")
    body = body if isinstance(body, Mapping) else {}
    size = body.get("size")
    size = size if isinstance(size, int) and 0 <= size < 1 << 40 else 0
    leaf = Leaf(kind, parameters, filename, attached, nested, size, b"")
    if not keeps_text(leaf):
        return leaf
    data = body.get("data")
    if not isinstance(data, str):
        missing = size > 0 or bool(body.get("attachmentId"))
        return Leaf(kind, parameters, filename, attached, nested, size, None if missing else b"")
    raw = unbase64(data[: 2 * MOST_TEXT_BYTES].encode("ascii", "replace"))
    return Leaf(kind, parameters, filename, attached, nested, len(raw), raw[:MOST_TEXT_BYTES])


def _payload_fields(part: Mapping[str, Any], walk: Walk) -> Fields:
    fields: list[tuple[str, str]] = []
    room = MOST_HEADER_BYTES
    for header in _sequence(part.get("headers")):
        if not isinstance(header, Mapping):
            continue
        name, value = _text(header.get("name"))[:200], unfolded(_text(header.get("value")))
        room -= len(name) + len(value)
        if room < 0 or len(fields) >= MOST_HEADERS:
            walk.note("header block larger than 256 kB")
            break
        if name:
            fields.append((name, value))
    return tuple(fields)


def _sequence(value: object) -> Sequence[Any]:
    return value if isinstance(value, Sequence) and not isinstance(value, (str, bytes)) else ()


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
