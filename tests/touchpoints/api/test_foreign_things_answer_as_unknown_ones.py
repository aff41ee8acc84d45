"""What belongs to others answers word for word as what there is not: nobody learns that it exists."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
import pytest

ANA = "ana/telco-a/touchpoint-agent"
LEO = "leo/telco-a/team-lead"
EVE = "eve/stranger/touchpoint-agent+team-lead+manager+operator+integrator"
NOWHERE = str(UUID(int=9))


@pytest.fixture
async def foreign(house: Any, customer: UUID) -> dict[str, str]:
    """An agreement that stranger is no party to, and what there is under it."""
    about = {"agreement_id": str(house.agreement_id), "customer_id": str(customer)}
    contact = {**about, "channel": "chat", "external_reference": "chat-1", "summary": "She cried"}
    opening = {**about, "service": "fibre", "activity": "repair", "region": "north", "need": "a dial tone"}
    desk = {"name": "Front desk", "purpose": "First contact", "time_zone": "UTC", "languages": ["es"]}
    async with house.ask(ANA) as ana, house.ask(LEO) as leo:
        contact_id = (await ana.post("/v1/contacts", json=contact)).json()["contact_id"]
        case_id = (await ana.post("/v1/cases", json=opening)).json()["case_id"]
        team_id = (await leo.post("/v1/teams", json={**desk, "agreement_id": about["agreement_id"]})).json()["team_id"]
    await house.settle()
    return {**about, "contact_id": contact_id, "case_id": case_id, "team_id": team_id}


@pytest.fixture
async def own(house: Any) -> dict[str, str]:
    """An agreement that stranger is party to, and a customer and a case under it."""
    theirs = UUID(int=house.agreement_id.int ^ 1)
    fact = {
        "agreement_id": theirs,
        "version": 1,
        "content_hash": "00",
        "effective_from": "2010-01-01T00:00:00Z",
        "parties": ["stranger"],
        "terms": house.signed,
        "at": "2010-01-01T00:00:00Z",
    }
    await house.hear("agreement", "agreement-in-force", fact)
    await house.settle()
    about = {"agreement_id": str(theirs), "external_reference": "E-1"}
    async with house.ask(EVE) as eve:
        customer = (await eve.post("/v1/customers", json={**about, "language": "es"})).json()["customer_id"]
        opening = {"service": "fibre", "activity": "repair", "region": "north", "need": "a dial tone"}
        opening |= {"agreement_id": str(theirs), "customer_id": customer}
        case = (await eve.post("/v1/cases", json=opening)).json()["case_id"]
    return {"agreement_id": str(theirs), "customer_id": customer, "case_id": case}


def asked(things: Mapping[str, str], own: Mapping[str, str]) -> list[tuple[str, str, object]]:
    """Return what can be asked of *things*, and with *own* things about them."""
    agreement, customer, contact, case, team = (
        things[f"{name}_id"] for name in ("agreement", "customer", "contact", "case", "team")
    )
    known = {"language": "es", "personal": {}}
    joining = {"person": "x", "company": "stranger"}
    opened = {"purpose": "call", "sealed": [{"key": customer, "box": "AA=="}]}
    desk = {"name": "Desk", "purpose": "First", "time_zone": "UTC", "languages": ["es"]}
    opening = {**own, "service": "fibre", "activity": "repair", "region": "north", "need": "a dial tone"}
    del opening["case_id"]
    telling = {"channel": "chat", "external_reference": "x", "summary": "y"} | {
        name: own[name] for name in ("agreement_id", "customer_id")
    }
    reading = [
        f"/v1/customers/{customer}",
        f"/v1/customers/{customer}/history",
        f"/v1/contacts/{contact}",
        f"/v1/cases/{case}",
        f"/v1/cases/{case}?as_of=2001-01-01T00:00:00Z",
        f"/v1/cases/{case}/timeline",
        f"/v1/cases/{case}/history",
        f"/v1/teams/{team}",
        *(f"/v1/{path}?agreement_id={agreement}" for path in ("cases", "contacts", "customers", "teams")),
    ]
    return [
        *(("GET", path, None) for path in reading),
        ("PUT", f"/v1/customers/{customer}", known),
        ("DELETE", f"/v1/customers/{customer}?reason=customer-request", None),
        ("POST", f"/v1/customers/{customer}/disclosures", {"purpose": "call", "fields": ["phone"]}),
        ("POST", f"/v1/customers/{customer}/openings", opened),
        ("POST", f"/v1/contacts/{contact}/spam", None),
        ("POST", f"/v1/cases/{case}/priority", {"priority": "low"}),
        ("POST", f"/v1/cases/{case}/contacts", {"contact_id": contact}),
        ("POST", f"/v1/cases/{own['case_id']}/contacts", {"contact_id": contact}),
        ("POST", f"/v1/teams/{team}/members", joining),
        ("DELETE", f"/v1/teams/{team}/members/stranger/x", None),
        ("PUT", f"/v1/teams/{team}/companies", {"open_to": []}),
        ("POST", "/v1/customers", {**known, "agreement_id": agreement, "external_reference": "C-1"}),
        ("POST", "/v1/teams", {**desk, "agreement_id": agreement}),
        ("POST", "/v1/contacts", {**telling, "agreement_id": agreement}),
        ("POST", "/v1/contacts", {**telling, "customer_id": customer}),
        ("POST", "/v1/contacts", {**telling, "case_id": case}),
        ("POST", "/v1/contacts", {**telling, "team_id": team}),
        ("POST", "/v1/cases", {**opening, "agreement_id": agreement}),
        ("POST", "/v1/cases", {**opening, "customer_id": customer}),
        ("POST", "/v1/cases", {**opening, "contact_id": contact}),
        ("POST", "/v1/cases", {**opening, "team_id": team}),
    ]


async def answers(house: Any, things: Mapping[str, str], own: Mapping[str, str]) -> list[tuple[Any, ...]]:
    """Return what each asking is answered, but for the address and the ids in it."""
    async with house.ask(EVE) as eve:
        got = [(one[:2], await eve.request(one[0], one[1], json=one[2])) for one in asked(things, own)]
    return [
        (how[0], answer.status_code, *(problem.get(said) for said in ("type", "title", "detail")), set(problem))
        for how, answer, problem in ((how, answer, answer.json()) for how, answer in got)
    ]


async def test_every_route_answers_the_same(house: Any, foreign: dict[str, str], own: dict[str, str]) -> None:
    unknown = await answers(house, dict.fromkeys(foreign, NOWHERE), own)
    assert await answers(house, foreign, own) == unknown
    assert {one[1] for one in unknown} == {404}


async def test_every_line_of_a_batch_answers_the_same(house: Any, foreign: dict[str, str], own: dict[str, str]) -> None:
    member = {"person": "x", "company": "stranger"}
    operations = {
        "customers": [("changeCustomer", {"language": "es", "personal": {}})],
        "contacts": [("findSpam", {})],
        "cases": [("decidePriority", {"priority": "low"}), ("linkContact", {})],
        "teams": [("joinTeam", member), ("leaveTeam", member), ("openTeam", {"open_to": []})],
    }
    names = {"changeCustomer": ["customer_id"], "findSpam": ["contact_id"], "decidePriority": ["case_id"]}
    names |= {"linkContact": ["case_id", "contact_id"], "joinTeam": ["team_id"], "leaveTeam": ["team_id"]}
    names |= {"openTeam": ["team_id"]}
    told = {"performed_by": {"person": "x", "company": "stranger", "role": "manager"}}
    for resource, some in operations.items():
        for envelope in ({}, told):
            said: list[list[Any]] = []
            for things in (foreign, dict.fromkeys(foreign, NOWHERE)):
                lines = [
                    {**envelope, "operation": name, **body, **{key: things[key] for key in names[name]}}
                    for name, body in some
                ]
                async with house.ask(EVE) as eve:
                    answer = await eve.post(
                        f"/v1/{resource}/batch",
                        content=b"\n".join(msgspec.json.encode(line) for line in lines),
                        headers={"content-type": "application/x-ndjson"},
                    )
                outcomes = [msgspec.json.decode(line) for line in answer.content.splitlines()]
                said.append([(one["status"], one["problem"]["type"], one["problem"].get("detail")) for one in outcomes])
            assert said[0] == said[1]
            assert {one[0] for one in said[0]} == {404}
