"""What can be done about solver teams, each on its own route and as a line of a batch."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from common.web.operations import Line, Meant, Operation, named_agreement, namer_on
from solver_teams.api.inputs import CalendarBody, CoverageBody, CoverageChange, MemberBody, TeamRegistration
from solver_teams.api.looking import agreement_of_team, current_parties, of_a_party
from solver_teams.domain.agreement import ensure_in_agreement
from solver_teams.domain.team import (
    AddMember,
    ChangeCalendar,
    ChangeCoverage,
    Command,
    Coverage,
    RegisterTeam,
    RemoveMember,
)
from solver_teams.history import AGREEMENT, TEAM, team_by_reference

RUNNERS = ("team-lead", "manager", "operator")


async def _register(body: TeamRegistration, line: Line) -> Meant:
    await named_agreement(line, body.agreement_id)
    team_id = line.new_id()
    if body.external_reference is not None:
        namer = await namer_on(line)
        team_id = team_by_reference(body.agreement_id, namer, body.external_reference)
    coverage = await _covered(line, body.agreement_id, body.coverage)
    command = RegisterTeam(
        team_id=team_id,
        agreement_id=body.agreement_id,
        name=body.name,
        companies=frozenset(body.companies),
        members=tuple(one.member() for one in body.members),
        coverage=coverage,
        calendar=body.calendar.calendar(),
        level=body.level,
        parties=await current_parties(line, body.agreement_id),
        by=line.by,
        at=line.at,
        imported=line.imported,
    )
    return Meant(key=team_id, command=command, answer={"team_id": team_id}, agreement=body.agreement_id)


async def _add(body: MemberBody, line: Line, *, team_id: UUID) -> Meant:
    team = await of_a_party(line, (await line.look(TEAM, team_id)).state)
    command = AddMember(
        team_id=team_id,
        member=body.member(),
        parties=await current_parties(line, team.agreement_id),
        by=line.by,
        at=line.at,
        imported=line.imported,
    )
    return _meant(team_id, command)


async def _remove(body: MemberBody, line: Line, *, team_id: UUID) -> Meant:
    command = RemoveMember(team_id=team_id, member=body.member(), by=line.by, at=line.at, imported=line.imported)
    return _meant(team_id, command)


async def _cover(body: CoverageChange, line: Line, *, team_id: UUID) -> Meant:
    team = await of_a_party(line, (await line.look(TEAM, team_id)).state)
    coverage = await _covered(line, team.agreement_id, body.coverage)
    command = ChangeCoverage(team_id=team_id, coverage=coverage, by=line.by, at=line.at, imported=line.imported)
    return _meant(team_id, command)


async def _work_at(body: CalendarBody, line: Line, *, team_id: UUID) -> Meant:
    command = ChangeCalendar(team_id=team_id, calendar=body.calendar(), by=line.by, at=line.at, imported=line.imported)
    return _meant(team_id, command)


async def _covered(line: Line, agreement_id: UUID, said: Sequence[CoverageBody]) -> tuple[Coverage, ...]:
    """Return what a team is to cover. Raises ``CoverageNotInAgreement``."""
    coverage = tuple(one.coverage() for one in said)
    ensure_in_agreement((await line.look(AGREEMENT, agreement_id)).state, coverage, line.at)
    return coverage


def _meant(team_id: UUID, command: Command) -> Meant:
    return Meant(key=team_id, command=command, answer={"team_id": team_id})


def _of_team(meaning: Any, body: type, *, changes: bool = False) -> Operation:
    return Operation(
        kind=TEAM,
        key="team_id",
        meaning=meaning,
        roles=RUNNERS,
        body=body,
        path={"team_id": UUID},
        agreement=agreement_of_team,
        changes=changes,
    )


REGISTER = Operation(
    kind=TEAM, key="external_reference", meaning=_register, roles=RUNNERS, body=TeamRegistration, status=201
)
ADD_MEMBER = _of_team(_add, MemberBody)
REMOVE_MEMBER = _of_team(_remove, MemberBody)
CHANGE_COVERAGE = _of_team(_cover, CoverageChange, changes=True)
CHANGE_CALENDAR = _of_team(_work_at, CalendarBody, changes=True)

OPERATIONS = {
    "registerTeam": REGISTER,
    "addTeamMember": ADD_MEMBER,
    "removeTeamMember": REMOVE_MEMBER,
    "changeTeamCoverage": CHANGE_COVERAGE,
    "changeTeamCalendar": CHANGE_CALENDAR,
}
