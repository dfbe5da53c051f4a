"""The daemon over many turns on a moved clock: resident memory and its growth, processor time of a turn, time to stop.

``python -m benchmarks.daemon_soak [--turns 2000] [--messages 300] [--threads 20]``
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

from agent.cli.context import App
from agent.cli.run import set_up_logging, turn
from agent.daemon import Daemon, Notifier
from agent.demo.clock import MovableClock
from agent.demo.mailbox import Mailbox
from agent.demo.server import GmailServer
from benchmarks.first_sync import configuration
from benchmarks.mailbox import NOW, fill

POLL = 300.0
WARM = 50  # turns after which everything that is loaded lazily is there


@dataclass(slots=True)
class Soak:
    """The clock of the daemon, which its waits move; after ``turns`` of them it is told to stop."""

    turns: int
    now: datetime = NOW
    mono: float = 0.0
    done: int = 0
    cpu: float = 0.0
    warm: float = 0.0

    def wait(self, daemon: Daemon, _woken: Event, _seconds: float) -> None:
        if self.done == WARM:
            self.cpu, self.warm = time.process_time(), resident(os.getpid())
        if self.done % 250 == 0:
            print(
                f"  turn {self.done}: {resident(os.getpid()):.1f} MB, {open_files()} open files", flush=True
            )
        if self.done == self.turns:
            each = (time.process_time() - self.cpu) / max(self.done - WARM, 1)
            rss = resident(os.getpid())
            print(
                f"a turn: {each:.3f} s of CPU; {rss:.1f} MB, growth {100 * (rss / self.warm - 1):+.1f} %",
                flush=True,
            )
            os.kill(os.getpid(), signal.SIGTERM)
        self.done += 1
        self.now += timedelta(seconds=POLL)
        self.mono += POLL
        daemon.beat()


def resident(pid: int) -> float:
    """Resident memory of a process in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def soak(config: str, turns: int) -> int:
    """In a process of its own, as the service is: the daemon with its real turn and its real metronome."""
    state = Soak(turns)
    set_up_logging(verbose=-1)
    app = App(clock=lambda: state.now, sleep=lambda _: None, config_file=config)
    daemon = Daemon(
        turn=lambda: turn(app, daemon),
        reload=lambda: POLL,
        poll_seconds=POLL,
        notify=Notifier({}),
        clock=lambda: state.now,
        monotonic=lambda: state.mono,
        wait=lambda woken, seconds: state.wait(daemon, woken, seconds),
    )
    return daemon.run()


def idle(config: Path) -> None:
    """A real daemon that has turned and waits: its memory, its processor time at rest, and how fast it stops."""
    line = [sys.executable, "-m", "agent", "--config", str(config), "run"]
    with subprocess.Popen(line, stderr=subprocess.DEVNULL) as process:
        time.sleep(8)
        before = ticks(process.pid)
        time.sleep(10)
        busy = (ticks(process.pid) - before) / os.sysconf("SC_CLK_TCK") / 10
        rss = resident(process.pid)
        began = time.monotonic()
        process.terminate()
        process.wait()
        print(f"idle: {rss:.1f} MB, {100 * busy:.2f} % CPU; stopped in {time.monotonic() - began:.2f} s")


def ticks(pid: int) -> int:
    """Processor time of a process so far, in clock ticks (proc(5): utime and stime)."""
    after_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return int(after_name[11]) + int(after_name[12])


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=2_000)
    parser.add_argument("--messages", type=int, default=300)
    parser.add_argument("--threads", type=int, default=20)
    parser.add_argument("--config", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.config:
        sys.exit(soak(options.config, options.turns))
    clock = MovableClock(NOW)
    mailbox = Mailbox("dana.kim@gmail.example", name="Dana Kim", clock=clock)
    fill(mailbox, messages=options.messages, threads=options.threads)
    with tempfile.TemporaryDirectory() as name, GmailServer(mailbox, wall_clock=clock) as server:
        config = configuration(Path(name), server)
        line = [
            sys.executable,
            "-m",
            "benchmarks.daemon_soak",
            "--config",
            str(config),
            "--turns",
            str(options.turns),
        ]
        subprocess.run(line, check=True, stderr=subprocess.DEVNULL)
        idle(config)


if __name__ == "__main__":
    main()
