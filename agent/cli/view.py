"""What the reading commands look at: the stored conclusions, thought anew only where the clock has changed an answer.

Nothing here writes: a database that is not there is not made, and conclusions that are drawn on the way are not kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from agent.cli.context import App
from agent.core.model import Reading, Status
from agent.core.story.document import instant
from agent.errors import DataError
from agent.store.files import stored_revision
from agent.store.glance import glance

if TYPE_CHECKING:
    from agent.store.records import Conclusion
    from agent.store.store import Store

Json = dict[str, Any]
ENDED = frozenset(
    {Status.OFFER, Status.REJECTED, Status.WITHDRAWN, Status.CANCELLED, Status.MOVED_ON, Status.IGNORED}
)
LISTED = 12  # how many possibilities an error names


@dataclass(frozen=True, slots=True)
class View:
    """All candidacies as they stand at ``as_of``, latest mail first. ``examined`` makes a zero believable."""

    account: str
    as_of: datetime
    last_sync: datetime | None
    examined: int
    documents: tuple[Json, ...]
    zone: str
    left: int = 0  # threads found and not read yet

    def heading(self) -> Json:
        """What every document about candidacies begins with."""
        return {
            "schema": 1,
            "account": self.account or None,
            "as_of": instant(self.as_of, self.zone),
            "last_sync": instant(self.last_sync, self.zone),
            "messages_examined": self.examined,
            "threads_left": self.left,
        }

    def active(self) -> tuple[Json, ...]:
        return tuple(d for d in self.documents if d["status"] not in ENDED)


def look(app: App) -> View:
    """The quick look: plain documents, without SQLAlchemy's start-up unless the clock asks for new thoughts."""
    path, now, zone = app.config.storage.database, app.clock(), app.zone
    if stored_revision(path) is None:
        return View(app.config.account.address, now, None, 0, (), zone)
    seen = glance(path, now)
    documents = seen.documents
    if seen.wake_at is not None and seen.wake_at <= now:
        documents = tuple(dict(c.document) for c in conclusions(app))
    return View(seen.account, now, seen.last_sync, seen.examined, latest_first(documents), zone, seen.left)


def conclusions(app: App) -> tuple[Conclusion, ...]:
    """The whole conclusions, events and explanations included, as they stand now (DataError before the first sync)."""
    with closing(reader(app)) as store:
        stored = store.conclusions()
        if any(c.wake_at is not None and c.wake_at <= app.clock() for c in stored):
            return _anew(app, store)
    return stored


def _anew(app: App, store: Store) -> tuple[Conclusion, ...]:
    from agent.core.story.document import document, events
    from agent.core.story.explain import why
    from agent.cycle.thinking import NOT_MADE
    from agent.store.records import Conclusion

    stopped = {
        c.id: tuple(line for line in c.explanation if line.startswith(NOT_MADE)) for c in store.conclusions()
    }
    return tuple(
        Conclusion(
            id=j.candidacy.id,
            anchor_thread_id=j.candidacy.anchor_thread_id,
            document=document(j, app.zone),
            events=tuple(events(j, app.zone)),
            explanation=(*why(j, app.zone), *(stopped.get(j.candidacy.id, ()) if j.outlook.due else ())),
            wake_at=j.outlook.wake_at,
        )
        for j in app.thinker(store).think()
    )


def reader(app: App) -> Store:
    """The store for looking only; readings made on the way are thrown away."""
    from agent.store.store import Store

    class Looking(Store):
        def save_readings(
            self, readings: Iterable[Reading], *, rules_version: str, keep_text: bool = True
        ) -> None:
            """Nothing is kept by a command that only looks."""

    return Looking.open_reader(app.config.storage.database)


def latest_first(documents: Iterable[Json]) -> tuple[Json, ...]:
    return tuple(sorted(documents, key=lambda d: (d["last_message_at"] or "", d["id"]), reverse=True))


def chosen(text: str, among: Sequence[Conclusion]) -> Conclusion:
    """The candidacy that is meant: by id, by a unique beginning of one, by a unique part of the company's name.

    DataError lists the possibilities where none or several fit.
    """
    wanted = text.strip().casefold()
    for fits in (_exactly, _partly):
        found = [c for c in among if wanted and fits(wanted, c)]
        if len(found) == 1:
            return found[0]
        if found:
            raise DataError(f"{text!r} fits {len(found)} candidacies: name one by its id", _listed(found))
    if not among:
        raise DataError(
            f"there is no candidacy {text!r}; there is none at all yet: run `followup-agent sync`"
        )
    raise DataError(f"there is no candidacy {text!r}; those known are", _listed(among))


def _exactly(wanted: str, candidacy: Conclusion) -> bool:
    return wanted in {candidacy.id, str(candidacy.document["company"] or "").casefold()}


def _partly(wanted: str, candidacy: Conclusion) -> bool:
    company = str(candidacy.document["company"] or "").casefold()
    return candidacy.id.startswith(wanted) or wanted in company


def _listed(among: Sequence[Conclusion]) -> tuple[str, ...]:
    rows = latest_first(dict(c.document) for c in among)
    lines = [f"{d['id']}  {title(d)}, {d['status'].replace('_', ' ')}" for d in rows[:LISTED]]
    more = len(rows) - LISTED
    return (*lines, *([f"and {more} more: `followup-agent status --all`"] if more > 0 else []))


def title(document: Json) -> str:
    """Company and position in one line."""
    return f"{document['company'] or '(company unknown)'}: {document['position'] or '(position unknown)'}"
