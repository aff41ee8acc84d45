"""A case that its customer closed is solved: its resolution is judged."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from agreement.domain.measure_commands import NoteClosing
from agreement.history import MEASURE
from common.handling.types import Look
from common.messaging.reactions import Reaction, Send
from common.values import value


@value
class CaseClosed:
    """The fields that are read of ``case-closed``."""

    case_id: UUID
    at: datetime


async def react(fact: CaseClosed, _: Look) -> Sequence[Send]:
    """Note the closing."""
    return [Send(kind=MEASURE, key=fact.case_id, command=NoteClosing(at=fact.at))]


reaction = Reaction(source="feedback-loop", name="case-closed", shape=CaseClosed, react=react)
