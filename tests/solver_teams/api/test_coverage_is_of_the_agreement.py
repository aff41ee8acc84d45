"""A team covers what the agreement names; what it does not name is refused with what it does."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from solver_teams.domain.agreement import CoverageNotInAgreement, Known, Terms, ensure_in_agreement
from solver_teams.domain.team import Coverage

LEA = "lea/net-b/team-lead"
OPERATOR = "otto/net-b/operator"
TYPO = {"service": "fiber", "activity": "repair", "region": "nort"}
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def registration(house: Any, *coverage: dict[str, str]) -> dict[str, Any]:
    return {
        "agreement_id": str(house.agreement_id),
        "name": "Field",
        "companies": ["net-b"],
        "coverage": list(coverage),
    }


async def test_a_mistyped_service_or_region_is_refused_and_says_which_there_are(house: Any) -> None:
    answer = await house.ask(LEA, "POST", "/v1/teams", json=registration(house, {"service": "fibre"}, TYPO))
    said = answer.json()
    assert (answer.status_code, said["type"]) == (422, "urn:acuerdo:refusal:coverage-not-in-agreement")
    assert said["unknown"] == {"services": ["fiber"], "activities": [], "regions": ["nort"]}
    assert (said["services"], said["activities"], said["regions"]) == (["fibre"], ["repair"], ["north"])


async def test_it_is_refused_when_coverage_changes_too(house: Any) -> None:
    team_id = await house.team("Field", ("bea", "net-b"))
    path = f"/v1/teams/{team_id}"
    seen = {"if-match": (await house.ask(LEA, "GET", path)).headers["etag"]}
    refused = await house.ask(LEA, "PUT", f"{path}/coverage", json={"coverage": [TYPO]}, headers=seen)
    changed = await house.ask(LEA, "PUT", f"{path}/coverage", json={"coverage": [{}]}, headers=seen)
    assert (refused.status_code, changed.status_code) == (422, 200)


@pytest.mark.parametrize(("service", "status"), [("fibre", 201), ("fiber", 422)])
async def test_a_source_tells_of_no_other_coverage(house: Any, service: str, status: int) -> None:
    line = {"operation": "registerTeam", "key": f"team-{service}", "occurred_at": "2019-03-01T09:00:00Z"}
    line |= {"performed_by": {"person": "bea", "company": "net-b", "role": "team-lead"}}
    line |= registration(house, {"service": service})
    headers = {"content-type": "application/x-ndjson"}
    answer = await house.ask(OPERATOR, "POST", "/v1/teams/batch", content=msgspec.json.encode(line), headers=headers)
    assert [msgspec.json.decode(one)["status"] for one in answer.content.splitlines()] == [status]


def version(number: int, *services: str) -> Terms:
    return Terms(
        version=number, effective_from=BEGAN + timedelta(days=30 * number), parties=(), services=services,
        activities=(), regions=(), boundaries=(), calendars=(), sharing=(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "service", "known"),
    [
        (65, "mobile", True),
        (65, "copper", False),  # not any more
        (65, "satellite", True),  # soon: its team is set up before
        (0, "copper", True),  # history, of before the first version
    ],
)
def test_the_version_in_force_and_those_to_come_are_meant(days: int, service: str, known: bool) -> None:
    agreement = Known(versions=(version(1, "copper"), version(2, "mobile"), version(3, "satellite")), teams=())
    coverage = (Coverage(service=service, activity="*", region="*"),)
    try:
        ensure_in_agreement(agreement, coverage, BEGAN + timedelta(days=days))
    except CoverageNotInAgreement:
        assert not known
    else:
        assert known
