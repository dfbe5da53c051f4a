"""``set``, ``merge``, ``split``: what the rules got wrong, or could not know."""

from __future__ import annotations

import re

import click

from agent.checks import did_you_mean
from agent.cli.context import App, as_json_option
from agent.cli.moments import day, moment
from agent.cli.told import answer, at_work, noted, tell
from agent.cli.view import chosen
from agent.core.model import Note, NoteKind
from agent.errors import DataError

KEYS = ("company", "position", "contact", "promised", "interview", "impression", "language")
LONGEST_VALUE = 200


@click.command("set", epilog="Example: followup-agent set acme promised=2026-03-13 impression=good")
@click.argument("candidacy")
@click.argument("pairs", metavar="KEY=VALUE...", nargs=-1, required=True)
@as_json_option
@click.pass_obj
def correct(app: App, candidacy: str, pairs: tuple[str, ...], as_json: bool) -> None:
    r"""Correct what is known of a candidacy.

    \b
    company=NAME        position=NAME       language=de
    contact=ADDRESS     whom the next draft addresses ("Maria Lopez <maria@…>")
    promised=DATE       the day by which they said they would answer
    interview=TIME      when the interview is, or was (2026-03-09 14:00, your time zone)
    impression=poor     or good: how it went
    """
    tell(app, candidacy, NoteKind.SET, [pair(text, app.zone) for text in pairs], as_json=as_json)


def pair(text: str, zone: str) -> tuple[str, str]:
    """A checked key and the value as a note keeps it; wrong usage says what would be right."""
    key, equals, value = text.partition("=")
    key, value = key.strip().lower(), " ".join(value.split())
    if not equals or key not in KEYS:
        hint = did_you_mean(key, KEYS) if key else ""
        raise click.BadParameter(f"{text!r} is not KEY=VALUE with one of the keys {', '.join(KEYS)}{hint}")
    if not value or len(value) > LONGEST_VALUE or not value.isprintable():
        raise click.BadParameter(f"{key}: a value of 1 to {LONGEST_VALUE} printable characters is needed")
    return key, _value(key, value, zone)


def _value(key: str, value: str, zone: str) -> str:
    match key:
        case "promised":
            return day(value).isoformat()
        case "interview":
            return moment(value, zone).isoformat()
        case "impression" if value not in {"good", "poor"}:
            raise click.BadParameter(f"impression is good or poor, not {value!r}")
        case "language" if not re.fullmatch(r"[a-z]{2}", value):
            raise click.BadParameter(f'language is a two-letter code such as "en", not {value!r}')
        case "contact" if not re.fullmatch(r"(?:[^<>]{1,100} )?<?[^@\s<>,;]{1,64}@[\w.-]{1,190}\w>?", value):
            raise click.BadParameter(f'contact is an address, or "Name <address>", not {value!r}')
    return value


@click.command("merge", epilog="Example: followup-agent merge k3jq7abc mn2p4xyz")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@as_json_option
@click.pass_obj
def merge(app: App, first: str, second: str, as_json: bool) -> None:
    """Two candidacies are one and the same."""
    with at_work(app) as store:
        known, now = store.conclusions(), app.clock()
        one, other = chosen(first, known), chosen(second, known)
        if one.id == other.id:
            raise DataError(f"{first!r} and {second!r} are the same candidacy already")
        word = Note(0, one.anchor_thread_id, NoteKind.MERGE, now, now, value=other.anchor_thread_id)
        after = noted(app, store, [word])
    answer(one, after.get(one.anchor_thread_id), as_json=as_json)


@click.command("split", epilog="Example: followup-agent split acme 18f2a7c0d1e2f3a4")
@click.argument("candidacy")
@click.argument("thread_id")
@as_json_option
@click.pass_obj
def split(app: App, candidacy: str, thread_id: str, as_json: bool) -> None:
    """A Gmail thread does not belong to this candidacy (`show` prints the threads)."""
    with at_work(app) as store:
        found, now = chosen(candidacy, store.conclusions()), app.clock()
        threads = found.document["thread_ids"]
        others = [thread for thread in threads if thread != thread_id]
        if thread_id not in threads or not others:
            raise DataError(
                f"{found.id} cannot be split at thread {thread_id}: its threads are", tuple(threads)
            )
        words = [Note(0, other, NoteKind.SPLIT, now, now, value=thread_id) for other in others]
        after = noted(app, store, words)
    answer(found, after.get(others[0]), as_json=as_json)
