"""What holds at a moment is the version that had taken effect by then; an amendment rewrites nothing before it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from agreement.domain.agreement import decider
from agreement.domain.agreement_commands import Command, DraftAmendment, SignAgreement, WithdrawProposal
from agreement.domain.agreement_facts import AgreementInForce
from agreement.domain.agreement_refusals import AmendmentOnTheTable, NotLater, NotYetInForce
from agreement.domain.agreement_states import InForce, Proposal, cited, version_at
from agreement.domain.claim import Cited
from agreement.domain.terms import Terms
from common.testing.deciding import Given, given
from common.values import Person

DAY = timedelta(days=1)
Of = Callable[..., Person]
World = Given[Any, Command, Any]


@pytest.fixture
def amending(faster: Terms, monday: datetime, of: Of) -> DraftAmendment:
    return DraftAmendment(effective_from=monday + 30 * DAY, terms=faster, by=of("net-b"), at=monday + DAY)


def all_sign(world: World, of: Of, at: datetime) -> World:
    state = world.state
    assert isinstance(state, InForce)
    assert isinstance(state.table, Proposal)
    hashed = state.table.content_hash
    return world.after(*(SignAgreement(content_hash=hashed, by=of(each), at=at) for each in state.parties))


def test_the_version_in_force_stays_until_the_next_takes_effect(
    to_force: list[Command], amending: DraftAmendment, monday: datetime, of: Of
) -> None:
    amended = given(decider).after(*to_force, amending)
    assert isinstance(amended.state, InForce)
    assert [each.content.version for each in amended.state.versions] == [1]
    both = all_sign(amended, of, monday + DAY).state
    assert isinstance(both, InForce)
    assert both.table is None
    numbers = [
        held.content.version if (held := version_at(both, monday + days * DAY)) else None for days in (-1, 0, 29, 30)
    ]
    assert numbers == [None, 1, 1, 2]


def test_all_sign_an_amendment_again(
    to_force: list[Command], amending: DraftAmendment, monday: datetime, of: Of
) -> None:
    amended = given(decider).after(*to_force, amending)
    state = amended.state
    assert isinstance(state, InForce)
    assert isinstance(state.table, Proposal)
    assert state.table.signatures == {}
    last = SignAgreement(content_hash=state.table.content_hash, by=of("desk-c"), at=monday)
    others = [replace(last, by=of(each)) for each in ("net-b", "telco-a")]
    facts = decider.decide(amended.after(*others).state, last)
    assert isinstance(facts[-1], AgreementInForce)
    assert facts[-1].version == 2


def test_an_amendment_takes_effect_after_the_version_before_it(
    to_force: list[Command], amending: DraftAmendment, monday: datetime
) -> None:
    given(decider).after(*to_force).when(replace(amending, effective_from=monday)).then_refused(NotLater)


def test_one_amendment_is_signed_at_a_time(to_force: list[Command], amending: DraftAmendment, of: Of) -> None:
    amended = given(decider).after(*to_force, amending)
    amended.when(amending).then_nothing()
    later = replace(amending, effective_from=amending.effective_from + DAY)
    amended.when(later).then_refused(AmendmentOnTheTable)
    withdraw = WithdrawProposal(reason="Another is better", by=of("net-b"), at=amending.at)
    assert isinstance(amended.after(withdraw, later).state, InForce)


def test_what_is_not_in_force_is_not_amended(to_force: list[Command], amending: DraftAmendment) -> None:
    given(decider).after(to_force[0]).when(amending).then_refused(NotYetInForce)


def test_only_a_clause_that_was_in_force_at_the_time_can_be_cited(
    to_force: list[Command], amending: DraftAmendment, monday: datetime, of: Of
) -> None:
    added = replace(amending.terms.commitments[0], clause_id="k-9")
    wider = replace(amending, terms=replace(amending.terms, commitments=(*amending.terms.commitments, added)))
    state = all_sign(given(decider).after(*to_force, wider), of, monday).state
    assert isinstance(state, InForce)
    assert cited(state, "k-9", monday + 29 * DAY) is None
    assert cited(state, "k-9", monday + 30 * DAY) == Cited(version=2, clause=added)
    assert cited(state, "k-1", monday - DAY) is None
