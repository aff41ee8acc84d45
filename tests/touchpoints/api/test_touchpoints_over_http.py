"""What partners and integrators can do at the touchpoints, over HTTP."""

from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from common.testing.chained import ensure_chained

ANA = "ana/telco-a/touchpoint-agent"
NOA = "noa/net-b/touchpoint-agent"
MIA = "mia/telco-a/manager"
ROBOT = "robot/telco-a/integrator"


def contact_of(house: Any, customer: UUID, reference: str, **more: object) -> dict[str, object]:
    return {
        "agreement_id": str(house.agreement_id),
        "customer_id": str(customer),
        "channel": "phone",
        "external_reference": reference,
        "summary": "The line is dead and she is angry.",
        **more,
    }


def case_of(house: Any, customer: UUID, **more: object) -> dict[str, object]:
    return {
        "agreement_id": str(house.agreement_id),
        "customer_id": str(customer),
        "service": "fibre",
        "activity": "repair",
        "region": "north",
        "need": "No dial tone since this morning",
        "expectation": "A call back today",
        **more,
    }


async def made(client: httpx.AsyncClient, path: str, body: object) -> dict[str, Any]:
    answer = await client.post(path, json=body)
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()


async def test_a_contact_told_twice_is_one_contact(house: Any, customer: UUID) -> None:
    async with house.ask(ROBOT) as pbx:
        first = await made(pbx, "/v1/contacts", contact_of(house, customer, "call-1"))
        again = await made(pbx, "/v1/contacts", contact_of(house, customer, "call-1"))
        other = await pbx.post("/v1/contacts", json=contact_of(house, customer, "call-1", summary="Another story"))
    assert first == again
    assert first["version"] == 1
    assert other.status_code == 409
    assert other.json()["type"] == "urn:acuerdo:refusal:contact-differs"


async def test_the_customer_may_be_named_by_reference(house: Any, customer: UUID) -> None:
    body = contact_of(house, customer, "call-2")
    del body["customer_id"]
    async with house.ask(ROBOT) as pbx:
        named = await made(pbx, "/v1/contacts", {**body, "customer_reference": "C-1"})
        assert (await pbx.post("/v1/contacts", json={**body, "customer_reference": "C-9"})).status_code == 404
    async with house.ask(ANA) as ana:
        shown = (await ana.get(f"/v1/contacts/{named['contact_id']}")).json()
    assert shown["customer_id"] == str(customer)
    assert shown["personal"] == {"summary": "The line is dead and she is angry."}


async def test_spam_is_refused_and_what_turns_out_to_be_spam_opens_no_case(house: Any, customer: UUID) -> None:
    async with house.ask(ANA) as ana:
        refused = await ana.post("/v1/contacts", json=contact_of(house, customer, "junk-1", spam=True))
        assert refused.status_code == 409
        assert refused.json()["type"].endswith("spam-refused")
        junk = await made(ana, "/v1/contacts", contact_of(house, customer, "junk-2"))
        await made(ana, f"/v1/contacts/{junk['contact_id']}/spam", {})
        opening = await ana.post("/v1/cases", json=case_of(house, customer, contact_id=junk["contact_id"]))
    assert opening.status_code == 409
    assert opening.json()["type"].endswith("spam-refused")


