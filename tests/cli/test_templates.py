"""``templates``: listed, shown, checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.core.writing.letters import built_in
from tests.cli.conftest import World


@pytest.fixture
def own(world: World) -> Path:
    """A folder for the user's own templates, named in the configuration."""
    folder = world.folder / "letters"
    folder.mkdir()
    config = world.program.config
    config.write_text(f'{config.read_text()}\n[drafts]\ntemplates_dir = "{folder}"\n')
    return folder


def test_it_lists_what_is_built_in_and_what_is_the_users(world: World, own: Path) -> None:
    (own / "follow_up_2.en.j2").write_text(built_in()["follow_up_2.en.j2"])
    lines = world.out("templates").splitlines()
    assert len(lines) == 1 + len(built_in())
    assert [line.split()[0] for line in lines if "own" in line] == ["follow_up_2.en.j2"]
    rows = world.json("templates")["templates"]
    assert [row["name"] for row in rows if row["own"]] == ["follow_up_2.en.j2"]


def test_it_shows_one_as_a_file_to_start_from(world: World) -> None:
    assert world.out("templates", "thank_you.de").rstrip() == built_in()["thank_you.de.j2"].rstrip()
    code, err = world.fails("templates", "love_letter.en")
    assert code == 65
    assert "thank_you.de.j2" in err


def test_it_finds_nothing_wrong_with_its_own(world: World) -> None:
    assert f"{len(built_in())} templates, no problem" in world.out("templates", "--check")


def test_it_names_the_line_of_a_problem(world: World, own: Path) -> None:
    (own / "follow_up_1.en.j2").write_text(
        "{{ greeting }}\n\nJust checking in about {{ salary }}.\n\n{{ closing }}\n"
    )
    code, out, _ = world.run("templates", "--check")
    assert code == 65
    assert "follow_up_1.en.j2:3: it says “just checking in”" in out
    assert "follow_up_1.en.j2:3: 'salary' is undefined" in out
    code, out, _ = world.run("templates", "follow_up_2.en", "--check")
    assert code == 0
