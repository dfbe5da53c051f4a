"""Whole turns against the embedded Gmail: what they cost, what they leave alone, how a draft lives."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.cycle.world import (
    ACCEPTED,
    FOLLOW_UP_DUE,
    INVITATION,
    MARIA,
    ME,
    THANK_YOU_DUE,
    World,
    interviewed,
)
from tests.demo.discovery import Discovery

LATER = "2026-03-03T18:30:00-05:00"
HOLDING = "Hi Dana, thank you for your patience. We are still talking to others and will get back to you. Best, Maria"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Interviewed, not thanked yet; every answer of the stand-in is held against Google's schemas."""
    made = interviewed(tmp_path)
    discovery = Discovery()
    made.server.on_response = discovery.observe
    with made.server:
        yield made
    assert discovery.problems == []
    assert made.server.violations == []


@pytest.fixture
def drafted(world: World) -> World:
    """One thank-you draft lies in Gmail."""
    world.sync(THANK_YOU_DUE)
    assert len(world.drafts()) == 1
    return world


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[World]:
    """Interviewed and thanked by hand."""
    made = interviewed(tmp_path, thanked=True)
    with made.server:
        made.sync("2026-03-04T09:00:00-05:00")
        yield made


def only_draft(world: World) -> dict[str, Any]:
    [draft] = world.status()["drafts"]
    assert isinstance(draft, dict)
    return draft


def test_it_costs_one_request_and_two_units_when_nothing_is_new(waiting: World) -> None:
    document = waiting.sync("2026-03-04T10:00:00-05:00")
    assert (document["http_requests"], document["quota_units"], document["mode"]) == (1, 2, "partial")


def test_it_reads_a_new_message_once(waiting: World) -> None:
    waiting.write("m4", MARIA, ME, "2026-03-04T09:30:00-05:00", HOLDING, in_reply_to="m3")
    document = waiting.sync("2026-03-04T10:00:00-05:00")
    assert (document["messages_fetched"], document["quota_units"]) == (1, 22)
    assert waiting.status()["last_reply"]["kind"] == "holding"


def test_it_finds_the_same_after_the_history_has_expired(waiting: World) -> None:
    before = waiting.status()
    waiting.write("m4", MARIA, ME, "2026-03-04T09:30:00-05:00", HOLDING, in_reply_to="m3")
    waiting.mailbox.expire_history()
    assert waiting.sync("2026-03-04T10:00:00-05:00")["mode"] == "full"
    after = waiting.status()
    assert after["id"] == before["id"]
    assert after["last_reply"]["kind"] == "holding"
    assert waiting.sync()["mode"] == "partial"


def test_it_changes_nothing_in_a_dry_run(world: World) -> None:
    world.sync("2026-03-03T12:00:00-05:00")
    before = (world.program.config.parent / "state" / "agent.db").read_bytes()
    document = world.sync(THANK_YOU_DUE, "--dry-run")
    assert [d["kind"] for d in document["drafts_created"]] == ["thank_you"]
    assert world.drafts() == []
    assert (world.program.config.parent / "state" / "agent.db").read_bytes() == before


def test_it_puts_the_draft_into_the_thread(drafted: World) -> None:
    draft = only_draft(drafted)
    stored = drafted.mailbox.message_of(draft["draft_id"])
    assert stored.thread_id == drafted.letters.thread_ids["t1"]
    assert stored.mail.header("In-Reply-To") == drafted.letters.message_id("m2")
    assert draft["to"] == ["maria.lopez@northwind.example"]
    assert draft["state"] == "open"


def test_it_makes_no_second_draft(drafted: World) -> None:
    drafted.sync(LATER)
    drafted.sync(LATER, "--full")
    assert len(drafted.drafts()) == 1


def test_it_does_not_take_opening_for_editing(drafted: World) -> None:
    drafted.mailbox.open_draft(drafted.drafts()[0])
    drafted.sync(LATER)
    assert only_draft(drafted)["state"] == "open"


def test_it_leaves_an_edited_draft_alone_even_when_it_is_overtaken(drafted: World) -> None:
    drafted.mailbox.edit_draft(drafted.drafts()[0], append="P.S. It was the blue one.")
    drafted.sync(LATER)
    assert only_draft(drafted)["state"] == "edited"
    drafted.write(
        "m4",
        MARIA,
        ME,
        LATER,
        "Hi Dana, we have decided to move forward with another candidate. Maria",
        in_reply_to="m2",
    )
    document = drafted.sync(LATER)
    assert len(drafted.drafts()) == 1
    assert document["drafts_withdrawn"] == []
    assert any("edited" in p["what"] for p in document["problems"])
    assert drafted.sync(LATER)["problems"] == []


