"""What the demo shows: a diary with a bar under it on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import date
from textwrap import wrap
from types import TracebackType
from typing import TYPE_CHECKING, Self

from agent.cli.context import clean, echo
from agent.cli.demo_diary import Entry

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

COLUMNS, MIN_COLUMNS = 110, 40  # of a page; a narrower terminal is respected down to the second
STYLES = {"mail": "cyan", "you": "green", "agent": "bold", "day": "bold underline", "noise": "dim"}
INDENT = " " * 15


class Screen:
    """Standard output; a context manager for the bar's sake.

    ``total``: the steps a bar shows, 0 for no bar; ``quiet`` shows nothing at all.
    """

    def __init__(self, total: int = 0, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._console = _console() if sys.stdout.isatty() and not quiet else None
        self._bar = _bar(self._console, total) if self._console and total else None
        width = self._console.width if self._console else COLUMNS
        self._columns = max(MIN_COLUMNS, min(COLUMNS, width))

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def line(self, text: str = "", style: str = "") -> None:
        """One line of text."""
        if self._quiet:
            return
        if self._console is None:
            echo(text)
            return
        from rich.text import Text

        self._console.print(Text(clean(text), style=STYLES.get(style, style)))

    def paragraph(self, text: str, *, indent: str = "", first: str = "", style: str = "") -> None:
        """A text wrapped at the width of a page, its first line led by ``first``."""
        lines = wrap(text, self._columns - len(indent), break_on_hyphens=False) or [""]
        for number, one in enumerate(lines):
            self.line(f"{indent if number else first or indent}{one}", style)

    def advance(self) -> None:
        """One more step is done."""
        if self._bar:
            self._bar.advance(self._bar.task_ids[0])

    def day(self, day: date, entries: Sequence[Entry], name: str) -> None:
        """A day of the diary, if anything happened on it."""
        if not entries:
            return
        self.line()
        self.line(f"{day:%a} {day.day} {day:%B}", "day")
        for entry in entries:
            if not entry.noise:
                self._entry(entry, name)
        if noise := [entry.text for entry in entries if entry.noise and entry.who == "mail"]:
            self.line(f"         also  {'; '.join(noise)}", "noise")

    def _entry(self, entry: Entry, name: str) -> None:
        who = {"mail": "mail", "you": name, "agent": "agent"}[entry.who]
        firm = f"{entry.company}: " if entry.company else ""
        because = f" ({entry.because.rstrip('.')})" if entry.because else ""
        self.paragraph(
            f"{firm}{entry.text}{because}",
            first=f"  {entry.at:%H:%M}  {who:<6}",
            indent=INDENT,
            style=entry.who,
        )


def _console() -> Console:
    from rich.console import Console

    return Console(no_color=bool(os.environ.get("NO_COLOR")), highlight=False)


def _bar(console: Console, total: int) -> Progress:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    bar = Progress(*columns, TimeRemainingColumn(), console=console, transient=True)
    bar.add_task("the hunt", total=total)
    return bar
