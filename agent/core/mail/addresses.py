"""Address lists of RFC 5322, read in one pass: robust against what people and attackers write there."""

from __future__ import annotations

import re

from agent.core.mail.headers import LONGEST_HEADER, UNSEEN, clean, words
from agent.core.model import Address

MOST_ADDRESSES = 500
_LONGEST_LIST = 4 * LONGEST_HEADER
_LONGEST_EMAIL = 320
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|<[^<>]*+>?|[(),;:]|\\.|[^"<>(),;:\\]++|.')
_ESCAPED = re.compile(r"\\(.)")


def addresses(value: str) -> tuple[Address, ...]:
    """The mailboxes of a header value in order, at most 500; groups are flattened, comments may name.

    A decoded ``Last, First <a@b>`` without quotes is one person. What holds no address gives nothing.
    """
    value = value[:_LONGEST_LIST].replace("\r", "").replace("\n", "")
    found = _scanned(value)
    if not found and '"' in value:
        found = _scanned(value.replace('"', " "))
    if not found and "=?" in value:
        found = _scanned(words(value).replace('"', " "))
    return tuple(found)


def first(value: str) -> Address:
    """The first mailbox, or an empty one that keeps the words as its name."""
    found = addresses(value)
    return found[0] if found else Address(words(value)[:200], "")


class _Mailbox:
    """What was seen of one mailbox so far."""

    __slots__ = ("angle", "comment", "phrase")

    def __init__(self) -> None:
        self.phrase: list[str] = []
        self.comment: list[str] = []
        self.angle = ""


def _scanned(value: str) -> list[Address]:
    found: list[Address] = []
    box, before, depth = _Mailbox(), "", 0
    for piece in [*_TOKEN.findall(value), ","]:
        if depth or piece == "(":
            depth += (piece == "(") - (piece == ")")
            if piece not in "()":
                box.comment.append(piece)
        elif piece in {",", ";"}:
            before = _flush(box, before, found)
            box = _Mailbox()
            if len(found) >= MOST_ADDRESSES:
                break
        elif piece == ":":
            box = _Mailbox()  # the name of a group
        elif piece[0] == "<":
            box.angle = box.angle or piece.strip("<> \t")
        else:
            box.phrase.append(piece)
    if depth and not found:
        return _scanned(value.replace("(", " ").replace(")", " "))
    return found[:MOST_ADDRESSES]


def _flush(box: _Mailbox, before: str, found: list[Address]) -> str:
    """Adds what the box holds; returns a phrase that may be the last name of the next mailbox."""
    phrase = "".join(_unquoted(piece) for piece in box.phrase).strip()
    name, comment = words(phrase), words("".join(box.comment))
    if email := _email(box.angle):
        name = f"{before}, {name}" if before and name else before or name
        found.append(Address(name[:200] or comment[:200], email))
        return ""
    if "@" in phrase:
        found.extend(Address(comment[:200], email) for word in phrase.split() if (email := _email(word)))
        return ""
    return name if not box.angle else ""


def _unquoted(piece: str) -> str:
    return _ESCAPED.sub(r"\1", piece.strip('"')) if piece.startswith('"') else piece


def _email(text: str) -> str:
    """A lower-cased addr-spec, or nothing; an obsolete route before a colon is dropped.

    One with an invisible letter in it is somebody else's than the one it looks like: it is none at all.
    """
    if "@" not in text or len(text) > 4 * _LONGEST_EMAIL or UNSEEN.search(text.strip()):
        return ""
    email = "".join(clean(text.rpartition(":")[2]).split()).strip("<>\"'").rstrip(".,;").lower()
    local, _, domain = email.rpartition("@")
    return email if local and domain and len(email) <= _LONGEST_EMAIL else ""
