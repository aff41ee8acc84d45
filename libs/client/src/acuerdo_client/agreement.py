"""The operations of ``agreement``, written by libs/client/generate.py from its OpenAPI document."""

# ruff: noqa: E501  the sentences are the service's own

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime
from typing import Any, Literal, NotRequired, TypedDict
from uuid import UUID

from acuerdo_client.batches import Limits, Outcome
from acuerdo_client.calls import Answer, Call, given, part
from acuerdo_client.sending import AsyncSender, Line, Sender

LIMITS = Limits()


class Accountable(TypedDict):
    """Who is accountable for a cell, and by which clause; neither in a gap or an overlap."""

    agreement_version: int
    accountable: str | None
    clause_id: str | None


class Activity(TypedDict):
    """A kind of work on a service."""

    clause_id: str
    activity: str
    name: str


class Agreement(TypedDict):
    """An agreement as its parties see it; ``in_force`` is the version that binds at the moment of asking."""

    agreement_id: str
    title: str
    parties: list[str]
    in_force: int | None
    versions: list[SignedVersion]
    on_the_table: OnTheTable | None
    boundary_approvals: list[Approval]


class Approval(TypedDict):
    """Which map a company's expert approved last."""

    company: str
    person: str
    at: str
    boundaries_hash: str


class Boundary(TypedDict):
    """Who is accountable for a service, an activity and a region; ``*`` stands for any of the latter two."""

    clause_id: str
    service: str
    activity: NotRequired[str]
    region: NotRequired[str]
    accountable: str
    in_scope: NotRequired[bool]


class BoundaryReport(TypedDict):
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


class Calendar(TypedDict):
    """When work is done: a week in an IANA time zone, and the days that are free."""

    clause_id: str
    calendar: str
    time_zone: str
    week: Week
    holidays: NotRequired[list[str]]


class CaseHandOffCommitments(TypedDict):
    """How the hand-offs of a case stand against what was promised for them."""

    case_id: str
    commitments: list[HandOffCommitment]


class CaseMeasure(TypedDict):
    """How a case stands against its targets, stretch by stretch."""

    case_id: str
    stretches: list[Measure]


class Cell(TypedDict):
    """A service, an activity and a region."""

    service: str
    activity: str
    region: str


class Changed(TypedDict):
    """The agreement after its terms were changed; ``signatures_void``: how many signatures stand no more."""

    agreement_id: str
    agreement_version: int
    content_hash: str
    boundaries_hash: str
    effective_from: str
    in_force: bool
    signatures_missing: list[str]
    approvals_missing: list[str]
    version: int
    signatures_void: int


class Claim(TypedDict):
    """A claim, the clause and the version it rests on."""

    claim_id: str
    agreement_id: str
    agreement_version: int
    clause_id: str
    claimed_by: str
    person: str
    against: str
    case_id: str | None
    event_at: str
    description: str
    filed_at: str


class ClaimWritten(TypedDict):
    """The claim as it was filed."""

    claim_id: str
    agreement_version: int
    clause_id: str
    version: int


class CloudEvent(TypedDict):
    """A fact as a CloudEvent 1.0; ``type`` names it with its version, and ``/asyncapi.json`` has the shape of ``data``."""

    specversion: Literal["1.0"]
    id: str
    source: str
    type: str
    time: str
    subject: str
    datacontenttype: Literal["application/json"]
    dataschema: str
    position: int
    streamversion: int
    agreementid: str
    actor: dict[str, str]
    recordedtime: str
    correlationid: str
    causationid: NotRequired[str | None]
    performedby: NotRequired[str | None]
    imported: bool
    hash: str
    previoushash: str
    covered: str
    data: dict[str, Any]
    confided: NotRequired[dict[str, Kept] | None]
    hidden: NotRequired[list[str] | None]


class Commitment(TypedDict):
    """``individual``: of the ``owner``; ``collective``: of all parties, without owner."""

    clause_id: str
    kind: Literal["individual", "collective"]
    owner: NotRequired[str | None]
    title: str
    objective: str
    means: str
    exceptions: NotRequired[list[str]]
    services: NotRequired[list[str]]


class CompanyNamed(TypedDict):
    """Which company it was, and the version of what is known of it."""

    company: str
    version: int


class Content(TypedDict):
    """What is signed, as canonical JSON: keys sorted, no white space, durations in seconds, instants in UTC."""

    version: int
    parties: list[str]
    effective_from: str
    terms: Terms


class Declined(TypedDict):
    """Who declined for a company, and why."""

    company: str
    person: str
    at: str
    reason: str


class Drafting(TypedDict):
    """A first draft."""

    reference: NotRequired[str | None]
    title: str
    parties: list[str]
    effective_from: str
    terms: Terms


class Escalation(TypedDict):
    """Whom a case is brought before in a round."""

    clause_id: str
    round: int
    to: Literal["team-lead", "manager", "committee-member"]


class Facts(TypedDict):
    """Facts in the order of the service's log; ``next`` is the ``after`` to go on with."""

    items: list[CloudEvent]
    next: int


class HandOffCommitment(TypedDict):
    """What a company promised another for one hand-off of a case, and whether it was kept."""

    case_id: str
    hand_off: int
    target: Literal["acceptance", "resolution"]
    agreement_id: str
    agreement_version: int
    clause_id: str
    item_id: str
    round: int
    customer: str
    supplier: str
    service: str
    begun_at: str
    within_seconds: int
    due_at: str | None
    verdict: Literal["met", "missed"] | None
    rule: str | None
    took_seconds: int | None
    ended_at: str | None
    imported: bool


