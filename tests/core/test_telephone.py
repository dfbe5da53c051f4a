"""What to say on the telephone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.lexicon import LANGUAGES, pack
from agent.core.model import Address, Contact, Identity, NoteKind, SignalKind
from agent.core.writing.desk import ComposeConfig
from agent.core.writing.telephone import CallSheet, call_sheet, whom
from tests.core.story import ME, Story, at, invite, promised

IDENTITY = Identity(ME, frozenset({ME.email}), ("Dana Kim",))


def told(language: str = "en", *, formal: bool | None = None, who: str = "Maria Lopez") -> CallSheet:
    story = Story()
    story.they("2026-03-02 10:00", SignalKind.INVITATION, invites=[invite("2026-03-03 14:00")])
    story.me("2026-03-03 17:00", SignalKind.THANK_YOU)
    story.they("2026-03-04 10:00", SignalKind.HOLDING, deadlines=[promised("2026-03-13")])
    story.note("2026-03-04 11:00", NoteKind.NOTE, value="the article on tides")
    contact = Contact(Address(who, "maria@northwind.example"))
    candidacy = replace(
        story.candidacy, language=language, formal=formal, contacts=(contact,), phone="+1 212 555 0100"
    )
    return call_sheet(
        candidacy,
        replace(story.state, language=language),
        IDENTITY,
        story.rules,
        at("2026-03-17 08:00"),
        config=ComposeConfig(),
    )


def test_it_speaks_as_the_policy_says() -> None:
    sheet = told()
    assert sheet.script == (
        "Hello Maria, this is Dana Kim.",
        "We had an interview on Tuesday, March 3 about the Data Analyst role at Northwind, and I am still very interested.",
        "You mentioned that I might hear from you by Friday, March 13.",
        "Could you tell me where things stand?",
        "Thank you very much for your time.",
    )
    assert sheet.phone == "+1 212 555 0100"
    assert sheet.times[0].start == at("2026-03-17 09:15")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("formal", [True, False])
def test_it_asks_one_question_in_every_language(language: str, formal: bool) -> None:
    sheet = told(language, formal=formal)
    spoken = " ".join(sheet.script)
    assert spoken.count("?") == 1
    assert "Dana Kim" in spoken
    assert "Northwind" in spoken
    assert "{" not in " ".join((spoken, sheet.voicemail, sheet.reception, *sheet.points))
    assert "  " not in spoken
    assert len(spoken.split()) < 90


def test_it_keeps_the_form_of_address() -> None:
    assert "Können Sie" in " ".join(told("de", formal=True).script)
    assert "Kannst du" in " ".join(told("de", formal=False).script)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_has_every_phrase_in_every_language(language: str) -> None:
    assert pack(language, "telephone")["familiar"].keys() == pack("en", "telephone")["familiar"].keys()
    assert pack(language, "telephone")["polite"].keys() <= pack(language, "telephone")["familiar"].keys()


def test_it_mentions_the_users_note() -> None:
    assert any("article on tides" in point for point in told().points)


def test_it_greets_nobody_where_no_name_is_known() -> None:
    sheet = told(who="")
    assert sheet.script[0] == "Hello, this is Dana Kim."
    assert sheet.reception == ""


def test_it_asks_for_the_human_and_never_for_a_robot() -> None:
    story = Story()
    story.they("2026-03-02 10:00", SignalKind.INVITATION)
    robot = Contact(Address("Northwind", "no-reply@northwind.example"), may_write=False)
    assert whom(replace(story.candidacy, contacts=(robot,)), story.state) is None
