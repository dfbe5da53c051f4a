"""Linking at its edges: the user's exact word, the anchor, how sure it is, and the tone of a conversation."""

from __future__ import annotations

import pytest

from agent.core.model import Candidacy, Contact, NoteKind, Reading
from agent.core.people.linking import candidacy_id
from tests.core.post import INVITED, found, letter, mine, note

ANN = "Ann Lee <ann.lee@acmewidgets.example>"
BO = "Bo Ray <bo.ray@acmewidgets.example>"
SIGNED = "Ann Lee\nAcme Widgets"


def invited(
    thread: str = "t1", sender: str = ANN, position: str = "Data Engineer", *, day: float = 0
) -> Reading:
    return letter(
        f"{thread}-1", thread, sender, f"Interview - {position}".rstrip(" -"), "Tuesday at 2?", INVITED, day=day, sign=SIGNED, timed=True
    )  # fmt: skip


def told(value: str, *more: Reading) -> Candidacy:
    (one,) = found(invited(), *more, notes=[note("set", "t1", "contact", value)])
    return one


# ── whom the user names ──


@pytest.mark.parametrize(
    ("value", "name", "email"),
    [
        ("jo.smith@acmewidgets.example", "", "jo.smith@acmewidgets.example"),
        ("Jo Smith jo-ann.smith@acmewidgets.example", "Jo Smith", "jo-ann.smith@acmewidgets.example"),
        ("o'neil+jobs@acmewidgets.example", "", "o'neil+jobs@acmewidgets.example"),
        ("<Jo.Smith@AcmeWidgets.example>", "", "jo.smith@acmewidgets.example"),
        ('"Jo Smith" <jo_smith@acmewidgets.example>', "Jo Smith", "jo_smith@acmewidgets.example"),
        ("Jo Smith, 'jo.smith@acmewidgets.example'", "Jo Smith", "jo.smith@acmewidgets.example"),
        ("Jo Smith (jo.smith@acmewidgets.example)", "Jo Smith", "jo.smith@acmewidgets.example"),
        ("jörg&söhne@acmewidgets.example", "", "jörg&söhne@acmewidgets.example"),
    ],
)
def test_it_writes_to_the_very_address_that_the_user_names(value: str, name: str, email: str) -> None:
    first, *others = told(value).contacts
    assert (first.address.email, first.address.name, first.goes_by) == (email, name, name.partition(" ")[0])
    assert first.may_write
    assert [c.address.email for c in others] == ["ann.lee@acmewidgets.example"]


@pytest.mark.parametrize(
    ("name", "language", "text", "called"),
    [
        ("Smith, Jo", "en", "Tuesday at 2?", "Jo"),
        ("HR Team", "en", "Tuesday at 2?", ""),
        ("Dr. Jo Smith", "de", "Passt Ihnen Dienstag?", "Jo Smith"),
        ("Jo Smith", "de", "Passt dir Dienstag?", "Jo"),
    ],
)
def test_it_calls_whom_the_user_names_as_the_tone_asks(
    name: str, language: str, text: str, called: str
) -> None:
    mail = letter("a", "t1", ANN, "Interview - Data Engineer", text, INVITED, timed=True, language=language)
    value = note("set", "t1", "contact", f"{name} <jo.smith@acmewidgets.example>")
    assert found(mail, notes=[value])[0].contacts[0].goes_by == called


def test_it_keeps_what_is_known_of_a_contact_whom_the_user_puts_first() -> None:
    bo = letter("b", "t1", BO, "Re: Interview", "See you then.", ("confirmation",), day=1, sign="Bo Ray")
    before = found(invited(), bo)[0].contacts
    after = told("ann.lee@acmewidgets.example", bo).contacts
    assert [c.address.name for c in before] == ["Bo Ray", "Ann Lee"]
    assert after == before[::-1]


def test_it_lets_the_user_answer_for_an_address_that_looked_like_a_robots() -> None:
    robot = letter("a", "t1", "Acme Widgets <no-reply@acmewidgets.example>", "Interview - Baker", "Tuesday at 2?", INVITED, timed=True)  # fmt: skip
    (shy,) = found(robot)[0].contacts
    (bold,) = found(robot, notes=[note("set", "t1", "contact", "no-reply@acmewidgets.example")])[0].contacts
    assert (shy.may_write, bold.may_write) == (False, True)


def test_it_leaves_the_contacts_alone_where_the_user_names_nobody() -> None:
    people: tuple[Contact, ...] = found(invited())[0].contacts
    assert told("somebody in sales").contacts == people


# ── together and apart ──


def test_it_makes_nothing_of_a_thread_merged_with_itself_or_with_none() -> None:
    plain = found(invited(), invited("t2", BO, "Office Manager", day=1))
    assert len(plain) == 2
    for kind in (NoteKind.MERGE, NoteKind.SPLIT):
        for other in ("t1", "", "gone"):
            assert found(invited(), invited("t2", BO, "Office Manager", day=1), notes=[note(kind.value, "t1", value=other)]) == plain  # fmt: skip


def test_it_takes_other_words_that_name_a_thread_for_no_merger() -> None:
    readings = (invited(), invited("t2", BO, "Office Manager", day=1))
    assert len(found(*readings, notes=[note("note", "t1", value="t2")])) == 2
    told = [note("merge", "t1", value="t2"), note("note", "t1", value="t2", number=2)]
    assert len(found(*readings, notes=told)) == 1


