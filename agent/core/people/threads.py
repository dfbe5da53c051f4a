"""Which threads are one conversation before anything is understood: the user's word, references, invite UIDs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from agent.core.model import Identity, Message, Reading, SignalKind, Strength
from agent.core.people.fronts import poses, resembles
from agent.core.people.lures import lured, without_courtesies
from agent.core.people.parties import employer_domain, is_vendor_robot, recipients
from agent.core.people.strands import Book, Strand, ordered
from agent.core.people.vouching import written_past_me

_HIDDEN = frozenset({"DRAFT", "CHAT"})
_REQUESTS = (SignalKind.QUESTION, SignalKind.AVAILABILITY_REQUEST)


def usable(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """Each message once, drafts and chats left out, in order."""
    once = {r.message.gmail_id: r for r in ordered(readings) if not _HIDDEN & r.message.label_ids}
    return ordered(once.values())


def weighed(reading: Reading, book: Book) -> Reading | None:
    """A message as far as it can be trusted, or None where it must neither link nor qualify.

    Forgeries and spam fall out whoever they name. Requests for money or papers fall out unless the user has written to
    the sender (then they stay, to be set aside and looked at); mere smells mean nothing there. Lures fall out unless
    the user tracks the thread.
    """
    if lured(reading, book.lurers) and not book.tracks(reading.message.thread_id):
        return None
    if reading.outgoing:
        return reading
    reading = without_courtesies(reading)
    if written_past_me(reading.message, book.identity):
        reading = replace(reading, signals=tuple(s for s in reading.signals if s.kind not in _REQUESTS))
    sender = reading.message.sender
    trusted = sender.email in book.written_to or employer_domain(sender.email) in book.written_to
    smells = [s for s in reading.signals if s.kind is SignalKind.SUSPICIOUS]
    strong = [s for s in smells if s.strength is Strength.STRONG]
    forged = poses(sender) or any(s.rule.startswith("machine.") for s in strong)
    if forged or (not trusted and (strong or "SPAM" in reading.message.label_ids)):
        return None
    if strong or not smells:
        return reading
    if trusted or is_vendor_robot(sender.email):
        return replace(reading, signals=tuple(s for s in reading.signals if s not in smells))
    return reading if len({s.evidence.quote for s in smells}) == 1 else None


def corresponded(readings: Sequence[Reading], identity: Identity) -> frozenset[str]:
    """Addresses and employer domains the user has written to."""
    found: set[str] = set()
    for reading in readings:
        if reading.outgoing:
            for address in recipients(reading.message):
                if not identity.is_me(address):
                    found |= {address.email, employer_domain(address.email)} - {""}
    return frozenset(found)


class _Union:
    """Disjoint sets of thread ids; the smaller id leads, so that the order of joining leaves no trace."""

    def __init__(self) -> None:
        self.leader: dict[str, str] = {}

    def find(self, item: str) -> str:
        self.leader.setdefault(item, item)
        while self.leader[item] != item:
            self.leader[item] = self.leader[self.leader[item]]
            item = self.leader[item]
        return item

    def join(self, one: str, other: str) -> bool:
        a, b = sorted((self.find(one), self.find(other)))
        self.leader[b] = a
        return a != b


def strands(
    readings: Sequence[Reading],
    book: Book,
    apart: frozenset[frozenset[str]],
    together: Sequence[tuple[str, str]],
) -> list[Strand]:
    """Threads joined by the user's word, by references and by invite UID."""
    threads: dict[str, list[Reading]] = {}
    for reading in readings:
        threads.setdefault(reading.message.thread_id, []).append(reading)
    union, why = _Union(), dict.fromkeys(threads, "thread")
    joins = [*((a, b, "user") for a, b in together), *_by_references(readings), *_by_uid(readings)]
    for one, other, reason in joins:
        if (
            one in threads
            and other in threads
            and _may_join(one, other, union, threads, apart, reason)
            and union.join(one, other)
        ):
            later = max((one, other), key=lambda t: (threads[t][0].message.internal_date, t))
            why[later] = reason if why[later] == "thread" else why[later]
    groups: dict[str, list[str]] = {}
    for thread in threads:
        groups.setdefault(union.find(thread), []).append(thread)
    made = [
        book.strand([r for t in members for r in threads[t]], {t: why[t] for t in members})
        for members in groups.values()
    ]
    return sorted(made, key=lambda s: s.key)


def _may_join(
    one: str,
    other: str,
    union: _Union,
    threads: Mapping[str, Sequence[Reading]],
    apart: frozenset[frozenset[str]],
    reason: str,
) -> bool:
    a, b = union.find(one), union.find(other)
    members_a, members_b = (
        ([t for t in threads if union.find(t) == leader] for leader in (a, b)) if apart else ([one], [other])
    )
    if any(frozenset({x, y}) in apart for x in members_a for y in members_b):
        return False
    if reason == "user":
        return True
    first, second = (
        {employer_domain(r.message.sender.email) for r in threads[t] if not r.outgoing} - {""}
        for t in (one, other)
    )
    return not any(resembles(x, y) for x in first for y in second)


def _by_references(readings: Sequence[Reading]) -> list[tuple[str, str, str]]:
    home = {r.message.message_id: r.message.thread_id for r in readings if r.message.message_id}
    found: list[tuple[str, str, str]] = []
    for reading in readings:
        message = reading.message
        answered = dict.fromkeys((message.in_reply_to, *message.references[-20:]))
        others = [home[i] for i in answered if i in home and home[i] != message.thread_id]
        found += [(other, message.thread_id, "references") for other in others]
    return found


def _by_uid(readings: Sequence[Reading]) -> list[tuple[str, str, str]]:
    """The same event's mails: only where they come from the same house, or through a vendor."""
    home: dict[str, Message] = {}
    found: list[tuple[str, str, str]] = []
    for reading in readings:
        message = reading.message
        for invite in message.invites:
            if not invite.uid:
                continue
            first = home.setdefault(invite.uid, message)
            if first.thread_id != message.thread_id and (reading.outgoing or _same_house(first, message)):
                found.append((first.thread_id, message.thread_id, "uid"))
    return found


def _same_house(first: Message, message: Message) -> bool:
    sender = message.sender.email
    if sender == first.sender.email or is_vendor_robot(sender):
        return True
    domain = employer_domain(sender)
    organisers = {employer_domain(i.organizer.email) for m in (first,) for i in m.invites if i.organizer}
    return bool(domain) and (domain == employer_domain(first.sender.email) or domain in organisers)
