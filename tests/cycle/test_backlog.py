"""A first reading stops at its budget; later turns read on, and then an idle turn is idle again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.cycle import sync
from agent.store.store import Store
from tests.cycle.world import INVITATION, ME, World, interviewed

FIRMS = (
    ("Halyard", "Sam Ortiz"),
    ("Kestrel", "Ines Vogel"),
    ("Brightmoor", "Tom Achebe"),
    ("Otterbrook", "Lena Fisk"),
    ("Tidewater", "Raj Menon"),
    ("Quarry", "Ada Brandt"),
)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Seven invitations, and a budget that is spent after the first few."""
    for name in ("FIRST_READ_UNITS", "CONVERSATION_UNITS", "ALL_UNITS"):
        monkeypatch.setattr(sync, name, 150)
    monkeypatch.setattr(sync, "BACKLOG_UNITS", 60)
    made = interviewed(tmp_path)
    for number in range(len(FIRMS)):
        firm, name = FIRMS[number]
        text = INVITATION.replace("Maria Lopez", name).replace("Northwind Traders", f"{firm} Logistics")
        made.write(
            f"b{number}", f"{name} <hiring@{firm.lower()}.example>", ME, f"2026-03-02T09:2{number}:00-05:00", text,
            thread=f"b{number}", subject=f"Interview at {firm} Logistics",
        )  # fmt: skip
    with made.server:
        yield made


def left(world: World) -> int:
    document = world.program.json("status", "--json")
    assert document is not None
    return int(document["threads_left"])


def test_it_reads_on_in_later_turns_until_nothing_is_left(world: World) -> None:
    first = world.sync("2026-03-03T09:00:00-05:00")
    assert first["threads_left"] == left(world) > 0
    remaining = [left(world)]
    for minute in range(5, 60, 5):
        world.sync(f"2026-03-03T09:{minute:02}:00-05:00")
        remaining.append(left(world))
    assert remaining == sorted(remaining, reverse=True)
    assert remaining[-1] == 0
    document = world.program.json("status", "--all", "--json")
    assert document is not None
    assert len(document["candidacies"]) == 1 + len(FIRMS)
    idle = world.sync("2026-03-03T10:00:00-05:00")
    assert (idle["http_requests"], idle["quota_units"]) == (1, 2)


def test_it_does_not_spend_the_same_minutes_quota_twice(world: World) -> None:
    world.sync("2026-03-03T09:00:00-05:00")
    before = left(world)
    again = world.sync("2026-03-03T09:00:30-05:00")
    assert (again["quota_units"], left(world)) == (2, before)


def test_it_says_how_many_are_left(world: World) -> None:
    world.sync("2026-03-03T09:00:00-05:00")
    _, out, _ = world.program.run("status")
    assert f"{left(world)} threads still to be read" in out
    with Store.open(world.program.config.parent / "state" / "agent.db") as store:
        assert store.runs(1)[0].counts["left"] == left(world)
        assert [len(one.gmail_ids) for one in store.backlog()] == [1] * left(world)
        store.forget([store.backlog()[0].thread_id], at=datetime(2026, 3, 3, 15, tzinfo=UTC))
    assert left(world) < world.sync("2026-03-03T09:00:40-05:00")["messages_examined"]
