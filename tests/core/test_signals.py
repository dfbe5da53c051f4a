"""What a mail means: tables of mails in four languages, the envelope, and what silences what."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from agent.core.lexicon import LANGUAGES
from agent.core.meaning import signals, statements
from agent.core.meaning.rules import Hearing, fired, rulebook
from agent.core.model import Address, Attendee, Identity, Invite, Reading, Signal, SignalKind, Strength
from tests import mails
from tests.core.corpus import IDENTITY, ME, Case, cases, mail
from tests.evaluate import BASELINE

TABLES = [case for code in LANGUAGES for case in cases(f"signals_{code}.txt")]


def read(text: str, **envelope: Any) -> Reading:
    message = mail(text, **envelope)
    return signals.read(message, IDENTITY, zone="Europe/London")


def heard(case: Case) -> Reading:
    return read(case.text, outgoing=case.outgoing, links=tuple(re.findall(r"https?://\S+", case.text)))


@pytest.mark.parametrize("case", TABLES, ids=str)
def test_it_hears_what_the_mail_says_and_no_more(case: Case) -> None:
    reading = heard(case)
    for wanted in case.wanted:
        kind = SignalKind(wanted.lstrip("~-!"))
        match wanted[0]:
            case "!":
                assert not reading.has(kind), _told(reading)
            case "-":
                assert not reading.strong(kind), _told(reading)
            case "~":
                assert reading.has(kind), _told(reading)
            case _:
                assert reading.strong(kind), _told(reading)


def test_it_hears_in_odd_wordings_what_a_careful_reader_hears() -> None:
    committed = json.loads(BASELINE.read_text(encoding="utf-8"))["mails"]["all"]
    heard = list(mails.checks())
    wrong = [check for check in heard if not check.holds]
    assert (len(heard) - len(wrong)) / len(heard) >= committed[0] / committed[1], wrong


def _told(reading: Reading) -> list[str]:
    return [f"{s.strength.value} {s.rule}: {s.evidence.quote}" for s in reading.signals]


def test_it_quotes_the_sentence_as_it_was_written() -> None:
    reading = read("Hi Robin,\n\nWe’ve  decided not to move\xa0forward with your application. All the best!")
    rejection = reading.first(SignalKind.REJECTION)
    assert rejection is not None
    assert rejection.evidence.quote == "We’ve decided not to move forward with your application."
    assert rejection.evidence.where == "text"


def test_it_never_reads_the_signature_or_the_quotation() -> None:
    text = "See you Thursday.\nMaria\n--\nUnfortunately we have decided to go with another candidate."
    message = mail(text)
    cut = text.index("Maria")
    message = replace(message, signature_at=cut, quoted="We decided not to proceed.")
    reading = signals.read(message, IDENTITY, zone="UTC")
    assert not reading.has(SignalKind.REJECTION)


@pytest.mark.parametrize(
    "title",
    ["Talent Acquisition Partner", "Personalreferentin", "Chargée de recrutement", "Técnica de selección"],
)
def test_it_reads_who_writes_from_the_signature(title: str) -> None:
    for text in (
        "See you on Thursday.",
        "Bis Donnerstag, wir freuen uns auf Sie.",
        "À jeudi, merci à vous.",
        "Nos vemos el jueves, gracias.",
    ):
        signed = mail(f"{text}\nMaria\n{title}")
        signed = replace(signed, signature_at=len(text))
        if signals.read(signed, IDENTITY, zone="UTC").strong(SignalKind.JOB_TOPIC):
            return
    pytest.fail(title)


def test_it_reads_hard_wrapped_lines_as_one_sentence() -> None:
    wrapped = (
        "After a great deal of thought the committee has decided not\n"
        "to move forward with your application for the lectureship."
    )
    assert read(wrapped).strong(SignalKind.REJECTION)


def test_it_takes_a_booking_link_as_a_request_for_times() -> None:
    link = "https://calendly.com/halyard/30"
    assert read(f"Grab one: {link}", links=(link,)).strong(SignalKind.AVAILABILITY_REQUEST)
    cancel = "https://calendly.com/cancellations/3f1"
    assert not read(f"Cancel: {cancel}", links=(cancel,)).has(SignalKind.AVAILABILITY_REQUEST)


# ── Machines ─────────────────────────────────────────────────────────────────────────────────────────────────

AUTO = (("auto-submitted", "auto-replied"),)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("hi! i'm out of the office and mostly offline, back at my desk monday june 29.", date(2026, 6, 29)),
        ("I am on leave until the 13th.", date(2026, 3, 13)),
        ("I am out of office through Friday.", date(2026, 3, 7)),
        ("I'm away until 6 April and will read mail then.", date(2026, 4, 6)),
        ("Ich bin bis 14. Oktober nicht im Büro.", date(2026, 10, 14)),
        ("Ich bin vom 5. bis 16. März im Urlaub und ab dem 17. März wieder erreichbar.", date(2026, 3, 17)),
        ("Ich bin bis einschließlich 16.03. abwesend.", date(2026, 3, 17)),
        ("Je suis absente du bureau jusqu'au 3 mai inclus.", date(2026, 5, 4)),
        ("Je suis en congés, de retour le lundi 16 mars.", date(2026, 3, 16)),
        ("Estaré fuera de la oficina hasta el 5 de junio.", date(2026, 6, 5)),
        ("Estoy de vacaciones y vuelvo el martes 10 de marzo.", date(2026, 3, 10)),
        ("I am currently out of the office. Returning 2026-03-20.", date(2026, 3, 20)),
        ("I'm out of the office with no access to email.", None),
    ],
)
def test_it_reads_the_day_of_return(text: str, until: date | None) -> None:
    reading = read(text, headers=AUTO)
    note = reading.first(SignalKind.OUT_OF_OFFICE)
    assert note is not None
    assert note.until == until
    assert not reading.has(SignalKind.HOLDING, SignalKind.QUESTION, SignalKind.CONFIRMATION)


def test_it_knows_an_absence_by_its_subject_alone() -> None:
    reading = read("Back 16 March.", subject="Automatic reply: out of office")
    assert reading.strong(SignalKind.OUT_OF_OFFICE)


def test_it_tells_a_mailbox_receipt_from_an_absence() -> None:
    text = (
        "Thank you for contacting HR. We have received your message and will respond within two working days."
    )
    reading = read(text, headers=AUTO, sender=Address("HR", "hr@northwind.example"))
    assert reading.has(SignalKind.ROBOT)
    assert not reading.has(SignalKind.OUT_OF_OFFICE, SignalKind.HOLDING)


def test_it_does_not_take_a_person_who_mentions_leave_for_a_machine() -> None:
    reading = read("I'm out of the office next week, so you'll hear from me on the 16th.")
    assert not reading.has(SignalKind.OUT_OF_OFFICE)
    assert reading.strong(SignalKind.HOLDING)


DAEMON = Address("Mail Delivery Subsystem", "mailer-daemon@googlemail.com")


def test_it_tells_a_delay_from_a_bounce() -> None:
    failed = (("x-failed-recipients", "maria.lopez@northwind.example"), *AUTO)
    delay = read(
        "** Delivery incomplete **\nGmail will retry for 44 more hours.", headers=failed, sender=DAEMON,
        subject="Delivery Status Notification (Delay)",
    )  # fmt: skip
    assert delay.has(SignalKind.DELAY)
    assert not delay.has(SignalKind.BOUNCE, SignalKind.OUT_OF_OFFICE, SignalKind.ROBOT)
    bounce = read(
        "Your message wasn't delivered because the address couldn't be found. 550 5.1.1", headers=failed, sender=DAEMON,
        subject="Delivery Status Notification (Failure)",
    )  # fmt: skip
    assert bounce.has(SignalKind.BOUNCE)
    assert not bounce.has(SignalKind.DELAY)


@pytest.mark.parametrize(
    "subject", ["Read: Interview", "Gelesen: Interview", "Lu : Entretien", "Leído: Entrevista"]
)
def test_it_knows_a_read_receipt(subject: str) -> None:
    reading = read(
        "Your message\n\n To: Comeau, Pauline\n was read on Thursday.", subject=subject, headers=AUTO
    )
    assert reading.has(SignalKind.READ_RECEIPT)
    assert not reading.has(SignalKind.ROBOT, SignalKind.OUT_OF_OFFICE)


@pytest.mark.parametrize(
    "subject", ["Accepted: Interview", "Declined: Chat", "Zugesagt: Gespräch", "Accepté : Entretien"]
)
def test_it_knows_a_calendar_answer(subject: str) -> None:
    assert read("Maria Lopez accepted.", subject=subject).has(SignalKind.RSVP)


def test_it_knows_lists_and_spares_the_robots_of_hiring() -> None:
    headers = (("list-unsubscribe", "<mailto:u@x.example>"), ("precedence", "bulk"))
    assert read("Register now!", headers=headers).strong(SignalKind.LIST_MAIL)
    robot = Address("Acme Hiring Team", "no-reply@us.greenhouse-mail.io")
    reading = read("You have not been selected for the position.", headers=headers, sender=robot)
    assert reading.has(SignalKind.ATS)
    assert not reading.has(SignalKind.LIST_MAIL)
    assert reading.strong(SignalKind.REJECTION)


def test_it_lets_a_newsletter_prove_little() -> None:
    headers = (("list-id", "<list.staffroom.example>"),)
    reading = read("We'd like to invite you to an interview masterclass on Monday.", headers=headers)
    assert not reading.strong(SignalKind.INVITATION, SignalKind.INTERVIEW_TOPIC)


def test_it_knows_schedulers_and_job_alerts_by_their_senders() -> None:
    assert read("Confirmed.", sender=Address("Calendly", "notifications@calendly.com")).has(
        SignalKind.SCHEDULER
    )
    alert = Address("LinkedIn Job Alerts", "jobalerts-noreply@linkedin.com")
    assert read("Your job alert for porter", sender=alert).has(SignalKind.JOB_ALERT)


@pytest.mark.parametrize(
    "results",
    [
        "mx.google.com; dkim=fail header.i=@northwind.example; spf=fail smtp.mailfrom=x; dmarc=fail (p=NONE)",
        "mx.google.com; dkim=fail; spf=fail",
    ],
)
def test_it_distrusts_mail_whose_authentication_failed(results: str) -> None:
    assert read("Hi", headers=(("authentication-results", results),)).has(SignalKind.SUSPICIOUS)


def test_it_trusts_mail_that_merely_was_forwarded() -> None:
    results = "mx.google.com; dkim=pass; spf=softfail; dmarc=pass"
    assert not read("Hi", headers=(("authentication-results", results),)).has(SignalKind.SUSPICIOUS)


def test_it_distrusts_a_name_that_is_another_address() -> None:
    forged = Address("amara.okafor@kestrelmarine.example", "collector@exfil.example")
    assert read("Reply here please.", sender=forged).has(SignalKind.SUSPICIOUS)
    honest = Address("maria.lopez@northwind.example", "maria.lopez@northwind.example")
    assert not read("Reply here please.", sender=honest).has(SignalKind.SUSPICIOUS)


def test_it_does_not_take_a_forged_own_address_for_the_user() -> None:
    forged = mail(
        "I withdraw my application.",
        sender=ME,
        headers=(("authentication-results", "mx.google.com; dmarc=fail"),),
    )
    assert not signals.read(forged, IDENTITY, zone="UTC").outgoing
    assert signals.read(mail("Hi", sender=ME), IDENTITY, zone="UTC").outgoing


# ── Invitations ──────────────────────────────────────────────────────────────────────────────────────────────

OWN = Identity(Address("Yuki", "yuki@fernhollow.example"), frozenset({"yuki@fernhollow.example"}))


def _invited(
    organizer: str, attendees: tuple[str, ...], summary: str, method: str = "REQUEST"
) -> tuple[Signal, ...]:
    invite = Invite(
        method, "u1", summary=summary, organizer=Address("", organizer),
        attendees=tuple(Attendee(Address("", a)) for a in attendees),
    )  # fmt: skip
    message = replace(mail("See you there."), invites=(invite,))
    return signals.read(message, OWN, zone="UTC").signals


def test_it_hears_an_interview_in_an_invite() -> None:
    kinds = {s.kind for s in _invited("hr@acme.example", ("yuki@fernhollow.example",), "Interview - Porter")}
    assert SignalKind.INVITATION in kinds
    assert SignalKind.USER_IS_INTERVIEWER not in kinds
    dental = _invited("desk@teeth.example", ("yuki@fernhollow.example",), "Dental cleaning")
    assert SignalKind.INVITATION not in {s.kind for s in dental}


def test_it_sees_that_the_users_own_company_interviews_somebody() -> None:
    attendees = ("yuki@fernhollow.example", "candice@mailbox.example")
    kinds = {s.kind for s in _invited("rosa@fernhollow.example", attendees, "Interview: Candice Rowe")}
    assert SignalKind.USER_IS_INTERVIEWER in kinds


def test_it_hears_a_cancelled_invite() -> None:
    kinds = {s.kind for s in _invited("hr@acme.example", ("yuki@fernhollow.example",), "Interview", "CANCEL")}
    assert SignalKind.CANCELLATION in kinds


# ── The table of rules ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", LANGUAGES)
def test_it_names_every_rule_once(code: str) -> None:
    names = [rule.name for rule in rulebook(code).rules]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("code", LANGUAGES)
def test_it_compiles_every_phrase_and_bounds_every_gap(code: str) -> None:
    for rule in rulebook(code).rules:
        for group in (rule.says, rule.unless, rule.also, rule.unless_anywhere, rule.also_anywhere):
            for p in group.all:
                assert p.pattern.groups == 0
                assert "*?" not in p.regex
                assert not p.pattern.fullmatch(" "), p.source


def test_it_fires_every_rule_in_some_mail_of_the_tables() -> None:
    rules = {
        rule.name for code in LANGUAGES for rule in rulebook(code).rules if rule.look in {"text", "both"}
    }
    loud = {signal.rule for case in TABLES for signal in _unsilenced(case)}
    assert rules - loud == set()


def test_it_passes_over_every_rule_in_some_mail_that_holds_its_words() -> None:
    rules = {
        rule.name for code in LANGUAGES for rule in rulebook(code).rules if rule.look in {"text", "both"}
    }
    tempted = {name for case in TABLES for name in _tempted(case)}
    assert rules - tempted == set()


def _tempted(case: Case) -> Iterator[str]:
    """Rules whose telling words the mail holds, and which it does not fire."""
    passage = statements.body(mail(case.text, outgoing=case.outgoing))
    loud = {signal.rule for signal in _unsilenced(case)}
    spoken_by = {"any", "me" if case.outgoing else "they"}
    for book in map(rulebook, LANGUAGES):
        held = (book.rules[number] for number in book.candidates(passage))
        yield from (rule.name for rule in held if rule.name not in loud and rule.by in spoken_by)


def _unsilenced(case: Case) -> tuple[Signal, ...]:
    message = mail(case.text, outgoing=case.outgoing)
    passage = statements.body(message)
    hearing = Hearing(case.outgoing, reply=True, whole=passage)
    return tuple(s for code in LANGUAGES for s in fired(rulebook(code), passage, hearing))


@pytest.mark.parametrize(
    "hostile",
    [
        "a" * 1_000_000,
        "we have decided " * 60_000,
        "\n" * 1_000_000,
        "not " * 250_000,
        "? " * 500_000,
        "(((" * 300_000,
        "thank you so much for " * 45_000,
        "if if if unfortunately " * 40_000,
        "x@" * 500_000,
        "éß’\u200b" * 250_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_it_reads_a_megabyte_of_anything_in_under_a_second(hostile: str) -> None:
    read("warm up: we have decided to go with another candidate")
    start = time.process_time()
    signals.signals(mail(hostile, subject=hostile), IDENTITY, outgoing=False, spoken=("en",))
    assert time.process_time() - start < 1


def test_it_says_strong_only_once_per_kind_of_weak() -> None:
    reading = read("Unfortunately we have decided to go with another candidate.")
    assert all(s.strength is Strength.STRONG for s in reading.signals if s.kind is SignalKind.REJECTION)
