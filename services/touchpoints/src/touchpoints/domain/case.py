"""A case, as touchpoints knows it: how it was opened and what happened to it since. Nothing here can close it."""

from datetime import datetime
from uuid import UUID

from common.deciders import Decider
from common.refusals import Conflict, Forbidden, NotFound, NotYet
from common.shared_refusals import CaseNotImported
from common.values import Person, replace, value
from touchpoints.domain.agreement import Terms
from touchpoints.domain.contact import Direction
from touchpoints.domain.opening import (
    CaseOpened,
    OpenCase,
    PriorityProposed,
    case_opened,
    covered,
    particulars,
)
from touchpoints.domain.priority import clause_of, propose
from touchpoints.domain.timeline import (
    ComeBack,
    Going,
    Loop,
    NoteMilestone,
    Resting,
    TimelineNoted,
    changes,
    loop_after,
    noted,
    rests,
)


@value
class DecidePriority:
    """Set the priority; ``terms`` is the version that the case was opened under.

    ``of_its_team``: the decider's company is in the team that opened the case.
    """

    terms: Terms
    priority: str
    decided_by: Person
    imported: bool
    at: datetime
    of_its_team: bool = False


@value
class HearCustomer:
    """The customer made contact about the case, or was contacted."""

    contact_id: UUID
    direction: Direction
    at: datetime


