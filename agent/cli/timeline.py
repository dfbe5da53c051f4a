"""A candidacy's events as people read them: one moment for each message or word of the user's, with what was read in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import quote

Json = Mapping[str, Any]
TOPICS = frozenset({"interview_topic", "job_topic"})


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: the kind in words, the first words it was read in, the rules that read it."""

    name: str
    quote: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """One message, or one word of the user's. ``at`` is RFC 3339; the ids are Gmail's, or empty."""

    at: str
    mine: bool
    message_id: str
    thread_id: str
    reads: tuple[Read, ...]


def moments(events: Sequence[Json], *, everything: bool = False) -> Iterator[Moment]:
    """The events of `show --json` by message, in order; ``everything``: also that a mail is about a job at all."""
    for _, group in groupby(events, key=lambda e: (e["at"], e["message_id"], e["from"])):
        rows = list(group)
        yield Moment(
            at=rows[0]["at"],
            mine=rows[0]["from"] == "me" or rows[0]["kind"].startswith("user:"),
            message_id=rows[0]["message_id"] or "",
            thread_id=rows[0]["thread_id"] or "",
            reads=tuple(_reads(rows, everything=everything)),
        )


def _reads(rows: Sequence[Json], *, everything: bool) -> Iterator[Read]:
    """Each kind once, with its first quotation; a mere topic is only said where nothing else is."""
    by_kind: dict[str, list[Json]] = {}
    for row in rows:
        by_kind.setdefault(row["kind"], []).append(row)
    telling = [kind for kind in by_kind if everything or kind not in TOPICS] or list(by_kind)[:1]
    for kind in telling:
        yield Read(
            name=kind.removeprefix("user:").replace("_", " "),
            quote=next((row["quote"] for row in by_kind[kind] if row["quote"]), ""),
            rules=tuple(dict.fromkeys(row["rule"] for row in by_kind[kind] if row["rule"])),
        )


def gmail_link(thread_id: str, account: str | None) -> str:
    """Opens the thread in the browser, in the right account even where several are signed in."""
    user = f"?authuser={quote(account, safe='@')}" if account else ""
    return f"https://mail.google.com/mail/u/{user}#all/{thread_id}"
