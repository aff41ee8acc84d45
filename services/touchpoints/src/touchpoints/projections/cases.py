"""The cases of an agreement as touchpoints knows them: what was promised at opening, and how the loop stands."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from common.projecting import About, Projection, of_types
from common.values import replace, value
from touchpoints.domain.case import CustomerCameBack, CustomerHeard, PriorityDecided
from touchpoints.domain.opening import CaseOpened, PriorityProposed, SolvedAtContact
from touchpoints.domain.timeline import TimelineNoted
from touchpoints.projections import metadata

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("case_id", sa.Uuid, primary_key=True),
    sa.Column("agreement_id", sa.Uuid, nullable=False),
    sa.Column("agreement_version", sa.Integer, nullable=False),
    sa.Column("customer_id", sa.Uuid, nullable=False),
    sa.Column("contact_id", sa.Uuid),
    sa.Column("team_id", sa.Uuid),
    sa.Column("company", sa.Text, nullable=False),
    sa.Column("service", sa.Text, nullable=False),
    sa.Column("activity", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("priority", sa.Text, nullable=False),
    sa.Column("proposed_priority", sa.Text, nullable=False),
    sa.Column("priority_rule", sa.Text),
    sa.Column("priority_decided_by", sa.Text),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("external_reference", sa.Text),
    sa.Column("accountable", sa.Text, nullable=False),
    sa.Column("accountable_clause", sa.Text),
    sa.Column("accountable_rule", sa.Text, nullable=False),
    sa.Column("solved_at_contact", pg.JSONB),
    sa.Column("loop", sa.Text, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("contacts", sa.Integer, nullable=False),
    sa.Column("companies", pg.ARRAY(sa.Text), nullable=False),
    sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("imported", sa.Boolean, nullable=False),
    sa.Index("cases_by_agreement", "agreement_id", "opened_at", "case_id"),
    sa.Index("cases_by_change", "agreement_id", "changed_at", "case_id"),
    sa.Index("cases_by_customer", "customer_id"),
)


@value
class CaseRow:
    """A case as a list shows it. ``loop`` is what was learned of it: in-work, closed, parked or came-back."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    customer_id: UUID
    contact_id: UUID | None
    team_id: UUID | None
    company: str
    service: str
    activity: str
    region: str
    priority: str
    proposed_priority: str
    priority_rule: str | None
    priority_decided_by: str | None
    language: str
    external_reference: str | None
    accountable: str
    accountable_clause: str | None
    accountable_rule: str
    solved_at_contact: SolvedAtContact | None
    loop: str
    round: int
    contacts: int
    companies: tuple[str, ...]
    opened_at: datetime
    changed_at: datetime
    imported: bool


Fact = CaseOpened | PriorityProposed | PriorityDecided | CustomerHeard | CustomerCameBack | TimelineNoted

_LOOP = {"case-closed": "closed", "case-parked": "parked", "round-opened": "in-work", "case-unparked": "in-work"}


def key(fact: object) -> UUID | None:
    """Return the case that *fact* is about."""
    return fact.case_id if isinstance(fact, Fact) else None


def project(row: CaseRow | None, fact: Fact, about: About) -> CaseRow | None:
    """Return the case after *fact*."""
    if isinstance(fact, CaseOpened):
        return _opened(fact, about)
    if row is None:
        return None
    return replace(_after(row, fact), changed_at=max(row.changed_at, fact.at))


def _after(row: CaseRow, fact: Fact) -> CaseRow:
    match fact:
        case PriorityProposed(proposed=proposed, rule=rule):
            return replace(row, proposed_priority=proposed, priority_rule=rule)
        case PriorityDecided(priority=priority, decided_by=by):
            return replace(row, priority=priority, priority_decided_by=f"{by.person} ({by.company})")
        case CustomerHeard():
            return replace(row, contacts=row.contacts + 1)
        case CustomerCameBack():
            return replace(row, loop="came-back")
        case TimelineNoted():
            return _noted(row, fact)
        case CaseOpened():
            return row


def _noted(row: CaseRow, fact: TimelineNoted) -> CaseRow:
    joins = fact.takes_part and fact.company is not None and fact.company not in row.companies
    return replace(
        row,
        loop=_LOOP.get(fact.milestone, row.loop),
        round=max(row.round, fact.round or 1),
        companies=(*row.companies, fact.company) if joins and fact.company else row.companies,
    )


def _opened(fact: CaseOpened, about: About) -> CaseRow:
    return CaseRow(
        case_id=fact.case_id,
        agreement_id=fact.agreement_id,
        agreement_version=fact.agreement_version,
        customer_id=fact.customer_id,
        contact_id=fact.contact_id,
        team_id=fact.team_id,
        company=fact.company,
        service=fact.service,
        activity=fact.activity,
        region=fact.region,
        priority=fact.priority,
        proposed_priority=fact.priority,
        priority_rule=None,
        priority_decided_by=None,
        language=fact.language,
        external_reference=fact.external_reference,
        accountable=fact.accountable,
        accountable_clause=fact.accountable_clause,
        accountable_rule=fact.accountable_rule,
        solved_at_contact=fact.solved_at_contact,
        loop="in-work",
        round=1,
        contacts=0,
        companies=tuple(dict.fromkeys((fact.company, fact.accountable))),
        opened_at=fact.at,
        changed_at=fact.at,
        imported=about.imported,
    )


projection = Projection(table=cases, row=CaseRow, key=key, project=project, anew=of_types(CaseOpened))
