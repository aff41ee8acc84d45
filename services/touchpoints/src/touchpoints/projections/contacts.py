"""The contacts of an agreement: who was in touch, when and how; never what was said."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from common.projecting import About, Projection, of_types
from common.values import replace, value
from touchpoints.domain.contact import ContactFoundToBeSpam, ContactLinked, ContactRecorded
from touchpoints.projections import metadata

contacts = sa.Table(
    "contacts",
    metadata,
    sa.Column("contact_id", sa.Uuid, primary_key=True),
    sa.Column("agreement_id", sa.Uuid, nullable=False),
    sa.Column("customer_id", sa.Uuid, nullable=False),
    sa.Column("case_id", sa.Uuid),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("external_reference", sa.Text, nullable=False),
    sa.Column("thread_reference", sa.Text),
    sa.Column("direction", sa.Text, nullable=False),
    sa.Column("team_id", sa.Uuid),
    sa.Column("company", sa.Text, nullable=False),
    sa.Column("service", sa.Text),
    sa.Column("spam", sa.Boolean, nullable=False),
    sa.Column("contacted_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("imported", sa.Boolean, nullable=False),
    sa.Index("contacts_by_agreement", "agreement_id", "contacted_at", "contact_id"),
    sa.Index("contacts_by_case", "case_id", "contacted_at"),
    sa.Index("contacts_by_customer", "customer_id", "contacted_at"),
)


@value
class ContactRow:
    """A contact as a list shows it."""

    contact_id: UUID
    agreement_id: UUID
    customer_id: UUID
    case_id: UUID | None
    channel: str
    external_reference: str
    thread_reference: str | None
    direction: str
    team_id: UUID | None
    company: str
    service: str | None
    spam: bool
    contacted_at: datetime
    imported: bool


Fact = ContactRecorded | ContactLinked | ContactFoundToBeSpam


def key(fact: object) -> UUID | None:
    """Return the contact that *fact* is about."""
    return fact.contact_id if isinstance(fact, Fact) else None


def project(row: ContactRow | None, fact: Fact, about: About) -> ContactRow | None:
    """Return the contact after *fact*."""
    match fact:
        case ContactRecorded():
            return _recorded(fact, about)
        case ContactLinked(case_id=case_id) if row:
            return replace(row, case_id=case_id)
        case ContactFoundToBeSpam() if row:
            return replace(row, spam=True)
        case _:
            return row


def _recorded(fact: ContactRecorded, about: About) -> ContactRow:
    return ContactRow(
        contact_id=fact.contact_id,
        agreement_id=fact.agreement_id,
        customer_id=fact.customer_id,
        case_id=fact.case_id,
        channel=fact.channel,
        external_reference=fact.external_reference,
        thread_reference=fact.thread_reference,
        direction=fact.direction,
        team_id=fact.team_id,
        company=fact.company,
        service=fact.service,
        spam=False,
        contacted_at=fact.at,
        imported=about.imported,
    )


projection = Projection(table=contacts, row=ContactRow, key=key, project=project, anew=of_types(ContactRecorded))
