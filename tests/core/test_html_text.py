"""html_text: the text a reader sees, the quotation a mail program marked."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.mail.html_text import HISTORY, SIGNATURE, rendered
from tests.core.mail import shown

PRE = "We have news about your application"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("One<br>Two<br><br>Three", "One\nTwo\n\nThree"),
        ("<div>One</div><div><br></div><div>Two</div>", "One\n\nTwo"),
        (
            "<p class=MsoNormal>One</p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>Two</p>",
            "One\n\nTwo",
        ),
        (
            "<p class=MsoNormal>Judith Sowerby</p><p class=MsoNormal>Headteacher</p>",
            "Judith Sowerby\nHeadteacher",
        ),
        ('<p style="margin:0">a</p><p style="margin:0px">b</p><p style="margin:0 0 1em">c</p>', "a\nb\n\nc"),
        (
            "<table><tr><td>Monday</td><td>10:00</td></tr><tr><td>Room</td><td>4</td></tr></table>",
            "Monday\t10:00\nRoom\t4",
        ),
        ("<table><tr><td>Monday<td>10:00<tr><td>Room<td>4</table>", "Monday\t10:00\nRoom\t4"),
        ("<ul><li>One<li>Two</ul>After", "- One\n- Two\n\nAfter"),
        ("a  \n b&nbsp;&nbsp;c", "a b c"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("5 &lt; 6 &amp; 7 < 8", "5 < 6 & 7 < 8"),
        ("Gr&uuml;&szlig;e&#8211;&#x20AC;", "Grüße–€"),
        ("a<!-- b --> c<!--> d", "a c d"),
        ("a<!--[if mso]><p>b</p><![endif]--> <![if !mso]>c<![endif]>", "a c"),
        ("<title>t</title><style>p{}</style><script>if(a<b){}</script>x", "x"),
        ("<a href=\"x>y\" title='<b>'>link</a> on", "link on"),
        ("<p title=don't>a</p> b's", "a\n\nb's"),
        ("<h1>Hi</h1>there", "Hi\n\nthere"),
        ("one <b>bold</b>, <i>two</i>!", "one bold, two!"),
        ("<select><option>a</select>b<svg><text>c</text></svg>", "b"),
        ("no tags at all", "no tags at all"),
        ("", ""),
    ],
)
def test_it_writes_what_a_reader_sees(html: str, text: str) -> None:
    assert rendered(html).text == text


@pytest.mark.parametrize(
    "hiding",
    [
        '<div style="display:none;max-height:0;overflow:hidden">{}</div>',
        '<div style="DISPLAY : NONE !important">{}</div>',
        '<span style="mso-hide:all">{}</span>',
        '<span style="visibility: hidden">{}</span>',
        '<span style="opacity:0;color:red">{}</span>',
        '<div style="font-size:0px;line-height:0">{}</div>',
        '<div style="max-height:0">{}</div>',
        "<div hidden>{}</div>",
        '<style>.pre, #other {{ display: none !important; }}</style><div class="x pre">{}</div>',
        '<style><!-- /* a */ span.pre{{color:red;display:none}} --></style><span class="pre">{}</span>',
        "<style>@media print {{ .no {{display:none}} }} #pre{{opacity:0}}</style><p id=pre>{}</p>",
        '<div style="display:none"><table><tr><td>{}</td></tr></table></div>',
        "<template>{}</template>",
    ],
)
def test_it_leaves_out_what_is_hidden(hiding: str) -> None:
    assert rendered(f"{hiding.format(PRE)}<p>Hello</p>").text == "Hello"


@pytest.mark.parametrize(
    "showing",
    [
        '<style>@media (max-width:600px) {{ .wide {{ display:none }} }}</style><div class="wide">{}</div>',
        '<div style="opacity:0.9;font-size:0.9em;max-height:0.5in">{}</div>',
        '<div style="display:block">{}</div>',
        '<style>.a .b {{display:none}} .c:hover {{display:none}}</style><p class="b">{}</p>',
        '<div class="hidden-print">{}</div>',
    ],
)
def test_it_keeps_what_only_some_readers_do_not_see(showing: str) -> None:
    assert PRE in rendered(showing.format(PRE)).text


def test_it_says_where_links_lead_and_on_which_line() -> None:
    page = rendered('<p>Hello</p><p>Pick <a href=" https://a.example/x?y=1&amp;z=2 ">one</a></p>')
    assert page.links == ((2, "https://a.example/x?y=1&z=2"),)
    assert page.text.split("\n")[2] == "Pick one"


def test_it_marks_what_the_mail_program_marked() -> None:
    page = rendered('a<div id="divRplyFwdMsg">b</div>')
    assert page.text == f"a\n{HISTORY}\nb"
    page = rendered('a<div class="gmail_signature">b</div>')
    assert page.text == f"a\n{SIGNATURE}\nb"


REPLY = "<div>Tuesday at 2 works.</div><div><br></div><div>Dana</div>"
OLD = "<div>Could you come in on Tuesday?</div><div>Maria</div>"


@pytest.mark.parametrize(
    "history",
    [
        '<div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, Mar 2, 2026 at 9:14 AM Maria &lt;<a href="mailto:m@n.example">m@n.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">{}</blockquote></div>',
        '<div class="gmail_quote gmail_quote_container"><div class="gmail_attr">W dniu pon., 2 mar 2026 o 09:14 Maria &lt;m@n.example&gt; napisał(a):<br></div><blockquote class="gmail_quote">{}</blockquote></div>',
        '<br><div><blockquote type="cite"><div>On 2 Mar 2026, at 09:14, Maria &lt;m@n.example&gt; wrote:</div><br>{}</blockquote></div>',
        '<div class="moz-cite-prefix">On 02/03/2026 09:14, Maria wrote:<br></div><blockquote type="cite" cite="mid:x">{}</blockquote>',
        '<div class="moz-cite-prefix">2.3.2026 9.14, Maria:<br></div><blockquote type="cite" cite="mid:x">{}</blockquote>',
        '<div id="appendonsend"></div><hr tabindex="-1" style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr"><font><b>From:</b> Maria &lt;m@n.example&gt;<br><b>Sent:</b> Monday, March 2, 2026 9:14 AM<br><b>To:</b> Dana<br><b>Subject:</b> Interview</font></div>{}',
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p class="MsoNormal"><b>From:</b> Maria<br><b>Sent:</b> Monday, March 2, 2026<br><b>To:</b> Dana<br><b>Subject:</b> Interview</p></div>{}',
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>Ki:</b> Maria<br><b>Mikor:</b> x</p></div>{}',
        '<div class="ydp9b1fyahoo_quoted" id="x"><div>On Monday, March 2, 2026 at 09:14:41 AM EST, Maria <m@n.example> wrote:</div>{}</div>',
        '<div class="protonmail_quote">On Monday, March 2nd, 2026 at 9:14 AM, Maria &lt;m@n.example&gt; wrote:<br><blockquote type="cite" class="protonmail_quote">{}</blockquote></div>',
        '<hr id="stopSpelling">Date: Mon, 2 Mar 2026 09:14:45 +0400<br>Subject: Interview<br>From: m@n.example<br>To: d@m.example<br><br>{}',
        'Thu, 26 Feb 2026 14:00:51 +0400 от Maria &lt;m@n.example&gt;:<br><blockquote style="border-left:1px solid #0857A6; margin:10px;">{}</blockquote>',
    ],
)
def test_it_cuts_the_history_that_mail_programs_mark(history: str) -> None:
    message = shown(f"<html><body>{REPLY}{history.format(OLD)}</body></html>")
    assert message.text == "Tuesday at 2 works.\n\nDana"
    assert "Could you come in on Tuesday?" in message.quoted
    assert message.forwarded == ""


def test_it_keeps_a_body_that_gmail_wrapped_in_its_quote_class() -> None:
    message = shown(
        f'<div dir="ltr"><div class="gmail_quote"><div>{PRE}</div><div>Call me.</div></div></div>'
    )
    assert message.text == f"{PRE}\nCall me."


def test_it_keeps_an_indented_paragraph_that_nobody_wrote_before() -> None:
    message = shown(f"<p>Here is the plan:</p><blockquote style='margin:0 0 0 40px'>{PRE}</blockquote>")
    assert PRE in message.text


def test_it_keeps_a_paragraph_that_gmail_indented() -> None:
    style = "margin:0 0 0 40px;border:none;padding:0px"
    message = shown(f'<div>The plan:</div><blockquote class="gmail_quote" style="{style}">{PRE}</blockquote>')
    assert PRE in message.text


def test_it_keeps_the_page_of_a_job_site_that_begins_like_a_header() -> None:
    message = shown(
        "<div>From: Maria Lopez</div><div>Subject: Interview</div><div>To: Dana</div><p>Tuesday?</p>",
        subject="A message",
    )
    assert message.text.endswith("Tuesday?")


def test_it_keeps_answers_between_quotations() -> None:
    message = shown(
        '<div class="gmail_attr">On Mon, Mar 2, 2026 at 9:14 AM Maria &lt;m@n.example&gt; wrote:</div>'
        '<blockquote class="gmail_quote">Tuesday?</blockquote><div>Yes.</div><blockquote class="gmail_quote">At two?</blockquote><div>At three.</div>'
    )
    assert message.text == "Yes.\n\nAt three."
    assert "At two?" in message.quoted


@pytest.mark.parametrize(
    ("html", "subject"),
    [
        (
            '<div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>From: <b>M</b> &lt;m@n.example&gt;<br>Subject: x</div>{}</div>',
            "Fwd: x",
        ),
        (
            '<blockquote type="cite"><div>Begin forwarded message:</div><div><b>From:</b> M &lt;m@n.example&gt;</div>{}</blockquote>',
            "Fwd: x",
        ),
        (
            '<div id="divRplyFwdMsg"><b>De :</b> M<br><b>Envoyé :</b> lundi<br><b>À :</b> D<br><b>Objet :</b> x</div>{}',
            "TR: x",
        ),
        (
            '<div class="moz-forward-container">-------- Forwarded Message --------<table><tr><th>Subject: </th><td>x</td></tr></table>{}</div>',
            "Fwd: x",
        ),
    ],
)
def test_it_keeps_a_forwarded_mail_apart(html: str, subject: str) -> None:
    message = shown(f"<div>Second round!</div><div><br></div>{html.format(OLD)}", subject=subject)
    assert message.text == "Second round!"
    assert "Could you come in" in message.forwarded
    assert message.quoted == ""


@pytest.mark.parametrize(
    "block",
    [
        '<div class="gmail_signature" data-smartmail="gmail_signature">Anything<br>We are closed on Friday.</div>',
        '<div id="ms-outlook-mobile-signature">Get <a href="https://aka.ms/o">Outlook for iOS</a></div>',
        '<div class="moz-signature">-- <br>Anything</div>',
        "<p>Best regards,<br>Dana Kim<br>Analyst</p>",
    ],
)
def test_it_finds_the_signature_that_mail_programs_mark(block: str) -> None:
    message = shown(f"<div>Tuesday at 2 works for me.</div>{block}", sender="Dana Kim <dana@mail.example>")
    assert message.body.strip() == "Tuesday at 2 works for me."
    assert SIGNATURE not in message.text


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<div>",
                "</div>",
                "<table><tr><td>",
                "</table>",
                "word",
                "<br>",
                "<b>",
                "</i>",
                "<",
                "&",
                "<li>",
            ]
        ),
        max_size=40,
    )
)
def test_it_keeps_every_visible_word(pieces: list[str]) -> None:
    assert rendered(" ".join(pieces)).text.count("word") == pieces.count("word")
