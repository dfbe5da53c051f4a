"""``show``: one candidacy's timeline, each event with its evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from agent.cli.context import App, as_json_option, echo, print_json
from agent.cli.timeline import gmail_link, moments
from agent.cli.view import chosen, conclusions, look, title

Json = Mapping[str, Any]


@click.command("show", epilog="Example: followup-agent show acme")
@click.argument("candidacy")
@as_json_option
@click.pass_obj
def command(app: App, candidacy: str, as_json: bool) -> None:
    """One candidacy's timeline: each event with the words, the message and the rule behind it.

    CANDIDACY is an id as `status` prints it, the beginning of one, or a part of the company's name.
    """
    found = chosen(candidacy, conclusions(app))
    heading = look(app).heading()
    links = [gmail_link(thread, heading["account"]) for thread in found.document["thread_ids"]]
    if as_json:
        print_json({**heading, **found.document, "links": links, "events": list(found.events)})
        return
    for line in (
        *_head(found.document),
        *_timeline(found.events, everything=app.verbosity > 0),
        *_foot(found.document, links),
    ):
        echo(line)


def _head(document: Json) -> Iterator[str]:
    from agent.cli.tables import minute, next_words

    yield f"{title(dict(document))}  ({document['id']})"
    since = f" since {minute(document['since'])}" if document["since"] else ""
    yield f"{document['status'].replace('_', ' ')}{since}; round {document['round']}"
    coming = next_words(document)
    if coming:
        yield f"next: {coming}"
    for contact in document["contacts"]:
        role = contact["role"].replace("_", " ")
        yield f"contact: {contact['name']} <{contact['address']}>" + (
            f", {role}" if role != "unknown" else ""
        )
    if document["needs_review"]:
        yield f"please review: `followup-agent why {document['id']}` says what is missing"
    yield ""


def _timeline(events: Sequence[Json], *, everything: bool) -> Iterator[str]:
    """A line for each message (or word of the user's), below it what was read in it, with the words and the rules."""
    for moment in moments(events, everything=everything):
        source = f"  (message {moment.message_id})" if moment.message_id else ""
        yield f"{moment.at[:16].replace('T', ' ')}  {'me' if moment.mine else 'them'}{source}"
        for read in moment.reads:
            quoted = f"  “{read.quote}”" if read.quote else ""
            yield f"    {read.name}{quoted}" + (f"  [{', '.join(read.rules)}]" if read.rules else "")


def _foot(document: Json, links: Sequence[str]) -> Iterator[str]:
    from agent.cli.tables import action_words

    yield ""
    for draft in document["drafts"]:
        because = f": {draft['because']}" if draft["because"] else ""
        what = action_words(draft["kind"], draft["step"])
        yield f"draft: {what} to {', '.join(draft['to'])}, made {draft['created_at'][:16].replace('T', ' ')}, {draft['state']}{because}"
    for link in links:
        yield f"open:  {link}"
