"""``service``: the systemd units put in their place, looked at, taken away."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import click

from agent.cli.context import App, as_json_option, echo, print_json
from agent.cli.service_systemd import CREDENTIALS, SYSTEM_CONFIG, Manager
from agent.cli.service_units import NAME, Place, executable, names, program, rendered, require_visible
from agent.errors import ConfigError, UserError

scope_option = click.option(
    "--system/--user",
    "system",
    default=None,
    help="For the machine, or for you alone (default: the machine for root, else you).",
)
account_option = click.option(
    "--account",
    metavar="NAME",
    help=f"With --system: whose service, the NAME of {SYSTEM_CONFIG}/NAME.toml.",
)


@click.group("service", epilog="Example: followup-agent service install --user")
def command() -> None:
    """Let systemd run it: the daemon, or one turn every quarter of an hour."""


@command.command("install", epilog="Example: followup-agent service install --user")
@scope_option
@account_option
@click.option("--timer", is_flag=True, help="One turn every quarter of an hour instead of the daemon.")
@click.option("--dry-run", is_flag=True, help="Print the units; write and start nothing.")
@click.pass_obj
def install(app: App, system: bool | None, account: str | None, timer: bool, dry_run: bool) -> None:
    """Write the units with this program's paths, enable and start them. Doing it again changes only what differs."""
    manager = _manager(system)
    name = _account(app, account) if manager.system else ""
    if not dry_run:
        manager.require(writing=True)
    place = _system_place(name, checked=not dry_run) if manager.system else _user_place(app)
    units = {unit: rendered(unit, place) for unit in names(system=manager.system, timer=timer)}
    if dry_run:
        for unit, text in units.items():
            echo(f"# ── {manager.folder / unit} ──\n{text}")
        return
    changed = _written(app, manager, units)
    if changed:
        manager.do("daemon-reload")
    _switch(app, manager, _instance(next(iter(units)), name), name, timer=timer, changed=changed)
    if not manager.system:
        _mind_linger(app)


@command.command("status")
@scope_option
@account_option
@as_json_option
@click.pass_obj
def status(app: App, system: bool | None, account: str | None, as_json: bool) -> None:
    """What systemd says of the units."""
    manager = _manager(system)
    manager.require(writing=False)
    name = _account(app, account) if manager.system else ""
    wanted = [
        _instance(unit, name)
        for timer in (False, True)
        for unit in names(system=manager.system, timer=timer)[:-1]
    ]
    states = {unit: manager.state(unit) for unit in wanted}
    if as_json:
        print_json({"schema": 1, "units": [{"unit": unit, **state} for unit, state in states.items()]})
        return
    for unit, state in states.items():
        echo(_sentence(unit, state))


@command.command("remove")
@scope_option
@account_option
@click.pass_obj
def remove(app: App, system: bool | None, account: str | None) -> None:
    """Stop and disable the units and delete them. Configuration, database and token stay."""
    manager = _manager(system)
    manager.require(writing=True)
    name = _account(app, account) if manager.system else ""
    for timer in (True, False):
        _retire(app, manager, _instance(names(system=manager.system, timer=timer)[0], name))
    if manager.system and (others := [unit for unit in manager.instances() if "@" in unit]):
        app.say(f"the unit files stay: {', '.join(others)} need them")
    else:
        _delete(
            app,
            manager,
            [unit for timer in (False, True) for unit in names(system=manager.system, timer=timer)],
        )
        manager.do("daemon-reload")
    manager.ask("reset-failed", f"{NAME}*")
    app.say("configuration, database and token are where they were")


@command.command("failed", hidden=True)
@click.argument("name", default="")
@click.pass_obj
def failed(app: App, name: str) -> None:  # noqa: ARG001 (click hands it over)
    """Run by OnFailure=: tell the user what a person must do, in the journal and on the desktop."""
    from agent.cli.service_failed import tell

    tell(name, os.environ)


# ── for whom ──


def _manager(system: bool | None) -> Manager:
    return Manager(system=os.geteuid() == 0 if system is None else system)


def _account(app: App, named: str | None) -> str:
    """The instance of the system's template: as named, else the configuration's name in its folder."""
    config = Path(app.config_file) if app.config_file else None
    if not named and config is not None and config.absolute().parent == SYSTEM_CONFIG:
        named = config.stem
    if not named:
        raise UserError(
            "which account?",
            (f"name it: --account NAME, with its configuration in {SYSTEM_CONFIG}/NAME.toml",),
        )
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.]{0,63}", named):
        raise UserError(f"{named!r} cannot name an account: letters, digits, underscores and dots can")
    return named


