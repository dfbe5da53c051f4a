"""mime: Gmail's answer → Source → Message."""

from __future__ import annotations

import email
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.mail import mime
from agent.core.mail.addresses import addresses
from agent.core.mail.charsets import codec, decoded
from agent.core.mail.headers import date, ids, parameterised, words
from agent.core.model import Address
from tests.core.mail import (
    AT,
    MILLISECONDS,
    base64url,
    message_of,
    problems_of,
    raw_mail,
    resource,
    said,
    source_of,
)

# ── Two formats, one Source ────────────────────────────────────────────────────────────────────────────────────

_LETTERS = st.text(alphabet="abc äöüéßñ–€\n.,:>-", min_size=1, max_size=200)


@st.composite
def mails(draw: st.DrawFn) -> bytes:
    """Mails as programs build them: one to three texts, perhaps an attachment, in one of several charsets."""
    made = EmailMessage()
    made["From"] = draw(
        st.sampled_from(["Maria <m@a.example>", '"Lopez, Maria" <m@a.example>', "m@a.example"])
    )
    made["Subject"] = draw(_LETTERS).replace("\n", " ")
    made["Date"] = "Mon, 02 Mar 2026 09:14:00 -0500"
    charset = draw(st.sampled_from(["utf-8", "cp1252"]))
    made.set_content(
        draw(_LETTERS), charset=charset, cte=draw(st.sampled_from(["base64", "quoted-printable"]))
    )
    if draw(st.booleans()):
        made.add_alternative(f"<p>{draw(_LETTERS)}</p>", subtype="html", charset="utf-8")
    if draw(st.booleans()):
        made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="offer.pdf")
    for number, part in enumerate(made.walk()):
        if part.is_multipart():
            part.set_boundary(f"=={number}==")
    return made.as_bytes()


@settings(max_examples=60, deadline=None)
@given(mails(), st.booleans(), st.booleans())
def test_it_reads_both_formats_of_a_mail_the_same(raw: bytes, padding: bool, transcode: bool) -> None:
    full, wrong = mime.source(resource(raw, as_format="full", padding=padding, transcode=transcode))
    whole, _ = mime.source(resource(raw, as_format="raw", padding=padding))
    assert wrong == ()
    assert [p.text for p in full.parts] == [p.text for p in whole.parts]
    assert [(p.content_type, p.filename, p.attached) for p in full.parts] == [
        (p.content_type, p.filename, p.attached) for p in whole.parts
    ]
    assert mime.message(full) == mime.message(whole)


def test_it_takes_words_that_gmail_already_made_utf_8_though_the_header_says_otherwise() -> None:
    answer = resource(raw_mail(""), as_format="full")
    answer["payload"]["headers"][-1]["value"] = "text/plain; charset=iso-8859-1"
    for data in ("réponse".encode(), "réponse".encode("latin-1")):
        answer["payload"]["body"] = {"size": len(data), "data": base64url(data, padding=False)}
        source, _ = mime.source(answer)
        assert source.parts[0].text == "réponse"


def test_it_needs_the_raw_form_when_a_body_was_held_back() -> None:
    answer = resource(raw_mail("Hello"), as_format="full")
    assert not mime.needs_raw(answer)
    answer["payload"]["body"] = {"size": 700_000, "attachmentId": "ANG"}
    assert mime.needs_raw(answer)
    assert not mime.needs_raw(resource(raw_mail("Hello"), as_format="raw"))


