"""The configuration: its defaults, its problems, its places."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from agent.checks import endpoint_problem
from agent.config import KEYS, Config, load
from agent.core.model import Policy
from agent.errors import ConfigError
from agent.paths import credential, locate, state_directory

EXAMPLE = Path(__file__).parent.parent / "config.example.toml"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path / "home"), "XDG_STATE_HOME": str(tmp_path / "state")}


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(
        '[account]\ntime_zone = "Europe/Lisbon"\n' + text if "[account]" not in text else text,
        encoding="utf-8",
    )
    return path


def problems(folder: Path, text: str, environ: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load(written(folder, text), environ)
    assert caught.value.exit_status == 78
    return caught.value.problems


def test_it_needs_nothing_but_an_empty_file(tmp_path: Path, environ: dict[str, str]) -> None:
    path = tmp_path / "config.toml"
    path.write_text("")
    config = load(path, environ)
    assert config.storage.database == tmp_path / "state/followup-agent/agent.db"
    assert config.gmail.token_file == tmp_path / "state/followup-agent/token.json"
    assert config.gmail.client_secret_file == tmp_path / "client_secret.json"
    assert config.account.time_zone == config.policy.time_zone != ""
    assert config.policy == Policy(time_zone=config.account.time_zone)


def test_it_reads_every_value(tmp_path: Path, environ: dict[str, str]) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "cv.pdf").write_bytes(b"%PDF")
    text = """
[account]
address = "jo@home.example"
name = "Jordan Doe"
time_zone = "America/New_York"
[gmail]
client_secret_file = "google/client.json"
api_endpoint = "http://127.0.0.1:8080/"
lookback_days = 30
[storage]
database_url = "sqlite:////var/lib/hunt.db"
keep_mail_text = false
[policy]
thank_you_after_hours = 1.5
holidays = "DE-BY"
quiet_periods = []
max_follow_ups = 0
[drafts]
language = "de"
templates_dir = "mine"
materials = ["cv.pdf"]
[daemon]
poll_seconds = 60
"""
    config = load(written(tmp_path, text), environ)
    assert config.account.name == "Jordan Doe"
    assert config.gmail.client_secret_file == tmp_path / "google/client.json"
    assert config.gmail.api_endpoint == "http://127.0.0.1:8080"
    assert config.storage.database == Path("/var/lib/hunt.db")
    assert not config.storage.keep_mail_text
    assert config.policy.thank_you_after_hours == 1.5
    assert (config.policy.holidays, config.policy.quiet_periods, config.policy.max_follow_ups) == (
        "DE-BY",
        (),
        0,
    )
    assert config.policy.time_zone == "America/New_York"
    assert config.drafts.templates_dir == tmp_path / "mine"
    assert config.drafts.materials == (tmp_path / "cv.pdf",)
    assert config.daemon.poll_seconds == 60


def test_it_reports_every_problem_at_once(tmp_path: Path, environ: dict[str, str]) -> None:
    text = """
