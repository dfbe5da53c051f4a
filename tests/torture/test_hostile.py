"""A slice of the hostile corpus: whoever wants to be written to, every fourth shape, and some of the large ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from agent.core.model import Reading
from tests.torture.corpus import corpus
from tests.torture.corpus_people import people
from tests.torture.hostile import genuine, tried
from tests.torture.hostile_mail import Hostile

SMALL = 20_000  # bytes
SHARDS = 8


@pytest.fixture(scope="module")
def pair() -> Sequence[Reading]:
    return genuine()


def shard_of(shard: int) -> Iterator[tuple[int, Hostile]]:
    """The mails of one shard of the slice; ``python -m tests.torture.hostile`` tries them all."""
    swindlers = sum(1 for _ in people())
    for number, mail in enumerate(corpus()):
        every = 1 if number < swindlers else 4 * SHARDS if len(mail.raw) < SMALL else 8 * SHARDS
        if number % SHARDS == shard and number % every < SHARDS:
            yield number, mail


def test_it_is_a_corpus_of_more_than_300() -> None:
    names = [mail.name for mail in corpus()]
    assert len(set(names)) == len(names) > 300


@pytest.mark.parametrize("shard", range(SHARDS))
def test_it_keeps_its_promises_whoever_writes(shard: int, pair: Sequence[Reading]) -> None:
    """No exception, in time, to nobody new, and no end on a forger's word."""
    broken = [
        (outcome.name, thread, outcome.broken)
        for number, mail in shard_of(shard)
        for thread in (("t1", "t9") if number % 7 == 0 else ("t1",))
        if (outcome := tried(mail, thread, pair)).broken
    ]
    assert broken == []
