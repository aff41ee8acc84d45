"""One clock of one hand-off: what has been spent of the promise, by when it is due, and what becomes of it."""

from datetime import datetime, timedelta
from uuid import UUID

from agreement.domain import business_time
from agreement.domain.hand_off_facts import (
    Fact,
    Halt,
    HandOffClockHalted,
    HandOffClockWentOn,
    HandOffCommitmentBegun,
    HandOffCommitmentEnded,
    HandOffCommitmentMet,
    HandOffCommitmentMissed,
    Target,
)
from agreement.domain.terms import Calendar
from common.values import replace, value

IN_TIME = "reached-in-time"
LATE = "reached-late"
PASSED = "deadline-passed"


@value
class Clock:
    """A promise being kept. ``spent`` before ``since``; ``stated``: its deadline was said to have passed.

    ``halts``: why it stands still, nothing while it runs. It stays, once stated, until the work is done.
    """

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
    within: timedelta
    since: datetime
    spent: timedelta
    due: datetime
    stated: bool = False
    halts: frozenset[Halt] = frozenset()


def begun(fact: HandOffCommitmentBegun) -> Clock:
    """Return the clock that *fact* starts."""
    return Clock(
        case_id=fact.case_id,
        agreement_id=fact.agreement_id,
        agreement_version=fact.agreement_version,
        item_id=fact.item_id,
        round=fact.round,
        hand_off=fact.hand_off,
        target=fact.target,
        clause_id=fact.clause_id,
        customer=fact.customer,
        supplier=fact.supplier,
        within=fact.within,
        since=fact.at,
        spent=timedelta(0),
        due=fact.due_at,
    )


def halted(clock: Clock, fact: HandOffClockHalted) -> Clock:
    """Return the clock standing still; news of a pause before the deadline takes back that it had passed."""
    return replace(clock, spent=fact.spent, stated=fact.overdue, halts=clock.halts | {fact.reason})


def went_on(clock: Clock, fact: HandOffClockWentOn) -> Clock:
    """Return the clock without that reason to stand still."""
    left = replace(clock, halts=clock.halts - {fact.reason})
    return left if fact.due_at is None else replace(left, since=fact.at, due=fact.due_at)


def reach(clock: Clock, calendar: Calendar, at: datetime) -> Fact:
    """Judge what was promised as done at *at*. In time wins over what a clock said before the news arrived."""
    due = _due(clock, calendar, at)
    if at <= due:
        return _judged(HandOffCommitmentMet, clock, due, IN_TIME, _spent(clock, calendar, at), at)
    if clock.stated:
        return _ended(clock, LATE, _spent(clock, calendar, at), at, overdue=True)
    return _judged(HandOffCommitmentMissed, clock, due, LATE, _spent(clock, calendar, at), at)


def drop(clock: Clock, calendar: Calendar, at: datetime, why: str) -> list[Fact]:
    """Let go of what is not waited for any more; a deadline that had passed by then stays missed."""
    overdue = at > _due(clock, calendar, at)
    passed = [passing(clock)] if overdue and not clock.stated else []
    return [*passed, _ended(clock, why, _spent(clock, calendar, at), at, overdue=overdue)]


def halt(clock: Clock, calendar: Calendar, at: datetime, reason: Halt) -> list[Fact]:
    """Let the clock stand still."""
    if reason in clock.halts:
        return []
    overdue = clock.stated if clock.halts else at > clock.due
    passed = [passing(clock)] if overdue and not clock.stated else []
    return [
        *passed,
        HandOffClockHalted(
            case_id=clock.case_id,
            agreement_id=clock.agreement_id,
            item_id=clock.item_id,
            hand_off=clock.hand_off,
            target=clock.target,
            reason=reason,
            spent=_spent(clock, calendar, at),
            overdue=overdue,
            at=at,
        ),
    ]


def go_on(clock: Clock, calendar: Calendar, at: datetime, reason: Halt) -> list[Fact]:
    """Let the clock run, unless another reason holds it."""
    if reason not in clock.halts:
        return []
    return [
        HandOffClockWentOn(
            case_id=clock.case_id,
            agreement_id=clock.agreement_id,
            item_id=clock.item_id,
            hand_off=clock.hand_off,
            target=clock.target,
            reason=reason,
            due_at=_due(clock, calendar, at) if not clock.halts - {reason} else None,
            at=at,
        )
    ]


def passing(clock: Clock) -> Fact:
    """State that the deadline passed unheard."""
    return _judged(HandOffCommitmentMissed, clock, clock.due, PASSED, clock.within, clock.due)


def waiting(clock: Clock) -> bool:
    """Tell whether the deadline is still to come or to be stated."""
    return not clock.halts and not clock.stated


def _spent(clock: Clock, calendar: Calendar, at: datetime) -> timedelta:
    return clock.spent if clock.halts else clock.spent + business_time.between(calendar, clock.since, at)


def _due(clock: Clock, calendar: Calendar, at: datetime) -> datetime:
    """Return the deadline; of a clock that stands still in time, what it would be if it ran on from *at*."""
    if not clock.halts or clock.stated:
        return clock.due
    return business_time.add(calendar, at, clock.within - clock.spent)


def _judged(
    verdict: type[HandOffCommitmentMet] | type[HandOffCommitmentMissed],
    clock: Clock,
    due: datetime,
    rule: str,
    took: timedelta,
    at: datetime,
) -> Fact:
    return verdict(
        case_id=clock.case_id,
        agreement_id=clock.agreement_id,
        agreement_version=clock.agreement_version,
        item_id=clock.item_id,
        round=clock.round,
        hand_off=clock.hand_off,
        target=clock.target,
        clause_id=clock.clause_id,
        customer=clock.customer,
        supplier=clock.supplier,
        due_at=due,
        took=took,
        rule=rule,
        at=at,
    )


def _ended(clock: Clock, rule: str, took: timedelta, at: datetime, *, overdue: bool) -> Fact:
    return HandOffCommitmentEnded(
        case_id=clock.case_id,
        agreement_id=clock.agreement_id,
        item_id=clock.item_id,
        hand_off=clock.hand_off,
        target=clock.target,
        took=took,
        overdue=overdue,
        rule=rule,
        at=at,
    )
