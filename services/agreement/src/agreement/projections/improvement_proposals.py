"""What has been proposed that the agreement does not say, refused claims among it."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from agreement.domain.claim import ImprovementProposalFiled
from agreement.projections import metadata
from common.projecting import About, Projection
from common.values import value

improvement_proposals = sa.Table(
    "improvement_proposals",
    metadata,
    sa.Column("proposal_id", sa.Uuid, primary_key=True),
    sa.Column("agreement_id", sa.Uuid, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("proposed_by", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("claimed_clause_id", sa.Text),
    sa.Column("claimed_against", sa.Text),
    sa.Column("event_at", sa.DateTime(timezone=True)),
    sa.Column("case_id", sa.Uuid),
    sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Index("improvement_proposals_by_agreement", "agreement_id", "filed_at", "proposal_id"),
)


@value
class ProposalRow:
    """One proposal. ``claimed_clause_id`` is set when it was refused as a claim."""

    proposal_id: UUID
    agreement_id: UUID
    title: str
    description: str
    proposed_by: str
    person: str
    claimed_clause_id: str | None
    claimed_against: str | None
    event_at: datetime | None
    case_id: UUID | None
    filed_at: datetime


def key(fact: object) -> UUID | None:
    """Return the proposal that *fact* is about."""
    return fact.proposal_id if isinstance(fact, ImprovementProposalFiled) else None


def project(_row: ProposalRow | None, fact: ImprovementProposalFiled, _about: About) -> ProposalRow:
    """Return the row after *fact*."""
    return ProposalRow(
        proposal_id=fact.proposal_id,
        agreement_id=fact.agreement_id,
        title=fact.title,
        description=fact.description,
        proposed_by=fact.by.company,
        person=fact.by.person,
        claimed_clause_id=fact.claimed_clause_id,
        claimed_against=fact.claimed_against,
        event_at=fact.event_at,
        case_id=fact.case_id,
        filed_at=fact.at,
    )


projection = Projection(table=improvement_proposals, row=ProposalRow, key=key, project=project)
