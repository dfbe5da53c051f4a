"""When a grown daemon is replaced by a fresh process, and when it is not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.cli.context import App
from agent.cli.renewal import KEPT, PAUSE_SECONDS, RENEWED, RESTING_MB, Renewal, resident_mb
from agent.errors import ConfigError

NOW = 50_000.0  # seconds of the monotonic clock


@pytest.fixture
def file(tmp_path: Path) -> Path:
    config = tmp_path / "config.toml"
    config.write_text('[account]\ntime_zone = "Europe/Zurich"\n')
    return config


def renewal(file: Path, environ: dict[str, str] | None = None, *, mb: float = RESTING_MB + 1) -> Renewal:
    app = App(clock=lambda: datetime(2026, 3, 2, tzinfo=UTC), sleep=lambda _: None, config_file=str(file))
    return Renewal(
        app,
        environ if environ is not None else {},
        monotonic=lambda: NOW,
        resident=lambda: mb,
        command=["/no/such/interpreter", "-m", "agent", "run"],
    )


def test_it_is_wanted_above_what_a_resting_daemon_may_keep(file: Path) -> None:
    assert renewal(file).is_wanted()
    assert not renewal(file, mb=RESTING_MB).is_wanted()


@pytest.mark.parametrize(
    ("last", "wanted"),
    [
        (str(NOW - PAUSE_SECONDS), True),
        (str(NOW - PAUSE_SECONDS + 1), False),
        (str(NOW + 5), True),  # of another boot
        ("nan", True),
        ("soon", True),
    ],
)
def test_it_is_wanted_once_an_hour_at_most(file: Path, last: str, wanted: bool) -> None:
    assert renewal(file, {RENEWED: last}).is_wanted() is wanted


def test_it_never_replaces_a_program_that_only_calls_the_daemon(file: Path) -> None:
    one = renewal(file)
    one.command[-1] = "tests/"
    assert not one.is_wanted()


def test_it_leaves_a_file_that_changed_to_the_user_s_reload(file: Path) -> None:
    one = renewal(file)
    assert one.is_wanted()
    file.write_text("[daemon]\npoll_seconds = 600\n")
    assert not one.is_wanted()
    file.write_text("[no_such_table]\n")
    assert not one.is_wanted()
    file.unlink()
    assert not one.is_wanted()


def test_it_goes_on_as_it_is_where_the_system_refuses(file: Path) -> None:
    environ: dict[str, str] = {}
    one = renewal(file, environ)
    assert one.is_wanted()
    one()
    assert not one.is_wanted()
    assert KEPT not in environ


def test_it_hands_on_the_configuration_in_force_and_nothing_older(file: Path) -> None:
    good = file.read_text()
    file.write_text("[no_such_table]\n")
    with pytest.raises(ConfigError):
        renewal(file).configuration()
    environ = {KEPT: good}
    assert renewal(file, environ).configuration().policy.time_zone == "Europe/Zurich"
    assert KEPT not in environ
    file.write_text('[account]\ntime_zone = "Asia/Tokyo"\n')
    assert renewal(file, {KEPT: good}).configuration().policy.time_zone == "Asia/Tokyo"


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="resident memory is read from proc(5)")
def test_it_knows_its_own_size() -> None:
    assert 5 < resident_mb() < 5000
