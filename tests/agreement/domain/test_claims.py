"""What the agreement in force did not say cannot be claimed, and is kept as a proposal."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from agreement.domain.claim import (
    AgainstOneself,
    AlreadyFiled,
    Cited,
    ClaimFiled,
    FileClaim,
    ImprovementProposalFiled,
    NotBoundByTheClause,
    NotFromAParty,
    NotHappenedYet,
    ProposeImprovement,
    decider,
)
from agreement.domain.terms import Terms
from common.testing.deciding import given
from common.values import Person


@pytest.fixture
def filing(terms: Terms, agreement_id: UUID, monday: datetime) -> FileClaim:
    return FileClaim(
        claim_id=UUID(int=5),
        agreement_id=agreement_id,
        parties=("desk-c", "net-b", "telco-a"),
        against="net-b",
        clause_id="p-1",
        cited=Cited(version=1, clause=terms.priorities[0]),
        event_at=monday,
        case_id=None,
        description="Nobody answered",
        by=Person(person="ana", company="telco-a", role="manager"),
        at=monday,
    )


def test_a_claim_rests_on_its_clause_and_version(filing: FileClaim) -> None:
    (fact,) = decider.decide(decider.initial, filing)
    assert isinstance(fact, ClaimFiled)
    assert (fact.clause_id, fact.agreement_version) == ("p-1", 1)


def test_what_was_not_in_force_is_filed_as_a_proposal_that_says_so(filing: FileClaim) -> None:
    (fact,) = decider.decide(decider.initial, replace(filing, cited=None))
    assert isinstance(fact, ImprovementProposalFiled)
    assert (fact.claimed_clause_id, fact.claimed_against) == ("p-1", "net-b")


def test_filing_twice_changes_nothing_and_another_under_the_same_id_is_refused(filing: FileClaim) -> None:
    filed = given(decider).after(filing)
    filed.when(replace(filing, at=filing.at + timedelta(hours=1))).then_nothing()
    filed.when(replace(filing, description="Something else")).then_refused(AlreadyFiled)
    filed.when(replace(filing, cited=None)).then_refused(AlreadyFiled)


def test_a_claim_is_against_a_party_that_the_clause_binds(filing: FileClaim, terms: Terms) -> None:
    given(decider).when(replace(filing, against="rival")).then_refused(NotBoundByTheClause)
    theirs = Cited(version=1, clause=terms.commitments[0])
    given(decider).when(replace(filing, cited=theirs)).then_refused(NotBoundByTheClause)
    assert decider.decide(decider.initial, replace(filing, cited=theirs, against="desk-c"))
    given(decider).when(replace(filing, against="telco-a")).then_refused(AgainstOneself)


def test_a_claim_comes_from_a_party_and_after_the_event(filing: FileClaim) -> None:
    stranger = Person(person="eve", company="rival", role="manager")
    given(decider).when(replace(filing, by=stranger)).then_refused(NotFromAParty)
    early = replace(filing, event_at=filing.at + timedelta(seconds=1))
    given(decider).when(early).then_refused(NotHappenedYet)


def test_an_improvement_needs_no_clause(filing: FileClaim) -> None:
    proposal = ProposeImprovement(
        proposal_id=UUID(int=6),
        agreement_id=filing.agreement_id,
        title="Week-ends",
        description="Answer on Saturdays",
        by=filing.by,
        at=filing.at,
    )
    (fact,) = decider.decide(decider.initial, proposal)
    assert isinstance(fact, ImprovementProposalFiled)
    assert fact.claimed_clause_id is None
    given(decider).after(proposal).when(proposal).then_nothing()
