"""A company that signs a later version of the agreement is let in by whichever process it asks."""

from typing import Any

from uuid_utils.compat import uuid7

from common.handling import Handling
from common.running.service import Parts, now
from common.values import replace
from feedback_loop.wiring import service

CAI = "cai/desk-c/team-lead"


async def test_who_signs_a_later_version_is_let_in_by_processes_that_knew_an_older_one(
    house: Any, parts: Parts
) -> None:
    path = f"/v1/loops/{await house.open()}/history"
    handle = Handling(parts.store, service.history, clock=now, new_id=uuid7)
    elsewhere = type(house)(replace(parts, handle=handle))
    assert (await elsewhere.get(CAI, path)).status_code == 404
    await house.sign(2, parties=("telco-a", "field-b", "desk-c"))
    assert (await elsewhere.get(CAI, path)).status_code == 200
