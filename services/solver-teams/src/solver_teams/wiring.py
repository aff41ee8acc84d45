"""The solver-teams service put together."""

from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from common.messaging.connection import Wire
from common.running.service import Parts, Service, new_id, now
from solver_teams.api import items, summary, teams, work
from solver_teams.api.about import ABOUT
from solver_teams.api.disclosing import confidences
from solver_teams.api.looking import parties
from solver_teams.history import history
from solver_teams.projections import memberships
from solver_teams.projections import teams as team_rows
from solver_teams.projections import work as work_rows
from solver_teams.reactions import agreement_in_force, case_opened, case_resting, round_opened, team_changes
from solver_teams.reactions.teams_cover import Proposing
from solver_teams.settings import Settings


def _works(parts: Parts, _: Wire) -> Sequence[Coroutine[Any, Any, None]]:
    """Propose anew for work that nobody was asked to do, as teams come to cover it."""
    return (Proposing(parts.pool, parts.handle, parts.holder, clock=now, new_id=new_id).run(),)


service = Service(
    title="Acuerdo: solver-teams",
    about=ABOUT,
    history=history,
    settings=Settings,
    migrations=Path(__file__).parents[2] / "migrations",
    routers=(teams.router, work.router, items.router, summary.router),
    reactions=(
        agreement_in_force.reaction,
        *team_changes.reactions,
        case_opened.reaction,
        round_opened.reaction,
        *case_resting.reactions,
    ),
    projections=(memberships.projection, team_rows.projection, work_rows.projection),
    memberships=memberships.memberships,
    parties=parties,
    confidences=confidences,
    works=_works,
)
