"""The agreements there are: which version binds last, and what is on the table."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from asyncpg import Pool, Record

from agreement.domain.agreement_facts import (
    AgreementDrafted,
    AgreementInForce,
    AgreementProposed,
    AgreementSigned,
    AmendmentDrafted,
    BoundariesApproved,
    Fact,
    ProposalWithdrawn,
    SignatureDeclined,
    TermsChanged,
)
from agreement.projections import metadata
from common.projecting import About, Projection
from common.values import replace, value

agreements = sa.Table(
    "agreements",
    metadata,
    sa.Column("agreement_id", sa.Uuid, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("parties", sa.JSON, nullable=False),
    sa.Column("drafted_by", sa.Text, nullable=False),
    sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("in_force_version", sa.Integer),
    sa.Column("effective_from", sa.DateTime(timezone=True)),
    sa.Column("in_force_since", sa.DateTime(timezone=True)),
    sa.Column("proposed_version", sa.Integer),
    sa.Column("proposed_hash", sa.Text),
    sa.Column("signed_by", sa.JSON, nullable=False),
    sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
)


@value
class AgreementRow:
    """One agreement. ``in_force_version`` is the last that all have signed, whether its date has come or not."""

    agreement_id: UUID
    title: str
    parties: list[str]
    drafted_by: str
    drafted_at: datetime
    in_force_version: int | None
    effective_from: datetime | None
    in_force_since: datetime | None
    proposed_version: int | None
    proposed_hash: str | None
    signed_by: list[str]
    changed_at: datetime


def key(fact: object) -> UUID | None:
    """Return the agreement that *fact* is about."""
    return fact.agreement_id if isinstance(fact, Fact) else None


def project(row: AgreementRow | None, fact: Fact, about: About) -> AgreementRow | None:
    """Return the row after *fact*."""
    if isinstance(fact, AgreementDrafted):
        return _drafted(fact)
    return None if row is None else replace(_changed(row, fact), changed_at=about.at)


def _drafted(fact: AgreementDrafted) -> AgreementRow:
    return AgreementRow(
        agreement_id=fact.agreement_id,
        title=fact.title,
        parties=list(fact.parties),
        drafted_by=fact.by.company,
        drafted_at=fact.at,
        in_force_version=None,
        effective_from=None,
        in_force_since=None,
        proposed_version=None,
        proposed_hash=None,
        signed_by=[],
        changed_at=fact.at,
    )


def _changed(row: AgreementRow, fact: Fact) -> AgreementRow:
    match fact:
        case AgreementProposed(version=version, content_hash=hashed):
            return replace(row, proposed_version=version, proposed_hash=hashed, signed_by=[])
        case TermsChanged() | AmendmentDrafted() | ProposalWithdrawn():
            return replace(row, proposed_version=None, proposed_hash=None, signed_by=[])
        case AgreementSigned(by=by):
            return replace(row, signed_by=sorted({*row.signed_by, by.company}))
        case SignatureDeclined(by=by):
            return replace(row, signed_by=[company for company in row.signed_by if company != by.company])
        case AgreementInForce():
            return _in_force(row, fact)
        case BoundariesApproved() | AgreementDrafted():
            return row


def _in_force(row: AgreementRow, fact: AgreementInForce) -> AgreementRow:
    return replace(
        row,
        parties=list(fact.parties),
        in_force_version=fact.version,
        effective_from=fact.effective_from,
        in_force_since=fact.at,
        proposed_version=None,
        proposed_hash=None,
        signed_by=[],
    )


_IN_FORCE = """
    SELECT agreement_id FROM agreements
    WHERE in_force_version IS NOT NULL AND parties::jsonb ? $1
"""


async def in_force(pool: "Pool[Record]", company: str) -> frozenset[UUID]:
    """Return the agreements in force that *company* is party to."""
    return frozenset(UUID(bytes=row["agreement_id"].bytes) for row in await pool.fetch(_IN_FORCE, company))


projection = Projection(table=agreements, row=AgreementRow, key=key, project=project)
