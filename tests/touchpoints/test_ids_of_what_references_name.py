"""What goes by a reference has an id that follows from it, and no two things have the same."""

from itertools import product
from uuid import UUID

from touchpoints.history import CASE, CUSTOMER, TEAM, by_reference, contact_by_reference, thread_by_reference

AGREEMENT = UUID(int=1)
REFERENCES = ("R-1", "phone:R-1", "customer:R-1", "contact:phone:R-1", "thread:phone:R-1")
KINDS = (CASE, CUSTOMER, TEAM)


def test_things_of_different_kinds_never_share_an_id_whatever_they_go_by() -> None:
    named = [by_reference(kind, AGREEMENT, "telco-a", reference) for kind, reference in product(KINDS, REFERENCES)]
    named += [contact_by_reference(AGREEMENT, "telco-a", "phone", one) for one in REFERENCES]
    named += [thread_by_reference(AGREEMENT, "telco-a", "phone", one) for one in REFERENCES]
    assert len(set(named)) == len(named)


def test_the_same_reference_gives_the_same_id_and_another_agreement_another() -> None:
    assert by_reference(CASE, AGREEMENT, "telco-a", "R-1") == by_reference(CASE, AGREEMENT, "telco-a", "R-1")
    assert by_reference(CASE, AGREEMENT, "telco-a", "R-1") != by_reference(CASE, UUID(int=2), "telco-a", "R-1")


def test_what_one_company_calls_its_own_is_no_other_company_s() -> None:
    companies = ("telco-a", "desk-c", "telco-a")
    for kind in KINDS:
        assert len({by_reference(kind, AGREEMENT, company, "front") for company in companies}) == 2
    assert len({contact_by_reference(AGREEMENT, company, "email", "<1@mail>") for company in companies}) == 2
    assert len({thread_by_reference(AGREEMENT, company, "email", "<1@mail>") for company in companies}) == 2
