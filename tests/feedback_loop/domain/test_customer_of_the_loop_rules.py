"""Which cases a customer has, and that the customer was erased, is learned once."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from common.testing.deciding import given
from feedback_loop.domain.customer import CustomerLinked, Erased, ErasureLearned, LearnErasure, LinkCase, decider

CUSTOMER, AGREEMENT = UUID(int=3), UUID(int=2)
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ERASURE = LearnErasure(customer_id=CUSTOMER, agreement_id=AGREEMENT, at=MONDAY)


def linking(number: int) -> LinkCase:
    return LinkCase(customer_id=CUSTOMER, agreement_id=AGREEMENT, case_id=UUID(int=number), at=MONDAY)


def test_a_case_is_linked_to_its_customer_once() -> None:
    linked = CustomerLinked(customer_id=CUSTOMER, agreement_id=AGREEMENT, case_id=UUID(int=1), at=MONDAY)
    given(decider).when(linking(1)).then(linked)
    given(decider).after(linking(1)).when(linking(1)).then_nothing()
    assert given(decider).after(linking(1), linking(2)).state.cases == (UUID(int=1), UUID(int=2))


def test_an_erasure_is_learned_once_and_remembers_when_it_was() -> None:
    learned = ErasureLearned(customer_id=CUSTOMER, agreement_id=AGREEMENT, at=MONDAY)
    given(decider).after(linking(1)).when(ERASURE).then(learned)
    later = LearnErasure(customer_id=CUSTOMER, agreement_id=AGREEMENT, at=MONDAY + HOUR)
    given(decider).after(ERASURE).when(later).then_nothing()


def test_a_case_that_arrives_after_the_erasure_is_still_the_customers() -> None:
    assert given(decider).after(ERASURE, linking(1)).state == Erased(cases=(UUID(int=1),), since=MONDAY)
    given(decider).after(ERASURE, linking(1)).when(linking(1)).then_nothing()
