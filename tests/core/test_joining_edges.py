"""Joining at its edges: what decides between two that fit, what forbids, and what is another business."""

from __future__ import annotations

import pytest

from agent.core.model import Candidacy, Reading
from tests.core.post import INVITED, found, letter, note

ANN = "Ann Lee <ann.lee@acmewidgets.example>"
BO = "Bo Ray <bo.ray@acmewidgets.example>"
REFUSED = ("rejection", "job_topic")
RECEIVED = ("acknowledgement", "job_topic")


def interview(
    thread: str, sender: str = ANN, position: str = "Data Engineer", *, day: float = 0, house: str = "Acme Widgets"
) -> Reading:  # fmt: skip
    return letter(
        f"{thread}-1", thread, sender, f"Interview - {position}" if position else "Interview", "Tuesday at 2?", INVITED,
        day=day, sign=f"{sender.partition(' <')[0]}\n{house}" if house else "", timed=True,
    )  # fmt: skip


def threads(candidacies: tuple[Candidacy, ...]) -> list[set[str]]:
    return [set(c.thread_ids) for c in candidacies]


def by(candidacy: Candidacy) -> dict[str, str]:
    return {link.thread_id: link.by for link in candidacy.links}


# ── how long ago ──


@pytest.mark.parametrize(("days", "joins"), [(240, True), (241, False)])
def test_it_takes_in_what_came_up_to_eight_months_before(days: float, joins: bool) -> None:
    early = letter("z", "t0", BO, "Your application", "Thank you for it.", RECEIVED, day=-days)
    late = letter("y", "t0", BO, "Your application", "We are still looking at it.", RECEIVED, day=-days)
    assert threads(found(early, interview("t1"))) == ([{"t0", "t1"}] if joins else [{"t1"}])
    assert threads(found(late, interview("t1"))) == ([{"t0", "t1"}] if joins else [{"t1"}])


def test_it_counts_the_months_from_the_last_mail_of_a_thread() -> None:
    old = letter("y", "t0", BO, "Your application", "Thank you for it.", RECEIVED, day=-300)
    new = letter("z", "t0", BO, "Your application", "We are looking at it.", RECEIVED, day=-5)
    assert threads(found(old, new, interview("t1"))) == [{"t0", "t1"}]


# ── the user's word ──


def test_it_lets_the_user_keep_a_thread_out() -> None:
    other = letter("b", "t2", BO, "Thursday", "We went another way, sorry.", REFUSED, day=3)
    assert threads(found(interview("t1"), other)) == [{"t1", "t2"}]
    assert threads(found(interview("t1"), other, notes=[note("split", "t1", value="t2")])) == [{"t1"}]
    assert threads(found(interview("t1"), other, notes=[note("split", "t1", value="t9")])) == [{"t1", "t2"}]
