"""A real systemd for tests: the machine's own, as PID 1 of namespaces of its own over a throw-away overlay of ``/``.

The network is the machine's, so that services reach the embedded Gmail on the loopback interface. The program is
installed in ``/opt/followup-agent`` as a wheel would be, with its clock moved to the time of the test's mailbox.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import agent
from agent.cli.service_units import HIDDEN, shipped
from agent.store.migrate import migrations_folder

BOOT_SECONDS = 30.0
TOOLS = ("unshare", "nsenter", "pivot_root", "systemctl", "systemd-creds", "journalctl")
SCRIPT = """#!/opt/followup-agent/bin/python
import sys
from datetime import UTC, datetime, timedelta
from agent.cli import main
moved = timedelta(seconds={moved})
sys.exit(main(clock=lambda: datetime.now(UTC) + moved))
"""


def missing() -> str:
    """Why there can be no lab here, or ""."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "a real systemd takes root"
    if absent := [tool for tool in TOOLS if shutil.which(tool) is None]:
        return f"no {', '.join(absent)} on this machine"
    if "overlay" not in Path("/proc/filesystems").read_text(encoding="utf-8"):
        return "no overlayfs in this kernel"
    if _cgroup2() is None:
        return "no writable cgroup2 on this machine"
    return ""


def _cgroup2() -> Path | None:
    for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines():
        _, place, kind, *_ = line.split()
        if kind == "cgroup2" and os.access(place, os.W_OK):
            return Path(place)
    return None


@dataclass(slots=True)
class Lab:
    """A running system. ``moment`` is the program's time at boot; from there its clock goes on."""

    folder: Path
    moment: datetime
    process: subprocess.Popen[bytes] | None = None
    pid: int = 0
    group: Path | None = None

    def boot(self) -> None:
        """Start it and wait until it is up (RuntimeError with what it said, if it cannot)."""
        place, program, log = (self.folder / name for name in ("lab", "program", "log"))
        place.mkdir(parents=True)
        _lay_out(program, self.moment - datetime.now(UTC))
        mount = _cgroup2()
        assert mount is not None
        self.group = mount / f"followup-agent-lab-{os.getpid()}-{time.monotonic_ns()}"
        self.group.mkdir()
        python = sys.base_prefix if _hidden(Path(sys.base_prefix)) else "-"
        boot = [Path(__file__).with_name("boot.sh"), place, program, sysconfig.get_paths()["purelib"], python]
        spaces = ["--mount", "--pid", "--fork", "--kill-child=SIGKILL", "--uts", "--ipc", "--cgroup"]
        join = f'echo $$ >"{self.group}/cgroup.procs" && exec "$@"'
        line = ["sh", "-c", join, "-", "unshare", *spaces, "--propagation", "private", "sh", *map(str, boot)]
        with log.open("wb") as said:
            self.process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        self._wait_until_up(log)

    def _wait_until_up(self, log: Path) -> None:
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        until = time.monotonic() + BOOT_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            born = children.read_text(encoding="utf-8").split()
            if born and Path(f"/proc/{born[0]}/comm").read_text(encoding="utf-8").strip() == "systemd":
                self.pid = int(born[0])
                if self.run("systemctl", "is-system-running", check=False) in {"running", "degraded"}:
                    return
            time.sleep(0.05)
        said = log.read_text(encoding="utf-8", errors="replace")
        self.halt()
        raise RuntimeError(f"the lab does not boot: {said[-2000:]}")

    def halt(self) -> None:
        """End every process of it; its files go with its mounts."""
        if self.process is None:
            return
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        for folder in (*sorted(self.group.rglob("*/"), reverse=True), self.group) if self.group else ():
            _gone(folder)

    # ── what a test does in it ──

    def run(self, *words: str, check: bool = True, given: str = "") -> str:
        """A command in it, as root: what it printed, on both channels if it failed (AssertionError with ``check``)."""
        line = [
            "nsenter",
            "-t",
            str(self.pid),
            "-a",
            "--",
            "env",
            "-i",
            "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
            *words,
        ]
        done = subprocess.run(line, input=given, capture_output=True, text=True, timeout=60, check=False)
        if check and done.returncode:
            raise AssertionError(f"{words}: {done.stdout}{done.stderr}\n{self.journal('--lines=15')}")
        return (done.stdout + (done.stderr if done.returncode else "")).strip()

    def status(self, *words: str) -> int:
        """The exit status of a command in it."""
        line = ["nsenter", "-t", str(self.pid), "-a", "--", *words]
        return subprocess.run(line, capture_output=True, timeout=60, check=False).returncode

    def path(self, inside: str) -> Path:
        """A file of it, seen from here."""
        return Path(f"/proc/{self.pid}/root{inside}")

    def write(self, inside: str, text: str) -> None:
        file = self.path(inside)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def asked(self, unit: str, name: str) -> str:
        """A property of a unit."""
        return self.run("systemctl", "show", "--value", f"--property={name}", unit)

    def journal(self, *words: str) -> str:
        return self.run("journalctl", "--no-pager", "--output=cat", *words, check=False)


def _hidden(path: Path) -> bool:
    return any(path.resolve().is_relative_to(folder) for folder in HIDDEN)


def _lay_out(program: Path, moved: timedelta) -> None:
    """The program as an installation: an environment by hand, the package with its migrations and units."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = program / "lib" / version / "site-packages"
    waste = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(agent.__file__).parent, site / "agent", ignore=waste)
    shutil.copytree(migrations_folder(), site / "agent" / "migrations", ignore=waste, dirs_exist_ok=True)
    shutil.copytree(shipped(), site / "agent" / "systemd", ignore=waste, dirs_exist_ok=True)
    (site / "packages.pth").write_text("/opt/followup-agent/packages\n", encoding="utf-8")
    base = Path("/opt/python") if _hidden(Path(sys.base_prefix)) else Path(sys.base_prefix)
    (program / "pyvenv.cfg").write_text(f"home = {base}/bin\n", encoding="utf-8")
    (program / "bin").mkdir()
    for name in ("python", "python3"):
        (program / "bin" / name).symlink_to(base / "bin" / version)
    script = program / "bin" / "followup-agent"
    script.write_text(SCRIPT.format(moved=moved.total_seconds()), encoding="utf-8")
    script.chmod(0o755)


def _gone(group: Path) -> None:
    """Remove an empty control group; its last process may still be on its way out."""
    for _ in range(100):
        try:
            group.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.02)
        else:
            return
