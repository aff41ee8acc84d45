"""What the case's loop means for its work: opening, new rounds, parking and the end; none of it is decided here."""

from uuid import UUID

from solver_teams.domain.case_work.commands import EndWork, OpenWork, ParkWork, ReopenWork, UnparkWork
from solver_teams.domain.case_work.facts import (
    Fact,
    TeamProposed,
    WorkEnded,
    WorkOpened,
    WorkParked,
    WorkReopened,
    WorkUnparked,
)
from solver_teams.domain.case_work.guards import opened
from solver_teams.domain.case_work.refusals import AccountableMissing
from solver_teams.domain.case_work.states import CaseWork, Closed, InHands, InWork, Item, NotOpened, Parked, company_of


def open_work(state: CaseWork, command: OpenWork) -> list[Fact]:
    """Return the case's work and the team the system proposes; nothing if it is open already."""
    if not isinstance(state, NotOpened):
        return []
    if not command.accountable.strip():
        raise AccountableMissing
    item_id = None if command.solved_at_contact else command.item_id
    return [_opened(command, item_id), *([] if item_id is None else [_proposed(command, command.agreement_id, 1)])]


def reopen(state: CaseWork, command: ReopenWork) -> list[Fact]:
    """Return the new round: the last holder holds again; nothing if that round is known."""
    case = opened(state)
    if command.round <= case.round:
        return []
    carried = _open_items(state)
    item_id = carried[0].item_id if carried else command.item_id
    company = company_of(carried[0]) if carried else case.last.company if case.last else case.company
    crew = carried[0].holder if carried and isinstance(carried[0], InHands) else None if carried else case.last
    reopened = WorkReopened(
        case_id=case.case_id,
        agreement_id=case.agreement_id,
        item_id=item_id,
        round=command.round,
        team_id=crew.team_id if crew else None,
        company=company,
        reason=command.reason,
        at=command.at,
    )
    unasked = not carried and case.last is None
    return [reopened, *([_proposed(command, case.agreement_id, command.round)] if unasked else [])]


def park(state: CaseWork, command: ParkWork) -> list[Fact]:
    """Return that the work waits; nothing if it does already or is over."""
    case = opened(state)
    if isinstance(state, Parked | Closed):
        return []
    key, agreement_id = case.case_id, case.agreement_id
    return [WorkParked(case_id=key, agreement_id=agreement_id, round=case.round, reason=command.reason, at=command.at)]


def unpark(state: CaseWork, command: UnparkWork) -> list[Fact]:
    """Return that the work goes on where it was left."""
    case = opened(state)
    if not isinstance(state, Parked):
        return []
    return [WorkUnparked(case_id=case.case_id, agreement_id=case.agreement_id, round=case.round, at=command.at)]


def end(state: CaseWork, command: EndWork) -> list[Fact]:
    """Return that the work is over; nothing if it is."""
    case = opened(state)
    if isinstance(state, Closed):
        return []
    return [WorkEnded(case_id=case.case_id, agreement_id=case.agreement_id, round=case.round, at=command.at)]


def _open_items(state: CaseWork) -> tuple[Item, ...]:
    return state.items if isinstance(state, InWork | Parked) else ()


def _opened(command: OpenWork, item_id: UUID | None) -> WorkOpened:
    return WorkOpened(
        case_id=command.case_id,
        agreement_id=command.agreement_id,
        agreement_version=command.agreement_version,
        item_id=item_id,
        touchpoint_team_id=command.touchpoint_team_id,
        company=command.company,
        accountable=command.accountable,
        service=command.service,
        activity=command.activity,
        region=command.region,
        priority=command.priority,
        imported=command.imported,
        imported_by=command.imported_by,
        at=command.at,
    )


def _proposed(command: OpenWork | ReopenWork, agreement_id: UUID, number: int) -> TeamProposed:
    return TeamProposed(
        case_id=command.case_id,
        agreement_id=agreement_id,
        item_id=command.item_id,
        round=number,
        team_id=command.proposal.team_id,
        company=command.proposal.company,
        reasons=command.proposal.reasons,
        at=command.at,
    )
