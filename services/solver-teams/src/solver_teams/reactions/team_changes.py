"""A team was registered or covers something else now: work under its agreement can be proposed to it accordingly."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from common.handling.types import Look
from common.messaging.reactions import Reaction, Send, unchanged
from common.values import value
from solver_teams.domain.agreement import ListTeam
from solver_teams.domain.team import Listing, NotRegistered
from solver_teams.history import AGREEMENT, TEAM


@value
class TeamChanged:
    """The fields that are read of a team's facts."""

    team_id: UUID
    agreement_id: UUID
    at: datetime


async def react(fact: TeamChanged, look: Look) -> Sequence[Send]:
    """List the team as it stands now."""
    team = (await look(TEAM, fact.team_id)).state
    if isinstance(team, NotRegistered):
        return []
    listing = Listing(
        team_id=team.team_id, name=team.name, companies=tuple(sorted(team.companies)), coverage=team.coverage
    )
    listed = ListTeam(agreement_id=fact.agreement_id, team=listing, at=fact.at)
    return [Send(kind=AGREEMENT, key=fact.agreement_id, command=listed)]


reactions = (
    Reaction(source="solver-teams", name="team-registered", shape=TeamChanged, react=react, upcasts=(unchanged,)),
    Reaction(source="solver-teams", name="member-joined", shape=TeamChanged, react=react),
    Reaction(source="solver-teams", name="coverage-changed", shape=TeamChanged, react=react),
)
