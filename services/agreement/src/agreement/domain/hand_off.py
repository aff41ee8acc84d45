"""Whether companies keep what they promised one another when they hand work over.

A clock starts when work is directed from one company to another and a clause of the version that the case was opened
under promises something for it; without a clause there is no clock and no verdict. The offer is to be answered within
the acceptance, and what was accepted is to be solved, or taken over by another company, within the resolution.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from agreement.domain import business_time, hand_off_clock
from agreement.domain.hand_off_clock import PASSED, Clock
from agreement.domain.hand_off_commands import (
    Command,
    DeclineWork,
    DirectWork,
    DropWork,
    EndWork,
    FollowHandOffs,
    LookAtTheClock,
    NoteItem,
    OfCase,
    OfItem,
    ParkWork,
    PauseWork,
    ResumeWork,
    SolveWork,
    TakeBackWork,
    TakeWork,
    UnparkWork,
)
from agreement.domain.hand_off_facts import (
    Fact,
    HandOffClockHalted,
    HandOffClockWentOn,
    HandOffCommitmentBegun,
    HandOffCommitmentEnded,
    HandOffCommitmentMet,
    HandOffCommitmentMissed,
    HandOffsFollowed,
    ItemHeld,
    Target,
)
from agreement.domain.measure import EARLIEST_YEAR, LATEST_YEAR, UnsoundMoment
from agreement.domain.terms import Ola, clause, ola_between, ola_calendar
from common.deciders import Decider
from common.values import replace, value

ELSEWHERE = "directed-elsewhere"
TAKEN_BACK = "taken-back"
NOT_NEEDED = "not-needed"
SOLVED = "solved-before"
CLOSED = "case-closed"


@value
class Unfollowed:
    """Nothing is known of the case, or nothing was promised for it."""


@value
class Followed:
    """A case whose hand-offs are judged; ``holders``: who holds an item until it is first taken, if not ``company``."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    company: str
    service: str
    imported: bool
    hand_offs: int
    holders: Mapping[UUID, str]
    clocks: Mapping[tuple[UUID, Target], Clock]


HandOffs = Unfollowed | Followed


def decide(state: HandOffs, command: Command) -> list[Fact]:  # noqa: PLR0911 - one line per command
    """Return the facts *command* brings about, or raise the refusal."""
    if not EARLIEST_YEAR <= command.at.year <= LATEST_YEAR:
        raise UnsoundMoment
    if isinstance(command, FollowHandOffs):
        return _follow(command) if isinstance(state, Unfollowed) else []
    if isinstance(state, Unfollowed):
        return []
    match command:
        case NoteItem():
            return _note_item(state, command)
        case DirectWork():
            return _direct(state, command)
        case TakeWork():
            return _take(state, command)
        case ParkWork() | UnparkWork() | EndWork():
            return [fact for clock in state.clocks.values() for fact in _of_case(clock, command)]
        case LookAtTheClock(at=now):
            clocks = state.clocks.values()
            return [hand_off_clock.passing(one) for one in clocks if hand_off_clock.waiting(one) and one.due <= now]
        case _:
            return _of_item(state, command)


def due(state: HandOffs) -> datetime | None:
    """Return when the next deadline passes; an imported case is judged by its history, not by today's clock."""
    if isinstance(state, Unfollowed) or state.imported:
        return None
    return min((clock.due for clock in state.clocks.values() if hand_off_clock.waiting(clock)), default=None)


def _follow(command: FollowHandOffs) -> list[Fact]:
    return [
        HandOffsFollowed(
            case_id=command.case_id,
            agreement_id=command.agreement_id,
            agreement_version=command.agreement_version,
            company=command.company,
            service=command.service,
            imported=command.imported,
            at=command.at,
        )
    ]


def _note_item(state: Followed, command: NoteItem) -> list[Fact]:
    if command.item_id in state.holders:
        return []
    return [
        ItemHeld(
            case_id=state.case_id,
            agreement_id=state.agreement_id,
            item_id=command.item_id,
            company=command.company,
            at=command.at,
        )
    ]


def _direct(state: Followed, command: DirectWork) -> list[Fact]:
    """Start the acceptance; an offer that was not answered yet gives way."""
    customer = command.customer or state.holders.get(command.item_id, state.company)
    promise = ola_between(command.terms, customer, command.supplier, state.service)
    given_up = _dropped(state, command, "acceptance", ELSEWHERE)
    if promise is None:
        return given_up
    return [*given_up, _begun(state, command, promise, "acceptance", customer, state.hand_offs + 1)]


def _take(state: Followed, command: TakeWork) -> list[Fact]:
    """Judge the acceptance, and the resolution of the company that has handed over; start that of the one that took."""
    offer = state.clocks.get((command.item_id, "acceptance"))
    given = state.clocks.get((command.item_id, "resolution"))
    facts = [] if offer is None else [_reached(offer, command)]
    if given is not None and (offer is not None or given.supplier != command.supplier):
        facts.append(_reached(given, command))
    elif given is not None:  # a hand-over within the company: who takes over does not inherit the pause
        facts += hand_off_clock.go_on(given, ola_calendar(command.terms, given.clause_id), command.at, "work-paused")
    promise = None if offer is None else clause(command.terms, offer.clause_id)
    if offer is None or not isinstance(promise, Ola) or offer.supplier != command.supplier:
        return facts
    return [*facts, _begun(state, command, promise, "resolution", offer.customer, offer.hand_off)]


