"""The checks behind ``doctor``. They change nothing, and make no file."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from agent.cli.context import App
from agent.errors import AgentError, AuthError, ConfigError, DataError, UserError

if TYPE_CHECKING:
    from google.oauth2.credentials import Credentials

STALE = timedelta(days=2)
SKEW = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: ``level`` is ok, warning or problem; ``exit_status`` counts for problems."""

    check: str
    level: str
    what: str
    remedies: tuple[str, ...] = ()
    exit_status: int = 0


def ok(check: str, what: str) -> Finding:
    return Finding(check, "ok", what)


def warning(check: str, what: str, *remedies: str) -> Finding:
    return Finding(check, "warning", what, remedies)


def problem(check: str, error: AgentError) -> Finding:
    remedies = error.problems if isinstance(error, UserError) else ()
    return Finding(check, "problem", str(error), remedies, error.exit_status)


def findings(app: App, *, offline: bool) -> Iterator[Finding]:
    """All checks in order, the most fundamental first; without a configuration there is nothing else to look at."""
    try:
        config = app.config
    except ConfigError as error:
        yield problem("configuration", error)
        return
    yield ok("configuration", f"{config.path} is sound")
    yield from _place(app)
    yield from _files(app)
    yield from _database(app)
    yield from _authorisation(app, offline=offline)


def _place(app: App) -> Iterator[Finding]:
    """Time zone and calendar."""
    policy, now = app.config.policy, app.clock()
    there = now.astimezone(ZoneInfo(policy.time_zone))
    yield ok("time zone", f"{policy.time_zone}, where it is {there:%H:%M} on {there:%A}")
    if policy.holidays:
        yield ok("holidays", f"those of {policy.holidays}")
    else:
        yield warning(
            "holidays", "none are known: every weekday counts as a business day", "set policy.holidays"
        )


# ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _files(app: App) -> Iterator[Finding]:
    config = app.config
    yield from _private(config.storage.database.parent, "state folder", 0o700)
    yield from _private(config.storage.database, "database file", 0o600)
    client = config.gmail.client_secret_file
    if client.exists():
        yield from _private(client, "client file", 0o600)
    elif not config.gmail.token_file.exists():
        error = ConfigError(
            f"there is no client file at {client}", ("run: followup-agent init, and follow its steps 1 to 4",)
        )
        yield problem("client file", error)
    else:
        yield ok("client file", f"none at {client}; it is only needed to authorise again")


def _private(path: Path, what: str, mode: int) -> Iterator[Finding]:
    """Whether nobody else can look in; what is not there yet is no finding."""
    try:
        found = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return
    except OSError as error:
        yield problem(what, ConfigError(f"{path} cannot be looked at: {error.strerror}"))
        return
    if found & 0o077 & ~mode:
        yield warning(what, f"others can look into {path} (mode {found:04o})", f"run: chmod {mode:o} {path}")
    else:
        yield ok(what, f"{path} is private (mode {found:04o})")


# ── database ───────────────────────────────────────────────────────────────────────────────────────────────────


def _database(app: App) -> Iterator[Finding]:
    from agent.store.files import REVISION, require_known, stored_revision

    path = app.config.storage.database
    try:
        revision = stored_revision(path)
        require_known(path, revision)
    except AgentError as error:
        yield problem("database", error)
        return
    if revision is None:
        yield warning("database", "nothing is stored yet", "run: followup-agent sync")
        return
    if revision != REVISION:
        yield warning(
            "database",
            f"revision {revision}; this program works with {REVISION}",
            "the next command upgrades it, after a backup; or run: followup-agent db upgrade",
        )
        return
    yield _integrity(path)
    yield _lock(path)
    yield from _turns(app)


def _integrity(path: Path) -> Finding:
    from agent.store.backup import check

    found = check(path)
    if not found:
        return ok("database", "sound, and of this program's revision")
    return problem("database", DataError(f"{path} is not sound", (*found, "restore a backup of it")))


def _lock(path: Path) -> Finding:
    """Asked only where the lock file exists: asking would make it."""
    from agent.store.files import lock_holder

    exists = path.with_name(f"{path.name}.lock").exists()
    holder = lock_holder(path) if exists else None
    return ok("lock", "free" if holder is None else f"a turn is running (process {holder})")