def test_it_needs_the_raw_form_for_an_invitation_held_back_unless_it_came_twice() -> None:
    held = {
        "mimeType": "application/ics",
        "filename": "invite.ics",
        "body": {"size": 900, "attachmentId": "A"},
    }
    calendar = {"mimeType": "text/calendar", "body": {"size": 4, "data": base64url(b"BEGI")}}
    attached = {"mimeType": "text/plain", "filename": "cv.txt", "body": {"size": 4, "attachmentId": "A"}}
    assert mime.needs_raw({"payload": {"mimeType": "multipart/mixed", "parts": [held]}})
    assert not mime.needs_raw({"payload": {"mimeType": "multipart/mixed", "parts": [calendar, held]}})
    body = {"mimeType": "text/plain", "body": {"size": 2, "data": base64url(b"Hi")}}
    assert not mime.needs_raw({"payload": {"mimeType": "multipart/mixed", "parts": [body, attached]}})


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"id": 7, "threadId": None, "internalDate": "soon", "labelIds": "INBOX", "payload": None},
        {"id": "g", "threadId": "t", "internalDate": "9" * 400, "payload": {"parts": [None, 3, {"body": 4}]}},
        {
            "id": "g",
            "threadId": "t",
            "payload": {"headers": [None, {"name": 3}], "body": {"size": -1, "data": 5}},
        },
        {"id": "g", "threadId": "t", "raw": "%%%"},
        {
            "id": "g",
            "threadId": "t",
            "payload": {"mimeType": "text/plain", "body": {"size": 3, "data": "é!"}},
        },
    ],
)
def test_it_turns_absurd_answers_into_problems(answer: dict[str, Any]) -> None:
    source, problems = mime.source(answer)
    message, _ = mime.message(source)
    assert problems
    assert message.text == "" or message.gmail_id == "g"
    assert message.internal_date.tzinfo is UTC
    mime.needs_raw(answer)


def test_it_orders_by_internal_date_in_milliseconds() -> None:
    source, problems = mime.source(resource(raw_mail("x"), as_format="raw"))
    assert source.internal_date == AT
    assert problems == ()
    assert MILLISECONDS.endswith("000")


def test_it_falls_back_to_the_date_header_without_an_internal_date() -> None:
    answer = resource(b"Date: Mon, 02 Mar 2026 09:14:00 -0500\r\n\r\nx", as_format="raw")
    answer["internalDate"] = ""
    source, problems = mime.source(answer)
    assert source.internal_date == AT
    assert [p.what for p in problems] == ["no usable internalDate"]


# ── The tree ───────────────────────────────────────────────────────────────────────────────────────────────────

MIXED = b"""From: a@b.example
Content-Type: multipart/mixed; boundary="=_out"

preamble
--=_out
Content-Type: multipart/alternative; boundary=in

--in
Content-Type: text/plain

plain
--in
Content-Type: text/html

<p>plain</p>
--in--
--=_out
Content-Type: message/rfc822

From: other@c.example
Subject: attached
Content-Type: text/plain

not mine
--=_out
Content-Type: application/pdf; name*=utf-8''L%C3%B6hne.pdf
Content-Transfer-Encoding: base64

QUJD
--=_out--
epilogue
"""


def test_it_keeps_an_attached_mail_apart_from_the_authors_words() -> None:
    source = source_of(MIXED)
    assert [(p.content_type, p.nested, p.attached) for p in source.parts] == [
        ("text/plain", False, False),
        ("text/html", False, False),
        ("message/rfc822", False, True),
        ("text/plain", True, False),
        ("application/pdf", False, True),
    ]
    message = message_of(MIXED)
    assert message.text == "plain"
    assert message.sender.email == "a@b.example"
    assert message.attachments == ("Löhne.pdf",)
    assert source.parts[-1].size == 3


def test_it_keeps_an_attached_mail_apart_in_the_parsed_form_too() -> None:
    source, _ = mime.source(resource(MIXED, as_format="full"))
    kinds = [(p.content_type, p.nested) for p in source.parts]
    assert kinds == [(p.content_type, p.nested) for p in source_of(MIXED).parts]
    assert mime.message(source)[0].text == "plain"


@settings(max_examples=60, deadline=None)
@given(mails())
def test_it_finds_the_leaves_that_the_standard_library_finds(raw: bytes) -> None:
    leaves = [part for part in email.message_from_bytes(raw).walk() if not part.is_multipart()]
    assert [p.content_type for p in source_of(raw).parts] == [part.get_content_type() for part in leaves]


