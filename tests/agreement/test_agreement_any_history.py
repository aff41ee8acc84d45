"""Whatever happens in whatever order: commands bring facts or refusals, facts fold, and what is written is read."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agreement.domain import agreement, claim, company, hand_off, measure
from agreement.domain import agreement_commands as ac
from agreement.domain import hand_off_commands as hc
from agreement.domain import measure_commands as mc
from agreement.domain.agreement_facts import AgreementInForce
from agreement.domain.agreement_states import Agreement, Content, InForce, content_hash, version_at
from agreement.domain.boundaries import boundaries_hash
from agreement.domain.hand_off_clock import PASSED
from agreement.domain.hand_off_facts import (
    HandOffCommitmentBegun,
    HandOffCommitmentEnded,
    HandOffCommitmentMet,
    HandOffCommitmentMissed,
)
from agreement.domain.measure_facts import StretchEnded, TargetMet, TargetMissed
from agreement.domain.terms import Ola, Terms
from agreement.history import history
from common.deciders import Decider
from common.refusals import Refusal
from common.values import Person

AGREEMENT = UUID(int=1)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
ASKED = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])

people = st.builds(
    Person,
    person=st.sampled_from(["ana", "ben"]),
    company=st.sampled_from(["telco-a", "net-b", "desk-c", "rival"]),
    role=st.sampled_from(["manager", "sme", "operator"]),
)
moments = st.integers(0, 90).map(lambda days: START + timedelta(days=days))


def lived(decider: Decider[Any, Any, Any], commands: Sequence[Any]) -> tuple[Any, list[Any]]:
    """Put *commands* to a thing; return what it became and all that happened to it, each fact read as written."""
    state, facts = decider.initial, []
    for command in commands:
        try:
            brought = decider.decide(state, command)
        except Refusal:
            continue
        state = decider.fold(brought, state)
        facts += brought
    for fact in facts:
        name = history.name_of(fact)
        assert history.read(name, history.version_of(name), history.write(fact)) == fact
    assert decider.fold(facts) == state
    return state, facts


def agreement_commands(variants: Sequence[Terms]) -> st.SearchStrategy[ac.Command]:
    parties = st.sampled_from([("telco-a", "net-b"), ("telco-a", "net-b", "desk-c")])
    terms = st.sampled_from(list(variants))
    hashes = st.sampled_from(
        [
            content_hash(Content(version=number, parties=named, effective_from=START + timedelta(days=day), terms=each))
            for number, day in ((1, 0), (2, 30))
            for named in (("telco-a", "net-b"), ("telco-a", "net-b", "desk-c"))
            for each in variants
        ]
    )
    maps = st.sampled_from([boundaries_hash(each) for each in variants])
    dates = st.sampled_from([START, START + timedelta(days=30)])
    when = {"by": people, "at": moments}
    return st.one_of(
        st.builds(
            ac.DraftAgreement,
            agreement_id=st.just(AGREEMENT),
            title=st.just("One"),
            parties=parties,
            effective_from=dates,
            terms=terms,
            **when,
        ),
        st.builds(ac.ChangeTerms, effective_from=dates, terms=terms, **when),
        st.builds(ac.DraftAmendment, effective_from=dates, terms=terms, **when),
        st.builds(ac.ProposeAgreement, **when),
        st.builds(ac.SignAgreement, content_hash=hashes, **when),
        st.builds(ac.DeclineToSign, reason=st.just("No"), **when),
        st.builds(ac.WithdrawProposal, reason=st.just("No"), **when),
        st.builds(ac.ApproveBoundaries, boundaries_hash=maps, **when),
    )


@pytest.fixture
def variants(terms: Terms, faster: Terms) -> list[Terms]:
    two = replace(terms, commitments=terms.commitments[1:], boundaries=terms.boundaries[1:])
    return [terms, faster, two]


@ASKED
@given(data=st.data())
def test_any_history_of_an_agreement(data: st.DataObject, variants: list[Terms], to_force: list[ac.Command]) -> None:
    commands = data.draw(st.lists(agreement_commands(variants), max_size=25))
    begun = data.draw(st.sampled_from([[], to_force[:1], to_force[:6], to_force]))
    state, facts = lived(agreement.decider, [*begun, *commands])
    for_force(state, facts)


def for_force(state: Agreement, facts: Sequence[Any]) -> None:
    """Each version in force carries the signature of every party over its own hash, and is never replaced."""
    bound = [fact for fact in facts if isinstance(fact, AgreementInForce)]
    assert [fact.version for fact in bound] == list(range(1, len(bound) + 1))
    assert isinstance(state, InForce) == bool(bound)
    if not isinstance(state, InForce):
        return
    for fact, held in zip(bound, state.versions, strict=True):
        assert set(held.signatures) == set(fact.parties)
        assert held.content_hash == content_hash(held.content) == fact.content_hash
        found = version_at(state, fact.effective_from)
        assert found == held


def measure_commands(terms: Terms) -> st.SearchStrategy[mc.Command]:
    hours = st.integers(0, 24 * 14).map(lambda hour: START + timedelta(hours=hour))
    promise = {"priority": st.sampled_from(terms.priorities), "calendar": st.just(terms.calendars[0]), "at": hours}
    return st.one_of(
        st.builds(
            mc.MeasureCase,
            case_id=st.just(UUID(int=7)),
            agreement_id=st.just(AGREEMENT),
            agreement_version=st.just(1),
            answered=st.booleans(),
            imported=st.booleans(),
            **promise,
        ),
        st.builds(mc.MovePriority, **promise),
        st.builds(mc.NoteResponse, at=hours),
        st.builds(mc.NoteClosing, at=hours),
        st.builds(mc.NoteRound, round=st.integers(2, 5), **promise),
        st.builds(mc.LookAtTheClock, at=hours),
    )


@ASKED
@given(data=st.data())
def test_any_history_of_a_case_that_is_measured(data: st.DataObject, terms: Terms) -> None:
    commands = data.draw(st.lists(measure_commands(terms), max_size=25))
    _, facts = lived(measure.decider, commands)
    verdicts = [fact for fact in facts if isinstance(fact, TargetMet | TargetMissed)]
    met = [(fact.round, fact.target) for fact in verdicts if isinstance(fact, TargetMet)]
    missed = [(fact.round, fact.target) for fact in verdicts if isinstance(fact, TargetMissed)]
    assert len(met) == len(set(met))
    assert len(missed) == len(set(missed))
    for closing in (fact for fact in facts if isinstance(fact, StretchEnded)):
        assert {fact.target for fact in verdicts if fact.round == closing.round} == {"response", "resolution"}


def hand_off_commands(terms: Terms) -> st.SearchStrategy[hc.Command]:
    quarters = st.integers(0, 4 * 24 * 4).map(lambda quarter: START + quarter * timedelta(minutes=15))
    companies = st.sampled_from(["telco-a", "net-b", "desk-c"])
    items = st.sampled_from([UUID(int=8), UUID(int=9)])
    of_case = {"terms": st.just(terms), "at": quarters}
    of_item = {"item_id": items, **of_case}
    rounds = st.integers(1, 3)
    return st.one_of(
        st.builds(hc.DirectWork, round=rounds, customer=st.one_of(st.none(), companies), supplier=companies, **of_item),
        st.builds(hc.TakeWork, round=rounds, supplier=companies, **of_item),
        st.builds(hc.NoteItem, item_id=items, company=companies, at=quarters),
        st.builds(hc.LookAtTheClock, at=quarters),
        *(
            st.builds(command, **of_item)
            for command in (hc.DeclineWork, hc.TakeBackWork, hc.PauseWork, hc.ResumeWork, hc.SolveWork, hc.DropWork)
        ),
        *(st.builds(command, **of_case) for command in (hc.ParkWork, hc.UnparkWork, hc.EndWork)),
    )


@ASKED
@given(data=st.data())
def test_any_history_of_the_hand_offs_of_a_case(data: st.DataObject, terms: Terms) -> None:
    olas = tuple(
        Ola(
            clause_id=f"o-{number}",
            customer=customer,
            supplier=supplier,
            service="*",
            acceptance=timedelta(hours=1),
            resolution=timedelta(hours=3),
            calendar="office",
        )
        for number, (customer, supplier) in enumerate([("*", "net-b"), ("net-b", "telco-a"), ("telco-a", "net-b")])
    )
    promising = replace(terms, olas=olas)
    follow = hc.FollowHandOffs(
        case_id=UUID(int=7),
        agreement_id=AGREEMENT,
        agreement_version=1,
        company="telco-a",
        service="fibre",
        imported=data.draw(st.booleans()),
        at=START,
    )
    commands = data.draw(st.lists(hand_off_commands(promising), max_size=30))
    end = hc.EndWork(terms=promising, at=START + timedelta(days=5))
    state, facts = lived(hand_off.decider, [follow, *commands, end])
    assert state.clocks == {}
    assert hand_off.due(state) is None
    begun = [(fact.hand_off, fact.target) for fact in facts if isinstance(fact, HandOffCommitmentBegun)]
    assert len(begun) == len(set(begun))
    assert sorted(begun) == sorted((fact.hand_off, fact.target) for fact in facts if last(fact))


def last(fact: object) -> bool:
    """Each clock that begins ends once: met, missed when it was reached late, or ended."""
    match fact:
        case HandOffCommitmentMissed(rule=rule):
            return rule != PASSED
        case _:
            return isinstance(fact, HandOffCommitmentMet | HandOffCommitmentEnded)


@ASKED
@given(
    st.lists(
        st.one_of(
            st.builds(
                company.RegisterCompany,
                company=st.sampled_from(["telco-a", "Telco A"]),
                name=st.text(max_size=5),
                time_zone=st.sampled_from(["Europe/Madrid", "Nowhere"]),
                language=st.sampled_from(["es", "?"]),
                by=people,
                at=moments,
            ),
            st.builds(
                company.AmendCompany,
                name=st.text(max_size=5),
                time_zone=st.sampled_from(["Europe/Madrid", "America/Lima"]),
                language=st.just("en-GB"),
                by=people,
                at=moments,
            ),
        ),
        max_size=12,
    )
)
def test_any_history_of_a_company(commands: list[company.Command]) -> None:
    lived(company.decider, commands)


@ASKED
@given(data=st.data())
def test_any_history_of_a_claim(data: st.DataObject, terms: Terms) -> None:
    cited = claim.Cited(version=1, clause=terms.commitments[0])
    filing = st.builds(
        claim.FileClaim,
        claim_id=st.just(UUID(int=5)),
        agreement_id=st.just(AGREEMENT),
        parties=st.just(("telco-a", "net-b", "desk-c")),
        against=st.sampled_from(["telco-a", "net-b", "desk-c", "rival"]),
        clause_id=st.just("k-1"),
        cited=st.sampled_from([None, cited]),
        event_at=moments,
        case_id=st.none(),
        description=st.text(max_size=3),
        by=people,
        at=moments,
    )
    _, facts = lived(claim.decider, data.draw(st.lists(filing, max_size=8)))
    assert len(facts) <= 1
