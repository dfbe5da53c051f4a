"""Joining at its edges: what decides between two that fit, what forbids, and what is another business."""

from __future__ import annotations

import pytest

from agent.core.model import Candidacy, Reading
from tests.core.post import INVITED, found, invite, letter, mine, note

ANN = "Ann Lee <ann.lee@acmewidgets.example>"
BO = "Bo Ray <bo.ray@acmewidgets.example>"
CY = "Cy Doe <cy.doe@acmewidgets.example>"
REFUSED = ("rejection", "job_topic")
RECEIVED = ("acknowledgement", "job_topic")


def interview(
    thread: str, sender: str = ANN, position: str = "Data Engineer", *, day: float = 0, house: str = "Acme Widgets"
) -> Reading:  # fmt: skip
    return letter(
        f"{thread}-1", thread, sender, f"Interview - {position}" if position else "Interview", "Tuesday at 2?", INVITED,
        day=day, sign=f"{sender.partition(' <')[0]}\n{house}" if house else "", timed=True,
    )  # fmt: skip


def threads(candidacies: tuple[Candidacy, ...]) -> list[set[str]]:
    return [set(c.thread_ids) for c in candidacies]


def by(candidacy: Candidacy) -> dict[str, str]:
    return {link.thread_id: link.by for link in candidacy.links}


# ── how long ago ──


@pytest.mark.parametrize(("days", "joins"), [(240, True), (241, False)])
def test_it_takes_in_what_came_up_to_eight_months_before(days: float, joins: bool) -> None:
    early = letter("z", "t0", BO, "Your application", "Thank you for it.", RECEIVED, day=-days)
    late = letter("y", "t0", BO, "Your application", "We are still looking at it.", RECEIVED, day=-days)
    assert threads(found(early, interview("t1"))) == ([{"t0", "t1"}] if joins else [{"t1"}])
    assert threads(found(late, interview("t1"))) == ([{"t0", "t1"}] if joins else [{"t1"}])


def test_it_counts_the_months_from_the_last_mail_of_a_thread() -> None:
    old = letter("y", "t0", BO, "Your application", "Thank you for it.", RECEIVED, day=-300)
    new = letter("z", "t0", BO, "Your application", "We are looking at it.", RECEIVED, day=-5)
    assert threads(found(old, new, interview("t1"))) == [{"t0", "t1"}]


# ── the user's word ──


def test_it_lets_the_user_keep_a_thread_out() -> None:
    other = letter("b", "t2", BO, "Thursday", "We went another way, sorry.", REFUSED, day=3)
    assert threads(found(interview("t1"), other)) == [{"t1", "t2"}]
    assert threads(found(interview("t1"), other, notes=[note("split", "t1", value="t2")])) == [{"t1"}]
    assert threads(found(interview("t1"), other, notes=[note("split", "t1", value="t9")])) == [{"t1", "t2"}]


# ── why each thread is there ──


def test_it_says_of_a_later_thread_why_it_joined_and_leaves_the_first_as_it_is() -> None:
    (one,) = found(
        interview("t1"),
        letter("b", "t2", BO, "Thursday", "Could you send two references?", ("question", "job_topic"), day=3),
        letter("c", "t3", BO, "Re: Thursday", "And a photo?", ("question",), answers="b", day=4),
    )
    assert by(one) == {"t1": "thread", "t2": "employer", "t3": "references"}


def test_it_says_of_an_earlier_thread_why_it_joined_and_leaves_the_candidacys_own_as_it_is() -> None:
    (one,) = found(
        letter("y", "t8", BO, "Your application", "Thank you for it.", RECEIVED, day=-9),
        letter("z", "t9", BO, "Re: Your application", "We are reading it.", RECEIVED, answers="y", day=-8),
        interview("t1"),
        letter("a", "t2", CY, "Re: Interview", "Room 4.", ("confirmation",), answers="t1-1", day=1),
    )
    assert by(one) == {"t8": "employer", "t9": "references", "t1": "thread", "t2": "references"}


