"""A company is registered and amended by its own people."""

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


@pytest.mark.parametrize("role", ["manager", "operator"])
def test_whoever_speaks_for_a_company_is_of_it(role: str, registering: RegisterCompany, amending: AmendCompany) -> None:
    rival = Person(person="eve", company="rival", role=role)
    given(decider).when(replace(registering, by=rival)).then_refused(NotYourCompany)
    given(decider).after(registering).when(replace(amending, by=rival)).then_refused(NotYourCompany)
    assert decider.decide(decider.initial, replace(registering, by=replace(MANAGER, role=role)))


def test_an_amendment_is_a_fact_once(registering: RegisterCompany, amending: AmendCompany) -> None:
    given(decider).when(amending).then_refused(UnknownCompany)
    amended = given(decider).after(registering, amending)
    amended.when(amending).then_nothing()


@pytest.mark.parametrize(
    "odd",
    [{"company": "Telco A"}, {"company": "-a"}, {"time_zone": "CET+1"}, {"time_zone": ""}, {"language": "Spanish"}],
)
def test_a_company_has_a_slug_a_zone_and_a_language(registering: RegisterCompany, odd: dict[str, str]) -> None:
    own = replace(MANAGER, company=odd.get("company", MANAGER.company))
    given(decider).when(replace(registering, by=own, **odd)).then_refused(UnsoundCompany)
