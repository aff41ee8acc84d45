"""How the work of cases went, per agreement and accountable company."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import Select, func, select
from starlette.responses import Response

from solver_teams.api.looking import scope
from solver_teams.api.reading import Reader, shown
from solver_teams.api.views import CompanySummary, Summary
from solver_teams.projections.work import AWAITING, CLOSED, IN_WORK, PARKED, work

router = APIRouter(prefix="/v1/summary", tags=["summary"])


@router.get("", operation_id="getSummary", response_model=Summary)
async def get_summary(desk: Reader, agreement_id: UUID | None = None) -> Response:
    """Count cases, rounds, hand-offs, changes of company and returns, per accountable company; imports apart."""
    rows = await desk.rows(_counts().where(work.c.agreement_id.in_(await scope(desk, agreement_id))))
    return shown(Summary(items=[CompanySummary.model_validate(dict(row)) for row in rows]))


def _counts() -> Select[Any]:
    cases = func.count()
    return (
        select(
            work.c.agreement_id,
            work.c.accountable.label("company"),
            work.c.imported,
            cases.label("cases"),
            *(
                cases.filter(work.c.state == state).label(name)
                for name, state in (
                    ("in_work", IN_WORK),
                    ("awaiting_feedback", AWAITING),
                    ("parked", PARKED),
                    ("closed", CLOSED),
                )
            ),
            func.sum(work.c.round).label("rounds"),
            func.sum(work.c.hand_offs).label("hand_offs"),
            cases.filter(work.c.hand_offs > 0).label("handed_off_cases"),
            func.sum(work.c.company_changes).label("company_changes"),
            cases.filter(work.c.returned).label("returns"),
        )
        .group_by(work.c.agreement_id, work.c.accountable, work.c.imported)
        .order_by(work.c.agreement_id, work.c.accountable, work.c.imported)
    )
