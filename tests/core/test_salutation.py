"""How two people address each other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.model import Address, Candidacy, Contact, Identity
from agent.core.writing import parting, salutation
from tests.core.correspondence import CASTS, at, correspondence, identity, message, reading


def talk(mine: str, contact: Contact, *, language: str = "en", theirs: str = "Hello") -> Candidacy:
    """The contact wrote, then the user."""
    cast = CASTS[language]
    return replace(
        correspondence(language),
        contacts=(contact,),
        formal=None,
        readings=(
            reading(message("a", at(4), contact.address, (cast.me,), "x", theirs), language=language),
            reading(
                message("b", at(5), cast.me, (contact.address,), "Re: x", mine),
                outgoing=True,
                language=language,
            ),
        ),
    )


def greeted(mine: str, name: str, goes_by: str = "", *, language: str = "en", theirs: str = "Hello") -> str:
    contact = Contact(Address(name, "p@x.example"), goes_by=goes_by)
    candidacy = talk(mine, contact, language=language, theirs=theirs)
    polite = salutation.formal(candidacy, language)
    return salutation.greeting(candidacy, contact, language, polite=polite).line


@pytest.mark.parametrize(
    ("mine", "name", "said"),
    [
        ("Dear Mrs Sowerby,\n\nI'm delighted", "Judith Sowerby", "Dear Mrs Sowerby,"),
        ("Hi Devon, yes, Tuesday works.", "Devon Pryce", "Hi Devon,"),
        ("Good morning Paige, Tuesday is perfect.", "Paige Underwood", "Hi Paige,"),
        ("hey bettina, sure", "Bettina Krause", "Hey Bettina,"),
        ("Dear Dr. Vance\n\nThank you", "Ada Vance", "Dear Dr. Vance,"),
        ("Hi Bill,", "William Hart", "Hi William,"),
        ("Hi both,", "Judith Sowerby", "Hi Judith,"),
        ("Confirmed for Tuesday.", "Comeau, Pauline", "Hi Pauline,"),
        ("Confirmed.", "", "Hello,"),
        ("Confirmed.", "Acme Talent Team", "Hello,"),
        ("Confirmed.", "colleen@x.example", "Hello,"),
        ("Confirmed.", "colleen brandt", "Hi Colleen,"),
        ("Confirmed.", 'O\'Malley, Siobhán "Shiv" 🌲', "Hi Siobhán,"),
        ("Confirmed.", "Colleen Brandt (she/her)", "Hi Colleen,"),
        ("Confirmed.", "Colleen Brandt | Acme", "Hi Colleen,"),
    ],
)
def test_it_greets_as_the_user_did_or_as_the_name_allows(mine: str, name: str, said: str) -> None:
    assert greeted(mine, name) == said


def test_it_greets_by_the_name_they_sign_with_unless_that_is_a_letter() -> None:
    assert greeted("Thanks Shiv, see you", "Siobhán O'Malley", "Shiv O'Malley") == "Hi Shiv,"
    assert greeted("ok", "Siobhán O'Malley", "Shiv") == "Hi Shiv,"
    assert greeted("ok", "Josh Adler", "j") == "Hi Josh,"
    assert greeted("ok", "Josh Adler", "josh") == "Hi Josh,"


def test_it_stays_formal_where_they_are() -> None:
    assert (
        greeted("Confirmed.", "Judith Sowerby", theirs="Dear Mr Pell\n\nI am pleased")
        == "Dear Judith Sowerby,"
    )
    assert greeted("Confirmed.", "Dr. Ines Roth", theirs="Dear Mr Pell\n\nI am pleased") == "Dear Dr. Roth,"


@pytest.mark.parametrize(
    ("language", "name", "mine", "theirs", "said"),
    [
        ("de", "Katrin Größl", "Sehr geehrte Frau Größl,\n\nja", "Ihre", "Sehr geehrte Frau Größl,"),
        ("de", "Katrin Größl", "Passt mir.", "Passt es Ihnen? Ihre Unterlagen", "Guten Tag Katrin Größl,"),
        ("de", "Katrin Größl", "Passt mir.", "Passt es Ihnen bei Frau Größl?", "Sehr geehrte Frau Größl,"),
        (
            "de",
            "Uwe Petersen",
            "Ja.",
            "Passt es Ihnen bei Herrn Dr. Petersen?",
            "Sehr geehrter Herr Dr. Petersen,",
        ),
        ("de", "Katrin Größl", "Passt!", "Hi Jonas, passt dir Dienstag? Freu mich auf dich", "Hallo Katrin,"),
        ("de", "Katrin Größl", "Guten Morgen Frau Größl,\n\nja", "Ihre", "Guten Tag Frau Größl,"),
        ("fr", "MARCHAND Chloé", "Bonjour Madame Marchand,\n\noui", "vous", "Bonjour Madame Marchand,"),
        ("fr", "MARCHAND Chloé", "D'accord.", "Pouvez-vous venir ?", "Bonjour Chloé Marchand,"),
        ("fr", "Sylvie Lacaze", "Madame,\n\nje confirme.", "Pouvez-vous venir ?", "Bonjour Madame Lacaze,"),
        ("fr", "Sylvie Lacaze", "Bonjour Madame,\n\noui", "vous", "Bonjour Madame Lacaze,"),
        ("fr", "Sylvie Lacaze", "Mesdames,\n\noui", "vous", "Bonjour Sylvie Lacaze,"),
        ("fr", "AUBIN Gaëtan", "D'accord.", "M. Aubin souhaite vous recevoir", "Bonjour Monsieur Aubin,"),
        ("es", "Begoña Iturralde", "Hola, Begoña:\n\nsí", "¿Te viene bien?", "Hola, Begoña:"),
        ("es", "Begoña Iturralde", "Hola Begoña, sí", "¿Te viene bien?", "Hola Begoña:"),
        ("es", "Begoña Iturralde", "Buenos días, Begoña:\n\nsí", "¿Te viene bien?", "Hola, Begoña:"),
        (
            "es",
            "Begoña Iturralde",
            "De acuerdo.",
            "La Sra. Iturralde lo recibe a usted",
            "Estimada Sra. Iturralde:",
        ),
    ],
)
def test_it_keeps_the_languages_manners(language: str, name: str, mine: str, theirs: str, said: str) -> None:
    assert greeted(mine, name, language=language, theirs=theirs) == said


@pytest.mark.parametrize(
    ("mine", "words", "name"),
    [
        ("Hi,\n\nSounds good.\n\nCheers,\nJordan\n", "Cheers,", "Jordan"),
        ("Hi,\n\nSounds good.\n\nBest wishes\nJordan Doe", "Best wishes", "Jordan Doe"),
        ("Sounds good. Thanks\n\njordan", "Best,", "jordan"),
        ("Sounds good.\nThanks Jordan", "Thanks", "Jordan"),
        ("Sounds good.", "Best,", "Jordan"),
        ("Sounds good.\n\nMaria", "Best,", "Jordan"),
    ],
)
def test_it_signs_as_the_user_last_signed(mine: str, words: str, name: str) -> None:
    candidacy = talk(mine, Contact(CASTS["en"].them))
    assert parting.signing(candidacy, identity(CASTS["en"]), "en", polite=False) == (words, name)


def test_it_learns_the_users_name_from_what_others_write_in_to() -> None:
    nameless = Identity(Address("", CASTS["en"].me.email), frozenset({CASTS["en"].me.email}))
    assert parting.my_name(correspondence(), nameless) == "Jordan Doe"


def test_it_prefers_the_candidacys_own_form_of_address() -> None:
    assert salutation.formal(replace(correspondence("de"), formal=False), "de") is False
    assert salutation.formal(replace(correspondence("de"), formal=None), "de") is True
