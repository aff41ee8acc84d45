"""Touchpoint teams: who is the face to the customer."""

from typing import Annotated, Any
from uuid import UUID
from zoneinfo import available_timezones

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import select
from starlette.responses import Response

from common.refusals import NotFound, VersionRequired
from common.values import can_name_a_person
from common.web.batch import batch_route
from common.web.bodies import Body
from common.web.desk import Desk, allowed
from common.web.operations import Line, Meant, Operation, ensure_own_history, named_agreement, namer_on
from common.web.paging import Page, given
from common.web.problems import Malformed, problems
from touchpoints.api.agreements import binding_terms, party_or
from touchpoints.api.roles import LEADS, READERS
from touchpoints.api.scoping import scope
from touchpoints.api.shapes import Code, Language, Name, Reference, Term, answer
from touchpoints.domain.agreement import CompanyNotParty, NoAgreementInForce
from touchpoints.domain.team import (
    CalendarUnknown,
    JoinTeam,
    LeaveTeam,
    Member,
    NotOpenToYou,
    NotYourPeople,
    NotYourTeam,
    OpenTeam,
    Registered,
    RegisterTeam,
    Team,
    TeamDiffers,
    TeamNotImported,
    TeamUnknown,
    of_its_kind,
)
from touchpoints.history import TEAM, by_reference
from touchpoints.projections.teams import teams

router = APIRouter(prefix="/v1/teams", tags=["teams"])


def _zone(name: str) -> str:
    if name not in _ZONES:
        raise ValueError("is no time zone of the IANA database")
    return name


def _nameable(person: str) -> str:
    if not can_name_a_person(person) or "/" in person or person in {".", ".."}:
        raise ValueError("names no person: 1 to 255 printable characters, no space at either end, no slash")
    return person


_ZONES = available_timezones()
Companies = Annotated[list[Code], Field(max_length=100, examples=[["net-b"]])]
TimeZone = Annotated[str, AfterValidator(_zone), Field(examples=["America/Bogota"])]


class TeamRegistration(Body):
    """A team to make known, and the other companies whose people may join it.

    With a reference, the same reference told by the same company gives the same team.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "agreement_id": "0190a7f2-0000-7000-8000-000000000001",
                    "external_reference": "front-north",
                    "name": "Front desk north",
                    "purpose": "First contact",
                    "time_zone": "Europe/Madrid",
                    "calendar": "office",
                    "languages": ["es", "en"],
                    "open_to": ["net-b"],
                }
            ]
        }
    )

    agreement_id: UUID
    """The agreement that the team works under."""
    external_reference: Reference | None = None
    """Your company's own name for the team: it makes the team's id, with your company."""
    name: Name
    """What people call it."""
    purpose: Name
    """What it is for, in a few words."""
    time_zone: TimeZone
    """IANA time zone that it works in."""
    calendar: Term | None = None
    """Code of a calendar of the agreement."""
    languages: Annotated[list[Language], Field(min_length=1, max_length=20, examples=[["es", "en"]])]
    """BCP 47 tags of the languages that it speaks."""
    open_to: Companies = Field(default=[])
    """Slugs of the other parties whose people may join."""


class Opening(Body):
    """The other companies whose people may join from now on; who is in the team stays in it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"open_to": ["net-b"]}]})

    open_to: Companies
    """Slugs of the other parties, all of them; none closes the team to others."""


class Joining(Body):
    """A person of a party who is to work in the team."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"person": "ana", "company": "telco-a"}]})

    person: Annotated[Name, AfterValidator(_nameable)]
    """The subject of the person's token."""
    company: Code
    """Slug of the company that they work for."""


class TeamNamed(BaseModel):
    """Which team it was, and its version now."""

    team_id: UUID
    version: int


class MemberShown(BaseModel):
    """A person of a company."""

    person: str
    company: str


class TeamShown(BaseModel):
    """A team, who is in it, and the other companies whose people may join it."""

    team_id: UUID
    agreement_id: UUID
    name: str
    purpose: str
    company: str
    time_zone: str
    calendar: str | None
    languages: list[str]
    open_to: list[str]
    members: list[MemberShown]
    registered_at: str


async def _register(body: TeamRegistration, line: Line) -> Meant:
    await named_agreement(line, body.agreement_id)
    team_id = line.new_id()
    if body.external_reference is not None:
        namer = await namer_on(line)
        team_id = by_reference(TEAM, body.agreement_id, namer, body.external_reference)
    known = await line.look(TEAM, team_id)
    of_its_kind(known.state, imported=line.imported)
    await ensure_own_history(line, known)
    terms = await binding_terms(line, body.agreement_id)
    command = RegisterTeam(
        team_id=team_id,
        terms=terms,
        name=body.name,
        purpose=body.purpose,
        company=line.by.company,
        time_zone=body.time_zone,
        calendar=body.calendar,
        languages=tuple(body.languages),
        open_to=frozenset(body.open_to),
        imported=line.imported,
        at=line.at,
    )
    return Meant(key=team_id, command=command, answer={"team_id": team_id}, agreement=body.agreement_id)


async def _open(body: Opening, line: Line, team_id: UUID) -> Meant:
    team = await _team(line, team_id)
    terms = await binding_terms(line, team.registered.agreement_id)
    command = OpenTeam(terms=terms, open_to=frozenset(body.open_to), by=line.by, imported=line.imported, at=line.at)
    return Meant(key=team_id, command=command, answer={"team_id": team_id})


