"""An agreement binds when all have signed the same content and all experts have approved its map."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from agreement.domain.agreement import decider
from agreement.domain.agreement_commands import (
    ApproveBoundaries,
    ChangeTerms,
    Command,
    DeclineToSign,
    DraftAgreement,
    ProposeAgreement,
    SignAgreement,
    WithdrawProposal,
)
from agreement.domain.agreement_facts import AgreementInForce, AgreementProposed, TermsChanged
from agreement.domain.agreement_refusals import (
    AlreadyDrafted,
    AnotherContent,
    AnotherMap,
    Incomplete,
    NothingOnTheTable,
    NotProposed,
    OnlyAManager,
    OnlyAnExpert,
    ProposedByAnother,
    UnknownAgreement,
    UnsoundDate,
    UnsoundParties,
)
from agreement.domain.agreement_states import Content, Draft, InForce, NotDrafted, Preparing, Proposal, content_hash
from agreement.domain.terms import Terms
from common.testing.deciding import Given, given
from common.values import Person

Of = Callable[..., Person]
Sign = Callable[..., SignAgreement]
Approve = Callable[..., ApproveBoundaries]


def table(world: Given[Any, Command, Any]) -> Proposal:
    state = world.state
    assert isinstance(state, Preparing | InForce)
    assert isinstance(state.table, Proposal)
    return state.table


def test_it_is_in_force_when_the_last_party_signs(to_force: list[Command]) -> None:
    *before, last = to_force
    almost = given(decider).after(*before)
    assert isinstance(almost.state, Preparing)
    facts = decider.decide(almost.state, last)
    assert isinstance(facts[-1], AgreementInForce)
    assert isinstance(decider.fold(facts, almost.state), InForce)


def test_signatures_alone_do_not_bind_until_the_last_expert_approves(
    drafting: DraftAgreement, proposing: ProposeAgreement, signing: Sign, approving: Approve
) -> None:
    signed = given(decider).after(drafting, proposing, *(signing(each) for each in drafting.parties))
    assert isinstance(signed.state, Preparing)
    almost = signed.after(approving("telco-a"), approving("net-b"))
    assert isinstance(almost.state, Preparing)
    assert isinstance(almost.after(approving("desk-c")).state, InForce)


def test_an_edit_after_two_of_three_signatures_leaves_none(
    drafting: DraftAgreement, proposing: ProposeAgreement, signing: Sign, faster: Terms, of: Of
) -> None:
    two = given(decider).after(drafting, proposing, signing("telco-a"), signing("net-b"))
    assert len(table(two).signatures) == 2
    edit = ChangeTerms(effective_from=drafting.effective_from, terms=faster, by=of("desk-c"), at=drafting.at)
    changed, proposed = decider.decide(two.state, edit)
    assert isinstance(changed, TermsChanged)
    assert isinstance(proposed, AgreementProposed)
    edited = two.after(edit)
    assert table(edited).signatures == {}
    assert table(edited).content_hash != table(two).content_hash
    edited.when(signing("telco-a")).then_refused(AnotherContent)
    edited.when(edit).then_nothing()


def test_an_edit_elsewhere_keeps_the_approval_of_the_map_and_one_of_the_map_does_not(
    drafting: DraftAgreement, proposing: ProposeAgreement, approving: Approve, faster: Terms, terms: Terms, of: Of
) -> None:
    approved = given(decider).after(drafting, *(approving(each) for each in drafting.parties), proposing)

    def all_sign(drawn: Terms) -> Given[Any, Command, Any]:
        edit = ChangeTerms(effective_from=drafting.effective_from, terms=drawn, by=of("telco-a"), at=drafting.at)
        edited = approved.after(edit)
        hashed = table(edited).content_hash
        return edited.after(
            *(SignAgreement(content_hash=hashed, by=of(each), at=drafting.at) for each in drafting.parties)
        )

    assert isinstance(all_sign(faster).state, InForce)
    assert isinstance(all_sign(replace(terms, boundaries=terms.boundaries[1:])).state, Preparing)


def test_asking_twice_changes_nothing(to_force: list[Command]) -> None:
    for number, command in enumerate(to_force[:-1], start=1):
        given(decider).after(*to_force[:number]).when(command).then_nothing()
    finished = given(decider).after(*to_force)
    for command in to_force[1:4] + to_force[5:]:
        finished.when(command).then_nothing()


def test_a_party_without_a_commitment_of_its_own_cannot_be_bound(
    drafting: DraftAgreement, proposing: ProposeAgreement, terms: Terms
) -> None:
    without_individual = replace(terms, commitments=terms.commitments[1:])
    given(decider).after(replace(drafting, terms=without_individual)).when(proposing).then_refused(Incomplete)
    without_collective = replace(terms, commitments=terms.commitments[:3])
    given(decider).after(replace(drafting, terms=without_collective)).when(proposing).then_refused(Incomplete)


def test_a_proposal_cannot_be_edited_into_an_incomplete_one(
    drafting: DraftAgreement, proposing: ProposeAgreement, terms: Terms, of: Of
) -> None:
    bare = replace(terms, commitments=terms.commitments[1:])
    edit = ChangeTerms(effective_from=drafting.effective_from, terms=bare, by=of("telco-a"), at=drafting.at)
    given(decider).after(drafting).when(edit).then(
        TermsChanged(
            agreement_id=drafting.agreement_id,
            version=1,
            effective_from=drafting.effective_from,
            terms=bare,
            by=edit.by,
            at=edit.at,
        )
    )
    given(decider).after(drafting, proposing).when(edit).then_refused(Incomplete)


def test_only_managers_bind_and_only_experts_approve(
    drafting: DraftAgreement, proposing: ProposeAgreement, signing: Sign, approving: Approve, of: Of
) -> None:
    proposed = given(decider).after(drafting, proposing)
    proposed.when(replace(signing("net-b"), by=of("net-b", "sme"))).then_refused(OnlyAManager)
    proposed.when(replace(approving("net-b"), by=of("net-b", "manager"))).then_refused(OnlyAnExpert)
    given(decider).after(drafting).when(replace(proposing, by=of("telco-a", "sme"))).then_refused(OnlyAManager)


def test_another_hash_is_refused(
    drafting: DraftAgreement, proposing: ProposeAgreement, signing: Sign, approving: Approve
) -> None:
    proposed = given(decider).after(drafting, proposing)
    proposed.when(replace(signing("net-b"), content_hash="0" * 64)).then_refused(AnotherContent)
    proposed.when(replace(approving("net-b"), boundaries_hash="0" * 64)).then_refused(AnotherMap)


def test_the_hash_is_over_version_parties_date_and_terms(draft_content: Content, faster: Terms) -> None:
    others = [
        replace(draft_content, version=2),
        replace(draft_content, parties=draft_content.parties[1:]),
        replace(draft_content, effective_from=draft_content.effective_from + timedelta(seconds=1)),
        replace(draft_content, terms=faster),
    ]
    assert len({content_hash(each) for each in (draft_content, *others)}) == 5


def test_a_draft_cannot_be_signed(drafting: DraftAgreement, signing: Sign) -> None:
    given(decider).after(drafting).when(signing("net-b")).then_refused(NotProposed)


def test_a_company_that_is_no_party_finds_nothing(
    drafting: DraftAgreement, proposing: ProposeAgreement, of: Of
) -> None:
    given(decider).after(drafting).when(replace(proposing, by=of("rival"))).then_refused(UnknownAgreement)
    given(decider).when(proposing).then_refused(UnknownAgreement)


@pytest.mark.parametrize("parties", [("telco-a",), ("telco-a", "telco-a"), ("net-b", "desk-c"), ()])
def test_an_agreement_has_two_different_parties_and_the_drafter_is_one(
    drafting: DraftAgreement, parties: tuple[str, ...]
) -> None:
    given(decider).when(replace(drafting, parties=parties)).then_refused(UnsoundParties)


def test_the_date_of_effect_may_lie_in_the_past_and_the_future_but_is_a_date(drafting: DraftAgreement) -> None:
    for days in (-5000, 5000):
        moved = replace(drafting, effective_from=drafting.effective_from + timedelta(days=days))
        assert len(decider.decide(NotDrafted(), moved)) == 1
    naive = replace(drafting, effective_from=drafting.effective_from.replace(tzinfo=None))
    given(decider).when(naive).then_refused(UnsoundDate)
    given(decider).when(replace(drafting, effective_from=drafting.effective_from.replace(year=9999))).then_refused(
        UnsoundDate
    )


def test_another_draft_under_the_same_id_is_refused(drafting: DraftAgreement) -> None:
    given(decider).after(drafting).when(replace(drafting, title="Another")).then_refused(AlreadyDrafted)


def test_a_withdrawn_proposal_is_a_draft_again(
    drafting: DraftAgreement, proposing: ProposeAgreement, signing: Sign, of: Of
) -> None:
    withdraw = WithdrawProposal(reason="Not ripe", by=of("telco-a"), at=drafting.at)
    proposed = given(decider).after(drafting, proposing, signing("net-b"))
    proposed.when(replace(withdraw, by=of("net-b"))).then_refused(ProposedByAnother)
    withdrawn = proposed.after(withdraw)
    assert isinstance(withdrawn.state, Preparing)
    assert isinstance(withdrawn.state.table, Draft)
    withdrawn.when(withdraw).then_nothing()
    assert table(withdrawn.after(proposing)).signatures == {}


def test_declining_takes_the_signature_back_and_signing_takes_the_refusal_back(
    drafting: DraftAgreement, proposing: ProposeAgreement, signing: Sign, of: Of
) -> None:
    decline = DeclineToSign(reason="The targets are out of reach", by=of("net-b"), at=drafting.at)
    declined = given(decider).after(drafting, proposing, signing("net-b"), decline)
    assert (set(table(declined).signatures), set(table(declined).declined)) == (set(), {"net-b"})
    declined.when(decline).then_nothing()
    signed = declined.after(signing("net-b"))
    assert (set(table(signed).signatures), set(table(signed).declined)) == ({"net-b"}, set())


def test_what_is_in_force_is_never_edited(to_force: list[Command], faster: Terms, monday: object, of: Of) -> None:
    drafting = to_force[0]
    assert isinstance(drafting, DraftAgreement)
    edit = ChangeTerms(effective_from=drafting.effective_from, terms=faster, by=of("telco-a"), at=drafting.at)
    given(decider).after(*to_force).when(edit).then_refused(NothingOnTheTable)
