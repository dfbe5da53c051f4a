"""Who stands beside the user in a conversation, who comes in on their own word, and who is gone."""

from dataclasses import replace

import pytest

from agent.core.model import Address, Reading
from agent.core.people.gate import from_nowhere
from agent.core.people.genuine import NOT_ME, OWN_WORD
from agent.core.people.misdirected import misdirected
from agent.core.people.vouching import guests, vouched, written_past_me
from tests.core.post import DANA, INVITED, found, invite, letter, mine

_ANN = "Ann Poe <ann.poe@kiln.example>"
_REFUSAL = ("rejection", "job_topic")


def _talk(*more: Reading, to: str = "Dana Kim <dana.kim@gmail.example>", cc: str = "") -> tuple[Reading, ...]:
    return (
        letter(
            "a", "t1", _ANN, "Chemist at Kiln", "Hi Dana, come on Tuesday.", INVITED, to=to, cc=cc, timed=True
        ),
        mine("b", "t1", "ann.poe@kiln.example", "Yes", ("acceptance",), day=0.1),
        *more,
    )


def _writable(*readings: Reading) -> set[str]:
    [candidacy] = found(*readings)
    return {c.address.email for c in candidacy.contacts if c.may_write}


def _marks(*readings: Reading) -> dict[str, set[str]]:
    [candidacy] = found(*readings)
    rules = {OWN_WORD, NOT_ME}
    return {r.message.gmail_id: {s.rule for s in r.signals} & rules for r in candidacy.readings}


def test_it_takes_fellow_applicants_for_nobody_of_the_employers() -> None:
    all_of_us = "Dana Kim <dana.kim@gmail.example>, Tom Weld <tom@weldstudio.example>"
    answer = letter("c", "t1", "Tom Weld <tom@weldstudio.example>", "Re", "Hi Ann, I am out.", _REFUSAL, to=_ANN, cc="dana.kim@gmail.example", day=2)  # fmt: skip
    assert _writable(*_talk(answer, to=all_of_us)) == {"ann.poe@kiln.example"}
    assert _marks(*_talk(answer, to=all_of_us)).get("c", set()) == set()


def test_it_marks_what_a_stranger_says_on_his_own_word() -> None:
    no = letter("c", "t1", "Desk <desk@elsewhere.example>", "Re", "Dear Dana, no.", _REFUSAL, day=2)
    assert _marks(*_talk(no))["c"] == {OWN_WORD}


def test_it_believes_a_stranger_whom_the_user_has_answered() -> None:
    no = letter("c", "t1", "Desk <desk@elsewhere.example>", "Re", "Dear Dana, no.", _REFUSAL, day=2)
    reply = mine("d", "t1", "desk@elsewhere.example", "Thank you for telling me.", day=3)
    assert _marks(*_talk(no, reply))["c"] == set()


def test_it_does_not_take_who_are_you_for_trust() -> None:
    no = letter("c", "t1", "Desk <desk@elsewhere.example>", "Re", "Dear Dana, no.", _REFUSAL, day=2)
    reply = mine("d", "t1", "desk@elsewhere.example", "Who are you?", day=3)
    assert _marks(*_talk(no, reply))["c"] == {OWN_WORD}


def test_it_marks_a_contacts_name_at_an_unknown_house() -> None:
    other = letter(
        "c", "t1", "Ann Poe <ann@other-house.example>", "Re", "Dana, more soon.", ("holding",), day=2
    )
    assert _marks(*_talk(other))["c"] == {OWN_WORD}
    assert _writable(*_talk(other)) == {"ann.poe@kiln.example"}


def test_it_marks_a_letter_that_greets_somebody_else() -> None:
    for_kevin = letter("c", "t1", _ANN, "Re", "Dear Kevin,\n\nno.", _REFUSAL, day=2)
    assert _marks(*_talk(for_kevin))["c"] == {NOT_ME}


@pytest.mark.parametrize(
    "opening",
    ["Dear Dana,", "Dear Ms Kim,", "Dear Candidate,", "Dear Donna,", "Hi all,", "Bonjour Madame,", "Dear Sir or Madam,", "No luck,", "Hi Kim!"],
)  # fmt: skip
def test_it_lets_pass_every_way_to_greet_the_user_or_nobody(opening: str) -> None:
    readings = _talk(letter("c", "t1", _ANN, "Re", f"{opening}\n\nno.", _REFUSAL, day=2))
    assert misdirected(readings, DANA) == frozenset()


