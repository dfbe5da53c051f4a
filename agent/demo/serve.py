"""Runs the embedded Gmail by itself: python -m agent.demo.serve. One line of JSON says where it is."""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from agent.demo.clock import MovableClock
from agent.demo.mailbox import Mailbox
from agent.demo.mbox import read_mbox
from agent.demo.server import GmailServer


def main() -> None:
    """Serve until interrupted; stdout gets {url, token, client} once."""
    asked = _arguments()
    now = datetime.fromisoformat(asked.now) if asked.now else datetime.now(UTC)
    mailbox = Mailbox(asked.address, name=asked.name, clock=MovableClock(now))
    if asked.mbox:
        for one in read_mbox(asked.mbox):
            mailbox.deliver(one.raw, labels=one.labels, thread_id=one.thread_id, at=one.at)
    with GmailServer(mailbox, port=asked.port) as server:
        where = {"url": server.url, "token": server.token_info(), "client": server.client_config()}
        sys.stdout.write(json.dumps(where) + "\n")
        sys.stdout.flush()
        try:
            Event().wait()
        except KeyboardInterrupt:
            return


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m agent.demo.serve", description=__doc__)
    parser.add_argument("--address", default="me@gmail.example")
    parser.add_argument("--name", default="")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--now", help="where the movable clock starts, ISO 8601 with offset")
    parser.add_argument("--mbox", type=Path, help="a mailbox to serve, for example from Google Takeout")
    return parser.parse_args()


if __name__ == "__main__":
    main()
