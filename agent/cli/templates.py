"""``templates``: the letters that drafts are written from, built-in and the user's own; listed, shown, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from agent.cli.context import App, as_json_option, echo, print_json
from agent.errors import DataError

Json = dict[str, Any]


@click.command("templates", epilog="Example: followup-agent templates follow_up_1.en > follow_up_1.en.j2")
@click.argument("name", required=False)
@click.option(
    "--check", is_flag=True, help="Render each against sample facts; exit 65 if there are problems."
)
@as_json_option
@click.pass_obj
def command(app: App, name: str | None, check: bool, as_json: bool) -> int:
    """The templates that drafts are written from: all of them, or the text of the one that is named.

    A file of the same name in drafts.templates_dir takes the place of a built-in one.
    """
    from agent.cli.letters import compose_config
    from agent.core.writing.letters import built_in

    own = compose_config(app.config, None).templates
    everything = {**built_in(), **own}
    names = sorted(everything) if name is None else [_named(name, everything)]
    if check:
        return _check(names, everything, as_json=as_json)
    if name is not None:
        _show(names[0], everything[names[0]], own, as_json=as_json)
    else:
        _list(names, own, as_json=as_json)
    return 0


def _named(name: str, everything: Mapping[str, str]) -> str:
    full = name if name.endswith(".j2") else f"{name}.j2"
    if full not in everything:
        raise DataError(f"there is no template {name!r}; there are", tuple(sorted(everything)))
    return full


def _origin(name: str, own: Mapping[str, str]) -> str:
    from agent.core.writing.letters import built_in

    if name not in own:
        return "built-in"
    return "own, instead of the built-in one" if name in built_in() else "own"


def _list(names: list[str], own: Mapping[str, str], *, as_json: bool) -> None:
    from agent.cli.tables import print_table

    if as_json:
        rows = [{"name": name, "own": name in own} for name in names]
        print_json({"schema": 1, "templates": rows})
        return
    print_table(("TEMPLATE", "ORIGIN"), [(name, _origin(name, own)) for name in names])


def _show(name: str, text: str, own: Mapping[str, str], *, as_json: bool) -> None:
    if as_json:
        print_json({"schema": 1, "name": name, "own": name in own, "text": text})
    else:
        echo(text.rstrip("\n"))


def _check(names: list[str], everything: Mapping[str, str], *, as_json: bool) -> int:
    """Problems as ``name:line: what``, one a line on standard output."""
    from agent.core.writing.compose import check

    problems = check({name: everything[name] for name in names})
    if as_json:
        print_json({"schema": 1, "checked": names, "problems": list(problems)})
    else:
        for problem in problems or (f"{len(names)} templates, no problem",):
            echo(problem)
    return DataError.exit_status if problems else 0
