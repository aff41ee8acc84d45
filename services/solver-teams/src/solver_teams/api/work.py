"""The work of cases: who has it, since when, and who held it up."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy import Select, select
from starlette.responses import Response

from common.refusals import NotFound
from common.web.batch import batch_route
from common.web.desk import Desk, allowed
from common.web.paging import Page, given, sorting
from common.web.past import After, AsOf, History, Limit, history_of
from common.web.problems import problems
from solver_teams.api import clocks, views
from solver_teams.api.disclosing import reader_of
from solver_teams.api.inputs import NewItem, Noting
from solver_teams.api.looking import CompanyNotNamed, case_of, read, recorded_of, scope
from solver_teams.api.reading import LIST, Moment, Reader, shown
from solver_teams.api.showing import work_of
from solver_teams.api.work_operations import DIRECTORS, NOTE, OPEN_ITEM, OPERATIONS, TELLERS
from solver_teams.domain.case_work import refusals as no
from solver_teams.domain.case_work.states import NotOpened
from solver_teams.history import CASE_WORK
from solver_teams.projections.work import work

router = APIRouter(prefix="/v1/work", tags=["work"])

STATE = "^(in-work|awaiting-feedback|parked|closed)$"
_SHOWN = [work.c[name] for name in views.WorkRowShown.model_fields]


@router.get("", operation_id="listWork", response_model=Page[views.WorkRowShown], openapi_extra=LIST)
async def list_work(
    desk: Reader,
    agreement_id: UUID | None = None,
    team_id: Annotated[UUID | None, Query(description="only work that this team holds or is asked to take")] = None,
    company: Annotated[str | None, Query(description="only work that this company holds or is asked to take")] = None,
    accountable: Annotated[str | None, Query(description="only work that this company answers for")] = None,
    state: Annotated[str | None, Query(pattern=STATE)] = None,
    sort: Annotated[str, Query(pattern="^-?(opened_at|changed_at)$")] = "-opened_at",
) -> Response:
    """List the work of the caller's agreements."""
    found = select(*_SHOWN).where(work.c.agreement_id.in_(await scope(desk, agreement_id)))
    found = _held_by(found, team_id, company)
    wanted = given(found, (work.c.accountable, accountable), (work.c.state, state))
    return await desk.page(wanted, *sorting(work, sort, "case_id"))


def _held_by(found: Select[Any], team_id: UUID | None, company: str | None) -> Select[Any]:
    if team_id is not None:
        found = found.where(work.c.teams.contains([team_id]))
    if company is not None:
        found = found.where(work.c.companies.contains([company]))
    return found


batch_route(router, OPERATIONS, operation_id="batchWork")


@router.get("/{case_id}", operation_id="getWork", response_model=views.WorkShown, responses=problems(NotFound))
async def get_work(
    case_id: UUID,
    desk: Reader,
    as_of: Annotated[Moment | None, Query(description="as it was recorded at this moment")] = None,
) -> Response:
    """Show who has the work of a case."""
    await case_of(desk, case_id)
    folded = await (desk.look(CASE_WORK, case_id) if as_of is None else desk.as_of(CASE_WORK, case_id, as_of))
    if isinstance(folded.state, NotOpened):
        raise NotFound
    return shown(work_of(folded.state, await reader_of(desk, case_id)), folded.version)


@router.get(
    "/{case_id}/clock",
    operation_id="getWorkClock",
    response_model=views.ClockShown,
    responses=problems(NotFound),
)
async def get_clock(
    case_id: UUID,
    desk: Reader,
    as_of: Annotated[Moment | None, Query(description="as it was recorded at this moment")] = None,
) -> Response:
    """Show whose clock ran when; working, paused and unowned time add up to the customer's."""
    await case_of(desk, case_id)
    recorded = await recorded_of(desk, case_id, as_of)
    if not recorded:
        raise NotFound
    until = min(as_of or desk.now(), desk.now())  # no clock has run yet in the time to come
    return shown(await clocks.clock_of(desk, case_id, read(recorded), until))


@router.get(
    "/{case_id}/history",
    operation_id="getWorkHistory",
    response_model=History,
    responses=problems(NotFound),
)
async def get_history(
    case_id: UUID,
    desk: Reader,
    after: After = 0,
    limit: Limit = 100,
    as_of: AsOf = None,
) -> Response:
    """Tell what happened to the work of a case, with the chain that shows that nobody rewrote it."""
    await case_of(desk, case_id)
    return await history_of(desk, CASE_WORK.stream(case_id), after, limit, as_of)


@router.post(
    "/{case_id}/items",
    status_code=201,
    operation_id="openWorkItem",
    response_model=views.ItemNamed,
    responses=problems(
        no.FeedbackAwaited,
        no.CaseParked,
        no.CaseClosed,
        no.ItemExists,
        no.CompanyNotInTeam,
        no.NotYoursToDirect,
        no.TeamOfAnotherAgreement,
        no.ReasonMissing,
        NotFound,
        CompanyNotNamed,
    ),
)
async def open_item(case_id: UUID, body: NewItem, desk: Annotated[Desk, allowed(*DIRECTORS)]) -> Response:
    """Open one more work item, for another team or company, beside those that are open."""
    return await desk.carry_out(OPEN_ITEM, body, case_id=case_id)


@router.post(
    "/{case_id}/notes",
    status_code=201,
    operation_id="noteWork",
    response_model=views.CaseNamed,
    responses=problems(no.ReasonMissing, no.NotOnTheCase, NotFound),
)
async def note_work(case_id: UUID, body: Noting, desk: Annotated[Desk, allowed(*TELLERS)]) -> Response:
    """Write something down about the work of a case that your company is on; it changes nothing."""
    return await desk.carry_out(NOTE, body, case_id=case_id)
