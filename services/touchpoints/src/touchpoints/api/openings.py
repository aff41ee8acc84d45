"""What customers said in their feedback, for people who may read it: it travels sealed, and is opened here alone."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, select
from starlette.responses import Response

from common.refusals import Forbidden, Invalid, NotFound
from common.values import Sealed
from common.web.desk import Desk, allowed
from common.web.problems import Malformed, problems
from touchpoints.api.agreements import terms_at
from touchpoints.api.customers import NotShared, known_customer
from touchpoints.api.keys import Personal
from touchpoints.api.personal import vault_of
from touchpoints.api.roles import LISTENERS
from touchpoints.api.shapes import Body, Code, answer
from touchpoints.domain.customer import CustomerIsErased, CustomerUnknown, OpenComments, Registered, registered
from touchpoints.domain.sharing import COMMENT, may_read, recorder_of_comments
from touchpoints.history import CUSTOMER
from touchpoints.projections.cases import cases

router = APIRouter(prefix="/v1/customers", tags=["customers"])

_SAID = {"comment"}
"""What a sealed comment holds."""


class SealedForAnother(Invalid):
    """This was not sealed for this customer, or was changed since."""


class NotFeedback(Forbidden):
    """Only what a customer said in feedback is opened here; the rest is shown with the thing it belongs to."""


class SealedText(Body):
    """A sealed value as facts hold it; ``key`` is the customer."""

    key: Annotated[str, Field(min_length=1, max_length=64)]
    box: Annotated[str, Field(min_length=1, max_length=40_000)]


class Opening(Body):
    """Which comments somebody needs in the clear, and what for."""

    purpose: Annotated[Code, Field(examples=["call-customer"])]
    sealed: Annotated[list[SealedText], Field(min_length=1, max_length=100)]


class Opened(BaseModel):
    """What the customer said, in the order it was asked for."""

    customer_id: UUID
    opened: list[dict[str, str]]
    version: int


@router.post(
    "/{customer_id}/openings",
    response_model=Opened,
    operation_id="openSealed",
    responses=problems(
        Malformed, NotFound, CustomerUnknown, CustomerIsErased, NotShared, NotFeedback, SealedForAnother
    ),
)
async def open_sealed(customer_id: UUID, body: Opening, desk: Annotated[Desk, allowed(*LISTENERS)]) -> Response:
    """Give a customer's comments in the clear to a person, and put on record who asked and what for."""
    customer = registered(await known_customer(desk, customer_id))
    if not await _may_listen(desk, customer):
        raise NotShared
    opened = [await _open(desk, customer_id, one) for one in body.sealed]
    command = OpenComments(asked_by=desk.by, purpose=body.purpose, at=desk.at)
    handled = await desk.runtime.handle(CUSTOMER, customer_id, command, context=desk.context())
    return answer({"customer_id": customer_id, "opened": opened, "version": handled.version}, handled.version)


async def _may_listen(desk: Desk, customer: Registered) -> bool:
    columns: list[ColumnElement[Any]] = [cases.c.company, cases.c.companies]
    found = await desk.rows(select(*columns).where(cases.c.customer_id == customer.customer_id))
    return may_read(
        await terms_at(desk, customer.agreement_id),
        COMMENT,
        reader=desk.by.company,
        recorder=recorder_of_comments(customer.company, {row["company"] for row in found}),
        case_companies=[company for row in found for company in row["companies"]],
    )


async def _open(desk: Desk, customer_id: UUID, one: SealedText) -> Personal:
    if one.key != str(customer_id):
        raise SealedForAnother
    opened = await vault_of(desk).read(customer_id, Sealed(key=one.key, box=one.box))
    if opened is None:
        registered((await desk.look(CUSTOMER, customer_id)).state)  # erased just now?
        raise SealedForAnother
    if set(opened) != _SAID:
        raise NotFeedback
    return opened
