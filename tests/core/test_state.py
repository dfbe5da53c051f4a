"""The fold, told by small stories: what was arranged, sent, promised, answered, ended."""

from __future__ import annotations

from datetime import date

import pytest

from agent.core.model import ActionKind, Disposition, InterviewStatus, NoteKind, ReplyKind, Turn
from agent.core.model import SignalKind as Kind
from tests.core.story import Story, at, firm, invite, promised, proposed


def interviewed(story: Story | None = None) -> Story:
    """Invited on a Monday, interviewed on Tuesday 3 March at 14:00."""
    told = story or Story()
    told.they("2026-03-02 09:00", Kind.INVITATION, times=[firm("2026-03-03 14:00")])
    told.me("2026-03-02 10:00", Kind.ACCEPTANCE)
    return told


def test_it_takes_a_time_announced_by_the_employer_as_the_interview() -> None:
    [interview] = interviewed().state.live_interviews
    assert interview.start == at("2026-03-03 14:00")
    assert interview.status is InterviewStatus.CONFIRMED


def test_it_needs_a_yes_before_a_proposal_is_an_interview() -> None:
    story = Story()
    story.they("2026-03-02 09:00", Kind.INVITATION, times=[proposed("2026-03-03 14:00")])
    [before] = story.state.live_interviews
    story.me("2026-03-02 10:00", Kind.ACCEPTANCE)
    [after] = story.state.live_interviews
    assert (before.status, after.status) == (InterviewStatus.TENTATIVE, InterviewStatus.CONFIRMED)


def test_it_takes_the_slot_that_the_user_repeats() -> None:
    story = Story()
    story.they(
        "2026-03-02 09:00",
        Kind.AVAILABILITY_REQUEST,
        times=[proposed("2026-03-03 14:00"), proposed("2026-03-04 10:00")],
    )
    assert not [i for i in story.state.live_interviews if i.status is InterviewStatus.CONFIRMED]
    story.me("2026-03-02 10:00", Kind.ACCEPTANCE, times=[firm("2026-03-04 10:00")])
    [interview] = story.state.live_interviews
    assert interview.start == at("2026-03-04 10:00")


def test_it_takes_the_users_own_proposal_when_the_employer_says_yes() -> None:
    story = Story()
    story.they("2026-03-02 09:00", Kind.AVAILABILITY_REQUEST)
    story.me("2026-03-02 10:00", Kind.AVAILABILITY, times=[proposed("2026-03-04 10:00")])
    assert not story.state.live_interviews
    story.they("2026-03-02 11:00", Kind.CONFIRMATION)
    [interview] = story.state.live_interviews
    assert (interview.start, interview.status) == (at("2026-03-04 10:00"), InterviewStatus.CONFIRMED)


def test_it_sees_one_interview_in_words_and_invitation() -> None:
    story = interviewed()
    story.they("2026-03-02 11:00", invites=[invite("2026-03-03 14:00")])
    [interview] = story.state.live_interviews
    assert interview.source == "ical"


def test_it_lets_the_higher_sequence_move_an_invitation() -> None:
    story = Story()
    story.they("2026-03-02 11:00", Kind.INVITATION, invites=[invite("2026-03-03 14:00")])
    story.they("2026-03-02 12:00", invites=[invite("2026-03-05 15:00", sequence=1)])
    story.they("2026-03-02 12:30", invites=[invite("2026-03-03 14:00", sequence=0)])
    assert [i.start for i in story.state.live_interviews] == [at("2026-03-05 15:00")]


def test_it_cancels_by_calendar() -> None:
    story = Story()
    story.they("2026-03-02 11:00", Kind.INVITATION, invites=[invite("2026-03-03 14:00")])
    story.they("2026-03-02 12:00", invites=[invite("2026-03-03 14:00", method="CANCEL", sequence=1)])
    assert story.state.live_interviews == ()


def test_it_moves_the_interview_when_the_employer_reschedules() -> None:
    story = interviewed()
    story.they("2026-03-02 16:00", Kind.RESCHEDULE, times=[firm("2026-03-05 11:00")])
    assert [i.start for i in story.state.live_interviews] == [at("2026-03-05 11:00")]


def test_it_is_arranging_again_after_a_reschedule_without_a_time() -> None:
    story = interviewed()
    story.they("2026-03-02 16:00", Kind.RESCHEDULE)
    assert story.state.live_interviews == ()
    assert story.state.scheduling


@pytest.mark.parametrize("kinds", [(Kind.THANK_YOU,), ()])
def test_it_counts_the_first_word_after_the_interview_as_the_thank_you(kinds: tuple[Kind, ...]) -> None:
    story = interviewed()
    story.me("2026-03-03 17:00", *kinds)
    assert story.state.thank_you_sent_at == at("2026-03-03 17:00")
    assert story.state.follow_ups_sent == ()


