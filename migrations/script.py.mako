"""${message}: what changes for the stored data, and why.

Revision ${up_revision}, after ${down_revision}. Revisions are four digits, counted up: the program compares them.
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
