"""The codec: whatever the core can hold comes back as it was."""

from __future__ import annotations

import json
import zlib
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.model import Address, Deadline, Invite, Message, Part, Source
from agent.errors import DataError
from agent.store.codec import packed, unpacked

zones = st.sampled_from([UTC, timezone(timedelta(hours=-8)), timezone(timedelta(hours=5, minutes=45))])
instants = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=zones)  # noqa: DTZ001 zones are drawn beside
words = st.text(st.characters(), max_size=40)  # lone surrogates included: broken mail has them
parts = st.builds(
    Part,
    content_type=words,
    text=words,
    filename=words,
    size=st.integers(0, 10**9),
    parameters=st.lists(st.tuples(words, words), max_size=3).map(tuple),
    attached=st.booleans(),
    nested=st.booleans(),
)
sources = st.builds(
    Source,
    gmail_id=words,
    thread_id=words,
    internal_date=instants,
    label_ids=st.frozensets(words, max_size=4),
    headers=st.lists(st.tuples(words, words), max_size=4).map(tuple),
    parts=st.lists(parts, max_size=3).map(tuple),
)
invites = st.builds(
    Invite,
    method=words,
    uid=words,
    sequence=st.integers(),
    start=st.none() | instants,
    organizer=st.none() | st.builds(Address, words, words),
)


@settings(deadline=None)
@given(sources)
def test_it_gives_back_any_source(source: Source) -> None:
    assert unpacked(Source, packed(source)) == source


@settings(deadline=None)
@given(invites)
def test_it_gives_back_any_invite(invite: Invite) -> None:
    assert unpacked(Invite, packed(invite)) == invite


@settings(deadline=None)
@given(instants)
def test_it_keeps_the_offset_the_writer_used(sent: datetime) -> None:
    message = Message(
        gmail_id="m",
        thread_id="t",
        internal_date=sent.astimezone(UTC),
        label_ids=frozenset(),
        date=sent,
        message_id="",
        in_reply_to="",
        references=("<a@b.example>",),
        sender=Address("", ""),
        reply_to=(),
        to=(Address("A", "a@b.example"),),
        cc=(),
        subject="",
        text="",
        signature_at=0,
    )
    again = unpacked(Message, packed(message))
    assert again == message
    assert again.date is not None
    assert again.date.utcoffset() == sent.utcoffset()


def test_it_gives_back_dates_and_fractions() -> None:
    deadline = Deadline(date(2026, 3, 6), date(2026, 3, 2), "by Friday", "weekday", confidence=0.5)
    assert unpacked(Deadline, packed(deadline)) == deadline


def test_it_reads_what_an_older_and_a_newer_program_wrote() -> None:
    document = {"content_type": "text/plain", "color": "red"}
    assert unpacked(Part, zlib.compress(json.dumps(document).encode())) == Part("text/plain")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"junk",
        zlib.compress(b"{"),
        zlib.compress(b"{}"),
        zlib.compress(b"[]"),
        packed(Part("text/plain"))[:-2],
    ],
)
def test_it_names_damage_as_such(data: bytes) -> None:
    with pytest.raises(DataError, match="damaged"):
        unpacked(Source, data)


def test_it_refuses_a_naive_instant() -> None:
    naive = Source("m", "t", datetime(2026, 1, 1), frozenset(), (), ())  # noqa: DTZ001 the fault under test
    with pytest.raises(ValueError, match="naive"):
        packed(naive)
