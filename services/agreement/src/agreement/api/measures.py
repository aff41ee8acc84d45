"""How cases stand against the targets of the version they were opened under."""

from typing import Annotated, Literal
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Query
from starlette.responses import Response

from agreement.api import views
from agreement.api.inputs import Code, Moment
from agreement.api.reading import Reader, known, shown
from agreement.domain.agreement_refusals import UnknownAgreement
from agreement.projections.measures import measures
from common.refusals import NotFound
from common.web.paging import Page, given
from common.web.problems import problems

router = APIRouter(prefix="/v1", tags=["measures"])

Verdict = Literal["met", "missed", "none"]


@router.get(
    "/agreements/{agreement_id}/measures",
    operation_id="listMeasures",
    response_model=Page[views.Measure],
    responses=problems(UnknownAgreement),
)
async def list_measures(
    agreement_id: UUID,
    desk: Reader,
    priority: Annotated[Code | None, Query()] = None,
    response: Annotated[Verdict | None, Query()] = None,
    resolution: Annotated[Verdict | None, Query()] = None,
    opened_from: Annotated[Moment | None, Query()] = None,
    opened_before: Annotated[Moment | None, Query()] = None,
    *,
    imported: Annotated[bool | None, Query(description="Whether from an imported history.")] = None,
) -> Response:
    """Return the cases of the agreement against their targets, stretch by stretch, the first opened first."""
    await known(desk, agreement_id)
    found = given(
        sa.select(measures).where(measures.c.agreement_id == agreement_id),
        (measures.c.priority, priority),
        (measures.c.imported, imported),
    )
    found = _judged(_judged(found, measures.c.response, response), measures.c.resolution, resolution)
    if opened_from is not None:
        found = found.where(measures.c.opened_at >= opened_from)
    if opened_before is not None:
        found = found.where(measures.c.opened_at < opened_before)
    return await desk.page(found, measures.c.opened_at, measures.c.case_id, measures.c.round)


def _judged(
    select: sa.Select[tuple[object, ...]], column: sa.ColumnElement[str | None], wanted: Verdict | None
) -> sa.Select[tuple[object, ...]]:
    match wanted:
        case None:
            return select
        case "none":
            return select.where(column.is_(None))
        case verdict:
            return select.where(column == verdict)


@router.get(
    "/cases/{case_id}/measure",
    operation_id="getCaseMeasure",
    response_model=views.CaseMeasure,
    responses=problems(NotFound),
)
async def get_case_measure(case_id: UUID, desk: Reader) -> Response:
    """Return how a case stands against its targets."""
    rows = await desk.rows(sa.select(measures).where(measures.c.case_id == case_id).order_by(measures.c.round))
    if not rows:
        raise NotFound
    await desk.party(rows[0]["agreement_id"])
    return shown({"case_id": case_id, "stretches": [dict(row) for row in rows]})
