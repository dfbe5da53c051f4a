"""The database as a file: private, durable, one writer at a time, never half a transaction."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.core.model import ActionKind, DraftRecord, DraftState, Note, NoteKind
from agent.errors import Busy, ConfigError, DataError
from agent.store import files
from agent.store.backup import backup, check, keep_backup
from agent.store.database import open_database
from agent.store.files import backups, lock_holder, stored_revision, turn_lock
from agent.store.glance import glance
from agent.store.records import Account
from agent.store.store import Store

NOW = datetime(2026, 3, 4, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with an account, closed again."""
    made = tmp_path / "state/agent.db"
    with Store.open(made) as store:
        store.save_account(Account("jo@home.example", "100"))
    return made


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def python(code: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


# ── the file ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_keeps_every_file_to_its_owner(tmp_path: Path) -> None:
    import os

    before = os.umask(0)
    try:
        with Store.open(tmp_path / "a/state/agent.db") as store:
            store.save_account(Account("jo@home.example"))
            with turn_lock(store.path):
                store.backup(tmp_path / "a/state/copy.db")
                found = {p.name: mode(p) for p in store.path.parent.iterdir()}
    finally:
        os.umask(before)
    assert {"agent.db", "agent.db-wal", "agent.db-shm", "agent.db.lock", "copy.db"} <= set(found)
    assert set(found.values()) == {0o600}
    assert mode(tmp_path / "a/state") == 0o700


def test_it_closes_a_file_that_others_could_read(path: Path) -> None:
    path.chmod(0o644)
    open_database(path).dispose()
    assert mode(path) == 0o600


def test_it_takes_a_url_as_well_as_a_path(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path}/a.db").dispose()
    assert stored_revision(tmp_path / "a.db") == files.REVISION


def test_it_commits_durably_with_all_its_rules_on(path: Path) -> None:
    engine = open_database(path)
    with engine.connect() as connection:
        values = {
            n: connection.exec_driver_sql(f"PRAGMA {n}").scalar()
            for n in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        }
    engine.dispose()
    assert values == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 5000,
    }


def test_it_cannot_write_through_a_reader(path: Path) -> None:
    with Store.open_reader(path) as reader:
        assert reader.account() is not None
        with pytest.raises(ConfigError, match="cannot be opened for writing"):
            reader.save_account(Account("x@home.example"))


