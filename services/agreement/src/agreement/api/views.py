"""What is answered, for the documentation: the shapes that ``reading`` and the lists give."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from agreement.api.terms import Terms
from common.web.bodies import Shown


class Signature(BaseModel):
    """Who signed for a company."""

    company: str
    person: str
    at: datetime


class Declined(Signature):
    """Who declined for a company, and why."""

    reason: str


class Approval(Signature):
    """Which map a company's expert approved last."""

    boundaries_hash: str


class SignedVersion(Shown):
    """A version that all parties have signed; ``in_force``: it binds at the moment of asking."""

    agreement_version: int
    """Which version: 1 for the first, one more for each amendment."""
    content_hash: str
    """SHA-256 of version, parties, date of effect and terms as canonical JSON; this is what is signed."""
    boundaries_hash: str
    """SHA-256 of the map of competence; this is what experts approve."""
    effective_from: datetime
    """From when it binds."""
    since: datetime
    """When the last signature or approval was given."""
    in_force: bool
    """Whether it binds at the moment of asking."""
    signatures: list[Signature]


class VersionWithTerms(SignedVersion):
    """A version that all parties have signed, and what they signed."""

    parties: list[str]
    terms: Terms


class OnTheTable(Shown):
    """What is being drafted or, when ``proposed``, signed."""

    agreement_version: int
    """Which version: 1 for the first, one more for each amendment."""
    proposed: bool
    """Whether it can be signed; else it is a draft."""
    proposed_by: str | None
    """Slug of the company that proposed it; null while it is a draft."""
    content_hash: str
    """SHA-256 of version, parties, date of effect and terms as canonical JSON; this is what is signed."""
    boundaries_hash: str
    """SHA-256 of the map of competence; this is what experts approve."""
    effective_from: datetime
    """From when it is to bind."""
    terms: Terms
    signatures: list[Signature]
    declined: list[Declined]
    signatures_missing: list[str]
    """Slugs of the parties that have not signed it."""
    approvals_missing: list[str]
    """Slugs of the parties whose expert has not approved this map."""


class Agreement(Shown):
    """An agreement as its parties see it; ``in_force`` is the version that binds at the moment of asking."""

    agreement_id: UUID
    title: str
    parties: list[str]
    """Slugs of the companies."""
    in_force: int | None
    """Number of the version that binds at the moment of asking; null while none does."""
    versions: list[SignedVersion]
    """All that were signed by all, the oldest first."""
    on_the_table: OnTheTable | None
    """What is being drafted or signed; null where nothing is."""
    boundary_approvals: list[Approval]


class Listed(BaseModel):
    """An agreement in a list."""

    agreement_id: UUID
    title: str
    parties: list[str]
    drafted_by: str
    drafted_at: datetime
    in_force_version: int | None
    effective_from: datetime | None
    in_force_since: datetime | None
    proposed_version: int | None
    proposed_hash: str | None
    signed_by: list[str]
    changed_at: datetime


class Written(Shown):
    """The agreement after a change; ``version`` is the one to change it upon next (its ETag).

    ``in_force``: what is named here binds now. Until then ``signatures_missing`` and ``approvals_missing`` name the
    companies whose signature, or whose expert's approval of the map, is waited for; when both are empty it is signed
    and binds from ``effective_from`` on.
    """

    agreement_id: UUID
    agreement_version: int
    """Which version: 1 for the first, one more for each amendment."""
    content_hash: str
    """SHA-256 of version, parties, date of effect and terms as canonical JSON; this is what is signed."""
    boundaries_hash: str
    """SHA-256 of the map of competence; this is what experts approve."""
    effective_from: datetime
    """From when it binds, or is to bind."""
    in_force: bool
    """Whether what is named here binds now."""
    signatures_missing: list[str]
    """Slugs of the parties that have not signed it."""
    approvals_missing: list[str]
    """Slugs of the parties whose expert has not approved this map."""
    version: int
    """What to give as `If-Match` with the next change; the answer's ETag."""


class Changed(Written):
    """The agreement after its terms were changed; ``signatures_void``: how many signatures stand no more."""

    signatures_void: int


