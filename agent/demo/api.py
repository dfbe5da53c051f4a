"""The REST API: which address is which method, who may call it, what it costs, and what it answers."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request

from agent.demo import partial, reading, writing
from agent.demo.answers import ApiError, not_found
from agent.demo.mailbox import Mailbox
from agent.demo.oauth import COMPOSE, FULL, MODIFY, READONLY, Authorisation
from agent.demo.quirks import Quirks
from agent.demo.quota import Meter
from agent.demo.reading import Call
from agent.demo.records import NotFound
from agent.demo.resources import Json

_READ = frozenset((READONLY, MODIFY, FULL))
_WRITE = frozenset((COMPOSE, MODIFY, FULL))
_BOTH = _READ | _WRITE


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the API: its name in the discovery document, where it lives, who may call it."""

    name: str
    verb: str
    path: str
    answer: Callable[[Call], Json | None]
    scopes: frozenset[str]

    @property
    def template(self) -> str:
        """The path as the discovery document writes it."""
        return f"gmail/v1/users/{{userId}}/{self.path.replace('<', '{').replace('>', '}')}"


METHODS = (
    Method("users.getProfile", "GET", "profile", reading.profile, _BOTH),
    Method("users.messages.list", "GET", "messages", reading.messages_list, _READ),
    Method("users.messages.get", "GET", "messages/<id>", reading.messages_get, _READ),
    Method(
        "users.messages.attachments.get",
        "GET",
        "messages/<messageId>/attachments/<id>",
        reading.attachments_get,
        _READ,
    ),
    Method("users.threads.list", "GET", "threads", reading.threads_list, _READ),
    Method("users.threads.get", "GET", "threads/<id>", reading.threads_get, _READ),
    Method("users.history.list", "GET", "history", reading.history_list, _READ),
    Method("users.labels.list", "GET", "labels", reading.labels_list, _READ),
    Method("users.labels.get", "GET", "labels/<id>", reading.labels_get, _READ),
    Method("users.settings.sendAs.list", "GET", "settings/sendAs", reading.send_as_list, _READ),
    Method("users.drafts.list", "GET", "drafts", reading.drafts_list, _BOTH),
    Method("users.drafts.get", "GET", "drafts/<id>", reading.drafts_get, _BOTH),
    Method("users.drafts.create", "POST", "drafts", writing.drafts_create, _WRITE),
    Method("users.drafts.update", "PUT", "drafts/<id>", writing.drafts_update, _WRITE),
    Method("users.drafts.delete", "DELETE", "drafts/<id>", writing.drafts_delete, _WRITE),
)
_MAP = Map([Rule(f"/gmail/v1/users/<userId>/{m.path}", methods=[m.verb], endpoint=m) for m in METHODS])
_PREFIXES = ("/gmail/", "/upload/", "/resumable/", "/batch")


@dataclass(frozen=True, slots=True)
class Violation:
    """An attempt to do what this program must never do: to send, or to write anything but drafts."""

    method: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the API says: the HTTP status, the JSON body (None: no content), the units it cost."""

    status: int
    body: Json | None
    units: int


class Api:
    """The API over one mailbox."""

    def __init__(self, mailbox: Mailbox, oauth: Authorisation, meter: Meter, quirks: Quirks) -> None:
        self.mailbox = mailbox
        self.quirks = quirks
        self.meter = meter
        self.violations: list[Violation] = []
        self._oauth = oauth
        self._nonce = 0

    def answer(self, request: Request) -> Answer:
        """The answer to a request, errors in Google's shape included."""
        verb, query = asked(request)
        method, ids = _located(verb, request.path)
        units = 0
        try:
            if method is None:
                raise self._refusal(verb, request.path)
            wanted = partial.mask(query.get("fields", "*"))
            self._admit(request, method, ids)
            with self.mailbox.lock:
                units = self.meter.charge(method.name)
                body = method.answer(self._call(request, ids, query))
            status, body = (204, None) if body is None else (200, partial.picked(body, wanted))
        except NotFound:
            status, body = 404, not_found().body()
        except ApiError as error:
            status, body = error.code, error.body()
        return Answer(status=status, body=body, units=units)

    def _refusal(self, verb: str, path: str) -> ApiError:
        if verb in {"GET", "HEAD"} and not path.startswith("/batch"):
            return not_found()
        self.violations.append(Violation(verb, path))
        return ApiError(403, "forbidden", "This mailbox takes drafts and nothing else.")

    def _admit(self, request: Request, method: Method, ids: dict[str, str]) -> None:
        """Who asks, and may they?"""
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        scopes = self._oauth.scopes(token.strip()) if kind.lower() == "bearer" else None
        if scopes is None:
            raise ApiError(401, "authError", "Invalid Credentials")
        if scopes.isdisjoint(method.scopes):
            raise ApiError(403, "insufficientPermissions")
        if ids.pop("userId").lower() not in {"me", self.mailbox.address.lower()}:
            raise ApiError(403, "forbidden", f"Delegation denied for {self.mailbox.address}")

    def _call(self, request: Request, ids: dict[str, str], query: MultiDict[str, str]) -> Call:
        self._nonce += 1
        return Call(
            mailbox=self.mailbox,
            quirks=self.quirks,
            ids=ids,
            query=query,
            body=_json(request),
            nonce=self._nonce,
        )


def belongs(path: str) -> bool:
    """Whether a path is the API's."""
    return path.startswith(_PREFIXES)


def named(verb: str, path: str) -> tuple[str, str]:
    """The method's name and path template in the discovery document; elsewhere none and the path."""
    method, _ = _located(verb, path)
    return (method.name, method.template) if method else ("", path.lstrip("/"))


def asked(request: Request) -> tuple[str, MultiDict[str, str]]:
    """The HTTP method and query meant: Google's client sends a long GET as POST with the query as body."""
    override = request.headers.get("X-HTTP-Method-Override", "").upper()
    if request.method == "POST" and override == "GET":
        return override, MultiDict([*request.args.items(multi=True), *request.form.items(multi=True)])
    return request.method, MultiDict(request.args)


def _located(verb: str, path: str) -> tuple[Method | None, dict[str, str]]:
    try:
        method, ids = _MAP.bind("localhost").match(path, method=verb)
    except HTTPException:
        return None, {}
    return method, dict(ids)


def _json(request: Request) -> Json:
    if request.method not in {"POST", "PUT"} or request.mimetype != "application/json":
        return {}
    try:
        body: Any = json.loads(request.get_data() or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ApiError(400, "parseError", "Parse Error")
    return body
