"""Reads the tables of mails in ``data/``: what each says, and what it must not be taken to say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from agent.core.model import Address, Identity, Message

DATA = Path(__file__).parent / "data"
ME = Address("Robin Vale", "robin.vale@gmail.com")
THEM = Address("Maria Lopez", "maria.lopez@northwind.example")
IDENTITY = Identity(ME, frozenset({"robinvale@gmail.com"}))


@dataclass(frozen=True, slots=True)
class Case:
    line: str
    outgoing: bool
    wanted: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        return self.line


def cases(name: str) -> Iterator[Case]:
    """The mails of one table."""
    outgoing = False
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            outgoing = line.startswith("[me]")
        elif "::" in line and not line.startswith("#"):
            wanted, _, text = line.partition("::")
            yield Case(
                line, outgoing, tuple(w.strip() for w in wanted.split(",")), text.strip().replace("|", "\n")
            )


def mail(
    text: str,
    *,
    outgoing: bool = False,
    subject: str = "Re: Tuesday",
    sender: Address | None = None,
    headers: tuple[tuple[str, str], ...] = (),
    links: tuple[str, ...] = (),
) -> Message:
    """A plain message of the given words; nothing in its envelope says anything."""
    at = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
    return Message(
        gmail_id="g1", thread_id="t1", internal_date=at, label_ids=frozenset({"SENT" if outgoing else "INBOX"}),
        date=at, message_id="<a@b.example>", in_reply_to="", references=(),
        sender=sender or (ME if outgoing else THEM), reply_to=(), to=(THEM if outgoing else ME,), cc=(),
        subject=subject, text=text, signature_at=len(text), headers=headers, links=links,
    )  # fmt: skip
