"""How a loop begins, how its customer is asked and reminded, and how the link travels."""

from datetime import datetime
from uuid import UUID

from common.refusals import NotYet
from feedback_loop.domain.loop_commands import (
    AskAgain,
    ConfirmDelivery,
    IssueSurveyLink,
    NoteErasure,
    NoteSolution,
    OpenLoop,
    Solution,
    Tick,
    WorkAgain,
)
from feedback_loop.domain.loop_companies import joined, on_the_case
from feedback_loop.domain.loop_facts import (
    Fact,
    LoopOpened,
    ReminderDue,
    SilenceNoted,
    SolutionNoted,
    SurveyLinkDelivered,
    SurveyLinkIssued,
)
from feedback_loop.domain.loop_refusals import (
    CorrectiveActionNeeded,
    CustomerErased,
    FeedbackWaitsForApproval,
    NoFollowUp,
    NothingToAsk,
    NothingToDeliver,
    RequestUnknown,
)
from feedback_loop.domain.loop_rounds import ask, erasure, going, known, next_round
from feedback_loop.domain.loop_states import (
    About,
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
)
from feedback_loop.domain.terms import next_reminder, reminders_due, silent_at


def open_loop(state: Loop, command: OpenLoop) -> list[Fact]:
    """Return that the loop began; a case solved at contact is asked about at once."""
    if not isinstance(state, NotOpened):
        return []
    opened = LoopOpened(
        case_id=command.case_id,
        agreement_id=command.agreement_id,
        agreement_version=command.terms.version,
        round=1,
        customer_id=command.customer_id,
        customer_key=command.customer_key,
        language=command.language,
        company=command.company,
        team_id=command.team_id,
        accountable=command.accountable,
        accountable_clause=command.accountable_clause,
        service=command.service,
        activity=command.activity,
        region=command.region,
        priority=command.priority,
        external_reference=command.external_reference,
        terms=command.terms,
        imported=command.imported,
        imported_by=command.imported_by,
        at=command.at,
    )
    if command.solution is None:
        return [opened]
    life = begun(opened)
    asked = ask(life, command.request_id, "solution-proposed", imported=command.imported, at=command.at)
    return [opened, _noted(life, command.solution, command.at), *asked]


def begun(fact: LoopOpened) -> Life:
    """Return what a loop keeps from its opening on."""
    return Life(
        case_id=fact.case_id,
        agreement_id=fact.agreement_id,
        customer_id=fact.customer_id,
        customer_key=fact.customer_key,
        language=fact.language,
        terms=fact.terms,
        imported=fact.imported,
        round=Round(number=fact.round),
        company=fact.company,
        companies=joined((), fact),
        imported_by=fact.imported_by,
        about=About(external_reference=fact.external_reference, service=fact.service, opened_at=fact.at),
    )


def note_solution(state: Loop, command: NoteSolution) -> list[Fact]:
    """Return the solution, and the asking if nothing stands in its way; a solution of a past round changes nothing."""
    case = known(state)
    if command.round > case.life.round.number:
        raise NotYet
    if command.round < case.life.round.number:
        return []
    noted = _noted(case.life, command.solution, command.at)
    match case:
        case Open(stage=InWork()) if case.life.repaired(imported=command.imported):
            asking = ask(case.life, command.request_id, "solution-proposed", imported=command.imported, at=command.at)
            return [noted, *asking]
        case Open(stage=InWork()) | Parked(stage=InWork()):
            return [noted]
        case Open() | Parked() | Closed():
            return []


def _noted(life: Life, solution: Solution, at: datetime) -> SolutionNoted:
    return SolutionNoted(
        case_id=life.case_id,
        agreement_id=life.agreement_id,
        round=life.round.number,
        cause=solution.cause,
        action=solution.action,
        attribution=solution.attribution,
        at=at,
    )


def ask_again(state: Loop, command: AskAgain) -> list[Fact]:
    """Return one more asking about the same round."""
    case = going(state)
    on_the_case(case.life, command.by, command.recorded_by, imported=command.imported)
    if case.life.request(command.request_id) is not None:
        return []
    match case.stage:
        case InWork():
            raise NothingToAsk
        case SolutionWaits():
            raise CorrectiveActionNeeded
        case FeedbackToApprove():
            raise FeedbackWaitsForApproval
        case AwaitingFeedback() | Silent() | FollowUp() if case.life.erased:
            raise CustomerErased
        case AwaitingFeedback() | Silent() | FollowUp():
            return ask(case.life, command.request_id, "asked-again", imported=command.imported, at=command.at)


