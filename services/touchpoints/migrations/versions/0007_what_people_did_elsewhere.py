"""A row of what others told says whether people did it; of what was kept before, a case that people opened says so."""

import sqlalchemy as sa
from alembic import op

from common.eventstore.migrating import apart

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Of imported cases it is not known any more: what was kept of them counts as told."""
    op.execute(sa.text("ALTER TABLE told ADD COLUMN IF NOT EXISTS imported boolean NOT NULL DEFAULT true"))
    with apart(op):
        op.execute(
            sa.text(
                "UPDATE told SET imported = false FROM cases WHERE cases.case_id = told.case_id AND NOT cases.imported"
            )
        )
