"""Claims, each on a clause that was in force; and proposals for what the agreement does not say."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field
from starlette.responses import Response

from agreement.api import views
from agreement.api.inputs import Code, Company, Moment, Name, Text
from agreement.api.reading import Reader, known
from agreement.domain.agreement_refusals import UnknownAgreement
from agreement.domain.agreement_states import cited
from agreement.domain.claim import (
    AgainstOneself,
    AlreadyFiled,
    FileClaim,
    NotBoundByTheClause,
    NotHappenedYet,
    NotInTheAgreement,
    ProposeImprovement,
    UnknownCase,
    UnknownClaim,
)
from agreement.domain.measure import Unmeasured
from agreement.history import CLAIM, MEASURE, filed_by_reference
from agreement.projections.claims import claims
from agreement.projections.improvement_proposals import improvement_proposals
from common.web.bodies import Body
from common.web.desk import Desk, allowed
from common.web.paging import Page, given
from common.web.problems import MEDIA_TYPE, problem_of, problems

router = APIRouter(prefix="/v1", tags=["claims"])


Reference = Annotated[
    UUID | None,
    Field(description="Your company's own name for it: it makes the id, with your company and the agreement."),
]


class Claiming(Body):
    """What is claimed of whom, by which clause, and when it happened."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "clause_id": "p-1",
                    "against": "net-b",
                    "event_at": "2026-03-10T10:00:00+01:00",
                    "description": "The line was down for three days",
                }
            ]
        }
    )

    reference: Reference = None
    clause_id: Code
    """The clause that was broken, in the version that was in force at `event_at`."""
    against: Company
    """Slug of the party that is bound by the clause."""
    event_at: Moment
    """When it happened: RFC 3339 with offset, not in the future."""
    case_id: UUID | None = None
    """A case of this agreement that it happened in."""
    description: Text
    """What happened, in words; all parties read it."""