def test_it_learns_what_the_user_is_called_from_the_users_own_letters() -> None:
    signed = mine("c", "t1", "ann.poe@kiln.example", "Thank you!\n\nRosalind", day=1)
    later = letter("d", "t1", _ANN, "Re", "Dear Rosalind,\n\nno.", _REFUSAL, day=2)
    assert misdirected(_talk(signed, later), DANA) == frozenset()


def test_it_vouches_for_few_people_in_copy_and_for_nobody_in_a_circular() -> None:
    one = letter("a", "t1", _ANN, text="Hi Dana, see below.", cc="Bo Lee <bo@client.example>").message
    assert vouched(one, [], DANA) == {"bo@client.example"}
    many = replace(one, cc=tuple(Address(f"P{n}", f"p{n}@house{n}.example") for n in range(5)))
    assert vouched(many, [], DANA) == frozenset()


def test_it_vouches_for_a_private_mailbox_only_by_name() -> None:
    copied = letter("a", "t1", _ANN, text="Hi Dana, see below.", cc="Bo Lee <bo@outlook.example>").message
    assert vouched(copied, [], DANA) == frozenset()
    named = replace(copied, text="Hi Dana, Bo will call you.", signature_at=26)
    assert vouched(named, [], DANA) == {"bo@outlook.example"}


def test_it_vouches_for_nobody_where_the_user_only_reads_along() -> None:
    past = letter("a", "t1", _ANN, text="Dear Ms Hall, would you write?", to="Eve Hall <hall@quad.example>", cc="dana.kim@gmail.example").message  # fmt: skip
    assert written_past_me(past, DANA)
    assert vouched(past, [], DANA) == frozenset()


def test_it_takes_no_organiser_from_a_sender_of_another_house() -> None:
    event = invite("Interview", _ANN)
    foreign = letter("a", "t1", "Kim <kim@elsewhere.example>", invites=(event,)).message
    own = letter("a", "t1", _ANN, invites=(event,)).message
    assert guests(event, foreign, set(), DANA) == ()
    assert Address("Ann Poe", "ann.poe@kiln.example") in guests(event, own, set(), DANA)


def test_it_never_writes_to_somebody_who_has_left() -> None:
    bye = letter(
        "c",
        "t1",
        _ANN,
        "Re",
        "Hi Dana, today is my last day at Kiln.",
        day=2,
        cc="Bo Lee <bo.lee@kiln.example>",
    )
    assert _writable(*_talk(bye)) == {"bo.lee@kiln.example"}
    leave = letter("c", "t1", _ANN, "Re", "Today is my last day before my holiday.", day=2)
    assert _writable(*_talk(leave)) == {"ann.poe@kiln.example"}


def test_it_waits_for_an_answer_where_the_user_wrote_to_two_houses_at_once() -> None:
    both = mine("a", "t1", "ann.poe@kiln.example, hank@orr.example", "I apply as a chemist.", ("job_topic",))
    asked = letter("b", "t1", _ANN, "Chemist", "Hi Dana, come on Tuesday.", INVITED, day=1, timed=True)
    yes = mine("c", "t1", "ann.poe@kiln.example", "Yes", ("acceptance",), day=1.1)
    no = letter("d", "t1", "Hank Orr <hank@orr.example>", "Re", "Hello Dana, no.", _REFUSAL, day=2)
    assert _writable(both, asked, yes, no) == {"ann.poe@kiln.example"}
    assert _marks(both, asked, yes, no)["d"] == {OWN_WORD}


def test_it_forgets_an_invitation_that_was_meant_for_somebody_else() -> None:
    asked = letter("a", "t1", _ANN, "Chemist at Kiln", "Hi Dana, come on Tuesday.", INVITED, timed=True)
    assert (
        found(asked, mine("b", "t1", "ann.poe@kiln.example", "I think you have the wrong person.", day=0.1))
        == ()
    )


def test_it_knows_an_interview_that_only_a_stranger_speaks_of() -> None:
    stranger = "Brenda Cole <brenda@hirewave.example>"
    asked = letter("a", "t1", stranger, "Planner", "Your interview is on Tuesday.", INVITED, timed=True)
    applied = letter("a", "t1", stranger, "Planner", "You applied; come on Tuesday.", INVITED, timed=True)
    assert from_nowhere((asked,))
    assert not from_nowhere((applied,))
    assert not from_nowhere((asked, mine("b", "t1", "brenda@hirewave.example", "Yes", day=1)))