def test_it_reads_a_multipart_without_its_boundary_as_text() -> None:
    raw = b"From: a@b.example\nContent-Type: multipart/alternative\n\nHello there"
    assert message_of(raw).text == "Hello there"
    unclosed = b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nHello there"
    assert message_of(unclosed).text == "Hello there"


def test_it_keeps_a_delivery_report_as_text_and_out_of_the_body() -> None:
    raw = (
        b"From: a@b.example\nContent-Type: multipart/report; boundary=x\n\n--x\nContent-Type: text/plain\n\nFailed.\n"
        b"--x\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; z@y.example\nAction: failed\n--x--\n"
    )
    source = source_of(raw)
    assert "Action: failed" in source.parts[1].text
    assert message_of(raw).text == "Failed."


# ── Charsets ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        (b"caf\xe9 \x80", "iso-8859-1", "café €"),
        (b"caf\xe9", "us-ascii", "café"),
        (b"caf\xe9", "x-unknown-charset", "café"),
        (b"caf\xe9", "", "café"),
        ("Größe".encode(), "us-ascii", "Größe"),
        ("日本".encode("iso-2022-jp"), "iso-2022-jp", "日本"),
        ("日本".encode(), "iso-2022-jp", "日本"),
        ("日本".encode("cp932"), "shift-jis", "日本"),
        ("中文€".encode("gb18030"), "gb2312", "中文€"),
        ("한국".encode("cp949"), "ks_c_5601-1987", "한국"),
        ("ab".encode("utf-16"), "utf-16", "ab"),
        (b"ab", "utf-16", "ab"),
        ("Grüße".encode("utf-7"), "unicode-1-1-utf-7", "Grüße"),
        (b"C++ and you", "utf-7", "C++ and you"),
        (b"\xef\xbb\xbfHi", "utf-8", "Hi"),
        ("Größe, süß".encode() + b"\xc3", "utf-8", "Größe, süß\ufffd"),
    ],
)
def test_it_decodes(data: bytes, charset: str, text: str) -> None:
    assert decoded(data, charset) == text


@pytest.mark.parametrize(
    "name", ["zlib", "hex", "punycode", "idna", "unicode_escape", "undefined", "../../x", "", "a" * 99]
)
def test_it_knows_no_codec_that_is_no_charset(name: str) -> None:
    assert codec(name) == ""


