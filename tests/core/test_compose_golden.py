"""Ten situations in four languages, as the drafts that a user would find. Set GOLDEN=write to write them anew."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest

from agent.core.model import ActionKind, Candidacy, Composition, Contact, Role, State
from agent.core.writing.compose import ComposeConfig, compose
from tests.core.correspondence import (
    CASTS,
    action,
    at,
    correspondence,
    holding,
    identity,
    now,
    promise,
    state,
)

GOLDEN = Path(__file__).parents[1] / "golden"
Case = tuple[Candidacy, State, ActionKind, int]
THANK, FOLLOW = ActionKind.THANK_YOU, ActionKind.FOLLOW_UP


def _agency(language: str) -> Case:
    cast = CASTS[language]
    person = replace(cast.them, email="desk@agentur.example")
    base = correspondence(language)
    readings = tuple(
        replace(r, message=replace(r.message, **({"to": (person,)} if r.outgoing else {"sender": person})))
        for r in base.readings
    )
    contacts = (Contact(person, Role.RECRUITER, cast.goes_by),)
    return replace(base, readings=readings, contacts=contacts, agency=cast.agency), state(), FOLLOW, 1


def _panel(language: str) -> Case:
    cast = CASTS[language]
    base = correspondence(language)
    both = (Contact(cast.them, Role.RECRUITER, cast.goes_by), Contact(cast.other, Role.INTERVIEWER))
    held = replace(state().interviews[0], attendees=(cast.them, cast.other))
    return replace(base, contacts=both), state(interviews=(held,)), THANK, 1


SITUATIONS: dict[str, Callable[[str], Case]] = {
    "thank_you": lambda c: (correspondence(c), state(notes=(CASTS[c].note,)), THANK, 1),
    "thank_you_panel": _panel,
    "thank_you_poor": lambda c: (correspondence(c), state(impression="poor"), THANK, 1),
    "follow_up_promised": lambda c: (correspondence(c, answered=True), state(promise=promise()), FOLLOW, 1),
    "follow_up_unpromised": lambda c: (correspondence(c), state(notes=(CASTS[c].note,)), FOLLOW, 1),
    "follow_up_holding": lambda c: (correspondence(c, answered=True), state(last_reply=holding()), FOLLOW, 1),
    "follow_up_away": lambda c: (correspondence(c), state(absent_until=date(2026, 5, 25)), FOLLOW, 1),
    "follow_up_agency": _agency,
    "follow_up_poor": lambda c: (correspondence(c), state(impression="poor"), FOLLOW, 1),
    "follow_up_second": lambda c: (correspondence(c), state(follow_ups_sent=(at(20),)), FOLLOW, 2),
}


def draft(situation: str, language: str) -> Composition:
    candidacy, told, kind, step = SITUATIONS[situation](language)
    config = ComposeConfig(materials=("portfolio.pdf",) if situation == "follow_up_poor" else ())
    made = compose(
        action(kind, step, key=f"{situation}:{language}"), candidacy, told, identity(CASTS[language]),
        config=config, now=now(language), zone=CASTS[language].zone,
        recipient=candidacy.contacts[1] if situation == "thank_you_panel" else None,
    )  # fmt: skip
    assert isinstance(made, Composition), made
    return made


def page(made: Composition) -> str:
    names = ", ".join(f"{a.name} <{a.email}>" for a in made.to)
    enclosed = f"Attached: {', '.join(made.attachments)}\n" if made.attachments else ""
    return f"To: {names}\nSubject: {made.subject}\n{enclosed}\n{made.text}"


@pytest.mark.parametrize("language", CASTS)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_it_writes_the_draft_that_was_read_aloud(situation: str, language: str) -> None:
    file = GOLDEN / language / f"{situation}.txt"
    made = page(draft(situation, language))
    if os.environ.get("GOLDEN") == "write":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(made, encoding="utf-8")
    assert made == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", CASTS)
def test_it_words_ten_letters_of_one_week_differently(language: str) -> None:
    candidacy, told, kind, step = SITUATIONS["follow_up_unpromised"](language)
    made = [
        compose(action(kind, step, key=f"k{n}"), candidacy, told, identity(CASTS[language]), config=ComposeConfig(),
                now=now(language), zone=CASTS[language].zone)
        for n in range(10)
    ]  # fmt: skip
    assert len({m.text for m in made if isinstance(m, Composition)}) >= 9


def sentences(made: Composition) -> list[str]:
    """The letter's sentences, without its greeting and its closing."""
    body = "\n".join(made.text.strip().split("\n\n")[1:-1])
    return [said for said in re.split(r"(?<=[.?!])\s+", body) if said]


def week(situation: str, language: str, *, letters: int = 20) -> list[list[str]]:
    """As many letters of one kind, each to another employer about another position."""
    candidacy, told, kind, step = SITUATIONS[situation](language)
    made = [
        compose(action(kind, step, key=f"follow_up:1:t{n}:r1"), replace(candidacy, company=f"Firm{n}", position=f"Analyst {n}"),
                told, identity(CASTS[language]), config=ComposeConfig(), now=now(language), zone=CASTS[language].zone,
                recipient=candidacy.contacts[1] if situation == "thank_you_panel" else None)
        for n in range(letters)
    ]  # fmt: skip
    assert all(isinstance(m, Composition) for m in made), made
    return [sentences(m) for m in made if isinstance(m, Composition)]


@pytest.mark.parametrize("language", CASTS)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_it_shares_few_sentences_between_two_letters_of_one_week(situation: str, language: str) -> None:
    pairs = list(combinations(week(situation, language), 2))
    shares = [len(set(one) & set(other)) / min(len(one), len(other)) for one, other in pairs]
    assert sum(shares) / len(shares) < 0.2
    assert max(shares) < 1


@pytest.mark.parametrize("language", CASTS)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_it_begins_no_two_sentences_of_a_letter_alike_and_repeats_no_turn(
    situation: str, language: str
) -> None:
    repeated = 0
    for said in week(situation, language):
        begun = [tuple(re.findall(r"\w+", s.casefold())[:3]) for s in said]
        assert len(set(said)) == len(said)
        repeated += len(begun) - len(set(begun))
    assert repeated <= 1
