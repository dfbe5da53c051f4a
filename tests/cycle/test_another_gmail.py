"""Whole turns against a Gmail that answers otherwise than a convenient one: half answers, late lists, refusals that were none."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.demo.faults import Fault
from agent.demo.mail import Mail
from agent.gmail import calls, session
from agent.gmail.client import Gmail
from agent.gmail.transport import Answer
from tests.cycle.world import MARIA, ME, THANK_YOU_DUE, World, interviewed

Json = dict[str, Any]
Change = Callable[[Answer], Answer]

DRAFTS = "/drafts$"
A_BIT_LATER, LATER = "2026-03-03T17:40:00-05:00", "2026-03-03T18:30:00-05:00"
REFUSAL = "Hi Dana,\n\nUnfortunately we have decided to move forward with another candidate.\n\nMaria\n"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Interviewed, not thanked yet."""
    made = interviewed(tmp_path)
    with made.server:
        yield made
    assert made.server.violations == []


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """``answering(path, change, times=…)``: the next answers to such GETs (or ``method``) are changed on their way."""
    carry = calls.carry

    def order(path: str, change: Change, *, method: str = "GET", times: int = 10**6) -> None:
        left = [times]

        def changed(request: Any, http: Any, token: str | None) -> Answer:
            answer = carry(request, http, token)
            asked = request.uri.partition("?")[0]
            if left[0] and request.method == method and re.search(path, asked) and answer.status < 300:
                left[0] -= 1
                return change(answer)
            return answer

        monkeypatch.setattr(session, "carry", changed)

    return order


