"""A team was registered, or is of other people or covers something else now: work can be proposed to it accordingly."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from common.handling.types import Folded, Look
from common.messaging.reactions import Reaction, Send, unchanged
from common.values import value
from solver_teams.domain.agreement import ListTeam
from solver_teams.domain.team import NotRegistered, Team
from solver_teams.history import AGREEMENT, TEAM


@value
class TeamChanged:
    """The fields that are read of a team's facts."""

    team_id: UUID
    agreement_id: UUID
    at: datetime


async def react(fact: TeamChanged, look: Look) -> Sequence[Send]:
    """List the team as it stands now."""
    command = listing(await look(TEAM, fact.team_id), fact.at)
    return [] if command is None else [Send(kind=AGREEMENT, key=command.agreement_id, command=command)]


def listing(team: Folded[Team], at: datetime) -> ListTeam | None:
    """Return what lists *team* as it stands; whose word it rests on is read of who is behind its facts."""
    stands = team.state
    if isinstance(stands, NotRegistered):
        return None
    own_word = team.acted if team.teller is None else team.acted | {team.teller}
    return ListTeam(agreement_id=stands.agreement_id, team=stands.listed(own_word), at=at)


reactions = (
    Reaction(source="solver-teams", name="team-registered", shape=TeamChanged, react=react, upcasts=(unchanged,)),
    *(
        Reaction(source="solver-teams", name=name, shape=TeamChanged, react=react)
        for name in ("member-joined", "member-left", "coverage-changed", "calendar-changed")
    ),
)
