"""What became of our drafts under the user's hands: opened, edited, sent, discarded, or never certain to exist."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from agent.core.mail import mime
from agent.core.model import DraftRecord, DraftState, Identity, Source
from agent.errors import NotFound
from agent.gmail.client import DraftRef, Gmail
from agent.gmail.drafts import Found, Touch, find_ours, in_thread, letter, likeness, read, touch
from agent.store.ledger import PASSED
from agent.store.store import Store

SETTLE = timedelta(minutes=2)  # how long a draft may take to show in the list after an unknown outcome
LONG_TURN = timedelta(minutes=10)  # deeds are dated by the beginning of their turn
FRESH = timedelta(minutes=10)  # so long after a draft was made each turn looks at the list of drafts
LOOKS, LOOK_EVERY_SECONDS = 3, 5.0
STRANGERS = 10  # drafts of other threads that are read in search of a lost one, 20 units each
AKIN, CLOSE = (
    70.0,
    85.0,
)  # likeness of a letter half rewritten, and of one that no other letter of ours comes near to
WITHDRAWING = "withdrawing: "
LIVE = frozenset({DraftState.INTENDED, DraftState.OPEN, DraftState.EDITED})


def withdrawal_pending(records: Iterable[DraftRecord]) -> bool:
    """True if a draft was to be taken back and the answer to that was lost."""
    return any(r.state is DraftState.OPEN and r.because.startswith(WITHDRAWING) for r in records)


def just_made(records: Iterable[DraftRecord], now: datetime) -> bool:
    """True if a draft is so new that Gmail's list may not have shown all there is of it."""
    return any(r.state is DraftState.OPEN and now - r.created_at < FRESH for r in records)


def touched(record: DraftRecord, resource: dict[str, Any]) -> Touch:
    """How the draft stands against what we made; where a turn was cut off before it read that back, what we asked for."""
    return touch(resource, gmail_id=record.gmail_id, kept_digest=record.kept_digest or record.digest)


def unsettled(record: DraftRecord, now: datetime) -> bool:
    """True for an intent so young that its draft may still appear in Gmail."""
    since = record.changed_at or record.created_at
    return record.state is DraftState.INTENDED and now - since < SETTLE


def _before_the_end(record: DraftRecord, sent: Source) -> bool:
    """True unless we had taken the draft back before: then what was sent is another letter."""
    if record.state is not DraftState.WITHDRAWN or record.changed_at is None:
        return True
    return sent.internal_date <= record.changed_at + LONG_TURN


