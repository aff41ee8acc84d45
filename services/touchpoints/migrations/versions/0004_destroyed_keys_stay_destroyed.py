"""A destroyed key leaves its row empty, and the table's file is rewritten without it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_STEPS = (
    """
    ALTER TABLE customer_keys
        ALTER COLUMN public_key DROP NOT NULL,
        ALTER COLUMN wrapped DROP NOT NULL,
        ALTER COLUMN wrapped TYPE text USING wrapped || '',
        ADD COLUMN remains boolean NOT NULL DEFAULT false
    """,  # the new type is the old one: it makes a new file, without the rows that were deleted before
    """
    CREATE INDEX customer_keys_that_remain ON customer_keys (customer_id) WHERE remains
    """,
)


def upgrade() -> None:
    """No customer whose key was destroyed gets another, and what may still be in the file is known."""
    for step in _STEPS:
        op.execute(sa.text(step))
