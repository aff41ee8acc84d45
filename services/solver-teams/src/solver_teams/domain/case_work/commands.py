"""What can be asked of the work of a case.

``team`` is the team that is asked, as it stands; ``seat`` is where the person acts; ``imported`` marks what an operator
records from a source, where it has already happened: whose it was to direct is not asked.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from common.values import Confided, Person, value
from solver_teams.domain.case_work.facts import Package
from solver_teams.domain.hand_offs import Crew
from solver_teams.domain.routing import Proposal
from solver_teams.domain.team import Registered


class Activity(StrEnum):
    """What a source's row says was going on."""

    QUEUED = "queued"
    IN_WORK = "in-work"
    PAUSED = "paused"
    SOLVED = "solved"
    NOTE = "note"


@value
class Seat:
    """Where a person acts: a team, and the company they work in it for.

    ``theirs`` tells whether the team has that person for that company; of what a source says has happened
    (``imported``) it is taken to be so.
    """

    crew: Crew
    theirs: bool
    imported: bool = False


@value
class OpenWork:
    """A case was opened elsewhere; ``solved_at_contact`` when nothing is left to do but ask the customer."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    item_id: UUID
    touchpoint_team_id: UUID | None
    company: str
    accountable: str
    service: str
    activity: str
    region: str
    priority: str | None
    solved_at_contact: bool
    imported: bool
    imported_by: str | None
    proposal: Proposal
    at: datetime


@value
class ProposeTeam:
    """Propose anew, *instead_of* the team that was proposed (None: nobody), now that teams cover something else."""

    case_id: UUID
    item_id: UUID
    instead_of: UUID | None
    proposal: Proposal
    at: datetime


@value
class OpenItem:
    """Open one more work item and offer it to a team and company."""

    case_id: UUID
    item_id: UUID
    purpose: Confided
    team: Registered
    company: str
    by: Person
    at: datetime
    imported: bool = False


@value
class WithdrawItem:
    """Give a work item up as not needed."""

    case_id: UUID
    item_id: UUID
    reason: Confided
    by: Person
    at: datetime
    imported: bool = False


@value
class OfferWork:
    """Ask a team's company to take the work."""

    case_id: UUID
    item_id: UUID
    team: Registered
    company: str
    by: Person
    at: datetime
    imported: bool = False


@value
class AcceptWork:
    """Take the work that was offered."""

    case_id: UUID
    item_id: UUID
    seat: Seat
    by: Person
    at: datetime


@value
class PullWork:
    """Take work that nobody has accepted, without waiting to be asked."""

    case_id: UUID
    item_id: UUID
    team: Registered
    seat: Seat
    by: Person
    at: datetime


@value
class RejectWork:
    """Decline the work that was offered, saying why."""

    case_id: UUID
    item_id: UUID
    seat: Seat
    reason: Confided
    by: Person
    at: datetime


@value
class AskInformation:
    """Ask a company, or (None) the customer, for what the work needs."""

    case_id: UUID
    item_id: UUID
    question_id: UUID
    asked_company: str | None
    parties: frozenset[str]
    question: Confided
    seat: Seat
    by: Person
    at: datetime


@value
class AnswerInformation:
    """Answer what was asked."""

    case_id: UUID
    item_id: UUID
    question_id: UUID
    answer: Confided
    by: Person
    at: datetime
    imported: bool = False


@value
class HandOver:
    """Ask another team, or another company of the same team, to take the work over."""

    case_id: UUID
    item_id: UUID
    seat: Seat
    to_team: Registered
    to_company: str
    package: Package
    by: Person
    at: datetime


@value
class WithdrawHandOver:
    """Take the work back before the receiver has it."""

    case_id: UUID
    item_id: UUID
    seat: Seat
    reason: Confided
    by: Person
    at: datetime


@value
class AcceptHandOver:
    """Take the work over."""

    case_id: UUID
    item_id: UUID
    seat: Seat
    by: Person
    at: datetime


@value
class DeclineHandOver:
    """Do not take the work over, saying why."""

    case_id: UUID
    item_id: UUID
    seat: Seat
    reason: Confided
    by: Person
    at: datetime


@value
class PauseWork:
    """Say that the work cannot go on, and for which reason."""

    case_id: UUID
    item_id: UUID
    seat: Seat
    reason: str
    note: Confided | None
    by: Person
    at: datetime


@value
class ResumeWork:
    """Go on."""

    case_id: UUID
    item_id: UUID
    seat: Seat
    by: Person
    at: datetime


@value
class SolveWork:
    """Say that this part is done, by its cause and action codes."""

    case_id: UUID
    item_id: UUID
    seat: Seat
    cause: str
    action: str
    by: Person
    at: datetime


@value
class NoteWork:
    """Write something down about the work. ``imported``: a source tells it, and of an imported case."""

    case_id: UUID
    text: Confided
    by: Person
    at: datetime
    imported: bool


@value
class RecordWork:
    """Record what a source says was going on at a team and company; it expands to the ordinary facts.

    ``reason`` is one of ours, or None, and then ``note`` has the source's words. ``unsaid`` stands where people would
    have written something and the source has nothing. ``round`` is the round of the case that the row belongs to, None
    for the present one.
    """

    case_id: UUID
    activity: Activity
    team: Registered
    company: str
    reason: str | None
    note: Confided | None
    unsaid: Confided
    cause: str | None
    action: str | None
    round: int | None
    by: Person
    at: datetime
    imported: bool


@value
class ReopenWork:
    """The loop opened a new round."""

    case_id: UUID
    item_id: UUID
    round: int
    reason: str
    proposal: Proposal
    at: datetime


@value
class ParkWork:
    """The loop parked the case."""

    case_id: UUID
    reason: str
    at: datetime


@value
class UnparkWork:
    """The loop took the case up again."""

    case_id: UUID
    at: datetime


@value
class EndWork:
    """The loop closed the case upon positive feedback."""

    case_id: UUID
    at: datetime


HolderCommand = AskInformation | HandOver | WithdrawHandOver | PauseWork | ResumeWork | SolveWork
Directing = OpenItem | WithdrawItem | OfferWork
Assigning = AcceptWork | PullWork | RejectWork
Asking = AskInformation | AnswerInformation
HandingOver = HandOver | WithdrawHandOver | AcceptHandOver | DeclineHandOver
Working = PauseWork | ResumeWork | SolveWork
Looping = OpenWork | ReopenWork | ParkWork | UnparkWork | EndWork
ItemCommand = Directing | Assigning | Asking | HandingOver | Working
Command = ItemCommand | NoteWork | RecordWork | Looping | ProposeTeam
