"""What the service keeps of requests is keyed with a secret of its own."""

from alembic import op

from common.eventstore import ddl

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """There is one."""
    ddl.create_0003(op)
