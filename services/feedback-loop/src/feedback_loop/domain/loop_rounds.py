"""What the rules of a loop have in common: a case that can be worked on, its next round, asking its customer."""

from datetime import datetime
from uuid import UUID

from feedback_loop.domain.loop_facts import (
    AskedBecause,
    CaseEscalated,
    ErasureNoted,
    Fact,
    FeedbackAsked,
    RoundOpened,
    RoundReason,
)
from feedback_loop.domain.loop_refusals import CaseIsClosed, CaseIsParked, LoopUnknown
from feedback_loop.domain.loop_states import Closed, Life, Loop, NotOpened, Open, Parked
from feedback_loop.domain.terms import escalated_to


def known(state: Loop) -> Open | Parked | Closed:
    """Return the loop if there is one, else raise the refusal."""
    match state:
        case NotOpened():
            raise LoopUnknown
        case Open() | Parked() | Closed():
            return state


def going(state: Loop) -> Open:
    """Return the loop if it goes round, else raise the refusal that says why it does not."""
    match known(state):
        case Closed():
            raise CaseIsClosed
        case Parked():
            raise CaseIsParked
        case Open() as going_round:
            return going_round


def ask(life: Life, request_id: UUID, because: AskedBecause, *, imported: bool, at: datetime) -> list[Fact]:
    """Return that the customer is asked about the round; the link answers as long as the agreement says.

    Asking an erased customer reaches nobody: that is said beside it, and leaves it to people to take the feedback.
    """
    asked = FeedbackAsked(
        case_id=life.case_id,
        agreement_id=life.agreement_id,
        round=life.round.number,
        request_id=request_id,
        because=because,
        scale=life.terms.survey_scale,
        expires_at=at + life.terms.reminders.link_valid_for,
        imported=imported,
        at=at,
    )
    return [asked, erasure(life, request_id, at)] if life.erased else [asked]


def erasure(life: Life, request_id: UUID | None, at: datetime) -> ErasureNoted:
    """Return that the customer is erased, and which asking thereby reaches nobody."""
    return ErasureNoted(
        case_id=life.case_id,
        agreement_id=life.agreement_id,
        round=life.round.number,
        request_id=request_id,
        at=at,
    )


def next_round(
    life: Life, reason: RoundReason, *, at: datetime, feedback_id: UUID | None = None, contact_id: UUID | None = None
) -> list[Fact]:
    """Return that the loop goes round again, and before whom that is brought."""
    number = life.round.number + 1
    again = RoundOpened(
        case_id=life.case_id,
        agreement_id=life.agreement_id,
        round=number,
        reason=reason,
        feedback_id=feedback_id,
        contact_id=contact_id,
        at=at,
    )
    step = escalated_to(life.terms, number)
    if step is None:
        return [again]
    escalated = CaseEscalated(
        case_id=life.case_id,
        agreement_id=life.agreement_id,
        round=number,
        to=step.to,
        clause_id=step.clause_id,
        agreement_version=life.terms.version,
        at=at,
    )
    return [again, escalated]