class History(TypedDict):
    """Part of a thing's history, the oldest fact first; ``next`` is the ``after`` of the part that follows, if any."""

    stream: str
    items: list[Past]
    next: int | None


class Kept(TypedDict):
    """A text that stands beside its fact, and the salt that its digest was made with."""

    salt: str
    text: str


class Known(TypedDict):
    """What is known of a company."""

    company: str
    name: str
    time_zone: str
    language: str
    registered_at: str


class Listed(TypedDict):
    """An agreement in a list."""

    agreement_id: str
    title: str
    parties: list[str]
    drafted_by: str
    drafted_at: str
    in_force_version: int | None
    effective_from: str | None
    in_force_since: str | None
    proposed_version: int | None
    proposed_hash: str | None
    signed_by: list[str]
    changed_at: str


class Measure(TypedDict):
    """One stretch of a case, from an opening to a closing; a verdict is null while there is none."""

    case_id: str
    round: int
    agreement_id: str
    agreement_version: int
    clause_id: str
    priority: str
    opened_at: str
    closed_at: str | None
    response_due: str
    response: Literal["met", "missed"] | None
    response_rule: str | None
    resolution_due: str
    resolution: Literal["met", "missed"] | None
    resolution_rule: str | None
    imported: bool


class Ola(TypedDict):
    """What ``supplier`` promises whoever hands work over to it: ``customer``, or ``*`` for any; ``*`` is any service."""

    clause_id: str
    customer: NotRequired[str]
    supplier: str
    service: NotRequired[str]
    acceptance: str
    resolution: str
    calendar: str


class OnTheTable(TypedDict):
    """What is being drafted or, when ``proposed``, signed."""

    agreement_version: int
    proposed: bool
    proposed_by: str | None
    content_hash: str
    boundaries_hash: str
    effective_from: str
    terms: Terms
    signatures: list[Signature]
    declined: list[Declined]
    signatures_missing: list[str]
    approvals_missing: list[str]


class Overlap(TypedDict):
    """A cell that several companies are accountable for, and the clauses that say so."""

    cell: Cell
    companies: list[str]
    clauses: list[str]


class PageClaim(TypedDict):
    items: list[Claim]
    next: str | None


class PageHandOffCommitment(TypedDict):
    items: list[HandOffCommitment]
    next: str | None


class PageKnown(TypedDict):
    items: list[Known]
    next: str | None


class PageListed(TypedDict):
    items: list[Listed]
    next: str | None


class PageMeasure(TypedDict):
    items: list[Measure]
    next: str | None


class PageProposal(TypedDict):
    items: list[Proposal]
    next: str | None


class Past(TypedDict):
    """A fact of a thing's history and its link in the chain."""

    version: int
    position: int
    event_id: str
    name: str
    data_schema: int
    at: str
    recorded_at: str
    actor: dict[str, str]
    performed_by: str | None
    imported: bool
    data: dict[str, Any]
    confided: dict[str, Kept]
    hidden: list[str]
    covered: str
    previous: str
    hash: str


class Priority(TypedDict):
    """What is promised at a priority, in working time of a calendar; a day (``P1D``) is 24 working hours."""

    clause_id: str
    priority: str
    name: str
    response: str
    resolution: str
    calendar: str


class Proposal(TypedDict):
    """Something that the agreement does not say yet; ``claimed_clause_id``: it was refused as a claim."""

    proposal_id: str
    agreement_id: str
    title: str
    description: str
    proposed_by: str
    person: str
    claimed_clause_id: str | None
    claimed_against: str | None
    event_at: str | None
    case_id: str | None
    filed_at: str


class ProposalWritten(TypedDict):
    """The proposal as it was filed."""

    proposal_id: str
    version: int


class Region(TypedDict):
    """A place that the services are given in."""

    clause_id: str
    region: str
    name: str


class Reminders(TypedDict):
    """When a silent customer is reminded, when a person calls, how long the link answers. Real time."""

    clause_id: str
    after: list[str]
    silent_after: str
    link_valid_for: str


class Scale(TypedDict):
    """What each answer means; bands are [from, to], both included, and cover the scale; one is negative."""

    clause_id: str
    scale: Literal["csat", "nps", "ces", "thumb", "sentiment"]
    lowest: int
    highest: int
    positive: tuple[int, int]
    neutral: NotRequired[tuple[int, int] | None]
    negative: NotRequired[tuple[int, int] | None]


class Service(TypedDict):
    """A service that the agreement covers."""

    clause_id: str
    service: str
    name: str


class Sharing(TypedDict):
    """Who may read a field."""

    clause_id: str
    field: Literal[
        "name",
        "phone",
        "email",
        "address",
        "document",
        "birth_date",
        "need",
        "expectation",
        "summary",
        "feedback_comment",
        "feedback_reason",
        "root_cause",
        "corrective_action",
        "decision_note",
        "hand_over_package",
        "work_question",
        "work_note",
    ]
    shared_with: Literal["recorder", "case-companies", "all-parties"]


class Signature(TypedDict):
    """Who signed for a company."""

    company: str
    person: str
    at: str


class SignedVersion(TypedDict):
    """A version that all parties have signed; ``in_force``: it binds at the moment of asking."""

    agreement_version: int
    content_hash: str
    boundaries_hash: str
    effective_from: str
    since: str
    in_force: bool
    signatures: list[Signature]


