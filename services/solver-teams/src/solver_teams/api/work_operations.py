"""What can be done with the work of a case, each on its own route and as a line of a batch."""

from typing import Any
from uuid import UUID

from common.eventstore.confiding import confide
from common.values import Confided
from common.web.operations import Line, Meaning, Meant, Operation
from solver_teams.api.inputs import (
    Acting,
    Answering,
    Asking,
    HandingOver,
    NewItem,
    Noting,
    Offer,
    Pausing,
    Recording,
    Rejection,
    Solving,
    TakingOver,
    Withdrawal,
)
from solver_teams.api.looking import (
    agreement_of_work,
    company_of,
    current_parties,
    ensure_teller,
    seat_of,
    team_of,
)
from solver_teams.domain.case_work.commands import (
    AcceptHandOver,
    AcceptWork,
    Activity,
    AnswerInformation,
    AskInformation,
    DeclineHandOver,
    HandOver,
    ItemCommand,
    NoteWork,
    OfferWork,
    OpenItem,
    PauseWork,
    PullWork,
    RecordWork,
    RejectWork,
    ResumeWork,
    SolveWork,
    WithdrawHandOver,
    WithdrawItem,
)
from solver_teams.domain.case_work.recording import AS_THE_SOURCE_SAYS
from solver_teams.domain.case_work.working import CODED
from solver_teams.history import CASE_WORK

DIRECTORS = ("touchpoint-agent", "team-lead", "solver")
SOLVERS = ("solver", "team-lead")
TELLERS = ("operator", "solver", "team-lead", "touchpoint-agent")


async def _open_item(body: NewItem, line: Line, *, case_id: UUID) -> Meant:
    item_id = body.item_id or line.new_id()
    team = await team_of(line, body.team_id)
    return _meant(
        OpenItem(
            case_id=case_id,
            item_id=item_id,
            purpose=confide(body.purpose),
            team=team,
            company=company_of(team, body.company),
            by=line.by,
            at=line.at,
            imported=line.imported,
        )
    )


async def _withdraw(body: Withdrawal, line: Line, *, case_id: UUID, item_id: UUID) -> Meant:
    return _meant(
        WithdrawItem(
            case_id=case_id,
            item_id=item_id,
            reason=confide(body.reason),
            by=line.by,
            at=line.at,
            imported=line.imported,
        )
    )


async def _offer(body: Offer, line: Line, *, case_id: UUID, item_id: UUID) -> Meant:
    team = await team_of(line, body.team_id)
    return _meant(
        OfferWork(
            case_id=case_id,
            item_id=item_id,
            team=team,
            company=company_of(team, body.company),
            by=line.by,
            at=line.at,
            imported=line.imported,
        )
    )


async def _accept(body: Acting, line: Line, *, case_id: UUID, item_id: UUID) -> Meant:
    _, seat = await seat_of(line, body.team_id)
    return _meant(AcceptWork(case_id=case_id, item_id=item_id, seat=seat, by=line.by, at=line.at))


async def _pull(body: Acting, line: Line, *, case_id: UUID, item_id: UUID) -> Meant:
    team, seat = await seat_of(line, body.team_id)
    return _meant(PullWork(case_id=case_id, item_id=item_id, team=team, seat=seat, by=line.by, at=line.at))


async def _reject(body: Rejection, line: Line, *, case_id: UUID, item_id: UUID) -> Meant:
    _, seat = await seat_of(line, body.team_id)
    return _meant(
        RejectWork(case_id=case_id, item_id=item_id, seat=seat, reason=confide(body.reason), by=line.by, at=line.at)
    )


async def _ask(body: Asking, line: Line, *, case_id: UUID, item_id: UUID) -> Meant:
    question_id = body.question_id or line.new_id()
    team, seat = await seat_of(line, body.team_id)
    command = AskInformation(
        case_id=case_id,
        item_id=item_id,
        question_id=question_id,
        asked_company=body.company,
        parties=await current_parties(line, team.agreement_id),
        question=confide(body.question),
        seat=seat,
        by=line.by,
        at=line.at,
    )
    answer = {"case_id": case_id, "item_id": item_id, "question_id": question_id}
    return Meant(key=case_id, command=command, answer=answer)


