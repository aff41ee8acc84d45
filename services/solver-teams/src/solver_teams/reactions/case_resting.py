"""The loop parked a case, took it up again or closed it: its work follows."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from common.handling.types import Look
from common.messaging.reactions import Reaction, Send, unchanged
from common.refusals import NotYet
from common.values import value
from solver_teams.domain.case_work.commands import EndWork, ParkWork, UnparkWork
from solver_teams.domain.case_work.states import NotOpened
from solver_teams.history import CASE_WORK


@value
class CaseParked:
    """The fields that are read of ``case-parked``."""

    case_id: UUID
    reason: str
    at: datetime


@value
class CaseRests:
    """The fields that are read of ``case-unparked`` and ``case-closed``."""

    case_id: UUID
    at: datetime


async def upon_parked(fact: CaseParked, look: Look) -> Sequence[Send]:
    """Let the clocks of the holders pause."""
    return await _to_known(look, fact.case_id, ParkWork(case_id=fact.case_id, reason=fact.reason, at=fact.at))


async def upon_unparked(fact: CaseRests, look: Look) -> Sequence[Send]:
    """Let the work go on where it was left."""
    return await _to_known(look, fact.case_id, UnparkWork(case_id=fact.case_id, at=fact.at))


async def upon_closed(fact: CaseRests, look: Look) -> Sequence[Send]:
    """End the work."""
    return await _to_known(look, fact.case_id, EndWork(case_id=fact.case_id, at=fact.at))


async def _to_known(look: Look, case_id: UUID, command: ParkWork | UnparkWork | EndWork) -> Sequence[Send]:
    if isinstance((await look(CASE_WORK, case_id)).state, NotOpened):
        raise NotYet
    return [Send(kind=CASE_WORK, key=case_id, command=command)]


reactions = (
    Reaction(source="feedback-loop", name="case-parked", shape=CaseParked, react=upon_parked, upcasts=(unchanged,)),
    Reaction(source="feedback-loop", name="case-unparked", shape=CaseRests, react=upon_unparked, upcasts=(unchanged,)),
    Reaction(source="feedback-loop", name="case-closed", shape=CaseRests, react=upon_closed),
)
