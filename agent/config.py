"""config.toml → one frozen Config. Every problem is reported at once, with its dotted key and, for a slip, a hint."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.checks import (
    Check,
    address_problem,
    anything,
    between,
    clock_problem,
    did_you_mean,
    endpoint_problem,
    filled,
    holidays_problem,
    language_problem,
    line_problem,
    periods_problem,
    strings_problem,
    url_problem,
    zone_problem,
)
from agent.core.model import Policy
from agent.errors import ConfigError
from agent.paths import credential, state_directory

MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class AccountConfig:
    """Who the user is; an empty ``address`` accepts any mailbox, an empty ``name`` means Gmail's own."""

    address: str = ""
    name: str = ""
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class GmailConfig:
    """How Gmail is reached. ``token_given``: the token comes read-only from the service manager."""

    client_secret_file: Path = Path("client_secret.json")
    token_file: Path = Path("token.json")
    api_endpoint: str = "https://gmail.googleapis.com"
    lookback_days: int = 180
    quota_units_per_minute: int = 6000
    token_given: bool = False


@dataclass(frozen=True, slots=True)
class StorageConfig:
    """What is kept and where. ``database`` is the file that ``database_url`` means."""

    database_url: str = "sqlite:///agent.db"
    keep_mail_text: bool = True
    database: Path = Path("agent.db")


