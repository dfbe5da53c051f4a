"""An action becomes a letter: facts from the mails and the user's notes, a template, the linter, the headers.

Nothing is said that the mails or the notes do not hold; where a fact is missing the sentence is built without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from agent.core.lexicon import LANGUAGES
from agent.core.model import Action, ActionKind, Address, Candidacy, Composition, Contact, Identity, State
from agent.core.writing import envelope, parting, wording
from agent.core.writing.desk import ComposeConfig, Desk
from agent.core.writing.envelope import Refusal, Route
from agent.core.writing.letters import (
    PURPOSES,
    Facts,
    TemplateProblem,
    built_in,
    render,
    sample_facts,
    template_name,
    templates,
    to_html,
)
from agent.core.writing.lint import Expected, lint, source_problems

__all__ = ["ComposeConfig", "Refusal", "built_in", "check", "compose", "templates"]

_KINDS = {
    "thank_you": (ActionKind.THANK_YOU, 1),
    "follow_up_1": (ActionKind.FOLLOW_UP, 1),
    "follow_up_2": (ActionKind.FOLLOW_UP, 2),
}
_PHRASINGS = 12  # seeds per situation that ``check`` renders
_SOMEBODY = Address("Maria Lopez", "maria@northwind.example")


def compose(
    action: Action,
    candidacy: Candidacy,
    state: State,
    identity: Identity,
    *,
    config: ComposeConfig,
    now: datetime,
    zone: str,
    recipient: Contact | None = None,
) -> Composition | Refusal:
    """The letter for this action, or why there is none. ``zone`` is the user's; ``now`` dates the letter.

    ``recipient``: another of the interview's participants (``envelope.panel``): a thank-you of their own, worded
    differently, as a new conversation.
    """
    if action.kind not in {ActionKind.THANK_YOU, ActionKind.FOLLOW_UP}:
        return Refusal(f"there is no letter for “{action.kind}”")
    way = (
        envelope.route(candidacy, state, action) if recipient is None else _apart(recipient, candidacy, state)
    )
    if isinstance(way, Refusal):
        return way
    today = now.astimezone(ZoneInfo(zone)).date()
    return _letter(Desk(action, candidacy, state, identity, config, today, zone, way))


def _letter(desk: Desk) -> Composition | Refusal:
    """The composed and linted letter, or the problems that keep it from being one.

    Where the full letter does not pass (a long name, a long note), it is tried again with less in it.
    """
    full, name = desk.facts()
    template = template_name(desk.purpose, desk.language, desk.config.templates)
    first: tuple[str, ...] = ()
    for facts in _thinner(full, desk.language):
        try:
            text = render(template, facts, desk.config.templates, seed=desk.seed)
        except TemplateProblem as problem:
            return Refusal("a template cannot be used", (str(problem),))
        composition = _composition(desk, text, template, facts)
        problems = lint(composition, _expected(desk, name, facts))
        if not problems:
            return composition
        first = first or problems
    return Refusal("the draft did not pass the checks", first)


def _thinner(facts: Facts, language: str) -> Iterator[Facts]:
    """The facts, then without the note, without the employer's name, and without the position's."""
    yield facts
    yield (facts := replace(facts, note=""))
    yield (
        facts := replace(facts, about=wording.about_words(facts.position, "", language), company="", at="")
    )
    yield replace(facts, about=wording.about_words("", "", language), position="")


def _composition(desk: Desk, text: str, template: str, facts: Facts) -> Composition:
    answered = desk.way.answered
    sender = envelope.sender(desk.candidacy, desk.identity, answered)
    return Composition(
        sender=Address(sender.name or parting.my_name(desk.candidacy, desk.identity), sender.email),
        to=desk.way.to,
        cc=desk.way.cc,
        subject=envelope.reply_subject(answered.message.subject) if answered else _fresh_subject(desk, facts),
        in_reply_to=envelope.identifier(answered.message.message_id) if answered else "",
        references=envelope.references(answered) if answered else (),
        text=text,
        html=to_html(text),
        language=desk.language,
        template=template,
        attachments=desk.attachments,
        thread_id=answered.message.thread_id if answered else "",
    )


def _fresh_subject(desk: Desk, facts: Facts) -> str:
    table = wording.letters(desk.language)["subject"]
    pattern = table["thank_you_for"] if facts.position else table["thank_you"]
    return str(pattern).format(position=facts.position)


def _expected(desk: Desk, name: str, facts: Facts) -> Expected:
    return Expected(
        kind=desk.action.kind,
        step=desk.action.step,
        name=name,
        signature=desk.signature,
        notes=desk.state.notes,
        other_companies=desk.config.other_companies,
        company=facts.company or wording.company_words(desk.candidacy.company),
        said=(facts.about, facts.note),
    )


def _apart(recipient: Contact, candidacy: Candidacy, state: State) -> Route | Refusal:
    if recipient not in envelope.panel(candidacy, state):
        return Refusal("this person is not known to have taken part in the interview")
    return Route(recipient, (recipient.address,), (), None)


def check(own: Mapping[str, str]) -> tuple[str, ...]:
    """Every problem of the user's templates (``name:line: problem``), rendered against sample facts."""
    problems: list[str] = []
    for name in sorted(own):
        purpose, _, rest = name.partition(".")
        language = rest.removesuffix(".j2")
        if purpose not in PURPOSES or not rest.endswith(".j2") or language not in LANGUAGES:
            problems.append(f"{name}:1: names are {', '.join(PURPOSES)} + .{{{','.join(LANGUAGES)}}}.j2")
            continue
        problems += source_problems(name, own[name], language)
        problems += _rendered(name, language, own)
    return tuple(dict.fromkeys(problems))


def _rendered(name: str, language: str, own: Mapping[str, str]) -> list[str]:
    """Every situation in several phrasings, so that each ``one_of`` is seen."""
    kind, step = _KINDS[name.partition(".")[0]]
    problems = []
    for facts in sample_facts(language):
        for turn in range(_PHRASINGS):
            try:
                text = render(name, facts, own, seed=f"{name}/{turn}")
            except TemplateProblem as problem:
                return [str(problem)]
            sample = Composition(
                sender=_SOMEBODY, to=(_SOMEBODY,), cc=(), subject="Re: x", in_reply_to="<x@y.example>",
                references=(), text=text, html="", language=language, template=name,
            )  # fmt: skip
            problems += [f"{name}:1: {p}" for p in lint(sample, Expected(kind, step, notes=(facts.note,)))]
    return problems
