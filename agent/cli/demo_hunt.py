"""The sample hunt, played: the story moves the mailbox and the clock, the program takes its turns, the diary tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from agent.cli.context import print_json
from agent.cli.demo_diary import Entry, agents_deeds, deed
from agent.cli.demo_letters import Letter, letters
from agent.cli.demo_screen import Screen
from agent.cli.demo_stage import Stage, stage, workplace
from agent.cli.tables import print_status
from agent.cli.view import View, look
from agent.demo.hunt import sample_story
from agent.demo.hunt_play import Hunt
from agent.demo.hunt_takeout import write_takeout

INTRODUCTION = """\
{name} is looking for work, in many trades at once, so that you see many kinds of mail. You watch {name}'s mailbox from \
{first} to {last}: what arrives, what {name} does, and what the agent concludes and drafts at its turns, {hours}.

All of it is the real program: it reads a Gmail over HTTP and keeps a real database. Only the mailbox is a stand-in \
on this machine, and the clock is moved. People and firms are invented. The agent writes drafts and never sends: what \
is sent, {name} sends."""


@dataclass(slots=True)
class Played:
    """What a hunt came to."""

    days: dict[date, list[Entry]] = field(default_factory=dict)
    letters: list[Letter] = field(default_factory=list)
    requests: int = 0
    units: int = 0
    sends: int = 0


def show_hunt(*, keep: Path | None, as_json: bool, quiet: bool) -> None:
    """Play the sample hunt and show it (``quiet``: the end only); ``keep`` leaves configuration, database and mailbox."""
    hunt = Hunt(sample_story())
    story = hunt.story
    with (
        workplace(keep) as folder,
        stage(
            hunt.mailbox, folder, clock=hunt.clock, time_zone=story.time_zone, holidays=story.holidays
        ) as set_up,
    ):
        played = play(hunt, set_up, quiet=as_json or quiet)
        if keep:
            write_takeout(hunt.mailbox, folder / "mailbox.mbox")
        view = look(set_up.app)
    if as_json:
        print_json(_document(played, hunt, view, keep))
    else:
        _show_end(played, view, keep)


def play(hunt: Hunt, stage: Stage, *, quiet: bool) -> Played:
    """Every day of the story with the agent's turns, shown as it goes."""
    story, played = hunt.story, Played()
    known: dict[str, Any] = {}
    turns = {day: [at for at in story.turns if at.date() == day] for day in story.days}
    with Screen(len(story.turns), quiet=quiet) as screen:
        _introduce(hunt, screen)
        for day, hours in turns.items():
            entries = played.days[day] = []
            for at in hours:
                entries += [deed(happening, story.time_zone) for happening in hunt.until(at)]
                report, before, known = stage.turn(), known, stage.documents()
                entries += agents_deeds(report, before, known, story.time_zone)
                played.letters += letters(stage, report.created)
                screen.advance()
            midnight = datetime.combine(day, time.max, ZoneInfo(story.time_zone))
            entries += [deed(happening, story.time_zone) for happening in hunt.until(midnight)]
            screen.day(day, entries, story.name.split()[0])
    played.requests, played.units = stage.server.requests, stage.server.units
    played.sends = len(stage.server.violations)
    return played


def _introduce(hunt: Hunt, screen: Screen) -> None:
    story = hunt.story
    text = INTRODUCTION.format(
        name=story.name.split()[0],
        first=_day(story.first_day),
        last=_day(story.last_day),
        hours=" and ".join(f"{hour:%H:%M}" for hour in story.hours),
    )
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            screen.line()
        screen.paragraph(paragraph)


def _show_end(played: Played, view: View, keep: Path | None) -> None:
    by_id = {document["id"]: document for document in view.documents}
    screen = Screen()
    screen.line()
    screen.line("What `followup-agent status --all` says at the end", "day")
    screen.line()
    print_status(view.documents, view, hidden=0)
    screen.line()
    screen.line(f"The {len(played.letters)} drafts the agent made", "day")
    for letter in played.letters:
        letter.show(screen, by_id.get(letter.candidacy, {}))
    screen.line()
    screen.line(
        f"{played.requests} requests to Gmail, {played.units} quota units; attempts to send: {played.sends}."
    )
    screen.paragraph(_further(keep, view))


def _further(keep: Path | None, view: View) -> str:
    if keep is None:
        return "To look further: `followup-agent demo --keep DIR` keeps configuration, database and mailbox."
    some = next((d["company"] for d in view.documents if d["company"]), "COMPANY")
    command = f"followup-agent --config {keep / 'config.toml'}"
    return (
        f"Kept in {keep}. To look further: `{command} status --all`, `{command} why '{some}'`, "
        f"`{command} show '{some}'`. They look from today's date, not from the story's last day."
    )


def _document(played: Played, hunt: Hunt, view: View, keep: Path | None) -> dict[str, Any]:
    by_id = {document["id"]: document for document in view.documents}
    return {
        **view.heading(),
        "first_day": hunt.story.first_day.isoformat(),
        "last_day": hunt.story.last_day.isoformat(),
        "days": [
            {"date": day.isoformat(), "events": [entry.document() for entry in entries]}
            for day, entries in played.days.items()
        ],
        "candidacies": list(view.documents),
        "drafts": [letter.document(by_id.get(letter.candidacy, {})) for letter in played.letters],
        "http_requests": played.requests,
        "quota_units": played.units,
        "attempts_to_send": played.sends,
        "kept": str(keep) if keep else None,
    }


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
