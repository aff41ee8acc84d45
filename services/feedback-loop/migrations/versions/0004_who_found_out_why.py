"""A negative experience's row says who found out its reason; rows are folded again where one did."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """The version before leaves the column empty."""
    op.execute(sa.text("ALTER TABLE recoveries ADD COLUMN IF NOT EXISTS inquired_by text"))