def _instance(unit: str, name: str) -> str:
    return unit.replace("@.", f"@{name}.")


def _system_place(name: str, *, checked: bool) -> Place:
    if checked:
        require_visible()
        _require_files(name)
    return Place(program(), executable())


def _require_files(name: str) -> None:
    """ConfigError with everything that the unit would miss."""
    from agent.config import load

    load(SYSTEM_CONFIG / f"{name}.toml")
    credentials = (f"{NAME}.client_secret.json", f"{NAME}.{name}.token.json")
    missing = [
        f"systemd-creds encrypt --name={kind}.json {kind}.json {CREDENTIALS / file}"
        for kind, file in zip(("client_secret", "token"), credentials, strict=True)
        if not (CREDENTIALS / file).is_file()
    ]
    if missing:
        raise ConfigError(
            "the service's credentials are missing; from the files of `followup-agent auth`:", tuple(missing)
        )


def _user_place(app: App) -> Place:
    """A user's own paths; the folders it writes to are made, since a sandbox cannot make them later."""
    from agent.paths import state_directory

    config = app.config
    folders = dict.fromkeys((state_directory(), config.storage.database.parent))
    state = os.environ.get("XDG_STATE_HOME", "")
    return Place(
        program(),
        config=config.path,
        writable=tuple(folders),
        environment=(f"XDG_STATE_HOME={state}",) if state.startswith("/") else (),
    )


# ── deeds ──


def _written(app: App, manager: Manager, units: dict[str, str]) -> bool:
    """Write what differs; True if anything did."""
    changed = False
    for unit, text in units.items():
        path = manager.folder / unit
        if path.is_file() and path.read_text(encoding="utf-8", errors="replace") == text:
            app.say(f"unchanged  {path}")
            continue
        _write(path, text)
        app.say(f"written    {path}")
        changed = True
    return changed


def _write(path: Path, text: str) -> None:
    new = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(text, encoding="utf-8")
        new.chmod(0o644)
        new.replace(path)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from error


def _switch(app: App, manager: Manager, unit: str, name: str, *, timer: bool, changed: bool) -> None:
    """The daemon or the timer: the other one is put to rest first."""
    other = names(system=manager.system, timer=not timer)
    _retire(app, manager, _instance(other[0], name))
    if not manager.system:  # two units of one user would make it ambiguous whose failure the hook is told of
        _delete(app, manager, other[:-1])
    if not manager.system and not _ready(app):
        manager.do("enable", unit)
        app.say(f"enabled    {unit}; first `followup-agent auth`, then: {manager.line} start {unit}")
        return
    running = manager.state(unit).get("ActiveState") == "active"
    manager.do("enable", unit)
    if not running or changed:
        manager.do("restart", unit)
    app.say(f"enabled    {unit}")
    app.say(f"running    {unit} (its words: journalctl {'' if manager.system else '--user '}-t {NAME})")


def _ready(app: App) -> bool:
    """Make the folders that the sandbox opens; True if there is a token."""
    for folder in _user_place(app).writable:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return app.config.gmail.token_file.is_file()


def _retire(app: App, manager: Manager, unit: str) -> None:
    state = manager.state(unit)
    if state.get("UnitFileState") == "enabled" or state.get("ActiveState") in {"active", "activating"}:
        manager.do("disable", "--now", unit)
        app.say(f"disabled   {unit}")


def _delete(app: App, manager: Manager, units: Iterable[str]) -> None:
    for path in (manager.folder / unit for unit in units):
        if path.is_file():
            path.unlink()
            app.say(f"deleted    {path}")


def _mind_linger(app: App) -> None:
    from agent.cli.checkup_units import _linger

    found = _linger()
    if found.level != "ok":
        app.say(f"{found.what}; {found.remedies[0] if found.remedies else ''}")


def _sentence(unit: str, state: dict[str, str]) -> str:
    if state.get("LoadState") != "loaded":
        return f"{unit}: not installed"
    said = [f"{state.get('ActiveState')} ({state.get('SubState')})", state.get("UnitFileState", "")]
    if state.get("Result", "success") != "success":
        said.append(f"ended by {state['Result']}, exit status {state.get('ExecMainStatus', '?')}")
    if state.get("NRestarts", "0") != "0":
        said.append(f"{state['NRestarts']} restarts")
    said.append(state.get("StatusText", ""))
    if "NextElapseUSecRealtime" in state:
        said.append(f"next {state['NextElapseUSecRealtime']}")
    return f"{unit}: {', '.join(word for word in said if word)}"
