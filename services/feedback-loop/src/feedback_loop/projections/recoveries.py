"""Each negative experience beside what amended it and the positive one that followed, case by case."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from common.projecting import About, Projection, of_types
from common.values import replace, value
from feedback_loop.domain import loop_facts as facts
from feedback_loop.projections import metadata

recoveries = sa.Table(
    "recoveries",
    metadata,
    sa.Column("case_id", sa.Uuid, primary_key=True),
    sa.Column("feedback_id", sa.Uuid, primary_key=True),
    sa.Column("agreement_id", sa.Uuid, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("score", sa.Integer, nullable=False),
    sa.Column("scale", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("companies", pg.ARRAY(sa.Text), nullable=False),
    sa.Column("negative_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("actions", pg.JSONB, nullable=False),
    sa.Column("imported", sa.Boolean, nullable=False),
    sa.Column("taken_by", sa.Text),
    sa.Column("inquired_by", sa.Text),
    sa.Index("recoveries_by_agreement", "agreement_id", "negative_at", "feedback_id"),
)


@value
class Amends:
    """A corrective action that answers the negative experience; the company ``opened_by`` wants it done."""

    action_id: UUID
    company: str
    what: str | None
    due: datetime
    done_at: datetime | None = None
    opened_by: str | None = None


@value
class Negative:
    """A negative experience; the positive one that closed the case later stands in ``closings``.

    ``taken_by``: the company whose person took the feedback, None when the customer answered. ``inquired_by``: the
    company whose person found out the reason, None when it came with the answer or is not known.
    """

    case_id: UUID
    feedback_id: UUID
    agreement_id: UUID
    round: int
    score: int
    scale: str
    reason: str | None
    source: str
    companies: tuple[str, ...]
    negative_at: datetime
    actions: tuple[Amends, ...]
    imported: bool
    taken_by: str | None = None
    inquired_by: str | None = None


Fact = facts.FeedbackReceived | facts.InquiryAnswered | facts.CorrectiveActionOpened | facts.CorrectiveActionDone


def key(fact: object) -> tuple[UUID, UUID] | None:
    """Return the negative experience that *fact* is, or answers."""
    match fact:
        case facts.FeedbackReceived(verdict="negative", feedback_id=feedback_id):
            return (fact.case_id, feedback_id)
        case facts.InquiryAnswered(feedback_id=feedback_id):
            return (fact.case_id, feedback_id)
        case facts.CorrectiveActionOpened() | facts.CorrectiveActionDone():
            return None if fact.feedback_id is None else (fact.case_id, fact.feedback_id)
        case _:
            return None


def project(row: Negative | None, fact: Fact, about: About) -> Negative | None:
    """Return the negative experience after *fact*."""
    match row, fact:
        case _, facts.FeedbackReceived():
            return _felt(fact, about)
        case None, _:
            return None
        case Negative(), facts.InquiryAnswered(reason=reason, by=by):
            return replace(row, reason=reason.text, inquired_by=by.company)
        case Negative(), facts.CorrectiveActionOpened():
            return replace(row, actions=(*row.actions, _wanted(fact)))
        case Negative(), facts.CorrectiveActionDone(action_id=done, at=at):
            amended = (replace(one, done_at=at) if one.action_id == done else one for one in row.actions)
            return replace(row, actions=tuple(amended))


def _felt(fact: facts.FeedbackReceived, about: About) -> Negative:
    return Negative(
        feedback_id=fact.feedback_id,
        case_id=fact.case_id,
        agreement_id=fact.agreement_id,
        round=fact.round,
        score=fact.score,
        scale=fact.scale,
        reason=fact.reason and fact.reason.text,
        source=fact.source,
        companies=tuple(dict.fromkeys(share.company for share in fact.attribution)),
        negative_at=fact.moment,
        actions=(),
        imported=about.imported,
        taken_by=fact.taken_by and fact.taken_by.company,
    )


def _wanted(fact: facts.CorrectiveActionOpened) -> Amends:
    return Amends(
        action_id=fact.action_id, company=fact.company, what=fact.what.text, due=fact.due, opened_by=fact.by.company
    )


projection = Projection(table=recoveries, row=Negative, key=key, project=project, anew=of_types(facts.FeedbackReceived))