@dataclass(slots=True)
class Lives:
    """Follows the drafts we made; every change is recorded at once."""

    gmail: Gmail
    store: Store
    identity: Identity
    now: datetime
    sleep: Callable[[float], None]

    def follow(self, *, touched: bool) -> bool:
        """Look at the drafts that may have changed; True if a record did."""
        records = self.store.drafts()
        live = [r for r in records if r.state in LIVE]
        unsure = any(r.state is DraftState.INTENDED for r in live)
        changed = self._late_sends(records)
        if not live or not (touched or unsure or any(not r.kept_digest for r in live)):
            return changed
        refs = {ref.draft_id: ref for ref in self.gmail.list_drafts()}
        for record in live:
            if record.state is DraftState.INTENDED:
                changed |= self.settle(record)
            else:
                changed |= self._follow(record, refs)
        return changed

    def settle(self, record: DraftRecord) -> bool:
        """An intent whose outcome is unknown: adopt the draft if Gmail has it; True if it is settled."""
        for look in range(LOOKS if unsettled(record, self.now) else 1):
            if look:
                self.sleep(LOOK_EVERY_SECONDS)
            found = find_ours(
                self.gmail, key=record.key, digests=(record.digest,), thread_id=record.thread_id
            )
            if found is not None:
                self.adopt(record, found)
                return True
        edited = self.edited_by_user(record)
        if edited is not None:
            self.adopt_edited(record, edited)
            return True
        sent = self._sent(record, least=AKIN)
        if sent is not None:
            return self._is_sent(record, sent)
        return record.because == PASSED and self._gone(record)

    def edited_by_user(self, record: DraftRecord) -> DraftRef | None:
        """The draft of this intent if the user edited it before we knew of it: key gone, text or subject changed."""
        refs = {ref.draft_id: ref for ref in self.gmail.list_drafts()}
        return self._renamed(record, refs, elsewhere=STRANGERS, alike=AKIN)

    def adopt_edited(self, record: DraftRecord, ref: DraftRef) -> None:
        """Record that the draft is the one we meant to make, and the user's by now; unless the list had only shown it late."""
        try:
            resource = read(self.gmail, ref.draft_id)
        except NotFound:
            return  # the next turn sees what became of it
        self.adopt(record, Found(ref, resource, "words"))

    def adopt(self, record: DraftRecord, found: Found) -> None:
        """Record that the draft found in Gmail is the one we meant to make; the user's if it says something else now."""
        said = letter(found.resource).digest
        untouched = said == record.digest
        self.store.update_draft(
            record.key,
            state=DraftState.OPEN if untouched else DraftState.EDITED,
            draft_id=found.ref.draft_id,
            gmail_id=found.ref.gmail_id,
            thread_id=found.ref.thread_id or record.thread_id,
            kept_digest=said if untouched else record.digest,
            changed_at=self.now,
        )

    def read_back(self, key: str, ref: DraftRef) -> None:
        """Keep the digest of what Gmail made of our draft, once; not of what a hand has saved since."""
        try:
            resource = read(self.gmail, ref.draft_id)
        except NotFound:
            return
        if resource["message"].get("id") != ref.gmail_id:
            return
        self.store.update_draft(key, kept_digest=letter(resource).digest, gmail_id=ref.gmail_id)

    def _follow(self, record: DraftRecord, refs: dict[str, DraftRef]) -> bool:
        ref = refs.get(record.draft_id) or self._unlisted(record) or self._renamed(record, refs)
        if ref is None:
            return self._gone(record)
        if ref.gmail_id == record.gmail_id:
            if not record.kept_digest:
                self.read_back(record.key, ref)
            return False
        try:
            resource = read(self.gmail, ref.draft_id)
        except NotFound:
            return self._gone(record)
        hand = touched(record, resource)
        state = DraftState.EDITED if hand is Touch.EDITED else record.state
        self.store.update_draft(
            record.key,
            state=state,
            draft_id=ref.draft_id,
            gmail_id=ref.gmail_id,
            thread_id=ref.thread_id,
            changed_at=self.now,
        )
        return state is not record.state or ref.thread_id != record.thread_id

    def _unlisted(self, record: DraftRecord) -> DraftRef | None:
        """Gmail's list of drafts can be behind what was just made or saved; asked for by its id, a draft is there or not."""
        return self.gmail.draft_ref(record.draft_id)

    def _renamed(
        self, record: DraftRecord, refs: dict[str, DraftRef], *, elsewhere: int = 0, alike: float = CLOSE
    ) -> DraftRef | None:
        """Gmail has been seen to give a draft a new id: one in the same thread that says what ours said.

        ``elsewhere``: how many drafts of other threads to read as well; another subject moves a draft there.
        """
        taken = {r.draft_id for r in self.store.drafts()}
        far = [ref for ref in refs.values() if ref.thread_id != record.thread_id][:elsewhere]
        for ref in (*in_thread(refs.values(), record.thread_id), *far):
            if ref.draft_id not in taken:
                try:
                    found = letter(read(self.gmail, ref.draft_id))
                except NotFound:
                    continue
                if not found.key and likeness(found.text or "", record.text) >= alike:
                    return ref
        return None

    def _gone(self, record: DraftRecord) -> bool:
        """Sent, withdrawn by us in a turn that was cut off, or discarded: which is told by the mail that is there."""
        sent = self._sent(record, least=None)
        if sent is not None:
            return self._is_sent(record, sent)
        if record.because.startswith(WITHDRAWING):
            because = record.because.removeprefix(WITHDRAWING)
            return self.store.update_draft(
                record.key, state=DraftState.WITHDRAWN, because=because, changed_at=self.now
            )
        return self.store.update_draft(
            record.key, state=DraftState.DISCARDED, because="discarded by you", changed_at=self.now
        )

    def _late_sends(self, records: Sequence[DraftRecord]) -> bool:
        """A draft that seemed discarded, or taken back by us, was on its way out: the sent message has arrived since."""
        recent = [
            r
            for r in records
            if r.state in {DraftState.DISCARDED, DraftState.WITHDRAWN}
            and r.changed_at is not None
            and self.now - r.changed_at < timedelta(days=2)
        ]
        sent_by = [
            (r, sent)
            for r in recent
            if (sent := self._sent(r, least=AKIN if r.state is DraftState.DISCARDED else CLOSE)) is not None
        ]
        found = [(r, sent) for r, sent in sent_by if _before_the_end(r, sent)]
        for record, sent in found:
            self._is_sent(record, sent)
        return bool(found)

    def _is_sent(self, record: DraftRecord, sent: Source) -> bool:
        return self.store.update_draft(
            record.key,
            state=DraftState.SENT,
            gmail_id=sent.gmail_id,
            changed_at=sent.internal_date,
            because="",
        )

    def sent(self, record: DraftRecord) -> Source | None:
        """The message of the user's that this letter became, by its words."""
        return self._sent(record, least=AKIN)

    def _sent(self, record: DraftRecord, *, least: float | None) -> Source | None:
        """The user's message that this draft became: in its thread, or (subject edited) the same letter elsewhere.

        ``least``: how like the draft it must be (0 to 100); None takes any letter of the user's to its readers, there.
        """
        claimed = {r.gmail_id for r in self.store.drafts() if r.state is DraftState.SENT}
        best: tuple[float, Source] | None = None
        for source in self.store.sources():
            if (
                source.internal_date < record.created_at - SETTLE
                or source.gmail_id in claimed
                or "DRAFT" in source.label_ids
            ):
                continue
            message, _ = mime.message(source)
            if not self.identity.is_me(message.sender):
                continue
            here = source.thread_id == record.thread_id
            recipients = {a.email for a in (*message.to, *message.cc)}
            same = likeness(message.text, record.text)
            stands_for_it = here and least is None and (recipients & set(record.to) or not recipients)
            its_own = (here or recipients & set(record.to)) and same >= (AKIN if least is None else least)
            if (stands_for_it or its_own) and (best is None or same > best[0]):
                best = same, source
        return best[1] if best else None
