"""``show``: one candidacy's timeline, each event with its evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any
from urllib.parse import quote

import click

from agent.cli.context import App, as_json_option, echo, print_json
from agent.cli.view import chosen, conclusions, look, title

Json = Mapping[str, Any]
TOPICS = frozenset({"interview_topic", "job_topic"})


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


def gmail_link(thread_id: str, account: str | None) -> str:
    """Opens the thread in the browser, in the right account even where several are signed in."""
    user = f"?authuser={quote(account, safe='@')}" if account else ""
    return f"https://mail.google.com/mail/u/{user}#all/{thread_id}"


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
    for _, group in groupby(events, key=lambda e: (e["at"], e["message_id"], e["from"])):
        rows = list(group)
        who = "me" if rows[0]["from"] == "me" or rows[0]["kind"].startswith("user:") else "them"
        source = f"  (message {rows[0]['message_id']})" if rows[0]["message_id"] else ""
        yield f"{rows[0]['at'][:16].replace('T', ' ')}  {who}{source}"
        yield from _findings(rows, everything=everything)


def _findings(rows: Sequence[Json], *, everything: bool) -> Iterator[str]:
    """Each kind once, with its first quotation; that a mail is about a job at all is only said where nothing else is."""
    by_kind: dict[str, list[Json]] = {}
    for row in rows:
        by_kind.setdefault(row["kind"], []).append(row)
    telling = [kind for kind in by_kind if everything or kind not in TOPICS] or list(by_kind)[:1]
    for kind in telling:
        rules = ", ".join(dict.fromkeys(row["rule"] for row in by_kind[kind] if row["rule"]))
        quoted = next((f"  “{row['quote']}”" for row in by_kind[kind] if row["quote"]), "")
        name = kind.removeprefix("user:").replace("_", " ")
        yield f"    {name}{quoted}" + (f"  [{rules}]" if rules else "")


def _foot(document: Json, links: Sequence[str]) -> Iterator[str]:
    from agent.cli.tables import action_words

    yield ""
    for draft in document["drafts"]:
        because = f": {draft['because']}" if draft["because"] else ""
        what = action_words(draft["kind"], draft["step"])
        yield f"draft: {what} to {', '.join(draft['to'])}, made {draft['created_at'][:16].replace('T', ' ')}, {draft['state']}{because}"
    for link in links:
        yield f"open:  {link}"
