"""The metronome on a moved clock: jumps, sleep, wake-ups, back-off. Nothing here waits."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from agent.daemon import STEERING, TICK_SECONDS, Bell, Daemon, Notifier, Turned
from agent.errors import AuthError, Busy, ConfigError, DataError, GmailUnavailable, QuotaExhausted

BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
POLL = 300.0


@dataclass(slots=True)
class Metronome:
    """In the scheduler's place: it counts how often it was armed."""

    armed: int = 0

    def add_job(self, *_: object, **__: object) -> None:
        self.armed += 1


@dataclass(slots=True)
class Bench:
    """A daemon on a clock that moves only when the daemon waits, and a plan of what happens in each wait."""

    now: datetime = BEGAN
    mono: float = 0.0
    turns: list[datetime] = field(default_factory=list)
    outcomes: list[Exception | Turned] = field(default_factory=list)
    happen: dict[int, Callable[[], None]] = field(default_factory=dict)
    waits: int = 0
    beats: bool = True
    since: float = 0.0
    metronome: Metronome = field(default_factory=Metronome)
    reload: Callable[[], float] = lambda: POLL
    daemon: Daemon = field(init=False)

    def __post_init__(self) -> None:
        self.daemon = Daemon(
            turn=self.turn,
            reload=lambda: self.reload(),  # noqa: PLW0108 (a test replaces it later)
            poll_seconds=POLL,
            notify=Notifier({}),
            clock=lambda: self.now,
            monotonic=lambda: self.mono,
            wait=self.wait,
        )

    def turn(self) -> Turned:
        self.turns.append(self.now)
        outcome = self.outcomes.pop(0) if self.outcomes else Turned("turn")
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def wait(self, woken: Bell, seconds: float) -> None:
        """The wait of the daemon: time passes unless it was woken, and the metronome beats."""
        self.waits += 1
        if woken.empty():
            self.pass_(seconds)
        if deed := self.happen.pop(self.waits, None):
            deed()

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.mono += seconds
        self.since += seconds
        if self.beats and self.since >= POLL:
            self.since = 0.0
            self.daemon.beat()

    def run(self, waits: int) -> list[datetime]:
        """So many waits of the loop; the instants of the turns in them."""

        def end() -> None:
            self.daemon.stopping = True

        self.happen[self.waits + waits] = end
        self.daemon.stopping = False
        self.daemon._loop(self.metronome)
        return self.turns


def away(*, times: int) -> list[Exception | Turned]:
    return [GmailUnavailable("no answer from Gmail") for _ in range(times)]


def test_it_turns_once_a_beat() -> None:
    bench = Bench()
    assert len(bench.run(int(10 * POLL / TICK_SECONDS))) in {9, 10}


def test_it_turns_once_after_a_week_of_sleep() -> None:
    """The wall clock went on, the monotonic one stood still (suspend, clock_gettime(2))."""
    bench = Bench(beats=False)

    def sleep() -> None:
        bench.now += timedelta(days=7)

    bench.happen[3] = sleep
    assert len(bench.run(40)) == 1
    assert bench.metronome.armed == 1


