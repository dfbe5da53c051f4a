"""Alembic's entry: runs the steps on the connection the program hands over, inside that connection's transaction."""

from alembic import context
from sqlalchemy import Connection

from agent.store.schema import metadata


def run_on(connection: Connection) -> None:
    """Every step on SQLite in batch mode; the transaction is the caller's, so all steps stand or fall together."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        transactional_ddl=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is None:
    raise SystemExit("run `followup-agent db upgrade`: migrations need the program's own connection")
run_on(given)