def test_it_says_so_too_where_the_fuller_of_two_invitations_came_later() -> None:
    (one,) = found(interview("t1", position=""), interview("t2", BO, "Data Engineer", day=1))
    assert by(one) == {"t1": "employer", "t2": "thread"}


# ── two that fit equally well ──


def acme_and_otway() -> tuple[Reading, ...]:
    return (
        interview("t1"),
        interview("t2", BO, "Office Manager", day=1),
        interview("t3", "Eve Low <eve@otwayfoods.example>", "Baker", day=2, house="Otway Foods"),
    )


def in_doubt(candidacies: tuple[Candidacy, ...]) -> set[str]:
    return {c.anchor_thread_id for c in candidacies if c.needs_review}


def test_it_doubts_an_invitation_that_names_no_position_and_the_two_it_could_belong_to() -> None:
    all_of_them = found(*acme_and_otway(), interview("t4", CY, "", day=3), interview("t5", CY, "", day=4))
    assert in_doubt(all_of_them) == {"t1", "t2", "t4"}
    assert {c.anchor_thread_id for c in all_of_them} == {"t1", "t2", "t3", "t4"}
    for candidacy in all_of_them:
        assert [d for d in candidacy.needs_review if "Acme Widgets" in d] == list(candidacy.needs_review)
        assert len(candidacy.needs_review) <= 1


@pytest.mark.parametrize(
    ("says", "doubted"),
    [(REFUSED, {"t1", "t2"}), (("offer", "job_topic"), {"t1", "t2"}), (("thank_you", "job_topic"), set())],
)
def test_it_doubts_the_two_that_weighty_news_could_belong_to(
    says: tuple[str, ...], doubted: set[str]
) -> None:
    news = [letter(f"n{i}", f"n{i}", CY, "News", "There is news.", says, day=5 + i) for i in range(2)]
    after = found(*acme_and_otway(), *news)
    assert in_doubt(after) == doubted
    assert all(len(c.needs_review) <= 1 and len(c.thread_ids) == 1 for c in after)


def test_it_doubts_both_where_the_news_came_between_their_beginnings() -> None:
    news = letter("n", "n", CY, "News", "There is news.", REFUSED, day=0.5)
    assert in_doubt(found(*acme_and_otway(), news)) == {"t1", "t2"}


def test_it_doubts_the_two_that_a_calendar_entry_could_belong_to() -> None:
    entry = letter("n", "n", CY, "Dana / Cy", "", invites=[invite("Dana / Cy", CY)], day=5)
    assert in_doubt(found(*acme_and_otway(), entry)) == {"t1", "t2"}


def test_it_says_this_employer_where_no_name_is_known() -> None:
    al = "Al <al.stone@gmail.com>"
    invited = (interview("t1", al, "Baker", house=""), interview("t2", al, "Porter", day=1, house=""))
    refused = letter("n", "n", al, "Sorry", "We went another way.", REFUSED, day=5)
    assert [c.needs_review and "this employer" in c.needs_review[0] for c in found(*invited, refused)] == [
        True,
        True,
    ]


# ── which of several positions ──


def refusals(*titles: str, day: float = 5) -> list[Reading]:
    return [
        letter(f"r{i}", f"r{i}", "Acme Widgets <no-reply@ashbyhq.com>", "Your application", f"about the {title} position", ("ats", *REFUSED), day=day + i)
        for i, title in enumerate(titles)
    ]  # fmt: skip


def test_it_takes_in_the_refusal_of_the_only_position_spoken_of() -> None:
    (one,) = found(interview("t1", position=""), *refusals("Data Engineer", "Data Engineer"))
    assert set(one.thread_ids) == {"t1", "r0", "r1"}
    assert not one.needs_review


def test_it_doubts_the_only_candidacy_where_refusals_of_several_positions_come_after_it() -> None:
    """One of them may well be its own: nothing is drafted until the user has looked."""
    (one,) = found(interview("t1", position=""), *refusals("Data Engineer", "Office Manager"))
    assert set(one.thread_ids) == {"t1"}
    assert one.needs_review
    (later,) = found(interview("t1", position=""), *refusals("Data Engineer", "Office Manager", day=-9))
    assert not later.needs_review


