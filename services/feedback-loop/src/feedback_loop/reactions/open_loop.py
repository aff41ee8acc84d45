"""A case was opened: its loop begins under the agreement version that the case was opened under."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from common.handling.types import Look
from common.messaging.envelope import Message
from common.messaging.reactions import Reaction, Send
from common.refusals import NotYet
from common.values import Person, replace, value
from feedback_loop.domain.agreement import version
from feedback_loop.domain.customer import Erased, LinkCase
from feedback_loop.domain.loop_commands import NoteErasure, OpenLoop, Solution
from feedback_loop.domain.loop_facts import Share
from feedback_loop.domain.terms import LoopTerms
from feedback_loop.history import AGREEMENT, CUSTOMER, LOOP, request_of_round


@value
class SolvedAtContact:
    """What was wrong and what was done, when the first contact solved it."""

    cause: str
    action: str


@value
class CaseOpened:
    """The fields that are read of ``case-opened``."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    customer_id: UUID
    customer_key: str
    team_id: UUID | None
    company: str
    service: str
    activity: str
    region: str
    priority: str
    language: str
    external_reference: str | None
    accountable: str
    accountable_clause: str | None
    solved_at_contact: SolvedAtContact | None
    imported: bool
    at: datetime
    imported_by: str | None = None


class _WithTeller(Reaction[CaseOpened]):
    """Adds to the fact which company told of an imported case: no field of it says so, but who is behind it."""

    __slots__ = ()

    def read(self, message: Message) -> CaseOpened:
        """Return the fact in *message* and who told of it."""
        by = message.actor.company if message.imported and isinstance(message.actor, Person) else None
        return replace(super().read(message), imported_by=by)


async def react(fact: CaseOpened, look: Look) -> Sequence[Send]:
    """Open the loop. Raises ``NotYet`` while the agreement version has not been learned."""
    agreement = (await look(AGREEMENT, fact.agreement_id)).state
    terms = version(agreement, fact.agreement_version)
    if terms is None:
        raise NotYet
    opening = Send(kind=LOOP, key=fact.case_id, command=_opening(fact, terms))
    return [opening, *await _linking(fact, look)]


async def _linking(fact: CaseOpened, look: Look) -> list[Send]:
    """Return that the case is the customer's; one that had to wait may find its customer erased meanwhile."""
    linking = LinkCase(customer_id=fact.customer_id, agreement_id=fact.agreement_id, case_id=fact.case_id, at=fact.at)
    linked = Send(kind=CUSTOMER, key=fact.customer_id, command=linking)
    match (await look(CUSTOMER, fact.customer_id)).state:
        case Erased(since=since):
            return [linked, Send(kind=LOOP, key=fact.case_id, command=NoteErasure(at=since))]
        case _:
            return [linked]


def _opening(fact: CaseOpened, terms: LoopTerms) -> OpenLoop:
    return OpenLoop(
        case_id=fact.case_id,
        agreement_id=fact.agreement_id,
        terms=terms,
        customer_id=fact.customer_id,
        customer_key=fact.customer_key,
        language=fact.language,
        company=fact.company,
        team_id=fact.team_id,
        accountable=fact.accountable,
        accountable_clause=fact.accountable_clause,
        service=fact.service,
        activity=fact.activity,
        region=fact.region,
        priority=fact.priority,
        external_reference=fact.external_reference,
        solution=_solution(fact),
        request_id=request_of_round(fact.case_id, 1),
        imported=fact.imported,
        imported_by=fact.imported_by,
        at=fact.at,
    )


def _solution(fact: CaseOpened) -> Solution | None:
    solved = fact.solved_at_contact
    if solved is None:
        return None
    crew = (Share(team_id=fact.team_id, company=fact.company),)
    return Solution(cause=solved.cause, action=solved.action, attribution=crew)


reaction = _WithTeller(source="touchpoints", name="case-opened", shape=CaseOpened, react=react)