def test_it_withdraws_an_untouched_draft_when_they_answer(drafted: World) -> None:
    drafted.write(
        "m4",
        MARIA,
        ME,
        LATER,
        "Hi Dana, we have decided to move forward with another candidate. Maria",
        in_reply_to="m2",
    )
    document = drafted.sync(LATER)
    assert drafted.drafts() == []
    assert len(document["drafts_withdrawn"]) == 1
    assert only_draft(drafted)["state"] == "withdrawn"
    assert drafted.status()["status"] == "rejected"


def test_it_never_makes_a_discarded_draft_again(drafted: World) -> None:
    drafted.mailbox.discard_draft(drafted.drafts()[0])
    drafted.sync(LATER)
    assert only_draft(drafted)["state"] == "discarded"
    drafted.sync("2026-03-04T09:00:00-05:00")
    drafted.sync("2026-03-04T09:30:00-05:00", "--full")
    assert drafted.drafts() == []


@pytest.mark.parametrize("append", ["", "P.S. Changed a little before sending."])
def test_it_counts_a_sent_draft_whatever_it_says_now(drafted: World, append: str) -> None:
    [draft_id] = drafted.drafts()
    if append:
        drafted.mailbox.edit_draft(draft_id, append=append)
    drafted.mailbox.send_draft(draft_id, drafted.clock())
    drafted.sync(LATER)
    status = drafted.status()
    assert status["drafts"][0]["state"] == "sent"
    assert status["thank_you_sent_at"] is not None
    assert status["status"] == "waiting"


def test_it_knows_its_draft_when_the_user_gave_it_another_subject(drafted: World) -> None:
    """Gmail puts it into a thread of its own then; it is the same deed all the same."""
    [draft_id] = drafted.drafts()
    drafted.mailbox.edit_draft(draft_id, subject="Our conversation on Tuesday")
    drafted.sync(LATER)
    assert only_draft(drafted)["state"] == "edited"
    drafted.sync("2026-03-04T09:00:00-05:00")
    assert drafted.drafts() == [draft_id]
    drafted.mailbox.send_draft(draft_id, drafted.clock())
    drafted.sync("2026-03-04T09:30:00-05:00")
    assert only_draft(drafted)["state"] == "sent"
    assert drafted.status()["thank_you_sent_at"] is not None


def test_it_puts_no_second_draft_into_a_thread(drafted: World) -> None:
    """An edited thank-you is the user's and stays; the follow-up that falls due waits until it is gone."""
    [draft_id] = drafted.drafts()
    drafted.mailbox.edit_draft(draft_id, append="P.S. It was the blue one.")
    drafted.sync(LATER)
    drafted.sync(FOLLOW_UP_DUE)
    assert drafted.drafts() == [draft_id]
    _, out, _ = drafted.program.run("why", "northwind")
    assert "draft of yours" in out
    drafted.mailbox.discard_draft(draft_id)
    drafted.sync("2026-03-12T11:00:00-04:00")
    assert [d["kind"] for d in drafted.status()["drafts"] if d["state"] == "open"] == ["follow_up"]


