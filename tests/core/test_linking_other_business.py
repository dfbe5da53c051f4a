"""Mail of the employer's house that is about something else never joins, nor do its times count."""

import pytest

from agent.core.model import Reading
from tests.core.post import INVITED, found, letter, mine

_HOUSE = "Bev Tarn <bev.tarn@elmhospital.example>"


def _house() -> tuple[Reading, ...]:
    return (
        letter("a", "t1", _HOUSE, "Physiotherapist interview", "Tuesday at 2?", INVITED, timed=True),
        mine("b", "t1", "bev.tarn@elmhospital.example", "Yes", ("acceptance",), day=0.1),
    )


def _threads(*more: Reading) -> set[str]:
    (one,) = found(*_house(), *more)
    return set(one.thread_ids)


@pytest.mark.parametrize(
    ("sender", "subject", "says"),
    [
        (
            "Outpatients <noreply@elmhospital.example>",
            "Your appointment",
            ("invitation", "availability_request"),
        ),
        ("Elm Parking <no-reply@elmhospital.example>", "Your permit expires", ("invitation", "confirmation")),
        ("Library <library@elmhospital.example>", "A book waits for you", ("confirmation", "?job_topic")),
        ("Patient Billing <billing@elmhospital.example>", "Your payment plan", ("holding", "question")),
        ("R. Huber <r.huber@elmhospital.example>", "Hearing on your complaint", ("?job_topic",)),
    ],
)
def test_it_leaves_other_business_alone(sender: str, subject: str, says: tuple[str, ...]) -> None:
    assert _threads(letter("c", "t2", sender, subject, "On 21 May.", says, day=5)) == {"t1"}


@pytest.mark.parametrize(
    ("sender", "text", "says"),
    [
        ("Elm <noreply@elmhospital.example>", "About your interview.", ("invitation", "interview_topic")),
        ("Elm <noreply@elmhospital.example>", "Bev Tarn expects you at gate 2.", ("invitation",)),
        ("Bookings <bookings@elmhospital.example>", "Thank you for applying.", ("acknowledgement",)),
        ("Jo Lane <jo.lane@elmhospital.example>", "We will let you know.", ("holding",)),
    ],
)
def test_it_joins_what_speaks_of_the_candidacy(sender: str, text: str, says: tuple[str, ...]) -> None:
    assert _threads(letter("c", "t2", sender, "Tuesday", text, says, day=1)) == {"t1", "t2"}


def test_it_joins_a_robot_that_names_the_very_time() -> None:
    robot = letter(
        "c", "t2", "Elm <noreply@elmhospital.example>", "Booked", "2 pm", ("invitation",), timed=True
    )
    assert _threads(robot) == {"t1", "t2"}


@pytest.mark.parametrize(
    "text",
    [
        "Your parking permit is confirmed. We will be in touch about renewal.",
        "Your appointment at the eye clinic has been moved.",
        "Ihr Bauantrag wird am 20. Mai verhandelt, wir melden uns.",
        "Votre abonnement se termine, nous revenons vers vous.",
        "Su factura de mayo, le avisaremos.",
    ],
)
def test_it_leaves_alone_what_a_clerk_of_the_house_writes_to_a_customer(text: str) -> None:
    clerk = letter(
        "c", "t2", "R. Huber <r.huber@elmhospital.example>", "News", text, ("holding", "confirmation"), day=5
    )
    assert _threads(clerk) == {"t1"}


def test_it_joins_a_colleague_who_writes_of_the_interview_in_words_of_the_trade() -> None:
    text = "Bring your appointment book to the interview, we shall decide by Friday."
    clerk = letter(
        "c",
        "t2",
        "R. Huber <r.huber@elmhospital.example>",
        "News",
        text,
        ("holding", "interview_topic"),
        day=1,
    )
    assert _threads(clerk) == {"t1", "t2"}
