"""An interviewer who writes from home: known by name and mailbox, and by what only the house knows."""

import pytest

from agent.core.model import Reading
from tests.core.post import INVITED, found, invite, letter, mine

_IMOGEN = "Imogen Fair <imogen.fair@pellmarine.example>"
_EVENT = invite("Naval Architect interview", "Gareth Prowse <g.prowse@pellmarine.example>")


def _house() -> tuple[Reading, ...]:
    return (
        letter("a", "t1", _IMOGEN, "Naval Architect at Pell Marine", "Tuesday at 2?", INVITED, timed=True),
        mine("b", "t1", "imogen.fair@pellmarine.example", "Yes", ("acceptance",), day=0.1),
        letter(
            "c",
            "t2",
            "Gareth Prowse <g.prowse@pellmarine.example>",
            "Naval Architect interview",
            "",
            INVITED,
            day=0.5,
            invites=(_EVENT,),
        ),
    )


def _home(sender: str, text: str, says: tuple[str, ...] = ("holding",)) -> Reading:
    return letter("d", "t3", sender, "Slipway", text, says, day=4)


_TEXT = "Dana, Gareth from Pell Marine, from home, don't tell Imogen. You'll hear by Friday."


@pytest.mark.parametrize(
    "sender",
    [
        "Gareth P <gprowse61@kelpnet.example>",
        "Gareth <prowse.g@kelpnet.example>",
        "gareth p. <g-prowse@tidewire.example>",
    ],
)
def test_it_joins_a_contact_who_writes_from_home_but_never_writes_there(sender: str) -> None:
    (one,) = found(*_house(), _home(sender, _TEXT))
    assert set(one.thread_ids) == {"t1", "t2", "t3"}
    assert not any(c.may_write for c in one.contacts if "pellmarine" not in c.address.email)


@pytest.mark.parametrize(
    ("sender", "text", "says"),
    [
        ("Gareth P <gp1961@kelpnet.example>", _TEXT, ("holding",)),  # no mailbox of that name
        (
            "Gareth P <gprowse61@kelpnet.example>",
            "Gareth from Pell Marine. You'll hear Friday.",
            ("holding",),
        ),
        (
            "Gareth P <gprowse61@kelpnet.example>",
            "Gareth, don't tell Imogen. You'll hear Friday.",
            ("holding",),
        ),
        (
            "Gareth P <gprowse61@kelpnet.example>",
            f"{_TEXT} Could you send your papers?",
            ("holding", "question"),
        ),
        ("Gareth P <gprowse61@pell-marine-hr.example>", _TEXT, ("holding",)),  # a false front
    ],
)
def test_it_leaves_alone_whoever_shows_too_little_or_asks(
    sender: str, text: str, says: tuple[str, ...]
) -> None:
    (one,) = found(*_house(), _home(sender, text, says))
    assert set(one.thread_ids) == {"t1", "t2"}


def test_it_takes_no_other_mail_of_the_provider_for_the_employers() -> None:
    bill = letter(
        "e", "t4", "Kelpnet <bills@kelpnet.example>", "Your bill", "", ("holding", "question"), day=5
    )
    (one,) = found(*_house(), _home("Gareth P <gprowse61@kelpnet.example>", _TEXT), bill)
    assert set(one.thread_ids) == {"t1", "t2", "t3"}
