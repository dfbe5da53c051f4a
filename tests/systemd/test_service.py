"""The service under a real systemd: it starts, reloads, stops, is restarted or is not, and harms nothing when it is killed."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from agent.demo.faults import Fault
from tests.cycle.world import THANK_YOU_DUE, World, interviewed
from tests.systemd.lab import Lab, missing

pytestmark = [pytest.mark.systemd, pytest.mark.process, pytest.mark.timeout(120)]
KILLS = int(os.environ.get("SYSTEMD_KILLS", "4"))  # how often it is killed in mid-sync; 50 take two minutes
PATIENCE = 40.0  # seconds that a state may take on a loaded machine
IMPATIENT = """[Unit]
StartLimitIntervalSec=0
[Service]
RestartSec=100ms
"""
PROBE = """
import os, socket, subprocess
from pathlib import Path
def tried(deed):
    try:
        deed()
    except OSError as error:
        return error.errno
    return 0
print({
    "own": tried(lambda: Path(os.environ["STATE_DIRECTORY"], "x").write_text("x")),
    "etc": tried(lambda: Path("/etc/x").write_text("x")),
    "opt": tried(lambda: Path("/opt/followup-agent/x").write_text("x")),
    "var": tried(lambda: Path("/var/lib/x").write_text("x")),
    "home": tried(lambda: os.listdir("/home/dana")),
    "root": tried(lambda: os.listdir("/root/secret")),
    "run": tried(lambda: subprocess.run(["/bin/true"], check=True)),
    "raw": tried(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW)),
    "metadata": tried(lambda: socket.create_connection(("169.254.169.254", 80), timeout=2)),
    "uid": os.getuid(),
    "token": oct(os.stat(os.environ["CREDENTIALS_DIRECTORY"] + "/token.json").st_mode & 0o777),
    "others": sorted(name for name in os.listdir("/proc") if name.isdigit()) == [str(os.getpid())],
})
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    if why := missing():
        pytest.skip(why)
    made = Lab(tmp_path_factory.mktemp("lab"), datetime.fromisoformat(THANK_YOU_DUE))
    made.boot()
    try:
        yield made
    finally:
        made.halt()


