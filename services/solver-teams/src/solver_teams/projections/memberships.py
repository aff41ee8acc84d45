"""Which companies are, or were, party to which agreements: what anybody may look at."""

from uuid import UUID

import sqlalchemy as sa

from common.projecting import About, Projection
from common.values import value
from solver_teams.domain.agreement import TermsLearned
from solver_teams.projections import metadata

memberships = sa.Table(
    "memberships",
    metadata,
    sa.Column("agreement_id", sa.Uuid, primary_key=True),
    sa.Column("company", sa.Text, primary_key=True),
    sa.Column("first_version", sa.Integer, nullable=False),
    sa.Index("memberships_by_company", "company"),
)


@value
class Membership:
    """A company is or was party to an agreement."""

    agreement_id: UUID
    company: str
    first_version: int


def key(fact: object) -> list[tuple[UUID, str]] | None:
    """Return a row for each party."""
    match fact:
        case TermsLearned(agreement_id=agreement_id, terms=terms):
            return [(agreement_id, company) for company in terms.parties]
        case _:
            return None


def project(row: Membership | None, fact: TermsLearned, about: About) -> Membership:
    """Return the membership after *fact*."""
    agreement_id, company = about.key
    first = fact.terms.version if row is None else min(row.first_version, fact.terms.version)
    return Membership(agreement_id=agreement_id, company=company, first_version=first)


projection = Projection(table=memberships, row=Membership, key=key, project=project)
