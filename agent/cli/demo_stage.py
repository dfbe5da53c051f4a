"""The demo's stage: an embedded Gmail on the loopback interface, and the real program set up to talk to it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.cli.context import App
from agent.errors import DataError, UserError
from agent.store.files import turn_lock

if TYPE_CHECKING:
    from agent.cycle.report import TurnReport
    from agent.cycle.turn import Cycle
    from agent.demo.mailbox import Mailbox
    from agent.demo.server import GmailServer
    from agent.store.store import Store

Json = dict[str, Any]
CONFIG = """\
# Made by `followup-agent demo`. Its Gmail was there for the demo only: `sync` finds nobody any more,
# while `status`, `show`, `why` and `plan` go on reading the database beside this file.
[account]
address = {address}
name = {name}
time_zone = {time_zone}

[gmail]
token_file = "token.json"
api_endpoint = {url}

[storage]
database_url = {database}

[policy]
holidays = {holidays}
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """The program as `run` would hold it: one store, one crank, turned again and again."""

    server: GmailServer
    app: App
    store: Store
    cycle: Cycle

    def turn(self) -> TurnReport:
        """One turn of the agent, at the mailbox's present time."""
        with turn_lock(self.store.path):
            return self.cycle.turn()

    def documents(self) -> dict[str, Json]:
        """The candidacies as last concluded, by id."""
        return {one.id: dict(one.document) for one in self.store.conclusions()}

    def text_of(self, draft_id: str) -> str:
        """A draft's text as it lies in the mailbox."""
        return self.server.mailbox.message_of(draft_id).mail.text


@contextmanager
def stage(
    mailbox: Mailbox, folder: Path, *, clock: Callable[[], datetime], time_zone: str, holidays: str
) -> Iterator[Stage]:
    """Start the Gmail, write configuration and token into the folder, build the program; all is closed at the end.

    Requests are those of the real client over HTTP; a token drawn at random opens the mailbox, and nothing else does.
    """
    gmail = _server_class()
    with ExitStack() as closing_all:
        server = closing_all.enter_context(gmail(mailbox, wall_clock=clock, control=False))
        _private(folder / "token.json", json.dumps(server.token_info()))
        _private(folder / "config.toml", _config(mailbox, server.url, folder, time_zone, holidays))
        app = App(clock=clock, sleep=lambda _: None, config_file=str(folder / "config.toml"), verbosity=-1)
        closing_all.enter_context(closing(app))
        store = app.store()
        yield Stage(server, app, store, app.cycle(store))


def _server_class() -> type[GmailServer]:
    try:
        from agent.demo.server import GmailServer
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "werkzeug":
            raise
        raise UserError(
            "the demo needs a library that is not installed",
            ('type: pip install "interview-followup-agent[demo]"',),
        ) from error
    return GmailServer


def _config(mailbox: Mailbox, url: str, folder: Path, time_zone: str, holidays: str) -> str:
    values = {
        "address": mailbox.address,
        "name": mailbox.name,
        "time_zone": time_zone,
        "url": url,
        "database": f"sqlite:///{folder / 'agent.db'}",
        "holidays": holidays,
    }
    return CONFIG.format(**{key: json.dumps(value, ensure_ascii=False) for key, value in values.items()})


def _private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


@contextmanager
def workplace(keep: Path | None) -> Iterator[Path]:
    """The folder that is kept (new or empty, else DataError), or one that is gone afterwards."""
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="followup-agent-demo-") as made:
            yield Path(made)
        return
    try:
        keep.mkdir(mode=0o700, parents=True, exist_ok=True)
        taken = any(keep.iterdir())
    except OSError as error:
        raise DataError(f"{keep} cannot be used as a folder: {error.strerror}") from error
    if taken:
        raise DataError(
            f"{keep} is not empty: --keep wants a new folder, so that nothing of yours is overwritten"
        )
    yield keep.absolute()
