"""A company registers itself, is amended by itself, and is seen by those it has an agreement with."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

Settled = Callable[[], Awaitable[None]]


def body(company: str, **changes: object) -> dict[str, object]:
    return {"company": company, "name": "A", "time_zone": "Europe/Madrid", "language": "es", **changes}


async def test_a_company_is_registered_by_its_own_people_whatever_their_role(ask: Any) -> None:
    assert (await ask("POST", "/v1/companies", "ana/alpha/manager", body("alpha"))).status_code == 201
    assert (await ask("POST", "/v1/companies", "ana/alpha/manager", body("beta"))).status_code == 403
    assert (await ask("POST", "/v1/companies", "op/alpha/operator", body("beta"))).status_code == 403
    assert (await ask("POST", "/v1/companies", "op/beta/operator", body("beta"))).status_code == 201
    assert (await ask("POST", "/v1/companies", "op/alpha/operator", body("beta"))).status_code == 403
    assert (await ask("POST", "/v1/companies", "ana/alpha/manager", body("alpha", name="B"))).status_code == 409
    odd = await ask("POST", "/v1/companies", "ana/alpha/manager", body("alpha", time_zone="Mars/Olympus"))
    assert odd.json()["type"] == "urn:acuerdo:refusal:unsound-company"


async def test_companies_come_in_batches(ask: Any, app: Any, settled: Settled) -> None:
    lines = [{"operation": "registerCompany", "key": f"k{n}", **body("many")} for n in range(4)]
    lines[1]["time_zone"] = "Nowhere"
    lines[2]["company"] = "alpha"
    lines[3] |= {"performed_by": {"person": "x", "company": "many", "role": "operator"}}

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://agreement") as client:
        answer = await client.post(
            "/v1/companies/batch",
            content="\n".join(json.dumps(line) for line in lines),
            headers={"authorization": "Bearer op/many/operator", "content-type": "application/x-ndjson"},
        )
    assert [json.loads(line)["status"] for line in answer.text.splitlines()] == [201, 422, 403, 403]


async def test_a_company_is_amended_upon_the_version_that_was_read(ask: Any, settled: Settled) -> None:
    who = "ana/gamma/manager"
    registered = await ask("POST", "/v1/companies", who, body("gamma"))
    change = {"name": "Gamma", "time_zone": "America/Lima", "language": "es-PE"}
    assert (await ask("PUT", "/v1/companies/gamma", who, change)).status_code == 428
    amended = await ask("PUT", "/v1/companies/gamma", who, change, if_match=registered.headers["etag"])
    assert amended.status_code == 200
    await settled()
    assert (await ask.good("GET", "/v1/companies/gamma", who))["time_zone"] == "America/Lima"
    other = await ask("PUT", "/v1/companies/gamma", "eve/rival/manager", change, if_match=amended.headers["etag"])
    assert other.status_code == 404


async def test_a_company_sees_its_partners_and_nobody_else(ask: Any, story: Any, settled: Settled) -> None:
    await story.draft()
    await settled()
    seen = await ask.good("GET", "/v1/companies", "ben/net-b/solver")
    assert [each["company"] for each in seen["items"]] == ["net-b", "telco-a"]
    assert (await ask("GET", "/v1/companies/rival", "ben/net-b/solver")).status_code == 404
    assert (await ask("GET", "/v1/companies/telco-a", "eve/rival/manager")).status_code == 404


async def test_an_operator_neither_reads_nor_amends_a_company_it_shares_nothing_with(ask: Any) -> None:
    await ask("POST", "/v1/companies", "ana/gamma/manager", body("gamma"))
    assert (await ask("GET", "/v1/companies/gamma", "op/rival/operator")).status_code == 404
    amended = {"name": "Owned", "time_zone": "Asia/Tokyo", "language": "ja"}
    answer = await ask("PUT", "/v1/companies/gamma", "op/rival/operator", amended, if_match='"1"')
    assert answer.status_code == 404
