"""Many operations on loops in one request, also those of an imported history with its own times."""

from fastapi import APIRouter

from common.web.batch import batch_route
from feedback_loop.api import asks, corrective_actions, parkings, taken_feedback

router = APIRouter(prefix="/v1/loops", tags=["batches"])

batch_route(
    router,
    {
        "takeFeedback": taken_feedback.TAKE,
        "approveFeedback": taken_feedback.APPROVE,
        "refuseFeedback": taken_feedback.REFUSE,
        "answerInquiry": taken_feedback.ANSWER_INQUIRY,
        "stateRootCause": corrective_actions.STATE_CAUSE,
        "openCorrectiveAction": corrective_actions.OPEN_ACTION,
        "finishCorrectiveAction": corrective_actions.FINISH_ACTION,
        "askAgain": asks.ASK,
        "workAgain": asks.WORK,
        "comeBack": asks.COME_BACK,
        "proposeParking": parkings.PROPOSE,
        "approveParking": parkings.APPROVE,
        "refuseParking": parkings.REFUSE,
        "unpark": parkings.UNPARK,
    },
    operation_id="batchLoops",
)
