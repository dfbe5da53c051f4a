"""The scenarios, played through the real program; the figures may not fall below what is committed."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from agent.demo.clock import MovableClock
from agent.demo.mailbox import Mailbox
from agent.demo.server import GmailServer
from tests.evaluate import BASELINE, FOLDERS, play_all, shares
from tests.scenarios.mailbox import Letters
from tests.scenarios.player import Check, Program, load

NEGATIVES = Path(__file__).parents[1] / "data" / "negatives.jsonl"


@pytest.fixture(scope="module", params=sorted(FOLDERS))
def played(request: pytest.FixtureRequest) -> tuple[str, list[Check]]:
    """All checks of one set."""
    name = str(request.param)
    return name, [check for checks in play_all(load(FOLDERS[name])) for check in checks]


@pytest.mark.timeout(300)
def test_it_gets_no_fewer_checks_right_than_before(played: tuple[str, list[Check]]) -> None:
    name, checks = played
    right, every = shares(checks)["all"]
    committed = json.loads(BASELINE.read_text())[name]["all"]
    wrong = "\n".join(f"{c.where} {c.category}: {c.detail}" for c in checks if not c.holds)
    assert right / every >= committed[0] / committed[1], wrong


@pytest.mark.timeout(300)
def test_it_makes_no_more_unwanted_drafts_than_before_and_never_sends(
    played: tuple[str, list[Check]],
) -> None:
    name, checks = played
    figures, committed = shares(checks), json.loads(BASELINE.read_text())[name]
    for category in ("no_unwanted_draft", "draft_to", "draft_cc", "draft_never_says", "false_alarm"):
        right, every = figures[category]
        assert every - right <= committed[category][1] - committed[category][0], category
    for category in ("runs", "never_sends"):
        right, every = figures[category]
        assert right == every, category


def test_it_is_not_tempted_by_a_mailbox_full_of_temptations(tmp_path: Path) -> None:
    mails = [json.loads(line) for line in NEGATIVES.read_text(encoding="utf-8").splitlines()]
    messages = [
        {
            **message,
            "key": f"{mail['id']}.{message['key']}",
            "thread": f"{mail['id']}.{message['thread']}",
            **_within(mail, message),
        }
        for mail in mails
        for message in mail["messages"]
    ]
    messages.sort(key=lambda message: datetime.fromisoformat(message["at"]))
    last = datetime.fromisoformat(messages[-1]["at"])
    clock = MovableClock(last)
    mailbox = Mailbox("robin.vale@gmail.example", name="Robin Vale", clock=clock)
    letters = Letters(mailbox)
    for message in messages:
        letters.deliver(message)
    me = {"address": "robin.vale@gmail.example", "name": "Robin Vale", "time_zone": "America/New_York"}
    with GmailServer(mailbox, wall_clock=clock) as server:
        scenario = {"me": me, "config": {"gmail.quota_units_per_minute": 1_000_000}}
        program = Program(tmp_path, scenario, server, clock)
        synced, status = program.json("sync", "--json"), program.json("status", "--all", "--json")
    assert synced is not None
    assert status is not None, program.last_error
    assert synced["drafts_created"] == []
    alarms = [c["company"] for c in status["candidacies"]]
    review = [c["company"] for c in status["candidacies"] if c["needs_review"]]
    assert len(review) <= len(mails) / 100
    assert len(alarms) <= len(mails) / 50, alarms


def _within(mail: dict[str, object], message: dict[str, object]) -> dict[str, object]:
    """References and quotations point within the same mail's thread."""
    return {k: f"{mail['id']}.{message[k]}" for k in ("quote", "in_reply_to") if message.get(k)}
