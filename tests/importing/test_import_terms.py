"""The agreement of an import is made of what the file names, and is the same whenever the file is."""

from pathlib import Path

import pytest

from acuerdo_cli.importing.codes import LONGEST, joined, slug
from acuerdo_cli.importing.mapping import load_mapping
from acuerdo_cli.importing.rows import Unusable
from acuerdo_cli.importing.source import told
from acuerdo_cli.importing.survey import Survey, survey
from acuerdo_cli.importing.terms import effective_from, terms

HEADER = (
    "SR Number,Change Date+Time,Status,Sub Status,Involved Org line 3,Involved ST,ST Level,"
    "SR Latest Impact,Product,Country\n"
)
ROWS = (
    "1,2012-05-03T09:00:00+02:00,Accepted,In Progress,Org line C,V1,L1,High,P1,se\n"
    "1,2012-05-03T10:00:00+02:00,Queued,Awaiting Assignment,Org line B,V2,L2,High,P1,se\n"
    "2,2012-05-01T00:30:00+02:00,Accepted,In Progress,Org line B,V1,L1,Low,P2,\n"
)
MAPPING = load_mapping(Path(__file__).parents[2] / "mappings" / "bpi2013.toml")


def _surveyed(folder: Path, rows: str) -> Survey:
    path = folder / "events.csv"
    path.write_text(HEADER + rows)
    return survey(told(path, MAPPING))


def test_the_parties_are_the_companies_found_and_each_is_accountable_for_its_own_service(tmp_path: Path) -> None:
    found = _surveyed(tmp_path, ROWS)
    made = terms(MAPPING.agreement, found)
    assert found.companies == {"org-line-b": "Org line B", "org-line-c": "Org line C"}
    assert [each["owner"] for each in made["commitments"] if each["kind"] == "individual"] == [
        "org-line-b",
        "org-line-c",
    ]
    assert sum(each["kind"] == "collective" for each in made["commitments"]) == 1
    assert {(each["service"], each["accountable"]) for each in made["boundaries"]} == {
        ("org-line-b-incidents", "org-line-b"),
        ("org-line-c-incidents", "org-line-c"),
    }
    assert [each["region"] for each in made["regions"]] == ["se", "unknown"]


def test_every_clause_is_named_once(tmp_path: Path) -> None:
    made = terms(MAPPING.agreement, _surveyed(tmp_path, ROWS))
    clauses = [each["clause_id"] for part in made.values() if isinstance(part, list) for each in part]
    assert len(clauses) == len(set(clauses))


def test_it_holds_from_before_the_oldest_row(tmp_path: Path) -> None:
    assert effective_from(_surveyed(tmp_path, ROWS)) == "2012-04-29T00:00:00+00:00"


def test_the_order_of_cases_does_not_matter(tmp_path: Path) -> None:
    one, other = ROWS.splitlines(keepends=True)[:2], ROWS.splitlines(keepends=True)[2:]
    assert terms(MAPPING.agreement, _surveyed(tmp_path, "".join([*one, *other]))) == terms(
        MAPPING.agreement, _surveyed(tmp_path, "".join([*other, *one]))
    )


def test_a_team_may_have_people_of_several_companies(tmp_path: Path) -> None:
    assert _surveyed(tmp_path, ROWS).teams["V1"].companies == {"org-line-b", "org-line-c"}


def test_companies_that_would_be_the_same_are_told_apart_or_refused(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="have the same code 'org-line-c'"):
        _surveyed(tmp_path, ROWS.replace("Org line B,V2", "ORG LINE C,V2"))


def test_a_file_without_a_case_needs_no_agreement(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="nothing to import"):
        effective_from(_surveyed(tmp_path, "1,never,Accepted,In Progress,Org line C,V1,L1,High,P1,se\n"))


def test_codes_are_short_and_stay_different() -> None:
    assert slug("Telefonía Móvil") == "telefonia-movil"
    assert slug("日本") != slug("中国")
    long = ["x" * 80 + end for end in "ab"]
    assert len({slug(name) for name in long}) == 2
    assert all(len(joined(slug(name), "more")) <= LONGEST for name in long)
