"""Dana Kim's mailbox in the embedded Gmail, and the program on it: run in this process, its clock in our hands."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from agent.demo.clock import MovableClock
from agent.demo.mailbox import Mailbox
from agent.demo.server import GmailServer
from tests.scenarios.mailbox import Letters
from tests.scenarios.player import Program

Json = dict[str, Any]
ME = "dana.kim@gmail.example"
START = datetime.fromisoformat("2026-03-05T10:00:00-05:00")
SCENARIO: Json = {"me": {"address": ME, "name": "Dana Kim", "time_zone": "America/New_York"}}
MARIA = "Maria Lopez <maria.lopez@northwind.example>"
OWEN = "Owen Reid <owen.reid@harbourlabs.example>"
DANA = f"Dana Kim <{ME}>"


def mail(key: str, thread: str, at: str, sender: str, text: str, subject: str, **more: Any) -> Json:
    """A message as the scenarios write it; mine if it is from Dana."""
    mine = sender == DANA
    to = [MARIA if thread == "northwind" else OWEN] if mine else [DANA]
    labels = ["SENT"] if mine else ["INBOX"]
    return {
        "key": key, "thread": thread, "at": at, "from": sender, "to": to, "subject": subject, "text": text,
        "labels": labels, "html": None, "ics": None, "quote": None, "in_reply_to": None, **more,
    }  # fmt: skip


MESSAGES = [
    mail(
        "n1", "northwind", "2026-02-23T10:00:00-05:00", MARIA,
        "Hi Dana,\n\nThank you for applying for the position of Data Analyst at Northwind. We would like to invite you to "
        "an interview on Tuesday, March 3 at 2:00 pm ET. Does that work for you?\n\nBest,\nMaria Lopez\nNorthwind\n",
        "Interview for Data Analyst at Northwind",
    ),
    mail(
        "n2", "northwind", "2026-02-23T11:00:00-05:00", DANA,
        "Hi Maria,\n\nYes, Tuesday, March 3 at 2:00 pm works for me. I look forward to it.\n\nDana\n",
        "Re: Interview for Data Analyst at Northwind", in_reply_to="n1",
    ),
    mail(
        "n3", "northwind", "2026-03-03T18:00:00-05:00", DANA,
        "Hi Maria,\n\nThank you for your time today. I enjoyed our conversation very much.\n\nDana\n",
        "Re: Interview for Data Analyst at Northwind", in_reply_to="n1",
    ),
    mail(
        "n4", "northwind", "2026-03-04T09:00:00-05:00", MARIA,
        "Hi Dana,\n\nIt was great to meet you. We will let you know our decision by Friday, March 13.\n\nBest,\nMaria\n",
        "Re: Interview for Data Analyst at Northwind", in_reply_to="n3",
    ),
    mail(
        "h1", "harbour", "2026-02-26T09:00:00-05:00", OWEN,
        "Hi Dana,\n\nWe would like to invite you to an interview for the Shift Manager position at Harbour Labs on "
        "Wednesday, March 4 at 3:00 pm ET. Please let me know if that works.\n\nKind regards,\nOwen Reid\nHarbour Labs\n",
        "Your interview at Harbour Labs",
    ),
    mail(
        "h2", "harbour", "2026-02-26T12:00:00-05:00", DANA,
        "Hi Owen,\n\nWednesday, March 4 at 3:00 pm works for me. Thank you!\n\nDana\n",
        "Re: Your interview at Harbour Labs", in_reply_to="h1",
    ),
    mail(
        "c1", "choir", "2026-02-27T19:00:00-05:00", "Ines Varga <ines@varga.example>",
        "Hi Dana,\n\nRehearsal moves to Thursday this week. Bring the blue folder.\n\nInes\n", "Rehearsal",
    ),
]  # fmt: skip


@dataclass
class World:
    """The mailbox, its server, and the program configured for it."""

    program: Program
    server: GmailServer
    mailbox: Mailbox
    letters: Letters
    clock: MovableClock
    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "state" / "agent.db"

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit status, standard output, standard error."""
        return self.program.run(*arguments)

    def out(self, *arguments: str) -> str:
        """What a command that must succeed prints."""
        code, out, err = self.run(*arguments)
        assert code == 0, err
        return out

    def json(self, *arguments: str) -> Json:
        """The document a command that must succeed prints."""
        document = json.loads(self.out(*arguments, "--json"))
        assert document["schema"] == 1
        return dict(document)

    def fails(self, *arguments: str) -> tuple[int, str]:
        """Exit status and advice of a command that must fail; it prints no data."""
        code, out, err = self.run(*arguments)
        assert code != 0
        assert out == "" or arguments[0] == "doctor"
        return code, err

    def id_of(self, company: str) -> str:
        rows = self.json("status", "--all")["candidacies"]
        return next(str(row["id"]) for row in rows if row["company"] == company)

    def configure(self, table: str, line: str) -> None:
        """Add a line to a table of the configuration."""
        text = self.program.config.read_text()
        self.program.config.write_text(text.replace(f"[{table}]\n", f"[{table}]\n{line}\n"))


@pytest.fixture
def world(tmp_path: Path, gmail_server: Callable[..., GmailServer], monkeypatch: pytest.MonkeyPatch) -> World:
    """Everything in place, nothing read yet."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))  # no units of this machine's user
    monkeypatch.setattr("agent.cli.checkup_units.SYSTEM", ())
    clock = MovableClock(START)
    mailbox = Mailbox(ME, name="Dana Kim", clock=clock)
    letters = Letters(mailbox)
    for message in MESSAGES:
        letters.deliver(message)
    server = gmail_server(mailbox, wall_clock=clock)
    return World(Program(tmp_path, SCENARIO, server, clock), server, mailbox, letters, clock, tmp_path)


@pytest.fixture
def synced(world: World) -> World:
    """After the first turn: Northwind waits for an answer by 13 March, Harbour Labs has a thank-you draft."""
    world.out("sync")
    return world
