"""A scenario's messages as RFC 5322 bytes in the embedded Gmail: quotations, calendar parts and headers as real clients make."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import Any, NamedTuple

from agent.demo.mailbox import Mailbox

WIRE = SMTP.clone(max_line_length=998)
Json = dict[str, Any]


class Lying(NamedTuple):
    """A draft as it lies in the mailbox."""

    raw: bytes
    thread_id: str


class Letters:
    """All messages of one scenario, delivered or not, by key."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        self.by_key: dict[str, Json] = {}
        self.gmail_ids: dict[str, str] = {}
        self.thread_ids: dict[str, str] = {}

    def deliver(self, message: Json) -> None:
        """Build the message and put it into the mailbox."""
        self.by_key[message["key"]] = message
        raw = self.raw(message)
        labels = message["labels"] if message["labels"] is not None else []
        gmail_id = self.mailbox.deliver(
            raw, labels=labels, thread_key=message["thread"], at=datetime.fromisoformat(message["at"])
        )
        self.gmail_ids[message["key"]] = gmail_id
        self.thread_ids[message["thread"]] = self.mailbox.ledger.messages[gmail_id].thread_id

    def key_of_thread(self, thread_id: str) -> str:
        """The scenario's name of a Gmail thread, or the id itself."""
        return next((key for key, found in self.thread_ids.items() if found == thread_id), thread_id)

    def drafts(self) -> list[Lying]:
        """The drafts now in Gmail."""
        ledger = self.mailbox.ledger
        held = [ledger.messages[draft.message_id] for draft in ledger.drafts.values()]
        return [Lying(stored.mail.raw, stored.thread_id) for stored in held]

    def draft_in(self, thread: str) -> str | None:
        """The id of the draft in a thread of the scenario."""
        ledger, thread_id = self.mailbox.ledger, self.thread_ids[thread]
        return next(
            (d.id for d in ledger.drafts.values() if ledger.messages[d.message_id].thread_id == thread_id),
            None,
        )

    def message_id(self, key: str) -> str:
        """The Message-ID header of a message, angle brackets included."""
        headers: Mapping[str, str] = self.by_key[key].get("headers") or {}
        given = {k.lower(): v for k, v in headers.items()}.get("message-id")
        return given or f"<{key}.{self.by_key[key]['thread']}@mail.scenario.example>"

    def raw(self, message: Json) -> bytes:
        """RFC 5322 bytes, header lines as the scenario gives them (hostile ones too)."""
        head = self._head(message)
        body = self._body(message).as_bytes(policy=WIRE)
        return (
            "".join(f"{name}: {value}\r\n" for name, value in head).encode("utf-8", "surrogateescape") + body
        )

    def _head(self, message: Json) -> list[tuple[str, str]]:
        at = datetime.fromisoformat(message["at"])
        extra = dict(message.get("headers") or {})
        extra.pop("X-Heldout-Charset", None)
        head = [
            ("Date", format_datetime(at)),
            ("From", message["from"]),
            ("To", ", ".join(message["to"])),
        ]
        if message.get("cc"):
            head.append(("Cc", ", ".join(message["cc"])))
        head.append(("Subject", message["subject"]))
        if not any(name.lower() == "message-id" for name in extra):
            head.append(("Message-ID", self.message_id(message["key"])))
        if message.get("in_reply_to"):
            head += self._reply_head(message["in_reply_to"])
        return head + list(extra.items())

    def _reply_head(self, key: str) -> list[tuple[str, str]]:
        chain = [self.message_id(key)]
        while (key := self.by_key[key].get("in_reply_to") or "") and key in self.by_key:
            chain.insert(0, self.message_id(key))
        return [("In-Reply-To", chain[-1]), ("References", " ".join(chain))]

    def _body(self, message: Json) -> EmailMessage:
        charset = (message.get("headers") or {}).get("X-Heldout-Charset", "utf-8")
        text = message["text"] or ""
        if message.get("quote"):
            text += _quotation(self.by_key[message["quote"]], message.get("quote_style", "gmail"))
        body = EmailMessage(policy=WIRE)
        body.set_content(text, charset=charset)
        if message.get("html"):
            body.add_alternative(message["html"], subtype="html", charset="utf-8")
        elif message.get("quote"):
            body.add_alternative(
                _html(message, self.by_key[message["quote"]]), subtype="html", charset="utf-8"
            )
        if message.get("ics"):
            _add_invite(body, message["ics"])
        return body


def _quotation(quoted: Json, style: str) -> str:
    at = datetime.fromisoformat(quoted["at"])
    lines = (quoted["text"] or "").rstrip().splitlines()
    if style == "outlook":
        head = f"From: {quoted['from']}\nSent: {at:%A, %B %d, %Y %I:%M %p}\nTo: {', '.join(quoted['to'])}\nSubject: {quoted['subject']}\n"
        return f"\n\n________________________________\n{head}\n" + "\n".join(lines) + "\n"
    day = (
        f"{at:%a, %b} {at.day}, {at.year} at {at:%I:%M %p}"
        if style == "gmail"
        else f"{at:%b} {at.day}, {at.year}, at {at:%H:%M}"
    )
    return f"\n\nOn {day} {quoted['from']} wrote:\n\n" + "\n".join(f"> {line}" for line in lines) + "\n"


def _html(message: Json, quoted: Json) -> str:
    paragraphs = "".join(
        f"<div>{escape(line) or '<br>'}</div>" for line in (message["text"] or "").splitlines()
    )
    inner = "<br>".join(escape(line) for line in (quoted["text"] or "").splitlines())
    if message.get("quote_style") == "outlook":
        head = f"<b>From:</b> {escape(quoted['from'])}<br><b>Subject:</b> {escape(quoted['subject'])}"
        return f'<html><body>{paragraphs}<hr><div id="divRplyFwdMsg">{head}</div><div>{inner}</div></body></html>'
    attribution = f"On a day {escape(quoted['from'])} wrote:"
    return (
        f'<div dir="ltr">{paragraphs}</div><br><div class="gmail_quote"><div class="gmail_attr">{attribution}</div>'
        f'<blockquote class="gmail_quote">{inner}</blockquote></div>'
    )


def _add_invite(body: EmailMessage, ics: str) -> None:
    method = next(
        (line.partition(":")[2].strip() for line in ics.splitlines() if line.startswith("METHOD:")), "REQUEST"
    )
    part = EmailMessage(policy=WIRE)
    part.set_content(
        ics.replace("\r\n", "\n"),
        subtype="calendar",
        charset="utf-8",
        cte="base64",
        params={"method": method},
    )
    if body.get_content_type() == "multipart/alternative":
        body.attach(part)
    else:
        body.make_alternative()
        body.attach(part)
