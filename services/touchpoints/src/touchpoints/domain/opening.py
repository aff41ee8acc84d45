"""How a case opens: only under an agreement in force, for what it covers, with a company that answers for it."""

from datetime import datetime
from uuid import UUID

from common.refusals import Invalid
from common.values import Person, Sealed, value
from touchpoints.domain.agreement import NoAgreementInForce, Terms, accountable, ensure_party, ensure_served
from touchpoints.domain.priority import Impact


@value
class SolvedAtContact:
    """What was wrong and what was done, when the first contact solved it."""

    cause: str
    action: str


@value
class OpenCase:
    """Open a case; ``terms`` is the agreement in force at ``at``, ``priority`` what a person decided, if one did."""

    case_id: UUID
    agreement_id: UUID
    terms: Terms | None
    customer_id: UUID
    customer_key: str
    contact_id: UUID | None
    team_id: UUID | None
    company: str
    service: str
    activity: str
    region: str
    impact: Impact
    priority: str | None
    opened_by: Person
    language: str
    external_reference: str | None
    personal: Sealed
    fingerprint: str
    solved_at_contact: SolvedAtContact | None
    imported: bool
    at: datetime


@value
class CaseOpened:
    """The case is open. ``accountable`` answers for it; ``personal`` seals need and expectation."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    customer_id: UUID
    customer_key: str
    contact_id: UUID | None
    team_id: UUID | None
    company: str
    service: str
    activity: str
    region: str
    priority: str
    language: str
    external_reference: str | None
    accountable: str
    accountable_clause: str | None
    accountable_rule: str
    personal: Sealed
    fingerprint: str
    solved_at_contact: SolvedAtContact | None
    imported: bool
    at: datetime


@value
class PriorityProposed:
    """The system proposed a priority by this rule; the case has it until a person decides."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    clause_id: str
    proposed: str
    rule: str
    at: datetime


class ActivityNotInAgreement(Invalid):
    """The agreement version in force defines no such activity."""


class RegionNotInAgreement(Invalid):
    """The agreement version in force defines no such region."""


def covered(command: OpenCase) -> Terms:
    """Return the terms that cover what is asked, else raise the refusal."""
    terms = command.terms
    if terms is None:
        raise NoAgreementInForce
    ensure_party(terms, command.company)
    ensure_served(terms, command.service)
    if command.activity not in terms.activities:
        raise ActivityNotInAgreement(activity=command.activity, version=terms.version)
    if command.region not in terms.regions:
        raise RegionNotInAgreement(region=command.region, version=terms.version)
    return terms


def case_opened(command: OpenCase, terms: Terms, priority: str) -> CaseOpened:
    """Return the fact that the case is open."""
    answering = accountable(
        terms, service=command.service, activity=command.activity, region=command.region, opener=command.company
    )
    return CaseOpened(
        case_id=command.case_id,
        agreement_id=command.agreement_id,
        agreement_version=terms.version,
        customer_id=command.customer_id,
        customer_key=command.customer_key,
        contact_id=command.contact_id,
        team_id=command.team_id,
        company=command.company,
        service=command.service,
        activity=command.activity,
        region=command.region,
        priority=priority,
        language=command.language,
        external_reference=command.external_reference,
        accountable=answering.company,
        accountable_clause=answering.clause_id,
        accountable_rule=answering.rule,
        personal=command.personal,
        fingerprint=command.fingerprint,
        solved_at_contact=command.solved_at_contact,
        imported=command.imported,
        at=command.at,
    )


def particulars(case: CaseOpened | OpenCase) -> tuple[object, ...]:
    """Return what makes an opening asked for again the same opening."""
    return (
        case.customer_id,
        case.contact_id,
        case.team_id,
        case.company,
        case.service,
        case.activity,
        case.region,
        case.fingerprint,
        case.solved_at_contact,
    )
