"""How the cases of each agreement and company stand, counted."""

from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Query

from common.values import value
from common.web.desk import Desk, allowed
from common.web.paging import given
from feedback_loop.api.loop_operations import READERS
from feedback_loop.projections.loops import AWAITING, IN_WORK, loops

router = APIRouter(prefix="/v1/summary", tags=["summary"])


@value
class Summary:
    """The cases for which a company is accountable; imported history apart.

    ``open`` = ``in_work`` + ``awaiting_feedback`` + ``parked``; ``reopened_cases`` have more than one round. Closed are
    ``closed_by_link`` on the customer's own answer, ``closed_by_taken_feedback`` on what a person took.
    """

    agreement_id: UUID
    company: str
    imported: bool
    cases: int
    rounds: int
    closed: int
    closed_by_link: int
    closed_by_taken_feedback: int
    open: int
    in_work: int
    awaiting_feedback: int
    parked: int
    reopened_cases: int


@value
class Summaries:
    """One entry for each agreement, accountable company and provenance."""

    items: tuple[Summary, ...]


@router.get("", operation_id="summarizeLoops")
async def summarize_loops(
    desk: Annotated[Desk, allowed(*READERS)], agreement_id: Annotated[UUID | None, Query()] = None
) -> Summaries:
    """Count the cases of the caller's agreements by agreement, accountable company and provenance."""
    by = (loops.c.agreement_id, loops.c.accountable.label("company"), loops.c.imported)
    closed = loops.c.state == "closed"
    counted: list[sa.ColumnElement[Any]] = [
        *by,
        sa.func.count().label("cases"),
        sa.func.sum(loops.c.round).label("rounds"),
        _count(closed).label("closed"),
        _count(closed & (loops.c.source == "customer-link")).label("closed_by_link"),
        _count(closed & (loops.c.source == "taken-by-person")).label("closed_by_taken_feedback"),
        _count(~closed).label("open"),
        _count(loops.c.state.in_(IN_WORK)).label("in_work"),
        _count(loops.c.state.in_(AWAITING)).label("awaiting_feedback"),
        _count(loops.c.state == "parked").label("parked"),
        _count(loops.c.round > 1).label("reopened_cases"),
    ]
    mine = loops.c.agreement_id.in_(await desk.agreements())
    select = sa.select(*counted).where(mine).group_by(*by).order_by(*by)
    rows = await desk.rows(given(select, (loops.c.agreement_id, agreement_id)))
    return Summaries(items=tuple(Summary(**row) for row in rows))


def _count(what: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.count().filter(what)
