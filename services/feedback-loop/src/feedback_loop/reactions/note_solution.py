"""The solver teams propose a solution: the customer is asked, unless something must be put right before."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from common.handling.types import Look
from common.messaging.envelope import Message
from common.messaging.reactions import Reaction, Send
from common.refusals import NotYet
from common.values import value
from feedback_loop.domain.loop_commands import NoteSolution, Solution
from feedback_loop.domain.loop_facts import Share
from feedback_loop.domain.loop_states import NotOpened
from feedback_loop.history import LOOP, request_of_round


@value
class Crew:
    """A team that held the case in the round."""

    team_id: UUID | None
    company: str


@value
class SolutionProposed:
    """The fields that are read of ``solution-proposed``."""

    case_id: UUID
    round: int
    cause: str
    action: str
    attribution: tuple[Crew, ...]
    at: datetime


@value
class Told:
    """The solution, and whether an import told of it: the customers of imported histories are not reminded."""

    solution: SolutionProposed
    imported: bool


class _WithProvenance(Reaction[Any]):
    """Hands on, beside the fact, whether it was imported."""

    __slots__ = ()

    def read(self, message: Message) -> Any:
        """Return the fact in *message* and its provenance."""
        return Told(solution=super().read(message), imported=message.imported)


async def react(told: Told, look: Look) -> Sequence[Send]:
    """Note the solution. Raises ``NotYet`` while the loop has not been opened here."""
    fact = told.solution
    if isinstance((await look(LOOP, fact.case_id)).state, NotOpened):
        raise NotYet
    attribution = tuple(Share(team_id=crew.team_id, company=crew.company) for crew in fact.attribution)
    command = NoteSolution(
        round=fact.round,
        solution=Solution(cause=fact.cause, action=fact.action, attribution=attribution),
        request_id=request_of_round(fact.case_id, fact.round),
        imported=told.imported,
        at=fact.at,
    )
    return [Send(kind=LOOP, key=fact.case_id, command=command)]


reaction = _WithProvenance(source="solver-teams", name="solution-proposed", shape=SolutionProposed, react=react)
