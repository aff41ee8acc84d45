"""What has been claimed, by the clause and the version it rests on."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from agreement.domain.claim import ClaimFiled
from agreement.projections import metadata
from common.projecting import About, Projection
from common.values import value

claims = sa.Table(
    "claims",
    metadata,
    sa.Column("claim_id", sa.Uuid, primary_key=True),
    sa.Column("agreement_id", sa.Uuid, nullable=False),
    sa.Column("agreement_version", sa.Integer, nullable=False),
    sa.Column("clause_id", sa.Text, nullable=False),
    sa.Column("claimed_by", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("against", sa.Text, nullable=False),
    sa.Column("case_id", sa.Uuid),
    sa.Column("event_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Index("claims_by_agreement", "agreement_id", "filed_at", "claim_id"),
)


@value
class ClaimRow:
    """One claim."""

    claim_id: UUID
    agreement_id: UUID
    agreement_version: int
    clause_id: str
    claimed_by: str
    person: str
    against: str
    case_id: UUID | None
    event_at: datetime
    description: str
    filed_at: datetime


def key(fact: object) -> UUID | None:
    """Return the claim that *fact* is about."""
    return fact.claim_id if isinstance(fact, ClaimFiled) else None


def project(_row: ClaimRow | None, fact: ClaimFiled, _about: About) -> ClaimRow:
    """Return the row after *fact*."""
    return ClaimRow(
        claim_id=fact.claim_id,
        agreement_id=fact.agreement_id,
        agreement_version=fact.agreement_version,
        clause_id=fact.clause_id,
        claimed_by=fact.by.company,
        person=fact.by.person,
        against=fact.against,
        case_id=fact.case_id,
        event_at=fact.event_at,
        description=fact.description,
        filed_at=fact.at,
    )


projection = Projection(table=claims, row=ClaimRow, key=key, project=project)
