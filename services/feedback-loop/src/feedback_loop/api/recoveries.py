"""Each negative experience beside what amended it and the positive one that followed; how often, how soon."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Query
from starlette.responses import Response

from common.values import value
from common.web.desk import Desk, allowed
from common.web.paging import Page, given
from feedback_loop.api.disclosing import Reader
from feedback_loop.api.loop_operations import READERS
from feedback_loop.projections.closings import closings
from feedback_loop.projections.loops import loops
from feedback_loop.projections.recoveries import Amends, recoveries

router = APIRouter(prefix="/v1/recoveries", tags=["recoveries"])

_positive = (
    sa.select(closings)
    .where(closings.c.case_id == recoveries.c.case_id, closings.c.round > recoveries.c.round)
    .order_by(closings.c.round)
    .limit(1)
    .lateral("positive")
)
_seconds = sa.extract("epoch", _positive.c.positive_at - recoveries.c.negative_at)
_rounds = _positive.c.round - recoveries.c.round
_paired = recoveries.outerjoin(_positive, sa.true()).join(loops, loops.c.case_id == recoveries.c.case_id)


@value
class Recovery:
    """A negative experience and, once there is one, its positive one; ``companies`` did the work it was about.

    ``hidden`` names what was written and is not shared with the reader's company: it is not empty.
    """

    case_id: UUID
    feedback_id: UUID
    agreement_id: UUID
    accountable: str
    companies: tuple[str, ...]
    round: int
    scale: str
    score: int
    reason: str | None
    source: str
    negative_at: datetime
    actions: tuple[Amends, ...]
    positive_feedback_id: UUID | None
    positive_score: int | None
    positive_source: str | None
    positive_at: datetime | None
    rounds_to_recovery: int | None
    seconds_to_recovery: float | None
    imported: bool
    taken_by: str | None
    inquired_by: str | None
    hidden: tuple[str, ...]


@value
class RecoverySummary:
    """How often, in how many rounds and how soon negative experiences became positive, imported history apart."""

    agreement_id: UUID
    company: str
    imported: bool
    negatives: int
    recovered: int
    recovery_rate: float
    rounds_to_recovery: float | None
    seconds_to_recovery: float | None


@value
class RecoverySummaries:
    """One entry for each agreement, accountable company and provenance."""

    items: tuple[RecoverySummary, ...]


@router.get("", operation_id="listRecoveries", response_model=Page[Recovery])
async def list_recoveries(
    desk: Annotated[Desk, allowed(*READERS)],
    agreement_id: Annotated[UUID | None, Query()] = None,
    company: Annotated[str | None, Query(description="the accountable company")] = None,
    recovered: Annotated[bool | None, Query(description="whether a positive experience followed")] = None,
    imported: Annotated[bool | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query()] = None,
) -> Response:
    """Give the pairs of the caller's agreements, the latest negative experience first."""
    del limit, cursor  # read by the page itself
    select = (
        sa.select(
            recoveries,
            loops.c.accountable,
            loops.c.company.label("touchpoint"),
            loops.c.companies.label("on_the_case"),
            loops.c.sharing,
            _positive.c.feedback_id.label("positive_feedback_id"),
            _positive.c.score.label("positive_score"),
            _positive.c.source.label("positive_source"),
            _positive.c.positive_at,
            _rounds.label("rounds_to_recovery"),
            _seconds.label("seconds_to_recovery"),
        )
        .select_from(_paired)
        .where(recoveries.c.agreement_id.in_(await desk.agreements()))
    )
    if recovered is not None:
        select = select.where(_positive.c.feedback_id.is_not(None) == recovered)
    select = given(
        select,
        (recoveries.c.agreement_id, agreement_id),
        (loops.c.accountable, company),
        (recoveries.c.imported, imported),
    )
    order = (recoveries.c.negative_at.desc(), recoveries.c.case_id.desc(), recoveries.c.feedback_id.desc())
    return await desk.page(select, *order, shape=partial(_shown, desk.caller.company))


@router.get("/summary", operation_id="summarizeRecoveries")
async def summarize_recoveries(
    desk: Annotated[Desk, allowed(*READERS)], agreement_id: Annotated[UUID | None, Query()] = None
) -> RecoverySummaries:
    """Give recovery rate, rounds and time to recovery by agreement and accountable company."""
    by = (recoveries.c.agreement_id, loops.c.accountable.label("company"), recoveries.c.imported)
    recovered = sa.func.count(_positive.c.feedback_id)
    counted: list[sa.ColumnElement[Any]] = [
        *by,
        sa.func.count().label("negatives"),
        recovered.label("recovered"),
        (recovered * 1.0 / sa.func.count()).label("recovery_rate"),
        sa.func.avg(_rounds).label("rounds_to_recovery"),
        sa.func.avg(_seconds).label("seconds_to_recovery"),
    ]
    mine = recoveries.c.agreement_id.in_(await desk.agreements())
    select = sa.select(*counted).select_from(_paired).where(mine).group_by(*by).order_by(*by)
    rows = await desk.rows(given(select, (recoveries.c.agreement_id, agreement_id)))
    return RecoverySummaries(items=tuple(RecoverySummary(**_plain(row)) for row in rows))


def _shown(company: str, row: Any) -> dict[str, Any]:
    """Return the row with what the agreement shares of it with *company*."""
    reader = Reader(
        company=company,
        sharing=row["sharing"],
        touchpoint=row["touchpoint"],
        companies=frozenset(row["on_the_case"]),
    )
    hidden: set[str] = set()
    reason = reader.text(
        "feedback_reason", row["reason"], hidden, row["touchpoint"], row["inquired_by"] or row["taken_by"]
    )
    actions = [
        {**one, "what": reader.text("corrective_action", one["what"], hidden, one.get("opened_by"))}
        for one in row["actions"]
    ]
    seen = {name: said for name, said in _plain(row).items() if name not in _JUDGED_BY}
    return {**seen, "reason": reason, "actions": actions, "hidden": sorted(hidden)}


_JUDGED_BY = frozenset({"touchpoint", "on_the_case", "sharing"})


def _plain(row: Any) -> dict[str, Any]:
    """Return the row with the database's exact numbers as JSON's."""
    numbers = {name: float(row[name]) for name in _EXACT if row.get(name) is not None}
    return {**row, **numbers}


_EXACT = ("seconds_to_recovery", "recovery_rate", "rounds_to_recovery")
