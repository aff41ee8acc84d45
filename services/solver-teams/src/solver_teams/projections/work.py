"""Who has the work of which case now, and how often it was directed elsewhere."""

from datetime import datetime
from typing import get_args
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from common.projecting import About, Projection, of_types
from common.values import replace, value
from solver_teams.domain.case_work.evolve import directed
from solver_teams.domain.case_work.facts import (
    Fact,
    HandOverAccepted,
    HandOverDeclined,
    HandOverOffered,
    HandOverWithdrawn,
    ItemOpened,
    ItemSolved,
    ItemWithdrawn,
    SolutionProposed,
    TeamProposed,
    WorkAccepted,
    WorkEnded,
    WorkOffered,
    WorkOpened,
    WorkParked,
    WorkPaused,
    WorkRejected,
    WorkReopened,
    WorkResumed,
    WorkUnparked,
)
from solver_teams.domain.hand_offs import Crew, Track
from solver_teams.domain.routing import rests_until
from solver_teams.projections import metadata

IN_WORK, AWAITING, PARKED, CLOSED = "in-work", "awaiting-feedback", "parked", "closed"
STATES = (IN_WORK, AWAITING, PARKED, CLOSED)

work = sa.Table(
    "work",
    metadata,
    sa.Column("case_id", sa.Uuid, primary_key=True),
    sa.Column("agreement_id", sa.Uuid, nullable=False),
    sa.Column("agreement_version", sa.Integer, nullable=False),
    sa.Column("accountable", sa.Text, nullable=False),
    sa.Column("company", sa.Text, nullable=False),
    sa.Column("service", sa.Text, nullable=False),
    sa.Column("activity", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("priority", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("parked", sa.Text),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("items", pg.JSONB, nullable=False),
    sa.Column("teams", pg.ARRAY(sa.Uuid), nullable=False),
    sa.Column("companies", pg.ARRAY(sa.Text), nullable=False),
    sa.Column("last", pg.JSONB),
    sa.Column("been", pg.ARRAY(sa.Uuid), nullable=False),
    sa.Column("hand_offs", sa.Integer, nullable=False),
    sa.Column("company_changes", sa.Integer, nullable=False),
    sa.Column("returned", sa.Boolean, nullable=False),
    sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("imported", sa.Boolean, nullable=False),
    sa.Column("told", sa.Boolean, nullable=False),
    sa.Column("unasked", sa.Uuid),
    sa.Column("proposed", sa.Uuid),
    sa.Column("proposed_company", sa.Text),
    sa.Column("proposals", sa.Integer, nullable=False, server_default="0"),
    sa.Column("rests_until", sa.DateTime(timezone=True)),
    sa.Index("work_by_agreement", "agreement_id", "opened_at", "case_id"),
    sa.Index("work_by_change", "agreement_id", "changed_at", "case_id"),
    sa.Index("work_by_accountable", "agreement_id", "accountable"),
    sa.Index("work_by_team", "teams", postgresql_using="gin"),
    sa.Index("work_by_company", "companies", postgresql_using="gin"),
    sa.Index(
        "work_unasked",
        *("agreement_id", "service", "activity", "region", "accountable", "agreement_version", "proposed", "case_id"),
        postgresql_where=sa.text("unasked IS NOT NULL AND NOT told AND state = 'in-work'"),
    ),
)


@value
class ItemRow:
    """An open item: who holds it (no team: before anyone accepted), who was asked, and why it does not go on."""

    item_id: UUID
    company: str
    team_id: UUID | None = None
    asked_team_id: UUID | None = None
    asked_company: str | None = None
    paused: str | None = None


@value
class WorkRow:
    """The work of a case as a list shows it.

    ``teams`` and ``companies`` hold an open item or were asked to; ``last`` and ``been`` are whom the work was directed
    to last and the teams it was directed to before. ``told``: all that is known of it, a source told. ``unasked``: the
    item that the system proposed ``proposed`` for (None: nobody covers it), of ``proposed_company``, while people have
    asked nobody; it did so ``proposals`` times, and what it said stands ``rests_until`` then at least.
    """

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    accountable: str
    company: str
    service: str
    activity: str
    region: str
    priority: str | None
    state: str
    parked: str | None
    round: int
    items: tuple[ItemRow, ...]
    teams: tuple[UUID, ...]
    companies: tuple[str, ...]
    last: Crew | None
    been: tuple[UUID, ...]
    hand_offs: int
    company_changes: int
    returned: bool
    opened_at: datetime
    changed_at: datetime
    imported: bool
    told: bool
    unasked: UUID | None = None
    proposed: UUID | None = None
    proposed_company: str | None = None
    proposals: int = 0
    rests_until: datetime | None = None


_FACTS = get_args(Fact)


def key(fact: object) -> UUID | None:
    """Return the case that *fact* is about."""
    return getattr(fact, "case_id", None) if isinstance(fact, _FACTS) else None


def project(row: WorkRow | None, fact: Fact, about: About) -> WorkRow | None:
    """Return the work of the case after *fact*."""
    if isinstance(fact, WorkOpened):
        return _concerned(_opened(fact, told=about.imported))
    if row is None:
        return None
    after = _asked(_items(_of_case(_tracked(row, fact), fact), fact), fact)
    return _concerned(replace(after, told=row.told and about.imported, changed_at=max(row.changed_at, fact.at)))


def _of_case(row: WorkRow, fact: Fact) -> WorkRow:
    match fact:
        case WorkReopened():
            return _reopened(row, fact)
        case WorkParked(reason=reason):
            return replace(row, state=PARKED, parked=reason)
        case WorkUnparked():
            return replace(row, state=IN_WORK if row.items else AWAITING, parked=None)
        case WorkEnded():
            return replace(row, state=CLOSED, parked=None, items=())
        case SolutionProposed():
            return replace(row, state=AWAITING)
        case _:
            return row


def _reopened(row: WorkRow, fact: WorkReopened) -> WorkRow:
    again = ItemRow(item_id=fact.item_id, company=fact.company, team_id=fact.team_id)
    return replace(row, state=IN_WORK, parked=None, round=fact.round, items=row.items or (again,))


def _items(row: WorkRow, fact: Fact) -> WorkRow:
    match fact:
        case ItemOpened(item_id=item_id, company=company):
            return replace(row, items=(*row.items, ItemRow(item_id=item_id, company=company)))
        case ItemWithdrawn(item_id=gone) | ItemSolved(item_id=gone):
            return replace(row, items=tuple(item for item in row.items if item.item_id != gone))
        case _:
            return replace(row, items=tuple(_item(item, fact) for item in row.items))


def _item(item: ItemRow, fact: Fact) -> ItemRow:
    if getattr(fact, "item_id", None) != item.item_id:
        return item
    match fact:
        case WorkOffered() | HandOverOffered():
            asked = directed(fact)
            return replace(item, asked_team_id=asked and asked.team_id, asked_company=asked and asked.company)
        case WorkAccepted() | HandOverAccepted():
            taken = directed(fact)
            return (
                item if taken is None else ItemRow(item_id=item.item_id, team_id=taken.team_id, company=taken.company)
            )
        case WorkRejected() | HandOverDeclined() | HandOverWithdrawn():
            return replace(item, asked_team_id=None, asked_company=None)
        case WorkPaused() | WorkResumed():
            return replace(item, paused=fact.reason if isinstance(fact, WorkPaused) else None)
        case _:
            return item


def _asked(row: WorkRow, fact: Fact) -> WorkRow:
    match fact:
        case TeamProposed():
            return _proposed(row, fact)
        case WorkOffered(item_id=item_id) | ItemWithdrawn(item_id=item_id):
            return _settled(row) if item_id == row.unasked else row
        case WorkEnded():
            return _settled(row)
        case _:
            return row


def _proposed(row: WorkRow, fact: TeamProposed) -> WorkRow:
    times = row.proposals + 1 if fact.item_id == row.unasked else 1
    return replace(
        row,
        unasked=fact.item_id,
        proposed=fact.team_id,
        proposed_company=fact.company,
        proposals=times,
        rests_until=rests_until(times, fact.at),
    )


def _settled(row: WorkRow) -> WorkRow:
    return replace(row, unasked=None, proposed=None, proposed_company=None, proposals=0, rests_until=None)


def _tracked(row: WorkRow, fact: Fact) -> WorkRow:
    to = directed(fact)
    if to is None:
        return row
    track = Track(
        last=row.last,
        teams=frozenset(row.been),
        hand_offs=row.hand_offs,
        company_changes=row.company_changes,
        returned=row.returned,
    ).directed(to)
    return replace(
        row,
        last=track.last,
        been=tuple(sorted(track.teams)),
        hand_offs=track.hand_offs,
        company_changes=track.company_changes,
        returned=track.returned,
    )


def _concerned(row: WorkRow) -> WorkRow:
    teams = {team for item in row.items for team in (item.team_id, item.asked_team_id) if team}
    companies = {company for item in row.items for company in (item.company, item.asked_company) if company}
    return replace(row, teams=tuple(sorted(teams)), companies=tuple(sorted(companies)))


def _opened(fact: WorkOpened, *, told: bool) -> WorkRow:
    first = () if fact.item_id is None else (ItemRow(item_id=fact.item_id, company=fact.company),)
    return WorkRow(
        case_id=fact.case_id,
        agreement_id=fact.agreement_id,
        agreement_version=fact.agreement_version,
        accountable=fact.accountable,
        company=fact.company,
        service=fact.service,
        activity=fact.activity,
        region=fact.region,
        priority=fact.priority,
        state=IN_WORK if first else AWAITING,
        parked=None,
        round=1,
        items=first,
        teams=(),
        companies=(),
        last=None,
        been=(),
        hand_offs=0,
        company_changes=0,
        returned=False,
        opened_at=fact.at,
        changed_at=fact.at,
        imported=fact.imported,
        told=told,
    )


projection = Projection(table=work, row=WorkRow, key=key, project=project, anew=of_types(WorkOpened))
