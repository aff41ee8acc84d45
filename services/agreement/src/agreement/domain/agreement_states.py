"""What an agreement can be, and which version of it holds at a moment."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from agreement.domain.agreement_facts import (
    AgreementDrafted,
    AgreementInForce,
    AgreementProposed,
    AgreementSigned,
    AmendmentDrafted,
    BoundariesApproved,
    Fact,
    ProposalWithdrawn,
    SignatureDeclined,
    TermsChanged,
)
from agreement.domain.boundaries import boundaries_hash
from agreement.domain.canonical import fingerprint
from agreement.domain.claim import Cited
from agreement.domain.terms import Terms, clause
from common.values import Person, replace, value


@value
class Content:
    """What is signed: the hash goes over this and nothing else."""

    version: int
    parties: tuple[str, ...]
    effective_from: datetime
    terms: Terms


@value
class Signature:
    """Who bound a company, and when."""

    by: Person
    at: datetime


@value
class Declined:
    """Who declined for a company, and why."""

    reason: str
    by: Person
    at: datetime


@value
class Approval:
    """Who approved which map of competence for a company."""

    boundaries_hash: str
    by: Person
    at: datetime


@value
class Draft:
    """Open to change, not to signing."""

    content: Content


@value
class Proposal:
    """Open to signing."""

    content: Content
    content_hash: str
    proposed_by: Person
    signatures: Mapping[str, Signature]
    declined: Mapping[str, Declined]


Held = TypeVar("Held", Signature, Declined)

OnTheTable = Draft | Proposal


@value
class Version:
    """A version that all have signed: ``since`` then it stands, from ``content.effective_from`` on it binds."""

    content: Content
    content_hash: str
    signatures: Mapping[str, Signature]
    since: datetime


@value
class NotDrafted:
    """Nobody has drafted it."""


@value
class Preparing:
    """On its way to its first version."""

    agreement_id: UUID
    title: str
    parties: tuple[str, ...]
    table: OnTheTable
    approvals: Mapping[str, Approval]


@value
class InForce:
    """One version or more bind the parties; another may be on the table."""

    agreement_id: UUID
    title: str
    parties: tuple[str, ...]
    versions: tuple[Version, ...]
    table: OnTheTable | None
    approvals: Mapping[str, Approval]


Agreement = NotDrafted | Preparing | InForce


def content_hash(content: Content) -> str:
    """Return the fingerprint that the parties sign."""
    return fingerprint(content)


def versions(state: Agreement) -> tuple[Version, ...]:
    """Return the versions that all have signed, the oldest first."""
    return state.versions if isinstance(state, InForce) else ()


def version(state: Agreement, number: int) -> Version | None:
    """Return the signed version *number*, if there is one."""
    return next((each for each in versions(state) if each.content.version == number), None)


def version_at(state: Agreement, moment: datetime) -> Version | None:
    """Return the version that is in force at *moment*: the last that has taken effect by then."""
    effective = [each for each in versions(state) if each.content.effective_from <= moment]
    return effective[-1] if effective else None


def cited(state: Agreement, clause_id: str, moment: datetime) -> Cited | None:
    """Return the clause that was in force under *clause_id* at *moment*, and in which version."""
    held = version_at(state, moment)
    found = clause(held.content.terms, clause_id) if held is not None else None
    return Cited(version=held.content.version, clause=found) if held is not None and found is not None else None


def is_complete(proposal: Proposal, approvals: Mapping[str, Approval]) -> bool:
    """Tell whether every party has signed and every party's expert has approved this very map."""
    hashed = boundaries_hash(proposal.content.terms)
    return all(
        party in proposal.signatures and party in approvals and approvals[party].boundaries_hash == hashed
        for party in proposal.content.parties
    )


def evolve(state: Agreement, fact: Fact) -> Agreement:
    """Return the agreement after *fact*; never refuses, for it has happened."""
    if isinstance(fact, AgreementDrafted):
        return _drafted(fact)
    if isinstance(state, NotDrafted):
        return state
    match fact:
        case TermsChanged() | AmendmentDrafted():
            return replace(state, table=Draft(content=_content(state, fact)))
        case BoundariesApproved(boundaries_hash=hashed, by=by, at=at):
            approval = Approval(boundaries_hash=hashed, by=by, at=at)
            return replace(state, approvals={**state.approvals, by.company: approval})
        case AgreementInForce():
            return _in_force(state, fact)
        case AgreementProposed() | AgreementSigned() | SignatureDeclined() | ProposalWithdrawn():
            return replace(state, table=_table(state.table, fact))


def _drafted(fact: AgreementDrafted) -> Preparing:
    content = Content(version=1, parties=fact.parties, effective_from=fact.effective_from, terms=fact.terms)
    return Preparing(
        agreement_id=fact.agreement_id,
        title=fact.title,
        parties=fact.parties,
        table=Draft(content=content),
        approvals={},
    )


def _content(state: Preparing | InForce, fact: TermsChanged | AmendmentDrafted) -> Content:
    return Content(version=fact.version, parties=state.parties, effective_from=fact.effective_from, terms=fact.terms)


def _table(
    table: OnTheTable | None, fact: AgreementProposed | AgreementSigned | SignatureDeclined | ProposalWithdrawn
) -> OnTheTable | None:
    match table, fact:
        case ((Draft(content=content) | Proposal(content=content)), AgreementProposed(content_hash=hashed, by=by)):
            return Proposal(content=content, content_hash=hashed, proposed_by=by, signatures={}, declined={})
        case Proposal(), AgreementSigned(by=by, at=at):
            signatures = {**table.signatures, by.company: Signature(by=by, at=at)}
            return replace(table, signatures=signatures, declined=_without(table.declined, by.company))
        case Proposal(), SignatureDeclined(reason=reason, by=by, at=at):
            declined = {**table.declined, by.company: Declined(reason=reason, by=by, at=at)}
            return replace(table, declined=declined, signatures=_without(table.signatures, by.company))
        case Proposal(content=content), ProposalWithdrawn():
            return Draft(content=content)
        case _:
            return table


def _without(held: Mapping[str, Held], company: str) -> Mapping[str, Held]:
    return {key: kept for key, kept in held.items() if key != company}


def _in_force(state: Preparing | InForce, fact: AgreementInForce) -> InForce:
    content = Content(version=fact.version, parties=fact.parties, effective_from=fact.effective_from, terms=fact.terms)
    signatures = state.table.signatures if isinstance(state.table, Proposal) else {}
    signed = Version(content=content, content_hash=fact.content_hash, signatures=signatures, since=fact.at)
    return InForce(
        agreement_id=state.agreement_id,
        title=state.title,
        parties=fact.parties,
        versions=(*versions(state), signed),
        table=None,
        approvals=state.approvals,
    )
