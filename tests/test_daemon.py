"""The daemon as a real process: what it tells its service manager, how signals steer it, how it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.cli.renewal import KEPT, RESTING_MB
from agent.daemon import STEERING
from tests.cycle.world import World, interviewed

pytestmark = pytest.mark.process
PATIENCE = 20.0  # seconds that a datagram may take on a loaded machine


@dataclass(slots=True)
class Service:
    """``followup-agent run`` under a service manager that is this test."""

    process: subprocess.Popen[bytes]
    channel: socket.socket

    def told(self, word: str) -> list[str]:
        """What it said until it said this."""
        heard: list[str] = []
        while not any(line.startswith(word) for line in heard):
            heard += self.channel.recv(4096).decode().splitlines()
        return heard


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = interviewed(tmp_path / "world", thanked=True)
    with made.server:
        yield made


# becomes the daemon with the signals held back and one of them waiting, as the process before a renewed one does
HELD_BACK = f"""
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {tuple(map(int, STEERING))})
os.kill(os.getpid(), signal.SIGHUP)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


@pytest.fixture
def service(world: World, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Service]:
    """Its parameter, if any: how many seconds of silence are borne, and a program that becomes the daemon."""
    silence, before = getattr(request, "param", (180, ""))
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    channel.settimeout(PATIENCE)
    address = tmp_path / "notify"
    channel.bind(str(address))
    environ = {
        **os.environ,
        "NOTIFY_SOCKET": str(address),
        "WATCHDOG_USEC": str(silence * 1_000_000),
        "JOURNAL_STREAM": "1:1",
    }
    command = [
        sys.executable,
        *(["-c", before, "-m"] if before else ["-m"]),
        "agent",
        "--config",
        str(world.program.config),
        "run",
    ]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environ, stderr=log)
        try:
            yield Service(process, channel)
        finally:
            process.kill()
            process.wait()
            channel.close()


def log_of(tmp_path: Path) -> str:
    return (tmp_path / "log").read_text()


def test_it_says_when_it_is_ready_what_a_turn_did_and_that_it_lives(service: Service) -> None:
    service.told("READY=1")
    heard = service.told("STATUS=turn")
    assert "WATCHDOG=1" in heard


def test_it_turns_at_once_when_asked(service: Service, world: World) -> None:
    service.told("STATUS=turn")
    before = world.server.requests
    service.process.send_signal(signal.SIGUSR1)
    service.told("STATUS=turn")
    assert world.server.requests > before


def test_it_reads_the_configuration_again_and_keeps_the_old_one_if_the_new_is_wrong(
    service: Service, world: World, tmp_path: Path
) -> None:
    service.told("STATUS=turn")
    world.program.config.write_text("[policy]\nno_such_key = 1\n")
    service.process.send_signal(signal.SIGHUP)
    service.told("RELOADING=1")
    service.told("READY=1")
    assert service.process.poll() is None
    assert "no_such_key" in log_of(tmp_path)


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "in mid-request"])
def test_it_ends_within_two_seconds(service: Service, world: World, busy: bool) -> None:
    from agent.demo.faults import Fault

    service.told("STATUS=turn")
    if busy:
        world.server.faults.add(Fault(kind="stall", method="GET", path="history"))
        service.process.send_signal(signal.SIGUSR1)
        service.told("WATCHDOG=1")
    began = time.monotonic()
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(PATIENCE) == 0
    assert time.monotonic() - began < 2


def test_it_ends_with_77_when_the_token_was_revoked(service: Service, world: World, tmp_path: Path) -> None:
    service.told("STATUS=turn")
    world.server.oauth.revoke()
    service.process.send_signal(signal.SIGUSR1)
    assert service.process.wait(PATIENCE) == 77
    assert "followup-agent auth" in log_of(tmp_path)


def test_it_logs_a_line_a_turn_with_priorities_and_no_word_of_mail(service: Service, tmp_path: Path) -> None:
    service.told("STATUS=turn")
    service.process.send_signal(signal.SIGTERM)
    service.process.wait(PATIENCE)
    log = log_of(tmp_path)
    assert "<6>turn full:" in log
    for secret in ("dana.kim", "maria", "Northwind", "Data Analyst", "Bearer"):
        assert secret not in log


def resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


proc = pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="resident memory is read from proc(5)"
)


@proc
@pytest.mark.parametrize("service", [(2, "")], indirect=True)
def test_it_gives_back_what_reading_took_by_a_fresh_process_in_its_place(
    service: Service, tmp_path: Path
) -> None:
    service.told("STATUS=turn full")
    assert resident_mb(service.process.pid) > RESTING_MB
    heard = service.told("READY=1")
    service.told("STATUS=turn partial")
    assert service.process.poll() is None
    assert resident_mb(service.process.pid) <= RESTING_MB
    assert not [line for line in heard if line.startswith(("STOPPING", "RELOADING"))]
    assert "stopping" not in log_of(tmp_path)
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(PATIENCE) == 0


@proc
@pytest.mark.parametrize("service", [(2, "")], indirect=True)
def test_it_loses_no_signal_while_it_is_replaced(service: Service, tmp_path: Path) -> None:
    """Between the old process's answers to signals and the fresh one's the default would be to die of them."""
    service.told("STATUS=turn full")
    until, renewed = time.monotonic() + PATIENCE, False
    while not renewed and time.monotonic() < until:
        service.process.send_signal(signal.SIGHUP)
        service.channel.settimeout(0.01)
        with contextlib.suppress(TimeoutError):
            renewed = "STATUS=turn partial" in service.channel.recv(4096).decode()
    assert renewed
    assert service.process.poll() is None
    service.channel.settimeout(PATIENCE)
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(PATIENCE) == 0


@pytest.mark.parametrize("service", [(180, HELD_BACK)], indirect=True)
def test_it_answers_what_was_held_back_for_it(service: Service) -> None:
    heard = service.told("RELOADING=1")
    assert "READY=1" in heard
    service.told("READY=1")


# … and with a configuration that was broken in the same moment
BROKEN = HELD_BACK.replace(
    "os.execv",
    "config = sys.argv[sys.argv.index('--config') + 1]\n"
    f"os.environ['{KEPT}'] = open(config).read()\n"
    "open(config, 'a').write('\\n[no_such_table]\\n')\n"
    "os.execv",
)


@pytest.mark.parametrize("service", [(180, BROKEN)], indirect=True)
def test_it_keeps_the_configuration_that_went_wrong_while_it_was_replaced(
    service: Service, tmp_path: Path
) -> None:
    service.told("RELOADING=1")
    service.told("READY=1")
    service.told("STATUS=turn")
    assert service.process.poll() is None
    assert "the old one stays" in log_of(tmp_path)


@pytest.mark.parametrize("service", [(180, HELD_BACK)], indirect=True)
def test_it_ends_at_once_though_the_end_was_held_back_for_it(service: Service) -> None:
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(PATIENCE) in {0, -signal.SIGTERM}
