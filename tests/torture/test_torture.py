"""A slice of ``make torture``: a few trials of each suite, drawn from a fixed seed."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from agent.core.story.document import Judged
from agent.cycle.create import Creation
from agent.store.store import Store
from tests.torture import clocks, cuts, disk, killed, protocol, together, wire
from tests.torture.outcome import Outcome, table


def broken(outcomes: list[Outcome]) -> str:
    """The trials with a violation, to be played again."""
    return "\n".join(f"{one.trial}: {one.violations}" for one in outcomes if one.violations)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("situation", ["a thank-you is due", "a rejection overtakes"])
def test_it_ends_as_if_the_turn_were_one_deed_wherever_it_is_cut_off(situation: str) -> None:
    steps = cuts.length(situation, None)
    drawn = random.Random(0).sample(range(1, steps + 1), 8)
    deeds = ["nothing", "user edits", "employer rejects"]
    chosen = [cuts.Trial(situation, deeds[n % 3], step=step) for n, step in enumerate(drawn)]
    played = [cuts.play(trial) for trial in chosen]
    assert not broken(played)
    assert all(one.faults for one in played)


def test_it_sees_a_program_that_writes_no_intent(monkeypatch: pytest.MonkeyPatch) -> None:
    trial = cuts.Trial("a thank-you is due", fault=("drafts.create", "lost after"))
    assert not broken([cuts.play(trial)])
    monkeypatch.setattr(Store, "put_intent", lambda *_: True)
    assert "unknown to us" in broken([cuts.play(trial)])


def test_it_sees_a_program_that_does_not_look_again_before_it_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    trials = [cuts.Trial("a thank-you is due", "employer rejects", during=True, step=k) for k in (20, 28, 36)]
    assert not broken([cuts.play(trial) for trial in trials])
    original = Creation._read_again

    def blind(self: Creation, judged: Judged, thread_id: str) -> tuple[bool, bool]:
        original(self, judged, thread_id)
        return False, False

    monkeypatch.setattr(Creation, "_read_again", blind)
    assert "although its thread had shown the answer" in broken([cuts.play(trial) for trial in trials])


@pytest.mark.process
def test_it_survives_a_kill_at_steps_and_system_calls_of_a_real_process() -> None:
    steps = random.Random(1).sample(range(1, killed.length(overtaken=False) + 1), 2)
    assert not broken([killed.play(step, answered=step % 2 == 0) for step in steps])
    played = killed.play_call(*random.Random(1).choice(killed.calls()))
    if played.skipped:
        pytest.skip(played.skipped)
    assert not broken([played])


def test_it_survives_answers_that_are_lost_late_or_failed() -> None:
    trials = random.Random(0).sample(wire.every(), 4)
    assert not broken([wire.play(trial) for trial in trials])
    assert not broken([wire.consent_is_revoked(0), wire.history_is_gone(0), wire.token_expires(0)])


@pytest.mark.process
def test_it_loses_nothing_where_several_work_at_once() -> None:
    assert not broken([together.play(120, 0)])


def test_it_has_no_draft_without_an_intent_on_a_sick_disk() -> None:
    played = [disk.too_large(0), disk.page(0), disk.log_cut(0), disk.newer(0), disk.older(0)]
    assert not broken(played)


def test_it_says_that_the_disk_is_full_or_read_only() -> None:
    played = [disk.full(24), disk.read_only(0)]
    if any(one.skipped for one in played):
        pytest.skip(played[0].skipped)
    assert not broken(played)


def test_it_has_nothing_to_write_again_and_resumes_where_it_was_cut_off() -> None:
    chosen = [one for one in protocol.scenarios() if one["id"].startswith(("a06", "w1-14"))]
    assert len(chosen) == 2
    assert not broken([protocol.play(one, 0) for one in chosen])


def test_it_keeps_its_times_when_the_clocks_change() -> None:
    plain, jumping = (c for c in clocks.cases() if c.name.startswith("Europe/Berlin: 2026-10-24"))
    assert not broken([clocks.play(plain), clocks.play(jumping)])
    late = replace(plain, follow_up=plain.follow_up + timedelta(days=1))
    assert "before its time" in broken([clocks.play(late)]), "the check sees a day's difference"


def test_it_makes_up_for_forty_days_asleep_once() -> None:
    assert not broken(clocks.all_asleep("Pacific/Auckland"))


def test_it_tells_trials_faults_and_violations_in_a_table() -> None:
    lines = table([Outcome("a", "1", 1), Outcome("a", "2", 1, ("x",)), Outcome("b", "3", 0)]).splitlines()
    assert [line.split() for line in lines[1:]] == [
        ["a", "2", "2", "1"],
        ["b", "1", "0", "0"],
        ["all", "3", "2", "1"],
    ]


def test_it_makes_nothing_again_that_is_discarded_while_an_older_database_is_read() -> None:
    trial = cuts.Trial("an older database is back", "user discards", during=True, step=29)
    assert cuts.play(trial).violations == ()
