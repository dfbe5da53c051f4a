"""Carry the plan out: withdraw what is overtaken, create what is due. Intent before deed; one draft per key, ever."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from agent.core.compose import ComposeConfig, Refusal, compose
from agent.core.document import Judged
from agent.core.model import (
    Action,
    Composition,
    DraftRecord,
    DraftState,
    Identity,
    Problem,
    Status,
)
from agent.core.wire import to_bytes
from agent.cycle.lives import WITHDRAWING, Lives
from agent.cycle.report import TurnReport
from agent.errors import NotFound, OutcomeUnknown, Refused
from agent.gmail.client import DraftRef, Gmail
from agent.gmail.drafts import Touch, digest, find_ours, touch
from agent.store.store import Store

THREADS_READ_AGAIN = 5
ATTEMPTS = 3


@dataclass(slots=True)
class Execute:
    """The deeds of one turn. ``in_the_way``: candidacy id → why a due draft was not made."""

    gmail: Gmail
    store: Store
    identity: Identity
    lives: Lives
    report: TurnReport
    now: datetime
    zone: str
    config: ComposeConfig
    max_per_day: int
    sleep: Callable[[float], None]
    dry_run: bool = False
    in_the_way: dict[str, str] = field(default_factory=dict)

    # ── withdraw ──

    def withdraw(self, judged: Sequence[Judged]) -> bool:
        """Take back every untouched draft that has been overtaken; True if one was."""
        live = {key for j in judged for key in j.outlook.live_keys}
        by_id = {j.candidacy.id: j for j in judged}
        threads = {t: j for j in judged for t in j.candidacy.thread_ids}
        done = False
        for record in self.store.drafts():
            if record.state in {DraftState.OPEN, DraftState.EDITED} and record.key not in live:
                owner = by_id.get(record.candidacy_id) or threads.get(record.anchor_thread_id)
                done |= self._take_back(record, _overtaken_by(owner))
            elif record.state is DraftState.INTENDED and record.key not in live:
                because = "overtaken before it was made"
                self.store.update_draft(
                    record.key, state=DraftState.OBSOLETE, because=because, changed_at=self.now
                )
        return done

    def _take_back(self, record: DraftRecord, because: str) -> bool:
        if record.state is DraftState.EDITED:
            self._leave(record, because)
            return False
        try:
            resource = self.gmail.draft(record.draft_id)
        except NotFound:
            return self.lives.follow(touched=True)
        if touch(resource, gmail_id=record.gmail_id, kept_digest=record.kept_digest) is Touch.EDITED:
            self.store.update_draft(record.key, state=DraftState.EDITED, changed_at=self.now)
            self._leave(record, because)
            return True
        if not self.dry_run:
            self.store.update_draft(record.key, because=f"{WITHDRAWING}{because}")
            try:
                self.gmail.delete_draft(record.draft_id)
            except OutcomeUnknown:
                return False  # the next turn sees whether it is gone
            self.store.update_draft(
                record.key, state=DraftState.WITHDRAWN, because=because, changed_at=self.now
            )
        self.report.withdrawn.append((record, because))
        return True

    def _leave(self, record: DraftRecord, because: str) -> None:
        """An edited draft is the user's: said once, never touched."""
        if record.because != because:
            self.store.update_draft(record.key, because=because)
            self.report.problems.append(
                Problem("", f"draft {record.draft_id} was edited by you and is overtaken: {because}")
            )

    # ── create ──

    def create(self, judged: Sequence[Judged]) -> bool:
        """Make the drafts that are due; True if mail came in between, so that the turn must think again."""
        due = [(j.outlook.due, j) for j in judged if j.outlook.due is not None]
        for action, one in sorted(due, key=lambda pair: (pair[0].due, pair[0].key)):
            if self._create(action, one, judged):
                return True
        return False

    def _create(self, action: Action, judged: Judged, everybody: Sequence[Judged]) -> bool:
        known = self.store.draft_by_key(action.key)
        if known is not None and (known.state is not DraftState.INTENDED or known.attempts >= ATTEMPTS):
            return False
        if known is None and self._made_today() >= self.max_per_day:
            self._stop(
                judged,
                f"{self.max_per_day} drafts were made today (policy.max_drafts_per_day); it follows tomorrow",
            )
            return False
        letter = self._compose(action, judged, everybody)
        if isinstance(letter, Refusal):
            self._stop(judged, ". ".join((letter.reason, *letter.problems)))
            return False
        return self._write(action, judged, letter, known)

    def _compose(self, action: Action, judged: Judged, everybody: Sequence[Judged]) -> Composition | Refusal:
        others = {j.candidacy.company for j in everybody if j.candidacy.company} - {judged.candidacy.company}
        return compose(
            action,
            judged.candidacy,
            judged.state,
            self.identity,
            config=replace(self.config, other_companies=tuple(sorted(others))),
            now=self.now,
            zone=self.zone,
        )

    def _write(self, action: Action, judged: Judged, letter: Composition, known: DraftRecord | None) -> bool:
        record = self._record(action, judged, letter, known)
        if self.dry_run:
            self.report.created.append(record)
            return False
        fresh, standing = self._read_again(judged, letter.thread_id)
        if fresh:
            return True
        if standing:
            self._stand_back(record, judged)
            return False
        raw = to_bytes(letter, key=action.key, date=self.now)
        if known is None:
            if not self.store.put_intent(record):
                return False
        else:
            self.store.update_draft(
                action.key, attempts=known.attempts + 1, changed_at=self.now, digest=record.digest
            )
        self._post(record, raw, letter.thread_id)
        return False

    def _post(self, record: DraftRecord, raw: bytes, thread_id: str) -> None:
        try:
            ref = self.gmail.create_draft(raw, thread_id)
        except OutcomeUnknown:
            if self.lives.settle(record):
                self._count(record.key)
            return
        except Refused as refusal:
            because = f"Gmail refused it ({refusal.status})"
            self.store.update_draft(
                record.key, state=DraftState.OBSOLETE, because=because, changed_at=self.now
            )
            self.report.problems.append(Problem("", f"a draft was not made: {because}"))
            return
        if thread_id and ref.thread_id != thread_id:
            self._misplaced(record, ref)
            return
        self.store.update_draft(
            record.key,
            state=DraftState.OPEN,
            draft_id=ref.draft_id,
            gmail_id=ref.gmail_id,
            thread_id=ref.thread_id,
            changed_at=self.now,
        )
        self.lives.read_back(record.key, ref)
        self._count(record.key)

    def _count(self, key: str) -> None:
        made = self.store.draft_by_key(key)
        if made is not None:
            self.report.created.append(made)

    def _misplaced(self, record: DraftRecord, ref: DraftRef) -> None:
        """Gmail put it outside the thread: a letter out of context is worse than none."""
        because = "Gmail did not put it into the thread"
        self.store.update_draft(
            record.key, draft_id=ref.draft_id, gmail_id=ref.gmail_id, because=f"{WITHDRAWING}{because}"
        )
        self.gmail.delete_draft(ref.draft_id)
        self.store.update_draft(record.key, state=DraftState.OBSOLETE, because=because, changed_at=self.now)
        self.report.problems.append(Problem("", f"a draft was not made: {because}"))

    def _read_again(self, judged: Judged, thread_id: str) -> tuple[bool, bool]:
        """Read the candidacy's threads once more: has mail come in, does a draft stand in the thread already?"""
        recent = [r.message.thread_id for r in reversed(judged.candidacy.readings)]
        threads = list(dict.fromkeys((*([thread_id] if thread_id else []), *recent)))[:THREADS_READ_AGAIN]
        standing = False
        for one in threads:
            try:
                resources = self.gmail.thread(one, format="minimal")
            except NotFound:
                continue
            drafts = [r for r in resources if "DRAFT" in r.get("labelIds", ())]
            standing |= bool(drafts) and one == thread_id
            ids = {
                str(r.get("id"))
                for r in resources
                if r not in drafts and not set(r.get("labelIds", ())) & {"TRASH", "SPAM"}
            }
            if ids - self.store.has_message(ids):
                return True, False
        return False, standing

    def _stand_back(self, record: DraftRecord, judged: Judged) -> None:
        """A draft in the thread: ours (database restored from a backup: adopt it), else the user's (keep away)."""
        found = find_ours(
            self.gmail, key=record.key, digests=(record.digest,), thread_id=record.thread_id, elsewhere=0
        )
        if found is None:
            self._stop(judged, "there is a draft of yours in this thread already")
        elif self.store.put_intent(record) or self.store.draft_by_key(record.key):
            self.lives.adopt(record, found)

    def _record(
        self, action: Action, judged: Judged, letter: Composition, known: DraftRecord | None
    ) -> DraftRecord:
        to = tuple(a.email for a in letter.to)
        cc = tuple(a.email for a in letter.cc)
        return DraftRecord(
            key=action.key,
            candidacy_id=judged.candidacy.id,
            anchor_thread_id=judged.candidacy.anchor_thread_id,
            kind=action.kind,
            step=action.step,
            state=DraftState.INTENDED,
            thread_id=letter.thread_id,
            to=to,
            cc=cc,
            subject=letter.subject,
            text=letter.text,
            digest=digest(letter.text, to, cc, letter.subject),
            created_at=known.created_at if known else self.now,
            changed_at=self.now,
            attempts=(known.attempts if known else 0) + 1,
        )

    def _made_today(self) -> int:
        zone = ZoneInfo(self.zone)
        today = self.now.astimezone(zone).date()
        return sum(r.created_at.astimezone(zone).date() == today for r in self.store.drafts())

    def _stop(self, judged: Judged, reason: str) -> None:
        self.in_the_way[judged.candidacy.id] = reason


def _overtaken_by(judged: Judged | None) -> str:
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
