"""One RFC 5322 message as Gmail reads it: headers, text, file names, words."""

import email
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from functools import cached_property
from html import unescape

_LONGEST_HEADER = 20_000
_LONGEST_TEXT = 1_000_000
_PREFIX = re.compile(
    r"\s*(?:re|fwd?|aw|wg|sv|vs|vb|antw|tr|rv|res|enc|rif|odp)(?:\[\d{1,3}\])?\s?:", re.IGNORECASE
)
_TAG = re.compile(r"<[^<>]*>")
_UNSEEN = re.compile(r"<(script|style|head)\b[^<>]*>", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<([^<>\s]+)>")
# Scripts written without spaces are taken letter by letter, as a phrase of letters.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")


def words(text: str) -> list[str]:
    """The words of a text in order, case-folded, punctuation gone."""
    return _WORD.findall(text[:_LONGEST_TEXT].casefold())


def flow(text: str) -> str:
    """The words of a text in order between single spaces, so that a phrase is a substring."""
    return f" {' '.join(words(text))} "


def stem(word: str) -> str:
    """A crude English stem: scheduling, scheduled and schedule are one word to Gmail's search."""
    for ending in ("ings", "ing", "ers", "er", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def thread_subject(subject: str) -> str:
    """The subject by which Gmail groups: without Re:, Fwd:, AW: … and without case or spacing."""
    while found := _PREFIX.match(subject):
        subject = subject[found.end() :]
    return " ".join(subject.casefold().split())


def decoded(value: str) -> str:
    """A header value with its RFC 2047 words decoded; the value itself where they are broken."""
    if "=?" not in value or len(value) > _LONGEST_HEADER:
        return value
    try:
        return str(make_header(decode_header(value)))
    except (MessageError, LookupError, ValueError):
        return value


def readable(value: object) -> str:
    """A header value as the parser kept it, raw 8-bit bytes read as UTF-8."""
    return str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def unfolded(value: str) -> str:
    """A header value on one line (RFC 5322 §2.2.3)."""
    return re.sub(r"\r?\n(?=[ \t])", "", value).strip()


def content(part: Message) -> bytes:
    """The bytes of a leaf with its transfer encoding undone; what is broken comes as it is."""
    if part.is_multipart():
        return b"\r\n".join(_flat(inner) for inner in part.get_payload() if isinstance(inner, Message))
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def text_of(part: Message) -> str:
    """The text of a leaf in its own charset, never failing."""
    raw = content(part)
    try:
        return raw.decode(part.get_content_charset() or "utf-8")
    except (UnicodeDecodeError, LookupError, ValueError, MessageError):
        return raw.decode("utf-8", "replace")


def visible(html: str) -> str:
    """The text one sees of an HTML body, roughly."""
    pieces, at = [], 0
    page = html[:_LONGEST_TEXT]
    while found := _UNSEEN.search(page, at):
        pieces.append(page[at : found.start()])
        end = page.find(f"</{found.group(1)}", found.end())
        at = len(page) if end < 0 else end
    pieces.append(page[at:])
    return unescape(_TAG.sub(" ", " ".join(pieces)))


def filename(part: Message) -> str:
    """The file name a part declares, else nothing."""
    try:
        return readable(part.get_filename() or "")
    except (MessageError, ValueError, LookupError):
        return ""


def leaves(part: Message) -> Iterator[Message]:
    """The parts that hold content, in order; an attached message is one leaf."""
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        for inner in part.get_payload():
            if isinstance(inner, Message):
                yield from leaves(inner)
    else:
        yield part


class Mail:
    """A message as bytes, taken apart on first use."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self._flows: dict[str, str] = {}

    @cached_property
    def root(self) -> Message:
        """The parsed message."""
        return email.message_from_bytes(self.raw)

    @cached_property
    def _fields(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, value in self.root.raw_items():
            line = decoded(unfolded(readable(value)))
            found[name.lower()] = f"{found[name.lower()]} {line}" if name.lower() in found else line
        return found

    def header(self, name: str) -> str:
        """Every value of that header, decoded, on one line; empty if there is none."""
        return self._fields.get(name.lower(), "")

    def header_flow(self, name: str) -> str:
        """The words of that header, kept for the next search."""
        if name not in self._flows:
            self._flows[name] = flow(self.header(name))
        return self._flows[name]

    @cached_property
    def message_id(self) -> str:
        """The RFC 5322 Message-ID without its brackets."""
        value = self.header("Message-ID")
        found = _MESSAGE_ID.search(value)
        return found.group(1) if found else value.strip()

    @cached_property
    def references(self) -> frozenset[str]:
        """The Message-IDs this message points at, In-Reply-To and References together."""
        both = f"{self.header('References')} {self.header('In-Reply-To')}"
        return frozenset(_MESSAGE_ID.findall(both))

    @cached_property
    def subject(self) -> str:
        """The subject by which Gmail groups."""
        return thread_subject(self.header("Subject"))

    @cached_property
    def leaves(self) -> tuple[Message, ...]:
        """The parts that hold content."""
        return tuple(leaves(self.root))

    @cached_property
    def text(self) -> str:
        """The readable text, its lines ended by LF: the plain part, else the visible text of the HTML."""
        for kind, read in (("text/plain", str), ("text/html", visible)):
            for part in self.leaves:
                if part.get_content_type() == kind and part.get_content_disposition() != "attachment":
                    return read(text_of(part)).replace("\r\n", "\n")
        return ""

    @cached_property
    def filenames(self) -> tuple[str, ...]:
        """The names of the attachments."""
        return tuple(name for part in self.leaves if (name := filename(part)))

    @cached_property
    def flow(self) -> str:
        """All words that a bare search term may match, in order."""
        texts = [self.header(name) for name in ("Subject", "From", "To", "Cc", "Bcc")]
        for part in self.leaves:
            if part.get_content_type() == "text/html":
                texts.append(visible(text_of(part)))
            elif part.get_content_maintype() == "text":
                texts.append(text_of(part))
        return "".join(flow(text) for text in [*texts, *self.filenames])

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of all words."""
        return frozenset(stem(word) for word in self.flow.split())


def _flat(part: Message) -> bytes:
    try:
        return part.as_bytes()
    except (MessageError, ValueError, LookupError, KeyError):
        return b""
