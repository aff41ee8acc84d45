"""Each positive experience that closed a case, so that the negative ones before it find their end."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from common.projecting import About, Projection, of_types
from common.values import value
from feedback_loop.domain.loop_facts import FeedbackReceived
from feedback_loop.projections import metadata

closings = sa.Table(
    "closings",
    metadata,
    sa.Column("case_id", sa.Uuid, primary_key=True),
    sa.Column("feedback_id", sa.Uuid, primary_key=True),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("score", sa.Integer, nullable=False),
    sa.Column("scale", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("positive_at", sa.DateTime(timezone=True), nullable=False),
    sa.Index("closings_by_case", "case_id", "round"),
)


@value
class Closing:
    """A positive experience, by the link or taken by a person."""

    case_id: UUID
    feedback_id: UUID
    round: int
    score: int
    scale: str
    source: str
    positive_at: datetime


def key(fact: object) -> tuple[UUID, UUID] | None:
    """Return the positive experience that *fact* is."""
    match fact:
        case FeedbackReceived(verdict="positive", feedback_id=feedback_id):
            return (fact.case_id, feedback_id)
        case _:
            return None


def project(row: Closing | None, fact: FeedbackReceived, about: About) -> Closing:
    """Return the positive experience."""
    del row, about
    return Closing(
        feedback_id=fact.feedback_id,
        case_id=fact.case_id,
        round=fact.round,
        score=fact.score,
        scale=fact.scale,
        source=fact.source,
        positive_at=fact.moment,
    )


projection = Projection(table=closings, row=Closing, key=key, project=project, anew=of_types(FeedbackReceived))
