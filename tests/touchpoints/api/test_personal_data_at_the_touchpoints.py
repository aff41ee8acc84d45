"""Personal data: sealed everywhere, shown to whom the agreement allows, on record when given out, gone when erased."""

import logging
from typing import Any
from uuid import UUID

import pytest

from common.testing.chained import ensure_chained
from common.values import Sealed
from touchpoints.api.keys import Vault

ANA = "ana/telco-a/touchpoint-agent"
NOA = "noa/net-b/touchpoint-agent"
CLEO = "cleo/desk-c/touchpoint-agent"
MIA = "mia/telco-a/manager"
AUDITOR = "aud/telco-a/auditor"
ROBOT = "robot/net-b/integrator"

NAME, PHONE = "Lucía Robledo", "+57 300 555 0199"
NEED, EXPECTATION, SUMMARY = "No dial tone at my mother's", "Before her birthday", "She cried on the phone"


def as_text(row: dict[str, Any]) -> str:
    return " ".join(said.decode(errors="replace") if isinstance(said, bytes) else str(said) for said in row.values())


@pytest.fixture
async def case(house: Any, customer: UUID) -> dict[str, Any]:
    """A case of the customer, opened by telco-a and answered for by net-b."""
    about = {"agreement_id": str(house.agreement_id), "customer_id": str(customer)}
    contact = {**about, "channel": "chat", "external_reference": "chat-1", "summary": SUMMARY}
    async with house.ask(ANA) as ana:
        contact_id = (await ana.post("/v1/contacts", json=contact)).json()["contact_id"]
        opening = {
            **about,
            "contact_id": contact_id,
            "service": "fibre",
            "activity": "repair",
            "region": "north",
            "need": NEED,
            "expectation": EXPECTATION,
        }
        case = (await ana.post("/v1/cases", json=opening)).json()
    await house.settle()
    return {**case, "contact_id": contact_id, "customer_id": str(customer)}


async def seen(house: Any, who: str, path: str) -> dict[str, Any]:
    async with house.ask(who) as client:
        answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_field_is_shown_to_whom_the_agreement_shares_it_with(house: Any, case: dict[str, Any]) -> None:
    path = f"/v1/customers/{case['customer_id']}"
    assert (await seen(house, ANA, path))["personal"] == {"name": NAME, "phone": PHONE}
    takes_part = await seen(house, NOA, path)
    assert takes_part["personal"] == {"name": NAME, "phone": PHONE}
    by_the_side = await seen(house, CLEO, path)
    assert (by_the_side["personal"], by_the_side["hidden"]) == ({"name": NAME}, ["phone"])


async def test_what_a_customer_said_is_hidden_and_said_to_be_hidden(house: Any, case: dict[str, Any]) -> None:
    path = f"/v1/cases/{case['case_id']}"
    answering = await seen(house, NOA, path)
    assert (answering["personal"], answering["hidden"]) == ({"need": NEED}, ["expectation"])
    by_the_side = await seen(house, CLEO, path)
    assert (by_the_side["personal"], set(by_the_side["hidden"])) == ({}, {"need", "expectation"})
    contact = await seen(house, NOA, f"/v1/contacts/{case['contact_id']}")
    assert (contact["personal"], contact["hidden"]) == ({}, ["summary"])


async def test_opening_a_case_of_a_rival_s_customer_shows_nothing_of_them(
    house: Any, case: dict[str, Any], monday: Any
) -> None:
    rules = [{"clause_id": "s-8", "field": "summary", "shared_with": "case-companies"}, *house.signed["sharing"]]
    await house.sign({**house.signed, "sharing": rules}, version=2, effective_from=monday.replace(year=2020), at=monday)
    about = {"agreement_id": str(house.agreement_id), "customer_id": case["customer_id"]}
    call = {**about, "channel": "chat", "external_reference": "chat-2", "thread_reference": "t-2", "summary": SUMMARY}
    async with house.ask(CLEO) as cleo, house.ask(ANA) as ana:
        opening = {**about, "service": "fibre", "activity": "repair", "region": "north", "need": "bogus"}
        after = {"acuerdo-after": "agreement=2"}
        bogus = (await cleo.post("/v1/cases", json=opening, headers=after)).json()["case_id"]
        mine = {**call, "external_reference": "chat-0", "case_id": bogus}
        assert (await cleo.post("/v1/contacts", json=mine)).status_code == 201
        await house.settle()
        drawn_in = (await ana.post("/v1/contacts", json=call)).json()["contact_id"]
        alone = {**call, "external_reference": "chat-3", "thread_reference": None}
        linked = (await ana.post("/v1/contacts", json=alone)).json()["contact_id"]
        linking = {"contact_id": linked}
        assert (await cleo.post(f"/v1/cases/{bogus}/contacts", json=linking)).status_code == 403
        await house.settle()
        asking = {"purpose": "call-back", "fields": ["phone"]}
        assert (await cleo.post(f"/v1/customers/{case['customer_id']}/disclosures", json=asking)).status_code == 403
        seen_by_recorder = (await seen(house, ANA, f"/v1/contacts/{drawn_in}"))["case_id"]
    assert seen_by_recorder is None, "a thread is its recorder's: nobody draws another's mail into a case"
    assert (await seen(house, CLEO, f"/v1/customers/{case['customer_id']}"))["hidden"] == ["phone"]
    for contact in (drawn_in, linked):
        assert (await seen(house, CLEO, f"/v1/contacts/{contact}"))["hidden"] == ["summary"]
    assert (await seen(house, NOA, f"/v1/contacts/{case['contact_id']}"))["personal"] == {"summary": SUMMARY}


