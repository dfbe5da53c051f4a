"""The reading half of the REST API: profile, messages, threads, history, labels, send-as."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

from werkzeug.datastructures import MultiDict

from agent.demo import resources
from agent.demo.answers import bad_request, not_found
from agent.demo.ledger import order
from agent.demo.mailbox import Mailbox
from agent.demo.quirks import Quirks
from agent.demo.records import SYSTEM_LABELS, Happening, HistoryGone, Record, Stored
from agent.demo.resources import Form, Json
from agent.demo.search import Scope, search

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One API call: the ids of its path, its query, its JSON body; `nonce` differs from call to call."""

    mailbox: Mailbox
    quirks: Quirks
    ids: Mapping[str, str]
    query: MultiDict[str, str]
    body: Json
    nonce: int


def profile(call: Call) -> Json:
    """users.getProfile."""
    ledger = call.mailbox.ledger
    return {
        "emailAddress": call.mailbox.address,
        "messagesTotal": len(ledger.messages),
        "threadsTotal": len(ledger.threads()),
        "historyId": str(ledger.history_id),
    }


def messages_list(call: Call) -> Json:
    """users.messages.list: ids, newest first."""
    found, token = _page(call, _matching(call), order)
    held = [{"id": one.id, "threadId": one.thread_id} for one in found]
    return _listing("messages", held, token)


def messages_get(call: Call) -> Json:
    """users.messages.get."""
    stored = call.mailbox.ledger.message(_hex(call.ids["id"]))
    return resources.message_resource(
        stored, form=form(call), quirks=call.quirks, wanted=_wanted(call), nonce=call.nonce
    )


def attachments_get(call: Call) -> Json:
    """users.messages.attachments.get."""
    stored = call.mailbox.ledger.message(call.ids["messageId"])
    body = resources.attachment(stored, call.ids["id"], call.quirks)
    if body is None:
        raise bad_request("Invalid attachment token")
    return body


def threads_list(call: Call) -> Json:
    """users.threads.list: a thread is found when one of its messages matches the whole query."""
    ids = dict.fromkeys(one.thread_id for one in _matching(call))
    held = [call.mailbox.ledger.thread(thread_id) for thread_id in ids]
    held.sort(key=lambda thread: order(thread[-1]), reverse=True)
    found, token = _page(call, held, lambda thread: order(thread[-1]))
    return _listing("threads", [_thread_entry(call, thread) for thread in found], token)


def threads_get(call: Call) -> Json:
    """users.threads.get: every message of the thread, drafts among them; there is no raw form."""
    thread_id = _hex(call.ids["id"])
    if (asked := form(call)) == "raw":
        raise bad_request("Invalid value for format: raw")
    held = call.mailbox.ledger.thread(thread_id)
    return resources.thread_resource(
        thread_id, held, form=asked, quirks=call.quirks, wanted=_wanted(call), nonce=call.nonce
    )


def history_list(call: Call) -> Json:
    """users.history.list: what happened after startHistoryId, oldest first."""
    start = call.query.get("startHistoryId", "")
    if not start.isdecimal():
        raise bad_request("Invalid value for startHistoryId")
    ledger = call.mailbox.ledger
    try:
        records = ledger.since(int(start))
    except HistoryGone:
        raise not_found() from None
    label = call.query.get("labelId")
    if label:
        ledger.label_name(label)
    kinds = _kinds(call)
    wanted = [one for one in records if one.kind in kinds and (not label or _touches(one, label))]
    found, token = _page(call, wanted, lambda one: (-one.id,))
    if call.quirks.empty_history_pages and wanted and "pageToken" not in call.query:
        found, token = [], _packed((0,))
    answer: Json = {"historyId": str(ledger.history_id)}
    if found:
        answer["history"] = [resources.history_resource(one) for one in found]
    return answer | ({"nextPageToken": token} if token else {})


def labels_list(call: Call) -> Json:
    """users.labels.list."""
    ledger = call.mailbox.ledger
    ids = [*SYSTEM_LABELS, *ledger.user_labels]
    return {"labels": [resources.label_resource(ledger, one, counted=False) for one in ids]}


def labels_get(call: Call) -> Json:
    """users.labels.get."""
    return resources.label_resource(call.mailbox.ledger, call.ids["id"], counted=True)


