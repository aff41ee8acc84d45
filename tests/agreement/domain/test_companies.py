"""A company is registered by its own manager, or by an operator for imports."""

from dataclasses import replace
from datetime import datetime

import pytest

from agreement.domain.company import (
    AmendCompany,
    CompanyAlreadyRegistered,
    NotYourCompany,
    RegisterCompany,
    UnknownCompany,
    UnsoundCompany,
    decider,
)
from common.testing.deciding import given
from common.values import Person

MANAGER = Person(person="ana", company="telco-a", role="manager")


@pytest.fixture
def registering(monday: datetime) -> RegisterCompany:
    return RegisterCompany(
        company="telco-a", name="Telco A", time_zone="Europe/Madrid", language="es", by=MANAGER, at=monday
    )


@pytest.fixture
def amending(monday: datetime) -> AmendCompany:
    return AmendCompany(name="Telco", time_zone="America/Lima", language="es-PE", by=MANAGER, at=monday)


def test_registering_twice_changes_nothing_and_otherwise_is_refused(registering: RegisterCompany) -> None:
    known = given(decider).after(registering)
    known.when(registering).then_nothing()
    known.when(replace(registering, name="Another")).then_refused(CompanyAlreadyRegistered)


def test_a_manager_speaks_for_their_own_company_only_and_an_operator_for_any(
    registering: RegisterCompany, amending: AmendCompany
) -> None:
    rival = Person(person="eve", company="rival", role="manager")
    given(decider).when(replace(registering, by=rival)).then_refused(NotYourCompany)
    given(decider).after(registering).when(replace(amending, by=rival)).then_refused(NotYourCompany)
    operator = replace(rival, role="operator")
    assert decider.decide(decider.initial, replace(registering, by=operator))


def test_an_amendment_is_a_fact_once(registering: RegisterCompany, amending: AmendCompany) -> None:
    given(decider).when(amending).then_refused(UnknownCompany)
    amended = given(decider).after(registering, amending)
    amended.when(amending).then_nothing()


@pytest.mark.parametrize(
    "odd",
    [{"company": "Telco A"}, {"company": "-a"}, {"time_zone": "CET+1"}, {"time_zone": ""}, {"language": "Spanish"}],
)
def test_a_company_has_a_slug_a_zone_and_a_language(registering: RegisterCompany, odd: dict[str, str]) -> None:
    operator = Person(person="op", company="operator", role="operator")
    given(decider).when(replace(registering, by=operator, **odd)).then_refused(UnsoundCompany)
