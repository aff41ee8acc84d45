"""A round after a closing has clocks of its own, by what was promised to the case."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from agreement.domain.measure import Unmeasured
from agreement.domain.measure_commands import NoteRound
from agreement.history import MEASURE
from agreement.reactions.promise import promise
from common.handling.types import Look
from common.messaging.reactions import Reaction, Send
from common.refusals import NotYet
from common.values import value


@value
class RoundOpened:
    """The fields that are read of ``round-opened``."""

    case_id: UUID
    round: int
    at: datetime


async def react(fact: RoundOpened, look: Look) -> Sequence[Send]:
    """Note the round. Raises ``NotYet`` while the case is not measured."""
    state = (await look(MEASURE, fact.case_id)).state
    if isinstance(state, Unmeasured):
        raise NotYet
    priority, calendar = await promise(look, state.agreement_id, state.agreement_version, state.priority)
    command = NoteRound(round=fact.round, priority=priority, calendar=calendar, at=fact.at)
    return [Send(kind=MEASURE, key=fact.case_id, command=command)]


reaction = Reaction(source="feedback-loop", name="round-opened", shape=RoundOpened, react=react)
