"""Making what is due: once, in its thread, on what Gmail holds this very moment; else said why not and when again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agent.core.model import ActionKind, Address, Contact, DraftState, Interview
from agent.core.story.document import Judged
from agent.core.writing.wire import Attachment
from agent.cycle.create import Creation
from agent.errors import DataError, GmailUnavailable, Refused
from agent.gmail.client import DraftRef
from tests.cycle.machine_mail import FROM_EMPLOYER
from tests.cycle.outbox import LETTER, MARIA, REWRITTEN, Desk, creation, due

OPEN = DraftState.OPEN
OMAR = Address("Omar Haddad", "omar.haddad@northwind.example")


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.close()


def key_of(one: Judged) -> str:
    assert one.outlook.due is not None
    return one.outlook.due.key


def under(one: Judged, key: str) -> Judged:
    """The same thing due, under another key."""
    assert one.outlook.due is not None
    return replace(one, outlook=replace(one.outlook, due=replace(one.outlook.due, key=key)))


def why_not(made: Creation, one: Judged) -> str:
    stop = made.in_the_way.get(one.candidacy.id)
    return stop.reason if stop else ""


def made_count(desk: Desk) -> int:
    return desk.requests().count("drafts.create")


# ── once ──


def test_it_makes_what_is_due_and_keeps_what_gmail_made_of_it(desk: Desk) -> None:
    one, making = due(desk), creation(desk)
    assert not making.create([one])
    book = desk.book(key_of(one))
    assert (book.state, book.attempts, book.created_at) == (OPEN, 1, desk.now)
    assert (book.to, book.cc, book.thread_id) == ((MARIA,), (), desk.thread)
    assert book.draft_id in desk.lab.mailbox.ledger.drafts
    assert book.kept_digest
    assert making.hands.report.created == [book]
    assert making.in_the_way == {}


def test_it_makes_nothing_where_nothing_is_due(desk: Desk) -> None:
    one = due(desk)
    idle = replace(one, outlook=replace(one.outlook, due=None))
    assert not creation(desk).create([idle])
    assert desk.requests() == []


@pytest.mark.parametrize("state", [s for s in DraftState if s is not DraftState.INTENDED])
def test_it_makes_nothing_a_second_time_whatever_became_of_it(desk: Desk, state: DraftState) -> None:
    one, making = due(desk), creation(desk)
    desk.record(key_of(one), state=state)
    assert not making.create([one])
    assert desk.requests() == []
    assert making.in_the_way == {}


def test_it_waits_where_gmail_may_have_it(desk: Desk) -> None:
    one, making = due(desk), creation(desk)
    desk.record(key_of(one), created_at=desk.now - timedelta(minutes=1))
    assert not making.create([one])
    assert "not certain" in why_not(making, one)
    assert made_count(desk) == 0


def test_it_asks_again_for_what_gmail_has_not(desk: Desk) -> None:
    one = due(desk)
    first = desk.record(key_of(one), text="Before", digest="before")
    assert not creation(desk, a_day=0).create([one]), "it was counted when it was first meant"
    book = desk.book(key_of(one))
    assert (book.state, book.attempts, book.created_at) == (OPEN, 2, first.created_at)
    assert book.text != "Before"
    assert book.digest != "before"


@pytest.mark.parametrize("how", ["well", "lost before"])
def test_it_books_whom_it_asks_for_now_not_whom_it_asked_for_first(desk: Desk, how: str) -> None:
    """Somebody else has written in the meantime; what becomes of the draft is told by its reader and its thread."""
    one = due(desk)
    desk.record(key_of(one), to=(OMAR.email,), cc=("x@y.example",), subject="Before", thread_id="e1")
    desk.fail("drafts.create", how)
    creation(desk).create([one])
    book = desk.book(key_of(one))
    assert (book.to, book.cc, book.thread_id) == ((MARIA,), (), desk.thread)
    assert book.subject.startswith("Re: Interview")


@pytest.mark.parametrize(("hours", "tries"), [(5.9, 3), (6, 4)])
def test_it_rests_for_six_hours_after_three_tries_without_an_answer(
    desk: Desk, hours: float, tries: int
) -> None:
    one, making = due(desk), creation(desk)
    then = desk.now - timedelta(hours=hours)
    desk.record(key_of(one), attempts=3, created_at=desk.now - timedelta(days=1), changed_at=then)
    assert not making.create([one])
    assert desk.book(key_of(one)).attempts == tries
    assert ("3 tries" in why_not(making, one)) is (tries == 3)


def test_it_stands_back_where_another_process_was_quicker(desk: Desk) -> None:
    one = due(desk)

    def meanwhile(_: Sequence[str]) -> tuple[Attachment, ...]:
        desk.record(key_of(one))
        return ()

    assert not creation(desk, materials=meanwhile).create([one])
    assert made_count(desk) == 0


def test_it_shows_in_a_dry_run_what_it_would_make_and_touches_nothing(desk: Desk) -> None:
    one, making = due(desk), creation(desk, dry_run=True)
    assert not making.create([one])
    assert [r.key for r in making.hands.report.created] == [key_of(one)]
    assert desk.lab.store.drafts() == ()
    assert desk.requests() == []


# ── so many a day ──

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(("allowed", "made"), [(3, 1), (2, 0)])
def test_it_counts_the_drafts_of_the_users_own_day(desk: Desk, allowed: int, made: int) -> None:
    """It is 19:07 on the 3rd in New York, and the 4th already in Greenwich."""
    midnight = datetime(2026, 3, 3, tzinfo=NEW_YORK)
    for name, at in (("a", midnight), ("b", desk.now), ("c", midnight - timedelta(minutes=1))):
        desk.record(name, state=DraftState.SENT, created_at=at.astimezone(UTC))
    one, making = due(desk), creation(desk, a_day=allowed)
    assert not making.create([one])
    assert made_count(desk) == made
    if not made:
        stop = making.in_the_way[one.candidacy.id]
        assert "2 were made today" in stop.reason
        assert stop.again_at == datetime(2026, 3, 4, tzinfo=NEW_YORK)
        assert stop.again_at.tzinfo is UTC


# ── what stands in the way ──


def test_it_says_what_is_wrong_with_a_letter_and_when_to_try_again(desk: Desk) -> None:
    one, making = due(desk), creation(desk)
    nobody = replace(one, candidacy=replace(one.candidacy, contacts=()))
    assert not making.create([nobody])
    assert "no human on the employer's side" in why_not(making, one)
    assert making.in_the_way[one.candidacy.id].again_at is None
    assert desk.lab.store.drafts() == ()


def test_it_says_which_file_is_missing(desk: Desk) -> None:
    def missing(_: Sequence[str]) -> tuple[Attachment, ...]:
        raise DataError("cv.pdf is not there")

    one, making = due(desk), creation(desk, materials=missing)
    assert not making.create([one])
    assert why_not(making, one) == "cv.pdf is not there"
    assert desk.lab.store.drafts() == ()


def test_it_writes_nothing_that_cannot_be_written_safely(desk: Desk) -> None:
    one, making = under(due(desk), "a key"), creation(desk)
    assert not making.create([one])
    assert "could not be written safely" in why_not(making, one)
    assert desk.lab.store.drafts() == ()
    assert made_count(desk) == 0


# ── what Gmail holds this very moment ──


def write(desk: Desk, **changes: Any) -> str:
    return desk.lab._write(FROM_EMPLOYER["holding"](desk.now), **changes)


def test_it_thinks_again_when_mail_has_come_in(desk: Desk) -> None:
    one = due(desk)
    write(desk)
    assert creation(desk).create([one])
    assert made_count(desk) == 0
    assert desk.lab.store.drafts() == ()


@pytest.mark.parametrize("label", ["TRASH", "SPAM"])
def test_it_is_not_held_up_by_what_the_user_threw_away(desk: Desk, label: str) -> None:
    one = due(desk)
    desk.lab.mailbox.add_label(write(desk), label)
    assert not creation(desk).create([one])
    assert made_count(desk) == 1


def test_it_keeps_away_from_a_draft_of_the_users_in_this_thread_only(desk: Desk) -> None:
    one = due(desk)
    readings = one.candidacy.readings
    elsewhere = replace(readings[0], message=replace(readings[0].message, thread_id="e1"))
    one = replace(one, candidacy=replace(one.candidacy, readings=(elsewhere, *readings)))
    desk.draft("Dear Maria", key="", thread="e1")
    making = creation(desk)
    assert not making.create([one])
    assert made_count(desk) == 1
    second, again = under(one, "thank_you:1:t:r9:z"), creation(desk)
    assert not again.create([second])
    assert "a draft of yours" in why_not(again, one)
    assert made_count(desk) == 1


def test_it_reads_five_threads_again_the_drafts_own_among_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = due(desk)
    readings = one.candidacy.readings
    spam = replace(readings[0].message, label_ids=frozenset({"SPAM"}))  # nobody answers that
    more = tuple(replace(readings[0], message=replace(spam, thread_id=f"e{n}")) for n in range(8))
    one = replace(one, candidacy=replace(one.candidacy, readings=(*readings, *more)))
    asked: list[str] = []
    original = desk.lab.gmail.thread

    def thread(thread_id: str, **more: Any) -> list[dict[str, Any]]:
        asked.append(thread_id)
        return original(thread_id, **more)

    monkeypatch.setattr(desk.lab.gmail, "thread", thread)
    creation(desk).create([one])
    assert asked == [desk.thread, "e7", "e6", "e5", "e4"]
    assert made_count(desk) == 1


# ── a draft stands in the thread ──


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("hand", ["none", "edit"])
def test_it_takes_its_own_draft_in_again_instead_of_a_second(desk: Desk, hand: str, *, known: bool) -> None:
    one = due(desk)
    creation(desk).create([one])
    made = desk.book(key_of(one))
    other = Desk()  # the books of before
    other.lab.mailbox.ledger = desk.lab.mailbox.ledger
    if hand == "edit":
        desk.lab.mailbox.edit_draft(made.draft_id, append="P.S. It was the blue one.")
    if known:
        other.record(key_of(one))
    making = creation(other)
    assert not making.create([one])
    book = other.book(key_of(one))
    assert (book.state, book.draft_id) == (OPEN if hand == "none" else DraftState.EDITED, made.draft_id)
    assert making.in_the_way == {}
    assert making.hands.report.created == []
    other.close()


# ── the answer ──


@pytest.mark.parametrize(("how", "made"), [("lost after", 1), ("lost before", 0)])
def test_it_counts_a_draft_whose_answer_was_lost_only_if_it_is_there(desk: Desk, how: str, made: int) -> None:
    one, making = due(desk), creation(desk)
    desk.fail("drafts.create", how)
    assert not making.create([one])
    assert len(making.hands.report.created) == made
    assert desk.book(key_of(one)).state is (OPEN if made else DraftState.INTENDED)


@pytest.mark.parametrize(("tries", "given_up"), [(0, False), (1, False), (2, True)])
def test_it_gives_up_what_gmail_refuses_three_times(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tries: int, *, given_up: bool
) -> None:
    def refuse(*_: object) -> DraftRef:
        raise Refused("no", 400)

    one, making = due(desk), creation(desk)
    if tries:
        desk.record(key_of(one), attempts=tries)
    monkeypatch.setattr(type(desk.lab.gmail), "create_draft", refuse)
    assert not making.create([one])
    assert [p.what for p in making.hands.report.problems] == ["a draft was not made: Gmail refused it (400)"]
    assert desk.book(key_of(one)).state is (DraftState.OBSOLETE if given_up else DraftState.INTENDED)
    assert ("tried again" in "".join(s.reason for s in making.in_the_way.values())) is not given_up
    assert making.hands.report.created == []


def test_it_counts_no_try_that_did_not_reach_gmail(desk: Desk) -> None:
    one, making = due(desk), creation(desk)
    desk.record(key_of(one), attempts=2)
    desk.fail("drafts.create", "unreachable")
    with pytest.raises(GmailUnavailable):
        making.create([one])
    assert desk.book(key_of(one)).attempts == 2


def test_it_takes_back_at_once_what_gmail_put_into_another_thread(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, making = due(desk), creation(desk)
    original = desk.lab.gmail.create_draft
    monkeypatch.setattr(desk.lab.gmail, "create_draft", lambda raw, _: original(raw, ""))
    assert not making.create([one])
    book = desk.book(key_of(one))
    assert (book.state, book.because) == (DraftState.OBSOLETE, "Gmail did not put it into the thread")
    assert desk.lab.mailbox.ledger.drafts == {}
    assert len(making.hands.report.problems) == 1
    assert making.hands.report.created == []


# ── a panel ──


def panel(one: Judged) -> Judged:
    """Omar was there too, and is known by his address."""
    [maria] = [c for c in one.candidacy.contacts if c.address.email == MARIA]
    contacts = (*one.candidacy.contacts, Contact(OMAR))
    present = (maria.address, OMAR)
    interviews: tuple[Interview, ...] = tuple(replace(i, attendees=present) for i in one.state.interviews)
    return replace(
        one,
        candidacy=replace(one.candidacy, contacts=contacts),
        state=replace(one.state, interviews=interviews),
    )


def test_it_thanks_each_of_a_panel_in_a_conversation_of_their_own(desk: Desk) -> None:
    one, making = panel(due(desk)), creation(desk)
    assert not making.create([one])
    first, second = desk.lab.store.drafts()
    assert (first.to, first.thread_id) == ((MARIA,), desk.thread)
    assert (second.key, second.to) == (f"{first.key}:{OMAR.email}", (OMAR.email,))
    assert second.thread_id not in {"", first.thread_id}
    assert {first.state, second.state} == {OPEN}
    assert len(making.hands.report.created) == 2


def test_it_writes_no_other_letter_of_a_panel_where_the_first_must_wait(desk: Desk) -> None:
    one = panel(due(desk))
    desk.draft("Dear Maria", key="")
    making = creation(desk)
    assert not making.create([one])
    assert "a draft of yours" in why_not(making, one)
    assert made_count(desk) == 0


def test_it_thinks_again_before_the_second_letter_of_a_panel_when_mail_comes_in(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = panel(due(desk))
    original = desk.lab.gmail.create_draft

    def then_mail(raw: bytes, thread_id: str) -> DraftRef:
        made = original(raw, thread_id)
        write(desk)
        return made

    monkeypatch.setattr(desk.lab.gmail, "create_draft", then_mail)
    assert creation(desk).create([one])
    assert made_count(desk) == 1


def test_it_follows_up_with_one_of_a_panel_only(desk: Desk) -> None:
    one = panel(due(desk))
    assert one.outlook.due is not None
    action = replace(one.outlook.due, kind=ActionKind.FOLLOW_UP, key="follow_up:1:t:r1:x")
    creation(desk).create([replace(one, outlook=replace(one.outlook, due=action))])
    assert [r.to for r in desk.lab.store.drafts()] == [(MARIA,)]


def test_it_knows_its_letter_from_the_users_own_in_the_thread(desk: Desk) -> None:
    """A draft of another letter of ours to the same reader, key and all, is not taken for this one."""
    one = due(desk)
    desk.draft(LETTER, key="follow_up:1:t:r1:y")
    desk.draft(REWRITTEN, key="follow_up:2:t:r1:y")
    making = creation(desk)
    assert not making.create([one])
    assert "a draft of yours" in why_not(making, one)
