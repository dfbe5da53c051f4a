"""Taking back what is overtaken: what stands, what goes, what is said, and what the next turn is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from agent.core.model import ActionKind, DraftState, ReplyKind, State, Status
from agent.cycle.hands import Hands
from agent.cycle.lives import WITHDRAWING
from agent.cycle.withdraw import overtaken_by, withdraw
from tests.core.correspondence import holding
from tests.cycle.outbox import KEY, LETTER, OTHER, Desk, judged

PANEL_KEY = f"{KEY}:{OTHER}"
ANSWERED = "the employer has answered (rejected)"


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.close()


def said(hands: Hands) -> list[str]:
    return [problem.what for problem in hands.report.problems]


def test_it_takes_back_an_untouched_draft_that_is_overtaken(desk: Desk) -> None:
    record = desk.open_record(desk.draft())
    hands = desk.hands()
    assert withdraw(hands, [judged()])
    assert desk.lab.mailbox.ledger.drafts == {}
    book = desk.book()
    assert (book.state, book.because, book.changed_at) == (DraftState.WITHDRAWN, ANSWERED, desk.now)
    assert hands.report.withdrawn == [(record, ANSWERED)]


def test_it_lets_a_draft_stand_that_may_stand(desk: Desk) -> None:
    record = desk.open_record(desk.draft())
    assert not withdraw(desk.hands(), [judged(Status.WAITING, live=["x"]), judged(live=[KEY])])
    assert desk.book() == record
    assert "drafts.delete" not in desk.requests()


@pytest.mark.parametrize("state", [DraftState.SENT, DraftState.DISCARDED, DraftState.OBSOLETE])
def test_it_leaves_alone_what_is_over(desk: Desk, state: DraftState) -> None:
    record = desk.record(state=state)
    assert not withdraw(desk.hands(), [judged()])
    assert desk.book() == record


@pytest.mark.parametrize(("age", "given_up"), [(1, False), (10, True)])
def test_it_gives_up_an_intent_once_it_is_sure_that_gmail_has_no_draft(
    desk: Desk, age: int, *, given_up: bool
) -> None:
    desk.record(created_at=desk.now - timedelta(minutes=age))
    assert not withdraw(desk.hands(), [judged()])
    assert (desk.book().state is DraftState.OBSOLETE) is given_up
    assert desk.book().because == ("overtaken before it was made" if given_up else "")


@pytest.mark.parametrize(
    ("candidacy", "thread", "because"),
    [
        ("c1", "elsewhere", ANSWERED),
        ("renamed", "t1", ANSWERED),
        ("renamed", "elsewhere", "this is no longer seen as a candidacy of yours"),
    ],
)
def test_it_says_why_by_the_candidacy_or_by_its_thread(
    desk: Desk, candidacy: str, thread: str, because: str
) -> None:
    desk.open_record(desk.draft(), candidacy_id=candidacy, anchor_thread_id=thread)
    withdraw(desk.hands(), [judged()])
    assert desk.book().because == because


# ── a panel ──


def panel(desk: Desk, *, hours: float = 1, first: DraftState = DraftState.SENT) -> None:
    """Two were to be thanked: the letter to one was sent, the other lies there."""
    desk.record(state=first)
    made = desk.now - timedelta(hours=hours)
    desk.open_record(desk.draft(key=PANEL_KEY, to=OTHER), PANEL_KEY, to=(OTHER,), created_at=made)


@pytest.mark.parametrize("status", [Status.THANK_YOU_DUE, Status.WAITING, Status.SCHEDULED])
@pytest.mark.parametrize(("hours", "stands"), [(1, True), (71.9, True), (72, False)])
def test_it_lets_the_others_letters_of_a_panel_stand_for_three_days(
    desk: Desk, status: Status, hours: float, *, stands: bool
) -> None:
    panel(desk, hours=hours)
    assert withdraw(desk.hands(), [judged(status)]) is not stands
    assert (desk.book(PANEL_KEY).state is DraftState.OPEN) is stands


@pytest.mark.parametrize("status", [Status.REJECTED, Status.OFFER, Status.YOUR_TURN, Status.IGNORED])
def test_it_takes_back_the_others_letters_of_a_panel_when_the_time_for_thanks_is_over(
    desk: Desk, status: Status
) -> None:
    panel(desk)
    assert withdraw(desk.hands(), [judged(status)])


def test_it_takes_back_a_panels_letters_when_something_is_in_the_way_or_nobody_knows_them(desk: Desk) -> None:
    panel(desk)
    assert withdraw(desk.hands(), [judged(Status.WAITING, in_the_way=["you asked for silence"])])
    assert desk.book(PANEL_KEY).because == "you asked for silence"


def test_it_takes_back_a_panels_letters_of_a_candidacy_that_is_none_any_more(desk: Desk) -> None:
    panel(desk)
    assert withdraw(desk.hands(), [])
    assert desk.lab.mailbox.ledger.drafts == {}


@pytest.mark.parametrize("kind", [ActionKind.THANK_YOU, ActionKind.FOLLOW_UP])
def test_it_takes_back_a_letter_that_is_no_panels(desk: Desk, kind: ActionKind) -> None:
    desk.open_record(desk.draft(), kind=kind)
    desk.record("follow_up:1:t1:r1:y", state=DraftState.SENT)
    assert withdraw(desk.hands(), [judged(Status.WAITING)])


# ── what a hand has touched ──


def test_it_says_once_that_an_edited_draft_is_overtaken_and_leaves_it(desk: Desk) -> None:
    draft_id = desk.draft(LETTER + "P.S. Blue.")
    desk.open_record(draft_id, state=DraftState.EDITED)
    hands = desk.hands()
    assert not withdraw(hands, [judged()])
    assert said(hands) == [f"draft {draft_id} was edited by you and is overtaken: {ANSWERED}"]
    assert desk.book().because == ANSWERED
    again = desk.hands()
    assert not withdraw(again, [judged()])
    assert said(again) == []
    assert draft_id in desk.lab.mailbox.ledger.drafts


def test_it_leaves_a_draft_that_was_edited_a_moment_ago(desk: Desk) -> None:
    draft_id = desk.draft()
    desk.open_record(draft_id)
    desk.lab.mailbox.edit_draft(draft_id, append="P.S. It was the blue one.")
    hands = desk.hands()
    assert withdraw(hands, [judged()]), "the turn thinks again: it is the user's now"
    assert desk.book().state is DraftState.EDITED
    assert draft_id in desk.lab.mailbox.ledger.drafts
    assert len(said(hands)) == 1
    assert hands.report.withdrawn == []


def test_it_looks_what_became_of_a_draft_that_is_gone(desk: Desk) -> None:
    draft_id = desk.draft()
    desk.open_record(draft_id)
    desk.lab.mailbox.discard_draft(draft_id)
    hands = desk.hands()
    assert withdraw(hands, [judged()])
    assert desk.book().state is DraftState.DISCARDED
    assert hands.report.withdrawn == []


def test_it_only_says_in_a_dry_run_what_it_would_take_back(desk: Desk) -> None:
    record = desk.open_record(desk.draft())
    hands = desk.hands(dry_run=True)
    assert withdraw(hands, [judged()])
    assert desk.book() == record
    assert hands.report.withdrawn == [(record, ANSWERED)]
    assert len(desk.lab.mailbox.ledger.drafts) == 1


@pytest.mark.parametrize("how", ["lost before", "lost after"])
def test_it_claims_no_withdrawal_whose_answer_was_lost(desk: Desk, how: str) -> None:
    desk.open_record(desk.draft())
    desk.fail("drafts.delete", how)
    hands = desk.hands()
    assert not withdraw(hands, [judged()])
    assert (desk.book().state, desk.book().because) == (DraftState.OPEN, f"{WITHDRAWING}{ANSWERED}")
    assert hands.report.withdrawn == []


# ── why ──

HOLDING = State(last_reply=holding(), anchor="reply:m3")


@pytest.mark.parametrize(
    ("statuses", "state", "because"),
    [
        (
            [Status.REJECTED, Status.OFFER, Status.ON_HOLD, Status.CANCELLED],
            State(),
            "the employer has answered",
        ),
        ([Status.WITHDRAWN, Status.IGNORED], State(), "you said so"),
        ([Status.SCHEDULING, Status.SCHEDULED], HOLDING, "a new interview is being arranged"),
        ([Status.YOUR_TURN], HOLDING, "the employer asked you something"),
        (
            [Status.WAITING, Status.MOVED_ON],
            HOLDING,
            f"the employer has answered ({ReplyKind.HOLDING.value})",
        ),
        ([Status.WAITING], replace(HOLDING, anchor="interview:1"), "its time is over"),
        ([Status.WAITING, Status.FOLLOW_UP_DUE], State(anchor="reply:m3"), "its time is over"),
    ],
)
def test_it_says_why_a_draft_no_longer_stands(statuses: Sequence[Status], state: State, because: str) -> None:
    for status in statuses:
        assert overtaken_by(judged(status, state=state)).startswith(because)
