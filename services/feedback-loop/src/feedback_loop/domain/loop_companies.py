"""Who is on a case, and so may act in it: what a company may do, it may do because it knows the customer's need."""

from collections.abc import Collection

from common.shared_refusals import NotYoursToTell
from common.values import Person, same_person
from feedback_loop.domain import loop_facts as facts
from feedback_loop.domain.loop_facts import Fact, FeedbackTaken
from feedback_loop.domain.loop_refusals import (
    NotOnTheCase,
    NotTheTouchpoint,
    SecondCompanyNeeded,
    SecondPersonNeeded,
)
from feedback_loop.domain.loop_states import Life


def joined(companies: Collection[str], fact: Fact) -> frozenset[str]:
    """Return who is on the case after *fact*: the touchpoint's company, the accountable one, who works on it.

    Whoever is given something to put right joins too, if a company on the case gave it.
    """
    before = frozenset(companies)
    match fact:
        case facts.LoopOpened(company=company, accountable=accountable):
            return frozenset({company, accountable})
        case facts.SolutionNoted(attribution=attribution):
            return before | {share.company for share in attribution}
        case facts.CorrectiveActionOpened(company=company, by=by) if by.company in before:
            return before | {company}
        case _:
            return before


def on_the_case(life: Life, by: Person, recorded_by: Person, *, imported: bool) -> None:
    """Hold only if *by* acts for a company on the case. Raises ``NotOnTheCase``, ``NotYoursToTell``.

    In what is told of an imported case an operator may also stand for itself: its source need not say who it was. Its
    own company tells, whoever it says it was.
    """
    if imported:
        may_tell(life, recorded_by)
    stands(life, by, recorded_by, imported=imported)


def may_tell(life: Life, recorded_by: Person) -> None:
    """Hold that *recorded_by* tells more of an imported case: its company told of the case, or is on it."""
    if recorded_by.company not in {*life.companies, life.imported_by}:
        raise NotYoursToTell


def stands(life: Life, by: Person, recorded_by: Person, *, imported: bool) -> None:
    """Hold only if *by* acts for a company on the case, or is the operator who tells of an imported one."""
    itself = imported and life.imported and by.role == "operator" and by.company == recorded_by.company
    if by.company not in life.companies and not itself:
        raise NotOnTheCase


def takes(life: Life, by: Person, recorded_by: Person, *, imported: bool) -> None:
    """Hold only if *by* may take what the customer says: the touchpoint's people; in imported cases any on the case."""
    if life.imported:
        on_the_case(life, by, recorded_by, imported=imported)
    elif by.company != life.company:
        raise NotTheTouchpoint


def decides(life: Life, taken: FeedbackTaken, by: Person, recorded_by: Person, *, imported: bool) -> None:
    """Hold only if *by* may decide on what was taken: another company's person, on the case if one is.

    Who really recorded it is compared, for an operator says of anybody that they took it.
    """
    second(taken.recorded_by, recorded_by)
    if imported:  # what two are told to have said is told as of two
        second(taken.by, by)
    if life.companies - {taken.recorded_by.company}:
        stands(life, by, recorded_by, imported=imported)


def second(first: Person, other: Person) -> None:
    """Hold only if *other* is another person of another company, else raise the refusal."""
    if same_person(other, first):
        raise SecondPersonNeeded
    if other.company == first.company:
        raise SecondCompanyNeeded(company=first.company)
