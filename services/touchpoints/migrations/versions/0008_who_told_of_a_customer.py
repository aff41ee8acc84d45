"""A customer's row says which company's operator told of them; rows are folded again where one did."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """The version before leaves the column empty."""
    op.execute(sa.text("ALTER TABLE customers ADD COLUMN IF NOT EXISTS told_by text"))
