"""How each hand-off between companies stands against what was promised for it: a row per hand-off and target."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import sqlalchemy as sa

from agreement.domain.hand_off_clock import PASSED
from agreement.domain.hand_off_facts import (
    Fact,
    HandOffClockHalted,
    HandOffClockWentOn,
    HandOffCommitmentBegun,
    HandOffCommitmentEnded,
    HandOffCommitmentMet,
    HandOffCommitmentMissed,
    Target,
)
from agreement.projections import metadata
from common.projecting import About, Projection, of_types
from common.values import replace, value

hand_off_commitments = sa.Table(
    "hand_off_commitments",
    metadata,
    sa.Column("case_id", sa.Uuid, primary_key=True),
    sa.Column("hand_off", sa.Integer, primary_key=True),
    sa.Column("target", sa.Text, primary_key=True),
    sa.Column("agreement_id", sa.Uuid, nullable=False),
    sa.Column("agreement_version", sa.Integer, nullable=False),
    sa.Column("clause_id", sa.Text, nullable=False),
    sa.Column("item_id", sa.Uuid, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("customer", sa.Text, nullable=False),
    sa.Column("supplier", sa.Text, nullable=False),
    sa.Column("service", sa.Text, nullable=False),
    sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("within_seconds", sa.BigInteger, nullable=False),
    sa.Column("due_at", sa.DateTime(timezone=True)),
    sa.Column("verdict", sa.Text),
    sa.Column("rule", sa.Text),
    sa.Column("took_seconds", sa.BigInteger),
    sa.Column("ended_at", sa.DateTime(timezone=True)),
    sa.Column("imported", sa.Boolean, nullable=False),
    sa.Index("hand_off_commitments_by_agreement", "agreement_id", "begun_at", "case_id", "hand_off", "target"),
)


@value
class HandOffRow:
    """One promise. ``due_at`` is None while the clock stands still, the last two until it has ended."""

    case_id: UUID
    hand_off: int
    target: Target
    agreement_id: UUID
    agreement_version: int
    clause_id: str
    item_id: UUID
    round: int
    customer: str
    supplier: str
    service: str
    begun_at: datetime
    within_seconds: int
    due_at: datetime | None
    verdict: Literal["met", "missed"] | None
    rule: str | None
    took_seconds: int | None
    ended_at: datetime | None
    imported: bool


def key(fact: object) -> tuple[UUID, int, str] | None:
    """Return the promise that *fact* is about."""
    match fact:
        case (
            HandOffCommitmentBegun()
            | HandOffClockHalted()
            | HandOffClockWentOn()
            | HandOffCommitmentMet()
            | HandOffCommitmentMissed()
            | HandOffCommitmentEnded()
        ):
            return fact.case_id, fact.hand_off, fact.target
        case _:
            return None


def project(row: HandOffRow | None, fact: Fact, _: About) -> HandOffRow | None:  # noqa: PLR0911 - one line per fact
    """Return the row after *fact*."""
    if isinstance(fact, HandOffCommitmentBegun):
        return _begun(fact)
    if row is None:
        return None
    match fact:
        case HandOffClockHalted(overdue=overdue):
            return row if overdue else replace(row, due_at=None, verdict=None, rule=None)
        case HandOffClockWentOn(due_at=due_at):
            return replace(row, due_at=due_at or row.due_at)
        case HandOffCommitmentMet() | HandOffCommitmentMissed():
            return _judged(row, fact)
        case HandOffCommitmentEnded():
            return _ended(row, fact)
        case _:
            return row


def _begun(fact: HandOffCommitmentBegun) -> HandOffRow:
    return HandOffRow(
        case_id=fact.case_id,
        hand_off=fact.hand_off,
        target=fact.target,
        agreement_id=fact.agreement_id,
        agreement_version=fact.agreement_version,
        clause_id=fact.clause_id,
        item_id=fact.item_id,
        round=fact.round,
        customer=fact.customer,
        supplier=fact.supplier,
        service=fact.service,
        begun_at=fact.at,
        within_seconds=_seconds(fact.within),
        due_at=fact.due_at,
        verdict=None,
        rule=None,
        took_seconds=None,
        ended_at=None,
        imported=fact.imported,
    )


def _judged(row: HandOffRow, fact: HandOffCommitmentMet | HandOffCommitmentMissed) -> HandOffRow:
    verdict = "met" if isinstance(fact, HandOffCommitmentMet) else "missed"
    judged = replace(row, verdict=verdict, rule=fact.rule, due_at=fact.due_at)
    if fact.rule == PASSED:
        return judged
    return replace(judged, took_seconds=_seconds(fact.took), ended_at=fact.at)


def _ended(row: HandOffRow, fact: HandOffCommitmentEnded) -> HandOffRow:
    ended = replace(row, took_seconds=_seconds(fact.took), ended_at=fact.at)
    return ended if fact.overdue else replace(ended, verdict=None, rule=fact.rule)


def _seconds(duration: timedelta) -> int:
    return duration // timedelta(seconds=1)


projection = Projection(
    table=hand_off_commitments, row=HandOffRow, key=key, project=project, anew=of_types(HandOffCommitmentBegun)
)
