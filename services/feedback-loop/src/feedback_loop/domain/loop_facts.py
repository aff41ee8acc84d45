"""What happens in the life of a case's loop."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from common.values import Confided, Person, Sealed, value
from feedback_loop.domain.terms import LoopTerms, Verdict

RoundReason = Literal["negative-feedback", "neutral-feedback", "customer-came-back"]
ParkingReason = Literal["withdrawn", "unreachable", "duplicate", "opened-in-error"]
AskedBecause = Literal["solution-proposed", "amended", "asked-again", "unparked"]
Source = Literal["customer-link", "taken-by-person"]
UnparkedBecause = Literal["customer-answered", "customer-came-back", "person-decided"]


@value
class Share:
    """A team that worked on a round, and its company."""

    team_id: UUID | None
    company: str


@value
class LoopOpened:
    """The loop of a case has begun, under the terms in force when the case was opened.

    ``imported_by`` is the company that told of an imported case.
    """

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    round: int
    customer_id: UUID
    customer_key: str
    language: str
    company: str
    team_id: UUID | None
    accountable: str
    accountable_clause: str | None
    service: str
    activity: str
    region: str
    priority: str
    external_reference: str | None
    terms: LoopTerms
    imported: bool
    imported_by: str | None
    at: datetime


@value
class SolutionNoted:
    """A solution of this round is known; whose work it was is frozen here."""

    case_id: UUID
    agreement_id: UUID
    round: int
    cause: str
    action: str
    attribution: tuple[Share, ...]
    at: datetime


@value
class FeedbackAsked:
    """The customer is asked about this round; an imported request reminds nobody."""

    case_id: UUID
    agreement_id: UUID
    round: int
    request_id: UUID
    because: AskedBecause
    scale: str
    expires_at: datetime
    imported: bool
    at: datetime


@value
class SurveyLinkIssued:
    """An integrator was given the link of the request; ``n`` counts the reminders before it."""

    case_id: UUID
    agreement_id: UUID
    request_id: UUID
    n: int
    to: Person
    at: datetime


@value
class SurveyLinkDelivered:
    """An integrator says that the link reached the customer."""

    case_id: UUID
    agreement_id: UUID
    request_id: UUID
    n: int
    by: Person
    at: datetime


@value
class ReminderDue:
    """The customer is to be reminded for the *n*-th time."""

    case_id: UUID
    agreement_id: UUID
    round: int
    request_id: UUID
    n: int
    clause_id: str
    agreement_version: int
    at: datetime


@value
class SilenceNoted:
    """The customer has not answered; a person must make contact. Nothing is closed by it."""

    case_id: UUID
    agreement_id: UUID
    round: int
    request_id: UUID
    clause_id: str
    agreement_version: int
    at: datetime


@value
class FeedbackTaken:
    """A person says what the customer said; it counts when a second person of another company has approved it."""

    case_id: UUID
    agreement_id: UUID
    feedback_id: UUID
    round: int
    verdict: Verdict
    scale: str
    score: int
    clause_id: str
    agreement_version: int
    channel: str
    reason: Confided | None
    stage: str | None
    comment: Sealed | None
    by: Person
    recorded_by: Person
    at: datetime


@value
class TakenFeedbackRefused:
    """A second person did not believe the feedback that somebody took."""

    case_id: UUID
    agreement_id: UUID
    feedback_id: UUID
    round: int
    reason: Confided
    by: Person
    at: datetime


@value
class TakenFeedbackSuperseded:
    """The customer answered in person before the feedback that somebody took was approved."""

    case_id: UUID
    agreement_id: UUID
    feedback_id: UUID
    round: int
    at: datetime


@value
class FeedbackReceived:
    """The customer's word on a round: why (reason, comment), how (channel), when (moment) and where (stage)."""

    case_id: UUID
    agreement_id: UUID
    feedback_id: UUID
    round: int
    request_id: UUID | None
    verdict: Verdict
    scale: str
    score: int
    clause_id: str
    agreement_version: int
    source: Source
    channel: str
    reason: Confided | None
    stage: str | None
    comment: Sealed | None
    moment: datetime
    attribution: tuple[Share, ...]
    taken_by: Person | None
    approved_by: Person | None
    at: datetime


