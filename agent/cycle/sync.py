"""Bring the facts up to date: history where the cursor still holds, a full listing where it does not.

The cursor moves in the same transaction as the messages it speaks of; a listing stores as it goes and moves it last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from agent.core import judge, mime
from agent.core.model import Candidacy, Identity, Problem, Reading, Source
from agent.core.plan import Rules
from agent.core.senders import is_vendor, registrable
from agent.core.triage import matters, people_of
from agent.errors import HistoryExpired, NotFound
from agent.gmail.client import Gmail
from agent.gmail.history import Added, Changes, changes
from agent.gmail.search import Query, first_queries, lexicon_words, ranked, widen
from agent.store.store import Store

Progress = Callable[[str, int, int], None]  # what, done, of how many (0: unknown)
FIRST_READ_UNITS = (
    4200  # for threads that the first queries found; the rest of a minute's 6,000 is for what they lead to
)
WIDENING_ROUNDS = 4
UNSEEN_LABELS = frozenset({"SPAM", "TRASH", "CHAT", "DRAFT"})


@dataclass(slots=True)
class Fetched:
    """What a sync brought in. ``changed`` is False when nothing can have altered any conclusion."""

    mode: str = "partial"
    fetched: int = 0
    changed: bool = False
    drafts_touched: bool = False
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class Sync:
    """One sync of one mailbox into one store."""

    gmail: Gmail
    store: Store
    identity: Identity
    rules: Rules
    lookback_days: int
    now: datetime
    found: Callable[[], Sequence[Candidacy]]  # the candidacies as the facts stored so far show them
    progress: Progress = lambda *_: None
    result: Fetched = field(default_factory=Fetched)
    forgotten: frozenset[str] = frozenset()
    people: set[str] = field(default_factory=set)  # addresses and employers' hosts known so far

    def run(self, *, full: bool = False) -> Fetched:
        """Partial where possible, else full; raises what ``gmail`` raises, with nothing lost."""
        account = self.store.account()
        self.forgotten = self.store.forgotten_threads()
        self.people |= {p for document in self.store.documents() for p in _people_in(document)}
        cursor = int(account.history_id) if account and account.history_id else 0
        if cursor and not full:
            try:
                self._partial(cursor)
            except HistoryExpired:
                self._full()
        else:
            self._full()
        return self.result

    # ── partial ──

    def _partial(self, cursor: int) -> None:
        happened = changes(self.gmail.history(cursor), start=cursor)
        touched = happened.drafts_touched
        self.result.drafts_touched = bool(touched.added or touched.deleted or happened.deleted)
        if happened.empty and happened.history_id == cursor:
            return
        keep, seen = self._new(happened)
        labels = {c.gmail_id: c.label_ids for c in happened.labels if c.label_ids is not None}
        self.store.advance(
            str(happened.history_id),
            at=self.now,
            sources=keep,
            seen=seen,
            deleted=(*happened.deleted, *touched.deleted),
            label_changes=labels,
        )
        self.result.changed = bool(keep) or self.result.drafts_touched
        if keep:
            self._widen(set())

    def _new(self, happened: Changes) -> tuple[list[Source], dict[str, str]]:
        """Fetch what was added (or came back from spam): what matters, and the ids of what does not."""
        back = [
            Added(c.gmail_id, c.thread_id, c.label_ids or frozenset())
            for c in happened.labels
            if c.removed & {"SPAM", "TRASH"} and not (c.label_ids or frozenset()) & UNSEEN_LABELS
        ]
        added = [a for a in (*happened.added, *back) if not a.label_ids & UNSEEN_LABELS]
        known = self.store.label_ids([a.gmail_id for a in added])
        added = [a for a in added if a.gmail_id not in known]
        threads, people = set(self.store.thread_ids()), self.people
        keep: list[Source] = []
        seen = {
            a.gmail_id: a.thread_id
            for a in happened.added
            if a.label_ids & UNSEEN_LABELS and "DRAFT" not in a.label_ids
        }
        for number, item in enumerate(added):
            self.progress("new mail", number, len(added))
            if item.thread_id in self.forgotten:
                seen[item.gmail_id] = item.thread_id
                continue
            for source in self._with_context(item, threads, people):
                reading = self._read(source)
                if reading is not None and matters(reading, threads, people):
                    keep.append(source)
                    threads.add(source.thread_id)
                else:
                    seen[source.gmail_id] = source.thread_id
        return keep, {
            gmail_id: thread
            for gmail_id, thread in seen.items()
            if gmail_id not in {s.gmail_id for s in keep}
        }

    def _with_context(self, item: Added, threads: set[str], people: set[str]) -> list[Source]:
        """The new message; with the thread before it where that was never read and now matters."""
        source = self._message(item.gmail_id)
        if source is None:
            return []
        reading = self._read(source)
        if item.thread_id in threads or reading is None or not matters(reading, threads, people):
            return [source]
        if item.gmail_id == item.thread_id or not (reading.message.in_reply_to or reading.message.references):
            return [source]
        return self._thread(item.thread_id) or [source]

    # ── full ──

    def _full(self) -> None:
        self.result.mode, self.result.changed, self.result.drafts_touched = "full", True, True
        cursor = self.gmail.profile().history_id
        after = self.now - timedelta(days=self.lookback_days)
        words = lexicon_words()
        before = self.store.present()
        hits = self._listed(first_queries(after, words))
        self._read_ranked(hits, FIRST_READ_UNITS)
        self._widen(set(), everything=True)
        lost = self._lost(before, after) if before else ()
        self.store.advance(str(cursor), at=self.now, deleted=lost)

    def _listed(self, queries: Sequence[Query]) -> list[tuple[Query, str, str]]:
        """``(query, thread_id, gmail_id)`` of every hit."""
        hits = []
        for number, query in enumerate(queries):
            self.progress("searching", number, len(queries))
            hits += [
                (query, t, m) for m, t in self.gmail.list_messages(query=query.q, label_ids=query.label_ids)
            ]
        return hits

    def _read_ranked(self, hits: list[tuple[Query, str, str]], budget: int) -> None:
        """Read the threads that the hits speak for, best first, within a budget of quota units."""
        by_thread: defaultdict[str, set[str]] = defaultdict(set)
        for _, thread_id, gmail_id in hits:
            by_thread[thread_id].add(gmail_id)
        order = [t for t in ranked((q, t) for q, t, _ in hits) if t not in self.forgotten]
        written = {t for q, t, _ in hits if "SENT" in q.label_ids} | self._written(order)
        start = self.gmail.usage.quota_units
        left_out = 0
        for number, thread_id in enumerate(order):
            self.progress("reading", number, len(order))
            if self.gmail.usage.quota_units - start > budget:
                left_out = len(order) - number
                break
            self._take(
                thread_id, by_thread[thread_id], whole=thread_id in written or len(by_thread[thread_id]) > 1
            )
        if left_out:
            self.result.problems.append(
                Problem("", f"{left_out} less telling threads were not read (quota budget)")
            )

    def _written(self, threads: Sequence[str]) -> set[str]:
        """Of these threads, those the user wrote in: one cheap listing tells where a thread is a conversation."""
        if not threads:
            return set()
        after = int((self.now - timedelta(days=self.lookback_days)).timestamp())
        sent = {t for _, t in self.gmail.list_messages(query=f"after:{after}", label_ids=("SENT",))}
        return sent & set(threads)

    def _take(self, thread_id: str, hits: set[str], *, whole: bool) -> None:
        """Read a thread (40 units) or its single hit (20), and store what matters."""
        have = set(self.store.label_ids(hits))
        if hits <= have and not whole:
            return
        sources = self._thread(thread_id) if whole else [s for h in sorted(hits) if (s := self._message(h))]
        if not whole and any(self._leads_back(s) for s in sources):
            sources = self._thread(thread_id) or sources
        self._store(sources)

    def _leads_back(self, source: Source) -> bool:
        """True if a lone hit matters and answers something: then the rest of its thread is worth reading."""
        reading = self._read(source)
        if reading is None or not (reading.message.in_reply_to or reading.message.references):
            return False
        return matters(reading, frozenset(), frozenset())

    def _store(self, sources: Sequence[Source]) -> None:
        """Keep a thread if one of its messages matters; else remember the ids only."""
        readings = [(s, self._read(s)) for s in sources if "DRAFT" not in s.label_ids]
        threads, people = self.store.thread_ids(), self.people
        if any(r is not None and matters(r, threads, people) for _, r in readings):
            self.store.keep([s for s, _ in readings], at=self.now)
        else:
            self.store.keep([], at=self.now, seen={s.gmail_id: s.thread_id for s, _ in readings})

    def _lost(self, before: dict[str, datetime], after: datetime) -> tuple[str, ...]:
        """What the gap took away: known messages that a complete listing no longer shows."""
        there = {m for m, _ in self.gmail.list_messages(query=f"after:{int(after.timestamp())}")}
        return tuple(m for m, at in before.items() if at > after + timedelta(days=1) and m not in there)

    # ── widening ──

    def _widen(self, asked: set[str], *, everything: bool = False) -> None:
        """From what was confirmed to what belongs to it: people, employers' hosts, company names; to a fixpoint."""
        if not everything:
            asked |= self.people | {_folded(document.get("company")) for document in self.store.documents()}
        after = self.now - timedelta(days=self.lookback_days)
        words = lexicon_words()
        for _ in range(WIDENING_ROUNDS):
            candidacies = self.found()
            people = {p for c in candidacies for p in people_of(c)} - asked
            companies = {c.company for c in candidacies if c.company and _folded(c.company) not in asked}
            if not people and not companies:
                return
            asked |= people | {_folded(name) for name in companies}
            self.people |= people
            addresses = [p for p in people if "@" in p]
            domains = [p for p in people if "@" not in p]
            queries = widen(addresses, domains, after, words, companies=sorted(companies))
            hits = self._listed(queries)
            known = self.store.label_ids({m for _, _, m in hits})
            self._read_ranked([h for h in hits if h[2] not in known], FIRST_READ_UNITS // 2)
            self.result.changed = True

    # ── reading ──

    def _message(self, gmail_id: str) -> Source | None:
        try:
            return self._source(self.gmail.message(gmail_id))
        except NotFound:
            return None  # gone before we asked: a normal thing

    def _thread(self, thread_id: str) -> list[Source]:
        try:
            resources = self.gmail.thread(thread_id)
        except NotFound:
            return []
        known = self.store.label_ids([str(r.get("id", "")) for r in resources])
        mail = [r for r in resources if "DRAFT" not in r.get("labelIds", ()) and r.get("id") not in known]
        return [s for r in mail if (s := self._source(r)) is not None]

    def _source(self, resource: dict[str, Any]) -> Source | None:
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

    def _read(self, source: Source) -> Reading | None:
        reading, problems = judge.read(source, self.identity, self.rules)
        self.result.problems += [p for p in problems if p not in self.result.problems]
        return reading


def _people_in(document: dict[str, Any]) -> Iterator[str]:
    """The addresses and own domains of a stored candidacy."""
    for contact in document.get("contacts", ()):
        address = contact["address"]
        yield address
        domain = registrable(address.rpartition("@")[2])
        if domain and not is_vendor(domain):
            yield domain


def _folded(name: Any) -> str:
    return f"={str(name or '').casefold()}"