@value
class PriorityDecided:
    """A person decided the priority."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    clause_id: str
    proposed: str
    priority: str
    decided_by: Person
    at: datetime


@value
class CustomerCameBack:
    """The customer of a case that rested (closed or parked) made contact about it again."""

    case_id: UUID
    agreement_id: UUID
    contact_id: UUID
    at: datetime


@value
class CustomerHeard:
    """There was a contact about the case."""

    case_id: UUID
    agreement_id: UUID
    contact_id: UUID
    direction: Direction
    at: datetime


@value
class NotOpened:
    """There is no such case."""


@value
class Opened:
    """The case: ``heard`` its contacts, ``noted`` what other services stated, ``companies`` whoever takes part."""

    opened: CaseOpened
    proposed: str
    priority: str
    decided_by: Person | None
    loop: Loop
    companies: frozenset[str]
    heard: frozenset[UUID] = frozenset()
    last_inbound: CustomerHeard | None = None
    noted: frozenset[UUID] = frozenset()


Command = OpenCase | DecidePriority | HearCustomer | NoteMilestone
_Later = PriorityProposed | PriorityDecided | CustomerCameBack | CustomerHeard | TimelineNoted
Event = CaseOpened | _Later
Case = NotOpened | Opened


class CaseUnknown(NotFound):
    """There is no such case."""


class NotOnTheCase(Forbidden):
    """Only people of a company on the case do this: of its team, the accountable one, or one that works on it."""


class CaseDiffers(Conflict):
    """A case with this reference was opened with other particulars."""


def decide(state: Case, command: Command) -> list[Event]:
    """Return the facts *command* brings about, or raise the refusal."""
    match command:
        case OpenCase():
            return _open(state, command)
        case DecidePriority():
            return _decide_priority(opened(state), command)
        case HearCustomer():
            return _hear(opened(state), command)
        case NoteMilestone():
            return _note(state, command)


def opened(state: Case) -> Opened:
    """Return the case if there is one, else raise the refusal."""
    match state:
        case NotOpened():
            raise CaseUnknown
        case Opened():
            return state


def of_its_kind(case: Case, *, imported: bool) -> None:
    """Hold that a source begins cases, or tells of those it began: nobody acts for others where people work."""
    if imported and isinstance(case, Opened) and not case.opened.imported:
        raise CaseNotImported


def ensure_on(case: Opened, company: str) -> None:
    """Hold that *company* is on the case."""
    if company not in case.companies:
        raise NotOnTheCase


def _open(state: Case, command: OpenCase) -> list[Event]:
    of_its_kind(state, imported=command.imported)
    match state:
        case NotOpened():
            return _opening(command, covered(command))
        case Opened(opened=before) if particulars(before) == particulars(command):
            return []
        case Opened():
            raise CaseDiffers


def _opening(command: OpenCase, terms: Terms) -> list[Event]:
    proposal = propose(terms, command.impact)
    facts: list[Event] = [
        case_opened(command, terms, command.priority or proposal.priority),
        PriorityProposed(
            case_id=command.case_id,
            agreement_id=command.agreement_id,
            agreement_version=terms.version,
            clause_id=proposal.clause_id,
            proposed=proposal.priority,
            rule=proposal.rule,
            at=command.at,
        ),
    ]
    if command.priority is not None:
        facts.append(
            PriorityDecided(
                case_id=command.case_id,
                agreement_id=command.agreement_id,
                agreement_version=terms.version,
                clause_id=clause_of(terms, command.priority),
                proposed=proposal.priority,
                priority=command.priority,
                decided_by=command.opened_by,
                at=command.at,
            )
        )
    return facts


def _decide_priority(case: Opened, command: DecidePriority) -> list[Event]:
    of_its_kind(case, imported=command.imported)
    if not (command.imported or command.of_its_team):
        ensure_on(case, command.decided_by.company)
    clause = clause_of(command.terms, command.priority)
    if case.decided_by is not None and case.priority == command.priority:
        return []
    return [
        PriorityDecided(
            case_id=case.opened.case_id,
            agreement_id=case.opened.agreement_id,
            agreement_version=case.opened.agreement_version,
            clause_id=clause,
            proposed=case.proposed,
            priority=command.priority,
            decided_by=command.decided_by,
            at=command.at,
        )
    ]


def _hear(case: Opened, command: HearCustomer) -> list[Event]:
    if command.contact_id in case.heard:
        return []
    about = case.opened
    heard = CustomerHeard(
        case_id=about.case_id,
        agreement_id=about.agreement_id,
        contact_id=command.contact_id,
        direction=command.direction,
        at=command.at,
    )
    match case.loop:
        case Resting(since=since) if command.direction == "inbound" and command.at > since:
            return [heard, _came_back(heard)]
        case _:
            return [heard]


def _came_back(heard: CustomerHeard) -> CustomerCameBack:
    return CustomerCameBack(
        case_id=heard.case_id, agreement_id=heard.agreement_id, contact_id=heard.contact_id, at=heard.at
    )


def _note(state: Case, command: NoteMilestone) -> list[Event]:
    match state:
        case NotOpened():
            raise NotYet
        case Opened(noted=known) if command.entry_id in known:
            return []
        case Opened(opened=about) if command.agreement_id != about.agreement_id:
            return []  # another agreement's parties say nothing of this case
        case Opened(last_inbound=CustomerHeard(at=at) as heard) if rests(command.milestone) and at > command.at:
            return [
                noted(command, state.companies),
                _came_back(heard),
            ]  # the contact was recorded before we learned that the case rested
        case Opened():
            fact = noted(command, state.companies)
            return [fact] if changes(fact, state.companies) else []


def evolve(state: Case, event: Event) -> Case:
    """Return the case after *event*."""
    match state, event:
        case _, CaseOpened():
            return _fresh(event)
        case NotOpened(), _:
            return state
        case Opened(), _:
            return _after(state, event)


def _after(case: Opened, event: _Later) -> Opened:
    match event:
        case PriorityProposed(proposed=proposed):
            return replace(case, proposed=proposed)
        case PriorityDecided(priority=priority, decided_by=decided_by):
            return replace(case, priority=priority, decided_by=decided_by)
        case CustomerHeard():
            return _having_heard(case, event)
        case CustomerCameBack():
            return replace(case, loop=ComeBack())
        case TimelineNoted():
            return _having_noted(case, event)


def _fresh(event: CaseOpened) -> Opened:
    return Opened(
        opened=event,
        proposed=event.priority,
        priority=event.priority,
        decided_by=None,
        loop=Going(),
        companies=frozenset({event.company, event.accountable}),
    )


def _having_heard(case: Opened, heard: CustomerHeard) -> Opened:
    later = case.last_inbound is None or heard.at >= case.last_inbound.at
    inbound = heard if heard.direction == "inbound" and later else case.last_inbound
    return replace(case, heard=case.heard | {heard.contact_id}, last_inbound=inbound)


def _having_noted(case: Opened, fact: TimelineNoted) -> Opened:
    companies = case.companies | {fact.company} if fact.takes_part and fact.company else case.companies
    return replace(case, noted=case.noted | {fact.entry_id}, companies=companies, loop=loop_after(case.loop, fact))


decider: Decider[Case, Command, Event] = Decider(initial=NotOpened(), decide=decide, evolve=evolve)
