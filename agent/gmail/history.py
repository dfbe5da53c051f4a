"""History pages → Changes: a pure reduction, kept beside its subject.

Every save of a draft is a deletion and an addition with the label DRAFT; they are set apart before anything else looks,
or each autosave would count as a sent message. ``messages[]`` only repeats the typed arrays and is not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Added:
    """A message that is new, with its labels as far as the history tells."""

    gmail_id: str
    thread_id: str
    label_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class LabelChange:
    """The net change of labels of a message known before. ``label_ids`` is the final set, None if not told."""

    gmail_id: str
    thread_id: str
    label_ids: frozenset[str] | None
    added: frozenset[str]
    removed: frozenset[str]


@dataclass(frozen=True, slots=True)
class DraftsTouched:
    """Messages that drafts hold now, ``(gmail_id, thread_id)``, those they held before, and those that came and went."""

    added: tuple[tuple[str, str], ...] = ()
    deleted: tuple[str, ...] = ()
    passed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """All that happened since the cursor, and the cursor to keep once it is stored.

    ``deleted`` are ids deleted for good (trashing is a label change); where Gmail told no labels, a draft's old message
    can be among them.
    """

    history_id: int
    added: tuple[Added, ...] = ()
    deleted: tuple[str, ...] = ()
    labels: tuple[LabelChange, ...] = ()
    drafts_touched: DraftsTouched = field(default=DraftsTouched())

    @property
    def empty(self) -> bool:
        """True if nothing happened that concerns us."""
        return not (
            self.added
            or self.deleted
            or self.labels
            or self.drafts_touched.added
            or self.drafts_touched.deleted
        )


def changes(pages: Iterable[Mapping[str, Any]], *, start: int) -> Changes:
    """Reduce the pages of one listing after ``start``; the new cursor is never below it."""
    taken = list(pages)
    cursor = max([start, *(number(page.get("historyId")) for page in taken)])
    records = [record for page in taken for record in _dicts(page.get("history"))]
    fold = _Fold()
    for record in sorted(records, key=lambda record: number(record.get("id"))):
        fold.take(record)
    return fold.changes(cursor)


@dataclass(slots=True)
class _Fate:
    """What became of one message in the window."""

    thread_id: str = ""
    new: bool = False
    gone: bool = False
    draft: bool = False
    chat: bool = False
    labels: frozenset[str] | None = None
    plus: frozenset[str] = frozenset()
    minus: frozenset[str] = frozenset()


class _Fold:
    """The fates by gmail id, in order of appearance; taking a record twice changes nothing."""

    def __init__(self) -> None:
        self._fates: dict[str, _Fate] = {}

    def take(self, record: Mapping[str, Any]) -> None:
        for entry in _dicts(record.get("messagesAdded")):
            if fate := self._fate(entry):
                fate.new = True
        for key, more in (("labelsAdded", True), ("labelsRemoved", False)):
            for entry in _dicts(record.get(key)):
                if fate := self._fate(entry):
                    _relabel(fate, _strings(entry.get("labelIds")), more=more)
        for entry in _dicts(record.get("messagesDeleted")):
            if fate := self._fate(entry):
                fate.gone = True

    def changes(self, history_id: int) -> Changes:
        fates = [(gmail_id, fate) for gmail_id, fate in self._fates.items() if not fate.chat]
        mail = [(gmail_id, fate) for gmail_id, fate in fates if not fate.draft]
        drafts = [(gmail_id, fate) for gmail_id, fate in fates if fate.draft]
        return Changes(
            history_id,
            tuple(Added(i, f.thread_id, f.labels or frozenset()) for i, f in mail if f.new and not f.gone),
            tuple(i for i, f in mail if f.gone and not f.new),
            tuple(
                LabelChange(i, f.thread_id, f.labels, f.plus, f.minus)
                for i, f in mail
                if not f.new and not f.gone and (f.plus or f.minus)
            ),
            DraftsTouched(
                tuple((i, f.thread_id) for i, f in drafts if f.new and not f.gone),
                tuple(i for i, f in drafts if f.gone and not f.new),
                tuple((i, f.thread_id) for i, f in drafts if f.new and f.gone),
            ),
        )

    def _fate(self, entry: Mapping[str, Any]) -> _Fate | None:
        message = entry.get("message")
        if not isinstance(message, Mapping) or not isinstance(message.get("id"), str):
            return None
        fate = self._fates.setdefault(message["id"], _Fate())
        if isinstance(message.get("threadId"), str):
            fate.thread_id = message["threadId"]
        if isinstance(message.get("labelIds"), list):
            fate.labels = _strings(message["labelIds"])
            fate.draft = "DRAFT" in fate.labels or (fate.draft and "SENT" not in fate.labels)
            fate.chat = "CHAT" in fate.labels
        return fate


def _relabel(fate: _Fate, labels: frozenset[str], *, more: bool) -> None:
    """The last word on each label counts."""
    if more:
        fate.plus, fate.minus = fate.plus | labels, fate.minus - labels
    else:
        fate.plus, fate.minus = fate.plus - labels, fate.minus | labels
    if fate.labels is not None:
        fate.labels = fate.labels | labels if more else fate.labels - labels


def number(value: object) -> int:
    """Gmail's 64-bit numbers come as strings: "9" is older than "10"; anything else is 0."""
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 20 else 0


def _dicts(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _strings(value: object) -> frozenset[str]:
    return (
        frozenset(item for item in value if isinstance(item, str)) if isinstance(value, list) else frozenset()
    )
