"""``man`` and ``completion``: made from the command tree, so they know all of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from agent.cli import main
from agent.cli.app import VERBS, program
from agent.cli.man import manual, roff

ROOT = Path(__file__).parents[2]


def every_command(group: click.Group, context: click.Context) -> list[tuple[str, click.Command]]:
    """The path and the command, the whole tree down."""
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        here = click.Context(command, info_name=name, parent=context)
        found.append((here.command_path, command))
        if isinstance(command, click.Group):
            found += every_command(command, here)
    return found


def test_it_tells_of_every_command_and_option() -> None:
    page = list(manual(program))
    text = "\n".join(page)
    tree = every_command(program, click.Context(program, info_name="followup-agent"))
    assert len(tree) > len(VERBS)
    for path, command in tree:
        assert f".SS {roff(path.removeprefix('followup-agent '))}" in page
        for parameter in command.params:
            assert all(roff(name) in text for name in parameter.opts if name.startswith("--"))


def test_it_prints_the_same_page_twice(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["man"]) == 0
    first = capsys.readouterr().out
    assert main(["man"]) == 0
    assert capsys.readouterr().out == first
    assert first.startswith(".TH ")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (".start", r"\&.start"),
        ("'tis", r"\&'tis"),
        ("a\\b", r"a\eb"),
        ("--json", r"\-\-json"),
        ("a\n .b", "a .b"),
    ],
)
def test_it_lets_no_text_command_roff(text: str, written: str) -> None:
    assert roff(text) == written


def test_it_makes_a_page_that_groff_takes_without_a_word(tmp_path: Path) -> None:
    groff = shutil.which("groff")
    if groff is None:
        pytest.skip("no groff on this machine")
    page = tmp_path / "followup-agent.1"
    page.write_text("\n".join(manual(program)) + "\n")
    done = subprocess.run(
        [groff, "-man", "-ww", "-z", "-K", "utf8", "-T", "utf8", str(page)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_it_prints_a_script_that_the_shell_takes(
    shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "_FOLLOWUP_AGENT_COMPLETE" in script
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"no {shell} on this machine")
    file = tmp_path / "script"
    file.write_text(script)
    subprocess.run([found, "-n", str(file)], check=True)


def test_it_knows_no_other_shell(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "csh"]) == 2
    assert "csh" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "wanted", "unwanted"),
    [
        ("followup-agent st", {"status"}, {"show"}),
        ("followup-agent auth ex", {"export"}, {"status"}),
        ("followup-agent status --a", {"--all"}, {"--json"}),
        ("followup-agent export --format ", {"json", "csv", "ics"}, {"xml"}),
    ],
)
def test_it_completes_what_is_begun(line: str, wanted: set[str], unwanted: set[str]) -> None:
    """As bash asks: the words in the environment, the answers a line each."""
    asked = {
        **os.environ, "_FOLLOWUP_AGENT_COMPLETE": "bash_complete", "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split(" ")) - 1), "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    code = "import sys; from agent.cli import main; sys.exit(main([]))"
    done = subprocess.run([sys.executable, "-c", code], env=asked, capture_output=True, text=True, check=True)
    answers = {row.partition(",")[2] for row in done.stdout.split()}
    assert wanted <= answers
    assert not unwanted & answers
