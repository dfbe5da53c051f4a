"""Why a strand belongs to a candidacy: employer, tracking system, scheduler, people; and what forbids it.

Positions and clients must not contradict; shared hosts prove nothing by themselves.
"""

from __future__ import annotations

import re

from agent.core import senders
from agent.core.company import core, label, letters, same_company
from agent.core.model import Reading, SignalKind
from agent.core.parties import is_private, is_vendor_robot
from agent.core.strands import Strand, knows_position, same_client
from agent.core.titles import compatible, essence


def same_position(one: Strand, other: Strand) -> bool:
    return bool(essence(one.position)) and essence(one.position) == essence(other.position)


def shares_people(one: Strand, other: Strand) -> bool:
    humans = {e for e in one.sides.people if not senders.is_no_reply(e) and not senders.is_shared_mailbox(e)}
    return bool(humans & other.sides.people.keys()) or _names_person(one, other)


def _names_person(one: Strand, other: Strand) -> bool:
    """A scheduler's mail names somebody of the other strand in full."""
    text = " ".join(_headline(r) for r in one.readings if is_vendor_robot(r.message.sender.email))
    return any(
        len(a.name.split()) > 1 and letters(a.name) in letters(text) for a in other.sides.people.values()
    )


def _headline(reading: Reading) -> str:
    message = reading.message
    return f"{message.subject} {message.body[:1500]} {' '.join(i.summary for i in message.invites)}"


def kin(strand: Strand, seed: Strand) -> str:
    """Why a strand belongs to a seed, or an empty string; the positions and clients must not contradict."""
    if not compatible(strand.position, seed.position) or not same_client(strand, seed):
        return ""
    if (
        (strand.agency or seed.agency)
        and not (knows_position(strand) and knows_position(seed))
        and not _shares_thread_of_talk(strand, seed)
    ):
        return "participant" if shares_people(strand, seed) and strand.company == seed.company != "" else ""
    if strand.sides.domains & seed.sides.domains:
        return "scheduler" if _is_scheduling(strand) else "employer"
    if _from_vendor(strand) or _from_vendor(seed):
        return _kin_by_name(strand, seed)
    if _private_people(strand) & seed.sides.people.keys():
        return "participant"
    return ""


def _shares_thread_of_talk(strand: Strand, seed: Strand) -> bool:
    return (
        bool(knows_position(strand) or knows_position(seed))
        and strand.company == seed.company
        and bool(strand.company)
    )


def _is_scheduling(strand: Strand) -> bool:
    return any(
        senders.is_scheduler(r.message.sender.domain) or senders.is_calendar_robot(r.message.sender.email)
        for r in strand.readings
        if not r.outgoing
    )


def _from_vendor(strand: Strand) -> bool:
    senders_ = [r.message.sender.email for r in strand.readings if not r.outgoing]
    return bool(senders_) and all(is_vendor_robot(e) for e in senders_) and not strand.sides.domains


def _private_people(strand: Strand) -> set[str]:
    return {e for e in strand.sides.people if is_private(e) or is_vendor_robot(e)}


def _kin_by_name(strand: Strand, seed: Strand) -> str:
    """Mail from a shared host belongs to the employer it names as its sender, or whose people it names."""
    reason = "scheduler" if _is_scheduling(strand) or _is_scheduling(seed) else "ats"
    vendor, other = (strand, seed) if _from_vendor(strand) else (seed, strand)
    if other.company and vendor.company and same_company(vendor.company, other.company):
        return reason
    if not vendor.company or _from_scheduler_only(vendor):
        if other.company and any(names_company(_headline(r), other) for r in vendor.readings):
            return reason
        if _names_person(vendor, other) and (knows_position(vendor) or _is_scheduling(vendor)):
            return reason
    labels = {label(d) for d in other.sides.domains}
    return reason if "".join(core(vendor.company)) in labels and vendor.company else ""


def _from_scheduler_only(strand: Strand) -> bool:
    return all(
        senders.is_scheduler(r.message.sender.domain) or senders.is_calendar_robot(r.message.sender.email)
        for r in strand.readings
        if not r.outgoing
    )


def known_person(reading: Reading, seed: Strand) -> bool:
    message = reading.message
    if reading.outgoing:
        return any(a.email in seed.sides.people for a in message.to)
    return message.sender.email in seed.sides.people and not senders.is_no_reply(message.sender.email)


def belongs(strand: Strand, seed: Strand) -> str:
    if (
        any(known_person(r, seed) for r in strand.readings)
        and compatible(strand.position, seed.position)
        and same_client(strand, seed)
    ):
        return "participant"
    if any(
        r.strong(SignalKind.NOT_A_JOB_INTERVIEW) or r.has(SignalKind.LIST_MAIL, SignalKind.JOB_ALERT)
        for r in strand.readings
    ):
        return ""
    return kin(strand, seed) or _private_voice(strand, seed)


def _private_voice(strand: Strand, seed: Strand) -> str:
    """An interviewer's private address: somebody spoken of by name, writing under the subject or about the employer."""
    for reading in strand.readings:
        sender = reading.message.sender
        if (
            reading.outgoing
            or not is_private(sender.email)
            or sender.email in seed.sides.outsiders
            or len(sender.name.split()) < 2
        ):
            continue
        spoken_of = any(
            sender.name.lower() in r.message.text.lower()
            for r in seed.readings
            if not r.outgoing and r.message.sender.email != sender.email
        )
        has_own_address = any(letters(a.name) == letters(sender.name) for a in seed.sides.people.values())
        about = names_company(f"{reading.message.subject} {reading.message.body[:2000]}", seed) or (
            knows_position(strand) and compatible(strand.position, seed.position)
        )
        if spoken_of and not has_own_address and about and _plain_subject(reading):
            return "participant"
    return ""


def _plain_subject(reading: Reading) -> bool:
    return not re.match(r"\s*(?:fwd?|wg|tr|rv)\s*:", reading.message.subject, re.IGNORECASE)


def names_company(text: str, strand: Strand) -> bool:
    wanted = core(strand.company)
    if not wanted or len("".join(wanted)) < 5:
        return False
    return f" {' '.join(wanted)} " in f" {' '.join(core(text))} "