async def test_a_case_opens_from_a_contact_and_shows_what_binds_it(house: Any, customer: UUID) -> None:
    async with house.ask(ANA) as ana:
        contact = await made(ana, "/v1/contacts", contact_of(house, customer, "call-3"))
        case = await made(
            ana, "/v1/cases", case_of(house, customer, contact_id=contact["contact_id"], external_reference="INC-3")
        )
        again = await made(
            ana, "/v1/cases", case_of(house, customer, contact_id=contact["contact_id"], external_reference="INC-3")
        )
        differs = await ana.post(
            "/v1/cases", json=case_of(house, customer, external_reference="INC-3", need="Something else")
        )
        await house.settle()
        shown = (await ana.get(f"/v1/cases/{case['case_id']}")).json()
        timeline = (await ana.get(f"/v1/cases/{case['case_id']}/timeline")).json()["items"]
        history = (await ana.get(f"/v1/cases/{case['case_id']}/history")).json()
    assert again["case_id"] == case["case_id"]
    assert differs.status_code == 409
    assert (shown["accountable"], shown["accountable_clause"], shown["agreement_version"]) == ("net-b", "b-1", 1)
    assert shown["priority"] == "high"
    assert shown["personal"] == {"need": "No dial tone since this morning", "expectation": "A call back today"}
    assert [entry["what"] for entry in timeline] == ["contact", "case-opened"]
    assert [fact["name"] for fact in history["items"]] == ["case-opened", "priority-proposed", "customer-heard"]
    assert "dial tone" not in str(history)
    ensure_chained(history["items"])


async def test_no_case_opens_outside_the_agreement(house: Any, customer: UUID) -> None:
    async with house.ask(ANA) as ana:
        for member, code in (("service", "gas"), ("activity", "dig"), ("region", "moon"), ("priority", "now")):
            refused = await ana.post("/v1/cases", json=case_of(house, customer, **{member: code}))
            assert refused.status_code == 422, refused.text
    async with house.ask("eve/stranger/touchpoint-agent") as eve:
        assert (await eve.post("/v1/cases", json=case_of(house, customer))).status_code == 404


async def test_a_person_decides_the_priority_and_a_service_does_not(house: Any, customer: UUID) -> None:
    async with house.ask(ANA) as ana, house.ask(ROBOT) as robot:
        case = await made(ana, "/v1/cases", case_of(house, customer))
        path = f"/v1/cases/{case['case_id']}/priority"
        assert (await robot.post(path, json={"priority": "low"})).status_code == 403
        await made(ana, path, {"priority": "low"})
        shown = (await ana.get(f"/v1/cases/{case['case_id']}")).json()
    assert (shown["proposed_priority"], shown["priority"]) == ("high", "low")
    assert shown["priority_decided_by"] == {"person": "ana", "company": "telco-a", "role": "touchpoint-agent"}


async def test_no_route_of_touchpoints_closes_a_case(house: Any, customer: UUID) -> None:
    async with house.ask("all/telco-a/operator+manager+committee-member") as mighty:
        case = await made(mighty, "/v1/cases", case_of(house, customer))
        for word in ("close", "closing", "closed", "feedback", "parking"):
            assert (await mighty.post(f"/v1/cases/{case['case_id']}/{word}", json={})).status_code == 404
        for method in ("PATCH", "PUT", "DELETE"):
            assert (await mighty.request(method, f"/v1/cases/{case['case_id']}")).status_code == 405


async def test_a_customer_comes_back_to_a_closed_case(house: Any, customer: UUID) -> None:
    async with house.ask(ANA) as ana:
        first = await made(
            ana, "/v1/contacts", contact_of(house, customer, "mail-1", channel="email", thread_reference="t-1")
        )
        case = await made(ana, "/v1/cases", case_of(house, customer, contact_id=first["contact_id"]))
        await house.settle()
        closed = {
            "case_id": case["case_id"],
            "agreement_id": house.agreement_id,
            "round": 1,
            "feedback_id": UUID(int=7),
            "at": (await ana.get(f"/v1/cases/{case['case_id']}")).json()["opened_at"],
        }
        await house.hear("feedback-loop", "case-closed", closed)
        await house.settle()
        assert (await ana.get(f"/v1/cases/{case['case_id']}")).json()["loop"] == "closed"
        second = await made(
            ana, "/v1/contacts", contact_of(house, customer, "mail-2", channel="email", thread_reference="t-1")
        )
        await house.settle()
        linked = (await ana.get(f"/v1/contacts/{second['contact_id']}")).json()
        shown = (await ana.get(f"/v1/cases/{case['case_id']}")).json()
        listed = (await ana.get("/v1/cases", params={"loop": "came-back"})).json()["items"]
        timeline = (await ana.get(f"/v1/cases/{case['case_id']}/timeline")).json()["items"]
    assert linked["case_id"] == case["case_id"]
    assert shown["loop"] == "came-back"
    assert case["case_id"] in [row["case_id"] for row in listed]
    assert "customer-came-back" in [entry["what"] for entry in timeline]


