"""Control over HTTP: what the user and the world do, for tests whose program is another process."""

from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from agent.demo.answers import ApiError, bad_request, not_found
from agent.demo.clock import MovableClock
from agent.demo.faults import Fault
from agent.demo.records import NotFound
from agent.demo.resources import Json

if TYPE_CHECKING:
    from agent.demo.server import GmailServer

PREFIX = "/_control/"


def control(server: "GmailServer", deed: str, order: Json) -> Json:
    """Do what POST /_control/`deed` orders; see `DEEDS` for the deeds and their keys."""
    if deed not in DEEDS:
        raise not_found()
    try:
        return DEEDS[deed](server, order)
    except NotFound:
        raise not_found() from None
    except (KeyError, ValueError, TypeError) as error:
        raise bad_request(f"{type(error).__name__}: {error}") from error


def deliver(server: "GmailServer", order: Json) -> Json:
    """{raw, labels?, thread_key?, thread_id?, at?} → {id, threadId}."""
    labels = order.get("labels", ["INBOX"])
    made = server.mailbox.deliver(_raw(order), labels=labels, **_thread(order), at=_at(order))
    return _ids(server, made)


def draft(server: "GmailServer", order: Json) -> Json:
    """The user begins a draft: {raw, thread_key?, thread_id?, at?} → {draft_id}."""
    return {"draft_id": server.mailbox.user_draft(_raw(order), **_thread(order), at=_at(order))}


def edit(server: "GmailServer", order: Json) -> Json:
    """{DRAFT, append?, raw?, subject?, to?, at?} → {id, threadId}; DRAFT is draft_id, thread_id or thread_key."""
    made = server.mailbox.edit_draft(
        _draft_id(server, order),
        append=order.get("append"),
        raw=_raw(order) if {"raw", "raw_text"} & order.keys() else None,
        subject=order.get("subject"),
        to=order.get("to"),
        at=_at(order),
    )
    return _ids(server, made)


def open_(server: "GmailServer", order: Json) -> Json:
    """{DRAFT, at?} → {id, threadId}."""
    return _ids(server, server.mailbox.open_draft(_draft_id(server, order), at=_at(order)))


def send(server: "GmailServer", order: Json) -> Json:
    """The user sends: {DRAFT, at?} → {id, threadId}."""
    return _ids(server, server.mailbox.send_draft(_draft_id(server, order), _at(order)))


def discard(server: "GmailServer", order: Json) -> Json:
    """{DRAFT} → {}."""
    server.mailbox.discard_draft(_draft_id(server, order))
    return {}


def trash(server: "GmailServer", order: Json) -> Json:
    """{id} → {}."""
    server.mailbox.trash(order["id"])
    return {}


def delete(server: "GmailServer", order: Json) -> Json:
    """{id} → {}."""
    server.mailbox.delete(order["id"])
    return {}


def label(server: "GmailServer", order: Json) -> Json:
    """{id, add?: [label], remove?: [label]} → {}."""
    for name in order.get("add", []):
        server.mailbox.add_label(order["id"], name)
    for name in order.get("remove", []):
        server.mailbox.remove_label(order["id"], name)
    return {}


def clock(server: "GmailServer", order: Json) -> Json:
    """{at?} or {advance_seconds?} → {now}; only a MovableClock can be moved."""
    hands = server.mailbox.clock
    if order and not isinstance(hands, MovableClock):
        raise ApiError(409, "conflict", "this mailbox runs on a clock that cannot be moved")
    if isinstance(hands, MovableClock):
        if at := _at(order):
            hands.set(at)
        hands.advance(timedelta(seconds=order.get("advance_seconds", 0)))
    return {"now": hands().isoformat()}


def faults(server: "GmailServer", order: Json) -> Json:
    """{clear?: true, release?: true, add?: [a Fault's fields]} → {}."""
    if order.get("clear"):
        server.faults.clear()
    if order.get("release"):
        server.faults.release()
    server.faults.add(*(Fault(**fault) for fault in order.get("add", [])))
    return {}


def expire(server: "GmailServer", order: Json) -> Json:
    """{history?: true, tokens?: true} → {}; nothing named means the history."""
    if order.get("history", not order.get("tokens")):
        server.mailbox.expire_history()
    if order.get("tokens"):
        server.oauth.expire_access_tokens()
    return {}


def revoke(server: "GmailServer", _order: Json) -> Json:
    """The user withdraws the consent: {} → {}."""
    server.oauth.revoke()
    return {}


def state(server: "GmailServer", _order: Json) -> Json:
    """{} → drafts, counts, violations and the log of requests."""
    mailbox = server.mailbox
    with mailbox.lock:
        drafts = [_draft(server, draft_id) for draft_id in mailbox.ledger.drafts]
        return {
            "now": mailbox.clock().isoformat(),
            "historyId": str(mailbox.ledger.history_id),
            "messages": len(mailbox.ledger.messages),
            "drafts": drafts,
            "units": server.units,
            "requests": server.requests,
            "token_requests": server.oauth.token_requests,
            "violations": [{"method": one.method, "path": one.path} for one in server.violations],
            "log": [
                {"method": one.method, "template": one.template, "units": one.units, "status": one.status}
                for one in server.log
            ],
        }


DEEDS: dict[str, Callable[["GmailServer", Json], Json]] = {
    "deliver": deliver,
    "draft": draft,
    "edit": edit,
    "open": open_,
    "send": send,
    "discard": discard,
    "trash": trash,
    "delete": delete,
    "label": label,
    "clock": clock,
    "faults": faults,
    "expire": expire,
    "revoke": revoke,
    "state": state,
}


def _draft(server: "GmailServer", draft_id: str) -> Json:
    stored = server.mailbox.message_of(draft_id)
    mail = stored.mail
    return {
        "draft_id": draft_id,
        "id": stored.id,
        "threadId": stored.thread_id,
        "to": mail.header("To"),
        "cc": mail.header("Cc"),
        "subject": mail.header("Subject"),
        "in_reply_to": mail.header("In-Reply-To"),
        "text": mail.text,
    }


def _ids(server: "GmailServer", message_id: str) -> Json:
    return {"id": message_id, "threadId": server.mailbox.ledger.message(message_id).thread_id}


def _draft_id(server: "GmailServer", order: Json) -> str:
    if "draft_id" in order:
        return str(order["draft_id"])
    mailbox = server.mailbox
    thread_id = order.get("thread_id") or mailbox.thread_of(order["thread_key"])
    held = mailbox.drafts_in(thread_id)
    if not held:
        raise NotFound(thread_id)
    return held[-1]


def _raw(order: Json) -> bytes:
    """The message, as base64url in `raw` or as plain text in `raw_text`."""
    if "raw_text" in order:
        return str(order["raw_text"]).encode()
    return urlsafe_b64decode(order["raw"] + "==")


def _thread(order: Json) -> dict[str, Any]:
    return {"thread_key": order.get("thread_key"), "thread_id": order.get("thread_id")}


def _at(order: Json) -> datetime | None:
    """An instant in ISO 8601, with its offset."""
    if not order.get("at"):
        return None
    at = datetime.fromisoformat(order["at"])
    if at.tzinfo is None:
        raise ValueError(f"{order['at']} has no offset")
    return at
