"""Letting a case rest, still open, and going on with it; and the customer who comes back."""

from datetime import datetime
from uuid import UUID

from common.values import same_person
from feedback_loop.domain.loop_commands import ApproveParking, ComeBack, Primary, ProposeParking, RefuseParking, Unpark
from feedback_loop.domain.loop_companies import may_tell, on_the_case, second, stands
from feedback_loop.domain.loop_facts import (
    CaseParked,
    CaseUnparked,
    Fact,
    ParkingProposed,
    ParkingReason,
    ParkingRefused,
)
from feedback_loop.domain.loop_refusals import (
    CaseIsNotParked,
    DecidedTooEarly,
    NoParkingProposed,
    ParkingAlreadyProposed,
    PrimaryNeeded,
    PrimaryUnfit,
    SecondPersonNeeded,
)
from feedback_loop.domain.loop_rounds import ask, going, known, next_round
from feedback_loop.domain.loop_states import AwaitingFeedback, Closed, Life, Loop, Open, Parked, Silent, SolutionWaits


def propose(state: Loop, command: ProposeParking) -> list[Fact]:
    """Return that a person wants the case to rest."""
    case = going(state)
    on_the_case(case.life, command.by, command.recorded_by, imported=command.imported)
    _fits(case.life, command.reason, command.primary)
    primary_case_id = command.primary.case_id if command.primary else None
    if case.parking is not None:
        if (case.parking.reason, case.parking.primary_case_id) == (command.reason, primary_case_id):
            return []
        raise ParkingAlreadyProposed
    return [
        ParkingProposed(
            case_id=case.life.case_id,
            agreement_id=case.life.agreement_id,
            reason=command.reason,
            text=command.text,
            primary_case_id=primary_case_id,
            by=command.by,
            recorded_by=command.recorded_by,
            at=command.at,
        )
    ]


def _fits(life: Life, reason: ParkingReason, primary: Primary | None) -> None:
    if (reason == "duplicate") != (primary is not None):
        raise PrimaryNeeded
    if primary is None:
        return
    theirs = (primary.agreement_id, primary.customer_id) == (life.agreement_id, life.customer_id)
    if not theirs or primary.case_id == life.case_id:
        raise PrimaryUnfit
    if primary.duplicates is not None:
        raise PrimaryUnfit(
            "That case duplicates another one itself, or somebody proposed so.", duplicates=primary.duplicates
        )


def approve(state: Loop, command: ApproveParking) -> list[Fact]:
    """Return that the case rests, as two people want it; it stays open."""
    match known(state):
        case Parked():
            return []
        case _:
            return [_parked(going(state), command)]


def _parked(case: Open, command: ApproveParking) -> CaseParked:
    proposed = case.parking
    if proposed is None:
        raise NoParkingProposed
    _second(case.life, proposed, command)
    if case.life.imported and proposed.recorded_by.role == "operator":
        second(proposed.recorded_by, command.recorded_by)
    if (command.primary.case_id if command.primary else None) != proposed.primary_case_id:
        raise PrimaryNeeded
    _fits(case.life, proposed.reason, command.primary)
    return CaseParked(
        case_id=case.life.case_id,
        agreement_id=case.life.agreement_id,
        round=case.life.round.number,
        reason=proposed.reason,
        text=proposed.text,
        primary_case_id=proposed.primary_case_id,
        proposed_by=proposed.by,
        recorded_by=proposed.recorded_by,
        approved_by=command.by,
        at=command.at,
    )


def _second(life: Life, proposed: ParkingProposed, command: ApproveParking | RefuseParking) -> None:
    stands(life, command.by, command.recorded_by, imported=command.imported)
    if same_person(proposed.by, command.by) or same_person(proposed.recorded_by, command.recorded_by):
        raise SecondPersonNeeded
    if command.at < proposed.at:
        raise DecidedTooEarly


def refuse(state: Loop, command: RefuseParking) -> list[Fact]:
    """Return that the case goes on, as a second person wants it."""
    case = going(state)
    if case.parking is None:
        raise NoParkingProposed
    if command.imported:
        may_tell(case.life, command.recorded_by)
    _second(case.life, case.parking, command)
    return [
        ParkingRefused(
            case_id=case.life.case_id,
            agreement_id=case.life.agreement_id,
            reason=command.reason,
            by=command.by,
            at=command.at,
        )
    ]


def unpark(state: Loop, command: Unpark) -> list[Fact]:
    """Return that the case goes on; a customer whose answer was awaited is asked afresh."""
    match known(state):
        case Parked(life=life, stage=stage):
            on_the_case(life, command.by, command.recorded_by, imported=command.imported)
            goes_on = CaseUnparked(
                case_id=life.case_id,
                agreement_id=life.agreement_id,
                round=life.round.number,
                reason="person-decided",
                note=command.note,
                by=command.by,
                at=command.at,
            )
            return [goes_on, *_asking(life, stage, command.request_id, imported=command.imported, at=command.at)]
        case Open() | Closed():
            raise CaseIsNotParked


def _asking(life: Life, stage: object, request_id: UUID, *, imported: bool, at: datetime) -> list[Fact]:
    match stage:
        case AwaitingFeedback() | Silent():
            return ask(life, request_id, "unparked", imported=imported, at=at)
        case SolutionWaits() if life.repaired(imported=imported):
            return ask(life, request_id, "solution-proposed", imported=imported, at=at)
        case _:
            return []


def come_back(state: Loop, command: ComeBack) -> list[Fact]:
    """Return another round for a case that closed or rested before the customer made contact; else nothing."""
    case = known(state)
    if command.by is not None and command.recorded_by is not None:
        on_the_case(case.life, command.by, command.recorded_by, imported=command.imported)
    match case:
        case Open():
            return []
        case Closed(since=since, life=life) | Parked(since=since, life=life) if (
            command.at < since or command.at in life.returns  # the same return, told twice
        ):
            return []
        case Closed(life=life):
            return next_round(life, "customer-came-back", contact_id=command.contact_id, at=command.at)
        case Parked(life=life):
            back = CaseUnparked(
                case_id=life.case_id,
                agreement_id=life.agreement_id,
                round=life.round.number,
                reason="customer-came-back",
                note=None,
                by=None,
                at=command.at,
            )
            return [back, *next_round(life, "customer-came-back", contact_id=command.contact_id, at=command.at)]