async def test_the_timeline_holds_what_every_service_stated_in_order(house: Any, customer: UUID) -> None:
    async with house.ask(ANA) as ana:
        case = await made(ana, "/v1/cases", case_of(house, customer))
        for minute, (source, name, more) in enumerate(
            [
                ("solver-teams", "work-offered", {"item_id": UUID(int=1), "team_id": UUID(int=2), "company": "net-b"}),
                ("solver-teams", "work-accepted", {"item_id": UUID(int=1), "team_id": UUID(int=2), "company": "net-b"}),
                ("solver-teams", "solution-proposed", {"cause": "cut-cable", "action": "spliced"}),
                ("feedback-loop", "feedback-asked", {"request_id": UUID(int=3), "because": "solution-proposed"}),
                ("feedback-loop", "feedback-received", {"feedback_id": UUID(int=4), "verdict": "negative"}),
                ("feedback-loop", "round-opened", {"round": 2, "reason": "negative-feedback"}),
            ]
        ):
            fact = {"case_id": case["case_id"], "agreement_id": house.agreement_id, "round": 1, **more}
            fact["at"] = f"2031-01-01T10:{minute:02}:00Z"
            await house.hear(source, name, fact)
            await house.hear(source, name, fact)
        await house.settle()
        timeline = (await ana.get(f"/v1/cases/{case['case_id']}/timeline")).json()["items"]
        pages = await ana.get(f"/v1/cases/{case['case_id']}/timeline", params={"limit": 3})
        rest = await ana.get(
            f"/v1/cases/{case['case_id']}/timeline", params={"limit": 10, "cursor": pages.json()["next"]}
        )
        row = (await ana.get("/v1/cases", params={"customer_id": str(customer)})).json()["items"][-1]
    assert [(entry["what"], entry["detail"]) for entry in timeline][1:] == [
        ("work-offered", None),
        ("work-accepted", None),
        ("solution-proposed", "cut-cable: spliced"),
        ("feedback-asked", "solution-proposed"),
        ("feedback-received", "negative"),
        ("round-opened", "negative-feedback"),
    ]
    assert pages.json()["items"] + rest.json()["items"] == timeline
    assert row["round"] == 2


async def test_a_case_can_be_seen_as_it_was(house: Any, customer: UUID) -> None:
    async with house.ask(ANA) as ana:
        case = await made(ana, "/v1/cases", case_of(house, customer))
        history = (await ana.get(f"/v1/cases/{case['case_id']}/history")).json()
        await made(ana, f"/v1/cases/{case['case_id']}/priority", {"priority": "low"})
        then = history["items"][-1]["recorded_at"]
        was = (await ana.get(f"/v1/cases/{case['case_id']}", params={"as_of": then})).json()
        before = await ana.get(f"/v1/cases/{case['case_id']}", params={"as_of": "2001-01-01T00:00:00Z"})
        now = (await ana.get(f"/v1/cases/{case['case_id']}")).json()
    assert (was["priority"], now["priority"]) == ("high", "low")
    assert before.status_code == 404


