"""What went wrong, and what is done about it."""

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
from feedback_loop.api.answers import ActionNamed, CaseNamed
from feedback_loop.api.loop_operations import CASE, MENDERS, Code, Moment, Short, Text, operation, recorder
from feedback_loop.domain import loop_refusals as refusals
from feedback_loop.domain.loop_commands import FinishCorrectiveAction, OpenCorrectiveAction, StateRootCause

router = APIRouter(prefix="/v1/loops", tags=["corrective actions"])


class RootCause(Body):
    """Why the customer was not satisfied with the round before."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"cause": "The wrong card was in stock."}]})

    cause: Text
    """In words."""


class CorrectiveAction(Body):
    """What a company (and in it a team or a person) is to put right, and by when."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"company": "net-b", "what": "Check the stock of cards every week.", "due": "2030-03-15T18:00:00+01:00"}
            ]
        }
    )

    company: Code
    """Slug of the party that is to put it right."""
    team_id: UUID | None = None
    """Its team, if one is meant."""
    person: Short | None = None
    """Who in it, if one is meant."""
    what: Text
    """What is to be done, in words."""
    due: Moment
    """By when: RFC 3339 with offset."""
    action_id: UUID | None = None
    """Your own id for it; one is made if left out."""


class Completion(Body):
    """What shows that it was put right."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"evidence": "Stock list of 12 March, checked by two people."}]}
    )

    evidence: Text
    """What was done and where that can be seen, in words."""


async def _stating(body: RootCause, line: Line, *, case_id: UUID) -> Meant:
    command = StateRootCause(
        cause=confide(body.cause),
        request_id=line.new_id(),
        imported=line.imported,
        by=line.by,
        recorded_by=await recorder(line),
        at=line.at,
    )
    return Meant(key=case_id, command=command, answer={"case_id": case_id})


async def _opening(body: CorrectiveAction, line: Line, *, case_id: UUID) -> Meant:
    action_id = body.action_id or line.new_id()
    command = OpenCorrectiveAction(
        action_id=action_id,
        company=body.company,
        team_id=body.team_id,
        person=body.person,
        what=confide(body.what),
        due=body.due,
        imported=line.imported,
        by=line.by,
        recorded_by=await recorder(line),
        at=line.at,
    )
    return Meant(key=case_id, command=command, answer={"case_id": case_id, "action_id": action_id})


async def _finishing(body: Completion, line: Line, *, case_id: UUID, action_id: UUID) -> Meant:
    command = FinishCorrectiveAction(
        action_id=action_id,
        evidence=confide(body.evidence),
        request_id=line.new_id(),
        imported=line.imported,
        by=line.by,
        recorded_by=await recorder(line),
        at=line.at,
    )
    return Meant(key=case_id, command=command, answer={"case_id": case_id, "action_id": action_id})


STATE_CAUSE = operation(_stating, roles=MENDERS, body=RootCause)
OPEN_ACTION = operation(_opening, roles=MENDERS, body=CorrectiveAction)
FINISH_ACTION = operation(_finishing, roles=MENDERS, body=Completion, path={**CASE, "action_id": UUID})


@router.post(
    "/{case_id}/root-causes",
    status_code=201,
    operation_id="stateRootCause",
    response_model=CaseNamed,
    responses=problems(refusals.LoopUnknown, refusals.CaseIsClosed, refusals.NotOnTheCase),
)
async def state_root_cause(
    case_id: UUID, body: RootCause, desk: Annotated[Desk, allowed(*STATE_CAUSE.roles)]
) -> Response:
    """State why the customer was not satisfied; a later statement corrects an earlier one."""
    return await desk.carry_out(STATE_CAUSE, body, case_id=case_id)


@router.post(
    "/{case_id}/corrective-actions",
    status_code=201,
    operation_id="openCorrectiveAction",
    response_model=ActionNamed,
    responses=problems(
        refusals.LoopUnknown,
        refusals.CaseIsClosed,
        refusals.NotOnTheCase,
        refusals.OwnerNotParty,
        refusals.DueIsPast,
        refusals.ActionDiffers,
    ),
)
async def open_corrective_action(
    case_id: UUID, body: CorrectiveAction, desk: Annotated[Desk, allowed(*OPEN_ACTION.roles)]
) -> Response:
    """Give a company of the agreement something to put right, which brings it onto the case."""
    return await desk.carry_out(OPEN_ACTION, body, case_id=case_id)


@router.post(
    "/{case_id}/corrective-actions/{action_id}/completions",
    status_code=201,
    operation_id="finishCorrectiveAction",
    response_model=ActionNamed,
    responses=problems(
        refusals.LoopUnknown,
        refusals.NotOnTheCase,
        refusals.ActionUnknown,
        refusals.NotYourAction,
        refusals.DoneOnOtherEvidence,
    ),
)
async def finish_corrective_action(
    case_id: UUID, action_id: UUID, body: Completion, desk: Annotated[Desk, allowed(*FINISH_ACTION.roles)]
) -> Response:
    """Show that it was put right; only its owner's people can."""
    return await desk.carry_out(FINISH_ACTION, body, case_id=case_id, action_id=action_id)
