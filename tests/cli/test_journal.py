"""What is said to the journal, and what never is."""

from __future__ import annotations

import io
import logging
import os
import re
from pathlib import Path

import pytest

from agent.cli.journal import JournalFormat, advice, in_journal, line
from agent.cli.run import set_up_logging
from agent.demo.faults import Fault
from agent.errors import AuthError, GmailUnavailable
from tests.cli.conftest import ME, World

# names, addresses, subjects, companies, quotations and keys of the mailbox
CANARIES = (
    ME, "dana", "Maria", "maria.lopez", "Owen", "northwind", "Harbour", "Data Analyst", "Shift Manager", "Interview for",
    "great to meet", "Rehearsal", "ya29.", "1//0", "GOCSPX",
)  # fmt: skip


@pytest.fixture
def journal(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Standard output and error lead to the journal."""
    for module in ("agent.cli.sync", "agent.cli.journal"):
        monkeypatch.setattr(f"{module}.in_journal", lambda _: True)
    return world


def told(world: World, *arguments: str) -> tuple[int, list[str]]:
    """The exit status and every line; no canary is in them, and each has its priority."""
    code, out, err = world.run(*arguments)
    lines = (out + err).splitlines()
    assert all(re.match(r"<[3-7]>\S", one) for one in lines)
    assert [c for c in CANARIES if c.casefold() in (out + err).casefold()] == []
    return code, lines


def test_it_tells_a_turn_in_one_line_of_counts_and_ids(journal: World) -> None:
    for quiet in ([], ["--quiet"]):
        code, lines = told(journal, *quiet, "sync")
        assert code == 0
        assert len(lines) == 1
        assert re.match(r"<6>turn \w+: examined=\d+ ", lines[0])
        if not quiet:
            assert re.search(r" drafts=r\S+$", lines[0])


def test_it_tells_a_turn_that_failed_in_one_line(journal: World) -> None:
    told(journal, "sync")
    journal.server.faults.add(Fault(kind="status", code=503, path="history", times=99))
    code, lines = told(journal, "sync")
    assert (code, len(lines)) == (69, 1)
    assert lines[0].startswith("<4>")
    assert "next turn goes on" in lines[0]


def test_it_names_the_remedy_of_a_lost_authorisation(journal: World) -> None:
    told(journal, "sync")
    journal.server.oauth.revoke()
    code, lines = told(journal, "sync")
    assert (code, len(lines)) == (77, 1)
    assert lines[0].startswith("<3>")
    assert "run: followup-agent auth" in lines[0]


def test_it_names_no_mailbox_even_where_it_is_the_wrong_one(journal: World) -> None:
    told(journal, "sync")
    journal.program.config.write_text(journal.program.config.read_text().replace(ME, "other@kim.example"))
    code, lines = told(journal, "sync")
    assert code == 77
    assert "other@kim.example" not in lines[0]
    assert "(address)" in lines[0]


def test_it_tells_people_more(world: World) -> None:
    out = world.out("sync")
    assert "draft: thank-you to owen.reid@harbourlabs.example" in out
    assert not out.startswith("<")


def test_it_knows_its_own_stream_from_an_inherited_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "log").open("w") as log, (tmp_path / "other").open("w") as other:
        found = os.fstat(log.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{found.st_dev}:{found.st_ino}")
        assert in_journal(log)
        assert not in_journal(other)
        assert not in_journal(io.StringIO())
        monkeypatch.delenv("JOURNAL_STREAM")
        assert not in_journal(log)


class Stream(io.StringIO):
    """Standard error, on a terminal or not."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize(
    ("terminal", "begins"), [(False, r"<6>turn"), (True, r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")]
)
def test_it_logs_times_on_a_terminal_and_priorities_to_the_journal(
    terminal: bool, begins: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = Stream(terminal=terminal)
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("JOURNAL_STREAM", "1:1")  # a terminal of a desktop session inherits one
    log = logging.getLogger("agent")
    before = (log.handlers[:], log.level, log.propagate)
    try:
        set_up_logging(verbose=0)
        log.info("turn partial: examined=%d", 3)
        log.debug("not said")
    finally:
        log.handlers[:], log.propagate = before[0], before[2]
        log.setLevel(before[1])
    [said] = stream.getvalue().splitlines()
    assert re.match(begins, said)


@pytest.mark.parametrize(
    ("level", "priority"),
    [(logging.CRITICAL, 3), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6), (logging.DEBUG, 7)],
)
def test_it_gives_each_level_its_priority(level: int, priority: int) -> None:
    record = logging.LogRecord("agent", level, "", 0, "two\nlines of %s", ("me@kim.example",), None)
    assert JournalFormat().format(record) == f"<{priority}>two lines of (address)"


def test_it_keeps_an_error_on_one_line() -> None:
    lost = AuthError("not authorised\nyet", ("run: followup-agent auth", "no file of dana@kim.example"))
    assert advice(lost, "") == "<3>not authorised yet; run: followup-agent auth; no file of (address)"
    assert advice(GmailUnavailable("away"), "wait") == "<4>away; wait"


def test_it_masks_in_no_time() -> None:
    assert len(line(6, "a@" * 500_000)) > 0
    assert len(line(6, "a" * 1_000_000)) > 0
