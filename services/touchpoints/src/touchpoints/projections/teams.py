"""The touchpoint teams and who is in them."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from common.projecting import About, Projection
from common.values import value
from touchpoints.domain.team import Member, MemberJoined, MemberLeft, TeamOpened, TeamRegistered
from touchpoints.projections import metadata

teams = sa.Table(
    "teams",
    metadata,
    sa.Column("team_id", sa.Uuid, primary_key=True),
    sa.Column("agreement_id", sa.Uuid, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("company", sa.Text, nullable=False),
    sa.Column("time_zone", sa.Text, nullable=False),
    sa.Column("calendar", sa.Text),
    sa.Column("languages", pg.ARRAY(sa.Text), nullable=False),
    sa.Column("open_to", pg.ARRAY(sa.Text), nullable=False),
    sa.Column("members", pg.JSONB, nullable=False),
    sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
    sa.Index("teams_by_agreement", "agreement_id", "name", "team_id"),
)


@value
class TeamRow:
    """A team as a list shows it."""

    team_id: UUID
    agreement_id: UUID
    name: str
    purpose: str
    company: str
    time_zone: str
    calendar: str | None
    languages: tuple[str, ...]
    open_to: tuple[str, ...]
    members: tuple[Member, ...]
    registered_at: datetime


Fact = TeamRegistered | TeamOpened | MemberJoined | MemberLeft


def key(fact: object) -> UUID | None:
    """Return the team that *fact* is about."""
    return fact.team_id if isinstance(fact, Fact) else None


def project(row: TeamRow | None, fact: Fact, _: About) -> TeamRow | None:
    """Return the team after *fact*."""
    match fact:
        case TeamRegistered():
            return _registered(fact)
        case TeamOpened(open_to=open_to) if row:
            return replace(row, open_to=open_to)
        case MemberJoined(person=person, company=company) if row:
            return replace(row, members=(*row.members, Member(person=person, company=company)))
        case MemberLeft(person=person, company=company) if row:
            gone = Member(person=person, company=company)
            return replace(row, members=tuple(member for member in row.members if member != gone))
        case _:
            return row


def _registered(fact: TeamRegistered) -> TeamRow:
    return TeamRow(
        team_id=fact.team_id,
        agreement_id=fact.agreement_id,
        name=fact.name,
        purpose=fact.purpose,
        company=fact.company,
        time_zone=fact.time_zone,
        calendar=fact.calendar,
        languages=fact.languages,
        open_to=fact.open_to,
        members=(),
        registered_at=fact.at,
    )


projection = Projection(table=teams, row=TeamRow, key=key, project=project)
