"""How companies keep what they promised one another when they hand work over."""

from typing import Annotated, Literal
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Query
from starlette.responses import Response

from agreement.api import views
from agreement.api.inputs import Company
from agreement.api.reading import Reader, known, shown
from agreement.domain.agreement_refusals import UnknownAgreement
from agreement.projections.hand_off_commitments import hand_off_commitments
from agreement.projections.measures import measures
from common.refusals import NotFound
from common.web.paging import Page, given
from common.web.problems import problems

router = APIRouter(prefix="/v1", tags=["hand-off-commitments"])

Target = Literal["acceptance", "resolution"]
Verdict = Literal["met", "missed", "none"]
_rows = hand_off_commitments.c


@router.get(
    "/agreements/{agreement_id}/hand-off-commitments",
    operation_id="listHandOffCommitments",
    response_model=Page[views.HandOffCommitment],
    responses=problems(UnknownAgreement),
)
async def list_hand_off_commitments(
    agreement_id: UUID,
    desk: Reader,
    case_id: Annotated[UUID | None, Query()] = None,
    customer: Annotated[Company | None, Query()] = None,
    supplier: Annotated[Company | None, Query()] = None,
    target: Annotated[Target | None, Query()] = None,
    verdict: Annotated[Verdict | None, Query()] = None,
    *,
    imported: Annotated[bool | None, Query(description="Whether from an imported history.")] = None,
) -> Response:
    """Return each hand-off between companies against what was promised for it, the first begun first."""
    await known(desk, agreement_id)
    found = given(
        sa.select(hand_off_commitments).where(_rows.agreement_id == agreement_id),
        (_rows.case_id, case_id),
        (_rows.customer, customer),
        (_rows.supplier, supplier),
        (_rows.target, target),
        (_rows.verdict, None if verdict == "none" else verdict),
        (_rows.imported, imported),
    )
    if verdict == "none":
        found = found.where(_rows.verdict.is_(None))
    return await desk.page(found, _rows.begun_at, _rows.case_id, _rows.hand_off, _rows.target)


@router.get(
    "/cases/{case_id}/hand-off-commitments",
    operation_id="getCaseHandOffCommitments",
    response_model=views.CaseHandOffCommitments,
    responses=problems(NotFound),
)
async def get_case_hand_off_commitments(case_id: UUID, desk: Reader) -> Response:
    """Return how the hand-offs of a case stand against what was promised for them; none where nothing was."""
    cases = await desk.rows(sa.select(measures.c.agreement_id).where(measures.c.case_id == case_id).limit(1))
    if not cases:
        raise NotFound
    await desk.party(cases[0]["agreement_id"])
    rows = sa.select(hand_off_commitments).where(_rows.case_id == case_id).order_by(_rows.hand_off, _rows.target)
    return shown({"case_id": case_id, "commitments": [dict(row) for row in await desk.rows(rows)]})
