"""What moves the clocks of hand-offs: facts of the solver teams, and time.

``terms`` are those of the version that the case was opened under.
"""

from datetime import datetime
from uuid import UUID

from agreement.domain.terms import Terms
from common.values import value


@value
class FollowHandOffs:
    """Judge the hand-offs of a case by the version it was opened under."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    company: str
    service: str
    imported: bool
    at: datetime


@value
class NoteItem:
    """There is one more work item, which *company* holds."""

    item_id: UUID
    company: str
    at: datetime


@value
class DirectWork:
    """Work is offered to *supplier* by *customer*; None: by whoever holds it until it is first taken."""

    item_id: UUID
    round: int
    customer: str | None
    supplier: str
    terms: Terms
    at: datetime


@value
class TakeWork:
    """*supplier* took the work that it was offered, and holds it now."""

    item_id: UUID
    round: int
    supplier: str
    terms: Terms
    at: datetime


@value
class DeclineWork:
    """The work that was offered is not taken."""

    item_id: UUID
    terms: Terms
    at: datetime


@value
class TakeBackWork:
    """The work that was offered stays where it is."""

    item_id: UUID
    terms: Terms
    at: datetime


@value
class PauseWork:
    """The holder cannot go on, for a recorded reason."""

    item_id: UUID
    terms: Terms
    at: datetime


@value
class ResumeWork:
    """The holder goes on."""

    item_id: UUID
    terms: Terms
    at: datetime


@value
class SolveWork:
    """The holder's part is done."""

    item_id: UUID
    terms: Terms
    at: datetime


@value
class DropWork:
    """The item turned out not to be needed."""

    item_id: UUID
    terms: Terms
    at: datetime


@value
class ParkWork:
    """The case waits, and all its clocks with it."""

    terms: Terms
    at: datetime


@value
class UnparkWork:
    """The case is taken up again."""

    terms: Terms
    at: datetime


@value
class EndWork:
    """The case is closed: nothing of it is waited for."""

    terms: Terms
    at: datetime


@value
class LookAtTheClock:
    """See which deadlines have passed."""

    at: datetime


OfItem = DeclineWork | TakeBackWork | PauseWork | ResumeWork | SolveWork | DropWork
OfCase = ParkWork | UnparkWork | EndWork
Command = FollowHandOffs | NoteItem | DirectWork | TakeWork | OfItem | OfCase | LookAtTheClock