def test_it_foresees_how_status_will_look_without_thinking_again(
    waiting: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting.clock.set(datetime.fromisoformat(FOLLOW_UP_DUE))
    thought = waiting.status()
    assert thought["status"] == "follow_up_due"

    def think(*_: object) -> None:
        raise AssertionError("thought anew")

    with monkeypatch.context() as broken:
        broken.setattr("agent.cycle.thinking.Thinker.think", think)
        assert waiting.status() == thought
        waiting.clock.set(datetime.fromisoformat("2026-07-01T09:00:00-04:00"))
        assert waiting.status()["status"] == "follow_up_due"


def test_it_counts_the_users_own_words_instead_of_the_draft(drafted: World) -> None:
    drafted.write(
        "m4", ME, MARIA, LATER, "Maria, that was a lovely hour. Thank you for it!\n\nDana\n", in_reply_to="m2"
    )
    drafted.sync(LATER)
    assert drafted.drafts() == []
    assert drafted.status()["thank_you_sent_at"] is not None


def test_it_keeps_away_from_a_thread_in_which_the_user_has_a_draft(world: World) -> None:
    raw = b"From: dana.kim@gmail.example\r\nTo: maria.lopez@northwind.example\r\nSubject: Re: Interview\r\n\r\nDear Maria\r\n"
    world.mailbox.user_draft(raw, thread_key="t1")
    world.sync(THANK_YOU_DUE)
    assert len(world.drafts()) == 1
    code, out, _ = world.program.run("why", "northwind")
    assert code == 0
    assert "draft of yours" in out


def test_it_makes_no_duplicate_after_the_database_came_back_from_a_backup(world: World) -> None:
    world.sync("2026-03-03T12:00:00-05:00")
    state = world.program.config.parent / "state"
    shutil.copytree(state, state.with_name("backup"))
    world.sync(THANK_YOU_DUE)
    shutil.rmtree(state)
    shutil.copytree(state.with_name("backup"), state)
    world.sync(LATER)
    assert len(world.drafts()) == 1
    assert only_draft(world)["state"] == "open"


def test_it_writes_no_draft_when_an_answer_arrives_while_it_thinks(world: World) -> None:
    world.sync("2026-03-03T12:00:00-05:00")
    told = False

    def answer_in_between(exchange: Any) -> None:
        nonlocal told
        if exchange.name.endswith("threads.get") and not told:
            told = True
            world.write(
                "m9",
                MARIA,
                ME,
                THANK_YOU_DUE,
                "Hi Dana, we have decided to move forward with another candidate. Maria",
                in_reply_to="m2",
            )

    world.server.on_response = answer_in_between
    world.sync(THANK_YOU_DUE)
    assert told
    world.sync(LATER)
    assert world.drafts() == []


def test_it_makes_at_most_so_many_drafts_a_day(tmp_path: Path) -> None:
    world = interviewed(tmp_path)
    config = world.program.config
    config.write_text(config.read_text() + "[policy]\nmax_drafts_per_day = 1\n")
    world.write(
        "b1",
        "Sam Ortiz <sam@halyard.example>",
        ME,
        "2026-03-02T09:20:00-05:00",
        INVITATION.replace("Maria Lopez", "Sam Ortiz").replace("Northwind Traders", "Halyard Logistics"),
        thread="t2",
        subject="Interview at Halyard Logistics",
    )
    world.write(
        "b2",
        ME,
        "Sam Ortiz <sam@halyard.example>",
        "2026-03-02T10:20:00-05:00",
        ACCEPTED.replace("Maria", "Sam"),
        thread="t2",
        subject="Re: Interview at Halyard Logistics",
        in_reply_to="b1",
    )
    with world.server:
        world.sync(THANK_YOU_DUE)
        assert len(world.drafts()) == 1
        world.sync(LATER)
        assert len(world.drafts()) == 1
        world.sync("2026-03-04T09:00:00-05:00")
        assert len(world.drafts()) == 2


def test_it_refuses_a_token_of_another_mailbox(waiting: World) -> None:
    config = waiting.program.config
    config.write_text(config.read_text().replace("dana.kim@gmail.example", "someone.else@gmail.example"))
    code, _, err = waiting.program.run("sync")
    assert code == 77
    assert "followup-agent auth" in err


def test_it_says_who_must_authorise_again_when_the_token_was_revoked(waiting: World) -> None:
    waiting.server.oauth.revoke()
    code, _, err = waiting.program.run("sync")
    assert code == 77
    assert "followup-agent auth" in err


def test_it_loses_nothing_when_gmail_cannot_be_reached(waiting: World) -> None:
    waiting.write("m4", MARIA, ME, "2026-03-04T09:30:00-05:00", HOLDING, in_reply_to="m3")
    waiting.server.stop()
    code, _, err = waiting.program.run("sync")
    assert code == 69
    assert "Traceback" not in err


def test_it_follows_up_when_it_is_due_and_the_draft_asks_one_thing(waiting: World) -> None:
    waiting.sync(FOLLOW_UP_DUE)
    [draft_id] = waiting.drafts()
    text = waiting.mailbox.message_of(draft_id).mail.text
    assert "Maria" in text
    assert text.count("?") == 1
    assert waiting.status()["status"] == "follow_up_due"


def test_it_thinks_about_mail_that_a_cut_off_turn_had_stored(
    drafted: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafted.write(
        "m4",
        MARIA,
        ME,
        LATER,
        "Hi Dana, we have decided to move forward with another candidate. Maria",
        in_reply_to="m2",
    )

    def cut_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("agent.cycle.turn.Cycle._act", cut_off)
        assert drafted.program.run("sync")[0] != 0
    assert len(drafted.drafts()) == 1
    drafted.sync(LATER)
    assert drafted.drafts() == []
