"""A team's row says which other companies its own has opened it to; those that were there are open to none."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Nobody is taken to have consented to what they were not asked about."""
    op.execute(sa.text("ALTER TABLE teams ADD COLUMN open_to text[] NOT NULL DEFAULT '{}'"))
