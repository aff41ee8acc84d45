"""Feedback that a person takes on the customer's behalf, and the second person of another company who decides on it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import ConfigDict, Field
from starlette.responses import Response

from common.eventstore.confiding import confide
from common.web.bodies import Body
from common.web.desk import Desk, allowed
from common.web.operations import Line, Meant
from common.web.problems import problems
from feedback_loop.api.answers import CaseNamed, FeedbackNamed
from feedback_loop.api.loop_operations import CASE, FACE, LEADS, Code, Moment, Short, Text, operation, recorder, sealed
from feedback_loop.api.survey_texts import ENGLISH
from feedback_loop.domain import loop_refusals as refusals
from feedback_loop.domain.loop_commands import AnswerInquiry, ApproveFeedback, RefuseFeedback, TakeFeedback
from feedback_loop.domain.terms import ScaleNotAgreed, ScoreOutsideScale

router = APIRouter(prefix="/v1/loops", tags=["feedback"])


_CODES = ", ".join(choice.code for choice in ENGLISH.reasons)

Reason = Annotated[
    Short,
    Field(
        description=f"Best one of the survey's codes: {_CODES}. Other words are taken too: people say what no code "
        "says, and imports tell their sources' own.",
        examples=["took-too-long"],
    ),
]
Channel = Annotated[
    Code,
    Field(
        pattern=r"^[a-z0-9][a-z0-9._-]*$",
        description="A code; contacts use phone, email, chat, whatsapp, social, in-person, web, app, api. Not limited "
        "to these, for a customer may be met elsewhere.",
        examples=["phone"],
    ),
]


class TakenFeedback(Body):
    """What the customer said: ``comment`` is sealed under the customer's key, ``reason`` is not personal."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "scale": "csat",
                    "score": 2,
                    "channel": "phone",
                    "reason": "took-too-long",
                    "comment": "Two weeks without a line.",
                }
            ]
        }
    )

    scale: Code
    """A scale of the agreement version that the case was opened under, such as `csat`."""
    score: Annotated[int, Field(strict=True)]
    """What the customer said, on that scale."""
    channel: Channel
    reason: Reason | None = None
    """A code for what mattered most, such as `took-too-long`; nothing personal."""
    stage: Code | None = None
    """A code for the part of the service that it was about."""
    comment: Text | None = None
    """The customer's own words; sealed before they are kept."""
    feedback_id: UUID | None = None
    """Your own id for it; one is made if left out."""


class Approval(Body):
    """Confirm the feedback that waits; naming it guards against confirming another."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"feedback_id": "0190a7f2-0000-7000-8000-00000000fb01"}]})

    feedback_id: UUID | None = None
    """The feedback that you mean; the one that waits if left out."""


class FeedbackRefusal(Body):
    """Do not confirm the feedback that waits."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"reason": "The recording says otherwise.", "feedback_id": "0190a7f2-0000-7000-8000-00000000fb01"}
            ]
        }
    )

    reason: Text
    """Why it is not confirmed, in words."""
    feedback_id: UUID | None = None
    """The feedback that you mean; the one that waits if left out."""


class InquiryAnswer(Body):
    """Why, how, when and where the customer came to rate so; ``account`` is sealed under the customer's key."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "reason": "took-too-long",
                    "channel": "phone",
                    "stage": "repair",
                    "moment": "2026-03-01T09:00:00+01:00",
                    "account": "Nobody called back.",
                }
            ]
        }
    )

    reason: Reason
    """A code for what mattered most, such as `took-too-long`; nothing personal."""
    channel: Channel
    stage: Code | None = None
    """A code for the part of the service where it happened."""
    moment: Moment | None = None
    """When it happened: RFC 3339 with offset."""
    account: Text | None = None
    """The customer's own words; sealed before they are kept."""


async def _taking(body: TakenFeedback, line: Line, *, case_id: UUID) -> Meant:
    feedback_id = body.feedback_id or line.new_id()
    command = TakeFeedback(
        feedback_id=feedback_id,
        scale=body.scale,
        score=body.score,
        channel=body.channel,
        reason=None if body.reason is None else confide(body.reason),
        stage=body.stage,
        comment=await sealed(line, case_id, body.comment),
        imported=line.imported,
        by=line.by,
        recorded_by=await recorder(line),
        at=line.at,
    )
    return Meant(key=case_id, command=command, answer={"case_id": case_id, "feedback_id": feedback_id})


