"""The writing half of the REST API: drafts, and nothing else."""

from base64 import b64decode

from agent.demo.answers import bad_request
from agent.demo.reading import Call
from agent.demo.records import Draft
from agent.demo.resources import Json, reference

_LARGEST = 36_700_160


def drafts_create(call: Call) -> Json:
    """users.drafts.create: the answer's threadId tells whether the thread asked for was entered."""
    raw, thread_id = _message(call)
    return _draft(call, call.mailbox.create_draft(raw, thread_id=thread_id))


def drafts_update(call: Call) -> Json:
    """users.drafts.update: the whole message is replaced."""
    raw, thread_id = _message(call)
    return _draft(call, call.mailbox.update_draft(call.ids["id"], raw, thread_id=thread_id))


def drafts_delete(call: Call) -> None:
    """users.drafts.delete: for good, not into the bin."""
    call.mailbox.discard_draft(call.ids["id"])


def _draft(call: Call, draft: Draft) -> Json:
    return {"id": draft.id, "message": reference(call.mailbox.message_of(draft.id))}


def _message(call: Call) -> tuple[bytes, str | None]:
    """The bytes and the thread of the Draft in the body."""
    message = call.body.get("message")
    if not isinstance(message, dict) or not isinstance(message.get("raw"), str):
        raise bad_request("Missing draft message")
    thread_id = message.get("threadId") or None
    if thread_id is not None and not _is_hex(thread_id):
        raise bad_request("Invalid thread_id value")
    raw = _decoded(message["raw"])
    if not raw or len(raw) > _LARGEST:
        raise bad_request("Invalid draft message size")
    return raw, thread_id


def _decoded(text: str) -> bytes:
    """The bytes behind base64url, padded or not; the standard alphabet is refused, not guessed at."""
    bare = text.rstrip("=")
    alike = {"+", "/"}.isdisjoint(bare)  # b64decode takes these beside its altchars
    try:
        raw = b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True) if alike else None
    except ValueError:
        raw = None
    if raw is None:
        raise bad_request("Invalid value at 'draft.message.raw' (TYPE_BYTES), Base64 decoding failed")
    return raw


def _is_hex(text: object) -> bool:
    try:
        return isinstance(text, str) and int(text, 16) >= 0
    except ValueError:
        return False
