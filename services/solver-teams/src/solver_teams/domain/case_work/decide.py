"""The work of a case: one stream holds all its items, for what may never break spans them.

At every instant one company is accountable, and it never changes; every open item has exactly one holder.
"""

from common.deciders import Decider
from solver_teams.domain.case_work import assigning, handing_over, looping, working
from solver_teams.domain.case_work.asking import answer, ask
from solver_teams.domain.case_work.commands import (
    AcceptHandOver,
    AcceptWork,
    AnswerInformation,
    AskInformation,
    Assigning,
    Command,
    DeclineHandOver,
    Directing,
    EndWork,
    HandingOver,
    HandOver,
    ItemCommand,
    Looping,
    NoteWork,
    OfferWork,
    OpenItem,
    OpenWork,
    ParkWork,
    PauseWork,
    ProposeTeam,
    PullWork,
    RecordWork,
    RejectWork,
    ReopenWork,
    ResumeWork,
    SolveWork,
    UnparkWork,
    WithdrawHandOver,
    WithdrawItem,
)
from solver_teams.domain.case_work.evolve import evolve
from solver_teams.domain.case_work.facts import Fact, WorkNoted
from solver_teams.domain.case_work.guards import may_note, opened, reasoned
from solver_teams.domain.case_work.recording import record
from solver_teams.domain.case_work.states import CaseWork, NotOpened


def decide(state: CaseWork, command: Command) -> list[Fact]:
    """Return the facts *command* brings about, or raise the refusal."""
    match command:
        case RecordWork():
            return record(state, command, _by_people)
        case OpenWork() | ReopenWork() | ParkWork() | UnparkWork() | EndWork():
            return _by_the_loop(state, command)
        case ProposeTeam():
            return assigning.propose_anew(state, command)
        case _:
            return _by_people(state, command)


def _by_the_loop(state: CaseWork, command: Looping) -> list[Fact]:
    match command:
        case OpenWork():
            return looping.open_work(state, command)
        case ReopenWork():
            return looping.reopen(state, command)
        case ParkWork():
            return looping.park(state, command)
        case UnparkWork():
            return looping.unpark(state, command)
        case EndWork():
            return looping.end(state, command)


def _by_people(state: CaseWork, command: ItemCommand | NoteWork) -> list[Fact]:
    match command:
        case OpenItem() | WithdrawItem() | OfferWork():
            return _directed(state, command)
        case AcceptWork() | PullWork() | RejectWork():
            return _taken(state, command)
        case HandOver() | WithdrawHandOver() | AcceptHandOver() | DeclineHandOver():
            return _between_teams(state, command)
        case _:
            return _in_hand(state, command)


def _directed(state: CaseWork, command: Directing) -> list[Fact]:
    match command:
        case OpenItem():
            return assigning.open_item(state, command)
        case WithdrawItem():
            return assigning.withdraw_item(state, command)
        case OfferWork():
            return assigning.offer(state, command)


def _taken(state: CaseWork, command: Assigning) -> list[Fact]:
    match command:
        case AcceptWork():
            return assigning.accept(state, command)
        case PullWork():
            return assigning.pull(state, command)
        case RejectWork():
            return assigning.reject(state, command)


def _between_teams(state: CaseWork, command: HandingOver) -> list[Fact]:
    match command:
        case HandOver():
            return handing_over.hand_over(state, command)
        case WithdrawHandOver():
            return handing_over.withdraw_hand_over(state, command)
        case AcceptHandOver():
            return handing_over.accept_hand_over(state, command)
        case DeclineHandOver():
            return handing_over.decline_hand_over(state, command)


def _in_hand(
    state: CaseWork, command: AskInformation | AnswerInformation | PauseWork | ResumeWork | SolveWork | NoteWork
) -> list[Fact]:
    match command:
        case AskInformation():
            return ask(state, command)
        case AnswerInformation():
            return answer(state, command)
        case PauseWork():
            return working.pause(state, command)
        case ResumeWork():
            return working.resume(state, command)
        case SolveWork():
            return working.solve(state, command)
        case NoteWork():
            return _note(state, command)


def _note(state: CaseWork, command: NoteWork) -> list[Fact]:
    case, text = opened(state), reasoned(command.text)
    may_note(case, command.by, imported=command.imported)
    noted = WorkNoted(
        case_id=case.case_id,
        agreement_id=case.agreement_id,
        round=case.round,
        text=text,
        noted_by=command.by,
        at=command.at,
    )
    return [noted]


decider: Decider[CaseWork, Command, Fact] = Decider(initial=NotOpened(), decide=decide, evolve=evolve)
