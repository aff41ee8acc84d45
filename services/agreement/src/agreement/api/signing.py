"""From a draft to a version in force: changed, proposed, signed or declined, withdrawn, amended."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import ConfigDict
from starlette.responses import Response

from agreement.api import views
from agreement.api.inputs import Hash, Moment, Text
from agreement.api.reading import Known, known, standing
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
from agreement.domain.agreement_facts import PartyName
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
from agreement.domain.agreement_states import Proposal
from agreement.domain.company import Registered
from agreement.domain.soundness import UnsoundTerms
from agreement.history import AGREEMENT, COMPANY
from common.refusals import StaleVersion, VersionRequired
from common.web.bodies import Body
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
    """From when they are to bind: RFC 3339 with offset, later than the version in force."""
    terms: Terms
    """The whole of them; what is left out is no longer in them."""


class SignatureBody(Body):
    """The hash of the content that is signed, as the agreement shows it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"content_hash": "e3b0c44298fc1c14" * 4}]})

    content_hash: Hash
    """`content_hash` of what is on the table: SHA-256, 64 hexadecimal digits."""


class ApprovalBody(Body):
    """The hash of the map that is approved, as the agreement shows it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"boundaries_hash": "9f86d081884c7d65" * 4}]})

    boundaries_hash: Hash
    """`boundaries_hash` of what is on the table: SHA-256, 64 hexadecimal digits."""


class Reason(Body):
    """Why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "The resolution target cannot be kept in the north"}]}
    )

    reason: Text
    """Why, in words; all parties read it."""


@router.put(
    "/terms",
    operation_id="changeTerms",
    response_model=views.Changed,
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
    """Change what is on the table. Whoever has signed must sign again: the content hash is another.

    ``signatures_void`` says how many signatures were given to what is no longer on the table. The experts' approvals
    stand if the map of competence is the same (``boundaries_hash``).
    """
    state = (await known(desk, agreement_id)).state
    command = ChangeTerms(effective_from=body.effective_from, terms=told(body.terms), by=desk.by, at=desk.now())
    void = _void(state, command)
    return await desk.change(
        AGREEMENT, agreement_id, command, answer=lambda left: {**standing(left, desk.now()), "signatures_void": void}
    )


@router.post(
    "/proposal",
    operation_id="proposeAgreement",
    response_model=views.Written,
    responses=problems(UnknownAgreement, NothingOnTheTable, Incomplete),
)
async def propose(agreement_id: UUID, desk: Manager) -> Response:
    """Freeze what is on the table, so that it can be signed under its content hash."""
    await known(desk, agreement_id)
    command = ProposeAgreement(by=desk.by, at=desk.now())
    return await desk.post(AGREEMENT, agreement_id, command, answer=_as_it_stands(desk))


@router.post(
    "/signatures",
    status_code=201,
    operation_id="signAgreement",
    response_model=views.Written,
    responses=problems(UnknownAgreement, NotProposed, AnotherContent),
)
async def sign(agreement_id: UUID, body: SignatureBody, desk: Manager) -> Response:
    """Sign for one's company exactly the content with this hash.

    All parties' signatures and the approval of the map by an expert of each are needed: whichever comes last settles
    the version, and it binds from ``effective_from`` on. The answer tells whether it does (``in_force``) and who is
    still to sign (``signatures_missing``) or to approve (``approvals_missing``).
    """
    names = await _party_names(desk, (await known(desk, agreement_id)).state)
    command = SignAgreement(content_hash=body.content_hash, by=desk.by, at=desk.now(), party_names=names)
    return await desk.post(AGREEMENT, agreement_id, command, answer=_as_it_stands(desk), status=201)


@router.post(
    "/refusals",
    status_code=201,
    operation_id="declineToSign",
    response_model=views.Written,
    responses=problems(UnknownAgreement, NotProposed),
)
async def decline(agreement_id: UUID, body: Reason, desk: Manager) -> Response:
    """Say why one's company does not sign; a signature it gave before stands no more."""
    await known(desk, agreement_id)
    command = DeclineToSign(reason=body.reason, by=desk.by, at=desk.now())
    return await desk.post(AGREEMENT, agreement_id, command, answer=_as_it_stands(desk), status=201)


@router.post(
    "/withdrawals",
    status_code=201,
    operation_id="withdrawProposal",
    response_model=views.Written,
    responses=problems(UnknownAgreement, NothingOnTheTable, ProposedByAnother),
)
async def withdraw(agreement_id: UUID, body: Reason, desk: Manager) -> Response:
    """Take one's proposal from the table; its terms stay as a draft."""
    await known(desk, agreement_id)
    command = WithdrawProposal(reason=body.reason, by=desk.by, at=desk.now())
    return await desk.post(AGREEMENT, agreement_id, command, answer=_as_it_stands(desk), status=201)


@router.post(
    "/boundary-approvals",
    status_code=201,
    operation_id="approveBoundaries",
    response_model=views.Written,
    responses=problems(UnknownAgreement, NothingOnTheTable, AnotherMap, OnlyAnExpert),
)
async def approve_boundaries(agreement_id: UUID, body: ApprovalBody, desk: Annotated[Desk, allowed("sme")]) -> Response:
    """Approve the map of competence with this hash, as one's company's subject-matter expert.

    Approvals may come before the signatures or after them; see ``signAgreement`` for what brings a version into force.
    """
    names = await _party_names(desk, (await known(desk, agreement_id)).state)
    command = ApproveBoundaries(boundaries_hash=body.boundaries_hash, by=desk.by, at=desk.now(), party_names=names)
    return await desk.post(AGREEMENT, agreement_id, command, answer=_as_it_stands(desk), status=201)


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
    """Propose a next version; the one in force stays so until all have signed and approved and its date has come."""
    await known(desk, agreement_id)
    command = DraftAmendment(effective_from=body.effective_from, terms=told(body.terms), by=desk.by, at=desk.now())
    return await desk.post(AGREEMENT, agreement_id, command, answer=_as_it_stands(desk), status=201)


async def _party_names(desk: Desk, state: Known) -> tuple[PartyName, ...]:
    """Return what the parties are called now."""
    found = await asyncio.gather(*(desk.look(COMPANY, party) for party in state.parties))  # one query for all
    states = (one.state for one in found)
    return tuple(PartyName(company=one.company, name=one.name) for one in states if isinstance(one, Registered))


def _void(state: Known, command: ChangeTerms) -> int:
    """Return how many signatures *command* makes void."""
    if not isinstance(state.table, Proposal):
        return 0
    before = state.table.content
    same = (before.terms, before.effective_from) == (command.terms, command.effective_from)
    return 0 if same else len(state.table.signatures)


def _as_it_stands(desk: Desk) -> Callable[[Known], Mapping[str, object]]:
    return lambda left: standing(left, desk.now())
