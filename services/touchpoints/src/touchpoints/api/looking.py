"""Things as this process last saw them, for what hardly ever changes: a question less upon every contact."""

from typing import Any
from uuid import UUID

from common.handling import Folded, Handling
from common.history import Kind
from common.web.operations import Line, ensure_own_history
from touchpoints.domain.team import ensure_of, takes_part
from touchpoints.history import CASE, TEAM


async def remembered(line: Line, kind: Kind[Any, Any, Any], key: object) -> Folded[Any]:
    """Return the thing *key*, read from the database only when this process never saw it."""
    handle: Handling = line.request.app.state.runtime.handle
    return await handle.remembered(kind, key)


async def case_of(line: Line, case_id: UUID) -> Folded[Any]:
    """Return a case, read anew where the asker's company was not on it when this process last saw it."""
    known = await remembered(line, CASE, case_id)
    if line.imported or line.by.company in getattr(known.state, "companies", ()):
        return known
    return await line.look(CASE, case_id)


async def works_in(line: Line, team_id: UUID | None) -> bool:
    """Tell whether the asker's company is in the team: people of several companies who work there as one."""
    if team_id is None:
        return False
    company, team = line.by.company, await remembered(line, TEAM, team_id)
    if not takes_part(team.state, company):
        team = await line.look(TEAM, team_id)  # they may have joined since this process last saw it
    return takes_part(team.state, company)


async def ensure_team(line: Line, agreement_id: UUID, team_id: UUID) -> None:
    """Hold that the asker's company is in the team; a source names teams that its own company told of.

    Raises:
        TeamUnknown: there is none in the agreement.
        TeamNotImported: a source names a team that people made known.
        NotYoursToTell: another company's operator told of it.
        NotInTheTeam: the company neither runs it nor has people in it.
    """
    company, team = line.by.company, await remembered(line, TEAM, team_id)
    if not line.imported and not takes_part(team.state, company):
        team = await line.look(TEAM, team_id)  # they may have joined since this process last saw it
    ensure_of(team.state, agreement_id, company=company, imported=line.imported)
    await ensure_own_history(line, team)
