"""Header fields of RFC 5322 as values: decoded words, parameters, ids and dates, harmless whatever was sent."""

from __future__ import annotations

import re
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from urllib.parse import unquote_to_bytes

from agent.core.mail.charsets import decoded as decoded_bytes

LONGEST_HEADER = 16_384
_MOST_PARAMETERS = 100
_MOST_IDS = 200

_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\r\n]*)\?=")
_HEX = re.compile(r"=([0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Zero-width and bidirectional controls: they make two different names look the same.
UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_PARAMETER = re.compile(r';\s*([^=;\s"]{1,100})\s*=\s*(?:"((?:[^"\\]|\\.)*+)"?|([^;]*))')
_CONTINUED = re.compile(r"([^*]+)(?:\*(\d{1,2}))?(\*?)")
_ID = re.compile(r"<[^<>\s]{1,990}>")


def unfolded(value: str) -> str:
    """A header value on one line, at most 16 kB of it (RFC 5322 §2.2.3)."""
    return value[: 4 * LONGEST_HEADER].replace("\r", "").replace("\n", "").strip()[:LONGEST_HEADER]


def words(value: str) -> str:
    """The value with its RFC 2047 words decoded, on one line, without controls; broken words stay as sent."""
    value = value[: 4 * LONGEST_HEADER]
    return clean(_decoded_words(value) if "=?" in value else value)


def clean(value: str) -> str:
    """One line: controls and line breaks become a space, invisible and bidirectional controls vanish."""
    return " ".join(UNSEEN.sub("", _CONTROL.sub(" ", value)).split())


def _decoded_words(value: str) -> str:
    """Neighbouring words of one charset are joined as bytes first: mailers split characters between them."""
    out: list[str] = []
    pending, charset, at = b"", "", 0
    for found in _WORD.finditer(value):
        between = value[at : found.start()]
        if pending and (between.strip() or found[1].lower() != charset):
            out.append(decoded_bytes(pending, charset))
            pending = b""
        if between.strip() or at == 0:
            out.append(between)
        pending, charset = pending + _word_bytes(found[2], found[3]), found[1].lower()
        at = found.end()
    out.append(decoded_bytes(pending, charset))
    return "".join(out) + value[at:]


def _word_bytes(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    if encoding in "qQ":
        plain = text.replace("_", " ").encode("utf-8", "replace").decode("latin-1")
        return _HEX.sub(lambda m: chr(int(m[1], 16)), plain).encode("latin-1")
    return unbase64(raw)


def unbase64(raw: bytes) -> bytes:
    """Base64 in either alphabet, with or without padding; broken input gives as much as can be read."""
    raw = raw.translate(_URLSAFE, b"\r\n\t =")
    try:
        return a2b_base64(raw + b"=" * (-len(raw) % 4))
    except Base64Error:
        raw = raw.translate(None, _NOT_BASE64)
        raw = raw[: len(raw) - (len(raw) % 4 == 1)]
        return a2b_base64(raw + b"=" * (-len(raw) % 4))


_URLSAFE = bytes.maketrans(b"-_", b"+/")
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(sorted(set(range(256)) - set(_ALPHABET)))


def parameterised(value: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A Content-Type or Content-Disposition: the lower-case token and its parameters (RFC 2045 §5.1, RFC 2231)."""
    value = _CONTROL.sub(" ", value[:LONGEST_HEADER])
    found: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, str, bool]]] = {}
    for match in _PARAMETER.finditer(value):
        text = re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3].strip()
        name = _CONTINUED.fullmatch(match[1].lower())
        if name is None or len(found) + len(pieces) >= _MOST_PARAMETERS:
            continue
        if name[2] or name[3]:
            pieces.setdefault(name[1], []).append((int(name[2] or 0), text, bool(name[3])))
        else:
            found.setdefault(name[1], text if name[1] == "boundary" else words(text))
    for key, parts in pieces.items():
        found[key] = _joined(sorted(parts)[:50])
    return value.partition(";")[0].strip().lower(), tuple(found.items())


def _joined(parts: Sequence[tuple[int, str, bool]]) -> str:
    """The pieces of one RFC 2231 parameter, percent-decoded in the charset its first piece names."""
    charset, raw = "", b""
    for index, (_, text, encoded) in enumerate(parts):
        if encoded and index == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        raw += unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
    return clean(decoded_bytes(raw, charset))


def ids(value: str) -> tuple[str, ...]:
    """Message ids with their angle brackets, exactly as sent; a bare word stands for itself if there is no other."""
    value = _CONTROL.sub(" ", value[: 4 * LONGEST_HEADER])
    found = tuple(dict.fromkeys(_ID.findall(value)))[-_MOST_IDS:]
    if found:
        return found
    bare = value.split()
    return (bare[0],) if len(bare) == 1 and len(bare[0]) < LONGEST_HEADER // 16 else ()


def date(value: str) -> datetime | None:
    """The instant of a Date header with the sender's own offset; None where it names none."""
    try:
        parts = parsedate_tz(clean(value[:200]))
        if parts is None or not 1970 <= parts[0] <= 2200:
            return None
        offset = timedelta(seconds=parts[9] or 0)
        zone = timezone(offset) if offset else UTC
        return datetime(*parts[:5], min(parts[5], 59), tzinfo=zone)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