async def test_people_of_several_companies_form_a_team(house: Any) -> None:
    body = {
        "agreement_id": str(house.agreement_id),
        "external_reference": "desk",
        "name": "Front desk",
        "purpose": "First contact",
        "time_zone": "America/Bogota",
        "calendar": "office",
        "languages": ["es", "en"],
        "open_to": ["desk-c"],
    }
    async with house.ask("leo/telco-a/team-lead") as leo, house.ask("cai/desk-c/team-lead") as cai:
        team = await made(leo, "/v1/teams", body)
        assert (await leo.post("/v1/teams", json={**body, "time_zone": "Mars/Base"})).status_code == 422
        path = f"/v1/teams/{team['team_id']}/members"
        await made(leo, path, {"person": "ana", "company": "telco-a"})
        await made(cai, path, {"person": "cleo", "company": "desk-c"})
        assert (await cai.post(path, json={"person": "x", "company": "net-b"})).status_code == 403
        assert (await leo.post(path, json={"person": "x", "company": "desk-c"})).status_code == 403
        assert (await leo.delete(f"{path}/desk-c/cleo")).status_code == 403
        await cai.delete(f"{path}/desk-c/cleo")
        await house.settle()
        shown = (await leo.get(f"/v1/teams/{team['team_id']}")).json()
        listed = (await leo.get("/v1/teams", params={"agreement_id": str(house.agreement_id)})).json()["items"]
    assert shown["members"] == [{"person": "ana", "company": "telco-a"}]
    assert (listed[0]["members"], listed[0]["open_to"]) == (shown["members"], shown["open_to"])


async def test_who_runs_a_team_opens_it_to_others_upon_the_version_that_they_saw(house: Any) -> None:
    body = {"agreement_id": str(house.agreement_id), "name": "Front desk", "purpose": "First contact"}
    body |= {"time_zone": "UTC", "languages": ["es"]}
    noa = {"person": "noa", "company": "net-b"}
    async with house.ask("leo/telco-a/team-lead") as leo, house.ask("nel/net-b/manager") as nel:
        path = f"/v1/teams/{(await made(leo, '/v1/teams', body))['team_id']}"
        uninvited = await nel.post(f"{path}/members", json=noa)
        seen = {"if-match": (await leo.get(path)).headers["etag"]}
        opening = {"open_to": ["net-b"]}
        assert (await leo.put(f"{path}/companies", json=opening)).status_code == 428
        rival = await nel.put(f"{path}/companies", json=opening, headers=seen)
        assert (await leo.put(f"{path}/companies", json=opening, headers=seen)).status_code == 200
        assert (await leo.put(f"{path}/companies", json=opening, headers=seen)).status_code == 412
        await made(nel, f"{path}/members", noa)
        await house.settle()
        listed = (await nel.get("/v1/teams", params={"agreement_id": str(house.agreement_id)})).json()["items"]
    refusals = [one.json()["type"].rsplit(":", 1)[1] for one in (uninvited, rival)]
    assert refusals == ["not-open-to-you", "not-your-team"]
    assert [(one["open_to"], one["members"]) for one in listed if path.endswith(one["team_id"])] == [(["net-b"], [noa])]


async def test_an_import_tells_old_times_and_other_people(house: Any) -> None:
    headers = {"content-type": "application/x-ndjson"}
    known = {
        "operation": "registerCustomer",
        "occurred_at": "2011-05-01T10:00:00Z",
        "agreement_id": str(house.agreement_id),
        "external_reference": "OLD",
        "language": "es",
    }
    async with house.ask("ops/telco-a/operator") as operator:
        begun = await operator.post("/v1/customers/batch", content=msgspec.json.encode(known), headers=headers)
    customer = UUID(msgspec.json.decode(begun.content)["answer"]["customer_id"])
    lines = [
        {
            "operation": "openCase",
            "key": "k-1",
            "occurred_at": "2011-05-01T10:00:00Z",
            "performed_by": {"person": "old-agent", "company": "desk-c", "role": "touchpoint-agent"},
            **case_of(house, customer, external_reference="OLD-1"),
        },
        {"operation": "openCase", **case_of(house, customer, external_reference="OLD-2", service="gas")},
        {"operation": "openCase", "occurred_at": "2001-05-01T10:00:00Z", **case_of(house, customer)},
    ]
    text = b"\n".join(msgspec.json.encode(line) for line in lines)
    async with house.ask("ops/telco-a/operator") as operator, house.ask(ANA) as ana:
        answer = await operator.post("/v1/cases/batch", content=text, headers=headers)
        outcomes = [msgspec.json.decode(line) for line in answer.content.splitlines()]
        again = await operator.post("/v1/cases/batch", content=text, headers=headers)
        refused = await ana.post("/v1/cases/batch", content=text, headers=headers)
        shown = (await ana.get(f"/v1/cases/{outcomes[0]['answer']['case_id']}")).json()
    assert [outcome["status"] for outcome in outcomes] == [201, 422, 409]
    assert outcomes[2]["problem"]["type"].endswith("no-agreement-in-force")
    assert msgspec.json.decode(again.content.splitlines()[0])["answer"] == outcomes[0]["answer"]
    assert msgspec.json.decode(refused.content.splitlines()[0])["status"] == 403
    assert (shown["company"], shown["imported"], shown["opened_at"]) == ("desk-c", True, "2011-05-01T10:00:00Z")


