"""What others state about a case is kept as rows of its timeline, where each was a private fact of this service."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_STEPS = (
    """
    CREATE TABLE told (
        event_id uuid PRIMARY KEY,
        case_id uuid NOT NULL,
        agreement_id uuid NOT NULL,
        happened_at timestamptz NOT NULL,
        place integer NOT NULL,
        position bigint NOT NULL,
        source text NOT NULL,
        what text NOT NULL,
        round integer,
        company text,
        by_company text,
        team_id uuid,
        detail text
    )
    """,
    """
    CREATE INDEX told_by_case ON told (case_id, happened_at, place, position, event_id)
    """,
    """
    INSERT INTO told
        SELECT causation, (data->>'case_id')::uuid, (data->>'agreement_id')::uuid, at,
               10 * coalesce((data->>'round')::integer, 0) + CASE
                   WHEN data->>'milestone' = 'round-opened' THEN 0
                   WHEN data->>'source' = 'solver-teams' THEN 1
                   ELSE 2
               END,
               position, data->>'source', data->>'milestone', (data->>'round')::integer, data->>'company', NULL,
               (data->>'team_id')::uuid, data->>'detail'
        FROM events WHERE name = 'timeline-noted' AND causation IS NOT NULL
        ON CONFLICT DO NOTHING
    """,
    """
    ALTER TABLE timeline ADD COLUMN by_company text
    """,
    """
    DELETE FROM timeline WHERE source <> 'touchpoints'
    """,
)


def upgrade() -> None:
    """Those that were facts are rows from now on, under the ids of the facts that they were made of."""
    for step in _STEPS:
        op.execute(sa.text(step.replace(":", r"\:")))
