"""The embedded Gmail on the loopback interface: start, stop, and what passes over the wire."""

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock, Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from werkzeug.datastructures import MultiDict
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from agent.demo import wire
from agent.demo.answers import ApiError, not_found
from agent.demo.api import Answer, Api, Violation, asked, belongs, named
from agent.demo.clock import wall_clock
from agent.demo.control import PREFIX, control
from agent.demo.faults import Fault, Faults
from agent.demo.mailbox import Mailbox
from agent.demo.oauth import COMPOSE, READONLY, Authorisation, Refusal
from agent.demo.quirks import Quirks
from agent.demo.quota import Meter, retry_after
from agent.demo.wire import Connections, handler

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_HTML_502 = (
    "<!DOCTYPE html><html lang=en><title>Error 502 (Server Error)!!1</title><p>Try again in 30 seconds."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request that arrived and what was answered; status 0 if the connection was cut instead.

    `method` and `template` are those meant (after x-http-method-override); `name` is the method's in
    the discovery document, empty outside the API; `applied` tells whether the deed was done.
    """

    method: str
    path: str
    template: str
    name: str
    query: MultiDict[str, str]
    units: int
    status: int
    body: Any
    applied: bool
    fault: str = ""


class GmailServer:
    """Gmail's REST API and Google's token endpoint for one mailbox, at `url`; a context manager.

    `quirks` and `on_response` may be set at any time; `wall_clock` dates quota and tokens.
    """

    def __init__(
        self,
        mailbox: Mailbox,
        *,
        quirks: Quirks | None = None,
        quota_units_per_minute: int | None = None,
        wall_clock: Callable[[], datetime] = wall_clock,
        port: int = 0,
        control: bool = True,
    ) -> None:
        """`quota_units_per_minute`: None never refuses; `control`: whether /_control/ answers."""
        self.mailbox = mailbox
        self.oauth = Authorisation(wall_clock)
        self.faults = Faults()
        self.log: list[Exchange] = []
        self.on_response: Callable[[Exchange], None] | None = None
        self._wall_clock = wall_clock
        self._meter = Meter(quota_units_per_minute, wall_clock)
        self._api = Api(mailbox, self.oauth, self._meter, quirks or Quirks())
        self._control = control
        self._connections = Connections()
        self._lock = Lock()
        self._http = make_server(
            "127.0.0.1", port, self, threaded=True, request_handler=handler(self._connections)
        )
        self._thread = Thread(target=self._http.serve_forever, args=(0.02,), name="gmail", daemon=True)

    # life

    def start(self) -> Self:
        """Serve from a thread of its own."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving; open connections are cut."""
        self.faults.clear()
        self._http.shutdown()
        self._thread.join()
        self._connections.cut()

    def cut_connections(self) -> None:
        """Close the idle connections, as Gmail does after a while; clients find out when they write."""
        self._connections.cut()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # what others ask

    @property
    def url(self) -> str:
        """The base address, without a slash at its end: the client's api_endpoint."""
        return f"http://127.0.0.1:{self._http.port}"

    @property
    def quirks(self) -> Quirks:
        """The quirks of the day."""
        return self._api.quirks

    @quirks.setter
    def quirks(self, quirks: Quirks) -> None:
        self._api.quirks = quirks

    @property
    def units(self) -> int:
        """The quota units spent so far."""
        return self._meter.units

    @property
    def requests(self) -> int:
        """The API requests that arrived so far, failed ones included."""
        with self._lock:
            return sum(1 for one in self.log if belongs(one.path))

    @property
    def violations(self) -> list[Violation]:
        """Attempts to send, or to write anything but drafts."""
        return self._api.violations

    def arrived(self, method: str, template_end: str = "") -> int:
        """How many requests of that HTTP method arrived at a path template that ends so."""
        with self._lock:
            return sum(1 for one in self.log if one.method == method and one.template.endswith(template_end))

    def token_info(self, scopes: Collection[str] = (READONLY, COMPOSE)) -> dict[str, Any]:
        """The authorised-user JSON of a consent already given."""
        refresh_token, token, expiry = self.oauth.grant(scopes)
        return {
            "token": token,
            "refresh_token": refresh_token,
            "token_uri": f"{self.url}/token",
            "client_id": self.oauth.client_id,
            "client_secret": self.oauth.client_secret,
            "scopes": list(scopes),
            "universe_domain": "googleapis.com",
            "account": "",
            "expiry": expiry.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }

    def client_config(self) -> dict[str, Any]:
        """The client file of a desktop application, its addresses on the loopback interface."""
        return {
            "installed": {
                "client_id": self.oauth.client_id,
                "project_id": "demo",
                "auth_uri": f"{self.url}/auth",
                "token_uri": f"{self.url}/token",
                "client_secret": self.oauth.client_secret,
                "redirect_uris": ["http://localhost"],
            }
        }

    # the wire

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """The WSGI application."""
        request = Request(environ)
        request.get_data(cache=True, parse_form_data=False)  # read it all: the connection stays open
        fault = None if request.path.startswith(PREFIX) else self.faults.take(request.method, request.path)
        response = self._faulty(request, fault) if fault else self._well(request)
        return response(environ, start_response)

    def _well(self, request: Request) -> Response:
        if belongs(request.path):
            answer = self._api.answer(request)
            self._record(request, answer)
            return wire.answer(answer.status, answer.body)
        response = self._other(request)
        if not request.path.startswith(PREFIX):
            self._record(request, None, status=response.status_code)
        return response

    def _other(self, request: Request) -> Response:
        try:
            match request.method, request.path:
                case "GET", "/auth":
                    return Response(status=302, headers={"Location": self.oauth.consent(request.args)})
                case "POST", "/token":
                    return wire.answer(200, self.oauth.token(wire.token_form(request)))
                case "POST", "/revoke":
                    self.oauth.revoke(request.values.get("token", ""))
                    return wire.answer(200, {})
                case "POST", path if self._control and path.startswith(PREFIX):
                    order = json.loads(request.get_data() or b"{}")
                    return wire.answer(200, control(self, path.removeprefix(PREFIX), order))
                case _:
                    raise not_found()
        except Refusal as refusal:
            return wire.answer(refusal.code, refusal.body)
        except ApiError as error:
            return wire.answer(error.code, error.body())

    def _faulty(self, request: Request, fault: Fault) -> Response:
        match fault.kind:
            case "status":
                return self._refused(request, fault)
            case "html_502":
                self._record(request, None, status=502, fault=fault.kind)
                return Response(wire.HTML_502, status=502, content_type="text/html; charset=UTF-8")
            case "truncate" | "malformed_json":
                return wire.halved(self._well(request), whole=fault.kind == "malformed_json")
            case "reset_before" | "hang_up" | "stall":
                self._record(request, None, status=0, fault=fault.kind)
            case "reset_after" | "hang_up_after" | "stall_after":
                answer = self._api.answer(request) if belongs(request.path) else None
                if answer is None:
                    self._other(request)
                self._record(request, answer, status=0, fault=fault.kind)
        if fault.kind.startswith("stall"):
            self.faults.wait(fault.seconds)
        return wire.cut(request, reset=not fault.kind.startswith("hang_up"))

    def _refused(self, request: Request, fault: Fault) -> Response:
        message = fault.message
        if fault.retry_after is not None:
            message = retry_after(self._wall_clock() + timedelta(seconds=fault.retry_after))
        self._record(request, None, status=fault.code, fault=fault.kind)
        return wire.answer(fault.code, ApiError(fault.code, fault.reason, message).body())

    def _record(
        self, request: Request, answer: Answer | None, *, status: int | None = None, fault: str = ""
    ) -> None:
        verb, query = asked(request)
        name, template = named(verb, request.path)
        exchange = Exchange(
            method=verb,
            path=request.path,
            template=template,
            name=name,
            query=query,
            units=answer.units if answer else 0,
            status=answer.status if answer and status is None else status or 0,
            body=answer.body if answer else None,
            applied=answer is not None or not fault,
            fault=fault,
        )
        with self._lock:
            self.log.append(exchange)
        if self.on_response is not None and answer is not None:
            self.on_response(exchange)
