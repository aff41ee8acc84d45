"""A case that is opened is measured by the version of the agreement that it was opened under."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from agreement.domain.measure_commands import MeasureCase
from agreement.history import MEASURE
from agreement.reactions.promise import promise
from common.handling.types import Look
from common.messaging.reactions import Reaction, Send
from common.values import value


@value
class CaseOpened:
    """The fields that are read of ``case-opened``."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    priority: str
    at: datetime
    solved_at_contact: dict[str, Any] | None = None
    imported: bool = False


async def react(fact: CaseOpened, look: Look) -> Sequence[Send]:
    """Start the clocks."""
    priority, calendar = await promise(look, fact.agreement_id, fact.agreement_version, fact.priority)
    command = MeasureCase(
        case_id=fact.case_id,
        agreement_id=fact.agreement_id,
        agreement_version=fact.agreement_version,
        priority=priority,
        calendar=calendar,
        answered=fact.solved_at_contact is not None,
        imported=fact.imported,
        at=fact.at,
    )
    return [Send(kind=MEASURE, key=fact.case_id, command=command)]


reaction = Reaction(source="touchpoints", name="case-opened", shape=CaseOpened, react=react)
