"""Appending takes a time that grows with how much there is to append, and no faster."""

from alembic import op

from common.eventstore import ddl

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """The function before stays, for programs of the version before that still run."""
    ddl.create_0004(op)