def test_it_says_that_a_thread_is_there_because_the_user_tracks_it() -> None:
    (one,) = found(invited(), invited("t2", BO, day=1), notes=[note("track", "t2")])
    assert {link.thread_id: link.by for link in one.links} == {"t1": "thread", "t2": "user"}


# ── its anchor ──


def test_it_anchors_what_only_the_user_tracks_at_its_first_thread() -> None:
    chat = letter("a", "t1", "Uncle Bob <bob@farm.example>", "come by", "about the tractor")
    more = letter("b", "t2", "Uncle Bob <bob@farm.example>", "tractor", "well?", answers="a", day=1)
    (one,) = found(chat, more, notes=[note("track", "t2")])
    assert (one.anchor_thread_id, one.id) == ("t1", candidacy_id("t1"))


def test_it_forgets_a_known_id_that_was_made_under_another_thread() -> None:
    (one,) = found(invited("t2"), known={"t2": candidacy_id("t1")})
    assert one.id == candidacy_id("t2")


# ── how sure it is ──


def sure(*readings: Reading, **set_: str) -> float:
    told = [note("set", "t1", key, value) for key, value in set_.items()]
    (one,) = found(*readings, notes=told)
    return one.confidence


def test_it_is_a_little_less_sure_where_it_knows_no_position_or_no_company() -> None:
    whole = sure(invited())
    nameless = letter("a", "t1", "Ann <ann@gmail.com>", "Interview - Data Engineer", "Tuesday at 2?", INVITED, timed=True)  # fmt: skip
    unnamed = letter("a", "t1", ANN, "Interview", "Tuesday at 2?", INVITED, timed=True, sign=SIGNED)
    bare = letter("a", "t1", "Ann <ann@gmail.com>", "Interview", "Tuesday at 2?", INVITED, timed=True)
    assert found(nameless)[0].company == found(bare)[0].company == ""
    assert found(unnamed)[0].position == found(bare)[0].position == ""
    assert whole < 1
    assert 0 < whole - sure(nameless) < 0.1
    assert 0 < whole - sure(unnamed) < 0.1
    assert sure(bare) < min(sure(nameless), sure(unnamed))


def test_it_is_much_less_sure_where_a_second_house_uses_the_name() -> None:
    one, two = found(
        letter("a", "t1", "Ann <ann@brightmoor.example>", "Interview - Baker", "Tuesday at 2?", INVITED, timed=True, sign="Ann\nBrightmoor Labs"),
        letter("b", "t2", "Bo <bo@labs-group.example>", "Interview - Baker", "Tuesday at 2?", INVITED, timed=True, sign="Bo\nBrightmoor Labs", day=1),
    )  # fmt: skip
    assert two.needs_review
    assert 0.1 < one.confidence - two.confidence < 0.5
    assert two.confidence > 0


def test_it_counts_a_doubt_of_the_evidence_once() -> None:
    """The verdict's own doubts are in its confidence already."""
    smelly = letter("a", "t1", ANN, "Interview - Baker", "Tuesday at 2?", (*INVITED, "?suspicious"), timed=True, sign=SIGNED)  # fmt: skip
    (one,) = found(smelly)
    assert one.needs_review
    assert 0.4 < one.confidence < sure(invited(position="Baker"))


def test_it_is_no_surer_of_what_it_found_itself_when_the_user_corrects_a_word() -> None:
    assert sure(invited(), company="Acme") == sure(invited()) < 1


# ── the tone ──

AN_ANN = "ann.lee@acmewidgets.example"


def german(sender: str, text: str) -> Reading:
    return letter("a", "t1", sender, "Interview - Bäcker", text, INVITED, timed=True, language="de")


def formal(*readings: Reading) -> bool | None:
    (one,) = found(*readings)
    return one.formal


def test_it_takes_the_tone_from_the_user_where_the_employer_shows_none() -> None:
    own = mine("b", "t1", AN_ANN, "Kannst du mir den Weg beschreiben?", ("acceptance",), language="de", day=1)
    assert formal(german(ANN, "Dienstag um 14 Uhr?"), own) is False


def test_it_takes_no_tone_from_what_the_user_forwards_to_the_family() -> None:
    robot = "Acme Widgets <no-reply@ashbyhq.com>"
    aside = mine("b", "t1", "Nia <nia@kinfolk.example>", "Kommst du mit?", forwarded="Dienstag um 14 Uhr?", language="de", day=1)  # fmt: skip
    assert formal(german(robot, "Dienstag um 14 Uhr?"), aside) is None
    assert formal(german(robot, "Passt Ihnen Dienstag?"), aside) is True


# ── what it lets in ──


def test_it_gives_every_candidacy_a_short_name_of_its_own() -> None:
    names = {candidacy_id(f"t{n}") for n in range(200)}
    assert len(names) == 200
    assert all(len(name) == 8 and name.isalnum() and name == name.lower() for name in names)


def test_it_knows_the_user_by_every_name_and_takes_none_for_the_employers() -> None:
    own = mine("b", "t1", AN_ANN, "Tuesday works", ("acceptance",), sign="Dana Kim", day=1)
    (one,) = found(invited(), own)
    assert "dana" not in one.company.lower()
