"""Names of employers: spelled out where the mail spells them, taken from the domain where nothing better is said."""

import time

import pytest

from agent.core.people import company
from agent.core.people.company import domain_name, same_company
from tests.core.post import INVITED, found, invite, letter, mine


def _company(
    sender: str, subject: str = "", text: str = "", sign: str = "", *, language: str = "en", summary: str = ""
) -> str:
    events = (invite(summary, sender),) if summary else ()
    reading = letter(
        "m", "t", sender, subject, text, INVITED, sign=sign, language=language, timed=True, invites=events
    )
    (candidacy,) = found(reading)
    return candidacy.company


@pytest.mark.parametrize(
    ("sender", "subject", "text", "sign", "expected"),
    [
        (
            "Rob <rob@beaconstreetlabs.example>",
            "Data Engineer @ Beacon Street Labs",
            "",
            "",
            "Beacon Street Labs",
        ),
        (
            "B <b@ottercreekgames.example>",
            "otter creek <> dana",
            "hey! bettina from otter creek games. ",
            "",
            "Otter Creek Games",
        ),
        (
            "P <p@maplewoodcu.example>",
            "phone screen",
            "",
            "Paige Underwood, HR Generalist\nMaplewood Credit Union",
            "Maplewood Credit Union",
        ),
        (
            "T <t@goldfinchpay.example>",
            "Ledger",
            "see https://goldfinchpay.example/jobs",
            "Tom\nEngineering Manager, Ledger & Settlement\nGoldfinch Payments",
            "Goldfinch Payments",
        ),
        (
            "R <r@laketessaly.example>",
            "Interview",
            "",
            "Renee\nDirector, Cardiopulmonary Services\nLake Tessaly Health System\n--\nLake Tessaly Health System is an equal opportunity employer.",
            "Lake Tessaly Health System",
        ),
        (
            "Shiv <shiv@pinepoole.example>",
            "Interview",
            "",
            "Shiv O'Malley\nPine & Poole Furniture",
            "Pine & Poole Furniture",
        ),
        (
            "Judith <head@alderbrookprimary.example>",
            "Interview",
            "the post at Alderbrook Primary School on Tuesday",
            "Judith\nHeadteacher\nAlderbrook Primary School, Mill Lane",
            "Alderbrook Primary School",
        ),
        (
            "Josh <josh@lumenfold.example>",
            "founding engineer @ lumenfold",
            "lumenfold is 4 people",
            "",
            "Lumenfold",
        ),
        (
            "T <t@bexleystreettaverns.example>",
            "GM job",
            "GM spot at the Foundry location.",
            "",
            "Bexley Street Taverns",
        ),
        (
            "Ana <ana@mgh.example>",
            "Interview",
            "",
            "Ana Ruiz\nTalent Acquisition\nMarlow General Hospital",
            "Marlow General Hospital",
        ),
        (
            "HR <hr@northgate-council.example>",
            "Interview",
            "",
            "HR Services\nNorthgate Council",
            "Northgate Council",
        ),
        ("Sam <sam@tern.example>", "Interview", "", "Sam\nTern", "Tern"),
        ("Jo <jo@kingfisherbooks.example>", "Interview", "Come by the shop!", "Jo x", "Kingfisher Books"),
        (
            "Lee <lee@acme-widgets.example>",
            "Interview",
            "We at Acme Widgets Inc. are happy",
            "",
            "Acme Widgets",
        ),
        (
            "Jule <jule@westkueste-windservice.example>",
            "Interview",
            "Jule von Westküste Windservice",
            "",
            "Westküste Windservice",
        ),
        (
            "Ana <ana@arvieres-domaine.example>",
            "Entretien",
            "",
            "Ana Favre\nDomaine des Arvières",
            "Domaine des Arvières",
        ),
        (
            "Careers <jobs@quarry.example>",
            "Interview at Quarry Hill Software",
            "",
            "The Quarry Hill Software team",
            "Quarry Hill Software",
        ),
    ],
)
def test_it_names_the_employer(sender: str, subject: str, text: str, sign: str, expected: str) -> None:
    assert _company(sender, subject, text, sign) == expected


