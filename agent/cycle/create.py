"""Make the drafts that are due. Intent before deed; one draft per key, ever; never on a guess about what Gmail holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agent.core.model import (
    Action,
    ActionKind,
    Composition,
    Contact,
    DraftRecord,
    DraftState,
    Problem,
)
from agent.core.story.document import Judged
from agent.core.writing import envelope
from agent.core.writing.compose import ComposeConfig, Refusal, compose
from agent.core.writing.wire import Attachment, to_bytes
from agent.cycle.hands import Hands
from agent.cycle.lives import WITHDRAWING, unsettled
from agent.errors import (
    AuthError,
    DataError,
    GmailUnavailable,
    NotFound,
    OutcomeUnknown,
    QuotaExhausted,
    Refused,
)
from agent.gmail.client import DraftRef, labels_of
from agent.gmail.drafts import digest, find_ours, signed

THREADS_READ_AGAIN = 5
ATTEMPTS, REST = 3, timedelta(hours=6)  # so often in quick succession, then so much more rarely
Materials = Callable[[Sequence[str]], tuple[Attachment, ...]]


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a due draft was not made, and when to try again (None: at every turn)."""

    reason: str
    again_at: datetime | None = None


@dataclass(slots=True)
class Creation:
    """The drafts of one turn. ``in_the_way``: candidacy id → why a due draft was not made."""

    hands: Hands
    config: ComposeConfig
    max_per_day: int
    materials: Materials = lambda _: ()  # reads files by name; DataError if one is missing or too large
    in_the_way: dict[str, Stop] = field(default_factory=dict)

    def create(self, judged: Sequence[Judged]) -> bool:
        """Make the drafts that are due; True if mail came in between, so that the turn must think again."""
        due = [(j.outlook.due, j) for j in judged if j.outlook.due is not None]
        for action, one in sorted(due, key=lambda pair: (pair[0].due, pair[0].key)):
            for letter, recipient in letters(action, one):
                if self._create(letter, one, judged, recipient):
                    return True
                if one.candidacy.id in self.in_the_way:
                    break
        return False

    def _create(
        self, action: Action, judged: Judged, everybody: Sequence[Judged], recipient: Contact | None
    ) -> bool:
        known = self.hands.store.draft_by_key(action.key)
        if known is not None and known.state is not DraftState.INTENDED:
            return False
        if known is not None and _resting(known, self.hands.now):
            self._stop(
                judged, f"Gmail gave no clear answer in {known.attempts} tries; it is tried again later"
            )
            return False
        if known is not None and unsettled(known, self.hands.now):
            self._stop(judged, "whether Gmail has it is not certain yet; the next turn looks again")
            return False
        if known is None and self._made_today() >= self.max_per_day:
            reason = f"{self.max_per_day} were made today (policy.max_drafts_per_day); it follows tomorrow"
            self.in_the_way[judged.candidacy.id] = Stop(reason, self._tomorrow())
            return False
        letter = self.compose(action, judged, everybody, recipient)
        if isinstance(letter, Refusal):
            self._stop(judged, ". ".join((letter.reason, *letter.problems)))
            return False
        return self._write(action, judged, letter, known)

    def compose(
        self, action: Action, judged: Judged, everybody: Sequence[Judged], recipient: Contact | None
    ) -> Composition | Refusal:
        """The letter for this action, or why there is none."""
        others = {j.candidacy.company for j in everybody if j.candidacy.company} - {judged.candidacy.company}
        return compose(
            action,
            judged.candidacy,
            judged.state,
            self.hands.identity,
            config=replace(self.config, other_companies=tuple(sorted(others))),
            now=self.hands.now,
            zone=self.hands.zone,
            recipient=recipient,
        )

    def _write(self, action: Action, judged: Judged, letter: Composition, known: DraftRecord | None) -> bool:
        record = self.record(action, judged, letter, known)
        if self.hands.dry_run:
            self.hands.report.created.append(record)
            return False
        fresh, standing = self._read_again(judged, letter.thread_id)
        if fresh:
            return True
        if standing:
            self._stand_back(record, judged)
            return False
        try:
            enclosed = self.materials(letter.attachments)
        except DataError as error:
            self._stop(judged, str(error))
            return False
        try:
            raw = to_bytes(letter, key=action.key, date=self.hands.now, attachments=enclosed)
        except ValueError as unsafe:
            self._stop(judged, f"it could not be written safely ({unsafe})")
            return False
        if known is None:
            if not self.hands.store.put_intent(record):
                return False
        else:
            self.hands.store.update_draft(
                action.key,
                attempts=record.attempts,
                changed_at=record.changed_at,
                thread_id=record.thread_id,
                to=record.to,
                cc=record.cc,
                subject=record.subject,
                text=record.text,
                digest=record.digest,
            )
        self._post(record, signed(raw, record.digest), letter.thread_id)
        return False

    def _post(self, record: DraftRecord, raw: bytes, thread_id: str) -> None:
        try:
            ref = self.hands.gmail.create_draft(raw, thread_id)
        except OutcomeUnknown:
            if self.hands.lives.settle(record):
                self._count(record.key)
            return
        except Refused as refusal:
            self._refused(record, refusal)
            return
        except (QuotaExhausted, GmailUnavailable, AuthError):  # it did not come to a try
            self.hands.store.update_draft(record.key, attempts=record.attempts - 1)
            raise
        if thread_id and ref.thread_id != thread_id:
            self._misplaced(record, ref)
            return
        self.hands.store.update_draft(
            record.key,
            state=DraftState.OPEN,
            draft_id=ref.draft_id,
            gmail_id=ref.gmail_id,
            thread_id=ref.thread_id,
            changed_at=self.hands.now,
        )
        self.hands.lives.read_back(record.key, ref)
        self._count(record.key)

    def _count(self, key: str) -> None:
        made = self.hands.store.draft_by_key(key)
        if made is not None:
            self.hands.report.created.append(made)

    def _refused(self, record: DraftRecord, refusal: Refused) -> None:
        """Gmail has refused what it took a minute later, and has made drafts that it said it refused: so the next turns

        look for it and try again; what is refused each time is given up.
        """
        because = f"Gmail refused it ({refusal.status})"
        if record.attempts >= ATTEMPTS:
            self.hands.store.update_draft(
                record.key, state=DraftState.OBSOLETE, because=because, changed_at=self.hands.now
            )
        else:
            self.in_the_way[record.candidacy_id] = Stop(f"{because}; it is tried again")
        self.hands.report.problems.append(Problem("", f"a draft was not made: {because}"))

    def _misplaced(self, record: DraftRecord, ref: DraftRef) -> None:
        """Gmail put it outside the thread: a letter out of context is worse than none."""
        because = "Gmail did not put it into the thread"
        self.hands.store.update_draft(
            record.key, draft_id=ref.draft_id, gmail_id=ref.gmail_id, because=f"{WITHDRAWING}{because}"
        )
        self.hands.gmail.delete_draft(ref.draft_id)
        self.hands.store.update_draft(
            record.key, state=DraftState.OBSOLETE, because=because, changed_at=self.hands.now
        )
        self.hands.report.problems.append(Problem("", f"a draft was not made: {because}"))

    def _read_again(self, judged: Judged, thread_id: str) -> tuple[bool, bool]:
        """Read the candidacy's threads once more: has mail come in, does a draft stand in the thread already?"""
        recent = [r.message.thread_id for r in reversed(judged.candidacy.readings)]
        threads = list(dict.fromkeys((*([thread_id] if thread_id else []), *recent)))[:THREADS_READ_AGAIN]
        standing = False
        for one in threads:
            try:
                resources = self.hands.gmail.thread(one, format="minimal")
            except NotFound:
                continue
            drafts = [r for r in resources if "DRAFT" in labels_of(r)]
            standing |= bool(drafts) and one == thread_id
            ids = {
                str(r.get("id"))
                for r in resources
                if r not in drafts and not labels_of(r) & {"TRASH", "SPAM"}
            }
            if ids - self.hands.store.has_message(ids):
                return True, False
        return False, standing

    def _stand_back(self, record: DraftRecord, judged: Judged) -> None:
        """A draft in the thread: ours (database restored from a backup: adopt it), else the user's (keep away)."""
        found = find_ours(
            self.hands.gmail,
            key=record.key,
            digests=(record.digest,),
            thread_id=record.thread_id,
            elsewhere=0,
        )
        lives = self.hands.lives
        edited = lives.edited_by_user(record) if found is None else None
        if found is None and edited is None:
            self._stop(judged, "there is a draft of yours in this thread already")
        elif self.hands.store.put_intent(record) or self.hands.store.draft_by_key(record.key):
            if found is not None:
                lives.adopt(record, found)
            elif edited is not None:
                lives.adopt_edited(record, edited)

    def record(
        self, action: Action, judged: Judged, letter: Composition, known: DraftRecord | None
    ) -> DraftRecord:
        """The intent to make this draft, for the first time or (``known``) again."""
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
            created_at=known.created_at if known else self.hands.now,
            changed_at=self.hands.clock(),
            attempts=(known.attempts if known else 0) + 1,
        )

    def _made_today(self) -> int:
        zone = ZoneInfo(self.hands.zone)
        today = self.hands.now.astimezone(zone).date()
        return sum(r.created_at.astimezone(zone).date() == today for r in self.hands.store.drafts())

    def _tomorrow(self) -> datetime:
        zone = ZoneInfo(self.hands.zone)
        day = self.hands.now.astimezone(zone).date() + timedelta(days=1)
        return datetime.combine(day, time(), zone).astimezone(UTC)

    def _stop(self, judged: Judged, reason: str) -> None:
        """Say why there is no draft; it is tried again at every turn, for the user may have mended it."""
        self.in_the_way[judged.candidacy.id] = Stop(reason)


def _resting(known: DraftRecord, now: datetime) -> bool:
    """True for an intent that was tried several times without a clear answer, for some hours after the last time."""
    return known.attempts >= ATTEMPTS and now - (known.changed_at or known.created_at) < REST


def letters(action: Action, judged: Judged) -> Iterator[tuple[Action, Contact | None]]:
    """The letter in the thread; after a panel, one to each of the others as a conversation of its own."""
    yield action, None
    if action.kind is not ActionKind.THANK_YOU:
        return
    way = envelope.route(judged.candidacy, judged.state, action)
    if isinstance(way, envelope.Refusal):
        return
    for contact in envelope.panel(judged.candidacy, judged.state):
        if contact.address.email not in {a.email for a in way.to}:
            yield replace(action, key=f"{action.key}:{contact.address.email}"), contact
