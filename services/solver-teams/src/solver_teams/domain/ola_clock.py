"""Whose clock runs: every instant of the customer's time belongs to somebody, or shows as unowned.

The time from opening to closing is cut into segments, one after the other, each of one holder of the leading item (the
one that has been open longest), working or paused for a reason. Items that are open besides have segments too, marked
as not leading: they count for whoever holds them, and not a second time into the case's own sum.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from common.values import replace, value
from solver_teams.domain.case_work.facts import (
    Fact,
    HandOverAccepted,
    ItemOpened,
    ItemSolved,
    ItemWithdrawn,
    SolutionProposed,
    WorkAccepted,
    WorkEnded,
    WorkOpened,
    WorkParked,
    WorkPaused,
    WorkReopened,
    WorkResumed,
    WorkUnparked,
)

AWAITING_FEEDBACK = "awaiting-feedback"
PARKED = "parked"


@value
class Segment:
    """A span in which one holder had one item, working (``paused`` is None) or not."""

    item_id: UUID | None
    round: int
    team_id: UUID | None
    company: str
    started_at: datetime
    ended_at: datetime
    paused: str | None
    leading: bool

    @property
    def length(self) -> timedelta:
        """Return how long it was by the wall clock."""
        return self.ended_at - self.started_at


@value
class Running:
    """A clock that runs now."""

    item_id: UUID | None
    team_id: UUID | None
    company: str
    paused: str | None = None


@value
class Clock:
    """The segments that are over, and what has run since; ``opened`` are the spans of the customer's own clock."""

    past: tuple[Segment, ...] = ()
    running: tuple[Running, ...] = ()
    parked: str | None = None
    round: int = 1
    since: datetime | None = None
    opened: tuple[tuple[datetime, datetime | None], ...] = ()


@value
class Sums:
    """How the customer's time was spent; working + paused + unowned is the customer's time."""

    customer: timedelta
    working: timedelta
    paused: timedelta
    unowned: timedelta


def read(facts: Iterable[Fact], until: datetime) -> tuple[Segment, ...]:
    """Return the segments of the work of a case up to *until*."""
    clock = fold(facts)
    return _joined(_cut(clock, until).past)


def fold(facts: Iterable[Fact]) -> Clock:
    """Return the clock after *facts*."""
    clock = Clock()
    for fact in facts:
        clock = evolve(clock, fact)
    return clock


def sums(facts: Iterable[Fact], until: datetime) -> Sums:
    """Return how the customer's time up to *until* was spent; ``unowned`` is what no holder's segment covers."""
    clock = _cut(fold(facts), until)
    leading = [segment for segment in clock.past if segment.leading]
    working = sum((segment.length for segment in leading if segment.paused is None), timedelta())
    paused = sum((segment.length for segment in leading if segment.paused is not None), timedelta())
    customer = sum((_length(span, clock.since or until) for span in clock.opened), timedelta())
    return Sums(customer=customer, working=working, paused=paused, unowned=customer - working - paused)


def evolve(clock: Clock, fact: Fact) -> Clock:
    """Return the clock after *fact*; a time before what was already counted counts as that."""
    at = max(fact.at, clock.since) if clock.since else fact.at
    cut = _cut(clock, at)
    match fact:
        case WorkOpened() | WorkEnded() | WorkReopened() | WorkParked() | WorkUnparked():
            return _of_case(cut, fact, at)
        case ItemOpened() | ItemWithdrawn() | ItemSolved() | SolutionProposed():
            return replace(cut, running=_items(cut.running, fact))
        case WorkAccepted() | HandOverAccepted() | WorkPaused() | WorkResumed():
            return replace(cut, running=tuple(_changed(one, fact) for one in cut.running))
        case _:
            return cut


