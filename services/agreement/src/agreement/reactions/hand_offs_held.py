"""What whoever holds the work makes of it, and what the loop means for it."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

from agreement.domain.hand_off_commands import (
    DropWork,
    EndWork,
    OfCase,
    OfItem,
    ParkWork,
    PauseWork,
    ResumeWork,
    SolveWork,
    UnparkWork,
)
from agreement.reactions.hand_off_promise import upon
from common.handling.types import Look
from common.messaging.reactions import Reaction, Send, unchanged
from common.values import value


@value
class ItemChanged:
    """The fields that are read of facts about an item."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    at: datetime


@value
class CaseChanged:
    """The fields that are read of facts about all work of a case."""

    case_id: UUID
    agreement_id: UUID
    at: datetime


def _of_item(command: type[OfItem]) -> Callable[[ItemChanged, Look], Awaitable[Sequence[Send]]]:
    async def react(fact: ItemChanged, look: Look) -> Sequence[Send]:
        return await upon(
            look, fact.agreement_id, fact.case_id, lambda terms: command(item_id=fact.item_id, terms=terms, at=fact.at)
        )

    return react


def _of_case(command: type[OfCase]) -> Callable[[CaseChanged, Look], Awaitable[Sequence[Send]]]:
    async def react(fact: CaseChanged, look: Look) -> Sequence[Send]:
        return await upon(look, fact.agreement_id, fact.case_id, lambda terms: command(terms=terms, at=fact.at))

    return react


reactions = (
    Reaction(
        source="solver-teams", name="work-paused", shape=ItemChanged, react=_of_item(PauseWork), upcasts=(unchanged,)
    ),
    Reaction(source="solver-teams", name="work-resumed", shape=ItemChanged, react=_of_item(ResumeWork)),
    Reaction(source="solver-teams", name="item-solved", shape=ItemChanged, react=_of_item(SolveWork)),
    Reaction(
        source="solver-teams", name="item-withdrawn", shape=ItemChanged, react=_of_item(DropWork), upcasts=(unchanged,)
    ),
    Reaction(source="solver-teams", name="work-parked", shape=CaseChanged, react=_of_case(ParkWork)),
    Reaction(source="solver-teams", name="work-unparked", shape=CaseChanged, react=_of_case(UnparkWork)),
    Reaction(source="solver-teams", name="work-reopened", shape=CaseChanged, react=_of_case(UnparkWork)),
    Reaction(source="solver-teams", name="work-ended", shape=CaseChanged, react=_of_case(EndWork)),
)
"""A new round takes a parked case up again."""
