"""A desk for tests of single deeds of the outbox: real store, embedded mailbox, records and drafts laid out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from agent.core.model import (
    ActionKind,
    Address,
    DraftRecord,
    DraftState,
    Identity,
    Part,
    Source,
    State,
    Status,
)
from agent.core.story.document import Judged
from agent.core.story.plan import Outlook
from agent.core.writing.compose import ComposeConfig
from agent.cycle.create import Creation, Materials
from agent.cycle.hands import Hands
from agent.cycle.lives import Lives
from agent.cycle.report import TurnReport
from agent.cycle.thinking import Thinker
from agent.gmail.client import DraftRef
from agent.gmail.drafts import KEY_HEADER, digest, letter
from tests.core.correspondence import correspondence
from tests.cycle.machine import CONFIG
from tests.cycle.machine_gmail import NearGmail
from tests.cycle.machine_mail import SUBJECT
from tests.torture import cuts
from tests.torture.lab import Lab

ME = Address("Dana Kim", "dana.kim@gmail.example")
IDENTITY = Identity(ME, frozenset({ME.email}), ("Dana Kim",))
MARIA = "maria.lopez@northwind.example"
OTHER = "sam@halyard.example"
REPLY = f"Re: {SUBJECT}"
LETTER = (
    "Hi Maria,\n\nThank you for the conversation on Tuesday. I enjoyed hearing how the team measures what its forecasts "
    "are worth, and I would be glad to build on that.\n\nBest,\nDana\n"
)
REWRITTEN = LETTER.replace("I enjoyed hearing how", "It was good to learn how")  # still the same letter
UNLIKE = "Dear Maria,\n\nplease find enclosed the two references, three diplomas and one certificate that your colleague wanted.\n\nDana\n"
KEY = "thank_you:1:t1:r1:x"


@dataclass(slots=True)
class Desk:
    """The interview is over, mail is read, nothing is written yet; time stands still unless somebody moves it."""

    lab: Lab = field(default_factory=lambda: cuts.begin("a thank-you is due"))
    slept: list[float] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.lab.clock()

    @property
    def thread(self) -> str:
        return self.lab.thread

    def close(self) -> None:
        self.lab.teardown()

    # ── what is in the books ──

    def record(self, key: str = KEY, **changes: Any) -> DraftRecord:
        """A draft as the books know it: by default an intent of ten minutes ago for the thread."""
        plain = DraftRecord(
            key=key, candidacy_id="c1", anchor_thread_id=self.thread, kind=ActionKind.THANK_YOU, step=1,
            state=DraftState.INTENDED, thread_id=self.thread, to=(MARIA,), cc=(), subject=REPLY, text=LETTER,
            digest=digest(LETTER, (MARIA,), (), REPLY), created_at=self.now - timedelta(minutes=10), attempts=1,
        )  # fmt: skip
        made = replace(plain, **changes)
        assert self.lab.store.put_intent(made)
        return made

    def open_record(self, draft_id: str, key: str = KEY, **changes: Any) -> DraftRecord:
        """A draft that lies in Gmail, made and read back."""
        resource = self.lab.gmail.draft(draft_id)
        kept = {"kept_digest": letter(resource).digest, "gmail_id": resource["message"]["id"]}
        return self.record(
            key, **({"state": DraftState.OPEN, "draft_id": draft_id, "changed_at": self.now} | kept | changes)
        )

    def book(self, key: str = KEY) -> DraftRecord:
        found = self.lab.store.draft_by_key(key)
        assert found is not None
        return found

    # ── what is in Gmail ──

    def draft(
        self,
        text: str = LETTER,
        *,
        key: str = KEY,
        to: str = MARIA,
        subject: str = REPLY,
        thread: str | None = None,
        at: datetime | None = None,
    ) -> str:
        """A draft lies in Gmail, of ours if it carries a key; its id."""
        head = f"From: {ME.email}\nTo: {to}\nSubject: {subject}\n" + (f"{KEY_HEADER}: {key}\n" if key else "")
        raw = f"{head}Content-Type: text/plain; charset=utf-8\n\n{text}".replace("\n", "\r\n").encode()
        return self.lab.mailbox.user_draft(raw, thread_id=thread or self.thread, at=at)

    def ref(self, draft_id: str) -> DraftRef:
        return next(ref for ref in self.lab.gmail.list_drafts() if ref.draft_id == draft_id)

    def sent(self, gmail_id: str, text: str = LETTER, *, thread: str | None = None, at: datetime | None = None,
             sender: str = ME.email, to: str = MARIA, cc: str = "", labels: Sequence[str] = ("SENT",)) -> Source:  # fmt: skip
        """A message of the user's has been read from Gmail."""
        fields = [
            ("From", sender),
            ("To", to),
            ("Cc", cc),
            ("Subject", REPLY),
            ("Message-ID", f"<{gmail_id}@x.example>"),
        ]
        source = Source(
            gmail_id, thread or self.thread, at or self.now, frozenset(labels),
            tuple((name, value) for name, value in fields if value), (Part("text/plain", text),),
        )  # fmt: skip
        self.lab.store.keep([source], at=self.now)
        return source

    def requests(self) -> list[str]:
        """What was asked of Gmail so far."""
        return self.lab.served

    def fail(self, method: str, how: str) -> None:
        """The next such request goes wrong."""
        assert isinstance(self.lab.gmail, NearGmail)
        self.lab.gmail.near.fault = method, how

    # ── who acts ──

    def lives(self) -> Lives:
        return Lives(self.lab.gmail, self.lab.store, IDENTITY, self.now, self.slept.append)

    def hands(self, *, dry_run: bool = False) -> Hands:
        report = TurnReport(ME.email, self.now)
        return Hands(
            self.lab.gmail, self.lab.store, IDENTITY, self.lives(), report, self.now, "America/New_York",
            self.lab.clock, dry_run,
        )  # fmt: skip


def judged(
    status: Status = Status.REJECTED, *, live: Sequence[str] = (), in_the_way: Sequence[str] = (), state: State | None = None,
    thread: str = "t1",
) -> Judged:  # fmt: skip
    """A candidacy (c1) as it looks now, and the drafts that may stand."""
    readings = tuple(
        replace(r, message=replace(r.message, thread_id=thread)) for r in correspondence().readings
    )
    outlook = Outlook(status, None, None, None, frozenset(live), None, tuple(in_the_way))
    return Judged(replace(correspondence(), readings=readings), state or State(), outlook)


def due(desk: Desk) -> Judged:
    """The candidacy of this mailbox as the program sees it now, its thank-you due."""
    [one] = Thinker(desk.lab.store, CONFIG, desk.now).think()
    assert one.outlook.due is not None
    return one


def creation(
    desk: Desk, *, dry_run: bool = False, a_day: int = 9, materials: Materials = lambda _: ()
) -> Creation:
    """The deed of making what is due."""
    return Creation(desk.hands(dry_run=dry_run), ComposeConfig(), a_day, materials)
