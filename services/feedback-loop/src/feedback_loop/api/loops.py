"""Loops: how each stands, how it stood, what happened in it, and how many there are of each kind."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import sqlalchemy as sa
from fastapi import APIRouter, Query
from pydantic import AwareDatetime
from starlette.responses import Response

from common.eventstore.recorded import Recorded
from common.projecting.projection import about
from common.values import replace, value
from common.web.desk import Desk, Row, allowed
from common.web.paging import Page, given, sorting
from common.web.past import After, AsOf, History, Limit, history_of
from common.web.problems import problems
from feedback_loop.api.disclosing import Reader
from feedback_loop.api.loop_operations import READERS, agreement_of
from feedback_loop.domain.loop_refusals import LoopUnknown
from feedback_loop.domain.loop_rounds import known
from feedback_loop.domain.terms import Verdict
from feedback_loop.history import LOOP, history
from feedback_loop.projections.loops import LoopRow, loops, project

router = APIRouter(prefix="/v1/loops", tags=["loops"])

State = Literal[
    "in-work",
    "solution-waits-for-action",
    "awaiting-feedback",
    "silent",
    "feedback-to-approve",
    "follow-up",
    "parked",
    "closed",
]
Sort = Literal["opened_at", "-opened_at", "changed_at", "-changed_at", "round", "-round"]
Asking = Annotated[Desk, allowed(*READERS)]


@value
class Listed:
    """A loop in a list. ``state`` says what it waits for; ``verdict`` and ``source`` are of the last answer."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    customer_id: UUID
    company: str
    accountable: str
    service: str
    activity: str
    region: str
    priority: str
    external_reference: str | None
    state: str
    round: int
    verdict: str | None
    source: str | None
    escalated_to: str | None
    parking_proposed: str | None
    parked_reason: str | None
    parked_at: datetime | None
    duplicate_of: UUID | None
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    imported: bool
    customer_erased: bool
    version: int


@value
class Duplicate:
    """A case beside the one it duplicates: ``state`` and ``verdict`` are the other one's."""

    case_id: UUID
    state: str
    verdict: str | None


@value
class Loop(LoopRow):
    """A loop with all its rounds; ``duplicates`` (and theirs) rest with it, ``primary`` is the case they rest with.

    ``hidden`` names what was written and is not shared with the reader's company: it is not empty.
    """

    duplicates: tuple[Duplicate, ...]
    primary: Duplicate | None
    hidden: tuple[str, ...]


@router.get("", operation_id="listLoops", response_model=Page[Listed])
async def list_loops(
    desk: Asking,
    agreement_id: Annotated[UUID | None, Query()] = None,
    state: Annotated[list[State] | None, Query()] = None,
    verdict: Annotated[Verdict | None, Query(description="of the last answer")] = None,
    company: Annotated[str | None, Query(description="the accountable company")] = None,
    imported: Annotated[bool | None, Query()] = None,
    sort: Annotated[Sort, Query()] = "-opened_at",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query()] = None,
) -> Response:
    """Give the loops of the caller's agreements."""
    del limit, cursor  # read by the page itself
    columns = [loops.c[name] for name in Listed.__dataclass_fields__]
    select = sa.select(*columns).where(loops.c.agreement_id.in_(await desk.agreements()))
    select = given(
        select,
        (loops.c.agreement_id, agreement_id),
        (loops.c.state, state),
        (loops.c.verdict, verdict),
        (loops.c.accountable, company),
        (loops.c.imported, imported),
    )
    return await desk.page(select, *sorting(loops, sort, "case_id"))


@router.get("/{case_id}", operation_id="readLoop", response_model=Loop, responses=problems(LoopUnknown))
async def read_loop(
    case_id: UUID,
    desk: Asking,
    as_of: Annotated[AwareDatetime | None, Query(description="as it was recorded at that moment")] = None,
) -> Response:
    """Give a loop as it stands, or as it stood."""
    row = _folded(await _facts_of(desk, case_id, as_of))
    rounds, hidden = (await _reading(desk, case_id)).rounds(row.rounds)
    with_others = msgspec.to_builtins(replace(row, rounds=rounds)) | {"hidden": hidden} | await _others(desk, row)
    body = msgspec.json.encode(with_others, enc_hook=str)
    return Response(body, headers={"ETag": f'"{row.version}"'}, media_type="application/json")


@router.get(
    "/{case_id}/history", operation_id="readLoopHistory", response_model=History, responses=problems(LoopUnknown)
)
async def read_history(
    case_id: UUID, desk: Asking, after: After = 0, limit: Limit = 100, as_of: AsOf = None
) -> Response:
    """Give the facts of a loop with their hashes, so that anybody entitled can check that nothing was rewritten."""
    await _ensure_party(desk, agreement_of((await desk.look(LOOP, case_id)).state))
    return await history_of(desk, LOOP.stream(case_id), after, limit, as_of)


async def _facts_of(desk: Desk, case_id: UUID, moment: datetime | None) -> list[Recorded]:
    """Return the loop's facts until *moment*. Raises ``LoopUnknown``, also for companies that are not party."""
    recorded = list(await desk.runtime.store.read(LOOP.stream(case_id), until=moment))
    await _ensure_party(desk, recorded[0].agreement_id if recorded else None)
    return recorded


async def _ensure_party(desk: Desk, agreement_id: UUID | None) -> None:
    """Raise ``LoopUnknown`` where there is no loop, or none of an agreement that the caller's company is party to."""
    if agreement_id is None or desk.caller.company not in await desk.runtime.parties(agreement_id):
        raise LoopUnknown


async def _reading(desk: Desk, case_id: UUID) -> Reader:
    """Return the caller's company as it stands to the case now, also when it asks how the case stood."""
    life = known((await desk.look(LOOP, case_id)).state).life
    return Reader(
        company=desk.caller.company,
        sharing={rule.field: rule.shared_with for rule in life.terms.sharing},
        touchpoint=life.company,
        companies=life.companies,
    )


def _folded(recorded: list[Recorded]) -> LoopRow:
    row: LoopRow | None = None
    for one in recorded:
        fact = history.recall(one)
        row = project(row, fact, about(one, (fact.case_id,)))
    if row is None:
        raise LoopUnknown
    return row


async def _others(desk: Desk, row: LoopRow) -> dict[str, Any]:
    """Return what rests with the loop and what it rests with; a duplicate of a duplicate follows along the chain."""
    primaries = [one for one in await desk.rows(_along(row, upwards=True)) if one["duplicate_of"] is None]
    return {
        "duplicates": [_other(one) for one in await desk.rows(_along(row, upwards=False))],
        "primary": _other(primaries[0]) if primaries else None,
    }


def _along(row: LoopRow, *, upwards: bool) -> sa.Select[Any]:
    named = (loops.c.case_id, loops.c.duplicate_of, loops.c.state, loops.c.verdict)
    of_agreement = sa.select(*named).where(loops.c.agreement_id == row.agreement_id)
    begin = loops.c.case_id == row.duplicate_of if upwards else loops.c.duplicate_of == row.case_id
    found = of_agreement.where(begin).cte("found", recursive=True)
    step = loops.c.case_id == found.c.duplicate_of if upwards else loops.c.duplicate_of == found.c.case_id
    found = found.union(sa.select(*named).where(loops.c.agreement_id == row.agreement_id, step))
    return sa.select(found).order_by(found.c.case_id)


def _other(row: Row) -> dict[str, Any]:
    return {"case_id": row["case_id"], "state": row["state"], "verdict": row["verdict"]}
