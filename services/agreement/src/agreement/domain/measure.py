"""How fast a case was answered and solved, against what the agreement promised when it was opened.

A case keeps the version it was opened under. Each stretch from an opening to the next closing has targets of its own,
so a customer who comes back starts new clocks and rewrites no verdict.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from agreement.domain import business_time
from agreement.domain.measure_commands import (
    Command,
    LookAtTheClock,
    MeasureCase,
    MovePriority,
    NoteClosing,
    NoteResponse,
    NoteRound,
)
from agreement.domain.measure_facts import (
    CaseMeasured,
    Fact,
    RoundMeasured,
    StretchEnded,
    Target,
    TargetMet,
    TargetMissed,
    TargetsMoved,
)
from agreement.domain.terms import Calendar, Priority
from common.deciders import Decider
from common.refusals import Invalid, NotYet
from common.values import replace, value

TARGETS: tuple[Target, ...] = ("response", "resolution")
EARLIEST_YEAR, LATEST_YEAR = 1970, 2200

IN_TIME = "reached-in-time"
LATE = "reached-late"
PASSED = "deadline-passed"


@value
class Running:
    """Not judged yet."""

    clause_id: str
    due: datetime


@value
class Met:
    """Reached by then."""

    clause_id: str
    due: datetime


@value
class Missed:
    """Not reached by then, as far as is known."""

    clause_id: str
    due: datetime


Clock = Running | Met | Missed


@value
class Unmeasured:
    """The case is not known here."""


@value
class Measured:
    """A case with the clocks of its last stretch. ``closed``: that stretch has ended, and no clock waits."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    priority: str
    imported: bool
    round: int
    since: datetime
    clocks: Mapping[Target, Clock]
    closed: bool


Measure = Unmeasured | Measured


class NotMeasuredYet(NotYet):
    """The opening of this case has not arrived here yet."""


class UnsoundMoment(Invalid):
    """No working time can be counted from so far away a moment."""


def decide(state: Measure, command: Command) -> list[Fact]:
    """Return the facts *command* brings about, or raise the refusal."""
    if isinstance(command, MeasureCase):
        return _measure(command) if isinstance(state, Unmeasured) else []
    if isinstance(state, Unmeasured):
        raise NotMeasuredYet
    match command:
        case MovePriority():
            return _move(state, command)
        case NoteResponse():
            return _reach(state, "response", command.at)
        case NoteClosing():
            return _close(state, command)
        case NoteRound():
            return _come_back(state, command)
        case LookAtTheClock():
            return _look(state, command)


def due(state: Measure) -> datetime | None:
    """Return when the next deadline passes; an imported case is judged by its history, not by today's clock."""
    if isinstance(state, Unmeasured) or state.closed or state.imported:
        return None
    return min((clock.due for clock in state.clocks.values() if isinstance(clock, Running)), default=None)


def _measure(command: MeasureCase) -> list[Fact]:
    _countable(command.at)
    priority, calendar = command.priority, command.calendar
    measured = CaseMeasured(
        case_id=command.case_id,
        agreement_id=command.agreement_id,
        agreement_version=command.agreement_version,
        clause_id=priority.clause_id,
        priority=priority.priority,
        response_due=business_time.add(calendar, command.at, priority.response),
        resolution_due=business_time.add(calendar, command.at, priority.resolution),
        imported=command.imported,
        at=command.at,
    )
    answered = _reach(_first(measured), "response", command.at) if command.answered else []
    return [measured, *answered]


def _countable(at: datetime) -> None:
    if not EARLIEST_YEAR <= at.year <= LATEST_YEAR:
        raise UnsoundMoment


def _move(state: Measured, command: MovePriority) -> list[Fact]:
    running = [target for target in TARGETS if isinstance(state.clocks[target], Running)]
    if command.priority.priority == state.priority or state.closed or not running:
        return []
    dues = _dues(command.priority, command.calendar, state.since)
    return [
        TargetsMoved(
            case_id=state.case_id,
            agreement_id=state.agreement_id,
            agreement_version=state.agreement_version,
            clause_id=command.priority.clause_id,
            round=state.round,
            priority=command.priority.priority,
            response_due=dues["response"] if "response" in running else None,
            resolution_due=dues["resolution"] if "resolution" in running else None,
            at=command.at,
        )
    ]


def _dues(priority: Priority, calendar: Calendar, since: datetime) -> dict[Target, datetime]:
    return {
        "response": business_time.add(calendar, since, priority.response),
        "resolution": business_time.add(calendar, since, priority.resolution),
    }


