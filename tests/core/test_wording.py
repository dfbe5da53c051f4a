"""Days, names and notes as words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from agent.core.model import Deadline, Promise
from agent.core.writing import wording
from tests.core.correspondence import at

TODAY = date(2026, 5, 26)
DAY = date(2026, 5, 12)


@pytest.mark.parametrize(
    ("language", "zone", "said"),
    [
        ("en", "America/Chicago", "Tuesday, May 12"),
        ("en", "Europe/London", "Tuesday 12 May"),
        ("de", "Europe/Berlin", "Dienstag, den 12. Mai"),
        ("fr", "Europe/Paris", "mardi 12 mai"),
        ("es", "America/Lima", "martes 12 de mayo"),
    ],
)
def test_it_writes_a_day_as_the_language_does(language: str, zone: str, said: str) -> None:
    assert wording.day_words(DAY, language, today=TODAY, zone=zone) == said


def test_it_names_the_year_only_where_it_is_another() -> None:
    last = date(2025, 12, 1)
    assert wording.day_words(last, "en", today=TODAY, zone="America/Chicago") == "Monday, December 1, 2025"
    assert wording.day_words(last, "fr", today=TODAY, zone="Europe/Paris") == "lundi 1er décembre 2025"


@pytest.mark.parametrize(
    ("promise", "grain", "said"),
    [
        (Promise(date(2026, 5, 22), at(14), "q", "m", date(2026, 5, 22)), "day", "by Friday, May 22"),
        (Promise(date(2026, 5, 22), at(14), "q", "m", date(2026, 5, 18)), "week", "in the week of May 18"),
        (Promise(date(2026, 5, 22), at(14), "q", "m", date(2026, 5, 18)), "", "in the week of May 18"),
        (Promise(date(2026, 4, 30), at(14), "q", "m", date(2026, 4, 1)), "month", "in April"),
        (Promise(date(2026, 5, 22), at(1), "q", "m", date(2026, 5, 1)), "", "by around May 22"),
        (Promise(date(2026, 4, 7), at(1), "q", "m", date(2026, 4, 1)), "part of month", "in early April"),
        (Promise(date(2026, 4, 7), at(1), "q", "m", date(2026, 4, 1)), "week", "in early April"),
        (
            Promise(date(2026, 4, 15), at(1), "q", "m", date(2026, 4, 11)),
            "part of month",
            "around the middle of April",
        ),
        (
            Promise(date(2026, 4, 30), at(1), "q", "m", date(2026, 4, 21)),
            "part of month",
            "towards the end of April",
        ),
        (Promise(date(2026, 5, 19), at(5), "q", "m", date(2026, 5, 19)), "week", "by around May 19"),
        (Promise(date(2026, 5, 22), at(14), "q", "m", vague=True), "day", ""),
        (Promise(date(2026, 5, 29), at(14), "q", "m"), "day", ""),
    ],
)
def test_it_quotes_a_promise_as_exactly_as_it_was_made(promise: Promise, grain: str, said: str) -> None:
    deadline = Deadline(promise.by, promise.earliest or promise.by, "s", "r", grain) if grain else None
    assert wording.promise_words(promise, deadline, "en", today=TODAY, zone="America/Chicago") == said


def test_it_never_quotes_a_vague_deadline() -> None:
    promise = Promise(date(2026, 5, 22), at(14), "q", "m")
    vague = replace(Deadline(promise.by, promise.by, "s", "r"), vague=True)
    assert wording.promise_words(promise, vague, "en", today=TODAY, zone="UTC") == ""


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("Datenanalyst (m/w/d)", "Datenanalyst"),
        ("Datenanalyst*in (all genders)", "Datenanalyst*in"),
        ("Data *Analyst*", ""),
        ("Consultante en organisation H/F", "Consultante en organisation"),
        ("Product Manager, Digital Banking", "Product Manager, Digital Banking"),
        ("Shift Manager (Nights)", "Shift Manager (Nights)"),
        ("Analyst\r\nBcc: a@b.example", ""),
        ("Are you the one?", ""),
        ("x" * 200, ""),
        ("https://evil.example", ""),
    ],
)
def test_it_repeats_only_a_position_that_is_fit_to_be_said(raw: str, said: str) -> None:
    assert wording.position_words(raw) == said


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("Fennimore Ostrander LLP", "Fennimore Ostrander"),
        ("Nordlicht Energie GmbH", "Nordlicht Energie"),
        ("Olivar Digital S.L.", "Olivar Digital"),
        ("Corbin Shoal Contracting Ltd.", "Corbin Shoal Contracting"),
        ("SAS Institute", "SAS Institute"),
        ("Pine & Poole Furniture", "Pine & Poole Furniture"),
    ],
)
def test_it_drops_the_legal_form(raw: str, said: str) -> None:
    assert wording.company_words(raw) == said


@pytest.mark.parametrize(
    ("language", "position", "company", "said"),
    [
        ("en", "Analyst", "Acme", "the Analyst role at Acme"),
        ("en", "Summer internship", "", "the Summer internship"),
        ("en", "", "Acme", "the position at Acme"),
        ("en", "", "", "the position"),
        ("fr", "Analyste", "Acme", "le poste d'Analyste chez Acme"),
        ("fr", "Développeur", "", "le poste de Développeur"),
        ("fr", "Agent d'accueil", "Mairie de Lyon", "le poste d'Agent d'accueil à la Mairie de Lyon"),
        ("de", "Praktikum im Marketing", "Acme", "das Praktikum im Marketing bei Acme"),
        ("de", "Sachbearbeiterin", "Stadt Köln", "die Stelle als Sachbearbeiterin bei der Stadt Köln"),
        ("de", "Lokführerin", "Deutsche Bahn", "die Stelle als Lokführerin"),
        ("en", "Registrar", "University of Leeds", "the Registrar role at the University of Leeds"),
        ("es", "Enfermera", "Hospital del Mar", "el puesto de Enfermera en el Hospital del Mar"),
    ],
)
def test_it_names_what_is_known_of_the_position(
    language: str, position: str, company: str, said: str
) -> None:
    assert wording.about_words(position, company, language) == said


@pytest.mark.parametrize(
    ("note", "holds"),
    [
        ("article on pricing experiments she recommended", "the article on pricing experiments"),
        ("They recommended the book Accelerate", "the book Accelerate"),
        ("shared interest: sailing", "sailing"),
        ("talked about the move to Kafka", "the move to Kafka"),
        ("we both grew up in Kiel", "we both grew up in Kiel"),
        ("I read the article you sent", "I read the article you sent."),
        ("mention the tide tables", "the tide tables"),
        ("the article she recommended on tidal power", "about the article on tidal power"),
        ("the book that Tom recommended", "about the book"),
        ("Maria recommended the podcast Open Water", "about the podcast Open Water"),
        ("their podcast on ledgers", "the podcast on ledgers"),
        ("great chat about sailing", "about sailing"),
    ],
)
def test_it_weaves_a_note_into_a_sentence(note: str, holds: str) -> None:
    sentence = wording.note_words((note,), (), "en", "seed")
    assert holds in sentence, sentence
    assert sentence.endswith(".")
    assert sentence[0].isupper()


@pytest.mark.parametrize(
    "note",
    [
        "ask about salary", "he was rude", "salary 70k", "don't mention my notice period", "their budget is tight",
        "team uses Kafka", "why did they ask that?", "der Artikel über die Netze und das Geld", "x" * 500, "",
        "article <script>alert(1)</script>", "send portfolio",
    ],
)  # fmt: skip
def test_it_keeps_to_itself_what_is_no_word_for_the_employer(note: str) -> None:
    assert wording.note_words((note,), (), "en", "seed") == ""


def test_it_says_no_note_twice() -> None:
    said = "Hi,\n\nthe tide tables\nwere great."
    assert wording.note_words(("mention the tide tables",), (said,), "en", "s") == ""


def test_it_takes_the_newest_note_that_can_be_said() -> None:
    assert "sailing" in wording.note_words(("hiking", "sailing", "ask about pay"), (), "en", "s")


@pytest.mark.parametrize(
    ("language", "note", "holds"),
    [
        ("en", "Priya's talk on caching", "Priya's talk on caching"),
        ("en", "Kubernetes migration", "about Kubernetes migration"),
        ("en", "Tom sails too", ""),
        ("de", "Herr Petersen segelt auch", ""),
        ("de", "Segeln in Kiel", "Segeln in Kiel"),
        ("de", "Mir hat die Führung gut gefallen", "Mir hat die Führung gut gefallen."),
        ("fr", "le projet de Claire", "le projet de Claire"),
        ("fr", "un livre de Camus", "le livre de Camus"),
        ("fr", "escalade", "d'escalade"),
        ("fr", "Claire fait de la voile", ""),
        ("es", "hablamos de vela", "de vela"),
        ("es", "Me gustó la visita al taller", "Me gustó la visita al taller."),
        ("de", "the article on tides", ""),
    ],
)
def test_it_takes_a_thing_or_a_sentence_of_the_users_and_nothing_else(
    language: str, note: str, holds: str
) -> None:
    said = {wording.note_words((note,), (), language, f"s{n}") for n in range(8)}
    assert all(holds in text for text in said) if holds else said == {""}


def test_it_repeats_no_word_of_the_note_in_the_sentence_around_it() -> None:
    for n in range(12):
        assert wording.note_words(("der Artikel über Lastprognosen",), (), "de", f"s{n}").count("über") == 1


def test_it_begins_no_english_role_with_a_thing_that_names_itself() -> None:
    assert (
        wording.about_words("Internship in Marketing", "Northwind", "en")
        == "the Internship in Marketing at Northwind"
    )
