"""quoting and signature: what this author wrote now, and where the statements end."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.mail.quoting import is_forward_subject, split
from tests.core.mail import said

HISTORY = "Could you come in on Tuesday at 2?\n\nMaria"
MARKED = "> Could you come in on Tuesday at 2?\n>\n> Maria"

ATTRIBUTIONS = [
    "On Mon, Mar 2, 2026 at 9:14 AM Maria Lopez <maria@northwind.example> wrote:",
    "On Mon, Mar 2, 2026 at 9:14 AM Maria Lopez <\nmaria.elena.lopez-hernandez@northwind-traders.example> wrote:",
    "On Mon, Mar 2, 2026 at 9:14 AM Maria Elena Lopez-Hernandez of Northwind\nTraders <maria@northwind.example>\nwrote:",
    "On 2 Mar 2026, at 09:14, Maria Lopez <maria@northwind.example> wrote:",
    "On 2026-03-02 09:14, Maria Lopez wrote:",
    "On 02/03/2026 09:14, Maria Lopez wrote:",
    "---- On Mon, 02 Mar 2026 09:14:00 -0500 Maria Lopez <maria@northwind.example> wrote ----",
    "Maria Lopez <maria@northwind.example> wrote on Mon, 2 Mar 2026:",
    "2026-03-02 9:14 GMT-05:00 Maria Lopez <maria@northwind.example>:",
    "Am Mo., 2. März 2026 um 09:14 Uhr schrieb Maria Lopez <maria@northwind.example>:",
    "Am 02.03.2026 um 09:14 schrieb Maria Lopez:",
    "Maria Lopez <maria@northwind.example> schrieb am Mo., 2. März 2026, 09:14:",
    "Le lun. 2 mars 2026 à 09:14, Maria Lopez <maria@northwind.example> a écrit :",
    "Le 2 mars 2026 à 09:14, Maria Lopez <maria@northwind.example> a\nécrit :",
    "El lun, 2 mar 2026 a las 9:14, Maria Lopez (<maria@northwind.example>) escribió:",
    "Il giorno lun 2 mar 2026 alle ore 09:14 Maria Lopez <maria@northwind.example> ha scritto:",
    "Op ma 2 mrt 2026 om 09:14 schreef Maria Lopez <maria@northwind.example>:",
    "Em seg., 2 de mar. de 2026 às 09:14, Maria Lopez <maria@northwind.example> escreveu:",
    "Den mån 2 mars 2026 kl 09:14 skrev Maria Lopez <maria@northwind.example>:",
    "W dniu 2 marca 2026 09:14 użytkownik Maria Lopez <maria@northwind.example> napisał:",
]
BLOCKS = [
    "-----Original Message-----\nFrom: Maria Lopez\nSent: Monday, March 2, 2026 9:14 AM\nTo: Dana Kim\nSubject: Interview",
    "________________________________\nFrom: Maria Lopez <maria@northwind.example>\nSent: Monday, March 2, 2026 9:14 AM\nTo: Dana Kim <d@m.example>\nSubject: Interview",
    "From: Maria Lopez <maria@northwind.example>\nDate: Monday, March 2, 2026 at 9:14 AM\nTo: Dana Kim <d@m.example>\nSubject: Interview",
    "*From:* Maria Lopez [mailto:\nmaria@northwind.example]\n*Sent:* Monday, March 2, 2026 9:14 AM\n*To:* Dana Kim\n*Subject:* Interview",
    "Von: Maria Lopez <maria@northwind.example>\nGesendet: Montag, 2. März 2026 09:14\nAn: Dana Kim\nBetreff: Gespräch",
    'Gesendet: Montag, 02. März 2026 um 09:14 Uhr\nVon: "Maria Lopez" <maria@northwind.example>\nAn: dana@mail.example\nBetreff: Gespräch',
    "De : Maria Lopez\nEnvoyé : lundi 2 mars 2026 09:14\nÀ : Dana Kim\nObjet : Entretien",
    "De: Maria Lopez <maria@northwind.example>\nEnviado el: lunes, 2 de marzo de 2026 9:14\nPara: Dana Kim\nAsunto: Entrevista",
    "-----Ursprüngliche Nachricht-----\nVon: Maria Lopez\nGesendet: Montag, 2. März 2026 09:14\nAn: Dana Kim\nBetreff: Gespräch",
    "Fra: Maria Lopez\nSendt: 2. marts 2026 09:14\nTil: Dana Kim\nEmne: Samtale",
    "Da: Maria Lopez\nInviato: lunedì 2 marzo 2026 09:14\nA: Dana Kim\nOggetto: Colloquio",
    "Date: Mon, 2 Mar 2026 09:14:00 -0500\nSubject: Interview\nFrom: maria@northwind.example\nTo: dana@mail.example",
]
FORWARDS = [
    "---------- Forwarded message ---------\nFrom: Maria <m@n.example>\nDate: Mon, Mar 2, 2026 at 9:14 AM\nSubject: Interview",
    "Begin forwarded message:\n\nFrom: Maria <m@n.example>\nSubject: Interview\nDate: 2 March 2026",
    "-------- Forwarded Message --------\nSubject: \tInterview\nDate: \tMon, 2 Mar 2026\nFrom: \tMaria <m@n.example>",
    "-------- Weitergeleitete Nachricht --------\nBetreff: Gespräch\nDatum: Mo, 2. März 2026\nVon: Maria <m@n.example>",
    "Anfang der weitergeleiteten Nachricht:\n\nVon: Maria <m@n.example>\nBetreff: Gespräch",
    "---------- Message transféré ---------\nDe : Maria <m@n.example>\nDate : lun. 2 mars 2026\nObjet : Entretien",
    "Début du message réexpédié :\n\nDe: Maria <m@n.example>\nObjet: Entretien",
    "---------- Mensaje reenviado ---------\nDe: Maria <m@n.example>\nDate: lun, 2 mar 2026\nAsunto: Entrevista",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_it_cuts_the_history_below_an_attribution(attribution: str) -> None:
    for history in (HISTORY, MARKED):
        message = said(f"Tuesday at 2 works.\n\n{attribution}\n\n{history}")
        assert message.text == "Tuesday at 2 works."
        assert "Could you come in on Tuesday" in message.quoted
        assert message.forwarded == ""


@pytest.mark.parametrize("block", BLOCKS)
def test_it_cuts_the_history_below_a_header_block(block: str) -> None:
    message = said(f"Tuesday at 2 works.\n\n{block}\n\n{HISTORY}", subject="RE: Interview")
    assert message.text == "Tuesday at 2 works."
    assert "Could you come in" in message.quoted
    assert message.forwarded == ""


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize(
    "subject", ["FW: Interview", "TR: Entretien", "WG: Gespräch", "RV: Entrevista", "Fwd: x"]
)
def test_it_reads_a_header_block_in_a_forward_as_the_forwarded_mail(block: str, subject: str) -> None:
    message = said(f"Have a look.\n\n{block}\n\n{HISTORY}", subject=subject)
    assert message.text == "Have a look."
    assert "Could you come in" in message.forwarded
    assert message.quoted == ""


@pytest.mark.parametrize("mark", FORWARDS)
def test_it_keeps_the_forwarders_own_words_apart(mark: str) -> None:
    message = said(f"Second round!\n\n{mark}\n\n{HISTORY}", subject="Interview")
    assert message.text == "Second round!"
    assert "Could you come in" in message.forwarded
    assert message.quoted == ""


def test_it_reads_a_forward_that_is_marked_line_by_line() -> None:
    body = "See below.\n\n> Begin forwarded message:\n>\n> From: Maria <m@n.example>\n> Subject: Interview\n>\n> Tuesday at 2?\n\nDana"
    message = said(body, subject="Fwd: Interview")
    assert message.text == "See below.\n\nDana"
    assert message.forwarded.endswith("Tuesday at 2?")


def test_it_decides_by_the_first_prefix_of_the_subject() -> None:
    assert is_forward_subject("TR: Candidature")
    assert is_forward_subject("Fwd: Re: Candidature")
    assert not is_forward_subject("RE: TR: Candidature")
    assert not is_forward_subject("Forward deployed engineer: interview")
    assert not is_forward_subject("Trainer: interview")


def test_it_keeps_answers_between_the_quoted_lines() -> None:
    body = (
        "Hi Maria, answers below.\n\nOn Mon, Mar 2, 2026 at 9:14 AM Maria <m@n.example> wrote:\n"
        "> Can you do Tuesday?\nYes.\n> At two?\nRather at three.\n\n> Thanks, Maria\n\nDana"
    )
    message = said(body)
    assert message.text == "Hi Maria, answers below.\n\nYes.\nRather at three.\n\nDana"
    assert "Can you do Tuesday?" in message.quoted
    assert "Yes." not in message.quoted


def test_it_keeps_a_short_answer_in_small_letters_between_quoted_lines() -> None:
    assert said("> At two?\nyes, fine\n> Thanks, Maria").text == "yes, fine"


def test_it_takes_an_attribution_for_history_even_in_a_forward() -> None:
    message = said(f"See below.\n\n{ATTRIBUTIONS[0]}\n\n{MARKED}", subject="Fwd: Interview")
    assert (message.text, message.forwarded) == ("See below.", "")


def test_it_keeps_an_answer_below_the_quotation() -> None:
    message = said(
        f"On 2 Mar 2026, at 09:14, Maria <m@n.example> wrote:\n\n{MARKED}\n\nTuesday works.\n\nDana"
    )
    assert message.text == "Tuesday works.\n\nDana"


def test_it_gives_a_wrapped_end_of_a_quoted_line_to_the_history() -> None:
    body = "Yes.\n\n> We would be happy to meet you in our office in Springfield on any of\nthe following days\n> - Tuesday\n"
    assert said(body).text == "Yes."


@pytest.mark.parametrize(
    "words",
    [
        "On Friday the panel meets at 10:30. Here is what to bring:\n- your passport\n- a pen",
        "Here is what Maria wrote:\nshe is happy.",
        "From: 9:00\nTo: 10:30\nDate: 5 May 2026\nRoom: 12",
        "Date: Tuesday, May 5, 2026\nTime: 2:00 PM\nLocation: 12 Mill Lane\nTo: the front desk",
        "Subject: English literature\nLevel: A",
        "Original message\nMore text",
        "The forwarded message was clear.",
        "On 5 May 2026 you will meet:\nAnna\nBen",
        "From the start of May we are in a new office.\nTo get there take bus 9.",
        "Am Dienstag um 10:30 treffen Sie:\nFrau Weber",
        "Agenda:\n-----\nTalk\n-----\nLunch",
        "Le mardi 10 mars à 9:00, vous rencontrerez :\nM. Aubin",
    ],
)
def test_it_does_not_mistake_the_authors_words_for_history(words: str) -> None:
    message = said(f"Hello Dana,\n\n{words}")
    assert message.text == f"Hello Dana,\n\n{words}"
    assert message.quoted == message.forwarded == ""


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["> a", "b", "", "On 2 Mar 2026 X <x@y.z> wrote:", "From: X <x@y.z>", "To: y", "Subject: z"]
        ),
        max_size=14,
    )
)
def test_it_loses_no_line(lines: list[str]) -> None:
    cut = split("\n".join(lines), answers=True)
    written = sorted(line.lstrip("> ") for line in lines if line.strip("> "))
    kept = sorted(line for part in (cut.text, cut.quoted, cut.forwarded) for line in part.split("\n") if line)
    assert kept == written


def test_it_keeps_bullets_in_a_mail_that_answers_nothing() -> None:
    words = "What to expect:\n> 30 minutes of talk\n> a tour"
    assert said(words, subject="Interview").text == words
    assert said(words, subject="Re: Interview").quoted == "30 minutes of talk\na tour"


def test_it_keeps_the_mail_of_a_job_site_that_begins_like_a_header() -> None:
    words = "From: Maria Lopez\nTo: Dana Kim\nSubject: Interview\n\nCan you come on Tuesday?"
    assert said(words, subject="Maria sent you a message").text == words
    assert said(f"Yes.\n\n{words}", subject="Interview").text == "Yes."
    assert said(words, subject="Fwd: Interview").forwarded == words
