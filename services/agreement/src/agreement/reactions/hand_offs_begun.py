"""Work that opens, and work that one company directs to another."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from agreement.domain.hand_off_commands import DirectWork, FollowHandOffs, NoteItem
from agreement.history import OLA
from agreement.reactions.hand_off_promise import promised_terms, upon
from common.handling.types import Look
from common.messaging.reactions import Reaction, Send, unchanged
from common.values import value


@value
class WorkOpened:
    """The fields that are read of ``work-opened``."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    company: str
    service: str
    imported: bool
    at: datetime


@value
class ItemOpened:
    """The fields that are read of ``item-opened``."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    company: str
    at: datetime


@value
class WorkOffered:
    """The fields that are read of ``work-offered``."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    round: int
    company: str
    at: datetime


@value
class HandOverOffered:
    """The fields that are read of ``hand-over-offered``."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    round: int
    from_company: str
    to_company: str
    at: datetime


async def follow(fact: WorkOpened, look: Look) -> Sequence[Send]:
    """Follow the case's hand-offs, if its version promises anything for them."""
    terms = await promised_terms(look, fact.agreement_id, fact.agreement_version)
    if not terms.olas:
        return ()
    command = FollowHandOffs(
        case_id=fact.case_id,
        agreement_id=fact.agreement_id,
        agreement_version=fact.agreement_version,
        company=fact.company,
        service=fact.service,
        imported=fact.imported,
        at=fact.at,
    )
    return [Send(kind=OLA, key=fact.case_id, command=command)]


async def note_item(fact: ItemOpened, look: Look) -> Sequence[Send]:
    """Note who holds the item until it is taken."""
    command = NoteItem(item_id=fact.item_id, company=fact.company, at=fact.at)
    return await upon(look, fact.agreement_id, fact.case_id, lambda _: command)


async def offered(fact: WorkOffered, look: Look) -> Sequence[Send]:
    """Note to whom work is directed that nobody has taken yet."""
    return await upon(
        look,
        fact.agreement_id,
        fact.case_id,
        lambda terms: DirectWork(
            item_id=fact.item_id, round=fact.round, customer=None, supplier=fact.company, terms=terms, at=fact.at
        ),
    )


async def handed_over(fact: HandOverOffered, look: Look) -> Sequence[Send]:
    """Note to whom the holder directs the work."""
    return await upon(
        look,
        fact.agreement_id,
        fact.case_id,
        lambda terms: DirectWork(
            item_id=fact.item_id,
            round=fact.round,
            customer=fact.from_company,
            supplier=fact.to_company,
            terms=terms,
            at=fact.at,
        ),
    )


reactions = (
    Reaction(source="solver-teams", name="work-opened", shape=WorkOpened, react=follow, upcasts=(unchanged,)),
    Reaction(source="solver-teams", name="item-opened", shape=ItemOpened, react=note_item, upcasts=(unchanged,)),
    Reaction(source="solver-teams", name="work-offered", shape=WorkOffered, react=offered),
    Reaction(
        source="solver-teams", name="hand-over-offered", shape=HandOverOffered, react=handed_over, upcasts=(unchanged,)
    ),
)
