"""From any older schema to this program's: backup first, then every step in one transaction."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

import agent
from agent.store.backup import keep_backup
from agent.store.database import begun
from agent.store.files import REVISION, require_known, stored_revision, upgrade_lock


def upgrade_to_head(engine: Engine, path: Path) -> Path | None:
    """Bring the schema up to date; returns the backup made before, or None if there was nothing to keep or to do."""
    with upgrade_lock(path):
        revision = stored_revision(path)  # read again: another process may just have done the work
        require_known(path, revision)
        if revision == REVISION:
            return None
        backup = keep_backup(path, revision) if revision is not None else None
        run_migrations(engine)
        return backup


def run_migrations(engine: Engine, target: str = "head") -> None:
    """Every missing step to ``target``, in one transaction: all or none."""
    config = alembic_config()
    with begun(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, target)


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    return config


def migrations_folder() -> Path:
    """Where the migrations lie: ``agent.migrations`` once installed, the top-level folder in a bare checkout."""
    try:
        return Path(str(resources.files("agent.migrations")))
    except ModuleNotFoundError:
        return Path(agent.__file__).parent.parent / "migrations"
