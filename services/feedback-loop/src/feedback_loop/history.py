"""The names under which this service's facts are stored, and which of them leave it."""

from typing import Any
from uuid import UUID, uuid5

from common.eventstore.confiding import told_openly
from common.history import History, Kind, Upcast
from feedback_loop.domain import agreement, customer, loop, loop_facts
from feedback_loop.domain.loop_commands import Tick

AGREEMENT = Kind(name="agreement", decider=agreement.decider)
CUSTOMER = Kind(name="customer", decider=customer.decider)
LOOP = Kind(
    name="loop",
    decider=loop.decider,
    due=loop.due,
    tick=lambda at: Tick(at=at),
    lives=lambda fact: not isinstance(fact, loop_facts.ErasureNoted),  # who is forgotten has not acted on the case
)

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


def _confides(field: str) -> Upcast:
    """Return the step from a version that told *field* openly, as older agreements share it with every party."""

    def step(raw: dict[str, Any]) -> dict[str, Any]:
        return raw if raw[field] is None else {**raw, field: told_openly(raw[field])}

    return step


def _notes(raw: dict[str, Any]) -> dict[str, Any]:
    """Tell a code from a person's words, which stood in one place."""
    if raw["by"] is None:
        return {**raw, "note": None}
    return {**raw, "reason": "person-decided", "note": told_openly(raw["reason"])}


def _shares_all(raw: dict[str, Any]) -> dict[str, Any]:
    return {**raw, "terms": {**raw["terms"], "sharing": []}}


def _no_names(raw: dict[str, Any]) -> dict[str, Any]:
    """Leave open what companies and services are called: customers are shown the codes then."""
    return {**raw, "names": {"companies": [], "services": []}}


def _nobody_told(raw: dict[str, Any]) -> dict[str, Any]:
    """Leave open who told of an imported case: only companies on it tell more of it then."""
    return {**raw, "imported_by": None}


upcasts: dict[str, list[Upcast]] = {
    "terms-learned": [_shares_all, _no_names],
    "loop-opened": [_shares_all, _nobody_told],
    "feedback-taken": [_confides("reason")],
    "taken-feedback-refused": [_confides("reason")],
    "feedback-received": [_confides("reason")],
    "inquiry-answered": [_confides("reason")],
    "root-cause-stated": [_confides("cause")],
    "corrective-action-opened": [_confides("what")],
    "corrective-action-done": [_confides("evidence")],
    "parking-proposed": [_confides("text")],
    "parking-refused": [_confides("reason")],
    "case-parked": [_confides("text")],
    "case-unparked": [_notes],
}

history = History(
    service="feedback-loop",
    kinds=(AGREEMENT, CUSTOMER, LOOP),
    names=names,
    upcasts=upcasts,
    private=frozenset({"terms-learned", "customer-linked", "erasure-learned", "solution-noted"}),
)


def request_of_round(case_id: UUID, number: int) -> UUID:
    """Return the id of the request that a round's first solution brings about: the same however often it is told."""
    return uuid5(case_id, f"round {number}")
