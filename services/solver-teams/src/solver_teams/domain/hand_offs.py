"""How often the work of a case was directed elsewhere: counted over the case's life, whoever held it meanwhile."""

from uuid import UUID

from common.values import replace, value


@value
class Crew:
    """The people of one company in one team: whoever is asked to do work, and whoever holds it once accepted."""

    team_id: UUID
    company: str


@value
class Track:
    """Where the work was directed last, and what came before.

    ``hand_offs`` counts directions to another team than before, ``company_changes`` to another company; ``returned``
    once the work has come back to a team that it had left.
    """

    last: Crew | None = None
    teams: frozenset[UUID] = frozenset()
    hand_offs: int = 0
    company_changes: int = 0
    returned: bool = False

    def directed(self, to: Crew) -> "Track":
        """Return the track after the work was offered or handed to, accepted, taken back or solved by *to*."""
        if self.last is None:
            return replace(self, last=to, teams=frozenset({to.team_id}))
        elsewhere = to.team_id != self.last.team_id
        return Track(
            last=to,
            teams=self.teams | {to.team_id},
            hand_offs=self.hand_offs + elsewhere,
            company_changes=self.company_changes + (to.company != self.last.company),
            returned=self.returned or (elsewhere and to.team_id in self.teams),
        )
