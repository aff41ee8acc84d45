"""The loop of a case, from opened to positive feedback: nothing else closes it."""

from typing import assert_never

from common.deciders import Decider
from feedback_loop.domain import loop_amending as amending
from feedback_loop.domain import loop_answers as answers
from feedback_loop.domain import loop_asking as asking
from feedback_loop.domain import loop_parking as parking
from feedback_loop.domain.loop_asking import due
from feedback_loop.domain.loop_commands import (
    AnswerInquiry,
    ApproveFeedback,
    ApproveParking,
    AskAgain,
    ComeBack,
    Command,
    ConfirmDelivery,
    FinishCorrectiveAction,
    IssueSurveyLink,
    NoteErasure,
    NoteSolution,
    OpenCorrectiveAction,
    OpenLoop,
    ProposeParking,
    ReceiveFeedback,
    RefuseFeedback,
    RefuseParking,
    StateRootCause,
    TakeFeedback,
    Tick,
    Unpark,
    WorkAgain,
)
from feedback_loop.domain.loop_evolving import evolve
from feedback_loop.domain.loop_facts import Fact
from feedback_loop.domain.loop_states import Loop, NotOpened

__all__ = ["decide", "decider", "due", "evolve"]


def decide(state: Loop, command: Command) -> list[Fact]:  # noqa: C901, PLR0911, PLR0912 - one line per command
    """Return the facts *command* brings about, or raise the refusal."""
    match command:
        case OpenLoop():
            return asking.open_loop(state, command)
        case NoteSolution():
            return asking.note_solution(state, command)
        case AskAgain():
            return asking.ask_again(state, command)
        case WorkAgain():
            return asking.work_again(state, command)
        case IssueSurveyLink():
            return asking.issue_link(state, command)
        case ConfirmDelivery():
            return asking.confirm_delivery(state, command)
        case NoteErasure():
            return asking.note_erasure(state, command)
        case Tick():
            return asking.tick(state, command)
        case ReceiveFeedback():
            return answers.receive(state, command)
        case TakeFeedback():
            return answers.take(state, command)
        case ApproveFeedback():
            return answers.approve(state, command)
        case RefuseFeedback():
            return answers.refuse(state, command)
        case AnswerInquiry():
            return answers.answer_inquiry(state, command)
        case StateRootCause():
            return amending.state_cause(state, command)
        case OpenCorrectiveAction():
            return amending.open_action(state, command)
        case FinishCorrectiveAction():
            return amending.finish_action(state, command)
        case ProposeParking():
            return parking.propose(state, command)
        case ApproveParking():
            return parking.approve(state, command)
        case RefuseParking():
            return parking.refuse(state, command)
        case Unpark():
            return parking.unpark(state, command)
        case ComeBack():
            return parking.come_back(state, command)
        case _:
            assert_never(command)


decider: Decider[Loop, Command, Fact] = Decider(initial=NotOpened(), decide=decide, evolve=evolve)
