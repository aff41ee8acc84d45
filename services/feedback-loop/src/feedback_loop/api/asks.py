"""Asking the customer once more, working once more, and the customer who comes back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from common.web.bodies import Body
from common.web.desk import Desk, allowed
from common.web.operations import Line, Meant
from common.web.problems import problems
from feedback_loop.api.answers import CaseNamed, RequestNamed
from feedback_loop.api.loop_operations import FACE, operation, recorder
from feedback_loop.domain import loop_refusals as refusals
from feedback_loop.domain.loop_commands import AskAgain, ComeBack, WorkAgain

router = APIRouter(prefix="/v1/loops", tags=["feedback"])


class Asking(Body):
    """Ask the customer once more about the same round."""


class Working(Body):
    """Work once more, for the customer was neither content nor discontent."""


class Return(Body):
    """The customer made contact again about a case that closed or rests."""


async def _asking(body: Asking, line: Line, *, case_id: UUID) -> Meant:
    del body
    request_id = line.new_id()
    command = AskAgain(
        request_id=request_id, imported=line.imported, by=line.by, recorded_by=await recorder(line), at=line.at
    )
    return Meant(key=case_id, command=command, answer={"case_id": case_id, "request_id": request_id})


async def _working(body: Working, line: Line, *, case_id: UUID) -> Meant:
    del body
    command = WorkAgain(imported=line.imported, by=line.by, recorded_by=await recorder(line), at=line.at)
    return Meant(key=case_id, command=command, answer={"case_id": case_id})


async def _returning(body: Return, line: Line, *, case_id: UUID) -> Meant:
    del body
    command = ComeBack(
        contact_id=None, by=line.by, recorded_by=await recorder(line), imported=line.imported, at=line.at
    )
    return Meant(key=case_id, command=command, answer={"case_id": case_id})


ASK = operation(_asking, roles=FACE, body=Asking)
WORK = operation(_working, roles=FACE, body=Working)
COME_BACK = operation(_returning, roles=FACE, body=Return)

_RESTING = (refusals.LoopUnknown, refusals.NotOnTheCase, refusals.CaseIsClosed, refusals.CaseIsParked)


@router.post(
    "/{case_id}/asks",
    status_code=201,
    operation_id="askAgain",
    response_model=RequestNamed,
    responses=problems(
        *_RESTING,
        refusals.NothingToAsk,
        refusals.CorrectiveActionNeeded,
        refusals.FeedbackWaitsForApproval,
        refusals.CustomerErased,
    ),
)
async def ask_again(case_id: UUID, desk: Annotated[Desk, allowed(*ASK.roles)]) -> Response:
    """Ask the customer once more about the last round, with a fresh link and the reminders from the beginning."""
    return await desk.carry_out(ASK, Asking(), case_id=case_id)


@router.post(
    "/{case_id}/rounds",
    status_code=201,
    operation_id="workAgain",
    response_model=CaseNamed,
    responses=problems(*_RESTING, refusals.NoFollowUp),
)
async def work_again(case_id: UUID, desk: Annotated[Desk, allowed(*WORK.roles)]) -> Response:
    """Open another round after a neutral answer."""
    return await desk.carry_out(WORK, Working(), case_id=case_id)


@router.post(
    "/{case_id}/returns",
    status_code=201,
    operation_id="comeBack",
    response_model=CaseNamed,
    responses=problems(refusals.LoopUnknown, refusals.NotOnTheCase),
)
async def come_back(case_id: UUID, desk: Annotated[Desk, allowed(*COME_BACK.roles)]) -> Response:
    """Note that the customer of a closed or parked case came back: another round; an open case is left as it is."""
    return await desk.carry_out(COME_BACK, Return(), case_id=case_id)
