"""Contacts are recorded once, belong to one case, and spam opens none."""

from dataclasses import replace
from uuid import UUID

import pytest

from common.testing.deciding import given
from common.values import Person, Sealed
from touchpoints.domain import thread
from touchpoints.domain.agreement import CompanyNotParty, ServiceNotInAgreement
from touchpoints.domain.contact import (
    ContactDiffers,
    ContactFoundToBeSpam,
    ContactLinked,
    ContactNotImported,
    ContactUnknown,
    FindSpam,
    LinkContact,
    LinkedElsewhere,
    NoAgreementAtContact,
    OtherCustomer,
    RecordContact,
    SpamRefused,
    decider,
)
from touchpoints.domain.thread import Loose, TieThread, case_for

CASE = UUID(int=60)


def link(recording: RecordContact) -> LinkContact:
    return LinkContact(
        case_id=CASE,
        customer_id=recording.customer_id,
        linked_by=None,
        rule="thread",
        imported=False,
        at=recording.at,
    )


def test_the_same_reference_again_gives_no_fact(recording: RecordContact) -> None:
    known = given(decider).after(recording)
    known.when(replace(recording, personal=Sealed(key="k", box="otherwise sealed"))).then_nothing()
    known.when(replace(recording, fingerprint="f9")).then_refused(ContactDiffers)
    known.when(replace(recording, direction="outbound")).then_refused(ContactDiffers)


def test_spam_is_refused_at_contact(recording: RecordContact) -> None:
    given(decider).when(replace(recording, spam=True)).then_refused(SpamRefused)


def test_a_contact_needs_an_agreement_in_force_and_a_party_to_it(recording: RecordContact) -> None:
    given(decider).when(replace(recording, terms=None)).then_refused(NoAgreementAtContact)
    given(decider).when(replace(recording, company="stranger")).then_refused(CompanyNotParty)
    given(decider).when(replace(recording, service="gas")).then_refused(ServiceNotInAgreement)


def test_a_contact_told_again_with_its_case_is_linked_to_it(recording: RecordContact) -> None:
    known = given(decider).after(recording)
    for again in (replace(recording, case_id=CASE), replace(recording, thread_case_id=CASE)):
        (linked,) = decider.decide(known.state, again)
        assert isinstance(linked, ContactLinked)
        assert linked.case_id == CASE
        known.after(again).when(again).then_nothing()
        known.after(again).when(recording).then_nothing()
        known.after(again).when(replace(recording, case_id=UUID(int=61))).then_refused(ContactDiffers)
        known.after(again).when(replace(recording, thread_case_id=UUID(int=61))).then_nothing()


def test_a_contact_is_about_one_case(recording: RecordContact) -> None:
    linked = given(decider).after(recording, link(recording))
    linked.when(link(recording)).then_nothing()
    linked.when(recording).then_nothing()
    linked.when(replace(link(recording), case_id=UUID(int=61))).then_refused(LinkedElsewhere)
    given(decider).when(link(recording)).then_refused(ContactUnknown)


def test_a_contact_is_not_linked_to_the_case_of_another_customer(recording: RecordContact) -> None:
    other = replace(link(recording), customer_id=UUID(int=9))
    given(decider).after(recording).when(other).then_refused(OtherCustomer)


def test_what_turns_out_to_be_spam_opens_no_case(recording: RecordContact, ana: Person) -> None:
    find = FindSpam(found_by=ana, imported=False, at=recording.at)
    known = given(decider).after(recording)
    known.when(find).then(
        ContactFoundToBeSpam(
            contact_id=recording.contact_id, agreement_id=recording.agreement_id, found_by=ana, at=recording.at
        )
    )
    known.after(find).when(find).then_nothing()
    known.after(find).when(link(recording)).then_refused(SpamRefused)
    known.after(link(recording)).when(find).then_refused(LinkedElsewhere)


def test_a_thread_leads_its_customer_to_the_case_tied_last(recording: RecordContact) -> None:
    tie = TieThread(
        agreement_id=recording.agreement_id, customer_id=recording.customer_id, case_id=CASE, at=recording.at
    )
    tied = given(thread.decider).after(tie)
    tied.when(tie).then_nothing()
    assert case_for(tied.state, recording.customer_id) == CASE
    assert case_for(tied.state, UUID(int=9)) is None
    assert case_for(Loose(), recording.customer_id) is None


@pytest.mark.parametrize("spam", [True, False])
def test_asking_about_a_known_spam_again_is_no_contradiction(recording: RecordContact, ana: Person, spam: bool) -> None:
    known = given(decider).after(recording, FindSpam(found_by=ana, imported=False, at=recording.at))
    again = replace(recording, spam=spam)
    known.when(again).then_refused(SpamRefused) if spam else known.when(again).then_nothing()


def test_a_source_tells_only_of_contacts_it_began_and_learns_nothing_of_others(
    recording: RecordContact, ana: Person
) -> None:
    find, told = FindSpam(found_by=ana, imported=True, at=recording.at), replace(recording, imported=True)
    for live in (given(decider).after(recording), given(decider).after(recording, replace(find, imported=False))):
        for again in (told, replace(told, fingerprint="f9"), replace(told, spam=True), find):
            live.when(again).then_refused(ContactNotImported)
        live.when(replace(link(recording), imported=True)).then_refused(ContactNotImported)
    begun = given(decider).after(told)
    begun.when(told).then_nothing()
    begun.after(replace(link(recording), imported=True)).when(link(recording)).then_nothing()