# ── Header fields ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?iso-8859-1?q?caf=E9?= =?iso-8859-1?q?_noir?=", "café noir"),
        ("=?UTF-8?B?R3LDvA==?= =?utf-8?B?w58=?=", "Grüß"),
        ("=?utf-8?q?a=C3?= =?utf-8?q?=BC?=", "aü"),
        ("Re: =?utf-8?q?a?= b", "Re: a b"),
        ("=?utf-8*en?q?hi?=", "hi"),
        ("=?broken?q", "=?broken?q"),
        ("=?x-none?q?caf=E9?=", "café"),
        ("plain\r\n\tfolded", "plain folded"),
        ("=?utf-8?Q?Amara=0D=0ABcc=3A_x=40y=2Eexample?=", "Amara Bcc: x@y.example"),
        ("a\u202eb\u200bc\x00d", "abc d"),
    ],
)
def test_it_decodes_encoded_words_onto_one_line(value: str, text: str) -> None:
    assert words(value) == text


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("Maria Lopez <Maria@Northwind.Example>", [("Maria Lopez", "maria@northwind.example")]),
        (
            '"Lopez, Maria (HR)" <m@a.example>, b@c.example',
            [("Lopez, Maria (HR)", "m@a.example"), ("", "b@c.example")],
        ),
        ("Hobart, Renee <r@a.example>", [("Hobart, Renee", "r@a.example")]),
        ("=?utf-8?q?Lopez=2C_Mar=C3=ADa?= <m@a.example>", [("Lopez, María", "m@a.example")]),
        ("m@a.example (Maria Lopez)", [("Maria Lopez", "m@a.example")]),
        ("x (a (nested (deep)) one) <m@a.example>", [("x", "m@a.example")]),
        ("hr@a.example <evil@b.example>", [("hr@a.example", "evil@b.example")]),
        ('"hr@a.example" <evil@b.example>', [("hr@a.example", "evil@b.example")]),
        ("Panel: a@b.example, c@d.example;", [("", "a@b.example"), ("", "c@d.example")]),
        ("undisclosed-recipients:;", []),
        ("<@relay.example:m@a.example>", [("", "m@a.example")]),
        ('"O\\"Neil" <o@a.example>', [('O"Neil', "o@a.example")]),
        ('"unclosed <m@a.example>', [("unclosed", "m@a.example")]),
        ("(unclosed m@a.example", [("", "m@a.example")]),
        (
            "Dr. J. Doe, Jr. <j@a.example>; K <k@a.example>",
            [("Dr. J. Doe, Jr.", "j@a.example"), ("K", "k@a.example")],
        ),
        ("=?utf-8?q?M_=3Cm=40a=2Eexample=3E?=", [("M", "m@a.example")]),
        ("M\u200baria <m@a.example>", [("Maria", "m@a.example")]),
        ("Maria <m\u202e@a.example>", []),
        ("m\u200b@a.example", []),
        ("m@a\u00ad.example", []),
        ("", []),
    ],
)
def test_it_reads_addresses(value: str, found: list[tuple[str, str]]) -> None:
    assert addresses(value) == tuple(Address(name, mail) for name, mail in found)


def test_it_stops_at_five_hundred_addresses() -> None:
    assert len(addresses(", ".join(f"a{n}@b.example" for n in range(2000)))) == 500


def test_it_keeps_message_ids_exactly_as_sent() -> None:
    long = f"<{'A' * 150}@NAMPRD01.Example>"
    assert ids(f"{long}\r\n\t<b@c.example> <b@c.example>") == (long, "<b@c.example>")
    assert ids("bare@id.example") == ("bare@id.example",)
    assert ids("two words") == ()


def test_it_keeps_the_senders_own_offset() -> None:
    at = date("Mon, 2 Mar 2026 09:14:00 -0500 (EST)")
    assert at is not None
    assert at == AT
    assert at.utcoffset() == timedelta(hours=-5)
    assert date("Mon, 2 Mar 2026 14:14:60 -0000") == AT + timedelta(seconds=59)
    assert date("yesterday") is None
    assert date("Mon, 99 Mar 2026 09:14:00 +9900") is None


def test_it_reads_parameters_of_rfc_2231() -> None:
    value = "attachment; filename*0*=utf-8''Angebot%20f%C3%BCr; filename*1=\" Sie.pdf\"; x=1"
    assert parameterised(value) == ("attachment", (("x", "1"), ("filename", "Angebot für Sie.pdf")))


def test_it_lets_no_header_line_be_injected() -> None:
    raw = (
        b"From: =?utf-8?Q?Amara=0D=0ABcc=3A_c=40d=2Eexample?= <a@b.example>\r\n"
        b"Subject: =?utf-8?Q?Hi=0D=0ABcc=3A_c=40d=2Eexample=E2=80=A8x?=\r\nX-Mailer: a\r\n b\r\n\r\nx"
    )
    message = message_of(raw)
    assert message.subject == "Hi Bcc: c@d.example x"
    assert message.sender == Address("Amara Bcc: c@d.example", "a@b.example")
    assert all("\n" not in value and "\r" not in value for _, value in message.headers)