@value
class InquiryOpened:
    """The customer rated badly and gave no reason: a person must ask why, how, when and where."""

    case_id: UUID
    agreement_id: UUID
    feedback_id: UUID
    round: int
    at: datetime


@value
class InquiryAnswered:
    """It is known why the customer rated so; ``account`` seals what the customer told."""

    case_id: UUID
    agreement_id: UUID
    feedback_id: UUID
    reason: Confided
    channel: str
    stage: str | None
    moment: datetime | None
    account: Sealed | None
    by: Person
    at: datetime


@value
class RoundOpened:
    """The loop goes round again; ``feedback_id`` is the answer that made it so."""

    case_id: UUID
    agreement_id: UUID
    round: int
    reason: RoundReason
    feedback_id: UUID | None
    contact_id: UUID | None
    at: datetime


@value
class CaseEscalated:
    """The round is brought before somebody further up, as the agreement says."""

    case_id: UUID
    agreement_id: UUID
    round: int
    to: str
    clause_id: str
    agreement_version: int
    at: datetime


@value
class RootCauseStated:
    """A person says why the customer was not satisfied; a later statement corrects an earlier one."""

    case_id: UUID
    agreement_id: UUID
    round: int
    cause: Confided
    feedback_id: UUID | None
    by: Person
    at: datetime


@value
class CorrectiveActionOpened:
    """Somebody is to put right what went wrong, by a date; ``feedback_id`` is the negative answer it amends."""

    case_id: UUID
    agreement_id: UUID
    action_id: UUID
    round: int
    feedback_id: UUID | None
    company: str
    team_id: UUID | None
    person: str | None
    what: Confided
    due: datetime
    by: Person
    at: datetime


@value
class CorrectiveActionDone:
    """It was put right, and this shows it."""

    case_id: UUID
    agreement_id: UUID
    action_id: UUID
    round: int
    feedback_id: UUID | None
    evidence: Confided
    by: Person
    at: datetime


@value
class ParkingProposed:
    """A person wants to let the case rest; a second one must agree."""

    case_id: UUID
    agreement_id: UUID
    reason: ParkingReason
    text: Confided
    primary_case_id: UUID | None
    by: Person
    recorded_by: Person
    at: datetime


@value
class ParkingRefused:
    """A second person wants the case to go on."""

    case_id: UUID
    agreement_id: UUID
    reason: Confided
    by: Person
    at: datetime


@value
class CaseParked:
    """The case rests, still open; ``primary_case_id`` is the case it duplicates."""

    case_id: UUID
    agreement_id: UUID
    round: int
    reason: ParkingReason
    text: Confided
    primary_case_id: UUID | None
    proposed_by: Person
    recorded_by: Person
    approved_by: Person
    at: datetime


@value
class CaseUnparked:
    """The case goes on; without a person it was the customer who came back or answered."""

    case_id: UUID
    agreement_id: UUID
    round: int
    reason: UnparkedBecause
    note: Confided | None
    by: Person | None
    at: datetime


@value
class CaseClosed:
    """The customer is content with the last round: the only way a case closes."""

    case_id: UUID
    agreement_id: UUID
    round: int
    feedback_id: UUID
    at: datetime


@value
class ErasureNoted:
    """The customer's personal data is gone: no link is delivered, reminded of or answered any more.

    ``request_id`` is the asking whose answer was awaited, which now reaches nobody; a person has to find out.
    """

    case_id: UUID
    agreement_id: UUID
    round: int
    request_id: UUID | None
    at: datetime


Fact = (
    LoopOpened
    | SolutionNoted
    | FeedbackAsked
    | SurveyLinkIssued
    | SurveyLinkDelivered
    | ReminderDue
    | SilenceNoted
    | FeedbackTaken
    | TakenFeedbackRefused
    | TakenFeedbackSuperseded
    | FeedbackReceived
    | InquiryOpened
    | InquiryAnswered
    | RoundOpened
    | CaseEscalated
    | RootCauseStated
    | CorrectiveActionOpened
    | CorrectiveActionDone
    | ParkingProposed
    | ParkingRefused
    | CaseParked
    | CaseUnparked
    | CaseClosed
    | ErasureNoted
)
