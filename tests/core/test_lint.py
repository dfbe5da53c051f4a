"""What the linter stops."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.model import ActionKind, Address, Composition
from agent.core.writing.lint import Expected, lint

GOOD = """Hi Maria,

You mentioned that you were hoping to have an answer by Friday, March 6. I know these things take time.

I am still very interested in the Data Analyst role at Northwind. Could you tell me where things stand?

I am happy to send references or anything else that would be useful. Thank you for your time.

Best,
Jordan
"""
EXPECTED = Expected(
    ActionKind.FOLLOW_UP, 1, name="Maria", company="Northwind", other_companies=("Tidewater", "North")
)
LETTER = Composition(
    Address("J", "j@x.example"),
    (Address("Maria", "m@n.example"),),
    (),
    "Re: x",
    "<a@b>",
    (),
    GOOD,
    "",
    "en",
    "t",
)


def problems(text: str, expected: Expected = EXPECTED, language: str = "en") -> str:
    return "; ".join(lint(replace(LETTER, text=text, language=language), expected))


def test_it_lets_a_good_letter_pass() -> None:
    assert problems(GOOD) == ""


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("I know these things take time.", "I am just checking in.", "just checking in"),
        ("I know these things take time.", "I hope this email finds you well.", "finds you well"),
        ("I know these things take time.", "Great!! News!", "exclamation"),
        ("Northwind", "[Company]", "placeholder"),
        ("Northwind", "{{ company }}", "placeholder"),
        ("Northwind", "XXX", "placeholder"),
        ("Northwind", "https://evil.example/pay", "link"),
        ("role at Northwind", "role at .", "hole"),
        ("Hi Maria", "Hello", "name"),
        ("Could you tell me where things stand?", "Any news?? Could you tell me?", "one question"),
        ("Could you tell me where things stand?", "Do tell me where things stand.", "one question"),
        ("Thank you for your time.", "Thank you. " * 60, "words"),
        ("I know these things take time.", "I know " + "that you know " * 12 + "it.", "a sentence has"),
    ],
)
def test_it_names_what_is_wrong(before: str, after: str, says: str) -> None:
    assert before in GOOD
    assert says in problems(GOOD.replace(before, after))


def test_it_allows_a_link_and_a_question_mark_nowhere_but_from_notes() -> None:
    linked = GOOD.replace("Northwind", "https://wired.example/tides")
    assert problems(linked, replace(EXPECTED, notes=("article https://wired.example/tides",))) == ""


def test_it_sees_a_letter_in_the_wrong_language() -> None:
    assert "another language" in problems(GOOD, language="de")


def test_it_asks_nothing_in_a_thank_you() -> None:
    assert "asks nothing" in problems(GOOD, replace(EXPECTED, kind=ActionKind.THANK_YOU))


def test_it_judges_the_letter_and_not_the_signature() -> None:
    signature = "Jordan Doe\nhttps://jordan.example\n" + "line of a long block " * 40
    assert problems(GOOD + "\n" + signature, replace(EXPECTED, signature=signature)) == ""


def test_it_sees_another_candidacys_employer_in_what_was_filled_in() -> None:
    assert "another candidacy" in problems(GOOD, replace(EXPECTED, said=("the role at Tidewater",)))
    assert problems(GOOD, replace(EXPECTED, said=("the role at Northwind",))) == ""


def test_it_stops_a_letter_to_nobody() -> None:
    assert "addressee" in "; ".join(lint(replace(LETTER, to=()), EXPECTED))
