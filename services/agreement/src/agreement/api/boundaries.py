"""The map of competence: where it has gaps and overlaps, and who is accountable for what."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from agreement.api import views
from agreement.api.inputs import Code, Moment
from agreement.api.reading import Known, Reader, approvals, known, shown
from agreement.domain.agreement_refusals import UnknownAgreement, UnknownVersion
from agreement.domain.agreement_states import Content, version, version_at, versions
from agreement.domain.boundaries import Cell, accountable, boundaries_hash, survey
from common.web.problems import problems

router = APIRouter(prefix="/v1/agreements/{agreement_id}/boundaries", tags=["boundaries"])

MOST_LISTED = 1000


@router.get(
    "/report",
    operation_id="reportBoundaries",
    response_model=views.BoundaryReport,
    responses=problems(UnknownAgreement, UnknownVersion),
)
async def report(
    agreement_id: UUID,
    desk: Reader,
    number: Annotated[
        int | None,
        Query(alias="version", description="By default what is on the table, or else the last version signed."),
    ] = None,
) -> Response:
    """Return the gaps and overlaps of the map over every service, activity and region, and who has approved it."""
    state = (await known(desk, agreement_id)).state
    content = _content(state, number)
    found = await asyncio.to_thread(survey, content.terms)  # a large map takes a while
    hashed = boundaries_hash(content.terms)
    current = [each for each in approvals(state) if each["boundaries_hash"] == hashed]
    approved = {each["company"] for each in current}
    return shown(
        {
            "agreement_version": content.version,
            "boundaries_hash": hashed,
            "cells": found.cells,
            "gaps_total": len(found.gaps),
            "gaps": found.gaps[:MOST_LISTED],
            "overlaps_total": len(found.overlaps),
            "overlaps": found.overlaps[:MOST_LISTED],
            "approvals": current,
            "approvals_missing": [company for company in state.parties if company not in approved],
        }
    )


@router.get(
    "/accountable",
    operation_id="findAccountable",
    response_model=views.Accountable,
    responses=problems(UnknownAgreement, UnknownVersion),
)
async def find_accountable(
    agreement_id: UUID,
    service: Code,
    activity: Code,
    region: Code,
    desk: Reader,
    at: Annotated[Moment | None, Query(description="By the version in force at this moment; now by default.")] = None,
) -> Response:
    """Return the one company that is accountable, by the most precise line of the map."""
    state = (await known(desk, agreement_id)).state
    binding = version_at(state, at or desk.now())
    if binding is None:
        raise UnknownVersion("No version was in force then.")
    found = accountable(binding.content.terms, Cell(service=service, activity=activity, region=region))
    return shown(
        {
            "agreement_version": binding.content.version,
            "accountable": found.accountable if found else None,
            "clause_id": found.clause_id if found else None,
        }
    )


def _content(state: Known, number: int | None) -> Content:
    if state.table is not None and number in (None, state.table.content.version):
        return state.table.content
    found = version(state, number if number is not None else len(versions(state)))
    if found is None:
        raise UnknownVersion
    return found.content