@dataclass(slots=True)
class Account:
    """One account of the lab with its mailbox: its configuration and its encrypted credentials are in place."""

    lab: Lab
    name: str
    world: World

    @property
    def unit(self) -> str:
        return f"followup-agent@{self.name}.service"

    def checked(self) -> str:
        """What SQLite says of its database."""
        file = f"/var/lib/private/followup-agent/{self.name}/agent.db"
        ask = "import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute('PRAGMA integrity_check').fetchone())"
        return self.lab.run("/opt/followup-agent/bin/python", "-c", ask, file)

    def is_(self, name: str) -> str:
        """A property of its daemon."""
        return self.lab.asked(self.unit, name)

    def install(self, *words: str) -> str:
        """``service install`` as an administrator runs it; what it said."""
        line = f"/opt/followup-agent/bin/followup-agent service install --system --account {self.name} {' '.join(words)}"
        return self.lab.run("sh", "-c", f"{line} 2>&1")

    def wait(self, that: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + PATIENCE
        while not that():
            assert time.monotonic() < until, (
                f"{what}: {self.lab.run('systemctl', 'status', self.unit, check=False)}"
            )
            time.sleep(0.05)

    def retire(self) -> None:
        """Stopped and disabled; what is not installed any more does not matter."""
        for unit in (f"followup-agent-sync@{self.name}.timer", self.unit):
            self.lab.run("systemctl", "disable", "--now", unit, check=False)

    def turned(self) -> None:
        """Wait until a turn is over."""
        self.wait(lambda: self.is_("StatusText").startswith("turn "), "no turn")


@pytest.fixture
def account(lab: Lab, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Account]:
    name = f"a{abs(hash(request.node.name)) % 10**8}"
    world = interviewed(tmp_path / "world")
    world.clock.set(datetime.fromisoformat(THANK_YOU_DUE))
    lab.write(
        f"/etc/followup-agent/{name}.toml",
        '[account]\ntime_zone = "America/New_York"\nname = "Dana Kim"\n'
        f'[gmail]\napi_endpoint = "{world.server.url}"\n[daemon]\npoll_seconds = 3600\n',
    )
    lab.write("/etc/systemd/system/followup-agent@.service.d/impatient.conf", IMPATIENT)
    with world.server:
        token = json.dumps(world.server.token_info())
        for kind, file in (("client_secret", "client_secret.json"), ("token", f"{name}.token.json")):
            lab.path("/etc/credstore.encrypted").mkdir(mode=0o700, exist_ok=True)
            place = f"/etc/credstore.encrypted/followup-agent.{file}"
            lab.run("systemd-creds", "encrypt", f"--name={kind}.json", "-", place, given=token)
        made = Account(lab, name, world)
        try:
            yield made
        finally:
            made.retire()


def test_it_starts_turns_reloads_and_stops(account: Account) -> None:
    said = account.install()
    assert f"running    {account.unit}" in said
    assert account.is_("ActiveState") == "active"
    account.turned()
    assert len(account.world.drafts()) == 1
    assert account.lab.status("systemctl", "reload", account.unit) == 0
    account.wait(lambda: "configuration read again" in account.lab.journal("-u", account.unit), "no reload")
    config = account.lab.path(f"/etc/followup-agent/{account.name}.toml")
    config.write_text("[policy]\nno_such_key = 1\n", encoding="utf-8")
    assert account.lab.status("systemctl", "reload", account.unit) == 0
    account.wait(lambda: "the old one stays" in account.lab.journal("-u", account.unit), "no complaint")
    assert account.is_("ActiveState") == "active"
    began = time.monotonic()
    account.lab.run("systemctl", "stop", account.unit)
    assert time.monotonic() - began < 2
    assert (account.is_("Result"), account.is_("NRestarts")) == ("success", "0")


def test_it_lets_root_look_and_turns_on(account: Account) -> None:
    account.install()
    account.turned()
    look = [
        f"STATE_DIRECTORY=/var/lib/private/followup-agent/{account.name}",
        "/opt/followup-agent/bin/followup-agent",
    ]
    configuration = ["--config", f"/etc/followup-agent/{account.name}.toml"]
    assert "Northwind" in account.lab.run("env", *look, *configuration, "status")
    account.lab.run("env", *look, *configuration, "note", "Northwind", "likes sailing")
    before = account.world.server.requests
    account.lab.run("systemctl", "kill", "--signal=USR1", account.unit)
    account.wait(lambda: account.world.server.requests > before, "no turn")
    account.turned()
    folder = account.lab.path(f"/var/lib/private/followup-agent/{account.name}")
    assert len({file.stat().st_uid for file in (folder, *folder.iterdir())}) == 1


def test_it_stops_within_two_seconds_in_mid_request(account: Account) -> None:
    account.install()
    account.turned()
    account.world.server.faults.add(Fault(kind="stall", method="GET", path="history"))
    before = account.world.server.requests
    account.lab.run("systemctl", "kill", "--signal=USR1", account.unit)
    account.wait(lambda: account.world.server.requests > before, "no request")
    began = time.monotonic()
    account.lab.run("systemctl", "stop", account.unit)
    assert time.monotonic() - began < 2
    assert account.is_("Result") == "success"


def test_it_installs_twice_without_a_change_and_removes_what_it_wrote(account: Account) -> None:
    account.install()
    pid = account.is_("MainPID")
    assert "written" not in account.install()
    assert account.is_("MainPID") == pid
    assert "disabled" in account.install("--timer")
    assert account.is_("ActiveState") == "inactive"
    line = f"/opt/followup-agent/bin/followup-agent service {{}} --system --account {account.name} 2>&1"
    shown = account.lab.run("sh", "-c", line.format("status"))
    assert f"followup-agent-sync@{account.name}.timer: active (waiting), enabled" in shown
    account.lab.run("sh", "-c", line.format("remove"))
    assert list(account.lab.path("/etc/systemd/system").glob("followup-agent*.service")) == []
    assert account.lab.path(f"/etc/followup-agent/{account.name}.toml").exists()


def test_it_is_restarted_when_it_hangs(account: Account) -> None:
    account.lab.write(f"/etc/systemd/system/{account.unit}.d/watchful.conf", "[Service]\nWatchdogSec=5s\n")
    account.lab.run("systemctl", "daemon-reload")
    account.install()
    account.turned()
    account.world.server.faults.add(Fault(kind="stall", method="GET", path="history"))
    account.lab.run("systemctl", "kill", "--signal=USR1", account.unit)
    account.wait(lambda: account.is_("NRestarts") != "0", "no restart")
    assert "watchdog" in account.lab.journal("-u", account.unit).lower()
    account.wait(lambda: account.is_("ActiveState") == "active", "it did not come back")


def test_it_stays_down_and_tells_when_the_token_was_revoked(account: Account) -> None:
    account.install()
    account.turned()
    account.world.server.oauth.revoke()
    account.lab.run("systemctl", "kill", "--signal=USR1", account.unit)
    account.wait(lambda: account.is_("ActiveState") == "failed", "it does not end")
    assert (account.is_("ExecMainStatus"), account.is_("NRestarts")) == ("77", "0")
    told = f"followup-agent-notify@followup-agent@{account.name}.service"
    account.wait(
        lambda: "authorised again" in account.lab.journal("-u", told, "-p", "err"), "nobody was told"
    )
    assert account.lab.status("systemctl", "start", account.unit) != 0  # it fails before READY=1, and says so


@pytest.mark.timeout(60 + 8 * KILLS)
def test_it_survives_kills_in_mid_sync_without_a_second_draft(account: Account) -> None:
    account.install()
    account.turned()
    chance = random.Random(7)
    for number in range(KILLS):
        pid = account.is_("MainPID")
        account.lab.run("systemctl", "kill", "--signal=USR1", account.unit)
        before = account.world.server.requests
        enough = before + chance.randint(1, 4)
        until = time.monotonic() + 1.0  # a turn with little to do makes fewer requests
        while account.world.server.requests < enough and time.monotonic() < until:
            time.sleep(0.001)
        account.lab.run("systemctl", "kill", "--signal=KILL", account.unit)
        account.wait(
            lambda pid=pid: (
                account.is_("MainPID") not in {"0", pid} and account.is_("ActiveState") == "active"
            ),  # type: ignore[misc]  # mypy cannot type a lambda with a default
            f"no restart {number}",
        )
    account.turned()
    assert int(account.is_("NRestarts")) == KILLS
    assert len(account.world.drafts()) == 1
    assert not account.world.server.violations
    account.lab.run("systemctl", "stop", account.unit)
    assert account.checked() == "ok"


def test_it_turns_by_the_timer(account: Account) -> None:
    account.install("--timer")
    unit = f"followup-agent-sync@{account.name}.service"
    account.lab.run("systemctl", "start", unit)  # what the timer does
    assert account.lab.asked(unit, "Result") == "success"
    assert len(account.world.drafts()) == 1
    timer = f"followup-agent-sync@{account.name}.timer"
    assert account.lab.asked(timer, "NextElapseUSecRealtime")


def test_it_is_shut_in(account: Account) -> None:
    """The daemon's own sandbox, with a probe in the daemon's place."""
    account.install("--timer")
    lab = account.lab
    lab.path("/home/dana").mkdir(parents=True, exist_ok=True)
    lab.path("/root/secret").mkdir(parents=True, exist_ok=True)
    lab.write("/opt/followup-agent/probe.py", PROBE)
    unit = f"followup-agent-sync@{account.name}.service"
    start = "[Service]\nExecStart=\nExecStart=/opt/followup-agent/bin/python /opt/followup-agent/probe.py\n"
    lab.write(f"/etc/systemd/system/{unit}.d/probe.conf", start)
    lab.run("systemctl", "daemon-reload")
    assert lab.status("systemctl", "start", unit) == 0, lab.journal("-u", unit)
    found = eval(lab.journal("-u", unit, "-t", "followup-agent").splitlines()[-1])
    assert found.pop("uid") > 60000
    assert found.pop("token") in {"0o400", "0o440"}
    assert found.pop("others")
    assert found.pop("own") == 0
    assert [where for where, error in found.items() if error == 0] == []


def test_it_runs_for_a_user_without_root(lab: Lab, tmp_path: Path) -> None:
    """A user's own manager, their own unit: it turns, is shut in, and stops."""
    world = interviewed(tmp_path / "world")
    world.clock.set(datetime.fromisoformat(THANK_YOU_DUE))
    lab.run("useradd", "--create-home", "--shell", "/bin/sh", "--uid", "4711", "dora")
    home, runtime = "/home/dora", "/run/user/4711"
    lab.run(
        "install",
        "-d",
        "-o",
        "dora",
        "-m",
        "700",
        runtime,
        f"{home}/.config",
        f"{home}/.config/followup-agent",
    )
    config = f"{home}/.config/followup-agent/config.toml"
    with world.server:
        lab.write(
            config,
            f'[account]\ntime_zone = "America/New_York"\nname = "Dana Kim"\n[gmail]\napi_endpoint = "{world.server.url}"\n'
            'token_file = "token.json"\n',
        )
        lab.write(f"{home}/.config/followup-agent/token.json", json.dumps(world.server.token_info()))
        lab.run("chmod", "600", f"{home}/.config/followup-agent/token.json")
        lab.run("chown", "-R", "dora", home)
        keep = [
            "--unit=dora",
            "-p",
            "Delegate=yes",
            "-p",
            "User=dora",
            "-E",
            f"XDG_RUNTIME_DIR={runtime}",
            "-E",
            f"HOME={home}",
        ]
        manager = next(
            place
            for place in ("/lib/systemd/systemd", "/usr/lib/systemd/systemd")
            if lab.path(place).exists()
        )
        lab.run("systemd-run", *keep, manager, "--user")
        as_dora = [
            "setpriv",
            "--reuid=dora",
            "--regid=dora",
            "--init-groups",
            "env",
            f"XDG_RUNTIME_DIR={runtime}",
            f"HOME={home}",
        ]

        def asked(name: str) -> str:
            words = ["systemctl", "--user", "show", "--value", f"--property={name}", "followup-agent.service"]
            return lab.run(*as_dora, *words, check=False)

        until = time.monotonic() + PATIENCE
        while lab.run(*as_dora, "systemctl", "--user", "is-system-running", check=False) not in {
            "running",
            "degraded",
        }:
            assert time.monotonic() < until
            time.sleep(0.1)
        lab.run(*as_dora, "/opt/followup-agent/bin/followup-agent", "service", "install", "--user")
        while not asked("StatusText").startswith("turn "):
            assert time.monotonic() < until, lab.journal("--lines=20")
            time.sleep(0.1)
        assert asked("ActiveState") == "active"
        assert lab.path(f"{home}/.local/state/followup-agent/agent.db").exists()
        assert len(world.drafts()) == 1
        inside = asked("MainPID")
        seen = lab.run(
            "nsenter", "-t", inside, "-m", "--", "sh", "-c", f"touch {home}/x 2>&1; touch /etc/x 2>&1; true"
        )
        assert seen.count("Read-only file system") == 2
        lab.run(*as_dora, "/opt/followup-agent/bin/followup-agent", "service", "remove", "--user")
        assert not lab.path(f"{home}/.config/systemd/user/followup-agent.service").exists()
        lab.run("systemctl", "stop", "dora.service")
