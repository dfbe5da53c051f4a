"""The plan at its edges: the very instant, the round of several days, what was said too early or too late.

March 2026, New York, US holidays: Tuesday the 3rd is the interview's day, 14:00 to 15:00.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agent.core.model import (
    Action,
    ActionKind,
    Disposition,
    Interview,
    InterviewStatus,
    NoteKind,
    Policy,
    State,
    Status,
    Turn,
)
from agent.core.model import SignalKind as Kind
from agent.core.story.plan import Outlook, Rules, outlook
from tests.core.story import THREAD, ZONE, Story, at, firm, invite, promised, proposed
from tests.core.test_plan import due_day, thanked, two_days
from tests.core.test_state import interviewed

RULES = Rules.of(Policy(time_zone=ZONE))


def slot(start: str, *, minutes: int = 60, round_: int = 1, sure: bool = True) -> Interview:
    """An interview, agreed or only proposed."""
    begins = at(start)
    status = InterviewStatus.CONFIRMED if sure else InterviewStatus.TENTATIVE
    return Interview(begins, begins + timedelta(minutes=minutes), ZONE, status, "ical", round=round_)


TUESDAY = slot("2026-03-03 14:00")


def look(state: State, when: str) -> Outlook:
    return outlook(state, THREAD, RULES, at(when))


def upcoming(outlook: Outlook) -> Action:
    assert outlook.next is not None
    return outlook.next


def local(instant: datetime) -> str:
    return instant.astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M")


# ── the very instant ──


def test_it_drafts_the_thank_you_at_the_very_instant_and_no_more_at_the_end_of_its_time() -> None:
    story = interviewed()
    assert story.look("2026-03-03 16:59").due is None
    assert story.look("2026-03-03 17:00").due is not None
    assert story.look("2026-03-06 14:59").due is not None
    last = story.look("2026-03-06 15:00")
    assert (last.status, last.due) == (Status.WAITING, None)
    assert upcoming(last).kind is ActionKind.FOLLOW_UP


def test_it_stops_offering_thanks_for_the_first_day_when_the_second_interview_begins() -> None:
    story = two_days()
    assert story.look("2026-03-05 09:59").due is not None
    assert story.look("2026-03-05 10:00").due is None


def test_it_moves_on_at_the_hour_at_which_drafts_appear_and_drafts_nothing() -> None:
    story = thanked()
    story.me("2026-03-12 10:00", Kind.FOLLOW_UP)
    story.me("2026-03-20 10:00", Kind.FOLLOW_UP)
    before, then = story.look("2026-04-01 07:59"), story.look("2026-04-01 08:00")
    assert (before.status, before.since) == (Status.WAITING, at("2026-03-20 10:00"))
    assert (then.status, then.since) == (Status.MOVED_ON, at("2026-04-01 08:00"))
    assert (then.due, then.next, then.live_keys) == (None, None, frozenset())


def test_it_looks_again_at_a_later_instant_than_now() -> None:
    story = interviewed()
    assert [story.look(f"2026-03-03 {t}").wake_at for t in ("14:00", "15:00", "17:00")] == [
        at("2026-03-03 15:00"),
        at("2026-03-03 17:00"),
        at("2026-03-06 15:00"),
    ]


# ── how it looks ──


def test_it_asks_for_nothing_while_no_time_is_agreed() -> None:
    story = Story()
    story.they("2026-03-02 09:00", Kind.INVITATION, times=[proposed("2026-03-03 14:00")])
    for when in ("2026-03-02 10:00", "2026-03-12 10:00"):
        seen = story.look(when)
        assert seen.status is Status.SCHEDULING
        assert seen.since == at("2026-03-02 09:00")
        assert (seen.due, seen.next) == (None, None)


def test_it_has_nothing_to_wake_for_once_it_has_ended() -> None:
    story = thanked()
    story.they("2026-03-05 09:00", Kind.OFFER)
    assert story.look("2026-03-06 09:00").wake_at is None


ASKED = State(turn=Turn.MINE, asked_at=at("2026-03-02 09:00"), asked="times", since=at("2026-03-01 09:00"))


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, Status.SCHEDULING),
        ({"round": 2}, Status.YOUR_TURN),
        ({"asked": "answer"}, Status.YOUR_TURN),
        ({"held_at": at("2026-03-01 10:00")}, Status.YOUR_TURN),
        ({"interviews": (slot("2026-02-27 14:00"),)}, Status.YOUR_TURN),
    ],
)
def test_it_is_your_turn_for_all_they_ask_but_the_first_interviews_times(
    changes: dict[str, Any], status: Status
) -> None:
    seen = look(replace(ASKED, **changes), "2026-03-02 10:00")
    assert (seen.status, seen.since) == (status, at("2026-03-02 09:00"))


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"asked_at": at("2026-03-03 16:00")}, Status.YOUR_TURN),
        ({"asked_at": at("2026-03-03 15:00")}, Status.YOUR_TURN),
        ({"asked_at": at("2026-03-03 14:59")}, Status.THANK_YOU_DUE),
        ({"asked_at": at("2026-03-03 16:00"), "turn": Turn.THEIRS}, Status.THANK_YOU_DUE),
        ({"asked_at": None}, Status.THANK_YOU_DUE),
    ],
)
def test_it_is_your_turn_as_long_as_their_question_stands(changes: dict[str, Any], status: Status) -> None:
    state = replace(ASKED, interviews=(TUESDAY,), **changes)
    assert look(state, "2026-03-03 18:00").status is status


@pytest.mark.parametrize(
    "changes",
    [{"scheduling": True}, {"interviews": (TUESDAY, slot("2026-03-10 14:00", sure=False))}],
)
def test_it_is_arranging_again_once_a_second_talk_is_spoken_of(changes: dict[str, Any]) -> None:
    state = State(interviews=(TUESDAY,), since=at("2026-03-03 16:00"))
    seen = look(replace(state, **changes), "2026-03-04 09:00")
    assert (seen.status, seen.since, seen.due) == (Status.SCHEDULING, at("2026-03-03 16:00"), None)


def test_it_waits_after_an_interview_that_left_no_time_in_the_mails() -> None:
    story = Story()
    story.me("2026-03-03 17:00", Kind.THANK_YOU)
    seen = story.look("2026-03-04 09:00")
    assert seen.status is Status.WAITING
    assert due_day(seen) == "2026-03-12"
    assert upcoming(seen).anchor_at == at("2026-03-03 17:00")


def test_it_tells_since_when_the_thank_you_and_the_wait_count() -> None:
    assert interviewed().look("2026-03-03 17:30").since == at("2026-03-03 15:00")
    assert thanked().look("2026-03-04 09:00").since == at("2026-03-03 15:00")
    assert thanked().look("2026-03-12 09:00").since == at("2026-03-12 08:00")


# ── what holds a draft back ──

UNSURE = State(interviews=(TUESDAY,), hold_back=("it may be a rejection",))


@pytest.mark.parametrize(
    ("said", "held"), [("2026-03-03 09:00", False), ("2026-03-03 15:00", True), ("2026-03-03 16:00", True)]
)
def test_it_holds_back_for_what_was_unclear_after_the_interview_only(said: str, held: bool) -> None:
    seen = look(replace(UNSURE, held_back_at=at(said)), "2026-03-03 18:00")
    assert (seen.due is None, bool(seen.in_the_way), not seen.live_keys) == (held, held, held)


def test_it_is_not_reassured_by_an_interview_that_lies_ahead() -> None:
    later = (TUESDAY, slot("2026-03-05 10:00"))
    seen = look(replace(UNSURE, interviews=later, held_back_at=at("2026-03-03 16:00")), "2026-03-03 18:00")
    assert seen.status is Status.SCHEDULED
    assert (seen.due, seen.in_the_way) == (None, ("it may be a rejection",))


def test_it_names_what_stands_in_the_way_only_where_a_letter_is_wanted() -> None:
    state = replace(UNSURE, held_back_at=at("2026-03-03 16:00"))
    assert look(state, "2026-03-03 16:30").in_the_way == ()
    doubted = outlook(State(interviews=(TUESDAY,)), THREAD, RULES, at("2026-03-03 18:00"), ("two houses",))
    assert (doubted.due, doubted.in_the_way, doubted.live_keys) == (None, ("two houses",), frozenset())


# ── thanks ──


def test_it_thanks_once_for_two_talks_on_one_day() -> None:
    state = State(interviews=(TUESDAY, slot("2026-03-03 16:00", minutes=30)))
    assert look(state, "2026-03-03 18:00").due is None
    due = look(state, "2026-03-03 18:30").due
    assert due is not None
    assert due.anchor_at == at("2026-03-03 16:30")


def test_it_thanks_after_each_of_three_days_until_the_next_begins() -> None:
    starts = ("2026-03-03 14:00", "2026-03-05 10:00", "2026-03-06 10:00")
    state = State(interviews=tuple(map(slot, starts)))
    offered = {
        when: (due := look(state, when).due) and local(due.anchor_at)
        for when in ("2026-03-05 09:59", "2026-03-05 10:00", "2026-03-05 14:00", "2026-03-06 14:00")
    }
    assert offered == {
        "2026-03-05 09:59": "2026-03-03 15:00",
        "2026-03-05 10:00": None,
        "2026-03-05 14:00": "2026-03-05 11:00",
        "2026-03-06 14:00": "2026-03-06 11:00",
    }


@pytest.mark.parametrize(
    ("until", "day"),
    [
        ("2026-03-03 14:59", "2026-03-03"),
        ("2026-03-03 15:00", "2026-03-05"),
        ("2026-03-04 09:00", "2026-03-05"),
    ],
)
def test_it_does_not_thank_again_for_the_days_already_thanked_for(until: str, day: str) -> None:
    state = State(interviews=(TUESDAY, slot("2026-03-05 10:00")), thanked_until=at(until))
    assert upcoming(look(state, "2026-03-03 18:00")).key.endswith(day)


def test_it_takes_a_follow_up_without_thanks_as_the_end_of_thanking() -> None:
    story = interviewed()
    story.me("2026-03-04 10:00", Kind.FOLLOW_UP)
    seen = story.look("2026-03-04 11:00")
    assert (seen.status, seen.due) == (Status.WAITING, None)


# ── keys, steps and the words of a reason ──


def test_it_counts_its_steps_as_its_keys_do() -> None:
    story = thanked()
    steps = [upcoming(interviewed().look("2026-03-03 18:00")), upcoming(story.look("2026-03-04 09:00"))]
    story.me("2026-03-12 10:00", Kind.FOLLOW_UP)
    steps.append(upcoming(story.look("2026-03-13 09:00")))
    story.me("2026-03-20 10:00", Kind.FOLLOW_UP)
    steps.append(upcoming(story.look("2026-03-21 09:00")))
    assert [(a.kind.value, a.step) for a in steps] == [
        ("thank_you", 1),
        ("follow_up", 1),
        ("follow_up", 2),
        ("move_on", 1),
    ]
    assert all(a.key.startswith(f"{a.kind.value}:{a.step}:{THREAD}:r1:") for a in steps)


def test_it_asks_anew_where_the_interview_was_on_another_day() -> None:
    keys = {upcoming(look(State(interviews=(slot(f"2026-03-0{d} 14:00"),), thank_you_sent_at=at("2026-03-06 09:00")), "2026-03-06 10:00")).key for d in (3, 4)}  # fmt: skip
    assert len(keys) == 2


def _said(*, question: bool = False, reply: bool = False, nudge: bool = False) -> Story:
    story = thanked()
    if question:
        story.they("2026-03-05 09:00", Kind.QUESTION)
        story.me("2026-03-05 10:00")
    if reply:
        story.they("2026-03-05 09:00", Kind.HOLDING)
    if nudge:
        story.me("2026-03-05 10:00", Kind.FOLLOW_UP)
    return story


@pytest.mark.parametrize(
    ("story", "words", "day"),
    [
        (_said(), "7 business days after the interview of 2026-03-03", "2026-03-12"),
        (_said(question=True), "7 business days after your answer to their question of 2026-03-05", "2026-03-16"),
        (_said(reply=True), "7 business days after their last reply of 2026-03-05", "2026-03-16"),
        (_said(nudge=True), "6 business days after your last follow-up of 2026-03-05", "2026-03-13"),
    ],
)  # fmt: skip
def test_it_says_what_a_wait_is_counted_from(story: Story, words: str, day: str) -> None:
    seen = story.look("2026-03-05 11:00")
    assert upcoming(seen).reason == f"{words} is {day}"
    assert due_day(seen) == day


def test_it_says_when_the_interview_ended_in_the_users_time() -> None:
    reason = upcoming(interviewed().look("2026-03-03 18:00")).reason
    assert reason == "the interview ended 2026-03-03 15:00; a thank-you is drafted 2 h later"


# ── promises ──


def test_it_follows_up_soon_after_an_early_promise_though_the_usual_wait_is_longer() -> None:
    story = thanked()
    story.they("2026-03-10 09:00", Kind.HOLDING, deadlines=[promised("2026-03-12")])
    seen = story.look("2026-03-10 10:00")
    assert due_day(seen) == "2026-03-16"
    assert upcoming(seen).because_promise is not None


@pytest.mark.parametrize(
    ("answered", "day"),
    [
        ("2026-03-05 10:00", "2026-03-10"),
        ("2026-03-06 10:00", "2026-03-17"),
        ("2026-03-09 10:00", "2026-03-18"),
    ],
)
def test_it_lets_an_answer_restart_the_wait_only_once_the_promised_day_has_come(
    answered: str, day: str
) -> None:
    story = thanked()
    story.they("2026-03-04 09:00", Kind.HOLDING, deadlines=[promised("2026-03-06")])
    story.they("2026-03-05 09:00", Kind.QUESTION)
    story.me(answered)
    assert due_day(story.look("2026-03-09 11:00")) == day


def test_it_waits_as_the_later_reply_says_once_an_older_promise_is_broken() -> None:
    story = thanked()
    story.they("2026-03-04 09:00", Kind.HOLDING, deadlines=[promised("2026-03-20")])
    story.me("2026-03-19 09:00", Kind.FOLLOW_UP)
    story.they("2026-03-19 15:00", Kind.HOLDING)
    assert due_day(story.look("2026-03-19 16:00")) == "2026-03-30"


def test_it_counts_from_the_later_word_where_both_come_to_the_same_day() -> None:
    story = thanked()
    story.they("2026-03-04 09:00", Kind.HOLDING, deadlines=[promised("2026-03-18")])
    story.me("2026-03-12 10:00", Kind.FOLLOW_UP)
    reason = upcoming(story.look("2026-03-12 11:00")).reason
    assert reason == "6 business days after your last follow-up of 2026-03-12 is 2026-03-20"


@pytest.mark.parametrize(("by", "day"), [("2026-03-02", "2026-03-12"), ("2026-03-03", "2026-03-05")])
def test_it_forgets_a_promise_that_was_due_before_the_interview(by: str, day: str) -> None:
    story = Story()
    story.they(
        "2026-03-01 09:00", Kind.INVITATION, times=[firm("2026-03-03 14:00")], deadlines=[promised(by)]
    )
    story.me("2026-03-01 10:00", Kind.ACCEPTANCE)
    story.me("2026-03-03 17:00", Kind.THANK_YOU)
    assert due_day(story.look("2026-03-04 09:00")) == day


def _nudged_twice(by: str) -> Story:
    story = thanked()
    story.they("2026-03-04 09:00", Kind.HOLDING, deadlines=[promised(by)])
    story.me("2026-03-12 10:00", Kind.FOLLOW_UP)
    story.me("2026-03-20 10:00", Kind.FOLLOW_UP)
    return story


@pytest.mark.parametrize(
    ("by", "day", "words"),
    [
        ("2026-03-10", "2026-04-01", "8 business days after 2026-03-20 10:00, the last word in this wait"),
        ("2026-03-20", "2026-04-01", "8 business days after 2026-03-20 10:00, the last word in this wait"),
        ("2026-03-27", "2026-04-08", "8 business days after the promised 2026-03-27"),
    ],
)
def test_it_moves_on_after_the_last_word_or_the_promise_whichever_is_later(
    by: str, day: str, words: str
) -> None:
    seen = _nudged_twice(by).look("2026-03-21 09:00")
    assert (due_day(seen), upcoming(seen).reason) == (day, words)


def test_it_moves_on_after_the_interview_where_the_user_wants_no_follow_ups() -> None:
    story = Story(Policy(time_zone=ZONE, max_follow_ups=0))
    interviewed(story).me("2026-03-03 17:00", Kind.THANK_YOU)
    assert due_day(story.look("2026-03-04 09:00")) == "2026-03-13"


# ── away and snoozed ──


@pytest.mark.parametrize(
    ("back", "day", "reason"),
    [
        (date(2026, 3, 11), "2026-03-12", "7 business days after the interview of 2026-03-03 is 2026-03-12"),
        (date(2026, 3, 12), "2026-03-13", "they are away until 2026-03-12; one business day later is 2026-03-13"),
    ],
)  # fmt: skip
def test_it_blames_an_absence_only_where_that_changes_the_day(back: date, day: str, reason: str) -> None:
    story = thanked()
    story.they("2026-03-04 09:00", Kind.OUT_OF_OFFICE, until=back)
    seen = story.look("2026-03-05 09:00")
    assert (due_day(seen), upcoming(seen).reason) == (day, reason)


@pytest.mark.parametrize(
    ("until", "due"),
    [
        ("2026-03-11", "2026-03-12 08:00"),
        ("2026-04-01T15:00", "2026-04-01 15:00"),
        ("2026-04-04", "2026-04-06 08:00"),
    ],
)
def test_it_comes_back_from_a_snooze_at_a_businesslike_hour(until: str, due: str) -> None:
    story = thanked()
    story.note("2026-03-10 09:00", NoteKind.SNOOZE, value=until)
    assert local(upcoming(story.look("2026-03-10 10:00")).due) == due


def test_it_takes_a_snooze_that_ends_when_the_letter_is_due_for_none() -> None:
    saturday = State(interviews=(slot("2026-03-07 14:00"),), snoozed_until=at("2026-03-07 17:00"))
    assert look(saturday, "2026-03-07 17:00").due is not None


# ── rounds ──


def test_it_counts_only_the_present_rounds_interviews() -> None:
    state = State(round=2, interviews=(slot("2026-03-03 14:00"), slot("2026-03-12 10:00", round_=2)))
    assert look(state, "2026-03-04 09:00").status is Status.SCHEDULED
    after = look(state, "2026-03-12 13:00").due
    assert after is not None
    assert after.key == f"thank_you:1:{THREAD}:r2:2026-03-12"


def test_it_sees_no_interview_in_a_proposal_that_passed_unanswered() -> None:
    passed = State(interviews=(slot("2026-03-03 14:00", sure=False),), since=at("2026-03-01 09:00"))
    seen = look(passed, "2026-03-04 09:00")
    assert (seen.status, seen.since, seen.due) == (Status.SCHEDULING, at("2026-03-01 09:00"), None)


def test_it_keeps_silent_in_every_ending() -> None:
    for ending in set(Disposition) - {Disposition.OPEN}:
        seen = look(State(disposition=ending, interviews=(TUESDAY,)), "2026-03-03 18:00")
        assert (seen.status.value, seen.due, seen.next) == (ending.value, None, None)
        assert seen.wake_at is None


def test_it_follows_the_calendar_where_the_invitation_moved() -> None:
    story = Story()
    story.they("2026-03-02 11:00", Kind.INVITATION, invites=[invite("2026-03-03 14:00")])
    story.they("2026-03-02 12:00", invites=[invite("2026-03-04 14:00", sequence=1)])
    assert story.look("2026-03-03 17:30").status is Status.SCHEDULED
    due = story.look("2026-03-04 17:30").due
    assert due is not None
    assert due.key.endswith("2026-03-04")
