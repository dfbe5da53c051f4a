"""Labels that the user puts on threads in Gmail, obeyed by the next turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cycle.world import MARIA, ME, THANK_YOU_DUE, World, interviewed

LATER = "2026-03-03T18:30:00-05:00"
NEXT_DAY = "2026-03-04T09:00:00-05:00"
DRUMS = "Bo Lind <bo@drumcircle.example>"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Interviewed, not thanked yet, read once; beside it a chat that no rule takes for a candidacy."""
    made = interviewed(tmp_path)
    made.write(
        "d1", DRUMS, ME, "2026-03-02T09:20:00-05:00", "Hi Dana,\n\nBring the sticks on Thursday.\n\nBo\n",
        thread="drums", subject="Thursday",
    )  # fmt: skip
    with made.server:
        made.sync("2026-03-03T12:00:00-05:00")
        yield made


def label(world: World, key: str, name: str) -> None:
    world.mailbox.add_label(world.letters.gmail_ids[key], name)


def unlabel(world: World, key: str, name: str) -> None:
    world.mailbox.remove_label(world.letters.gmail_ids[key], name)


def rows(world: World) -> list[dict[str, Any]]:
    document = world.program.json("status", "--all", "--json")
    assert document is not None
    return list(document["candidacies"])


def candidacies(world: World) -> list[str]:
    """The first thread of each candidacy."""
    return [row["thread_ids"][0] for row in rows(world)]


@pytest.mark.parametrize(("name", "status"), [("Followup/Ignore", "ignored"), ("Followup/Done", "withdrawn")])
def test_it_takes_back_the_draft_and_gives_it_again_with_the_label(
    world: World, name: str, status: str
) -> None:
    label(world, "m1", name)
    world.sync(THANK_YOU_DUE)
    assert world.status()["status"] == status
    assert world.drafts() == []
    unlabel(world, "m1", name)
    world.sync(LATER)
    assert world.status()["status"] == "thank_you_due"
    assert len(world.drafts()) == 1


def test_it_withdraws_a_draft_when_the_thread_is_labelled(world: World) -> None:
    world.sync(THANK_YOU_DUE)
    assert len(world.drafts()) == 1
    label(world, "m2", "Followup/Ignore")
    document = world.sync(LATER)
    assert (world.drafts(), len(document["drafts_withdrawn"])) == ([], 1)


def test_it_snoozes_from_the_day_the_label_was_first_seen(world: World) -> None:
    label(world, "m1", "Followup/Snooze 1w")
    world.sync(THANK_YOU_DUE)
    assert world.drafts() == []
    world.sync("2026-03-09T12:00:00-04:00", "--full")
    assert world.drafts() == []
    due = world.status()["next"]["due"]
    world.sync("2026-03-12T12:00:00-04:00")
    assert world.status()["status"] in {"follow_up_due", "waiting"}
    assert due[:10] == "2026-03-12"
    assert world.status()["next"]["due"] == due


def test_it_asks_for_names_once_and_idles_cheaply_afterwards(world: World) -> None:
    label(world, "m1", "Followup/Snooze 2026-12-01")
    first = world.sync(NEXT_DAY)
    assert (first["http_requests"], first["quota_units"]) == (2, 3)
    idle = world.sync("2026-03-04T09:05:00-05:00")
    assert (idle["http_requests"], idle["quota_units"]) == (1, 2)
    label(world, "m2", "Followup/Snooze 2026-12-01")
    again = world.sync("2026-03-04T09:10:00-05:00")
    assert (again["http_requests"], again["quota_units"]) == (1, 2)


def test_it_reads_a_tracked_thread_whole_though_no_rule_found_it(world: World) -> None:
    assert len(candidacies(world)) == 1
    label(world, "d1", "Followup/Track")
    document = world.sync(NEXT_DAY)
    assert document["messages_fetched"] == 1
    assert world.letters.thread_ids["drums"] in candidacies(world)
    unlabel(world, "d1", "Followup/Track")
    world.sync("2026-03-04T09:05:00-05:00")
    assert world.letters.thread_ids["drums"] not in candidacies(world)


