"""A customer's personal data was erased: nobody is asked, reminded or heard through a link in any case of theirs."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from common.handling.types import Look
from common.messaging.reactions import Reaction, Send
from common.values import value
from feedback_loop.domain.customer import LearnErasure
from feedback_loop.domain.loop_commands import NoteErasure
from feedback_loop.history import CUSTOMER, LOOP


@value
class CustomerErased:
    """The fields that are read of ``customer-erased``."""

    customer_id: UUID
    agreement_id: UUID
    at: datetime


async def react(fact: CustomerErased, look: Look) -> Sequence[Send]:
    """Learn the erasure and note it in each known case; a case that arrives later is noted when its loop opens."""
    customer = (await look(CUSTOMER, fact.customer_id)).state
    learning = LearnErasure(customer_id=fact.customer_id, agreement_id=fact.agreement_id, at=fact.at)
    noting = [Send(kind=LOOP, key=case_id, command=NoteErasure(at=fact.at)) for case_id in customer.cases]
    return [Send(kind=CUSTOMER, key=fact.customer_id, command=learning), *noting]


reaction = Reaction(source="touchpoints", name="customer-erased", shape=CustomerErased, react=react)
