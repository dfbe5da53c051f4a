"""Sick disks: full, read-only, damaged pages, a log cut short, an older or newer schema, a backup put back.

Whatever happens, Gmail holds no draft whose intent is not in the database (or was in the one that was lost), the exit status
is one of the contract's, the message names the trouble, and once the disk is well again there is one draft.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from agent.gmail.drafts import KEY_HEADER
from tests.cycle.machine import folder
from tests.cycle.world import THANK_YOU_DUE, World
from tests.torture.outcome import Job, Outcome
from tests.torture.wire import LATER, LATEST, begin, ended, turn

KIND = "sick disk"
TOLD = {
    0,
    65,
    75,
    78,
}  # done, data not usable, temporary, cannot be opened or newer: never an unforeseen error
PAGE = 4096


def database(world: World) -> Path:
    return world.program.config.parent / "state" / "agent.db"


def intended(path: Path) -> set[str]:
    """The keys in the books, read without the program."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        return {key for (key,) in connection.execute("SELECT key FROM draft")}


def in_gmail(world: World) -> list[str]:
    """The keys of the drafts that lie in Gmail."""
    return [str(world.mailbox.message_of(d).mail.header(KEY_HEADER) or "?") for d in world.drafts()]


def told(code: int, said: str, wanted: set[int], *words: str) -> list[str]:
    """What is wrong with an exit status and its message."""
    wrongs = [] if code in wanted else [f"exit {code}, not one of {sorted(wanted)}: {said[-300:]}"]
    if "Traceback" in said:
        wrongs.append("a traceback is shown")
    if code and words and not any(word in said for word in words):
        wrongs.append(f"the message says none of {words}: {said[-200:]}")
    return wrongs


def well_again(world: World) -> list[str]:
    """Two turns on a healthy disk, and one draft."""
    wrongs = []
    for at in (LATER, LATEST):
        code, _, said = turn(world, at)
        wrongs += told(code, said, {0})
    return [*wrongs, *ended(world, 1)]


# ── full, and read-only ──


