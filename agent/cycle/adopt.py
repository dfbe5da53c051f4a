"""Drafts of ours that the books do not know (another copy of the database made them) are recognised and taken in.

A draft of ours carries its key and the digest it was made with, until Gmail's editor saves it. Each unknown draft is read
once; what is not ours is remembered by its message's id.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from agent.core.mail import mime
from agent.core.model import ActionKind, DraftRecord, DraftState
from agent.core.people.linking import candidacy_id
from agent.cycle.hands import Hands
from agent.cycle.lives import STRANGERS
from agent.errors import NotFound, OutcomeUnknown
from agent.gmail.client import DraftRef
from agent.gmail.drafts import KEY_HEADER, Letter, letter, read

_KEY = re.compile(r"(thank_you|follow_up):(\d{1,2}):([0-9A-Za-z_-]{1,64}):.{1,800}")
UNKNOWN_DIGEST = "-"  # equals no digest: what we made is no longer known, so what is there is the user's


@dataclass(frozen=True, slots=True)
class Stranger:
    """A draft that no record names, as read."""

    ref: DraftRef
    said: Letter
    at: datetime


def strangers(hands: Hands) -> tuple[Stranger, ...]:
    """The unknown drafts that were not read before, those in threads that matter first; at most ten elsewhere."""
    records = hands.store.drafts()
    refs = hands.gmail.list_drafts()
    known = {r.draft_id for r in records} | {r.gmail_id for r in records}
    unknown = [ref for ref in refs if not {ref.draft_id, ref.gmail_id} & known]
    seen = hands.store.has_message([ref.gmail_id for ref in unknown])
    unread = [ref for ref in unknown if ref.gmail_id not in seen]
    threads = hands.store.thread_ids()
    far = [ref for ref in unread if ref.thread_id not in threads][:STRANGERS]
    near = [ref for ref in unread if ref.thread_id in threads][: 2 * STRANGERS]
    return tuple(found for ref in (*near, *far) if (found := _read(hands, ref)) is not None)


def adopt(hands: Hands, found: Sequence[Stranger]) -> tuple[Stranger, ...]:
    """Take in those that carry a key of ours, and take back what Gmail made twice; returns the others."""
    return tuple(one for one in found if not (_adopted(hands, one) or _twin(hands, one)))


def pass_over(hands: Hands, others: Sequence[Stranger]) -> None:
    """These are the user's: not to be read again until they are saved again."""
    if others:
        hands.store.keep([], at=hands.now, seen={one.ref.gmail_id: one.ref.thread_id for one in others})


def adopt_sent(hands: Hands) -> None:
    """A letter of ours that was sent, as far as Gmail left its key on it, is a draft that was sent."""
    records = {r.key: r for r in hands.store.drafts()}
    for source in hands.store.sources():
        key = next(
            (value.strip() for name, value in source.headers if name.lower() == KEY_HEADER.lower()), ""
        )
        if not key or "SENT" not in source.label_ids or key in records:
            continue
        message, _ = mime.message(source)
        record = _record(key, source.thread_id, source.internal_date)
        if record is not None and hands.identity.is_me(message.sender):
            sent = replace(
                record,
                state=DraftState.SENT,
                gmail_id=source.gmail_id,
                to=tuple(a.email for a in message.to),
                cc=tuple(a.email for a in message.cc),
                subject=message.subject,
                text=message.text,
            )
            hands.store.put_intent(sent)


def taken_in(record: DraftRecord, one: Stranger, *, untouched: bool) -> DraftRecord:
    """The record of a draft that lies in Gmail: ours as long as nobody touched it, else the user's."""
    return replace(
        record,
        state=DraftState.OPEN if untouched else DraftState.EDITED,
        thread_id=one.ref.thread_id,
        draft_id=one.ref.draft_id,
        gmail_id=one.ref.gmail_id,
        kept_digest=one.said.digest if untouched else record.digest or UNKNOWN_DIGEST,
    )


def _read(hands: Hands, ref: DraftRef) -> Stranger | None:
    try:
        resource = read(hands.gmail, ref.draft_id)
    except NotFound:
        return None  # sent or discarded this very moment
    return Stranger(ref, letter(resource), _instant(resource, hands.now))


def _adopted(hands: Hands, one: Stranger) -> bool:
    record = _record(one.said.key, one.ref.thread_id, one.at)
    if record is None:
        return False
    record = replace(
        record,
        to=one.said.to,
        cc=one.said.cc,
        subject=one.said.subject,
        text=one.said.text or "",
        digest=one.said.made_as,
    )
    record = taken_in(record, one, untouched=bool(one.said.digest) and one.said.digest == one.said.made_as)
    known = hands.store.draft_by_key(record.key)
    if known is None:
        return hands.store.put_intent(record)
    if known.state not in {DraftState.INTENDED, DraftState.OBSOLETE} or known.draft_id:
        return False
    return hands.store.update_draft(
        known.key,
        state=record.state,
        thread_id=record.thread_id,
        draft_id=record.draft_id,
        gmail_id=record.gmail_id,
        kept_digest=record.kept_digest,
        changed_at=hands.now,
        because="",
    )


def _twin(hands: Hands, one: Stranger) -> bool:
    """Of two drafts that Gmail made of one request the books know one: the other goes, as long as no hand has touched it.

    A draft that is not in the books because the user took its discarding back has no other: it stays.
    """
    known = hands.store.draft_by_key(one.said.key) if one.said.key else None
    if known is None or hands.dry_run or not one.said.digest or one.said.digest != one.said.made_as:
        return False
    if known.state not in {DraftState.OPEN, DraftState.EDITED} or one.ref.draft_id == known.draft_id:
        return False  # a list that shifts between its pages shows one draft on both
    if hands.gmail.draft_ref(known.draft_id) is None:
        return False
    try:
        hands.gmail.delete_draft(one.ref.draft_id)
    except OutcomeUnknown:
        return True  # if it is still there, it is a stranger again at the next look
    twin = replace(known, draft_id=one.ref.draft_id, gmail_id=one.ref.gmail_id, thread_id=one.ref.thread_id)
    hands.report.withdrawn.append((twin, "Gmail made it twice"))
    return True


def _record(key: str, thread_id: str, at: datetime) -> DraftRecord | None:
    """What a key alone tells of its draft; None if it is none of ours."""
    told = _KEY.fullmatch(key)
    if told is None:
        return None
    return DraftRecord(
        key=key,
        candidacy_id=candidacy_id(told[3]),
        anchor_thread_id=told[3],
        kind=ActionKind(told[1]),
        step=int(told[2]),
        state=DraftState.INTENDED,
        thread_id=thread_id,
        to=(),
        cc=(),
        subject="",
        text="",
        digest="",
        created_at=at,
        changed_at=at,
        attempts=1,
    )


def _instant(resource: dict[str, Any], now: datetime) -> datetime:
    """When Gmail saved it (milliseconds since 1970)."""
    told = str(resource.get("message", {}).get("internalDate", ""))
    at = (
        datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(told))
        if told.isdecimal() and len(told) < 15
        else now
    )
    return min(at, now)
