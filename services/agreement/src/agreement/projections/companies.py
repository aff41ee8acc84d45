"""The companies that are known."""

from datetime import datetime

import sqlalchemy as sa

from agreement.domain.company import CompanyAmended, CompanyRegistered
from agreement.projections import metadata
from common.projecting import About, Projection
from common.values import value

companies = sa.Table(
    "companies",
    metadata,
    sa.Column("company", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("time_zone", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
)


@value
class CompanyRow:
    """One company."""

    company: str
    name: str
    time_zone: str
    language: str
    registered_at: datetime


def key(fact: object) -> str | None:
    """Return the company that *fact* is about."""
    return fact.company if isinstance(fact, CompanyRegistered | CompanyAmended) else None


def project(row: CompanyRow | None, fact: CompanyRegistered | CompanyAmended, about: About) -> CompanyRow:
    """Return the row after *fact*."""
    return CompanyRow(
        company=fact.company,
        name=fact.name,
        time_zone=fact.time_zone,
        language=fact.language,
        registered_at=about.at if row is None else row.registered_at,
    )


projection = Projection(table=companies, row=CompanyRow, key=key, project=project)
