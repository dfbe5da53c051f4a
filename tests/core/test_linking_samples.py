"""The sample scenarios: what belongs together, with whom and about what."""

from typing import Any

import pytest

from agent.core.model import Candidacy
from agent.core.people import linking, parties
from tests.core.post import SAMPLES, scenario

NAMES = sorted(path.stem for path in SAMPLES.glob("*.json"))


def _expected(story: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """All that any step says of a candidacy, by its first thread; later words win."""
    merged: dict[str, dict[str, Any]] = {}
    for step in story["steps"]:
        for candidacy in step["expect"].get("candidacies", []):
            merged.setdefault(candidacy["threads"][0], {}).update(candidacy)
    return merged


def _folded(words: list[str]) -> set[str]:
    return {word.casefold() for word in words}


@pytest.mark.parametrize("name", NAMES)
def test_it_finds_the_candidacies_of(name: str) -> None:
    story, identity, readings = scenario(name)
    found = linking.candidacies(readings, (), identity, {})
    for thread, expected in _expected(story).items():
        candidacy = next((c for c in found if thread in c.thread_ids), None)
        assert candidacy is not None, thread
        assert set(expected["threads"]) <= set(candidacy.thread_ids)
        _compare(candidacy, expected)
    never = {t for step in story["steps"] for t in step["expect"].get("not_candidacies", [])}
    assert not never & {t for c in found for t in c.thread_ids}


def _compare(candidacy: Candidacy, expected: dict[str, Any]) -> None:
    if expected.get("company"):
        assert candidacy.company.casefold() in _folded(expected["company"])
    if expected.get("position"):
        assert candidacy.position.casefold() in _folded(expected["position"])
    emails = {c.address.email for c in candidacy.contacts}
    assert set(expected.get("contacts", [])) <= emails
    assert candidacy.needs_review == ()


def test_it_lets_no_false_front_in() -> None:
    _, identity, readings = scenario("h01-lookalike-domain")
    (candidacy,) = linking.candidacies(readings, (), identity, {})
    assert candidacy.thread_ids == ("t1",)


def test_it_knows_that_a_forward_to_the_family_is_no_letter_to_the_employer() -> None:
    _, identity, readings = scenario("a17-round-two")
    (candidacy,) = linking.candidacies(readings, (), identity, {})
    told = {
        r.message.gmail_id: parties.addressed_to_employer(r, candidacy)
        for r in candidacy.readings
        if r.outgoing
    }
    assert told == {"m2": True, "m3": True, "m6": True, "m7": False}
