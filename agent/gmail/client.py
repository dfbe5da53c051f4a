"""Gmail in Gmail's own nouns: the few calls this program makes. There is no send.

Each call is a generated method of Google's own client; only carrying it is ours (``session.py``).
Units are those of Google's table of 2026; where it is silent (``drafts.get``, ``drafts.delete``) the dearer reading.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal

from google.oauth2.credentials import Credentials

from agent.core.model import Address, SendAs
from agent.errors import GmailUnavailable, HistoryExpired, NotFound, OutcomeUnknown
from agent.gmail.calls import Request
from agent.gmail.history import number
from agent.gmail.hosts import GMAIL
from agent.gmail.session import Session, Usage

PAGE_SIZE = 500
_HISTORY_TYPES = ["messageAdded", "messageDeleted", "labelAdded", "labelRemoved"]
_ME = "me"
_ID = re.compile(r"[A-Za-z0-9_-]{1,2048}")

Format = Literal["full", "raw", "metadata", "minimal"]


@dataclass(frozen=True, slots=True)
class Profile:
    """The mailbox: its address, and where its history stands now."""

    email: str
    history_id: int


@dataclass(frozen=True, slots=True)
class DraftRef:
    """A draft: its own id, and the message it holds at the moment (a new one on every save)."""

    draft_id: str
    gmail_id: str
    thread_id: str


class Gmail:
    """One mailbox. Errors are those of ``agent.errors``; 404 is NotFound, a normal thing."""

    def __init__(
        self,
        credentials: Credentials,
        endpoint: str = GMAIL,
        *,
        sleep: Callable[[float], None],
        now: Callable[[], datetime],
        jitter: Callable[[], float],
        quota_units_per_minute: int = 6000,
    ) -> None:
        """``endpoint``: Google's host or the loopback (else ConfigError); ``jitter`` draws from [0, 1)."""
        self._session = Session(
            credentials,
            endpoint,
            sleep=sleep,
            now=now,
            jitter=jitter,
            quota_units_per_minute=quota_units_per_minute,
        )

    @property
    def usage(self) -> Usage:
        """What was spent since this object was made."""
        return self._session.usage

    def close(self) -> None:
        """Close the kept connection; the next call opens another."""
        self._session.close()

    # reading

    def profile(self) -> Profile:
        """Whose mailbox this is, and the history id to start from: read it *before* a full listing."""
        found = self._session.read(self._users.getProfile(userId=_ME), units=1)
        if "@" not in (address := _text(found, "emailAddress").lower()):
            raise GmailUnavailable("Gmail did not answer properly (a profile without an address)")
        return Profile(address, number(found.get("historyId")))

    def send_as(self) -> tuple[SendAs, ...]:
        """The addresses that mean *me*, primary first; those that were never verified are left out."""
        request = self._users.settings().sendAs().list(userId=_ME)
        rows = _rows(self._session.read(request, units=1), "sendAs")
        ours = [
            row for row in rows if row.get("verificationStatus") != "pending" and _text(row, "sendAsEmail")
        ]
        return tuple(_send_as(row) for row in sorted(ours, key=lambda row: not row.get("isPrimary")))

    def labels(self) -> dict[str, str]:
        """Label ids by name."""
        rows = _rows(self._session.read(self._users.labels().list(userId=_ME), units=1), "labels")
        return {_text(row, "name"): _text(row, "id") for row in rows}

    def list_messages(
        self, *, query: str = "", label_ids: Iterable[str] = (), limit: int | None = None
    ) -> Iterator[tuple[str, str]]:
        """``(gmail_id, thread_id)``, newest first; ``label_ids`` must all be there; at most ``limit``."""
        if limit is not None and limit <= 0:
            return
        size = PAGE_SIZE if limit is None else min(limit, PAGE_SIZE)
        wanted = {"maxResults": size, "q": query or None, "labelIds": list(label_ids) or None}
        count = 0
        for page in self._pages(self._users.messages().list, wanted, units=5, rows="messages"):
            for row in _rows(page, "messages"):
                yield _text(row, "id"), _text(row, "threadId")
                count += 1
                if count == limit:
                    return

    def message(self, gmail_id: str, *, format: Format = "full") -> dict[str, Any]:  # noqa: A002 (Gmail's own word)
        """The message resource."""
        request = self._users.messages().get(userId=_ME, id=_known(gmail_id), format=format)
        return self._session.read(request, units=20, whole=_is_message)

    def attachment(self, gmail_id: str, attachment_id: str) -> bytes:
        """A body that Gmail keeps apart (large text and calendar parts too); its id is good for one reading only."""
        attachments = self._users.messages().attachments()
        request = attachments.get(userId=_ME, messageId=_known(gmail_id), id=_known(attachment_id))
        data = _text(self._session.read(request, units=20), "data")
        return urlsafe_b64decode(data.rstrip("=") + "==")

    def thread(self, thread_id: str, *, format: Format = "full") -> list[dict[str, Any]]:  # noqa: A002 (Gmail's own word)
        """Its message resources by internal date, drafts included (``labels_of`` tells)."""
        request = self._users.threads().get(userId=_ME, id=_known(thread_id), format=format)
        found = self._session.read(request, units=40, whole=_holds_mail)
        return sorted(_rows(found, "messages"), key=lambda row: number(row.get("internalDate")))

    def history(self, start: int) -> Iterator[dict[str, Any]]:
        """The pages of what happened after ``start``; HistoryExpired if Gmail no longer knows."""
        wanted = {"startHistoryId": str(start), "maxResults": PAGE_SIZE, "historyTypes": _HISTORY_TYPES}
        try:
            yield from self._pages(self._users.history().list, wanted, units=2, rows="history")
        except NotFound:
            raise HistoryExpired("the history before this point is no longer kept") from None

    # drafts

    def list_drafts(self) -> tuple[DraftRef, ...]:
        """Every draft of the mailbox, once: a list that shifts between its pages shows one on both."""
        pages = self._pages(self._users.drafts().list, {"maxResults": PAGE_SIZE}, units=5, rows="drafts")
        refs = (ref for page in pages for row in _rows(page, "drafts") if (ref := _draft_ref(row)))
        return tuple({ref.draft_id: ref for ref in refs}.values())

    def draft(self, draft_id: str, *, format: Format = "full") -> dict[str, Any]:  # noqa: A002 (Gmail's own word)
        """The draft resource: ``id`` and ``message``."""
        request = self._users.drafts().get(userId=_ME, id=_known(draft_id), format=format)
        return self._session.read(request, units=20, whole=_is_draft)

    def draft_ref(self, draft_id: str) -> DraftRef | None:
        """One draft, or None if it is gone: the list of all can be behind, the answer to this is not."""
        try:
            return _draft_ref({**self.draft(draft_id, format="minimal"), "id": draft_id})
        except NotFound:
            return None

    def create_draft(self, raw: bytes, thread_id: str) -> DraftRef:
        """One POST. Compare the thread id that comes back with the one asked for; with "" a thread of its own begins.

        Not applied: Refused, AuthError, QuotaExhausted, GmailUnavailable. Perhaps applied: OutcomeUnknown.
        """
        message = {"raw": urlsafe_b64encode(raw).decode("ascii")}
        message |= {"threadId": thread_id} if thread_id else {}
        request = self._users.drafts().create(userId=_ME, body={"message": message})
        ref = _draft_ref(self._session.write(request, units=10))
        if ref is None:
            raise OutcomeUnknown("Gmail said yes, and did not say to which draft")
        return ref

    def delete_draft(self, draft_id: str) -> None:
        """One DELETE, for good; a draft that is not there counts as deleted. Errors as for ``create_draft``."""
        try:
            request = self._users.drafts().delete(userId=_ME, id=_known(draft_id))
            self._session.write(request, units=10)
        except NotFound:
            return

    @property
    def _users(self) -> Any:
        return self._session.users

    def _pages(
        self, listing: Callable[..., Request], wanted: dict[str, Any], *, units: int, rows: str
    ) -> Iterator[dict[str, Any]]:
        """All pages; a page may be empty and still have a successor. A token that comes again ends the listing badly.

        Not by Google's ``list_next``: it raises ValueError where a parameter repeats (labelIds, historyTypes).
        """
        tokens: set[str] = set()
        token = ""
        while True:
            request = listing(userId=_ME, pageToken=token or None, **wanted)
            page = self._session.read(request, units=units, whole=partial(_may_list, rows))
            yield page
            token = _text(page, "nextPageToken")
            if not token:
                return
            if token in tokens:
                raise GmailUnavailable("Gmail's pages go in a circle")
            tokens.add(token)


