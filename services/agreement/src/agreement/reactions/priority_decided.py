"""When a person decides on another priority, what is still open is due by that one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from agreement.domain.measure import Unmeasured
from agreement.domain.measure_commands import MovePriority
from agreement.history import MEASURE
from agreement.reactions.promise import promise
from common.handling.types import Look
from common.messaging.reactions import Reaction, Send
from common.refusals import NotYet
from common.values import value


@value
class PriorityDecided:
    """The fields that are read of ``priority-decided``."""

    case_id: UUID
    agreement_id: UUID
    priority: str
    at: datetime


async def react(fact: PriorityDecided, look: Look) -> Sequence[Send]:
    """Move the targets. Raises ``NotYet`` while the case is not measured."""
    state = (await look(MEASURE, fact.case_id)).state
    if isinstance(state, Unmeasured):
        raise NotYet
    priority, calendar = await promise(look, state.agreement_id, state.agreement_version, fact.priority)
    command = MovePriority(priority=priority, calendar=calendar, at=fact.at)
    return [Send(kind=MEASURE, key=fact.case_id, command=command)]


reaction = Reaction(source="touchpoints", name="priority-decided", shape=PriorityDecided, react=react)
