"""The solver teams of an agreement: who is in them, what they cover and when they work."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from common.projecting import About, Projection
from common.values import replace, value
from solver_teams.domain.business_time import Calendar
from solver_teams.domain.team import (
    CalendarChanged,
    Coverage,
    CoverageChanged,
    Fact,
    Member,
    MemberJoined,
    MemberLeft,
    TeamRegistered,
)
from solver_teams.projections import metadata

teams = sa.Table(
    "teams",
    metadata,
    sa.Column("team_id", sa.Uuid, primary_key=True),
    sa.Column("agreement_id", sa.Uuid, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("level", sa.Text),
    sa.Column("companies", pg.ARRAY(sa.Text), nullable=False),
    sa.Column("members", pg.JSONB, nullable=False),
    sa.Column("coverage", pg.JSONB, nullable=False),
    sa.Column("calendar", pg.JSONB, nullable=False),
    sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
    sa.Index("teams_by_agreement", "agreement_id", "name", "team_id"),
)


@value
class TeamRow:
    """A team as a list shows it."""

    team_id: UUID
    agreement_id: UUID
    name: str
    level: str | None
    companies: tuple[str, ...]
    members: tuple[Member, ...]
    coverage: tuple[Coverage, ...]
    calendar: Calendar
    registered_at: datetime


def key(fact: object) -> UUID | None:
    """Return the team that *fact* is about."""
    return fact.team_id if isinstance(fact, Fact) else None


def project(row: TeamRow | None, fact: Fact, _: About) -> TeamRow | None:
    """Return the team after *fact*."""
    if isinstance(fact, TeamRegistered):
        return _registered(fact)
    return None if row is None else _after(row, fact)


def _after(row: TeamRow, fact: MemberJoined | MemberLeft | CoverageChanged | CalendarChanged) -> TeamRow:
    match fact:
        case MemberJoined(person=person, company=company):
            joined = Member(person=person, company=company)
            companies = tuple(sorted({*row.companies, company}))
            return replace(row, members=(*row.members, joined), companies=companies)
        case MemberLeft(person=person, company=company):
            gone = Member(person=person, company=company)
            return replace(row, members=tuple(member for member in row.members if member != gone))
        case CoverageChanged(coverage=coverage):
            return replace(row, coverage=coverage)
        case CalendarChanged(calendar=calendar):
            return replace(row, calendar=calendar)


def _registered(fact: TeamRegistered) -> TeamRow:
    return TeamRow(
        team_id=fact.team_id,
        agreement_id=fact.agreement_id,
        name=fact.name,
        level=fact.level,
        companies=fact.companies,
        members=(),
        coverage=fact.coverage,
        calendar=fact.calendar,
        registered_at=fact.at,
    )


projection = Projection(table=teams, row=TeamRow, key=key, project=project)
