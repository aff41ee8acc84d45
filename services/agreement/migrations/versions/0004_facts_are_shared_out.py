"""The facts of a source are shared out among all workers, by tables that say who takes in which."""

from alembic import op

from common.messaging import tables as messaging

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Where the version before stands is read when the first of us begins; see ``common.messaging.shares``."""
    messaging.create_0002(op)