def send_as_list(call: Call) -> Json:
    """users.settings.sendAs.list."""
    return {"sendAs": resources.send_as_resources(call.mailbox)}


def drafts_list(call: Call) -> Json:
    """users.drafts.list: ids only, newest first."""
    by_message = {draft.message_id: draft.id for draft in call.mailbox.ledger.drafts.values()}
    matching = [one for one in _matching(call) if one.id in by_message]
    found, token = _page(call, matching, order)
    held = [{"id": by_message[one.id], "message": {"id": one.id, "threadId": one.thread_id}} for one in found]
    return _listing("drafts", held, token)


def drafts_get(call: Call) -> Json:
    """users.drafts.get."""
    stored = call.mailbox.message_of(call.ids["id"])
    message = resources.message_resource(
        stored, form=form(call), quirks=call.quirks, wanted=_wanted(call), nonce=call.nonce
    )
    return {"id": call.ids["id"], "message": message}


def form(call: Call) -> Form:
    """The `format` asked for; full if none is."""
    asked = call.query.get("format", "full").lower()
    for known in get_args(Form):
        if asked == known:
            return asked  # type: ignore[return-value]  # just compared with each
    raise bad_request(f"Invalid value for format: {asked}")


def _matching(call: Call) -> list[Stored]:
    mailbox = call.mailbox
    scope = Scope(ledger=mailbox.ledger, me=mailbox.address, now=mailbox.clock(), quirks=call.quirks)
    labels = frozenset(call.query.getlist("labelIds"))
    uncovered = call.query.get("includeSpamTrash") == "true" or not labels.isdisjoint({"SPAM", "TRASH"})
    matches = search(call.query.get("q", ""), scope, include_spam_trash=uncovered)
    return [one for one in mailbox.ledger.newest_first() if labels <= one.labels and matches(one)]


def _thread_entry(call: Call, thread: Sequence[Stored]) -> Json:
    last = resources.message_resource(thread[-1], form="minimal", quirks=call.quirks)
    history_id = str(max(one.history_id for one in thread))
    return {"id": thread[-1].thread_id, "snippet": last["snippet"], "historyId": history_id}


def _listing(name: str, held: list[Any], token: str | None) -> Json:
    """Gmail leaves an empty list out, and its estimate is not a count."""
    answer: Json = {"resultSizeEstimate": 201 if token else len(held)}
    return answer | ({name: held} if held else {}) | ({"nextPageToken": token} if token else {})


def _page(
    call: Call, ordered: Sequence[T], key: Callable[[T], tuple[int, ...]]
) -> tuple[list[T], str | None]:
    """The page asked for of what is ordered by falling `key`; the token is the last key of the page before."""
    size = _whole_number(call.query.get("maxResults", "100"))
    if token := call.query.get("pageToken"):
        last = _unpacked(token)
        ordered = [one for one in ordered if key(one) < last]
    found = list(ordered[:size])
    return found, _packed(key(found[-1])) if len(ordered) > size else None


def _whole_number(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise bad_request("Invalid value for maxResults")
    return min(int(text), 500)


def _packed(key: tuple[int, ...]) -> str:
    return urlsafe_b64encode(".".join(map(str, key)).encode()).decode().rstrip("=")


def _unpacked(token: str) -> tuple[int, ...]:
    try:
        return tuple(int(step) for step in urlsafe_b64decode(token + "==").decode().split("."))
    except (ValueError, binascii.Error):
        raise bad_request("Invalid pageToken") from None


def _kinds(call: Call) -> frozenset[str]:
    asked = frozenset(call.query.getlist("historyTypes"))
    known = frozenset(get_args(Happening))
    if not asked <= known:
        raise bad_request(f"Invalid value for historyTypes: {', '.join(sorted(asked - known))}")
    return asked or known


def _touches(record: Record, label: str) -> bool:
    return label in record.labels or label in record.changed


def _wanted(call: Call) -> list[str]:
    return call.query.getlist("metadataHeaders")


def _hex(id: str) -> str:  # noqa: A002 (Gmail's word)
    """Gmail tells an id it never gave (400) from one that is gone (404)."""
    try:
        int(id, 16)
    except ValueError:
        raise bad_request("Invalid id value") from None
    return id
