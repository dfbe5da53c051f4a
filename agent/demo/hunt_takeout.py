"""Writes the embedded mailbox as Google Takeout does: one mbox file, which mbox.py reads again."""

from datetime import UTC
from pathlib import Path

from agent.demo.mailbox import Mailbox
from agent.demo.records import Stored


def write_takeout(mailbox: Mailbox, path: Path) -> int:
    """Write every message of the mailbox, oldest first; returns how many."""
    with mailbox.lock:
        held = list(reversed(mailbox.ledger.newest_first()))
        with path.open("wb") as file:
            for stored in held:
                file.write(_entry(stored, [mailbox.ledger.label_name(one) for one in sorted(stored.labels)]))
    return len(held)


def _entry(stored: Stored, labels: list[str]) -> bytes:
    head = (
        f"From {int(stored.id, 16)}@xxx {stored.at.astimezone(UTC):%a %b %d %H:%M:%S +0000 %Y}\n"
        f"X-GM-THRID: {int(stored.thread_id, 16)}\n"
        f"X-Gmail-Labels: {','.join(_shown(one) for one in labels) or 'Archived'}\n"
    )
    lines = stored.mail.raw.replace(b"\r\n", b"\n").split(b"\n")
    quoted = [b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in lines]
    return head.encode() + b"\n".join(quoted).rstrip(b"\n") + b"\n\n"


def _shown(label: str) -> str:
    """The name Takeout gives to a system label."""
    return {"DRAFT": "Drafts"}.get(label, label.replace("CATEGORY_", "Category ").title())