@pytest.mark.parametrize("path", ["cases", "contacts", "customers", "teams"])
async def test_a_list_shows_only_the_agreements_of_the_caller(house: Any, customer: UUID, path: str) -> None:
    async with house.ask(ANA) as ana, house.ask("eve/stranger/manager") as eve:
        await made(ana, "/v1/contacts", contact_of(house, customer, "call-9"))
        await made(ana, "/v1/cases", case_of(house, customer))
        await house.settle()
        mine = {"agreement_id": str(house.agreement_id)}
        assert (await eve.get(f"/v1/{path}")).json()["items"] == []
        assert (await eve.get(f"/v1/{path}", params=mine)).status_code == 404
        assert (await ana.get(f"/v1/{path}", params=mine)).status_code == 200
        assert (await ana.get(f"/v1/{path}/{UUID(int=1)}")).status_code == 404


async def test_a_new_version_binds_whoever_has_seen_it(house: Any, customer: UUID, monday: Any) -> None:
    async with house.ask(ANA) as ana:
        before = await made(ana, "/v1/cases", case_of(house, customer))
        wider = {**house.signed, "services": [*house.signed["services"], {"service": "mobile"}]}
        await house.sign(wider, version=2, effective_from=monday.replace(year=2026, month=1), at=monday)
        answer = await ana.post(
            "/v1/cases", json=case_of(house, customer, service="mobile"), headers={"acuerdo-after": "agreement=1"}
        )
        old = (await ana.get(f"/v1/cases/{before['case_id']}")).json()
        new = (await ana.get(f"/v1/cases/{answer.json()['case_id']}")).json()
    assert (old["agreement_version"], new["agreement_version"]) == (1, 2)
    assert (new["accountable"], new["accountable_clause"]) == ("telco-a", None)
    assert new["accountable_rule"].startswith("gap: the opening company stays accountable")


async def test_an_operator_does_not_decide_for_others_in_a_live_case(house: Any, customer: UUID) -> None:
    async with house.ask("ops/telco-a/operator") as operator, house.ask(ANA) as ana:
        case = await made(ana, "/v1/cases", case_of(house, customer))
        line = {
            "operation": "decidePriority",
            "case_id": case["case_id"],
            "priority": "low",
            "performed_by": {"person": "noa", "company": "net-b", "role": "manager"},
        }
        answer = await operator.post(
            "/v1/cases/batch",
            content=msgspec.json.encode(line),
            headers={"content-type": "application/x-ndjson"},
        )
    assert msgspec.json.decode(answer.content)["problem"]["type"].endswith("case-not-imported")


async def test_a_customer_a_case_and_a_team_may_go_by_one_reference(house: Any, customer: UUID) -> None:
    desk = {"name": "Front desk", "purpose": "First contact", "time_zone": "UTC", "languages": ["es"]}
    async with house.ask(ANA) as ana, house.ask("leo/telco-a/team-lead") as leo:
        case = await made(ana, "/v1/cases", case_of(house, customer, external_reference="C-1"))
        named = {"agreement_id": str(house.agreement_id), "external_reference": "C-1"}
        team = await made(leo, "/v1/teams", {**desk, **named})
    assert len({str(customer), case["case_id"], team["team_id"]}) == 3
