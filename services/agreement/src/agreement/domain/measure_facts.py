"""What happens to the clocks of a case."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from common.values import value

Target = Literal["response", "resolution"]


@value
class CaseMeasured:
    """The clocks of a case run, by the clause and the version that held at its opening."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    clause_id: str
    priority: str
    response_due: datetime
    resolution_due: datetime
    imported: bool
    at: datetime


@value
class TargetsMoved:
    """The case has another priority: what is still open is due then. None: that target is judged already."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    clause_id: str
    round: int
    priority: str
    response_due: datetime | None
    resolution_due: datetime | None
    at: datetime


@value
class RoundMeasured:
    """The customer came back after a closing: new clocks run, for this round and those up to the next closing."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    clause_id: str
    priority: str
    round: int
    response_due: datetime
    resolution_due: datetime
    imported: bool
    at: datetime


@value
class StretchEnded:
    """The case is closed: no clock of it runs."""

    case_id: UUID
    agreement_id: UUID
    round: int
    at: datetime


@value
class TargetMet:
    """A target was met. ``round`` is the first round of the stretch it belongs to."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    clause_id: str
    target: Target
    round: int
    due_at: datetime
    rule: str
    at: datetime


@value
class TargetMissed:
    """A target was missed. ``round`` is the first round of the stretch it belongs to."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    clause_id: str
    target: Target
    round: int
    due_at: datetime
    rule: str
    at: datetime


Fact = CaseMeasured | TargetsMoved | RoundMeasured | StretchEnded | TargetMet | TargetMissed
