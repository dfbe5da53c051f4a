"""History pages become Changes, whatever their order, repetitions and gaps."""

import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agent.gmail.client import Gmail
from agent.gmail.history import Added, Changes, DraftsTouched, LabelChange, changes
from tests.demo.letters import letter, reply

Record = dict[str, Any]


def message(gmail_id: str, *labels: str, thread: str = "t") -> dict[str, Any]:
    return {"message": {"id": gmail_id, "threadId": thread, "labelIds": list(labels)}}


def added(number: int, gmail_id: str, *labels: str) -> Record:
    return {"id": str(number), "messages": [{"id": gmail_id}], "messagesAdded": [message(gmail_id, *labels)]}


def deleted(number: int, gmail_id: str, *labels: str) -> Record:
    return {"id": str(number), "messagesDeleted": [message(gmail_id, *labels)]}


def labelled(number: int, gmail_id: str, label: str, *after: str, on: bool = True) -> Record:
    key = "labelsAdded" if on else "labelsRemoved"
    return {"id": str(number), key: [message(gmail_id, *after) | {"labelIds": [label]}]}


def page(*records: Record, history_id: int = 99, token: str = "") -> dict[str, Any]:
    whole: dict[str, Any] = {"historyId": str(history_id)}
    if records:
        whole["history"] = list(records)
    if token:
        whole["nextPageToken"] = token
    return whole


def test_it_keeps_the_cursor_when_nothing_happened() -> None:
    assert changes([page(history_id=50)], start=50) == Changes(50)
    assert changes([{}], start=50) == Changes(50)
    assert changes([], start=50).empty


def test_it_never_moves_the_cursor_back_and_compares_numbers() -> None:
    assert changes([page(history_id=9), page(history_id=10)], start=8).history_id == 10
    assert changes([page(history_id=9)], start=10).history_id == 10


def test_it_reports_what_was_added_with_its_last_labels() -> None:
    found = changes(
        [page(added(10, "m", "INBOX"), labelled(11, "m", "STARRED", "INBOX", "STARRED"))], start=1
    )
    assert found.added == (Added("m", "t", frozenset({"INBOX", "STARRED"})),)
    assert found.labels == ()


def test_it_goes_on_through_a_page_without_history() -> None:
    found = changes([page(token="x"), page(added(10, "m", "INBOX"))], start=1)
    assert [one.gmail_id for one in found.added] == ["m"]


def test_it_sets_drafts_apart() -> None:
    found = changes(
        [
            page(
                added(10, "d1", "DRAFT"),
                deleted(11, "d1", "DRAFT"),
                added(12, "d2", "DRAFT"),
                deleted(13, "d0", "DRAFT"),
            )
        ],
        start=1,
    )
    assert found.added == ()
    assert found.deleted == ()
    assert found.drafts_touched == DraftsTouched((("d2", "t"),), ("d0",), (("d1", "t"),))


def test_it_reports_a_draft_that_was_sent_as_a_new_message() -> None:
    found = changes([page(deleted(10, "d", "DRAFT"), added(11, "m", "SENT"))], start=1)
    assert found.added == (Added("m", "t", frozenset({"SENT"})),)
    assert found.drafts_touched.deleted == ("d",)


def test_it_cancels_what_was_added_and_deleted() -> None:
    assert changes([page(added(10, "m", "INBOX"), deleted(11, "m"))], start=1).empty


def test_it_reports_deletions_once_and_drops_label_changes_before_them() -> None:
    found = changes([page(labelled(10, "m", "TRASH"), deleted(11, "m"), deleted(11, "m"))], start=1)
    assert found.deleted == ("m",)
    assert found.labels == ()


def test_it_reports_trashing_as_a_label_change() -> None:
    found = changes(
        [page(labelled(10, "m", "TRASH", "TRASH"), labelled(11, "m", "INBOX", "TRASH", on=False))], start=1
    )
    assert found.labels == (
        LabelChange("m", "t", frozenset({"TRASH"}), frozenset({"TRASH"}), frozenset({"INBOX"})),
    )


