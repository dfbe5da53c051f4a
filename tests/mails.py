"""Single mails held against what a careful reader hears in them: the tables ``tests/data/mails*.jsonl``.

``says``: signals that must be there; ``not``: such as would be a grave mistake, as strong evidence; ``promise``: the day
of the employer's answer, null for none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from agent.core.dates.deadlines import promised
from agent.core.model import Address, Identity, Reading, SignalKind
from tests.core import post
from tests.scenarios.mailbox import Letters
from tests.scenarios.player import Check

# what a story takes for the same: they lead it to the same place
SAME = {
    "invitation": ("invitation", "next_round", "availability_request"),
    "next_round": ("next_round", "invitation", "availability_request"),
    "rejection": ("rejection", "position_closed"),
    "position_closed": ("position_closed", "rejection"),
    "cancellation": ("cancellation", "reschedule"),
    "acknowledgement": ("acknowledgement", "robot"),
    "robot": ("robot", "acknowledgement", "out_of_office"),
}
DATA = Path(__file__).parent / "data"
ROBIN = Identity(
    Address("Robin Vale", "robin.vale@gmail.example"), frozenset({"robinvale@gmail.example", "robin.vale@gmail.example"}), ("Robin Vale",)
)  # fmt: skip


def checks(tables: Sequence[Path] = ()) -> Iterator[Check]:
    """One check a label; the category is the language and what was asked."""
    for table in tables or sorted(DATA.glob("mails*.jsonl")):
        for line in table.read_text(encoding="utf-8").splitlines():
            mail = json.loads(line)
            yield from _checks(mail, reading(mail))


def reading(mail: dict[str, Any]) -> Reading:
    """The mail read by the real parts, from its RFC 5322 bytes."""
    letters = Letters(None)  # type: ignore[arg-type]  # only bytes are made, nothing is delivered
    message = {
        "key": mail["id"], "thread": mail["id"], "at": mail["written"], "from": mail["from"], "to": [mail["to"]],
        "subject": mail["subject"], "text": mail["body"], "headers": mail.get("headers") or {},
        "labels": ["SENT" if mail["outgoing"] else "INBOX"],
    }  # fmt: skip
    letters.by_key[mail["id"]] = message
    return post.read(message, letters, ROBIN, "Europe/London", mail.get("holidays", ""))


def _checks(mail: dict[str, Any], read: Reading) -> Iterator[Check]:
    heard = ", ".join(f"{s.kind.value}{'' if s.strength.value == 'strong' else '~'}" for s in read.signals)
    lang, where = mail["lang"], mail["id"]
    for kind in mail["says"]:
        yield Check(f"{lang} {kind}", read.has(*map(SignalKind, SAME.get(kind, (kind,)))), where, heard)
    for kind in mail["not"]:
        yield Check(f"{lang} not", not read.strong(SignalKind(kind)), where, f"not {kind}: {heard}")
    if "promise" in mail:
        found = promised(read.deadlines)
        got = found.latest.isoformat() if found and not read.outgoing else None
        yield Check(f"{lang} promise", got == mail["promise"], where, f"{got}, not {mail['promise']}")
