"""What becomes of work that was directed to a company: taken, declined, or taken back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from agreement.domain.hand_off_commands import DeclineWork, TakeBackWork, TakeWork
from agreement.reactions.hand_off_promise import upon
from common.handling.types import Look
from common.messaging.reactions import Reaction, Send, unchanged
from common.values import value


@value
class WorkAccepted:
    """The fields that are read of ``work-accepted``."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    round: int
    company: str
    at: datetime


@value
class HandOverAccepted:
    """The fields that are read of ``hand-over-accepted``."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    round: int
    to_company: str
    at: datetime


@value
class NotTaken:
    """The fields that are read of ``work-rejected``, ``hand-over-declined`` and ``hand-over-withdrawn``."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    at: datetime


async def accepted(fact: WorkAccepted, look: Look) -> Sequence[Send]:
    """Note who took the work."""
    return await _taken(fact, fact.company, look)


async def taken_over(fact: HandOverAccepted, look: Look) -> Sequence[Send]:
    """Note who took the work over."""
    return await _taken(fact, fact.to_company, look)


async def _taken(fact: WorkAccepted | HandOverAccepted, supplier: str, look: Look) -> Sequence[Send]:
    return await upon(
        look,
        fact.agreement_id,
        fact.case_id,
        lambda terms: TakeWork(item_id=fact.item_id, round=fact.round, supplier=supplier, terms=terms, at=fact.at),
    )


async def declined(fact: NotTaken, look: Look) -> Sequence[Send]:
    """Note that the offer was answered."""
    return await upon(
        look,
        fact.agreement_id,
        fact.case_id,
        lambda terms: DeclineWork(item_id=fact.item_id, terms=terms, at=fact.at),
    )


async def taken_back(fact: NotTaken, look: Look) -> Sequence[Send]:
    """Note that no answer is waited for."""
    return await upon(
        look,
        fact.agreement_id,
        fact.case_id,
        lambda terms: TakeBackWork(item_id=fact.item_id, terms=terms, at=fact.at),
    )


reactions = (
    Reaction(source="solver-teams", name="work-accepted", shape=WorkAccepted, react=accepted),
    Reaction(source="solver-teams", name="hand-over-accepted", shape=HandOverAccepted, react=taken_over),
    Reaction(source="solver-teams", name="work-rejected", shape=NotTaken, react=declined, upcasts=(unchanged,)),
    Reaction(source="solver-teams", name="hand-over-declined", shape=NotTaken, react=declined, upcasts=(unchanged,)),
    Reaction(source="solver-teams", name="hand-over-withdrawn", shape=NotTaken, react=taken_back, upcasts=(unchanged,)),
)
