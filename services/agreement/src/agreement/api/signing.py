"""From a draft to a version in force: changed, proposed, signed or declined, withdrawn, amended."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import ConfigDict
from starlette.responses import Response

from agreement.api import views
from agreement.api.inputs import Body, Hash, Moment, Text
from agreement.api.reading import Known, known
from agreement.api.terms import EXAMPLE, Terms, told
from agreement.domain.agreement_commands import (
    ApproveBoundaries,
    ChangeTerms,
    DeclineToSign,
    DraftAmendment,
    ProposeAgreement,
    SignAgreement,
    WithdrawProposal,
)
from agreement.domain.agreement_refusals import (
    AmendmentOnTheTable,
    AnotherContent,
    AnotherMap,
    Incomplete,
    NothingOnTheTable,
    NotLater,
    NotProposed,
    NotYetInForce,
    OnlyAManager,
    OnlyAnExpert,
    ProposedByAnother,
    UnknownAgreement,
    UnsoundDate,
)
from agreement.domain.agreement_states import Content, content_hash, versions
from agreement.domain.boundaries import boundaries_hash
from agreement.domain.soundness import UnsoundTerms
from agreement.history import AGREEMENT
from common.refusals import StaleVersion, VersionRequired
from common.web.desk import Desk, allowed
from common.web.problems import problems

router = APIRouter(prefix="/v1/agreements/{agreement_id}", tags=["signing"])

Manager = Annotated[Desk, allowed("manager")]
ExpertOrManager = Annotated[Desk, allowed("manager", "sme")]


class TermsBody(Body):
    """The terms from now on, and from when they are to bind."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"effective_from": "2026-06-01T00:00:00+02:00", "terms": EXAMPLE}]}
    )

    effective_from: Moment
    terms: Terms


class SignatureBody(Body):
    """The hash of the content that is signed, as the agreement shows it."""

    content_hash: Hash


class ApprovalBody(Body):
    """The hash of the map that is approved, as the agreement shows it."""

    boundaries_hash: Hash


class Reason(Body):
    """Why."""

    reason: Text


@router.put(
    "/terms",
    operation_id="changeTerms",
    response_model=views.Written,
    responses=problems(
        UnknownAgreement,
        NothingOnTheTable,
        NotLater,
        UnsoundTerms,
        UnsoundDate,
        Incomplete,
        OnlyAManager,
        VersionRequired,
        StaleVersion,
    ),
)
async def change_terms(agreement_id: UUID, body: TermsBody, desk: ExpertOrManager) -> Response:
    """Change what is on the table. Whoever has signed must sign again: the content hash is another."""
    state = (await known(desk, agreement_id)).state
    command = ChangeTerms(effective_from=body.effective_from, terms=told(body.terms), by=desk.by, at=desk.now())
    number = _number(state)
    answer = _written(state, _content(state, number, command))
    return await desk.change(AGREEMENT, agreement_id, command, answer=answer)


@router.post(
    "/proposal",
    operation_id="proposeAgreement",
    response_model=views.Written,
    responses=problems(UnknownAgreement, NothingOnTheTable, Incomplete),
)
async def propose(agreement_id: UUID, desk: Manager) -> Response:
    """Freeze what is on the table, so that it can be signed under its content hash."""
    state = (await known(desk, agreement_id)).state
    command = ProposeAgreement(by=desk.by, at=desk.now())
    return await desk.post(AGREEMENT, agreement_id, command, answer=_as_it_is(state))


@router.post(
    "/signatures",
    status_code=201,
    operation_id="signAgreement",
    response_model=views.Written,
    responses=problems(UnknownAgreement, NotProposed, AnotherContent),
)
async def sign(agreement_id: UUID, body: SignatureBody, desk: Manager) -> Response:
    """Sign for one's company exactly the content with this hash. The last signature brings it into force."""
    state = (await known(desk, agreement_id)).state
    command = SignAgreement(content_hash=body.content_hash, by=desk.by, at=desk.now())
    return await desk.post(AGREEMENT, agreement_id, command, answer=_as_it_is(state), status=201)


@router.post(
    "/refusals",
    status_code=201,
    operation_id="declineToSign",
    response_model=views.Written,
    responses=problems(UnknownAgreement, NotProposed),
)
async def decline(agreement_id: UUID, body: Reason, desk: Manager) -> Response:
    """Say why one's company does not sign; a signature it gave before stands no more."""
    state = (await known(desk, agreement_id)).state
    command = DeclineToSign(reason=body.reason, by=desk.by, at=desk.now())
    return await desk.post(AGREEMENT, agreement_id, command, answer=_as_it_is(state), status=201)


@router.post(
    "/withdrawals",
    status_code=201,
    operation_id="withdrawProposal",
    response_model=views.Written,
    responses=problems(UnknownAgreement, NothingOnTheTable, ProposedByAnother),
)
async def withdraw(agreement_id: UUID, body: Reason, desk: Manager) -> Response:
    """Take one's proposal from the table; its terms stay as a draft."""
    state = (await known(desk, agreement_id)).state
    command = WithdrawProposal(reason=body.reason, by=desk.by, at=desk.now())
    return await desk.post(AGREEMENT, agreement_id, command, answer=_as_it_is(state), status=201)


@router.post(
    "/boundary-approvals",
    status_code=201,
    operation_id="approveBoundaries",
    response_model=views.Written,
    responses=problems(UnknownAgreement, NothingOnTheTable, AnotherMap, OnlyAnExpert),
)
async def approve_boundaries(agreement_id: UUID, body: ApprovalBody, desk: Annotated[Desk, allowed("sme")]) -> Response:
    """Approve the map of competence with this hash, as one's company's subject-matter expert."""
    state = (await known(desk, agreement_id)).state
    command = ApproveBoundaries(boundaries_hash=body.boundaries_hash, by=desk.by, at=desk.now())
    return await desk.post(AGREEMENT, agreement_id, command, answer=_as_it_is(state), status=201)


@router.post(
    "/amendments",
    status_code=201,
    operation_id="amendAgreement",
    response_model=views.Written,
    responses=problems(
        UnknownAgreement, NotYetInForce, AmendmentOnTheTable, NotLater, UnsoundTerms, UnsoundDate, Incomplete
    ),
)
async def amend(agreement_id: UUID, body: TermsBody, desk: Manager) -> Response:
    """Propose a next version; the one in force stays so until all have signed and its date has come."""
    state = (await known(desk, agreement_id)).state
    command = DraftAmendment(effective_from=body.effective_from, terms=told(body.terms), by=desk.by, at=desk.now())
    answer = _written(state, _content(state, len(versions(state)) + 1, command))
    return await desk.post(AGREEMENT, agreement_id, command, answer=answer, status=201)


def _number(state: Known) -> int:
    return state.table.content.version if state.table is not None else len(versions(state))


def _content(state: Known, number: int, command: ChangeTerms | DraftAmendment) -> Content:
    return Content(version=number, parties=state.parties, effective_from=command.effective_from, terms=command.terms)


def _as_it_is(state: Known) -> dict[str, object]:
    """Return what the answer says of what is on the table, or else of the last version."""
    content = state.table.content if state.table is not None else versions(state)[-1].content
    return _written(state, content)


def _written(state: Known, content: Content) -> dict[str, object]:
    return {
        "agreement_id": state.agreement_id,
        "agreement_version": content.version,
        "content_hash": content_hash(content),
        "boundaries_hash": boundaries_hash(content.terms),
    }