async def _answer(body: Answering, line: Line, *, case_id: UUID, item_id: UUID) -> Meant:
    return _meant(
        AnswerInformation(
            case_id=case_id,
            item_id=item_id,
            question_id=body.question_id,
            answer=confide(body.answer),
            by=line.by,
            at=line.at,
            imported=line.imported,
        )
    )


async def _hand_over(body: HandingOver, line: Line, *, case_id: UUID, item_id: UUID) -> Meant:
    _, seat = await seat_of(line, body.team_id)
    to_team = await team_of(line, body.to_team_id)
    return _meant(
        HandOver(
            case_id=case_id,
            item_id=item_id,
            seat=seat,
            to_team=to_team,
            to_company=company_of(to_team, body.to_company),
            package=body.package.package(),
            by=line.by,
            at=line.at,
        )
    )


async def _withdraw_hand_over(body: Rejection, line: Line, *, case_id: UUID, item_id: UUID) -> Meant:
    _, seat = await seat_of(line, body.team_id)
    return _meant(
        WithdrawHandOver(
            case_id=case_id, item_id=item_id, seat=seat, reason=confide(body.reason), by=line.by, at=line.at
        )
    )


async def _accept_hand_over(body: Acting, line: Line, *, case_id: UUID, item_id: UUID) -> Meant:
    _, seat = await seat_of(line, body.team_id)
    return _meant(AcceptHandOver(case_id=case_id, item_id=item_id, seat=seat, by=line.by, at=line.at))


async def _refuse_hand_over(body: Rejection, line: Line, *, case_id: UUID, item_id: UUID) -> Meant:
    _, seat = await seat_of(line, body.team_id)
    return _meant(
        DeclineHandOver(
            case_id=case_id, item_id=item_id, seat=seat, reason=confide(body.reason), by=line.by, at=line.at
        )
    )


async def _pause(body: Pausing, line: Line, *, case_id: UUID, item_id: UUID) -> Meant:
    _, seat = await seat_of(line, body.team_id)
    return _meant(
        PauseWork(
            case_id=case_id,
            item_id=item_id,
            seat=seat,
            reason=body.reason,
            note=None if body.note is None else confide(body.note),
            by=line.by,
            at=line.at,
        )
    )


async def _resume(body: Acting, line: Line, *, case_id: UUID, item_id: UUID) -> Meant:
    _, seat = await seat_of(line, body.team_id)
    return _meant(ResumeWork(case_id=case_id, item_id=item_id, seat=seat, by=line.by, at=line.at))


async def _solve(body: Solving, line: Line, *, case_id: UUID, item_id: UUID) -> Meant:
    _, seat = await seat_of(line, body.team_id)
    return _meant(
        SolveWork(
            case_id=case_id,
            item_id=item_id,
            seat=seat,
            cause=body.cause,
            action=body.action,
            by=line.by,
            at=line.at,
        )
    )


async def _note(body: Noting, line: Line, *, case_id: UUID) -> Meant:
    command = NoteWork(case_id=case_id, text=confide(body.text), by=line.by, at=line.at, imported=line.imported)
    return Meant(key=case_id, command=command, answer={"case_id": case_id})


async def _record(body: Recording, line: Line, *, case_id: UUID) -> Meant:
    team = await team_of(line, body.team_id)
    command = RecordWork(
        case_id=case_id,
        activity=body.activity,
        team=team,
        company=company_of(team, body.company),
        reason=body.reason if body.reason in CODED else None,
        note=_told(body),
        unsaid=confide(AS_THE_SOURCE_SAYS),
        cause=body.cause,
        action=body.action,
        round=body.round,
        by=line.by,
        at=line.at,
        imported=line.imported,
    )
    return Meant(key=case_id, command=command, answer={"case_id": case_id})


