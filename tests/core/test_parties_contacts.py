"""The people of a candidacy: order, roles, the names they sign with, telephone and form of address."""

import pytest

from agent.core.model import Address, Candidacy, Role
from agent.core.people import parties
from agent.core.people.contacts import is_formal
from agent.core.people.signing import goes_by, name_words
from tests.core.post import INVITED, found, invite, letter, mine


def _one(*readings: object, **more: object) -> Candidacy:
    (candidacy,) = found(*readings, **more)  # type: ignore[arg-type]  # forwarded as given
    return candidacy


def _written(
    sender: str, sign: str, *, language: str = "en", text: str = "Tuesday at 2 for the Baker role?"
) -> Candidacy:
    return _one(
        letter("m", "t", sender, "Interview - Baker", text, INVITED, sign=sign, language=language, timed=True)
    )


@pytest.mark.parametrize(
    ("sender", "sign", "expected"),
    [
        ("Devon Pryce <d@acme.example>", "Devon (he/him)", "Devon"),
        ('"O\'Malley, Siobhán \\"Shiv\\"" <s@acme.example>', "Shiv O'Malley\nPine", "Shiv"),
        ("Thomas Whitcomb <t@acme.example>", "Tom Whitcomb\nEngineering Manager", "Tom"),
        ("Robert Vance <t@acme.example>", "Cheers,\nBob", "Bob"),
        ("Bettina Krause <b@acme.example>", "b", "Bettina"),
        ("Josh Adler <j@acme.example>", "josh", "Josh"),
        ('"Hobart, Renee" <r@acme.example>', "Renee Hobart, RRT\nDirector", "Renee"),
        ("MARCHAND Chloé <c@acme.example>", "", "Chloé"),
        ("Dr. Anna Okoye <a@acme.example>", "Best,\nAnna", "Anna"),
        ("Colleen Brandt <c@acme.example>", "Talk then,\nColleen", "Colleen"),
        ("Jane Doe (Acme) <j@acme.example>", "", "Jane"),
        ("Jane Doe | Acme <j@acme.example>", "", "Jane"),
        ("Jane from Acme <j@acme.example>", "", "Jane"),
        ("Acme Recruiting Team <jobs@acme.example>", "The Recruiting Team", ""),
        ("jane.doe@acme.example", "Jane Doe\nTalent Partner", "Jane"),
        ("Ana María López <a@acme.example>", "Ana María", "Ana"),
        ("Begoña Iturralde <b@acme.example>", "Un saludo,\nBegoña Iturralde\nPeople & Talent", "Begoña"),
        ("KATH SWALES <k@acme.example>", "Kath", "Kath"),
    ],
)  # fmt: skip
def test_it_learns_the_name_somebody_goes_by(sender: str, sign: str, expected: str) -> None:
    assert _written(sender, sign).contacts[0].goes_by == expected


def test_it_reads_a_name_signed_at_the_end_of_the_text() -> None:
    assert (
        _written(
            "Theodore Paquette <t@acme.example>", "", text="Lets talk Tues at 3 about the Baker role. Teddy"
        )
        .contacts[0]
        .goes_by
        == "Teddy"
    )


def test_it_keeps_the_whole_name_where_the_tone_is_formal() -> None:
    text = "Sehr geehrte Frau Kim, wir möchten Sie kennenlernen. Passt Ihnen Donnerstag?"
    candidacy = _written(
        "Katrin Größl <k@acme.example>",
        "Mit freundlichen Grüßen\nKatrin Größl\nPersonalreferentin",
        language="de",
        text=text,
    )
    assert (candidacy.contacts[0].goes_by, candidacy.formal) == ("Katrin Größl", True)


def test_it_puts_a_turned_name_right() -> None:
    assert _written('"Hobart, Renee" <r@acme.example>', "").contacts[0].address.name == "Renee Hobart"
    shiv = _written('"O\'Malley, Siobhán \\"Shiv\\" 🌲" <s@acme.example>', "").contacts[0]
    assert (shiv.address.name, shiv.goes_by) == ("Siobhán O'Malley", "Shiv")
    assert name_words("Hobart, Renee") == ["Renee", "Hobart"]
    assert name_words("MARCHAND Chloé") == ["Chloé", "MARCHAND"]
    assert name_words("Prof. Dr. Hans Müller") == ["Hans", "Müller"]
    assert goes_by(Address("", "x@acme.example"), (), formal=None, language="en") == ""


