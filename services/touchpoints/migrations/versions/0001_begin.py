"""The tables that the service begins with."""

import sqlalchemy as sa
from alembic import op

from common.eventstore import ddl
from common.messaging import tables as messaging

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_STEPS = (
    """
    CREATE TABLE customer_keys (customer_id uuid PRIMARY KEY, public_key text NOT NULL, wrapped text NOT NULL)
    """,
    """
    CREATE TABLE memberships (
        agreement_id uuid NOT NULL,
        company text NOT NULL,
        first_version integer NOT NULL,
        PRIMARY KEY (agreement_id, company)
    )
    """,
    """
    CREATE INDEX memberships_by_company ON memberships (company)
    """,
    """
    CREATE TABLE teams (
        team_id uuid PRIMARY KEY,
        agreement_id uuid NOT NULL,
        name text NOT NULL,
        purpose text NOT NULL,
        company text NOT NULL,
        time_zone text NOT NULL,
        calendar text,
        languages text[] NOT NULL,
        members jsonb NOT NULL,
        registered_at timestamptz NOT NULL
    )
    """,
    """
    CREATE INDEX teams_by_agreement ON teams (agreement_id, name, team_id)
    """,
    """
    CREATE TABLE customers (
        customer_id uuid PRIMARY KEY,
        agreement_id uuid NOT NULL,
        company text NOT NULL,
        external_reference text NOT NULL,
        language text NOT NULL,
        channel text,
        fields text[] NOT NULL,
        erased boolean NOT NULL,
        registered_at timestamptz NOT NULL,
        imported boolean NOT NULL
    )
    """,
    """
    CREATE INDEX customers_by_agreement ON customers (agreement_id, registered_at, customer_id)
    """,
    """
    CREATE TABLE contacts (
        contact_id uuid PRIMARY KEY,
        agreement_id uuid NOT NULL,
        customer_id uuid NOT NULL,
        case_id uuid,
        channel text NOT NULL,
        external_reference text NOT NULL,
        thread_reference text,
        direction text NOT NULL,
        team_id uuid,
        company text NOT NULL,
        service text,
        spam boolean NOT NULL,
        contacted_at timestamptz NOT NULL,
        imported boolean NOT NULL
    )
    """,
    """
    CREATE INDEX contacts_by_agreement ON contacts (agreement_id, contacted_at, contact_id)
    """,
    """
    CREATE INDEX contacts_by_case ON contacts (case_id, contacted_at)
    """,
    """
    CREATE INDEX contacts_by_customer ON contacts (customer_id, contacted_at)
    """,
    """
    CREATE TABLE cases (
        case_id uuid PRIMARY KEY,
        agreement_id uuid NOT NULL,
        agreement_version integer NOT NULL,
        customer_id uuid NOT NULL,
        contact_id uuid,
        team_id uuid,
        company text NOT NULL,
        service text NOT NULL,
        activity text NOT NULL,
        region text NOT NULL,
        priority text NOT NULL,
        proposed_priority text NOT NULL,
        priority_rule text,
        priority_decided_by text,
        language text NOT NULL,
        external_reference text,
        accountable text NOT NULL,
        accountable_clause text,
        accountable_rule text NOT NULL,
        solved_at_contact jsonb,
        loop text NOT NULL,
        round integer NOT NULL,
        contacts integer NOT NULL,
        companies text[] NOT NULL,
        opened_at timestamptz NOT NULL,
        changed_at timestamptz NOT NULL,
        imported boolean NOT NULL
    )
    """,
    """
    CREATE INDEX cases_by_agreement ON cases (agreement_id, opened_at, case_id)
    """,
    """
    CREATE INDEX cases_by_change ON cases (agreement_id, changed_at, case_id)
    """,
    """
    CREATE INDEX cases_by_customer ON cases (customer_id)
    """,
    """
    CREATE TABLE timeline (
        entry_id uuid PRIMARY KEY,
        case_id uuid,
        agreement_id uuid NOT NULL,
        happened_at timestamptz NOT NULL,
        position bigint NOT NULL,
        source text NOT NULL,
        what text NOT NULL,
        round integer,
        company text,
        team_id uuid,
        contact_id uuid,
        channel text,
        direction text,
        detail text,
        stated_by text NOT NULL
    )
    """,
    """
    CREATE INDEX timeline_by_case ON timeline (case_id, happened_at, position, entry_id)
    """,
)


def upgrade() -> None:
    """Make them."""
    ddl.create_0001(op)
    messaging.create_0001(op)
    for step in _STEPS:
        op.execute(sa.text(step))
