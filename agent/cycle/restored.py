"""A database that came back from an older backup: what the lost turns did is found again before anything new is done.

The lost turns are thought again, each by the mail of its time; what they would have written is looked for among the drafts
and the sent mail. What they must have written and is nowhere was discarded by the user (or taken back): it stays undone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from agent.core.model import Action, Composition, DraftRecord, DraftState
from agent.core.story.document import Judged
from agent.cycle.adopt import Stranger, taken_in
from agent.cycle.create import Creation, letters
from agent.cycle.lives import AKIN, CLOSE
from agent.cycle.thinking import Thinker
from agent.gmail.drafts import likeness

INSTANTS = 60  # how many are thought again at most: each costs a look at the whole mailbox
LONGEST_GAP = timedelta(days=45)
_MOMENT = timedelta(microseconds=1)
DISCARDED = "not in Gmail any more: discarded, or taken back, before the database came back from a backup"


@dataclass(frozen=True, slots=True)
class Gap:
    """The time that the books have lost: from the last turn they know of to the last that there was (None: not known).

    ``passed``: threads in which drafts came since (one that is not found has gone); None where Gmail did not tell.
    """

    since: datetime | None
    until: datetime | None
    passed: frozenset[str] | None = None


@dataclass(slots=True)
class Recall:
    """Finds the lost turns' drafts again. ``left``: unknown drafts without a key, as far as they are nobody's yet."""

    creation: Creation
    thinker: Thinker
    gap: Gap
    left: list[Stranger]
    missed: list[DraftRecord] = field(default_factory=list)

    def recall(self) -> None:
        """Put into the books what the turns before this one wrote, and what became of it."""
        for at, judged in self._turns():
            self._look(at, judged)

    def finish(self) -> None:
        """The same for what is due now, once it is known what became of the drafts in the books.

        What is due and nowhere, though a lost turn must have written it, was discarded.
        """
        now = self.creation.hands.now
        due = self._look(now, self.thinker.think())
        for stranger in tuple(self.left):
            self._rewritten(stranger)
        for action, record in due:
            if self._was_written(action, record):
                discarded = replace(record, state=DraftState.DISCARDED, because=DISCARDED)
                self.creation.hands.store.put_intent(discarded)

    def _look(self, at: datetime, judged: tuple[Judged, ...]) -> list[tuple[Action, DraftRecord]]:
        """Look for all that was to be written at this instant; what is not found."""
        missed = []
        for action, one, letter in self._written(at, judged):
            record = replace(self.creation.record(action, one, letter, None), created_at=min(action.due, at))
            if not self._found(record):
                missed.append((action, record))
        self.missed += [record for _, record in missed]
        return missed

    def _turns(self) -> Iterator[tuple[datetime, tuple[Judged, ...]]]:
        """The instants before now at which there was something new to do, in order, with what was to be thought then."""
        now = self.creation.hands.now
        at = max(self.gap.since or now - LONGEST_GAP, now - LONGEST_GAP)
        since = [s for s in self.thinker.store.sources() if s.internal_date > at]
        arrivals = [s.internal_date - _MOMENT for s in since]
        to_find = bool(self.left) or any("SENT" in s.label_ids for s in since)
        for _ in range(INSTANTS):
            if at >= now or not to_find:
                break
            judged = self.thinker.imagine(at)
            yield at, judged
            wakes = [j.outlook.wake_at for j in judged if j.outlook.wake_at is not None]
            at = min(t for t in (*arrivals, *wakes, at + LONGEST_GAP) if t > at)

    def _written(
        self, at: datetime, judged: tuple[Judged, ...]
    ) -> Iterator[tuple[Action, Judged, Composition]]:
        then = replace(self.creation, hands=replace(self.creation.hands, now=at))
        for one in judged:
            if one.outlook.due is None:
                continue
            for action, recipient in letters(one.outlook.due, one):
                if self.creation.hands.store.draft_by_key(action.key) is None:
                    letter = then.compose(action, one, judged, recipient)
                    if isinstance(letter, Composition):
                        yield action, one, letter

    def _found(self, record: DraftRecord) -> bool:
        """True if it lies among the drafts, word for word or nearly so, or was sent."""
        hands = self.creation.hands
        found = next((one for one in self.left if likeness(one.said.text or "", record.text) >= CLOSE), None)
        if found is not None:
            self.left.remove(found)
            untouched = found.said.digest == record.digest
            return hands.store.put_intent(taken_in(record, found, untouched=untouched))
        sent = hands.lives.sent(record)
        if sent is None:
            return False
        was_sent = replace(
            record, state=DraftState.SENT, gmail_id=sent.gmail_id, changed_at=sent.internal_date
        )
        return hands.store.put_intent(was_sent)

    def _rewritten(self, one: Stranger) -> None:
        """A draft that the user half rewrote: that of the letter it is most like."""
        text = one.said.text or ""
        best = max(self.missed, key=lambda record: likeness(text, record.text), default=None)
        if best is not None and likeness(text, best.text) >= AKIN:
            self.left.remove(one)
            self.creation.hands.store.put_intent(taken_in(best, one, untouched=False))

    def _was_written(self, action: Action, record: DraftRecord) -> bool:
        """True if a lost turn saw it due, and a draft came and went where it would have been."""
        until, passed = self.gap.until, self.gap.passed
        if until is None or action.due > until:
            return False
        if passed is None:
            return True
        return (
            record.thread_id in passed if record.thread_id else bool(passed - self.thinker.store.thread_ids())
        )
