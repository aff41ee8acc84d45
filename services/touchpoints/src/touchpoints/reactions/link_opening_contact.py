"""The contact that a case was opened from belongs to that case."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from common.handling.types import Look
from common.messaging.reactions import Reaction, Send
from common.values import value
from touchpoints.domain.contact import LinkContact, Recorded
from touchpoints.history import CONTACT


@value
class CaseOpened:
    """The fields that are read of ``case-opened``."""

    case_id: UUID
    customer_id: UUID
    contact_id: UUID | None
    at: datetime


async def react(fact: CaseOpened, look: Look) -> Sequence[Send]:
    """Link the contact, unless it has meanwhile turned out to belong elsewhere."""
    if fact.contact_id is None:
        return []
    contact = (await look(CONTACT, fact.contact_id)).state
    if not isinstance(contact, Recorded) or contact.case_id not in {None, fact.case_id}:
        return []
    link = LinkContact(
        case_id=fact.case_id,
        customer_id=fact.customer_id,
        linked_by=None,
        rule="the case was opened from this contact",
        imported=False,
        at=fact.at,
    )
    return [Send(kind=CONTACT, key=fact.contact_id, command=link)]


reaction = Reaction(source="touchpoints", name="case-opened", shape=CaseOpened, react=react)
