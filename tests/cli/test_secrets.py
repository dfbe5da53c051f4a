"""Canaries: words of mail, addresses and keys are put into every input of real processes, and looked for where they must not be.

A data command prints what it was asked for on standard output; what is said elsewhere (standard error, logs, the crash
log, the service manager's status) holds none of them, and keys are in no output and no file but the token's own.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import urlopen

import pytest

from agent.demo.clock import MovableClock
from agent.demo.mailbox import Mailbox
from agent.demo.server import GmailServer
from tests.cli.conftest import START, Json
from tests.scenarios.mailbox import Letters
from tests.scenarios.player import Program

PATIENCE = 60  # seconds, for a loaded machine
ME = "dana.quillfeather@gmail.example"
MARIA = "Maria Vexley <maria.vexley@zorblatt.example>"
SUBJECT = "Interview for Data Analyst at Zorblatt - directions to Kestrelmoor"
PEOPLE = ("quillfeather", "vexley", "zorblatt")
WORDS = ("kestrelmoor", "umbrafjord")
PRIVATE = ("snorkelwick", "grimbledash", "pettifog")  # of a mail that concerns no job
KEYS = ("GOCSPX-canary", "ya29.", "1//0", "4/0A")
EVERYTHING = (*PEOPLE, *WORDS, *PRIVATE, *KEYS)
QUOTED = f"{MARIA} to {ME}: {SUBJECT}: umbrafjord; GOCSPX-canary ya29.canary 1//0canary"
PROGRAM = """
import sys
from datetime import datetime
from agent.cli import main
{prelude}
now = datetime.fromisoformat("{now}")
sys.exit(main(sys.argv[1:], clock=lambda: now, sleep=lambda _: None))
"""
BUG = f"""
from agent.core.story import judge
def broken(*_, **__):
    secret = {QUOTED!r}
    raise ValueError(secret, {{secret: secret}})
judge.read = broken
"""


@dataclass
class Den:
    """The program's folder, its embedded Gmail, and its commands as processes of their own."""

    folder: Path
    program: Program
    server: GmailServer

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def keys(self) -> set[bytes]:
        """Every key there ever was, whole."""
        oauth = self.server.oauth
        return {key.encode() for key in (*oauth._grants, *oauth._access, oauth.client_secret)}

    def start(
        self, *arguments: str, prelude: str = "", out: Any = subprocess.PIPE, **environ: str
    ) -> subprocess.Popen[str]:
        """A command, under the most careless umask there is."""
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM.format(prelude=prelude, now=START.isoformat()),
             "--config", str(self.program.config), *arguments],
            env={**os.environ, "STATE_DIRECTORY": str(self.state), **environ},
            stdout=out, stderr=subprocess.PIPE if out is subprocess.PIPE else out, text=True, umask=0,
        )  # fmt: skip

    def run(self, *arguments: str, prelude: str = "") -> tuple[int, str, str]:
        """Exit status, standard output, standard error."""
        process = self.start(*arguments, prelude=prelude)
        out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out, err

    def point_at(self, url: str) -> None:
        """From now on another server is Gmail and token server."""
        token = self.folder / "token.json"
        for path in (token, self.program.config):
            path.write_text(path.read_text().replace(self.server.url, url))


def letter(key: str, thread: str, sender: str, to: str, at: str, subject: str, text: str) -> Json:
    return {
        "key": key, "thread": thread, "at": at, "from": sender, "to": [to], "subject": subject, "text": text,
        "labels": ["INBOX"] if to == ME else ["SENT"], "html": None, "ics": None, "quote": None, "in_reply_to": None,
    }  # fmt: skip


LETTERS = [
    letter(
        "a", "job", MARIA, ME, "2026-02-26T09:00:00-05:00", SUBJECT,
        "Hi Dana,\n\nWe would like to invite you to an interview for the Data Analyst position at Zorblatt on Wednesday, "
        "March 4 at 3:00 pm ET, in the room Umbrafjord. Does that work?\n\nBest,\nMaria Vexley\nRecruiter, Zorblatt\n",
    ),
    letter(
        "b", "job", f"Dana Quillfeather <{ME}>", MARIA, "2026-02-26T12:00:00-05:00", f"Re: {SUBJECT}",
        "Hi Maria,\n\nWednesday, March 4 at 3:00 pm works for me. Thank you!\n\nDana\n",
    ),
    letter(
        "c", "choir", "Ines <ines@pettifog.example>", ME, "2026-02-27T19:00:00-05:00", "Snorkelwick on Thursday",
        "Hi Dana,\n\nBring the blue Grimbledash.\n\nInes\n",
    ),
]  # fmt: skip


