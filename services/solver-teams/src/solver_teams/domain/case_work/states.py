"""What the work of a case can be, and what each of its items can be."""

from datetime import datetime
from uuid import UUID

from common.values import Confided, value
from solver_teams.domain.case_work.facts import Package
from solver_teams.domain.case_work.refusals import UnknownItem
from solver_teams.domain.hand_offs import Crew, Track
from solver_teams.domain.routing import Proposal


@value
class Proposed:
    """Nobody is asked and ``company`` holds; ``proposal`` is what the system would do.

    It is None for an item that a person opened. ``declined``: people asked somebody, who did not take it.
    ``proposals`` counts what the system proposed for the item, and ``rests_until`` is when it may propose anew.
    """

    item_id: UUID
    company: str
    proposal: Proposal | None
    declined: bool = False
    proposals: int = 0
    rests_until: datetime | None = None

    @property
    def left_to_propose(self) -> bool:
        """Tell whether people have asked nobody yet, so that what the system would do may still change."""
        return self.proposal is not None and not self.declined


@value
class Offered:
    """A team's company was asked and has not answered; ``company``, which held before, still holds."""

    item_id: UUID
    company: str
    proposal: Proposal | None
    to: Crew


@value
class Question:
    """Something that ``company`` asked and nobody has answered; of the customer if no company is named."""

    question_id: UUID
    company: str
    asked_company: str | None
    question: Confided


@value
class Answered:
    """A question and its answer; ``between`` are the companies that the answer is between."""

    question: Question
    answer: Confided
    between: frozenset[str]


@value
class Received:
    """What the holder was given with the work, and by whom."""

    giver: Crew
    package: Package


@value
class Pause:
    """Why the work does not go on."""

    reason: str
    note: Confided | None


@value
class Pending:
    """A hand-over that its receiver has not answered."""

    to: Crew
    package: Package


@value
class InHands:
    """Somebody accepted the work and has it; the three things that may be under way besides are independent.

    ``accepted_by``: who accepted it for the holder, None in a round that came back to whoever held before. ``answered``
    and ``received``, of the last accepted hand-over, are what the holder needs to go on.
    """

    item_id: UUID
    holder: Crew
    accepted_by: str | None = None
    pause: Pause | None = None
    hand_over: Pending | None = None
    questions: tuple[Question, ...] = ()
    answered: tuple[Answered, ...] = ()
    received: Received | None = None


Item = Proposed | Offered | InHands


@value
class Case:
    """What stays true of a case whatever becomes of its work; ``accountable`` never changes, whoever performs.

    ``held``: who has held an item in this round; ``last``: who would hold if a new round opened now (None: the
    touchpoint's company). ``companies``: those on the case, in whatever round they came onto it;
    ``imported_by``: the company that told of an imported one.
    """

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    accountable: str
    company: str
    service: str
    activity: str
    region: str
    imported: bool
    imported_by: str | None
    round: int
    last: Crew | None
    held: tuple[Crew, ...]
    companies: frozenset[str]
    track: Track


@value
class NotOpened:
    """There is no such case here."""


@value
class InWork:
    """At least one item is open, and each has one holder."""

    case: Case
    items: tuple[Item, ...]


@value
class Awaiting:
    """A solution is proposed; the customer's word is awaited."""

    case: Case


@value
class Parked:
    """The case waits; its open items (none: feedback was awaited) are left as they were."""

    case: Case
    items: tuple[Item, ...]
    reason: str


@value
class Closed:
    """The customer was content."""

    case: Case


CaseWork = NotOpened | InWork | Awaiting | Parked | Closed


def company_of(item: Item) -> str:
    """Return the company that holds *item*: there is always one."""
    match item:
        case Proposed(company=company) | Offered(company=company):
            return company
        case InHands(holder=holder):
            return holder.company


def item_of(items: tuple[Item, ...], item_id: UUID) -> Item:
    """Return the open item of that id.

    Raises:
        UnknownItem: none is.
    """
    for item in items:
        if item.item_id == item_id:
            return item
    raise UnknownItem
