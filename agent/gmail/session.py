"""One conversation with Gmail: reads are repeated with patience, writes are sent once.

Everything a read can suffer (quota, 5xx, HTML, cut connections, half answers) ends in one of the errors of
``agent.errors`` after at most five tries. A write is never repeated: what is not a plain yes or no is OutcomeUnknown.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from typing import Any

from google.oauth2.credentials import Credentials

from agent.errors import AgentError, GmailError, GmailUnavailable, OutcomeUnknown, QuotaExhausted
from agent.gmail import auth
from agent.gmail.calls import Request, carry, users
from agent.gmail.hosts import trusted_endpoint
from agent.gmail.pace import LONGEST_NAMED_WAIT_SECONDS, TRIES, Limiter, pause
from agent.gmail.transport import Answer, GuardedHttp, NoAnswer, NotSent, quiet_libraries
from agent.gmail.verdicts import Kind, Verdict, error, verdict

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Usage:
    """What was spent so far: requests that reached the wire (repetitions included) and their quota units."""

    http_requests: int = 0
    quota_units: int = 0


@dataclass(frozen=True, slots=True)
class _Trouble:
    """A failed try of a read that may be repeated."""

    error: AgentError
    quota: bool = False
    retry_at: datetime | None = None


class Session:
    """Requests to one mailbox, with its credentials, pace and patience."""

    def __init__(
        self,
        credentials: Credentials,
        endpoint: str,
        *,
        sleep: Callable[[float], None],
        now: Callable[[], datetime],
        jitter: Callable[[], float],
        quota_units_per_minute: int,
    ) -> None:
        quiet_libraries()
        self._credentials = credentials
        self._endpoint = trusted_endpoint(endpoint)
        self._sleep = sleep
        self._now = now
        self._jitter = jitter
        self._limiter = Limiter(quota_units_per_minute, now=now, sleep=sleep)
        self._http = GuardedHttp(self._endpoint)
        self.usage = Usage()

    def close(self) -> None:
        """Close the kept connection; the next call opens another."""
        self._http.close()

    @cached_property
    def users(self) -> Any:
        """The methods of Google's client for this mailbox, made once: they write the requests for ``read`` and ``write``."""
        return users(self._http, self._endpoint)

    def read(
        self, request: Request, *, units: int, whole: Callable[[dict[str, Any]], bool] = bool
    ) -> dict[str, Any]:
        """A GET, repeated where that helps; the JSON object that Gmail answered.

        ``whole``: whether an answer says what such an answer must. One that does not is none: taken as it stands it
        would say that mail is gone which is there.
        """
        waited = 0.0
        for attempt in range(1, TRIES + 1):
            result = self._try(request, units)
            if not isinstance(result, _Trouble) and not whole(result):
                result = _Trouble(GmailUnavailable("Gmail did not answer properly (half an answer)"))
            if not isinstance(result, _Trouble):
                return result
            if attempt == TRIES:
                raise result.error
            waited += self._wait(result, attempt, waited)
        raise AssertionError("the last try returns or raises")

    def write(self, request: Request, *, units: int) -> dict[str, Any]:
        """Sent once, never repeated.

        Not applied: Refused (4xx), AuthError, QuotaExhausted, GmailUnavailable (nothing left the machine, or the access
        token was stale). Perhaps applied: OutcomeUnknown.
        """
        if not self._credentials.valid:
            auth.refresh(self._credentials)
        self._limiter.spend(units)
        found = self._send_once(request, units)
        log.debug("%s answered %d", request.method, found.status)
        if found.kind is Kind.DONE:
            return found.body or {}
        if found.kind is Kind.SERVER:
            raise OutcomeUnknown(f"Gmail answered {found.status}: the write may have taken effect")
        if found.kind is Kind.CREDENTIALS:
            auth.refresh(self._credentials)
            raise GmailUnavailable("the access token was no longer good; it is renewed for the next try")
        raise error(found, self._now())

    def _send_once(self, request: Request, units: int) -> Verdict:
        http = GuardedHttp(self._endpoint, once=True)
        try:
            answer = carry(request, http, self._credentials.token)
        except NotSent as failure:
            raise GmailUnavailable(f"Gmail cannot be reached ({failure})") from None
        except NoAnswer as failure:
            raise OutcomeUnknown(f"no whole answer to a write ({failure})") from None
        finally:
            self._count(http.sends, units)
            http.close()
        return verdict(answer, self._now())

    def _try(self, request: Request, units: int) -> dict[str, Any] | _Trouble:
        """One try of a read; a stale access token is renewed once within it."""
        try:
            if not self._credentials.valid:
                auth.refresh(self._credentials)
            found = verdict(self._get(request, units), self._now())
            if found.kind is Kind.CREDENTIALS:
                auth.refresh(self._credentials)
                found = verdict(self._get(request, units), self._now())
        except (NotSent, NoAnswer) as failure:
            self._http.close()  # a socket that failed once is not asked again
            return _Trouble(GmailUnavailable(f"Gmail cannot be reached ({failure})"))
        except GmailUnavailable as failure:  # the token server
            return _Trouble(failure)
        log.debug("GET answered %d %s", found.status, found.reason)
        if found.kind is Kind.DONE and found.status == HTTPStatus.NO_CONTENT:
            return _Trouble(GmailUnavailable("Gmail did not answer properly (204 to a question)"))
        if found.kind is Kind.DONE:
            return found.body or {}
        if found.kind in {Kind.QUOTA, Kind.SERVER}:
            return _Trouble(error(found, self._now()), found.kind is Kind.QUOTA, found.retry_at)
        raise error(found, self._now())

    def _get(self, request: Request, units: int) -> Answer:
        self._limiter.spend(units)
        before = self._http.sends
        try:
            return carry(request, self._http, self._credentials.token)
        finally:
            self._count(self._http.sends - before, units)

    def _count(self, requests: int, units: int) -> None:
        self.usage = Usage(self.usage.http_requests + requests, self.usage.quota_units + requests * units)

    def _wait(self, trouble: _Trouble, attempt: int, waited: float) -> float:
        """Sleep before the next try, until the time Gmail named if it named one; the seconds slept."""
        seconds = pause(attempt, self._jitter(), quota=trouble.quota)
        if trouble.retry_at is not None:
            named = (trouble.retry_at - self._now()).total_seconds() + self._jitter()
            if waited + named > LONGEST_NAMED_WAIT_SECONDS:
                raise self._too_long(trouble, named)
            seconds = max(seconds, named)
        log.info("waiting %.0f s before asking Gmail again (%s)", seconds, type(trouble.error).__name__)
        self._sleep(seconds)
        return seconds

    @staticmethod
    def _too_long(trouble: _Trouble, seconds: float) -> GmailError:
        if trouble.quota:
            return QuotaExhausted("Gmail asks for a long patience", seconds)
        return GmailUnavailable("Gmail asks to come back later")
