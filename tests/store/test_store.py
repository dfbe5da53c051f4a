"""The store, on real files: what it keeps, and that it keeps all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.model import (
    ActionKind,
    Address,
    DraftRecord,
    DraftState,
    Evidence,
    Message,
    Note,
    NoteKind,
    Part,
    Reading,
    SendAs,
    Signal,
    SignalKind,
    Source,
    Strength,
    Transition,
)
from agent.store.glance import glance
from agent.store.records import Account, Conclusion, ThreadLink
from agent.store.store import Store

NOW = datetime(2026, 3, 4, 15, 30, 0, 123456, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "state/agent.db") as opened:
        opened.save_account(Account("jo@home.example", "100"))
        yield opened


def mail(
    gmail_id: str,
    thread_id: str = "t1",
    *,
    hours: int = 0,
    labels: tuple[str, ...] = ("INBOX",),
    text: str = "Hello",
) -> Source:
    return Source(
        gmail_id=gmail_id,
        thread_id=thread_id,
        internal_date=NOW + timedelta(hours=hours),
        label_ids=frozenset(labels),
        headers=(("Subject", "Interview"), ("From", "Ada <ada@acme.example>")),
        parts=(Part("text/plain", text, parameters=(("charset", "utf-8"),)),),
    )


def intent(key: str = "follow_up/1/m1") -> DraftRecord:
    return DraftRecord(
        key=key,
        candidacy_id="c1",
        anchor_thread_id="t1",
        kind=ActionKind.FOLLOW_UP,
        step=1,
        state=DraftState.INTENDED,
        thread_id="t1",
        to=("ada@acme.example",),
        cc=(),
        subject="Re: Interview",
        text="Dear Ada",
        digest="abc",
        created_at=NOW,
    )


def conclusion(
    name: str, status: str = "waiting", thread_id: str = "t1", *, since: datetime = NOW
) -> Conclusion:
    document = {"id": name, "status": status, "since": since.isoformat(), "thread_ids": [thread_id]}
    return Conclusion(
        name, thread_id, document, ({"kind": "interview"},), ("They said so.",), LATER, "rules-1"
    )


def reading(source: Source) -> Reading:
    message = Message(
        gmail_id=source.gmail_id,
        thread_id=source.thread_id,
        internal_date=source.internal_date,
        label_ids=source.label_ids,
        date=None,
        message_id="<1@acme.example>",
        in_reply_to="",
        references=(),
        sender=Address("Ada", "ada@acme.example"),
        reply_to=(),
        to=(),
        cc=(),
        subject="Interview",
        text="We regret. Secret words.",
        signature_at=24,
        quoted="older words",
    )
    signal = Signal(SignalKind.REJECTION, "regret", Strength.STRONG, Evidence("We regret"))
    return Reading(message, outgoing=False, language="en", signals=(signal,))


# ── the mailbox ────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_keeps_the_account(store: Store) -> None:
    account = Account(
        "jo@home.example", "7", ("Jo",), (SendAs(Address("Jo", "jo@home.example"), "<p>J", True),), NOW, "q1"
    )
    store.save_account(account)
    assert store.account() == store.account("jo@home.example") == account
    assert store.account("other@home.example") is None


def test_it_advances_facts_and_cursor_together(store: Store) -> None:
    source = mail("m1")
    store.advance("200", at=NOW, sources=[source, mail("m0", hours=-1)], seen={"m2": "t9"}, listed_with="q")
    account = store.account()
    assert account is not None
    assert (account.history_id, account.last_sync, account.listed_with) == ("200", NOW, "q")
    assert [s.gmail_id for s in store.sources()] == ["m0", "m1"]
    assert store.source("m1") == source
    assert store.source("m2") is None
    assert store.has_message(["m1", "m2", "m3"]) == {"m1", "m2"}
    assert store.thread_ids() == {"t1"}
    assert store.examined() == 3


def test_it_moves_no_cursor_when_a_fact_fails(store: Store) -> None:
    naive = replace(mail("m2"), internal_date=datetime(2026, 1, 1))  # noqa: DTZ001 the fault under test
    with pytest.raises(Exception, match="naive"):
        store.advance("200", at=NOW, sources=[mail("m1"), naive])
    account = store.account()
    assert account is not None
    assert account.history_id == "100"
    assert store.sources() == ()


def test_it_refuses_to_advance_before_there_is_an_account(tmp_path: Path) -> None:
    with Store.open(tmp_path / "agent.db") as empty:
        with pytest.raises(LookupError):
            empty.advance("1", at=NOW, sources=[mail("m1")])
        assert empty.sources() == ()


def test_it_shows_a_message_under_the_labels_it_has_now(store: Store) -> None:
    store.advance("200", at=NOW, sources=[mail("m1")], seen={"m2": "t2"})
    store.advance(
        "201", at=NOW, label_changes={"m1": frozenset({"TRASH"}), "m2": frozenset({"X"}), "m9": frozenset()}
    )
    assert store.sources()[0].label_ids == {"TRASH"}
    assert store.label_ids(["m1", "m2"]) == {"m1": frozenset({"TRASH"})}


def test_it_remembers_what_a_deleted_message_said_but_not_a_deleted_draft(store: Store) -> None:
    store.advance("200", at=NOW, sources=[mail("m1"), mail("d1", labels=("DRAFT",))], seen={"m2": "t2"})
    store.advance("201", at=NOW, deleted=["m1", "d1", "m2", "unknown"])
    assert [s.gmail_id for s in store.sources()] == ["m1"]
    assert store.gone_ids() == {"m1"}
    assert store.present() == {}
    assert store.has_message(["m1", "m2", "d1"]) == {"m1"}


def test_it_keeps_the_text_of_a_message_later_judged_irrelevant(store: Store) -> None:
    store.advance("200", at=NOW, sources=[mail("m1")])
    store.advance("201", at=NOW, seen={"m1": "t1"})
    assert store.sources() == (mail("m1"),)


def test_it_takes_in_a_message_seen_before_once_it_matters(store: Store) -> None:
    store.advance("200", at=NOW, seen={"m1": "t1"})
    store.keep([mail("m1")], at=NOW)
    assert store.sources(["t1"]) == (mail("m1"),)
    assert store.sources(["t2"]) == ()


def test_it_answers_for_more_ids_than_one_statement_takes(store: Store) -> None:
    store.advance("200", at=NOW, seen={f"m{n}": "t" for n in range(2000)})
    assert len(store.has_message(f"m{n}" for n in range(40_000))) == 2000


def test_it_strips_the_text_and_keeps_the_headers(store: Store) -> None:
    store.advance("200", at=NOW, sources=[mail("m1", text="SECRET" * 50)])
    assert store.strip_text() == 1
    assert store.strip_text() == 0
    (kept,) = store.sources()
    assert kept.parts[0].text == ""
    assert kept.headers == mail("m1").headers


# ── notes, drafts, runs ────────────────────────────────────────────────────────────────────────────────────────


def test_it_numbers_the_notes(store: Store) -> None:
    first = store.add_note(Note(0, "t1", NoteKind.SET, NOW, NOW, "company", "Acme"))
    assert store.remove_note(first.id)
    second = store.add_note(Note(0, "t1", NoteKind.IGNORE, LATER, NOW))
    assert second.id > first.id
    assert store.notes() == (second,)


def test_it_writes_an_intent_once(store: Store) -> None:
    assert store.put_intent(intent())
    assert not store.put_intent(replace(intent(), text="another"))
    assert store.drafts() == (intent(),)
    assert store.draft_by_key("none") is None


def test_it_changes_a_draft_only_from_the_state_the_caller_saw(store: Store) -> None:
    store.put_intent(intent())
    assert store.update_draft(
        intent().key,
        was=DraftState.INTENDED,
        state=DraftState.OPEN,
        draft_id="d1",
        changed_at=LATER,
        attempts=1,
    )
    assert not store.update_draft(intent().key, was=DraftState.INTENDED, state=DraftState.OBSOLETE)
    assert not store.update_draft("none", state=DraftState.OPEN)
    expected = replace(intent(), state=DraftState.OPEN, draft_id="d1", changed_at=LATER, attempts=1)
    assert store.draft_by_key(intent().key) == expected


def test_it_refuses_a_state_that_does_not_exist(store: Store) -> None:
    from sqlalchemy.exc import IntegrityError

    with pytest.raises(IntegrityError):
        store.put_intent(replace(intent(), state="lost"))  # type: ignore[arg-type] # the fault under test


def test_it_lists_the_last_runs_first(store: Store) -> None:
    first = store.start_run("full", at=NOW)
    store.finish_run(first, at=LATER, outcome="ok", counts={"fetched": 3})
    store.start_run("partial", at=LATER)
    newest, oldest = store.runs()
    assert (newest.mode, newest.finished_at, newest.outcome) == ("partial", None, "")
    assert (oldest.finished_at, oldest.counts, oldest.outcome) == (LATER, {"fetched": 3}, "ok")
    assert store.runs(limit=1) == (newest,)


def test_it_writes_broken_text_as_a_question_mark(store: Store) -> None:
    store.add_note(Note(0, "t1", NoteKind.NOTE, NOW, NOW, "", "caf\udce9\x00"))
    assert store.notes()[0].value == "caf?\x00"


# ── conclusions ────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_replaces_the_conclusions_as_a_whole(store: Store) -> None:
    change = Transition("c1", "scheduled", "waiting", NOW, "the interview ended")
    store.replace_derived([conclusion("c1"), conclusion("c2")], [ThreadLink("t1", "c1", "thread")], [change])
    store.replace_derived(
        [conclusion("c2"), conclusion("c3", thread_id="t3")], [ThreadLink("t3", "c3", "uid")]
    )
    assert store.conclusions() == (conclusion("c2"), conclusion("c3", thread_id="t3"))
    assert [d["id"] for d in store.documents()] == ["c2", "c3"]
    assert store.links() == (ThreadLink("t3", "c3", "uid"),)
    assert store.transitions() == store.transitions("c1") == (change,)
    assert store.transitions("c2") == ()
    assert store.next_wake() == LATER


def test_it_drops_conclusions_but_no_fact(store: Store) -> None:
    store.advance("200", at=NOW, sources=[mail("m1")])
    store.add_note(Note(0, "t1", NoteKind.NOTE, NOW, NOW, "", "x"))
    store.replace_derived(
        [conclusion("c1")], [ThreadLink("t1", "c1", "thread")], [Transition("c1", "", "waiting", NOW, "")]
    )
    store.save_readings([reading(mail("m1"))], rules_version="1")
    store.drop_derived()
    assert (store.documents(), store.links(), store.readings("1")) == ((), (), {})
    assert len(store.sources()) == len(store.notes()) == len(store.transitions()) == 1


def test_it_gives_back_readings_made_by_the_same_rules(store: Store) -> None:
    store.advance("200", at=NOW, sources=[mail("m1")])
    store.save_readings([reading(mail("m1"))], rules_version="1")
    assert store.readings("1") == {"m1": reading(mail("m1"))}
    assert store.readings("2") == {}


def test_it_keeps_the_reading_of_a_stripped_message_through_new_rules_and_rebuilds(store: Store) -> None:
    store.advance("200", at=NOW, sources=[mail("m1")])
    store.save_readings([reading(mail("m1"))], rules_version="1", keep_text=False)
    store.strip_text()
    store.drop_derived()
    kept = store.readings("2")["m1"]
    assert kept.signals == reading(mail("m1")).signals
    assert (kept.message.text, kept.message.quoted, kept.message.subject) == ("", "", "Interview")


def test_it_keeps_several_answers_together_or_none(store: Store) -> None:
    def fall_over() -> None:
        with store.transaction() as together:
            together.add_note(Note(0, "t1", NoteKind.CLOSE, NOW, NOW))
            together.replace_derived([conclusion("c1")])
            assert len(together.documents()) == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fall_over()
    assert (store.notes(), store.documents()) == ((), ())
    with store.transaction() as together:
        together.add_note(Note(0, "t1", NoteKind.CLOSE, NOW, NOW))
        together.replace_derived([conclusion("c1")])
    assert len(store.notes()) == len(store.documents()) == 1


def test_it_can_be_glanced_at_without_its_engine(store: Store) -> None:
    store.advance("200", at=NOW)
    store.replace_derived([conclusion("c2"), conclusion("c1")])
    seen = glance(store.path)
    assert (seen.account, seen.last_sync, seen.wake_at) == ("jo@home.example", NOW, LATER)
    assert seen.documents == store.documents()


# ── forgetting ─────────────────────────────────────────────────────────────────────────────────────────────────


def bytes_on_disk(store: Store) -> bytes:
    return b"".join(path.read_bytes() for path in store.path.parent.glob("agent.db*"))


def test_it_forgets_everything_but_ids(store: Store) -> None:
    canary = "canary-" + "x" * 20
    other = mail("m2", "t2")
    store.advance("200", at=NOW, sources=[mail("m1"), other])
    store.put_intent(replace(intent(), text=canary, subject=canary, to=(f"{canary}@acme.example",)))
    store.add_note(Note(0, "t1", NoteKind.NOTE, NOW, NOW, "", canary))
    store.save_readings([reading(mail("m1"))], rules_version="1")
    kept = conclusion("c2", thread_id="t2")
    store.replace_derived(
        [replace(conclusion("c1"), explanation=(canary,)), kept],
        [ThreadLink("t1", "c1", "thread"), ThreadLink("t2", "c2", "thread")],
        [Transition("c1", "", "waiting", NOW, canary), Transition("c2", "", "waiting", NOW, "")],
    )
    assert canary.encode() in bytes_on_disk(store)
    assert store.forget(["t1", "t0"], at=LATER) == 1
    assert canary.encode() not in bytes_on_disk(store)
    assert (store.sources(), store.notes(), store.conclusions()) == ((other,), (), (kept,))
    assert len(store.links()) == len(store.transitions()) == 1
    assert store.readings("1") == {}
    assert store.has_message(["m1"]) == {"m1"}
    assert not store.put_intent(intent())
    assert store.forgotten_threads() == {"t0", "t1"}
    store.remember_again("t1")
    assert store.forgotten_threads() == {"t0"}
    assert store.check() == ()


def test_it_finds_what_ended_and_spares_threads_that_live_on(store: Store) -> None:
    old = NOW - timedelta(days=30)
    store.replace_derived(
        [
            conclusion("c1", "rejected", "t1", since=old),
            conclusion("c2", "rejected", "t2", since=LATER),
            conclusion("c3", "waiting", "t3", since=old),
            conclusion("c4", "moved_on", "t3", since=old),
            conclusion("c5", "ignored", "t5", since=old),
        ]
    )
    assert store.ended_threads(NOW) == {"t1", "t5"}