class Terms(TypedDict):
    """All that the parties sign."""

    commitments: list[Commitment]
    services: list[Service]
    activities: list[Activity]
    regions: list[Region]
    boundaries: list[Boundary]
    calendars: list[Calendar]
    priorities: list[Priority]
    scales: list[Scale]
    survey_scale: Literal["csat", "nps", "ces", "thumb", "sentiment"]
    reminders: Reminders
    escalation: NotRequired[list[Escalation]]
    sharing: NotRequired[list[Sharing]]
    olas: NotRequired[list[Ola]]


class VersionWithTerms(TypedDict):
    """A version that all parties have signed, and what they signed."""

    agreement_version: int
    content_hash: str
    boundaries_hash: str
    effective_from: str
    since: str
    in_force: bool
    signatures: list[Signature]
    parties: list[str]
    terms: Terms


class Week(TypedDict):
    """The working intervals of each day, local time, in order."""

    mon: NotRequired[list[tuple[str, str]]]
    tue: NotRequired[list[tuple[str, str]]]
    wed: NotRequired[list[tuple[str, str]]]
    thu: NotRequired[list[tuple[str, str]]]
    fri: NotRequired[list[tuple[str, str]]]
    sat: NotRequired[list[tuple[str, str]]]
    sun: NotRequired[list[tuple[str, str]]]


class Written(TypedDict):
    """The agreement after a change; ``version`` is the one to change it upon next (its ETag)."""

    agreement_id: str
    agreement_version: int
    content_hash: str
    boundaries_hash: str
    effective_from: str
    in_force: bool
    signatures_missing: list[str]
    approvals_missing: list[str]
    version: int


