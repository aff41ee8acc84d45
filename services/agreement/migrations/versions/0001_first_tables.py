"""The store's tables, and the rows of the first questions: companies, agreements, measures, hand-offs, claims."""

import sqlalchemy as sa
from alembic import op

from common.eventstore.ddl import create_0001
from common.messaging import tables as messaging

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Facts can be kept and the questions asked."""
    create_0001(op)
    messaging.create_0001(op)
    _companies()
    _agreements()
    _measures()
    _hand_offs()
    _claims()


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _companies() -> None:
    op.create_table(
        "companies",
        sa.Column("company", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        _moment("registered_at"),
    )


def _agreements() -> None:
    op.create_table(
        "memberships",
        sa.Column("agreement_id", sa.Uuid, primary_key=True),
        sa.Column("company", sa.Text, primary_key=True),
    )
    op.create_index("memberships_by_company", "memberships", ["company"])
    op.create_table(
        "agreements",
        sa.Column("agreement_id", sa.Uuid, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("parties", sa.JSON, nullable=False),
        sa.Column("drafted_by", sa.Text, nullable=False),
        _moment("drafted_at"),
        sa.Column("in_force_version", sa.Integer),
        _moment("effective_from", nullable=True),
        _moment("in_force_since", nullable=True),
        sa.Column("proposed_version", sa.Integer),
        sa.Column("proposed_hash", sa.Text),
        sa.Column("signed_by", sa.JSON, nullable=False),
        _moment("changed_at"),
    )


def _measures() -> None:
    op.create_table(
        "measures",
        sa.Column("case_id", sa.Uuid, primary_key=True),
        sa.Column("round", sa.Integer, primary_key=True),
        sa.Column("agreement_id", sa.Uuid, nullable=False),
        sa.Column("agreement_version", sa.Integer, nullable=False),
        sa.Column("clause_id", sa.Text, nullable=False),
        sa.Column("priority", sa.Text, nullable=False),
        _moment("opened_at"),
        _moment("closed_at", nullable=True),
        _moment("response_due"),
        sa.Column("response", sa.Text),
        sa.Column("response_rule", sa.Text),
        _moment("resolution_due"),
        sa.Column("resolution", sa.Text),
        sa.Column("resolution_rule", sa.Text),
        sa.Column("imported", sa.Boolean, nullable=False),
    )
    op.create_index("measures_by_agreement", "measures", ["agreement_id", "opened_at", "case_id", "round"])


def _hand_offs() -> None:
    op.create_table(
        "hand_off_commitments",
        sa.Column("case_id", sa.Uuid, primary_key=True),
        sa.Column("hand_off", sa.Integer, primary_key=True),
        sa.Column("target", sa.Text, primary_key=True),
        sa.Column("agreement_id", sa.Uuid, nullable=False),
        sa.Column("agreement_version", sa.Integer, nullable=False),
        sa.Column("clause_id", sa.Text, nullable=False),
        sa.Column("item_id", sa.Uuid, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("customer", sa.Text, nullable=False),
        sa.Column("supplier", sa.Text, nullable=False),
        sa.Column("service", sa.Text, nullable=False),
        _moment("begun_at"),
        sa.Column("within_seconds", sa.BigInteger, nullable=False),
        _moment("due_at", nullable=True),
        sa.Column("verdict", sa.Text),
        sa.Column("rule", sa.Text),
        sa.Column("took_seconds", sa.BigInteger),
        _moment("ended_at", nullable=True),
        sa.Column("imported", sa.Boolean, nullable=False),
    )
    op.create_index(
        "hand_off_commitments_by_agreement",
        "hand_off_commitments",
        ["agreement_id", "begun_at", "case_id", "hand_off", "target"],
    )


def _claims() -> None:
    op.create_table(
        "claims",
        sa.Column("claim_id", sa.Uuid, primary_key=True),
        sa.Column("agreement_id", sa.Uuid, nullable=False),
        sa.Column("agreement_version", sa.Integer, nullable=False),
        sa.Column("clause_id", sa.Text, nullable=False),
        sa.Column("claimed_by", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("against", sa.Text, nullable=False),
        sa.Column("case_id", sa.Uuid),
        _moment("event_at"),
        sa.Column("description", sa.Text, nullable=False),
        _moment("filed_at"),
    )
    op.create_index("claims_by_agreement", "claims", ["agreement_id", "filed_at", "claim_id"])
    op.create_table(
        "improvement_proposals",
        sa.Column("proposal_id", sa.Uuid, primary_key=True),
        sa.Column("agreement_id", sa.Uuid, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("proposed_by", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("claimed_clause_id", sa.Text),
        sa.Column("claimed_against", sa.Text),
        _moment("event_at", nullable=True),
        sa.Column("case_id", sa.Uuid),
        _moment("filed_at"),
    )
    op.create_index(
        "improvement_proposals_by_agreement", "improvement_proposals", ["agreement_id", "filed_at", "proposal_id"]
    )
