"""The agreement's history, fact by fact, with the chain that shows that nobody rewrote it."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from agreement.api.reading import Reader, known
from agreement.domain.agreement_refusals import UnknownAgreement
from agreement.history import AGREEMENT
from common.web.past import After, AsOf, History, Limit, history_of
from common.web.problems import problems

router = APIRouter(prefix="/v1/agreements/{agreement_id}", tags=["history"])


@router.get(
    "/history", operation_id="readAgreementHistory", response_model=History, responses=problems(UnknownAgreement)
)
async def read_history(
    agreement_id: UUID, desk: Reader, after: After = 0, limit: Limit = 100, as_of: AsOf = None
) -> Response:
    """Return what happened to the agreement; whoever is of a party can check that nothing was rewritten."""
    await known(desk, agreement_id)
    return await history_of(desk, AGREEMENT.stream(agreement_id), after, limit, as_of)
