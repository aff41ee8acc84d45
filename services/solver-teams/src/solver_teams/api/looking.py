"""What operations and routes look up before they ask: teams, seats in them, and a case's facts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from common.eventstore.recorded import Recorded
from common.handling import Handling
from common.refusals import Invalid, NotFound
from common.web.desk import Desk
from common.web.entrance import who
from common.web.operations import Line, named_agreement
from solver_teams.domain import agreement
from solver_teams.domain.case_work.commands import Seat
from solver_teams.domain.case_work.facts import Fact
from solver_teams.domain.case_work.guards import may_tell, tells
from solver_teams.domain.case_work.states import Case, CaseWork, NotOpened
from solver_teams.domain.hand_offs import Crew
from solver_teams.domain.team import NotRegistered, Registered, Team
from solver_teams.history import AGREEMENT, CASE_WORK, TEAM, history


class CompanyNotNamed(Invalid):
    """Several companies staff this team: name the one that is meant."""


async def team_of(line: Line, team_id: UUID) -> Registered:
    """Return the team, if the caller may know of it. Raises ``NotFound``."""
    if line.imported:  # who staffs it is all that is asked of it, and that only grows
        handle: Handling = line.request.app.state.runtime.handle
        return await of_a_party(line, (await handle.remembered(TEAM, team_id)).state)
    return await of_a_party(line, (await line.look(TEAM, team_id)).state)


async def of_a_party(line: Line, team: Team) -> Registered:
    """Return the team; raises ``NotFound``, in the same words, where there is none and where it is not the caller's."""
    if isinstance(team, NotRegistered):
        raise NotFound
    await line.party(team.agreement_id)
    return team


async def seat_of(line: Line, team_id: UUID) -> tuple[Registered, Seat]:
    """Return the team, and where who acts sits in it; what a source says of that is not doubted."""
    team, by = await team_of(line, team_id), line.by
    theirs = line.imported or team.has(by.person, by.company)
    crew = Crew(team_id=team_id, company=by.company)
    return team, Seat(crew=crew, theirs=theirs, imported=line.imported)


def company_of(team: Registered, named: str | None) -> str:
    """Return the company that is meant. Raises ``CompanyNotNamed`` where it could be several."""
    if named is not None:
        return named
    if len(team.companies) != 1:
        raise CompanyNotNamed(companies=sorted(team.companies))
    return next(iter(team.companies))


async def parties(handle: Handling, agreement_id: UUID) -> frozenset[str]:
    """Return the companies that are or were party to the agreement."""
    return agreement.parties((await handle.look(AGREEMENT, agreement_id)).state)


async def current_parties(line: Line, agreement_id: UUID) -> frozenset[str]:
    """Return the parties of the newest version. Raises ``UnknownAgreement``."""
    return frozenset(agreement.latest((await line.look(AGREEMENT, agreement_id)).state).parties)


def agreement_of_work(state: CaseWork) -> UUID | None:
    """Return the agreement that a case's work belongs to, None if there is none."""
    return None if isinstance(state, NotOpened) else state.case.agreement_id


def agreement_of_team(state: Team) -> UUID | None:
    """Return the agreement that a team belongs to, None if there is none."""
    return None if isinstance(state, NotRegistered) else state.agreement_id


async def case_of(desk: Desk, case_id: UUID) -> Case:
    """Return the case; raises ``NotFound``, in the same words, where there is none and where it is not the caller's."""
    state = (await desk.look(CASE_WORK, case_id)).state
    if isinstance(state, NotOpened):
        raise NotFound
    await desk.party(state.case.agreement_id)
    return state.case


async def ensure_teller(line: Line, case_id: UUID) -> None:
    """Hold only if what *line* tells of an imported case is its company's to tell. Raises ``NotYoursToTell``."""
    handle: Handling = line.request.app.state.runtime.handle
    company, last_seen = (await who(line.request)).company, (await handle.remembered(CASE_WORK, case_id)).state
    if not isinstance(last_seen, NotOpened) and tells(last_seen.case, company):
        return  # whose it is to tell stays so
    state = (await line.look(CASE_WORK, case_id)).state
    if not isinstance(state, NotOpened):
        await line.party(state.case.agreement_id)
        may_tell(state.case, company)


async def scope(desk: Desk, agreement_id: UUID | None) -> frozenset[UUID]:
    """Return the agreement asked for, or all that the caller's company is party to. Raises ``NotFound``."""
    if agreement_id is None:
        return await desk.agreements()
    await named_agreement(desk, agreement_id)
    return frozenset({agreement_id})


async def recorded_of(desk: Desk, case_id: UUID, until: datetime | None = None) -> Sequence[Recorded]:
    """Return the facts of a case's work as they were recorded, up to *until*."""
    return await desk.runtime.store.read(CASE_WORK.stream(case_id), until=until)


def read(recorded: Sequence[Recorded]) -> list[Fact]:
    """Return the facts that were recorded."""
    facts: list[Any] = [history.recall(one) for one in recorded]
    return facts
