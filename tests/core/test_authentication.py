"""Gmail's verdict on a sender: only its own header on top counts, and a failed mail ends nothing and adds nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent.core.mail.authentication import failed
from agent.core.meaning import signals
from agent.core.model import Candidacy, Disposition, Identity, Policy, Reading, Source, State
from agent.core.people import linking
from agent.core.story import judge
from agent.core.story.plan import Rules
from agent.core.writing.envelope import writable
from tests.core.mail import AT
from tests.core.post import DANA

MARIA = "Maria Lopez <maria@northwind.example>"
ACME = "northwind.example"
FAIL = "mx.google.com; spf=fail smtp.mailfrom=x.example; dmarc=fail (p=NONE) header.from=northwind.example"
PASS = "mx.google.com; dkim=pass header.i=@northwind.example; spf=softfail; dmarc=pass header.from=northwind.example"


def verdict(*values: str, domain: str = ACME) -> bool:
    return failed([("authentication-results", value) for value in values], domain)


@pytest.mark.parametrize(
    "value",
    [
        FAIL,
        "mx.google.com;\r\n       dkim=fail header.i=@northwind.example;\r\n       spf=fail smtp.mailfrom=a@b.example",
        "mx.google.com; spf=fail (google.com: domain of a@northwind.example does not designate) smtp.mailfrom=a@b.example",
        "mx.google.com; dkim=fail; spf=softfail",
        "mx.google.com; dkim=pass header.i=@mallory.example; spf=hardfail",
        "mx.google.com; dkim=pass header.i=@mallory.example; dmarc=fail (p=REJECT)",
        'mx.google.com; spf=fail smtp.mailfrom="; dmarc=pass; "@b.example',
        "mx.google.com; spf=fail (domain of x; dmarc=pass; y) smtp.mailfrom=a@b.example",
        "MX.Google.com 1; DMARC=Fail",
    ],
)
def test_it_knows_a_forgery(value: str) -> None:
    assert verdict(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        PASS,
        "mx.google.com; dkim=pass header.i=@northwind.example; spf=fail smtp.mailfrom=forwarder.example",
        "mx.google.com; dkim=pass header.i=@mail.northwind.example header.s=k; spf=fail",
        "mx.google.com; dkim=fail header.i=@list.example; dkim=pass header.d=northwind.example; spf=fail",
        "mx.google.com; spf=neutral; dkim=none",
        "mx.google.com; spf=softfail",
        "mx.google.com; dkim=temperror; spf=temperror; dmarc=temperror",
        "mx.google.com; spf=pass (domain of dmarc=fail@northwind.example is fine; dmarc=fail) smtp.mailfrom=x",
        'mx.google.com; spf=pass smtp.mailfrom="; dmarc=fail"@northwind.example',
        "mx.elsewhere.example; dmarc=fail; spf=fail; dkim=fail",
        "mx.google.com.evil.example; dmarc=fail",
        "i=1; mx.google.com; dmarc=fail",
        "mx.google.com",
        "(((((" * 2_000,
        '"\\' * 2_000,
    ],
)
def test_it_accuses_nobody_without_gmails_word(value: str) -> None:
    assert not verdict(value)


def test_it_hears_only_the_header_on_top() -> None:
    assert verdict(FAIL, PASS)
    assert not verdict(PASS, FAIL)
    assert not verdict("mx.elsewhere.example; dmarc=pass", FAIL)


def _read(
    key: str,
    day: int,
    sender: str,
    text: str,
    *,
    results: str = "",
    extra: str = "",
    to: str = "",
    thread: str = "t1",
) -> Reading:
    mine = "dana.kim" in sender
    at = AT + timedelta(days=day)
    top = f"Authentication-Results: {results}\r\n" if results else ""
    answers = (
        "" if key == "m1" else "In-Reply-To: <m1@northwind.example>\r\nReferences: <m1@northwind.example>\r\n"
    )
    raw = (
        f"{top}From: {sender}\r\nTo: {to or 'Dana Kim <dana.kim@gmail.example>'}\r\n{extra}{answers}"
        f"Message-ID: <{key}@northwind.example>\r\nDate: {at:%a, %d %b %Y %H:%M:%S} +0000\r\n"
        f"Subject: {'' if key == 'm1' else 'Re: '}Interview for Data Engineer\r\n\r\n{text}"
    ).encode()
    return _understood(raw, key, thread, at, "SENT" if mine else "INBOX")


def _understood(raw: bytes, key: str, thread: str, at: datetime, label: str) -> Reading:
    from agent.core.mail import mime

    source: Source = mime.source_from_bytes(
        raw, gmail_id=key, thread_id=thread, internal_date=at, label_ids=[label]
    )[0]
    return signals.read(mime.message(source)[0], DANA, zone="UTC")


def _genuine(results: str = "") -> tuple[Reading, ...]:
    invited = (
        "Hi Dana,\n\nwe would like to invite you to an interview for the Data Engineer position at Northwind on"
        " Thursday, March 5, 2026 at 10:00 UTC.\n\nBest,\nMaria\n"
    )
    return (
        _read("m1", 0, MARIA, invited, results=results),
        _read(
            "m2",
            1,
            "Dana Kim <dana.kim@gmail.example>",
            "Hi Maria,\n\nThursday at 10 works for me.\n\nDana\n",
            to=MARIA,
        ),
    )


REJECTION = (
    "Dear Dana,\n\nUnfortunately we have decided not to move forward with your application. We have chosen another"
    " candidate.\n\nBest,\nMaria\n"
)


def _judged(*readings: Reading, identity: Identity = DANA) -> tuple[Candidacy, State]:
    now = datetime(2026, 3, 20, 12, tzinfo=UTC)
    judged = judge.judge(readings, (), (), identity, Rules.of(Policy(time_zone="UTC")), {}, now)
    assert len(judged) == 1
    return judged[0].candidacy, judged[0].state


def test_it_ends_a_candidacy_on_a_genuine_refusal_only() -> None:
    for results in ("", PASS, "mx.elsewhere.example; dmarc=fail"):
        _, state = _judged(*_genuine(results), _read("m3", 7, MARIA, REJECTION, results=results))
        assert state.disposition is Disposition.REJECTED
    candidacy, state = _judged(*_genuine(PASS), _read("m3", 7, MARIA, REJECTION, results=FAIL))
    assert state.disposition is Disposition.OPEN
    assert "authenticity" in state.hold_back[0]
    assert candidacy.readings[-1].message.text == ""


def test_it_is_not_talked_out_of_gmails_verdict() -> None:
    extra = f"Authentication-Results: {PASS}\r\nARC-Authentication-Results: i=1; {PASS}\r\n"
    forged = _read("m3", 7, MARIA, REJECTION, results=FAIL, extra=extra)
    assert _judged(*_genuine(PASS), forged)[1].disposition is Disposition.OPEN
    accused = _read("m3", 7, MARIA, REJECTION, results=PASS, extra=f"Authentication-Results: {FAIL}\r\n")
    assert _judged(*_genuine(PASS), accused)[1].disposition is Disposition.REJECTED


@pytest.mark.parametrize(
    "sender", ["Sam Reed <sam@northwind.example>", "Sam Reed <sam@northwind-hr.example>", MARIA]
)
def test_it_writes_to_nobody_whom_a_forgery_names(sender: str) -> None:
    text = (
        "Hi Dana,\n\nI take over from Maria. Your interview for the Data Engineer position moves to Friday, March 6 at"
        " 10:00. Please answer to me.\n\nBest,\nSam\n"
    )
    extra = "Cc: Pat Cole <pat@northwind.example>\r\nReply-To: sam@mallory.example\r\n"
    candidacy, state = _judged(*_genuine(), _read("m3", 2, sender, text, results=FAIL, extra=extra))
    assert {c.address.email for c in writable(candidacy, state)} == {"maria@northwind.example"}


def test_it_takes_no_forged_letter_for_the_users_own() -> None:
    me = "Dana Kim <dana.kim@gmail.example>"
    raw = f"Authentication-Results: mx.google.com; dmarc=fail\r\nFrom: {me}\r\nTo: {MARIA}\r\n\r\nI withdraw.".encode()
    assert not _understood(raw, "x", "t1", AT, "INBOX").outgoing
    assert _understood(raw.partition(b"\r\n")[2], "x", "t1", AT, "INBOX").outgoing


def test_it_links_the_same_whatever_the_order() -> None:
    readings = (*_genuine(PASS), _read("m3", 7, MARIA, REJECTION, results=FAIL))
    assert linking.candidacies(readings, (), DANA, {}) == linking.candidacies(readings[::-1], (), DANA, {})