@pytest.mark.parametrize(
    ("language", "sender", "text", "sign", "expected"),
    [
        ("de", "K <k@nordlicht-energie.example>", "", "Katrin Größl\nPersonalreferentin\nNordlicht Energie GmbH", "Nordlicht Energie"),
        ("de", "M <m@mueller-bau.example>", "wir bei der Müller Bau freuen uns", "Max Müller\nGeschäftsführer\nMüller Bau GmbH & Co. KG", "Müller Bau"),
        ("de", "S <s@kita-sonnenhof.example>", "in unserer Kita Sonnenhof", "Sabine Kraft\nLeitung\nKita Sonnenhof", "Kita Sonnenhof"),
        ("fr", "C <c@sevigny-conseil.example>", "", "Chloé MARCHAND\nAssistante de direction - Groupe Sévigny Conseil", "Groupe Sévigny Conseil"),
        ("fr", "A <a@boulangerie-dupre.example>", "", "Aline Dupré\nBoulangerie Dupré", "Boulangerie Dupré"),
        ("es", "B <b@olivardigital.example>", "", "Begoña\nPeople & Talent | Olivar Digital S.L.", "Olivar Digital"),
        ("es", "L <l@clinicaroble.example>", "te escribo desde Clínica Roble", "Lucía\nClínica Roble", "Clínica Roble"),
    ],
)  # fmt: skip
def test_it_names_employers_elsewhere(
    language: str, sender: str, text: str, sign: str, expected: str
) -> None:
    assert _company(sender, "Interview", text, sign, language=language) in {
        expected,
        expected.removeprefix("Groupe "),
    }


@pytest.mark.parametrize(
    ("sender", "subject", "text", "expected"),
    [
        (
            "Marrow Labs Hiring Team <no-reply@ashbyhq.com>",
            "Interview with Marrow Labs",
            "Please book your interview.",
            "Marrow Labs",
        ),
        (
            "Dominion Rail <dominionrail@myworkday.com>",
            "Interview",
            "Your interview for R-20931 Data Scientist II",
            "Dominion Rail",
        ),
        (
            "Beacon Street Labs Recruiting <no-reply@us.greenhouse-mail.io>",
            "Your interview",
            "",
            "Beacon Street Labs",
        ),
        ("Oriole <notification@smartrecruiters.com>", "Interview at Oriole", "", "Oriole"),
        (
            "Ines Duarte <ines.duarte.4f2@us.greenhouse-mail.io>",
            "Interview with Copper Kettle Foods",
            "Ines from Copper Kettle Foods here.",
            "Copper Kettle Foods",
        ),
    ],
)
def test_it_never_takes_the_system_for_the_employer(
    sender: str, subject: str, text: str, expected: str
) -> None:
    assert _company(sender, subject, text) == expected


@pytest.mark.parametrize(
    ("sender", "subject", "text", "sign", "expected"),
    [
        (
            "Maria Lopez <maria.lopez88@gmail.com>",
            "Interview",
            "Hi, Maria from Copper Kettle Bakery. Can you come in Tuesday?",
            "",
            "Copper Kettle Bakery",
        ),
        (
            "Gary Stubbs <gstubbs@btinternet.com>",
            "plasterer job",
            "come and see us thursday",
            "Gary Stubbs\nStubbs & Sons Plastering Ltd",
            "Stubbs & Sons Plastering",
        ),
        ("Gary Stubbs <gstubbs@btinternet.com>", "job", "come and see me thursday about the job", "Gary", ""),
    ],
)
def test_it_reads_a_small_employers_name_at_a_private_mailbox(
    sender: str, subject: str, text: str, sign: str, expected: str
) -> None:
    assert _company(sender, subject, text, sign) == expected


def test_it_names_the_client_where_an_agency_writes() -> None:
    text = "Hi Dana, my client, Ferrous Marine, would like to interview you for the Payroll Officer role on Tuesday."
    (candidacy,) = found(
        letter(
            "m",
            "t",
            "Kim Boyd <kim@boydrecruitment.example>",
            "Payroll Officer",
            text,
            INVITED,
            sign="Kim Boyd\nBoyd Recruitment",
            timed=True,
        )
    )
    assert (candidacy.company, candidacy.agency) == ("Ferrous Marine", "Boyd Recruitment")


def test_it_names_the_agency_where_the_client_stays_secret() -> None:
    text = "Hi Dana, our client, a leading retailer, wants to interview you for the Payroll Officer role on Tuesday."
    (candidacy,) = found(
        letter(
            "m",
            "t",
            "Kim Boyd <kim@boydrecruitment.example>",
            "Payroll Officer",
            text,
            INVITED,
            sign="Kim Boyd\nBoyd Recruitment",
            timed=True,
        )
    )
    assert (candidacy.company, candidacy.agency) == ("Boyd Recruitment", "Boyd Recruitment")


