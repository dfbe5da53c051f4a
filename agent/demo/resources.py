"""Gmail's JSON resources, made from what the mailbox holds."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Sequence
from email.message import Message
from html import escape
from typing import Any, Literal

from agent.demo.clock import milliseconds
from agent.demo.ledger import Ledger
from agent.demo.mail import content, decoded, filename, readable, text_of, unfolded
from agent.demo.mailbox import Alias, Mailbox
from agent.demo.quirks import Quirks
from agent.demo.records import SYSTEM_LABELS, Record, Stored

Form = Literal["full", "raw", "metadata", "minimal"]
Json = dict[str, Any]

_SNIPPET = 200
_DEEPEST = 50
_ATTACHMENT = "ANGjdJ"


def message_resource(
    stored: Stored, *, form: Form, quirks: Quirks, wanted: Collection[str] = (), nonce: int = 0
) -> Json:
    """A Message; `wanted` are the metadataHeaders, `nonce` makes attachment ids differ from call to call."""
    made = reference(stored) | {
        "snippet": escape(" ".join(stored.mail.text[: _SNIPPET * 4].split())[:_SNIPPET]),
        "historyId": str(stored.history_id),
        "internalDate": str(milliseconds(stored.at)),
        "sizeEstimate": len(stored.mail.raw),
    }
    match form:
        case "raw":
            made["raw"] = base64url(stored.mail.raw, padding=quirks.padding)
        case "metadata":
            made["payload"] = {
                "mimeType": stored.mail.root.get_content_type(),
                "headers": _headers(stored.mail.root, quirks, wanted),
            }
        case "full":
            made["payload"] = _part(stored.mail.root, "", quirks, (nonce, stored.id))
        case "minimal":
            pass
    return made


def reference(stored: Stored) -> Json:
    """A Message of ids and labels only; no labels, no `labelIds`."""
    labels = sorted(stored.labels)
    return {"id": stored.id, "threadId": stored.thread_id} | ({"labelIds": labels} if labels else {})


def thread_resource(
    thread_id: str, held: Sequence[Stored], *, form: Form, quirks: Quirks, wanted: Collection[str], nonce: int
) -> Json:
    """A Thread with its messages, drafts among them."""
    return {
        "id": thread_id,
        "historyId": str(max(one.history_id for one in held)),
        "messages": [
            message_resource(one, form=form, quirks=quirks, wanted=wanted, nonce=nonce) for one in held
        ],
    }


def history_resource(record: Record) -> Json:
    """A History of one thing that happened."""
    names = {
        "messageAdded": "messagesAdded",
        "messageDeleted": "messagesDeleted",
        "labelAdded": "labelsAdded",
        "labelRemoved": "labelsRemoved",
    }
    ids = {"id": record.message_id, "threadId": record.thread_id}
    entry: Json = {"message": ids | ({"labelIds": list(record.labels)} if record.labels else {})}
    if record.changed:
        entry["labelIds"] = list(record.changed)
    return {"id": str(record.id), "messages": [ids], names[record.kind]: [entry]}


def label_resource(ledger: Ledger, label_id: str, *, counted: bool) -> Json:
    """A Label, with its counts if asked for."""
    system = label_id in SYSTEM_LABELS
    made: Json = {
        "id": label_id,
        "name": ledger.label_name(label_id),
        "type": "system" if system else "user",
    }
    if not counted:
        return made
    held = [one for one in ledger.messages.values() if label_id in one.labels]
    unread = [one for one in held if "UNREAD" in one.labels]
    return made | {
        "messagesTotal": len(held),
        "messagesUnread": len(unread),
        "threadsTotal": len({one.thread_id for one in held}),
        "threadsUnread": len({one.thread_id for one in unread}),
    }


def send_as_resources(mailbox: Mailbox) -> list[Json]:
    """The SendAs of the account: the primary address first."""
    other = any(alias.default for alias in mailbox.aliases)
    primary = {
        "sendAsEmail": mailbox.address,
        "displayName": mailbox.name,
        "replyToAddress": "",
        "signature": mailbox.signature,
        "isPrimary": True,
        "isDefault": not other,
    }
    return [primary, *(_alias(alias) for alias in mailbox.aliases)]


def attachment(stored: Stored, attachment_id: str, quirks: Quirks) -> Json | None:
    """The MessagePartBody behind an attachment id of this message; None if it names none."""
    try:
        _, message_id, part_id = _unpacked(attachment_id)
        part = stored.mail.root
        for index in [int(step) for step in part_id.split(".") if step]:
            part = part.get_payload()[index]  # type: ignore[index,assignment]  # walked as numbered below
    except (ValueError, IndexError, TypeError):
        return None
    if message_id != stored.id:
        return None
    body = _bytes(part, quirks)
    return {"size": len(body), "data": base64url(body, padding=quirks.padding)}


def base64url(data: bytes, *, padding: bool) -> str:
    """`data` in the URL-safe alphabet, with or without its `=`."""
    encoded = urlsafe_b64encode(data).decode()
    return encoded if padding else encoded.rstrip("=")


def _part(part: Message, part_id: str, quirks: Quirks, call: tuple[int, str]) -> Json:
    name = filename(part)
    made: Json = {
        "partId": part_id,
        "mimeType": part.get_content_type(),
        "filename": name,
        "headers": _headers(part, quirks, ()),
    }
    inner = _inner(part) if part_id.count(".") < _DEEPEST else []
    if inner and part.get_content_maintype() == "multipart":
        made["body"] = {"size": 0}
    else:
        made["body"] = _body(part, part_id, quirks, call)
    if inner:
        made["parts"] = [
            _part(one, f"{part_id}.{index}".lstrip("."), quirks, call) for index, one in enumerate(inner)
        ]
    return made


def _inner(part: Message) -> list[Message]:
    if part.is_multipart() and (
        part.get_content_maintype() == "multipart" or part.get_content_type() == "message/rfc822"
    ):
        return [one for one in part.get_payload() if isinstance(one, Message)]
    return []


def _body(part: Message, part_id: str, quirks: Quirks, call: tuple[int, str]) -> Json:
    data = _bytes(part, quirks)
    text = part.get_content_maintype() == "text" or part.get_content_type() == "application/ics"
    large = quirks.detach_over is not None and len(data) > quirks.detach_over
    if filename(part) or not text or large:
        nonce, message_id = call
        return {"size": len(data), "attachmentId": _packed(nonce, message_id, part_id)}
    if not data:
        return {"size": 0}
    return {"size": len(data), "data": base64url(data, padding=quirks.padding)}


def _bytes(part: Message, quirks: Quirks) -> bytes:
    if quirks.transcode and part.get_content_maintype() == "text" and not part.is_multipart():
        return text_of(part).encode()
    return content(part)


def _headers(part: Message, quirks: Quirks, wanted: Collection[str]) -> list[Json]:
    lower = {name.lower() for name in wanted}
    read = (lambda value: decoded(unfolded(value))) if quirks.decode_headers else str
    return [
        {"name": name, "value": read(readable(value))}
        for name, value in part.raw_items()
        if not lower or name.lower() in lower
    ]


def _alias(alias: Alias) -> Json:
    return {
        "sendAsEmail": alias.address,
        "displayName": alias.name,
        "replyToAddress": alias.reply_to,
        "signature": alias.signature,
        "isPrimary": False,
        "isDefault": alias.default,
        "treatAsAlias": True,
        "verificationStatus": "accepted" if alias.accepted else "pending",
    }


def _packed(nonce: int, message_id: str, part_id: str) -> str:
    return _ATTACHMENT + base64url(f"{nonce}:{message_id}:{part_id}".encode(), padding=False)


def _unpacked(attachment_id: str) -> list[str]:
    packed = attachment_id.removeprefix(_ATTACHMENT)
    nonce, message_id, part_id = urlsafe_b64decode(packed + "==").decode().split(":")
    return [nonce, message_id, part_id]