def work_again(state: Loop, command: WorkAgain) -> list[Fact]:
    """Return another round after a neutral answer, because a person says so."""
    match going(state):
        case Open(life=life, stage=FollowUp(feedback_id=feedback_id)):
            on_the_case(life, command.by, command.recorded_by, imported=command.imported)
            return next_round(life, "neutral-feedback", feedback_id=feedback_id, at=command.at)
        case _:
            raise NoFollowUp


def due(state: Loop) -> datetime | None:
    """Return when the loop wants to look at the clock: its next reminder, or the moment silence is noted."""
    match state:
        case Open(life=life, stage=AwaitingFeedback(request_id=request_id)):
            request = life.request(request_id)
            return None if request is None or request.imported or life.erased else _looks_at(life, request)
        case _:
            return None


def _looks_at(life: Life, request: Request) -> datetime:
    reminder = next_reminder(life.terms, request.asked_at, request.reminders)
    return reminder or silent_at(life.terms, request.asked_at, request.reminded_at)


def tick(state: Loop, command: Tick) -> list[Fact]:
    """Return the reminder or the silence that is due; reminders missed meanwhile are not sent one upon the other."""
    when = due(state)
    match state:
        case Open(life=life, stage=AwaitingFeedback(request_id=request_id)) if when and when <= command.at:
            request = life.request(request_id)
            return [] if request is None else [_overdue(life, request, command.at)]
        case _:
            return []


def _overdue(life: Life, request: Request, at: datetime) -> Fact:
    plan = life.terms.reminders
    foreseen = reminders_due(life.terms, request.asked_at, at)
    if foreseen > request.reminders:
        return ReminderDue(
            case_id=life.case_id,
            agreement_id=life.agreement_id,
            round=request.round,
            request_id=request.request_id,
            n=foreseen,
            clause_id=plan.clause_id,
            agreement_version=life.terms.version,
            at=at,
        )
    return SilenceNoted(
        case_id=life.case_id,
        agreement_id=life.agreement_id,
        round=request.round,
        request_id=request.request_id,
        clause_id=plan.clause_id,
        agreement_version=life.terms.version,
        at=at,
    )


def issue_link(state: Loop, command: IssueSurveyLink) -> list[Fact]:
    """Return who was given the link; the same reader is noted once for the asking and once for each reminder."""
    case = going(state)
    request = _deliverable(case, command.request_id)
    if command.at > request.expires_at:
        raise NothingToDeliver
    if (request.reminders, _name(command)) in request.issued:
        return []
    return [
        SurveyLinkIssued(
            case_id=case.life.case_id,
            agreement_id=case.life.agreement_id,
            request_id=request.request_id,
            n=request.reminders,
            to=command.to,
            at=command.at,
        )
    ]


def _name(command: IssueSurveyLink) -> str:
    return f"{command.to.company}/{command.to.person}"


def _deliverable(case: Open, request_id: UUID) -> Request:
    """Return the request whose link may go out: also while what a person took waits, for the customer outranks it."""
    request = case.life.request(request_id)
    match case.stage.before if isinstance(case.stage, FeedbackToApprove) else case.stage:
        case AwaitingFeedback(request_id=asked) | Silent(request_id=asked) if (
            request is not None and asked == request_id and not request.imported and not case.life.erased
        ):
            return request
        case _:
            raise NothingToDeliver


def confirm_delivery(state: Loop, command: ConfirmDelivery) -> list[Fact]:
    """Return that the link was delivered, as whoever it was issued to says."""
    life = known(state).life
    request = life.request(command.request_id)
    if request is None:
        raise RequestUnknown
    if command.n in request.delivered:
        return []
    if (command.n, f"{command.by.company}/{command.by.person}") not in request.issued:
        raise NothingToDeliver
    return [
        SurveyLinkDelivered(
            case_id=life.case_id,
            agreement_id=life.agreement_id,
            request_id=request.request_id,
            n=command.n,
            by=command.by,
            at=command.at,
        )
    ]


def note_erasure(state: Loop, command: NoteErasure) -> list[Fact]:
    """Return that the customer is erased, once; the case stays as open, parked or closed as it was."""
    case = known(state)
    return [] if case.life.erased else [erasure(case.life, _awaited(case), command.at)]


def _awaited(case: Open | Parked | Closed) -> UUID | None:
    match case:
        case Open(stage=stage) | Parked(stage=stage):
            return stage.request_id if isinstance(stage, AwaitingFeedback | Silent) else None
        case Closed():
            return None
