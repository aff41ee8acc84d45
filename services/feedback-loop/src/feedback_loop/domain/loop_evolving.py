"""What each fact makes of a loop; nothing here can refuse."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from common.values import replace
from feedback_loop.domain.loop_asking import begun
from feedback_loop.domain.loop_companies import joined
from feedback_loop.domain.loop_facts import (
    CaseClosed,
    CaseParked,
    CaseUnparked,
    CorrectiveActionDone,
    CorrectiveActionOpened,
    ErasureNoted,
    Fact,
    FeedbackAsked,
    FeedbackReceived,
    FeedbackTaken,
    InquiryAnswered,
    InquiryOpened,
    LoopOpened,
    ParkingProposed,
    ParkingRefused,
    ReminderDue,
    RootCauseStated,
    RoundOpened,
    SilenceNoted,
    SolutionNoted,
    SurveyLinkDelivered,
    SurveyLinkIssued,
    TakenFeedbackRefused,
    TakenFeedbackSuperseded,
)
from feedback_loop.domain.loop_states import (
    Action,
    AwaitingFeedback,
    Closed,
    FeedbackToApprove,
    FollowUp,
    InWork,
    Life,
    Loop,
    NotOpened,
    Open,
    Parked,
    Request,
    Round,
    Silent,
    SolutionWaits,
    Stage,
)


def evolve(state: Loop, fact: Fact) -> Loop:  # noqa: PLR0911 - one line per way a fact can change what it is
    """Return the loop after *fact*."""
    match state, fact:
        case _, LoopOpened():
            return Open(life=begun(fact), stage=InWork())
        case NotOpened(), _:
            return state
        case Open() | Parked() | Closed(), RoundOpened():
            return Open(life=_in_round(state.life, fact), stage=InWork(), parking=_proposed(state))
        case Open(), CaseClosed():
            return Closed(life=state.life, feedback_id=fact.feedback_id, since=fact.at)
        case Open(), CaseParked():
            return Parked(life=state.life, stage=state.stage, parking=_proposal(fact), since=fact.at)
        case Parked(), CaseUnparked():
            return Open(life=state.life, stage=state.stage)
        case Open(), ParkingProposed():
            return replace(state, parking=fact)
        case Open(), ParkingRefused():
            return replace(state, parking=None)
        case Closed(), _:
            return replace(state, life=_grown(state.life, fact))
        case Open() | Parked(), _:
            return replace(state, life=_grown(state.life, fact), stage=_staged(state.stage, fact))


def _proposed(state: Open | Parked | Closed) -> ParkingProposed | None:
    return state.parking if isinstance(state, Open) else None


def _proposal(fact: CaseParked) -> ParkingProposed:
    return ParkingProposed(
        case_id=fact.case_id,
        agreement_id=fact.agreement_id,
        reason=fact.reason,
        text=fact.text,
        primary_case_id=fact.primary_case_id,
        by=fact.proposed_by,
        recorded_by=fact.recorded_by,
        at=fact.at,
    )


def _in_round(life: Life, fact: RoundOpened) -> Life:
    negative = fact.feedback_id if fact.reason == "negative-feedback" else None
    returns = life.returns | ({fact.at} if fact.reason == "customer-came-back" else set[datetime]())
    return replace(life, round=Round(number=fact.round, negative=negative), returns=returns)


def _staged(stage: Stage, fact: Fact) -> Stage:  # noqa: PLR0911 - one line per stage
    match fact:
        case SolutionNoted():
            return SolutionWaits()
        case FeedbackAsked(request_id=request_id):
            return AwaitingFeedback(request_id=request_id)
        case SilenceNoted(request_id=request_id):
            return Silent(request_id=request_id)
        case FeedbackTaken():
            return _taken(stage, fact)
        case TakenFeedbackRefused() | TakenFeedbackSuperseded():
            return stage.before if isinstance(stage, FeedbackToApprove) else stage
        case FeedbackReceived(verdict="neutral", feedback_id=feedback_id):
            return FollowUp(feedback_id=feedback_id)
        case _:
            return stage


def _taken(stage: Stage, fact: FeedbackTaken) -> Stage:
    match stage:
        case AwaitingFeedback() | Silent() | FollowUp():
            return FeedbackToApprove(taken=fact, before=stage)
        case _:
            return stage


def _grown(life: Life, fact: Fact) -> Life:  # noqa: PLR0911 - one line per fact
    match fact:
        case SolutionNoted():
            working = replace(life.round, attribution=fact.attribution)
            return replace(life, round=working, companies=joined(life.companies, fact))
        case FeedbackAsked():
            return replace(life, requests=(*life.requests, _request(fact)))
        case ReminderDue(n=n, at=at):
            return _sent(life, fact.request_id, lambda one: replace(one, reminders=n, reminded_at=at))
        case SurveyLinkIssued(n=n, to=to):
            name = f"{to.company}/{to.person}"
            return _sent(life, fact.request_id, lambda one: replace(one, issued=one.issued | {(n, name)}))
        case SurveyLinkDelivered(n=n):
            return _sent(life, fact.request_id, lambda one: replace(one, delivered=one.delivered | {n}))
        case FeedbackReceived():
            return replace(life, requests=_answered(life.requests, fact.round), counted=fact.feedback_id)
        case InquiryOpened(feedback_id=feedback_id):
            return replace(life, inquiries=life.inquiries | {feedback_id})
        case InquiryAnswered(feedback_id=feedback_id):
            return replace(life, inquiries=life.inquiries - {feedback_id})
        case ErasureNoted():
            return replace(life, erased=True)
        case _:
            return _amended(life, fact)


def _amended(life: Life, fact: Fact) -> Life:
    match fact:
        case RootCauseStated(cause=cause, by=by):
            return replace(life, round=replace(life.round, cause=cause, cause_by=by.company))
        case CorrectiveActionOpened():
            action = Action(
                action_id=fact.action_id, round=fact.round, feedback_id=fact.feedback_id, company=fact.company
            )
            return replace(life, actions=(*life.actions, action), companies=joined(life.companies, fact))
        case CorrectiveActionDone():
            return replace(life, actions=_done(life.actions, fact))
        case _:
            return life


def _request(fact: FeedbackAsked) -> Request:
    return Request(
        request_id=fact.request_id,
        round=fact.round,
        asked_at=fact.at,
        expires_at=fact.expires_at,
        imported=fact.imported,
    )


def _sent(life: Life, request_id: UUID, change: Callable[[Request], Request]) -> Life:
    return replace(life, requests=tuple(change(one) if one.request_id == request_id else one for one in life.requests))


def _answered(requests: tuple[Request, ...], number: int) -> tuple[Request, ...]:
    return tuple(replace(one, answered=True) if one.round == number else one for one in requests)


def _done(actions: tuple[Action, ...], fact: CorrectiveActionDone) -> tuple[Action, ...]:
    return tuple(
        replace(one, done=True, evidence=fact.evidence) if one.action_id == fact.action_id else one for one in actions
    )
