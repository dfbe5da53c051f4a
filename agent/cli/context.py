"""What every verb is handed: the clock, the configuration, and the parts built from it on demand."""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from agent.errors import Busy

if TYPE_CHECKING:
    from agent.config import Config
    from agent.cycle.thinking import Thinker
    from agent.cycle.turn import Cycle
    from agent.errors import AgentError
    from agent.gmail.client import Gmail
    from agent.store.store import Store

F = TypeVar("F", bound=Callable[..., Any])
PATIENCE_SECONDS, LOOK_EVERY_SECONDS = 10.0, 0.25


@dataclass(slots=True)
class App:
    """One invocation. Parts are built when asked for, since each costs start-up time, and closed at the end."""

    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    config_file: str | None = None
    verbosity: int = 0
    _config: Config | None = None
    _closing: list[Callable[[], None]] = field(default_factory=list)

    @property
    def config(self) -> Config:
        """The configuration (ConfigError with every problem)."""
        if self._config is None:
            from agent.config import load
            from agent.paths import locate

            self._config = load(locate(self.config_file))
        return self._config

    @property
    def zone(self) -> str:
        """The account's time zone: everything a person reads or types is in it."""
        return self.config.policy.time_zone

    def store(self) -> Store:
        """The database, made or upgraded where needed."""
        from agent.store.store import Store

        store = Store.open(self.config.storage.database)
        self._closing.append(store.close)
        return store

    def damage(self) -> AgentError | None:
        """What is wrong with the database, where that may be why something else went wrong."""
        from agent.store.backup import damage

        return damage(self._config.storage.database) if self._config else None

    def gmail(self) -> Gmail:
        """Gmail, with the stored authorisation (AuthError if there is none)."""
        from agent.gmail.auth import load_token
        from agent.gmail.client import Gmail

        gmail = Gmail(
            load_token(self.config.gmail.token_file),
            self.config.gmail.api_endpoint,
            sleep=self.sleep,
            now=self.clock,
            jitter=random.random,
            quota_units_per_minute=self.config.gmail.quota_units_per_minute,
        )
        self._closing.append(gmail.close)
        return gmail

    def cycle(self, store: Store) -> Cycle:
        """The crank, connected to Gmail."""
        from agent.cli.letters import compose_config, materials
        from agent.cli.progress import progress
        from agent.cycle.turn import Cycle

        return Cycle(
            gmail=self.gmail(),
            store=store,
            config=self.config,
            clock=self.clock,
            sleep=self.sleep,
            compose=compose_config(self.config, store.account()),
            materials=materials(self.config),
            progress=progress(quiet=self.verbosity < 0),
        )

    def thinker(self, store: Store, *, now: datetime | None = None) -> Thinker:
        """Conclusions from the stored facts, without Gmail; ``now`` looks from another instant."""
        from agent.cycle.thinking import Thinker

        return Thinker(store, self.config, now or self.clock())

    @contextmanager
    def alone(self, store: Store) -> Iterator[None]:
        """Hold the account's turn for a moment; a turn that runs is waited for, ten seconds at most (Busy)."""
        from agent.store.files import turn_lock

        with ExitStack() as held:
            waited = 0.0
            while True:
                try:
                    held.enter_context(turn_lock(store.path))
                    break
                except Busy:
                    if waited >= PATIENCE_SECONDS:
                        raise
                    self.sleep(LOOK_EVERY_SECONDS)
                    waited += LOOK_EVERY_SECONDS
            yield

    def say(self, message: str) -> None:
        """A message for the person at the terminal: standard error, silent with --quiet."""
        if self.verbosity >= 0:
            click.echo(clean(message), err=True)

    def close(self) -> None:
        while self._closing:
            self._closing.pop()()


# Mail is hostile: what a terminal would obey (escape sequences, C1 controls, text direction) is never printed as it is.
_OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def clean(text: str) -> str:
    """The text with everything that a terminal obeys made visible."""
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def echo(text: str = "") -> None:
    """A line on standard output."""
    click.echo(clean(text))


def print_json(document: Any) -> None:
    """One JSON document on standard output."""
    click.echo(clean(json.dumps(document, ensure_ascii=False, indent=2)), file=sys.stdout)


def as_json_option(command: F) -> F:
    """The ``--json`` of every command that prints data."""
    option = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
    return option(command)
