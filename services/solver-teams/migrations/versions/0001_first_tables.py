"""The tables that the service begins with."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from common.eventstore import ddl
from common.messaging import tables as messaging

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Facts can be kept, published and followed, and the questions asked."""
    ddl.create_0001(op)
    messaging.create_0001(op)
    _memberships()
    _teams()
    _work()


def _memberships() -> None:
    op.create_table(
        "memberships",
        sa.Column("agreement_id", sa.Uuid, primary_key=True),
        sa.Column("company", sa.Text, primary_key=True),
        sa.Column("first_version", sa.Integer, nullable=False),
    )
    op.create_index("memberships_by_company", "memberships", ["company"])


def _teams() -> None:
    op.create_table(
        "teams",
        sa.Column("team_id", sa.Uuid, primary_key=True),
        sa.Column("agreement_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("level", sa.Text),
        sa.Column("companies", pg.ARRAY(sa.Text), nullable=False),
        sa.Column("members", pg.JSONB, nullable=False),
        sa.Column("coverage", pg.JSONB, nullable=False),
        sa.Column("calendar", pg.JSONB, nullable=False),
        sa.Column("registered_at", _MOMENT, nullable=False),
    )
    op.create_index("teams_by_agreement", "teams", ["agreement_id", "name", "team_id"])


def _work() -> None:
    op.create_table(
        "work",
        sa.Column("case_id", sa.Uuid, primary_key=True),
        sa.Column("agreement_id", sa.Uuid, nullable=False),
        sa.Column("agreement_version", sa.Integer, nullable=False),
        sa.Column("accountable", sa.Text, nullable=False),
        sa.Column("company", sa.Text, nullable=False),
        sa.Column("service", sa.Text, nullable=False),
        sa.Column("activity", sa.Text, nullable=False),
        sa.Column("region", sa.Text, nullable=False),
        sa.Column("priority", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("parked", sa.Text),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("items", pg.JSONB, nullable=False),
        sa.Column("teams", pg.ARRAY(sa.Uuid), nullable=False),
        sa.Column("companies", pg.ARRAY(sa.Text), nullable=False),
        sa.Column("last", pg.JSONB),
        sa.Column("been", pg.ARRAY(sa.Uuid), nullable=False),
        sa.Column("hand_offs", sa.Integer, nullable=False),
        sa.Column("company_changes", sa.Integer, nullable=False),
        sa.Column("returned", sa.Boolean, nullable=False),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("imported", sa.Boolean, nullable=False),
    )
    op.create_index("work_by_agreement", "work", ["agreement_id", "opened_at", "case_id"])
    op.create_index("work_by_change", "work", ["agreement_id", "changed_at", "case_id"])
    op.create_index("work_by_accountable", "work", ["agreement_id", "accountable"])
    op.create_index("work_by_team", "work", ["teams"], postgresql_using="gin")
    op.create_index("work_by_company", "work", ["companies"], postgresql_using="gin")
