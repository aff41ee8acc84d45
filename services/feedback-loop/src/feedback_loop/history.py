"""The names under which this service's facts are stored, and which of them leave it."""

from uuid import UUID, uuid5

from common.history import History, Kind
from feedback_loop.domain import agreement, customer, loop, loop_facts
from feedback_loop.domain.loop_commands import Tick

AGREEMENT = Kind(name="agreement", decider=agreement.decider)
CUSTOMER = Kind(name="customer", decider=customer.decider)
LOOP = Kind(name="loop", decider=loop.decider, due=loop.due, tick=lambda at: Tick(at=at))

names: dict[str, type] = {
    "terms-learned": agreement.TermsLearned,
    "customer-linked": customer.CustomerLinked,
    "erasure-learned": customer.ErasureLearned,
    "loop-opened": loop_facts.LoopOpened,
    "solution-noted": loop_facts.SolutionNoted,
    "feedback-asked": loop_facts.FeedbackAsked,
    "survey-link-issued": loop_facts.SurveyLinkIssued,
    "survey-link-delivered": loop_facts.SurveyLinkDelivered,
    "reminder-due": loop_facts.ReminderDue,
    "silence-noted": loop_facts.SilenceNoted,
    "feedback-taken": loop_facts.FeedbackTaken,
    "taken-feedback-refused": loop_facts.TakenFeedbackRefused,
    "taken-feedback-superseded": loop_facts.TakenFeedbackSuperseded,
    "feedback-received": loop_facts.FeedbackReceived,
    "inquiry-opened": loop_facts.InquiryOpened,
    "inquiry-answered": loop_facts.InquiryAnswered,
    "round-opened": loop_facts.RoundOpened,
    "case-escalated": loop_facts.CaseEscalated,
    "root-cause-stated": loop_facts.RootCauseStated,
    "corrective-action-opened": loop_facts.CorrectiveActionOpened,
    "corrective-action-done": loop_facts.CorrectiveActionDone,
    "parking-proposed": loop_facts.ParkingProposed,
    "parking-refused": loop_facts.ParkingRefused,
    "case-parked": loop_facts.CaseParked,
    "case-unparked": loop_facts.CaseUnparked,
    "case-closed": loop_facts.CaseClosed,
    "erasure-noted": loop_facts.ErasureNoted,
}

history = History(
    service="feedback-loop",
    kinds=(AGREEMENT, CUSTOMER, LOOP),
    names=names,
    private=frozenset({"terms-learned", "customer-linked", "erasure-learned", "solution-noted"}),
)


def request_of_round(case_id: UUID, number: int) -> UUID:
    """Return the id of the request that a round's first solution brings about: the same however often it is told."""
    return uuid5(case_id, f"round {number}")
