"""Solver teams: who is in them, what they take on and when they work."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy import select
from starlette.responses import Response

from common.refusals import NotFound, VersionRequired
from common.shared_refusals import NotYourPeople
from common.web.batch import batch_route
from common.web.desk import Desk, allowed
from common.web.paging import Page, sorting
from common.web.problems import Malformed, problems
from solver_teams.api.inputs import CalendarBody, CoverageChange, MemberBody, TeamRegistration
from solver_teams.api.looking import of_a_party, scope
from solver_teams.api.reading import LIST, Reader, shown
from solver_teams.api.team_operations import (
    ADD_MEMBER,
    CHANGE_CALENDAR,
    CHANGE_COVERAGE,
    OPERATIONS,
    REGISTER,
    REMOVE_MEMBER,
    RUNNERS,
)
from solver_teams.api.views import TeamNamed, TeamRowShown, TeamShown, team_of
from solver_teams.domain.agreement import CoverageNotInAgreement, UnknownAgreement
from solver_teams.domain.business_time import UnreadableCalendar
from solver_teams.domain.team import (
    NamelessTeam,
    NobodyStaffsIt,
    NotAParty,
    NotInTheTeam,
    NotYourTeam,
    TeamExists,
)
from solver_teams.history import TEAM
from solver_teams.projections.teams import teams

router = APIRouter(prefix="/v1/teams", tags=["teams"])

Runner = Annotated[Desk, allowed(*RUNNERS)]


@router.post(
    "",
    status_code=201,
    operation_id="registerTeam",
    response_model=TeamNamed,
    responses=problems(
        NotAParty,
        UnknownAgreement,
        TeamExists,
        NobodyStaffsIt,
        NamelessTeam,
        NotYourTeam,
        NotYourPeople,
        UnreadableCalendar,
        CoverageNotInAgreement,
    ),
)
async def register_team(body: TeamRegistration, desk: Runner) -> Response:
    """Register a solver team of one's own company and its people; companies named beside it send theirs later."""
    return await desk.carry_out(REGISTER, body)


batch_route(router, OPERATIONS, operation_id="batchTeams")


@router.get("", operation_id="listTeams", response_model=Page[TeamRowShown], openapi_extra=LIST)
async def list_teams(
    desk: Reader,
    agreement_id: UUID | None = None,
    company: Annotated[str | None, Query(description="only teams that this company staffs")] = None,
    sort: Annotated[str, Query(pattern="^-?(name|registered_at)$")] = "name",
) -> Response:
    """List the solver teams of the caller's agreements."""
    found = select(teams).where(teams.c.agreement_id.in_(await scope(desk, agreement_id)))
    if company is not None:
        found = found.where(teams.c.companies.contains([company]))
    return await desk.page(found, *sorting(teams, sort, "team_id"))


@router.get("/{team_id}", operation_id="getTeam", response_model=TeamShown, responses=problems(NotFound))
async def get_team(team_id: UUID, desk: Reader) -> Response:
    """Show a solver team as it stands."""
    folded = await desk.look(TEAM, team_id)
    return shown(team_of(await of_a_party(desk, folded.state)), folded.version)


@router.post(
    "/{team_id}/members",
    operation_id="addTeamMember",
    response_model=TeamNamed,
    responses=problems(NotAParty, NotYourPeople, NotYourTeam, NotFound, UnknownAgreement),
)
async def add_member(team_id: UUID, body: MemberBody, desk: Runner) -> Response:
    """Let a person join; a company that staffs the team sends its own people."""
    return await desk.carry_out(ADD_MEMBER, body, team_id=team_id)


@router.post(
    "/{team_id}/departures",
    operation_id="removeTeamMember",
    response_model=TeamNamed,
    responses=problems(NotYourPeople, NotYourTeam, NotFound, NotInTheTeam),
)
async def remove_member(team_id: UUID, body: MemberBody, desk: Runner) -> Response:
    """Let a person leave; a company withdraws its own people."""
    return await desk.carry_out(REMOVE_MEMBER, body, team_id=team_id)


@router.put(
    "/{team_id}/coverage",
    operation_id="changeTeamCoverage",
    response_model=TeamNamed,
    responses=problems(NotYourTeam, NotFound, CoverageNotInAgreement, VersionRequired),
)
async def change_coverage(team_id: UUID, body: CoverageChange, desk: Runner) -> Response:
    """Say anew what the team takes on."""
    return await desk.carry_out(CHANGE_COVERAGE, body, team_id=team_id)


@router.put(
    "/{team_id}/calendar",
    operation_id="changeTeamCalendar",
    response_model=TeamNamed,
    responses=problems(NotYourTeam, NotFound, UnreadableCalendar, Malformed, VersionRequired),
)
async def change_calendar(team_id: UUID, body: CalendarBody, desk: Runner) -> Response:
    """Say anew when the team works."""
    return await desk.carry_out(CHANGE_CALENDAR, body, team_id=team_id)
