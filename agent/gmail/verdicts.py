"""What an answer of Gmail means: decided on the reason it names, never on the status code alone.

Rate limits come as 403 as often as 429, and such a 403 has the status of a scope error; server errors may be HTML.
The server's own words are not kept: they can name addresses.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from agent.errors import (
    AgentError,
    AuthError,
    ConfigError,
    GmailUnavailable,
    NotFound,
    QuotaExhausted,
    Refused,
)
from agent.gmail.transport import Answer

AGAIN = "run: followup-agent auth"
LIBRARY = "https://console.cloud.google.com/apis/library/gmail.googleapis.com"

_QUOTA = frozenset(
    {
        "ratelimitexceeded",
        "userratelimitexceeded",
        "resource_exhausted",
        "rate_limit_exceeded",
        "toomanyrequests",
    }
)
_DAILY = frozenset({"dailylimitexceeded", "quotaexceeded", "dailylimitexceededunreg"})
_SCOPES = frozenset({"insufficientpermissions", "access_token_scope_insufficient"})
_DISABLED = frozenset({"accessnotconfigured", "service_disabled"})
_POLICY = frozenset({"domainpolicy", "delegationdenied", "accountdisabled", "accountdeleted"})
_RETRY_AFTER = re.compile(r"Retry after (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d))")
_WORD = re.compile(r"[A-Za-z][A-Za-z_]{0,60}")


class Kind(Enum):
    """What to do about an answer."""

    DONE = auto()
    QUOTA = auto()  # wait and repeat
    DAILY = auto()  # come back another day
    SERVER = auto()  # repeat what can be repeated
    CREDENTIALS = auto()  # refresh once
    SCOPES = auto()
    DISABLED = auto()
    POLICY = auto()
    GONE = auto()
    REFUSED = auto()


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer, understood. ``retry_at`` is Gmail's own figure, where it named one; ``body`` the JSON of a success."""

    kind: Kind
    status: int
    reason: str = ""
    retry_at: datetime | None = None
    body: dict[str, Any] | None = None


def verdict(answer: Answer, now: datetime) -> Verdict:
    """What this answer means. A success whose body is no JSON object, or speaks of an error, counts as a server error."""
    body = _json_object(answer.content)
    if 200 <= answer.status < 300:
        if (body is None and (answer.content or answer.status != 204)) or "error" in (body or {}):
            return Verdict(Kind.SERVER, answer.status, "malformed")
        return Verdict(Kind.DONE, answer.status, body=body or {})
    reasons, message = _reasons(body or {})
    kind = _kind(answer.status, [reason.lower() for reason in reasons], message)
    return Verdict(kind, answer.status, next(iter(reasons), ""), _retry_at(answer, message, now))


def error(of: Verdict, now: datetime) -> AgentError:
    """The error that says what this verdict (not DONE) means once nothing more can be tried."""
    match of.kind:
        case Kind.QUOTA | Kind.DAILY:
            wait = (of.retry_at - now).total_seconds() if of.retry_at else None
            return QuotaExhausted(
                f"Gmail asks for patience ({of.reason or of.status})",
                None if wait is None else max(wait, 0.0),
            )
        case Kind.CREDENTIALS:
            return AuthError("Gmail does not accept the stored authorisation", (AGAIN,))
        case Kind.SCOPES:
            return AuthError(
                "the authorisation does not cover what the program does (read mail, write drafts)",
                (f"{AGAIN}, and leave both boxes ticked",),
            )
        case Kind.POLICY:
            return AuthError(
                "this mailbox or its administrator does not allow the program in",
                ("use an OAuth client of the same organisation, or ask its administrator", AGAIN),
            )
        case Kind.DISABLED:
            return ConfigError(
                "the Gmail API is not enabled in your Google Cloud project", (f"enable it: {LIBRARY}",)
            )
        case Kind.GONE:
            return NotFound("not there (any more)", of.status, of.reason)
        case Kind.REFUSED:
            return Refused(
                f"Gmail refused ({of.status} {of.reason})".replace(" )", ")"), of.status, of.reason
            )
        case Kind.SERVER | Kind.DONE:
            return GmailUnavailable(
                f"Gmail did not answer properly ({of.status} {of.reason})".replace(" )", ")")
            )


def _kind(status: int, reasons: list[str], message: str) -> Kind:
    named = set(reasons)
    if status >= 500 or status == 408 or status < 400:
        return Kind.SERVER  # below 400: a redirect, as captive portals answer
    for words, kind in ((_DAILY, Kind.DAILY), (_QUOTA, Kind.QUOTA), (_SCOPES, Kind.SCOPES)):
        if named & words:
            return kind
    if named & _DISABLED:
        return Kind.DISABLED
    if named & _POLICY or "Mail service not enabled" in message:
        return Kind.POLICY
    return _kind_by_status(status, message)


def _kind_by_status(status: int, message: str) -> Kind:
    """For bodies that name no reason we know."""
    match status:
        case 401:
            return Kind.CREDENTIALS
        case 404 | 410:
            return Kind.GONE
        case 429:
            return Kind.QUOTA
        case 403 if "Quota exceeded" in message or "ate limit" in message:
            return Kind.QUOTA
        case 403 if "authentication scopes" in message:
            return Kind.SCOPES
        case _:
            return Kind.REFUSED


def _json_object(content: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _reasons(body: dict[str, Any]) -> tuple[list[str], str]:
    """The reasons an error body names (``errors[]``, ``details[]``, ``status``), most telling first; and its message."""
    failure = body.get("error")
    if not isinstance(failure, dict):
        return [], ""
    listed = [failure.get(key) for key in ("errors", "details")]
    rows = [row for rows in listed if isinstance(rows, list) for row in rows if isinstance(row, dict)]
    named = [row.get("reason") for row in rows] + [failure.get("status")]
    message = failure.get("message")
    words = [word for word in named if isinstance(word, str) and _WORD.fullmatch(word)]
    return words, message[:2000] if isinstance(message, str) else ""


def _retry_at(answer: Answer, message: str, now: datetime) -> datetime | None:
    """The time named in the message ("Retry after 2026-09-11T20:00:00.000Z"), else by the Retry-After header."""
    found = _RETRY_AFTER.search(message)
    if found:
        try:
            return datetime.fromisoformat(found[1])
        except ValueError:
            return None
    seconds = answer.headers.get("retry-after", "")
    return now + timedelta(seconds=int(seconds)) if re.fullmatch(r"\d{1,5}", seconds) else None
