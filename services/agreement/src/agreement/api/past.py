"""The agreement's history, fact by fact, with the chain that shows that nobody rewrote it."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query
from starlette.responses import Response

from agreement.api import views
from agreement.api.inputs import Moment
from agreement.api.reading import Reader, known
from agreement.domain.agreement_refusals import UnknownAgreement
from agreement.history import AGREEMENT
from common.eventstore.chain import covered
from common.eventstore.recorded import Recorded
from common.web.problems import problems

router = APIRouter(prefix="/v1/agreements/{agreement_id}", tags=["history"])


@router.get(
    "/history",
    operation_id="readAgreementHistory",
    response_model=views.History,
    responses=problems(UnknownAgreement),
)
async def read_history(
    agreement_id: UUID,
    desk: Reader,
    after: Annotated[int, Query(ge=0, description="Facts above this version of the agreement.")] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    as_of: Annotated[Moment | None, Query(description="Facts recorded no later than this moment.")] = None,
) -> Response:
    """Return what happened to the agreement; whoever is of a party can check that nothing was rewritten."""
    await known(desk, agreement_id)
    facts = await desk.runtime.store.read(AGREEMENT.stream(agreement_id), after=after, until=as_of)
    part = facts[:limit]
    body = {"items": [_past(each) for each in part], "next": part[-1].version if len(facts) > limit else None}
    return Response(msgspec.json.encode(body), media_type="application/json")


def _past(fact: Recorded) -> dict[str, Any]:
    return {
        "version": fact.version,
        "name": fact.name,
        "at": fact.at,
        "recorded_at": fact.recorded_at,
        "fact": msgspec.Raw(fact.data),
        "covered": covered(fact).decode(),
        "previous": fact.previous.hex(),
        "hash": fact.hash.hex(),
    }
