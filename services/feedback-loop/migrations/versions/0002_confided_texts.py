"""Texts rest beside the facts that hold their digests, and rows know who may read them."""

import sqlalchemy as sa
from alembic import op

from common.eventstore import ddl

revision = "0002"
down_revision = "0001"

_STEPS = (
    """
    ALTER TABLE loops ADD COLUMN companies TEXT[] NOT NULL DEFAULT '{}', ADD COLUMN sharing JSONB NOT NULL DEFAULT '{}'
    """,
    """
    ALTER TABLE recoveries ADD COLUMN taken_by TEXT
    """,
)
"""Cases before this rest on terms that share everything, so that it does not matter who was on them."""


def upgrade() -> None:
    """Every reader can be shown what the agreement shares with them."""
    ddl.create_0002(op)
    for step in _STEPS:
        op.execute(sa.text(step))
