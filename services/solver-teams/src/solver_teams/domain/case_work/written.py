"""What people write about the work: the field that each text is shared as, whom it is between, and who is on the case.

Codes (why work pauses, what the cause was and what was done) are no such texts: every party reads them.
"""

from common.values import Confided, value
from solver_teams.domain.case_work import facts as did
from solver_teams.domain.case_work.facts import Fact
from solver_teams.domain.sharing import WorkField


@value
class Written:
    """A text of a fact; ``between`` are the companies that wrote it and that it is for."""

    field: WorkField
    between: frozenset[str]
    text: Confided


def written_in(fact: Fact, touchpoint: str) -> list[Written]:  # noqa: PLR0911 - one line per kind of text
    """Return the texts of *fact*; what is asked of the customer is asked of the company *touchpoint*."""
    match fact:
        case did.HandOverOffered(package=package, from_company=giver, to_company=receiver):
            texts = (package.context, package.promises, package.next_step)
            return _written("hand_over_package", (giver, receiver), *texts)
        case did.InformationAsked(question=text, company=asker, asked_company=asked):
            return _written("work_question", (asker, asked or touchpoint), text)
        case did.InformationAnswered(answer=text, answered_by=by, asked_by=asker):
            return _written("work_question", (by.company, asker), text)
        case did.ItemOpened(purpose=text, opened_by=by) | did.ItemWithdrawn(reason=text, withdrawn_by=by):
            return _written("work_note", (by.company,), text)
        case did.HandOverWithdrawn(reason=text, withdrawn_by=by) | did.WorkNoted(text=text, noted_by=by):
            return _written("work_note", (by.company,), text)
        case did.HandOverDeclined(reason=text, to_company=company) | did.WorkRejected(reason=text, company=company):
            return _written("work_note", (company,), text)
        case did.WorkPaused(note=text, company=company):
            return _written("work_note", (company,), text)
        case _:
            return []


def joined(companies: frozenset[str], fact: Fact) -> frozenset[str]:
    """Return who is on the case after *fact*: the touchpoint's and the accountable company, and who takes work on it.

    Whoever is asked to take work joins too, if a company on the case asks.
    """
    match fact:
        case did.WorkOpened(company=company, accountable=accountable):
            return frozenset({company, accountable})
        case did.WorkAccepted(company=company) | did.HandOverAccepted(to_company=company):
            return companies | {company}
        case did.WorkOffered(company=company, offered_by=by) if by.company in companies:
            return companies | {company}
        case _:
            return companies


def _written(field: WorkField, between: tuple[str | None, ...], *texts: Confided | None) -> list[Written]:
    named = frozenset(company for company in between if company)
    return [Written(field=field, between=named, text=text) for text in texts if text is not None]
