"""Alembic migrations, shipped in the wheel as ``agent.migrations``."""
