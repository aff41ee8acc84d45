"""The tables that the service begins with: the store's, messaging's, and the rows of its questions."""

import sqlalchemy as sa
from alembic import op

from common.eventstore import ddl
from common.messaging import tables as messaging

revision = "0001"
down_revision = None

_STEPS = (
    """
    CREATE TABLE memberships (
        agreement_id UUID NOT NULL,
        company TEXT NOT NULL,
        first_version INTEGER NOT NULL,
        PRIMARY KEY (agreement_id, company)
    )
    """,
    """
    CREATE INDEX memberships_by_company ON memberships (company)
    """,
    """
    CREATE TABLE loops (
        case_id UUID NOT NULL,
        agreement_id UUID NOT NULL,
        agreement_version INTEGER NOT NULL,
        customer_id UUID NOT NULL,
        language TEXT NOT NULL,
        company TEXT NOT NULL,
        accountable TEXT NOT NULL,
        accountable_clause TEXT,
        service TEXT NOT NULL,
        activity TEXT NOT NULL,
        region TEXT NOT NULL,
        priority TEXT NOT NULL,
        external_reference TEXT,
        state TEXT NOT NULL,
        stage TEXT NOT NULL,
        stage_before TEXT NOT NULL,
        round INTEGER NOT NULL,
        verdict TEXT,
        source TEXT,
        escalated_to TEXT,
        parking_proposed TEXT,
        parked_reason TEXT,
        parked_at TIMESTAMP WITH TIME ZONE,
        duplicate_of UUID,
        request_id UUID,
        request_imported BOOLEAN NOT NULL,
        request_expires_at TIMESTAMP WITH TIME ZONE,
        reminders INTEGER NOT NULL,
        delivered INTEGER NOT NULL,
        opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
        changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        closed_at TIMESTAMP WITH TIME ZONE,
        version INTEGER NOT NULL,
        imported BOOLEAN NOT NULL,
        customer_erased BOOLEAN NOT NULL,
        rounds JSONB NOT NULL,
        PRIMARY KEY (case_id)
    )
    """,
    """
    CREATE INDEX loops_by_agreement ON loops (agreement_id, opened_at, case_id)
    """,
    """
    CREATE INDEX loops_by_change ON loops (agreement_id, changed_at, case_id)
    """,
    """
    CREATE INDEX loops_by_primary ON loops (duplicate_of)
    """,
    """
    CREATE INDEX loops_by_state ON loops (agreement_id, state, opened_at)
    """,
    """
    CREATE TABLE tasks (
        case_id UUID NOT NULL,
        task TEXT NOT NULL,
        ref UUID NOT NULL,
        agreement_id UUID NOT NULL,
        round INTEGER NOT NULL,
        proposed_by_company TEXT,
        imported BOOLEAN NOT NULL,
        since TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (case_id, task, ref)
    )
    """,
    """
    CREATE INDEX tasks_by_agreement ON tasks (agreement_id, since)
    """,
    """
    CREATE TABLE requests (
        request_id UUID NOT NULL,
        case_id UUID NOT NULL,
        agreement_id UUID NOT NULL,
        PRIMARY KEY (request_id)
    )
    """,
    """
    CREATE TABLE recoveries (
        case_id UUID NOT NULL,
        feedback_id UUID NOT NULL,
        agreement_id UUID NOT NULL,
        round INTEGER NOT NULL,
        score INTEGER NOT NULL,
        scale TEXT NOT NULL,
        reason TEXT,
        source TEXT NOT NULL,
        companies TEXT[] NOT NULL,
        negative_at TIMESTAMP WITH TIME ZONE NOT NULL,
        actions JSONB NOT NULL,
        imported BOOLEAN NOT NULL,
        PRIMARY KEY (case_id, feedback_id)
    )
    """,
    """
    CREATE INDEX recoveries_by_agreement ON recoveries (agreement_id, negative_at, feedback_id)
    """,
    """
    CREATE TABLE closings (
        case_id UUID NOT NULL,
        feedback_id UUID NOT NULL,
        round INTEGER NOT NULL,
        score INTEGER NOT NULL,
        scale TEXT NOT NULL,
        source TEXT NOT NULL,
        positive_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (case_id, feedback_id)
    )
    """,
    """
    CREATE INDEX closings_by_case ON closings (case_id, round)
    """,
)


def upgrade() -> None:
    """Facts can be kept, published and heard, and the questions asked."""
    ddl.create_0001(op)
    messaging.create_0001(op)
    for step in _STEPS:
        op.execute(sa.text(step))
