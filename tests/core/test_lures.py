"""Letters of strangers that lure into a chat, for a code or a cheque: never a candidacy, never a draft."""

from dataclasses import replace

import pytest

from agent.core.model import Evidence, Signal, SignalKind, Strength
from tests.core.post import INVITED, found, letter, mine, note

_LURES = [
    (
        "HR Desk <hr.desk99@gmail.com>",
        "Interview (Remote Data Entry, $41/hr)",
        (
            "Dear Applicant, your resume was shortlisted on Indeed. Your interview is on Tuesday at 2 on Telegram. "
            "Add @glenn_desk and send code WQ-8 to begin."
        ),
        "en",
    ),
    (
        "Talent <apply@jobsfast-now.example>",
        "You are selected: Customer Assistant",
        "Kindly add our manager on Google Chat for a text interview. A check for your office equipment will be mailed.",
        "en",
    ),
    (
        "Personal <personal.buero7@gmail.com>",
        "Vorstellungsgespräch Bürokraft",
        "Liebe Bewerberin, das Chat Interview findet per Telegram statt. Schreiben Sie ihr den Code B12 an. 38 Euro pro Stunde.",
        "de",
    ),
    (
        "Bureau RH <bureau.rh@recrute-vite.example>",
        "Entretien assistante à domicile",
        (
            "Cher candidat, votre profil a été retenu sur Indeed. L'entretien a lieu sur Telegram, envoyez-lui le code A7 pour "
            "commencer. 35 € par heure."
        ),
        "fr",
    ),
    (
        "Selección <seleccion.online5@gmail.com>",
        "Entrevista: asistente virtual",
        "Estimado candidato, la entrevista por chat será en Telegram, envíale el código 77. 900 pesos por hora.",
        "es",
    ),
]


@pytest.mark.parametrize(("sender", "subject", "text", "language"), _LURES)
def test_it_takes_no_lure_for_a_candidacy(sender: str, subject: str, text: str, language: str) -> None:
    assert found(letter("a", "t", sender, subject, text, INVITED, timed=True, language=language)) == ()


def test_it_stays_away_although_the_user_answered() -> None:
    sender, subject, text, _ = _LURES[0]
    lure = letter("a", "t", sender, subject, text, INVITED, timed=True)
    answer = mine("b", "t", "hr.desk99@gmail.com", "Tuesday at 2 is fine", ("acceptance",), day=0.1)
    assert found(lure, answer) == ()


def test_it_adds_up_what_one_sender_writes_in_several_letters() -> None:
    first = letter(
        "a", "t", "Ann <ann@kelphr.example>", "Interview: Data Clerk", "Tuesday at 2?", INVITED, timed=True
    )
    then = letter(
        "b",
        "t",
        "Ann <ann@kelphr.example>",
        "Interview",
        "Text him the code K-4 to begin, on Telegram.",
        day=1,
    )
    assert found(first) != ()
    assert found(first, then) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Come for an interview for the Barista role Tuesday at 2. 13 an hour. Send me a WhatsApp if you get lost.",
        "Your interview for the Barista role is Tuesday at 2. Please confirm by text, and bring your passport.",
        "Dear candidate, your interview for the Barista role is Tuesday at 2. Quote the code B-12 at the door.",
    ],
)
def test_it_hears_honest_mail_that_has_a_mark_of_its_own(text: str) -> None:
    assert found(letter("a", "t", "Ann Lowe <annlowe@gmail.com>", "Barista", text, INVITED, timed=True)) != ()


def test_it_takes_the_users_word_over_the_marks() -> None:
    sender, subject, text, _ = _LURES[0]
    lure = letter("a", "t", sender, subject, text, INVITED, timed=True)
    assert len(found(lure, notes=[note("track", "t")])) == 1


@pytest.mark.parametrize("which", [0, 3, 4])
def test_it_needs_few_marks_more_where_the_user_answered(which: int) -> None:
    sender, subject, text, language = _LURES[which]
    lure = letter("a", "t", sender, subject, text, INVITED, timed=True, language=language)
    address = sender.partition("<")[2].rstrip(">")
    assert found(lure, mine("b", "t", address, "I will be there", ("acceptance",), day=0.1)) == ()


@pytest.mark.parametrize(
    ("sentence", "heard"),
    [
        ("Text or WhatsApp me if any trouble.", True),
        ("You can WhatsApp us from the gate.", True),
        ("Message me on WhatsApp when you are near.", True),
        ("The interview is on WhatsApp only.", False),
        ("Add our manager on WhatsApp to begin.", False),
    ],
)
def test_it_tells_a_courtesy_from_a_chat(sentence: str, heard: bool) -> None:
    alarm = Signal(SignalKind.SUSPICIOUS, "test", Strength.STRONG, Evidence(sentence))
    text = f"Come for an interview for the Roofer job Tuesday at 2. {sentence}"
    plain = letter("a", "t", "Ann Lowe <ann@lowe-roofs.example>", "Roofer", text, INVITED, timed=True)
    assert bool(found(replace(plain, signals=(*plain.signals, alarm)))) is heard
