"""What waits for a person, case by case."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from common.projecting import About, Projection
from common.values import value
from feedback_loop.domain import loop_facts as facts
from feedback_loop.domain.loop_facts import Fact
from feedback_loop.projections import metadata

tasks = sa.Table(
    "tasks",
    metadata,
    sa.Column("case_id", sa.Uuid, primary_key=True),
    sa.Column("task", sa.Text, primary_key=True),
    sa.Column("ref", sa.Uuid, primary_key=True),
    sa.Column("agreement_id", sa.Uuid, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("proposed_by_company", sa.Text),
    sa.Column("imported", sa.Boolean, nullable=False),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    sa.Index("tasks_by_agreement", "agreement_id", "since"),
)


@value
class Task:
    """Something a person must do. ``ref``: the feedback, action or case it is about."""

    case_id: UUID
    task: str
    ref: UUID
    agreement_id: UUID
    round: int
    proposed_by_company: str | None
    imported: bool
    since: datetime


Named = tuple[str, UUID]


def begun(fact: Fact) -> list[Named]:  # noqa: PLR0911 - one line per fact
    """Return the tasks that *fact* gives to people."""
    match fact:
        case facts.SilenceNoted() | facts.FeedbackAsked(imported=True) | facts.TakenFeedbackRefused():
            return [("call-customer", fact.case_id)]
        case facts.ErasureNoted(request_id=UUID()):
            return [("call-customer", fact.case_id)]
        case facts.FeedbackTaken(feedback_id=ref):
            return [("approve-feedback", ref)]
        case facts.FeedbackReceived(verdict="neutral"):
            return [("follow-up", fact.case_id)]
        case facts.InquiryOpened(feedback_id=ref):
            return [("inquire", ref)]
        case facts.RoundOpened(reason="negative-feedback"):
            return [("state-root-cause", fact.case_id), ("open-corrective-action", fact.case_id)]
        case facts.CorrectiveActionOpened(action_id=ref):
            return [("finish-corrective-action", ref)]
        case facts.ParkingProposed():
            return [("approve-parking", fact.case_id)]
        case _:
            return []


def ended(fact: Fact) -> list[Named]:  # noqa: PLR0911 - one line per fact
    """Return the tasks that *fact* ends."""
    case = fact.case_id
    match fact:
        case facts.FeedbackAsked(imported=False):
            return [("call-customer", case), ("follow-up", case)]
        case facts.FeedbackAsked():
            return [("follow-up", case)]
        case facts.FeedbackTaken():
            return [("call-customer", case)]
        case facts.TakenFeedbackRefused(feedback_id=ref) | facts.TakenFeedbackSuperseded(feedback_id=ref):
            return [("approve-feedback", ref)]
        case facts.FeedbackReceived(feedback_id=ref):
            return [("call-customer", case), ("approve-feedback", ref), ("follow-up", case)]
        case facts.InquiryAnswered(feedback_id=ref):
            return [("inquire", ref)]
        case facts.RoundOpened() | facts.CaseClosed():
            return _of_round(fact)
        case _:
            return _amended(fact)


def _of_round(fact: facts.RoundOpened | facts.CaseClosed) -> list[Named]:
    case = fact.case_id
    ends = [("follow-up", case), ("call-customer", case), ("state-root-cause", case), ("open-corrective-action", case)]
    return [*ends, ("approve-parking", case)] if isinstance(fact, facts.CaseClosed) else ends


def _amended(fact: Fact) -> list[Named]:
    match fact:
        case facts.RootCauseStated():
            return [("state-root-cause", fact.case_id)]
        case facts.CorrectiveActionOpened():
            return [("open-corrective-action", fact.case_id)]
        case facts.CorrectiveActionDone(action_id=ref):
            return [("finish-corrective-action", ref)]
        case facts.ParkingRefused() | facts.CaseParked():
            return [("approve-parking", fact.case_id)]
        case _:
            return []


def key(fact: object) -> list[tuple[UUID, str, UUID]] | None:
    """Return the tasks that begin or end with *fact*."""
    if not isinstance(fact, Fact):
        return None
    named = dict.fromkeys([*begun(fact), *ended(fact)])
    return [(fact.case_id, task, ref) for task, ref in named]


def project(row: Task | None, fact: Fact, about: About) -> Task | None:
    """Return the task after *fact*, None when nobody need do it (any more)."""
    case_id, task, ref = about.key
    if (task, ref) not in begun(fact):
        return None
    by: object = getattr(fact, "by", None)
    return Task(
        case_id=case_id,
        task=task,
        ref=ref,
        agreement_id=fact.agreement_id,
        round=getattr(fact, "round", 0) or (row.round if row else 0),
        proposed_by_company=getattr(by, "company", None),
        imported=about.imported,
        since=fact.at,
    )


def anew(fact: Fact) -> bool:
    """Tell whether tasks after *fact* follow from it alone: none begins, or it says in which round."""
    return not begun(fact) or bool(getattr(fact, "round", 0))


projection = Projection(table=tasks, row=Task, key=key, project=project, anew=anew)
