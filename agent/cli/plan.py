"""``plan``: what the agent will do, and when, as long as nobody writes anything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from agent.cli.context import App, as_json_option, echo, print_json
from agent.cli.moments import beginning, day, day_or_moment
from agent.cli.view import reader
from agent.core.model import Action, ActionKind, DraftState, InterviewStatus, Status
from agent.core.story.plan import Rules
from agent.store.files import stored_revision

if TYPE_CHECKING:
    from agent.core.story.document import Judged

Json = dict[str, Any]
HORIZON = timedelta(days=30)
STEPS = 50  # a candidacy has a handful of instants at which its answer changes


@click.command("plan", epilog="Example: followup-agent plan --until 2026-04-30")
@click.option("--until", metavar="DATE", help="Look so far ahead (default: 30 days).")
@click.option("--now", metavar="DATE", help="Look from this date or time instead of the present.")
@as_json_option
@click.pass_obj
def command(app: App, until: str | None, now: str | None, as_json: bool) -> None:
    """What will be done and when, in order of time. Nothing is carried out.

    It holds as long as nobody writes: a reply, or a draft that you send, changes what follows.
    """
    start = day_or_moment(now, app.zone) if now else app.clock()
    end = beginning(day(until) + timedelta(days=1), app.zone) if until else start + HORIZON
    items = sorted(planned(app, start, end), key=lambda item: (item["at"], item["candidacy"]))
    if as_json:
        print_json(_document(items, start, end, app.zone))
        return
    _print(items, end, app.zone)


def planned(app: App, start: datetime, end: datetime) -> Iterator[Json]:
    """Everything that comes up between two instants; ``at`` is UTC here."""
    if stored_revision(app.config.storage.database) is None:
        return
    with closing(reader(app)) as store:
        thinker = app.thinker(store, now=start)
        for judged in thinker.think():
            yield from _interviews(judged, start, end)
            yield from _actions(judged, thinker.rules, start, end)


def _interviews(judged: Judged, start: datetime, end: datetime) -> Iterator[Json]:
    if judged.outlook.status is not Status.SCHEDULED:
        return
    for interview in judged.state.live_interviews:
        if interview.status is InterviewStatus.CONFIRMED and start < interview.start <= end:
            yield _item(judged, interview.start, "interview", None, interview.quote or "it lies ahead", "")


def _actions(judged: Judged, rules: Rules, start: datetime, end: datetime) -> Iterator[Json]:
    """Walk from one instant at which the answer changes to the next."""
    from agent.core.story.judge import again

    made = {record.key for record in judged.drafts if record.state is not DraftState.INTENDED}
    at: datetime | None = start
    for _ in range(STEPS):
        if at is None or at > end:
            return
        outlook = again(judged, rules, at).outlook
        for action, held_back in _due(outlook.due, outlook.next, outlook.in_the_way, at):
            if action.key not in made and action.due <= end:
                made.add(action.key)
                yield _item(
                    judged, max(action.due, start), action.kind.value, action.step, action.reason, held_back
                )
        at = outlook.wake_at


def _due(
    due: Action | None, coming: Action | None, in_the_way: tuple[str, ...], at: datetime
) -> Iterator[tuple[Action, str]]:
    """The draft to make at this instant, or why the one that is due is not made; and the moment to move on."""
    if due is not None:
        yield due, ""
    elif coming is not None and coming.due <= at and in_the_way:
        yield coming, in_the_way[0]
    elif coming is not None and coming.kind is ActionKind.MOVE_ON:
        yield coming, ""


def _item(judged: Judged, at: datetime, action: str, step: int | None, because: str, held_back: str) -> Json:
    candidacy = judged.candidacy
    return {
        "at": at,
        "candidacy": candidacy.id,
        "company": candidacy.company or None,
        "position": candidacy.position or None,
        "action": action,
        "step": step,
        "because": because,
        "held_back": held_back or None,
    }


def _document(items: list[Json], start: datetime, end: datetime, zone: str) -> Json:
    from agent.core.story.document import instant

    return {
        "schema": 1,
        "as_of": instant(start, zone),
        "until": instant(end, zone),
        "items": [{**item, "at": instant(item["at"], zone)} for item in items],
    }


def _print(items: list[Json], end: datetime, zone: str) -> None:
    from agent.cli.tables import action_words, minute, print_table
    from agent.core.story.document import instant

    if not items:
        echo(f"Nothing is planned until {minute(str(instant(end, zone)))}, unless somebody writes.")
        return
    print_table(
        ("WHEN", "ID", "COMPANY", "WHAT", "BECAUSE"),
        [
            (
                minute(str(instant(item["at"], zone))),
                item["candidacy"],
                item["company"] or "?",
                action_words(item["action"], item["step"]) + (", held back" if item["held_back"] else ""),
                item["held_back"] or item["because"],
            )
            for item in items
        ],
    )