@pytest.mark.parametrize("who", [AUDITOR, "robot/telco-a/integrator"])
async def test_auditors_and_services_read_without_personal_data(house: Any, case: dict[str, Any], who: str) -> None:
    for path in ("customers/" + case["customer_id"], "cases/" + case["case_id"], "contacts/" + case["contact_id"]):
        shown = await seen(house, who, f"/v1/{path}")
        assert shown["personal"] == {}
        assert shown["hidden"]


async def test_who_needs_a_value_gets_it_and_that_is_on_record(house: Any, case: dict[str, Any]) -> None:
    path = f"/v1/customers/{case['customer_id']}"
    asking = {"purpose": "send-survey", "fields": ["phone"]}
    async with house.ask(ROBOT) as robot, house.ask(CLEO) as cleo:
        given = await robot.post(f"{path}/disclosures", json=asking, headers={"idempotency-key": "d-1"})
        refused = await cleo.post(f"{path}/disclosures", json=asking)
        nothing = await robot.post(f"{path}/disclosures", json={**asking, "fields": ["name", "email"]})
    assert given.json()["personal"] == {"phone": PHONE}
    assert (refused.status_code, nothing.status_code) == (403, 403)
    history = await seen(house, MIA, f"{path}/history")
    last = history["items"][-1]
    assert last["name"] == "personal-data-disclosed"
    assert last["data"]["asked_by"] == {"person": "robot", "company": "net-b", "role": "integrator"}
    assert (last["data"]["purpose"], last["data"]["fields"]) == ("send-survey", ["phone"])
    assert PHONE not in str(history)


async def test_erasing_the_key_erases_the_data_everywhere(house: Any, case: dict[str, Any]) -> None:
    customer, path = UUID(case["customer_id"]), f"/v1/customers/{case['customer_id']}"
    sealed = (await seen(house, MIA, f"{path}/history"))["items"][0]["data"]["personal"]
    vault = Vault(house.parts.pool, bytes(range(32)))
    assert await vault.read(customer, Sealed(**sealed)) == {"name": NAME, "phone": PHONE}
    async with house.ask(MIA) as mia, house.ask("max/net-b/manager") as rival, house.ask(ANA) as ana:
        why = {"reason": "customer-request"}
        assert (await rival.delete(path, params=why)).status_code == 403
        assert (await ana.delete(path, params=why)).status_code == 403
        assert (await mia.delete(path)).status_code == 422
        assert (await mia.delete(path, params=why)).status_code == 204
        assert (await mia.delete(path, params=why)).status_code == 204
        await house.settle()
        about = {"agreement_id": str(house.agreement_id), "customer_id": str(customer)}
        contact = {**about, "channel": "chat", "external_reference": "chat-2", "summary": SUMMARY}
        assert (await ana.post("/v1/contacts", json=contact)).status_code == 409
        again = {"agreement_id": str(house.agreement_id), "external_reference": "C-1", "language": "es"}
        assert (await ana.post("/v1/customers", json=again)).status_code == 409
        asking = {"purpose": "call-back", "fields": ["phone"]}
        assert (await ana.post(f"{path}/disclosures", json=asking)).status_code == 409
    for kind in ("customers/" + case["customer_id"], "cases/" + case["case_id"], "contacts/" + case["contact_id"]):
        shown = await seen(house, MIA, f"/v1/{kind}")
        assert (shown["personal"], shown["hidden"], shown["erased"]) == ({}, [], True)
    assert await vault.read(customer, Sealed(**sealed)) is None
    ensure_chained((await seen(house, MIA, f"{path}/history"))["items"])


async def test_only_the_company_that_registered_a_customer_corrects_them(house: Any, customer: UUID) -> None:
    path, body = f"/v1/customers/{customer}", {"language": "en", "personal": {"email": "lucia@example.org"}}
    async with house.ask(ANA) as ana, house.ask(NOA) as noa:
        assert (await noa.put(path, json=body)).status_code == 403
        assert (await ana.put(path, json=body)).json()["version"] == 2
        assert (await ana.put(path, json=body)).json()["version"] == 2
        other = {"agreement_id": str(house.agreement_id), "external_reference": "C-1", "language": "es"}
        assert (await ana.post("/v1/customers", json=other)).status_code == 409
        unknown = await ana.post("/v1/customers", json={**other, "personal": {"nickname": "Lu"}})
    assert unknown.status_code == 422
    assert (await seen(house, ANA, path))["personal"] == {"email": "lucia@example.org"}


async def test_no_fact_row_or_log_line_holds_personal_data_in_the_clear(
    house: Any, case: dict[str, Any], caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with house.ask(ANA) as ana:
        asking = {"purpose": "call-back", "fields": ["name", "phone"]}
        path = f"/v1/customers/{case['customer_id']}"
        await ana.post(f"{path}/disclosures", json=asking, headers={"idempotency-key": "d-9"})
        broken = {"agreement_id": str(house.agreement_id), "language": NAME, "personal": {"phone": [PHONE]}}
        assert (await ana.post("/v1/customers", json=broken)).status_code == 422
    await house.settle()
    tables = await house.parts.pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    rows = [
        as_text(dict(row)) for table in tables for row in await house.parts.pool.fetch(f'SELECT * FROM "{table[0]}"')
    ]
    said = caplog.text + "".join(capsys.readouterr())
    assert len(rows) > 10
    assert any("call-back" in row for row in rows)  # it would be seen
    for clear in (NAME, PHONE, "300 555 0199", NEED, EXPECTATION, SUMMARY):
        assert not [row for row in rows if clear in row]
        assert clear not in said
