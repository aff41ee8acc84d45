"""Who may do what to the work as it stands; each returns what it found or raises the refusal."""

from uuid import UUID

from common.shared_refusals import CaseNotImported, NotYoursToTell
from common.values import Confided, Person
from solver_teams.domain.case_work.commands import HolderCommand, Seat
from solver_teams.domain.case_work.facts import Fact
from solver_teams.domain.case_work.refusals import (
    AcceptedAlready,
    CaseClosed,
    CaseParked,
    CompanyNotInTeam,
    FeedbackAwaited,
    NotAMember,
    NotInWork,
    NotOnTheCase,
    NotTheHolder,
    NotYoursToDirect,
    ReasonMissing,
    TeamOfAnotherAgreement,
    UnknownWork,
)
from solver_teams.domain.case_work.states import (
    Awaiting,
    Case,
    CaseWork,
    Closed,
    InHands,
    InWork,
    Item,
    NotOpened,
    Parked,
    company_of,
    item_of,
)
from solver_teams.domain.hand_offs import Crew
from solver_teams.domain.team import Registered


def opened(state: CaseWork) -> Case:
    """Return the case, whatever its work is now."""
    match state:
        case NotOpened():
            raise UnknownWork
        case InWork(case=case) | Awaiting(case=case) | Parked(case=case) | Closed(case=case):
            return case


def in_work(state: CaseWork) -> InWork:
    """Return the work if something can be done."""
    match state:
        case NotOpened():
            raise UnknownWork
        case Awaiting():
            raise FeedbackAwaited
        case Parked(reason=reason):
            raise CaseParked(f"the case is parked: {reason}")
        case Closed():
            raise CaseClosed
        case InWork():
            return state


def in_hands(state: CaseWork, item_id: UUID) -> InHands:
    """Return the item if somebody has accepted it."""
    item = item_of(in_work(state).items, item_id)
    if not isinstance(item, InHands):
        raise NotInWork
    return item


def held(state: CaseWork, command: HolderCommand) -> tuple[Case, InHands]:
    """Return the case and the item that the person of *command* holds."""
    item = in_hands(state, command.item_id)
    if item.holder != command.seat.crew:
        raise NotTheHolder
    case = opened(state)
    seated(case, command.seat)
    return case, item


def of_its_kind(case: Case, *, imported: bool) -> None:
    """Hold that a source tells of an imported case only: nobody acts for others in a case that people work on now."""
    if imported and not case.imported:
        raise CaseNotImported


def may_tell(case: Case, company: str) -> None:
    """Hold that *company* tells more of an imported case: it told of the case, or is on it.

    Whoever tells says who held the work, and so who is on the case; a rival could say so of itself.
    """
    if not tells(case, company):
        raise NotYoursToTell


def tells(case: Case, company: str) -> bool:
    """Tell whether ``may_tell`` holds; once it does it does for ever."""
    return not case.imported or company == case.imported_by or company in case.companies


def seated(case: Case, seat: Seat) -> Crew:
    """Return whom the person acts for: they are a member."""
    of_its_kind(case, imported=seat.imported)
    if not seat.theirs:
        raise NotAMember
    return seat.crew


def staffed(case: Case, team: Registered, company: str, *, imported: bool) -> Crew:
    """Return the team's company as one that can be asked: somebody of it could answer, or a source tells."""
    if team.agreement_id != case.agreement_id:
        raise TeamOfAnotherAgreement
    if company not in team.companies:
        raise CompanyNotInTeam(f"{company} gives nobody to {team.name}")
    if not imported and not team.has_anybody_of(company):
        raise CompanyNotInTeam(f"nobody of {company} is in {team.name} who could answer: they join it first")
    return Crew(team_id=team.team_id, company=company)


def may_direct(case: Case, items: tuple[Item, ...], by: Person, *, imported: bool) -> None:
    """Hold that *by* may say who is asked: of the holders', the accountable or the touchpoint's company."""
    of_its_kind(case, imported=imported)
    concerned = {case.accountable, case.company} | {company_of(item) for item in items}
    if not imported and by.company not in concerned:
        raise NotYoursToDirect


def may_note(case: Case, by: Person, *, imported: bool) -> None:
    """Hold that *by* is of a company on the case, which has something to say about its work; or a source tells."""
    of_its_kind(case, imported=imported)
    if not imported and by.company not in case.companies:
        raise NotOnTheCase


def accepted_by_them(item: InHands, by: Person) -> list[Fact]:
    """Return nothing to do for whoever accepted *item*, which a colleague of theirs is refused and told."""
    if item.accepted_by is not None and item.accepted_by != by.person:
        raise AcceptedAlready(f"{item.accepted_by} has accepted it already", accepted_by=item.accepted_by)
    return []


def reasoned(reason: Confided) -> Confided:
    """Return the reason, which says something."""
    if not says_something(reason):
        raise ReasonMissing
    return reason


def says_something(words: Confided | None) -> bool:
    """Tell whether there is more than space in *words*."""
    return bool(words and words.text and words.text.strip())


def same_words(one: Confided | None, other: Confided | None) -> bool:
    """Tell whether both say the same: a text that is given again has another digest. Only for who wrote both."""
    return (one and one.text) == (other and other.text)
