"""Which companies are party to which agreements, drafts included: what anybody may look at."""

from uuid import UUID

import sqlalchemy as sa

from agreement.domain.agreement_facts import AgreementDrafted, AgreementInForce
from agreement.projections import metadata
from common.projecting import About, Projection
from common.values import value

memberships = sa.Table(
    "memberships",
    metadata,
    sa.Column("agreement_id", sa.Uuid, primary_key=True),
    sa.Column("company", sa.Text, primary_key=True),
    sa.Index("memberships_by_company", "company"),
)


@value
class Membership:
    """A company is party to an agreement."""

    agreement_id: UUID
    company: str


def key(fact: object) -> list[tuple[UUID, str]] | None:
    """Return a row for each party."""
    match fact:
        case AgreementDrafted() | AgreementInForce():
            return [(fact.agreement_id, company) for company in fact.parties]
        case _:
            return None


def project(_row: Membership | None, _fact: object, about: About) -> Membership:
    """Return the membership after *fact*."""
    agreement_id, company = about.key
    return Membership(agreement_id=agreement_id, company=company)


projection = Projection(table=memberships, row=Membership, key=key, project=project)
