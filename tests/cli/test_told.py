"""The user's word."""

from __future__ import annotations

from datetime import datetime, timedelta

import click
import pytest

from agent.cli.corrections import pair
from agent.cli.moments import until
from agent.store.files import turn_lock
from agent.store.store import Store
from tests.cli.conftest import MARIA, START, World, mail


def test_it_takes_back_the_draft_of_what_is_ignored(synced: World) -> None:
    assert len(synced.letters.drafts()) == 1
    assert synced.json("ignore", "harbour")["status"] == "ignored"
    assert len(synced.letters.drafts()) == 1  # only a turn touches Gmail
    report = synced.json("sync")
    assert [row["candidacy"] for row in report["drafts_withdrawn"]] == [synced.id_of("Harbour Labs")]
    assert synced.letters.drafts() == []


def test_it_reopens_what_was_closed(synced: World) -> None:
    assert synced.json("close", "northwind")["status"] == "withdrawn"
    assert synced.json("reopen", "northwind")["status"] == "waiting"


def test_it_makes_a_draft_due_by_a_corrected_promise(synced: World) -> None:
    synced.out("set", "northwind", "promised=2026-03-03")
    created = synced.json("sync")["drafts_created"]
    assert [(row["kind"], row["step"]) for row in created] == [("follow_up", 1)]


def test_it_survives_a_rebuild(synced: World) -> None:
    before = synced.id_of("Northwind")
    synced.out("set", "northwind", "company=Northwind Traders", "position=Senior Analyst", "impression=poor")
    result = synced.json("rebuild")
    assert result["candidacies"] == 2
    assert result["changed"] == []
    shown = synced.json("show", "traders")
    assert (shown["id"], shown["company"]) == (before, "Northwind Traders")


def test_it_puts_the_named_contact_first(synced: World) -> None:
    shown = synced.json("set", "northwind", "contact=Jo Ander <jo@northwind.example>")
    assert shown["contacts"][0]["address"] == "jo@northwind.example"


def test_it_knows_an_interview_that_no_mail_names(synced: World) -> None:
    shown = synced.json("set", "northwind", "interview=2026-03-20 14:00")
    assert shown["status"] == "scheduled"
    ahead = [i for i in shown["interviews"] if i["source"] == "user"]
    assert [datetime.fromisoformat(i["start"]) for i in ahead] == [
        datetime.fromisoformat("2026-03-20T14:00:00-04:00")
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        "promissed=2026-03-09",
        "promised=Friday",
        "promised=2026-02-30",
        "interview=2026-03-09",
        "impression=meh",
        "language=english",
        "contact=nobody",
        "company=",
        "company=A\x00B",
        "company",
        "=x",
    ],
)
def test_it_refuses_a_wrong_key_or_value(wrong: str) -> None:
    with pytest.raises(click.BadParameter):
        pair(wrong, "America/New_York")


def test_it_hints_at_the_key_that_was_meant(synced: World) -> None:
    code, err = synced.fails("set", "northwind", "promissed=2026-03-09")
    assert code == 2
    assert "did you mean promised?" in err


@pytest.mark.parametrize(
    ("end", "not_before"), [("3w", "2026-03-26"), ("2026-04-02", "2026-04-02"), ("400h", "2026-03-22")]
)
def test_it_snoozes(synced: World, end: str, not_before: str) -> None:
    assert synced.json("snooze", "northwind", end)["next"]["due"][:10] >= not_before


@pytest.mark.parametrize("wrong", ["2026-03-01", "0d", "soon", "3y"])
def test_it_snoozes_only_into_the_future(wrong: str) -> None:
    with pytest.raises(click.BadParameter):
        until(wrong, START, "America/New_York")


def test_it_counts_a_call_as_a_follow_up(synced: World) -> None:
    shown = synced.json(
        "log", "northwind", "voicemail", "--at", "2026-03-05 09:30", "--note", "left my number"
    )
    assert len(shown["follow_ups_sent"]) == 1
    assert shown["next"]["step"] == 2


@pytest.mark.parametrize(
    ("kind", "status"), [("rejection", "rejected"), ("offer", "offer"), ("withdrawal", "withdrawn")]
)
def test_it_ends_by_what_happened_elsewhere(synced: World, kind: str, status: str) -> None:
    assert synced.json("log", "northwind", kind)["status"] == status


