"""The mailbox's memory: messages, drafts, labels, and the history of what happened to them."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b

from agent.demo.clock import milliseconds
from agent.demo.mail import Mail
from agent.demo.records import SYSTEM_LABELS, Draft, Happening, HistoryGone, NotFound, Record, Stored

_STEPS = (1, 17, 4, 203, 9)  # history ids rise with gaps


class Ledger:
    """Every change of it writes one history record; the caller holds the mailbox's lock.

    The first history id is such that ids soon grow by one digit: they must be compared as numbers.
    """

    def __init__(self, first_history_id: int = 998_000) -> None:
        self.messages: dict[str, Stored] = {}
        self.drafts: dict[str, Draft] = {}
        self.user_labels: dict[str, str] = {}
        self.history_id = first_history_id
        self.oldest_history_id = first_history_id
        self._records: list[Record] = []
        self._threads: dict[str, set[str]] = {}
        self._by_message_id: dict[str, set[str]] = {}
        self._drawn = 0

    def add(self, raw: bytes, *, labels: Collection[str], at: datetime, id: str, thread_id: str) -> Stored:  # noqa: A002
        """Keep a message under that id."""
        history_id = self._next_history_id()
        stored = Stored(
            id=id, thread_id=thread_id, mail=Mail(raw), labels=frozenset(labels), at=at, history_id=history_id
        )
        self.messages[id] = stored
        self._threads.setdefault(thread_id, set()).add(id)
        self._by_message_id.setdefault(stored.mail.message_id, set()).add(id)
        self._write(history_id, "messageAdded", stored)
        return stored

    def remove(self, message_id: str) -> Stored:
        """Forget a message for good."""
        stored = self.message(message_id)
        del self.messages[message_id]
        self._threads[stored.thread_id].discard(message_id)
        self._by_message_id[stored.mail.message_id].discard(message_id)
        self._write(self._next_history_id(), "messageDeleted", stored)
        return stored

    def relabel(self, message_id: str, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Stored:
        """Put labels on a message and take others off; what changes nothing leaves no record."""
        stored = self.message(message_id)
        for kind, changed, labels in (
            ("labelAdded", added := frozenset(add) - stored.labels, stored.labels | added),
            ("labelRemoved", gone := frozenset(remove) & stored.labels, (stored.labels | added) - gone),
        ):
            if changed:
                history_id = self._next_history_id()
                stored = replace(stored, labels=labels, history_id=history_id)
                self._write(
                    history_id, "labelAdded" if kind == "labelAdded" else "labelRemoved", stored, changed
                )
        self.messages[message_id] = stored
        return stored

    def message(self, message_id: str) -> Stored:
        """The message of that id, or NotFound."""
        try:
            return self.messages[message_id]
        except KeyError:
            raise NotFound(message_id) from None

    def draft(self, draft_id: str) -> Draft:
        """The draft of that id, or NotFound."""
        try:
            return self.drafts[draft_id]
        except KeyError:
            raise NotFound(draft_id) from None

    def thread(self, thread_id: str) -> list[Stored]:
        """The messages of a thread, oldest first, or NotFound."""
        found = [self.messages[id] for id in self._threads.get(thread_id, ())]  # noqa: A001 (Gmail's word)
        if not found:
            raise NotFound(thread_id)
        return sorted(found, key=order)

    def has_thread(self, thread_id: str) -> bool:
        """Whether a thread of that id exists or existed."""
        return thread_id in self._threads

    def threads(self) -> list[str]:
        """The ids of all threads that still hold a message."""
        return [thread_id for thread_id, held in self._threads.items() if held]

    def with_message_ids(self, message_ids: Iterable[str]) -> list[Stored]:
        """The messages that carry one of these RFC 5322 Message-IDs, oldest first."""
        ids = {id for name in message_ids for id in self._by_message_id.get(name, ())}  # noqa: A001 (Gmail's word)
        return sorted((self.messages[id] for id in ids), key=order)  # noqa: A001 (Gmail's word)

    def newest_first(self) -> list[Stored]:
        """All messages in Gmail's order of listing."""
        return sorted(self.messages.values(), key=order, reverse=True)

    def since(self, history_id: int) -> list[Record]:
        """What happened after that id, or HistoryGone when it is not known any more or not yet."""
        if not self.oldest_history_id <= history_id <= self.history_id:
            raise HistoryGone(history_id)
        return [record for record in self._records if record.id > history_id]

    def expire(self) -> None:
        """Forget the history so far."""
        self._records.clear()
        self._next_history_id()
        self.oldest_history_id = self.history_id

    def label_id(self, name: str) -> str:
        """The id of a label given by id or name; a name not known becomes a user label."""
        if name in SYSTEM_LABELS or name in self.user_labels:
            return name
        for label_id, known in self.user_labels.items():
            if known.casefold() == name.casefold():
                return label_id
        self.user_labels[made := f"Label_{len(self.user_labels) + 1}"] = name
        return made

    def label_name(self, label_id: str) -> str:
        """The name of a label, or NotFound."""
        if label_id in SYSTEM_LABELS:
            return label_id
        try:
            return self.user_labels[label_id]
        except KeyError:
            raise NotFound(label_id) from None

    def new_id(self, at: datetime) -> str:
        """A message id: hex, sixteen digits, rising with the time of the message, as Gmail's do."""
        while True:
            self._drawn += 1
            drawn = f"{milliseconds(at) << 20 | self._drawn & 0xFFFFF:016x}"
            if drawn not in self.messages and drawn not in self._threads:
                return drawn

    def new_draft_id(self) -> str:
        """A draft id: `r` and a signed number, unlike any message id."""
        self._drawn += 1
        number = int.from_bytes(blake2b(b"%d" % self._drawn, digest_size=8).digest(), "big", signed=True)
        return f"r{number}"

    def _next_history_id(self) -> int:
        self.history_id += _STEPS[self.history_id % len(_STEPS)]
        return self.history_id

    def _write(self, history_id: int, kind: Happening, stored: Stored, changed: Collection[str] = ()) -> None:
        self._records.append(
            Record(
                id=history_id,
                kind=kind,
                message_id=stored.id,
                thread_id=stored.thread_id,
                labels=tuple(sorted(stored.labels)),
                changed=tuple(sorted(changed)),
            )
        )


def order(stored: Stored) -> tuple[int, int]:
    """The place of a message in time: its internal date, then its id."""
    return milliseconds(stored.at), int(stored.id, 16)