class Proposing(Body):
    """What the agreement should say."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"title": "Week-ends", "description": "Answer on Saturdays too"}]}
    )

    reference: Reference = None
    title: Name
    """In a few words."""
    description: Text
    """What should be agreed, and why; all parties read it."""


@router.post(
    "/agreements/{agreement_id}/claims",
    status_code=201,
    operation_id="fileClaim",
    response_model=views.ClaimWritten,
    responses=problems(
        UnknownAgreement,
        UnknownCase,
        NotInTheAgreement,
        NotBoundByTheClause,
        AgainstOneself,
        NotHappenedYet,
        AlreadyFiled,
    ),
)
async def file_claim(
    agreement_id: UUID, body: Claiming, desk: Annotated[Desk, allowed("manager", "committee-member")]
) -> Response:
    """Claim that a company broke a clause in force when it happened.

    When no such clause was in force the claim is refused, and what was observed is filed as an improvement proposal,
    whose id the problem names.
    """
    state = (await known(desk, agreement_id)).state
    await _of_the_agreement(desk, agreement_id, body.case_id)
    claim_id = _named(desk, agreement_id, body.reference)
    clause = cited(state, body.clause_id, body.event_at)
    command = FileClaim(
        claim_id=claim_id,
        agreement_id=agreement_id,
        parties=state.parties,
        against=body.against,
        clause_id=body.clause_id,
        cited=clause,
        event_at=body.event_at,
        case_id=body.case_id,
        description=body.description,
        by=desk.by,
        at=desk.now(),
    )
    if clause is not None:
        answer = {"claim_id": claim_id, "agreement_version": clause.version, "clause_id": body.clause_id}
        return await _answered(desk, claim_id, command, answer, 201)
    return await _answered(desk, claim_id, command, _unforeseen(claim_id, body), 422)


async def _of_the_agreement(desk: Desk, agreement_id: UUID, case_id: UUID | None) -> None:
    """Hold only if the case, where one is named, is of the agreement: what is claimed stands on its timeline."""
    if case_id is None:
        return
    case = (await desk.look(MEASURE, case_id)).state
    if isinstance(case, Unmeasured) or case.agreement_id != agreement_id:
        raise UnknownCase


def _named(desk: Desk, agreement_id: UUID, reference: UUID | None) -> UUID:
    return desk.new_id() if reference is None else filed_by_reference(agreement_id, reference, desk.caller.company)


def _unforeseen(claim_id: UUID, body: Claiming) -> Mapping[str, object]:
    return problem_of(
        NotInTheAgreement(
            f"No clause {body.clause_id} was in force at {body.event_at.isoformat()}.",
            proposal_id=claim_id,
            clause_id=body.clause_id,
        )
    )


async def _answered(
    desk: Desk, claim_id: UUID, command: FileClaim, answer: Mapping[str, object], status: int
) -> Response:
    response = await desk.post(CLAIM, claim_id, command, answer=answer, status=status)
    if response.status_code == 422:  # also when it is the first answer, given again
        response.headers["Content-Type"] = MEDIA_TYPE
    return response


@router.get(
    "/agreements/{agreement_id}/claims",
    operation_id="listClaims",
    response_model=Page[views.Claim],
    responses=problems(UnknownAgreement),
)
async def list_claims(
    agreement_id: UUID,
    desk: Reader,
    against: Annotated[Company | None, Query()] = None,
    claimed_by: Annotated[Company | None, Query()] = None,
    case_id: Annotated[UUID | None, Query()] = None,
) -> Response:
    """Return what has been claimed under the agreement, the oldest first."""
    await known(desk, agreement_id)
    found = given(
        sa.select(claims).where(claims.c.agreement_id == agreement_id),
        (claims.c.against, against),
        (claims.c.claimed_by, claimed_by),
        (claims.c.case_id, case_id),
    )
    return await desk.page(found, claims.c.filed_at, claims.c.claim_id)


@router.get("/claims/{claim_id}", operation_id="getClaim", response_model=views.Claim, responses=problems(UnknownClaim))
async def get_claim(claim_id: UUID, desk: Reader) -> Mapping[str, Any]:
    """Return one claim."""
    return await _mine(desk, sa.select(claims).where(claims.c.claim_id == claim_id))


@router.post(
    "/agreements/{agreement_id}/improvement-proposals",
    status_code=201,
    operation_id="proposeImprovement",
    response_model=views.ProposalWritten,
    responses=problems(UnknownAgreement, AlreadyFiled),
)
async def propose_improvement(
    agreement_id: UUID,
    body: Proposing,
    desk: Annotated[
        Desk,
        allowed(
            "manager",
            "committee-member",
            "sme",
            "team-lead",
            "touchpoint-agent",
            "solver",
            "integrator",
            service_may=True,
        ),
    ],
) -> Response:
    """Say what the agreement should say."""
    await known(desk, agreement_id)
    proposal_id = _named(desk, agreement_id, body.reference)
    command = ProposeImprovement(
        proposal_id=proposal_id,
        agreement_id=agreement_id,
        title=body.title,
        description=body.description,
        by=desk.by,
        at=desk.now(),
    )
    return await desk.post(CLAIM, proposal_id, command, answer={"proposal_id": proposal_id})


@router.get(
    "/agreements/{agreement_id}/improvement-proposals",
    operation_id="listImprovementProposals",
    response_model=Page[views.Proposal],
    responses=problems(UnknownAgreement),
)
async def list_proposals(
    agreement_id: UUID,
    desk: Reader,
    proposed_by: Annotated[Company | None, Query()] = None,
    *,
    claimed: Annotated[bool | None, Query(description="Whether it was refused as a claim.")] = None,
) -> Response:
    """Return what has been proposed under the agreement, refused claims among it, the oldest first."""
    await known(desk, agreement_id)
    table = improvement_proposals
    found = given(sa.select(table).where(table.c.agreement_id == agreement_id), (table.c.proposed_by, proposed_by))
    if claimed is not None:
        refused = table.c.claimed_clause_id.is_not(None)
        found = found.where(refused if claimed else ~refused)
    return await desk.page(found, table.c.filed_at, table.c.proposal_id)


@router.get(
    "/improvement-proposals/{proposal_id}",
    operation_id="getImprovementProposal",
    response_model=views.Proposal,
    responses=problems(UnknownClaim),
)
async def get_proposal(proposal_id: UUID, desk: Reader) -> Mapping[str, Any]:
    """Return one proposal."""
    table = improvement_proposals
    return await _mine(desk, sa.select(table).where(table.c.proposal_id == proposal_id))


async def _mine(desk: Desk, select: sa.Select[Any]) -> Mapping[str, Any]:
    row = await desk.row(select)
    await desk.party(row["agreement_id"])
    return dict(row)
