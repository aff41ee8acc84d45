"""A small history goes through the four services: the numbers are theirs, and again changes nothing."""

import asyncio
import csv
import json
import subprocess
import sys
from collections.abc import Generator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx
import pytest

from acuerdo_cli.deployment import Deployment
from acuerdo_cli.importing.access import Access
from acuerdo_cli.importing.counting import Counts, total
from acuerdo_cli.importing.mapping import Mapping, load_mapping
from acuerdo_cli.importing.rejects import RejectsFile
from acuerdo_cli.importing.sending import Sending
from acuerdo_cli.importing.source import told
from acuerdo_cli.importing.survey import survey
from acuerdo_client import AcuerdoClient, Addresses

pytestmark = pytest.mark.journey

HEADER = (
    "SR Number", "Change Date+Time", "Status", "Sub Status", "Involved Org line 3", "Involved ST", "ST Level",
    "SR Latest Impact", "Product", "Country",
)  # fmt: skip
ONE, TWO = "Import One", "Import Two"
HELD, SOLVED, CLOSED = ("Accepted", "In Progress"), ("Completed", "Resolved"), ("Completed", "Closed")
QUEUED, WAITING = ("Queued", "Awaiting Assignment"), ("Accepted", "Wait - User")
CANCELLED, UNMATCHED, IN_CALL = ("Completed", "Cancelled"), ("Unmatched", "Unmatched"), ("Completed", "In Call")

CASES: dict[str, list[tuple[tuple[str, str], str, str]]] = {
    "handed over, then closed": [
        (HELD, ONE, "a"), (QUEUED, TWO, "b"), (HELD, TWO, "b"), (WAITING, TWO, "b"), (SOLVED, TWO, "b"),
        (CLOSED, TWO, "b"),
    ],
    "not content at first": [
        (HELD, ONE, "a"), (SOLVED, ONE, "a"), (HELD, ONE, "a"), (SOLVED, ONE, "a"), (CLOSED, ONE, "a"),
    ],
    "came back": [(IN_CALL, TWO, "b"), (HELD, ONE, "a"), (SOLVED, ONE, "a")],
    "withdrawn": [(HELD, ONE, "a"), (CANCELLED, ONE, "a")],
    "withdrawn and taken up": [
        (HELD, TWO, "b"), (CANCELLED, TWO, "b"), (HELD, TWO, "b"), (SOLVED, TWO, "b"), (CLOSED, TWO, "b"),
    ],
    "remarked upon": [(HELD, ONE, "a"), (SOLVED, ONE, "a"), (UNMATCHED, ONE, "a")],
    "in work": [(HELD, ONE, "a")],
}  # fmt: skip
EXPECTED = Counts(
    cases=7, rounds=9, hand_offs=2, closed=3, open=4, in_work=1, awaiting_feedback=2, parked=1, reopened_cases=2
)