@pytest.mark.parametrize(
    ("sign", "role"),
    [
        ("Colleen Brandt\nSenior Recruiter | Tidewater", Role.RECRUITER),
        ("Kath\nHR Advisor", Role.RECRUITER),
        ("Hannah\nPeople Partner, Brightmoor", Role.RECRUITER),
        ("Katrin\nPersonalreferentin", Role.RECRUITER),
        ("Anne\nChargée de recrutement", Role.RECRUITER),
        ("Begoña\nPeople & Talent | Olivar", Role.RECRUITER),
        ("Tom\nEngineering Manager, Ledger", Role.HIRING_MANAGER),
        ("Judith\nHeadteacher", Role.HIRING_MANAGER),
        ("Jan\nGeschäftsführer", Role.HIRING_MANAGER),
        ("Luc\nGérant", Role.HIRING_MANAGER),
        ("Pauline\nOffice Mgr", Role.COORDINATOR),
        ("Chloé\nAssistante de direction - Groupe", Role.COORDINATOR),
        ("Bo\nRecruiting Coordinator", Role.COORDINATOR),
        ("Sam", Role.UNKNOWN),
        ("Sam\nSent from my phone", Role.UNKNOWN),
    ],
)
def test_it_reads_roles_under_the_name(sign: str, role: Role) -> None:
    assert _written("Sam Poe <s@acme.example>", sign).contacts[0].role is role


def test_it_takes_invited_guests_for_interviewers() -> None:
    panel = invite(
        "Interview", "Paige <paige@acme.example>", "Dev <dev@acme.example>, Lila <lila@acme.example>"
    )
    roles = {
        c.address.email: c.role
        for c in _one(
            letter(
                "m",
                "t",
                "Paige Underwood <paige@acme.example>",
                "Interview - Baker",
                "",
                INVITED,
                invites=[panel],
            )
        ).contacts
    }
    assert roles == {
        "paige@acme.example": Role.UNKNOWN,
        "dev@acme.example": Role.INTERVIEWER,
        "lila@acme.example": Role.INTERVIEWER,
    }


def test_it_puts_the_human_who_wrote_last_first() -> None:
    candidacy = _one(
        letter("a", "t", "Ann <ann@acme.example>", "Interview - Baker", "", INVITED, timed=True),
        letter("b", "t", "Bo <bo@acme.example>", "Re: Interview - Baker", "", ("holding",), day=1),
        letter("c", "t", "Acme <no-reply@acme.example>", "Re: Interview - Baker", "", ("robot",), day=2),
        letter("d", "t", "Ann <ann@acme.example>", "Out of office", "", ("out_of_office",), day=3),
    )
    assert [c.address.email for c in candidacy.contacts] == [
        "bo@acme.example",
        "ann@acme.example",
        "no-reply@acme.example",
    ]
    assert [c.may_write for c in candidacy.contacts] == [True, True, False]


def test_it_knows_colleagues_in_copy_but_no_strangers_and_not_the_user() -> None:
    first = letter(
        "a",
        "t",
        "Ann <ann@acme.example>",
        "Interview - Baker",
        "",
        INVITED,
        timed=True,
        cc="Bo <bo@acme.example>, Eve <eve@elsewhere.example>, dana.kim+jobs@gmail.example",
    )
    assert {c.address.email for c in _one(first).contacts} == {"ann@acme.example", "bo@acme.example"}


def test_it_lists_no_robot_of_a_shared_host_as_a_contact() -> None:
    booked = letter(
        "m",
        "t",
        "Calendly <notifications@calendly.com>",
        "Confirmed: Interview - Baker",
        "",
        INVITED,
        invites=[invite("Interview", "Ann <ann@acme.example>")],
    )
    assert [c.address.email for c in _one(booked).contacts] == ["ann@acme.example"]


def test_it_keeps_a_person_who_can_be_answered_through_a_network() -> None:
    relayed = letter(
        "m",
        "t",
        "Jane Doe via LinkedIn <hit-reply@linkedin.com>",
        "Interview - Baker",
        "Tuesday at 2?",
        INVITED,
        timed=True,
    )
    (contact,) = _one(relayed).contacts
    assert (contact.address.name, contact.goes_by, contact.may_write) == ("Jane Doe", "Jane", True)


@pytest.mark.parametrize(
    ("sign", "text", "expected"),
    [
        ("Hannah\nPeople Partner\n(312) 555-0176", "", "(312) 555-0176"),
        ("Pauline\nOffice Mgr\nPh 902-555-0119", "", "902-555-0119"),
        ("Katrin\nTel. +49 431 555 0142", "", "+49 431 555 0142"),
        ("Jo", "If you get lost call me on 020 7946 0018.", "020 7946 0018"),
        ("Jo\nFax: 312 555 0176", "", ""),
        ("Jo\nMeeting ID: 233 901 442 17\nPasscode: 7788990", "", ""),
        ("Jo\nRegistered company number 08823311", "", ""),
        ("Jo\n12/05/2026 14:00", "Interview on 2026-05-12 10:30", ""),
        ("Jo", "Req 1234567890 for you", ""),
    ],
)
def test_it_finds_a_number_to_call(sign: str, text: str, expected: str) -> None:
    assert (
        _written("Jo Poe <jo@acme.example>", sign, text=f"Tuesday at 2 for the Baker role? {text}").phone
        == expected
    )


def test_it_never_takes_the_users_number_for_the_employers() -> None:
    candidacy = _one(
        letter("a", "t", "Ann <ann@acme.example>", "Interview - Baker", "", INVITED, timed=True),
        mine("b", "t", "ann@acme.example", "My cell is 410-555-0127", day=1),
        letter(
            "c",
            "t",
            "Ann <ann@acme.example>",
            "Re: Interview - Baker",
            "I will call you at 410-555-0127.",
            ("confirmation",),
            day=2,
        ),
    )
    assert candidacy.phone == ""


