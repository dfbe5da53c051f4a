"""``service`` without a systemd: what it would write, and what it says where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.cli import main, service_systemd
from agent.cli.service_failed import advice


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    file = tmp_path / "my config.toml"
    file.write_text(
        '[account]\ntime_zone = "UTC"\n[storage]\ndatabase_url = "sqlite:////srv/mail/agent.db"\n'
    )
    return file


def test_it_shows_units_with_this_machines_paths(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--config", str(config), "service", "install", "--user", "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert f'--config "{config}" run' in shown
    assert f"ReadWritePaths={config.parent / 'state' / 'followup-agent'} /srv/mail" in shown
    assert f"XDG_STATE_HOME={config.parent / 'state'}" in shown
    assert "%h/.local/bin" not in [
        line.split()[0] for line in shown.splitlines() if line.startswith("ExecStart=")
    ]
    assert not (config.parent / "settings").exists()


def test_it_shows_the_timer_pair(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--config", str(config), "service", "install", "--user", "--timer", "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert "Type=oneshot" in shown
    assert "OnCalendar=*:0/15" in shown
    assert "Type=notify" not in shown


def test_it_says_that_there_is_no_systemd(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(service_systemd, "BOOTED", config.parent / "nowhere")
    for verb in (["install"], ["status"], ["remove"]):
        assert main(["--config", str(config), "service", *verb, "--user"]) == 2
        assert "systemd does not run here" in capsys.readouterr().err


def test_it_takes_root_to_change_the_system(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(service_systemd, "BOOTED", config.parent)
    monkeypatch.setattr("agent.cli.service_systemd.shutil.which", lambda _: "/usr/bin/systemctl")
    monkeypatch.setattr("agent.cli.service_systemd.os.geteuid", lambda: 1000)
    assert main(["service", "install", "--system", "--account", "dana"]) == 2
    assert "sudo" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["../x", "a b", "-x", ""])
def test_it_takes_no_account_that_is_no_name(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["service", "install", "--system", "--account", name, "--dry-run"]) == 2
    assert "account" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("environ", "word"),
    [
        ({"MONITOR_EXIT_STATUS": "77"}, "followup-agent auth"),
        ({"MONITOR_EXIT_STATUS": "78"}, "followup-agent doctor"),
        ({"MONITOR_SERVICE_RESULT": "watchdog", "MONITOR_EXIT_STATUS": "ABRT"}, "watchdog"),
        ({}, "journalctl"),
    ],
)
def test_it_names_what_a_person_must_do(environ: dict[str, str], word: str) -> None:
    assert word in advice(environ)
