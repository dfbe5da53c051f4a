"""``db``, ``forget`` by age, and the modes of whatever is written: the mail of months must survive an upgrade and an accident."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from agent.cli import db
from agent.store import database, files, migrate
from agent.store.files import REVISION, backups, stored_revision, turn_lock
from tests.cli.conftest import MARIA, World, mail

COMING = f"{int(REVISION) + 1:04d}"
# what a release after this one might do: a table made anew, a column, rows rewritten
NEXT = f"""
import sqlalchemy as sa
from alembic import op

revision = "{COMING}"
down_revision = "{REVISION}"


def upgrade() -> None:
    with op.batch_alter_table("run") as batch:
        batch.add_column(sa.Column("colour", sa.Text))
    op.execute("UPDATE run SET colour = 'green' WHERE outcome = 'ok'")
    op.create_index("run_colour", "run", ["colour"])
"""
EARLIER = sorted(path.name[:4] for path in migrate.migrations_folder().glob("versions/[0-9]*.py"))[:-1]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Everything that is stored, table by table."""
    with closing(sqlite3.connect(path)) as connection:
        names = [
            str(name)
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            )
        ]
        return {
            name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in names
        }


@pytest.fixture
def lived(synced: World) -> World:
    """A database with a past: two turns, a note, a correction, a draft, an ended candidacy."""
    synced.out("note", "northwind", "They recommended a book")
    synced.out("set", "northwind", "position=Senior Analyst")
    synced.out("close", "northwind")
    synced.clock.advance(timedelta(hours=1))
    synced.out("sync")
    return synced


# ── upgrade ──


