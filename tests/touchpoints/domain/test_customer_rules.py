"""What may happen to what is known of a customer."""

from dataclasses import replace

from common.testing.deciding import given
from common.values import Person, Sealed
from touchpoints.domain.customer import (
    ChangeCustomer,
    CustomerChanged,
    CustomerDiffers,
    CustomerErased,
    CustomerIsErased,
    CustomerNotImported,
    CustomerUnknown,
    DisclosePersonalData,
    EraseCustomer,
    NothingToDisclose,
    PersonalDataDisclosed,
    RegisterCustomer,
    decider,
)

MANAGER = Person(person="mia", company="telco-a", role="manager")


def erase(registering: RegisterCustomer) -> EraseCustomer:
    return EraseCustomer(erased_by=MANAGER, reason="customer-request", at=registering.at)


def change(registering: RegisterCustomer) -> ChangeCustomer:
    return ChangeCustomer(
        language="en",
        channel="phone",
        personal=Sealed(key="k", box="new"),
        fields=("phone",),
        fingerprint="f9",
        imported=False,
        at=registering.at,
    )


def ask(registering: RegisterCustomer, *fields: str) -> DisclosePersonalData:
    return DisclosePersonalData(asked_by=MANAGER, purpose="send-survey", fields=fields, at=registering.at)


def test_the_same_reference_gives_the_same_customer(registering: RegisterCustomer) -> None:
    known = given(decider).after(registering)
    known.when(replace(registering, personal=Sealed(key="k", box="otherwise sealed"))).then_nothing()
    known.when(replace(registering, fingerprint="f9")).then_refused(CustomerDiffers)


def test_a_correction_is_a_new_fact(registering: RegisterCustomer) -> None:
    correction = change(registering)
    known = given(decider).after(registering)
    known.when(correction).then(
        CustomerChanged(
            customer_id=registering.customer_id,
            agreement_id=registering.agreement_id,
            language="en",
            channel="phone",
            personal=correction.personal,
            fields=("phone",),
            fingerprint="f9",
            at=registering.at,
        )
    )
    known.after(correction).when(correction).then_nothing()
    given(decider).when(correction).then_refused(CustomerUnknown)


def test_an_erased_customer_cannot_be_brought_back(registering: RegisterCustomer) -> None:
    gone = given(decider).after(registering, erase(registering))
    gone.when(registering).then_refused(CustomerIsErased)
    gone.when(ask(registering, "email")).then_refused(CustomerIsErased)
    gone.when(erase(registering)).then_nothing()


def test_erasing_says_who_and_why(registering: RegisterCustomer) -> None:
    given(decider).after(registering).when(erase(registering)).then(
        CustomerErased(
            customer_id=registering.customer_id,
            agreement_id=registering.agreement_id,
            erased_by=MANAGER,
            reason="customer-request",
            at=registering.at,
        )
    )
    given(decider).when(erase(registering)).then_refused(CustomerUnknown)


def test_every_disclosure_is_on_record_and_names_only_what_was_given(registering: RegisterCustomer) -> None:
    known = given(decider).after(registering)
    known.when(ask(registering, "email", "phone")).then(
        PersonalDataDisclosed(
            customer_id=registering.customer_id,
            agreement_id=registering.agreement_id,
            asked_by=MANAGER,
            purpose="send-survey",
            fields=("email",),
            at=registering.at,
        )
    )
    known.when(ask(registering, "phone")).then_refused(NothingToDisclose)


def test_a_source_tells_only_of_customers_it_began_and_learns_nothing_of_others(registering: RegisterCustomer) -> None:
    told = replace(registering, imported=True)
    for live in (given(decider).after(registering), given(decider).after(registering, erase(registering))):
        live.when(told).then_refused(CustomerNotImported)
        live.when(replace(told, fingerprint="f9")).then_refused(CustomerNotImported)
        live.when(replace(change(registering), imported=True)).then_refused(CustomerNotImported)
    begun = given(decider).after(told)
    begun.when(told).then_nothing()
    begun.after(replace(change(registering), imported=True)).when(registering).then_refused(CustomerDiffers)
    begun.after(erase(registering)).when(told).then_refused(CustomerIsErased)
