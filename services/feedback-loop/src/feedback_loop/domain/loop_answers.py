"""The customer's word: by the link, or taken by a person and approved by one of another company. Only it closes."""

from datetime import datetime
from typing import assert_never
from uuid import UUID

from feedback_loop.domain.loop_amending import asking
from feedback_loop.domain.loop_commands import (
    AnswerInquiry,
    ApproveFeedback,
    ReceiveFeedback,
    RefuseFeedback,
    TakeFeedback,
)
from feedback_loop.domain.loop_companies import decides, may_tell, on_the_case, takes
from feedback_loop.domain.loop_facts import (
    CaseClosed,
    CaseUnparked,
    Fact,
    FeedbackReceived,
    FeedbackTaken,
    InquiryAnswered,
    InquiryOpened,
    TakenFeedbackRefused,
    TakenFeedbackSuperseded,
)
from feedback_loop.domain.loop_refusals import (
    AlreadyAnswered,
    CaseIsClosed,
    CaseIsParked,
    CustomerErased,
    DecidedTooEarly,
    FeedbackNotAsked,
    FeedbackWaitsForApproval,
    LinkExpired,
    NoFeedbackToApprove,
    NoSuchInquiry,
    RequestOfEarlierRound,
    RequestSuperseded,
    RequestUnknown,
)
from feedback_loop.domain.loop_rounds import going, known, next_round
from feedback_loop.domain.loop_states import (
    AwaitingFeedback,
    Closed,
    FeedbackToApprove,
    FollowUp,
    InWork,
    Life,
    Loop,
    Open,
    Parked,
    Request,
    Silent,
    SolutionWaits,
)
from feedback_loop.domain.terms import judge


def receive(state: Loop, command: ReceiveFeedback) -> list[Fact]:
    """Return the customer's own answer and what follows from it; it outranks what somebody took."""
    case = known(state)
    life = case.life
    answerable(life, command.request_id, command.at)
    received = _answer(life, command)
    match case:
        case Closed():
            raise CaseIsClosed
        case Parked(parking=parking) if parking.reason == "duplicate":
            raise CaseIsParked("This case is looked after, and asked about, together with the one it duplicates.")
        case Parked(stage=stage):
            return [
                _answered_while_parked(life, command.at),
                *_superseded(life, stage, command.at),
                *_follow(received, life),
            ]
        case Open(stage=stage):
            return [*_superseded(life, stage, command.at), *_follow(received, life)]


def answerable(life: Life, request_id: UUID, at: datetime) -> Request:
    """Return the request if the customer may still answer it at *at*, else raise the refusal."""
    request = life.request(request_id)
    if request is None:
        raise RequestUnknown
    if life.erased:
        raise CustomerErased
    if request.answered:
        raise AlreadyAnswered
    if request.round != life.round.number:
        raise RequestOfEarlierRound
    if life.superseded(request):
        raise RequestSuperseded
    if at > request.expires_at:
        raise LinkExpired
    return request


def _answer(life: Life, command: ReceiveFeedback) -> FeedbackReceived:
    if command.round != life.round.number:
        raise RequestOfEarlierRound
    judgement = judge(life.terms, life.terms.survey_scale, command.score)
    return FeedbackReceived(
        case_id=life.case_id,
        agreement_id=life.agreement_id,
        feedback_id=command.feedback_id,
        round=life.round.number,
        request_id=command.request_id,
        verdict=judgement.verdict,
        scale=judgement.scale,
        score=judgement.score,
        clause_id=judgement.clause_id,
        agreement_version=judgement.agreement_version,
        source="customer-link",
        channel="survey-link",
        reason=command.reason,
        stage=command.stage,
        comment=command.comment,
        moment=command.at,
        attribution=life.round.attribution,
        taken_by=None,
        approved_by=None,
        at=command.at,
    )


def _answered_while_parked(life: Life, at: datetime) -> CaseUnparked:
    return CaseUnparked(
        case_id=life.case_id,
        agreement_id=life.agreement_id,
        round=life.round.number,
        reason="customer-answered",
        note=None,
        by=None,
        at=at,
    )


def _superseded(life: Life, stage: object, at: datetime) -> list[Fact]:
    match stage:
        case FeedbackToApprove(taken=taken):
            return [
                TakenFeedbackSuperseded(
                    case_id=life.case_id,
                    agreement_id=life.agreement_id,
                    feedback_id=taken.feedback_id,
                    round=taken.round,
                    at=at,
                )
            ]
        case _:
            return []


def _follow(received: FeedbackReceived, life: Life) -> list[Fact]:
    """Return the answer and what it brings: closed, a person's task, or another round."""
    match received.verdict:
        case "positive":
            return [received, _closed(received)]
        case "neutral":
            return [received]
        case "negative":
            again = next_round(life, "negative-feedback", feedback_id=received.feedback_id, at=received.at)
            return [received, *_inquiry(received), *again]
        case _:
            assert_never(received.verdict)


