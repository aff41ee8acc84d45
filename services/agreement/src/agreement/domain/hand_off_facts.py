"""What happens to the clocks of work that one company hands over to another.

``hand_off`` counts, within the case, the times that work was directed to a company that has promised something for it.
"""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from common.values import value

Target = Literal["acceptance", "resolution"]
Halt = Literal["work-paused", "case-parked"]


@value
class HandOffsFollowed:
    """Hand-offs of the case are judged by this version; ``company`` holds its work until others take it."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    company: str
    service: str
    imported: bool
    at: datetime


@value
class ItemHeld:
    """One more work item; ``company`` holds it until others take it."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    company: str
    at: datetime


@value
class HandOffCommitmentBegun:
    """A clock runs: the supplier has ``within``, working time of the clause's calendar, to keep what it promised."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    item_id: UUID
    round: int
    hand_off: int
    target: Target
    clause_id: str
    customer: str
    supplier: str
    service: str
    within: timedelta
    due_at: datetime
    imported: bool
    at: datetime


@value
class HandOffClockHalted:
    """The clock stands still for ``reason``. ``overdue``: it had run out before."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    hand_off: int
    target: Target
    reason: Halt
    spent: timedelta
    overdue: bool
    at: datetime


@value
class HandOffClockWentOn:
    """``reason`` no longer holds the clock. ``due_at`` is None while another reason does."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    hand_off: int
    target: Target
    reason: Halt
    due_at: datetime | None
    at: datetime


@value
class HandOffCommitmentMet:
    """The supplier kept what it promised. ``took`` is working time of the clause's calendar, pauses taken out."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    item_id: UUID
    round: int
    hand_off: int
    target: Target
    clause_id: str
    customer: str
    supplier: str
    due_at: datetime
    took: timedelta
    rule: str
    at: datetime


@value
class HandOffCommitmentMissed:
    """The supplier did not keep what it promised in time; ``took`` is how long it had had by ``at``."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    item_id: UUID
    round: int
    hand_off: int
    target: Target
    clause_id: str
    customer: str
    supplier: str
    due_at: datetime
    took: timedelta
    rule: str
    at: datetime


@value
class HandOffCommitmentEnded:
    """The clock of a commitment has ended. ``overdue``: it is missed and stays so; otherwise there is no verdict."""

    case_id: UUID
    agreement_id: UUID
    item_id: UUID
    hand_off: int
    target: Target
    took: timedelta
    overdue: bool
    rule: str
    at: datetime


Fact = (
    HandOffsFollowed
    | ItemHeld
    | HandOffCommitmentBegun
    | HandOffClockHalted
    | HandOffClockWentOn
    | HandOffCommitmentMet
    | HandOffCommitmentMissed
    | HandOffCommitmentEnded
)
