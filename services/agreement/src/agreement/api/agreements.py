"""Agreements: drafted by one of their parties, read by all of them, as they are and as they were."""

from typing import Annotated, Literal
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field
from starlette.responses import Response

from agreement.api import views
from agreement.api.inputs import MOST_PARTIES, Company, Moment, Name
from agreement.api.reading import Reader, known, shown, standing, whole, with_terms
from agreement.api.terms import EXAMPLE, Terms, told
from agreement.domain.agreement_commands import DraftAgreement
from agreement.domain.agreement_refusals import (
    AlreadyDrafted,
    UnknownAgreement,
    UnknownVersion,
    UnsoundDate,
    UnsoundParties,
)
from agreement.domain.agreement_states import version, version_at, versions
from agreement.domain.canonical import canonical
from agreement.domain.company import PartyNotRegistered, Unregistered
from agreement.domain.soundness import UnsoundTerms
from agreement.history import AGREEMENT, COMPANY, by_reference
from agreement.projections.agreements import agreements
from agreement.projections.memberships import memberships
from common.web.bodies import Body
from common.web.desk import Desk, allowed
from common.web.paging import Page, given, sorting
from common.web.problems import problems

router = APIRouter(prefix="/v1/agreements", tags=["agreements"])

Order = Literal["drafted_at", "-drafted_at", "changed_at", "-changed_at", "title", "-title"]
AsOf = Annotated[Moment | None, Query(description="Answer as the facts stood recorded at this moment.")]


class Drafting(Body):
    """A first draft."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "Fibre in the north",
                    "parties": ["telco-a", "net-b"],
                    "effective_from": "2026-03-01T00:00:00+01:00",
                    "terms": EXAMPLE,
                }
            ]
        }
    )

    reference: Annotated[
        UUID | None,
        Field(description="A UUID that your company makes up for it: with your company it makes the agreement's id."),
    ] = None
    title: Name
    """What the agreement is called."""
    parties: Annotated[tuple[Company, ...], Field(min_length=2, max_length=MOST_PARTIES)]
    """Slugs of the companies, yours among them; all are registered."""
    effective_from: Moment
    """From when it is to bind: RFC 3339 with offset."""
    terms: Terms
    """All that the parties are to sign."""


@router.post(
    "",
    status_code=201,
    operation_id="draftAgreement",
    response_model=views.Written,
    responses=problems(AlreadyDrafted, UnsoundParties, UnsoundDate, UnsoundTerms, PartyNotRegistered),
)
async def draft(body: Drafting, desk: Annotated[Desk, allowed("manager", "sme")]) -> Response:
    """Put a first draft before its parties. Drafting the same again under the same reference changes nothing.

    Its parties are registered first (``registerCompany``). Then an expert of each approves the map
    (``approveBoundaries``), a manager proposes it (``proposeAgreement``), and a manager of each signs
    (``signAgreement``). The other services know an agreement from when all of that is done.
    """
    for party in body.parties:
        if isinstance((await desk.look(COMPANY, party)).state, Unregistered):
            raise PartyNotRegistered(f"{party} is not registered.", company=party)
    command = DraftAgreement(
        agreement_id=by_reference(body.reference, desk.caller.company) if body.reference else desk.new_id(),
        title=body.title,
        parties=body.parties,
        effective_from=body.effective_from,
        terms=told(body.terms),
        by=desk.by,
        at=desk.now(),
    )
    return await desk.post(AGREEMENT, command.agreement_id, command, answer=lambda left: standing(left, desk.now()))


@router.get("", operation_id="listAgreements", response_model=Page[views.Listed])
async def list_agreements(
    desk: Reader,
    drafted_by: Annotated[Company | None, Query()] = None,
    *,
    signed: Annotated[bool | None, Query(description="Whether a version has been signed by all.")] = None,
    sort: Annotated[Order, Query(description="`-` before a column reverses.")] = "drafted_at",
) -> Response:
    """Return the agreements that the caller's company is party to."""
    mine = sa.select(memberships.c.agreement_id).where(memberships.c.company == desk.caller.company)
    found = given(
        sa.select(agreements).where(agreements.c.agreement_id.in_(mine)), (agreements.c.drafted_by, drafted_by)
    )
    if signed is not None:
        some = agreements.c.in_force_version.is_not(None)
        found = found.where(some if signed else ~some)
    return await desk.page(found, *sorting(agreements, sort, "agreement_id"))


@router.get(
    "/{agreement_id}",
    operation_id="getAgreement",
    response_model=views.Agreement,
    responses=problems(UnknownAgreement),
)
async def get_agreement(agreement_id: UUID, desk: Reader, as_of: AsOf = None) -> Response:
    """Return the agreement: what binds, what is on the table, who has signed and approved."""
    folded = await known(desk, agreement_id, as_of)
    return shown(whole(folded.state, as_of or desk.now()), folded.version)


@router.get(
    "/{agreement_id}/versions",
    operation_id="listAgreementVersions",
    response_model=dict[str, list[views.VersionWithTerms]],
    responses=problems(UnknownAgreement),
)
async def list_versions(agreement_id: UUID, desk: Reader, as_of: AsOf = None) -> Response:
    """Return every version that all parties have signed, the oldest first."""
    folded = await known(desk, agreement_id, as_of)
    now = as_of or desk.now()
    return shown({"items": [with_terms(each, now, folded.state) for each in versions(folded.state)]}, folded.version)


@router.get(
    "/{agreement_id}/versions/{number}",
    operation_id="getAgreementVersion",
    response_model=views.VersionWithTerms,
    responses=problems(UnknownAgreement, UnknownVersion),
)
async def get_version(agreement_id: UUID, number: int, desk: Reader) -> Response:
    """Return one version that all parties have signed."""
    folded = await known(desk, agreement_id)
    found = version(folded.state, number)
    if found is None:
        raise UnknownVersion
    return shown(with_terms(found, desk.now(), folded.state), folded.version)


@router.get(
    "/{agreement_id}/versions/{number}/content",
    operation_id="getAgreementContent",
    responses={200: {"description": "The exact bytes that the content hash is SHA-256 of.", "model": views.Content}}
    | problems(UnknownAgreement, UnknownVersion),
)
async def get_content(agreement_id: UUID, number: int, desk: Reader) -> Response:
    """Return exactly what is signed, signed or still on the table: its SHA-256 is the content hash."""
    state = (await known(desk, agreement_id)).state
    found = version(state, number)
    content = found.content if found else state.table.content if state.table else None
    if content is None or content.version != number:
        raise UnknownVersion
    return Response(canonical(content), media_type="application/json")


@router.get(
    "/{agreement_id}/in-force",
    operation_id="getAgreementInForce",
    response_model=views.VersionWithTerms,
    responses=problems(UnknownAgreement, UnknownVersion),
)
async def get_in_force(
    agreement_id: UUID,
    desk: Reader,
    at: Annotated[Moment | None, Query(description="In force at this moment; now by default.")] = None,
    as_of: AsOf = None,
) -> Response:
    """Return the version that is in force at a moment, as it was known at another."""
    folded = await known(desk, agreement_id, as_of)
    moment = at or as_of or desk.now()
    found = version_at(folded.state, moment)
    if found is None:
        raise UnknownVersion("No version was in force then.")
    return shown(with_terms(found, moment, folded.state), folded.version)
