"""Progress on standard error: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click


def progress(*, quiet: bool) -> Callable[[str, int, int], None]:
    """A ``Progress`` for the cycle: redraws one line on a terminal."""
    if quiet or not sys.stderr.isatty():
        return lambda *_: None

    def draw(what: str, done: int, total: int) -> None:
        share = f" {done + 1}/{total}" if total else ""
        click.echo(f"\r\033[K{what}{share}", err=True, nl=False)
        if total and done + 1 >= total:
            click.echo("\r\033[K", err=True, nl=False)

    return draw