def _told(body: Recording) -> Confided | None:
    """Return what the source says in words: of a pause whose reason is none of ours, the reason's too."""
    own = body.reason if body.activity is Activity.PAUSED and body.reason not in CODED else None
    said = " ".join(filter(None, (own, body.note))).strip()
    return confide(said) if said else None


async def _take_over(body: TakingOver, line: Line, *, case_id: UUID) -> Meant:
    told = Recording(activity=Activity.IN_WORK, team_id=body.team_id, company=body.company)
    return await _record(told, line, case_id=case_id)


def _meant(command: ItemCommand) -> Meant:
    answer = {"case_id": command.case_id, "item_id": command.item_id}
    return Meant(key=command.case_id, command=command, answer=answer)


def _told_by_theirs(meaning: Meaning) -> Meaning:
    """Return *meaning*, on lines that tell history only for those whose it is to tell."""

    async def meant(body: Any, line: Line, *, case_id: UUID, **more: Any) -> Meant:
        if line.imported:
            await ensure_teller(line, case_id)
        return await meaning(body, line, case_id=case_id, **more)

    return meant


def _of_case(meaning: Any, body: type, roles: tuple[str, ...], *, status: int = 200) -> Operation:
    return Operation(
        kind=CASE_WORK,
        key="case_id",
        meaning=_told_by_theirs(meaning),
        roles=roles,
        body=body,
        path={"case_id": UUID},
        agreement=agreement_of_work,
        status=status,
    )


def _of_item(meaning: Any, body: type, roles: tuple[str, ...], *, status: int = 200) -> Operation:
    return Operation(
        kind=CASE_WORK,
        key="case_id",
        meaning=_told_by_theirs(meaning),
        roles=roles,
        body=body,
        path={"case_id": UUID, "item_id": UUID},
        agreement=agreement_of_work,
        status=status,
    )


OPEN_ITEM = _of_case(_open_item, NewItem, DIRECTORS, status=201)
WITHDRAW_ITEM = _of_item(_withdraw, Withdrawal, DIRECTORS)
OFFER = _of_item(_offer, Offer, DIRECTORS)
ACCEPT = _of_item(_accept, Acting, SOLVERS)
PULL = _of_item(_pull, Acting, SOLVERS)
REJECT = _of_item(_reject, Rejection, SOLVERS)
ASK = _of_item(_ask, Asking, SOLVERS, status=201)
ANSWER = _of_item(_answer, Answering, DIRECTORS)
HAND_OVER = _of_item(_hand_over, HandingOver, SOLVERS)
WITHDRAW_HAND_OVER = _of_item(_withdraw_hand_over, Rejection, SOLVERS)
ACCEPT_HAND_OVER = _of_item(_accept_hand_over, Acting, SOLVERS)
REFUSE_HAND_OVER = _of_item(_refuse_hand_over, Rejection, SOLVERS)
PAUSE = _of_item(_pause, Pausing, SOLVERS)
RESUME = _of_item(_resume, Acting, SOLVERS)
SOLVE = _of_item(_solve, Solving, SOLVERS)
NOTE = _of_case(_note, Noting, TELLERS, status=201)
RECORD = _of_case(_record, Recording, TELLERS)
TAKE_OVER = _of_case(_take_over, TakingOver, TELLERS)

OPERATIONS = {
    "openWorkItem": OPEN_ITEM,
    "withdrawWorkItem": WITHDRAW_ITEM,
    "offerWork": OFFER,
    "acceptWork": ACCEPT,
    "pullWork": PULL,
    "rejectWork": REJECT,
    "askInformation": ASK,
    "answerInformation": ANSWER,
    "handOver": HAND_OVER,
    "withdrawHandOver": WITHDRAW_HAND_OVER,
    "acceptHandOver": ACCEPT_HAND_OVER,
    "refuseHandOver": REFUSE_HAND_OVER,
    "pauseWork": PAUSE,
    "resumeWork": RESUME,
    "solveWork": SOLVE,
    "noteWork": NOTE,
    "recordWork": RECORD,
    "takeOver": TAKE_OVER,
}