class Content(BaseModel):
    """What is signed, as canonical JSON: keys sorted, no white space, durations in seconds, instants in UTC."""

    version: int
    parties: list[str]
    effective_from: datetime
    terms: Terms


class CompanyNamed(BaseModel):
    """Which company it was, and the version of what is known of it."""

    company: str
    version: int


class Cell(BaseModel):
    """A service, an activity and a region."""

    service: str
    activity: str
    region: str


class Overlap(BaseModel):
    """A cell that several companies are accountable for, and the clauses that say so."""

    cell: Cell
    companies: list[str]
    clauses: list[str]


class BoundaryReport(BaseModel):
    """How far the map of competence is settled and approved. At most 1,000 gaps and overlaps are listed."""

    agreement_version: int
    boundaries_hash: str
    cells: int
    gaps_total: int
    gaps: list[Cell]
    overlaps_total: int
    overlaps: list[Overlap]
    approvals: list[Approval]
    approvals_missing: list[str]


class Accountable(BaseModel):
    """Who is accountable for a cell, and by which clause; neither in a gap or an overlap."""

    agreement_version: int
    accountable: str | None
    clause_id: str | None


class Claim(BaseModel):
    """A claim, the clause and the version it rests on."""

    claim_id: UUID
    agreement_id: UUID
    agreement_version: int
    clause_id: str
    claimed_by: str
    person: str
    against: str
    case_id: UUID | None
    event_at: datetime
    description: str
    filed_at: datetime


class ClaimWritten(BaseModel):
    """The claim as it was filed."""

    claim_id: UUID
    agreement_version: int
    clause_id: str
    version: int


class ProposalWritten(BaseModel):
    """The proposal as it was filed."""

    proposal_id: UUID
    version: int


class Proposal(BaseModel):
    """Something that the agreement does not say yet; ``claimed_clause_id``: it was refused as a claim."""

    proposal_id: UUID
    agreement_id: UUID
    title: str
    description: str
    proposed_by: str
    person: str
    claimed_clause_id: str | None
    claimed_against: str | None
    event_at: datetime | None
    case_id: UUID | None
    filed_at: datetime


class Measure(Shown):
    """One stretch of a case, from an opening to a closing; a verdict is null while there is none."""

    case_id: UUID
    round: int
    """The case's round that the stretch began with."""
    agreement_id: UUID
    agreement_version: int
    """The version that the case was opened under."""
    clause_id: str
    """The clause of its priority."""
    priority: str
    opened_at: datetime
    closed_at: datetime | None
    """Null while the case is open."""
    response_due: datetime
    """By when work must have been accepted."""
    response: Literal["met", "missed"] | None
    """`met`, `missed`, or null while there is no verdict."""
    response_rule: str | None
    """The rule that stated the verdict."""
    resolution_due: datetime
    """By when the case must have been closed."""
    resolution: Literal["met", "missed"] | None
    """`met`, `missed`, or null while there is no verdict."""
    resolution_rule: str | None
    """The rule that stated the verdict."""
    imported: bool


class CaseMeasure(BaseModel):
    """How a case stands against its targets, stretch by stretch."""

    case_id: UUID
    stretches: list[Measure]


class HandOffCommitment(BaseModel):
    """What a company promised another for one hand-off of a case, and whether it was kept.

    ``due_at`` is null while the clock stands still, ``verdict`` while there is none, ``took_seconds`` and ``ended_at``
    until the hand-off was answered, or solved. Seconds are working time of the clause's calendar, pauses taken out.
    """

    case_id: UUID
    hand_off: int
    target: Literal["acceptance", "resolution"]
    agreement_id: UUID
    agreement_version: int
    clause_id: str
    item_id: UUID
    round: int
    customer: str
    supplier: str
    service: str
    begun_at: datetime
    within_seconds: int
    due_at: datetime | None
    verdict: Literal["met", "missed"] | None
    rule: str | None
    took_seconds: int | None
    ended_at: datetime | None
    imported: bool


class CaseHandOffCommitments(BaseModel):
    """How the hand-offs of a case stand against what was promised for them."""

    case_id: UUID
    commitments: list[HandOffCommitment]
