"""The checks of ``doctor`` that need Gmail: whether it answers, what the token may do, and whose mailbox it opens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from agent.cli.context import App
from agent.cli.finding import Finding, ok, problem, warning
from agent.errors import AgentError, AuthError, GmailUnavailable

if TYPE_CHECKING:
    from google.oauth2.credentials import Credentials

    from agent.gmail.transport import Answer

SKEW = timedelta(minutes=2)


def gmail(app: App, *, offline: bool) -> Iterator[Finding]:
    """Reachability and clock without the token, then the token: what it may do, and whose mailbox it opens."""
    there = True
    if offline:
        yield ok("gmail", "not asked (--offline)")
    else:
        found = tuple(_reach(app))
        there = found[0].level == "ok"
        yield from found
    from agent.gmail.auth import load_token

    try:
        credentials = load_token(app.config.gmail.token_file)
    except AgentError as error:
        yield problem("authorisation", error)
        return
    scopes = _scopes(credentials)
    yield scopes
    if scopes.level != "problem" and there and not offline:
        yield from _account(app)


# ── without the token ──────────────────────────────────────────────────────────────────────────────────────────


def _reach(app: App) -> Iterator[Finding]:
    """One request that Gmail must refuse: that it does so is the sign of life, and its Date header shows the time."""
    try:
        answer = _asked(app)
    except AgentError as error:
        yield problem("gmail", error)
        return
    if not _is_gmails(answer):
        yield problem(
            "gmail",
            GmailUnavailable(
                f"something else answers in Gmail's place ({answer.status}): a proxy, or a network that wants a login"
            ),
        )
        return
    yield ok("gmail", "answers")
    yield from _clock(app.clock(), answer.headers.get("date", ""))


def _asked(app: App) -> Answer:
    from agent.gmail.hosts import trusted_endpoint
    from agent.gmail.transport import GuardedHttp, NoAnswer, NotSent, exchange

    endpoint = trusted_endpoint(app.config.gmail.api_endpoint)
    try:
        with closing(GuardedHttp(endpoint)) as http:
            return exchange(http, "GET", f"{endpoint}/gmail/v1/users/me/profile", headers={})
    except (NotSent, NoAnswer) as failure:
        raise GmailUnavailable(
            f"Gmail cannot be reached ({failure}): is there a network, a proxy, a firewall?"
        ) from None


def _is_gmails(answer: Answer) -> bool:
    """Gmail answers in JSON, errors too; a portal's page is none."""
    try:
        return isinstance(json.loads(answer.content), dict) and answer.status < 500
    except (ValueError, RecursionError):
        return False


def _clock(here: datetime, date: str) -> Iterator[Finding]:
    """The clock of this machine against the Date header; an answer without one tells nothing."""
    try:
        there = parsedate_to_datetime(date)
    except ValueError:
        return
    apart = abs(here - (there if there.tzinfo else there.replace(tzinfo=UTC)))
    if apart > SKEW:
        minutes = f"{apart.total_seconds() / 60:.0f}"
        yield warning(
            "clock",
            f"this machine's clock is {minutes} minutes off Gmail's",
            "switch on time synchronisation (timedatectl set-ntp true): due dates depend on the clock",
        )
    else:
        yield ok("clock", "agrees with Gmail's")


# ── with the token ─────────────────────────────────────────────────────────────────────────────────────────────


def _scopes(credentials: Credentials) -> Finding:
    from agent.gmail.auth import SCOPES, granted, missing_scopes

    held = granted(credentials)
    if missing := missing_scopes(held):
        names = ", ".join(scope.rpartition("/")[2] for scope in missing)
        return problem(
            "scopes",
            AuthError(f"{names} was not granted", ("run: followup-agent auth, and leave both boxes ticked",)),
        )
    if wider := sorted(set(held or ()) - set(SCOPES)):
        names = ", ".join(scope.rstrip("/").rpartition("/")[2] for scope in wider)
        return warning(
            "scopes",
            f"the token may do more than it needs: {names}",
            "run: followup-agent auth revoke, then: followup-agent auth",
        )
    return ok("scopes", "exactly the two that are needed" if held else "not recorded in the token file")


def _account(app: App) -> Iterator[Finding]:
    from agent.core.model import normal_email

    try:
        address = app.gmail().profile().email
    except AgentError as error:
        yield problem("authorisation", error)
        return
    yield ok("authorisation", "Google accepts it")
    for wanted, whose in ((app.config.account.address, "configured"), (_stored_account(app), "stored")):
        if wanted and normal_email(wanted) != normal_email(address):
            remedy = "run: followup-agent auth, and choose the right account"
            what = f"the token opens {address}, but the {whose} mailbox is {wanted}"
            yield problem("account", AuthError(what, (remedy,)))
            return
    yield ok("account", address)


def _stored_account(app: App) -> str:
    from agent.store.files import REVISION, stored_revision
    from agent.store.glance import glance

    path = app.config.storage.database
    try:
        return glance(path).account if stored_revision(path) == REVISION else ""
    except AgentError:
        return ""
