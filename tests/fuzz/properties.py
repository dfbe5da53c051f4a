"""What must hold of any text at all: one function for each door, fed by Hypothesis and by atheris."""

from __future__ import annotations

from datetime import UTC, datetime

from agent.core.dates.deadlines import deadlines
from agent.core.dates.times import stated_times
from agent.core.lexicon import LANGUAGES
from agent.core.mail import authentication, mime
from agent.core.mail.addresses import addresses
from agent.core.mail.calendar import invites

AT = datetime(2026, 3, 2, 14, tzinfo=UTC)


def parse(data: bytes) -> None:
    """A message is read from any bytes, twice the same."""
    source, _ = mime.source_from_bytes(data, gmail_id="g", thread_id="t", internal_date=AT, label_ids=())
    message, _ = mime.message(source)
    assert 0 <= message.signature_at <= len(message.text)
    assert mime.message(source)[0] == message


def quote(data: bytes) -> None:
    """A reply of any text is cut, and what is left is statements and signature."""
    parse(b"From: a@b.example\nIn-Reply-To: <x@y.example>\nSubject: Re: x\n\n" + data)


def deadline(data: bytes) -> None:
    """Days are found in any text, the earliest never after the latest."""
    text = data.decode("utf-8", "replace")
    for language in LANGUAGES:
        found = deadlines(text, written=AT, language=language, holidays="", outgoing=False)
        assert all(one.earliest <= one.latest for one in found)


def times(data: bytes) -> None:
    """Appointments are found in any text, as aware instants."""
    text = data.decode("utf-8", "replace")
    for language in LANGUAGES:
        found = stated_times(text, written=AT, language=language, zone="Europe/Berlin", subject=text[:100])
        assert all(one.start.tzinfo is not None for one in found)


def calendar(data: bytes) -> None:
    """Events are found in any text, as aware instants."""
    booked, _ = invites(data.decode("utf-8", "replace"), zone="Asia/Tokyo")
    assert all(one.start is None or one.start.tzinfo is not None for one in booked)


def header(data: bytes) -> None:
    """Addresses and verdicts are read from any header."""
    value = data.decode("utf-8", "replace")
    assert all("@" in one.email for one in addresses(value))
    authentication.failed([("authentication-results", f"mx.google.com; {value}")], "b.example")


DOORS = {f.__name__: f for f in (parse, quote, deadline, times, calendar, header)}
