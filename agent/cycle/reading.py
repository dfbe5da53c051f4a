"""Read threads and messages from Gmail into the store: what matters as facts, the rest by id only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from agent.core.mail import mime
from agent.core.meaning.triage import matters
from agent.core.model import Problem, Reading, Source
from agent.errors import NotFound
from agent.gmail.client import Gmail, labels_of
from agent.gmail.search import Query, ranked
from agent.store.records import Left
from agent.store.store import Store

Understand = Callable[[Source], tuple[Reading, tuple[Problem, ...]]]
Progress = Callable[[str, int, int], None]  # what, done, of how many (0: unknown)
Hit = tuple[Query, str, str]  # the query, the thread id, the gmail id


@dataclass(slots=True)
class Fetched:
    """What a sync brought in. ``changed`` is False when nothing can have altered any conclusion."""

    mode: str = "partial"
    fetched: int = 0
    changed: bool = False
    drafts_touched: bool = False
    left: int = 0  # threads that later turns will read
    drafts_came: frozenset[str] | None = None  # threads in which drafts came meanwhile; None: not told
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class Reader:
    """Reads for one sync. ``people``: addresses and employers' hosts known so far; ``forgotten``: threads to leave alone."""

    gmail: Gmail
    store: Store
    understand: Understand
    now: datetime
    progress: Progress
    result: Fetched
    people: set[str]
    forgotten: frozenset[str]
    taken: set[str] = field(default_factory=set)
    left_out: dict[str, Left] = field(default_factory=dict)

    def take(self, hits: Sequence[Hit], *, written: set[str], until_units: int) -> None:
        """Read the threads that the hits speak for, best first, until so many units are spent in all.

        ``written``: threads the user wrote in; those are read whole (40 units), others by their single hit (20).
        """
        by_thread: defaultdict[str, set[str]] = defaultdict(set)
        for _, thread_id, gmail_id in hits:
            by_thread[thread_id].add(gmail_id)
        order = [t for t in ranked((q, t) for q, t, _ in hits) if t not in self.forgotten | self.taken]
        for number, thread_id in enumerate(order):
            self.progress("reading", number, len(order))
            if self.gmail.usage.quota_units >= until_units:
                for left in order[number:]:
                    hits_there = tuple(sorted(by_thread[left]))
                    self.left_out[left] = Left(left, hits_there, left in written or len(hits_there) > 1)
                return
            hits_here = by_thread[thread_id]
            self._take(thread_id, hits_here, whole=thread_id in written or len(hits_here) > 1)
            self.taken.add(thread_id)

    def message(self, gmail_id: str) -> Source | None:
        """One message, or None if it is gone: a normal thing."""
        try:
            return self._source(self.gmail.message(gmail_id))
        except NotFound:
            return None

    def thread(self, thread_id: str) -> list[Source]:
        """The messages of a thread that are not stored yet, drafts left out."""
        try:
            resources = self.gmail.thread(thread_id)
        except NotFound:
            return []
        known = self.store.label_ids([str(r.get("id", "")) for r in resources])
        mail = [r for r in resources if "DRAFT" not in labels_of(r) and r.get("id") not in known]
        return [s for r in mail if (s := self._source(r)) is not None]

    def read(self, source: Source) -> Reading:
        """What the message says; what could not be read becomes a problem of this sync."""
        reading, problems = self.understand(source)
        self.result.problems += [p for p in problems if p not in self.result.problems]
        return reading

    def _take(self, thread_id: str, hits: set[str], *, whole: bool) -> None:
        have = set(self.store.label_ids(hits))
        if hits <= have and not whole:
            return
        sources = self.thread(thread_id) if whole else [s for h in sorted(hits) if (s := self.message(h))]
        if not whole and any(self._leads_back(s) for s in sources):
            sources = self.thread(thread_id) or sources
        self._keep(sources)

    def _leads_back(self, source: Source) -> bool:
        """True if a lone hit matters and answers something: then the rest of its thread is worth reading."""
        reading = self.read(source)
        answers = reading.message.in_reply_to or reading.message.references
        return bool(answers) and matters(reading, frozenset(), frozenset())

    def _keep(self, sources: Sequence[Source]) -> None:
        """Keep a thread if one of its messages matters; else remember the ids only."""
        threads = self.store.thread_ids()
        if any(matters(self.read(s), threads, self.people) for s in sources):
            self.store.keep(sources, at=self.now)
        else:
            self.store.keep([], at=self.now, seen={s.gmail_id: s.thread_id for s in sources})

    def _source(self, resource: dict[str, Any]) -> Source | None:
        """A resource as a fact; text that Gmail keeps apart is fetched with the raw message."""
        if mime.needs_raw(resource):
            try:
                resource = {**resource, **self.gmail.message(str(resource.get("id")), format="raw")}
                resource.pop("payload", None)
            except NotFound:
                pass
        source, problems = mime.source(resource)
        self.result.problems += problems
        self.result.fetched += 1
        return source if source.gmail_id else None
