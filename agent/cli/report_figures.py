"""The figures of a report: how far the candidacies came, and how long employers take to answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

from agent.cli.timeline import moments

if TYPE_CHECKING:
    from agent.store.records import Conclusion

Json = Mapping[str, Any]
# what a machine wrote by itself is no answer
BY_ITSELF = frozenset({"out of office", "robot", "bounce", "acknowledgement"})
# a message of mine that leaves nothing to answer
CLOSING = frozenset({"acceptance", "courtesy", "withdrawal"})


@dataclass(frozen=True, slots=True)
class Step:
    """How many candidacies came as far as this; ``share`` of all of them, 0 to 1."""

    name: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Answering:
    """How one employer answers: elapsed hours to their next own message after one of mine."""

    company: str
    hours: tuple[float, ...]
    waiting_since: str | None  # RFC 3339: my oldest message after their last one, while the candidacy goes on

    @property
    def median_hours(self) -> float | None:
        return median(self.hours) if self.hours else None


def funnel(documents: Sequence[Json], now: datetime) -> tuple[Step, ...]:
    """From every candidacy to the offers; what the user ignores does not count."""
    meant = [d for d in documents if d["status"] != "ignored"]
    counts = {
        "candidacies": len(meant),
        "interview arranged": sum(bool(_standing(d)) for d in meant),
        "interview held": sum(any(_over(i, now) for i in _standing(d)) for d in meant),
        "second round or later": sum(d["round"] > 1 for d in meant),
        "offer": sum(d["status"] == "offer" for d in meant),
    }
    return tuple(Step(name, count, count / max(len(meant), 1)) for name, count in counts.items())


def answering(found: Sequence[Conclusion]) -> tuple[Answering, ...]:
    """Each employer's pace, slowest first; a wait is open only where it is the employer's move."""
    by_company: dict[str, list[Conclusion]] = {}
    for one in found:
        by_company.setdefault(str(one.document["company"] or ""), []).append(one)
    rows = []
    for company, ones in by_company.items():
        paces = [(one, *_pace(one.events)) for one in ones if company]
        hours = tuple(hour for _, taken, _ in paces for hour in taken)
        waits = [since for one, _, since in paces if since and one.document["turn"] == "theirs"]
        if hours or waits:
            rows.append(Answering(company, hours, min(waits, default=None)))
    return tuple(sorted(rows, key=lambda r: (-(r.median_hours or 0), r.company)))


def _pace(events: Sequence[Json]) -> tuple[tuple[float, ...], str | None]:
    """The hours that each run of my messages waited for theirs, and since when the last run waits."""
    hours: list[float] = []
    mine: str | None = None
    for at, from_me, closing in _letters(events):
        if from_me:
            mine = mine or (None if closing else at)
        elif mine is not None:
            taken = datetime.fromisoformat(at) - datetime.fromisoformat(mine)
            hours.append(taken / timedelta(hours=1))
            mine = None
    return tuple(hours), mine


def _letters(events: Sequence[Json]) -> Iterator[tuple[str, bool, bool]]:
    """When, whether by me, and whether it closes the exchange, for every message that a person wrote."""
    for moment in moments(events, everything=True):
        said = {read.name for read in moment.reads}
        if moment.message_id and not said & BY_ITSELF:
            yield moment.at, moment.mine, bool(said & CLOSING)


def _standing(document: Json) -> list[Json]:
    return [i for i in document["interviews"] if i["status"] != "cancelled"]


def _over(interview: Json, now: datetime) -> bool:
    return datetime.fromisoformat(interview["end"] or interview["start"]) <= now
