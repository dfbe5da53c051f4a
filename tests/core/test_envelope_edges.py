"""To whom a letter goes, where several people, several threads or odd mails leave room for the wrong one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from agent.core.model import (
    ActionKind,
    Address,
    Candidacy,
    Contact,
    Identity,
    Interview,
    InterviewStatus,
    Invite,
    Reading,
    Role,
    SendAs,
    SignalKind,
    State,
)
from agent.core.writing import envelope
from agent.core.writing.envelope import Refusal
from tests.core.correspondence import action, at, correspondence, identity, message, reading, state
from tests.core.test_envelope import CAST, COLLEEN, ME, MEI, answered, routed, signal, with_mail

OMAR = Address("Omar Haddad", "omar@tidewater.example")
STRANGER = Address("Nia Doe", "nia@kin.example")
CALENDAR = Address("Google Calendar", "calendar-notification@google.com")
THANKS = ActionKind.THANK_YOU
SENT = frozenset({"SENT"})


def they(
    key: str, day: int, sender: Address = COLLEEN, text: str = "Hello Jordan", **more: object
) -> Reading:
    """Somebody writes to the user."""
    return reading(message(key, at(day), sender, (ME,), str(more.pop("subject", "Re: x")), text, **more))


def mine(key: str, day: int, *to: Address, **more: object) -> Reading:
    """The user writes to somebody."""
    subject = str(more.pop("subject", "Re: x"))
    return reading(message(key, at(day), ME, to, subject, "Hello", label_ids=SENT, **more), outgoing=True)


def known(*people: Address, role: Role = Role.UNKNOWN) -> tuple[Contact, ...]:
    return tuple(Contact(person, role) for person in people)


def only(*readings: Reading, contacts: tuple[Contact, ...] = ()) -> Candidacy:
    """A candidacy of these messages alone."""
    return replace(correspondence(), readings=readings, contacts=(*correspondence().contacts, *contacts))


def interview(*present: Address, day: int = 12, round: int = 1) -> State:  # noqa: A002 (the model's word)
    return state(interviews=(held(*present, day=day, round=round),), round=round)


def held(*present: Address, day: int = 12, round: int = 1, **changes: object) -> Interview:  # noqa: A002
    start = at(day, 14)
    one = replace(
        state().interviews[0], start=start, end=start + timedelta(hours=1), attendees=present, round=round
    )
    return replace(one, **changes)  # type: ignore[arg-type]  # a test names the fields it changes


# ── whom ──


def test_it_stays_with_the_one_who_wrote_last_among_those_the_user_wrote_to() -> None:
    candidacy = with_mail(correspondence(answered=True), mine("k1", 16, MEI, COLLEEN), contacts=known(MEI))
    assert routed(candidacy).to == (COLLEEN,)


def test_it_writes_to_the_first_of_several_when_the_last_writer_was_left_out() -> None:
    candidacy = with_mail(
        correspondence(answered=True), mine("k1", 16, STRANGER, OMAR, MEI), contacts=known(MEI, OMAR)
    )
    assert routed(candidacy).to == (OMAR,)


def test_it_follows_up_the_users_own_last_mail_where_nobody_answered() -> None:
    candidacy = only(mine("k1", 4, STRANGER, MEI, OMAR), mine("k2", 6, OMAR, MEI), contacts=known(MEI, OMAR))
    way = routed(candidacy)
    assert (way.to, way.cc) == ((OMAR,), ())
    assert way.contact.address == OMAR
    assert answered(candidacy) == "k2"


def test_it_refuses_where_nothing_was_said_to_anybody_known() -> None:
    for readings in ((), (mine("k1", 4, STRANGER),)):
        way = envelope.route(only(*readings), state(), action())
        assert isinstance(way, Refusal)
        assert "phone" in way.reason


@pytest.mark.parametrize(
    "nobody",
    [
        Contact(MEI, may_write=False),
        Contact(Address("Mei", "mei")),
        Contact(Address("Mei", "no-reply@tidewater.example")),
    ],
)
def test_it_never_writes_to(nobody: Contact) -> None:
    candidacy = with_mail(correspondence(answered=True), they("k1", 16, nobody.address), contacts=(nobody,))
    assert routed(candidacy).to == (COLLEEN,)


def test_it_thanks_the_one_who_wrote_last_where_no_interviewer_wrote() -> None:
    candidacy = with_mail(correspondence(answered=True), contacts=known(MEI, role=Role.INTERVIEWER))
    assert routed(candidacy, kind=THANKS).to == (COLLEEN,)


def test_it_follows_up_with_the_recruiter_who_wrote_last_though_an_interviewer_wrote_before() -> None:
    candidacy = with_mail(
        only(they("k1", 5, MEI, thread_id="t2"), they("k2", 14)), contacts=known(MEI, role=Role.INTERVIEWER)
    )
    assert routed(candidacy).to == (COLLEEN,)
    assert routed(candidacy, kind=THANKS).to == (MEI,)


@pytest.mark.parametrize("role", [Role.INTERVIEWER, Role.HIRING_MANAGER])
def test_it_thanks_by_role_where_nobody_knows_who_was_present(role: Role) -> None:
    candidacy = only(they("k1", 5, MEI), they("k2", 14), contacts=known(MEI, role=role))
    assert routed(candidacy, kind=THANKS).to == (MEI,)


def test_it_thanks_who_was_present_rather_than_who_has_the_role() -> None:
    candidacy = only(
        they("k1", 5, MEI),
        they("k2", 6, OMAR),
        they("k3", 7),
        contacts=(*known(MEI, role=Role.INTERVIEWER), *known(OMAR)),
    )
    assert routed(candidacy, interview(OMAR, ME), kind=THANKS).to == (OMAR,)


# ── somebody leaves, somebody chats ──

LEAVER = Contact(OMAR, may_write=False, left=True)


def farewell(*copied: Address, **more: Any) -> Reading:
    """Omar says goodbye and puts his successors in copy."""
    return they("k1", 16, OMAR, text="My last day; all goes on with them.", cc=copied, **more)


@pytest.mark.parametrize(
    ("readings", "to", "answered_id"),
    [
        ((farewell(STRANGER, MEI),), MEI, "k1"),
        ((farewell(MEI, thread_id="t2"),), MEI, "k1"),
        ((farewell(MEI), they("k2", 17)), COLLEEN, "k2"),  # somebody has written since
        ((farewell(MEI), they("k2", 17, label_ids=frozenset({"SPAM"}))), MEI, "k1"),
        ((farewell(MEI), replace(they("k2", 17), signals=(signal(SignalKind.OUT_OF_OFFICE),))), MEI, "k1"),
        ((farewell(STRANGER),), COLLEEN, "k1"),  # nobody known in copy
        ((they("k0", 15, OMAR, cc=(MEI,)), farewell(STRANGER)), COLLEEN, "k1"),
    ],
)
def test_it_goes_on_with_the_successor_of_somebody_who_left(
    readings: tuple[Reading, ...], to: Address, answered_id: str
) -> None:
    candidacy = with_mail(correspondence(answered=True), *readings, contacts=(LEAVER, *known(MEI)))
    assert routed(candidacy).to == (to,)
    if to == MEI:
        assert answered(candidacy) == answered_id


def test_it_looks_for_no_successor_where_nobody_left() -> None:
    copied = they("k1", 16, OMAR, cc=(MEI,))
    candidacy = with_mail(correspondence(answered=True), copied, contacts=known(OMAR, MEI))
    assert routed(candidacy).to == (OMAR,)


def test_it_answers_in_the_conversation_about_the_job_not_in_the_one_about_football() -> None:
    about = replace(they("k1", 14), signals=(signal(SignalKind.INTERVIEW_TOPIC),))
    football = they("k2", 16, thread_id="t2")
    assert answered(only(about, football)) == "k1"
    assert answered(only(they("k1", 14), football)) == "k2"


# ── what counts as a word ──


@pytest.mark.parametrize("kind", envelope.MACHINE)
def test_it_answers_no_machine(kind: SignalKind) -> None:
    robot = replace(they("k1", 16), signals=(signal(kind),))
    assert answered(with_mail(correspondence(answered=True), robot)) == "m3"


def test_it_answers_a_human_who_writes_through_a_system() -> None:
    system = Address("Colleen via Hiring", "notify@greenhouse-mail.io")
    candidacy = with_mail(correspondence(), they("k1", 16, system, reply_to=(STRANGER, COLLEEN)))
    way = routed(candidacy)
    assert answered(candidacy) == "k1"
    assert way.contact.address == COLLEEN
    assert way.to == (COLLEEN,)


def test_it_hears_no_stranger_and_follows_no_mail_to_one() -> None:
    candidacy = with_mail(
        correspondence(answered=True),
        they("k1", 16, STRANGER, reply_to=(Address("x", "x@kin.example"),)),
        mine("k2", 17, STRANGER),
    )
    assert answered(candidacy) == "m3"


def test_it_does_not_take_the_users_yes_to_a_calendar_for_a_letter() -> None:
    accepted = mine("k1", 16, COLLEEN, subject="Accepted: Interview @ Tue", thread_id="t2")
    assert answered(with_mail(correspondence(answered=True), accepted)) == "m3"


def notice(sender: Address = COLLEEN, **more: object) -> Reading:
    """A mail in a thread of its own, as calendars write them."""
    return they("k1", 16, sender, thread_id="t2", **more)  # type: ignore[arg-type]  # a test names the fields it changes


INVITE = (Invite("REQUEST", "u"),)


@pytest.mark.parametrize(
    ("sent", "is_letter"),
    [
        (notice(subject="Invitation: Interview @ Tue", text="Please come"), False),
        (notice(subject="Fwd: Updated invitation: Interview", text="Please come"), False),
        (notice(subject="Interview", text="", invites=INVITE), False),
        (notice(subject="Interview", text=" \n", invites=INVITE), False),
        (notice(subject="Interview", text="Looking forward to it!", invites=INVITE), True),
        (notice(subject="Interview", text=""), True),
        (notice(CALENDAR, text="Colleen has invited you", reply_to=(COLLEEN,)), False),
        (notice(Address("C.", "colleen@goodtime.io"), reply_to=(COLLEEN,)), False),
        (notice(Address("C.", "colleen@mail.example"), reply_to=(COLLEEN,)), True),
    ],
)
def test_it_prefers_a_letter_to_a_calendars_notice(sent: Reading, *, is_letter: bool) -> None:
    assert answered(with_mail(correspondence(answered=True), sent)) == ("k1" if is_letter else "m3")


def test_it_answers_a_notice_where_nothing_else_was_said() -> None:
    early, late = (
        they(k, d, subject="Invitation: Interview", invites=INVITE) for k, d in (("k1", 4), ("k2", 5))
    )
    assert answered(only(early, late)) == "k2"


# ── a Reply-To ──


@pytest.mark.parametrize(
    ("sender", "reply_to", "obeyed"),
    [
        (COLLEEN, Address("Desk", "no-reply@tidewater.example"), False),
        (Address("Ana", "ana@mail.greenhouse.io"), Address("Ana", "x1@reply.greenhouse.io"), False),
        (COLLEEN, Address("Desk", "desk@tidewater.example"), True),
        (COLLEEN, STRANGER, False),
    ],
)
def test_it_trusts_a_reply_to_of_the_same_house_only(
    sender: Address, reply_to: Address, *, obeyed: bool
) -> None:
    candidacy = with_mail(
        correspondence(), they("k1", 16, sender, reply_to=(reply_to,)), contacts=known(sender)
    )
    assert routed(candidacy).to == ((reply_to,) if obeyed else (sender,))


def test_it_looks_at_the_first_reply_to_only() -> None:
    asked = they("k1", 16, reply_to=(STRANGER, Address("Desk", "desk@tidewater.example")))
    assert routed(with_mail(correspondence(), asked)).to == (COLLEEN,)


# ── the panel ──


def people(count: int) -> tuple[Address, ...]:
    return tuple(Address(f"P{n}", f"p{n}@tidewater.example") for n in range(count))


@pytest.mark.parametrize(("present", "thanked"), [(1, 0), (2, 2), (4, 4), (5, 0)])
def test_it_thanks_a_panel_of_two_to_four(present: int, thanked: int) -> None:
    panel = people(present)
    candidacy = replace(correspondence(), contacts=known(*panel, STRANGER))
    assert len(envelope.panel(candidacy, interview(*panel, ME))) == thanked


def test_it_finds_the_panel_by_role_only_where_no_interview_is_known() -> None:
    candidacy = replace(
        correspondence(), contacts=(*known(MEI, OMAR, role=Role.INTERVIEWER), Contact(COLLEEN))
    )
    assert [c.address for c in envelope.panel(candidacy, State())] == [MEI, OMAR]
    assert envelope.panel(candidacy, interview(COLLEEN)) == ()
    assert envelope.panel(candidacy, interview()) == ()


def test_it_takes_the_panel_from_the_last_interview_of_the_present_round() -> None:
    contacts = known(COLLEEN, MEI, OMAR)
    candidacy = replace(correspondence(), contacts=contacts)
    first, second = held(COLLEEN, MEI, day=12), held(MEI, OMAR, day=13)
    other_round = held(COLLEEN, OMAR, day=20, round=2)
    cancelled = held(COLLEEN, OMAR, day=21, status=InterviewStatus.CANCELLED)
    told = state(interviews=(second, first, other_round, cancelled), round=1)
    assert [c.address for c in envelope.panel(candidacy, told)] == [MEI, OMAR]
    later = state(interviews=(first, second), round=3)
    assert [c.address for c in envelope.panel(candidacy, later)] == [MEI, OMAR]


# ── from whom ──

ALIAS = Address("Jordan D.", "jd@alias.example")
OTHER_ALIAS = Address("", "jordan@work.example")


def owner(*send_as: Address, names: tuple[str, ...] = ("Jordan Doe",), primary: Address = ME) -> Identity:
    emails = frozenset({primary.email, *(a.email for a in send_as)})
    return Identity(primary, emails, names, tuple(SendAs(a) for a in send_as))


def test_it_goes_on_from_the_address_the_user_used_last_in_the_thread() -> None:
    first = reading(message("k1", at(4), COLLEEN, (ALIAS,), "x", "x"))
    second = reading(message("k2", at(5), OTHER_ALIAS, (COLLEEN,), "x", "x"), outgoing=True)
    elsewhere = reading(message("k3", at(6), COLLEEN, (ALIAS,), "x", "x", thread_id="t2"))
    candidacy = only(first, second, elsewhere)
    me = owner(ALIAS, OTHER_ALIAS)
    assert envelope.sender(candidacy, me, second).email == OTHER_ALIAS.email
    assert envelope.sender(candidacy, me, first).email == OTHER_ALIAS.email
    assert envelope.sender(candidacy, me, elsewhere).email == ALIAS.email
    assert envelope.sender(candidacy, me, None).email == ME.email


def test_it_sees_an_alias_that_was_only_copied_in() -> None:
    copied = reading(message("k1", at(4), COLLEEN, (OMAR,), "x", "x", cc=(MEI, ALIAS)))
    assert envelope.sender(only(copied), owner(ALIAS), copied) == ALIAS


def test_it_takes_no_address_of_theirs_for_the_users() -> None:
    """What the user wrote is From them; that a mail went to an alias of the same name says nothing."""
    wrote = reading(message("k1", at(4), ME, (ALIAS,), "x", "x"), outgoing=True)
    assert envelope.sender(only(wrote), owner(ALIAS), wrote).email == ME.email
    got = reading(message("k2", at(5), ALIAS, (ME,), "x", "x"))
    assert envelope.sender(only(got), owner(ALIAS), got).email == ME.email


@pytest.mark.parametrize(
    ("primary", "names", "shown"),
    [
        (Address("Jordan Doe", ME.email), ("J.",), "Jordan Doe"),
        (Address("", ME.email), ("J. Doe", "Jordan"), "J. Doe"),
        (Address("", ME.email), (), ""),
    ],
)
def test_it_signs_with_the_name_that_is_known(primary: Address, names: tuple[str, ...], shown: str) -> None:
    me = owner(OTHER_ALIAS, names=names, primary=primary)
    asked = reading(message("k1", at(4), COLLEEN, (OTHER_ALIAS,), "x", "x"))
    assert envelope.sender(only(asked), me, asked) == Address(shown, OTHER_ALIAS.email)
    assert envelope.sender(only(asked), me, None).name == shown


def test_it_writes_from_the_primary_address_as_gmail_names_it_there() -> None:
    """The send-as entry of the primary address carries the name that Gmail shows."""
    me = replace(identity(CAST), send_as=(SendAs(replace(ME, name="Jordan A. Doe")),))
    asked = they("k1", 4)
    assert envelope.sender(only(asked), me, asked).name == "Jordan A. Doe"


# ── the thread ──


@pytest.mark.parametrize(
    ("subject", "reply"),
    [
        ("  Interview ", "Re: Interview"),
        ("Re : re: Interview", "Re : Interview"),
        ("Interview\x00\x1f\u2028today", "Re: Interview today"),
        ("\r\nInterview", "Re: Interview"),
        ("Re[2]: Interview", "Re[2]: Interview"),
        (" \r\n ", "Re:"),
    ],
)
def test_it_replies_under_the_subject_of_the_thread(subject: str, reply: str) -> None:
    assert envelope.reply_subject(subject) == reply


@pytest.mark.parametrize(
    ("written", "fit"),
    [
        ("<a@b>", "<a@b>"),
        (" a@b.example\n", "<a@b.example>"),
        ("<a@b", ""),
        ("a b@c", ""),
        ("", ""),
        ("<>", ""),
        (f"<{'x' * 990}>", f"<{'x' * 990}>"),
        (f"<{'x' * 991}>", ""),
    ],
)
def test_it_takes_only_what_is_a_message_id(written: str, fit: str) -> None:
    assert envelope.identifier(written) == fit


def test_it_ends_the_chain_with_the_answered_message_wherever_that_stood() -> None:
    odd = they("k", 5, references=("<a@x>", "<k@mail.example>", "<b@x>"), in_reply_to="<a@x>")
    assert envelope.references(odd) == ("<a@x>", "<b@x>", "<k@mail.example>")
    assert envelope.references(they("k", 5, references=("<a@x>",), message_id="")) == ("<a@x>",)


def test_it_keeps_every_id_of_a_chain_that_is_just_not_too_long() -> None:
    ids = tuple(f"<{n:02}@x.example>" for n in range(envelope.MAX_REFERENCES))
    just = they("k", 5, references=ids[:-1])
    assert envelope.references(just) == (*ids[:-1], "<k@mail.example>")
    chain = envelope.references(they("k", 5, references=ids))
    assert chain == (*ids[:10], *ids[11:], "<k@mail.example>")