def _is_message(found: dict[str, Any]) -> bool:
    return bool(_text(found, "id"))


def _holds_mail(found: dict[str, Any]) -> bool:
    return bool(_rows(found, "messages"))


def _is_draft(found: dict[str, Any]) -> bool:
    """A draft whose headers are not told would look as if the user had edited it."""
    message = found.get("message")
    if not isinstance(message, dict) or not _text(message, "id"):
        return False
    payload = message.get("payload")
    return payload is None or (isinstance(payload, dict) and bool(_rows(payload, "headers")))


def _may_list(rows: str, page: dict[str, Any]) -> bool:
    """Where there is nothing to list, Gmail leaves the list out."""
    return isinstance(page.get(rows), list | None)


def labels_of(resource: Mapping[str, Any]) -> frozenset[str]:
    """The label ids of a message resource; absent or null where there are none."""
    found = resource.get("labelIds")
    return frozenset(x for x in found if isinstance(x, str)) if isinstance(found, list) else frozenset()


def _known(gmail_id: str) -> str:
    """An id as Gmail makes them; anything else cannot exist there."""
    if not _ID.fullmatch(gmail_id):
        raise NotFound("no such id in Gmail", 404)
    return gmail_id


def _text(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""


def _rows(page: dict[str, Any], key: str) -> list[dict[str, Any]]:
    rows = page.get(key)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _draft_ref(row: dict[str, Any]) -> DraftRef | None:
    message = row.get("message")
    if not _text(row, "id") or not isinstance(message, dict):
        return None
    return DraftRef(_text(row, "id"), _text(message, "id"), _text(message, "threadId"))


def _send_as(row: dict[str, Any]) -> SendAs:
    address = Address(_text(row, "displayName"), _text(row, "sendAsEmail").lower())
    return SendAs(address, _text(row, "signature"), row.get("isDefault") is True)
