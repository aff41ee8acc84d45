"""Facts of an agreement that is not known are refused as everything else about it is."""

from typing import Any
from uuid import UUID

import pytest

UNKNOWN = UUID(int=404)


@pytest.mark.parametrize(
    ("package", "other"), [("touchpoints", "/v1/cases"), ("solver_teams", "/v1/teams"), ("agreement", None)]
)
async def test_its_facts_are_not_found_in_the_words_of_its_lists(village: Any, package: str, other: str | None) -> None:
    async with village[package].ask("ana/telco-a/manager") as ana:
        facts = await ana.get("/v1/facts", params={"agreement_id": str(UNKNOWN)})
        listed = facts if other is None else await ana.get(other, params={"agreement_id": str(UNKNOWN)})
    assert facts.status_code == 404
    assert facts.json() == listed.json()
    assert "an agreement is known here from when" in facts.json()["detail"]
    assert "may not have heard of it yet: ask again with Acuerdo-After" in facts.json()["detail"]