@pytest.fixture
def den(tmp_path: Path, gmail_server: Callable[..., GmailServer]) -> Den:
    clock = MovableClock(START)
    mailbox = Mailbox(ME, name="Dana Quillfeather", clock=clock)
    letters = Letters(mailbox)
    for message in LETTERS:
        letters.deliver(message)
    server = gmail_server(mailbox, wall_clock=clock)
    server.oauth.client_secret = "GOCSPX-canary"
    scenario: Json = {"me": {"address": ME, "name": "Dana Quillfeather", "time_zone": "America/New_York"}}
    return Den(tmp_path, Program(tmp_path, scenario, server, clock), server)


@pytest.fixture
def synced(den: Den) -> Den:
    code, out, err = den.run("sync")
    assert code == 0, err
    assert "draft: thank-you to maria.vexley" in out
    assert found(out, ("umbrafjord",), PRIVATE, KEYS) == found(err, EVERYTHING) == []
    return den


def found(text: str, *canaries: tuple[str, ...]) -> list[str]:
    """The canaries that are in a text."""
    return [one for some in canaries for one in some if one.casefold() in text.casefold()]


def readable(folder: Path) -> list[str]:
    """What other users of the machine can look into."""
    return [
        f"{path.name} {stat.S_IMODE(path.stat().st_mode):04o}"
        for path in (folder, *folder.rglob("*"))
        if path.stat().st_mode & 0o077
    ]


# ── what is said where ─────────────────────────────────────────────────────────────────────────────────────────


def test_it_says_nothing_beside_the_data_it_was_asked_for(synced: Den) -> None:
    for command in (("-vv", "sync"), ("status", "--all", "--json"), ("plan",), ("runs",)):
        code, out, err = synced.run(*command)
        assert code == 0, err
        assert found(out, PRIVATE, KEYS) == found(err, EVERYTHING) == [], command


def test_it_names_no_more_than_the_mailbox_in_a_checkup(synced: Den) -> None:
    _, out, err = synced.run("doctor")
    assert "authorisation" in out
    assert found(out + err, ("vexley", "zorblatt"), WORDS, PRIVATE, KEYS) == []


def test_it_writes_counts_and_ids_to_the_journal(synced: Den) -> None:
    with (synced.folder / "journal").open("w+") as journal:
        of = os.fstat(journal.fileno())
        for verbosity in ("-q", "-vv"):
            stream = f"{of.st_dev}:{of.st_ino}"
            synced.start(verbosity, "sync", out=journal, JOURNAL_STREAM=stream).wait(PATIENCE)
        journal.seek(0)
        said = journal.read()
    assert "<6>turn partial: examined=" in said
    assert found(said, EVERYTHING) == []


def test_it_quotes_nothing_when_the_authorisation_was_revoked(synced: Den) -> None:
    synced.server.oauth.revoke()
    for verbosity in ("-q", "-vv"):
        code, out, err = synced.run(verbosity, "sync")
        assert code == 77
        assert "followup-agent auth" in err
        assert found(out + err, EVERYTHING) == []


def test_it_quotes_nothing_where_an_export_fails(synced: Den) -> None:
    wanted: list[tuple[str, ...]] = [
        ("export", "--format", "csv", "--output", str(synced.folder / "none" / "x")),
        ("report", "--output", str(synced.folder)),
        ("show", "nobody"),
        ("set", "zorb", "promised", "umbrage"),
    ]
    for command in wanted:
        code, out, err = synced.run(*command)
        assert code not in {0, 1}
        assert found(out + err, WORDS, PRIVATE, KEYS, ("quillfeather", "vexley")) == [], command


# ── a bug ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_writes_no_word_into_the_crash_log(den: Den) -> None:
    code, out, err = den.run("sync", prelude=BUG)
    log = den.state / "crash.log"
    assert code == 1
    assert "report this bug" in err
    assert "ValueError" in log.read_text()
    assert found(out + err + log.read_text(), EVERYTHING) == []
    assert readable(den.state) == []


def test_it_goes_on_after_a_bug_without_a_word_of_it(den: Den) -> None:
    with daemon(den, prelude=BUG) as (process, told):
        said = told("STATUS=the turn failed unexpectedly: ValueError")
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "ValueError" in log
    assert found(said + log, EVERYTHING) == []


def test_it_names_no_mailbox_in_a_log_or_a_status(synced: Den) -> None:
    config = synced.program.config
    config.write_text(config.read_text().replace(ME, "owen.quillfeather@gmail.example"))
    with daemon(synced) as (process, told):
        said = told("ERRNO=77")
        _, log = process.communicate(timeout=PATIENCE)
    assert process.returncode == 77
    assert "another mailbox" in log
    assert found(said + log, EVERYTHING) == []


def test_it_names_no_mailbox_of_a_wrong_configuration(synced: Den) -> None:
    with daemon(synced) as (process, told):
        told("STATUS=turn")
        synced.program.config.write_text(f'[account]\naddress = "{ME} {ME}"\n')
        process.send_signal(signal.SIGHUP)
        said = told("STATUS=the new configuration is wrong")
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=PATIENCE)
    assert "is not an e-mail address" in log
    assert found(said + log, EVERYTHING) == []