def _reach(state: Measured, target: Target, at: datetime) -> list[Fact]:
    """Judge *target* as reached at *at*. In time wins over what a clock said before the news arrived."""
    clock = state.clocks[target]
    before = at < state.since and state.round > 1  # then it belongs to a stretch that has ended
    if before or isinstance(clock, Met):
        return []
    if at <= clock.due:
        return [_judged(TargetMet, state, target, IN_TIME, at)]
    return [_judged(TargetMissed, state, target, LATE, at)] if isinstance(clock, Running) else []


def _close(state: Measured, command: NoteClosing) -> list[Fact]:
    if state.closed:
        return []
    at = max(command.at, state.since)
    ended = StretchEnded(case_id=state.case_id, agreement_id=state.agreement_id, round=state.round, at=at)
    return [*_reach(state, "resolution", at), *_response_at_closing(state, at), ended]


def _response_at_closing(state: Measured, at: datetime) -> list[Fact]:
    """A case that is closed has been answered; when nobody said so before, the deadline decides."""
    match state.clocks["response"]:
        case Running(due=due) if at > due:
            return [_judged(TargetMissed, state, "response", PASSED, due)]
        case Running():
            return _reach(state, "response", at)
        case _:
            return []


def _come_back(state: Measured, command: NoteRound) -> list[Fact]:
    if not state.closed or command.round <= state.round:
        return []
    _countable(command.at)
    dues = _dues(command.priority, command.calendar, command.at)
    return [
        RoundMeasured(
            case_id=state.case_id,
            agreement_id=state.agreement_id,
            agreement_version=state.agreement_version,
            clause_id=command.priority.clause_id,
            priority=command.priority.priority,
            round=command.round,
            response_due=dues["response"],
            resolution_due=dues["resolution"],
            imported=state.imported,
            at=command.at,
        )
    ]


def _look(state: Measured, command: LookAtTheClock) -> list[Fact]:
    if state.closed:
        return []
    return [
        _judged(TargetMissed, state, target, PASSED, clock.due)
        for target, clock in state.clocks.items()
        if isinstance(clock, Running) and clock.due <= command.at
    ]


def _judged(
    verdict: type[TargetMet] | type[TargetMissed], state: Measured, target: Target, rule: str, at: datetime
) -> Fact:
    clock = state.clocks[target]
    return verdict(
        case_id=state.case_id,
        agreement_id=state.agreement_id,
        agreement_version=state.agreement_version,
        clause_id=clock.clause_id,
        target=target,
        round=state.round,
        due_at=clock.due,
        rule=rule,
        at=at,
    )


def evolve(state: Measure, fact: Fact) -> Measure:  # noqa: PLR0911 - one line per fact
    """Return the clocks after *fact*; never refuses, for it has happened."""
    if isinstance(fact, CaseMeasured):
        return _first(fact)
    if isinstance(state, Unmeasured):
        return state
    match fact:
        case TargetsMoved():
            return _moved(state, fact)
        case RoundMeasured(round=number, at=at):
            return replace(state, round=number, since=at, closed=False, clocks=_running(fact))
        case StretchEnded():
            return replace(state, closed=True)
        case TargetMet(target=target, clause_id=clause_id, due_at=due_at):
            return replace(state, clocks={**state.clocks, target: Met(clause_id=clause_id, due=due_at)})
        case TargetMissed(target=target, clause_id=clause_id, due_at=due_at):
            return replace(state, clocks={**state.clocks, target: Missed(clause_id=clause_id, due=due_at)})


def _first(fact: CaseMeasured) -> Measured:
    return Measured(
        case_id=fact.case_id,
        agreement_id=fact.agreement_id,
        agreement_version=fact.agreement_version,
        priority=fact.priority,
        imported=fact.imported,
        round=1,
        since=fact.at,
        clocks=_running(fact),
        closed=False,
    )


def _running(fact: CaseMeasured | RoundMeasured) -> dict[Target, Clock]:
    return {
        "response": Running(clause_id=fact.clause_id, due=fact.response_due),
        "resolution": Running(clause_id=fact.clause_id, due=fact.resolution_due),
    }


def _moved(state: Measured, fact: TargetsMoved) -> Measured:
    dues: dict[Target, datetime | None] = {"response": fact.response_due, "resolution": fact.resolution_due}
    moved = {target: Running(clause_id=fact.clause_id, due=due) for target, due in dues.items() if due is not None}
    return replace(state, priority=fact.priority, clocks={**state.clocks, **moved})


_initial: Measure = Unmeasured()
decider: Decider[Measure, Command, Fact] = Decider(initial=_initial, decide=decide, evolve=evolve)