def test_it_fills_the_message_from_its_header() -> None:
    raw = (
        b"From: Maria <m@a.example>\nTo: Dana <d@b.example>\nTo: e@b.example\nCC: f@b.example\nReply-To: r@a.example\n"
        b"Message-ID: <1@a.example>\nIn-Reply-To: <0@b.example>\nReferences: <x@b.example>\n <0@b.example>\n"
        b"Date: Mon, 2 Mar 2026 09:14:00 -0500\nAUTO-SUBMITTED: auto-replied\nX-Unrelated: 1\nSubject: Hi\n\nBody\n"
    )
    message = message_of(raw)
    assert [a.email for a in message.to] == ["d@b.example", "e@b.example"]
    assert message.cc == (Address("", "f@b.example"),)
    assert message.reply_to == (Address("", "r@a.example"),)
    assert (message.message_id, message.in_reply_to) == ("<1@a.example>", "<0@b.example>")
    assert message.references == ("<x@b.example>", "<0@b.example>")
    assert message.header("auto-submitted") == "auto-replied"
    assert message.header("x-unrelated") == ""
    assert message.date == datetime(2026, 3, 2, 14, 14, tzinfo=UTC)


def test_it_names_what_is_missing_without_quoting_the_mail() -> None:
    assert problems_of(b"Date: never\n\nsecret") == ["unreadable Date header", "no sender address"]


# ── Plain or HTML ──────────────────────────────────────────────────────────────────────────────────────────────


def alternative(plain: str, html: str) -> bytes:
    made = EmailMessage()
    made["From"], made["Subject"] = "Maria <m@a.example>", "Re: Interview"
    made.set_content(plain)
    made.add_alternative(html, subtype="html")
    return made.as_bytes()


def test_it_prefers_the_plain_part() -> None:
    assert (
        message_of(alternative("See you on Friday.", "<p>See you on <b>Friday</b>.</p>")).text
        == "See you on Friday."
    )


@pytest.mark.parametrize(
    "stub",
    [
        "",
        "\n\n",
        "View this email in your browser: https://x.example/1",
        "Your email client does not support HTML messages.",
        "Please view this message in an HTML-capable reader.",
        "<html><body><table><tr><td><p>Hello</p><p>x</p><br></td></tr></table></body></html>",
        "Logo",
    ],
)
def test_it_takes_the_html_where_the_plain_part_says_nothing(stub: str) -> None:
    html = (
        f"<p>We would like to invite you to an interview on Friday at ten.</p><p>{'Bring a friend. ' * 9}</p>"
    )
    assert message_of(alternative(stub, html)).text.startswith("We would like to invite you")


def test_it_notes_when_plain_and_html_say_different_things() -> None:
    plain = "Quarterly newsletter about gardening with seventeen wonderful tips regarding tomatoes potatoes carrots beans peas"
    html = "<p>Your interview takes place tomorrow morning at nine sharp inside our headquarters building downtown, fourth floor</p>"
    assert problems_of(alternative(plain, html)) == ["the plain and the HTML part say different things"]
    assert problems_of(alternative("Hello Dana, see you.", "<p>Hello Dana, see you.</p>")) == []


def test_it_collects_the_links_of_the_authors_own_words() -> None:
    html = (
        '<p>Pick <a href="https://calendly.com/x/30min?a=1&amp;b=2">a slot</a></p>'
        '<blockquote type="cite"><a href="https://old.example/">old</a></blockquote>'
    )
    message = message_of(
        alternative("Pick a slot, or see (https://a.example/b).\n> https://old.example/", html)
    )
    assert message.links == ("https://a.example/b", "https://calendly.com/x/30min?a=1&b=2")


def test_it_joins_flowed_lines_before_it_looks_at_quotation() -> None:
    body = "On Mon, 2 Mar 2026, Dana wrote: \r\n> Is Friday \r\n> fine?\r\nIt is \r\nfine.\r\n-- \r\nMaria"
    flowed = message_of(raw_mail(body, kind="text/plain; format=flowed"))
    assert flowed.body.strip() == "It is fine."
    assert flowed.signature == "--\nMaria"
    assert "> Is Friday fine?".removeprefix("> ") in flowed.quoted
    assert message_of(raw_mail("fer \r\nries", kind="text/plain; format=flowed; delsp=yes")).text == "ferries"


