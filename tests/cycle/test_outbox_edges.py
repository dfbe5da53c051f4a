"""What became of a draft, where the traces are few or mixed: looked for, adopted, told apart from other letters, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from agent.core.model import DraftState
from agent.cycle.lives import WITHDRAWING, just_made, unsettled, withdrawal_pending
from agent.store.ledger import PASSED
from tests.cycle.outbox import KEY, LETTER, OTHER, REWRITTEN, UNLIKE, Desk

MINUTE = timedelta(minutes=1)
ELSEWHERE = "e1"  # another thread
OPEN, EDITED, INTENDED, SENT, DISCARDED, WITHDRAWN = (
    DraftState.OPEN,
    DraftState.EDITED,
    DraftState.INTENDED,
    DraftState.SENT,
    DraftState.DISCARDED,
    DraftState.WITHDRAWN,
)


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.close()


# ── what is certain, and what not yet ──


@pytest.mark.parametrize(
    ("state", "because", "pending"),
    [
        (OPEN, f"{WITHDRAWING}an offer", True),
        (OPEN, "an offer", False),
        (WITHDRAWN, f"{WITHDRAWING}an offer", False),
    ],
)
def test_it_knows_that_a_withdrawal_was_begun(
    desk: Desk, state: DraftState, because: str, *, pending: bool
) -> None:
    other = desk.record("other", state=SENT)
    assert withdrawal_pending([other, desk.record(state=state, because=because)]) is pending


@pytest.mark.parametrize(
    ("age", "changed", "state", "open_question"),
    [
        (119, None, INTENDED, True),
        (120, None, INTENDED, False),
        (3600, 119, INTENDED, True),
        (3600, 120, INTENDED, False),
        (10, None, OPEN, False),
    ],
)
def test_it_waits_two_minutes_for_a_draft_to_show(
    desk: Desk, age: int, changed: int | None, state: DraftState, *, open_question: bool
) -> None:
    at = None if changed is None else desk.now - timedelta(seconds=changed)
    record = desk.record(state=state, created_at=desk.now - timedelta(seconds=age), changed_at=at)
    assert unsettled(record, desk.now) is open_question


@pytest.mark.parametrize(
    ("minutes", "state", "new"),
    [(9.9, OPEN, True), (10, OPEN, False), (1, EDITED, False), (1, INTENDED, False)],
)
def test_it_mistrusts_the_list_for_ten_minutes_after_a_draft_was_made(
    desk: Desk, minutes: float, state: DraftState, *, new: bool
) -> None:
    old = desk.record("old", state=OPEN, created_at=desk.now - timedelta(days=1))
    record = desk.record(state=state, created_at=desk.now - timedelta(minutes=minutes))
    assert just_made([old, record], desk.now) is new


# ── when it looks ──


def test_it_asks_gmail_nothing_where_no_draft_is_alive(desk: Desk) -> None:
    for number, state in enumerate((SENT, DISCARDED, WITHDRAWN, DraftState.OBSOLETE)):
        desk.record(str(number), state=state)
    assert not desk.lives().follow(touched=True)
    assert desk.requests() == []


def test_it_asks_gmail_nothing_where_no_draft_was_touched(desk: Desk) -> None:
    desk.open_record(desk.draft())
    asked = len(desk.requests())
    assert not desk.lives().follow(touched=False)
    assert len(desk.requests()) == asked
    assert not desk.lives().follow(touched=True)
    assert desk.requests()[asked:] == ["drafts.list"]


def test_it_reads_back_what_a_cut_off_turn_had_not(desk: Desk) -> None:
    record = desk.open_record(desk.draft())
    desk.lab.store.update_draft(KEY, kept_digest="")
    assert not desk.lives().follow(touched=False)
    assert desk.book().kept_digest == record.kept_digest


def test_it_reads_nothing_back_that_is_gone_or_saved_anew(desk: Desk) -> None:
    draft_id = desk.draft()
    record = desk.open_record(draft_id, kept_digest="")
    ref = desk.ref(draft_id)
    desk.lab.mailbox.edit_draft(draft_id, append="P.S. Blue.")
    desk.lives().read_back(record.key, ref)
    desk.lab.mailbox.discard_draft(draft_id)
    desk.lives().read_back(record.key, ref)
    assert desk.book() == record


# ── an intent whose outcome is unknown ──


def test_it_looks_three_times_for_a_young_intent_and_once_for_an_old_one(desk: Desk) -> None:
    assert not desk.lives().settle(desk.record(created_at=desk.now - MINUTE))
    assert desk.slept == [5.0, 5.0]
    assert desk.requests().count("drafts.list") == 3 + 1  # and once for an edited one
    desk.slept.clear()
    assert not desk.lives().settle(desk.record("old"))
    assert desk.slept == []


def test_it_follows_an_intent_to_the_draft_that_came_of_it(desk: Desk) -> None:
    record = desk.record()
    draft_id = desk.draft()
    assert desk.lives().follow(touched=False)
    book = desk.book()
    assert (book.state, book.draft_id, book.kept_digest) == (OPEN, draft_id, record.digest)
    assert (book.gmail_id, book.thread_id) == (desk.ref(draft_id).gmail_id, desk.thread)


def test_it_says_that_nothing_changed_while_an_intent_stays_open(desk: Desk) -> None:
    desk.record()
    assert not desk.lives().follow(touched=False)
    assert desk.book().state is INTENDED


def test_it_gives_the_user_the_draft_that_says_something_else_by_now(desk: Desk) -> None:
    record = desk.record()
    desk.draft(REWRITTEN)
    assert desk.lives().settle(record)
    assert (desk.book().state, desk.book().kept_digest) == (EDITED, record.digest)


def test_it_knows_an_intent_whose_draft_was_edited_and_moved(desk: Desk) -> None:
    record = desk.record()
    draft_id = desk.draft(REWRITTEN, key="", subject="Tuesday", thread=ELSEWHERE)
    assert desk.lives().settle(record)
    book = desk.book()
    assert (book.state, book.draft_id, book.thread_id) == (EDITED, draft_id, ELSEWHERE)
    assert book.kept_digest == record.digest


@pytest.mark.parametrize(("strangers", "found"), [(9, True), (10, False)])
def test_it_reads_ten_drafts_of_other_threads_and_no_more(desk: Desk, strangers: int, *, found: bool) -> None:
    desk.draft(
        REWRITTEN, key="", thread=ELSEWHERE, at=desk.now - 5 * MINUTE
    )  # the list begins with the newest
    for number in range(strangers):
        desk.draft(UNLIKE, key="", thread=f"5{number}")
    assert (desk.lives().edited_by_user(desk.record()) is not None) is found


def test_it_takes_no_draft_for_its_own_that_is_another_letter_or_anothers(desk: Desk) -> None:
    desk.draft(UNLIKE, key="")
    desk.draft(LETTER, key="follow_up:1:t1:r1:y")
    taken = desk.draft(REWRITTEN, key="")
    desk.open_record(taken, "follow_up:1:t1:r1:y")
    assert not desk.lives().settle(desk.record())


def test_it_counts_an_intent_as_sent_when_the_letter_is_there(desk: Desk) -> None:
    record = desk.record()
    desk.sent("s1", REWRITTEN)
    assert desk.lives().settle(record)
    book = desk.book()
    assert (book.state, book.gmail_id, book.changed_at) == (SENT, "s1", desk.now)


def test_it_follows_an_intent_to_a_draft_that_gmail_put_elsewhere(desk: Desk) -> None:
    draft_id = desk.draft(thread=ELSEWHERE)
    assert desk.lives().settle(desk.record())
    assert (desk.book().draft_id, desk.book().thread_id) == (draft_id, ELSEWHERE)


def test_it_takes_no_other_mail_for_a_draft_that_may_never_have_been(desk: Desk) -> None:
    desk.sent("s1", UNLIKE)
    assert not desk.lives().settle(desk.record())
    assert desk.book().state is INTENDED


def test_it_counts_an_intent_as_discarded_only_when_its_draft_was_seen_in_passing(desk: Desk) -> None:
    assert not desk.lives().settle(desk.record())
    assert desk.lives().settle(desk.record("passed", because=PASSED))
    assert (desk.book("passed").state, desk.book("passed").because) == (DISCARDED, "discarded by you")


# ── an open draft under the user's hands ──


def test_it_says_that_an_opened_draft_is_unchanged_but_keeps_its_new_id(desk: Desk) -> None:
    draft_id = desk.draft()
    desk.open_record(draft_id)
    desk.lab.mailbox.open_draft(draft_id)
    assert not desk.lives().follow(touched=True)
    assert (desk.book().state, desk.book().gmail_id) == (OPEN, desk.ref(draft_id).gmail_id)


@pytest.mark.parametrize(("append", "state"), [(None, OPEN), ("P.S. It was the blue one.", EDITED)])
def test_it_tells_opening_from_editing_though_it_never_read_its_draft_back(
    desk: Desk, append: str | None, state: DraftState
) -> None:
    draft_id = desk.draft()
    desk.open_record(draft_id, kept_digest="")
    desk.lab.mailbox.edit_draft(draft_id, append=append)
    desk.lives().follow(touched=False)
    assert desk.book().state is state


def test_it_says_that_an_edited_draft_is_the_users(desk: Desk) -> None:
    draft_id = desk.draft()
    desk.open_record(draft_id)
    desk.lab.mailbox.edit_draft(draft_id, append="P.S. It was the blue one.")
    assert desk.lives().follow(touched=True)
    assert desk.book().state is EDITED


def test_it_says_that_a_draft_has_moved_though_it_was_the_users_before(desk: Desk) -> None:
    draft_id = desk.draft()
    desk.open_record(draft_id, state=EDITED)
    desk.lab.mailbox.edit_draft(draft_id, subject="Tuesday")
    assert desk.lives().follow(touched=True)
    assert (desk.book().state, desk.book().thread_id) == (EDITED, desk.ref(draft_id).thread_id)
    desk.lab.mailbox.open_draft(draft_id)
    assert not desk.lives().follow(touched=True)


def test_it_follows_a_draft_under_a_new_id_in_its_thread(desk: Desk) -> None:
    desk.open_record(desk.draft(UNLIKE, key="", thread=ELSEWHERE), "other")
    old = desk.draft()
    desk.open_record(old)
    desk.lab.mailbox.discard_draft(old)
    new = desk.draft(LETTER, key="")
    assert not desk.lives().follow(touched=True)
    assert (desk.book().state, desk.book().draft_id) == (OPEN, new)


@pytest.mark.parametrize(
    ("text", "where"), [(LETTER, ELSEWHERE), (UNLIKE, ""), (LETTER.replace("Tuesday", "Friday")[:60], "")]
)
def test_it_follows_no_other_draft(desk: Desk, text: str, where: str) -> None:
    old = desk.draft()
    desk.open_record(old)
    desk.lab.mailbox.discard_draft(old)
    desk.draft(text, key="", thread=where)
    assert desk.lives().follow(touched=True)
    assert desk.book().state is DISCARDED


def vanishing(desk: Desk, monkeypatch: pytest.MonkeyPatch, draft_id: str) -> None:
    """The draft is listed still, and gone when it is read."""
    listed = desk.lab.gmail.list_drafts()
    monkeypatch.setattr(type(desk.lab.gmail), "list_drafts", lambda _: listed)
    desk.lab.mailbox.discard_draft(draft_id)


def test_it_takes_a_draft_for_gone_that_vanishes_while_it_looks(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft_id = desk.draft()
    desk.open_record(draft_id, gmail_id="before")
    vanishing(desk, monkeypatch, draft_id)
    assert desk.lives().follow(touched=True)
    assert desk.book().state is DISCARDED


@pytest.mark.parametrize("hand", [None, "P.S. It was the blue one."])
def test_it_believes_no_list_that_is_late(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, hand: str | None
) -> None:
    draft_id = desk.draft()
    desk.open_record(draft_id)
    desk.lab.mailbox.edit_draft(draft_id, append=hand)
    monkeypatch.setattr(type(desk.lab.gmail), "list_drafts", lambda _: ())
    desk.lives().follow(touched=True)
    assert desk.book().state is (EDITED if hand else OPEN)


def test_it_looks_on_when_a_stranger_vanishes_while_it_looks(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = desk.draft(UNLIKE, key="")
    ours = desk.draft(REWRITTEN, key="")
    vanishing(desk, monkeypatch, stranger)
    found = desk.lives().edited_by_user(desk.record())
    assert found is not None
    assert found.draft_id == ours


def test_it_ends_a_withdrawal_that_was_cut_off(desk: Desk) -> None:
    desk.record(state=OPEN, draft_id="r404", because=f"{WITHDRAWING}an offer", kept_digest="k")
    assert desk.lives().follow(touched=True)
    assert (desk.book().state, desk.book().because) == (WITHDRAWN, "an offer")


# ── which message a draft became ──


@pytest.mark.parametrize(
    ("message", "became"),
    [
        ({}, SENT),
        ({"text": UNLIKE}, SENT),  # in the thread, to the reader: it stands for the draft whatever it says
        ({"text": UNLIKE, "to": OTHER, "cc": "maria.lopez@northwind.example"}, SENT),
        ({"text": UNLIKE, "to": ""}, SENT),
        ({"text": UNLIKE, "to": OTHER}, DISCARDED),
        ({"text": REWRITTEN, "to": OTHER}, SENT),
        ({"text": REWRITTEN, "thread": "t9"}, SENT),
        ({"text": UNLIKE, "thread": "t9"}, DISCARDED),
        ({"text": LETTER, "thread": "t9", "to": OTHER}, DISCARDED),
        ({"sender": "maria.lopez@northwind.example"}, DISCARDED),
        ({"labels": ("DRAFT",)}, DISCARDED),
    ],
)
def test_it_tells_what_became_of_a_draft_that_is_gone_by_the_mail_that_is_there(
    desk: Desk, message: dict[str, Any], became: DraftState
) -> None:
    desk.record(state=OPEN, draft_id="r404", kept_digest="k")
    desk.sent("s1", **message)
    assert desk.lives().follow(touched=True)
    assert desk.book().state is became


@pytest.mark.parametrize(("minutes", "counts"), [(0, True), (-2, True), (-3, False)])
def test_it_counts_no_letter_from_before_the_draft(desk: Desk, minutes: int, *, counts: bool) -> None:
    record = desk.record()
    desk.sent("s1", at=record.created_at + minutes * MINUTE)
    assert (desk.lives().sent(record) is not None) is counts


def test_it_counts_a_letter_once(desk: Desk) -> None:
    desk.sent("s1")
    desk.record("first", state=SENT, gmail_id="s1")
    second = desk.record("second")
    assert desk.lives().sent(second) is None
    third = desk.record("third", state=WITHDRAWN, gmail_id="s2")
    desk.sent("s2")
    found = desk.lives().sent(third)
    assert found is not None
    assert found.gmail_id == "s2"


def test_it_asks_for_the_same_words_when_it_is_not_known_that_there_was_a_draft(desk: Desk) -> None:
    record = desk.record()
    desk.sent("s1", UNLIKE)
    assert desk.lives().sent(record) is None
    desk.sent("s2", REWRITTEN, thread="t9", to=OTHER)
    assert desk.lives().sent(record) is None
    desk.sent("s3", REWRITTEN, thread="t9")
    found = desk.lives().sent(record)
    assert found is not None
    assert found.gmail_id == "s3"


@pytest.mark.parametrize("order", [("s1", "s2"), ("s2", "s1")])
def test_it_takes_the_letter_that_is_most_alike(desk: Desk, order: tuple[str, str]) -> None:
    record = desk.record()
    for gmail_id, text in zip(order, (REWRITTEN, LETTER), strict=True):
        desk.sent(gmail_id, text)
    found = desk.lives().sent(record)
    assert found is not None
    assert found.gmail_id == order[1]


def test_it_takes_the_first_of_two_letters_that_say_the_same(desk: Desk) -> None:
    record = desk.record()
    desk.sent("s1", at=desk.now - MINUTE)
    desk.sent("s2")
    found = desk.lives().sent(record)
    assert found is not None
    assert found.gmail_id == "s1"


@pytest.mark.parametrize(
    ("hours", "state", "found"),
    [(1, DISCARDED, True), (47, DISCARDED, True), (48, DISCARDED, False), (1, WITHDRAWN, False)],
)
def test_it_corrects_itself_when_a_discarded_draft_turns_up_as_sent(
    desk: Desk, hours: int, state: DraftState, *, found: bool
) -> None:
    then = desk.now - timedelta(hours=hours)
    desk.record(state=state, created_at=then - MINUTE, changed_at=then)
    desk.sent("s1", REWRITTEN)
    assert desk.lives().follow(touched=False) is found
    assert desk.book().state is (SENT if found else state)
    assert desk.book().because == ""


@pytest.mark.parametrize(("minutes", "found"), [(-1, True), (10, True), (11, False)])
def test_it_counts_what_was_sent_while_it_took_the_draft_back_but_no_later_letter(
    desk: Desk, minutes: int, *, found: bool
) -> None:
    then = desk.now - timedelta(hours=1)
    desk.record(state=WITHDRAWN, created_at=then - 5 * MINUTE, changed_at=then, because="an offer")
    desk.sent("s1", at=then + minutes * MINUTE)
    assert desk.lives().follow(touched=False) is found
    assert desk.book().state is (SENT if found else WITHDRAWN)


def test_it_leaves_a_discarded_draft_discarded_while_nothing_turns_up(desk: Desk) -> None:
    desk.record(state=DISCARDED, changed_at=desk.now - MINUTE)
    desk.record("undated", state=DISCARDED)
    desk.sent("s1", UNLIKE)
    assert not desk.lives().follow(touched=False)
