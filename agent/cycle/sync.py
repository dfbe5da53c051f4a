"""Bring the facts up to date: history where the cursor still holds, a full listing where it does not.

The cursor moves in the same transaction as the messages it speaks of; a listing stores as it goes and moves it last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from agent.core.meaning.senders import is_vendor, registrable
from agent.core.meaning.triage import leads_on, matters, people_of
from agent.core.model import Candidacy, Problem, Source
from agent.cycle.labels import Labels
from agent.cycle.reading import Fetched, Hit, Progress, Reader, Understand
from agent.errors import HistoryExpired
from agent.gmail.client import Gmail
from agent.gmail.history import Added, Changes, changes
from agent.gmail.search import Query, first_queries, lexicon_words, widen
from agent.store.store import Store

# Of the 6,000 units that Gmail grants a minute, a first reading spends at most so many in all by the end of each stage;
# what is left is for the day's drafts (about 80 each).
FIRST_READ_UNITS, CONVERSATION_UNITS, ALL_UNITS = 3900, 4500, 5000
WIDENING_UNITS = 2000  # around what one turn's new mail confirmed
BACKLOG_UNITS = 2500  # of one turn, for the threads that an earlier one left out
MINUTE = timedelta(minutes=1)
WIDENING_ROUNDS = 4
UNSEEN_LABELS = frozenset({"SPAM", "TRASH", "CHAT", "DRAFT"})
PERSONAL = "-category:promotions -category:social -category:forums -category:updates"
FREEMAIL = (
    "gmail.com",
    "googlemail.com",
    "yahoo.com",
    "outlook.com",
    "hotmail.com",
    "icloud.com",
    "aol.com",
    "gmx.de",
    "web.de",
)


@dataclass(slots=True)
class Sync:
    """One sync of one mailbox into one store."""

    gmail: Gmail
    store: Store
    understand: Understand
    lookback_days: int
    now: datetime
    found: Callable[[], Sequence[Candidacy]]  # the candidacies as the facts stored so far show them
    progress: Progress = lambda *_: None
    result: Fetched = field(default_factory=Fetched)

    reader: Reader = field(init=False)
    labels: Labels = field(init=False)

    def __post_init__(self) -> None:
        with self.store.snapshot() as store:
            documents, forgotten = store.documents(), store.forgotten_threads()
        self.reader = Reader(
            gmail=self.gmail,
            store=self.store,
            understand=self.understand,
            now=self.now,
            progress=self.progress,
            result=self.result,
            people={p for document in documents for p in _people_in(document)},
            forgotten=forgotten,
        )
        self.labels = Labels(self.reader, self.now)

    @property
    def after(self) -> datetime:
        """How far back a full listing looks."""
        return self.now - timedelta(days=self.lookback_days)

    def run(self, *, full: bool = False) -> Fetched:
        """Partial where possible, else full; raises what ``gmail`` raises, with nothing lost."""
        account = self.store.account()
        cursor = int(account.history_id) if account and account.history_id else 0
        if cursor and not full:
            try:
                self._partial(cursor, account.last_sync if account else None)
            except HistoryExpired:
                self._full()
        else:
            self._full()
        return self.result

    # ── partial ──

    def _partial(self, cursor: int, last_sync: datetime | None) -> None:
        spent = self.gmail.usage.quota_units
        happened = changes(self.gmail.history(cursor), start=cursor)
        touched = happened.drafts_touched
        came_and_went = (
            touched.passed
        )  # ours too, where the user discarded it while the turn that made it went on
        self.result.drafts_touched = bool(
            touched.added or touched.deleted or happened.deleted or came_and_went
        )
        self.result.drafts_came = frozenset(thread_id for _, thread_id in (*came_and_went, *touched.added))
        heard = self.labels.heed(happened)
        keep, seen = self._new(happened)
        keep = self._with_tracked(keep, heard.tracked)
        labels = {c.gmail_id: c.label_ids for c in happened.labels if c.label_ids is not None}
        with self.store.transaction() as writing:
            writing.advance(
                str(happened.history_id),
                at=self.now,
                sources=keep,
                seen=seen,
                deleted=(*happened.deleted, *touched.deleted),
                label_changes=labels,
            )
            writing.mark_passed(frozenset(thread_id for _, thread_id in came_and_went))
        self.result.changed = bool(keep) or self.result.drafts_touched or heard.changed
        if keep:
            self._widen(set(), written=set(), until_units=self.gmail.usage.quota_units + WIDENING_UNITS)
            self._set_aside()
        self._catch_up(spent, last_sync)

    def _set_aside(self) -> None:
        """What was found and not read in this turn comes after what is left from earlier ones."""
        new = [one for t, one in self.reader.left_out.items() if t not in self.reader.taken]
        if new:
            known = self.store.backlog()
            threads = {one.thread_id for one in known}
            self.store.set_backlog((*known, *(one for one in new if one.thread_id not in threads)))
        self.reader.left_out.clear()

    def _catch_up(self, spent: int, last_sync: datetime | None) -> None:
        """Read on where the first reading stopped, unless another turn has just spent the same minute's quota."""
        self.result.left = self.store.backlog_size()
        if not self.result.left or (last_sync is not None and self.now - last_sync < MINUTE):
            return
        left, before = self.store.backlog(BACKLOG_UNITS // 20), self.store.thread_ids()
        hits = [(Query("backlog", "", weight=1), one.thread_id, m) for one in left for m in one.gmail_ids]
        whole = {one.thread_id for one in left if one.whole}
        self.reader.taken.clear()
        self.reader.take(hits, written=whole, until_units=spent + BACKLOG_UNITS)
        self.store.strike_backlog(one.thread_id for one in left if one.thread_id not in self.reader.left_out)
        self.reader.left_out.clear()
        if self.store.thread_ids() != before:
            self.result.changed = True
            self._widen(set(), written=set(), until_units=spent + BACKLOG_UNITS + WIDENING_UNITS)
            self._set_aside()
        self.result.left = self.store.backlog_size()

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
        threads, people = set(self.store.thread_ids()), self.reader.people
        keep: list[Source] = []
        seen = {
            a.gmail_id: a.thread_id
            for a in happened.added
            if a.label_ids & UNSEEN_LABELS and "DRAFT" not in a.label_ids
        }
        for number, item in enumerate(added):
            self.progress("new mail", number, len(added))
            if item.thread_id in self.reader.forgotten:
                seen[item.gmail_id] = item.thread_id
                continue
            for source in self._with_context(item, threads, people):
                reading = self.reader.read(source)
                if matters(reading, threads, people):
                    keep.append(source)
                    threads.add(source.thread_id)
                else:
                    seen[source.gmail_id] = source.thread_id
        return keep, {
            gmail_id: thread
            for gmail_id, thread in seen.items()
            if gmail_id not in {s.gmail_id for s in keep}
        }

    def _with_tracked(self, keep: list[Source], threads: Sequence[str]) -> list[Source]:
        """With the whole of each thread that the user just labelled ``Followup/Track``, even if it was forgotten."""
        for thread_id in threads:
            if thread_id in self.reader.forgotten:
                self.store.remember_again(thread_id)
            have = {s.gmail_id for s in keep}
            keep = [*keep, *(s for s in self.reader.thread(thread_id) if s.gmail_id not in have)]
        return keep

    def _with_context(self, item: Added, threads: set[str], people: set[str]) -> list[Source]:
        """The new message; with the thread before it where that was never read and now matters."""
        source = self.reader.message(item.gmail_id)
        if source is None:
            return []
        reading = self.reader.read(source)
        if item.thread_id in threads:
            return [source]
        if item.gmail_id == item.thread_id or not (reading.message.in_reply_to or reading.message.references):
            return [source]
        if not (matters(reading, threads, people) or leads_on(reading)):
            return [source]
        return self.reader.thread(item.thread_id) or [source]

    # ── full ──

    def _full(self) -> None:
        self.result.mode, self.result.changed, self.result.drafts_touched = "full", True, True
        spent = self.gmail.usage.quota_units
        cursor = self.gmail.profile().history_id
        before = self.store.present()
        hits = self._listed(first_queries(self.after, lexicon_words()))
        written = self._threads("", "SENT")
        labelled = self.labels.listed()
        self.labels.keep_tracked(labelled)
        self.reader.take(hits, written=written, until_units=spent + FIRST_READ_UNITS)
        self._converse(written, until_units=spent + CONVERSATION_UNITS)
        self._widen(set(), written=written, until_units=spent + ALL_UNITS, everything=True)
        lost = self._lost(before) if before else ()
        relabelled = self.labels.differing(labelled, lost)
        self.store.advance(str(cursor), at=self.now, deleted=lost, label_changes=relabelled)
        left = [one for t, one in self.reader.left_out.items() if t not in self.reader.taken]
        self.store.set_backlog(left)
        self.result.left = len(left)
        if left:
            what = f"{len(left)} less telling threads are not read yet (a turn keeps within a minute's quota); the next turns go on"
            self.result.problems.append(Problem("", what))

    def _converse(self, written: set[str], *, until_units: int) -> None:
        """Conversations that no word gave away: threads with mail both ways, those with somebody's own host first."""
        personal = self._threads(f"-in:sent -in:drafts {PERSONAL}")
        hosted = self._threads(f"-to:{{{' '.join(FREEMAIL)}}}", "SENT")
        both = personal & written
        hits = [
            (Query("conversations", "", weight=1 + (thread_id in hosted)), thread_id, thread_id)
            for thread_id in sorted(both, reverse=True)
        ]
        self.reader.take(hits, written=both, until_units=until_units)

    def _threads(self, query: str, *label_ids: str) -> set[str]:
        """The threads of one cheap listing (5 units for 500 messages)."""
        since = f"after:{int(self.after.timestamp())} -in:chats"
        return {t for _, t in self.gmail.list_messages(query=f"{query} {since}".strip(), label_ids=label_ids)}

    def _listed(self, queries: Sequence[Query]) -> list[Hit]:
        """``(query, thread_id, gmail_id)`` of every hit."""
        hits = []
        for number, query in enumerate(queries):
            self.progress("searching", number, len(queries))
            hits += [
                (query, t, m) for m, t in self.gmail.list_messages(query=query.q, label_ids=query.label_ids)
            ]
        return hits

    def _lost(self, before: dict[str, datetime]) -> tuple[str, ...]:
        """What the gap took away: known messages that a complete listing no longer shows."""
        there = {m for m, _ in self.gmail.list_messages(query=f"after:{int(self.after.timestamp())}")}
        return tuple(m for m, at in before.items() if at > self.after + timedelta(days=1) and m not in there)

    # ── widening ──

    def _widen(
        self, asked: set[str], *, written: set[str], until_units: int, everything: bool = False
    ) -> None:
        """From what was confirmed to what belongs to it: people, employers' hosts, company names; to a fixpoint."""
        if not everything:
            asked |= self.reader.people | {
                _folded(document.get("company")) for document in self.store.documents()
            }
        words = lexicon_words()
        for _ in range(WIDENING_ROUNDS):
            candidacies = self.found()
            people = {p for c in candidacies for p in people_of(c)} - asked
            companies = {c.company for c in candidacies if c.company and _folded(c.company) not in asked}
            if not people and not companies:
                return
            asked |= people | {_folded(name) for name in companies}
            self.reader.people |= people
            addresses = [p for p in people if "@" in p]
            domains = [p for p in people if "@" not in p]
            queries = widen(addresses, domains, self.after, words, companies=sorted(companies))
            hits = self._listed(queries)
            known = self.store.label_ids({m for _, _, m in hits})
            unread = [h for h in hits if h[2] not in known]
            self.reader.taken -= {t for _, t, _ in unread}
            self.reader.take(unread, written=written, until_units=until_units)
            self.result.changed = True


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