def test_it_takes_in_the_receipt_where_another_employer_sent_one_for_another_position() -> None:
    elsewhere = letter("z", "z", "Otway Foods <no-reply@ashbyhq.com>", "Your application", "about the Baker position", ("ats", *REFUSED), day=5)  # fmt: skip
    (one,) = found(interview("t1", position=""), *refusals("Data Engineer"), elsewhere)
    assert set(one.thread_ids) == {"t1", "r0"}


def test_it_keeps_to_its_own_position_though_refusals_of_others_come() -> None:
    (one,) = found(interview("t1"), *refusals("Office Manager", "Data Engineer"))
    assert set(one.thread_ids) == {"t1", "r1"}
    assert not one.needs_review


# ── mail that says little ──


def test_it_leaves_a_known_persons_newsletter_out() -> None:
    news = letter("n", "t2", ANN, "What we did in May", "Read on.", ("list_mail", "job_topic"), day=2)
    plain = letter("n", "t2", ANN, "What we did in May", "Read on.", day=2)
    assert threads(found(interview("t1"), news)) == [{"t1"}]
    assert threads(found(interview("t1"), plain)) == [{"t1", "t2"}]


def test_it_leaves_a_strangers_smalltalk_from_the_house_out() -> None:
    assert threads(found(interview("t1"), letter("n", "t2", BO, "Parking", "Gate 4.", day=2))) == [{"t1"}]


def test_it_counts_the_users_own_letter_to_another_of_the_house_in() -> None:
    thanks = mine("n", "t2", BO, "Thank you for the talk.", ("thank_you", "interview_topic"), day=3)
    assert threads(found(interview("t1"), thanks)) == [{"t1", "t2"}]


def test_it_takes_a_calendar_entry_from_the_houses_robot_in() -> None:
    robot = "Acme Widgets <noreply@acmewidgets.example>"
    entry = letter("n", "t2", robot, "Booked", "", invites=[invite("Room 4", robot)], day=2)
    assert threads(found(interview("t1"), entry)) == [{"t1", "t2"}]


@pytest.mark.parametrize(
    ("says", "joins"),
    [
        (("rejection",), False),
        (("rejection", "job_topic"), False),
        (("rejection", "interview_topic"), True),
        (("rejection", "?interview_topic"), False),
        (("position_closed",), True),
        (("next_round",), True),
    ],
)
def test_it_takes_a_banks_no_to_a_customer_for_none_to_an_applicant(
    says: tuple[str, ...], joins: bool
) -> None:
    clerk = letter("n", "t2", BO, "News", "We have to decline your application for a loan.", says, day=2)
    assert threads(found(interview("t1"), clerk)) == ([{"t1", "t2"}] if joins else [{"t1"}])


# ── threads that are a candidacy only together ──


def halves(*, zed: str = "") -> tuple[Reading, ...]:
    return (
        mine("a", "t1", ANN, "Here is my application for Data Engineer.", ("job_topic",), cc=zed),
        letter("b", "t2", ANN, "Dana / Ann", "", invites=[invite("Dana / Ann", ANN, zed)], day=1),
    )


def test_it_makes_one_candidacy_of_two_halves_and_not_one_for_each_house_in_them() -> None:
    assert threads(found(*halves())) == [{"t1", "t2"}]
    assert threads(found(*halves(zed="Zed Fox <zed@zetafoods.example>"))) == [{"t1", "t2"}]


def test_it_makes_none_of_two_halves_that_the_user_took_apart() -> None:
    assert found(*halves(), notes=[note("split", "t1", value="t2")]) == ()
    assert threads(found(*halves(), notes=[note("split", "t1", value="t3")])) == [{"t1", "t2"}]


def test_it_makes_none_of_what_the_same_house_writes_about_two_jobs() -> None:
    apart = (
        letter("a", "t1", ANN, "Your CV", "We like your application for Data Engineer.", ("job_topic",)),
        letter("b", "t2", BO, "Office Manager", "", ("job_topic",)),
    )
    assert found(*apart) == ()
