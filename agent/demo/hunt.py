"""A sample job hunt, read from story/*.toml: who writes what when, and what the user does with the drafts."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

Table = Mapping[str, Any]


class Act(StrEnum):
    """What happens in one step."""

    MAIL = "mail"  # a letter arrives
    MINE = "mine"  # the user writes one by hand
    SEND = "send"  # the user sends the draft that lies in the thread
    EDIT = "edit"  # the user adds a line to it
    DISCARD = "discard"  # the user throws it away


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A calendar invitation (RFC 5545 VEVENT); the letter's person organises it."""

    uid: str
    start: datetime
    minutes: int
    summary: str
    location: str = ""
    sequence: int = 0
    attendees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that the world or the user does. `person` is the other side, as `Name <address>`.

    `gist` says it in a few words for the diary; `quote`: whether a reply carries the letter it answers;
    `draft_to`: the draft meant is the one to this address, whatever thread it is in.
    """

    at: datetime
    act: Act
    story: str
    thread: str
    person: str
    subject: str = ""
    text: str = ""
    firm: str = ""
    gist: str = ""
    append: str = ""
    draft_to: str = ""
    labels: tuple[str, ...] = ("INBOX",)
    headers: tuple[tuple[str, str], ...] = ()
    meeting: Meeting | None = None
    quote: bool = True
    language: str = "en"
    noise: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A whole hunt: the user, the days and hours of the agent's turns, and all steps in order of time."""

    name: str
    address: str
    time_zone: str
    holidays: str
    first_day: date
    last_day: date
    hours: tuple[time, ...]
    weekend_hours: tuple[time, ...]
    steps: tuple[Step, ...]

    @property
    def days(self) -> tuple[date, ...]:
        """Every day of the hunt."""
        count = (self.last_day - self.first_day).days + 1
        return tuple(self.first_day + timedelta(days=number) for number in range(count))

    @property
    def turns(self) -> tuple[datetime, ...]:
        """The instants at which the agent takes its turn, in the user's zone."""
        zone = ZoneInfo(self.time_zone)
        return tuple(
            datetime.combine(day, hour, zone)
            for day in self.days
            for hour in (self.weekend_hours if day.weekday() >= 5 else self.hours)
        )


def sample_story() -> Story:
    """The story that comes with the program."""
    folder = files("agent.demo").joinpath("story")
    tables = {
        path.name.removesuffix(".toml"): tomllib.loads(path.read_text(encoding="utf-8"))
        for path in folder.iterdir()
        if path.name.endswith(".toml")
    }
    return story(tables.pop("hunt"), tables)


def story(frame: Table, chapters: Mapping[str, Table]) -> Story:
    """The story told by these tables: the frame (user, days, hours), and a chapter for each employer."""
    zone = ZoneInfo(frame["time_zone"])
    steps = [
        _step(name, chapters[name], row, zone) for name in sorted(chapters) for row in chapters[name]["step"]
    ]
    return Story(
        name=frame["name"],
        address=frame["address"],
        time_zone=frame["time_zone"],
        holidays=frame["holidays"],
        first_day=frame["first_day"],
        last_day=frame["last_day"],
        hours=tuple(frame["turns"]),
        weekend_hours=tuple(frame["weekend_turns"]),
        steps=tuple(sorted(steps, key=lambda step: step.at)),
    )


def _step(name: str, chapter: Table, row: Table, zone: ZoneInfo) -> Step:
    return Step(
        at=_local(row["at"], zone),
        act=Act(row["act"]),
        story=name,
        thread=row.get("thread", name),
        person=row.get("person") or chapter["person"],
        subject=row.get("subject") or chapter.get("subject", ""),
        text=row.get("text", "").lstrip("\n"),
        firm=chapter.get("firm", ""),
        gist=row.get("gist", ""),
        append=row.get("append", ""),
        draft_to=row.get("draft_to", ""),
        labels=tuple(row.get("labels", ("INBOX",))),
        headers=tuple(row.get("headers", {}).items()),
        meeting=_meeting(row["invite"], zone) if "invite" in row else None,
        quote=row.get("quote", True),
        language=chapter.get("language", "en"),
        noise=chapter.get("noise", False),
    )


def _meeting(row: Table, zone: ZoneInfo) -> Meeting:
    return Meeting(
        **{**row, "start": _local(row["start"], zone), "attendees": tuple(row.get("attendees", ()))}
    )


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    """A time without an offset is the user's local time."""
    return at if at.tzinfo else at.replace(tzinfo=zone)
