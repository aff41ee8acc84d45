"""Offering work and taking it: the system proposes, people decide."""

from datetime import datetime

from solver_teams.domain.case_work.commands import (
    AcceptWork,
    OfferWork,
    OpenItem,
    ProposeTeam,
    PullWork,
    RejectWork,
    WithdrawItem,
)
from solver_teams.domain.case_work.facts import (
    Fact,
    ItemOpened,
    ItemWithdrawn,
    TeamProposed,
    WorkAccepted,
    WorkOffered,
    WorkRejected,
)
from solver_teams.domain.case_work.guards import accepted_by_them, in_work, may_direct, reasoned, seated, staffed
from solver_teams.domain.case_work.refusals import (
    AcceptedAlready,
    AskedOfOthers,
    ItemExists,
    LastItem,
    NotCovered,
    NotOffered,
    NotYoursToTake,
)
from solver_teams.domain.case_work.states import Case, CaseWork, InHands, InWork, Offered, Proposed, item_of
from solver_teams.domain.hand_offs import Crew
from solver_teams.domain.routing import comes_at_once


def propose_anew(state: CaseWork, command: ProposeTeam) -> list[Fact]:
    """Return whom the system would ask now; nothing once people asked somebody, or if another proposal stands."""
    match state:
        case InWork(case=case, items=items):
            return [
                _proposed(case, item, command)
                for item in items
                if isinstance(item, Proposed) and item.item_id == command.item_id and _replaces(case, command, item)
            ]
        case _:
            return []


def open_item(state: CaseWork, command: OpenItem) -> list[Fact]:
    """Return one more item, offered."""
    work = in_work(state)
    case = work.case
    if any(item.item_id == command.item_id for item in work.items):
        raise ItemExists
    may_direct(case, work.items, command.by, imported=command.imported)
    to = staffed(case, command.team, command.company, imported=command.imported)
    opened = ItemOpened(
        case_id=case.case_id,
        agreement_id=case.agreement_id,
        item_id=command.item_id,
        round=case.round,
        company=command.by.company,
        purpose=reasoned(command.purpose),
        opened_by=command.by,
        at=command.at,
    )
    fresh = Proposed(item_id=command.item_id, company=command.by.company, proposal=None)
    return [opened, _offered(case, fresh, to, command)]


def withdraw_item(state: CaseWork, command: WithdrawItem) -> list[Fact]:
    """Return that the item is not needed."""
    work = in_work(state)
    item = item_of(work.items, command.item_id)
    may_direct(work.case, (item,), command.by, imported=command.imported)
    if len(work.items) == 1:
        raise LastItem
    return [
        ItemWithdrawn(
            case_id=work.case.case_id,
            agreement_id=work.case.agreement_id,
            item_id=item.item_id,
            round=work.case.round,
            reason=reasoned(command.reason),
            withdrawn_by=command.by,
            at=command.at,
        )
    ]


def offer(state: CaseWork, command: OfferWork) -> list[Fact]:
    """Return that the team's company is asked; nothing if it is asked already."""
    work = in_work(state)
    item = item_of(work.items, command.item_id)
    may_direct(work.case, (item,), command.by, imported=command.imported)
    to = staffed(work.case, command.team, command.company, imported=command.imported)
    match item:
        case InHands():
            raise AcceptedAlready
        case Offered(to=asked) if asked == to:
            return []
        case Proposed() | Offered():
            return [_offered(work.case, item, to, command)]


def accept(state: CaseWork, command: AcceptWork) -> list[Fact]:
    """Return that they hold the work now; nothing if they accepted it before."""
    work = in_work(state)
    item = item_of(work.items, command.item_id)
    me = seated(work.case, command.seat)
    match item:
        case InHands(holder=holder) if holder == me:
            return accepted_by_them(item, command.by)
        case Offered(to=asked) if asked == me:
            return [_accepted(work.case, item, me, command)]
        case _:
            raise NotOffered


def pull(state: CaseWork, command: PullWork) -> list[Fact]:
    """Return that a covering team, of whom it concerns, takes work that nobody has and no other is asked to take."""
    work = in_work(state)
    case = work.case
    item = item_of(work.items, command.item_id)
    me = seated(work.case, command.seat)
    if isinstance(item, InHands):
        raise AcceptedAlready
    staffed(case, command.team, me.company, imported=command.seat.imported)
    if not command.team.covers(case.service, case.activity, case.region):
        raise NotCovered
    match item:
        case Offered(to=asked) if asked == me:
            return [_accepted(case, item, me, command)]
        case Offered():
            raise AskedOfOthers
        case Proposed():
            _concerns(case, item, command)
            return [_offered(case, item, me, command), _accepted(case, item, me, command)]


def _concerns(case: Case, item: Proposed, command: PullWork) -> None:
    """Hold that the work concerns who takes it unasked, for whoever holds work learns what the case is about."""
    concerned = {case.accountable, item.company}
    here = command.seat.crew.company in concerned or any(map(command.team.has_people_of, concerned))
    if not (here or command.seat.imported):
        raise NotYoursToTake


def reject(state: CaseWork, command: RejectWork) -> list[Fact]:
    """Return that those who were asked do not take it, and why."""
    work = in_work(state)
    item = item_of(work.items, command.item_id)
    me = seated(work.case, command.seat)
    if not (isinstance(item, Offered) and item.to == me):
        raise NotOffered
    return [
        WorkRejected(
            case_id=work.case.case_id,
            agreement_id=work.case.agreement_id,
            item_id=item.item_id,
            round=work.case.round,
            team_id=me.team_id,
            company=me.company,
            person=command.by.person,
            reason=reasoned(command.reason),
            at=command.at,
        )
    ]


def _replaces(case: Case, command: ProposeTeam, item: Proposed) -> bool:
    before, anew = item.proposal, command.proposal
    return (
        item.left_to_propose
        and before is not None
        and before.team_id == command.instead_of
        and (before.team_id, before.company) != (anew.team_id, anew.company)
        and (_rested(item, command.at) or comes_at_once(anew.company, before.company, case.accountable))
    )


def _rested(item: Proposed, at: datetime) -> bool:
    return item.rests_until is None or item.rests_until <= at


def _proposed(case: Case, item: Proposed, command: ProposeTeam) -> TeamProposed:
    return TeamProposed(
        case_id=case.case_id,
        agreement_id=case.agreement_id,
        item_id=item.item_id,
        round=case.round,
        team_id=command.proposal.team_id,
        company=command.proposal.company,
        reasons=command.proposal.reasons,
        at=command.at,
    )


def _offered(case: Case, item: Proposed | Offered, to: Crew, command: OfferWork | PullWork | OpenItem) -> WorkOffered:
    return WorkOffered(
        case_id=case.case_id,
        agreement_id=case.agreement_id,
        item_id=item.item_id,
        round=case.round,
        team_id=to.team_id,
        company=to.company,
        offered_by=command.by,
        followed_proposal=_followed(item, to),
        at=command.at,
    )


def _accepted(case: Case, item: Proposed | Offered, me: Crew, command: AcceptWork | PullWork) -> WorkAccepted:
    return WorkAccepted(
        case_id=case.case_id,
        agreement_id=case.agreement_id,
        item_id=item.item_id,
        round=case.round,
        team_id=me.team_id,
        company=me.company,
        person=command.by.person,
        followed_proposal=_followed(item, me),
        at=command.at,
    )


def _followed(item: Proposed | Offered, to: Crew) -> bool | None:
    if item.proposal is None or item.proposal.team_id is None:
        return None
    return item.proposal.team_id == to.team_id
