"""The plan: due days of the policy, what stands in the way, when to look again. March 2026, New York, US holidays."""

from __future__ import annotations

from datetime import date

import pytest

from agent.core.model import ActionKind, NoteKind, Policy, Status
from agent.core.model import SignalKind as Kind
from agent.core.story.plan import Outlook
from tests.core.story import ZONE, Story, at, firm, invite, promised
from tests.core.test_state import interviewed


def thanked() -> Story:
    story = interviewed()
    story.me("2026-03-03 17:00", Kind.THANK_YOU)
    return story


def due_day(outlook: Outlook) -> str:
    assert outlook.next is not None
    return outlook.next.due.astimezone(at("2026-03-01 00:00").tzinfo).date().isoformat()


def test_it_waits_for_the_interview() -> None:
    assert interviewed().look("2026-03-03 13:00").status is Status.SCHEDULED


@pytest.mark.parametrize(
    ("when", "status", "due"),
    [
        ("2026-03-03 15:30", Status.THANK_YOU_DUE, False),
        ("2026-03-03 17:30", Status.THANK_YOU_DUE, True),
        ("2026-03-06 14:30", Status.THANK_YOU_DUE, True),
        ("2026-03-06 15:30", Status.WAITING, False),
    ],
)
def test_it_offers_the_thank_you_from_two_to_seventy_two_hours(when: str, status: Status, due: bool) -> None:
    look = interviewed().look(when)
    assert (look.status, look.due is not None) == (status, due)


def test_it_follows_up_seven_business_days_after_the_interview() -> None:
    assert due_day(thanked().look("2026-03-05 09:00")) == "2026-03-12"


def test_it_follows_up_two_business_days_past_a_promise() -> None:
    story = thanked()
    story.they("2026-03-04 09:00", Kind.HOLDING, deadlines=[promised("2026-03-13")])
    assert due_day(story.look("2026-03-05 09:00")) == "2026-03-17"


def test_it_draws_no_draft_before_eight_in_the_morning() -> None:
    story = thanked()
    assert story.look("2026-03-12 07:59").due is None
    assert story.look("2026-03-12 08:00").due is not None


def test_it_restarts_the_wait_at_a_holding_reply_without_a_date() -> None:
    story = thanked()
    story.they("2026-03-10 09:00", Kind.HOLDING)
    assert due_day(story.look("2026-03-10 10:00")) == "2026-03-19"


def test_it_follows_up_again_six_business_days_after_the_first() -> None:
    story = thanked()
    story.me("2026-03-12 10:00", Kind.FOLLOW_UP)
    look = story.look("2026-03-12 11:00")
    assert look.next is not None
    assert (look.next.step, due_day(look)) == (2, "2026-03-20")


def test_it_does_not_nudge_before_a_promised_day_even_after_an_early_follow_up() -> None:
    story = thanked()
    story.they("2026-03-04 09:00", Kind.HOLDING, deadlines=[promised("2026-03-31")])
    story.me("2026-03-12 10:00", Kind.FOLLOW_UP)
    assert due_day(story.look("2026-03-12 11:00")) == "2026-04-02"


def test_it_moves_on_eight_business_days_after_the_second() -> None:
    story = thanked()
    story.me("2026-03-12 10:00", Kind.FOLLOW_UP)
    story.me("2026-03-20 10:00", Kind.FOLLOW_UP)
    assert story.look("2026-03-31 09:00").status is Status.WAITING
    assert story.look("2026-04-01 09:00").status is Status.MOVED_ON


def test_it_comes_back_from_moved_on_when_they_write() -> None:
    story = thanked()
    story.me("2026-03-12 10:00", Kind.FOLLOW_UP)
    story.me("2026-03-20 10:00", Kind.FOLLOW_UP)
    story.they("2026-04-10 10:00", Kind.QUESTION)
    assert story.look("2026-04-10 11:00").status is Status.YOUR_TURN


def test_it_waits_until_a_business_day_after_they_are_back() -> None:
    story = thanked()
    story.they("2026-03-04 09:00", Kind.OUT_OF_OFFICE, until=date(2026, 3, 23))
    assert due_day(story.look("2026-03-05 09:00")) == "2026-03-24"


def test_it_drafts_nothing_while_something_is_held_back() -> None:
    story = thanked()
    story.they("2026-03-05 09:00", Kind.REJECTION, weak={Kind.REJECTION})
    look = story.look("2026-03-20 09:00")
    assert look.due is None
    assert look.in_the_way


@pytest.mark.parametrize("kind", [Kind.REJECTION, Kind.OFFER, Kind.ON_HOLD])
def test_it_asks_for_nothing_once_it_has_ended(kind: Kind) -> None:
    story = thanked()
    story.they("2026-03-05 09:00", kind)
    look = story.look("2026-03-20 09:00")
    assert look.due is None
    assert look.live_keys == frozenset()


def test_it_skips_quiet_periods_and_holidays() -> None:
    story = Story(Policy(time_zone=ZONE, holidays="US"))
    story.they("2026-12-14 09:00", Kind.INVITATION, times=[firm("2026-12-15 14:00")])
    story.me("2026-12-15 18:00", Kind.THANK_YOU)
    assert due_day(story.look("2026-12-16 09:00")) == "2027-01-07"


def test_it_is_quiet_while_snoozed() -> None:
    story = thanked()
    story.note("2026-03-10 09:00", NoteKind.SNOOZE, value="2026-04-01")
    assert story.look("2026-03-20 09:00").due is None
    assert story.look("2026-04-01 09:00").due is not None


def test_it_names_the_next_instant_at_which_the_answer_changes() -> None:
    assert interviewed().look("2026-03-03 13:00").wake_at == at("2026-03-03 14:00")
    assert thanked().look("2026-03-05 09:00").wake_at == at("2026-03-12 08:00")


def test_it_derives_the_same_key_for_the_same_wait_and_another_for_the_next() -> None:
    story = thanked()
    first, again = story.look("2026-03-12 09:00").due, story.look("2026-03-19 09:00").due
    story.they("2026-03-13 09:00", Kind.HOLDING)
    later = story.look("2026-03-25 09:00").due
    assert first is not None
    assert again is not None
    assert later is not None
    assert first.key == again.key != later.key
    assert first.kind is ActionKind.FOLLOW_UP


def two_days() -> Story:
    story = interviewed()
    story.they("2026-03-02 11:00", Kind.INVITATION, invites=[invite("2026-03-05 10:00", "second")])
    return story


def test_it_offers_a_thank_you_between_two_interviews_and_again_after_the_second() -> None:
    story = two_days()
    between = story.look("2026-03-03 17:30")
    assert between.status is Status.SCHEDULED
    assert between.due is not None
    assert story.look("2026-03-05 10:30").due is None
    after = story.look("2026-03-05 14:00").due
    assert after is not None
    assert after.key != between.due.key


def test_it_counts_a_later_interview_as_a_round_of_its_own_once_the_first_was_thanked_for() -> None:
    story = two_days()
    story.me("2026-03-03 18:00", Kind.THANK_YOU)
    assert (story.state.round, story.state.thank_you_sent_at) == (2, None)
    assert story.look("2026-03-04 09:00").status is Status.SCHEDULED
    assert story.look("2026-03-05 14:00").status is Status.THANK_YOU_DUE
