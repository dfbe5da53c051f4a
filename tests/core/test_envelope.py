"""To whom a letter goes, from whom, and which message it answers."""

from __future__ import annotations

from dataclasses import replace

from agent.core.model import (
    ActionKind,
    Address,
    Candidacy,
    Contact,
    Evidence,
    Identity,
    Invite,
    Reading,
    Role,
    SendAs,
    Signal,
    SignalKind,
    State,
    Strength,
)
from agent.core.writing import envelope
from agent.core.writing.envelope import Refusal, Route
from tests.core.correspondence import CASTS, action, at, correspondence, message, reading, state

CAST = CASTS["en"]
ME, COLLEEN, MEI = CAST.me, CAST.them, CAST.other


def signal(kind: SignalKind) -> Signal:
    return Signal(kind, "test", Strength.STRONG, Evidence("x"))


def with_mail(base: Candidacy, *more: Reading, contacts: tuple[Contact, ...] = ()) -> Candidacy:
    return replace(base, readings=(*base.readings, *more), contacts=(*base.contacts, *contacts))


def routed(candidacy: Candidacy, told: State | None = None, kind: ActionKind = ActionKind.FOLLOW_UP) -> Route:
    way = envelope.route(candidacy, told or state(), action(kind))
    assert isinstance(way, Route), way
    return way


def answered(candidacy: Candidacy) -> str:
    way = routed(candidacy)
    assert way.answered is not None
    return way.answered.message.gmail_id


def test_it_answers_the_employers_last_message() -> None:
    candidacy = correspondence(answered=True)
    assert answered(candidacy) == "m3"
    assert routed(candidacy).to == (COLLEEN,)
    assert routed(candidacy).cc == ()


def test_it_answers_the_users_own_message_where_that_was_the_last() -> None:
    way = routed(correspondence())
    assert answered(correspondence()) == "m2"
    assert way.to == (COLLEEN,)


def test_it_passes_over_machines_drafts_and_strangers_in_the_thread() -> None:
    robot = Address("Mail Delivery", "mailer-daemon@tidewater.example")
    wife = Address("Nia", "nia@kin.example")
    noise = (
        reading(message("n1", at(15), robot, (ME,), "Delay", "x"), signals=(signal(SignalKind.DELAY),)),
        reading(
            message("n2", at(16), COLLEEN, (ME,), "Out", "x"), signals=(signal(SignalKind.OUT_OF_OFFICE),)
        ),
        reading(message("n3", at(17), ME, (wife,), "Fwd: Interview", "look!"), outgoing=True),
        reading(
            message("n4", at(18), ME, (COLLEEN,), "Re: x", "draft", label_ids=frozenset({"DRAFT"})),
            outgoing=True,
        ),
        reading(message("n5", at(19), COLLEEN, (ME,), "x", "spam", label_ids=frozenset({"SPAM"}))),
    )
    assert answered(with_mail(correspondence(answered=True), *noise)) == "m3"


def test_it_prefers_a_real_mail_to_a_bare_calendar_invitation() -> None:
    invitation = message(
        "i1",
        at(15),
        COLLEEN,
        (ME,),
        "Invitation: Interview @ Tue",
        "",
        thread_id="t2",
        invites=(Invite("REQUEST", "u"),),
    )
    assert answered(with_mail(correspondence(answered=True), reading(invitation))) == "m3"


def test_it_writes_to_the_human_who_wrote_last() -> None:
    mei = message("k1", at(16), MEI, (ME,), "Re: x", "Thanks for the sample!")
    way = routed(with_mail(correspondence(answered=True), reading(mei), contacts=(Contact(MEI),)))
    assert way.to == (MEI,)


def test_it_follows_the_users_own_last_mail_to_its_addressee() -> None:
    mine = message("k1", at(16), ME, (MEI,), "Re: x", "Dear Mei", label_ids=frozenset({"SENT"}))
    way = routed(
        with_mail(correspondence(answered=True), reading(mine, outgoing=True), contacts=(Contact(MEI),))
    )
    assert way.to == (MEI,)


def test_it_refuses_where_only_robots_wrote() -> None:
    robot = Address("Tidewater", "no-reply@greenhouse-mail.io")
    lone = replace(
        correspondence(),
        contacts=(
            Contact(robot, may_write=True),
            Contact(replace(COLLEEN, email="x@y.example"), may_write=False),
        ),
        readings=(reading(message("r1", at(4), robot, (ME,), "Interview", "x")),),
    )
    refused = envelope.route(lone, state(), action())
    assert isinstance(refused, Refusal)
    assert "call" in refused.reason