async def _join(body: Joining, line: Line, team_id: UUID) -> Meant:
    team = await _team(line, team_id)
    terms = await binding_terms(line, team.registered.agreement_id)
    member = Member(person=body.person, company=body.company)
    command = JoinTeam(terms=terms, member=member, by=line.by, imported=line.imported, at=line.at)
    return Meant(key=team_id, command=command, answer={"team_id": team_id})


async def _leave(line: Line, team_id: UUID, company: str, person: str) -> Meant:
    await _team(line, team_id)
    member = Member(person=person, company=company)
    command = LeaveTeam(member=member, by=line.by, imported=line.imported, at=line.at)
    return Meant(key=team_id, command=command, answer={"team_id": team_id})


async def _team(line: Line, team_id: UUID) -> Registered:
    known = await line.look(TEAM, team_id)
    state = known.state
    if not isinstance(state, Registered):
        raise TeamUnknown
    await party_or(line, state.registered.agreement_id, TeamUnknown)
    of_its_kind(state, imported=line.imported)
    await ensure_own_history(line, known)
    return state


def _agreement(state: Team) -> UUID | None:
    return state.registered.agreement_id if isinstance(state, Registered) else None


REGISTER = Operation(
    kind=TEAM, key="external_reference", meaning=_register, body=TeamRegistration, roles=LEADS, status=201
)
OPEN = Operation(
    kind=TEAM,
    key="team_id",
    meaning=_open,
    body=Opening,
    path={"team_id": UUID},
    agreement=_agreement,
    roles=LEADS,
    changes=True,
)
JOIN = Operation(
    kind=TEAM, key="team_id", meaning=_join, body=Joining, path={"team_id": UUID}, agreement=_agreement, roles=LEADS
)
LEAVE = Operation(
    kind=TEAM,
    key="team_id",
    meaning=_leave,
    path={"team_id": UUID, "company": Code, "person": Name},
    agreement=_agreement,
    roles=LEADS,
)

_REFUSALS = problems(
    Malformed, NotFound, TeamUnknown, NoAgreementInForce, CompanyNotParty, NotYourPeople, NotOpenToYou, TeamNotImported
)


@router.post(
    "",
    status_code=201,
    response_model=TeamNamed,
    operation_id="registerTeam",
    responses=problems(
        Malformed, NotFound, NoAgreementInForce, CompanyNotParty, TeamDiffers, CalendarUnknown, TeamNotImported
    ),
)
async def register_team(body: TeamRegistration, desk: Annotated[Desk, allowed(*LEADS)]) -> Response:
    """Make a touchpoint team known; the caller's company runs it, and says which other companies it is open to."""
    return await desk.carry_out(REGISTER, body)


@router.get("", response_model=Page[TeamShown], operation_id="listTeams", responses=problems(Malformed, NotFound))
async def list_teams(
    desk: Annotated[Desk, allowed(*READERS, service_may=True)],
    agreement_id: UUID | None = None,
    company: Term | None = None,
) -> Response:
    """List the teams of the caller's agreements, by name."""
    found = given(select(teams), (teams.c.agreement_id, await scope(desk, agreement_id)), (teams.c.company, company))
    return await desk.page(found, teams.c.name, teams.c.team_id)


@router.get(
    "/{team_id}", response_model=TeamShown, operation_id="getTeam", responses=problems(Malformed, NotFound, TeamUnknown)
)
async def get_team(team_id: UUID, desk: Annotated[Desk, allowed(*READERS, service_may=True)]) -> Response:
    """Return a team and who is in it."""
    folded = await desk.look(TEAM, team_id)
    team = await _team(desk, team_id)
    return answer(_shown(team), folded.version)


@router.put(
    "/{team_id}/companies",
    response_model=TeamNamed,
    operation_id="openTeam",
    responses=problems(
        Malformed,
        NotFound,
        TeamUnknown,
        NoAgreementInForce,
        CompanyNotParty,
        NotYourTeam,
        TeamNotImported,
        VersionRequired,
    ),
)
async def open_team(team_id: UUID, body: Opening, desk: Annotated[Desk, allowed(*LEADS)]) -> Response:
    """Say which other companies' people may join the team that the caller's company runs."""
    return await desk.carry_out(OPEN, body, team_id=team_id)


@router.post("/{team_id}/members", response_model=TeamNamed, operation_id="joinTeam", responses=_REFUSALS)
async def join_team(team_id: UUID, body: Joining, desk: Annotated[Desk, allowed(*LEADS)]) -> Response:
    """Let a person of one's own company work in the team, which that company runs or which is open to it."""
    return await desk.carry_out(JOIN, body, team_id=team_id)


@router.delete(
    "/{team_id}/members/{company}/{person}", response_model=TeamNamed, operation_id="leaveTeam", responses=_REFUSALS
)
async def leave_team(team_id: UUID, company: Code, person: Name, desk: Annotated[Desk, allowed(*LEADS)]) -> Response:
    """Let a person of one's own company go from the team."""
    return await desk.carry_out(LEAVE, team_id=team_id, company=company, person=person)


batch_route(router, {"registerTeam": REGISTER, "openTeam": OPEN, "joinTeam": JOIN, "leaveTeam": LEAVE})


def _shown(team: Registered) -> dict[str, Any]:
    about = team.registered
    return {
        "team_id": about.team_id,
        "agreement_id": about.agreement_id,
        "name": about.name,
        "purpose": about.purpose,
        "company": about.company,
        "time_zone": about.time_zone,
        "calendar": about.calendar,
        "languages": about.languages,
        "open_to": sorted(team.open_to),
        "members": sorted(team.members, key=lambda member: (member.company, member.person)),
        "registered_at": about.at,
    }
