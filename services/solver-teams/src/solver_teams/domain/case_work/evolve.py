"""What each fact changes; never refuses, for it has happened."""

from uuid import UUID

from common.values import replace
from solver_teams.domain.case_work.facts import (
    Fact,
    HandOverAccepted,
    HandOverDeclined,
    HandOverOffered,
    HandOverWithdrawn,
    InformationAnswered,
    InformationAsked,
    ItemOpened,
    ItemSolved,
    ItemWithdrawn,
    SolutionProposed,
    TeamProposed,
    WorkAccepted,
    WorkEnded,
    WorkNoted,
    WorkOffered,
    WorkOpened,
    WorkParked,
    WorkPaused,
    WorkRejected,
    WorkReopened,
    WorkResumed,
    WorkSeenElsewhere,
    WorkUnparked,
)
from solver_teams.domain.case_work.states import (
    Answered,
    Awaiting,
    Case,
    CaseWork,
    Closed,
    InHands,
    InWork,
    Item,
    NotOpened,
    Offered,
    Parked,
    Pause,
    Pending,
    Proposed,
    Question,
    Received,
)
from solver_teams.domain.case_work.written import joined
from solver_teams.domain.hand_offs import Crew, Track
from solver_teams.domain.routing import Proposal, rests_until

OfCase = WorkReopened | WorkParked | WorkUnparked | WorkEnded | SolutionProposed | WorkSeenElsewhere | WorkNoted
OfItems = ItemOpened | ItemWithdrawn | ItemSolved
OfOneItem = (
    TeamProposed
    | WorkOffered
    | WorkAccepted
    | WorkRejected
    | InformationAsked
    | InformationAnswered
    | HandOverOffered
    | HandOverAccepted
    | HandOverDeclined
    | HandOverWithdrawn
    | WorkPaused
    | WorkResumed
)


def evolve(state: CaseWork, fact: Fact) -> CaseWork:
    """Return the work of the case after *fact*."""
    match fact, state:
        case WorkOpened(), _:
            return _opened(fact)
        case _, NotOpened():
            return state
        case (
            (
                WorkReopened()
                | WorkParked()
                | WorkUnparked()
                | WorkEnded()
                | SolutionProposed()
                | WorkSeenElsewhere()
                | WorkNoted()
            ),
            (InWork() | Awaiting() | Parked() | Closed()),
        ):
            return _of_case(state, fact)
        case ((ItemOpened() | ItemWithdrawn() | ItemSolved()), InWork()):
            return _of_items(state, fact)
        case _, InWork():
            return _of_one_item(state, fact)
        case _:
            return state


def directed(fact: Fact) -> Crew | None:
    """Return to whom *fact* directs the work of the case, None if it does not."""
    match fact:
        case WorkOffered() | WorkAccepted() | ItemSolved() | WorkSeenElsewhere():
            return Crew(team_id=fact.team_id, company=fact.company)
        case HandOverOffered() | HandOverAccepted():
            return Crew(team_id=fact.to_team_id, company=fact.to_company)
        case HandOverWithdrawn():
            return Crew(team_id=fact.from_team_id, company=fact.from_company)
        case _:
            return None


def _opened(fact: WorkOpened) -> CaseWork:
    case = Case(
        case_id=fact.case_id,
        agreement_id=fact.agreement_id,
        agreement_version=fact.agreement_version,
        accountable=fact.accountable,
        company=fact.company,
        service=fact.service,
        activity=fact.activity,
        region=fact.region,
        imported=fact.imported,
        imported_by=fact.imported_by,
        round=1,
        last=None,
        held=(),
        companies=joined(frozenset(), fact),
        track=Track(),
    )
    if fact.item_id is None:
        return Awaiting(case=case)
    return InWork(case=case, items=(Proposed(item_id=fact.item_id, company=fact.company, proposal=None),))


def _of_case(state: InWork | Awaiting | Parked | Closed, fact: OfCase) -> CaseWork:
    case = _tracked(state.case, fact)
    items = state.items if isinstance(state, InWork | Parked) else ()
    match fact:
        case WorkReopened():
            return _reopened(case, items, fact)
        case WorkParked(reason=reason):
            return Parked(case=case, items=items, reason=reason)
        case WorkUnparked():
            return InWork(case=case, items=items) if items else Awaiting(case=case)
        case WorkEnded():
            return Closed(case=case)
        case SolutionProposed():
            return Awaiting(case=case)
        case WorkSeenElsewhere() | WorkNoted():
            return replace(state, case=case)


def _reopened(case: Case, items: tuple[Item, ...], fact: WorkReopened) -> InWork:
    carried = items or (_again(fact),)
    holders = dict.fromkeys(item.holder for item in carried if isinstance(item, InHands))
    return InWork(case=replace(case, round=fact.round, held=tuple(holders)), items=carried)


def _again(fact: WorkReopened) -> Item:
    if fact.team_id is None:
        return Proposed(item_id=fact.item_id, company=fact.company, proposal=None)
    return InHands(item_id=fact.item_id, holder=Crew(team_id=fact.team_id, company=fact.company))


