"""What a loop's row says of each round."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from common.values import Person, Sealed, replace, value
from feedback_loop.domain import loop_facts as facts
from feedback_loop.domain.loop_facts import Fact, Share


@value
class SolutionRow:
    """What was proposed, and whose work it was."""

    cause: str
    action: str
    attribution: tuple[Share, ...]
    at: datetime


@value
class AskedRow:
    """One asking of the customer."""

    request_id: UUID
    because: str
    at: datetime
    expires_at: datetime
    imported: bool
    reminders: int = 0
    silent_since: datetime | None = None


@value
class AnswerRow:
    """What the customer said; not yet counted, and perhaps never, while nobody approved what a person took."""

    feedback_id: UUID
    verdict: str
    scale: str
    score: int
    clause_id: str
    agreement_version: int
    source: str
    channel: str
    reason: str | None
    stage: str | None
    comment: Sealed | None
    moment: datetime
    taken_by: Person | None = None
    approved_by: Person | None = None
    refused_by: Person | None = None
    counts: bool = False
    inquired_by: Person | None = None
    """Who found out the reason, where the customer had given none."""


@value
class ActionRow:
    """A corrective action."""

    action_id: UUID
    company: str
    team_id: UUID | None
    person: str | None
    what: str | None
    due: datetime
    opened_at: datetime
    done_at: datetime | None = None
    evidence: str | None = None
    opened_by: Person | None = None
    done_by: Person | None = None


@value
class RoundRow:
    """One turn of the loop."""

    round: int
    reason: str
    opened_at: datetime
    solution: SolutionRow | None = None
    asked: tuple[AskedRow, ...] = ()
    answers: tuple[AnswerRow, ...] = ()
    root_cause: str | None = None
    root_cause_by: Person | None = None
    actions: tuple[ActionRow, ...] = ()
    escalated_to: str | None = None
    closed_at: datetime | None = None


def begin(fact: facts.LoopOpened) -> RoundRow:
    """Return the first round."""
    return RoundRow(round=fact.round, reason="case-opened", opened_at=fact.at)


def in_rounds(rounds: tuple[RoundRow, ...], fact: Fact) -> tuple[RoundRow, ...]:
    """Return the rounds after *fact*, which changes one or adds one."""
    if isinstance(fact, facts.RoundOpened):
        return (*rounds, RoundRow(round=fact.round, reason=fact.reason, opened_at=fact.at))
    if isinstance(fact, facts.InquiryAnswered):
        return tuple(_explained(one, fact) for one in rounds)
    number = getattr(fact, "round", None)
    return tuple(_after(one, fact) if one.round == number else one for one in rounds)


def _after(row: RoundRow, fact: Fact) -> RoundRow:  # noqa: PLR0911 - one line per fact
    match fact:
        case facts.SolutionNoted():
            solution = SolutionRow(cause=fact.cause, action=fact.action, attribution=fact.attribution, at=fact.at)
            return replace(row, solution=solution)
        case facts.FeedbackAsked():
            return replace(row, asked=(*row.asked, _asked(fact)))
        case facts.ReminderDue(request_id=request_id, n=n):
            return _of_request(row, request_id, lambda one: replace(one, reminders=n))
        case facts.SilenceNoted(request_id=request_id, at=at):
            return _of_request(row, request_id, lambda one: replace(one, silent_since=at))
        case facts.CaseEscalated(to=to):
            return replace(row, escalated_to=to)
        case facts.CaseClosed(at=at):
            return replace(row, closed_at=at)
        case _:
            return _amended(_answered(row, fact), fact)


def _explained(row: RoundRow, fact: facts.InquiryAnswered) -> RoundRow:
    answers = (
        replace(one, reason=fact.reason.text, stage=fact.stage, inquired_by=fact.by)
        if one.feedback_id == fact.feedback_id
        else one
        for one in row.answers
    )
    return replace(row, answers=tuple(answers))


def _answered(row: RoundRow, fact: Fact) -> RoundRow:
    match fact:
        case facts.FeedbackTaken():
            return replace(row, answers=(*row.answers, _taken(fact)))
        case facts.TakenFeedbackRefused(feedback_id=feedback_id, by=by):
            refused = (replace(one, refused_by=by) if one.feedback_id == feedback_id else one for one in row.answers)
            return replace(row, answers=tuple(refused))
        case facts.FeedbackReceived():
            others = (one for one in row.answers if one.feedback_id != fact.feedback_id)
            return replace(row, answers=(*others, _received(fact)))
        case _:
            return row


def _amended(row: RoundRow, fact: Fact) -> RoundRow:
    match fact:
        case facts.RootCauseStated(cause=cause, by=by):
            return replace(row, root_cause=cause.text, root_cause_by=by)
        case facts.CorrectiveActionOpened():
            return replace(row, actions=(*row.actions, _opened(fact)))
        case facts.CorrectiveActionDone(action_id=action_id, evidence=evidence, by=by, at=at):
            done = (
                replace(one, done_at=at, done_by=by, evidence=evidence.text) if one.action_id == action_id else one
                for one in row.actions
            )
            return replace(row, actions=tuple(done))
        case _:
            return row


def _of_request(row: RoundRow, request_id: UUID, change: Callable[[AskedRow], AskedRow]) -> RoundRow:
    return replace(row, asked=tuple(change(one) if one.request_id == request_id else one for one in row.asked))


def _asked(fact: facts.FeedbackAsked) -> AskedRow:
    return AskedRow(
        request_id=fact.request_id,
        because=fact.because,
        at=fact.at,
        expires_at=fact.expires_at,
        imported=fact.imported,
    )


def _taken(fact: facts.FeedbackTaken) -> AnswerRow:
    return AnswerRow(
        feedback_id=fact.feedback_id,
        verdict=fact.verdict,
        scale=fact.scale,
        score=fact.score,
        clause_id=fact.clause_id,
        agreement_version=fact.agreement_version,
        source="taken-by-person",
        channel=fact.channel,
        reason=fact.reason and fact.reason.text,
        stage=fact.stage,
        comment=fact.comment,
        moment=fact.at,
        taken_by=fact.by,
    )


def _received(fact: facts.FeedbackReceived) -> AnswerRow:
    return AnswerRow(
        feedback_id=fact.feedback_id,
        verdict=fact.verdict,
        scale=fact.scale,
        score=fact.score,
        clause_id=fact.clause_id,
        agreement_version=fact.agreement_version,
        source=fact.source,
        channel=fact.channel,
        reason=fact.reason and fact.reason.text,
        stage=fact.stage,
        comment=fact.comment,
        moment=fact.moment,
        taken_by=fact.taken_by,
        approved_by=fact.approved_by,
        counts=True,
    )


def _opened(fact: facts.CorrectiveActionOpened) -> ActionRow:
    return ActionRow(
        action_id=fact.action_id,
        company=fact.company,
        team_id=fact.team_id,
        person=fact.person,
        what=fact.what.text,
        due=fact.due,
        opened_at=fact.at,
        opened_by=fact.by,
    )
