"""A case was opened at a touchpoint: there is work, and the system proposes who could do it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from common.handling.types import Look
from common.messaging.envelope import Message
from common.messaging.reactions import Reaction, Send
from common.refusals import NotYet
from common.values import Person, value
from solver_teams.domain.agreement import of_version
from solver_teams.domain.case_work.commands import OpenWork
from solver_teams.domain.routing import Proposal, Subject, propose
from solver_teams.history import AGREEMENT, CASE_WORK, item_of_round


@value
class SolvedAtContact:
    """The case was solved while the customer was still there."""

    cause: str
    action: str


@value
class CaseOpened:
    """The fields that are read of ``case-opened``."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    team_id: UUID | None
    company: str
    service: str
    activity: str
    region: str
    accountable: str
    at: datetime
    priority: str | None = None
    solved_at_contact: SolvedAtContact | None = None
    imported: bool = False
    imported_by: str | None = None


class _WithTeller(Reaction[CaseOpened]):
    """Adds to the fact which company told of an imported case: no field of it says so, but who is behind it."""

    __slots__ = ()

    def read(self, message: Message) -> CaseOpened:
        """Return the fact in *message* and who told of it."""
        by = message.actor.company if message.imported and isinstance(message.actor, Person) else None
        return replace(super().read(message), imported_by=by)


async def react(fact: CaseOpened, look: Look) -> Sequence[Send]:
    """Open the work."""
    command = OpenWork(
        case_id=fact.case_id,
        agreement_id=fact.agreement_id,
        agreement_version=fact.agreement_version,
        item_id=item_of_round(fact.case_id, 1),
        touchpoint_team_id=fact.team_id,
        company=fact.company,
        accountable=fact.accountable,
        service=fact.service,
        activity=fact.activity,
        region=fact.region,
        priority=fact.priority,
        solved_at_contact=fact.solved_at_contact is not None,
        imported=fact.imported,
        imported_by=fact.imported_by,
        proposal=await _proposal(fact, look),
        at=fact.at,
    )
    return [Send(kind=CASE_WORK, key=fact.case_id, command=command)]


async def _proposal(fact: CaseOpened, look: Look) -> Proposal:
    known = (await look(AGREEMENT, fact.agreement_id)).state
    terms = of_version(known, fact.agreement_version)
    if terms is None:
        raise NotYet
    subject = Subject(service=fact.service, activity=fact.activity, region=fact.region, accountable=fact.accountable)
    return propose(terms, known.teams, subject)


reaction = _WithTeller(source="touchpoints", name="case-opened", shape=CaseOpened, react=react)
