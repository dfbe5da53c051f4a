"""From an action to a letter: what is said, to whom it goes, and when there is none."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.core.model import (
    Action,
    ActionKind,
    Candidacy,
    Composition,
    Contact,
    Interview,
    InterviewStatus,
    State,
)
from agent.core.writing import compose as subject
from agent.core.writing.compose import ComposeConfig, Refusal, compose
from agent.core.writing.wire import to_bytes
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

CAST = CASTS["en"]


def made(
    candidacy: Candidacy | None = None, told: State | None = None, doing: Action | None = None, *,
    config: ComposeConfig | None = None, language: str = "en",
) -> Composition | Refusal:  # fmt: skip
    return compose(
        doing or action(), candidacy or correspondence(language), told or state(), identity(CASTS[language]),
        config=config or ComposeConfig(), now=now(language), zone=CASTS[language].zone,
    )  # fmt: skip


def letter(*args: object, **options: object) -> Composition:
    result = made(*args, **options)  # type: ignore[arg-type]  # passed on as given
    assert isinstance(result, Composition), result
    return result


def test_it_names_the_date_the_position_and_the_promise() -> None:
    text = letter(correspondence(answered=True), state(promise=promise())).text
    assert "by Friday, May 22" in text
    assert "the interview on May 12" in text
    assert "Tuesday, May 12" in letter().text
    assert "Product Analyst" in text
    assert text.count("?") == 1


def test_it_answers_in_the_thread_with_its_subject_and_ids() -> None:
    draft = letter(correspondence(answered=True))
    assert draft.thread_id == "t1"
    assert draft.subject == "Re: Interview - Product Analyst at Tidewater"
    assert draft.in_reply_to == "<m3@mail.example>"
    assert draft.references == ("<m1@mail.example>", "<m2@mail.example>", "<m3@mail.example>")
    assert draft.to == (CAST.them,)


def test_it_quotes_no_vague_promise_and_none_that_is_not_over() -> None:
    candidacy = correspondence(answered=True)
    for told in (replace(promise(), vague=True), replace(promise(), by=date(2026, 6, 30))):
        assert "22" not in letter(candidacy, state(promise=told)).text


def test_it_lays_a_promise_on_nobody_who_did_not_make_it() -> None:
    said = replace(promise(), gmail_id="unknown")
    text = letter(correspondence(answered=True), state(promise=said)).text
    assert "You mentioned" not in text
    assert "by Friday, May 22" in text


def test_it_writes_a_shorter_second_letter_that_lets_go_gracefully() -> None:
    first = letter(correspondence(answered=True), state(promise=promise()))
    second = letter(doing=action(step=2))
    assert len(second.text.split()) < len(first.text.split())
    assert "somebody else" in second.text
    assert second.template == "follow_up_2.en.j2"


def test_it_leaves_out_what_is_not_known() -> None:
    bare = replace(correspondence(), company="", position="")
    text = letter(bare, State()).text
    assert "the position" in text.casefold()
    assert "May " not in text.replace("May I", "")


def test_it_names_no_interview_that_was_cancelled_or_lies_ahead() -> None:
    unfit = (
        (InterviewStatus.CANCELLED, 12),
        (InterviewStatus.TENTATIVE, 12),
        (InterviewStatus.CONFIRMED, 28),
    )
    for status, day in unfit:
        other = Interview(at(day), at(day, 10), "", status, "ical")
        assert " on " not in letter(told=State(interviews=(other,))).text


def test_it_offers_more_where_the_impression_was_poor_and_encloses_what_is_given() -> None:
    poor = state(impression="poor")
    assert "reference" in letter(told=poor).text
    enclosed = letter(told=poor, config=ComposeConfig(materials=("sample.pdf",)))
    assert enclosed.attachments == ("sample.pdf",)
    assert "attached" in enclosed.text
    assert letter(config=ComposeConfig(materials=("sample.pdf",))).attachments == ()


def test_it_tells_a_reader_who_was_away_why_it_comes_now() -> None:
    text = letter(
        told=state(absent_until=date(2026, 5, 25), follow_ups_sent=(at(20),)), doing=action(step=2)
    ).text
    assert "away" in text


def test_it_thanks_for_the_last_not_yet() -> None:
    assert "May 14" in letter(correspondence(answered=True), state(last_reply=holding())).text


def test_it_writes_in_the_threads_language_unless_told_otherwise() -> None:
    assert letter(language="de").language == "de"
    assert letter(language="de", config=ComposeConfig(language="en")).language == "en"
    dutch = replace(correspondence(), language="nl")
    assert letter(dutch).language == "en"


def test_it_puts_the_signature_once() -> None:
    signature = "Jordan Doe\n+1 555 0100"
    text = letter(config=ComposeConfig(signature=signature)).text
    assert text.count("+1 555 0100") == 1
    assert text.rstrip().endswith(signature)
    assert letter(config=ComposeConfig(signature="Jordan Doe")).text.rstrip().endswith("Best,\nJordan")


def test_it_lets_a_template_of_the_users_own_win() -> None:
    own = {
        "follow_up_1.en.j2": subject.built_in()["follow_up_1.en.j2"].replace(
            "{{ greeting }}", "{{ greeting }} hello"
        )
    }
    assert " hello\n" in letter(config=ComposeConfig(templates=own)).text


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("{{ greeting }}\n\n{{ nobody }}", "follow_up_1.en.j2:3:"),
        ("{{ greeting }}\n{% if %}", "follow_up_1.en.j2:2:"),
        ("{{ ''.__class__.__mro__ }}", "follow_up_1.en.j2:1:"),
        ("{% for i in range(9) %}x{% endfor %}", "follow_up_1.en.j2:1:"),
    ],
)
def test_it_names_the_line_of_a_broken_template(source: str, says: str) -> None:
    own = {"follow_up_1.en.j2": source}
    refused = made(config=ComposeConfig(templates=own))
    assert isinstance(refused, Refusal)
    assert refused.problems[0].startswith(says)
    assert subject.check(own)[0].startswith(says)


def test_it_finds_nothing_wrong_with_the_templates_it_comes_with() -> None:
    assert subject.check(dict(subject.built_in())) == ()
    assert len(subject.templates()) == 12


def test_it_reports_a_template_with_an_unknown_name_or_banned_words() -> None:
    good = subject.built_in()["follow_up_1.en.j2"]
    assert "names are" in subject.check({"hello.en.j2": "x"})[0]
    assert "just checking in" in subject.check({"follow_up_1.en.j2": good + "\nJust checking in."})[0]


def test_it_never_names_another_candidacys_employer() -> None:
    config = ComposeConfig(other_companies=("Kestrel Marine", "Best", "Thank"))
    mixed = replace(correspondence(), position="Analyst, Kestrel Marine")
    assert "Kestrel" in letter(mixed).text
    assert "Kestrel" not in letter(mixed, config=config).text
    assert "Kestrel" not in letter(told=state(notes=("the tour of Kestrel Marine",)), config=config).text


def test_it_writes_nothing_for_an_action_that_is_no_letter() -> None:
    assert isinstance(made(doing=action(ActionKind.MOVE_ON)), Refusal)


def test_it_gives_a_panel_one_note_each_in_other_words() -> None:
    people = tuple(
        Contact(replace(CAST.them, name=f"P{c}er Lee", email=f"{c}@tidewater.example")) for c in "abc"
    )
    held = replace(state().interviews[0], attendees=tuple(p.address for p in people))
    candidacy = replace(correspondence(), contacts=(*correspondence().contacts, *people))
    notes = [
        compose(
            action(ActionKind.THANK_YOU), candidacy, state(interviews=(held,)), identity(CAST), config=ComposeConfig(),
            now=now(), zone=CAST.zone, recipient=person,
        )
        for person in people
    ]  # fmt: skip
    texts = {note.text for note in notes if isinstance(note, Composition)}
    assert len(texts) == 3
    assert all(isinstance(n, Composition) and n.thread_id == n.in_reply_to == "" for n in notes)
    stranger = Contact(replace(CAST.them, email="stranger@x.example"))
    refused = compose(
        action(),
        candidacy,
        state(),
        identity(CAST),
        config=ComposeConfig(),
        now=now(),
        zone=CAST.zone,
        recipient=stranger,
    )
    assert isinstance(refused, Refusal)


def test_it_shows_the_same_letter_as_html() -> None:
    odd = replace(correspondence(), company="Pine & <b>Poole")
    draft = letter(replace(odd, company="Pine & Poole"))
    assert "Pine &amp; Poole" in draft.html
    assert draft.html.startswith('<div dir="ltr"><div>Hi Colleen,</div><div><br></div>')
    assert "<b>" not in letter(odd).text


def test_it_says_less_rather_than_nothing_where_names_are_long() -> None:
    long = replace(correspondence(), position="Senior " * 11 + "Analyst", company="Very " * 15 + "Long")
    text = letter(long, state(notes=("the " + "very " * 12 + "long article",)), action(step=2)).text
    assert len(text.split()) <= 95


def test_it_is_quick_with_a_megabyte_of_anything() -> None:
    base = correspondence("de", answered=True)
    for junk in ("Herr " * 200_000, "a" * 1_000_000, "Re: " * 250_000, "(" * 1_000_000, "\n" * 1_000_000):
        person = replace(CASTS["de"].them, name=junk)
        readings = tuple(
            replace(r, message=replace(r.message, text=junk, subject=junk)) for r in base.readings
        )
        odd = replace(
            base,
            formal=None,
            company=junk,
            position=junk,
            readings=readings,
            contacts=(Contact(person, goes_by=junk),),
        )
        begun = process_time()
        made(odd, state(notes=(junk,)), language="de")
        assert process_time() - begun < 2


words = st.text(max_size=60)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    position=words,
    company=words,
    name=words,
    note=words,
    title=words,
    language=st.sampled_from(sorted(CASTS)),
)
def test_it_makes_a_sound_letter_or_none_of_any_mail(
    position: str, company: str, name: str, note: str, title: str, language: str
) -> None:
    cast = CASTS[language]
    base = correspondence(language, answered=True)
    person = replace(cast.them, name=name)
    readings = tuple(
        replace(r, message=replace(r.message, subject=title, text=f"{note}\n{r.message.text}\n{name}"))
        for r in base.readings
    )
    odd = replace(
        base, position=position, company=company, contacts=(Contact(person, goes_by=name),), readings=readings
    )
    result = made(odd, state(notes=(note,), promise=promise()), language=language)
    if isinstance(result, Composition):
        raw = to_bytes(result, key="k", date=now(language))
        assert raw.count(b"\r\nTo: ") == 1
        assert "{{" not in result.text
        assert result.text.count("?") == 1


def thanks(day: int, language: str = "en") -> str:
    """A thank-you written on that day of May; the interview was on Tuesday, May 12."""
    cast = CASTS[language]
    made = compose(
        action(ActionKind.THANK_YOU), correspondence(language), state(), identity(cast), config=ComposeConfig(),
        now=at(day, 20), zone=cast.zone,
    )  # fmt: skip
    assert isinstance(made, Composition), made
    return made.text


def test_it_says_the_weekday_alone_in_thanks_that_follow_within_days() -> None:
    assert "on Tuesday." in thanks(13) or "on Tuesday," in thanks(13) or "on Tuesday " in thanks(13)
    assert "May 12" not in thanks(13)
    assert "de mardi" in thanks(14, "fr")
    assert "del martes" in thanks(14, "es")
    assert "am Dienstag" in thanks(14, "de")
    assert "May 12" in thanks(20)


@pytest.mark.parametrize("language", CASTS)
def test_it_names_no_day_on_the_day_itself_since_the_draft_may_be_sent_tomorrow(language: str) -> None:
    text = thanks(12, language).casefold()
    for word in ("tuesday", "dienstag", "mardi", "martes", "12", "today", "heute", "aujourd", " hoy "):
        assert word not in text


def test_it_speaks_of_the_employer_to_an_agency_that_has_not_been_told_its_name() -> None:
    cast = CASTS["en"]
    desk = replace(cast.them, email="desk@agency.example")
    base = correspondence()
    readings = tuple(
        replace(r, message=replace(r.message, **({"to": (desk,)} if r.outgoing else {"sender": desk})))
        for r in base.readings
    )
    unnamed = replace(
        base, company="", agency="Harbor Recruiting", readings=readings, contacts=(Contact(desk, goes_by="Colleen"),)
    )  # fmt: skip
    texts = [letter(unnamed, state(), action(key=f"k{n}")).text for n in range(12)]
    assert not [text for text in texts if re.search(r"\bthem\b[^.]*\?", text)]
    assert any("the employer" in text for text in texts)


def test_it_says_du_to_whom_it_once_greeted_formally() -> None:
    text = letter(replace(correspondence("de"), formal=False), language="de").text
    assert text.startswith("Hallo Katrin,")


def test_it_puts_the_adjective_into_the_gender_of_what_is_asked_for() -> None:
    grant = replace(correspondence("es"), position="Beca de investigación")
    texts = [letter(grant, state(), action(step=2, key=f"k{n}"), language="es").text for n in range(20)]
    assert any("abierta" in text for text in texts)
    assert not any("abierto" in text for text in texts)
