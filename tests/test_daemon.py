"""The daemon as a real process: what it tells its service manager, how signals steer it, how it ends."""

from __future__ import annotations

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


@pytest.fixture
def service(world: World, tmp_path: Path) -> Iterator[Service]:
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    channel.settimeout(PATIENCE)
    address = tmp_path / "notify"
    channel.bind(str(address))
    environ = {
        **os.environ,
        "NOTIFY_SOCKET": str(address),
        "WATCHDOG_USEC": "180000000",
        "JOURNAL_STREAM": "1:1",
    }
    command = [sys.executable, "-m", "agent", "--config", str(world.program.config), "run"]
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
