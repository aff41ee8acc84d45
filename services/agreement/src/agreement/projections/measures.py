"""How each case stands against its targets: a row for each stretch from an opening to a closing."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import sqlalchemy as sa

from agreement.domain.measure_facts import (
    CaseMeasured,
    Fact,
    RoundMeasured,
    StretchEnded,
    Target,
    TargetMet,
    TargetMissed,
    TargetsMoved,
)
from agreement.projections import metadata
from common.projecting import About, Projection, of_types
from common.values import replace, value

measures = sa.Table(
    "measures",
    metadata,
    sa.Column("case_id", sa.Uuid, primary_key=True),
    sa.Column("round", sa.Integer, primary_key=True),
    sa.Column("agreement_id", sa.Uuid, nullable=False),
    sa.Column("agreement_version", sa.Integer, nullable=False),
    sa.Column("clause_id", sa.Text, nullable=False),
    sa.Column("priority", sa.Text, nullable=False),
    sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("closed_at", sa.DateTime(timezone=True)),
    sa.Column("response_due", sa.DateTime(timezone=True), nullable=False),
    sa.Column("response", sa.Text),
    sa.Column("response_rule", sa.Text),
    sa.Column("resolution_due", sa.DateTime(timezone=True), nullable=False),
    sa.Column("resolution", sa.Text),
    sa.Column("resolution_rule", sa.Text),
    sa.Column("imported", sa.Boolean, nullable=False),
    sa.Index("measures_by_agreement", "agreement_id", "opened_at", "case_id", "round"),
)

Verdict = Literal["met", "missed"]


@value
class MeasureRow:
    """One stretch. ``response`` and ``resolution`` are the verdicts, None while there is none."""

    case_id: UUID
    round: int
    agreement_id: UUID
    agreement_version: int
    clause_id: str
    priority: str
    opened_at: datetime
    closed_at: datetime | None
    response_due: datetime
    response: Verdict | None
    response_rule: str | None
    resolution_due: datetime
    resolution: Verdict | None
    resolution_rule: str | None
    imported: bool


def key(fact: object) -> tuple[UUID, int] | None:
    """Return the stretch that *fact* is about."""
    match fact:
        case CaseMeasured(case_id=case_id):
            return case_id, 1
        case RoundMeasured() | TargetsMoved() | StretchEnded() | TargetMet() | TargetMissed():
            return fact.case_id, fact.round
        case _:
            return None


def project(row: MeasureRow | None, fact: Fact, _: About) -> MeasureRow | None:  # noqa: PLR0911 - one line per fact
    """Return the row after *fact*."""
    match fact:
        case CaseMeasured():
            return _begun(fact, 1)
        case RoundMeasured(round=number):
            return _begun(fact, number)
        case _ if row is None:
            return None
        case TargetsMoved():
            return replace(
                row,
                clause_id=fact.clause_id,
                priority=fact.priority,
                response_due=fact.response_due or row.response_due,
                resolution_due=fact.resolution_due or row.resolution_due,
            )
        case StretchEnded(at=at):
            return replace(row, closed_at=at)
        case TargetMet(target=target, rule=rule):
            return _judged(row, target, "met", rule)
        case TargetMissed(target=target, rule=rule):
            return _judged(row, target, "missed", rule)


def _begun(fact: CaseMeasured | RoundMeasured, number: int) -> MeasureRow:
    return MeasureRow(
        case_id=fact.case_id,
        round=number,
        agreement_id=fact.agreement_id,
        agreement_version=fact.agreement_version,
        clause_id=fact.clause_id,
        priority=fact.priority,
        opened_at=fact.at,
        closed_at=None,
        response_due=fact.response_due,
        response=None,
        response_rule=None,
        resolution_due=fact.resolution_due,
        resolution=None,
        resolution_rule=None,
        imported=fact.imported,
    )


def _judged(row: MeasureRow, target: Target, verdict: Verdict, rule: str) -> MeasureRow:
    if target == "response":
        return replace(row, response=verdict, response_rule=rule)
    return replace(row, resolution=verdict, resolution_rule=rule)


projection = Projection(
    table=measures, row=MeasureRow, key=key, project=project, anew=of_types(CaseMeasured, RoundMeasured)
)