def test_it_lets_the_most_consistent_name_win_over_a_disclaimer() -> None:
    sign = "Kath Swales\nHR Advisor\nBrightholme Logistics Ltd\nRegistered office: Unit 9, Trent Way. Part of Ulverton Holdings plc."
    assert (
        _company("Kath <k@brightholmelogistics.example>", "Shift Manager interview - Brightholme", "", sign)
        == "Brightholme Logistics"
    )


def test_it_keeps_the_agencys_own_invitations_together_with_the_users_answer() -> None:
    readings = (
        letter(
            "a", "t", "Jo <jo@larkspur.example>", "Interview", "", INVITED, sign="Jo\nLarkspur", timed=True
        ),
        mine("b", "t", "jo@larkspur.example", "Thanks, at Google I did the same.", day=1),
    )
    assert found(*readings)[0].company == "Larkspur"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Brightholme Logistics Ltd", "Brightholme", True), ("Olivar Digital S.L.", "Olivar Digital", True), ("Pine & Poole", "Pine and Poole Furniture", True),
        ("Acme", "Acme Corp", True), ("Maplewood", "Mapleton", False), ("Brightmoor", "Brightmoor Careers", True), ("Tern", "Ternary Systems", False), ("", "Acme", False),
    ],
)  # fmt: skip
def test_it_compares_names_without_legal_forms(one: str, other: str, same: bool) -> None:
    assert same_company(one, other) is same


def test_it_takes_a_domain_apart_as_a_last_resort() -> None:
    assert domain_name("mail.beacon-street.example") == "Beacon Street"
    assert domain_name("lumenfold.example") == "Lumenfold"


@pytest.mark.parametrize(
    "flood",
    ["at Acme " * 40_000, "A" * 400_000, "Acme & " * 50_000, "b" * 100_000 + "@x.example "],
    ids=lambda text: text[:12],
)
def test_it_reads_hostile_text_in_no_time(flood: str) -> None:
    began = time.process_time()
    _company(f'"{flood[:900]}" <x@acme.example>', flood, flood, flood)
    assert time.process_time() - began < 2
    assert company.letters("É") == "e"


@pytest.mark.parametrize(
    ("sender", "text", "language", "expected"),
    [
        ("M <m@moulin-albret.example>", "pour le poste au Moulin d'Albret, jeudi", "fr", "Moulin d'Albret"),
        ("M <m@caveduloir.example>", "un poste à la Cave du Loir. Je vous", "fr", "Cave du Loir"),
        (
            "M <m@thornwick-borough.example>",
            "a post with Thornwick Borough. I would like",
            "en",
            "Thornwick Borough",
        ),
        ("M <m@pennant.example>", "you applied to Pennant Marine. Ann will call", "en", "Pennant Marine"),
    ],
)
def test_it_ends_a_name_at_a_full_stop_and_not_at_an_apostrophe(
    sender: str, text: str, language: str, expected: str
) -> None:
    assert _company(sender, "", text, language=language) == expected


def test_it_takes_a_recruiting_department_for_the_house_itself() -> None:
    (one,) = found(
        letter("a", "t", "K <k@elmford-borough.example>", "Interview", "a post with Elmford Borough. I would like to invite you",
               INVITED, sign="Elmford Borough Recruitment", timed=True),
        mine("b", "t", "k@elmford-borough.example", "Thank you", day=0.1),
    )  # fmt: skip
    assert (one.company, one.agency) == ("Elmford Borough", "")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ich schreibe im Auftrag von Herrn Tiede und lade Sie ein.", "de"),
        ("ich lade Sie im Auftrag der Geschäftsführung ein.", "de"),
        ("I write on behalf of Mr Dale to invite you.", "en"),
        ("On behalf of the whole team, do come in.", "en"),
        ("Je vous convie pour le compte de Mme Duval.", "fr"),
        ("Le escribo en nombre de la Sra. Ortega.", "es"),
    ],
)
def test_it_takes_nobody_with_a_salutation_for_a_company(text: str, language: str) -> None:
    assert (
        _company("Ann Sievers <a.sievers@osterwerke.example>", "", text, "Osterwerke AG", language=language)
        == "Osterwerke"
    )
