"""Positions as employers write them, in many trades and four languages; and words that are none."""

import time

import pytest

from agent.core.people import position
from agent.core.people.titles import compatible, essence
from tests.core.post import invite, letter

PEOPLE = frozenset({"dana kim"})


def _position(subject: str, text: str = "", language: str = "en", summary: str = "") -> str:
    events = (invite(summary, "HR <hr@x.example>"),) if summary else ()
    reading = letter("m", "t", "hr@x.example", subject, text, language=language, invites=events)
    return position.best([(mention, 1.0) for mention in position.mentions(reading, PEOPLE)])


@pytest.mark.parametrize(
    ("subject", "text", "expected"),
    [
        ("Phone interview - Product Analyst at Tidewater", "", "Product Analyst"),
        ("Interview: Staff Nurse (Band 5), Ward 7", "", "Staff Nurse (Band 5), Ward 7"),
        ("Invitation to interview - Teaching Assistant", "", "Teaching Assistant"),
        ("Interview for Head of Marketing", "", "Head of Marketing"),
        ("Museum Porter (ref: MU/2044)", "", "Museum Porter"),
        ("Tram Driver (TD/118)", "shortlisted for Tram Driver (TD/118) at the depot", "Tram Driver"),
        ("Town Clerk (our ref 77/AB)", "", "Town Clerk"),
        ("taxidermist position at Holm Museum", "", "Taxidermist"),
        ("luthier vacancy - Alder Strings", "", "Luthier"),
        ("first position at Holm Museum", "", ""),
        ("earlier position in Leeds", "", ""),
        ("shortlist position", "", ""),
        ("Interview with Dana Kim - Senior UX Designer", "", "Senior UX Designer"),
        ("Dana Kim <> Oakridge: Software Engineer II", "", "Software Engineer II"),
        ("Your application: Warehouse Operative / Forklift Driver", "", "Warehouse Operative"),
        ("Re: Fwd: Line cook position", "", "Line cook"),
        ("Trial shift - Barista", "", "Barista"),
        ("Chef de Partie - trial shift Saturday", "", "Chef de Partie"),
        ("[External] Interview Confirmation: Registered Nurse - ICU (Req #44321)", "", "Registered Nurse"),
        (
            "Interview confirmation",
            "We look forward to meeting you for the post of Assistant Librarian on Tuesday.",
            "Assistant Librarian",
        ),
        (
            "Next steps",
            "Thanks for applying to be a delivery driver with us. Can you come in on Friday?",
            "Delivery Driver",
        ),
        (
            "Your interview",
            "We would like to interview you for the role of Quantity Surveyor at our Leeds office.",
            "Quantity Surveyor",
        ),
        (
            "Interview",
            "Following your application for Lecturer in Marine Biology, the panel would like to meet you.",
            "Lecturer in Marine Biology",
        ),
        ("Job", "hi dana, saw ur cv for the dog groomer job. can u pop in weds at 4?", "Dog Groomer"),
        (
            "HVAC tech",
            "Are you still looking? I need an HVAC technician, come by the shop Thursday 8am.",
            "HVAC tech",
        ),
        (
            "Interview invitation – Senior Accountant (Maternity Cover)",
            "",
            "Senior Accountant (Maternity Cover)",
        ),
        ("Vice President, Investor Relations - interview schedule", "", "Vice President, Investor Relations"),
        ("Quick chat about the Staff Engineer, Platform role", "", "Staff Engineer, Platform"),
        (
            "Screening call",
            "This is regarding your application for our Customer Success Manager (EMEA) opening.",
            "Customer Success Manager (EMEA)",
        ),
        ("Interview", "Position: Pastry Chef\nLocation: Galway\nWhen: Monday 10am", "Pastry Chef"),
        ("Forklift Driver interview Tuesday 10am", "", "Forklift Driver"),
        ("Interview: QA Engineer | Marlowe Systems", "", "QA Engineer"),
        ("2nd interview - Paralegal", "", "Paralegal"),
        ("Postdoctoral Fellow in Glaciology: interview", "", "Postdoctoral Fellow in Glaciology"),
        (
            "Updated invitation: Panel interview, Data Engineer @ Thu Apr 9, 2026 10am - 11am (EDT) (dana.kim@gmail.example)",
            "",
            "Data Engineer",
        ),
        ("interview", "You applied for electrician apprentice. Can you do Monday?", "Electrician Apprentice"),
        ("Interview for GP Receptionist vacancy", "", "GP Receptionist"),
        ("Interview for the position of Deputy Head Teacher", "", "Deputy Head Teacher"),
        (
            "Thanks for applying!",
            "Thank you for applying for our Field Service Engineer vacancy.",
            "Field Service Engineer",
        ),
        ("Onsite: Machine Learning Engineer, Ranking (JR-002341)", "", "Machine Learning Engineer, Ranking"),
        ("Re: Veterinary Nurse", "Could you come for an interview on the 4th?", "Veterinary Nurse"),
        ("Acme Corp | Interview | Sr. Software Engineer", "", "Sr. Software Engineer"),
        (
            "Interview",
            "I'm the Engineering Manager for Payments and I'd like to interview you for our Site Reliability Engineer opening.",
            "Site Reliability Engineer",
        ),
        (
            "Hello",
            "I am a recruiter at Acme and saw your application for the Tax Analyst position. You would report to the Head of Tax.",
            "Tax Analyst",
        ),
        (
            "Interview with Jane Smith, Head of Design",
            "You will meet Jane for the Senior Product Designer role.",
            "Senior Product Designer",
        ),
        ("Call Center Representative", "Please join the call.", "Call Center Representative"),
        (
            "Interview Friday",
            "looking for someone to run the front desk. You'd be our weekend receptionist.",
            "Weekend Receptionist",
        ),
        ("WAREHOUSE ASSOCIATE INTERVIEW", "", "Warehouse Associate"),
        ("Invitation: Dana Kim / Finch & Partners (Executive Assistant)", "", "Executive Assistant"),
    ],
)
def test_it_finds_the_position(subject: str, text: str, expected: str) -> None:
    assert _position(subject, text) == expected


