"""Who has left the employer: their mailbox is nobody's any more, and whoever takes over is written to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent.core.model import Contact, Reading
from agent.core.people.turns import says


def without_leavers(people: tuple[Contact, ...], readings: Sequence[Reading]) -> tuple[Contact, ...]:
    """The contacts; those whose last word is that they have left are marked and never written to."""
    return tuple(replace(c, may_write=False, left=True) if _has_left(c, readings) else c for c in people)


def _has_left(contact: Contact, readings: Sequence[Reading]) -> bool:
    email = contact.address.email
    theirs = [r for r in readings if not r.outgoing and r.message.sender.email == email]
    return bool(theirs) and says(theirs[-1], "gone") and not says(theirs[-1], "gone_for_now")