def _of_items(work: InWork, fact: OfItems) -> InWork:
    case = _tracked(work.case, fact)
    match fact:
        case ItemOpened(item_id=item_id, company=company):
            opened = Proposed(item_id=item_id, company=company, proposal=None)
            return InWork(case=case, items=(*work.items, opened))
        case ItemWithdrawn(item_id=item_id):
            return InWork(case=case, items=_without(work.items, item_id))
        case ItemSolved(item_id=item_id, team_id=team_id, company=company):
            last = replace(case, last=Crew(team_id=team_id, company=company))
            return InWork(case=last, items=_without(work.items, item_id))


def _of_one_item(work: InWork, fact: OfOneItem) -> InWork:
    case = _joined(_holding(_tracked(work.case, fact), fact), fact)
    items = tuple(_item(item, fact) if item.item_id == fact.item_id else item for item in work.items)
    return InWork(case=case, items=items)


def _item(item: Item, fact: OfOneItem) -> Item:
    match fact, item:
        case ((TeamProposed() | WorkOffered() | WorkAccepted() | WorkRejected()), (Proposed() | Offered())):
            return _assigned(item, fact)
        case ((InformationAsked() | InformationAnswered()), InHands()):
            return _asked(item, fact)
        case ((WorkPaused() | WorkResumed()), InHands()):
            pause = Pause(reason=fact.reason, note=fact.note) if isinstance(fact, WorkPaused) else None
            return replace(item, pause=pause)
        case ((HandOverOffered() | HandOverAccepted() | HandOverDeclined() | HandOverWithdrawn()), InHands()):
            return _handed(item, fact)
        case _:
            return item


def _assigned(item: Proposed | Offered, fact: TeamProposed | WorkOffered | WorkAccepted | WorkRejected) -> Item:
    match fact:
        case TeamProposed():
            return _proposed(item, fact)
        case WorkOffered(team_id=team_id, company=company):
            to = Crew(team_id=team_id, company=company)
            return Offered(item_id=item.item_id, company=item.company, proposal=item.proposal, to=to)
        case WorkAccepted(team_id=team_id, company=company, person=person):
            return InHands(item_id=item.item_id, holder=Crew(team_id=team_id, company=company), accepted_by=person)
        case WorkRejected():
            return Proposed(item_id=item.item_id, company=item.company, proposal=item.proposal, declined=True)


def _proposed(item: Proposed | Offered, fact: TeamProposed) -> Item:
    proposal = Proposal(team_id=fact.team_id, company=fact.company, reasons=fact.reasons)
    if isinstance(item, Offered):
        return replace(item, proposal=proposal)
    times = item.proposals + 1
    return replace(item, proposal=proposal, proposals=times, rests_until=rests_until(times, fact.at))


def _asked(item: InHands, fact: InformationAsked | InformationAnswered) -> InHands:
    others = tuple(question for question in item.questions if question.question_id != fact.question_id)
    match fact:
        case InformationAsked(question_id=key, company=asker, asked_company=company, question=text):
            asked = Question(question_id=key, company=asker, asked_company=company, question=text)
            return replace(item, questions=(*others, asked))
        case InformationAnswered():
            return replace(item, questions=others, answered=(*item.answered, *_answers(item, fact)))


def _answers(item: InHands, fact: InformationAnswered) -> tuple[Answered, ...]:
    between = frozenset(company for company in (fact.answered_by.company, fact.asked_by) if company)
    return tuple(
        Answered(question=question, answer=fact.answer, between=between)
        for question in item.questions
        if question.question_id == fact.question_id
    )


def _handed(item: InHands, fact: HandOverOffered | HandOverAccepted | HandOverDeclined | HandOverWithdrawn) -> InHands:
    match fact:
        case HandOverOffered(to_team_id=team_id, to_company=company, package=package):
            to = Crew(team_id=team_id, company=company)
            return replace(item, hand_over=Pending(to=to, package=package))
        case HandOverAccepted(to_team_id=team_id, to_company=company, person=person):
            taken = Crew(team_id=team_id, company=company)
            received = Received(giver=item.holder, package=item.hand_over.package) if item.hand_over else None
            return replace(item, holder=taken, accepted_by=person, pause=None, hand_over=None, received=received)
        case HandOverDeclined() | HandOverWithdrawn():
            return replace(item, hand_over=None)


def _holding(case: Case, fact: Fact) -> Case:
    if not isinstance(fact, WorkAccepted | HandOverAccepted):
        return case
    holder = directed(fact)
    return case if holder is None or holder in case.held else replace(case, held=(*case.held, holder))


def _joined(case: Case, fact: Fact) -> Case:
    companies = joined(case.companies, fact)
    return case if companies == case.companies else replace(case, companies=companies)


def _tracked(case: Case, fact: Fact) -> Case:
    to = directed(fact)
    return case if to is None else replace(case, track=case.track.directed(to))


def _without(items: tuple[Item, ...], item_id: UUID) -> tuple[Item, ...]:
    return tuple(item for item in items if item.item_id != item_id)