@pytest.mark.parametrize(
    ("language", "text", "formal"),
    [
        ("de", "wir freuen uns auf Sie. Passt Ihnen Montag?", True), ("de", "magst du am Montag kommen? Bring deine Zeugnisse mit", False),
        ("fr", "Quelles seraient vos disponibilités ? Nous vous attendons", True), ("fr", "tu serais dispo mardi ? à toi de voir, ton portfolio nous plaît", False),
        ("es", "¿Podría usted venir el lunes? Le esperamos, su currículum nos gusta", True), ("es", "¿Te vendría bien el lunes? Tu candidatura nos gusta", False),
        ("en", "Can you come?", None), ("de", "Montag, 10 Uhr.", None),
    ],
)  # fmt: skip
def test_it_hears_the_form_of_address(language: str, text: str, formal: bool | None) -> None:
    assert is_formal([letter("m", "t", "a@acme.example", "", text, language=language)], language) is formal


def test_it_takes_the_language_of_the_employers_mails() -> None:
    candidacy = _one(
        letter(
            "a", "t", "Ann <ann@acme.example>", "Interview - Baker", "", INVITED, timed=True, language="de"
        ),
        mine("b", "t", "ann@acme.example", "Thanks", language="en", day=1),
        mine("c", "t", "ann@acme.example", "Thanks", language="en", day=2),
    )
    assert candidacy.language == "de"


# ── sides ──


def _told_the_family() -> Candidacy:
    return _one(
        letter("a", "t", "Ann <ann@acme.example>", "Interview - Baker", "", INVITED, timed=True),
        mine("b", "t", "ann@acme.example", "Tuesday works", day=1),
        mine(
            "c", "t", "Nia <nia@kinfolk.example>", "Second round!!", subject="Fwd: Interview - Baker", day=2
        ),
        letter(
            "d",
            "t",
            "Nia <nia@kinfolk.example>",
            "Re: Fwd: Interview - Baker",
            "So proud, are you free at 5 on Tuesday?",
            ("availability_request",),
            answers="c",
            day=3,
        ),
        letter(
            "e",
            "t",
            "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
            "Delayed",
            "",
            ("delay",),
            day=4,
        ),
        letter("f", "t", "Bo <bo@acme.example>", "Re: Interview - Baker", "", ("holding",), day=5),
    )


def test_it_tells_the_employers_mail_from_the_familys() -> None:
    candidacy = _told_the_family()
    assert {r.message.gmail_id: parties.from_employer(r, candidacy) for r in candidacy.readings} == {
        "a": True,
        "b": False,
        "c": False,
        "d": False,
        "e": False,
        "f": True,
    }


def test_it_tells_letters_to_the_employer_from_letters_to_the_family() -> None:
    candidacy = _told_the_family()
    assert {r.message.gmail_id: parties.addressed_to_employer(r, candidacy) for r in candidacy.readings} == {
        "a": False,
        "b": True,
        "c": False,
        "d": False,
        "e": False,
        "f": False,
    }
    assert "nia@kinfolk.example" not in {c.address.email for c in candidacy.contacts}


def test_it_counts_a_system_that_writes_for_the_employer() -> None:
    candidacy = _one(
        letter("a", "t", "Ann <ann@beaconstreetlabs.example>", "Interview - Baker", "", INVITED, timed=True),
        letter(
            "b",
            "u",
            "Beacon Street Labs <no-reply@us.greenhouse-mail.io>",
            "Your application - Baker",
            "",
            ("ats", "rejection", "job_topic"),
            day=9,
        ),
    )
    assert all(parties.from_employer(r, candidacy) for r in candidacy.readings)


def test_it_counts_the_clients_interviewer_whom_the_agency_introduced() -> None:
    candidacy = _one(
        letter(
            "a",
            "t",
            "Kim <kim@boydrecruitment.example>",
            "Interview - Baker",
            "my client, Otway Foods",
            INVITED,
            cc="Lou <lou@otwayfoods.example>",
            timed=True,
        ),
        letter(
            "b",
            "t",
            "Lou <lou@otwayfoods.example>",
            "Re: Interview - Baker",
            "See you Tuesday",
            ("confirmation",),
            day=1,
        ),
    )
    assert parties.from_employer(candidacy.readings[1], candidacy)
    assert candidacy.contacts[0].address.email == "lou@otwayfoods.example"


def test_it_lets_an_application_begin_with_the_users_own_letter() -> None:
    candidacy = _one(
        mine("a", "t", "Ann <ann@acme.example>", "I would like to apply for the Baker role.", ("job_topic",)),
        letter(
            "b",
            "t",
            "Ann <ann@acme.example>",
            "Re: Baker",
            "Interview on Tuesday at 2?",
            INVITED,
            timed=True,
            day=1,
        ),
    )
    assert all(
        parties.addressed_to_employer(r, candidacy) or parties.from_employer(r, candidacy)
        for r in candidacy.readings
    )
