"""One ordered timeline of a case across companies and channels: its contacts, and what every service stated.

What touchpoints stated itself is folded from its log into ``timeline``; what others stated is kept in ``told`` as it is
taken in, and ``entries`` is both.
"""

from datetime import datetime
from uuid import UUID, uuid5

import sqlalchemy as sa

from common.projecting import About, Projection, of_types
from common.values import Person, Rule, replace, value
from touchpoints.domain.case import CustomerCameBack, PriorityDecided
from touchpoints.domain.contact import ContactLinked, ContactRecorded
from touchpoints.domain.opening import CaseOpened
from touchpoints.projections import metadata
from touchpoints.projections.cases import cases

timeline = sa.Table(
    "timeline",
    metadata,
    sa.Column("entry_id", sa.Uuid, primary_key=True),
    sa.Column("case_id", sa.Uuid),
    sa.Column("agreement_id", sa.Uuid, nullable=False),
    sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("round", sa.Integer),
    sa.Column("company", sa.Text),
    sa.Column("by_company", sa.Text),
    sa.Column("team_id", sa.Uuid),
    sa.Column("contact_id", sa.Uuid),
    sa.Column("channel", sa.Text),
    sa.Column("direction", sa.Text),
    sa.Column("detail", sa.Text),
    sa.Column("stated_by", sa.Text, nullable=False),
    sa.Index("timeline_by_case", "case_id", "happened_at", "position", "entry_id"),
)

told = sa.Table(
    "told",
    metadata,
    sa.Column("event_id", sa.Uuid, primary_key=True),
    sa.Column("case_id", sa.Uuid, nullable=False),
    sa.Column("agreement_id", sa.Uuid, nullable=False),
    sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("round", sa.Integer),
    sa.Column("company", sa.Text),
    sa.Column("by_company", sa.Text),
    sa.Column("team_id", sa.Uuid),
    sa.Column("detail", sa.Text),
    sa.Column("imported", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Index("told_by_case", "case_id", "happened_at", "place", "position", "event_id"),
)


@value
class Told:
    """What another service stated about a case, under the id of its fact.

    ``place`` orders what is said to have happened in one moment: by round, then as services follow one another.
    ``position`` is the fact's in its service's log. ``imported``: a source told it, or nothing is known of that.
    """

    event_id: UUID
    case_id: UUID
    agreement_id: UUID
    happened_at: datetime
    place: int
    position: int
    source: str
    what: str
    round: int | None
    company: str | None
    by_company: str | None
    team_id: UUID | None
    detail: str | None
    imported: bool


def done_elsewhere(*, by: str | None = None) -> sa.ColumnElement[bool]:
    """Tell of a row of ``cases`` whether people, if given of the company *by*, act on the case in another service."""
    there = (
        told.c.case_id == cases.c.case_id,
        told.c.agreement_id == cases.c.agreement_id,
        told.c.imported.is_(False),
    )
    people = told.c.by_company.is_not(None) | (told.c.source != "agreement")  # whose clock states what nobody did
    return sa.exists().where(*there, told.c.by_company == by if by else people)


def entries(case_id: UUID, agreement_id: UUID) -> sa.Subquery:
    """Return all that stands on the timeline of a case: what its own agreement's services and parties stated of it."""
    own, others = timeline.c, told.c
    shared = ("case_id", "happened_at", "position", "source", "what", "round", "company", "by_company", "team_id")
    stated = sa.select(
        own.entry_id,
        sa.literal(0, sa.Integer).label("place"),
        *(own[name] for name in shared),
        *(own.contact_id, own.channel, own.direction, own.detail, own.stated_by),
    )
    kept = sa.select(
        others.event_id.label("entry_id"),
        others.place,
        *(others[name] for name in shared),
        sa.null().cast(sa.Uuid).label("contact_id"),
        sa.null().cast(sa.Text).label("channel"),
        sa.null().cast(sa.Text).label("direction"),
        others.detail,
        others.source.label("stated_by"),
    )
    return sa.union_all(
        *(
            some.where(table.case_id == case_id, table.agreement_id == agreement_id)
            for some, table in ((stated, own), (kept, others))
        )
    ).subquery()


@value
class Entry:
    """One thing that happened to a case; a contact waits here without a case until it is linked to one."""

    entry_id: UUID
    case_id: UUID | None
    agreement_id: UUID
    happened_at: datetime
    position: int
    source: str
    what: str
    stated_by: str
    round: int | None = None
    company: str | None = None
    by_company: str | None = None
    team_id: UUID | None = None
    contact_id: UUID | None = None
    channel: str | None = None
    direction: str | None = None
    detail: str | None = None


Fact = ContactRecorded | ContactLinked | CaseOpened | PriorityDecided | CustomerCameBack


def key(fact: object) -> UUID | None:
    """Return the entry that *fact* makes or changes."""
    match fact:
        case ContactRecorded(contact_id=contact_id) | ContactLinked(contact_id=contact_id):
            return contact_id
        case CaseOpened(case_id=case_id):
            return uuid5(case_id, "opened")
        case PriorityDecided(case_id=case_id, priority=priority, at=at):
            return uuid5(case_id, f"priority:{priority}:{at.isoformat()}")
        case CustomerCameBack(case_id=case_id, contact_id=contact_id):
            return uuid5(case_id, f"came-back:{contact_id}")
        case _:
            return None


def project(row: Entry | None, fact: Fact, about: About) -> Entry | None:
    """Return the entry after *fact*."""
    match fact:
        case ContactRecorded():
            return _contact(fact, about)
        case ContactLinked():
            return row and replace(row, case_id=fact.case_id)
        case CaseOpened() | PriorityDecided() | CustomerCameBack():
            return _own(fact, about)


def _contact(fact: ContactRecorded, about: About) -> Entry:
    return Entry(
        entry_id=about.key,
        case_id=fact.case_id,
        agreement_id=fact.agreement_id,
        happened_at=fact.at,
        position=about.position,
        source="touchpoints",
        what="contact",
        stated_by=_who(about),
        company=fact.company,
        by_company=_company(about),
        team_id=fact.team_id,
        contact_id=fact.contact_id,
        channel=fact.channel,
        direction=fact.direction,
    )


def _own(fact: CaseOpened | PriorityDecided | CustomerCameBack, about: About) -> Entry:
    entry = Entry(
        entry_id=about.key,
        case_id=fact.case_id,
        agreement_id=fact.agreement_id,
        happened_at=fact.at,
        position=about.position,
        source="touchpoints",
        what="customer-came-back",
        stated_by=_who(about),
        by_company=_company(about),
    )
    match fact:
        case CaseOpened():
            return replace(
                entry,
                what="case-opened",
                company=fact.company,
                team_id=fact.team_id,
                contact_id=fact.contact_id,
                detail=f"accountable: {fact.accountable} ({fact.accountable_rule})",
            )
        case PriorityDecided():
            return replace(
                entry,
                what="priority-decided",
                company=fact.decided_by.company,
                detail=f"{fact.priority} (proposed: {fact.proposed})",
            )
        case CustomerCameBack():
            return replace(entry, contact_id=fact.contact_id)


def _who(about: About) -> str:
    match about.actor:
        case Person(person=person, company=company):
            return about.performed_by or f"{person} ({company})"
        case Rule(rule=rule):
            return rule


def _company(about: About) -> str | None:
    return about.actor.company if isinstance(about.actor, Person) else None


projection = Projection(
    table=timeline,
    row=Entry,
    key=key,
    project=project,
    anew=of_types(ContactRecorded, CaseOpened, PriorityDecided, CustomerCameBack),
)
