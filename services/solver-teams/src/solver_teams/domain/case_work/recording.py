"""What a source says happened, as the ordinary facts: an import is no back door.

Each row is turned into the commands that people would have given, one upon the other, and only those are decided on.
"""

from collections.abc import Callable

from common.values import Confided, Person, replace
from solver_teams.domain.case_work.commands import (
    AcceptHandOver,
    AcceptWork,
    Activity,
    HandOver,
    ItemCommand,
    NoteWork,
    OfferWork,
    PauseWork,
    RecordWork,
    ResumeWork,
    Seat,
    SolveWork,
    WithdrawHandOver,
)
from solver_teams.domain.case_work.evolve import evolve
from solver_teams.domain.case_work.facts import Fact, Package, WorkSeenElsewhere
from solver_teams.domain.case_work.guards import in_work, of_its_kind, opened, says_something, staffed
from solver_teams.domain.case_work.refusals import OnlyAsImported, RoundIsOver, RoundNotOpenHere
from solver_teams.domain.case_work.states import (
    Awaiting,
    Case,
    CaseWork,
    Closed,
    InHands,
    Item,
    Offered,
    Proposed,
)
from solver_teams.domain.case_work.working import CODED, PauseReason, same_pause
from solver_teams.domain.hand_offs import Crew

AS_THE_SOURCE_SAYS = "as the source says"
"""What stands where a source has no code and no words."""

Decide = Callable[[CaseWork, ItemCommand | NoteWork], list[Fact]]


def record(state: CaseWork, command: RecordWork, decide: Decide) -> list[Fact]:
    """Return the ordinary facts that bring about what the source's row says."""
    if not command.imported:
        raise OnlyAsImported
    case = opened(state)
    of_its_kind(case, imported=True)
    to = staffed(case, command.team, command.company, imported=True)
    elsewhere = _elsewhere(case, to, command)
    if command.activity is Activity.NOTE:
        note = NoteWork(case_id=case.case_id, text=_words(command), by=command.by, at=command.at, imported=True)
        return [*decide(state, note), *elsewhere]
    _of_this_round(case, command)
    if command.activity is Activity.SOLVED and isinstance(state, Awaiting | Closed):
        return elsewhere
    return _in_turn(state, _plan(in_work(state).items[0], to, command), decide)


def _of_this_round(case: Case, command: RecordWork) -> None:
    if command.round is not None and command.round > case.round:
        raise RoundNotOpenHere(f"round {case.round} is open here, round {command.round} is not yet", round=case.round)
    if command.round is not None and command.round < case.round:
        raise RoundIsOver(f"round {case.round} is open here", round=case.round)


def _elsewhere(case: Case, to: Crew, command: RecordWork) -> list[Fact]:
    if case.track.last == to:
        return []
    return [
        WorkSeenElsewhere(
            case_id=case.case_id,
            agreement_id=case.agreement_id,
            round=case.round,
            team_id=to.team_id,
            company=to.company,
            at=command.at,
        )
    ]


def _in_turn(state: CaseWork, plan: list[ItemCommand], decide: Decide) -> list[Fact]:
    facts: list[Fact] = []
    for step in plan:
        brought = decide(state, step)
        for fact in brought:
            state = evolve(state, fact)
        facts += brought
    return facts


def _plan(item: Item, to: Crew, row: RecordWork) -> list[ItemCommand]:
    match row.activity:
        case Activity.QUEUED:
            return _direct(item, to, row)
        case Activity.IN_WORK:
            return [*_take(item, to, row), *_go_on(item, to, row)]
        case Activity.PAUSED:
            return [*_take(item, to, row), *_halt(item, to, row)]
        case Activity.SOLVED | Activity.NOTE:
            return [*_take(item, to, row), _solve(item, to, row)]


def _direct(item: Item, to: Crew, row: RecordWork) -> list[ItemCommand]:
    """Return what makes *to* the one that is asked."""
    match item:
        case Proposed() | Offered():
            return [_offer(item, to, row)]
        case InHands(holder=holder) if holder == to:
            return _take_back(item, row)
        case InHands():
            return [*_go_on(item, item.holder, row), _hand(item, to, row)]


def _take(item: Item, to: Crew, row: RecordWork) -> list[ItemCommand]:
    """Return what makes *to* the holder."""
    seat, by = _said(to), _of(to, row)
    match item:
        case Proposed() | Offered():
            accept = AcceptWork(case_id=row.case_id, item_id=item.item_id, seat=seat, by=by, at=row.at)
            return [_offer(item, to, row), accept]
        case InHands(holder=holder) if holder == to:
            return _take_back(item, row)
        case InHands(hand_over=pending):
            take = AcceptHandOver(case_id=row.case_id, item_id=item.item_id, seat=seat, by=by, at=row.at)
            return [take] if pending and pending.to == to else [_hand(item, to, row), take]


def _take_back(item: InHands, row: RecordWork) -> list[ItemCommand]:
    if item.hand_over is None:
        return []
    giver = item.holder
    return [
        WithdrawHandOver(
            case_id=row.case_id,
            item_id=item.item_id,
            seat=_said(giver),
            reason=row.unsaid,
            by=_of(giver, row),
            at=row.at,
        )
    ]


def _offer(item: Item, to: Crew, row: RecordWork) -> OfferWork:
    return OfferWork(
        case_id=row.case_id,
        item_id=item.item_id,
        team=row.team,
        company=to.company,
        by=row.by,
        at=row.at,
        imported=True,
    )


def _hand(item: InHands, to: Crew, row: RecordWork) -> HandOver:
    return HandOver(
        case_id=row.case_id,
        item_id=item.item_id,
        seat=_said(item.holder),
        to_team=row.team,
        to_company=to.company,
        package=Package(context=row.unsaid, promises=row.unsaid, next_step=row.unsaid),
        by=row.by,
        at=row.at,
    )


def _go_on(item: Item, holder: Crew, row: RecordWork) -> list[ItemCommand]:
    if not (isinstance(item, InHands) and item.holder == holder and item.pause):
        return []
    seat, by = _said(holder), _of(holder, row)
    return [ResumeWork(case_id=row.case_id, item_id=item.item_id, seat=seat, by=by, at=row.at)]


def _halt(item: Item, holder: Crew, row: RecordWork) -> list[ItemCommand]:
    reason, note = _why(row)
    pause = PauseWork(
        case_id=row.case_id,
        item_id=item.item_id,
        seat=_said(holder),
        reason=reason,
        note=note,
        by=_of(holder, row),
        at=row.at,
    )
    same = isinstance(item, InHands) and item.pause is not None and same_pause(item.pause, reason, note)
    return [pause] if same else [*_go_on(item, holder, row), pause]


def _solve(item: Item, holder: Crew, row: RecordWork) -> SolveWork:
    return SolveWork(
        case_id=row.case_id,
        item_id=item.item_id,
        seat=_said(holder),
        cause=row.cause or AS_THE_SOURCE_SAYS,
        action=row.action or AS_THE_SOURCE_SAYS,
        by=_of(holder, row),
        at=row.at,
    )


def _said(crew: Crew) -> Seat:
    return Seat(crew=crew, theirs=True, imported=True)


def _of(crew: Crew, row: RecordWork) -> Person:
    return replace(row.by, company=crew.company)


def _why(row: RecordWork) -> tuple[str, Confided | None]:
    """Return the pause's reason and note; where the source's reason is none of ours, the note has its words."""
    if row.reason in CODED:
        return str(row.reason), row.note
    return PauseReason.OTHER, _words(row)


def _words(row: RecordWork) -> Confided:
    return row.note if row.note and says_something(row.note) else row.unsaid
