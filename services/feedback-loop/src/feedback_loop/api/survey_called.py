"""By what a customer knows their case again, in the names that customers know: codes are between the companies."""

from datetime import datetime

from common.handling.types import Look
from common.values import value
from feedback_loop.domain.agreement import company_name, service_name
from feedback_loop.domain.loop_states import Life
from feedback_loop.history import AGREEMENT


@value
class Called:
    """Who asks, about what and since when; a code stands where the agreement gives no name."""

    company: str
    service: str
    external_reference: str | None
    opened_at: datetime | None


async def called_in(look: Look, life: Life, at: datetime) -> Called:
    """Return how a case is told to its customer *at* a moment."""
    agreement, about = (await look(AGREEMENT, life.agreement_id)).state, life.about
    return Called(
        company=company_name(agreement, life.company, at),
        service=service_name(agreement, about.service, at) if about else "",
        external_reference=about.external_reference if about else None,
        opened_at=about.opened_at if about else None,
    )
