"""What other services state about a case that touchpoints decides by: who takes part in it, and whether it rests.

What is only shown is kept as a row of the timeline and is no fact of ours.
"""

from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from common.values import value

Turning = Literal["round-opened", "case-closed", "case-parked", "case-unparked"]
"""By these the case rests, or goes on."""

Joining = Literal["work-offered", "work-accepted", "hand-over-accepted"]
"""By these a company may come to take part."""

Milestone = Literal[
    "work-offered",
    "work-accepted",
    "work-rejected",
    "hand-over-accepted",
    "item-solved",
    "solution-proposed",
    "feedback-asked",
    "feedback-received",
    "silence-noted",
    "case-escalated",
    "round-opened",
    "case-closed",
    "case-parked",
    "case-unparked",
]


@value
class NoteMilestone:
    """Another service stated something that may change the case; ``entry_id`` tells statements apart.

    ``offered_by`` is the company that asked ``company`` to take work, where that is what was stated.
    """

    case_id: UUID
    agreement_id: UUID
    entry_id: UUID
    source: str
    milestone: Turning | Joining
    round: int | None
    team_id: UUID | None
    company: str | None
    offered_by: str | None
    detail: str | None
    at: datetime


@value
class TimelineNoted:
    """Another service stated something about the case. ``takes_part``: the company does, by this.

    Once every milestone was noted; now those that change who takes part, or whether the case rests.
    """

    case_id: UUID
    agreement_id: UUID
    entry_id: UUID
    source: str
    milestone: Milestone
    round: int | None
    team_id: UUID | None
    company: str | None
    takes_part: bool
    detail: str | None
    at: datetime


@value
class Going:
    """The loop goes on."""


@value
class Resting:
    """The loop closed or parked the case."""

    because: Literal["closed", "parked"]
    since: datetime


@value
class ComeBack:
    """The customer came back to a resting case; the loop has not answered yet."""


Loop = Going | Resting | ComeBack


def noted(command: NoteMilestone, companies: frozenset[str]) -> TimelineNoted:
    """Return the fact that it stands on the timeline of a case that *companies* take part in."""
    return TimelineNoted(
        case_id=command.case_id,
        agreement_id=command.agreement_id,
        entry_id=command.entry_id,
        source=command.source,
        milestone=command.milestone,
        round=command.round,
        team_id=command.team_id,
        company=command.company,
        takes_part=command.company is not None and _joins(command, companies),
        detail=command.detail,
        at=command.at,
    )


def _joins(command: NoteMilestone, companies: frozenset[str]) -> bool:
    """Tell whether the company takes part: it took work on the case, or one that takes part asked it to."""
    match command.milestone:
        case "work-accepted" | "hand-over-accepted":
            return True
        case "work-offered":
            return command.offered_by in companies
        case _:
            return False


def changes(fact: TimelineNoted, companies: frozenset[str]) -> bool:
    """Tell whether *fact* changes a case that *companies* take part in."""
    joins = fact.takes_part and fact.company not in companies
    return joins or fact.milestone in get_args(Turning)


def rests(milestone: Milestone) -> bool:
    """Tell whether the case rests after it."""
    return milestone in {"case-closed", "case-parked"}


def loop_after(loop: Loop, fact: TimelineNoted) -> Loop:
    """Return how the loop stands after *fact*."""
    match fact.milestone:
        case "case-closed":
            return Resting(because="closed", since=fact.at)
        case "case-parked":
            return Resting(because="parked", since=fact.at)
        case "round-opened" | "case-unparked":
            return Going()
        case _:
            return loop
