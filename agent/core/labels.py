"""What the user says from inside Gmail: labels under ``Followup/`` on a thread, read as wishes.

A wish lasts as long as its label does. It is drawn from the facts each time and outranks the rules as a note does; only
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
class Wish:
    """What one label asks for. A snooze lasts ``days`` from when the label was seen, or until the day ``until``."""

    kind: NoteKind
    days: int = 0
    until: date | None = None


def is_ours(name: str) -> bool:
    """True for a label under ``Followup/``, whether it says something or not."""
    return _OURS.fullmatch(name[:_LONGEST]) is not None


def wish(name: str) -> Wish | None:
    """The wish that a label's name expresses (case does not matter), or None."""
    found = _OURS.fullmatch(name[:_LONGEST])
    if found is None:
        return None
    said = " ".join(found[1].split()).casefold()
    if said in KINDS:
        return Wish(KINDS[said])
    span = _SNOOZE.fullmatch(said)
    if span is None:
        return None
    if span[1]:
        return Wish(NoteKind.SNOOZE, days=int(span[1]) * (7 if span[2] == "w" else 1))
    try:
        return Wish(NoteKind.SNOOZE, until=date.fromisoformat(span[3]))
    except ValueError:
        return None


def wishes_of(names: Mapping[str, str]) -> dict[str, Wish]:
    """Label id → its wish, of those labels (id → name) that have one."""
    return {label_id: found for label_id, name in names.items() if (found := wish(name)) is not None}


def labelled(
    sources: Iterable[Source], gone: AbstractSet[str], wishes: Mapping[str, Wish]
) -> frozenset[tuple[str, str]]:
    """``(thread_id, label_id)`` of every wish that a thread carries; one labelled message is enough.

    Of a thread that is partly deleted, what is left counts (``gone``: ids no longer in Gmail).
    """
    known = tuple(sources)
    alive = {s.thread_id for s in known if s.gmail_id not in gone}
    speaking = (s for s in known if s.gmail_id not in gone or s.thread_id not in alive)
    return frozenset((s.thread_id, label) for s in speaking for label in s.label_ids & wishes.keys())


def sighting(thread_id: str, label_id: str, name: str, at: datetime) -> Note:
    """The note that remembers when a label was first seen on a thread; it carries no wish by itself."""
    return Note(0, thread_id, NoteKind.SET, at, at, key=f"{MARK}{label_id}", value=name)


def is_sighting(note: Note) -> bool:
    """True for what ``sighting`` makes: no word of the user's, to be kept from the fold."""
    return note.kind is NoteKind.SET and note.key.startswith(MARK)


def sightings(notes: Iterable[Note]) -> dict[tuple[str, str], Note]:
    """``(thread_id, label_id)`` → the note that remembers it."""
    return {(n.thread_id, n.key.removeprefix(MARK)): n for n in notes if is_sighting(n)}


def wishes_from_labels(
    carried: Iterable[tuple[str, str]],
    names: Mapping[str, str],
    seen: Mapping[tuple[str, str], datetime],
    *,
    now: datetime,
    zone: str,
) -> tuple[Note, ...]:
    """The wishes of all labelled threads as notes, oldest first; their negative numbers meet no stored note's.

    ``carried``: pairs of ``labelled``; ``seen``: when each was first seen (else ``now``).
    """
    known = wishes_of(names)
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


def _end(asked: Wish, seen: datetime, zone: str) -> str:
    """The day on which a snooze ends, in ISO 8601; nothing for another wish."""
    if asked.kind is not NoteKind.SNOOZE:
        return ""
    return (asked.until or seen.astimezone(ZoneInfo(zone)).date() + timedelta(days=asked.days)).isoformat()
