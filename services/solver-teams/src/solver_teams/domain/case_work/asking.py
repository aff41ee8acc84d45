"""Asking for what the work needs, of a company or of the customer, and answering."""

from common.values import Person
from solver_teams.domain.case_work.commands import AnswerInformation, AskInformation
from solver_teams.domain.case_work.facts import Fact, InformationAnswered, InformationAsked
from solver_teams.domain.case_work.guards import held, in_hands, of_its_kind, opened, reasoned
from solver_teams.domain.case_work.refusals import NotAsked, QuestionExists, UnknownQuestion
from solver_teams.domain.case_work.states import Case, CaseWork, InHands, Question
from solver_teams.domain.team import NotAParty


def ask(state: CaseWork, command: AskInformation) -> list[Fact]:
    """Return that the holder asked."""
    case, item = held(state, command)
    if any(question.question_id == command.question_id for question in item.questions):
        raise QuestionExists
    if command.asked_company is not None and command.asked_company not in command.parties:
        raise NotAParty
    return [
        InformationAsked(
            case_id=case.case_id,
            agreement_id=case.agreement_id,
            item_id=item.item_id,
            round=case.round,
            question_id=command.question_id,
            team_id=item.holder.team_id,
            company=item.holder.company,
            person=command.by.person,
            asked_company=command.asked_company,
            question=reasoned(command.question),
            at=command.at,
        )
    ]


def answer(state: CaseWork, command: AnswerInformation) -> list[Fact]:
    """Return that the company that was asked answered; for the customer, the touchpoint's."""
    case, item = opened(state), in_hands(state, command.item_id)
    question = _asked(item, command)
    _may_answer(case, question, command.by, imported=command.imported)
    return [
        InformationAnswered(
            case_id=case.case_id,
            agreement_id=case.agreement_id,
            item_id=item.item_id,
            round=case.round,
            question_id=command.question_id,
            answer=reasoned(command.answer),
            answered_by=command.by,
            asked_by=question.company,
            at=command.at,
        )
    ]


def _asked(item: InHands, command: AnswerInformation) -> Question:
    for question in item.questions:
        if question.question_id == command.question_id:
            return question
    raise UnknownQuestion


def _may_answer(case: Case, question: Question, by: Person, *, imported: bool) -> None:
    of_its_kind(case, imported=imported)
    if not imported and by.company != (question.asked_company or case.company):
        raise NotAsked
