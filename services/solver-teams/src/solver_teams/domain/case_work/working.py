"""Pausing, resuming and solving: what the holder does with the work."""

from enum import StrEnum

from common.values import Confided
from solver_teams.domain.case_work.commands import PauseWork, ResumeWork, SolveWork
from solver_teams.domain.case_work.facts import Fact, ItemSolved, SolutionProposed, WorkPaused, WorkResumed
from solver_teams.domain.case_work.guards import held, in_work, same_words, says_something
from solver_teams.domain.case_work.refusals import CodesMissing, Paused, UnknownPauseReason
from solver_teams.domain.case_work.states import Case, CaseWork, InHands, Pause


class PauseReason(StrEnum):
    """Why a holder's clock may pause."""

    CUSTOMER = "waiting-customer"
    USER = "waiting-user"
    VENDOR = "waiting-vendor"
    IMPLEMENTATION = "waiting-implementation"
    INFORMATION = "waiting-information"
    OTHER = "other"


CODED = frozenset(PauseReason) - {PauseReason.OTHER}
"""Reasons that say all by themselves."""


def pause(state: CaseWork, command: PauseWork) -> list[Fact]:
    """Return that the work does not go on; nothing if it is paused for this reason already."""
    case, item = held(state, command)
    reason = _coded(command)
    if item.pause and same_pause(item.pause, reason, command.note):
        return []
    if item.pause:
        raise Paused(f"the work is paused: {item.pause.reason}")
    return [
        WorkPaused(
            case_id=case.case_id,
            agreement_id=case.agreement_id,
            item_id=item.item_id,
            round=case.round,
            team_id=item.holder.team_id,
            company=item.holder.company,
            person=command.by.person,
            reason=reason,
            note=command.note,
            at=command.at,
        )
    ]


def same_pause(pause: Pause, reason: str, note: Confided | None) -> bool:
    """Tell whether the work is paused for just this."""
    return pause.reason == reason and same_words(pause.note, note)


def resume(state: CaseWork, command: ResumeWork) -> list[Fact]:
    """Return that the work goes on; nothing if it does already."""
    case, item = held(state, command)
    if item.pause is None:
        return []
    return [
        WorkResumed(
            case_id=case.case_id,
            agreement_id=case.agreement_id,
            item_id=item.item_id,
            round=case.round,
            team_id=item.holder.team_id,
            company=item.holder.company,
            person=command.by.person,
            reason=item.pause.reason,
            at=command.at,
        )
    ]


def solve(state: CaseWork, command: SolveWork) -> list[Fact]:
    """Return that this part is done and, if it was the last, that a solution is proposed."""
    case, item = held(state, command)
    if not (command.cause.strip() and command.action.strip()):
        raise CodesMissing
    last = len(in_work(state).items) == 1
    return [_solved(case, item, command), *([_solution(case, command)] if last else [])]


def _coded(command: PauseWork) -> str:
    if command.reason not in set(PauseReason):
        raise UnknownPauseReason(f"{command.reason} is none of {', '.join(PauseReason)}")
    if command.reason == PauseReason.OTHER and not says_something(command.note):
        raise UnknownPauseReason("other needs a note")
    return command.reason


def _solved(case: Case, item: InHands, command: SolveWork) -> ItemSolved:
    return ItemSolved(
        case_id=case.case_id,
        agreement_id=case.agreement_id,
        item_id=item.item_id,
        round=case.round,
        team_id=item.holder.team_id,
        company=item.holder.company,
        person=command.by.person,
        cause=command.cause,
        action=command.action,
        at=command.at,
    )


def _solution(case: Case, command: SolveWork) -> SolutionProposed:
    return SolutionProposed(
        case_id=case.case_id,
        agreement_id=case.agreement_id,
        round=case.round,
        cause=command.cause,
        action=command.action,
        attribution=case.held,
        at=command.at,
    )
