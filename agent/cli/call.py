"""``call``: everything for a follow-up by telephone: script, points, number, good hours. Nothing is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from agent.cli.context import App, as_json_option, echo, print_json
from agent.cli.view import ENDED, chosen, reader, title
from agent.core.model import ActionKind, Status
from agent.errors import DataError

if TYPE_CHECKING:
    from agent.core.story.document import Judged
    from agent.core.writing.call_hours import Slot
    from agent.core.writing.telephone import CallSheet

Json = dict[str, Any]
HOLD_ON = {
    Status.SCHEDULED: "an interview lies ahead: there is nothing to follow up before it",
    Status.SCHEDULING: "an interview is being arranged: the call is about its time",
    Status.YOUR_TURN: "they asked you something: answer that first",
    Status.ON_HOLD: "they paused the search",
}
KNOWN_BY = {
    "interview": "as the interview was set",
    "sender": "as their mail is dated",
    "account": "yours: nothing in the mails names another",
}


@click.command("call", epilog="Example: followup-agent call acme")
@click.argument("candidacy")
@as_json_option
@click.pass_obj
def command(app: App, candidacy: str, as_json: bool) -> None:
    """A phone script for the follow-up, the number if the mails hold one, and good times to call.

    CANDIDACY is an id as `status` prints it, the beginning of one, or a part of the company's name. Tell the program
    afterwards: `followup-agent log CANDIDACY call` (or voicemail) counts as a follow-up.
    """
    judged, sheet = _sheet(app, candidacy)
    if as_json:
        print_json(_document(judged, sheet))
        return
    for line in _lines(judged, sheet, app.zone):
        echo(line)


def _sheet(app: App, candidacy: str) -> tuple[Judged, CallSheet]:
    from agent.cli.letters import compose_config
    from agent.core.writing.telephone import call_sheet

    with closing(reader(app)) as store:
        wanted = chosen(candidacy, store.conclusions())
        thinker = app.thinker(store)
        judged = next((j for j in thinker.think() if j.candidacy.id == wanted.id), None)
        if judged is None:
            raise DataError(f"{wanted.id} is no candidacy any more: run `followup-agent sync`")
        config = compose_config(app.config, store.account())
    sheet = call_sheet(
        judged.candidacy, judged.state, thinker.identity, thinker.rules, app.clock(), config=config
    )
    return judged, sheet


def _caution(judged: Judged) -> str:
    status = judged.outlook.status
    if status in ENDED:
        return f"this candidacy has ended ({status.value.replace('_', ' ')})"
    return HOLD_ON.get(status, "")


def _document(judged: Judged, sheet: CallSheet) -> Json:
    contact, candidacy = sheet.contact, judged.candidacy
    coming = judged.outlook.next
    due = coming.due if coming and coming.kind is ActionKind.FOLLOW_UP else None
    return {
        "schema": 1,
        "id": candidacy.id,
        "company": candidacy.company or None,
        "position": candidacy.position or None,
        "status": judged.outlook.status.value,
        "caution": _caution(judged) or None,
        "contact": contact
        and {"name": contact.address.name, "address": contact.address.email, "role": contact.role.value},
        "phone": sheet.phone or None,
        "language": sheet.language,
        "time_zone": sheet.where.name,
        "time_zone_from": sheet.where.by,
        "good_times": [{"start": s.start.isoformat(), "end": s.end.isoformat()} for s in sheet.times],
        "follow_up_due": due and due.astimezone(sheet.where.zone).isoformat(timespec="seconds"),
        "reception": sheet.reception or None,
        "script": list(sheet.script),
        "voicemail": sheet.voicemail,
        "points": list(sheet.points),
    }


def _lines(judged: Judged, sheet: CallSheet, zone: str) -> Iterator[str]:
    from agent.core.story.document import document

    contact, name = sheet.contact, judged.candidacy.id
    yield f"{title(document(judged, zone))}  ({name})"
    if caution := _caution(judged):
        yield f"Mind: {caution}."
    yield ""
    yield (
        f"Ask for:  {contact.address.name or contact.address.email}"
        if contact
        else "Ask for:  whoever is in charge"
    )
    yield f"Number:   {sheet.phone or 'none in the mails; look for the switchboard on their website'}"
    yield f"When:     {sheet.where.name} ({KNOWN_BY[sheet.where.by]})"
    yield from (f"          {_slot(slot, zone)}" for slot in sheet.times)
    if sheet.reception:
        yield from ("", "If somebody else answers:", f"  {sheet.reception}")
    yield from ("", "Script:", *(f"  {line}" for line in sheet.script))
    yield from ("", "If a machine answers:", f"  {sheet.voicemail}")
    yield from ("", "Points:", *(f"  - {point}" for point in sheet.points))
    yield from ("", f"Afterwards: followup-agent log {name} call   (or: voicemail)")


def _slot(slot: Slot, zone: str) -> str:
    """Their time, and the user's where the clocks differ."""
    from zoneinfo import ZoneInfo

    mine = slot.start.astimezone(ZoneInfo(zone))
    here = "" if mine.utcoffset() == slot.start.utcoffset() else f"  (your {mine:%a %H:%M})"
    return f"{slot.start:%a %Y-%m-%d %H:%M}–{slot.end:%H:%M}{here}"
