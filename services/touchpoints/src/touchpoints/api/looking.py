"""Things as this process last saw them, for what hardly ever changes: a question less upon every contact."""

from typing import Any
from uuid import UUID

from common.handling import Folded, Handling
from common.history import Kind
from common.web.operations import Line, ensure_own_history
from touchpoints.domain.case import Opened
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
    return takes_part((await _team_of(line, team_id)).state, line.by.company)


async def acts_on(line: Line, case: Opened) -> bool:
    """Tell whether the asker's company is on the case, or in the team that opened it."""
    return line.by.company in case.companies or await works_in(line, case.opened.team_id)


async def ensure_team(line: Line, agreement_id: UUID, team_id: UUID) -> None:
    """Hold that the asker's company is in the team; a source names teams that its own company told of.

    Raises:
        TeamUnknown: there is none in the agreement.
        TeamNotImported: a source names a team that people made known.
        NotYoursToTell: another company's operator told of it.
        NotInTheTeam: the company neither runs it nor has people in it.
    """
    team = await _team_of(line, team_id)
    ensure_of(team.state, agreement_id, company=line.by.company, imported=line.imported)
    await ensure_own_history(line, team)


async def _team_of(line: Line, team_id: UUID) -> Folded[Any]:
    """Return a team, read anew where the asker's company was not in it when this process last saw it."""
    team = await remembered(line, TEAM, team_id)
    if line.imported or takes_part(team.state, line.by.company):
        return team
    return await line.look(TEAM, team_id)