@pytest.fixture(scope="module")
def mapping(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shipped = Path(__file__).parents[2] / "mappings" / "bpi2013.toml"
    path = tmp_path_factory.mktemp("mapping") / "small.toml"
    path.write_text(shipped.read_text().replace('provenance = "bpi2013"', 'provenance = "small"'))
    return path


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("history") / "small.csv"
    _write(path, list(CASES))
    return path


def _write(path: Path, cases: list[str]) -> None:
    with path.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(HEADER)
        for number, case in enumerate(CASES):
            for hour, (status, company, team) in enumerate(CASES[case]):
                at = f"2012-05-{number + 1:02}T{hour + 8:02}:00:00+01:00"
                if case in cases:
                    rows.writerow([case, at, *status, company, team, "L1", "High", "PROD1", "se"])
        for never in ("yesterday", "1960-05-01T08:00:00+01:00"):
            rows.writerow(["one row more", never, *HELD, ONE, "a", "L1", "High", "PROD1", "se"])


def _run(deployment: Deployment, file: Path, mapping: Path) -> subprocess.CompletedProcess[str]:
    acuerdo = Path(sys.executable).with_name("acuerdo")
    command = [str(acuerdo), "import", str(file), "--mapping", str(mapping), "--json"]
    alone = {"ACUERDO_HOME": str(deployment.home), "PYTHONUTF8": "1"}
    return subprocess.run(command, env=alone, capture_output=True, text=True, check=False, timeout=240)


def _import(deployment: Deployment, file: Path, mapping: Path) -> dict[str, Any]:
    done = _run(deployment, file, mapping)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def first(deployment: Deployment, file: Path, mapping: Path) -> dict[str, Any]:
    return _import(deployment, file, mapping)


@pytest.fixture(scope="module")
def client(deployment: Deployment, first: dict[str, Any]) -> Generator[AcuerdoClient]:
    assert first["agreement_id"]
    token = deployment.token(company="import-one", roles=["auditor"])
    with AcuerdoClient(Addresses.named(deployment.urls), token=token) as client:
        yield client


def test_the_services_count_what_the_file_tells(first: dict[str, Any], file: Path, mapping: Path) -> None:
    assert first["totals"] == asdict(EXPECTED)
    found = survey(told(file, load_mapping(mapping)))
    assert first["companies"] == {found.companies[code]: asdict(counts) for code, counts in found.counts.items()}
    assert asdict(total(found.counts.values())) == first["totals"]


def test_a_row_that_cannot_be_understood_is_told_with_its_line(first: dict[str, Any], file: Path) -> None:
    assert (first["rows"], first["rejected_rows"]) == (27, 2)
    assert Path(first["rejects"]).read_text().splitlines() == [
        "line,reason",
        "27,'yesterday' is no time in the format 'iso'",
        "28,1960-05-01 08:00:00+01:00 is out of range: no agreement was or will be in force then",
    ]


def test_a_case_keeps_its_own_times_and_is_marked_as_imported(client: AcuerdoClient, first: dict[str, Any]) -> None:
    cases = list(client.touchpoints.every_cases(agreement_id=first["agreement_id"]))
    assert {case["external_reference"] for case in cases} == set(CASES)
    closed = next(case for case in cases if case["external_reference"] == "handed over, then closed")
    assert closed["imported"]
    assert closed["opened_at"].startswith("2012-05-01T07:00:00")


def test_feedback_was_taken_by_one_company_and_approved_by_another(
    client: AcuerdoClient, first: dict[str, Any]
) -> None:
    summaries = client.feedback_loop.summarize_loops(agreement_id=first["agreement_id"]).body["items"]
    assert sum(one["closed_by_taken_feedback"] for one in summaries) == 3
    assert sum(one["closed_by_link"] for one in summaries) == 0


def test_again_changes_nothing(
    deployment: Deployment, client: AcuerdoClient, first: dict[str, Any], file: Path, mapping: Path
) -> None:
    before = _facts(client, first["agreement_id"])
    assert _import(deployment, file, mapping) == first
    assert _facts(client, first["agreement_id"]) == before


def _facts(client: AcuerdoClient, agreement_id: str) -> list[int]:
    cases = list(client.touchpoints.every_cases(agreement_id=agreement_id))
    loops = [client.feedback_loop.read_loop(case["case_id"]).version for case in cases]
    return [
        *(client.touchpoints.get_case(case["case_id"]).version or 0 for case in cases),
        *map(int, filter(None, loops)),
    ]


def test_names_changed_in_the_mapping_are_told_to_begin_a_second_agreement(
    deployment: Deployment, first: dict[str, Any], file: Path, mapping: Path, tmp_path: Path
) -> None:
    renamed = tmp_path / "renamed.toml"
    other = 'region = { column = "Country", names = { "se" = "Sverige" }, missing'
    renamed.write_text(mapping.read_text().replace('region = { column = "Country", missing', other))
    done = _run(deployment, file, renamed)
    (beware,) = done.stderr.splitlines()
    assert beware.startswith("acuerdo: beware: there is an agreement 'Volvo IT incidents 2010-2012' already")
    assert json.loads(done.stdout)["agreement_id"] != first["agreement_id"]


def test_a_team_called_otherwise_than_before_is_told_with_the_name_that_it_was_imported_under(
    deployment: Deployment, first: dict[str, Any], file: Path, mapping: Path, tmp_path: Path
) -> None:
    renamed, rejects = tmp_path / "renamed.toml", file.with_name("small.csv.rejects.csv")
    team = 'team = { column = "Involved ST"'
    renamed.write_text(mapping.read_text().replace(team, team + ', names = { "a" = "Alpha" }'))
    for _ in range(2):
        done = _run(deployment, file, renamed)
        (beware,) = done.stderr.splitlines()
        assert beware.startswith("acuerdo: beware: team 'Alpha' was imported before under the name 'a', and what")
        assert "Let the mapping's 'names' say 'a' again" in beware
        assert json.loads(done.stdout)["agreement_id"] == first["agreement_id"]
        reasons = [row["reason"] for row in csv.DictReader(rejects.read_text().splitlines())]
        told = [reason for reason in reasons if "under another name of its team, 'a', and stays so" in reason]
        assert len(told) == sum(any(team == "a" for _, _, team in rows) for rows in CASES.values())
        assert not [reason for reason in reasons if "otherwise" in reason]


def test_a_file_of_which_nothing_is_understood_leaves_its_reasons(
    deployment: Deployment, mapping: Path, tmp_path: Path
) -> None:
    path = tmp_path / "nothing.csv"
    _write(path, [])
    done = _run(deployment, path, mapping)
    assert (done.returncode, done.stdout) == (2, "")
    assert "line 2: 'yesterday' is no time in the format 'iso'" in done.stderr
    assert path.with_name("nothing.csv.rejects.csv").read_text().splitlines()[1:] == [
        "2,'yesterday' is no time in the format 'iso'",
        "3,1960-05-01 08:00:00+01:00 is out of range: no agreement was or will be in force then",
    ]


def test_what_was_stopped_half_way_is_finished_by_the_same_command(
    deployment: Deployment, tmp_path: Path, mapping: Path
) -> None:
    path, resumed = tmp_path / "stopped.csv", tmp_path / "resumed.toml"
    resumed.write_text(mapping.read_text().replace('provenance = "small"', 'provenance = "stopped"'))
    _write(path, list(CASES))
    asyncio.run(_stop_after(deployment, path, load_mapping(resumed), waves=6))
    assert _import(deployment, path, resumed)["totals"] == asdict(EXPECTED)


class Killed(Exception):
    """The import goes away in the middle of its work."""


async def _stop_after(deployment: Deployment, path: Path, mapping: Mapping, *, waves: int) -> None:
    """Import until *waves* batches have been sent."""
    sent = 0

    async def count(request: httpx.Request) -> None:
        nonlocal sent
        sent += request.url.path.endswith("/batch")
        if sent > waves:
            raise Killed

    access = Access(
        addresses=Addresses.named(deployment.urls),
        sign=lambda company, role: deployment.token(company=company, roles=[role], person=f"import-{role}@{company}"),
    )
    found = survey(told(path, mapping))
    async with httpx.AsyncClient(timeout=60, event_hooks={"request": [count]}) as http:
        sending = Sending(access, mapping, found, http)
        agreement_id = await sending.prepare()
        with pytest.raises(ExceptionGroup), RejectsFile(path.with_suffix(".rejects")) as refused:
            await sending.send(agreement_id, told(path, mapping), refused, lambda _: None)
