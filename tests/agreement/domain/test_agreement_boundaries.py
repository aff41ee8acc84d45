"""The map of competence: one accountable company, or a gap or an overlap that is shown."""

from dataclasses import replace

from agreement.domain.boundaries import Cell, accountable, boundaries_hash, survey
from agreement.domain.terms import Boundary, Terms


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