@contextmanager
def daemon(den: Den, prelude: str = "") -> Iterator[tuple[subprocess.Popen[str], Callable[[str], str]]]:
    """The daemon, and what it tells the service manager up to some words."""
    heard: list[str] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.settimeout(PATIENCE)
        channel.bind(str(den.folder / "notify"))

        def told(until: str) -> str:
            while not heard or until not in heard[-1]:
                heard.append(channel.recv(65536).decode())
            return "\n".join(heard)

        process = den.start("run", prelude=prelude, NOTIFY_SOCKET=str(den.folder / "notify"))
        try:
            yield process, told
        finally:
            process.kill()
            process.wait()


# ── servers that answer nonsense ───────────────────────────────────────────────────────────────────────────────

NONSENSE: dict[str, tuple[int, str, bytes]] = {
    "words": (200, "", QUOTED.encode()),
    "a list": (200, "", json.dumps([QUOTED]).encode()),
    "other types": (200, "", json.dumps({"emailAddress": [QUOTED], "historyId": {QUOTED: 1}}).encode()),
    "a page": (502, "", f"<html>{QUOTED}</html>".encode()),
    "a refusal": (
        400, "", json.dumps({"error": {"message": QUOTED, "status": QUOTED, "errors": [{"reason": ME}]}}).encode()
    ),
    "another place": (302, f"https://zorblatt.example/umbrafjord?to={ME}", QUOTED.encode()),
    "an oauth error": (400, "", json.dumps({"error": ME, "error_description": QUOTED}).encode()),
    "no http": (0, "", QUOTED.encode()),
}  # fmt: skip


@contextmanager
def answering(status: int, location: str, body: bytes, *, token: bool) -> Iterator[str]:
    """A server that always says the same; ``token``: at its token endpoint, too."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if not token and self.path == "/token":
                self._say(
                    200, "", b'{"access_token": "ya29.canary", "expires_in": 3599, "token_type": "Bearer"}'
                )
            elif status == 0:
                self.wfile.write(body + b"\r\n\r\n")
                self.close_connection = True
            else:
                self._say(status, location, body)

        do_POST = do_GET  # noqa: N815 (the name is http.server's)

        def _say(self, status: int, location: str, body: bytes) -> None:
            self.send_response(status, "umbrafjord")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("WWW-Authenticate", f'Bearer error="{ME}"')
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


@pytest.mark.parametrize("token", [False, True], ids=["Gmail", "token server"])
@pytest.mark.parametrize("kind", NONSENSE)
def test_it_does_not_repeat_what_a_server_says(den: Den, kind: str, token: bool) -> None:
    with answering(*NONSENSE[kind], token=token) as url:
        den.point_at(url)
        code, out, err = den.run("-v" if token else "-q", "sync")
    assert code in {69, 77}, err
    assert found(out + err, EVERYTHING) == []
    assert not (den.state / "crash.log").exists()


# ── what lies on the disk ──────────────────────────────────────────────────────────────────────────────────────


def test_it_keeps_keys_out_of_every_file_and_all_files_to_itself(synced: Den) -> None:
    kept = synced.state / "kept"
    kept.mkdir(mode=0o700)
    for command in (
        ("db", "backup", str(kept / "backup.db")),
        ("export", "--format", "json", "--output", str(kept / "all.json")),
        ("report", "--output", str(kept / "report.html")),
        ("db", "restore", str(kept / "backup.db")),
        ("sync",),
    ):
        code, _, err = synced.run(*command)
        assert code == 0, (command, err)
        assert found(err, WORDS, PRIVATE, KEYS) == []
    files = [path for path in synced.state.rglob("*") if path.is_file()]
    assert {"agent.db", "backup.db", "all.json", "report.html"} <= {path.name for path in files}
    for path in files:
        content = path.read_bytes()
        assert [key for key in synced.keys if key in content] == [], path.name
        assert [word for word in PRIVATE if word.encode() in content.lower()] == [], path.name
    assert readable(synced.state) == []


def test_it_tells_no_secret_when_it_is_authorised(den: Den) -> None:
    token = den.folder / "token.json"
    token.unlink()
    (den.folder / "client_secret.json").write_text(json.dumps(den.server.client_config()))
    (den.folder / "client_secret.json").chmod(0o600)
    process = den.start("auth", "--no-browser", "--port", "0")
    assert process.stderr is not None
    said = ""
    while not (link := re.search(r"http://127\.0\.0\.1:\d+/auth\?\S+", said)) and process.poll() is None:
        said += process.stderr.readline()
    assert link, said
    with urlopen(link[0], timeout=PATIENCE):
        pass
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    assert found(said + out + err, KEYS, ("quillfeather",) if not out else ()) == []
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
