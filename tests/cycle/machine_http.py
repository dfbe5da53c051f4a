"""The same machine over real HTTP, for a few whole examples."""

from __future__ import annotations

from typing import Any

from google.oauth2.credentials import Credentials

from agent.demo.faults import Fault, Kind
from agent.demo.oauth import COMPOSE, READONLY
from agent.demo.server import GmailServer
from agent.gmail.client import Gmail
from tests.cycle.machine import Machine
from tests.cycle.machine_gmail import Steps

HOW: dict[str, Kind] = {
    "lost before": "reset_before",
    "lost after": "reset_after",
    "unreachable": "html_502",
    "lost late": "reset_before",
}
WHERE = {
    "create": ("POST", "/drafts$"),
    "delete": ("DELETE", "/drafts/"),
    "drafts.get": ("GET", "/drafts/"),
    "drafts.list": ("GET", "/drafts$"),
    "threads.get": ("GET", "/threads/"),
    "history.list": ("GET", "/history"),
}


class Stepped:
    """The real session, with a step before each request and one after it."""

    def __init__(self, session: Any, steps: Steps) -> None:
        self._session = session
        self._steps = steps

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def read(self, request: Any, **asked: Any) -> Any:
        self._steps.step()
        answer = self._session.read(request, **asked)
        self._steps.step()
        return answer

    def write(self, request: Any, *, units: int) -> Any:
        self._steps.step()
        answer = self._session.write(request, units=units)
        self._steps.step()
        return answer


class HttpMachine(Machine):
    """A server on the loopback interface, and the client with nothing changed but its session's steps."""

    def _gmail(self) -> Gmail:
        self.server = GmailServer(self.mailbox, wall_clock=self.clock)
        self.server.start()
        known = self.server.token_info((READONLY, COMPOSE))
        fields = ("refresh_token", "token_uri", "client_id", "client_secret", "scopes")
        credentials = Credentials(known["token"], **{name: known[name] for name in fields})  # type: ignore[no-untyped-call]  # google-auth is untyped
        gmail = Gmail(
            credentials,
            self.server.url,
            sleep=lambda _: None,
            now=self.clock,
            jitter=lambda: 0.5,
            quota_units_per_minute=1_000_000,
        )
        gmail._session = Stepped(gmail._session, self.steps)  # type: ignore[assignment]  # the same methods
        return gmail

    def _order(self, fault: tuple[str, str]) -> None:
        method, how = fault
        verb, path = WHERE.get(method) or WHERE[method.partition(".")[2]]
        self.server.faults.add(Fault(kind=HOW[how], method=verb, path=path, times=9))

    def _recall(self) -> bool:
        self.server.faults.clear()
        return True

    def teardown(self) -> None:
        self.gmail.close()
        self.server.stop()
        super().teardown()
        assert self.server.violations == []
