"""The links that wait to be delivered to customers, and each handing out is a fact.

Whoever has a link can answer as the customer, and the companies are rivals: only the integrators of the company whose
touchpoint the customer came to are given it.
"""

import asyncio
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field
from starlette.responses import Response

from common.refusals import NotFound, Refusal
from common.values import value
from common.web.bodies import Body
from common.web.desk import Desk, Row, allowed
from common.web.paging import given
from common.web.problems import problems
from feedback_loop.api.answers import DeliveryNamed
from feedback_loop.api.survey_called import Called, called_in
from feedback_loop.api.survey_links import Pass, SurveyLinks
from feedback_loop.domain.loop_commands import ConfirmDelivery, IssueSurveyLink
from feedback_loop.domain.loop_refusals import NothingToDeliver, RequestUnknown
from feedback_loop.domain.loop_rounds import known
from feedback_loop.domain.loop_states import Life, Request
from feedback_loop.history import LOOP
from feedback_loop.projections.loops import loops
from feedback_loop.projections.requests import requests

router = APIRouter(prefix="/v1/survey-deliveries", tags=["survey deliveries"])

Integrator = Annotated[Desk, allowed("integrator", service_may=True)]


@value
class Delivery:
    """A link on its way to a customer; ``n`` counts the reminders before it and is named in the confirmation.

    ``company_name`` and ``service_name`` are for the message to the customer; the code stands where no name is known.
    """

    request_id: UUID
    n: Annotated[int, Field(description="How many reminders came before it; the confirmation names it.")]
    purpose: Literal["asking", "reminder"]
    case_id: UUID
    agreement_id: UUID
    customer_id: UUID
    company: Annotated[str, Field(description="Slug of the touchpoint's company, in whose name to write.")]
    company_name: Annotated[str, Field(description="What customers call that company.")]
    service_name: Annotated[str, Field(description="What customers call the service that the case is about.")]
    language: Annotated[str, Field(description="BCP 47 tag of the customer's language.")]
    external_reference: Annotated[
        str | None, Field(description="The company's own name for the case, which the customer may know.")
    ]
    round: int
    address: Annotated[
        str, Field(description="The link. Whoever has it answers as the customer: give it to nobody else.")
    ]
    expires_at: Annotated[datetime, Field(description="Until when the link can be answered.")]


@value
class Deliveries:
    """What waits to be delivered; those that were confirmed leave the list."""

    items: tuple[Delivery, ...]


class Confirmation(Body):
    """Which of the request's links reached the customer."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"n": 0}]})

    n: Annotated[int, Field(ge=0, le=1000)]
    """The delivery's `n`: how many reminders came before it."""


@router.get("", operation_id="listSurveyDeliveries")
async def list_deliveries(
    desk: Integrator,
    agreement_id: Annotated[UUID | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Deliveries:
    """Hand out the links of the caller's own touchpoints that wait; to whom each went is kept as a fact.

    Those that expire first come first. A link waits also while feedback that a person took is to be approved: the
    customer's own answer outranks it.
    """
    waiting = (
        sa.select(loops)
        .where(
            loops.c.agreement_id.in_(await desk.agreements()),
            loops.c.company == desk.caller.company,
            loops.c.state.in_(("awaiting-feedback", "silent", "feedback-to-approve")),
            loops.c.request_imported.is_(False),
            loops.c.customer_erased.is_(False),
            loops.c.request_expires_at > desk.at,
            loops.c.delivered <= loops.c.reminders,
        )
        .order_by(loops.c.request_expires_at, loops.c.case_id)
        .limit(limit)
    )
    rows = await desk.rows(given(waiting, (loops.c.agreement_id, agreement_id)))
    handed_out = await asyncio.gather(*(_hand_out(desk, row) for row in rows))  # together: one commit for all
    return Deliveries(items=tuple(one for one in handed_out if one is not None))


async def _hand_out(desk: Desk, row: Row) -> Delivery | None:
    """State to whom the link goes, and only then give it; None when meanwhile it is not wanted any more."""
    command = IssueSurveyLink(request_id=row["request_id"], to=desk.by, at=desk.at)
    try:
        handled = await desk.runtime.handle(LOOP, row["case_id"], command, context=desk.context())
    except Refusal:
        return None
    life = known(handled.state).life
    request = life.request(row["request_id"])
    called = await called_in(desk.look, life, desk.at)
    return None if request is None else _delivery(desk, life, request, called)


def _delivery(desk: Desk, life: Life, request: Request, called: Called) -> Delivery:
    links: SurveyLinks = desk.request.app.state.survey.links
    survey = Pass(
        case_id=life.case_id,
        round=request.round,
        request_id=request.request_id,
        customer_id=life.customer_id,
        expires_at=request.expires_at,
    )
    return Delivery(
        request_id=request.request_id,
        n=request.reminders,
        purpose="reminder" if request.reminders else "asking",
        case_id=life.case_id,
        agreement_id=life.agreement_id,
        customer_id=life.customer_id,
        company=life.company,
        company_name=called.company,
        service_name=called.service,
        language=life.language,
        external_reference=called.external_reference,
        round=request.round,
        address=links.address(survey, str(desk.request.base_url)),
        expires_at=request.expires_at,
    )


@router.post(
    "/{request_id}/confirmations",
    status_code=201,
    operation_id="confirmSurveyDelivery",
    response_model=DeliveryNamed,
    responses=problems(RequestUnknown, NothingToDeliver),
)
async def confirm_delivery(request_id: UUID, body: Confirmation, desk: Integrator) -> Response:
    """State that a link reached the customer; only who was given it can."""
    mine = sa.select(requests).join(loops, loops.c.case_id == requests.c.case_id)
    mine = mine.where(requests.c.request_id == request_id, loops.c.company == desk.caller.company)
    try:
        row = await desk.row(mine)
        await desk.party(row["agreement_id"])
    except NotFound as unknown:
        raise RequestUnknown from unknown
    command = ConfirmDelivery(request_id=request_id, n=body.n, by=desk.by, at=desk.at)
    return await desk.post(LOOP, row["case_id"], command, answer={"request_id": request_id, "n": body.n})
