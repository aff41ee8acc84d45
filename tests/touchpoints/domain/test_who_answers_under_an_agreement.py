"""Which terms bind, who answers for the work, who may read a field, which priority is proposed."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from common.refusals import NotYet
from common.testing.deciding import given
from touchpoints.domain.agreement import (
    Boundary,
    CompanyNotParty,
    Known,
    LearnTerms,
    Priority,
    Terms,
    TermsLearned,
    accountable,
    decider,
    ensure_party,
    in_force,
    parties,
    version_of,
)
from touchpoints.domain.priority import NoPriorities, PriorityUnknown, clause_of, propose
from touchpoints.domain.sharing import may_read

HOUR = timedelta(hours=1)


def test_a_version_is_learned_once(terms: Terms, monday: datetime) -> None:
    learn = LearnTerms(terms=terms, at=monday)
    given(decider).when(learn).then(TermsLearned(agreement_id=terms.agreement_id, terms=terms, at=monday))
    given(decider).after(learn).when(replace(learn, at=monday + HOUR)).then_nothing()


def test_the_newest_version_that_has_taken_effect_binds(terms: Terms, monday: datetime) -> None:
    later = replace(terms, version=2, effective_from=monday)
    known = Known(versions=(terms, later))
    assert in_force(known, monday - HOUR) == terms
    assert in_force(known, monday) == later
    assert in_force(known, terms.effective_from - HOUR) is None
    assert version_of(known, 1) == terms
    with pytest.raises(NotYet):
        version_of(known, 3)


def test_a_former_party_may_still_look_but_no_longer_act(terms: Terms, monday: datetime) -> None:
    later = replace(terms, version=2, effective_from=monday, parties=("telco-a", "net-b"))
    assert "desk-c" in parties(Known(versions=(terms, later)))
    with pytest.raises(CompanyNotParty):
        ensure_party(later, "desk-c")


@pytest.mark.parametrize(
    ("service", "activity", "company", "clause"),
    [("fibre", "install", "telco-a", "b-1"), ("fibre", "repair", "net-b", "b-2")],
)
def test_the_closest_boundary_names_who_answers(
    terms: Terms, service: str, activity: str, company: str, clause: str
) -> None:
    found = accountable(terms, service=service, activity=activity, region="north", opener="desk-c")
    assert (found.company, found.clause_id, found.rule) == (company, clause, "boundary")


def test_where_the_agreement_says_nothing_the_opener_stays_accountable(terms: Terms) -> None:
    found = accountable(terms, service="mobile", activity="repair", region="north", opener="desk-c")
    assert (found.company, found.clause_id) == ("desk-c", None)
    assert found.rule.startswith("gap: the opening company stays accountable until a person decides")


def test_where_the_agreement_names_two_the_opener_stays_accountable(terms: Terms) -> None:
    second = Boundary(
        clause_id="b-3", service="fibre", activity="*", region="north", accountable="desk-c", in_scope=True
    )
    doubled = replace(terms, boundaries=(*terms.boundaries, second))
    found = accountable(doubled, service="fibre", activity="repair", region="north", opener="telco-a")
    assert (found.company, found.clause_id) == ("telco-a", None)
    assert found.rule.startswith("overlap:")
    assert "desk-c, net-b" in found.rule


def test_a_company_is_not_accountable_for_what_is_out_of_its_scope(terms: Terms) -> None:
    out = Boundary(
        clause_id="b-4", service="fibre", activity="install", region="south", accountable="telco-a", in_scope=False
    )
    carved = replace(terms, boundaries=(*terms.boundaries, out))
    assert accountable(carved, service="fibre", activity="install", region="south", opener="x").company == "x"
    assert accountable(carved, service="fibre", activity="install", region="north", opener="x").company == "telco-a"


codes = st.sampled_from(["*", "a", "b"])
companies = st.sampled_from(["telco-a", "net-b", "desk-c"])
boundaries = st.lists(
    st.builds(
        Boundary,
        clause_id=st.text(min_size=1, max_size=3),
        service=st.sampled_from(["fibre", "mobile"]),
        activity=codes,
        region=codes,
        accountable=companies,
        in_scope=st.booleans(),
    ),
    max_size=8,
)


@for_any(boundaries=boundaries, activity=st.sampled_from(["a", "b"]), region=st.sampled_from(["a", "b"]))
def test_somebody_is_always_accountable(boundaries: list[Boundary], activity: str, region: str) -> None:
    terms = Terms(
        agreement_id=UUID(int=1),
        version=1,
        effective_from=datetime.min,  # noqa: DTZ901 - any time will do
        parties=(),
        services=(),
        activities=(),
        regions=(),
        calendars=(),
        boundaries=tuple(boundaries),
        priorities=(),
        sharing=(),
    )
    found = accountable(terms, service="fibre", activity=activity, region=region, opener="opener")
    assert found.company
    assert (found.clause_id is not None) == (found.rule == "boundary")


@pytest.mark.parametrize(
    ("field", "reader", "sees"),
    [
        ("email", "telco-a", True),
        ("email", "net-b", False),
        ("need", "net-b", True),
        ("need", "desk-c", False),
        ("name", "desk-c", True),
        ("name", "stranger", False),
    ],
)
def test_a_field_is_read_by_whom_the_sharing_rule_names(terms: Terms, field: str, reader: str, sees: bool) -> None:
    assert may_read(terms, field, reader=reader, recorder="telco-a", case_companies={"telco-a", "net-b"}) is sees


def test_without_terms_only_the_recorder_reads(terms: Terms) -> None:
    assert not may_read(None, "name", reader="net-b", recorder="telco-a", case_companies={"net-b"})
    assert may_read(None, "name", reader="telco-a", recorder="telco-a", case_companies=())


@pytest.mark.parametrize(("impact", "priority"), [("stopped", "high"), ("degraded", "normal"), ("question", "low")])
def test_the_proposed_priority_follows_the_impact(terms: Terms, impact: str, priority: str) -> None:
    proposal = propose(terms, impact)  # pyright: ignore[reportArgumentType] - parametrised text
    assert proposal.priority == priority
    assert proposal.rule
    assert clause_of(terms, priority) == proposal.clause_id


def test_no_priority_is_promised_that_the_agreement_lacks(terms: Terms) -> None:
    with pytest.raises(PriorityUnknown):
        clause_of(terms, "yesterday")
    with pytest.raises(NoPriorities):
        propose(replace(terms, priorities=()), "degraded")


def test_one_priority_is_proposed_for_everything(terms: Terms) -> None:
    only = replace(terms, priorities=(Priority(clause_id="p", priority="any", resolution=HOUR),))
    assert {propose(only, impact).priority for impact in ("stopped", "degraded", "question")} == {"any"}
