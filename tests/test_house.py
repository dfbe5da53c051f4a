"""The house rules, held to the code: who opens which door, what the core may not touch, what a start may cost."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
AGENT = ROOT / "agent"

# room → what of `agent` it may open, as beginnings of module names; its own room is always open
DOORS: dict[str, tuple[str, ...]] = {
    "agent": ("agent",),
    "agent.__main__": ("agent.cli",),
    "agent.cli": ("agent",),
    "agent.daemon": ("agent.errors",),
    "agent.cycle": ("agent.core", "agent.gmail", "agent.store", "agent.config", "agent.errors"),
    "agent.gmail": ("agent.core.model", "agent.core.lexicon", "agent.errors"),
    "agent.store": ("agent.core.model", "agent.errors"),
    "agent.core": (),
    "agent.demo": ("agent.core.model",),
    "agent.config": ("agent.core", "agent.checks", "agent.paths", "agent.errors"),
    "agent.checks": ("agent.core", "agent.gmail.hosts", "agent.errors"),
    "agent.paths": ("agent.errors",),
    "agent.errors": (),
    "agent.migrations": ("agent.store",),
}
# single doors beyond the plan, each with its reason in docs/decisions.md
EXCEPTIONS: dict[str, set[str]] = {
    "agent.store.migrate": {"agent"},  # where the package lies, to find the migrations in a bare checkout
}
# what the pure room may not know: the clock, chance, files, the network, logging
FORBIDDEN_MODULES = {
    "logging", "os", "pathlib", "random", "secrets", "socket", "sqlite3", "subprocess", "tempfile", "time", "urllib.request",
    "shutil", "http.client", "asyncio", "threading",
}  # fmt: skip
FORBIDDEN_CALLS = {
    "open",
    "print",
    "input",
    "exec",
    "eval",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
}
SENDING = (
    "messages/send",
    "drafts/send",
    ".send(",
    "messages/import",
    "messages/insert",
    "/trash",
    "batchDelete",
)
HEAVY = (
    "googleapiclient",
    "google",
    "sqlalchemy",
    "alembic",
    "apscheduler",
    "httplib2",
    "rich",
    "holidays",
    "jinja2",
    "icalendar",
)


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the program by its dotted name."""
    for folder, name in ((AGENT, "agent"), (ROOT / "migrations", "agent.migrations")):
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            dotted = ".".join((name, *(part for part in parts if part != "__init__")))
            yield dotted, ast.parse(path.read_text(encoding="utf-8"))


MODULES = dict(modules())


def imported(tree: ast.Module) -> set[str]:
    """The modules of ``agent`` (and names taken from them) that are imported anywhere in a module."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide who opens whom"
            source = node.module or ""
            whole = {f"{source}.{alias.name}" for alias in node.names} & MODULES.keys()
            found |= whole or {source}
    return found


def room_of(module: str) -> str:
    """The room with the longest name that the module lies in."""
    return max((room for room in DOORS if within(module, room)), key=len)


def within(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


@pytest.mark.parametrize("module", sorted(MODULES))
def test_it_opens_only_the_doors_of_the_plan(module: str) -> None:
    room = room_of(module)
    own = module if room == "agent" else room
    ours = {name for name in imported(MODULES[module]) if within(name, "agent")}
    strangers = {
        name
        for name in ours - EXCEPTIONS.get(module, set())
        if not within(name, own) and not any(within(name, door) for door in DOORS[room])
    }
    assert strangers == set()


def test_it_knows_every_room() -> None:
    rooms = {".".join(module.split(".")[:2]) for module in MODULES}
    assert rooms <= DOORS.keys()


@pytest.mark.parametrize("module", sorted(name for name in MODULES if within(name, "agent.core")))
def test_it_keeps_the_core_pure(module: str) -> None:
    tree = MODULES[module]
    assert imported(tree) & FORBIDDEN_MODULES == set()
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert calls & FORBIDDEN_CALLS == set()


@pytest.mark.parametrize("module", sorted(name for name in MODULES if not within(name, "agent.demo")))
def test_it_names_no_gmail_method_that_sends(module: str) -> None:
    """Words in comments and docstrings are free; strings and calls of the program are not."""
    tree = MODULES[module]
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body
        if isinstance(node.body[0], ast.Expr)
    }
    strings = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    ]
    calls = [
        f".{node.func.attr}("
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    assert [text for text in (*strings, *calls) if any(word in text for word in SENDING)] == []


@pytest.mark.parametrize("line", [["--help"], ["--version"], ["status", "--help"]])
def test_it_starts_light(line: list[str]) -> None:
    program = (
        "import sys; from agent.cli import main; code = main(sys.argv[1:]);"
        "sys.stderr.write(' '.join(sys.modules)); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *line], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert loaded & set(HEAVY) == set()


def test_it_packs_every_folder_with_code() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    folders = {module for module in MODULES if _is_package(module)}
    assert set(project["tool"]["setuptools"]["packages"]) == folders | {"agent.systemd"}  # units, no code


def _is_package(module: str) -> bool:
    parts = module.split(".")
    folder = ROOT / "migrations" if parts[:2] == ["agent", "migrations"] else AGENT
    return folder.joinpath(*parts[2 if folder != AGENT else 1 :], "__init__.py").is_file()


def test_it_locks_names_versions_and_hashes_only() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        assert lines
        assert all(line.startswith("    --hash=sha256:") or "==" in line for line in lines)
        assert not any("://" in line or line.startswith(("-", "#")) for line in lines)


def test_it_has_a_word_in_the_glossary_for_every_noun() -> None:
    """The frozen values of the core are the program's vocabulary."""
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").lower()
    nouns = [node.name for node in MODULES["agent.core.model"].body if isinstance(node, ast.ClassDef)]
    missing = [noun for noun in nouns if _spaced(noun) not in glossary]
    assert missing == []


def _spaced(name: str) -> str:
    """CamelCase as words: ``DraftRecord`` is a draft record."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