def test_it_never_writes_to_an_address_that_bounced() -> None:
    refused = envelope.route(correspondence(), state(bounced=(COLLEEN.email,)), action())
    assert isinstance(refused, Refusal)


def test_it_ignores_a_reply_to_of_another_house() -> None:
    evil = Address("Colleen", "colleen@tidewater-careers.example")
    hijacked = message("k1", at(16), COLLEEN, (ME,), "Re: x", "Hello", reply_to=(evil,))
    assert routed(with_mail(correspondence(), reading(hijacked))).to == (COLLEEN,)


def test_it_obeys_a_reply_to_of_the_same_house_or_of_a_known_contact() -> None:
    desk = Address("Talent", "talent@jobs.tidewater.example")
    for reply_to, known in ((desk, ()), (MEI, (Contact(MEI),))):
        asked = message("k1", at(16), COLLEEN, (ME,), "Re: x", "Hello", reply_to=(reply_to,))
        assert routed(with_mail(correspondence(), reading(asked), contacts=known)).to == (reply_to,)


def test_it_trusts_no_neighbour_at_a_freemail_house() -> None:
    boss = Address("Teddy", "teddy@gmail.com")
    other = Address("Teddy", "collector@gmail.com")
    asked = message("k1", at(16), boss, (ME,), "Re: x", "Hello", reply_to=(other,))
    assert routed(with_mail(correspondence(), reading(asked), contacts=(Contact(boss),))).to == (boss,)


def test_it_thanks_an_interviewer_who_wrote_rather_than_the_recruiter() -> None:
    mei = message("k1", at(5), MEI, (ME,), "Hello from Mei", "See you Tuesday", thread_id="t2")
    candidacy = with_mail(
        correspondence(answered=True), reading(mei), contacts=(Contact(MEI, Role.INTERVIEWER),)
    )
    way = routed(candidacy, kind=ActionKind.THANK_YOU)
    assert way.to == (MEI,)
    assert way.answered is not None
    assert way.answered.message.thread_id == "t2"


def test_it_writes_from_the_alias_that_was_written_to() -> None:
    alias = Address("Jordan D.", "jd@alias.example")
    me = Identity(ME, frozenset({ME.email, alias.email}), ("Jordan Doe",), (SendAs(ME), SendAs(alias)))
    to_alias = reading(message("k1", at(16), COLLEEN, (alias,), "Re: x", "Hello"))
    candidacy = with_mail(correspondence(), to_alias)
    assert envelope.sender(candidacy, me, to_alias) == alias
    assert envelope.sender(candidacy, replace(me, send_as=()), to_alias).email == ME.email


def test_it_keeps_one_reply_prefix() -> None:
    subjects = {
        "Interview": "Re: Interview",
        "Re: Interview": "Re: Interview",
        "RE: Interview": "RE: Interview",
        "AW: Gespräch": "AW: Gespräch",
        "Re: Re: re: Interview": "Re: Interview",
        "RE: TR: Candidature": "RE: TR: Candidature",
        "Rép : poste": "Rép : poste",
        "Reference check": "Re: Reference check",
        "Fwd: Interview": "Re: Fwd: Interview",
        "Interview\r\nBcc: x@evil.example": "Re: Interview Bcc: x@evil.example",
        "": "Re:",
    }
    assert {s: envelope.reply_subject(s) for s in subjects} == subjects


def test_it_chains_references_once_and_keeps_both_ends_of_a_long_chain() -> None:
    ids = tuple(f"<{n}@x.example>" for n in range(100))
    long = reading(
        message("k", at(5), COLLEEN, (ME,), "x", "x", references=(*ids, ids[0]), in_reply_to=ids[99])
    )
    chain = envelope.references(long)
    assert len(chain) == envelope.MAX_REFERENCES
    assert chain[0] == ids[0]
    assert chain[-2:] == (ids[99], "<k@mail.example>")
    assert len(set(chain)) == len(chain)


def test_it_drops_ids_that_are_none() -> None:
    odd = reading(
        message(
            "k",
            at(5),
            COLLEEN,
            (ME,),
            "x",
            "x",
            message_id="bare@x.example",
            references=("<a b@x>", "<ä@x>", "x\r\nBcc: y"),
        )
    )
    assert envelope.references(odd) == ("<bare@x.example>",)


def test_it_finds_the_panel_among_people_who_may_be_written_to() -> None:
    held = replace(state().interviews[0], attendees=(COLLEEN, MEI, ME))
    both = replace(correspondence(), contacts=(Contact(COLLEEN), Contact(MEI)))
    assert [c.address for c in envelope.panel(both, state(interviews=(held,)))] == [COLLEEN, MEI]
    assert envelope.panel(correspondence(), state(interviews=(held,))) == ()