def test_it_logs_only_what_has_happened(synced: World) -> None:
    code, err = synced.fails("log", "northwind", "interview", "--at", "2026-04-01 10:00")
    assert code == 2
    assert "set CANDIDACY interview=" in err
    assert synced.fails("log", "northwind", "lunch")[0] == 2


def test_it_keeps_what_the_next_draft_may_mention(synced: World) -> None:
    synced.out("note", "northwind", "the article\non queues")
    with Store.open_reader(synced.database) as store:
        assert [note.value for note in store.notes()] == ["the article on queues"]
    assert synced.fails("note", "northwind", "  ")[0] == 2


def test_it_merges_and_splits(synced: World) -> None:
    merged = synced.json("merge", "northwind", "harbour")
    assert len(merged["thread_ids"]) == 2
    assert synced.fails("merge", "northwind", "northwind")[0] == 65
    other = merged["thread_ids"][1]
    assert len(synced.json("split", merged["id"], other)["thread_ids"]) == 1
    assert len(synced.json("status", "--all")["candidacies"]) == 2
    assert synced.fails("split", merged["id"], "18f2a7c0d1e2f3a4")[0] == 65


def test_it_tracks_a_thread_that_was_never_read(synced: World) -> None:
    thread = synced.letters.thread_ids["choir"]
    assert synced.json("track", thread)["thread_ids"] == [thread]
    assert len(synced.json("status", "--all")["candidacies"]) == 3


def test_it_tracks_by_message_and_by_address(synced: World) -> None:
    synced.letters.deliver(
        mail(
            "c2", "choir", "2026-03-05T09:00:00-05:00", "Ines <ines@varga.example>", "Hm.\n", "Re: Rehearsal"
        )
    )
    message, thread = synced.letters.gmail_ids["c2"], synced.letters.thread_ids["choir"]
    assert synced.json("track", message)["thread_ids"] == [thread]
    assert synced.json("track", f"https://mail.google.com/mail/u/0/#all/{thread}")["thread_ids"] == [thread]


def test_it_tracks_only_what_gmail_knows(synced: World) -> None:
    assert synced.fails("track", "18f2a7c0d1e2f3a4")[0] == 65
    assert synced.fails("track", "FMfcgzQXJWDsKmvPLcdfvxxGmtnShJvz")[0] == 65


def test_it_says_nothing_about_nothing(world: World) -> None:
    for verb in (["ignore", "x"], ["rebuild"], ["track", "18f2a7c0d1e2f3a4"], ["forget", "x", "--yes"]):
        code, err = world.fails(*verb)
        assert code == 65
        assert "sync" in err
    assert not world.database.exists()


def test_it_waits_for_a_turn_and_gives_up_in_the_end(synced: World) -> None:
    with turn_lock(synced.database):
        code, err = synced.fails("ignore", "northwind")
        assert code == 75
        assert "another turn" in err
        assert synced.fails("sync")[0] == 75
    with Store.open_reader(synced.database) as store:
        assert store.notes() == ()


def test_it_forgets_only_what_is_over(synced: World) -> None:
    code, err = synced.fails("forget", "northwind", "--yes")
    assert code == 65
    assert "close" in err
    synced.out("close", "northwind")
    assert synced.fails("forget", "northwind")[0] == 2  # nobody to ask
    result = synced.json("forget", "northwind", "--yes")
    assert result["messages"] == 4
    assert [row["company"] for row in synced.json("status", "--all")["candidacies"]] == ["Harbour Labs"]
    synced.out("sync", "--full")
    assert [row["company"] for row in synced.json("status", "--all")["candidacies"]] == ["Harbour Labs"]
    assert synced.json("track", result["threads"][0])["company"] == "Northwind"


def test_it_forgets_what_ended_before_a_day(synced: World) -> None:
    synced.out("close", "northwind")
    assert synced.json("forget", "--ended-before", "2026-03-01", "--yes")["threads"] == []
    assert len(synced.json("forget", "--ended-before", "2026-03-06", "--yes")["threads"]) == 1
    assert synced.fails("forget")[0] == 2


def test_it_obeys_the_later_word(synced: World) -> None:
    synced.out("ignore", "northwind")
    synced.clock.advance(timedelta(hours=1))
    synced.letters.deliver(
        mail(
            "n5",
            "northwind",
            "2026-03-05T10:30:00-05:00",
            MARIA,
            "Dear Dana, a short question.\n",
            "Re: Interview",
        )
    )
    synced.out("sync")
    assert synced.json("show", "northwind")["status"] == "ignored"