def test_it_does_not_take_an_acceptance_before_the_interview_for_thanks() -> None:
    story = interviewed()
    story.me("2026-03-02 18:00", Kind.THANK_YOU)
    assert story.state.thank_you_sent_at is None


def test_it_counts_follow_ups_in_any_wording_while_nobody_answers() -> None:
    story = interviewed()
    story.me("2026-03-03 17:00", Kind.THANK_YOU)
    story.me("2026-03-12 09:00", Kind.FOLLOW_UP)
    story.me("2026-03-20 09:00")
    assert len(story.state.follow_ups_sent) == 2


def test_it_takes_a_word_of_thanks_for_an_answer_as_no_follow_up() -> None:
    story = interviewed()
    story.me("2026-03-03 17:00", Kind.THANK_YOU)
    story.they("2026-03-04 09:00", Kind.HOLDING)
    story.me("2026-03-04 10:00")
    assert story.state.follow_ups_sent == ()


def test_it_knows_its_own_drafts_whatever_they_say_now() -> None:
    story = interviewed()
    gmail_id = story.me("2026-03-10 17:00")
    story.sent = {gmail_id: (ActionKind.FOLLOW_UP, 1)}
    assert story.state.follow_ups_sent == (at("2026-03-10 17:00"),)
    assert story.state.thank_you_sent_at is None


def test_it_keeps_a_promise_and_drops_it_when_it_is_withdrawn() -> None:
    story = interviewed()
    story.they("2026-03-04 09:00", Kind.HOLDING, deadlines=[promised("2026-03-11")])
    promise = story.state.promise
    assert promise is not None
    assert promise.by == date(2026, 3, 11)
    story.they("2026-03-06 09:00", Kind.HOLDING, Kind.PROMISE_WITHDRAWN)
    assert story.state.promise is None


def test_it_lets_the_later_promise_rule() -> None:
    story = interviewed()
    story.they("2026-03-04 09:00", Kind.HOLDING, deadlines=[promised("2026-03-11")])
    story.they("2026-03-11 09:00", Kind.HOLDING, deadlines=[promised("2026-03-18")])
    assert story.state.promise is not None
    assert story.state.promise.by == date(2026, 3, 18)


def test_it_does_not_take_an_out_of_office_for_an_answer() -> None:
    story = interviewed()
    story.me("2026-03-03 17:00", Kind.THANK_YOU)
    story.they("2026-03-03 17:01", Kind.OUT_OF_OFFICE, until=date(2026, 3, 23))
    state = story.state
    assert state.absent_until == date(2026, 3, 23)
    assert state.last_reply is not None
    assert state.last_reply.kind is ReplyKind.AUTO_REPLY
    assert state.thank_you_sent_at is not None


def test_it_takes_back_what_bounced() -> None:
    story = interviewed()
    gmail_id = story.me("2026-03-03 17:00", Kind.THANK_YOU)
    story.they("2026-03-03 17:02", Kind.BOUNCE, in_reply_to=f"<{gmail_id}@mail.example>")
    assert story.state.thank_you_sent_at is None


@pytest.mark.parametrize(
    ("kind", "disposition"),
    [
        (Kind.REJECTION, Disposition.REJECTED),
        (Kind.OFFER, Disposition.OFFER),
        (Kind.ON_HOLD, Disposition.ON_HOLD),
        (Kind.POSITION_CLOSED, Disposition.CANCELLED),
    ],
)
def test_it_ends_on_strong_evidence_and_only_holds_back_on_weak(kind: Kind, disposition: Disposition) -> None:
    strong, weak = interviewed(), interviewed()
    strong.they("2026-03-09 09:00", kind)
    weak.they("2026-03-09 09:00", kind, weak={kind})
    assert strong.state.disposition is disposition
    assert weak.state.disposition is Disposition.OPEN
    assert weak.state.hold_back


def test_it_holds_back_when_a_reply_says_nothing_that_a_rule_understands() -> None:
    story = interviewed()
    story.me("2026-03-03 17:00", Kind.THANK_YOU)
    story.they("2026-03-05 17:00")
    assert story.state.hold_back


def test_it_opens_a_new_round_with_counters_at_nothing() -> None:
    story = interviewed()
    story.me("2026-03-03 17:00", Kind.THANK_YOU)
    story.they("2026-03-06 09:00", Kind.NEXT_ROUND, Kind.AVAILABILITY_REQUEST)
    state = story.state
    assert (state.round, state.thank_you_sent_at, state.turn) == (2, None, Turn.MINE)
    assert state.last_reply is not None
    assert state.last_reply.kind is ReplyKind.NEXT_ROUND


