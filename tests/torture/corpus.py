"""The hostile corpus: every mail by its name, made by code when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator

from tests.torture.corpus_calendars import calendars
from tests.torture.corpus_people import people
from tests.torture.corpus_shapes import shapes
from tests.torture.hostile_mail import Hostile


def corpus() -> Iterator[Hostile]:
    """All mails, one at a time: together they are some hundred megabytes."""
    yield from people()
    yield from calendars()
    yield from shapes()
