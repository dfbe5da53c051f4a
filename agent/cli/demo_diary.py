"""The demo's diary: what happened on each day, read from the story's deeds and from what the program concluded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from agent.cli.tables import action_words
from agent.core.model import Status
from agent.core.story.explain import MEANS

if TYPE_CHECKING:
    from agent.cycle.report import TurnReport
    from agent.demo.hunt_play import Happening

Json = Mapping[str, Any]
_WAITS = {Status.WAITING, Status.THANK_YOU_DUE, Status.FOLLOW_UP_DUE}
_QUOTED = re.compile(r"“([^”]*)” \[([^\],]*)")
DEEDS = {
    "send": "sends the draft to {}",
    "edit": "adds a line to the draft to {}",
    "discard": "throws away the draft to {}",
}
FOUND = {
    "discarded": "sees that the draft was thrown away: it will not be made again",
    "edited": "sees that the draft was edited: it is the user's now, and left alone",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the diary. ``who``: ``mail``, ``you`` or ``agent``; ``what`` names the kind for scripts."""

    at: datetime
    who: str
    what: str
    company: str = ""
    text: str = ""
    because: str = ""
    candidacy: str = ""
    noise: bool = False

    def document(self) -> dict[str, Any]:
        """The entry for ``demo --json``."""
        return {
            "at": self.at.isoformat(timespec="minutes"),
            "who": self.who,
            "what": self.what,
            "company": self.company or None,
            "candidacy": self.candidacy or None,
            "text": self.text,
            "because": self.because or None,
        }


def deed(happening: Happening, zone: str) -> Entry:
    """A step of the story as an entry, at the user's local time."""
    step = happening.step
    return Entry(
        at=step.at.astimezone(ZoneInfo(zone)),
        who="mail" if step.act == "mail" else "you",
        what="missed" if happening.missed else step.act.value,
        company=step.firm,
        text=_deed(happening),
        noise=step.noise,
    )


def _deed(happening: Happening) -> str:
    step = happening.step
    if happening.missed:
        return "looks for a draft and finds none"
    if step.act in DEEDS:
        return DEEDS[step.act].format(_name(happening.to))
    return f"{_name(step.person)} {step.gist}" if step.act == "mail" and not step.noise else step.gist


def _name(person: str) -> str:
    """The name in `Name <address>`, else the address."""
    name, address = parseaddr(person)
    return name or address


def agents_deeds(
    report: TurnReport, before: Mapping[str, Json], after: Mapping[str, Json], zone: str
) -> Iterator[Entry]:
    """What one turn of the agent did and concluded, candidacy by candidacy."""
    at = report.started_at.astimezone(ZoneInfo(zone))
    for candidacy, now in after.items():
        told = [
            *_drafts_found(before.get(candidacy), now),
            *_concluded(report, before.get(candidacy), now, zone),
        ]
        told += _drafts(report, now)
        for what, text, because in told:
            yield Entry(
                at=at, who="agent", what=what, company=now["company"] or "?", text=text, because=because,
                candidacy=candidacy,
            )  # fmt: skip
    for problem in report.problems:
        yield Entry(at=at, who="agent", what="problem", text=problem.what)


Told = tuple[str, str, str]  # what, text, because


def _drafts_found(was: Json | None, now: Json) -> Iterator[Told]:
    """What became of drafts under the user's hands."""
    states = {draft["draft_id"]: draft["state"] for draft in (was or {}).get("drafts", ())}
    for draft in now["drafts"]:
        if states.get(draft["draft_id"], draft["state"]) != draft["state"] and draft["state"] in FOUND:
            yield draft["state"], FOUND[draft["state"]], ""


def _concluded(report: TurnReport, was: Json | None, now: Json, zone: str) -> Iterator[Told]:
    """A changed status; else an interview that was moved, or another date for what comes next."""
    transition = next((t for t in report.transitions if t.candidacy_id == now["id"]), None)
    drafted = any(record.candidacy_id == now["id"] for record in report.created)
    if transition is not None:
        was_so = f"{_words(transition.before)} →" if transition.before else "a new candidacy,"
        text = f"{was_so} {_words(transition.after)}"
        yield "status", text, "" if drafted else _reason(now, transition.because, zone)
    elif was is not None and _ahead(was) != _ahead(now) and _ahead(now):
        yield "interview", f"the interview is on {_when(_ahead(now), zone)} now", ""
    elif was is not None and now["status"] == "waiting" and was["next"] != now["next"]:
        yield "next", _next(now, zone), now["next"]["because"] or ""


def _reason(now: Json, because: str, zone: str) -> str:
    """Why, in one line: the date ahead, the arithmetic, or the words that decided it."""
    status = Status(now["status"])
    if status is Status.SCHEDULED and _ahead(now):
        return f"interview on {_when(_ahead(now), zone)}"
    if status in _WAITS and now["next"]["due"]:
        return f"{_next(now, zone)}: {now['next']['because']}"
    if status is Status.MOVED_ON:
        return MEANS[status]
    return _quotation(because) or MEANS[status]


def _quotation(because: str) -> str:
    """The words of the mail and the rule that took them up: “…” [rule]."""
    found = _QUOTED.search(because)
    return f"“{found[1]}” [{found[2]}]" if found else ""


def _next(now: Json, zone: str) -> str:
    coming = now["next"]
    if not coming["due"]:
        return "nothing comes next"
    return f"{action_words(coming['action'], coming['step'])} not before {_when(coming['due'], zone)}"


def _drafts(report: TurnReport, now: Json) -> Iterator[Told]:
    for record, because in report.withdrawn:
        if record.candidacy_id == now["id"]:
            yield "withdrawn", f"takes the {action_words(record.kind.value, record.step)} draft back", because
    for record in report.created:
        if record.candidacy_id == now["id"]:
            made = action_words(record.kind.value, record.step)
            yield "draft", f"drafts {made} to {', '.join(record.to)}", now["next"]["because"] or ""


def _ahead(document: Json) -> str:
    """The start of the latest confirmed interview of the present round, or nothing."""
    found: Sequence[str] = [
        i["start"]
        for i in document["interviews"]
        if i["status"] == "confirmed" and i["round"] == document["round"]
    ]
    return max(found, key=datetime.fromisoformat, default="")


def _words(status: str) -> str:
    return status.replace("_", " ")


def _when(at: str, zone: str) -> str:
    return f"{datetime.fromisoformat(at).astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M}"
