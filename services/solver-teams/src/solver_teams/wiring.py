"""The solver-teams service put together."""

from pathlib import Path

from common.running.service import Service
from solver_teams.api import items, summary, teams, work
from solver_teams.api.about import ABOUT
from solver_teams.api.disclosing import confidences
from solver_teams.api.looking import parties
from solver_teams.history import history
from solver_teams.projections import memberships
from solver_teams.projections import teams as team_rows
from solver_teams.projections import work as work_rows
from solver_teams.reactions import agreement_in_force, case_opened, case_resting, round_opened, team_changes
from solver_teams.settings import Settings

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
)