def test_it_reads_nothing_where_nothing_is(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="sync"):
        Store.open_reader(tmp_path / "none.db")
    with pytest.raises(DataError, match="sync"):
        glance(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []


def test_it_names_a_folder_it_may_not_make(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be opened"):
        open_database(tmp_path / "file/agent.db")


# ── several at once ────────────────────────────────────────────────────────────────────────────────────────────


def add_up(store: Store, times: int) -> None:
    for _ in range(times):
        with store.transaction() as together:
            account = together.account()
            assert account is not None
            together.save_account(Account(account.address, str(int(account.history_id) + 1)))


def test_it_loses_no_update_between_threads(path: Path) -> None:
    with Store.open(path) as store:
        threads = [threading.Thread(target=add_up, args=(store, 30)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        account = store.account()
    assert account is not None
    assert account.history_id == "220"


def test_it_loses_no_update_between_processes(path: Path) -> None:
    code = (
        "import sys; from tests.store.test_database import add_up, Store; add_up(Store.open(sys.argv[1]), 25)"
    )
    others = [subprocess.Popen([sys.executable, "-c", code, str(path)]) for _ in range(2)]
    with Store.open(path) as store:
        add_up(store, 25)
        assert [other.wait(60) for other in others] == [0, 0]
        account = store.account()
    assert account is not None
    assert account.history_id == "175"


def test_it_lets_readers_read_while_somebody_writes(path: Path) -> None:
    with Store.open(path) as store, store.transaction() as writing:
        writing.save_account(Account("jo@home.example", "999"))
        with Store.open_reader(path) as reader:
            account = reader.account()
        assert account is not None
        assert account.history_id == "100"
        assert glance(path).account == "jo@home.example"


def test_it_gives_a_key_to_one_of_two_writers(path: Path) -> None:
    record = DraftRecord(
        "k", "c", "t", ActionKind.FOLLOW_UP, 1, DraftState.INTENDED, "t", (), (), "", "", "", NOW
    )
    won: list[bool] = []
    with Store.open(path) as store:
        threads = [threading.Thread(target=lambda: won.append(store.put_intent(record))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(won) == [False, False, False, True]


def test_it_says_who_is_in_the_way(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BUSY_SECONDS", 0.01)
    with closing(sqlite3.connect(path, isolation_level=None)) as other, Store.open(path) as store:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy, match="held the database"):
            store.save_account(Account("jo@home.example"))


# ── a crash ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_is_as_before_after_a_crash_within_a_transaction(path: Path) -> None:
    code = """
import os, sys
from datetime import UTC, datetime
from agent.core.model import Note, NoteKind
from agent.store.store import Store
store, now = Store.open(sys.argv[1]), datetime(2026, 3, 4, tzinfo=UTC)
store.add_note(Note(0, "t1", NoteKind.NOTE, now, now, "", "kept"))
with store.transaction() as together:
    together.add_note(Note(0, "t1", NoteKind.NOTE, now, now, "", "lost"))
    together.advance("999", at=now)
    os._exit(9)
"""
    assert python(code, path).returncode == 9
    with Store.open(path) as store:
        account = store.account()
        assert account is not None
        assert account.history_id == "100"
        assert [note.value for note in store.notes()] == ["kept"]
        assert store.check() == ()


# ── the turn ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_lets_one_turn_run_at_a_time(path: Path) -> None:
    import os

    assert lock_holder(path) is None
    with turn_lock(path):
        assert lock_holder(path) == os.getpid()
        with pytest.raises(Busy, match="another turn") as caught, turn_lock(path):
            pass
        assert caught.value.exit_status == 75
        refused = python(
            "import sys, pathlib; from agent.store.files import turn_lock; turn_lock(pathlib.Path(sys.argv[1])).__enter__()",
            path,
        )
        assert "Busy" in refused.stderr
    with turn_lock(path):
        pass
    assert lock_holder(path) is None


def test_it_frees_the_turn_of_a_process_that_died(path: Path) -> None:
    code = "import os, sys, pathlib; from agent.store.files import turn_lock; turn_lock(pathlib.Path(sys.argv[1])).__enter__(); os._exit(9)"
    assert python(code, path).returncode == 9
    with turn_lock(path):
        pass


# ── damage and age ─────────────────────────────────────────────────────────────────────────────────────────────


def set_revision(path: Path, revision: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))


def test_it_refuses_a_newer_database(path: Path) -> None:
    set_revision(path, "9999")
    for opened in (open_database, Store.open_reader, glance):
        with pytest.raises(ConfigError, match="is newer") as caught:
            opened(path)
        assert caught.value.exit_status == 78


def test_it_does_not_upgrade_when_asked_only_to_look(path: Path) -> None:
    set_revision(path, "0000")
    for opened in (
        lambda: open_database(path, upgrade=False),
        lambda: Store.open_reader(path),
        lambda: glance(path),
    ):
        with pytest.raises(ConfigError, match="db upgrade"):
            opened()


def test_it_says_so_when_the_file_is_damaged(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[0:100] = b"x" * 100
    path.write_bytes(data)
    with pytest.raises(DataError, match="is damaged") as caught:
        open_database(path)
    assert caught.value.exit_status == 65
    assert check(path)


def test_it_finds_damage_deep_inside(path: Path) -> None:
    with Store.open(path) as store:
        for number in range(200):
            store.add_note(Note(0, f"t{number}", NoteKind.NOTE, NOW, NOW, "", "x" * 300))
    data = bytearray(path.read_bytes())
    data[-12_000:-4_000] = b"\xff" * 8_000
    path.write_bytes(data)
    assert check(path)
    with Store.open(path) as store, pytest.raises(DataError, match="is damaged"):
        store.notes()
    with pytest.raises(DataError, match="damaged"):
        backup(path, path.with_name("copy.db"))
    assert not path.with_name("copy.db").exists()


def test_it_refuses_the_database_of_another_program(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE songs (id)")
    with pytest.raises(DataError, match="not one of this program"):
        open_database(other)


def test_it_calls_a_full_disk_temporary_and_changes_nothing(path: Path) -> None:
    def fill() -> None:
        with files.translated(path), closing(files.connect(path)) as connection:
            connection.execute("PRAGMA max_page_count = 1")  # SQLite's own way to run out of room
            connection.execute("INSERT INTO label (id, name) VALUES ('L1', ?)", ("x" * 1_000_000,))

    with pytest.raises(Busy, match="full") as caught:
        fill()
    assert caught.value.exit_status == 75
    with Store.open(path) as store:
        assert store.labels() == {}


def test_it_notices_a_table_that_was_changed_by_hand(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE run ADD COLUMN colour TEXT")
    assert check(path) == ("run is not as this program makes it",)


# ── backups ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_writes_a_backup_that_opens(path: Path, tmp_path: Path) -> None:
    with Store.open(path) as store:
        store.backup(tmp_path / "copy.db")
        with pytest.raises(DataError, match="exists already"):
            store.backup(tmp_path / "copy.db")
    assert [p.name for p in tmp_path.iterdir() if "part" in p.name] == []
    with Store.open_reader(tmp_path / "copy.db") as copy:
        assert copy.account() == Account("jo@home.example", "100")


def test_it_keeps_three_backups(path: Path) -> None:
    made = [keep_backup(path, "0001") for _ in range(5)]
    assert backups(path) == tuple(made[-3:])
    assert {mode(p) for p in made[-3:]} == {0o600}


@pytest.fixture(autouse=True)
def no_file_left_open() -> Iterator[None]:
    import gc

    yield
    gc.collect()  # an unclosed connection becomes a ResourceWarning, and so an error, in this test