@dataclass(frozen=True, slots=True)
class DraftsConfig:
    """How drafts read; an empty ``signature`` means Gmail's own, ``language`` is ISO 639-1 or ``auto``."""

    signature: str = ""
    language: str = "auto"
    templates_dir: Path | None = None
    materials: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class DaemonConfig:
    poll_seconds: int = 300


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration; all paths are absolute once it was loaded."""

    path: Path = Path("config.toml")
    account: AccountConfig = field(default_factory=AccountConfig)
    gmail: GmailConfig = field(default_factory=GmailConfig)
    storage: StorageConfig = field(default_factory=StorageConfig)
    policy: Policy = field(default_factory=Policy)
    drafts: DraftsConfig = field(default_factory=DraftsConfig)
    daemon: DaemonConfig = field(default_factory=DaemonConfig)


# ── The keys ───────────────────────────────────────────────────────────────────────────────────────────────────

_DAYS = (int, between(0, 366))
KEYS: dict[str, tuple[type, Check]] = {
    "account.address": (str, address_problem),
    "account.name": (str, line_problem),
    "account.time_zone": (str, lambda name: zone_problem(name) if name else ""),
    "gmail.client_secret_file": (str, filled),
    "gmail.token_file": (str, filled),
    "gmail.api_endpoint": (str, endpoint_problem),
    "gmail.lookback_days": (int, between(1, 3650)),
    "gmail.quota_units_per_minute": (int, between(100, 1_000_000)),
    "storage.database_url": (str, url_problem),
    "storage.keep_mail_text": (bool, anything),
    "policy.thank_you_after_hours": (float, between(0, 24 * 30)),
    "policy.thank_you_until_hours": (float, between(0, 24 * 30)),
    "policy.promised_grace_days": _DAYS,
    "policy.first_follow_up_days": _DAYS,
    "policy.second_follow_up_days": _DAYS,
    "policy.move_on_days": _DAYS,
    "policy.max_follow_ups": (int, between(0, 10)),
    "policy.holidays": (str, holidays_problem),
    "policy.quiet_periods": (list, periods_problem),
    "policy.draft_from": (str, clock_problem),
    "policy.max_drafts_per_day": (int, between(0, 1000)),
    "drafts.signature": (str, anything),
    "drafts.language": (str, language_problem),
    "drafts.templates_dir": (str, anything),
    "drafts.materials": (list, strings_problem),
    "daemon.poll_seconds": (int, between(1, 86_400)),
}
TABLES = tuple(dict.fromkeys(key.partition(".")[0] for key in KEYS))
_WORDS = {
    str: "a string",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list of strings",
}


def load(path: Path, environ: Mapping[str, str] = os.environ, *, text: bytes | None = None) -> Config:
    """The configuration in this file, or ConfigError with every problem and its dotted key.

    ``text``: what the file held once, instead of what it holds.
    """
    path = path.absolute()
    values, problems = _values(_document(path, text))
    config = _config(path, values, environ, problems)
    if problems:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise ConfigError(f"{path}: {count} in the configuration", tuple(problems))
    return config


def _document(path: Path, text: bytes | None) -> dict[str, Any]:
    data = _content(path) if text is None else text
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path} is not UTF-8 text (line {line})") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}", (f"{path}: {error}",)) from error


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise ConfigError(f"there is no configuration at {path}: `followup-agent init` writes one") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{path} is larger than a configuration can be")
    return data


def _values(document: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The good values under their dotted keys, and what is wrong with the others."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    for table, content in document.items():
        if table not in TABLES or not isinstance(content, dict):
            problems.append(_misplaced(table))
            continue
        for name, value in content.items():
            key = f"{table}.{name}"
            if problem := _problem(key, value):
                problems.append(problem)
            else:
                values[key] = value
    return values, problems


def _misplaced(table: str) -> str:
    if table in TABLES:
        return f"{table}: must be a table, written [{table}]"
    places = {key.partition(".")[2]: key for key in KEYS}
    if table in places:
        return f"{table}: stands outside its table; did you mean {places[table]}?"
    return f"{table}: there is no such table{did_you_mean(table, TABLES)}"


def _problem(key: str, value: Any) -> str:
    if key not in KEYS:
        name = key.partition(".")[2]
        moved = [known for known in KEYS if known.partition(".")[2] == name]
        return f"{key}: unknown key{did_you_mean(key, moved or KEYS)}"
    kind, check = KEYS[key]
    accepted = (int, float) if kind is float else kind
    if not isinstance(value, accepted) or (kind is not bool and isinstance(value, bool)):
        return f"{key}: must be {_WORDS[kind]}, not {value!r:.60}"
    problem = check(value)
    return f"{key}: {problem}" if problem else ""


# ── From values to the frozen whole ────────────────────────────────────────────────────────────────────────────


def _config(path: Path, values: dict[str, Any], environ: Mapping[str, str], problems: list[str]) -> Config:
    def table(name: str) -> dict[str, Any]:
        prefix = f"{name}."
        return {key.removeprefix(prefix): value for key, value in values.items() if key.startswith(prefix)}

    account = table("account")
    account["time_zone"] = zone = account.get("time_zone") or _system_zone(problems)
    policy = table("policy")
    policy["quiet_periods"] = tuple(policy.get("quiet_periods", Policy().quiet_periods))
    made = Policy(**policy, time_zone=zone)
    if made.thank_you_until_hours <= made.thank_you_after_hours:
        problems.append("policy.thank_you_until_hours: must be more than policy.thank_you_after_hours")
    return Config(
        path=path,
        account=AccountConfig(**account),
        gmail=_gmail(path.parent, table("gmail"), environ),
        storage=_storage(table("storage"), environ),
        policy=made,
        drafts=_drafts(path.parent, table("drafts"), problems),
        daemon=DaemonConfig(**table("daemon")),
    )


def _system_zone(problems: list[str]) -> str:
    import tzlocal

    try:
        name = tzlocal.get_localzone_name() or "UTC"
    except (LookupError, ValueError, OSError):
        name = ""
    if not name or zone_problem(name):
        problems.append('account.time_zone: the system names no time zone; name yours, as in "Europe/Berlin"')
        return "UTC"
    return name


def _gmail(folder: Path, table: dict[str, Any], environ: Mapping[str, str]) -> GmailConfig:
    secret = credential("client_secret.json", environ) or _beside(
        folder, table.get("client_secret_file", "client_secret.json")
    )
    given = credential("token.json", environ)
    endpoint = table.get("api_endpoint", GmailConfig().api_endpoint).rstrip("/")
    return GmailConfig(
        **{
            **table,
            "client_secret_file": secret,
            "token_file": given or _token(folder, table.get("token_file"), environ),
            "api_endpoint": endpoint,
            "token_given": given is not None,
        }
    )


def _token(folder: Path, named: str | None, environ: Mapping[str, str]) -> Path:
    """A named token file lies beside the configuration, the default one in the state folder (contract, section 2).

    Where there is none yet but the other folder has one of that name, that one is meant.
    """
    beside = _beside(folder, named or "token.json")
    kept = _beside(state_directory(environ), named or "token.json")
    first, second = (beside, kept) if named else (kept, beside)
    return second if second.is_file() and not first.is_file() else first


def _storage(table: dict[str, Any], environ: Mapping[str, str]) -> StorageConfig:
    url = table.get("database_url", StorageConfig().database_url)
    return StorageConfig(**table, database=_beside(state_directory(environ), url.removeprefix("sqlite:///")))


def _drafts(folder: Path, table: dict[str, Any], problems: list[str]) -> DraftsConfig:
    templates = _beside(folder, table["templates_dir"]) if table.get("templates_dir") else None
    materials = tuple(_beside(folder, name) for name in table.get("materials", ()))
    if templates and not templates.is_dir():
        problems.append(f"drafts.templates_dir: there is no folder {templates}")
    problems.extend(f"drafts.materials: there is no file {path}" for path in materials if not path.is_file())
    return DraftsConfig(**{**table, "templates_dir": templates, "materials": materials})


def _beside(folder: Path, name: str) -> Path:
    """The path; a relative one is relative to this folder."""
    return Path(os.path.normpath(folder / Path(name).expanduser()))
