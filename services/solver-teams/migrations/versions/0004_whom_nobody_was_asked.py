"""A case's row says for which of its items people have asked nobody, so that the system can propose anew."""

import sqlalchemy as sa
from alembic import op

from common.eventstore.migrating import apart

revision = "0004"
down_revision = "0003"

_STEPS = (
    """
    ALTER TABLE work
        ADD COLUMN IF NOT EXISTS told boolean NOT NULL DEFAULT true,
        ADD COLUMN IF NOT EXISTS unasked uuid,
        ADD COLUMN IF NOT EXISTS proposed uuid
    """,
    """
    UPDATE work SET told = imported AND NOT EXISTS (
        SELECT FROM events WHERE stream = 'case_work-' || case_id AND NOT events.imported
    )
    """,
    """
    UPDATE work SET unasked = last.item_id, proposed = last.team_id
    FROM (
        SELECT DISTINCT ON (stream) stream, (data->>'item_id')::uuid AS item_id, (data->>'team_id')::uuid AS team_id
        FROM events WHERE name = 'team-proposed' ORDER BY stream, version DESC
    ) AS last
    WHERE last.stream = 'case_work-' || work.case_id
        AND EXISTS (SELECT FROM jsonb_array_elements(items) AS item WHERE item->>'item_id' = last.item_id::text)
        AND NOT EXISTS (
            SELECT FROM events
            WHERE stream = last.stream AND name = 'work-offered' AND data->>'item_id' = last.item_id::text
        )
    """,
    """
    DROP INDEX CONCURRENTLY IF EXISTS work_unasked
    """,
    """
    CREATE INDEX CONCURRENTLY work_unasked ON work
        (agreement_id, service, activity, region, accountable, agreement_version, proposed, case_id)
        WHERE unasked IS NOT NULL AND NOT told AND state = 'in-work'
    """,
)


def upgrade() -> None:
    """Rows that were there say what their facts say."""
    op.execute(sa.text(_STEPS[0]))
    with apart(op):
        for step in _STEPS[1:]:
            op.execute(sa.text(step.replace(":", r"\:")))
