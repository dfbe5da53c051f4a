"""Which language a text is in, and the honesty to say nothing of two words."""

from __future__ import annotations

import pytest

from agent.core.meaning.language import detect, spoken


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Hi Sofia, yes, Tuesday the 15th at 2 works for me.", "en"),
        ("vern sorry for going dark on you, lost our chef and its been a circus", "en"),
        ("Sehr geehrte Frau Größl, vielen Dank für die Einladung.", "de"),
        ("hi, gibts schon was neues wegen dem job?", "de"),
        ("Wir moechten Sie gerne kennenlernen und freuen uns auf Ihre Antwort.", "de"),
        ("Bonjour Madame, je vous remercie de votre message.", "fr"),
        ("ok c'est noté, à jeudi, merci encore pour tout", "fr"),
        ("¡Hola, Íñigo! Nos ha gustado mucho tu candidatura.", "es"),
        ("Gentile dottoressa, la ringrazio per il colloquio di questa mattina.", "it"),
        ("Obrigado pela sua mensagem, a entrevista está confirmada para você.", "pt"),
        ("Bedankt voor je sollicitatie, wij nodigen je graag uit voor een gesprek.", "nl"),
    ],
)
def test_it_knows_the_language(text: str, code: str) -> None:
    assert detect(text) == code


@pytest.mark.parametrize("text", ["", "ok", "Maria", "12:00", "?!", "https://meet.example/x", "Renault Clio"])
def test_it_says_nothing_where_there_is_nothing_to_tell(text: str) -> None:
    assert detect(text) == ""


def test_it_hears_both_languages_of_a_bilingual_mail() -> None:
    text = (
        "Le français suit. We would like to invite you to an interview on Monday and look forward to meeting you. "
        "Nous avons le plaisir de vous inviter à un entretien lundi et nous réjouissons de vous rencontrer."
    )
    assert set(spoken(text)) >= {"en", "fr"}


def test_it_reads_only_the_beginning_of_a_long_text() -> None:
    assert detect("the " * 1_000_000) == "en"
