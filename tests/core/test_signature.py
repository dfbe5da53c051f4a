"""signature: the offset behind which words are no statements."""

from __future__ import annotations

import pytest

from tests.core.mail import said

MARIA = "Maria Lopez <maria.lopez@northwind.example>"
STATEMENT = "Could you come in on Tuesday at 2? Let me know if it doesn't work."


def signed(signature: str, sender: str = MARIA) -> tuple[str, str]:
    message = said(f"Hi Dana,\n\n{STATEMENT}\n\n{signature}", sender=sender)
    assert message.text.endswith(signature.replace("-- \n", "--\n"))
    return message.body.strip(), message.signature


@pytest.mark.parametrize(
    "signature",
    [
        "Best,\nMaria",
        "Best regards,\n\nMaria Lopez\nSenior Recruiter\nNorthwind Traders\n+1 757 555 0100\nwww.northwind.example",
        "Thanks, Maria",
        "Thanks!\nBest,\nMaria",
        "Kind regards\nMaria",
        "Mit freundlichen Grüßen\n\ni. A. Maria Lopez\nPersonalreferentin\nNordlicht GmbH\nTel. +49 431 555 0142",
        "Viele Grüße aus Kiel\nMaria",
        "Bien à vous,\nMaria LOPEZ\nAssistante de direction - Groupe Sévigny",
        "Cordialement,\nMaria",
        "¡Un saludo!\nMaria",
        "Atentamente,\nMaria López\nDepartamento de Selección",
        "Maria Lopez\nSenior Recruiter | Northwind Traders\nNorfolk, VA",
        "Maria Lopez, CPA\nLopez & Partners LLP",
        "Maria (she/her)",
        "maria",
        "M",
        "M. Lopez",
        "Maria Lopez\nHR Advisor\nRegistered office: Unit 9, Trent Way. This e-mail does not form part of any contract.",
        "-- \nMaria Lopez\nNorthwind",
        "--\nAnything at all follows here",
        "Maria\n\nSent from my iPhone",
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "Please do not reply to this email. It is sent from an unattended mailbox.",
        "** Please note: Do not reply to this email. This email is sent from an unattended mailbox. **",
        "CONFIDENTIALITY NOTICE: This e-mail is for the named person only. If it reached you by mistake, delete it.",
        "This email and any attachments are confidential. We will decide by Friday whether to sue.",
        "Diese E-Mail enthält vertrauliche Informationen. Sollten Sie nicht der Adressat sein, löschen Sie sie.",
        "Ce message et ses pièces jointes sont confidentiels.",
        "Este mensaje y sus adjuntos son confidenciales.",
        "Mit freundlichen Grüßen\nMaria Lopez\n\nNordlicht GmbH | Sitz: Kiel | Amtsgericht Kiel HRB 1234\nGeschäftsführer: Dr. Uwe Petersen",
        'Yours sincerely\n\nMaria Lopez\nHeadteacher\nAlderbrook Primary School, Mill Lane\n"Rooted in kindness"',
        "Best,\nMaria\n--\nMaria Lopez\nNorthwind",
    ],
)
def test_it_finds_where_the_signature_begins(signature: str) -> None:
    body, found = signed(signature)
    assert body == f"Hi Dana,\n\n{STATEMENT}"
    assert found == signature.rstrip().replace("-- \n", "--\n")


LONG = "Northwind Traders processes the personal data of its applicants as described in the statement for candidates which stands on the careers page of our website at any time and in three languages."


def test_it_tolerates_an_unknown_notice_below_a_sign_off_and_a_name() -> None:
    signature = f"Best regards,\n\n*Maria Lopez*\n*Senior Recruiter*\n[image: Northwind]\n\n{LONG}"
    assert signed(signature) == (f"Hi Dana,\n\n{STATEMENT}", signature)
    assert signed(f"Maria Lopez\n\n{LONG}")[1] == ""
    assert signed(f"Thank you,\n\n{LONG}")[1] == ""
    assert signed(f"Thank you, see below.\n\n{LONG}\n\nMaria")[1] == "Maria"


def test_it_takes_the_name_below_a_long_paragraph() -> None:
    message = said(f"{LONG}\n\nMaria & the Northwind team", sender=MARIA)
    assert message.signature == "Maria & the Northwind team"


def test_it_reads_one_word_before_a_telephones_line() -> None:
    message = said("Yes\n\nSent from my Galaxy", sender=MARIA)
    assert message.body.strip() == "Yes"


def test_it_takes_a_card_whose_name_is_not_the_senders() -> None:
    card = "Anna Weber\nTalent Acquisition Manager\nanna@northwind.example"
    assert signed(card, "Northwind Careers <no-reply@ats.example>") == (f"Hi Dana,\n\n{STATEMENT}", card)


def test_it_takes_the_senders_organisation_for_a_name() -> None:
    sender = "Northwind Hiring Team <no-reply@ashbyhq.com>"
    assert signed("The Northwind Team", sender)[1] == "The Northwind Team"


@pytest.mark.parametrize(
    "words",
    [
        "Let me know if it doesn't work.",
        "Looking forward to hearing from you",
        "Thanks,\nI will call you on Thursday at 3.\nMaria said so.",
        "Best,\nMaria\n\nP.S. Thursday would also be fine.",
        "Best,\nMaria\n\nInterview details:\nDate: Tuesday, May 5\nTime: 2:00 PM\nPasscode: 1234",
        "Maria will call you tomorrow",
        "Senior Analyst\nBluewick\nNorfolk, VA",
        "_____________________________________________\nMicrosoft Teams meeting\nMeeting ID: 233 901 442 17\nPasscode: 7hXw2b",
        "---\nWe will answer by Friday.",
        "Please reply to this email by Friday.",
        "Thank you for your patience.",
        "You got the job!",
        "Tuesday at 2\nThursday at 10",
    ],
)
def test_it_swallows_no_statement(words: str) -> None:
    message = said(f"Hi Dana,\n\n{STATEMENT}\n\n{words}", sender="Northwind <jobs@northwind.example>")
    assert message.signature == ""
    assert message.body == message.text


def test_it_keeps_a_postscript_among_the_statements() -> None:
    message = said(
        f"{STATEMENT}\n\nBest,\nMaria\n\nPS: Bring a passport.\n\nSent from my iPhone", sender=MARIA
    )
    assert "Bring a passport." in message.body
    assert message.signature == "Sent from my iPhone"


@pytest.mark.parametrize(
    "head",
    [
        "*** Please do not reply to this email ***",
        "[EXTERNAL EMAIL] Do not click links.",
        "This message was sent to dana@mail.example",
        "View in browser",
    ],
)
def test_it_does_not_take_a_notice_at_the_top_for_the_end(head: str) -> None:
    message = said(f"{head}\n\nHi Dana,\n\n{STATEMENT}\n\nBest,\nMaria", sender=MARIA)
    assert STATEMENT in message.body
    assert message.signature == "Best,\nMaria"


def test_it_gives_a_message_without_signature_its_whole_length() -> None:
    message = said("Works for me")
    assert message.signature_at == len(message.text)


@pytest.mark.parametrize("words", ["Thank you so much!", "Hi Dana,\n\nMany thanks!", "See you then!"])
def test_it_takes_a_sign_off_for_a_statement_where_there_is_no_other(words: str) -> None:
    message = said(f"{words}\n\nMaria", sender=MARIA)
    assert message.body.strip() == words
    assert message.signature == "Maria"
