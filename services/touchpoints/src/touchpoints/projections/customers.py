"""The customers of an agreement, without anything personal."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from common.handling.telling import teller_of
from common.projecting import About, Projection
from common.values import replace, value
from touchpoints.domain.customer import CustomerChanged, CustomerErased, CustomerRegistered
from touchpoints.projections import metadata

customers = sa.Table(
    "customers",
    metadata,
    sa.Column("customer_id", sa.Uuid, primary_key=True),
    sa.Column("agreement_id", sa.Uuid, nullable=False),
    sa.Column("company", sa.Text, nullable=False),
    sa.Column("external_reference", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("channel", sa.Text),
    sa.Column("fields", pg.ARRAY(sa.Text), nullable=False),
    sa.Column("erased", sa.Boolean, nullable=False),
    sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("imported", sa.Boolean, nullable=False),
    sa.Column("told_by", sa.Text),
    sa.Index("customers_by_agreement", "agreement_id", "registered_at", "customer_id"),
)


@value
class CustomerRow:
    """A customer as a list shows them; ``told_by`` is the company whose operator told of them as history."""

    customer_id: UUID
    agreement_id: UUID
    company: str
    external_reference: str
    language: str
    channel: str | None
    fields: tuple[str, ...]
    erased: bool
    registered_at: datetime
    imported: bool
    told_by: str | None = None


Fact = CustomerRegistered | CustomerChanged | CustomerErased


def key(fact: object) -> UUID | None:
    """Return the customer that *fact* is about."""
    return fact.customer_id if isinstance(fact, Fact) else None


def project(row: CustomerRow | None, fact: Fact, about: About) -> CustomerRow | None:
    """Return the customer after *fact*."""
    match fact:
        case CustomerRegistered():
            return _registered(fact, about)
        case CustomerChanged() if row:
            return replace(row, language=fact.language, channel=fact.channel, fields=fact.fields)
        case CustomerErased() if row:
            return replace(row, erased=True)
        case _:
            return row


def _registered(fact: CustomerRegistered, about: About) -> CustomerRow:
    return CustomerRow(
        customer_id=fact.customer_id,
        agreement_id=fact.agreement_id,
        company=fact.company,
        external_reference=fact.external_reference,
        language=fact.language,
        channel=fact.channel,
        fields=fact.fields,
        erased=False,
        registered_at=fact.at,
        imported=about.imported,
        told_by=teller_of(about),
    )


projection = Projection(table=customers, row=CustomerRow, key=key, project=project)
