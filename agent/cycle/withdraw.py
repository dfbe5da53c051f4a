"""Take back what is overtaken: only what no hand has touched; the rest is the user's and is reported once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from agent.core.model import DraftRecord, DraftState, Problem, Status
from agent.core.story.document import Judged
from agent.cycle.hands import Hands, base_key
from agent.cycle.lives import WITHDRAWING, touched, unsettled
from agent.errors import NotFound, OutcomeUnknown
from agent.gmail.drafts import Touch, read

PANEL_STANDS = timedelta(hours=72)


def withdraw(hands: Hands, judged: Sequence[Judged]) -> bool:
    """Take back every untouched draft that has been overtaken; True if one was."""
    live = {key for j in judged for key in j.outlook.live_keys}
    by_id = {j.candidacy.id: j for j in judged}
    by_thread = {t: j for j in judged for t in j.candidacy.thread_ids}
    records = hands.store.drafts()
    panels = Counter(base_key(r) for r in records)
    done = False
    for record in records:
        owner = by_id.get(record.candidacy_id) or by_thread.get(record.anchor_thread_id)
        if base_key(record) in live or (panels[base_key(record)] > 1 and _panel_stands(hands, record, owner)):
            continue
        if record.state in {DraftState.OPEN, DraftState.EDITED}:
            done |= _take_back(hands, record, overtaken_by(owner))
        elif record.state is DraftState.INTENDED and not unsettled(record, hands.now):
            because = "overtaken before it was made"
            hands.store.update_draft(
                record.key, state=DraftState.OBSOLETE, because=because, changed_at=hands.now
            )
    return done


def _panel_stands(hands: Hands, record: DraftRecord, owner: Judged | None) -> bool:
    """One note of a panel was sent; the others stay for the user to send, as long as a thank-you is offered."""
    if owner is None or hands.now >= record.created_at + PANEL_STANDS:
        return False
    return (
        owner.outlook.status in {Status.THANK_YOU_DUE, Status.WAITING, Status.SCHEDULED}
        and not owner.outlook.in_the_way
    )


def _take_back(hands: Hands, record: DraftRecord, because: str) -> bool:
    if record.state is DraftState.EDITED:
        _leave(hands, record, because)
        return False
    try:
        resource = read(hands.gmail, record.draft_id)
    except NotFound:
        return hands.lives.follow(touched=True)
    if touched(record, resource) is Touch.EDITED:
        hands.store.update_draft(record.key, state=DraftState.EDITED, changed_at=hands.now)
        _leave(hands, record, because)
        return True
    if not hands.dry_run:
        hands.store.update_draft(record.key, because=f"{WITHDRAWING}{because}")
        try:
            hands.gmail.delete_draft(record.draft_id)
        except OutcomeUnknown:
            return False  # the next turn sees whether it is gone
        hands.store.update_draft(
            record.key, state=DraftState.WITHDRAWN, because=because, changed_at=hands.now
        )
    hands.report.withdrawn.append((record, because))
    return True


def _leave(hands: Hands, record: DraftRecord, because: str) -> None:
    """An edited draft is the user's: said once, never touched."""
    if record.because != because:
        hands.store.update_draft(record.key, because=because)
        what = f"draft {record.draft_id} was edited by you and is overtaken: {because}"
        hands.report.problems.append(Problem("", what))


def overtaken_by(judged: Judged | None) -> str:
    """Why a draft no longer stands, in the user's words."""
    if judged is None:
        return "this is no longer seen as a candidacy of yours"
    status, state = judged.outlook.status, judged.state
    if judged.outlook.in_the_way:
        return judged.outlook.in_the_way[0]
    if status in {Status.REJECTED, Status.OFFER, Status.ON_HOLD, Status.CANCELLED}:
        return f"the employer has answered ({status.value})"
    if status in {Status.WITHDRAWN, Status.IGNORED}:
        return f"you said so ({status.value})"
    if status in {Status.SCHEDULING, Status.SCHEDULED}:
        return "a new interview is being arranged"
    if status is Status.YOUR_TURN:
        return "the employer asked you something"
    if state.last_reply is not None and state.anchor.startswith("reply:"):
        return f"the employer has answered ({state.last_reply.kind.value})"
    return "its time is over"
