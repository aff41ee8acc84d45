"""What moves the clocks of a case: facts of other services, and time."""

from datetime import datetime
from uuid import UUID

from agreement.domain.terms import Calendar, Priority
from common.values import value


@value
class MeasureCase:
    """Start the clocks of a case that was opened under a version of the agreement."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    priority: Priority
    calendar: Calendar
    answered: bool
    imported: bool
    at: datetime


@value
class MovePriority:
    """Count what is still open towards the targets of another priority."""

    priority: Priority
    calendar: Calendar
    at: datetime


@value
class NoteResponse:
    """Somebody has accepted the work."""

    at: datetime


@value
class NoteClosing:
    """The customer is satisfied and the case is closed."""

    at: datetime


@value
class NoteRound:
    """Another round has begun; after a closing it has new clocks, by what was promised to this case."""

    round: int
    priority: Priority
    calendar: Calendar
    at: datetime


@value
class LookAtTheClock:
    """See which deadlines have passed."""

    at: datetime


Command = MeasureCase | MovePriority | NoteResponse | NoteClosing | NoteRound | LookAtTheClock