def _turns(app: App) -> Iterator[Finding]:
    from agent.store.store import Store

    with closing(Store.open_reader(app.config.storage.database)) as store:
        runs = store.runs(200)
    good = next((run for run in runs if run.outcome == "ok"), None)
    if good is None:
        yield warning("last turn", "none has ever succeeded", "run: followup-agent sync")
        return
    ended = good.finished_at or good.started_at
    age = app.clock() - ended
    when = f"{ended.astimezone(ZoneInfo(app.zone)):%Y-%m-%d %H:%M}"
    failed = sum(run.id > good.id and run.outcome not in {"", "ok"} for run in runs)
    since = f"; {failed} failed since (the last: {runs[0].outcome})" if failed else ""
    if failed or age > STALE:
        yield warning(
            "last turn",
            f"the last good one was {when}{since}",
            "run: followup-agent sync, and read what it says",
        )
    else:
        yield ok("last turn", when)


# ── authorisation and Gmail ────────────────────────────────────────────────────────────────────────────────────


def _authorisation(app: App, *, offline: bool) -> Iterator[Finding]:
    from agent.gmail.auth import SCOPES, load_token, missing_scopes

    token = app.config.gmail.token_file
    try:
        credentials = load_token(token)
    except AgentError as error:
        yield problem("authorisation", error)
        return
    held = credentials.scopes
    missing = missing_scopes(held)
    wider = sorted(set(held or ()) - set(SCOPES))
    if missing:
        names = ", ".join(scope.rpartition("/")[2] for scope in missing)
        remedy = "run: followup-agent auth, and leave both boxes ticked"
        yield problem("scopes", AuthError(f"{names} was not granted", (remedy,)))
        return
    if wider:
        names = ", ".join(scope.rstrip("/").rpartition("/")[2] for scope in wider)
        yield warning(
            "scopes",
            f"the token may do more than it needs: {names}",
            "remove the program at https://myaccount.google.com/connections, then run: followup-agent auth",
        )
    else:
        yield ok("scopes", "exactly the two that are needed" if held else "not recorded in the token file")
    if offline:
        yield ok("gmail", "not asked (--offline)")
        return
    yield from _gmail(app, credentials)


def _gmail(app: App, credentials: Credentials) -> Iterator[Finding]:
    from agent.core.model import normal_email

    try:
        address = app.gmail().profile().email
    except AgentError as error:
        yield problem("gmail", error)
        return
    yield ok("gmail", "answers")
    stored = _stored_account(app)
    for wanted, whose in ((app.config.account.address, "configured"), (stored, "stored")):
        if wanted and normal_email(wanted) != normal_email(address):
            remedy = "run: followup-agent auth, and choose the right account"
            what = f"the token opens {address}, but the {whose} mailbox is {wanted}"
            yield problem("account", AuthError(what, (remedy,)))
            return
    yield ok("account", address)
    yield from _skew(app, credentials)


def _stored_account(app: App) -> str:
    from agent.store.files import REVISION, stored_revision
    from agent.store.glance import glance

    path = app.config.storage.database
    try:
        return glance(path).account if stored_revision(path) == REVISION else ""
    except AgentError:
        return ""


def _skew(app: App, credentials: Credentials) -> Iterator[Finding]:
    """The clock of this machine against the Date header of one more answer."""
    there = _server_date(app, credentials)
    if there is None:
        return
    apart = abs(app.clock() - there)
    if apart > SKEW:
        yield warning(
            "clock",
            f"this machine's clock is {apart.total_seconds() / 60:.0f} minutes off Gmail's",
            "switch on time synchronisation: due dates depend on the clock",
        )
    else:
        yield ok("clock", "agrees with Gmail's")


def _server_date(app: App, credentials: Credentials) -> datetime | None:
    from agent.gmail.auth import refresh
    from agent.gmail.transport import GuardedHttp, NoAnswer, NotSent, exchange

    endpoint = app.config.gmail.api_endpoint
    try:
        if not credentials.valid:
            refresh(credentials)
        with closing(GuardedHttp(endpoint)) as http:
            headers = {"authorization": f"Bearer {credentials.token}"}
            answer = exchange(http, "GET", f"{endpoint}/gmail/v1/users/me/profile", headers=headers)
        return parsedate_to_datetime(answer.headers["date"])
    except (AgentError, NotSent, NoAnswer, KeyError, ValueError):
        return None
