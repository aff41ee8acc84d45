"""Examples that the tests of touchpoints start from; a test says what is different about its own."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from common.values import Person, Sealed
from touchpoints.domain.agreement import Boundary, Priority, Sharing, Terms
from touchpoints.domain.contact import RecordContact
from touchpoints.domain.customer import RegisterCustomer
from touchpoints.domain.opening import OpenCase
from touchpoints.domain.team import RegisterTeam

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
AGREEMENT = UUID("11111111-1111-1111-1111-111111111111")
CUSTOMER = UUID("22222222-2222-2222-2222-222222222222")


@pytest.fixture
def monday() -> datetime:
    return MONDAY


@pytest.fixture
def ana() -> Person:
    return Person(person="ana", company="telco-a", role="touchpoint-agent")


@pytest.fixture
def terms() -> Terms:
    return Terms(
        agreement_id=AGREEMENT,
        version=1,
        effective_from=MONDAY - timedelta(days=30),
        parties=("telco-a", "net-b", "desk-c"),
        services=("fibre", "mobile"),
        activities=("install", "repair"),
        regions=("north", "south"),
        calendars=("office",),
        boundaries=(
            Boundary(clause_id="b-1", service="fibre", activity="*", region="*", accountable="telco-a", in_scope=True),
            Boundary(
                clause_id="b-2", service="fibre", activity="repair", region="*", accountable="net-b", in_scope=True
            ),
        ),
        priorities=(
            Priority(clause_id="p-1", priority="low", resolution=timedelta(days=5)),
            Priority(clause_id="p-2", priority="high", resolution=timedelta(hours=4)),
            Priority(clause_id="p-3", priority="normal", resolution=timedelta(days=1)),
        ),
        sharing=(
            Sharing(clause_id="s-1", field="need", shared_with="case-companies"),
            Sharing(clause_id="s-2", field="name", shared_with="all-parties"),
        ),
    )


@pytest.fixture
def registering_team(terms: Terms) -> RegisterTeam:
    return RegisterTeam(
        team_id=UUID(int=4),
        terms=terms,
        name="Front desk",
        purpose="first contact",
        company="telco-a",
        time_zone="America/Bogota",
        calendar="office",
        languages=("es", "en"),
        open_to=frozenset({"desk-c"}),
        imported=False,
        at=MONDAY,
    )


@pytest.fixture
def registering() -> RegisterCustomer:
    return RegisterCustomer(
        customer_id=CUSTOMER,
        agreement_id=AGREEMENT,
        company="telco-a",
        external_reference="C-77",
        language="es",
        channel="email",
        public_key="a2V5",
        personal=Sealed(key=str(CUSTOMER), box="Ym94"),
        fields=("email", "name"),
        fingerprint="f1",
        imported=False,
        at=MONDAY,
    )


@pytest.fixture
def recording(terms: Terms) -> RecordContact:
    return RecordContact(
        contact_id=UUID(int=5),
        agreement_id=AGREEMENT,
        terms=terms,
        customer_id=CUSTOMER,
        case_id=None,
        thread_case_id=None,
        channel="phone",
        external_reference="call-1",
        thread_reference=None,
        direction="inbound",
        team_id=UUID(int=4),
        company="telco-a",
        service="fibre",
        personal=Sealed(key=str(CUSTOMER), box="c3Vt"),
        fingerprint="f2",
        spam=False,
        imported=False,
        at=MONDAY,
    )


@pytest.fixture
def opening(terms: Terms, ana: Person) -> OpenCase:
    return OpenCase(
        case_id=UUID(int=6),
        agreement_id=AGREEMENT,
        terms=terms,
        customer_id=CUSTOMER,
        customer_key="a2V5",
        contact_id=UUID(int=5),
        team_id=UUID(int=4),
        company="telco-a",
        service="fibre",
        activity="repair",
        region="north",
        impact="degraded",
        priority=None,
        opened_by=ana,
        language="es",
        external_reference="INC-1",
        personal=Sealed(key=str(CUSTOMER), box="bmVlZA=="),
        fingerprint="f3",
        solved_at_contact=None,
        imported=False,
        at=MONDAY,
    )