@pytest.mark.parametrize(
    ("language", "subject", "text", "expected"),
    [
        ("de", "Einladung zum Vorstellungsgespräch als Bauleiterin (w/m/d)", "", "Bauleiterin"),
        ("de", "Ihre Bewerbung als Sachbearbeiter Einkauf - Terminvorschlag", "", "Sachbearbeiter Einkauf"),
        ("de", "Kennenlernen", "vielen Dank für Ihre Bewerbung auf die Stelle als Erzieherin in unserer Kita.", "Erzieherin"),
        ("de", "Vorstellungsgespräch Pflegefachkraft (m/w/d) Station 3", "", "Pflegefachkraft Station 3"),
        ("de", "Termin", "wir würden Sie gern zum Gespräch für die Position Leiter Controlling einladen.", "Leiter Controlling"),
        ("de", "AW: Bewerbung", "danke für deine Bewerbung als Softwareentwickler bei uns!", "Softwareentwickler"),
        ("de", "Einladung zum Kennenlernen: Fachinformatiker für Systemintegration (Kennziffer 2026-114)", "", "Fachinformatiker für Systemintegration"),
        ("de", "Probearbeiten", "du hast dich als Koch bei uns beworben, magst du am Samstag zum Probearbeiten kommen?", "Koch"),
        ("de", "Einladung zum Vorstellungsgespräch – Stelle Nr. 4711 Ingenieur Wasserbau", "", "Ingenieur Wasserbau"),
        ("de", "Einladung", "Sie für die Stelle der stellvertretenden Kita-Leitung kennenzulernen", "Stellvertretende Kita-Leitung"),
        ("de", "Vorstellungsgespräch Ausbildung zur Tischlerin", "", "Tischlerin"),
        ("fr", "Entretien pour le poste de Chargée de communication (H/F)", "", "Chargée de communication"),
        ("fr", "Votre candidature", "Nous avons bien reçu votre candidature au poste d'aide-soignant et souhaitons vous rencontrer.", "Aide-Soignant"),
        ("fr", "Proposition d'entretien - Développeur Python", "", "Développeur Python"),
        ("fr", "Convocation", "Vous êtes convoqué à un entretien pour le poste de Responsable logistique à Lille.", "Responsable logistique"),
        ("fr", "Entretien Comptable fournisseurs - mardi 10h", "", "Comptable fournisseurs"),
        ("es", "Entrevista para el puesto de Técnico de laboratorio", "", "Técnico de laboratorio"),
        ("es", "Proceso de selección - Administrativa contable", "", "Administrativa contable"),
        ("es", "Tu candidatura", "hemos visto tu candidatura para la vacante de Jefe de sala en nuestro restaurante.", "Jefe de sala"),
        ("es", "Entrevista Camarero/a", "", "Camarero/a"),
    ],
)  # fmt: skip
def test_it_reads_positions_in(language: str, subject: str, text: str, expected: str) -> None:
    assert _position(subject, text, language) == expected


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Maplewood phone screen", "I'd like to set up a call next week."),
        ("Hello", "Thank you for the interview yesterday, it was great to meet the team."),
        ("Next steps", "Our hiring manager will be in touch about the next round."),
        ("Invite: Hiring Manager Interview", ""),
        ("Interview prep", "Our interviewers: Sara (Staff Engineer), Tim (Engineering Manager)"),
        ("Interview on Thursday", "You will meet our Head of Product and the CTO."),
        ("Second interview", "Are you the right candidate for this role? We think so."),
        ("Dana Kim - interview", "Please bring your ID for the interview."),
        ("Your application", "We have filled the position."),
        ("Availability", "What is your availability for the first interview?"),
        ("Thank you for applying to Beacon Street Labs", "We will review your application."),
        ("Vorstellungsgespräch am 12. Mai", "Wir freuen uns, Sie kennenzulernen."),
        ("", ""),
    ],
)
def test_it_rather_knows_no_position(subject: str, text: str) -> None:
    assert _position(subject, text) == ""


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Data Scientist, Forecasting", "Data Scientist", True),
        ("Backend Developer", "Backend Engineer", True),
        ("Sr. Data Analyst", "Senior Data Analyst", True),
        ("Product Manager", "PM", True),
        ("Entwickler (m/w/d)", "Entwickler", True),
        ("", "Nurse", True),
        ("Data Scientist, Forecasting", "Data Scientist, Pricing", False),
        ("Night Porter", "Receptionist", False),
        ("Store Manager", "Store Assistant", False),
    ],
)
def test_it_tells_two_positions_apart(one: str, other: str, same: bool) -> None:
    assert compatible(one, other) is same
    assert compatible(other, one) is same