def test_it_finds_a_tracked_thread_when_the_history_has_expired(world: World) -> None:
    label(world, "d1", "Followup/Track")
    label(world, "m1", "Followup/Ignore")
    world.mailbox.expire_history()
    assert world.sync(NEXT_DAY)["mode"] == "full"
    assert world.letters.thread_ids["drums"] in candidacies(world)
    assert world.drafts() == []
    unlabel(world, "d1", "Followup/Track")
    unlabel(world, "m1", "Followup/Ignore")
    world.mailbox.expire_history()
    world.sync("2026-03-04T09:05:00-05:00")
    assert world.status()["status"] == "thank_you_due"


def test_it_makes_no_candidacy_of_a_stored_thread_that_is_only_ignored_or_snoozed(world: World) -> None:
    receipt = "Dear Dana,\n\nThank you for your application for Data Clerk. We will review it.\n\nHalyard Logistics\n"
    world.write(
        "r1", "Halyard Logistics <jobs@halyard.example>", ME, "2026-03-03T16:00:00-05:00", receipt,
        thread="halyard", subject="Your application for Data Clerk",
    )  # fmt: skip
    world.sync(NEXT_DAY)
    assert len(candidacies(world)) == 1
    for name in ("Followup/Ignore", "Followup/Snooze 3d", "Followup/Done"):
        label(world, "r1", name)
        world.sync("2026-03-04T09:05:00-05:00")
        assert len(candidacies(world)) == 1
    label(world, "r1", "Followup/Track")
    world.sync("2026-03-04T09:10:00-05:00")
    assert len(candidacies(world)) == 2


def test_it_brings_back_a_forgotten_thread_only_when_it_is_labelled_anew(world: World) -> None:
    label(world, "d1", "Followup/Track")
    world.sync(NEXT_DAY)
    [tracked] = [
        row["id"] for row in rows(world) if row["thread_ids"][0] == world.letters.thread_ids["drums"]
    ]
    assert world.program.run("close", tracked)[0] == 0
    assert world.program.run("forget", tracked, "--yes")[0] == 0
    world.sync("2026-03-04T09:05:00-05:00", "--full")
    assert len(candidacies(world)) == 1
    unlabel(world, "d1", "Followup/Track")
    label(world, "d1", "Followup/Track")
    world.sync("2026-03-04T09:10:00-05:00")
    assert len(candidacies(world)) == 2
    world.write(
        "d2", DRUMS, ME, "2026-03-04T09:12:00-05:00", "Or on Friday?", thread="drums", subject="Thursday"
    )
    assert world.sync("2026-03-04T09:15:00-05:00")["messages_fetched"] == 1


def test_it_lets_a_later_word_overrule_an_older_label(world: World) -> None:
    label(world, "m1", "Followup/Ignore")
    world.sync(THANK_YOU_DUE)
    assert world.program.run("reopen", "northwind")[0] == 0
    assert world.status()["status"] != "ignored"


def test_it_says_that_a_label_is_not_understood(world: World) -> None:
    label(world, "m1", "Followup/Snooze a while")
    [problem] = world.sync(NEXT_DAY)["problems"]
    assert "Snooze a while" in problem["what"]


def test_it_obeys_a_filter_that_tracks_mail_as_it_arrives(world: World) -> None:
    label(world, "d1", "Followup/Track")
    world.sync(NEXT_DAY)
    raw = f"From: Ida <ida@choir.example>\r\nTo: {ME}\r\nSubject: Hello\r\n\r\nHi Dana, how about a coffee?\r\n".encode()
    world.mailbox.deliver(raw, labels=["INBOX", "Followup/Track"], thread_key="ida")
    world.sync("2026-03-04T10:00:00-05:00")
    assert len(candidacies(world)) == 3


def test_it_names_the_label_as_the_reason(world: World) -> None:
    label(world, "m1", "Followup/Ignore")
    world.sync(NEXT_DAY)
    code, out, _ = world.program.run("show", "northwind", "--json")
    assert code == 0
    assert "Followup/Ignore" in out
    assert MARIA.partition(" <")[0] in out
