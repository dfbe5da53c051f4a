"""What it costs to understand one message: parse and signals, dates included, over all sample mails.

``python -m benchmarks.reading``
"""

from __future__ import annotations

import json
import time
from pathlib import Path

from agent.core.mail import mime
from agent.core.meaning import signals
from agent.core.model import Address, Identity, Source, normal_email
from agent.demo.clock import MovableClock
from agent.demo.mailbox import Mailbox
from benchmarks.mailbox import NOW
from tests.evaluate import FOLDERS
from tests.scenarios.mailbox import Letters
from tests.scenarios.player import load

ROUNDS = 3


def sources(address: str, name: str, messages: list[dict[str, object]]) -> list[Source]:
    """A scenario's messages as stored facts."""
    mailbox = Mailbox(address, name=name, clock=MovableClock(NOW))
    letters = Letters(mailbox)
    for message in messages:
        letters.deliver(message)
    stored = mailbox.ledger.messages.values()
    return [
        mime.source_from_bytes(
            s.mail.raw,
            gmail_id=s.id,
            thread_id=s.thread_id,
            internal_date=s.at,
            label_ids=frozenset(s.labels),
        )[0]
        for s in stored
    ]


def main() -> None:
    """Print median and 99th percentile in milliseconds."""
    taken: list[float] = []
    for scenario in [s for folder in FOLDERS.values() for s in load(Path(folder))]:
        me = scenario["me"]
        identity = Identity(
            Address(me["name"], me["address"]), frozenset({normal_email(me["address"])}), (me["name"],)
        )
        found = sources(me["address"], me["name"], scenario["messages"])
        for _ in range(ROUNDS):
            for source in found:
                began = time.perf_counter()
                message, _ = mime.message(source, zone=me["time_zone"])
                signals.read(message, identity, zone=me["time_zone"], holidays="US")
                taken.append(1000 * (time.perf_counter() - began))
    taken.sort()
    share = {name: round(taken[int(len(taken) * at)], 2) for name, at in (("median", 0.5), ("p99", 0.99))}
    print(json.dumps({"messages": len(taken), "milliseconds": share}))


if __name__ == "__main__":
    main()
