"""What the user says from inside Gmail: labels under ``Followup/`` on a thread, read as instructions.

An instruction lasts as long as its label does. It is drawn from the facts each time and outranks the rules as a note does; only
the instant at which the label was first seen is remembered (``sighting``), for "Snooze 1w" counts from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from agent.core.model import Note, NoteKind, Source

KINDS = {"ignore": NoteKind.IGNORE, "track": NoteKind.TRACK, "done": NoteKind.CLOSE}
MARK = "label:"  # begins the key of a remembered sighting
_OURS = re.compile(r"\s*follow-?up\s*/\s*(\S.*)", re.IGNORECASE)
_SNOOZE = re.compile(r"snooze\s+(?:(\d{1,3})\s*([dw])|(\d{4}-\d\d-\d\d))", re.IGNORECASE)
_LONGEST = 225  # characters of a label's name in Gmail


@dataclass(frozen=True, slots=True)
class Instruction:
    """What one label asks for. A snooze lasts ``days`` from when the label was seen, or until the day ``until``."""

    kind: NoteKind
    days: int = 0
    until: date | None = None


def is_ours(name: str) -> bool:
    """True for a label under ``Followup/``, whether it says something or not."""
    return _OURS.fullmatch(name[:_LONGEST]) is not None


def instruction(name: str) -> Instruction | None:
    """The instruction that a label's name expresses (case does not matter), or None."""
    found = _OURS.fullmatch(name[:_LONGEST])
    if found is None:
        return None
    said = " ".join(found[1].split()).casefold()
    if said in KINDS:
        return Instruction(KINDS[said])
    span = _SNOOZE.fullmatch(said)
    if span is None:
        return None
    if span[1]:
        return Instruction(NoteKind.SNOOZE, days=int(span[1]) * (7 if span[2] == "w" else 1))
    try:
        return Instruction(NoteKind.SNOOZE, until=date.fromisoformat(span[3]))
    except ValueError:
        return None


def instructions_of(names: Mapping[str, str]) -> dict[str, Instruction]:
    """Label id → its instruction, of those labels (id → name) that have one."""
    return {label_id: found for label_id, name in names.items() if (found := instruction(name)) is not None}


def labelled(
    sources: Iterable[Source], gone: AbstractSet[str], instructions: Mapping[str, Instruction]
) -> frozenset[tuple[str, str]]:
    """``(thread_id, label_id)`` of every instruction that a thread carries; one labelled message is enough.

    Of a thread that is partly deleted, what is left counts (``gone``: ids no longer in Gmail).
    """
    known = tuple(sources)
    alive = {s.thread_id for s in known if s.gmail_id not in gone}
    speaking = (s for s in known if s.gmail_id not in gone or s.thread_id not in alive)
    return frozenset((s.thread_id, label) for s in speaking for label in s.label_ids & instructions.keys())


def sighting(thread_id: str, label_id: str, name: str, at: datetime) -> Note:
    """The note that remembers when a label was first seen on a thread; it carries no instruction by itself."""
    return Note(0, thread_id, NoteKind.SET, at, at, key=f"{MARK}{label_id}", value=name)


def is_sighting(note: Note) -> bool:
    """True for what ``sighting`` makes: no word of the user's, to be kept from the fold."""
    return note.kind is NoteKind.SET and note.key.startswith(MARK)


def sightings(notes: Iterable[Note]) -> dict[tuple[str, str], Note]:
    """``(thread_id, label_id)`` → the note that remembers it."""
    return {(n.thread_id, n.key.removeprefix(MARK)): n for n in notes if is_sighting(n)}


def notes_from_labels(
    carried: Iterable[tuple[str, str]],
    names: Mapping[str, str],
    seen: Mapping[tuple[str, str], datetime],
    *,
    now: datetime,
    zone: str,
) -> tuple[Note, ...]:
    """The instructions of all labelled threads as notes, oldest first; their negative numbers meet no stored note's.

    ``carried``: pairs of ``labelled``; ``seen``: when each was first seen (else ``now``).
    """
    known = instructions_of(names)
    told = sorted(
        (
            seen.get((thread, label), now),
            _end(known[label], seen.get((thread, label), now), zone),
            thread,
            label,
        )
        for thread, label in carried
        if label in known
    )
    return tuple(
        Note(number - len(told), thread, known[label].kind, at, at, key=names[label], value=end)
        for number, (at, end, thread, label) in enumerate(told)
    )


def _end(asked: Instruction, seen: datetime, zone: str) -> str:
    """The day on which a snooze ends, in ISO 8601; nothing for another instruction."""
    if asked.kind is not NoteKind.SNOOZE:
        return ""
    return (asked.until or seen.astimezone(ZoneInfo(zone)).date() + timedelta(days=asked.days)).isoformat()
