"""The customer of a case that closed or rested made contact again: the loop goes round once more."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from common.handling.types import Look
from common.messaging.reactions import Reaction, Send
from common.refusals import NotYet
from common.values import value
from feedback_loop.domain.loop_commands import ComeBack
from feedback_loop.domain.loop_states import NotOpened
from feedback_loop.history import LOOP


@value
class CustomerCameBack:
    """The fields that are read of ``customer-came-back``."""

    case_id: UUID
    contact_id: UUID
    at: datetime


async def react(fact: CustomerCameBack, look: Look) -> Sequence[Send]:
    """Open the next round. Raises ``NotYet`` while the loop has not been opened here."""
    if isinstance((await look(LOOP, fact.case_id)).state, NotOpened):
        raise NotYet
    command = ComeBack(contact_id=fact.contact_id, by=None, recorded_by=None, imported=False, at=fact.at)
    return [Send(kind=LOOP, key=fact.case_id, command=command)]


reaction = Reaction(source="touchpoints", name="customer-came-back", shape=CustomerCameBack, react=react)
