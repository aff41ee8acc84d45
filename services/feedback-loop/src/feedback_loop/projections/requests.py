"""Which case a request belongs to: an integrator confirms a delivery by the request alone."""

from uuid import UUID

import sqlalchemy as sa

from common.projecting import About, Projection, of_types
from common.values import value
from feedback_loop.domain.loop_facts import FeedbackAsked
from feedback_loop.projections import metadata

requests = sa.Table(
    "requests",
    metadata,
    sa.Column("request_id", sa.Uuid, primary_key=True),
    sa.Column("case_id", sa.Uuid, nullable=False),
    sa.Column("agreement_id", sa.Uuid, nullable=False),
)


@value
class RequestRow:
    """A request and its case."""

    request_id: UUID
    case_id: UUID
    agreement_id: UUID


def key(fact: object) -> UUID | None:
    """Return the request that came to be."""
    return fact.request_id if isinstance(fact, FeedbackAsked) else None


def project(row: RequestRow | None, fact: FeedbackAsked, about: About) -> RequestRow:
    """Return the request."""
    del row, about
    return RequestRow(request_id=fact.request_id, case_id=fact.case_id, agreement_id=fact.agreement_id)


projection = Projection(table=requests, row=RequestRow, key=key, project=project, anew=of_types(FeedbackAsked))