def test_it_prefers_the_invitations_words_to_a_nickname_of_the_role() -> None:
    assert (
        _position(
            "Ledger role",
            "the Backend Engineer (Ledger) position on my team",
            summary="Interview: Backend Engineer (Ledger) - Dana Kim",
        )
        == "Backend Engineer (Ledger)"
    )


def test_it_ignores_requisition_numbers_and_gender_marks() -> None:
    assert essence("Data Analyst (m/w/d)") == essence("data analyst")
    assert _position("Interview - R-20931 Data Scientist (Job ID: 8812)") == "Data Scientist"


@pytest.mark.parametrize(
    "flood",
    [
        "for the " * 40_000,
        "(" * 100_000,
        "a" * 500_000,
        "interview for " * 30_000,
        "x - " * 100_000,
        "Role: " + "A " * 100_000,
    ],
    ids=lambda text: text[:14],
)
def test_it_reads_hostile_text_in_no_time(flood: str) -> None:
    began = time.process_time()
    _position(flood, flood)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("subject", "text", "language", "expected"),
    [
        ("Ausschreibung Archivar, GZ 12-4/2026", "", "de", "Archivar"),
        ("Stellenausschreibung Hausmeister (Az. 7.11/3)", "", "de", "Hausmeister"),
        ("Plaza enfermera de noche (curso 26/27)", "", "es", "Enfermera de noche"),
        ("Vacancy no. 441 Park Ranger", "", "en", "Park Ranger"),
        ("Avis de vacance n° 12 : cuisinier", "", "fr", "Cuisinier"),
    ],
)
def test_it_takes_no_word_of_administration_into_a_title(
    subject: str, text: str, language: str, expected: str
) -> None:
    assert _position(subject, text, language) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Ton dossier pour le poste de technicienne de labo m'a été passé.", "fr", "Technicienne de labo"),
        ("Le poste de menuisier s'est libéré.", "fr", "Menuisier"),
        ("El puesto de mozo de almacén sigue libre.", "es", "Mozo de almacén"),
        ("Die Stelle als Tischlerin wurde frei.", "de", "Tischlerin"),
        ("It is about the position of Night Porter that came up.", "en", "Night Porter"),
        ("got your cv for the chef de partie job off niamh", "en", "Chef de Partie"),
    ],
)
def test_it_ends_a_title_where_a_clause_begins(text: str, language: str, expected: str) -> None:
    assert _position("hello", text, language) == expected
