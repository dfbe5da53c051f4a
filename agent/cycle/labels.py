"""The user's labels in Gmail: which threads carry an instruction now, and what that asks of a sync. Reading only.

Names cost one unit and are asked for only where an id is unknown, and on a full listing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from agent.core.model import Note, NoteKind, Problem, Source
from agent.core.story import labels as words
from agent.cycle.reading import Reader
from agent.gmail.history import Changes
from agent.store.store import Store

_USERS = "Label_"  # how Gmail's ids of the user's own labels begin


@dataclass(frozen=True, slots=True)
class Heard:
    """What changed labels ask for: ``changed`` if any conclusion can differ, ``tracked``: threads to read whole."""

    changed: bool = False
    tracked: tuple[str, ...] = ()


@dataclass(slots=True)
class Labels:
    """The labels of one mailbox during one sync."""

    reader: Reader
    now: datetime
    instructions: dict[str, words.Instruction] = field(init=False)
    names: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self._know(self.reader.store.labels())

    def heed(self, happened: Changes) -> Heard:
        """Look through what history tells; asks for the names where one of the user's labels is unknown."""
        given = [(a.thread_id, a.label_ids) for a in happened.added]
        given += [(c.thread_id, c.added) for c in happened.labels]
        if any(label.startswith(_USERS) and label not in self.names for _, ids in given for label in ids):
            self._refresh()
        taken = frozenset(label for c in happened.labels for label in c.removed)
        put = frozenset(label for _, ids in given for label in ids)
        tracks = self._tracks()
        tracked = tuple(dict.fromkeys(thread for thread, ids in given if ids & tracks))
        return Heard(bool((taken | put) & self.instructions.keys()), tracked)

    def listed(self) -> dict[str, dict[str, str]]:
        """On a full listing: label id → gmail_id → thread_id of all mail that carries the instruction now."""
        self._refresh()
        return {
            label: dict(self.reader.gmail.list_messages(label_ids=[label])) for label in self.instructions
        }

    def keep_tracked(self, listed: dict[str, dict[str, str]]) -> None:
        """Read and keep the tracked threads that are not known yet; forgotten ones stay forgotten."""
        found = {m: t for label in sorted(self._tracks()) for m, t in listed[label].items()}
        known = self.reader.store.label_ids(found)
        threads = sorted({t for m, t in found.items() if m not in known} - self.reader.forgotten)
        for thread_id in threads:
            self.reader.store.keep(self.reader.thread(thread_id), at=self.now)
            self.reader.taken.add(thread_id)

    def differing(self, listed: dict[str, dict[str, str]], lost: Iterable[str]) -> dict[str, frozenset[str]]:
        """gmail_id → its labels, of the stored mail whose instructions are not those that were listed."""
        stored = self.reader.store.label_ids(self.reader.store.present().keys() - set(lost))
        now = {
            m: (ids - self.instructions.keys()) | {label for label, mail in listed.items() if m in mail}
            for m, ids in stored.items()
        }
        return {m: ids for m, ids in now.items() if ids != stored[m]}

    def _tracks(self) -> frozenset[str]:
        return frozenset(
            label for label, instruction in self.instructions.items() if instruction.kind is NoteKind.TRACK
        )

    def _know(self, names: dict[str, str]) -> None:
        self.names, self.instructions = names, words.instructions_of(names)

    def _refresh(self) -> None:
        """Ask Gmail for the names; a label under Followup/ that says nothing known is a problem of this sync."""
        self._know({label_id: name for name, label_id in self.reader.gmail.labels().items()})
        self.reader.store.save_labels(self.names)
        for label_id, name in self.names.items():
            if words.is_ours(name) and label_id not in self.instructions:
                what = (
                    f"the label “{name}” is not understood: Ignore, Track, Done, Snooze 1w, 3d or 2026-12-01"
                )
                self.reader.result.problems.append(Problem("", what))


def told_by_labels(
    store: Store, sources: Sequence[Source], notes: Sequence[Note], *, now: datetime, zone: str
) -> tuple[Note, ...]:
    """The instructions that the stored labels express, as notes. ``sources``, ``notes``: all that are stored."""
    names = store.labels()
    seen = {pair: note.made_at for pair, note in words.sightings(notes).items()}
    return words.notes_from_labels(_carried(store, sources, names), names, seen, now=now, zone=zone)


def remember_sightings(store: Store, now: datetime) -> None:
    """Keep the instant of what is seen for the first time; forget that of a label that was taken off."""
    with store.snapshot() as seen:
        names, known = seen.labels(), words.sightings(seen.notes())
        wanted = words.instructions_of(names)
        carried = _carried(seen, seen.sources(), names) if wanted else frozenset()
    if known.keys() == carried:
        return
    with store.transaction() as writing:
        for thread_id, label_id in sorted(carried - known.keys()):
            writing.add_note(words.sighting(thread_id, label_id, names[label_id], now))
        for pair in known.keys() - carried:
            writing.remove_note(known[pair].id)


def _carried(store: Store, sources: Sequence[Source], names: dict[str, str]) -> frozenset[tuple[str, str]]:
    instructions = words.instructions_of(names)
    return words.labelled(sources, store.gone_ids(), instructions) if instructions else frozenset()
