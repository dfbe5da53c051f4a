"""Conclusions from the facts in the store: what is remembered, what is thought anew, what is written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from agent.config import Config
from agent.core.model import (
    Address,
    Candidacy,
    DraftState,
    Identity,
    Note,
    Problem,
    Reading,
    SendAs,
    Source,
    Transition,
    normal_email,
)
from agent.core.people import linking
from agent.core.story import explain
from agent.core.story.document import Judged, document, events
from agent.core.story.judge import again, judge, judge_linked, linking_notes, read
from agent.core.story.labels import is_sighting
from agent.core.story.plan import Rules
from agent.cycle.create import Stop
from agent.cycle.labels import remember_sightings, told_by_labels
from agent.store.records import Account, Conclusion, ThreadLink
from agent.store.store import Store

RULES_VERSION = "2"
Linked = tuple[tuple[Reading, ...], tuple[Note, ...], dict[str, str], tuple[Candidacy, ...]]
FORESEEN = 4  # instants ahead
NEVER = datetime.max.replace(tzinfo=UTC)
NOTHING: Mapping[str, Any] = MappingProxyType({})
NOT_MADE = "Its draft was not made: "


class Thinker:
    """Conclusions from the facts in the store: read what is new, judge everything, record what changed."""

    def __init__(self, store: Store, config: Config, now: datetime) -> None:
        self.store = store
        self.rules = Rules.of(config.policy)
        self.zone = config.policy.time_zone
        self.now = now
        self.identity = identity_of(store.account(), config)
        self.version = (
            f"{RULES_VERSION}:{config.policy.time_zone}:{config.policy.holidays}:{hash_of(self.identity)}"
        )
        self.conclusions_version = f"{self.version}:{fingerprint(repr(config.policy))}"
        self._read: dict[str, tuple[Reading, tuple[Problem, ...]]] = {}
        self._linked: Linked | None = None
        self._keep_text = config.storage.keep_mail_text

    def must_think(self) -> bool:
        """True if the clock has changed an answer, an intent is open, or the rules are newer."""
        with self.store.snapshot() as store:
            wake, versions, drafts = store.next_wake(), store.concluded_with(), store.drafts()
        old = bool(versions - {self.conclusions_version})
        unsettled = any(r.state is DraftState.INTENDED for r in drafts)
        return old or unsettled or (wake is not None and wake <= self.now)

    def think(self) -> tuple[Judged, ...]:
        """All candidacies as the facts in the store show them now."""
        with self.store.snapshot() as store:
            sources, drafts, all_notes = store.sources(), store.drafts(), store.notes()
            have = store.readings(self.version)
            known = {link.thread_id: link.candidacy_id for link in store.links()}
            labels = told_by_labels(store, sources, all_notes, now=self.now, zone=self.zone)
        notes = [note for note in all_notes if not is_sighting(note)]
        found = self._link(self._readings(sources, have), linking_notes(notes, labels), known)
        return judge_linked(found, notes, drafts, self.rules, self.now, labels)

    def _link(
        self, readings: Sequence[Reading], notes: tuple[Note, ...], known: dict[str, str]
    ) -> tuple[Candidacy, ...]:
        """Linking is the dear part: the same mail and the same notes need it once in a turn."""
        before = self._linked
        if before is None or before[1:3] != (notes, known) or not _identical(before[0], readings):
            found = linking.candidacies(readings, notes, self.identity, known)
            before = self._linked = tuple(readings), notes, known, found
        return before[3]

    def imagine(self, at: datetime) -> tuple[Judged, ...]:
        """All candidacies as they would have been judged at an earlier instant, by the mail and notes of then."""
        sources = [s for s in self.store.sources() if s.internal_date <= at]
        known = {link.thread_id: link.candidacy_id for link in self.store.links()}
        notes = [n for n in self.store.notes() if n.made_at <= at and not is_sighting(n)]
        have = self.store.readings(self.version)
        return judge(
            self._readings(sources, have), notes, self.store.drafts(), self.identity, self.rules, known, at
        )

    def read(self, source: Source) -> tuple[Reading, tuple[Problem, ...]]:
        """What a message says; it is read once in a turn, whoever asks."""
        if source.gmail_id not in self._read:
            self._read[source.gmail_id] = read(source, self.identity, self.rules)
        return self._read[source.gmail_id]

    def _readings(self, sources: Sequence[Source], have: Mapping[str, Reading]) -> list[Reading]:
        fresh = [self.read(s)[0] for s in sources if s.gmail_id not in have]
        if fresh:
            self.store.save_readings(fresh, rules_version=self.version, keep_text=self._keep_text)
        by_id = {**have, **{r.message.gmail_id: r for r in fresh}}
        return [by_id[s.gmail_id] for s in sources]

    def record(self, in_the_way: Mapping[str, Stop] = NOTHING) -> list[Transition]:
        """Write the conclusions with what the deeds changed; the transitions since the last time.

        ``in_the_way``: candidacy id → why its due draft was not made.
        """
        before = {document["id"]: document for document in self.store.documents()}
        remember_sightings(self.store, self.now)
        judged = self.think()
        changed = [t for j in judged if (t := self._transition(j, before.get(j.candidacy.id)))]
        self.store.replace_derived(
            [self._conclusion(j, in_the_way.get(j.candidacy.id)) for j in judged],
            [ThreadLink(t, j.candidacy.id, by) for j in judged for t, by in _links(j.candidacy)],
            changed,
        )
        return changed

    def _conclusion(self, judged: Judged, stop: Stop | None) -> Conclusion:
        lines = list(explain.why(judged, self.zone))
        lines += [f"{NOT_MADE}{stop.reason}."] if stop else []
        again_at = stop.again_at or self.now if stop else None
        return Conclusion(
            id=judged.candidacy.id,
            anchor_thread_id=judged.candidacy.anchor_thread_id,
            document=document(judged, self.zone),
            events=tuple(events(judged, self.zone)),
            explanation=tuple(lines),
            wake_at=min((at for at in (judged.outlook.wake_at, again_at) if at), default=None),
            rules_version=self.conclusions_version,
            later=tuple(self._later(judged)),
        )

    def _later(self, judged: Judged) -> Iterator[tuple[datetime, dict[str, Any] | None]]:
        """The documents of the next instants at which only the clock changes something, so that ``status`` need not think."""
        for _ in range(FORESEEN):
            at = judged.outlook.wake_at
            if at is None:
                break
            judged = again(judged, self.rules, at)
            yield at, document(judged, self.zone)
        yield judged.outlook.wake_at or NEVER, None

    def _transition(self, judged: Judged, before: object) -> Transition | None:
        was = before.get("status", "") if isinstance(before, dict) else ""
        status = judged.outlook.status.value
        if was == status:
            return None
        at = judged.outlook.since or self.now
        return Transition(judged.candidacy.id, was, status, min(at, self.now), explain.because(judged)[:500])


def _identical(some: Sequence[Reading], others: Sequence[Reading]) -> bool:
    return len(some) == len(others) and all(a is b for a, b in zip(some, others, strict=True))


def identity_of(account: Account | None, config: Config) -> Identity:
    """Who *me* is: the account, its send-as addresses, the names they carry."""
    send_as = account.send_as if account else ()
    primary_email = account.address if account else config.account.address
    primary = next((s.address for s in send_as if s.address.email == primary_email), None)
    names = own_names(config.account.name, send_as)
    return Identity(
        primary=Address(config.account.name or (primary.name if primary else ""), primary_email),
        emails=frozenset(normal_email(e) for e in (primary_email, *(s.address.email for s in send_as)) if e),
        names=names,
        send_as=send_as,
    )


def hash_of(identity: Identity) -> str:
    """A short fingerprint: readings depend on who *me* is."""
    return fingerprint("|".join((*sorted(identity.emails), *identity.names)))


def fingerprint(text: str) -> str:
    """Twelve hex digits that change when the text does."""
    return sha256(text.encode()).hexdigest()[:12]


def own_names(configured: str, send_as: Sequence[SendAs]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(n for n in (configured, *(s.address.name for s in send_as)) if n))


def _links(candidacy: Candidacy) -> list[tuple[str, str]]:
    by: dict[str, str] = {}
    for link in candidacy.links:
        by.setdefault(link.thread_id, link.by)
    return [(thread, by.get(thread, "thread")) for thread in candidacy.thread_ids]
