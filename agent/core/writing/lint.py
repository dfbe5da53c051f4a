"""What a letter must never be: too long, begging, full of holes, in the wrong language, about somebody else.

``lint`` is run on every draft before it is made; a draft with a problem is not made, and ``why`` says what failed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from agent.core.meaning.language import scores
from agent.core.model import ActionKind, Composition
from agent.core.writing.wording import letters

LIMITS = {  # words, greeting and closing included: (least, most); the policy's ranges with a little air
    (ActionKind.THANK_YOU, 1): (45, 150),
    (ActionKind.FOLLOW_UP, 1): (40, 130),
    (ActionKind.FOLLOW_UP, 2): (25, 95),
}
MAX_SENTENCE_WORDS = 34
MAX_MEAN_SENTENCE = 21.0
MAX_SUBJECT = 400

_PLACEHOLDER = re.compile(
    r"\{\{|\}\}|\{%|%\}|\[[A-Z][^\]\n]{0,40}\]|<[A-Z][^>\n]{0,40}>|\bX{2,}\b|\bTODO\b|\bTBD\b|lorem ipsum|\bNone\b|_{3,}"
)
_URL = re.compile(r"(?:https?://|www\.)[^\s<>]{1,500}", re.IGNORECASE)
_EXCLAMATIONS = re.compile(r"!\s?[!?]|\?\s?!")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n{2,}")


@dataclass(frozen=True, slots=True)
class Expected:
    """What the linter knows of the letter: its kind, the name in the greeting, the user's own words, other employers."""

    kind: ActionKind
    step: int = 1
    name: str = ""
    signature: str = ""
    notes: tuple[str, ...] = ()
    other_companies: tuple[str, ...] = ()
    company: str = ""
    said: tuple[str, ...] = ()  # what the template was filled with: position, employer, note


def lint(composition: Composition, expected: Expected) -> tuple[str, ...]:
    """Every problem of the letter, in words; an empty tuple means that it may become a draft."""
    body = _body(composition.text, expected)
    return (
        *_envelope(composition),
        *_length(body, expected),
        *_manners(body, composition.language),
        *_holes(composition, body, expected),
        *_questions(body, expected),
        *_language(body, composition.language),
        *_others(expected),
        *_readable(body),
    )


def _body(text: str, expected: Expected) -> str:
    """The letter without the signature block: what the user is seen to say."""
    signature = expected.signature.strip()
    return text.rstrip().removesuffix(signature).rstrip() if signature else text.rstrip()


def _envelope(composition: Composition) -> list[str]:
    problems = []
    if not composition.to:
        problems.append("there is no addressee")
    if len(composition.subject) > MAX_SUBJECT:
        problems.append(f"the subject is longer than {MAX_SUBJECT} characters")
    return problems


def _length(body: str, expected: Expected) -> list[str]:
    words = len(body.split())
    least, most = LIMITS.get((expected.kind, min(expected.step, 2)), (20, 150))
    return [] if least <= words <= most else [f"it has {words} words; {least} to {most} are right here"]


def _manners(body: str, language: str) -> list[str]:
    folded = " ".join(body.casefold().replace("’", "'").split())
    banned = (
        p for p in letters(language)["lint"]["banned"] if re.search(rf"(?<!\w){re.escape(p)}(?!\w)", folded)
    )
    problems = [f"it says “{phrase}”" for phrase in banned]
    if _EXCLAMATIONS.search(body) or body.count("!") > 1:
        problems.append("it has more than one exclamation mark")
    return problems


def _holes(composition: Composition, body: str, expected: Expected) -> list[str]:
    holes = {
        found[0]
        for found in _PLACEHOLDER.finditer(
            f"{composition.subject if not composition.in_reply_to else ''}\n{body}"
        )
    }
    problems = [f"it holds a placeholder: {hole[:40]}" for hole in sorted(holes)]
    allowed = " ".join(expected.notes)
    problems += [
        f"it holds a link that is not from a note: {u[0][:60]}"
        for u in _URL.finditer(body)
        if u[0].rstrip(".,;)") not in allowed
    ]
    opening = next((line for line in body.splitlines() if line.strip()), "")
    if expected.name and expected.name not in opening:
        problems.append("the greeting does not name the addressee")
    if re.search(r" [,.](?:\s|$)|\(\s*\)|,\s*[,.]|\.\.(?!\.)", body):
        problems.append("a sentence has a hole in it")
    return problems


def _questions(body: str, expected: Expected) -> list[str]:
    asked = body.count("?")
    if expected.kind is ActionKind.FOLLOW_UP and asked != 1:
        return [f"a follow-up asks one question, this one asks {asked}"]
    return ["a thank-you asks nothing"] if expected.kind is ActionKind.THANK_YOU and asked else []


def _language(body: str, language: str) -> list[str]:
    found = scores(body)
    foreign = [
        code
        for code, score in found.items()
        if code != language and score > max(3.0, found.get(language, 0.0))
    ]
    return [f"it reads as another language than “{language}”"] if foreign else []


def _others(expected: Expected) -> list[str]:
    """A name of another employer in what the letter was filled with; the template's own words are nobody's name."""
    said, own = " ".join(expected.said), expected.company.casefold()
    others = (c for c in expected.other_companies if c.casefold() not in own and own not in c.casefold())
    named = [c for c in others if re.search(rf"(?<!\w){re.escape(c)}(?!\w)", said)]
    return ["it names the employer of another candidacy"] if named else []


def _readable(body: str) -> list[str]:
    lengths = [len(s.split()) for s in _SENTENCE_END.split(body) if len(s.split()) > 2]
    problems = []
    if lengths and max(lengths) > MAX_SENTENCE_WORDS:
        problems.append(f"a sentence has {max(lengths)} words")
    if lengths and sum(lengths) / len(lengths) > MAX_MEAN_SENTENCE:
        problems.append("its sentences are too long")
    return problems


def source_problems(name: str, text: str, language: str) -> Iterable[str]:
    """What is wrong with a template's own words, wherever they would be rendered: ``name:line: problem``."""
    for number, line in enumerate(text.splitlines(), start=1):
        for problem in _manners(line, language) if language else ():
            yield f"{name}:{number}: {problem}"
