"""The items of a case's work: offering and taking, asking, handing over, pausing and solving."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from common.refusals import NotFound
from common.web.desk import Desk, allowed
from common.web.problems import problems
from solver_teams.api.inputs import (
    Acting,
    Answering,
    Asking,
    HandingOver,
    Offer,
    Pausing,
    Rejection,
    Solving,
    Withdrawal,
)
from solver_teams.api.looking import CompanyNotNamed
from solver_teams.api.views import ItemNamed, QuestionNamed
from solver_teams.api.work_operations import (
    ACCEPT,
    ACCEPT_HAND_OVER,
    ANSWER,
    ASK,
    DIRECTORS,
    HAND_OVER,
    OFFER,
    PAUSE,
    PULL,
    REFUSE_HAND_OVER,
    REJECT,
    RESUME,
    SOLVE,
    SOLVERS,
    WITHDRAW_HAND_OVER,
    WITHDRAW_ITEM,
)
from solver_teams.domain.agreement import UnknownAgreement
from solver_teams.domain.case_work import refusals as no
from solver_teams.domain.team import NotAParty

router = APIRouter(prefix="/v1/work/{case_id}/items/{item_id}", tags=["work items"])

Director = Annotated[Desk, allowed(*DIRECTORS)]
Solver = Annotated[Desk, allowed(*SOLVERS)]

_ALWAYS = (NotFound, no.UnknownItem, no.FeedbackAwaited, no.CaseParked, no.CaseClosed)
"""What any of these may be refused with: nothing is done with an item that is not open."""


@router.post(
    "/withdrawals",
    operation_id="withdrawWorkItem",
    response_model=ItemNamed,
    responses=problems(*_ALWAYS, no.NotYoursToDirect, no.LastItem, no.ReasonMissing),
)
async def withdraw_item(case_id: UUID, item_id: UUID, body: Withdrawal, desk: Director) -> Response:
    """Give an item up as not needed; the last open one cannot be."""
    return await desk.carry_out(WITHDRAW_ITEM, body, case_id=case_id, item_id=item_id)


@router.post(
    "/offers",
    operation_id="offerWork",
    response_model=ItemNamed,
    responses=problems(
        *_ALWAYS,
        no.AcceptedAlready,
        no.CompanyNotInTeam,
        no.NotYoursToDirect,
        no.TeamOfAnotherAgreement,
        CompanyNotNamed,
    ),
)
async def offer_work(case_id: UUID, item_id: UUID, body: Offer, desk: Director) -> Response:
    """Ask a team's company to take the work, as proposed or otherwise."""
    return await desk.carry_out(OFFER, body, case_id=case_id, item_id=item_id)


@router.post(
    "/acceptances",
    operation_id="acceptWork",
    response_model=ItemNamed,
    responses=problems(*_ALWAYS, no.AcceptedAlready, no.NotOffered, no.NotAMember),
)
async def accept_work(case_id: UUID, item_id: UUID, body: Acting, desk: Solver) -> Response:
    """Take the work that was offered to one's team and company."""
    return await desk.carry_out(ACCEPT, body, case_id=case_id, item_id=item_id)


@router.post(
    "/self-assignments",
    operation_id="pullWork",
    response_model=ItemNamed,
    responses=problems(
        *_ALWAYS,
        no.AcceptedAlready,
        no.AskedOfOthers,
        no.NotCovered,
        no.NotYoursToTake,
        no.CompanyNotInTeam,
        no.TeamOfAnotherAgreement,
        no.NotAMember,
    ),
)
async def pull_work(case_id: UUID, item_id: UUID, body: Acting, desk: Solver) -> Response:
    """Take work that nobody has accepted: asked, or unasked with the accountable or the holding company."""
    return await desk.carry_out(PULL, body, case_id=case_id, item_id=item_id)


@router.post(
    "/rejections",
    operation_id="rejectWork",
    response_model=ItemNamed,
    responses=problems(*_ALWAYS, no.NotOffered, no.NotAMember, no.ReasonMissing),
)
async def reject_work(case_id: UUID, item_id: UUID, body: Rejection, desk: Solver) -> Response:
    """Decline the work that was offered, saying why."""
    return await desk.carry_out(REJECT, body, case_id=case_id, item_id=item_id)


@router.post(
    "/questions",
    status_code=201,
    operation_id="askInformation",
    response_model=QuestionNamed,
    responses=problems(
        *_ALWAYS,
        no.NotInWork,
        no.NotTheHolder,
        no.NotAMember,
        no.QuestionExists,
        NotAParty,
        no.ReasonMissing,
        UnknownAgreement,
    ),
)
async def ask_information(case_id: UUID, item_id: UUID, body: Asking, desk: Solver) -> Response:
    """Ask a company, or the customer through the touchpoint, for what the work needs."""
    return await desk.carry_out(ASK, body, case_id=case_id, item_id=item_id)


