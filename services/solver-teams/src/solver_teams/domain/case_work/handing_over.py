"""Handing work over: with all the receiver needs, and never before they accept."""

from solver_teams.domain.case_work.commands import AcceptHandOver, DeclineHandOver, HandOver, WithdrawHandOver
from solver_teams.domain.case_work.facts import (
    Fact,
    HandOverAccepted,
    HandOverDeclined,
    HandOverOffered,
    HandOverWithdrawn,
    Package,
)
from solver_teams.domain.case_work.guards import (
    accepted_by_them,
    held,
    in_hands,
    opened,
    reasoned,
    same_words,
    says_something,
    seated,
    staffed,
)
from solver_teams.domain.case_work.refusals import AlreadyTheirs, IncompletePackage, NotHandedOver
from solver_teams.domain.case_work.states import CaseWork, InHands
from solver_teams.domain.hand_offs import Crew


def hand_over(state: CaseWork, command: HandOver) -> list[Fact]:
    """Return that others are asked to take over; a pending hand-over to someone else is replaced."""
    case, item = held(state, command)
    to = staffed(case, command.to_team, command.to_company, imported=command.seat.imported)
    if to == item.holder:
        raise AlreadyTheirs
    pending = item.hand_over
    if pending and pending.to == to and _same(pending.package, command.package):
        return []
    return [
        HandOverOffered(
            case_id=case.case_id,
            agreement_id=case.agreement_id,
            item_id=item.item_id,
            round=case.round,
            from_team_id=item.holder.team_id,
            from_company=item.holder.company,
            to_team_id=to.team_id,
            to_company=to.company,
            package=_complete(command.package),
            instead_of=pending.to if pending else None,
            offered_by=command.by,
            at=command.at,
        )
    ]


def withdraw_hand_over(state: CaseWork, command: WithdrawHandOver) -> list[Fact]:
    """Return that the giver keeps the work after all."""
    case, item = held(state, command)
    pending = item.hand_over
    if pending is None:
        raise NotHandedOver
    return [
        HandOverWithdrawn(
            case_id=case.case_id,
            agreement_id=case.agreement_id,
            item_id=item.item_id,
            round=case.round,
            from_team_id=item.holder.team_id,
            from_company=item.holder.company,
            to_team_id=pending.to.team_id,
            to_company=pending.to.company,
            withdrawn_by=command.by,
            reason=reasoned(command.reason),
            at=command.at,
        )
    ]


def accept_hand_over(state: CaseWork, command: AcceptHandOver) -> list[Fact]:
    """Return that the receiver holds the work now; nothing if they accepted it before."""
    case, item = opened(state), in_hands(state, command.item_id)
    me = seated(case, command.seat)
    if item.holder == me:
        return accepted_by_them(item, command.by)
    _pending_for(item, me)
    return [
        HandOverAccepted(
            case_id=case.case_id,
            agreement_id=case.agreement_id,
            item_id=item.item_id,
            round=case.round,
            from_team_id=item.holder.team_id,
            from_company=item.holder.company,
            to_team_id=me.team_id,
            to_company=me.company,
            person=command.by.person,
            at=command.at,
        )
    ]


def decline_hand_over(state: CaseWork, command: DeclineHandOver) -> list[Fact]:
    """Return that the receiver does not take over, and why."""
    case, item = opened(state), in_hands(state, command.item_id)
    me = seated(case, command.seat)
    _pending_for(item, me)
    return [
        HandOverDeclined(
            case_id=case.case_id,
            agreement_id=case.agreement_id,
            item_id=item.item_id,
            round=case.round,
            from_team_id=item.holder.team_id,
            from_company=item.holder.company,
            to_team_id=me.team_id,
            to_company=me.company,
            person=command.by.person,
            reason=reasoned(command.reason),
            at=command.at,
        )
    ]


def _pending_for(item: InHands, me: Crew) -> None:
    if item.hand_over is None or item.hand_over.to != me:
        raise NotHandedOver


def _complete(package: Package) -> Package:
    parts = {"context": package.context, "promises": package.promises, "next_step": package.next_step}
    if missing := [name for name, words in parts.items() if not says_something(words)]:
        raise IncompletePackage(f"the package lacks {', '.join(missing)}", missing=missing)
    return package


def _same(one: Package, other: Package) -> bool:
    return (
        same_words(one.context, other.context)
        and same_words(one.promises, other.promises)
        and same_words(one.next_step, other.next_step)
    )