def test_it_lets_the_last_word_on_a_label_count() -> None:
    (change,) = changes(
        [page(labelled(11, "m", "UNREAD", on=False), labelled(9, "m", "UNREAD", "UNREAD"))], start=1
    ).labels
    assert (change.added, change.removed) == (frozenset(), frozenset({"UNREAD"}))


def test_it_knows_no_final_labels_where_gmail_tells_none() -> None:
    record = {"id": "10", "labelsAdded": [{"message": {"id": "m", "threadId": "t"}, "labelIds": ["TRASH"]}]}
    (change,) = changes([page(record)], start=1).labels
    assert change.label_ids is None


def test_it_leaves_chats_out() -> None:
    assert changes([page(added(10, "c", "CHAT"))], start=1).empty


def test_it_reads_nonsense_as_nothing() -> None:
    nonsense: list[Any] = [None, 1, "x", [1], [{}], [{"message": None}], [{"message": {"id": 7}}]]
    for value in nonsense:
        record = {"id": value, "messagesAdded": value, "labelsAdded": value, "messagesDeleted": value}
        assert changes([{"history": [record], "historyId": value}, {"history": value}], start=5) == Changes(5)


def happenings(seed: list[tuple[int, int]]) -> list[Record]:
    """A plausible history: messages come, are labelled, go."""
    records: list[Record] = []
    alive: dict[str, set[str]] = {"old1": {"INBOX"}, "old2": {"INBOX"}}
    for number, (choice, which) in enumerate(seed, start=7):
        names = sorted(alive)
        if choice == 0 or not names:
            alive[f"m{number}"] = {"INBOX"}
            records.append(added(number, f"m{number}", "INBOX"))
            continue
        name = names[which % len(names)]
        if choice == 1:
            records.append(deleted(number, name, *alive.pop(name)))
        elif choice == 2:
            alive[name].add("STARRED")
            records.append(labelled(number, name, "STARRED", *alive[name]))
        else:
            alive[name].discard("INBOX")
            records.append(labelled(number, name, "INBOX", *alive[name], on=False))
    return records


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), max_size=25), st.randoms(use_true_random=False)
)
def test_it_does_not_mind_order_pages_and_repetitions(
    seed: list[tuple[int, int]], chance: random.Random
) -> None:
    records = happenings(seed)
    plain = changes([page(*records)], start=1)
    again = [*records, *chance.sample(records, len(records) // 2)]
    chance.shuffle(again)
    cut = chance.randint(0, len(again))
    other = changes([page(*again[:cut], token="x"), page(token="y"), page(*again[cut:])], start=1)
    assert set(plain.added) == set(other.added)
    assert set(plain.deleted) == set(other.deleted)
    assert set(plain.labels) == set(other.labels)


def test_it_reads_what_the_embedded_gmail_tells(gmail: Gmail, mailbox: Any) -> None:
    old = mailbox.deliver(letter(), thread_key="t")
    start = gmail.profile().history_id
    draft = mailbox.user_draft(reply(), thread_key="t")
    mailbox.edit_draft(draft, append="more")
    mailbox.edit_draft(draft, append="and more")
    mailbox.trash(old)
    new = mailbox.deliver(letter(message_id="m2@x.example"), thread_key="t")
    found = changes(gmail.history(start), start=start)
    assert [one.gmail_id for one in found.added] == [new]
    assert [(one.gmail_id, one.added) for one in found.labels] == [(old, frozenset({"TRASH"}))]
    assert found.deleted == ()
    assert found.drafts_touched.added == ((mailbox.message_of(draft).id, mailbox.thread_of("t")),)
    sent = mailbox.send_draft(draft)
    later = changes(gmail.history(found.history_id), start=found.history_id)
    assert [one.gmail_id for one in later.added] == [sent]
