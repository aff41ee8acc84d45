"""What has happened to the work of a case."""

from datetime import datetime
from uuid import UUID

from common.values import Confided, Person, value
from solver_teams.domain.hand_offs import Crew


@value
class Package:
    """What whoever takes over must know: the context, what was promised, and the next step."""

    context: Confided
    promises: Confided
    next_step: Confided


@value
class WorkOpened:
    """There is work to do on a case. The touchpoint's company holds it until a team accepts.

    ``item_id`` is the first work item, None when the case was solved at contact and awaits feedback at once.
    ``imported_by`` is the company that told of an imported case.
    """

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    item_id: UUID | None
    touchpoint_team_id: UUID | None
    company: str
    accountable: str
    service: str
    activity: str
    region: str
    priority: str | None
    imported: bool
    imported_by: str | None
    at: datetime


@value
class TeamProposed:
    """The system proposes a team for an item, or none, and says why. A person decides."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    round: int
    team_id: UUID | None
    company: str | None
    reasons: tuple[str, ...]
    at: datetime


@value
class ItemOpened:
    """One more work item was opened; the company of the person who opened it holds it until a team accepts."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    round: int
    company: str
    purpose: Confided
    opened_by: Person
    at: datetime


@value
class ItemWithdrawn:
    """A work item turned out not to be needed."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    round: int
    reason: Confided
    withdrawn_by: Person
    at: datetime


@value
class WorkOffered:
    """A person asked a team's company to take the work; ``followed_proposal`` is None where nothing was proposed."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    round: int
    team_id: UUID
    company: str
    offered_by: Person
    followed_proposal: bool | None
    at: datetime


@value
class WorkAccepted:
    """A person of the team and company took the work: they hold it now."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    round: int
    team_id: UUID
    company: str
    person: str
    followed_proposal: bool | None
    at: datetime


@value
class WorkRejected:
    """A person of the team and company did not take the work, and said why."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    round: int
    team_id: UUID
    company: str
    person: str
    reason: Confided
    at: datetime


@value
class InformationAsked:
    """Whoever holds the work needs to know something of a company, or (None) of the customer."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    round: int
    question_id: UUID
    team_id: UUID
    company: str
    person: str
    asked_company: str | None
    question: Confided
    at: datetime


@value
class InformationAnswered:
    """What was asked was answered; ``asked_by`` is the company that asked, None in facts of before it was told."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    round: int
    question_id: UUID
    answer: Confided
    answered_by: Person
    asked_by: str | None
    at: datetime


@value
class HandOverOffered:
    """The giver asks others to take the work over, with all they need; the giver holds it until they accept.

    ``instead_of`` is the pending hand-over that this one replaces.
    """

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    round: int
    from_team_id: UUID
    from_company: str
    to_team_id: UUID
    to_company: str
    package: Package
    instead_of: Crew | None
    offered_by: Person
    at: datetime


@value
class HandOverAccepted:
    """The receiver took the work over and holds it now."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    round: int
    from_team_id: UUID
    from_company: str
    to_team_id: UUID
    to_company: str
    person: str
    at: datetime


@value
class HandOverDeclined:
    """The receiver did not take the work over, and said why; the giver still holds it."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    round: int
    from_team_id: UUID
    from_company: str
    to_team_id: UUID
    to_company: str
    person: str
    reason: Confided
    at: datetime


@value
class HandOverWithdrawn:
    """The giver took the work back before the receiver had it."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    round: int
    from_team_id: UUID
    from_company: str
    to_team_id: UUID
    to_company: str
    withdrawn_by: Person
    reason: Confided
    at: datetime


@value
class WorkPaused:
    """The holder cannot go on; their clock pauses for this reason."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    round: int
    team_id: UUID
    company: str
    person: str
    reason: str
    note: Confided | None
    at: datetime


@value
class WorkResumed:
    """The holder goes on."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    round: int
    team_id: UUID
    company: str
    person: str
    reason: str
    at: datetime


@value
class ItemSolved:
    """The holder's part is done: what the cause was and what was done."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    round: int
    team_id: UUID
    company: str
    person: str
    cause: str
    action: str
    at: datetime


@value
class SolutionProposed:
    """The last open item is solved; whether the case is, the customer says. ``attribution``: who held in the round."""

    case_id: UUID
    agreement_id: UUID
    round: int
    cause: str
    action: str
    attribution: tuple[Crew, ...]
    at: datetime


@value
class WorkSeenElsewhere:
    """A source says that the case was with others than before, where that is nobody's work: a remark, or after solving.

    It changes neither who holds, nor the attribution, nor that the case is closed.
    """

    case_id: UUID
    agreement_id: UUID
    round: int
    team_id: UUID
    company: str
    at: datetime


@value
class WorkReopened:
    """A new round: whoever held last holds again, with an item for this round.

    Items that were still open go on; then ``item_id`` is the oldest of them.
    """

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    round: int
    team_id: UUID | None
    company: str
    reason: str
    at: datetime


@value
class WorkParked:
    """The case waits for something outside the work; all clocks of holders pause."""

    case_id: UUID
    agreement_id: UUID
    round: int
    reason: str
    at: datetime


@value
class WorkUnparked:
    """The case is taken up where it was left."""

    case_id: UUID
    agreement_id: UUID
    round: int
    at: datetime


@value
class WorkEnded:
    """The customer was content and the case is closed: nobody holds anything."""

    case_id: UUID
    agreement_id: UUID
    round: int
    at: datetime


@value
class WorkNoted:
    """Something about the work was written down; it changes nothing."""

    case_id: UUID
    agreement_id: UUID
    round: int
    text: Confided
    noted_by: Person
    at: datetime


Fact = (
    WorkOpened
    | TeamProposed
    | ItemOpened
    | ItemWithdrawn
    | WorkOffered
    | WorkAccepted
    | WorkRejected
    | InformationAsked
    | InformationAnswered
    | HandOverOffered
    | HandOverAccepted
    | HandOverDeclined
    | HandOverWithdrawn
    | WorkPaused
    | WorkResumed
    | ItemSolved
    | SolutionProposed
    | WorkSeenElsewhere
    | WorkReopened
    | WorkParked
    | WorkUnparked
    | WorkEnded
    | WorkNoted
)
