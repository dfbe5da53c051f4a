"""The program's own Gmail client over an embedded mailbox without HTTP, with orders for lost answers and sudden deaths."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from typing import Any

from werkzeug.datastructures import MultiDict

from agent.demo import reading
from agent.demo.answers import ApiError
from agent.demo.mailbox import Mailbox
from agent.demo.quirks import Quirks
from agent.demo.reading import Call
from agent.demo.records import Draft, NotFound, Stored
from agent.demo.resources import reference
from agent.errors import GmailUnavailable, OutcomeUnknown
from agent.errors import NotFound as Gone
from agent.gmail.client import Gmail
from agent.gmail.drafts import KEY_HEADER
from agent.gmail.session import Usage

ANSWERS: dict[str, Callable[[Call], Any]] = {
    "getProfile": reading.profile,
    "settings.sendAs.list": reading.send_as_list,
    "labels.list": reading.labels_list,
    "messages.list": reading.messages_list,
    "messages.get": reading.messages_get,
    "threads.get": reading.threads_get,
    "history.list": reading.history_list,
    "drafts.list": reading.drafts_list,
    "drafts.get": reading.drafts_get,
}


LATE = timedelta(seconds=100)  # how long Gmail may take over a draft whose answer was lost


class Cut(BaseException):
    """The process dies here; nothing it still tries reaches disk or network."""


@dataclass(slots=True)
class Steps:
    """Counts what a turn does to the outside (commits, both sides of each request); strikes at the step it was set to."""

    count: int = 0
    at: int = 0
    strike: Callable[[], None] | None = None
    dead: bool = False

    def set(self, at: int, strike: Callable[[], None] | None = None) -> None:
        """At step ``at`` of what follows (0: never) do ``strike``, or die without one."""
        self.count, self.at, self.strike, self.dead = 0, at, strike, False

    def step(self) -> None:
        self.count += 1
        if self.dead:
            raise Cut
        if self.at and self.count == self.at:
            if self.strike is None:
                self.dead = True
                raise Cut
            self.strike()


def purpose(key: str) -> str:
    """What a draft is for, whatever it waits on: kind and step."""
    return ":".join(key.split(":")[:2])


@dataclass(slots=True)
class Made:
    """A draft that the program made: its key, and what the user has done to it since."""

    draft_id: str
    key: str
    thread_id: str
    at: datetime
    edited: bool = False
    discarded: bool = False
    sent: bool = False
    withdrawn: bool = False


@dataclass(slots=True)
class Witness:
    """What the program did to the mailbox, and which of it must never happen."""

    made: dict[str, Made] = field(default_factory=dict)
    wrongs: list[str] = field(default_factory=list)
    by_user: bool = False
    late: bool = False  # Gmail carries out now what it was asked for a while ago


class WatchedMailbox(Mailbox):
    """A mailbox that writes down what the API does to its drafts."""

    witness: Witness

    def create_draft(self, raw: bytes, *, thread_id: str | None) -> Draft:
        before = self.drafts_in(thread_id) if thread_id else []
        draft = super().create_draft(raw, thread_id=thread_id)
        mime = message_from_bytes(raw)
        key = str(mime[KEY_HEADER])
        witness = self.witness
        if before and not witness.late:
            witness.wrongs.append(f"{key} was made beside another draft")
        if key in {m.key for m in witness.made.values()}:
            witness.wrongs.append(f"{key} was made twice")
        if any(m.discarded and purpose(m.key) == purpose(key) for m in witness.made.values()):
            witness.wrongs.append(f"{key} was made again after the user had discarded it")
        stored = self.message_of(draft.id)
        witness.made[draft.id] = Made(draft.id, key, stored.thread_id, self.clock())
        return draft

    def discard_draft(self, draft_id: str) -> Stored:
        made = self.witness.made.get(draft_id)
        if not self.witness.by_user:
            if made is None or made.edited:
                self.witness.wrongs.append("a draft of the user's was deleted")
            elif draft_id in self.ledger.drafts:
                made.withdrawn = True
        return super().discard_draft(draft_id)


class _Named:
    """A method of the API by its path; called with arguments it is a request."""

    def __init__(self, path: str, arguments: dict[str, Any] | None = None) -> None:
        self.path = path
        self.arguments = arguments or {}

    def __getattr__(self, name: str) -> _Named:
        return _Named(f"{self.path}.{name}" if self.path else name)

    def __call__(self, **arguments: Any) -> _Named:
        return _Named(self.path, arguments)


class NearSession:
    """Stands where the HTTP session stands: the same requests, answered by the mailbox itself."""

    def __init__(self, mailbox: WatchedMailbox, steps: Steps) -> None:
        self.mailbox = mailbox
        self.steps = steps
        self.usage = Usage()
        self.users = _Named("")
        self.fault: tuple[str, str] | None = None  # the method that goes wrong once, and how
        self.struck = False
        self.slow: tuple[datetime, _Named] | None = None  # a request that Gmail carries out then
        self._nonce = 0

    def close(self) -> None:
        """Nothing is open."""

    def read(self, request: _Named, *, units: int, **_: Any) -> dict[str, Any]:
        return self._carry(request, units)

    def write(self, request: _Named, *, units: int) -> dict[str, Any]:
        return self._carry(request, units)

    def _carry(self, request: _Named, units: int) -> dict[str, Any]:
        self.steps.step()
        self.usage = Usage(self.usage.http_requests + 1, self.usage.quota_units + units)
        self._catch_up()
        how = self._fault(request.path)
        if how == "lost late":
            self.slow = self.mailbox.clock() + LATE, request
            raise OutcomeUnknown("no answer")
        if how == "unreachable":
            raise GmailUnavailable("not reached")
        if how == "lost before":
            raise OutcomeUnknown("no answer")
        try:
            found = self._answer(request)
        except NotFound:
            raise Gone("gone", 404) from None
        except ApiError as error:
            if error.code != 404:
                raise
            raise Gone("gone", 404) from None
        finally:
            self.steps.step()
        if how == "lost after":
            raise OutcomeUnknown("no answer")
        return found

    def _catch_up(self) -> None:
        if self.slow is None or self.mailbox.clock() < self.slow[0]:
            return
        (_, request), self.slow = self.slow, None
        self.mailbox.witness.late = True
        self._answer(request)
        self.mailbox.witness.late = False

    def _fault(self, path: str) -> str:
        if self.fault is None or self.fault[0] != path:
            return ""
        (_, how), self.fault, self.struck = self.fault, None, True
        return how

    def _answer(self, request: _Named) -> dict[str, Any]:
        arguments = {k: v for k, v in request.arguments.items() if v is not None and k != "userId"}
        if request.path == "drafts.create":
            message = arguments["body"]["message"]
            raw = urlsafe_b64decode(message["raw"])
            made = self.mailbox.create_draft(raw, thread_id=message.get("threadId"))
            return {"id": made.id, "message": reference(self.mailbox.message_of(made.id))}
        if request.path == "drafts.delete":
            self.mailbox.discard_draft(arguments["id"])
            return {}
        self._nonce += 1
        query = MultiDict[str, str](
            [(k, str(v)) for k, vs in arguments.items() for v in (vs if isinstance(vs, list) else [vs])]
        )
        call = Call(
            mailbox=self.mailbox,
            quirks=Quirks(),
            ids={"id": str(arguments.get("id", ""))},
            query=query,
            body={},
            nonce=self._nonce,
        )
        answer = ANSWERS[request.path](call)
        assert isinstance(answer, dict)
        return answer


class NearGmail(Gmail):
    """The client as it is, on a session that needs no network."""

    def __init__(self, mailbox: WatchedMailbox, steps: Steps) -> None:
        self.near = NearSession(mailbox, steps)
        self._session = self.near  # type: ignore[assignment]  # the same three methods
