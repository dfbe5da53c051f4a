"""The checks behind ``doctor``: configuration, place, files and database. They change nothing, and make no file."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from agent.cli.checkup_gmail import gmail
from agent.cli.checkup_units import units
from agent.cli.context import App
from agent.cli.finding import Finding, ok, problem, warning
from agent.errors import AgentError, ConfigError, DataError

if TYPE_CHECKING:
    from agent.store.records import Run

STALE = timedelta(days=2)
LONG_TURN = timedelta(minutes=15)  # what the units allow a turn
LITTLE_ROOM = 100 << 20  # bytes: a backup and the write-ahead log must fit


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
    yield from gmail(app, offline=offline)
    yield from units()


def _place(app: App) -> Iterator[Finding]:
    """Time zone and calendar."""
    policy, now = app.config.policy, app.clock()
    there = now.astimezone(ZoneInfo(policy.time_zone))
    yield ok("time zone", f"{policy.time_zone}, where it is {there:%H:%M} on {there:%A}")
    if policy.holidays:
        yield _holidays(policy.holidays, policy.time_zone)
    else:
        yield warning(
            "holidays", "none are known: every weekday counts as a business day", "set policy.holidays"
        )


def _holidays(code: str, zone: str) -> Finding:
    there = countries(zone)
    if there and code.partition("-")[0] not in there:
        return warning(
            "holidays",
            f"those of {code}, but the time zone {zone} lies in {' or '.join(sorted(there))}",
            "set policy.holidays to the country in which you look for work, for example "
            f'"{min(there)}" (leave it if that is {code})',
        )
    return ok("holidays", f"those of {code}")


def countries(zone: str) -> frozenset[str]:
    """The countries in which this time zone is used, by the table of the tz database; none for UTC and the like."""
    table = resources.files("tzdata.zoneinfo").joinpath("zone1970.tab")
    if not table.is_file():
        return frozenset()
    rows = (line.split("\t") for line in table.read_text("utf-8").splitlines() if not line.startswith("#"))
    return frozenset(code for row in rows if row[2:3] == [zone] for code in row[0].split(","))


# ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _files(app: App) -> Iterator[Finding]:
    config = app.config
    yield from _ours_alone(config.path, "configuration file")
    yield from _ours_alone(config.path.parent, "configuration folder")
    yield from _room(config.storage.database.parent)
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


def _ours_alone(path: Path, what: str) -> Iterator[Finding]:
    """Whether nobody else can write there: the configuration says where mail and tokens go."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o022 and not mode & stat.S_ISVTX:
        yield warning(what, f"others can write to {path} (mode {mode:04o})", f"run: chmod go-w {path}")
    else:
        yield ok(what, f"only you can write to {path}")


def _room(folder: Path) -> Iterator[Finding]:
    """Whether the state folder can be written to, and has room; not there yet is no finding."""
    if not folder.is_dir():
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield problem(
            "disk",
            ConfigError(f"{folder} cannot be written to", (f"run as its owner, or: chown $USER {folder}",)),
        )
        return
    free = shutil.disk_usage(folder).free
    if free < LITTLE_ROOM:
        yield warning(
            "disk",
            f"only {free >> 20} MB are free at {folder}",
            "make room: a turn that cannot write stops, and nothing is lost",
        )
    else:
        yield ok("disk", f"{free >> 20} MB are free")


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
    yield _lock(path, app.clock())
    yield from _turns(app)


def _integrity(path: Path) -> Finding:
    from agent.store.backup import check

    found = check(path)
    if not found:
        return ok("database", "sound, and of this program's revision")
    return problem("database", DataError(f"{path} is not sound", (*found, "restore a backup of it")))


def _lock(path: Path, now: datetime) -> Finding:
    """Asked only where the lock file exists: asking would make it."""
    from agent.store.files import lock_holder

    file = path.with_name(f"{path.name}.lock")
    holder = lock_holder(path) if file.exists() else None
    if holder is None:
        return ok("lock", "free")
    since = now - datetime.fromtimestamp(file.stat().st_mtime, UTC)
    if since > LONG_TURN:
        long = f"process {holder} has been in its turn for {since.total_seconds() / 60:.0f} minutes"
        return warning("lock", long, f"look at it (ps {holder}); it can be ended safely: kill {holder}")
    return ok("lock", f"a turn is running (process {holder})")


def _turns(app: App) -> Iterator[Finding]:
    from agent.store.store import Store

    with closing(Store.open_reader(app.config.storage.database)) as store:
        runs = store.runs(2000)
    yield _last_success(app, runs)
    yield _quota(app, runs)


def _last_success(app: App, runs: Sequence[Run]) -> Finding:
    good = next((run for run in runs if run.outcome == "ok"), None)
    if good is None:
        return warning("last turn", "none has ever succeeded", "run: followup-agent sync")
    ended = good.finished_at or good.started_at
    when = f"{ended.astimezone(ZoneInfo(app.zone)):%Y-%m-%d %H:%M}"
    failed = sum(run.id > good.id and run.outcome not in {"", "ok"} for run in runs)
    since = f"; {failed} failed since (the last: {runs[0].outcome})" if failed else ""
    if failed or app.clock() - ended > STALE:
        said = f"the last good one was {when}{since}"
        return warning("last turn", said, "run: followup-agent sync, and read what it says")
    return ok("last turn", when)


def _quota(app: App, runs: Sequence[Run]) -> Finding:
    """What the turns of the last day cost, and whether Gmail asked for patience."""
    since = app.clock() - timedelta(days=1)
    day = [run for run in runs if run.started_at >= since]
    spent = [int(run.counts.get("units", 0)) for run in day]
    used = f"{sum(spent)} units in {len(day)} turns of the last day, {max(spent, default=0)} at most in one"
    allowed = app.config.gmail.quota_units_per_minute
    refused = sum(run.outcome == "QuotaExhausted" for run in day)
    if refused:
        return warning(
            "quota",
            f"{used}; Gmail asked for patience {refused} times",
            f"set gmail.quota_units_per_minute below {allowed}, or daemon.poll_seconds higher: others use this client too",
        )
    return ok("quota", f"{used}; the pace is {allowed} a minute")