@router.post(
    "/answers",
    operation_id="answerInformation",
    response_model=ItemNamed,
    responses=problems(*_ALWAYS, no.NotInWork, no.NotAsked, no.UnknownQuestion, no.ReasonMissing),
)
async def answer_information(case_id: UUID, item_id: UUID, body: Answering, desk: Director) -> Response:
    """Answer what was asked of one's company; the touchpoint's answers for the customer."""
    return await desk.carry_out(ANSWER, body, case_id=case_id, item_id=item_id)


@router.post(
    "/hand-overs",
    operation_id="handOver",
    response_model=ItemNamed,
    responses=problems(
        *_ALWAYS,
        no.NotInWork,
        no.NotTheHolder,
        no.NotAMember,
        no.AlreadyTheirs,
        no.CompanyNotInTeam,
        no.TeamOfAnotherAgreement,
        no.IncompletePackage,
        CompanyNotNamed,
    ),
)
async def hand_over(case_id: UUID, item_id: UUID, body: HandingOver, desk: Solver) -> Response:
    """Ask others to take the work over, with all they need; the giver holds it until they accept."""
    return await desk.carry_out(HAND_OVER, body, case_id=case_id, item_id=item_id)


@router.post(
    "/hand-over-withdrawals",
    operation_id="withdrawHandOver",
    response_model=ItemNamed,
    responses=problems(*_ALWAYS, no.NotInWork, no.NotTheHolder, no.NotAMember, no.NotHandedOver, no.ReasonMissing),
)
async def withdraw_hand_over(case_id: UUID, item_id: UUID, body: Rejection, desk: Solver) -> Response:
    """Take the work back before the receiver has it."""
    return await desk.carry_out(WITHDRAW_HAND_OVER, body, case_id=case_id, item_id=item_id)


@router.post(
    "/hand-over-acceptances",
    operation_id="acceptHandOver",
    response_model=ItemNamed,
    responses=problems(*_ALWAYS, no.NotInWork, no.AcceptedAlready, no.NotHandedOver, no.NotAMember),
)
async def accept_hand_over(case_id: UUID, item_id: UUID, body: Acting, desk: Solver) -> Response:
    """Take the work over."""
    return await desk.carry_out(ACCEPT_HAND_OVER, body, case_id=case_id, item_id=item_id)


@router.post(
    "/hand-over-refusals",
    operation_id="refuseHandOver",
    response_model=ItemNamed,
    responses=problems(*_ALWAYS, no.NotInWork, no.NotHandedOver, no.NotAMember, no.ReasonMissing),
)
async def refuse_hand_over(case_id: UUID, item_id: UUID, body: Rejection, desk: Solver) -> Response:
    """Do not take the work over, saying why."""
    return await desk.carry_out(REFUSE_HAND_OVER, body, case_id=case_id, item_id=item_id)


@router.post(
    "/pauses",
    operation_id="pauseWork",
    response_model=ItemNamed,
    responses=problems(*_ALWAYS, no.NotInWork, no.NotTheHolder, no.NotAMember, no.Paused, no.UnknownPauseReason),
)
async def pause_work(case_id: UUID, item_id: UUID, body: Pausing, desk: Solver) -> Response:
    """Say that the work cannot go on, and for which reason."""
    return await desk.carry_out(PAUSE, body, case_id=case_id, item_id=item_id)


@router.post(
    "/resumptions",
    operation_id="resumeWork",
    response_model=ItemNamed,
    responses=problems(*_ALWAYS, no.NotInWork, no.NotTheHolder, no.NotAMember),
)
async def resume_work(case_id: UUID, item_id: UUID, body: Acting, desk: Solver) -> Response:
    """Go on with paused work."""
    return await desk.carry_out(RESUME, body, case_id=case_id, item_id=item_id)


@router.post(
    "/solutions",
    operation_id="solveWork",
    response_model=ItemNamed,
    responses=problems(*_ALWAYS, no.NotInWork, no.NotTheHolder, no.NotAMember, no.CodesMissing),
)
async def solve_work(case_id: UUID, item_id: UUID, body: Solving, desk: Solver) -> Response:
    """Say that this part is done; when the last open item is, a solution is proposed to the customer."""
    return await desk.carry_out(SOLVE, body, case_id=case_id, item_id=item_id)