class AgreementService:
    """What ``agreement`` answers."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def list_companies(self, *, limit: int | None = None, cursor: str | None = None) -> Answer[PageKnown]:
        """Return the companies that the caller may see, by their slug."""
        return self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path="/v1/companies",
                query=given({"limit": limit}) | given({"cursor": cursor}),
            )
        )

    def every_companies(self, *, limit: int | None = None) -> Iterator[Known]:
        """As ``list_companies``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="agreement",
                method="GET",
                path="/v1/companies",
                query=given({"limit": limit}) | given({"cursor": cursor}),
            )
        )

    def register_company(
        self,
        *,
        company: str,
        name: str,
        time_zone: str,
        language: str,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[CompanyNamed]:
        """Make one's own company known, as its manager or operator."""
        return self._sender.send(
            Call(
                service="agreement",
                method="POST",
                path="/v1/companies",
                body=given({"company": company, "name": name, "time_zone": time_zone, "language": language}),
                key=key,
                version=version,
            )
        )

    def batch_companies(self, *, lines: Iterable[Line], limits: Limits = LIMITS) -> Iterator[Outcome]:
        """Do many operations, a line each; the answer has one outcome for each line, in order."""
        return self._sender.batch(Call(service="agreement", method="POST", path="/v1/companies/batch"), lines, limits)

    def get_company(self, company: str) -> Answer[Known]:
        """Return what is known of a company."""
        return self._sender.send(Call(service="agreement", method="GET", path=f"/v1/companies/{part(company)}"))

    def amend_company(
        self, company: str, *, name: str, time_zone: str, language: str, version: int, key: str | None = None
    ) -> Answer[CompanyNamed]:
        """Correct what is known of one's own company; what was known before stays in its history."""
        return self._sender.send(
            Call(
                service="agreement",
                method="PUT",
                path=f"/v1/companies/{part(company)}",
                body=given({"name": name, "time_zone": time_zone, "language": language}),
                key=key,
                version=version,
            )
        )

    def list_agreements(
        self,
        *,
        drafted_by: str | None = None,
        signed: bool | None = None,
        sort: Literal["drafted_at", "-drafted_at", "changed_at", "-changed_at", "title", "-title"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageListed]:
        """Return the agreements that the caller's company is party to."""
        return self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path="/v1/agreements",
                query=given({"drafted_by": drafted_by, "signed": signed, "sort": sort, "limit": limit})
                | given({"cursor": cursor}),
            )
        )

    def every_agreements(
        self,
        *,
        drafted_by: str | None = None,
        signed: bool | None = None,
        sort: Literal["drafted_at", "-drafted_at", "changed_at", "-changed_at", "title", "-title"] | None = None,
        limit: int | None = None,
    ) -> Iterator[Listed]:
        """As ``list_agreements``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="agreement",
                method="GET",
                path="/v1/agreements",
                query=given({"drafted_by": drafted_by, "signed": signed, "sort": sort, "limit": limit})
                | given({"cursor": cursor}),
            )
        )

    def draft_agreement(
        self,
        *,
        title: str,
        parties: list[str],
        effective_from: datetime | str,
        terms: Terms,
        reference: UUID | str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[Written]:
        """Put a first draft before its parties. Drafting the same again under the same reference changes nothing."""
        return self._sender.send(
            Call(
                service="agreement",
                method="POST",
                path="/v1/agreements",
                body=given(
                    {
                        "reference": reference,
                        "title": title,
                        "parties": parties,
                        "effective_from": effective_from,
                        "terms": terms,
                    }
                ),
                key=key,
                version=version,
            )
        )

    def get_agreement(self, agreement_id: UUID | str, *, as_of: datetime | str | None = None) -> Answer[Agreement]:
        """Return the agreement: what binds, what is on the table, who has signed and approved."""
        return self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}",
                query=given({"as_of": as_of}),
            )
        )

    def list_agreement_versions(
        self, agreement_id: UUID | str, *, as_of: datetime | str | None = None
    ) -> Answer[dict[str, list[VersionWithTerms]]]:
        """Return every version that all parties have signed, the oldest first."""
        return self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/versions",
                query=given({"as_of": as_of}),
            )
        )

    def get_agreement_version(self, agreement_id: UUID | str, number: int) -> Answer[VersionWithTerms]:
        """Return one version that all parties have signed."""
        return self._sender.send(
            Call(service="agreement", method="GET", path=f"/v1/agreements/{part(agreement_id)}/versions/{part(number)}")
        )

    def get_agreement_content(self, agreement_id: UUID | str, number: int) -> Answer[Content]:
        """Return exactly what is signed, signed or still on the table: its SHA-256 is the content hash."""
        return self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/versions/{part(number)}/content",
            )
        )

    def get_agreement_in_force(
        self, agreement_id: UUID | str, *, at: datetime | str | None = None, as_of: datetime | str | None = None
    ) -> Answer[VersionWithTerms]:
        """Return the version that is in force at a moment, as it was known at another."""
        return self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/in-force",
                query=given({"at": at, "as_of": as_of}),
            )
        )

    def change_terms(
        self,
        agreement_id: UUID | str,
        *,
        effective_from: datetime | str,
        terms: Terms,
        version: int,
        key: str | None = None,
    ) -> Answer[Changed]:
        """Change what is on the table. Whoever has signed must sign again: the content hash is another."""
        return self._sender.send(
            Call(
                service="agreement",
                method="PUT",
                path=f"/v1/agreements/{part(agreement_id)}/terms",
                body=given({"effective_from": effective_from, "terms": terms}),
                key=key,
                version=version,
            )
        )

    def propose_agreement(
        self, agreement_id: UUID | str, *, version: int | None = None, key: str | None = None
    ) -> Answer[Written]:
        """Freeze what is on the table, so that it can be signed under its content hash."""
        return self._sender.send(
            Call(
                service="agreement",
                method="POST",
                path=f"/v1/agreements/{part(agreement_id)}/proposal",
                key=key,
                version=version,
            )
        )

    def sign_agreement(
        self, agreement_id: UUID | str, *, content_hash: str, version: int | None = None, key: str | None = None
    ) -> Answer[Written]:
        """Sign for one's company exactly the content with this hash."""
        return self._sender.send(
            Call(
                service="agreement",
                method="POST",
                path=f"/v1/agreements/{part(agreement_id)}/signatures",
                body=given({"content_hash": content_hash}),
                key=key,
                version=version,
            )
        )

    def decline_to_sign(
        self, agreement_id: UUID | str, *, reason: str, version: int | None = None, key: str | None = None
    ) -> Answer[Written]:
        """Say why one's company does not sign; a signature it gave before stands no more."""
        return self._sender.send(
            Call(
                service="agreement",
                method="POST",
                path=f"/v1/agreements/{part(agreement_id)}/refusals",
                body=given({"reason": reason}),
                key=key,
                version=version,
            )
        )

    def withdraw_proposal(
        self, agreement_id: UUID | str, *, reason: str, version: int | None = None, key: str | None = None
    ) -> Answer[Written]:
        """Take one's proposal from the table; its terms stay as a draft."""
        return self._sender.send(
            Call(
                service="agreement",
                method="POST",
                path=f"/v1/agreements/{part(agreement_id)}/withdrawals",
                body=given({"reason": reason}),
                key=key,
                version=version,
            )
        )

    def approve_boundaries(
        self, agreement_id: UUID | str, *, boundaries_hash: str, version: int | None = None, key: str | None = None
    ) -> Answer[Written]:
        """Approve the map of competence with this hash, as one's company's subject-matter expert."""
        return self._sender.send(
            Call(
                service="agreement",
                method="POST",
                path=f"/v1/agreements/{part(agreement_id)}/boundary-approvals",
                body=given({"boundaries_hash": boundaries_hash}),
                key=key,
                version=version,
            )
        )

    def amend_agreement(
        self,
        agreement_id: UUID | str,
        *,
        effective_from: datetime | str,
        terms: Terms,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[Written]:
        """Propose a next version; the one in force stays so until all have signed and approved and its date has come."""
        return self._sender.send(
            Call(
                service="agreement",
                method="POST",
                path=f"/v1/agreements/{part(agreement_id)}/amendments",
                body=given({"effective_from": effective_from, "terms": terms}),
                key=key,
                version=version,
            )
        )

    def report_boundaries(self, agreement_id: UUID | str, *, version_: int | None = None) -> Answer[BoundaryReport]:
        """Return the gaps and overlaps of the map over every service, activity and region, and who has approved it."""
        return self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/boundaries/report",
                query=given({"version": version_}),
            )
        )

    def find_accountable(
        self, agreement_id: UUID | str, *, service: str, activity: str, region: str, at: datetime | str | None = None
    ) -> Answer[Accountable]:
        """Return the one company that is accountable, by the most precise line of the map."""
        return self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/boundaries/accountable",
                query=given({"service": service, "activity": activity, "region": region, "at": at}),
            )
        )

    def read_agreement_history(
        self,
        agreement_id: UUID | str,
        *,
        after: int | None = None,
        limit: int | None = None,
        as_of: datetime | str | None = None,
    ) -> Answer[History]:
        """Return what happened to the agreement; whoever is of a party can check that nothing was rewritten."""
        return self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/history",
                query=given({"after": after, "limit": limit, "as_of": as_of}),
            )
        )

    def list_claims(
        self,
        agreement_id: UUID | str,
        *,
        against: str | None = None,
        claimed_by: str | None = None,
        case_id: UUID | str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageClaim]:
        """Return what has been claimed under the agreement, the oldest first."""
        return self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/claims",
                query=given({"against": against, "claimed_by": claimed_by, "case_id": case_id, "limit": limit})
                | given({"cursor": cursor}),
            )
        )

    def every_claims(
        self,
        agreement_id: UUID | str,
        *,
        against: str | None = None,
        claimed_by: str | None = None,
        case_id: UUID | str | None = None,
        limit: int | None = None,
    ) -> Iterator[Claim]:
        """As ``list_claims``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/claims",
                query=given({"against": against, "claimed_by": claimed_by, "case_id": case_id, "limit": limit})
                | given({"cursor": cursor}),
            )
        )

    def file_claim(
        self,
        agreement_id: UUID | str,
        *,
        clause_id: str,
        against: str,
        event_at: datetime | str,
        description: str,
        reference: UUID | str | None = None,
        case_id: UUID | str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ClaimWritten]:
        """Claim that a company broke a clause in force when it happened."""
        return self._sender.send(
            Call(
                service="agreement",
                method="POST",
                path=f"/v1/agreements/{part(agreement_id)}/claims",
                body=given(
                    {
                        "reference": reference,
                        "clause_id": clause_id,
                        "against": against,
                        "event_at": event_at,
                        "case_id": case_id,
                        "description": description,
                    }
                ),
                key=key,
                version=version,
            )
        )

    def get_claim(self, claim_id: UUID | str) -> Answer[Claim]:
        """Return one claim."""
        return self._sender.send(Call(service="agreement", method="GET", path=f"/v1/claims/{part(claim_id)}"))

    def list_improvement_proposals(
        self,
        agreement_id: UUID | str,
        *,
        proposed_by: str | None = None,
        claimed: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageProposal]:
        """Return what has been proposed under the agreement, refused claims among it, the oldest first."""
        return self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/improvement-proposals",
                query=given({"proposed_by": proposed_by, "claimed": claimed, "limit": limit})
                | given({"cursor": cursor}),
            )
        )

    def every_improvement_proposals(
        self,
        agreement_id: UUID | str,
        *,
        proposed_by: str | None = None,
        claimed: bool | None = None,
        limit: int | None = None,
    ) -> Iterator[Proposal]:
        """As ``list_improvement_proposals``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/improvement-proposals",
                query=given({"proposed_by": proposed_by, "claimed": claimed, "limit": limit})
                | given({"cursor": cursor}),
            )
        )

    def propose_improvement(
        self,
        agreement_id: UUID | str,
        *,
        title: str,
        description: str,
        reference: UUID | str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ProposalWritten]:
        """Say what the agreement should say."""
        return self._sender.send(
            Call(
                service="agreement",
                method="POST",
                path=f"/v1/agreements/{part(agreement_id)}/improvement-proposals",
                body=given({"reference": reference, "title": title, "description": description}),
                key=key,
                version=version,
            )
        )

    def get_improvement_proposal(self, proposal_id: UUID | str) -> Answer[Proposal]:
        """Return one proposal."""
        return self._sender.send(
            Call(service="agreement", method="GET", path=f"/v1/improvement-proposals/{part(proposal_id)}")
        )

    def list_measures(
        self,
        agreement_id: UUID | str,
        *,
        priority: str | None = None,
        response: Literal["met", "missed", "none"] | None = None,
        resolution: Literal["met", "missed", "none"] | None = None,
        opened_from: datetime | str | None = None,
        opened_before: datetime | str | None = None,
        imported: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageMeasure]:
        """Return the cases of the agreement against their targets, stretch by stretch, the first opened first."""
        return self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/measures",
                query=given(
                    {
                        "priority": priority,
                        "response": response,
                        "resolution": resolution,
                        "opened_from": opened_from,
                        "opened_before": opened_before,
                        "imported": imported,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def every_measures(
        self,
        agreement_id: UUID | str,
        *,
        priority: str | None = None,
        response: Literal["met", "missed", "none"] | None = None,
        resolution: Literal["met", "missed", "none"] | None = None,
        opened_from: datetime | str | None = None,
        opened_before: datetime | str | None = None,
        imported: bool | None = None,
        limit: int | None = None,
    ) -> Iterator[Measure]:
        """As ``list_measures``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/measures",
                query=given(
                    {
                        "priority": priority,
                        "response": response,
                        "resolution": resolution,
                        "opened_from": opened_from,
                        "opened_before": opened_before,
                        "imported": imported,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def get_case_measure(self, case_id: UUID | str) -> Answer[CaseMeasure]:
        """Return how a case stands against its targets."""
        return self._sender.send(Call(service="agreement", method="GET", path=f"/v1/cases/{part(case_id)}/measure"))

    def list_hand_off_commitments(
        self,
        agreement_id: UUID | str,
        *,
        case_id: UUID | str | None = None,
        customer: str | None = None,
        supplier: str | None = None,
        target: Literal["acceptance", "resolution"] | None = None,
        verdict: Literal["met", "missed", "none"] | None = None,
        imported: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageHandOffCommitment]:
        """Return each hand-off between companies against what was promised for it, the first begun first."""
        return self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/hand-off-commitments",
                query=given(
                    {
                        "case_id": case_id,
                        "customer": customer,
                        "supplier": supplier,
                        "target": target,
                        "verdict": verdict,
                        "imported": imported,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def every_hand_off_commitments(
        self,
        agreement_id: UUID | str,
        *,
        case_id: UUID | str | None = None,
        customer: str | None = None,
        supplier: str | None = None,
        target: Literal["acceptance", "resolution"] | None = None,
        verdict: Literal["met", "missed", "none"] | None = None,
        imported: bool | None = None,
        limit: int | None = None,
    ) -> Iterator[HandOffCommitment]:
        """As ``list_hand_off_commitments``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/hand-off-commitments",
                query=given(
                    {
                        "case_id": case_id,
                        "customer": customer,
                        "supplier": supplier,
                        "target": target,
                        "verdict": verdict,
                        "imported": imported,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def get_case_hand_off_commitments(self, case_id: UUID | str) -> Answer[CaseHandOffCommitments]:
        """Return how the hand-offs of a case stand against what was promised for them; none where nothing was."""
        return self._sender.send(
            Call(service="agreement", method="GET", path=f"/v1/cases/{part(case_id)}/hand-off-commitments")
        )

    def list_facts(
        self, *, after: int | None = None, limit: int | None = None, agreement_id: UUID | str | None = None
    ) -> Answer[Facts]:
        """Give the published facts of the caller's agreements as CloudEvents, oldest first."""
        return self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path="/v1/facts",
                query=given({"after": after, "limit": limit, "agreement_id": agreement_id}),
            )
        )


class AsyncAgreementService:
    """What ``agreement`` answers."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    async def list_companies(self, *, limit: int | None = None, cursor: str | None = None) -> Answer[PageKnown]:
        """Return the companies that the caller may see, by their slug."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path="/v1/companies",
                query=given({"limit": limit}) | given({"cursor": cursor}),
            )
        )

    def every_companies(self, *, limit: int | None = None) -> AsyncIterator[Known]:
        """As ``list_companies``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="agreement",
                method="GET",
                path="/v1/companies",
                query=given({"limit": limit}) | given({"cursor": cursor}),
            )
        )

    async def register_company(
        self,
        *,
        company: str,
        name: str,
        time_zone: str,
        language: str,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[CompanyNamed]:
        """Make one's own company known, as its manager or operator."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="POST",
                path="/v1/companies",
                body=given({"company": company, "name": name, "time_zone": time_zone, "language": language}),
                key=key,
                version=version,
            )
        )

    def batch_companies(self, *, lines: Iterable[Line], limits: Limits = LIMITS) -> AsyncIterator[Outcome]:
        """Do many operations, a line each; the answer has one outcome for each line, in order."""
        return self._sender.batch(Call(service="agreement", method="POST", path="/v1/companies/batch"), lines, limits)

    async def get_company(self, company: str) -> Answer[Known]:
        """Return what is known of a company."""
        return await self._sender.send(Call(service="agreement", method="GET", path=f"/v1/companies/{part(company)}"))

    async def amend_company(
        self, company: str, *, name: str, time_zone: str, language: str, version: int, key: str | None = None
    ) -> Answer[CompanyNamed]:
        """Correct what is known of one's own company; what was known before stays in its history."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="PUT",
                path=f"/v1/companies/{part(company)}",
                body=given({"name": name, "time_zone": time_zone, "language": language}),
                key=key,
                version=version,
            )
        )

    async def list_agreements(
        self,
        *,
        drafted_by: str | None = None,
        signed: bool | None = None,
        sort: Literal["drafted_at", "-drafted_at", "changed_at", "-changed_at", "title", "-title"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageListed]:
        """Return the agreements that the caller's company is party to."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path="/v1/agreements",
                query=given({"drafted_by": drafted_by, "signed": signed, "sort": sort, "limit": limit})
                | given({"cursor": cursor}),
            )
        )

    def every_agreements(
        self,
        *,
        drafted_by: str | None = None,
        signed: bool | None = None,
        sort: Literal["drafted_at", "-drafted_at", "changed_at", "-changed_at", "title", "-title"] | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Listed]:
        """As ``list_agreements``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="agreement",
                method="GET",
                path="/v1/agreements",
                query=given({"drafted_by": drafted_by, "signed": signed, "sort": sort, "limit": limit})
                | given({"cursor": cursor}),
            )
        )

    async def draft_agreement(
        self,
        *,
        title: str,
        parties: list[str],
        effective_from: datetime | str,
        terms: Terms,
        reference: UUID | str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[Written]:
        """Put a first draft before its parties. Drafting the same again under the same reference changes nothing."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="POST",
                path="/v1/agreements",
                body=given(
                    {
                        "reference": reference,
                        "title": title,
                        "parties": parties,
                        "effective_from": effective_from,
                        "terms": terms,
                    }
                ),
                key=key,
                version=version,
            )
        )

    async def get_agreement(
        self, agreement_id: UUID | str, *, as_of: datetime | str | None = None
    ) -> Answer[Agreement]:
        """Return the agreement: what binds, what is on the table, who has signed and approved."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}",
                query=given({"as_of": as_of}),
            )
        )

    async def list_agreement_versions(
        self, agreement_id: UUID | str, *, as_of: datetime | str | None = None
    ) -> Answer[dict[str, list[VersionWithTerms]]]:
        """Return every version that all parties have signed, the oldest first."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/versions",
                query=given({"as_of": as_of}),
            )
        )

    async def get_agreement_version(self, agreement_id: UUID | str, number: int) -> Answer[VersionWithTerms]:
        """Return one version that all parties have signed."""
        return await self._sender.send(
            Call(service="agreement", method="GET", path=f"/v1/agreements/{part(agreement_id)}/versions/{part(number)}")
        )

    async def get_agreement_content(self, agreement_id: UUID | str, number: int) -> Answer[Content]:
        """Return exactly what is signed, signed or still on the table: its SHA-256 is the content hash."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/versions/{part(number)}/content",
            )
        )

    async def get_agreement_in_force(
        self, agreement_id: UUID | str, *, at: datetime | str | None = None, as_of: datetime | str | None = None
    ) -> Answer[VersionWithTerms]:
        """Return the version that is in force at a moment, as it was known at another."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/in-force",
                query=given({"at": at, "as_of": as_of}),
            )
        )

    async def change_terms(
        self,
        agreement_id: UUID | str,
        *,
        effective_from: datetime | str,
        terms: Terms,
        version: int,
        key: str | None = None,
    ) -> Answer[Changed]:
        """Change what is on the table. Whoever has signed must sign again: the content hash is another."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="PUT",
                path=f"/v1/agreements/{part(agreement_id)}/terms",
                body=given({"effective_from": effective_from, "terms": terms}),
                key=key,
                version=version,
            )
        )

    async def propose_agreement(
        self, agreement_id: UUID | str, *, version: int | None = None, key: str | None = None
    ) -> Answer[Written]:
        """Freeze what is on the table, so that it can be signed under its content hash."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="POST",
                path=f"/v1/agreements/{part(agreement_id)}/proposal",
                key=key,
                version=version,
            )
        )

    async def sign_agreement(
        self, agreement_id: UUID | str, *, content_hash: str, version: int | None = None, key: str | None = None
    ) -> Answer[Written]:
        """Sign for one's company exactly the content with this hash."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="POST",
                path=f"/v1/agreements/{part(agreement_id)}/signatures",
                body=given({"content_hash": content_hash}),
                key=key,
                version=version,
            )
        )

    async def decline_to_sign(
        self, agreement_id: UUID | str, *, reason: str, version: int | None = None, key: str | None = None
    ) -> Answer[Written]:
        """Say why one's company does not sign; a signature it gave before stands no more."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="POST",
                path=f"/v1/agreements/{part(agreement_id)}/refusals",
                body=given({"reason": reason}),
                key=key,
                version=version,
            )
        )

    async def withdraw_proposal(
        self, agreement_id: UUID | str, *, reason: str, version: int | None = None, key: str | None = None
    ) -> Answer[Written]:
        """Take one's proposal from the table; its terms stay as a draft."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="POST",
                path=f"/v1/agreements/{part(agreement_id)}/withdrawals",
                body=given({"reason": reason}),
                key=key,
                version=version,
            )
        )

    async def approve_boundaries(
        self, agreement_id: UUID | str, *, boundaries_hash: str, version: int | None = None, key: str | None = None
    ) -> Answer[Written]:
        """Approve the map of competence with this hash, as one's company's subject-matter expert."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="POST",
                path=f"/v1/agreements/{part(agreement_id)}/boundary-approvals",
                body=given({"boundaries_hash": boundaries_hash}),
                key=key,
                version=version,
            )
        )

    async def amend_agreement(
        self,
        agreement_id: UUID | str,
        *,
        effective_from: datetime | str,
        terms: Terms,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[Written]:
        """Propose a next version; the one in force stays so until all have signed and approved and its date has come."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="POST",
                path=f"/v1/agreements/{part(agreement_id)}/amendments",
                body=given({"effective_from": effective_from, "terms": terms}),
                key=key,
                version=version,
            )
        )

    async def report_boundaries(
        self, agreement_id: UUID | str, *, version_: int | None = None
    ) -> Answer[BoundaryReport]:
        """Return the gaps and overlaps of the map over every service, activity and region, and who has approved it."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/boundaries/report",
                query=given({"version": version_}),
            )
        )

    async def find_accountable(
        self, agreement_id: UUID | str, *, service: str, activity: str, region: str, at: datetime | str | None = None
    ) -> Answer[Accountable]:
        """Return the one company that is accountable, by the most precise line of the map."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/boundaries/accountable",
                query=given({"service": service, "activity": activity, "region": region, "at": at}),
            )
        )

    async def read_agreement_history(
        self,
        agreement_id: UUID | str,
        *,
        after: int | None = None,
        limit: int | None = None,
        as_of: datetime | str | None = None,
    ) -> Answer[History]:
        """Return what happened to the agreement; whoever is of a party can check that nothing was rewritten."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/history",
                query=given({"after": after, "limit": limit, "as_of": as_of}),
            )
        )

    async def list_claims(
        self,
        agreement_id: UUID | str,
        *,
        against: str | None = None,
        claimed_by: str | None = None,
        case_id: UUID | str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageClaim]:
        """Return what has been claimed under the agreement, the oldest first."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/claims",
                query=given({"against": against, "claimed_by": claimed_by, "case_id": case_id, "limit": limit})
                | given({"cursor": cursor}),
            )
        )

    def every_claims(
        self,
        agreement_id: UUID | str,
        *,
        against: str | None = None,
        claimed_by: str | None = None,
        case_id: UUID | str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Claim]:
        """As ``list_claims``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/claims",
                query=given({"against": against, "claimed_by": claimed_by, "case_id": case_id, "limit": limit})
                | given({"cursor": cursor}),
            )
        )

    async def file_claim(
        self,
        agreement_id: UUID | str,
        *,
        clause_id: str,
        against: str,
        event_at: datetime | str,
        description: str,
        reference: UUID | str | None = None,
        case_id: UUID | str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ClaimWritten]:
        """Claim that a company broke a clause in force when it happened."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="POST",
                path=f"/v1/agreements/{part(agreement_id)}/claims",
                body=given(
                    {
                        "reference": reference,
                        "clause_id": clause_id,
                        "against": against,
                        "event_at": event_at,
                        "case_id": case_id,
                        "description": description,
                    }
                ),
                key=key,
                version=version,
            )
        )

    async def get_claim(self, claim_id: UUID | str) -> Answer[Claim]:
        """Return one claim."""
        return await self._sender.send(Call(service="agreement", method="GET", path=f"/v1/claims/{part(claim_id)}"))

    async def list_improvement_proposals(
        self,
        agreement_id: UUID | str,
        *,
        proposed_by: str | None = None,
        claimed: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageProposal]:
        """Return what has been proposed under the agreement, refused claims among it, the oldest first."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/improvement-proposals",
                query=given({"proposed_by": proposed_by, "claimed": claimed, "limit": limit})
                | given({"cursor": cursor}),
            )
        )

    def every_improvement_proposals(
        self,
        agreement_id: UUID | str,
        *,
        proposed_by: str | None = None,
        claimed: bool | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Proposal]:
        """As ``list_improvement_proposals``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/improvement-proposals",
                query=given({"proposed_by": proposed_by, "claimed": claimed, "limit": limit})
                | given({"cursor": cursor}),
            )
        )

    async def propose_improvement(
        self,
        agreement_id: UUID | str,
        *,
        title: str,
        description: str,
        reference: UUID | str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ProposalWritten]:
        """Say what the agreement should say."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="POST",
                path=f"/v1/agreements/{part(agreement_id)}/improvement-proposals",
                body=given({"reference": reference, "title": title, "description": description}),
                key=key,
                version=version,
            )
        )

    async def get_improvement_proposal(self, proposal_id: UUID | str) -> Answer[Proposal]:
        """Return one proposal."""
        return await self._sender.send(
            Call(service="agreement", method="GET", path=f"/v1/improvement-proposals/{part(proposal_id)}")
        )

    async def list_measures(
        self,
        agreement_id: UUID | str,
        *,
        priority: str | None = None,
        response: Literal["met", "missed", "none"] | None = None,
        resolution: Literal["met", "missed", "none"] | None = None,
        opened_from: datetime | str | None = None,
        opened_before: datetime | str | None = None,
        imported: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageMeasure]:
        """Return the cases of the agreement against their targets, stretch by stretch, the first opened first."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/measures",
                query=given(
                    {
                        "priority": priority,
                        "response": response,
                        "resolution": resolution,
                        "opened_from": opened_from,
                        "opened_before": opened_before,
                        "imported": imported,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def every_measures(
        self,
        agreement_id: UUID | str,
        *,
        priority: str | None = None,
        response: Literal["met", "missed", "none"] | None = None,
        resolution: Literal["met", "missed", "none"] | None = None,
        opened_from: datetime | str | None = None,
        opened_before: datetime | str | None = None,
        imported: bool | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Measure]:
        """As ``list_measures``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/measures",
                query=given(
                    {
                        "priority": priority,
                        "response": response,
                        "resolution": resolution,
                        "opened_from": opened_from,
                        "opened_before": opened_before,
                        "imported": imported,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    async def get_case_measure(self, case_id: UUID | str) -> Answer[CaseMeasure]:
        """Return how a case stands against its targets."""
        return await self._sender.send(
            Call(service="agreement", method="GET", path=f"/v1/cases/{part(case_id)}/measure")
        )

    async def list_hand_off_commitments(
        self,
        agreement_id: UUID | str,
        *,
        case_id: UUID | str | None = None,
        customer: str | None = None,
        supplier: str | None = None,
        target: Literal["acceptance", "resolution"] | None = None,
        verdict: Literal["met", "missed", "none"] | None = None,
        imported: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageHandOffCommitment]:
        """Return each hand-off between companies against what was promised for it, the first begun first."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/hand-off-commitments",
                query=given(
                    {
                        "case_id": case_id,
                        "customer": customer,
                        "supplier": supplier,
                        "target": target,
                        "verdict": verdict,
                        "imported": imported,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def every_hand_off_commitments(
        self,
        agreement_id: UUID | str,
        *,
        case_id: UUID | str | None = None,
        customer: str | None = None,
        supplier: str | None = None,
        target: Literal["acceptance", "resolution"] | None = None,
        verdict: Literal["met", "missed", "none"] | None = None,
        imported: bool | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[HandOffCommitment]:
        """As ``list_hand_off_commitments``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="agreement",
                method="GET",
                path=f"/v1/agreements/{part(agreement_id)}/hand-off-commitments",
                query=given(
                    {
                        "case_id": case_id,
                        "customer": customer,
                        "supplier": supplier,
                        "target": target,
                        "verdict": verdict,
                        "imported": imported,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    async def get_case_hand_off_commitments(self, case_id: UUID | str) -> Answer[CaseHandOffCommitments]:
        """Return how the hand-offs of a case stand against what was promised for them; none where nothing was."""
        return await self._sender.send(
            Call(service="agreement", method="GET", path=f"/v1/cases/{part(case_id)}/hand-off-commitments")
        )

    async def list_facts(
        self, *, after: int | None = None, limit: int | None = None, agreement_id: UUID | str | None = None
    ) -> Answer[Facts]:
        """Give the published facts of the caller's agreements as CloudEvents, oldest first."""
        return await self._sender.send(
            Call(
                service="agreement",
                method="GET",
                path="/v1/facts",
                query=given({"after": after, "limit": limit, "agreement_id": agreement_id}),
            )
        )
