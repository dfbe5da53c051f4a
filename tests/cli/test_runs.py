"""``runs``: the last turns."""

from __future__ import annotations

from datetime import timedelta

from tests.cli.conftest import World


def test_it_lists_the_last_turns_newest_first(synced: World) -> None:
    synced.clock.advance(timedelta(minutes=15))  # drafts just made are looked at for ten
    synced.out("sync")
    rows = synced.json("runs")["runs"]
    assert [(row["mode"], row["outcome"]) for row in rows] == [("partial", "ok"), ("partial", "ok")]
    assert rows[0]["counts"]["units"] == 2
    assert rows[0]["started_at"] > rows[1]["started_at"]
    assert len(synced.json("runs", "--last", "1")["runs"]) == 1
    assert len(synced.out("runs").splitlines()) == 3


def test_it_shows_a_turn_that_failed(synced: World) -> None:
    synced.server.oauth.revoke()
    synced.run("sync")
    assert synced.json("runs")["runs"][0]["outcome"] == "AuthError"


def test_it_says_so_before_the_first_turn(world: World) -> None:
    assert "sync" in world.out("runs")
    assert not world.database.exists()