async def _approving(body: Approval, line: Line, *, case_id: UUID) -> Meant:
    command = ApproveFeedback(
        feedback_id=body.feedback_id,
        imported=line.imported,
        by=line.by,
        recorded_by=await recorder(line),
        at=line.at,
    )
    return Meant(key=case_id, command=command, answer={"case_id": case_id})


async def _refusing(body: FeedbackRefusal, line: Line, *, case_id: UUID) -> Meant:
    command = RefuseFeedback(
        feedback_id=body.feedback_id,
        reason=confide(body.reason),
        imported=line.imported,
        by=line.by,
        recorded_by=await recorder(line),
        at=line.at,
    )
    return Meant(key=case_id, command=command, answer={"case_id": case_id})


async def _inquired(body: InquiryAnswer, line: Line, *, case_id: UUID, feedback_id: UUID) -> Meant:
    command = AnswerInquiry(
        feedback_id=feedback_id,
        reason=confide(body.reason),
        channel=body.channel,
        stage=body.stage,
        moment=body.moment,
        account=await sealed(line, case_id, body.account),
        request_id=line.new_id(),
        imported=line.imported,
        by=line.by,
        recorded_by=await recorder(line),
        at=line.at,
    )
    return Meant(key=case_id, command=command, answer={"case_id": case_id, "feedback_id": feedback_id})


TAKE = operation(_taking, roles=FACE, body=TakenFeedback)
APPROVE = operation(_approving, roles=LEADS, body=Approval)
REFUSE = operation(_refusing, roles=LEADS, body=FeedbackRefusal)
ANSWER_INQUIRY = operation(_inquired, roles=FACE, body=InquiryAnswer, path={**CASE, "feedback_id": UUID})

_RESTING = (refusals.LoopUnknown, refusals.CaseIsClosed, refusals.CaseIsParked)
_SECOND = (
    refusals.NoFeedbackToApprove,
    refusals.SecondPersonNeeded,
    refusals.SecondCompanyNeeded,
    refusals.NotOnTheCase,
    refusals.DecidedTooEarly,
)


@router.post(
    "/{case_id}/taken-feedback",
    status_code=201,
    operation_id="takeFeedback",
    response_model=FeedbackNamed,
    responses=problems(
        *_RESTING,
        refusals.NotTheTouchpoint,
        refusals.NotOnTheCase,
        refusals.FeedbackNotAsked,
        refusals.FeedbackWaitsForApproval,
        ScaleNotAgreed,
        ScoreOutsideScale,
    ),
)
async def take_feedback(case_id: UUID, body: TakenFeedback, desk: Annotated[Desk, allowed(*TAKE.roles)]) -> Response:
    """Write down what the customer told the touchpoint; it counts when a person of another company approves it."""
    return await desk.carry_out(TAKE, body, case_id=case_id)


@router.post(
    "/{case_id}/approvals",
    status_code=201,
    operation_id="approveFeedback",
    response_model=CaseNamed,
    responses=problems(*_RESTING, *_SECOND),
)
async def approve_feedback(case_id: UUID, body: Approval, desk: Annotated[Desk, allowed(*APPROVE.roles)]) -> Response:
    """Confirm feedback that a person of another company took: of one that is on the case, if there is another."""
    return await desk.carry_out(APPROVE, body, case_id=case_id)


@router.post(
    "/{case_id}/refusals",
    status_code=201,
    operation_id="refuseFeedback",
    response_model=CaseNamed,
    responses=problems(*_RESTING, *_SECOND),
)
async def refuse_feedback(
    case_id: UUID, body: FeedbackRefusal, desk: Annotated[Desk, allowed(*REFUSE.roles)]
) -> Response:
    """Do not confirm feedback that a person of another company took: the customer is awaited as before."""
    return await desk.carry_out(REFUSE, body, case_id=case_id)


@router.post(
    "/{case_id}/inquiries/{feedback_id}/answers",
    status_code=201,
    operation_id="answerInquiry",
    response_model=FeedbackNamed,
    responses=problems(refusals.LoopUnknown, refusals.NotOnTheCase, refusals.NoSuchInquiry),
)
async def answer_inquiry(
    case_id: UUID, feedback_id: UUID, body: InquiryAnswer, desk: Annotated[Desk, allowed(*ANSWER_INQUIRY.roles)]
) -> Response:
    """State why the customer rated so; a solution that waited only for this is asked about."""
    return await desk.carry_out(ANSWER_INQUIRY, body, case_id=case_id, feedback_id=feedback_id)
