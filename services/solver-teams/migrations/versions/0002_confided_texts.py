"""Texts can rest beside the facts that hold their digests."""

from alembic import op

from common.eventstore import ddl

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """The log has a place for them; this service has none so far."""
    ddl.create_0002(op)
