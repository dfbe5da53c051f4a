"""A composition as bytes: what goes in comes out again, whatever the names, subjects and ids are."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.core.model import Address, Composition
from agent.core.writing import wire
from agent.core.writing.wire import Attachment, to_bytes

DATE = datetime(2026, 5, 26, 9, 0, tzinfo=timezone(timedelta(hours=-4)))
OUTLOOK = "<" + "YT3PR01MB7731A0C6F4D2B88E19F57A3C4E5D1" * 4 + "@YT3PR01MB7731.CANPRD01.PROD.OUTLOOK.COM>"
PLAIN = Composition(
    sender=Address("Jordan Doe", "jordan@mailbox.example"), to=(Address("Colleen Brandt", "colleen@tidewater.example"),),
    cc=(), subject="Re: Interview", in_reply_to="<m1@mail.example>", references=("<m0@mail.example>", "<m1@mail.example>"),
    text="Hi Colleen,\n\nGrüße\n", html='<div dir="ltr"><div>Hi Colleen,</div></div>', language="en", template="t",
)  # fmt: skip


def parsed(composition: Composition, **options: object) -> EmailMessage:
    raw = to_bytes(composition, key="follow_up:1:t1:r1:x", date=DATE, **options)  # type: ignore[arg-type]
    return BytesParser(policy=policy.default).parsebytes(raw)


def test_it_makes_the_same_bytes_twice() -> None:
    assert to_bytes(PLAIN, key="k", date=DATE) == to_bytes(PLAIN, key="k", date=DATE)


def test_it_has_text_first_and_a_html_alternative() -> None:
    made = parsed(PLAIN)
    assert [part.get_content_type() for part in made.iter_parts()] == ["text/plain", "text/html"]
    assert made["X-Followup-Key"] == "follow_up:1:t1:r1:x"
    assert made["Date"] == "Tue, 26 May 2026 09:00:00 -0400"


def test_it_never_encodes_or_cuts_a_long_outlook_id() -> None:
    raw = to_bytes(
        replace(PLAIN, in_reply_to=OUTLOOK, references=(OUTLOOK, "<b@c.example>")), key="k", date=DATE
    )
    head = raw.partition(b"\r\n\r\n")[0]
    assert b"In-Reply-To: " + OUTLOOK.encode() + b"\r\n" in head + b"\r\n"
    assert b"=?" not in head


@pytest.mark.parametrize(
    "bad",
    [
        replace(PLAIN, subject="Hi\r\nBcc: x@evil.example"),
        replace(PLAIN, subject="Hi\u2028there"),
        replace(PLAIN, in_reply_to="<a@b>\r\nBcc: x@evil.example"),
        replace(PLAIN, references=("<a b@c>",)),
        replace(PLAIN, to=(Address("x", "a@b.example, c@evil.example"),)),
        replace(PLAIN, to=(Address("x", "a@b.example>\r\nBcc: <c@evil.example"),)),
        replace(PLAIN, sender=Address("x", "no address")),
    ],
)
def test_it_refuses_to_build_an_unsafe_header(bad: Composition) -> None:
    with pytest.raises(ValueError, match=r"header|id|addr"):
        to_bytes(bad, key="k", date=DATE)


def test_it_refuses_a_key_with_a_line_break() -> None:
    with pytest.raises(ValueError, match="key"):
        to_bytes(PLAIN, key="a\r\nBcc: x@evil.example", date=DATE)


def test_it_makes_a_name_with_line_breaks_harmless() -> None:
    made = parsed(replace(PLAIN, to=(Address("Amara\r\nBcc: x@evil.example", "amara@kestrel.example"),)))
    assert made["Bcc"] is None
    assert [a.addr_spec for a in made["To"].addresses] == ["amara@kestrel.example"]


def test_it_keeps_names_with_quotes_commas_and_emoji() -> None:
    name = 'O\'Malley, Siobhán "Shiv" 🌲'
    made = parsed(replace(PLAIN, to=(Address(name, "shiv@pine.example"),)))
    assert made["To"].addresses[0].display_name == name


def test_it_encloses_files_with_their_names() -> None:
    enclosed = Attachment("Arbeitsprobe ä.pdf", "application/pdf", b"%PDF-1.7")
    made = parsed(replace(PLAIN, attachments=("x",)), attachments=(enclosed,))
    (file,) = made.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("Arbeitsprobe ä.pdf", b"%PDF-1.7")
    assert [p.get_content_type() for p in made.walk()][:3] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
    ]


def test_it_notices_a_built_message_that_says_something_else() -> None:
    raw = to_bytes(PLAIN, key="k", date=DATE)
    with pytest.raises(ValueError, match="subject"):
        wire.verify(raw.replace(b"Re: Interview", b"Re: Overview"), PLAIN, key="k")
    with pytest.raises(ValueError, match="bcc"):
        wire.verify(b"Bcc: x@evil.example\r\n" + raw, PLAIN, key="k")


def test_it_checks_what_it_built() -> None:
    with pytest.raises(ValueError, match="text"):
        to_bytes(replace(PLAIN, text="a\rb\x85c"), key="k", date=DATE)


printable = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=120)
atext = st.text("!#$%&'*+-/=?^_`{|}~abcXYZ019.", min_size=1, max_size=400)
ids = st.builds("<{}@{}>".format, atext, st.text("abcXYZ019.-", min_size=1, max_size=300))


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(name=printable, subject=printable, chain=st.lists(ids, max_size=8, unique=True), text=printable)
def test_it_survives_any_name_subject_and_id(name: str, subject: str, chain: list[str], text: str) -> None:
    composition = replace(
        PLAIN, to=(Address(name, "a@b.example"),), subject=f"Re: {subject}", references=tuple(chain),
        in_reply_to=chain[-1] if chain else "", text=f"Hi,\n\n{text}\n",
    )  # fmt: skip
    raw = to_bytes(composition, key="k", date=DATE)  # verifies itself
    head = raw.partition(b"\r\n\r\n")[0]
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert head.isascii()
