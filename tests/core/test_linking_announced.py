"""Somebody of another house goes on: whom the other side announced by full name, and who answers for it."""

from agent.core.model import Candidacy, Reading
from tests.core.post import INVITED, found, letter, mine

_NOLAN = "Nolan Birch <nolan.birch@ferndalehotels.example>"
_TEXT = "Dana, the Night Auditor position is at The Larches. Ines Corwen, who runs the desk there, will see you Tuesday at 2."


def _house(text: str = _TEXT) -> tuple[Reading, ...]:
    return (
        letter("a", "t1", _NOLAN, "Night Auditor at Ferndale Hotels", text, INVITED, timed=True),
        mine("b", "t1", "nolan.birch@ferndalehotels.example", "Tuesday at 2 is fine", day=0.1),
    )


def _desk(sender: str, text: str, *, says: tuple[str, ...] = ("job_topic", "interview_topic")) -> Reading:
    return letter("c", "t2", sender, "tuesday", text, says, day=1)


def _sets(candidacies: tuple[Candidacy, ...]) -> list[set[str]]:
    return [set(c.thread_ids) for c in candidacies]


_INES = "Ines Corwen <ines@thelarches.example>"
_SAID = "Nolan Birch gave me your address. About the Night Auditor position: use the side door."


def test_it_joins_the_interviewer_of_a_sister_house_whom_the_first_mail_announced() -> None:
    (one,) = found(
        *_house(), _desk(_INES, _SAID), mine("d", "t2", "ines@thelarches.example", "Thanks", day=1.1)
    )
    assert set(one.thread_ids) == {"t1", "t2"}
    assert "ines@thelarches.example" in {c.address.email for c in one.contacts}


def test_it_joins_a_client_whom_the_agency_writes_in_small_letters() -> None:
    agency = letter(
        "a",
        "t1",
        "Milo Ash <milo@corvidpeople.example>",
        "Payroll Clerk, Tarn Ceramics",
        "hi dana, tarn ceramics want to meet you for the Payroll Clerk role at their kiln works. Jo Pell will write.",
        INVITED,
        sign="Milo Ash\nCorvid People",
        timed=True,
    )
    client = letter(
        "c",
        "t2",
        "Pell, Jo <jo.pell@tarn-ceramics.example>",
        "Payroll Clerk - your visit",
        "Your interview for the position of Payroll Clerk is confirmed.",
        INVITED,
        day=1,
        sign="Jo Pell\nTarn Ceramics",
        timed=True,
    )
    (one,) = found(agency, mine("b", "t1", "milo@corvidpeople.example", "Yes", day=0.1), client)
    assert set(one.thread_ids) == {"t1", "t2"}
    assert one.company == "Tarn Ceramics"
    assert one.position == "Payroll Clerk"


def test_it_does_not_join_somebody_whom_nobody_announced() -> None:
    stranger = _desk("Petra Holm <petra@thelarches.example>", _SAID, says=INVITED)
    assert {"t1", "t2"} not in _sets(found(*_house(), stranger))


def test_it_does_not_join_an_announced_name_that_answers_for_nobody() -> None:
    silent = _desk(_INES, "About the Night Auditor position: use the side door.", says=INVITED)
    assert {"t1", "t2"} not in _sets(found(*_house(), silent))


def test_it_does_not_join_an_announced_person_about_another_position() -> None:
    other = _desk(
        _INES, "Nolan Birch gave me your address. About the Sous Chef position: come by.", says=INVITED
    )
    assert {"t1", "t2"} not in _sets(found(*_house(), other))


def test_it_does_not_join_an_announced_name_at_a_look_alike_domain() -> None:
    false = _desk("Ines Corwen <ines@ferndalehotels-careers.example>", _SAID, says=INVITED)
    assert not any(
        "ines@ferndalehotels-careers.example" in {k.address.email for k in c.contacts}
        for c in found(*_house(), false)
    )