def test_it_waits_for_the_user_who_was_asked_and_no_longer_when_they_answered() -> None:
    story = interviewed()
    story.me("2026-03-03 17:00", Kind.THANK_YOU)
    story.they("2026-03-05 09:00", Kind.QUESTION)
    asked = story.state
    story.me("2026-03-05 10:00")
    assert (asked.turn, story.state.turn) == (Turn.MINE, Turn.THEIRS)
    assert story.state.follow_ups_sent == ()


def test_it_reopens_when_the_employer_comes_back_with_a_question() -> None:
    story = interviewed()
    story.they("2026-03-09 09:00", Kind.ON_HOLD)
    story.they("2026-04-09 09:00", Kind.QUESTION)
    assert story.state.disposition is Disposition.OPEN


def test_it_waits_again_when_the_pause_is_over_and_a_day_is_named() -> None:
    story = interviewed()
    story.they("2026-03-09 09:00", Kind.ON_HOLD)
    story.they("2026-04-09 09:00", Kind.HOLDING)
    paused = story.state.disposition
    story.they("2026-05-04 09:00", Kind.HOLDING, deadlines=[promised("2026-05-13")])
    assert (paused, story.state.disposition) == (Disposition.ON_HOLD, Disposition.OPEN)


def test_it_stays_ended_on_a_kind_word() -> None:
    story = interviewed()
    story.me("2026-03-09 09:00", Kind.WITHDRAWAL)
    story.they("2026-03-09 10:00", Kind.COURTESY)
    assert story.state.disposition is Disposition.WITHDRAWN


def test_it_lets_nothing_suspicious_change_anything() -> None:
    story = interviewed()
    story.they(
        "2026-03-04 09:00", Kind.SUSPICIOUS, Kind.REJECTION, invites=[invite("2026-03-09 09:00", "evil")]
    )
    state = story.state
    assert state.disposition is Disposition.OPEN
    assert len(state.live_interviews) == 1


def test_it_lets_the_users_word_outrank_every_rule() -> None:
    story = interviewed()
    story.note("2026-03-04 09:00", NoteKind.CLOSE)
    story.they("2026-03-06 09:00", Kind.NEXT_ROUND)
    closed = story.state
    story.note("2026-03-07 09:00", NoteKind.REOPEN)
    assert (closed.disposition, story.state.disposition) == (Disposition.WITHDRAWN, Disposition.OPEN)


def test_it_counts_a_logged_voicemail_as_a_follow_up() -> None:
    story = interviewed()
    story.me("2026-03-03 17:00", Kind.THANK_YOU)
    story.note("2026-03-13 18:00", NoteKind.LOG, "voicemail", happened="2026-03-13 10:00")
    assert story.state.follow_ups_sent == (at("2026-03-13 10:00"),)


def test_it_gives_the_same_state_in_any_order_of_arrival() -> None:
    story = interviewed()
    story.me("2026-03-03 17:00", Kind.THANK_YOU)
    story.they("2026-03-04 09:00", Kind.HOLDING, deadlines=[promised("2026-03-11")])
    told = story.state
    story.readings.reverse()
    assert story.state == told


def test_it_takes_a_time_that_the_user_repeats_from_an_invitation_nobody_parsed() -> None:
    story = Story()
    story.they("2026-03-02 09:00", Kind.INVITATION, text="Swing by the shed, the 3rd, at 2, would you?")
    story.me("2026-03-02 10:00", Kind.ACCEPTANCE, times=[firm("2026-03-03 14:00", said="the 3rd at 2")])
    [interview] = story.state.live_interviews
    assert (interview.start, interview.status) == (at("2026-03-03 14:00"), InterviewStatus.CONFIRMED)


def test_it_waits_for_the_employer_when_the_user_names_a_time_of_their_own() -> None:
    story = Story()
    story.they("2026-03-02 09:00", Kind.INVITATION, text="Could you come in this week?")
    story.me("2026-03-02 10:00", Kind.ACCEPTANCE, times=[firm("2026-03-03 14:00", said="the 3rd at 2")])
    assert not [i for i in story.state.live_interviews if i.status is InterviewStatus.CONFIRMED]


def test_it_keeps_the_promise_that_the_user_writes_down() -> None:
    story = interviewed()
    story.me("2026-03-03 17:00", Kind.THANK_YOU, deadlines=[promised("2026-03-13")])
    assert story.state.promise is not None
    assert story.state.promise.by == date(2026, 3, 13)


def test_it_does_not_move_a_fixed_interview_because_the_user_repeats_it_in_their_own_zone() -> None:
    story = Story()
    story.they(
        "2026-03-02 09:00",
        Kind.INVITATION,
        text="We meet on the 3rd at 2.",
        invites=[invite("2026-03-03 14:00")],
    )
    story.me("2026-03-02 10:00", Kind.ACCEPTANCE, times=[firm("2026-03-03 20:00", said="the 3rd at 2")])
    [interview] = story.state.live_interviews
    assert interview.start == at("2026-03-03 14:00")