def _closed(received: FeedbackReceived) -> CaseClosed:
    return CaseClosed(
        case_id=received.case_id,
        agreement_id=received.agreement_id,
        round=received.round,
        feedback_id=received.feedback_id,
        at=received.at,
    )


def _inquiry(received: FeedbackReceived) -> list[Fact]:
    if received.reason:
        return []
    return [
        InquiryOpened(
            case_id=received.case_id,
            agreement_id=received.agreement_id,
            feedback_id=received.feedback_id,
            round=received.round,
            at=received.at,
        )
    ]


def take(state: Loop, command: TakeFeedback) -> list[Fact]:
    """Return what a person says the customer said; it waits for a second person."""
    if _is_counted(state, command.feedback_id):
        return []
    case = going(state)
    takes(case.life, command.by, command.recorded_by, imported=command.imported)
    match case.stage:
        case FeedbackToApprove(taken=taken) if taken.feedback_id == command.feedback_id:
            return []
        case FeedbackToApprove():
            raise FeedbackWaitsForApproval
        case InWork() | SolutionWaits():
            raise FeedbackNotAsked
        case AwaitingFeedback() | Silent() | FollowUp():
            return [_taken(case.life, command)]


def _is_counted(state: Loop, feedback_id: UUID | None) -> bool:
    match state:
        case Open(life=life) | Parked(life=life) | Closed(life=life):
            return feedback_id is not None and life.counted == feedback_id
        case _:
            return False


def _taken(life: Life, command: TakeFeedback) -> FeedbackTaken:
    judgement = judge(life.terms, command.scale, command.score)
    return FeedbackTaken(
        case_id=life.case_id,
        agreement_id=life.agreement_id,
        feedback_id=command.feedback_id,
        round=life.round.number,
        verdict=judgement.verdict,
        scale=judgement.scale,
        score=judgement.score,
        clause_id=judgement.clause_id,
        agreement_version=judgement.agreement_version,
        channel=command.channel,
        reason=command.reason,
        stage=command.stage,
        comment=command.comment,
        by=command.by,
        recorded_by=command.recorded_by,
        at=command.at,
    )


def approve(state: Loop, command: ApproveFeedback) -> list[Fact]:
    """Return that taken feedback counts, and what follows from it."""
    if _is_counted(state, command.feedback_id):
        return []
    case = going(state)
    taken = _waiting(case, command)
    return _follow(_approved(case.life, taken, command), case.life)


def _waiting(case: Open, command: ApproveFeedback | RefuseFeedback) -> FeedbackTaken:
    match case.stage:
        case FeedbackToApprove(taken=taken) if command.feedback_id in {None, taken.feedback_id}:
            decides(case.life, taken, command.by, command.recorded_by, imported=command.imported)
            if command.at < taken.at:
                raise DecidedTooEarly
            return taken
        case _:
            raise NoFeedbackToApprove


def _approved(life: Life, taken: FeedbackTaken, command: ApproveFeedback) -> FeedbackReceived:
    return FeedbackReceived(
        case_id=taken.case_id,
        agreement_id=taken.agreement_id,
        feedback_id=taken.feedback_id,
        round=taken.round,
        request_id=None,
        verdict=taken.verdict,
        scale=taken.scale,
        score=taken.score,
        clause_id=taken.clause_id,
        agreement_version=taken.agreement_version,
        source="taken-by-person",
        channel=taken.channel,
        reason=taken.reason,
        stage=taken.stage,
        comment=taken.comment,
        moment=taken.at,
        attribution=life.round.attribution,
        taken_by=taken.by,
        approved_by=command.by,
        at=command.at,
    )


def refuse(state: Loop, command: RefuseFeedback) -> list[Fact]:
    """Return that taken feedback does not count; the customer is awaited as before."""
    case = going(state)
    if command.imported:
        may_tell(case.life, command.recorded_by)
    taken = _waiting(case, command)
    return [
        TakenFeedbackRefused(
            case_id=taken.case_id,
            agreement_id=taken.agreement_id,
            feedback_id=taken.feedback_id,
            round=taken.round,
            reason=command.reason,
            by=command.by,
            at=command.at,
        )
    ]


def answer_inquiry(state: Loop, command: AnswerInquiry) -> list[Fact]:
    """Return why the customer rated so, as a person found out, and the asking that waited for it."""
    life = known(state).life
    on_the_case(life, command.by, command.recorded_by, imported=command.imported)
    if command.feedback_id not in life.inquiries:
        raise NoSuchInquiry
    answered = InquiryAnswered(
        case_id=life.case_id,
        agreement_id=life.agreement_id,
        feedback_id=command.feedback_id,
        reason=command.reason,
        channel=command.channel,
        stage=command.stage,
        moment=command.moment,
        account=command.account,
        by=command.by,
        at=command.at,
    )
    return [answered, *asking(state, answered, command.request_id, imported=command.imported, at=command.at)]
