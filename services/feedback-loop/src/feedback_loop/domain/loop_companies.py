"""Who is on a case, and so may act in it: what a company may do, it may do because it knows the customer's need."""

from collections.abc import Collection

from common.values import Person, same_person
from feedback_loop.domain import loop_facts as facts
from feedback_loop.domain.loop_facts import Fact
from feedback_loop.domain.loop_refusals import NotOnTheCase, NotTheTouchpoint, SecondCompanyNeeded, SecondPersonNeeded
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


def on_the_case(life: Life, by: Person, *, imported: bool) -> None:
    """Hold only if *by* acts for a company on the case. Raises ``NotOnTheCase``.

    In what is told of an imported case an operator may also stand for itself: its source need not say who it was.
    """
    if by.company not in life.companies and not _telling(life, by, imported=imported):
        raise NotOnTheCase


def takes(life: Life, by: Person, *, imported: bool) -> None:
    """Hold only if *by* may take what the customer says: the touchpoint's people; in imported cases any on the case."""
    if life.imported:
        on_the_case(life, by, imported=imported)
    elif by.company != life.company:
        raise NotTheTouchpoint


def approves(life: Life, taken_by: Person, by: Person, *, imported: bool) -> None:
    """Hold only if *by* may decide on what *taken_by* took: another company's person, on the case if one is."""
    second(taken_by, by)
    others = life.companies - {taken_by.company}
    if others:
        on_the_case(life, by, imported=imported)


def second(first: Person, other: Person) -> None:
    """Hold only if *other* is another person of another company, else raise the refusal."""
    if same_person(other, first):
        raise SecondPersonNeeded
    if other.company == first.company:
        raise SecondCompanyNeeded(company=first.company)


def _telling(life: Life, by: Person, *, imported: bool) -> bool:
    return imported and life.imported and by.role == "operator"
