"""The machine's eyes are good: each bug planted here is seen, and the program without it is not accused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from agent.core.model import DraftState
from agent.cycle import adopt, create, lives, restored, turn, withdraw
from agent.gmail import drafts
from agent.gmail.client import DraftRef
from agent.gmail.drafts import Found, Touch
from agent.store.store import Store
from tests.cycle.machine import play

Deed = tuple[str, dict[str, Any]]
Plant = Callable[[pytest.MonkeyPatch], None]


def deed(name: str, **arguments: Any) -> Deed:
    return name, arguments


def touch(what: str) -> Deed:
    return deed("user_touches_our_draft", deed=what, which=0)


def fault(method: str, how: str) -> Deed:
    return deed("turn_with_a_fault", fault=(method, how))


EVE, THANKING, TURN, DUE = (
    deed("begin", number=0),
    deed("begin", number=1),
    deed("turn"),
    deed("a_draft_falls_due"),
)
OFFER = deed("employer_writes", kind="offer")
SAVED, RESTORED = deed("database_is_backed_up"), deed("database_is_restored")
ON = [deed("time_passes", hours=5), TURN]
LOST = [EVE, deed("time_passes", hours=7), fault("drafts.create", "lost after")]


def _no_standing(patch: pytest.MonkeyPatch) -> None:
    original = create.Creation._read_again
    patch.setattr(create.Creation, "_read_again", lambda *a: (original(*a)[0], False))


def _no_reread(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(create.Creation, "_read_again", lambda *_: (False, False))


def _withdraws_edited(patch: pytest.MonkeyPatch) -> None:
    def take_back(hands: Any, record: Any, because: str) -> bool:
        hands.gmail.delete_draft(record.draft_id)
        return True

    patch.setattr(withdraw, "_take_back", take_back)


def _forgets_discards(patch: pytest.MonkeyPatch) -> None:
    original = create.Creation._write

    def forgetful(self: Any, action: Any, judged: Any, letter: Any, known: Any) -> bool:
        return original(self, action, judged, letter, None if known is None else known)

    patch.setattr(create.Creation, "_write", forgetful)
    gone = lives.Lives._gone
    patch.setattr(
        lives.Lives,
        "_gone",
        lambda self, r: (
            gone(self, r)
            and self.store.update_draft(r.key, state=DraftState.INTENDED, attempts=0, draft_id="")
        ),
    )


def _never_looks(patch: pytest.MonkeyPatch) -> None:
    _no_standing(patch)
    patch.setattr(lives.Lives, "settle", lambda *_: False)
    patch.setattr(turn, "strangers", lambda _: ())


def _digest_without_text(patch: pytest.MonkeyPatch) -> None:
    original = drafts.digest
    patch.setattr(drafts, "digest", lambda text, to, cc, subject: original("", to, cc, subject))
    patch.setattr(create, "digest", lambda text, to, cc, subject: original("", to, cc, subject))


def _adopts_any(patch: pytest.MonkeyPatch) -> None:
    def any_draft(gmail: Any, **_: Any) -> Found | None:
        refs: tuple[DraftRef, ...] = gmail.list_drafts()
        return Found(refs[0], gmail.draft(refs[0].draft_id), "key") if refs else None

    def trusting(self: Any, record: Any, found: Found) -> None:
        said = drafts.letter(found.resource).digest
        original(self, replace(record, digest=said), found)

    original = lives.Lives.adopt
    patch.setattr(create, "find_ours", any_draft)
    patch.setattr(lives.Lives, "adopt", trusting)


def _never_withdraws(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(turn, "withdraw", lambda *_: False)


def _opened_is_edited(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(lives, "touch", lambda *_, **__: Touch.EDITED)


def _edited_is_opened(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(lives, "touch", lambda *_, **__: Touch.OPENED)


def _forgets_unfinished(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(turn, "withdrawal_pending", lambda _: False)


def _reads_back_late(patch: pytest.MonkeyPatch) -> None:
    def follow(self: Any, record: Any, refs: Any) -> bool:
        ref = refs.get(record.draft_id)
        if ref is not None and not record.kept_digest:
            self.read_back(record.key, replace(ref, gmail_id=self.gmail.draft(ref.draft_id)["message"]["id"]))
            return False
        return original(self, record, refs)

    original = lives.Lives._follow
    patch.setattr(lives.Lives, "_follow", follow)


def _key_with_the_clock(patch: pytest.MonkeyPatch) -> None:
    original = create.Creation._create

    def drifting(self: Any, action: Any, judged: Any, everybody: Any, recipient: Any) -> bool:
        drifted = replace(action, key=f"{action.key}:{self.hands.now:%H%M}")
        return original(self, drifted, judged, everybody, recipient)

    patch.setattr(create.Creation, "_create", drifting)


def _intent_after_deed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Store, "put_intent", lambda *_: True)


def _knows_no_strangers(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(turn, "strangers", lambda _: ())


def _does_not_recall(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(restored.Recall, "recall", lambda _: None)
    patch.setattr(restored.Recall, "finish", lambda _: None)


def _thinks_nothing_was_lost(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Store, "lost_turn", lambda _: None)


def _trusts_the_key_alone(patch: pytest.MonkeyPatch) -> None:
    original = adopt.taken_in
    patch.setattr(adopt, "taken_in", lambda r, one, *, untouched: original(r, one, untouched=True))
    patch.setattr(restored, "taken_in", lambda r, one, *, untouched: original(r, one, untouched=True))


def _makes_again_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(create, "unsettled", lambda *_: False)


CUT_AFTER_CREATE = [EVE, deed("time_passes", hours=7), fault("drafts.get", "unreachable")]
PLANTED: list[tuple[Plant, list[Deed]]] = [
    (_no_standing, [EVE, deed("user_begins_a_draft"), DUE]),
    (_no_reread, [EVE, deed("user_begins_a_draft"), DUE]),
    (_withdraws_edited, [THANKING, touch("edit"), OFFER, TURN]),
    (_forgets_discards, [THANKING, touch("discard"), TURN, *ON, *ON]),
    (_never_looks, [*LOST, *ON]),
    (_digest_without_text, [EVE, DUE, touch("edit"), OFFER, TURN]),
    (_adopts_any, [EVE, deed("user_begins_a_draft"), DUE, OFFER, TURN]),
    (_never_withdraws, [THANKING, OFFER, TURN]),
    (_opened_is_edited, [THANKING, touch("open"), TURN]),
    (_edited_is_opened, [THANKING, touch("edit"), TURN, OFFER, TURN]),
    (_forgets_unfinished, [THANKING, OFFER, fault("drafts.delete", "lost before"), TURN]),
    (_reads_back_late, [*CUT_AFTER_CREATE, touch("edit"), TURN, OFFER, TURN]),
    (_key_with_the_clock, [THANKING, touch("discard"), TURN, *ON]),
    (_intent_after_deed, [EVE, DUE]),
    (
        _makes_again_at_once,
        [
            EVE,
            deed("time_passes", hours=7),
            fault("drafts.create", "lost late"),
            deed("turn_at_once"),
            TURN,
            ON[0],
        ],
    ),
    (_knows_no_strangers, [EVE, SAVED, DUE, RESTORED, OFFER, TURN]),
    (_does_not_recall, [EVE, SAVED, DUE, touch("open"), RESTORED, OFFER, TURN]),
    (_thinks_nothing_was_lost, [EVE, SAVED, DUE, touch("discard"), RESTORED, TURN, *ON]),
    (_trusts_the_key_alone, [EVE, SAVED, DUE, touch("edit"), RESTORED, OFFER, TURN]),
]


@pytest.mark.parametrize(("plant", "deeds"), PLANTED, ids=[plant.__name__.strip("_") for plant, _ in PLANTED])
def test_it_sees_the_planted_bug(plant: Plant, deeds: list[Deed], monkeypatch: pytest.MonkeyPatch) -> None:
    play(deeds)
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        play(deeds)