def saying(status: int, body: object) -> Change:
    """Another answer in its place."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda answer: replace(answer, status=status, content=content)


def without(change: Callable[[Json], object]) -> Change:
    """The same answer, its document changed in place."""

    def changed(answer: Answer) -> Answer:
        document = json.loads(answer.content)
        change(document)
        return replace(answer, content=json.dumps(document).encode())

    return changed


def states(world: World) -> list[str]:
    return [draft["state"] for draft in world.status()["drafts"]]


def test_it_reads_messages_whose_labels_are_null(world: World, answering: Callable[..., None]) -> None:
    def null_labels(thread: Json) -> None:
        for message in thread["messages"]:
            message["labelIds"] = None

    answering("/threads/", without(null_labels))
    world.sync(THANK_YOU_DUE)
    assert len(world.drafts()) == 1


@pytest.mark.parametrize("body", [{"error": {"errors": 7, "details": 3.5}}, {"error": {"errors": {"a": 1}}}])
def test_it_says_what_is_wrong_where_an_error_is_no_list(
    world: World, answering: Callable[..., None], body: Json
) -> None:
    answering("/profile$", saying(409, body))
    world.clock.set(world.clock())
    assert world.program.run("sync")[0] == 69


def test_it_does_not_take_a_draft_for_discarded_that_the_list_does_not_show_yet(
    world: World, answering: Callable[..., None]
) -> None:
    world.sync(THANK_YOU_DUE)
    world.mailbox.open_draft(world.drafts()[0])
    answering(DRAFTS, saying(200, {}))
    world.sync(A_BIT_LATER)
    assert states(world) == ["open"]
    world.write("m9", MARIA, ME, "2026-03-03T17:50:00-05:00", REFUSAL, in_reply_to="m2")
    world.sync(LATER)
    assert (world.drafts(), states(world)) == ([], ["withdrawn"])


def test_it_still_sees_that_a_draft_is_discarded(world: World) -> None:
    world.sync(THANK_YOU_DUE)
    world.mailbox.discard_draft(world.drafts()[0])
    world.sync(A_BIT_LATER)
    assert states(world) == ["discarded"]


@pytest.mark.parametrize("code", [400, 404, 409, 412])
def test_it_tries_again_what_was_refused_once(world: World, code: int) -> None:
    world.server.faults.add(
        Fault(kind="status", code=code, reason="failedPrecondition", method="POST", path="drafts")
    )
    document = world.sync(THANK_YOU_DUE)
    assert (world.drafts(), [p["what"] for p in document["problems"]]) == (
        [],
        [f"a draft was not made: Gmail refused it ({code})"],
    )
    world.sync(LATER)
    assert (len(world.drafts()), states(world)) == (1, ["open"])


def test_it_gives_up_what_is_always_refused(world: World) -> None:
    world.server.faults.add(
        Fault(kind="status", code=400, reason="invalidArgument", method="POST", path="drafts", times=99)
    )
    for minute in range(20, 60, 5):
        world.sync(f"2026-03-03T18:{minute}:00-05:00")
    assert world.server.arrived("POST", "drafts") == 3
    assert states(world) == ["obsolete"]


def test_it_takes_in_a_draft_that_was_made_though_it_was_refused(
    world: World, answering: Callable[..., None]
) -> None:
    answering(DRAFTS, saying(400, {"error": {"code": 400}}), method="POST", times=1)
    world.sync(THANK_YOU_DUE)
    assert len(world.drafts()) == 1
    world.sync(LATER)
    assert (len(world.drafts()), states(world)) == (1, ["open"])


@pytest.mark.parametrize("fault", [(403, "rateLimitExceeded"), (429, "rateLimitExceeded")])
def test_it_outlasts_a_quota_that_is_used_up_turn_after_turn(world: World, fault: tuple[int, str]) -> None:
    code, reason = fault
    world.server.faults.add(
        Fault(kind="status", code=code, reason=reason, method="POST", path="drafts", times=5)
    )
    for minute in range(0, 50, 10):
        world.clock.set(world.clock().fromisoformat(f"2026-03-03T18:{minute:02}:00-05:00"))
        assert world.program.run("sync")[0] == 75
    world.sync("2026-03-03T19:00:00-05:00")
    assert states(world) == ["open"]


def test_it_tries_again_hours_later_where_no_answer_was_clear(world: World) -> None:
    world.server.faults.add(Fault(kind="status", code=503, method="POST", path="drafts", times=99))
    for minute in range(0, 50, 10):
        world.sync(f"2026-03-03T18:{minute:02}:00-05:00")
    assert world.server.arrived("POST", "drafts") == 3
    world.server.faults.clear()
    world.sync("2026-03-03T19:00:00-05:00")
    assert world.drafts() == []
    world.sync("2026-03-04T09:00:00-05:00")
    assert (len(world.drafts()), states(world)) == (1, ["open"])


def test_it_takes_back_the_second_of_two_drafts_that_gmail_made_of_one_request(world: World) -> None:
    world.sync(THANK_YOU_DUE)
    [first] = world.drafts()
    stored = world.mailbox.message_of(first)
    world.mailbox.create_draft(stored.mail.raw, thread_id=stored.thread_id)
    assert len(world.drafts()) == 2
    document = world.sync(A_BIT_LATER)
    assert world.drafts() == [first]
    assert [d["because"] for d in document["drafts_withdrawn"]] == ["Gmail made it twice"]


def test_it_leaves_the_second_of_two_drafts_alone_once_a_hand_was_on_it(world: World) -> None:
    world.sync(THANK_YOU_DUE)
    [first] = world.drafts()
    stored = world.mailbox.message_of(first)
    world.mailbox.create_draft(stored.mail.raw, thread_id=stored.thread_id)
    second = next(one for one in world.drafts() if one != first)
    world.mailbox.edit_draft(second, append="P.S. It was the blue one.")
    world.sync(A_BIT_LATER)
    assert sorted(world.drafts()) == sorted([first, second])


@pytest.mark.parametrize(
    "lie",
    [
        saying(204, b""),
        saying(200, {}),
        saying(200, {"error": {"code": 500}}),
        saying(200, {"message": None}),
        saying(200, {"message": {"id": "1", "threadId": "2", "payload": {"headers": None}}}),
    ],
)
def test_it_asks_again_where_half_an_answer_came(
    world: World, answering: Callable[..., None], lie: Change
) -> None:
    world.sync(THANK_YOU_DUE)
    world.mailbox.open_draft(world.drafts()[0])
    answering("/drafts/", lie, times=1)
    world.sync(A_BIT_LATER)
    assert states(world) == ["open"]


@pytest.mark.parametrize("lie", [saying(204, b""), saying(200, {}), saying(200, {"id": 7})])
def test_it_does_not_lose_a_message_to_half_an_answer(
    world: World, answering: Callable[..., None], lie: Change
) -> None:
    world.sync(THANK_YOU_DUE)
    world.write("m9", MARIA, ME, "2026-03-03T17:35:00-05:00", REFUSAL, in_reply_to="m2")
    answering("/messages/", lie, times=4)
    world.sync(A_BIT_LATER)
    assert (world.status()["status"], world.drafts()) == ("rejected", [])


def test_it_does_not_advance_past_a_message_that_is_never_told_whole(
    world: World, answering: Callable[..., None]
) -> None:
    world.sync(THANK_YOU_DUE)
    world.write("m9", MARIA, ME, "2026-03-03T17:35:00-05:00", REFUSAL, in_reply_to="m2")
    answering("/messages/", saying(200, {}), times=5)
    world.clock.set(world.clock().fromisoformat(A_BIT_LATER))
    assert world.program.run("sync")[0] == 69
    world.sync(LATER)
    assert world.status()["status"] == "rejected"


def test_it_knows_that_a_draft_was_sent_while_it_was_being_taken_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.sync(THANK_YOU_DUE)
    [draft] = world.drafts()
    world.write("m9", MARIA, ME, "2026-03-03T17:35:00-05:00", REFUSAL, in_reply_to="m2")
    delete = Gmail.delete_draft

    def sent_just_before(gmail: Gmail, draft_id: str) -> None:
        world.mailbox.send_draft(draft_id)
        delete(gmail, draft_id)

    monkeypatch.setattr(Gmail, "delete_draft", sent_just_before)
    world.sync(A_BIT_LATER)
    world.sync(LATER)
    assert (states(world), draft in world.drafts()) == (["sent"], False)


@pytest.mark.parametrize(
    "date", ["Thu, 01 Jan 2099 00:00:00 +0000", "Thu, 01 Jan 1981 00:00:00 +0000", "soon"]
)
def test_it_reads_days_by_the_arrival_where_the_date_cannot_be_true(tmp_path: Path, date: str) -> None:
    made = interviewed(tmp_path)
    for key, stored in list(made.mailbox.ledger.messages.items()):
        mail = Mail(re.sub(rb"(?m)^Date:.*$", f"Date: {date}".encode(), stored.mail.raw))
        made.mailbox.ledger.messages[key] = replace(stored, mail=mail)
    with made.server:
        made.sync(THANK_YOU_DUE)
        assert made.status()["interviews"][0]["start"] == "2026-03-03T14:00:00-05:00"
        assert len(made.drafts()) == 1


def test_it_reads_a_draft_whose_text_gmail_keeps_apart(world: World, answering: Callable[..., None]) -> None:
    def kept_apart(draft: Json) -> None:
        waiting = [draft["message"].get("payload", {})]
        while waiting:
            part = waiting.pop()
            waiting += part.get("parts", [])
            if part.get("body", {}).pop("data", None):
                part["body"]["attachmentId"] = "ANGjdJ8"

    answering("/drafts/", without(kept_apart))
    world.sync(THANK_YOU_DUE)
    world.mailbox.open_draft(world.drafts()[0])
    world.sync(A_BIT_LATER)
    assert states(world) == ["open"]
    world.mailbox.edit_draft(world.drafts()[0], append="P.S. It was the blue one.")
    world.sync(LATER)
    assert states(world) == ["edited"]


def test_it_takes_back_a_twin_that_the_list_showed_late(world: World, answering: Callable[..., None]) -> None:
    world.sync(THANK_YOU_DUE)
    [first] = world.drafts()
    stored = world.mailbox.message_of(first)
    world.mailbox.create_draft(stored.mail.raw, thread_id=stored.thread_id)
    answering(DRAFTS, without(lambda page: page.update(drafts=[{"id": first, "message": {}}])), times=1)
    world.sync("2026-03-03T17:33:00-05:00")
    assert len(world.drafts()) == 2
    world.sync("2026-03-03T17:36:00-05:00")
    assert len(world.drafts()) == 1


def test_it_does_not_take_one_draft_that_is_listed_twice_for_two(
    world: World, answering: Callable[..., None]
) -> None:
    answering(DRAFTS, saying(400, {"error": {"code": 400}}), method="POST", times=1)
    world.sync(THANK_YOU_DUE)
    [only] = world.drafts()
    answering(DRAFTS, without(lambda page: page.update(drafts=page["drafts"] * 2)))
    world.sync(LATER)
    assert (world.drafts(), states(world)) == ([only], ["open"])


def test_it_does_not_take_an_opened_draft_that_the_list_showed_late_for_edited(
    world: World, answering: Callable[..., None]
) -> None:
    answering(DRAFTS, saying(400, {"error": {"code": 400}}), method="POST", times=1)
    world.sync(THANK_YOU_DUE)
    world.mailbox.open_draft(world.drafts()[0])
    answering(DRAFTS, saying(200, {}), times=3)
    world.sync(LATER)
    assert states(world) == ["open"]
