"""Letting a case rest, still open: proposed by one person, decided by a second."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import ConfigDict
from starlette.responses import Response

from common.eventstore.confiding import confide
from common.web.bodies import Body
from common.web.desk import Desk, allowed
from common.web.operations import Line, Meant
from common.web.problems import problems
from feedback_loop.api.answers import CaseNamed
from feedback_loop.api.loop_operations import FACE, LEADS, Short, Text, life_of, operation, recorder
from feedback_loop.domain import loop_refusals as refusals
from feedback_loop.domain.loop_commands import ApproveParking, Primary, ProposeParking, RefuseParking, Unpark
from feedback_loop.domain.loop_facts import ParkingReason
from feedback_loop.domain.loop_refusals import PrimaryUnfit
from feedback_loop.domain.loop_states import Loop, NotOpened, Open, Parked
from feedback_loop.history import LOOP

router = APIRouter(prefix="/v1/loops", tags=["parking"])


class Parking(Body):
    """Why the case is to rest; a duplicate names the case it duplicates."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"reason": "unreachable", "text": "Three calls and two letters without an answer."}]
        }
    )

    reason: ParkingReason
    """Which of these it is."""
    text: Text
    """In words, for whoever approves it."""
    primary_case_id: UUID | None = None
    """The case that this one duplicates; with `duplicate`, and only then."""


class ParkingApproval(Body):
    """Agree that the case rests."""


class ParkingRefusal(Body):
    """Let the case go on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Try in the evening first."}]})

    reason: Text
    """Why it is not to rest, in words."""


class Unparking(Body):
    """Let a resting case go on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "The customer called."}]})

    reason: Short
    """Why it goes on, in words."""


async def _primary(line: Line, case_id: UUID | None) -> Primary | None:
    """Return how the duplicated case stands; one that the caller may not know is refused like one that is not fit."""
    if case_id is None:
        return None
    state: Loop = (await line.look(LOOP, case_id)).state
    if isinstance(state, NotOpened):
        raise PrimaryUnfit
    return Primary(
        case_id=case_id,
        agreement_id=state.life.agreement_id,
        customer_id=state.life.customer_id,
        duplicates=_duplicated_by(state),
    )


def _duplicated_by(state: Loop) -> UUID | None:
    """Return what a case duplicates. A proposal counts: of two that name each other neither is approved."""
    parking = state.parking if isinstance(state, Open | Parked) else None
    return None if parking is None else parking.primary_case_id


async def _proposing(body: Parking, line: Line, *, case_id: UUID) -> Meant:
    await life_of(line, case_id)
    command = ProposeParking(
        reason=body.reason,
        text=confide(body.text),
        primary=await _primary(line, body.primary_case_id),
        imported=line.imported,
        by=line.by,
        recorded_by=await recorder(line),
        at=line.at,
    )
    return Meant(key=case_id, command=command, answer={"case_id": case_id})


async def _approving(body: ParkingApproval, line: Line, *, case_id: UUID) -> Meant:
    del body
    await life_of(line, case_id)
    state: Loop = (await line.look(LOOP, case_id)).state
    proposed = state.parking if isinstance(state, Open) else None
    primary = await _primary(line, proposed.primary_case_id if proposed else None)
    command = ApproveParking(
        primary=primary, imported=line.imported, by=line.by, recorded_by=await recorder(line), at=line.at
    )
    return Meant(key=case_id, command=command, answer={"case_id": case_id})


async def _refusing(body: ParkingRefusal, line: Line, *, case_id: UUID) -> Meant:
    command = RefuseParking(
        reason=confide(body.reason),
        imported=line.imported,
        by=line.by,
        recorded_by=await recorder(line),
        at=line.at,
    )
    return Meant(key=case_id, command=command, answer={"case_id": case_id})


async def _unparking(body: Unparking, line: Line, *, case_id: UUID) -> Meant:
    command = Unpark(
        note=confide(body.reason),
        request_id=line.new_id(),
        imported=line.imported,
        by=line.by,
        recorded_by=await recorder(line),
        at=line.at,
    )
    return Meant(key=case_id, command=command, answer={"case_id": case_id})


PROPOSE = operation(_proposing, roles=FACE, body=Parking)
APPROVE = operation(_approving, roles=LEADS, body=ParkingApproval)
REFUSE = operation(_refusing, roles=LEADS, body=ParkingRefusal)
UNPARK = operation(_unparking, roles=FACE, body=Unparking)

_GOING = (refusals.LoopUnknown, refusals.NotOnTheCase, refusals.CaseIsClosed, refusals.CaseIsParked)
_SECOND = (refusals.NoParkingProposed, refusals.SecondPersonNeeded, refusals.DecidedTooEarly)


@router.post(
    "/{case_id}/parkings",
    status_code=201,
    operation_id="proposeParking",
    response_model=CaseNamed,
    responses=problems(*_GOING, refusals.ParkingAlreadyProposed, refusals.PrimaryNeeded, refusals.PrimaryUnfit),
)
async def propose_parking(case_id: UUID, body: Parking, desk: Annotated[Desk, allowed(*PROPOSE.roles)]) -> Response:
    """Propose to let the case rest, still open."""
    return await desk.carry_out(PROPOSE, body, case_id=case_id)


@router.post(
    "/{case_id}/parking-approvals",
    status_code=201,
    operation_id="approveParking",
    response_model=CaseNamed,
    responses=problems(*_GOING, *_SECOND, refusals.PrimaryNeeded, refusals.PrimaryUnfit),
)
async def approve_parking(case_id: UUID, desk: Annotated[Desk, allowed(*APPROVE.roles)]) -> Response:
    """Agree, as a second person, that the case rests."""
    return await desk.carry_out(APPROVE, ParkingApproval(), case_id=case_id)


@router.post(
    "/{case_id}/parking-refusals",
    status_code=201,
    operation_id="refuseParking",
    response_model=CaseNamed,
    responses=problems(*_GOING, *_SECOND),
)
async def refuse_parking(
    case_id: UUID, body: ParkingRefusal, desk: Annotated[Desk, allowed(*REFUSE.roles)]
) -> Response:
    """Decide, as a second person, that the case goes on."""
    return await desk.carry_out(REFUSE, body, case_id=case_id)


@router.post(
    "/{case_id}/unparkings",
    status_code=201,
    operation_id="unpark",
    response_model=CaseNamed,
    responses=problems(refusals.LoopUnknown, refusals.NotOnTheCase, refusals.CaseIsNotParked),
)
async def unpark(case_id: UUID, body: Unparking, desk: Annotated[Desk, allowed(*UNPARK.roles)]) -> Response:
    """Let a resting case go on where it rested; a customer whose answer was awaited is asked afresh."""
    return await desk.carry_out(UNPARK, body, case_id=case_id)
