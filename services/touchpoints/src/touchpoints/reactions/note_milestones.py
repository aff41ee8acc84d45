"""What solver-teams and feedback-loop state about a case stands on its timeline, and says whether the case rests."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from common.handling.types import Look
from common.history import Upcast
from common.messaging.reactions import Reaction, Send, unchanged
from common.values import value
from touchpoints.domain.timeline import Milestone, NoteMilestone
from touchpoints.history import CASE


@value
class Asker:
    """Of who asked, the company."""

    company: str


@value
class Stated:
    """The fields that are read of such a fact, whichever of them it has. Words of people stay where they are."""

    case_id: UUID
    agreement_id: UUID
    at: datetime
    round: int | None = None
    item_id: UUID | None = None
    request_id: UUID | None = None
    feedback_id: UUID | None = None
    team_id: UUID | None = None
    company: str | None = None
    to_team_id: UUID | None = None
    to_company: str | None = None
    offered_by: Asker | None = None
    verdict: str | None = None
    to: str | None = None
    cause: str | None = None
    action: str | None = None


@value
class StatedWithReason:
    """As ``Stated``, for facts whose reason is a code and not somebody's words."""

    case_id: UUID
    agreement_id: UUID
    at: datetime
    reason: str
    round: int | None = None


_SOLVERS: tuple[Milestone, ...] = (
    "work-offered",
    "work-accepted",
    "work-rejected",
    "hand-over-accepted",
    "item-solved",
    "solution-proposed",
)
_LOOP: tuple[Milestone, ...] = (
    "feedback-asked",
    "feedback-received",
    "silence-noted",
    "case-escalated",
    "case-closed",
    "case-unparked",
)
_LOOP_WITH_REASON: tuple[Milestone, ...] = ("round-opened", "case-parked")
_SECOND = {"work-rejected", "feedback-received", "case-parked", "case-unparked"}
"""Facts whose second version confides what people wrote; nothing else of them is read."""


def _noting(source: str, milestone: Milestone) -> Callable[[Stated, Look], Awaitable[Sequence[Send]]]:
    async def react(fact: Stated, _: Look) -> Sequence[Send]:
        note = NoteMilestone(
            case_id=fact.case_id,
            agreement_id=fact.agreement_id,
            entry_id=uuid5(fact.case_id, _distinction(milestone, fact)),
            source=source,
            milestone=milestone,
            round=fact.round,
            team_id=fact.to_team_id or fact.team_id,
            company=fact.to_company or fact.company,
            offered_by=fact.offered_by and fact.offered_by.company,
            detail=_detail(fact),
            at=fact.at,
        )
        return [Send(kind=CASE, key=fact.case_id, command=note)]

    return react


def _noting_reason(source: str, milestone: Milestone) -> Callable[[StatedWithReason, Look], Awaitable[Sequence[Send]]]:
    async def react(fact: StatedWithReason, _: Look) -> Sequence[Send]:
        note = NoteMilestone(
            case_id=fact.case_id,
            agreement_id=fact.agreement_id,
            entry_id=uuid5(fact.case_id, f"{milestone}:{fact.round}:{fact.at.isoformat()}"),
            source=source,
            milestone=milestone,
            round=fact.round,
            team_id=None,
            company=None,
            offered_by=None,
            detail=fact.reason,
            at=fact.at,
        )
        return [Send(kind=CASE, key=fact.case_id, command=note)]

    return react


def _distinction(milestone: Milestone, fact: Stated) -> str:
    """Return what tells this statement from others about the case; a redelivery makes the same."""
    of = (fact.round, fact.item_id, fact.request_id, fact.feedback_id, fact.team_id, fact.to_team_id)
    return f"{milestone}:{of}:{fact.at.isoformat()}"


def _steps(milestone: Milestone) -> Sequence[Upcast]:
    return (unchanged,) if milestone in _SECOND else ()


def _detail(fact: Stated) -> str | None:
    """Return codes only: nothing that a person wrote."""
    if fact.cause is not None:
        return f"{fact.cause}: {fact.action}"
    return fact.verdict or fact.to


reactions = (
    *(
        Reaction(
            source="solver-teams",
            name=name,
            shape=Stated,
            react=_noting("solver-teams", name),
            upcasts=_steps(name),
        )
        for name in _SOLVERS
    ),
    *(
        Reaction(
            source="feedback-loop",
            name=name,
            shape=Stated,
            react=_noting("feedback-loop", name),
            upcasts=_steps(name),
        )
        for name in _LOOP
    ),
    *(
        Reaction(
            source="feedback-loop",
            name=name,
            shape=StatedWithReason,
            react=_noting_reason("feedback-loop", name),
            upcasts=_steps(name),
        )
        for name in _LOOP_WITH_REASON
    ),
)
