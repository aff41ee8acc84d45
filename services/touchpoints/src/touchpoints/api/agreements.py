"""What routes know of an agreement, without asking the database each time."""

from datetime import datetime, timedelta
from uuid import UUID
from weakref import WeakKeyDictionary

from common.handling import Handling
from common.refusals import NotFound
from common.values import value
from common.web.operations import Line
from common.web.waiting import positions
from touchpoints.domain import agreement
from touchpoints.domain.agreement import Known, NoAgreementInForce, Terms
from touchpoints.history import AGREEMENT

_FRESH = timedelta(seconds=1)


@value
class Looked:
    """What was known when we looked, and the position of the agreement service that the asker had seen by then."""

    known: Known
    at: datetime
    seen: int


class Agreements:
    """Agreements as they stood a second ago at most, and never older than what the asker has seen elsewhere."""

    def __init__(self) -> None:
        self._looked: WeakKeyDictionary[Handling, dict[UUID, Looked]] = WeakKeyDictionary()

    async def known(self, handle: Handling, agreement_id: UUID, *, seen: int = 0) -> Known:
        """Return the versions of the agreement that touchpoints has learned."""
        now = handle.clock()
        looked = self._looked.setdefault(handle, {})
        last = looked.get(agreement_id)
        if last is not None and last.known.versions and last.seen >= seen and now - last.at < _FRESH:
            return last.known
        known = (await handle.look(AGREEMENT, agreement_id)).state
        if known.versions:
            looked[agreement_id] = Looked(known=known, at=now, seen=max(seen, last.seen if last else 0))
        return known

    async def parties(self, handle: Handling, agreement_id: UUID) -> frozenset[str]:
        """Return the companies that are or were party to the agreement."""
        return agreement.parties(await self.known(handle, agreement_id))


async def known_to(line: Line, agreement_id: UUID) -> Known:
    """Return what is known of the agreement, not older than what the request has seen."""
    state = line.request.app.state
    seen = positions(line.request.headers.get("acuerdo-after", "")).get("agreement", 0)
    agreements: Agreements = state.agreements
    return await agreements.known(state.runtime.handle, agreement_id, seen=seen)


async def party_or(line: Line, agreement_id: UUID, refusal: type[NotFound]) -> None:
    """Hold only if the asker's company is party; else raise *refusal*, as if there were no such thing."""
    try:
        await line.party(agreement_id)
    except NotFound:
        raise refusal from None


async def terms_at(line: Line, agreement_id: UUID) -> Terms | None:
    """Return the terms in force when what *line* tells of happened."""
    return agreement.in_force(await known_to(line, agreement_id), line.at)


async def binding_terms(line: Line, agreement_id: UUID) -> Terms:
    """Return the terms in force when what *line* tells of happened. Raises ``NoAgreementInForce``."""
    terms = await terms_at(line, agreement_id)
    if terms is None:
        raise NoAgreementInForce
    return terms
