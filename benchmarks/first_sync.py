"""First sync of a large mailbox: quota units, candidacies found, time and peak memory; then the cost of an idle turn.

``python -m benchmarks.first_sync [--messages 100000] [--threads 60]``
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from agent.demo.clock import MovableClock
from agent.demo.mailbox import Mailbox
from agent.demo.server import GmailServer
from benchmarks.mailbox import NOW, fill

RUN = (
    "import sys, pathlib, datetime\n"
    "from agent.cli import main\n"
    "now = datetime.datetime.fromisoformat(sys.argv[1])\n"
    "status = main(sys.argv[2:], clock=lambda: now)\n"
    "print(pathlib.Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0], file=sys.stderr)\n"
    "sys.exit(status)\n"
)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--threads", type=int, default=60)
    options = parser.parse_args()
    clock = MovableClock(NOW)
    mailbox = Mailbox("dana.kim@gmail.example", name="Dana Kim", clock=clock)
    keys = fill(mailbox, messages=options.messages, threads=options.threads)
    print(f"mailbox: {len(mailbox.ledger.messages)} messages, {len(keys)} interview threads")
    with tempfile.TemporaryDirectory() as name, GmailServer(mailbox, wall_clock=clock) as server:
        config = configuration(Path(name), server)
        first, seconds, peak = run(config, "sync", "--json")
        status, _, _ = run(config, "status", "--all", "--json")
        threads = {t for c in status["candidacies"] for t in c["thread_ids"]}
        found = sum(mailbox.thread_of(key) in threads for key in keys)
        print(
            f"first sync: {first['quota_units']} units, {first['http_requests']} requests, {seconds:.1f} s, peak {peak / 1024:.0f} MB"
        )
        print(f"candidacies: {len(status['candidacies'])}, interview threads found: {found}/{len(keys)}")
        run(config, "sync", "--json")
        idle, seconds, _ = run(config, "sync", "--json")
        print(f"idle turn: {idle['http_requests']} requests, {idle['quota_units']} units, {seconds:.2f} s")


def configuration(folder: Path, server: GmailServer) -> Path:
    """A configuration and token for this server."""
    (folder / "state").mkdir(mode=0o700)
    token, config = folder / "token.json", folder / "config.toml"
    token.write_text(json.dumps(server.token_info()))
    token.chmod(0o600)
    config.write_text(
        '[account]\ntime_zone = "America/New_York"\n'
        f'[gmail]\napi_endpoint = "{server.url}"\ntoken_file = "{token}"\nquota_units_per_minute = 1000000\n'
        f'[storage]\ndatabase_url = "sqlite:///{folder / "state" / "agent.db"}"\n'
    )
    return config


def run(config: Path, *arguments: str) -> tuple[dict[str, Any], float, int]:
    """The document, the seconds and the peak memory (KiB) of one command in a process of its own."""
    began = time.perf_counter()
    command = [sys.executable, "-c", RUN, NOW.isoformat(), "--config", str(config), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout), time.perf_counter() - began, int(done.stderr.split()[-1])


if __name__ == "__main__":
    main()