[polcy]
x = 1
[policy]
holiday = "US"
move_on_days = -1
max_follow_ups = true
poll_seconds = 3
[daemon]
poll_seconds = "often"
"""
    found = problems(tmp_path, text, environ)
    assert found == (
        "polcy: there is no such table; did you mean policy?",
        "policy.holiday: unknown key; did you mean policy.holidays?",
        "policy.move_on_days: -1 is not between 0 and 366",
        "policy.max_follow_ups: must be a whole number, not True",
        "policy.poll_seconds: unknown key; did you mean daemon.poll_seconds?",
        "daemon.poll_seconds: must be a whole number, not 'often'",
    )


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('holidays = "Germany"', "policy.holidays: 'Germany' is not"),
        ('holidays = "de-by"', "did you mean 'DE-BY'?"),
        ('holidays = "XX"', "policy.holidays: 'XX' is not"),
        ('holidays = "US-ZZ"', "policy.holidays: 'US-ZZ' is not"),
        ('holidays = "US-"', "policy.holidays: 'US-' is not"),
        ('quiet_periods = ["12-20/02-30"]', "policy.quiet_periods: '12-20/02-30' is not"),
        ('quiet_periods = ["W01-1/W02-1"]', "policy.quiet_periods: 'W01-1/W02-1' is not"),
        (
            'quiet_periods = ["03-01/12-31", "01-01/02-28"]',
            "policy.quiet_periods: no day of the year is left",
        ),
        ("quiet_periods = [1]", "policy.quiet_periods: 1 is not"),
        ('quiet_periods = "12-20/01-02"', "policy.quiet_periods: must be a list"),
        ('draft_from = "24:00"', "policy.draft_from: '24:00' is not"),
        ('draft_from = "8:00"', "policy.draft_from: '8:00' is not"),
        ("first_follow_up_days = 7.5", "policy.first_follow_up_days: must be a whole number"),
        ("thank_you_after_hours = nan", "policy.thank_you_after_hours: nan is not"),
        ("thank_you_after_hours = 80", "policy.thank_you_until_hours: must be more than"),
    ],
)
def test_it_refuses_an_impossible_policy(
    line: str, says: str, tmp_path: Path, environ: dict[str, str]
) -> None:
    found = problems(tmp_path, f"[policy]\n{line}\n", environ)
    assert len(found) == 1
    assert says in found[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[account]\ntime_zone = "America/New York"', "did you mean America/New_York?"),
        ('[account]\ntime_zone = "America"', "account.time_zone: there is no time zone"),
        ('[account]\ntime_zone = "../../etc/passwd"', "account.time_zone: there is no time zone"),
        ('[account]\naddress = "nobody"', "account.address: 'nobody' is not an e-mail address"),
        ('[account]\nname = "a\\nBcc: x"', "account.name: must be one line"),
        ('[storage]\ndatabase_url = "postgresql://localhost/x"', "storage.database_url: "),
        ('[storage]\ndatabase_url = "sqlite://"', "storage.database_url: "),
        ('[drafts]\nlanguage = "german"', "drafts.language: "),
        ('[drafts]\nmaterials = ["gone.pdf"]', "drafts.materials: there is no file"),
        ('[drafts]\ntemplates_dir = "gone"', "drafts.templates_dir: there is no folder"),
        ("[daemon]\npoll_seconds = 0", "daemon.poll_seconds: 0 is not between"),
        ("[[policy]]\n", "policy: must be a table"),
    ],
)
def test_it_refuses_an_impossible_value(
    text: str, says: str, tmp_path: Path, environ: dict[str, str]
) -> None:
    found = problems(tmp_path, text, environ)
    assert len(found) == 1
    assert says in found[0]


def test_it_says_where_a_key_outside_its_table_belongs(tmp_path: Path, environ: dict[str, str]) -> None:
    path = tmp_path / "config.toml"
    path.write_text('poll_seconds = 3\n[account]\ntime_zone = "UTC"\n')
    with pytest.raises(ConfigError) as caught:
        load(path, environ)
    assert caught.value.problems == (
        "poll_seconds: stands outside its table; did you mean daemon.poll_seconds?",
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://gmail.googleapis.com",
        "https://www.googleapis.com/",
        "https://gmail.googleapis.com:443",
        "http://127.0.0.1:8080",
        "http://localhost:1",
        "http://[::1]:9",
    ],
)
def test_it_trusts_google_and_the_loopback_interface(url: str) -> None:
    assert endpoint_problem(url) == ""


@pytest.mark.parametrize(
    "url",
    [
        "http://gmail.googleapis.com",
        "https://evil.example",
        "https://gmail.googleapis.com@evil.example",
        "https://evil.example\\@gmail.googleapis.com",
        "https://evilgoogleapis.com",
        "https://googleapis.com.evil.example",
        "https://gmail.googleapis.com.evil.example",
        "https://gmail.googleapis.com:8443",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1:99999",
        "http://[::1",
        "http://10.0.0.1",
        "https://storage.google.com",
        "https://storage.googleapis.com",
        "https://gmail.googleapis.com/path",
        "ftp://127.0.0.1",
        "",
        "https://gmail.googleapis.com\n.evil.example",
    ],
)
def test_it_trusts_no_other_endpoint(url: str) -> None:
    assert endpoint_problem(url)


def test_it_names_the_line_of_a_syntax_error(tmp_path: Path, environ: dict[str, str]) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[policy]\nmove_on_days =\n")
    with pytest.raises(ConfigError, match="line 2"):
        load(path, environ)
    path.write_bytes(b"[account]\nname = '\xff'\n")
    with pytest.raises(ConfigError, match="line 2"):
        load(path, environ)


def test_it_says_how_to_get_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="followup-agent init"):
        load(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)


def test_it_accepts_the_mark_some_editors_put_first(tmp_path: Path, environ: dict[str, str]) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'\xef\xbb\xbf[account]\r\ntime_zone = "UTC"\r\n')
    assert load(path, environ).account.time_zone == "UTC"


def test_it_reads_the_service_managers_secrets_first(tmp_path: Path, environ: dict[str, str]) -> None:
    given = tmp_path / "given"
    given.mkdir()
    environ["CREDENTIALS_DIRECTORY"] = str(given)
    path = written(tmp_path, '[gmail]\ntoken_file = "t.json"\n')
    assert load(path, environ).gmail.token_file == tmp_path / "t.json"
    (given / "token.json").write_text("{}")
    (given / "client_secret.json").write_text("{}")
    gmail = load(path, environ).gmail
    assert (gmail.token_file, gmail.client_secret_file) == (
        given / "token.json",
        given / "client_secret.json",
    )
    assert gmail.token_given
    assert credential("other.json", environ) is None


def test_it_finds_a_token_in_either_place(tmp_path: Path, environ: dict[str, str]) -> None:
    path = written(tmp_path, "")
    state = state_directory(environ)
    (tmp_path / "token.json").write_text("{}")
    assert load(path, environ).gmail.token_file == tmp_path / "token.json"
    state.mkdir(parents=True)
    (state / "token.json").write_text("{}")
    assert load(path, environ).gmail.token_file == state / "token.json"


def test_it_locates_the_file_by_the_contracts_order(tmp_path: Path) -> None:
    environ = {"HOME": "/home/jo"}
    assert locate(None, environ) == Path("/home/jo/.config/followup-agent/config.toml")
    environ["XDG_CONFIG_HOME"] = "relative/is/ignored"
    assert locate(None, environ) == Path("/home/jo/.config/followup-agent/config.toml")
    environ["XDG_CONFIG_HOME"] = "/x"
    assert locate(None, environ) == Path("/x/followup-agent/config.toml")
    environ["CONFIGURATION_DIRECTORY"] = "/etc/followup-agent:/etc/other"
    assert locate(None, environ) == Path("/etc/followup-agent/config.toml")
    environ["FOLLOWUP_AGENT_CONFIG"] = "/e.toml"
    assert locate(None, environ) == Path("/e.toml")
    assert locate("/o.toml", environ) == Path("/o.toml")


def test_it_keeps_its_state_where_the_system_says() -> None:
    environ = {"HOME": "/home/jo"}
    assert state_directory(environ) == Path("/home/jo/.local/state/followup-agent")
    environ["XDG_STATE_HOME"] = "/s"
    assert state_directory(environ) == Path("/s/followup-agent")
    environ["STATE_DIRECTORY"] = "/var/lib/followup-agent/jo"
    assert state_directory(environ) == Path("/var/lib/followup-agent/jo")


def test_the_example_is_the_defaults_and_names_every_key(tmp_path: Path, environ: dict[str, str]) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    sections = re.split(r"^\[(\w+)\]$", text, flags=re.MULTILINE)[1:]
    named = {
        f"{table}.{key}"
        for table, body in zip(sections[::2], sections[1::2], strict=True)
        for key in re.findall(r"^#(\w+) = ", body, flags=re.MULTILINE)
    }
    assert named == set(KEYS)
    path = tmp_path / "config.toml"

    def loaded(content: str) -> Config:
        path.write_text(content, encoding="utf-8")
        return load(path, environ)

    token = '#token_file = "token.json"'  # its default lies in the state folder: see the comment there
    assert (
        loaded(text)
        == loaded(re.sub(r"^#(?=\w+ = )", "", text.replace(token, ""), flags=re.MULTILINE))
        == loaded("")
    )


def test_it_loads_nothing_heavy() -> None:
    code = "import sys, agent.config, agent.paths; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert not {"holidays", "sqlalchemy", "tzlocal", "alembic", "googleapiclient", "httplib2"} & set(
        run.stdout.split()
    )
