"""Accepted work is the response that was promised."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from agreement.domain.measure_commands import NoteResponse
from agreement.history import MEASURE
from common.handling.types import Look
from common.messaging.reactions import Reaction, Send
from common.values import value


@value
class WorkAccepted:
    """The fields that are read of ``work-accepted``."""

    case_id: UUID
    at: datetime


async def react(fact: WorkAccepted, _: Look) -> Sequence[Send]:
    """Note the response."""
    return [Send(kind=MEASURE, key=fact.case_id, command=NoteResponse(at=fact.at))]


reaction = Reaction(source="solver-teams", name="work-accepted", shape=WorkAccepted, react=react)
