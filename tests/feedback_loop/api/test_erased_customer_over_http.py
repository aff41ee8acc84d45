"""An erased customer is asked nothing more; the case stays open, and people see to it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import uuid_utils.compat

from common.refusals import NotYet

ANA = "ana/telco-a/touchpoint-agent"
BEA = "bea/field-b/team-lead"
ROBOT = "robot/telco-a/integrator"


async def erase(house: Any, customer_id: UUID) -> None:
    fact = {
        "customer_id": customer_id,
        "agreement_id": house.agreement_id,
        "erased_by": {"person": "ana", "company": "telco-a", "role": "touchpoint-agent"},
        "reason": "customer-request",
        "at": house.now,
    }
    await house.hear("touchpoints", "customer-erased", fact)


async def asked(house: Any, customer_id: UUID) -> UUID:
    case_id: UUID = await house.open(customer_id=customer_id)
    await house.solve(case_id)
    return case_id


async def offered(house: Any) -> list[str]:
    answer = await house.get(ROBOT, "/v1/survey-deliveries", agreement_id=house.agreement_id)
    return [one["case_id"] for one in answer.json()["items"]]


async def loop_of(house: Any, case_id: UUID) -> dict[str, Any]:
    return (await house.get(ANA, f"/v1/loops/{case_id}")).json()


async def tasks_of(house: Any, case_id: UUID) -> list[str]:
    answer = await house.get(ANA, "/v1/tasks", agreement_id=str(house.agreement_id))
    return sorted(one["task"] for one in answer.json()["items"] if one["case_id"] == str(case_id))


async def facts_of(house: Any, case_id: UUID) -> list[str]:
    return [one.name for one in await house.parts.store.read(f"loop-{case_id}")]


async def test_no_case_of_an_erased_customer_is_offered_for_delivery_or_reminded_of(house: Any) -> None:
    customer_id, other = uuid_utils.compat.uuid7(), uuid_utils.compat.uuid7()
    first, second = await asked(house, customer_id), await asked(house, customer_id)
    anothers = await asked(house, other)
    assert set(await offered(house)) == {str(first), str(second), str(anothers)}
    await erase(house, customer_id)
    await erase(house, customer_id)
    assert await offered(house) == [str(anothers)]
    await house.pass_time(timedelta(days=3))
    assert "reminder-due" in await facts_of(house, anothers)
    for case_id in (first, second):
        names = await facts_of(house, case_id)
        assert names.count("erasure-noted") == 1
        assert not {"reminder-due", "silence-noted"} & set(names)


async def test_the_case_stays_open_and_is_a_persons_task_until_two_companies_close_it(house: Any) -> None:
    customer_id = uuid_utils.compat.uuid7()
    case_id = await asked(house, customer_id)
    await erase(house, customer_id)
    await house.pass_time(timedelta(days=300))
    loop = await loop_of(house, case_id)
    assert (loop["state"], loop["customer_erased"], loop["closed_at"]) == ("awaiting-feedback", True, None)
    assert await tasks_of(house, case_id) == ["call-customer"]
    again = await house.post(ANA, f"/v1/loops/{case_id}/asks", {})
    assert (again.status_code, again.json()["type"]) == (409, "urn:acuerdo:refusal:customer-erased")
    taken = {"scale": "csat", "score": 5, "channel": "phone"}
    assert (await house.post(ANA, f"/v1/loops/{case_id}/taken-feedback", taken)).status_code == 201
    assert (await house.post(BEA, f"/v1/loops/{case_id}/approvals", {})).status_code == 201
    assert (await loop_of(house, case_id))["state"] == "closed"
    assert await tasks_of(house, case_id) == []


async def test_the_link_of_an_erased_customer_is_answered_kindly_and_records_nothing(house: Any) -> None:
    customer_id = uuid_utils.compat.uuid7()
    case_id = await asked(house, customer_id)
    path = await house.link(case_id)
    await erase(house, customer_id)
    before = await facts_of(house, case_id)
    async with house.ask("") as browser:
        page = await browser.get(path)
    answer = await house.answer(path, score="5")
    for one in (page, answer):
        assert one.status_code == 404
        assert "no es válido" in one.text
    assert await facts_of(house, case_id) == before


async def test_a_solution_found_after_the_erasure_becomes_a_persons_task_at_once(house: Any) -> None:
    customer_id = uuid_utils.compat.uuid7()
    case_id = await house.open(customer_id=customer_id)
    await erase(house, customer_id)
    assert await tasks_of(house, case_id) == []
    await house.solve(case_id)
    assert await tasks_of(house, case_id) == ["call-customer"]
    assert await offered(house) == []


async def test_a_case_that_had_to_wait_finds_its_customer_erased(house: Any, signed: dict[str, Any]) -> None:
    customer_id = uuid_utils.compat.uuid7()
    solved = {"solved_at_contact": {"cause": "cable", "action": "new cable"}, "agreement_version": 2}
    with pytest.raises(NotYet):
        await house.open(customer_id=customer_id, **solved)
    await erase(house, customer_id)
    await house.sign(version=2, terms=signed)
    case_id = await house.open(customer_id=customer_id, **solved)
    assert (await loop_of(house, case_id))["customer_erased"] is True
    assert await tasks_of(house, case_id) == ["call-customer"]
    assert await offered(house) == []