def test_it_joins_the_texts_around_an_attachment() -> None:
    made = EmailMessage()
    made["From"] = "m@a.example"
    made.set_content("First.")
    made.add_attachment(b"x", maintype="application", subtype="pdf", filename="a.pdf")
    made.add_attachment("Second.")
    del list(made.iter_attachments())[-1]["Content-Disposition"]
    assert message_of(made.as_bytes()).text == "First.\n\nSecond."


def test_it_does_not_take_an_attached_text_for_the_body() -> None:
    made = EmailMessage()
    made["From"] = "m@a.example"
    made.set_content("Mine.")
    made.add_attachment("My life.", filename="cv.txt")
    message = message_of(made.as_bytes())
    assert (message.text, message.attachments) == ("Mine.", ("cv.txt",))


def test_it_takes_a_named_text_for_the_body_where_there_is_no_other() -> None:
    raw = raw_mail("Hello there", kind='text/plain; name="body.txt"')
    assert message_of(raw).text == "Hello there"
    answer = resource(raw, as_format="full")
    assert mime.needs_raw(answer)
    both = {
        "payload": {
            "mimeType": "multipart/mixed",
            "parts": [resource(raw_mail("x"), as_format="full")["payload"], answer["payload"]],
        }
    }
    assert not mime.needs_raw(both)


def test_it_shows_no_text_that_mail_programs_do_not_show() -> None:
    raw = (
        b"From: a@b.example\nContent-Type: multipart/alternative; boundary=x\n\n--x\nContent-Type: text/plain\n\nHello\n"
        b"--x\nContent-Type: text/x-amp-html\n\n<p>dynamic</p>\n--x\nContent-Type: text/vcard\n\nBEGIN:VCARD\n--x--\n"
    )
    assert message_of(raw).text == "Hello"


def test_it_says_when_there_is_nothing_to_read() -> None:
    assert problems_of(b"From: a@b.example\nContent-Type: application/pkcs7-mime\n\nMIIB") == [
        "no readable text"
    ]


# ── Invitations ────────────────────────────────────────────────────────────────────────────────────────────────

ICS = (
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:u1\r\nSEQUENCE:1\r\nDTSTART:20260305T150000Z\r\n"
    "DTEND:20260305T153000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def test_it_counts_an_invitation_that_google_sends_twice_once() -> None:
    made = EmailMessage()
    made["From"] = "m@a.example"
    made.set_content("Invitation")
    made.add_alternative(ICS.encode(), maintype="text", subtype="calendar", params={"method": "REQUEST"})
    made.add_attachment(ICS.encode(), maintype="application", subtype="ics", filename="invite.ics")
    (invite,) = message_of(made.as_bytes()).invites
    assert (invite.uid, invite.method, invite.sequence) == ("u1", "REQUEST", 1)
    assert invite.start == datetime(2026, 3, 5, 15, 0, tzinfo=UTC)


def test_it_leaves_the_invitation_of_an_attached_mail_alone() -> None:
    raw = (
        b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nFYI\n--x\nContent-Type: message/rfc822\n\n"
        b"From: c@d.example\nContent-Type: text/calendar\n\n" + ICS.encode() + b"\n--x--\n"
    )
    assert message_of(raw).invites == ()


def test_it_reads_a_plain_mail_whole() -> None:
    message = said(
        "Hi Dana,\n\nThursday at 2 works.\n\nBest,\nMaria Lopez\nNorthwind Traders", subject="Re: Interview"
    )
    assert message.body.strip() == "Hi Dana,\n\nThursday at 2 works."
    assert message.signature == "Best,\nMaria Lopez\nNorthwind Traders"
    assert (message.quoted, message.forwarded) == ("", "")
