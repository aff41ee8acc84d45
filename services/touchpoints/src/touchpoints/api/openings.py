"""What customers said in their feedback, for people who may read it: it travels sealed, and is opened here alone."""

from contextlib import suppress
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from common.refusals import Forbidden, Invalid, NotFound
from common.values import Sealed, value
from common.web.bodies import Body
from common.web.desk import Desk, allowed
from common.web.problems import Malformed, problems
from touchpoints.api.agreements import terms_at
from touchpoints.api.customers import NotShared, known_customer
from touchpoints.api.personal import vault_of
from touchpoints.api.roles import LISTENERS
from touchpoints.api.shapes import Code, answer
from touchpoints.domain.case import Case
from touchpoints.domain.case import Opened as OpenedCase
from touchpoints.domain.customer import CustomerIsErased, CustomerUnknown, OpenComments, registered
from touchpoints.domain.sharing import COMMENT, may_read
from touchpoints.history import CASE, CUSTOMER

router = APIRouter(prefix="/v1/customers", tags=["customers"])

_SAID = {"comment", "case_id"}
"""What a sealed comment holds: nobody can take it for one that was made on another case."""


class SealedForAnother(Invalid):
    """This was not sealed for this customer, or was changed since."""


class NotFeedback(Forbidden):
    """Only what a customer said in feedback is opened here; the rest is shown with the thing it belongs to."""


@value
class Comment:
    """What a customer said, and on which case."""

    said: str
    case: OpenedCase


class SealedText(Body):
    """A sealed value as facts hold it; ``key`` is the customer."""

    key: Annotated[str, Field(min_length=1, max_length=64)]
    """The customer's id, as the fact has it."""
    box: Annotated[str, Field(min_length=1, max_length=40_000)]
    """The sealed value in base64, as the fact has it."""


class Opening(Body):
    """Which comments somebody needs in the clear, and what for."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "purpose": "call-customer",
                    "sealed": [{"key": "0190a7f2-0000-7000-8000-00000000c001", "box": "AAECAwQFBgcICQoLDA0ODw=="}],
                }
            ]
        }
    )

    purpose: Annotated[Code, Field(examples=["call-customer"])]
    """What for, as a code; it is kept with the asking."""
    sealed: Annotated[list[SealedText], Field(min_length=1, max_length=100)]
    """What to open; all of one customer."""


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
    registered(await known_customer(desk, customer_id))
    comments = [await _open(desk, customer_id, one) for one in body.sealed]
    for comment in comments:
        if not await _may_listen(desk, comment.case):
            raise NotShared
    opened = [{"comment": comment.said} for comment in comments]
    command = OpenComments(asked_by=desk.by, purpose=body.purpose, at=desk.at)
    handled = await desk.runtime.handle(CUSTOMER, customer_id, command, context=desk.context())
    return answer({"customer_id": customer_id, "opened": opened, "version": handled.version}, handled.version)


async def _may_listen(desk: Desk, case: OpenedCase) -> bool:
    """Tell whether the comments made on the case are shared with the reader's company; the touchpoint's are its own."""
    return may_read(
        await terms_at(desk, case.opened.agreement_id),
        COMMENT,
        reader=desk.by.company,
        recorder=case.opened.company,
        case_companies=case.companies,
    )


async def _open(desk: Desk, customer_id: UUID, one: SealedText) -> Comment:
    if one.key != str(customer_id):
        raise SealedForAnother
    opened = await vault_of(desk).read(customer_id, Sealed(key=one.key, box=one.box))
    if opened is None:
        registered((await desk.look(CUSTOMER, customer_id)).state)  # erased just now?
        raise SealedForAnother
    if set(opened) != _SAID:
        raise NotFeedback
    case = await _case(desk, opened["case_id"])
    if case is None or case.opened.customer_id != customer_id:
        raise SealedForAnother
    return Comment(said=opened["comment"], case=case)


async def _case(desk: Desk, named: str) -> OpenedCase | None:
    with suppress(ValueError):
        case: Case = (await desk.look(CASE, UUID(named))).state
        return case if isinstance(case, OpenedCase) else None
    return None
