"""The migrations: they make what the program means, all of it or nothing, and keep a backup."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from agent.errors import DataError
from agent.store import files, migrate
from agent.store.backup import check
from agent.store.database import open_database
from agent.store.files import backups, stored_revision
from agent.store.records import Account
from agent.store.schema import metadata
from agent.store.soundness import shape
from agent.store.store import Store

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("run") as batch:
        batch.add_column(sa.Column("colour", sa.Text))
    op.execute("INSERT INTO label (id, name) VALUES ('L1', 'Jobs')")
    {more}
"""


def shape_of(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as connection:
        return shape(connection)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "agent.db"
    with Store.open(made) as store:
        store.save_account(Account("jo@home.example", "100"))
    return made


@pytest.fixture
def with_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program one revision further: returns its newest migration, to be written by the test."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.migrations_folder(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrate, "migrations_folder", lambda: folder)
    for module in (files, migrate, sys.modules["agent.store.database"]):
        monkeypatch.setattr(module, "REVISION", "0003")
    return folder / "versions/0003_next.py"


def test_it_builds_exactly_the_tables_of_the_schema(path: Path, tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/direct.db")
    metadata.create_all(engine)
    engine.dispose()
    built = shape_of(path)
    assert built == shape_of(tmp_path / "direct.db")
    assert len(built) > len(metadata.tables)
    assert all(sql.endswith("STRICT") for sql in built.values() if sql.startswith("CREATE TABLE"))


def test_it_knows_its_newest_revision() -> None:
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(migrate.alembic_config())
    assert script.get_heads() == [files.REVISION]
    assert all(len(found.revision) == 4 and found.revision.isdecimal() for found in script.walk_revisions())


def test_it_upgrades_and_keeps_a_backup(path: Path, with_next: Path) -> None:
    with_next.write_text(NEXT.format(more=""))
    with Store.open(path) as store:
        assert store.account() == Account("jo@home.example", "100")
        assert store.labels() == {"L1": "Jobs"}
    assert stored_revision(path) == "0003"
    (kept,) = backups(path)
    assert stored_revision(kept) == "0002"
    assert kept.stat().st_mode & 0o777 == 0o600


def test_it_is_as_before_when_a_migration_fails(path: Path, with_next: Path) -> None:
    with_next.write_text(NEXT.format(more="raise RuntimeError('halfway')"))
    before = shape_of(path)
    with pytest.raises(RuntimeError, match="halfway"):
        open_database(path)
    assert stored_revision(path) == "0002"
    assert shape_of(path) == before
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM label").fetchone() == (0,)
    assert len(backups(path)) == 1


def test_it_does_not_touch_what_it_cannot_back_up(
    path: Path, with_next: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_next.write_text(NEXT.format(more=""))

    def fail(*_: object) -> None:
        raise DataError("no room")

    monkeypatch.setattr(migrate, "keep_backup", fail)
    with pytest.raises(DataError, match="no room"):
        open_database(path)
    assert stored_revision(path) == "0002"


def test_it_makes_one_database_when_two_processes_begin_at_once(tmp_path: Path) -> None:
    code = "import sys; from agent.store.store import Store; Store.open(sys.argv[1]).close()"
    path = tmp_path / "agent.db"
    started = [subprocess.Popen([sys.executable, "-c", code, str(path)]) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    assert check(path) == ()


def test_it_needs_no_alembic_once_the_schema_is_there(path: Path) -> None:
    code = "import sys; from agent.store.store import Store; Store.open(sys.argv[1]).account(); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "sqlalchemy" in loaded
    assert not {"alembic", "sqlalchemy.orm"} & loaded


def test_it_glances_without_sqlalchemy(path: Path) -> None:
    code = "import sys; from agent.store.glance import glance; glance(sys.argv[1]); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert not {"sqlalchemy", "alembic"} & set(run.stdout.split())


def test_it_finds_its_migrations_in_a_bare_checkout(tmp_path: Path) -> None:
    root = Path(migrate.__file__).parents[2]
    shutil.copytree(root / "agent/store", tmp_path / "agent/store")
    shutil.copytree(root / "agent/core", tmp_path / "agent/core")
    for name in ("__init__.py", "errors.py"):
        shutil.copy(root / "agent" / name, tmp_path / "agent")
    shutil.copytree(root / "migrations", tmp_path / "migrations")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); sys.meta_path = [f for f in sys.meta_path if 'editable' not in repr(f)];"
        "from agent.store.migrate import migrations_folder; print(migrations_folder())"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert run.stdout.strip() == str(tmp_path / "migrations")


def test_it_waits_for_an_upgrade_that_is_under_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, done = tmp_path / "agent.db", []
    run_migrations = migrate.run_migrations
    monkeypatch.setattr(
        migrate, "run_migrations", lambda engine: done.append(threading.current_thread().name)
    )
    other = threading.Thread(target=lambda: open_database(path).dispose(), name="other")
    engine = create_engine(f"sqlite:///{path}")
    with files.upgrade_lock(path):
        other.start()
        other.join(0.1)
        assert other.is_alive()
        run_migrations(engine)
    other.join(10)
    engine.dispose()
    assert done == []