def _cut(clock: Clock, at: datetime) -> Clock:
    """Return the clock with what has run until *at* put into segments."""
    if clock.since is None or at <= clock.since:
        return clock if clock.since else replace(clock, since=at)
    ended = tuple(
        Segment(
            item_id=one.item_id,
            round=clock.round,
            team_id=one.team_id,
            company=one.company,
            started_at=clock.since,
            ended_at=at,
            paused=clock.parked or one.paused,
            leading=index == 0,
        )
        for index, one in enumerate(clock.running)
    )
    return replace(clock, past=clock.past + ended, since=at)


def _of_case(
    clock: Clock, fact: WorkOpened | WorkEnded | WorkReopened | WorkParked | WorkUnparked, at: datetime
) -> Clock:
    match fact:
        case WorkOpened(item_id=item_id, company=company):
            waiting = None if item_id else AWAITING_FEEDBACK
            first = Running(item_id=item_id, team_id=None, company=company, paused=waiting)
            return replace(clock, running=(first,), opened=((at, None),))
        case WorkEnded():
            return replace(clock, running=(), parked=None, opened=_closed(clock.opened, at))
        case WorkReopened():
            return _reopened(clock, fact, at)
        case WorkParked():
            return replace(clock, parked=PARKED)
        case WorkUnparked():
            return replace(clock, parked=None)


def _reopened(clock: Clock, fact: WorkReopened, at: datetime) -> Clock:
    again = Running(item_id=fact.item_id, team_id=fact.team_id, company=fact.company)
    carried = any(one.item_id == fact.item_id for one in clock.running)
    is_open = bool(clock.opened) and clock.opened[-1][1] is None
    return replace(
        clock,
        running=clock.running if carried else (again,),
        parked=None,
        round=fact.round,
        opened=clock.opened if is_open else (*clock.opened, (at, None)),
    )


def _items(
    running: tuple[Running, ...], fact: ItemOpened | ItemWithdrawn | ItemSolved | SolutionProposed
) -> tuple[Running, ...]:
    match fact:
        case ItemOpened(item_id=item_id, company=company):
            return (*running, Running(item_id=item_id, team_id=None, company=company))
        case ItemSolved(item_id=item_id) if len(running) == 1:
            return tuple(replace(one, paused=AWAITING_FEEDBACK) for one in running if one.item_id == item_id)
        case ItemWithdrawn(item_id=item_id) | ItemSolved(item_id=item_id):
            return tuple(one for one in running if one.item_id != item_id)
        case SolutionProposed():
            return tuple(replace(one, paused=AWAITING_FEEDBACK) for one in running)


def _changed(one: Running, fact: WorkAccepted | HandOverAccepted | WorkPaused | WorkResumed) -> Running:
    if one.item_id != fact.item_id:
        return one
    match fact:
        case WorkAccepted(team_id=team_id, company=company):
            return replace(one, team_id=team_id, company=company, paused=None)
        case HandOverAccepted(to_team_id=team_id, to_company=company):
            return replace(one, team_id=team_id, company=company, paused=None)
        case WorkPaused(reason=reason):
            return replace(one, paused=reason)
        case WorkResumed():
            return replace(one, paused=None)


def _closed(
    opened: tuple[tuple[datetime, datetime | None], ...], at: datetime
) -> tuple[tuple[datetime, datetime | None], ...]:
    return (*opened[:-1], (opened[-1][0], at)) if opened and opened[-1][1] is None else opened


def _length(span: tuple[datetime, datetime | None], until: datetime) -> timedelta:
    started, ended = span
    return (ended or until) - started


def _joined(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """Return the segments with neighbours that differ in nothing but time made one."""
    joined: list[Segment] = []
    for segment in segments:
        before = next((index for index, one in enumerate(joined) if _goes_on(one, segment)), None)
        if before is None:
            joined.append(segment)
        else:
            joined[before] = replace(joined[before], ended_at=segment.ended_at)
    return tuple(joined)


def _goes_on(before: Segment, after: Segment) -> bool:
    return before.ended_at == after.started_at and before == replace(
        after, started_at=before.started_at, ended_at=before.ended_at
    )
