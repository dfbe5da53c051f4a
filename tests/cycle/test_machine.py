"""Drafts behave whatever happens: at most one in a thread, one per key, none after an answer, none against the user.

Examples from fixed seeds, in shards (MACHINE_EXAMPLES for more or fewer); ``make soak`` plays twenty thousand from a new seed.
A failure shows the shortest deeds that lead to it (they can be typed as they stand: ``state = Machine()`` and so on) and
the command that plays its shard again.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from agent.core.model import ActionKind, DraftState
from tests.cycle.machine import TALLY, Machine, play
from tests.cycle.machine_http import HttpMachine

EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "1000"))
SEED = int(os.environ.get("MACHINE_SEED", "0"))
A_SHARD, STEPS = 125, 50
DEEDS = ("made", "withdrawn", "cut", "failed", "restored", *("open", "edit", "subject", "send", "discard"))
Deed = tuple[str, dict[str, Any]]


@pytest.fixture
def few_collections() -> Iterator[None]:
    """What is loaded stays: the garbage collector need not look through it ten times a second."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    yield
    gc.set_threshold(*usual)
    gc.unfreeze()


def run(kind: type[Machine], examples: int, steps: int, *, number: int = 0) -> None:
    run_state_machine_as_test(
        seed(number)(type(kind.__name__, (kind,), {})),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.timeout(900)
@pytest.mark.usefixtures("few_collections")
@pytest.mark.parametrize("shard", range(-(-EXAMPLES // A_SHARD)))
def test_it_keeps_its_drafts_in_order_whatever_happens(shard: int) -> None:
    TALLY.clear()
    try:
        run(Machine, A_SHARD, STEPS, number=1000 * SEED + shard)
    except BaseException as wrong:
        node = f"tests/cycle/test_machine.py::test_it_keeps_its_drafts_in_order_whatever_happens[{shard}]"
        wrong.add_note(f"again: MACHINE_SEED={SEED} MACHINE_EXAMPLES={EXAMPLES} pytest '{node}'")
        raise
    assert not [deed for deed in DEEDS if not TALLY[deed]], "a machine that does nothing is no proof"


def test_it_keeps_its_drafts_in_order_over_http_too() -> None:
    run(HttpMachine, 3, 30)


def deed(name: str, **arguments: Any) -> Deed:
    return name, arguments


def touch(what: str) -> Deed:
    return deed("user_touches_our_draft", deed=what, which=0)


EVE, THANKING, TURN = deed("begin", number=0), deed("begin", number=1), deed("turn")
OFFER = deed("employer_writes", kind="offer")
UNREAD = deed("turn_with_a_fault", fault=("drafts.get", "unreachable"))  # made, and never read back
DUE = deed("a_draft_falls_due")
SAVED, RESTORED = deed("database_is_backed_up"), deed("database_is_restored")


@pytest.mark.parametrize("how", ["lost before", "lost after", "unreachable"])
def test_it_withdraws_in_the_next_turn_what_it_could_not_withdraw_in_this(how: str) -> None:
    play([THANKING, OFFER, deed("turn_with_a_fault", fault=("drafts.delete", how)), TURN])


@pytest.mark.parametrize("what", ["edit", "subject", "open"])
def test_it_never_takes_the_users_text_for_its_own_when_it_had_not_read_its_own_back(what: str) -> None:
    play(
        [
            EVE,
            deed("time_passes", hours=5),
            deed("time_passes", hours=5),
            UNREAD,
            touch(what),
            TURN,
            OFFER,
            TURN,
        ]
    )


@pytest.mark.parametrize("what", ["edit", "subject", "open"])
def test_it_knows_its_draft_when_the_user_changed_it_before_the_books_knew_of_it(what: str) -> None:
    """Cut off at each of the steps that follow the creation."""
    tried = 0
    for step in range(20, 60):
        machine = Machine()
        machine.begin(number=0)
        machine.time_passes(hours=7)
        machine.turn_is_cut_off(step=step)
        if machine.ours():
            machine.user_touches_our_draft(deed=what, which=0)
            machine.turn()
            machine.turn()
            tried += 1
        machine.teardown()
        if tried == 6:
            return
    raise AssertionError("no step was found at which the draft was there")


HANDS = ["nothing", "open", "edit", "subject", "send", "discard"]
ON = [deed("time_passes", hours=5), TURN]


@pytest.mark.parametrize("begun", [EVE, THANKING], ids=["thank-you", "follow-up"])
@pytest.mark.parametrize("overtaken", [False, True], ids=["due", "overtaken"])
@pytest.mark.parametrize("what", HANDS)
def test_it_knows_its_drafts_again_after_the_database_came_back(
    what: str, begun: Deed, *, overtaken: bool
) -> None:
    """Made after the backup, and then opened, edited, sent or discarded: the check of each turn excuses nothing."""
    before = [touch("send"), TURN] if begun is THANKING else []
    hand = [] if what == "nothing" else [touch(what)]
    play([begun, *before, SAVED, DUE, *hand, RESTORED, *([OFFER] if overtaken else []), TURN, TURN, *ON])


@pytest.mark.parametrize("what", HANDS)
def test_it_knows_its_drafts_again_where_the_history_is_lost_too(what: str) -> None:
    hand = [] if what == "nothing" else [touch(what)]
    play([EVE, SAVED, DUE, *hand, deed("history_expires"), RESTORED, TURN, TURN, *ON])


def test_it_counts_a_draft_that_was_sent_before_the_database_came_back() -> None:
    machine = Machine()
    machine.begin(number=0)
    machine.database_is_backed_up()
    machine.a_draft_falls_due()
    machine.user_touches_our_draft(deed="send", which=0)
    machine.database_is_restored()
    machine.turn()
    [record] = machine.store.drafts()
    assert (record.state, record.kind) == (DraftState.SENT, ActionKind.THANK_YOU)
    machine.teardown()


@pytest.mark.parametrize("what", HANDS)
@pytest.mark.parametrize("history", [[], [deed("history_expires")]], ids=["told", "lost"])
def test_it_does_not_take_one_letter_for_another_after_the_database_came_back(
    what: str, history: list[Deed]
) -> None:
    """The books know the thank-you; the lost turns took it back and made a follow-up in the same thread."""
    hand = [] if what == "nothing" else [touch(what)]
    late = deed("time_passes", hours=264)
    play([THANKING, SAVED, late, TURN, *hand, *history, RESTORED, TURN, *ON])


def test_it_counts_the_lost_letters_before_it_asks_what_is_due_after_the_database_came_back() -> None:
    """The books know the first follow-up as open; the user wrote instead of it, then discarded the second one."""
    wrote = [touch("discard"), deed("user_writes", kind="thanks"), TURN]
    second = [*wrote, deed("employer_writes", kind="promise"), TURN, DUE, touch("discard"), TURN]
    play([deed("begin", number=2), SAVED, *second, RESTORED, TURN, TURN, *ON])
