"""What was promised to a case, by the version it was opened under."""

from uuid import UUID

from agreement.domain.agreement_states import version
from agreement.domain.terms import Calendar, Priority, promised
from agreement.history import AGREEMENT
from common.handling.types import Look
from common.refusals import Invalid


class NothingPromised(Invalid):
    """The agreement version that the case names promises nothing at this priority."""


async def promise(look: Look, agreement_id: UUID, number: int, priority: str) -> tuple[Priority, Calendar]:
    """Return what version *number* promises at *priority*, and in which calendar.

    The version is our own fact, so it is never on its way: a case that names another is refused for an operator to see.
    """
    folded = await look(AGREEMENT, agreement_id)
    held = version(folded.state, number)
    found = promised(held.content.terms, priority) if held is not None else None
    if found is None:
        raise NothingPromised(agreement_id=agreement_id, version=number, priority=priority)
    return found
