"""A small world for tests of whole turns: an embedded Gmail with one interview in it, and the program beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from agent.demo.clock import MovableClock
from agent.demo.mailbox import Mailbox
from agent.demo.server import GmailServer
from tests.scenarios.mailbox import Letters
from tests.scenarios.player import Program

ME = "Dana Kim <dana.kim@gmail.example>"
MARIA = "Maria Lopez <maria.lopez@northwind.example>"
Json = dict[str, Any]

INVITED = "2026-03-02T09:14:00-05:00"
HELD_UNTIL = "2026-03-03T15:00:00-05:00"
THANK_YOU_DUE = "2026-03-03T17:30:00-05:00"
FOLLOW_UP_DUE = "2026-03-12T09:00:00-04:00"

INVITATION = (
    "Hi Dana,\n\nThank you for applying. We would like to invite you to an interview for the Data Analyst position on "
    "Tuesday, March 3, 2:00-3:00 PM.\n\nBest,\nMaria Lopez\nRecruiter, Northwind Traders\n"
)
ACCEPTED = "Hi Maria,\n\nTuesday at 2 works for me, see you then.\n\nBest,\nDana\n"
THANKS = "Hi Maria,\n\nThank you for the conversation today, I enjoyed meeting the team.\n\nBest,\nDana\n"


@dataclass(slots=True)
class World:
    """The mailbox, its server, and the program with its configuration."""

    mailbox: Mailbox
    clock: MovableClock
    letters: Letters
    server: GmailServer
    program: Program

    def write(self, key: str, sender: str, to: str, at: str, text: str, **more: Any) -> None:
        """A message lands in the mailbox."""
        message = {
            "key": key,
            "thread": more.pop("thread", "t1"),
            "at": at,
            "from": sender,
            "to": [to],
            "cc": [],
            "subject": more.pop("subject", "Interview for Data Analyst at Northwind Traders"),
            "labels": ["SENT"] if sender == ME else ["INBOX"],
            "text": text,
            "html": None,
            "quote": None,
            "ics": None,
            "headers": {},
            "in_reply_to": None,
        }
        self.letters.deliver({**message, **more})

    def sync(self, at: str | None = None, *arguments: str) -> Json:
        """One turn at an instant; the document it prints."""
        if at:
            self.clock.set(datetime.fromisoformat(at))
        document = self.program.json("sync", "--json", *arguments)
        assert document is not None, self.program.last_error
        return document

    def status(self) -> Json:
        """The one candidacy, as ``status --all --json`` shows it."""
        document = self.program.json("status", "--all", "--json")
        assert document is not None, self.program.last_error
        [candidacy] = document["candidacies"]
        assert isinstance(candidacy, dict)
        return candidacy

    def drafts(self) -> list[str]:
        """The ids of all drafts in Gmail."""
        return list(self.mailbox.ledger.drafts)


def interviewed(folder: Path, *, thanked: bool = False) -> World:
    """Invited on Monday 2 March, accepted, interviewed on Tuesday 14:00-15:00 New York time. The server is not started."""
    clock = MovableClock(datetime.fromisoformat(INVITED))
    mailbox = Mailbox("dana.kim@gmail.example", name="Dana Kim", clock=clock)
    letters = Letters(mailbox)
    server = GmailServer(mailbox, wall_clock=clock)
    me = {"address": "dana.kim@gmail.example", "name": "Dana Kim", "time_zone": "America/New_York"}
    folder.mkdir(parents=True, exist_ok=True)
    program = Program(folder, {"me": me, "config": {}}, server, clock)
    world = World(mailbox, clock, letters, server, program)
    world.write("m1", MARIA, ME, INVITED, INVITATION)
    world.write("m2", ME, MARIA, "2026-03-02T10:00:00-05:00", ACCEPTED, in_reply_to="m1")
    if thanked:
        world.write("m3", ME, MARIA, "2026-03-03T16:00:00-05:00", THANKS, in_reply_to="m2")
    return world
