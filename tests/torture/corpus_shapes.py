"""Mails whose shape hurts: headers, structure, HTML, charsets and a megabyte of whatever makes parsers hang."""

from __future__ import annotations

from collections.abc import Iterator

from tests.torture.hostile_mail import GENUINE, MALLORY, ME, SUBJECT, TALK, Hostile, letter, multipart

MEGABYTE = 1_000_000
_CONTROLS = ("\r\n", "\n", "\r", "\0", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x1b[2J")
_CHARSETS = (
    "x-unknown", "utf-7", "utf-16", "utf-32", "utf-16le", "hz-gb-2312", "iso-2022-jp", "iso-2022-kr", "big5hkscs", "koi8-u", "cp037",
    "punycode", "idna", "rot13", "zip", "base64", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "", '"', "utf-8\0",
    "../../etc/passwd", "a" * 5_000, "gb18030", "shift_jisx0213", "ascii; charset=utf-16",
)  # fmt: skip
_BYTES = bytes(range(256)) * 20
_TEXTS = (
    "On ", "On Mon, 6 Apr 2026 a@b.example\nwrote\n", ">", "> > > > ", ">\n", "\n", " \n", "-----\n", "_", "From: a@b.example\n",
    "From:          ", "-----Original Message-----\n", "Best,\nA\n\n", "-- \n", "+1 (2) 3-", "http://a", "www.", "\u200b", "\u0130", "<",
    "by next Friday ", "Tuesday at 2 ", "10:00-", "2026-03-", "1/2/", "in the next in the next ", "end of the ", "a.b.c.", "((((", "]]]]",
    "we will we will not ", "unfortunately ", "interview ", "if ", "\u202e", "\ufdfa", "e\u0301\u0301\u0301\u0301", "🏳️‍🌈", "@", "a@", "1 2 3 4 ", "€$", "\t", "A.",
    "Dr. Prof. Mr. ", "Mon, Tue, Wed, ", "march march ", "am Montag um ", "le lundi à ", "el lunes a las ", "UTC+1 ", "P1D ", '"\'"\'', "=?utf-8?q?",
)  # fmt: skip
_PAGES = (
    "<a ", "<div>", '<div style="display:none">', "<!-- ", "<", "<svg>", "<style>a{", "<table><tr><td>", "<li>", "<pre>\n", "<blockquote>",
    '<blockquote class="gmail_quote">x<br>', '<a "', '<a b="', "<!", "&#x", "&amp", "&nbsp;", '<a href="http://a.example/c">x</a>', "<b><i><u>",
    "<font size=1>", "<![CDATA[", "<math><mi>", "<template>", "<select><option>", "<plaintext>", "<frameset>", "</p>", "<p style='", "<script>",
)  # fmt: skip


def injections() -> Iterator[Hostile]:
    """Header lines smuggled in through names, subjects and encoded words."""
    for n, control in enumerate(_CONTROLS):
        bcc = f"{control}Bcc: mallory@mallory.example"
        coded = "".join(f"={byte:02X}" for byte in bcc.encode())
        yield letter(f"inject subject {n}", subject=f"{SUBJECT}{bcc}")
        yield letter(f"inject coded subject {n}", subject=f"=?utf-8?q?Interview{coded}?=", sender=GENUINE)
        yield letter(f"inject coded name {n}", sender=f"=?utf-8?q?Maria{coded}?= <maria@northwind.example>")
        yield letter(
            f"inject address {n}",
            sender=f'Maria <maria@northwind.example{control}>, "x" <mallory@mallory.example>',
        )
        yield letter(f"inject id {n}", sender=GENUINE, head=f"Message-ID: <a@b.example{bcc}>\r\n")
        yield letter(f"inject references {n}", head=f"References: <a@b.example>{bcc} <c@d.example>\r\n")


def encoded_words() -> Iterator[Hostile]:
    """RFC 2047 as nobody should write it."""
    tricks = (
        "=?", "=?utf-8", "=?utf-8?q?", "=?utf-8?q?=", "=?utf-8?x?abc?=", "=?utf-8?b?!!!!?=", "=?utf-8?b?YQ?=", "=?utf-8?b?=?=", "=?x-none?q?abc?=",
        "=?utf-8?q?=ZZ?=", "=?utf-16?b?AAA?=", "=?utf-8*en?q?a?=", "=??q?a?=", "=?utf-8??a?=", "=?utf-8?q?=?utf-8?q?a?=?=", "=?utf-7?q?+AAo-Bcc:?=",
        "=?hz-gb-2312?q?~{?=", "=?iso-2022-jp?b?GyRC?=", "=?utf-8?q?=E2=80=AE?=", "=?utf-8?q?=00?=", "=?punycode?q?a-?=", "=?rot13?q?Zneln?=",
    )  # fmt: skip
    for n, trick in enumerate(tricks):
        yield letter(f"word subject {n}", subject=trick)
        yield letter(f"word sender {n}", sender=f"{trick} <mallory@mallory.example>")
    yield letter("word 16,000", subject="=?utf-8?q?=C3=A9?= " * 16_000)
    yield letter("word open 90,000", subject="=?utf-8?b?" * 90_000)
    yield letter("word split letter", subject="=?utf-8?q?=C3?= =?utf-8?q?=A9?=")


def addresses() -> Iterator[Hostile]:
    """Address lists beyond reason."""
    for field in ("Cc", "Reply-To", "Sender", "Resent-To", "Bcc"):
        many = ", ".join(f"n{n} <a{n}@northwind.example>" for n in range(20_000))
        yield letter(f"addresses 20,000 {field}", head=f"{field}: {many}\r\n")
    yield letter("addresses 20,000 To", to=", ".join(f"a{n}@mallory.example" for n in range(20_000)))
    odd = (
        "(" * 60_000, "(" * 500 + "x" + ")" * 500 + " <a@b.example>", '"\\' * 30_000, "<" * 60_000, "@" * 60_000, "a@b," * 20_000,
        "g:" * 20_000, "g: a@b.example;" * 5_000, "<@a,@b:c@d.example>", "<<a@b.example>>", "a@b@c.example", '"a@b"@c.example', "a@[127.0.0.1]",
        "a" * 400 + "@b.example", "<>", "", ",,,,", "undisclosed-recipients:;", "maria@northwind.example mallory@mallory.example",
        "<maria@northwind.example><mallory@mallory.example>", "=?utf-8?q?a=40b=2Eexample?=", "a\u200b@northwind.example", "a@northwind。example",
    )  # fmt: skip
    for n, value in enumerate(odd):
        yield letter(f"address From {n}", sender=value)
        yield letter(f"address To {n}", to=value)


def structures() -> Iterator[Hostile]:
    """Trees that are deep, wide, broken, or contain themselves."""
    for levels in (49, 51, 500, 2_000):
        kind, body = "text/plain", TALK
        for n in range(levels):
            if len(body) > MEGABYTE:
                break
            kind, body = multipart((kind, body), boundary=f"b{n}")
        yield letter(f"nested {levels}", body, kind=kind)
        yield letter(
            f"messages in messages {levels}",
            "Content-Type: message/rfc822\r\n\r\n" * levels + TALK,
            kind="message/rfc822",
        )
    for count in (501, 10_000):
        kind, body = multipart(*[("text/plain", "x")] * count)
        yield letter(f"parts {count}", body, kind=kind)
        kind, body = multipart(*[("text/html", "<p>x")] * count, kind="alternative")
        yield letter(f"alternatives {count}", body, kind=kind)
    kinds = (
        "multipart/mixed", "multipart/mixed; boundary=", 'multipart/mixed; boundary=""', "multipart/mixed; boundary=" + "x" * 5_000, "multipart/",
        "/", "text", "text/plain" + "; a=b" * 150_000, "text/plain" + "".join(f"; a*{n}*=b" for n in range(20_000)),
        "text/plain; charset*0=utf; charset*1=-8", "text/plain; name*=utf-8''%00%0d%0a", "message/partial; number=1; total=2; id=x", "message/external-body",
        "text/html\r\nContent-Type: text/plain", "multipart/report; report-type=delivery-status; boundary=b0", "text/enriched", "application/ms-tnef",
    )  # fmt: skip
    for n, kind in enumerate(kinds):
        yield letter(f"type {n}", f"--b0\r\n\r\n{TALK}\r\n--\r\n", kind=kind)
    for encoding in (
        "base64",
        "quoted-printable",
        "uuencode",
        "x-gzip",
        "8bit",
        "binary",
        "7bit; a=b",
        "base64 base64",
    ):
        yield letter(
            f"transfer {encoding}", "!A=\r\n" * 200_000, head=f"Content-Transfer-Encoding: {encoding}\r\n"
        )
    yield Hostile("nothing", b"")
    yield Hostile("no header", b"\r\n\r\nhello")
    yield Hostile("only a name", b"From")
    yield Hostile("zeros", bytes(MEGABYTE))
    yield Hostile("every byte", bytes(range(256)) * 4_000)
    yield Hostile("fields 240,000", b"a:\r\n" * 240_000)
    yield Hostile("one field of a megabyte", b"X" + b" " * MEGABYTE)
    yield letter("folds 300,000", subject="x" + "\r\n " * 300_000)
    yield letter("references 150,000", head="References: " + "<a@b> " * 150_000 + "\r\n")
    yield letter("date", head="Date: " + "1 " * 300_000 + "\r\n")


def charsets() -> Iterator[Hostile]:
    """Bytes that are not what they are called."""
    for n, charset in enumerate(_CHARSETS):
        yield letter(f"charset {n}", _BYTES, kind=f"text/plain; charset={charset}")
    yield letter("charset utf-7 1 MB", "+AGE-" * 190_000, kind="text/plain; charset=utf-7")
    yield letter("surrogates", "\ud800\udfff" * 10_000)
    yield letter("overlong", b"\xc0\xaf\xe0\x80\xaf" * 10_000)


def megabytes() -> Iterator[Hostile]:
    """A megabyte of the same, as text and as a page, from somebody known."""
    for n, shape in enumerate(_TEXTS):
        yield letter(f"text {n} {shape[:12]!a}", shape * (MEGABYTE // len(shape.encode())), sender=GENUINE)
    for n, shape in enumerate(_PAGES):
        page = shape * (MEGABYTE // len(shape))
        yield letter(f"page {n} {shape[:12]!a}", page, sender=GENUINE, kind="text/html; charset=utf-8")
    bombs = (
        "<div>" * 90_000 + TALK + "</div>" * 90_000,
        "<p>" + "".join(f"<font size={n}>" for n in range(500)) + "<p>x" * 100_000,
        "<a " + " ".join(f"a{n}=1" for n in range(100_000)) + ">",
        "<style>" + ".a{display:none}" * 60_000 + "</style>" + TALK,
        "<table>" * 40_000 + TALK,
        "<style>" + "," * 900_000 + "{display:none}</style>" + TALK,
        "".join(f'<span style="display:none">{n}</span>' for n in range(20_000)) + TALK,
    )
    for n, page in enumerate(bombs):
        yield letter(f"bomb {n}", page, sender=MALLORY, to=ME, kind="text/html")


def shapes() -> Iterator[Hostile]:
    """All of them."""
    for family in (injections, encoded_words, addresses, structures, charsets, megabytes):
        yield from family()
