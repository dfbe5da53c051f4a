"""Errors that ``make mutation`` planted and no test saw, and those that ``make torture`` found: each has its test here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agent.core.model import DraftState, Policy, Status
from agent.core.model import SignalKind as Kind
from agent.core.writing.wire import to_bytes
from agent.cycle.lives import Lives
from agent.cycle.turn import Cycle
from agent.errors import AgentError
from tests.core.story import promised
from tests.core.test_plan import due_day, thanked
from tests.core.test_state import interviewed
from tests.core.test_wire import DATE, PLAIN
from tests.cycle.machine import CONFIG
from tests.cycle.machine_gmail import Cut, NearGmail
from tests.torture import cuts, disk
from tests.torture.clocks import Calendar, Case
from tests.torture.lab import Lab


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A thank-you is due."""
    made = cuts.begin("a thank-you is due")
    yield made
    made.teardown()


def cycle(lab: Lab) -> Cycle:
    return Cycle(gmail=lab.gmail, store=lab.store, config=CONFIG, clock=lab.clock, sleep=lambda _: None)


def before_the_thread_is_read_again(lab: Lab, monkeypatch: pytest.MonkeyPatch, *deeds: Any) -> None:
    """The first reading of the thread finds what these deeds did a moment before."""
    original, left = type(lab.gmail).thread, list(deeds)

    def thread(self: Any, *arguments: Any, **more: Any) -> Any:
        if left:
            left.pop()()
        return original(self, *arguments, **more)

    monkeypatch.setattr(type(lab.gmail), "thread", thread)


def test_it_makes_no_draft_when_an_answer_comes_in_the_last_moment(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_the_thread_is_read_again(lab, monkeypatch, lambda: lab._answer("rejection"))
    lab._crank()
    assert lab.witness.made == {}, "not even for a moment"


def test_it_is_not_held_up_by_a_message_in_the_bin(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def binned() -> None:
        lab.mailbox.trash(lab._write("Hi Dana, please ignore this."))

    before_the_thread_is_read_again(lab, monkeypatch, binned)
    report = cycle(lab).turn()
    assert len(lab.witness.made) == 1
    assert len(report.created) == 1


def test_it_asks_three_times_for_a_draft_that_never_comes_into_being(lab: Lab) -> None:
    tried = 0
    for _ in range(6):
        lab._order(("drafts.create", "lost before"))
        lab.advance(minutes=7)
        lab._crank()
        tried += lab._recall()
    assert tried == 3


def test_it_reports_a_draft_whose_answer_was_lost(lab: Lab) -> None:
    lab._order(("drafts.create", "lost after"))
    report = cycle(lab).turn()
    assert len(report.created) == len(lab.witness.made) == 1


def test_it_makes_the_draft_in_the_next_turn_when_gmail_was_away(lab: Lab) -> None:
    lab._order(("drafts.create", "unreachable"))
    with pytest.raises(AgentError):
        lab._crank()
    lab.advance(minutes=7)
    assert len(cycle(lab).turn().created) == 1


def test_it_counts_a_draft_that_was_sent_before_the_books_knew_of_it(lab: Lab) -> None:
    assert isinstance(lab.gmail, NearGmail)
    near, original = lab.gmail.near, lab.gmail.near._answer

    def cut(request: Any) -> Any:
        answer = original(request)
        if request.path == "drafts.create":
            lab.fine.dead = True
            raise Cut
        return answer

    near._answer = cut  # type: ignore[method-assign]
    lab.watched_turn()
    near._answer = original  # type: ignore[method-assign]
    lab.next_process()
    assert lab.hand("send")
    lab.plain_turn()
    [record] = lab.store.drafts()
    assert record.state is DraftState.SENT


def test_it_looks_again_at_midnight_when_the_days_drafts_are_used_up() -> None:
    zone = "Europe/Berlin"
    case = Case("", zone, datetime(2026, 3, 3, 14), date(2026, 3, 12), Policy(time_zone=zone))  # noqa: DTZ001 (local by name)
    calendar = Calendar(replace(case, policy=replace(case.policy, max_drafts_per_day=0)))
    assert calendar.turn(calendar.thanks_due) == {}
    assert calendar.store.next_wake() == datetime(2026, 3, 4, tzinfo=ZoneInfo(zone))
    calendar.close()


def test_it_sees_the_interview_as_over_at_its_very_end() -> None:
    assert interviewed().look("2026-03-03 14:59").status is Status.SCHEDULED
    assert interviewed().look("2026-03-03 15:00").status is Status.THANK_YOU_DUE


def test_it_begins_a_new_wait_with_a_follow_up_after_the_promised_day() -> None:
    story = thanked()
    story.they("2026-03-04 09:00", Kind.HOLDING, deadlines=[promised("2026-03-06")])
    story.me("2026-03-10 10:00", Kind.FOLLOW_UP)
    assert due_day(story.look("2026-03-10 11:00")) == "2026-03-18"


def test_it_folds_references_into_lines_that_are_full_and_not_too_long() -> None:
    ids = tuple(f"<message-{n:03}@mail.example>" for n in range(12))
    raw = to_bytes(replace(PLAIN, references=ids, in_reply_to=ids[-1]), key="k", date=DATE)
    head = raw.partition(b"\r\n\r\n")[0].decode()
    lines = head[head.index("References:") :].split("\r\n")
    folded = [lines[0], *(line for line in lines[1:] if line.startswith(" "))][:6]
    assert all(len(line) <= 76 for line in folded)
    assert all(line.count("<") == 2 for line in folded), "two fit into a line"


@pytest.mark.parametrize(("hand", "state"), [("discard", DraftState.DISCARDED), ("send", DraftState.SENT)])
def test_it_knows_what_became_of_a_draft_within_the_turn_that_made_it(
    lab: Lab, hand: str, state: DraftState, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Lives.read_back

    def then_the_hand(self: Lives, key: str, ref: Any) -> None:
        original(self, key, ref)
        lab.hand(hand)

    monkeypatch.setattr(Lives, "read_back", then_the_hand)
    lab._crank()
    lab.plain_turn()
    [record] = lab.store.drafts()
    assert record.state is state


def test_it_calls_a_database_damaged_whose_schema_is_no_text() -> None:
    played = disk.page(16)
    assert not played.violations
