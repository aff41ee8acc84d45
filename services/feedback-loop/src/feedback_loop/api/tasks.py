"""What waits for a person: customers to call, feedback and parkings to decide on, causes to state, actions to do."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Query
from starlette.responses import Response

from common.values import value
from common.web.desk import Desk, allowed
from common.web.paging import Page, given
from feedback_loop.api.loop_operations import READERS
from feedback_loop.projections.loops import loops
from feedback_loop.projections.tasks import tasks

router = APIRouter(prefix="/v1/tasks", tags=["tasks"])

Kind = Literal[
    "call-customer",
    "approve-feedback",
    "follow-up",
    "inquire",
    "approve-parking",
    "state-root-cause",
    "open-corrective-action",
    "finish-corrective-action",
]


@value
class Task:
    """Something a person must do about a case. ``ref`` is the feedback, the action or the case that it is about."""

    task: str
    case_id: UUID
    ref: UUID
    agreement_id: UUID
    round: int
    proposed_by_company: str | None
    imported: bool
    since: datetime
    company: str
    accountable: str
    priority: str
    language: str


@router.get("", operation_id="listTasks", response_model=Page[Task])
async def list_tasks(
    desk: Annotated[Desk, allowed(*READERS)],
    task: Annotated[list[Kind] | None, Query()] = None,
    agreement_id: Annotated[UUID | None, Query()] = None,
    company: Annotated[str | None, Query(description="the accountable company")] = None,
    imported: Annotated[bool | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query()] = None,
) -> Response:
    """Give what waits for a person in the caller's agreements, the longest waiting first; parked cases rest."""
    del limit, cursor  # read by the page itself
    about = (loops.c.company, loops.c.accountable, loops.c.priority, loops.c.language)
    select = sa.select(tasks, *about).join(loops, loops.c.case_id == tasks.c.case_id)
    select = select.where(tasks.c.agreement_id.in_(await desk.agreements()), loops.c.state != "parked")
    select = given(
        select,
        (tasks.c.task, task),
        (tasks.c.agreement_id, agreement_id),
        (loops.c.accountable, company),
        (tasks.c.imported, imported),
    )
    order = (tasks.c.since.asc(), tasks.c.case_id.asc(), tasks.c.task.asc(), tasks.c.ref.asc())
    return await desk.page(select, *order)
