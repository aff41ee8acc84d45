"""Whom the system would ask, and under which terms."""

from datetime import UTC, datetime
from uuid import UUID, uuid5

import pytest

from common.testing.deciding import given
from solver_teams.domain.agreement import (
    Boundary,
    LearnTerms,
    ListTeam,
    Terms,
    UnknownAgreement,
    decider,
    in_force,
    latest,
    parties,
)
from solver_teams.domain.routing import Proposal, Subject, propose
from solver_teams.domain.team import Coverage, Listing

AGREEMENT = UUID(int=1)
REPAIR = Subject(service="fibre", activity="repair", region="north", accountable="net-b")
ANY = Coverage(service="*", activity="*", region="*")


def boundary(clause: str, activity: str, region: str, *, in_scope: bool = True) -> Boundary:
    return Boundary(
        service="fibre", activity=activity, region=region, accountable="net-b", in_scope=in_scope, clause_id=clause
    )


def terms(version: int = 1, *, year: int = 2026, boundaries: tuple[Boundary, ...] = ()) -> Terms:
    return Terms(
        version=version,
        effective_from=datetime(year, 1, 1, tzinfo=UTC),
        parties=("net-b", "telco-a"),
        services=("fibre",),
        activities=("repair",),
        regions=("north",),
        boundaries=boundaries,
        calendars=(),
        sharing=(),
    )


def listing(name: str, company: str, *coverage: Coverage) -> Listing:
    return Listing(team_id=uuid5(AGREEMENT, name), name=name, companies=(company,), coverage=coverage)


def chosen(*teams: Listing, subject: Subject = REPAIR) -> Proposal:
    return propose(terms(boundaries=(boundary("b-1", "*", "*"), boundary("b-2", "repair", "*"))), teams, subject)


def test_a_team_of_the_accountable_company_comes_before_a_more_specific_one_of_another() -> None:
    exact = Coverage(service="fibre", activity="repair", region="north")
    proposal = chosen(listing("theirs", "telco-a", exact), listing("ours", "net-b", ANY))
    assert proposal.team_id == uuid5(AGREEMENT, "ours")


def test_among_them_the_most_specific_coverage_comes_first() -> None:
    fibre = Coverage(service="fibre", activity="*", region="*")
    proposal = chosen(listing("any", "net-b", ANY), listing("fibre", "net-b", ANY, fibre))
    assert proposal.team_id == uuid5(AGREEMENT, "fibre")


def test_where_only_another_company_covers_it_is_proposed_and_said_so() -> None:
    proposal = chosen(listing("theirs", "telco-a", ANY))
    assert proposal.company == "telco-a"
    assert any("no covering team is staffed by net-b" in reason for reason in proposal.reasons)


def test_nobody_is_proposed_where_nobody_covers_and_that_is_said() -> None:
    mobile = Coverage(service="mobile", activity="*", region="*")
    proposal = chosen(listing("mobile", "net-b", mobile))
    assert proposal.team_id is None
    assert any("no team of the agreement covers service fibre" in reason for reason in proposal.reasons)


def test_the_reason_names_the_closest_boundary_and_its_version() -> None:
    assert chosen().reasons[0] == "net-b is accountable by clause b-2 of version 1"


def test_a_boundary_that_is_out_of_scope_is_no_reason() -> None:
    out = terms(boundaries=(boundary("b-9", "repair", "north", in_scope=False),))
    assert "no boundary names this work" in propose(out, (), REPAIR).reasons[0]


def test_the_terms_in_force_are_those_that_took_effect_last() -> None:
    state = (
        given(decider)
        .after(
            LearnTerms(agreement_id=AGREEMENT, terms=terms(1, year=2024), at=datetime(2024, 1, 1, tzinfo=UTC)),
            LearnTerms(agreement_id=AGREEMENT, terms=terms(2, year=2026), at=datetime(2025, 6, 1, tzinfo=UTC)),
        )
        .state
    )
    in_2025 = in_force(state, datetime(2025, 7, 1, tzinfo=UTC))
    assert in_2025 is not None
    assert in_2025.version == 1
    assert in_force(state, datetime(2023, 1, 1, tzinfo=UTC)) is None
    assert latest(state).version == 2
    assert parties(state) == {"net-b", "telco-a"}


def test_a_version_that_is_known_changes_nothing() -> None:
    learn = LearnTerms(agreement_id=AGREEMENT, terms=terms(), at=datetime(2026, 1, 1, tzinfo=UTC))
    given(decider).after(learn).when(learn).then_nothing()


def test_a_team_listed_anew_replaces_what_was_known_of_it() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    first = ListTeam(agreement_id=AGREEMENT, team=listing("one", "net-b"), at=at)
    anew = ListTeam(agreement_id=AGREEMENT, team=listing("one", "net-b", ANY), at=at)
    assert given(decider).after(first, anew).state.teams == (anew.team,)


def test_an_agreement_that_is_not_known_has_no_terms() -> None:
    with pytest.raises(UnknownAgreement):
        latest(given(decider).state)
