"""A case's row says which company was proposed, how often the system did so, and until when what it said stands."""

import sqlalchemy as sa
from alembic import op

from common.eventstore.migrating import apart

revision = "0005"
down_revision = "0004"

_STEPS = (
    """
    ALTER TABLE work
        ADD COLUMN IF NOT EXISTS proposed_company text,
        ADD COLUMN IF NOT EXISTS proposals integer NOT NULL DEFAULT 0,
        ADD COLUMN IF NOT EXISTS rests_until timestamptz
    """,
    """
    UPDATE work SET proposed_company = last.company, proposals = last.times,
        rests_until = last.at + least(power(2, least(last.times - 1, 12)), 3600) * interval '1 second'
    FROM (
        SELECT DISTINCT ON (stream) stream, (data->>'item_id')::uuid AS item_id, data->>'company' AS company, at,
            count(*) OVER (PARTITION BY stream, data->>'item_id') AS times
        FROM events WHERE name = 'team-proposed' ORDER BY stream, version DESC
    ) AS last
    WHERE last.stream = 'case_work-' || work.case_id AND last.item_id = work.unasked
    """,
)


def upgrade() -> None:
    """Rows that were there say what their facts say."""
    op.execute(sa.text(_STEPS[0]))
    with apart(op):
        op.execute(sa.text(_STEPS[1].replace(":", r"\:")))
