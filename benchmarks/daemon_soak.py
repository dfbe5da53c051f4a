"""The daemon over many turns on a moved clock, and a real one: resident memory, processor time, time to stop.

The many turns are those of one process that is never renewed: what it has loaded stays, and must not grow. The real
daemon reads the same mailbox for the first time, is renewed, and rests.

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

from agent.cli.context import App
from agent.cli.run import set_up_logging, turn
from agent.daemon import Bell, Daemon, Notifier

POLL = 300.0
WARM = 50  # turns after which everything that is loaded lazily is there


@dataclass(slots=True)
class Soak:
    """The clock of the daemon, which its waits move; after ``turns`` of them it is told to stop."""

    turns: int
    now: datetime
    mono: float = 0.0
    done: int = 0
    cpu: float = 0.0
    warm: float = 0.0

    def wait(self, daemon: Daemon, _woken: Bell, _seconds: float) -> None:
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


def soak(config: str, turns: int, now: datetime) -> int:
    """In a process of its own, as the service is: the daemon with its real turn and its real metronome."""
    state = Soak(turns, now)
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


def rest(config: Path) -> None:
    """A real daemon from its first reading on: its memory, its processor time at rest, and how fast it stops."""
    line = [sys.executable, "-m", "agent", "--config", str(config), "run"]
    environ = {**os.environ, "WATCHDOG_USEC": "2000000"}  # it looks around each second
    with subprocess.Popen(line, env=environ, stderr=subprocess.DEVNULL) as process:
        seen = [watched(process.pid) for _ in range(30)]
        process.send_signal(signal.SIGUSR1)  # what the first turn left is read by the next
        seen += [watched(process.pid) for _ in range(40)]
        print(f"first reading: {max(seen):.1f} MB at the most")
        before = ticks(process.pid)
        time.sleep(10)
        busy = (ticks(process.pid) - before) / os.sysconf("SC_CLK_TCK") / 10
        rss = resident(process.pid)
        began = time.monotonic()
        process.terminate()
        process.wait()
        print(f"at rest: {rss:.1f} MB, {100 * busy:.2f} % CPU; stopped in {time.monotonic() - began:.2f} s")


def watched(pid: int) -> float:
    time.sleep(0.5)
    return resident(pid)


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
    parser.add_argument("--now", type=datetime.fromisoformat, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.config:
        sys.exit(soak(options.config, options.turns, options.now))
    with tempfile.TemporaryDirectory() as name:
        compare(Path(name), options)


def compare(folder: Path, options: argparse.Namespace) -> None:
    """Both daemons on one mailbox. The server is loaded here only: the measured processes have no part in it."""
    from agent.demo.clock import MovableClock
    from agent.demo.mailbox import Mailbox
    from agent.demo.server import GmailServer
    from benchmarks.first_sync import configuration
    from benchmarks.mailbox import NOW, fill

    clock = MovableClock(NOW)
    mailbox = Mailbox("dana.kim@gmail.example", name="Dana Kim", clock=clock)
    fill(mailbox, messages=options.messages, threads=options.threads)
    for each in ("soaked", "real"):
        (folder / each).mkdir()
    with GmailServer(mailbox, wall_clock=clock) as server:
        line = [sys.executable, "-m", "benchmarks.daemon_soak", "--turns", str(options.turns)]
        line += ["--now", NOW.isoformat(), "--config", str(configuration(folder / "soaked", server))]
        subprocess.run(line, check=True, stderr=subprocess.DEVNULL)
        rest(configuration(folder / "real", server))


if __name__ == "__main__":
    main()
