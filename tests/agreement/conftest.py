"""Examples that the tests of the agreement service start from; a test says what is different about its own."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from agreement.domain.agreement_commands import (
    ApproveBoundaries,
    Command,
    DraftAgreement,
    ProposeAgreement,
    SignAgreement,
)
from agreement.domain.agreement_states import Content, content_hash
from agreement.domain.boundaries import boundaries_hash
from agreement.domain.terms import (
    Activity,
    Boundary,
    Calendar,
    Commitment,
    Escalation,
    Priority,
    Region,
    Reminders,
    Scale,
    Service,
    Sharing,
    Terms,
    Week,
)
from common.values import Person

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
AGREEMENT = UUID("11111111-1111-1111-1111-111111111111")
PARTIES = ("desk-c", "net-b", "telco-a")
HOURS = timedelta(hours=1)


@pytest.fixture
def monday() -> datetime:
    return MONDAY


@pytest.fixture
def agreement_id() -> UUID:
    return AGREEMENT


def person(company: str, role: str = "manager") -> Person:
    return Person(person=f"{role}@{company}", company=company, role=role)


@pytest.fixture
def of() -> Callable[..., Person]:
    """A person of a company, a manager unless said otherwise."""
    return person


@pytest.fixture
def office() -> Calendar:
    day = (("09:00", "13:00"), ("14:00", "18:00"))
    return Calendar(
        clause_id="cal-1",
        calendar="office",
        time_zone="Europe/Madrid",
        week=Week(mon=day, tue=day, wed=day, thu=day, fri=(("09:00", "15:00"),)),
        holidays=(date(2026, 3, 19),),
    )


@pytest.fixture
def terms(office: Calendar) -> Terms:
    return Terms(
        commitments=(
            commitment("k-1", "desk-c"),
            commitment("k-2", "net-b"),
            commitment("k-3", "telco-a"),
            commitment("k-4", None),
        ),
        services=(
            Service(clause_id="s-1", service="fibre", name="Fibre"),
            Service(clause_id="s-2", service="mobile", name="Mobile"),
        ),
        activities=(
            Activity(clause_id="a-1", activity="install", name="Install"),
            Activity(clause_id="a-2", activity="repair", name="Repair"),
        ),
        regions=(
            Region(clause_id="r-1", region="north", name="North"),
            Region(clause_id="r-2", region="south", name="South"),
        ),
        boundaries=(
            boundary("b-1", "fibre", "*", "*", "telco-a"),
            boundary("b-2", "fibre", "repair", "*", "net-b"),
            boundary("b-3", "mobile", "*", "north", "telco-a"),
            boundary("b-4", "mobile", "*", "south", "net-b"),
        ),
        calendars=(office,),
        priorities=(
            Priority(
                clause_id="p-1",
                priority="high",
                name="High",
                response=HOURS,
                resolution=4 * HOURS,
                calendar="office",
            ),
            Priority(
                clause_id="p-2",
                priority="normal",
                name="Normal",
                response=4 * HOURS,
                resolution=16 * HOURS,
                calendar="office",
            ),
        ),
        scales=(
            Scale(
                clause_id="sc-1",
                scale="csat",
                lowest=1,
                highest=5,
                positive=(4, 5),
                neutral=(3, 3),
                negative=(1, 2),
            ),
        ),
        survey_scale="csat",
        reminders=Reminders(
            clause_id="rem-1",
            after=(timedelta(days=2), timedelta(days=5)),
            silent_after=timedelta(days=8),
            link_valid_for=timedelta(days=30),
        ),
        escalation=(Escalation(clause_id="e-1", round=2, to="team-lead"),),
        sharing=(Sharing(clause_id="sh-1", field="need", shared_with="case-companies"),),
    )


def commitment(clause_id: str, owner: str | None) -> Commitment:
    return Commitment(
        clause_id=clause_id,
        kind="individual" if owner else "collective",
        owner=owner,
        title="Answer in time",
        objective="Every customer is answered in time",
        means="A desk of twelve people",
        exceptions=("A storm that the authorities have named",),
        services=("fibre",),
    )


def boundary(clause_id: str, service: str, activity: str, region: str, company: str) -> Boundary:
    return Boundary(clause_id=clause_id, service=service, activity=activity, region=region, accountable=company)


@pytest.fixture
def drafting(terms: Terms) -> DraftAgreement:
    return DraftAgreement(
        agreement_id=AGREEMENT,
        title="One service",
        parties=PARTIES,
        effective_from=MONDAY,
        terms=terms,
        by=person("telco-a"),
        at=MONDAY,
    )


@pytest.fixture
def draft_content(drafting: DraftAgreement) -> Content:
    return Content(version=1, parties=drafting.parties, effective_from=drafting.effective_from, terms=drafting.terms)


@pytest.fixture
def proposing() -> ProposeAgreement:
    return ProposeAgreement(by=person("telco-a"), at=MONDAY)


@pytest.fixture
def signing(draft_content: Content) -> Callable[..., SignAgreement]:
    """Sign for a company, the content drafted unless said otherwise."""

    def sign(company: str, content: Content = draft_content) -> SignAgreement:
        return SignAgreement(content_hash=content_hash(content), by=person(company), at=MONDAY)

    return sign


@pytest.fixture
def approving(terms: Terms) -> Callable[..., ApproveBoundaries]:
    """Approve the map for a company, the one drafted unless said otherwise."""

    def approve(company: str, drawn: Terms = terms) -> ApproveBoundaries:
        return ApproveBoundaries(boundaries_hash=boundaries_hash(drawn), by=person(company, "sme"), at=MONDAY)

    return approve


@pytest.fixture
def to_force(
    drafting: DraftAgreement,
    proposing: ProposeAgreement,
    signing: Callable[..., SignAgreement],
    approving: Callable[..., ApproveBoundaries],
) -> list[Command]:
    """Everything it takes to bring the first version into force; the last signature comes last."""
    approvals = [approving(company) for company in PARTIES]
    return [drafting, *approvals, proposing, *(signing(company) for company in PARTIES)]


@pytest.fixture
def faster(terms: Terms) -> Terms:
    """The same terms with half the targets."""
    quick = tuple(
        replace(each, response=each.response / 2, resolution=each.resolution / 2) for each in terms.priorities
    )
    return replace(terms, priorities=quick)
