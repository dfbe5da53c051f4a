"""What every verb is handed: the clock, the configuration, and the parts built from it on demand."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from agent.config import Config
    from agent.cycle.thinking import Thinker
    from agent.cycle.turn import Cycle
    from agent.store.store import Store


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

    def store(self) -> Store:
        """The database, made or upgraded where needed."""
        from agent.store.store import Store

        store = Store.open(self.config.storage.database)
        self._closing.append(store.close)
        return store

    def cycle(self, store: Store) -> Cycle:
        """The crank, connected to Gmail."""
        from agent.cli.letters import compose_config
        from agent.cli.progress import progress
        from agent.cycle.turn import Cycle
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
        return Cycle(
            gmail=gmail,
            store=store,
            config=self.config,
            clock=self.clock,
            sleep=self.sleep,
            compose=compose_config(self.config, store.account()),
            progress=progress(quiet=self.verbosity < 0),
        )

    def thinker(self, store: Store) -> Thinker:
        """Conclusions from the stored facts, without Gmail."""
        from agent.cycle.thinking import Thinker

        return Thinker(store, self.config, self.clock())

    def say(self, message: str) -> None:
        """A message for the person at the terminal: standard error, silent with --quiet."""
        if self.verbosity >= 0:
            click.echo(message, err=True)

    def close(self) -> None:
        while self._closing:
            self._closing.pop()()


def print_json(document: Any) -> None:
    """One JSON document on standard output."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