@pytest.fixture
def released(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The program of the next release, its schema one step further."""
    folder = tmp_path / "next" / "migrations"
    shutil.copytree(migrate.migrations_folder(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / f"versions/{COMING}_next.py").write_text(NEXT)
    with monkeypatch.context() as patch:
        patch.setattr(migrate, "migrations_folder", lambda: folder)
        for module in (files, migrate, database, db):
            patch.setattr(module, "REVISION", COMING)
        yield


def test_it_keeps_every_row_through_an_upgrade(lived: World, released: None) -> None:
    before = rows(lived.database)
    code, err = lived.fails("status")
    assert code == 78
    assert "db upgrade" in err
    document = lived.json("db", "upgrade")
    assert document == {"schema": 1, "from": REVISION, "to": COMING, "upgraded": True}
    after = rows(lived.database)
    for name, old in before.items():
        if old and name != "alembic_version":
            assert [row[: len(old[0])] for row in after[name]] == old
    assert {row[-1] for row in after["run"]} == {"green"}
    assert lived.json("db", "upgrade")["upgraded"] is False


def test_it_goes_on_after_an_upgrade_as_if_nothing_had_been(lived: World, released: None) -> None:
    drafts = len(lived.letters.drafts())
    lived.clock.advance(timedelta(hours=1))
    report = lived.json("sync")
    assert (report["mode"], report["drafts_created"]) == ("partial", [])
    assert len(lived.letters.drafts()) == drafts
    assert lived.json("show", "northwind")["position"] == "Senior Analyst"
    (kept,) = backups(lived.database)
    assert stored_revision(kept) == REVISION
    assert mode(kept) == 0o600


@pytest.mark.parametrize("revision", EARLIER)
def test_it_takes_a_whole_hunt_along_from_every_earlier_release(lived: World, revision: str) -> None:
    before = lived.json("status", "--all")["candidacies"]
    drafts = len(lived.letters.drafts())
    aged(lived.database, revision)
    assert stored_revision(lived.database) == revision
    lived.clock.advance(timedelta(minutes=5))
    assert lived.json("sync")["drafts_created"] == []
    assert stored_revision(lived.database) == REVISION
    assert lived.json("db", "check")["problems"] == []
    assert lived.json("status", "--all")["candidacies"] == before
    assert len(lived.letters.drafts()) == drafts
    assert [stored_revision(kept) for kept in backups(lived.database)] == [revision]


def aged(path: Path, revision: str) -> None:
    """The database as the program of that revision would have kept it: its tables, the same rows."""
    old = path.with_name("old.db")
    engine = create_engine(f"sqlite:///{old}")
    migrate.run_migrations(engine, revision)
    engine.dispose()
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("ATTACH ? AS now", (str(path),))
        connection.execute("PRAGMA foreign_keys = OFF")
        tables = "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'alembic%' AND name NOT LIKE 'sqlite%'"
        for (name,) in connection.execute(tables).fetchall():
            columns = ", ".join(
                f'"{row[1]}"' for row in connection.execute(f"PRAGMA main.table_info({name})")
            )
            connection.execute(f"INSERT INTO main.{name} ({columns}) SELECT {columns} FROM now.{name}")
        connection.commit()
    for end in ("-wal", "-shm"):
        path.with_name(f"{path.name}{end}").unlink(missing_ok=True)
    old.replace(path)


def test_it_goes_back_to_the_older_program_with_the_backup(lived: World, tmp_path: Path) -> None:
    before = lived.json("status", "--all")["candidacies"]
    lived.out("db", "backup", str(tmp_path / "old.db"))
    with closing(sqlite3.connect(lived.database)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (COMING,))
        connection.commit()
    assert lived.fails("status")[0] == 78
    lived.out("db", "restore", str(tmp_path / "old.db"))
    assert lived.json("status", "--all")["candidacies"] == before


# ── restore ──


def test_it_restores_what_was_and_fetches_what_has_come_since(lived: World, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    lived.out("db", "backup", str(copy))
    drafts = len(lived.letters.drafts())
    lived.out("reopen", "northwind")
    subject = "Re: Interview for Data Analyst at Northwind"
    lived.clock.advance(timedelta(hours=1))
    text = "Hi Dana,\n\nUnfortunately we have decided to go with another candidate.\n\nMaria\n"
    more = mail("n6", "northwind", lived.clock().isoformat(), MARIA, text, subject)
    lived.letters.deliver({**more, "in_reply_to": "n4"})
    lived.out("sync")
    assert lived.json("show", "northwind")["status"] == "rejected"
    document = lived.json("db", "restore", str(copy))
    assert lived.json("show", "northwind")["status"] == "withdrawn"
    assert mode(lived.database) == 0o600
    replaced = Path(document["replaced"])
    assert mode(replaced) == 0o600
    assert lived.json("db", "check")["problems"] == []
    lived.clock.advance(timedelta(minutes=5))
    lived.out("sync")
    kinds = {event["quote"] for event in lived.json("show", "northwind")["events"]}
    assert any("another candidate" in str(quote) for quote in kinds)
    assert len(lived.letters.drafts()) == drafts


def test_it_leaves_no_log_of_the_old_database_beside_the_new_one(lived: World, tmp_path: Path) -> None:
    """A write-ahead log beside a database that it does not belong to would be replayed into it."""
    copy = tmp_path / "copy.db"
    lived.out("db", "backup", str(copy))
    wanted = rows(copy)
    with closing(sqlite3.connect(lived.database)) as held:  # an open reader: the log is not put away
        held.execute("SELECT count(*) FROM message").fetchone()
        lived.out("note", "northwind", "written after the backup")
        assert lived.database.with_name("agent.db-wal").exists()
        lived.out("db", "restore", str(copy))
        assert rows(lived.database) == wanted


def test_it_restores_over_a_damaged_database(lived: World, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    lived.out("db", "backup", str(copy))
    lived.database.write_bytes(b"not a database at all" * 400)
    assert lived.fails("status")[0] == 65
    lived.out("db", "restore", str(copy))
    assert lived.json("status", "--all")["candidacies"]


def test_it_restores_where_nothing_is_left(lived: World, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    lived.out("db", "backup", str(copy))
    for file in lived.database.parent.iterdir():
        file.unlink()
    assert lived.json("db", "restore", str(copy))["replaced"] is None
    assert lived.json("status", "--all")["candidacies"]


@pytest.mark.parametrize("content", [None, b"", b"junk" * 2000])
def test_it_restores_nothing_that_is_no_backup(lived: World, tmp_path: Path, content: bytes | None) -> None:
    copy = tmp_path / "copy.db"
    if content is not None:
        copy.write_bytes(content)
    before = rows(lived.database)
    code, err = lived.fails("db", "restore", str(copy))
    assert code == 65
    assert str(copy) in err
    assert rows(lived.database) == before


def test_it_restores_no_stranger(lived: World, tmp_path: Path) -> None:
    strange = tmp_path / "strange.db"
    with closing(sqlite3.connect(strange)) as connection:
        connection.execute("CREATE TABLE songs (name TEXT)")
    assert lived.fails("db", "restore", str(strange))[0] == 65


def test_it_restores_nothing_during_a_turn(lived: World, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    lived.out("db", "backup", str(copy))
    with turn_lock(lived.database):
        assert lived.fails("db", "restore", str(copy))[0] == 75


# ── age and modes ──


def test_it_forgets_by_age(lived: World) -> None:
    assert lived.json("forget", "--yes", "--ended-before", "90d")["threads"] == []
    lived.clock.advance(timedelta(days=91))
    document = lived.json("forget", "--yes", "--ended-before", "90d")
    assert len(document["threads"]) == 1
    assert document["messages"] == 4
    assert all(
        b"recommended a book" not in file.read_bytes() for file in lived.database.parent.glob("agent.db*")
    )


@pytest.mark.parametrize("age", ["soon", "90", "-3d", "2026-13-01"])
def test_it_takes_only_a_day_or_an_age(lived: World, age: str) -> None:
    assert lived.fails("forget", "--yes", "--ended-before", age)[0] == 2


def test_it_writes_nothing_that_others_can_read(lived: World, tmp_path: Path) -> None:
    for line in (["db", "backup"], ["auth", "export", "--output", str(lived.folder / "handed.json")],
                 ["export", "--format", "csv", "--output", str(lived.folder / "all.csv")],
                 ["report", "--output", str(lived.folder / "hunt.html")]):  # fmt: skip
        assert lived.run(*line)[0] == 0
    written = [
        *lived.database.parent.iterdir(),
        *(lived.folder / name for name in ("handed.json", "all.csv", "hunt.html", "token.json")),
    ]
    assert {path.name: oct(mode(path)) for path in written if path.is_file() and mode(path) != 0o600} == {}
    assert mode(lived.database.parent) == 0o700
    assert tmp_path.exists()
