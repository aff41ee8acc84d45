"""A moment that no clock of ours shows is not taken."""

from typing import Any
from uuid import uuid5

import pytest

BEA = "bea/field-b/team-lead"


@pytest.mark.parametrize(
    "due", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2201-01-01T00:00:00Z", 5, "2030-01-01T00:00:00"]
)
async def test_a_corrective_action_is_due_at_a_moment_that_clocks_show(house: Any, due: object) -> None:
    case_id = await house.open(customer_id=uuid5(house.agreement_id, str(due)))
    body = {"company": "field-b", "what": "replace the card", "due": due}
    answer = await house.post(BEA, f"/v1/loops/{case_id}/corrective-actions", body)
    assert answer.status_code == 422
