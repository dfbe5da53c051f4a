"""The shipped units, read by systemd's own tools: they are valid, and exposed no more than promised."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from agent.cli.checkup_units import EXPOSURE_SYSTEM, EXPOSURE_USER
from agent.cli.service_units import Place, names, quoted, rendered, shipped

pytestmark = pytest.mark.process
ANALYSE = shutil.which("systemd-analyze")
SYSTEM = sorted(path.name for path in shipped().glob("*@.*"))
USER = sorted(
    path.name
    for path in shipped().iterdir()
    if path.suffix in {".service", ".timer"} and "@" not in path.name
)
SERVICES = [name for name in (*SYSTEM, *USER) if name.endswith(".service")]


def analyse(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    if ANALYSE is None:
        pytest.skip("no systemd-analyze on this machine")
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    environ = {**os.environ, "XDG_RUNTIME_DIR": str(runtime), "LC_ALL": "C"}
    return subprocess.run([ANALYSE, *words], capture_output=True, text=True, env=environ, check=False)


def test_it_ships_every_unit_that_an_installation_names() -> None:
    for system in (True, False):
        wanted = {unit for timer in (True, False) for unit in names(system=system, timer=timer)}
        assert wanted == set(SYSTEM if system else USER)


@pytest.mark.parametrize("system", [True, False], ids=["system", "user"])
def test_it_is_valid(tmp_path: Path, system: bool) -> None:
    place = Place(("/bin/true",), ("/opt",), Path("/etc/hosts"), (Path("/var"),))
    files = []
    for unit in SYSTEM if system else USER:
        file = tmp_path / unit.replace("@.", "@me.")
        file.write_text(rendered(unit, place))
        files.append(str(file))
    done = analyse(tmp_path, *([] if system else ["--user"]), "verify", "--man=no", *files)
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd-analyze does not verify files")
    # a newer systemd may warn of what a distribution's own units do
    assert [line for line in done.stderr.splitlines() if "followup-agent" in line] == []
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("unit", SERVICES)
def test_it_is_exposed_no_more_than_promised(tmp_path: Path, unit: str) -> None:
    system = "@" in unit
    done = analyse(
        tmp_path,
        *([] if system else ["--user"]),
        "security",
        "--offline=true",
        "--no-pager",
        str(shipped() / unit),
    )
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd-analyze rates no unit files (--offline)")
    said = re.search(r"Overall exposure level for .*: (\d+\.\d+)", done.stdout)
    assert said, done.stderr
    assert float(said[1]) <= (EXPOSURE_SYSTEM if system else EXPOSURE_USER)


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("/opt/agent/bin/python", "/opt/agent/bin/python"),
        ("/home/jo doe/bin", '"/home/jo doe/bin"'),
        ("/srv/100%/x", "/srv/100%%/x"),
        ('/srv/a"b', '"/srv/a\\"b"'),
    ],
)
def test_it_quotes_what_systemd_would_expand(word: str, written: str) -> None:
    assert quoted(word) == written
    assert quoted("/srv/$x", command=True) == "/srv/$$x"
