"""Which agreements a list may show."""

from uuid import UUID

from common.web.desk import Desk
from common.web.operations import named_agreement


async def scope(desk: Desk, agreement_id: UUID | None) -> frozenset[UUID] | list[UUID]:
    """Return the agreement asked for, if the caller's company is party to it, or all that it is party to."""
    if agreement_id is None:
        return await desk.agreements()
    await named_agreement(desk, agreement_id)
    return [agreement_id]
