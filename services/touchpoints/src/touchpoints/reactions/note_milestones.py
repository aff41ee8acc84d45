"""What others state about a case that changes it here: a company takes part, the case rests, or it goes on."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import get_args
from uuid import UUID, uuid5

from common.handling.types import Look
from common.history import Upcast
from common.messaging.reactions import Reaction, Remembered, Send, unchanged
from common.values import value
from touchpoints.domain.case import Case, Opened
from touchpoints.domain.timeline import Joining, NoteMilestone, Turning
from touchpoints.history import CASE


@value
class Asker:
    """Of who asked, the company."""

    company: str


@value
class WorkStated:
    """The fields that are read of what is said about who has the work."""

    case_id: UUID
    agreement_id: UUID
    at: datetime
    item_id: UUID | None = None
    round: int | None = None
    team_id: UUID | None = None
    company: str | None = None
    to_team_id: UUID | None = None
    to_company: str | None = None
    offered_by: Asker | None = None


@value
class LoopStated:
    """The fields that are read of what is said about how the loop stands."""

    case_id: UUID
    agreement_id: UUID
    at: datetime
    round: int | None = None
    feedback_id: UUID | None = None


@value
class LoopStatedWithReason:
    """As ``LoopStated``, for facts whose reason is a code and not somebody's words."""

    case_id: UUID
    agreement_id: UUID
    at: datetime
    reason: str
    round: int | None = None


_SECOND = {"case-parked", "case-unparked"}
"""Facts whose second version confides what people wrote; nothing else of them is read."""


def _joining(milestone: Joining) -> Callable[[WorkStated, Look], Awaitable[Sequence[Send]]]:
    async def react(fact: WorkStated, _: Look) -> Sequence[Send]:
        company = fact.to_company or fact.company
        if company is None:
            return []
        of = (fact.round, fact.item_id, None, None, fact.team_id, fact.to_team_id)
        note = NoteMilestone(
            case_id=fact.case_id,
            agreement_id=fact.agreement_id,
            entry_id=_entry(fact.case_id, milestone, fact.at, *of),
            source="solver-teams",
            milestone=milestone,
            round=fact.round,
            team_id=fact.to_team_id or fact.team_id,
            company=company,
            offered_by=fact.offered_by and fact.offered_by.company,
            detail=None,
            at=fact.at,
        )
        return [Send(kind=CASE, key=fact.case_id, command=note)]

    return react


def _turning(milestone: Turning) -> Callable[[LoopStated, Look], Awaitable[Sequence[Send]]]:
    async def react(fact: LoopStated, _: Look) -> Sequence[Send]:
        entry = _entry(fact.case_id, milestone, fact.at, fact.round, None, None, fact.feedback_id, None, None)
        return [_turn(fact, milestone, entry, detail=None)]

    return react


def _turning_for_a_reason(milestone: Turning) -> Callable[[LoopStatedWithReason, Look], Awaitable[Sequence[Send]]]:
    async def react(fact: LoopStatedWithReason, _: Look) -> Sequence[Send]:
        entry = uuid5(fact.case_id, f"{milestone}:{fact.round}:{fact.at.isoformat()}")
        return [_turn(fact, milestone, entry, detail=fact.reason)]

    return react


def _turn(fact: LoopStated | LoopStatedWithReason, milestone: Turning, entry: UUID, *, detail: str | None) -> Send:
    note = NoteMilestone(
        case_id=fact.case_id,
        agreement_id=fact.agreement_id,
        entry_id=entry,
        source="feedback-loop",
        milestone=milestone,
        round=fact.round,
        team_id=None,
        company=None,
        offered_by=None,
        detail=detail,
        at=fact.at,
    )
    return Send(kind=CASE, key=fact.case_id, command=note)


def _takes_part(fact: WorkStated, remembered: Remembered) -> bool:
    """Tell whether the company takes part in the case already: then it does so for ever."""
    case: Case = remembered(CASE, fact.case_id)
    return isinstance(case, Opened) and (fact.to_company or fact.company) in case.companies


def _entry(case_id: UUID, milestone: str, at: datetime, *of: object) -> UUID:
    """Return what tells this statement from others about the case; a redelivery makes the same, now and ever."""
    return uuid5(case_id, f"{milestone}:{of}:{at.isoformat()}")


def _steps(milestone: Turning) -> Sequence[Upcast]:
    return (unchanged,) if milestone in _SECOND else ()


_WITH_REASON: tuple[Turning, ...] = ("round-opened", "case-parked")
_WITHOUT: tuple[Turning, ...] = ("case-closed", "case-unparked")
_JOINING: tuple[Joining, ...] = get_args(Joining)

reactions = (
    *(
        Reaction(source="solver-teams", name=name, shape=WorkStated, react=_joining(name), settled=_takes_part)
        for name in _JOINING
    ),
    *(
        Reaction(source="feedback-loop", name=name, shape=LoopStated, react=_turning(name), upcasts=_steps(name))
        for name in _WITHOUT
    ),
    *(
        Reaction(
            source="feedback-loop",
            name=name,
            shape=LoopStatedWithReason,
            react=_turning_for_a_reason(name),
            upcasts=_steps(name),
        )
        for name in _WITH_REASON
    ),
)
