"""The embedded mailbox: what its user and the world do to it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import getaddresses
from hashlib import blake2b
from threading import RLock

from agent.demo import rewriting
from agent.demo.ledger import Ledger
from agent.demo.mail import Mail
from agent.demo.records import Draft, Stored

_FULL_THREAD = 100  # Gmail begins a new thread after so many messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """An address the user may send as."""

    address: str
    name: str = ""
    signature: str = ""
    reply_to: str = ""
    accepted: bool = True
    default: bool = False


class Mailbox:
    """One Gmail account in memory. Every deed is atomic; `clock` dates what is given no time."""

    def __init__(
        self,
        address: str,
        *,
        name: str = "",
        aliases: Collection[Alias | str] = (),
        signature: str = "",
        clock: Callable[[], datetime],
        wrap_at: int | None = 72,
        first_history_id: int = 998_000,
    ) -> None:
        """`wrap_at`: the column at which Gmail's editor wraps the plain text of a draft."""
        self.address = address
        self.name = name
        self.signature = signature
        self.aliases = tuple(Alias(address=one) if isinstance(one, str) else one for one in aliases)
        self.clock = clock
        self.lock = RLock()
        self.ledger = Ledger(first_history_id)
        self._wrap_at = wrap_at
        self._threads_by_key: dict[str, str] = {}

    # what the world does

    def deliver(
        self,
        raw: bytes,
        *,
        labels: Collection[str] = ("INBOX",),
        thread_key: str | None = None,
        thread_id: str | None = None,
        at: datetime | None = None,
    ) -> str:
        """Take a message in and return its id; with the label DRAFT it becomes a draft of the user's.

        Its thread is the one asked for (`thread_key` is any name of the caller's, `thread_id` a hex
        id), else the one its References and subject lead to, else a new one.
        """
        if "DRAFT" in labels:
            return self.message_of(self.user_draft(raw, thread_key=thread_key, thread_id=thread_id, at=at)).id
        with self.lock:
            mail = Mail(raw)
            asked = self._asked_thread(thread_key, thread_id) or self._thread_by_references(mail)
            return self._keep(raw, labels=labels, at=at, thread_id=asked, thread_key=thread_key).id

    # what the user does

    def user_draft(
        self,
        raw: bytes,
        *,
        thread_key: str | None = None,
        thread_id: str | None = None,
        at: datetime | None = None,
    ) -> str:
        """A draft the user began in Gmail; returns the draft id."""
        with self.lock:
            asked = self._asked_thread(thread_key, thread_id) or self._thread_by_references(Mail(raw))
            return self._new_draft(raw, asked, at, thread_key).id

    def edit_draft(
        self,
        draft_id: str,
        *,
        append: str | None = None,
        raw: bytes | None = None,
        subject: str | None = None,
        to: str | None = None,
        at: datetime | None = None,
    ) -> str:
        """The user changes a draft in Gmail's editor; returns the new message id.

        The draft id stays, the X- headers go. Another subject moves the draft to a thread of its own.
        """
        with self.lock:
            old = self.message_of(draft_id)
            new = raw if raw is not None else old.mail.raw
            for name, value in (("Subject", subject), ("To", to)):
                new = new if value is None else rewriting.with_field(new, name, value)
            if append is not None or raw is None:
                new = rewriting.opened(new, wrap_at=self._wrap_at, append=append)
            new = rewriting.without_x_headers(new)
            same = Mail(new).subject == old.mail.subject
            return self._replace_draft(draft_id, new, old.thread_id if same else None, at).message_id

    def open_draft(self, draft_id: str, *, at: datetime | None = None) -> str:
        """The user only opens a draft: Gmail saves it again, under a new message id, the text unchanged."""
        return self.edit_draft(draft_id, at=at)

    def send_draft(self, draft_id: str, at: datetime | None = None) -> str:
        """The user sends a draft: it vanishes, and a new message is in the thread; returns its id."""
        with self.lock:
            old = self.discard_draft(draft_id)
            when = at or self.clock()
            written = rewriting.opened(old.mail.raw, wrap_at=self._wrap_at)
            made = self.ledger.new_id(when)
            raw = rewriting.sent(written, message_id=gmail_message_id(made), at=when)
            labels = {"SENT", "INBOX", "UNREAD"} if self._to_self(old.mail) else {"SENT"}
            return self.ledger.add(raw, labels=labels, at=when, id=made, thread_id=old.thread_id).id

    def discard_draft(self, draft_id: str) -> Stored:
        """The user discards a draft, or the API deletes it; returns the message it held."""
        with self.lock:
            draft = self.ledger.draft(draft_id)
            del self.ledger.drafts[draft_id]
            return self.ledger.remove(draft.message_id)

    def trash(self, message_id: str) -> None:
        """The user moves a message to the bin."""
        with self.lock:
            self.ledger.relabel(message_id, add=["TRASH"], remove=["INBOX"])

    def delete(self, message_id: str) -> None:
        """The message is gone for good; with it the draft, if it was one."""
        with self.lock:
            self.ledger.remove(message_id)
            for draft in [one for one in self.ledger.drafts.values() if one.message_id == message_id]:
                del self.ledger.drafts[draft.id]

    def add_label(self, message_id: str, label: str) -> None:
        """The user puts a label (id or name) on a message."""
        with self.lock:
            self.ledger.relabel(message_id, add=[self.ledger.label_id(label)])

    def remove_label(self, message_id: str, label: str) -> None:
        """The user takes a label (id or name) off a message."""
        with self.lock:
            self.ledger.relabel(message_id, remove=[self.ledger.label_id(label)])

    def expire_history(self) -> None:
        """Gmail forgets the history so far: older history ids answer 404 from now on."""
        with self.lock:
            self.ledger.expire()

    # what the API does

    def create_draft(self, raw: bytes, *, thread_id: str | None) -> Draft:
        """A draft made through the API; it enters the thread only if headers and subject lead there."""
        with self.lock:
            return self._new_draft(raw, self._draft_thread(raw, thread_id), None, None)

    def update_draft(self, draft_id: str, raw: bytes, *, thread_id: str | None) -> Draft:
        """A draft replaced through the API: a new message under the same draft id."""
        with self.lock:
            self.ledger.draft(draft_id)
            return self._replace_draft(draft_id, raw, self._draft_thread(raw, thread_id), None)

    # questions

    def message_of(self, draft_id: str) -> Stored:
        """The message a draft holds at present."""
        with self.lock:
            return self.ledger.message(self.ledger.draft(draft_id).message_id)

    def drafts_in(self, thread_id: str) -> list[str]:
        """The ids of the drafts that lie in a thread, in the order they were made."""
        with self.lock:
            return [
                one.id
                for one in self.ledger.drafts.values()
                if self.ledger.message(one.message_id).thread_id == thread_id
            ]

    def thread_of(self, key: str) -> str:
        """The thread id behind a caller's thread key."""
        return self._threads_by_key[key]

    # inside

    def _keep(
        self,
        raw: bytes,
        *,
        labels: Collection[str],
        at: datetime | None,
        thread_id: str | None,
        thread_key: str | None,
    ) -> Stored:
        when = at or self.clock()
        begins = thread_id is not None and not self.ledger.has_thread(thread_id)
        made = thread_id if begins and thread_id else self.ledger.new_id(when)
        if not Mail(raw).message_id:
            given = (
                gmail_message_id(made) if "SENT" in labels else f"{made}.SMTPIN_ADDED_MISSING@mx.google.com"
            )
            raw = rewriting.with_field(raw, "Message-ID", f"<{given}>")
        if thread_key is not None:
            self._threads_by_key.setdefault(thread_key, thread_id or made)
        ids = {self.ledger.label_id(label) for label in labels}
        return self.ledger.add(raw, labels=ids, at=when, id=made, thread_id=thread_id or made)

    def _new_draft(
        self, raw: bytes, thread_id: str | None, at: datetime | None, thread_key: str | None
    ) -> Draft:
        stored = self._keep(
            self._completed(raw, at), labels=["DRAFT"], at=at, thread_id=thread_id, thread_key=thread_key
        )
        draft = Draft(id=self.ledger.new_draft_id(), message_id=stored.id)
        self.ledger.drafts[draft.id] = draft
        return draft

    def _replace_draft(self, draft_id: str, raw: bytes, thread_id: str | None, at: datetime | None) -> Draft:
        self.ledger.remove(self.ledger.draft(draft_id).message_id)
        when = at or self.clock()
        made = self.ledger.new_id(when)
        self.ledger.add(
            self._completed(raw, when), labels=["DRAFT"], at=when, id=made, thread_id=thread_id or made
        )
        draft = replace(self.ledger.draft(draft_id), message_id=made)
        self.ledger.drafts[draft_id] = draft
        return draft

    def _completed(self, raw: bytes, at: datetime | None) -> bytes:
        when = at or self.clock()
        return rewriting.completed(
            raw,
            message_id=gmail_message_id(self.ledger.new_id(when)),
            sender=(self.name, self.address),
            at=when,
        )

    def _asked_thread(self, key: str | None, thread_id: str | None) -> str | None:
        return thread_id if key is None else self._threads_by_key.get(key, thread_id)

    def _thread_by_references(self, mail: Mail) -> str | None:
        for known in reversed(self.ledger.with_message_ids(mail.references)):
            same = known.mail.subject == mail.subject
            if same and len(self.ledger.thread(known.thread_id)) < _FULL_THREAD:
                return known.thread_id
        return None

    def _draft_thread(self, raw: bytes, asked: str | None) -> str | None:
        """The thread asked for if References and Subject lead there too; else a new one, silently."""
        if asked is None:
            return None
        mail = Mail(raw)
        held = self.ledger.thread(asked)
        points_in = any(one.mail.message_id in mail.references for one in held)
        same_subject = any(one.mail.subject == mail.subject for one in held)
        return asked if points_in and same_subject else None

    def _to_self(self, mail: Mail) -> bool:
        mine = {self.address.lower(), *(alias.address.lower() for alias in self.aliases)}
        fields = [
            value for name in ("To", "Cc", "Bcc") if (value := mail.header(name))
        ]  # an empty one spoils all
        return any(address.lower() in mine for _, address in getaddresses(fields))


def gmail_message_id(gmail_id: str) -> str:
    """The Message-ID Gmail gives to what is written in it."""
    digest = blake2b(gmail_id.encode(), digest_size=20).hexdigest()
    return f"CA{digest[:6]}+{digest[6:18]}=_{digest[18:36]}-{digest[36:]}@mail.gmail.com"
