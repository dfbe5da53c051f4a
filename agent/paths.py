"""Where the files are: the configuration, the state folder, and secrets handed over by the service manager."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from agent.errors import ConfigError

NAME = "followup-agent"


def locate(option: str | Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """The configuration file by the contract's order (section 2); it need not exist."""
    if option:
        return Path(option).expanduser().absolute()
    if named := environ.get("FOLLOWUP_AGENT_CONFIG"):
        return Path(named).expanduser().absolute()
    if folder := _given(environ, "CONFIGURATION_DIRECTORY"):
        return folder / "config.toml"
    return _xdg(environ, "XDG_CONFIG_HOME", ".config") / NAME / "config.toml"


def state_directory(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of the database and the token; it need not exist."""
    return _given(environ, "STATE_DIRECTORY") or _xdg(environ, "XDG_STATE_HOME", ".local/state") / NAME


def credential(name: str, environ: Mapping[str, str] = os.environ) -> Path | None:
    """A secret given by the service manager (systemd's ``LoadCredential=``), or None."""
    folder = _given(environ, "CREDENTIALS_DIRECTORY")
    found = folder / name if folder else None
    return found if found and found.is_file() else None


def _given(environ: Mapping[str, str], name: str) -> Path | None:
    """A folder from systemd; several are separated by colons (systemd.exec(5)), and the first is ours."""
    first = environ.get(name, "").split(":")[0]
    return Path(first).absolute() if first else None


def _xdg(environ: Mapping[str, str], name: str, otherwise: str) -> Path:
    """A base folder; a relative value must be ignored (XDG Base Directory Specification)."""
    value = environ.get(name, "")
    if value and Path(value).is_absolute():
        return Path(value)
    home = environ.get("HOME", "")
    try:
        return (Path(home) if home else Path.home()) / otherwise
    except RuntimeError as error:
        raise ConfigError(f"no home directory: set ${name}, or name the file with --config") from error