def _of_item(state: Followed, command: OfItem) -> list[Fact]:
    match command:
        case DeclineWork():
            offer = state.clocks.get((command.item_id, "acceptance"))
            return [] if offer is None else [_reached(offer, command)]
        case TakeBackWork():
            return _dropped(state, command, "acceptance", TAKEN_BACK)
        case DropWork():
            gone = _dropped(state, command, "acceptance", NOT_NEEDED)
            return [*gone, *_dropped(state, command, "resolution", NOT_NEEDED)]
        case PauseWork() | ResumeWork() | SolveWork():
            held = state.clocks.get((command.item_id, "resolution"))
            kept = [] if held is None else _of_holder(held, command)
            return [*_dropped(state, command, "acceptance", SOLVED), *kept] if isinstance(command, SolveWork) else kept


def _of_holder(clock: Clock, command: PauseWork | ResumeWork | SolveWork) -> list[Fact]:
    calendar = ola_calendar(command.terms, clock.clause_id)
    match command:
        case PauseWork():
            return hand_off_clock.halt(clock, calendar, command.at, "work-paused")
        case ResumeWork():
            return hand_off_clock.go_on(clock, calendar, command.at, "work-paused")
        case SolveWork():
            return [hand_off_clock.reach(clock, calendar, command.at)]


def _of_case(clock: Clock, command: OfCase) -> list[Fact]:
    calendar = ola_calendar(command.terms, clock.clause_id)
    match command:
        case ParkWork():
            return hand_off_clock.halt(clock, calendar, command.at, "case-parked")
        case UnparkWork():
            return hand_off_clock.go_on(clock, calendar, command.at, "case-parked")
        case EndWork():
            return hand_off_clock.drop(clock, calendar, command.at, CLOSED)


def _reached(clock: Clock, command: TakeWork | DeclineWork) -> Fact:
    return hand_off_clock.reach(clock, ola_calendar(command.terms, clock.clause_id), command.at)


def _dropped(state: Followed, command: DirectWork | OfItem, target: Target, why: str) -> list[Fact]:
    clock = state.clocks.get((command.item_id, target))
    if clock is None:
        return []
    return hand_off_clock.drop(clock, ola_calendar(command.terms, clock.clause_id), command.at, why)


def _begun(
    state: Followed, command: DirectWork | TakeWork, promise: Ola, target: Target, customer: str, hand_off: int
) -> Fact:
    within = promise.acceptance if target == "acceptance" else promise.resolution
    return HandOffCommitmentBegun(
        case_id=state.case_id,
        agreement_id=state.agreement_id,
        agreement_version=state.agreement_version,
        item_id=command.item_id,
        round=command.round,
        hand_off=hand_off,
        target=target,
        clause_id=promise.clause_id,
        customer=customer,
        supplier=promise.supplier,
        service=state.service,
        within=within,
        due_at=business_time.add(ola_calendar(command.terms, promise.clause_id), command.at, within),
        imported=state.imported,
        at=command.at,
    )


def evolve(state: HandOffs, fact: Fact) -> HandOffs:  # noqa: PLR0911 - one line per fact
    """Return the clocks after *fact*; never refuses, for it has happened."""
    if isinstance(fact, HandOffsFollowed):
        return _followed(fact)
    if isinstance(state, Unfollowed):
        return state
    if isinstance(fact, ItemHeld):
        return replace(state, holders={**state.holders, fact.item_id: fact.company})
    if isinstance(fact, HandOffCommitmentBegun):
        return replace(_with(state, hand_off_clock.begun(fact)), hand_offs=max(state.hand_offs, fact.hand_off))
    clock = state.clocks.get((fact.item_id, fact.target))
    if clock is None:
        return state
    match fact:
        case HandOffClockHalted():
            return _with(state, hand_off_clock.halted(clock, fact))
        case HandOffClockWentOn():
            return _with(state, hand_off_clock.went_on(clock, fact))
        case HandOffCommitmentMissed(rule=rule) if rule == PASSED:
            return _with(state, replace(clock, stated=True))
        case HandOffCommitmentMet() | HandOffCommitmentMissed() | HandOffCommitmentEnded():
            return replace(state, clocks={key: each for key, each in state.clocks.items() if each != clock})


def _followed(fact: HandOffsFollowed) -> Followed:
    return Followed(
        case_id=fact.case_id,
        agreement_id=fact.agreement_id,
        agreement_version=fact.agreement_version,
        company=fact.company,
        service=fact.service,
        imported=fact.imported,
        hand_offs=0,
        holders={},
        clocks={},
    )


def _with(state: Followed, clock: Clock) -> Followed:
    return replace(state, clocks={**state.clocks, (clock.item_id, clock.target): clock})


_initial: HandOffs = Unfollowed()
decider: Decider[HandOffs, Command, Fact] = Decider(initial=_initial, decide=decide, evolve=evolve)
