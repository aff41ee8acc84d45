"""Who may read, and how an agreement is shown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from starlette.responses import Response

from agreement.domain.agreement_refusals import UnknownAgreement
from agreement.domain.agreement_states import (
    Content,
    Draft,
    InForce,
    NotDrafted,
    OnTheTable,
    Preparing,
    Proposal,
    Version,
    content_hash,
    version_at,
    versions,
)
from agreement.domain.boundaries import boundaries_hash
from agreement.domain.canonical import canonical
from agreement.history import AGREEMENT
from common.handling.types import Folded
from common.web.desk import Desk, allowed

READERS = (
    "manager",
    "committee-member",
    "sme",
    "team-lead",
    "touchpoint-agent",
    "solver",
    "integrator",
    "auditor",
    "operator",
)

Reader = Annotated[Desk, allowed(*READERS, service_may=True)]
"""Whoever works for a party may read, and so may its systems."""

Known = Preparing | InForce


async def known(desk: Desk, agreement_id: UUID, as_of: datetime | None = None) -> Folded[Known]:
    """Return the agreement as it stands, or as it was recorded. Raises ``NotFound`` unless the caller is of a party."""
    await desk.party(agreement_id)
    look = desk.look(AGREEMENT, agreement_id) if as_of is None else desk.as_of(AGREEMENT, agreement_id, as_of)
    folded = await look
    if isinstance(folded.state, NotDrafted):
        raise UnknownAgreement
    return folded


def shown(what: object, version: int | None = None) -> Response:
    """Return *what* as an answer; *version* is the one to change it upon."""
    headers = {} if version is None else {"ETag": f'"{version}"'}
    return Response(canonical(what), media_type="application/json", headers=headers)


def whole(state: Known, now: datetime) -> Mapping[str, object]:
    """Return the agreement as its parties see it."""
    binding = version_at(state, now)
    return {
        "agreement_id": state.agreement_id,
        "title": state.title,
        "parties": state.parties,
        "in_force": None if binding is None else binding.content.version,
        "versions": [signed(each, now, state) for each in versions(state)],
        "on_the_table": None if state.table is None else on_the_table(state, state.table),
        "boundary_approvals": approvals(state),
    }


def signed(version: Version, now: datetime, state: Known) -> Mapping[str, object]:
    """Return a version that all have signed, without its terms."""
    return {
        "agreement_version": version.content.version,
        "content_hash": version.content_hash,
        "boundaries_hash": boundaries_hash(version.content.terms),
        "effective_from": version.content.effective_from,
        "since": version.since,
        "in_force": version_at(state, now) == version,
        "signatures": [
            {"company": company, "person": each.by.person, "at": each.at}
            for company, each in sorted(version.signatures.items())
        ],
    }


def with_terms(version: Version, now: datetime, state: Known) -> Mapping[str, object]:
    """Return a version that all have signed, with its terms."""
    return {**signed(version, now, state), "parties": version.content.parties, "terms": version.content.terms}


def on_the_table(state: Known, table: OnTheTable) -> Mapping[str, object]:
    """Return what is being drafted or signed, and who is still to sign and to approve."""
    hashed = boundaries_hash(table.content.terms)
    approved = {company for company, each in state.approvals.items() if each.boundaries_hash == hashed}
    return {
        **_content(table.content),
        **(_proposal(table) if isinstance(table, Proposal) else _draft(table)),
        "boundaries_hash": hashed,
        "approvals_missing": [company for company in state.parties if company not in approved],
    }


def _content(content: Content) -> Mapping[str, object]:
    return {
        "agreement_version": content.version,
        "content_hash": content_hash(content),
        "effective_from": content.effective_from,
        "terms": content.terms,
    }


def _draft(table: Draft) -> Mapping[str, object]:
    return {
        "proposed": False,
        "proposed_by": None,
        "signatures": [],
        "declined": [],
        "signatures_missing": table.content.parties,
    }


def _proposal(table: Proposal) -> Mapping[str, object]:
    return {
        "proposed": True,
        "proposed_by": table.proposed_by.company,
        "signatures": [
            {"company": company, "person": each.by.person, "at": each.at}
            for company, each in sorted(table.signatures.items())
        ],
        "declined": [
            {"company": company, "person": each.by.person, "reason": each.reason, "at": each.at}
            for company, each in sorted(table.declined.items())
        ],
        "signatures_missing": [company for company in table.content.parties if company not in table.signatures],
    }


def standing(state: Known, now: datetime) -> Mapping[str, object]:
    """Return what is on the table, or else the last version: whether it binds, and for whom it waits."""
    table = state.table
    content = versions(state)[-1].content if table is None else table.content
    binding = version_at(state, now)
    shown = {} if table is None else on_the_table(state, table)
    return {
        "agreement_id": state.agreement_id,
        "agreement_version": content.version,
        "content_hash": content_hash(content),
        "boundaries_hash": boundaries_hash(content.terms),
        "effective_from": content.effective_from,
        "in_force": binding is not None and binding.content.version == content.version,
        "signatures_missing": shown.get("signatures_missing", ()),
        "approvals_missing": shown.get("approvals_missing", ()),
    }


def approvals(state: Known) -> list[Mapping[str, object]]:
    """Return which map each company's expert approved last."""
    return [
        {"company": company, "person": each.by.person, "boundaries_hash": each.boundaries_hash, "at": each.at}
        for company, each in sorted(state.approvals.items())
    ]
