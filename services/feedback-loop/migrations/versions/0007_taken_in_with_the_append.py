"""What is made of others' facts, and that they were taken in, is one statement."""

from alembic import op

from common.messaging import tables as messaging

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Programs of the version before go on with two statements in a transaction."""
    messaging.create_0003(op)