@contextmanager
def small_disk(at: Path, kilobytes: int) -> Iterator[None]:
    """A file system of so many KiB, in memory; PermissionError where that needs more rights."""
    if os.geteuid() != 0:
        raise PermissionError("a file system of its own needs root")
    options = f"size={kilobytes}k,mode=0700"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(at)], check=False, capture_output=True
    )
    if done.returncode:
        raise PermissionError("a file system cannot be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(at)], check=False)


@contextmanager
def on_small_disk(kilobytes: int) -> Iterator[World]:
    """The world, its state folder on a disk of its own."""
    path = folder()
    world = begin(path)
    state, kept = path / "state", path / "kept"
    try:
        shutil.copytree(state, kept)
        with small_disk(state, kilobytes):
            shutil.copytree(kept, state, dirs_exist_ok=True)
            yield world
    finally:
        world.server.stop()
        shutil.rmtree(path, ignore_errors=True)


def full(room: int) -> Outcome:
    """A turn with so many KiB left, from none to enough; then there is room again."""
    name = f"full, {room} KiB left"
    try:
        with on_small_disk(4096) as world:
            fill(database(world).parent, room)
            code, _, said = turn(world, THANK_YOU_DUE)
            wrongs = told(code, said, {0, 75}, "full")
            (database(world).parent / "filler").unlink()
            wrongs += lost(world)
            wrongs += well_again(world)
    except PermissionError as error:
        return Outcome(KIND, name, skipped=str(error))
    return Outcome(KIND, name, 1, tuple(wrongs))


def fill(state: Path, room: int) -> None:
    """Leave so many KiB."""
    free = shutil.disk_usage(state).free - room * 1024
    with (state / "filler").open("wb") as file:
        file.write(b"x" * max(free, 0))


def lost(world: World) -> list[str]:
    """Drafts in Gmail without an intent."""
    known = intended(database(world))
    return [f"a draft without an intent: {key}" for key in in_gmail(world) if key not in known]


def too_large(extra: int) -> Outcome:
    """No file may grow beyond a limit (RLIMIT_FSIZE): what a quota does; no rights are needed. In a child process."""
    path = folder()
    world = begin(path)
    try:
        child = os.fork()
        if not child:
            os._exit(_limited(world, extra))
        ended_with = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said = (path / "said").read_text()
        wrongs = [*told(ended_with, said, {0, 75}, "full"), *lost(world), *well_again(world)]
    finally:
        world.server.stop()
        shutil.rmtree(path, ignore_errors=True)
    return Outcome(KIND, f"files may grow by {extra} KiB", 1, tuple(wrongs))


def _limited(world: World, extra: int) -> int:
    said = os.open(database(world).parents[1] / "said", os.O_WRONLY | os.O_CREAT)
    largest = max(f.stat().st_size for f in database(world).parent.iterdir())
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest + extra * 1024, resource.RLIM_INFINITY))
    code, _, text = turn(world, THANK_YOU_DUE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    os.write(said, text.encode())
    return code


def read_only(_number: int) -> Outcome:
    """The disk is mounted read-only: every command that writes says so; nothing reaches Gmail."""
    name = "read-only"
    try:
        with on_small_disk(4096) as world:
            state = str(database(world).parent)
            subprocess.run(["mount", "-o", "remount,ro", state], check=True)
            code, _, said = turn(world, THANK_YOU_DUE)
            wrongs = told(code, said, {78}, "cannot be opened")
            wrongs += ["a draft was made"] if world.drafts() else []
            subprocess.run(["mount", "-o", "remount,rw", state], check=True)
            wrongs += well_again(world)
    except PermissionError as error:
        return Outcome(KIND, name, skipped=str(error))
    return Outcome(KIND, name, 1, tuple(wrongs))


# ── damaged ──


def page(seed: int) -> Outcome:
    """One page of the database is overwritten with noise; the backup helps where the program cannot go on."""
    drawn = random.Random(seed)

    def spoil(path: Path) -> None:
        pages = path.stat().st_size // PAGE
        with path.open("r+b") as file:
            file.seek(drawn.randrange(pages) * PAGE + drawn.choice([0, 8, 100, 2000]))
            file.write(drawn.randbytes(drawn.choice([1, 16, 1900])))

    return _damaged(f"page, seed {seed}", spoil, TOLD, remade=True)


def log_cut(seed: int) -> Outcome:
    """The write-ahead log of a process that was killed is cut short anywhere."""
    drawn = random.Random(seed)

    def cut(path: Path) -> None:
        log = path.with_name("agent.db-wal")
        if log.exists():
            os.truncate(log, drawn.randrange(log.stat().st_size + 1))

    return _damaged(f"log, seed {seed}", cut, {0}, remade=False)


def _damaged(name: str, spoil: Callable[[Path], None], codes: set[int], *, remade: bool) -> Outcome:
    """A draft was made; the damage is done; turns; with ``remade`` a backup from before the draft is put back."""
    path = folder()
    world = begin(path)
    try:
        kept = path / "kept.backup"
        done, _, said = world.program.run("db", "backup", str(kept))
        wrongs = told(done, said, {0})
        holder = sqlite3.connect(database(world))  # its log stays when the turn's own connections are closed
        holder.execute("SELECT count(*) FROM draft").fetchall()
        turn(world, THANK_YOU_DUE)
        state = path / "copy"
        shutil.copytree(path / "state", state)
        holder.close()
        shutil.rmtree(path / "state")
        state.rename(path / "state")
        (path / "state" / "agent.db-shm").unlink(missing_ok=True)
        spoil(database(world))
        code, _, said = turn(world, LATER)
        wrongs += told(
            code, said, codes, "damaged", "not one of this program", "newer", "older", "full or fails"
        )
        if remade and (code or world.program.run("db", "check")[0]):
            code, _, said = world.program.run("db", "restore", str(kept))
            wrongs += told(code, said, {0})
        for at in (LATER, LATEST):
            code, _, said = turn(world, at)
            wrongs += told(code, said, {0})
        wrongs += ended(world, 1)
    finally:
        world.server.stop()
        shutil.rmtree(path, ignore_errors=True)
    return Outcome(KIND, name, 1, tuple(wrongs))


# ── another time's database ──


def newer(_number: int) -> Outcome:
    """A newer program wrote it: exit 78, nothing changed."""
    path = folder()
    world = begin(path)
    try:
        _revision(database(world), "9999")
        code, _, said = turn(world, THANK_YOU_DUE)
        wrongs = told(code, said, {78}, "newer")
        wrongs += ["a draft was made"] if world.drafts() else []
        from agent.store.files import REVISION

        _revision(database(world), REVISION)
        wrongs += well_again(world)
    finally:
        world.server.stop()
        shutil.rmtree(path, ignore_errors=True)
    return Outcome(KIND, "newer schema", 1, tuple(wrongs))


def older(_number: int) -> Outcome:
    """The first schema, with a hunt in it: upgraded after a backup, and one draft."""
    path = folder()
    world = begin(path)
    try:
        with closing(sqlite3.connect(database(world))) as connection:
            connection.execute("DROP TABLE backlog")  # what revision 0002 brought
            connection.execute("ALTER TABLE candidacy DROP COLUMN later")
            connection.commit()
        _revision(database(world), "0001")
        code, _, said = turn(world, THANK_YOU_DUE)
        wrongs = told(code, said, {0})
        wrongs += [] if list(database(world).parent.glob("*.backup")) else ["no backup was made"]
        wrongs += well_again(world)
    finally:
        world.server.stop()
        shutil.rmtree(path, ignore_errors=True)
    return Outcome(KIND, "older schema", 1, tuple(wrongs))


def _revision(path: Path, name: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (name,))
        connection.commit()


def restored(hands: int) -> Outcome:
    """A backup from before the draft is put back; the user has left, edited or discarded the draft meanwhile."""
    path = folder()
    world = begin(path)
    name = ("left", "edited", "discarded")[hands]
    try:
        kept = path / "kept.backup"
        world.program.run("db", "backup", str(kept))
        turn(world, THANK_YOU_DUE)
        for draft_id in world.drafts():
            if name == "edited":
                world.mailbox.edit_draft(draft_id, append="P.S. It was the blue one.")
            if name == "discarded":
                world.mailbox.discard_draft(draft_id)
        code, _, said = world.program.run("db", "restore", str(kept))
        wrongs = told(code, said, {0})
        for at in (LATER, LATEST):
            code, _, said = turn(world, at)
            wrongs += told(code, said, {0})
        wrongs += ended(world, name != "discarded", edited=name == "edited")
    finally:
        world.server.stop()
        shutil.rmtree(path, ignore_errors=True)
    return Outcome(KIND, f"restored, the draft was {name}", 1, tuple(wrongs))


def jobs(number: int, seed: int) -> list[Job]:
    some = max(number // 40, 1)
    drawn = random.Random(seed)
    found: list[tuple[Callable[[int], Outcome], int]] = [(read_only, 0), (newer, 0), (older, 0)]
    found += [(restored, n) for n in range(3)]
    found += [(full, room) for room in drawn.sample(range(0, 400, 4), min(some, 100))]
    found += [(too_large, extra) for extra in drawn.sample(range(-300, 100, 8), min(some // 2 + 1, 50))]
    found += [(page, seed * 1000 + n) for n in range(some)]
    found += [(log_cut, seed * 1000 + n) for n in range(some)]
    return [partial(_one, play, argument) for play, argument in found]


def _one(play: Callable[[int], Outcome], argument: int) -> list[Outcome]:
    return [play(argument)]
