"""The map of competence: one accountable company, or a gap or an overlap that is shown."""

from dataclasses import replace
from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agreement.domain.boundaries import Cell, accountable, boundaries_hash, survey
from agreement.domain.terms import Activity, Boundary, Region, Service, Terms


def line(clause_id: str, service: str, activity: str, region: str, company: str, *, within: bool = True) -> Boundary:
    return Boundary(
        clause_id=clause_id,
        service=service,
        activity=activity,
        region=region,
        accountable=company,
        in_scope=within,
    )


def cell(service: str, activity: str = "repair", region: str = "north") -> Cell:
    return Cell(service=service, activity=activity, region=region)


def drawn(terms: Terms, *lines: Boundary) -> Terms:
    return replace(terms, boundaries=lines)


def test_a_settled_map_has_neither_gap_nor_overlap(terms: Terms) -> None:
    report = survey(terms)
    assert (report.cells, report.gaps, report.overlaps) == (8, (), ())


def test_what_nobody_is_accountable_for_is_a_gap(terms: Terms) -> None:
    report = survey(drawn(terms, line("b-1", "fibre", "*", "*", "telco-a")))
    assert {each.service for each in report.gaps} == {"mobile"}
    assert len(report.gaps) == 4
    assert accountable(terms, cell("fibre")) is not None
    assert accountable(drawn(terms), cell("fibre")) is None


def test_two_companies_with_equal_claims_overlap(terms: Terms) -> None:
    crossing = drawn(terms, line("b-1", "fibre", "repair", "*", "telco-a"), line("b-2", "fibre", "*", "north", "net-b"))
    (overlap,) = survey(crossing).overlaps
    assert (overlap.cell, overlap.companies, set(overlap.clauses)) == (
        cell("fibre"),
        ("net-b", "telco-a"),
        {"b-1", "b-2"},
    )
    assert accountable(crossing, cell("fibre")) is None


def test_the_more_precise_line_prevails(terms: Terms) -> None:
    found = accountable(terms, cell("fibre", "repair"))
    assert found is not None
    assert found.clause_id == "b-2"


def test_a_line_out_of_scope_takes_the_vaguer_one_away(terms: Terms) -> None:
    without = drawn(
        terms,
        line("b-1", "fibre", "*", "*", "telco-a"),
        line("b-2", "fibre", "repair", "north", "telco-a", within=False),
    )
    assert accountable(without, cell("fibre")) is None
    assert accountable(without, cell("fibre", "install")) is not None


def test_the_hash_is_of_the_map_and_nothing_else(terms: Terms, faster: Terms) -> None:
    assert boundaries_hash(terms) == boundaries_hash(faster)
    assert boundaries_hash(terms) != boundaries_hash(replace(terms, boundaries=terms.boundaries[1:]))


CODES = ["a", "b", "c"]
LINES = st.builds(
    Boundary,
    clause_id=st.uuids().map(str),
    service=st.sampled_from(CODES),
    activity=st.sampled_from(["*", "a", "b"]),
    region=st.sampled_from(["*", "a", "c"]),
    accountable=st.sampled_from(["telco-a", "net-b", "desk-c"]),
    in_scope=st.sampled_from([True, True, True, False]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINES, max_size=12))
def test_every_cell_has_one_accountable_company_or_is_reported(terms: Terms, lines: list[Boundary]) -> None:
    drawn_map = replace(
        terms,
        services=tuple(Service(clause_id=f"s-{each}", service=each, name=each) for each in CODES),
        activities=tuple(Activity(clause_id=f"a-{each}", activity=each, name=each) for each in CODES),
        regions=tuple(Region(clause_id=f"r-{each}", region=each, name=each) for each in CODES),
        boundaries=tuple(lines),
    )
    report = survey(drawn_map)
    reported = {*report.gaps, *(each.cell for each in report.overlaps)}
    cells = [Cell(service=one, activity=two, region=three) for one, two, three in product(CODES, repeat=3)]
    assert report.cells == len(cells)
    assert {each for each in cells if accountable(drawn_map, each) is None} == reported
