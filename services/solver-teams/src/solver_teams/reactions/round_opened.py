"""The loop goes round again: whoever held the work last holds it again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from common.handling.types import Look
from common.messaging.reactions import Reaction, Send
from common.refusals import NotYet
from common.values import value
from solver_teams.domain.agreement import of_version
from solver_teams.domain.case_work.commands import ReopenWork
from solver_teams.domain.case_work.states import NotOpened
from solver_teams.domain.routing import Subject, propose
from solver_teams.history import AGREEMENT, CASE_WORK, item_of_round


@value
class RoundOpened:
    """The fields that are read of ``round-opened``."""

    case_id: UUID
    agreement_id: UUID
    round: int
    reason: str
    at: datetime


async def react(fact: RoundOpened, look: Look) -> Sequence[Send]:
    """Open the round's work; a team is proposed in case none has held the work yet."""
    state = (await look(CASE_WORK, fact.case_id)).state
    if isinstance(state, NotOpened):
        raise NotYet
    case = state.case
    known = (await look(AGREEMENT, case.agreement_id)).state
    subject = Subject(service=case.service, activity=case.activity, region=case.region, accountable=case.accountable)
    command = ReopenWork(
        case_id=fact.case_id,
        item_id=item_of_round(fact.case_id, fact.round),
        round=fact.round,
        reason=fact.reason,
        proposal=propose(of_version(known, case.agreement_version), known.teams, subject),
        at=fact.at,
    )
    return [Send(kind=CASE_WORK, key=fact.case_id, command=command)]


reaction = Reaction(source="feedback-loop", name="round-opened", shape=RoundOpened, react=react)
