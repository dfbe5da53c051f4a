"""Mail made to hurt: 1 MB of anything ends within a second and within 64 MB, and nothing leaves the parser but values."""

from __future__ import annotations

import tracemalloc
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.mail import mime
from agent.core.mail.calendar import invites
from agent.core.mail.charsets import decoded
from tests.core.mail import AT, message_of, problems_of, raw_mail, source_of

MEGABYTE = 1_000_000
SECONDS = 1.0  # of processor time; the measured worst is a third of it


def text(shape: str, kind: str = "text/plain; charset=utf-8") -> bytes:
    return raw_mail((shape * (MEGABYTE // len(shape) + 1))[:MEGABYTE], kind=kind)


def html(shape: str, once: str = "") -> bytes:
    return text(shape, "text/html") if not once else raw_mail(once[:MEGABYTE], kind="text/html")


def ics(inside: str) -> bytes:
    return raw_mail(f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{inside}"[:MEGABYTE], kind="text/calendar")


def head(fields: str) -> bytes:
    return f"From: a@b.example\r\n{fields}\r\n\r\nx".encode()


def nested(levels: int) -> bytes:
    opening = "".join(
        f"--b{n}\r\nContent-Type: multipart/mixed; boundary=b{n + 1}\r\n\r\n" for n in range(levels)
    )
    return f"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b0\r\n\r\n{opening}".encode()


FONTS = "<p>" + "".join(f"<font size={n}>" for n in range(500))
TEXTS = [
    "On ", "On Mon, 6 Apr 2026 a@b.c\nwrote\n", "a@b.c wrote\n", ">", "> ", ">\n", "> a\nb\n", "\n", " \n", " ",
    "-----\n", "_", "From: a@b.c\n", "From:" + " " * 40, "Von: Max\nGesendet: x\n", "a:\n", "-----Original Message-----\n",
    "Best,\nA\n\n", "A\n", "-- \n", "This e-mail is confidential.\n",
    "+1 (2) 3-", "http://", "\u200b", "\u0130", "<",
]  # fmt: skip
PAGES = [
    "<a ", "<div>", '<div style="display:none">', "<!-- ", "<", "<svg>", "<style>a{", "<div></p>", "<p>x",
    "<li>", "<pre>\n", "<td><span style='a:b'>x</span>", '<blockquote type="cite">', '<blockquote class="gmail_quote">x<br>',
    '<a "', '<a b="', "<a b='", "<a =" + " " * 40, "<!", "&#x", '<a href="http://a.b/c">x</a>',
    '<div class="gmail_signature">x</div>', '<div id="divRplyFwdMsg">x</div>', '<p style="display      ">', "x  ",
]  # fmt: skip
PAGES_ONCE = [
    FONTS + "<p>x" * 200_000,
    "<a " + " ".join(f"a{n}=1" for n in range(120_000)) + ">",
    "<p>" + "<b>" * 39 + "<div>" * 190_000,
    "<table>" + "<tr><td>x" * 110_000,
    "<style>" + ".a{display:none}" * 60_000 + "</style>",
    "<style>" + "/*" * 480_000,
    "<style>" + "@media{" * 120_000 + "</style>",
    "<style>" + "," * 900_000 + "{display:none}</style>",
    '<div class="' + "a " * 480_000 + '">',
    '<p style="display' + " " * 900_000 + '">',
]
HEADS = [
    "To: " + ", ".join(f"n{n} <a{n}@b.example>" for n in range(20_000)),
    "\r\n".join(f"To: n{n} <a{n}@b.example>" for n in range(20_000)),
    "To: " + "(" * 60_000,
    "To: " + "(" * 500 + "x" + ")" * 500 + " <a@b.example>",
    "To: " + '"\\' * 30_000,
    "To: " + "<" * 60_000,
    "Subject: " + "=?utf-8?q?=C3=A9?= " * 16_000,
    "Subject: " + "=?" * 300_000,
    "Subject: " + "=?utf-8?b?" * 90_000,
    "Subject: x" + "\r\n " * 300_000,
    "Content-Type: text/plain" + "; a=b" * 190_000,
    "Content-Type: text/plain" + "".join(f"; a*{n}*=b" for n in range(20_000)),
    "Content-Type: text/plain; x" + '"\\' * 400_000,
    "References: " + "<a@b> " * 150_000,
    "References: " + "<" * 900_000,
    "Date: " + "1 " * 400_000,
    "X" + " " * 900_000,
    "a:\r\n" * 240_000,
    "Content-Type: message/rfc822\r\n\r\n" * 20_000,
    "Content-Type: multipart/mixed; boundary=x\r\n\r\n" + "--y\r\n" * 150_000,
    "Content-Type: multipart/mixed; boundary=x\r\n\r\n" + "--x\r\n\r\na\r\n" * 90_000,
    "Content-Type: multipart/mixed; boundary=x\r\n\r\n"
    + "--x\r\nContent-Type: text/html\r\n\r\n<p>a</p>\r\n" * 20_000,
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    + "--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" * 15_000,
    "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + "!A" * 490_000,
    "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + "=" * 990_000,
    "Content-Type: text/plain; format=flowed\r\n\r\n" + "a \n" * 330_000,
    "Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n" + "> a \n" * 190_000,
    "Content-Type: text/plain; charset=punycode\r\n\r\n" + "a" * 990_000,
    "Content-Type: text/plain; charset=utf-7\r\n\r\n" + "+AGE-" * 190_000,
    "Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n" + "\x1b$B" * 300_000,
]
CALENDARS = [
    "END:VEVENT\r\n" + "BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260101T100000Z\r\nEND:VEVENT\r\n" * 14_000,
    "DESCRIPTION:" + "a" * 990_000,
    "DESCRIPTION:" + "\r\n a" * 240_000,
    "DESCRIPTION:" + "\\\\" * 480_000,
    "BEGIN:VEVENT\r\n" * 60_000,
    "BEGIN:A\r\n" * 50 + "END:B\r\n" * 100_000,
    "ATTENDEE" + ";A=b" * 240_000 + ":x",
    "ATTENDEE" + ';A="' * 240_000 + ":x",
    "ATTENDEE;X=a" + ",a" * 480_000 + ":x",
    "ATTENDEE:mailto:a@b.example\r\n" * 35_000,
    "END:VEVENT\r\nBEGIN:VTIMEZONE\r\nTZID:X\r\n"
    + "BEGIN:STANDARD\r\nDTSTART:16010101T020000\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\n"
    * 8_000
    + "END:VTIMEZONE\r\n"
    + "BEGIN:VEVENT\r\nDTSTART;TZID=X:20260101T100000\r\nEND:VEVENT\r\n" * 60,
    "\r\n" * 490_000,
]


def named(shapes: list[str]) -> list[Any]:
    return [pytest.param(shape, id=f"{number} {shape[:24]!a}") for number, shape in enumerate(shapes)]


def ends_in_time(raw: bytes) -> None:
    message_of(b"From: a@b.example\n\nwarm")  # the lexicon is compiled once, before the clock runs
    began = process_time()
    message_of(raw)
    assert process_time() - began < SECONDS


@pytest.mark.parametrize("shape", named(TEXTS))
def test_it_reads_a_megabyte_of_text(shape: str) -> None:
    ends_in_time(text(shape))


@pytest.mark.parametrize("shape", named(PAGES))
def test_it_reads_a_megabyte_of_html(shape: str) -> None:
    ends_in_time(html(shape))


@pytest.mark.parametrize("page", named(PAGES_ONCE))
def test_it_reads_a_page_that_blows_up_in_browsers(page: str) -> None:
    ends_in_time(html("", page))


@pytest.mark.parametrize("fields", named(HEADS))
def test_it_reads_a_megabyte_of_header_or_structure(fields: str) -> None:
    ends_in_time(head(fields))


@pytest.mark.parametrize("inside", named(CALENDARS))
def test_it_reads_a_megabyte_of_calendar(inside: str) -> None:
    ends_in_time(ics(inside))


@pytest.mark.parametrize(
    "raw",
    [
        text("a \n", "text/plain; format=flowed"),
        html("", FONTS + "<p>x" * 8_000),
        head(HEADS[9]),
        nested(2000),
    ],
    ids=["flowed", "fonts", "folds", "nested"],
)
def test_it_needs_little_memory(raw: bytes) -> None:
    tracemalloc.start()
    try:
        message_of(raw)
        assert tracemalloc.get_traced_memory()[1] < 64 * MEGABYTE
    finally:
        tracemalloc.stop()


def test_it_notes_what_it_did_not_read() -> None:
    assert problems_of(nested(60)) == ["parts nested deeper than 50", "no readable text"]
    many = b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\na\n" * 600
    assert problems_of(many) == ["more than 500 parts"]
    assert len(source_of(many).parts) == 500
    assert "header block larger than 256 kB" in problems_of(head("X: " + "a" * 300_000))
    assert problems_of(head("\r\n".join("X: a" for _ in range(3000)))) == ["more than 2,000 header fields"]
    assert (
        problems_of(ics("END:VEVENT\r\n" + "X:1\r\n" * 30_000))[0]
        == "calendar part with more than 20,000 lines"
    )


def test_it_keeps_the_readable_part_of_a_deep_page() -> None:
    message = message_of(raw_mail("<div>" * 100_000 + "Hello" + "</div>" * 100_000, kind="text/html"))
    assert message.text == "Hello"


PIECES = st.sampled_from(
    ["From: a@b.example\n", "Subject: =?utf-8?q?x?=\n", "Content-Type: multipart/mixed; boundary=x\n", "\n", "--x\n", "--x--\n", "é",
     "Content-Type: text/calendar\n", "BEGIN:VEVENT\n", "DTSTART:20260305T140000\n", "END:VEVENT\n", "Content-Type: text/html\n", "<p>", "> ",
     "Content-Type: message/rfc822\n", "Content-Transfer-Encoding: base64\n", "Date: Mon, 2 Mar 2026 09:14:00 -0500\n", "\0", "=\n", "\x02"]
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.lists(PIECES, max_size=30), st.binary(max_size=40))
def test_it_never_raises_on_bytes(pieces: list[str], tail: bytes) -> None:
    source, _ = mime.source_from_bytes(
        "".join(pieces).encode() + tail, gmail_id="g", thread_id="t", internal_date=AT, label_ids=()
    )
    message, _ = mime.message(source, zone="Europe/Berlin")
    assert 0 <= message.signature_at <= len(message.text)
    assert message.body + message.signature == message.text
    assert mime.message(source, zone="Europe/Berlin")[0] == message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["payload", "parts", "body", "data", "headers", "name", "value", "mimeType", "size", "raw", "labelIds", "filename"]),
        inner,
        max_size=6,
    ),
    max_leaves=30,
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["payload", "raw", "internalDate", "labelIds", "id", "threadId"]), JSON)
)
def test_it_never_raises_on_answers(answer: dict[str, Any]) -> None:
    mime.needs_raw(answer)
    source, _ = mime.source(answer)
    mime.message(source)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(
        st.sampled_from(["BEGIN:VEVENT", "END:VEVENT", "DTSTART", ":", ";", "TZID=", "Europe/Berlin", "20260305T140000", "00010101T000000",
                         "99991231T235959", "\n", "DURATION", "P9999W", "-P9999W", "END:VTIMEZONE", "BEGIN:VTIMEZONE", "BEGIN:STANDARD",
                         "TZOFFSETTO:+2359", "RRULE:FREQ=YEARLY;BYDAY=-5SU;BYMONTH=2", "UNTIL=0", "ATTENDEE:mailto:", "é"]),
        max_size=40,
    )
)  # fmt: skip
def test_it_never_raises_on_calendars(pieces: list[str]) -> None:
    invites("BEGIN:VCALENDAR\n" + "".join(pieces), zone="Asia/Tokyo")


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=60),
    st.sampled_from(
        ["utf-8", "utf-7", "utf-16", "iso-2022-jp", "hz-gb-2312", "big5", "x", "cp037", "koi8-r"]
    ),
)
def test_it_decodes_any_bytes(data: bytes, charset: str) -> None:
    decoded(data, charset)