@pytest.mark.parametrize("hours", [-2, 2])
def test_it_re_bases_its_metronome_when_the_clock_was_set(
    hours: int, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench(beats=False)

    def jump() -> None:
        bench.now += timedelta(hours=hours)

    bench.happen[2] = jump
    with caplog.at_level(logging.INFO, "agent"):
        assert len(bench.run(10)) == 1
    assert bench.metronome.armed == 1
    assert f"clock jump of {hours * 3600} s" in caplog.text


def test_it_does_not_take_a_long_turn_for_a_jump() -> None:
    bench = Bench(beats=False)
    bench.outcomes = [Turned("turn")]
    bench.daemon.beat()
    bench.happen[2] = lambda: bench.pass_(900)
    bench.run(5)
    assert bench.metronome.armed == 0


def test_it_turns_earlier_when_something_becomes_due() -> None:
    bench = Bench(beats=False)
    due = BEGAN + timedelta(seconds=100)
    bench.outcomes = [Turned("turn", wake_at=due)]
    bench.daemon.beat()
    turns = bench.run(20)
    assert len(turns) == 2
    assert due <= turns[1] <= due + timedelta(seconds=TICK_SECONDS)


@pytest.mark.parametrize("outcome", [Turned("turn", wake_at=BEGAN), Busy("another"), DataError("bad")])
def test_it_does_not_turn_without_end_for_an_instant_that_has_passed(outcome: Exception | Turned) -> None:
    bench = Bench(beats=False)
    bench.outcomes = [Turned("turn", wake_at=BEGAN + timedelta(seconds=30)), outcome]
    bench.daemon.beat()
    assert len(bench.run(50)) == 2


def test_it_is_quiet_and_idle_while_the_network_is_away(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(outcomes=away(times=100))
    bench.daemon.beat()
    with caplog.at_level(logging.INFO, "agent"):
        day = int(timedelta(days=1).total_seconds() / TICK_SECONDS)
        turns = bench.run(day)
    assert 24 <= len(turns) <= 36  # ever longer pauses, an hour at most
    assert [record.message for record in caplog.records] == ["no answer from Gmail"]
    assert bench.now - BEGAN > timedelta(hours=23)  # it waited: a loop that spins lets no time pass


def test_it_says_when_it_works_again(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(outcomes=away(times=3))
    bench.daemon.beat()
    with caplog.at_level(logging.INFO, "agent"):
        bench.run(60)
    said = [record.message for record in caplog.records]
    assert said[:3] == ["no answer from Gmail", "it works again", "turn"]
    assert bench.daemon.failures == 0


def test_it_waits_as_long_as_gmail_asks() -> None:
    bench = Bench(beats=False, outcomes=[QuotaExhausted("too many", retry_after_seconds=900)])
    bench.daemon.beat()
    first, second = bench.run(80)
    assert timedelta(seconds=900) <= second - first <= timedelta(seconds=900 + TICK_SECONDS)


def test_it_tries_at_once_after_sleep_though_it_was_backing_off() -> None:
    bench = Bench(beats=False, outcomes=away(times=8))
    bench.daemon.beat()
    bench.run(200)
    tried = len(bench.turns)

    def sleep() -> None:
        bench.now += timedelta(hours=8)

    bench.happen[bench.waits + 1] = sleep
    bench.run(2)
    assert len(bench.turns) == tried + 1


def test_it_goes_on_after_a_bug_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(outcomes=[ZeroDivisionError("dana.kim@gmail.example") for _ in range(5)])
    bench.daemon.beat()
    with caplog.at_level(logging.INFO, "agent"):
        bench.run(int(4 * POLL / TICK_SECONDS))
    assert len(bench.turns) >= 4
    assert caplog.text.count("ZeroDivisionError at ") == 1
    assert "dana.kim" not in caplog.text


def test_it_blames_a_damaged_database_for_an_odd_error(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(outcomes=[TypeError()])
    bench.daemon.diagnose = lambda: DataError("the database is damaged")
    bench.daemon.beat()
    bench.run(1)
    assert "the turn failed: the database is damaged" in caplog.text
    assert "TypeError" not in caplog.text


def test_it_keeps_its_interval_when_the_new_configuration_is_wrong(caplog: pytest.LogCaptureFixture) -> None:
    def wrong() -> float:
        raise ConfigError("1 problem", ("policy.x: unknown key",))

    bench = Bench(beats=False, reload=wrong)
    bench.happen[1] = lambda: bench.daemon._on_reload(signal.SIGHUP, None)
    bench.run(3)
    assert (bench.daemon.poll_seconds, bench.metronome.armed, bench.turns) == (POLL, 0, [])
    assert "policy.x: unknown key" in caplog.text
    bench.reload = lambda: 60.0
    bench.happen[bench.waits + 1] = lambda: bench.daemon._on_reload(signal.SIGHUP, None)
    bench.run(3)
    assert (bench.daemon.poll_seconds, bench.metronome.armed) == (60.0, 1)


@pytest.mark.parametrize("error", [AuthError("again"), ConfigError("wrong")])
def test_it_ends_with_the_status_that_no_restart_mends(error: AuthError | ConfigError) -> None:
    bench = Bench(outcomes=[error])
    assert bench.daemon.run() == error.exit_status


def test_it_ends_on_a_signal_in_the_middle_of_a_turn() -> None:
    bench = Bench()

    def turn() -> Turned:
        os.kill(os.getpid(), signal.SIGTERM)
        raise AssertionError("the signal came too late")

    bench.daemon.turn = turn
    before = signal.getsignal(signal.SIGTERM)
    assert bench.daemon.run() == 0
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize(
    ("usec", "pause"),
    [("", TICK_SECONDS), ("4000000", 2.0), ("180000000", TICK_SECONDS), ("x", TICK_SECONDS)],
)
def test_it_gives_signs_of_life_twice_as_often_as_asked(usec: str, pause: float) -> None:
    assert Notifier({"WATCHDOG_USEC": usec}).pause == pause
    assert Notifier({"WATCHDOG_USEC": usec, "WATCHDOG_PID": "1"}).pause == TICK_SECONDS


def renewed(bench: Bench, waits: int) -> bool:
    """If it asked for a fresh process within so many waits."""
    bench.daemon.may_renew = lambda: True
    bench.run(waits)
    return bench.daemon.renewing


def test_it_asks_for_a_fresh_process_at_rest_after_it_has_read() -> None:
    bench = Bench(beats=False, outcomes=[Turned("turn", read=True)])
    bench.daemon.beat()
    assert renewed(bench, 10)
    assert bench.waits == 2  # not in the round of the turn


@pytest.mark.parametrize(
    "outcomes",
    [
        [Turned("nothing new")],
        [Turned("the rest comes with the next turn", read=True, more=True)],
        [Turned("turn", read=True), GmailUnavailable("no answer from Gmail")],
    ],
)
def test_it_asks_for_none_while_it_need_not_or_had_better_not(outcomes: list[Exception | Turned]) -> None:
    bench = Bench(beats=False, outcomes=outcomes)
    bench.happen = dict.fromkeys(range(1, len(outcomes) + 1), bench.daemon.beat)
    assert not renewed(bench, len(outcomes) + 1)


def test_it_asks_for_one_when_it_works_again_after_a_turn_that_broke_off() -> None:
    bench = Bench(beats=False, outcomes=[GmailUnavailable("no answer from Gmail")])
    bench.daemon.beat()
    assert renewed(bench, 60)
    assert len(bench.turns) == 2


def test_it_hands_over_with_the_signals_held_back() -> None:
    bench = Bench(beats=False, outcomes=[Turned("turn", read=True)])
    bench.daemon.may_renew = lambda: True
    try:
        assert (bench.daemon.run(), bench.daemon.renewing) == (0, True)
        assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) >= set(STEERING)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STEERING)
