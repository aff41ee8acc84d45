"""Putting right what went wrong: its root cause, the corrective actions, and the asking that waited for them."""

from datetime import datetime
from uuid import UUID

from feedback_loop.domain.loop_commands import FinishCorrectiveAction, OpenCorrectiveAction, StateRootCause
from feedback_loop.domain.loop_companies import on_the_case
from feedback_loop.domain.loop_evolving import evolve
from feedback_loop.domain.loop_facts import CorrectiveActionDone, CorrectiveActionOpened, Fact, RootCauseStated
from feedback_loop.domain.loop_refusals import (
    ActionDiffers,
    ActionUnknown,
    CaseIsClosed,
    DoneOnOtherEvidence,
    DueIsPast,
    NotOnTheCase,
    NotYourAction,
    OwnerNotParty,
)
from feedback_loop.domain.loop_rounds import ask, known
from feedback_loop.domain.loop_states import Action, Closed, Life, Loop, Open, Parked, SolutionWaits


def state_cause(state: Loop, command: StateRootCause) -> list[Fact]:
    """Return why the customer was not satisfied; said twice it is nothing new, said otherwise it is a correction.

    Only of the company that said it is it nothing new: another must not learn that it found the same words.
    """
    life = _unfinished(state)
    on_the_case(life, command.by, command.recorded_by, imported=command.imported)
    same = life.round.cause is not None and life.round.cause.text == command.cause.text
    if same and life.round.cause_by == command.by.company:
        return []
    stated = RootCauseStated(
        case_id=life.case_id,
        agreement_id=life.agreement_id,
        round=life.round.number,
        cause=command.cause,
        feedback_id=life.round.negative,
        by=command.by,
        at=command.at,
    )
    return [stated, *asking(state, stated, command.request_id, imported=command.imported, at=command.at)]


def open_action(state: Loop, command: OpenCorrectiveAction) -> list[Fact]:
    """Return what is to be put right, by whom and when."""
    life = _unfinished(state)
    _may_give(life, command)
    before = life.action(command.action_id)
    if before is not None:
        raise ActionDiffers
    if command.company not in life.terms.parties:
        raise OwnerNotParty(company=command.company)
    if command.due < command.at and not command.imported:
        raise DueIsPast
    return [
        CorrectiveActionOpened(
            case_id=life.case_id,
            agreement_id=life.agreement_id,
            action_id=command.action_id,
            round=life.round.number,
            feedback_id=life.round.negative,
            company=command.company,
            team_id=command.team_id,
            person=command.person,
            what=command.what,
            due=command.due,
            by=command.by,
            at=command.at,
        )
    ]


def _may_give(life: Life, command: OpenCorrectiveAction) -> None:
    """Hold only if a company on the case gives it: whoever tells of an imported case brings nobody else onto it."""
    on_the_case(life, command.by, command.recorded_by, imported=command.imported)
    joins = command.by.company in life.companies and command.company not in life.companies
    if joins and command.recorded_by.company not in life.companies:
        raise NotOnTheCase


def finish_action(state: Loop, command: FinishCorrectiveAction) -> list[Fact]:
    """Return that it was put right, whatever became of the case, and the asking that waited for it."""
    life = known(state).life
    on_the_case(life, command.by, command.recorded_by, imported=command.imported)
    action = life.action(command.action_id)
    if action is None:
        raise ActionUnknown
    if command.by.company != action.company and not command.imported:
        raise NotYourAction
    if action.done:
        return _shown_already(action, command)
    done = CorrectiveActionDone(
        case_id=life.case_id,
        agreement_id=life.agreement_id,
        action_id=command.action_id,
        round=action.round,
        feedback_id=action.feedback_id,
        evidence=command.evidence,
        by=command.by,
        at=command.at,
    )
    return [done, *asking(state, done, command.request_id, imported=command.imported, at=command.at)]


def _shown_already(action: Action, command: FinishCorrectiveAction) -> list[Fact]:
    """Return nothing if the same shows that it was done. Raises ``DoneOnOtherEvidence``: nothing is dropped unsaid."""
    if action.evidence is not None and action.evidence.text != command.evidence.text:
        raise DoneOnOtherEvidence
    return []


def _unfinished(state: Loop) -> Life:
    match known(state):
        case Closed():
            raise CaseIsClosed
        case Open(life=life) | Parked(life=life):
            return life


def asking(state: Loop, amends: Fact, request_id: UUID, *, imported: bool, at: datetime) -> list[Fact]:
    """Return the asking that waited for *amends* and for nothing else, if one did."""
    match evolve(state, amends):
        case Open(life=life, stage=SolutionWaits()) if life.repaired(imported=imported):
            return ask(life, request_id, "amended", imported=imported, at=at)
        case _:
            return []
