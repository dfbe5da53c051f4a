"""The systemd units as they are shipped, and as this machine needs them: its interpreter, its configuration, its folders."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import agent
from agent.errors import UserError

NAME = "followup-agent"
# what a system unit cannot see: ProtectHome=, PrivateTmp= (systemd.exec(5))
HIDDEN = tuple(Path(folder) for folder in ("/home", "/root", "/run/user", "/tmp", "/var/tmp"))  # noqa: S108 (named, not used)
LIBRARIES = ("/usr/lib", "/usr/lib64", "/lib", "/lib64")
REMEDY = (
    "install it where the system's services can read it, with the system's Python:",
    "python3 -m venv /opt/followup-agent && /opt/followup-agent/bin/pip install interview-followup-agent",
    "then: sudo /opt/followup-agent/bin/followup-agent service install --system --account NAME",
)


@dataclass(frozen=True, slots=True)
class Place:
    """What the units of this machine name. ``config`` and ``writable`` matter to a user's units only."""

    program: tuple[str, ...]
    executable: tuple[str, ...] = ()
    config: Path = Path()
    writable: tuple[Path, ...] = ()
    environment: tuple[str, ...] = ()


def shipped() -> Path:
    """Where the units lie: ``agent.systemd`` once installed, the top-level folder in a bare checkout."""
    try:
        return Path(str(resources.files("agent.systemd")))
    except ModuleNotFoundError:
        return Path(agent.__file__).parent.parent / "systemd"


def names(*, system: bool, timer: bool) -> tuple[str, ...]:
    """The files of an installation, the one that is enabled first."""
    at = "@" if system else ""
    wanted = (f"{NAME}-sync{at}.timer", f"{NAME}-sync{at}.service") if timer else (f"{NAME}{at}.service",)
    return (*wanted, f"{NAME}-notify{at}.service")


def rendered(name: str, place: Place) -> str:
    """The shipped unit with the lines replaced that name a place."""
    lines = (shipped() / name).read_text(encoding="utf-8").splitlines()
    return "\n".join(_line(line, place) for line in lines) + "\n"


def _line(line: str, place: Place) -> str:
    key, _, value = line.partition("=")
    if key == "ExecStart":
        _, _, arguments = value.partition(" ")
        arguments = arguments.replace(
            "%h/.config/followup-agent/config.toml", quoted(str(place.config), command=True)
        )
        program = " ".join(quoted(word, command=True) for word in place.program)
        return f"ExecStart={program} {arguments}"
    if key == "ExecPaths":
        return "ExecPaths=" + " ".join((*map(quoted, place.executable), *LIBRARIES))
    if key == "ReadWritePaths":
        return "ReadWritePaths=" + " ".join(quoted(str(folder)) for folder in place.writable)
    if key == "Environment":
        return " ".join((line, *map(quoted, place.environment)))
    return line


def quoted(word: str, *, command: bool = False) -> str:
    """The word as systemd reads it back: specifiers, and in a command line variables, mean themselves (systemd.syntax(7))."""
    if re.search(r"[\x00-\x1f\x7f]", word):
        raise UserError(f"a unit cannot name {word!r}: it holds a control character")
    word = word.replace("%", "%%")
    if command:
        word = word.replace("$", "$$")
    if re.fullmatch(r"[\w@%+=:,./$-]+", word):
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def program() -> tuple[str, ...]:
    """How this program is started: its script beside the interpreter that runs now, else the interpreter itself."""
    interpreter = Path(sys.executable)
    script = interpreter.with_name(NAME)
    return (str(script),) if script.is_file() else (str(interpreter), "-m", "agent")


def executable() -> tuple[str, ...]:
    """Everything outside the system's libraries that has to be executable: this environment and its interpreter."""
    base, prefix = Path(sys.base_prefix), Path(sys.prefix)
    found = [str(prefix)] if prefix != base else list(program()[:1])
    found.append(str(Path(sys.executable).resolve()))
    if base not in {Path("/usr"), Path("/")}:
        found.append(str(base))
    return tuple(dict.fromkeys((*found, "/usr/bin/kill")))


def require_visible() -> None:
    """UserError if a system unit could not see the program that runs now."""
    for path in (Path(sys.prefix), Path(sys.executable).resolve(), Path(agent.__file__).resolve()):
        if any(path.is_relative_to(folder) for folder in HIDDEN):
            raise UserError(
                f"a system service cannot see {path}: home and temporary folders are shut", REMEDY
            )
