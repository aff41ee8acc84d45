"""What a customer said in feedback: sealed by another service, opened here for people who may read it, on record."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import httpx
import pytest

from common.security.sealing import new_key_pair, seal

ANA = "ana/telco-a/touchpoint-agent"
NOA = "noa/net-b/team-lead"
CLEO = "cleo/desk-c/manager"
SAID = "I am Lucía and nobody called me back"


async def opened(house: Any, customer: UUID, who: str) -> str:
    """Return a case of the customer that net-b answers for."""
    opening = {
        "agreement_id": str(house.agreement_id),
        "customer_id": str(customer),
        "service": "fibre",
        "activity": "repair",
        "region": "north",
        "need": "a dial tone",
    }
    async with house.ask(who) as agent:
        answer = await agent.post("/v1/cases", json=opening)
    assert answer.status_code == 201, answer.text
    await house.settle()
    return answer.json()["case_id"]


@pytest.fixture
async def case(house: Any, customer: UUID) -> str:
    """A case of telco-a."""
    return await opened(house, customer, ANA)


@pytest.fixture
async def key(house: Any, case: str) -> str:
    """The public key that other services are told when the case is opened."""
    async with house.ask(ANA) as ana:
        facts = (await ana.get(f"/v1/cases/{case}/history")).json()["items"]
    return next(fact["data"]["customer_key"] for fact in facts if fact["name"] == "case-opened")


def said(case: str) -> dict[str, str]:
    """Return what the customer said on the case, as feedback-loop seals it."""
    return {"comment": SAID, "case_id": case}


def box(key: str, customer: UUID | str, clear: Mapping[str, object]) -> dict[str, str]:
    sealed = seal(key, str(customer), clear)
    return {"key": sealed.key, "box": sealed.box}


async def ask(house: Any, who: str, customer: UUID, *sealed: Mapping[str, str]) -> httpx.Response:
    async with house.ask(who) as client:
        body = {"purpose": "call-customer", "sealed": list(sealed)}
        return await client.post(f"/v1/customers/{customer}/openings", json=body)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit(":", 1)[-1]


async def test_the_touchpoint_reads_what_the_customer_said_and_that_is_on_record(
    house: Any, customer: UUID, case: str, key: str
) -> None:
    answer = await ask(house, ANA, customer, box(key, customer, said(case)))
    assert answer.json()["opened"] == [{"comment": SAID}]
    recorded = (await house.parts.store.read(f"customer-{customer}"))[-1]
    assert recorded.name == "personal-data-disclosed"
    assert b"feedback_comment" in recorded.data
    assert b"call-customer" in recorded.data
    assert SAID.encode() not in recorded.data
    assert not recorded.published


async def test_a_rival_party_reads_it_only_when_the_agreement_shares_it(
    house: Any, customer: UUID, case: str, key: str, monday: Any
) -> None:
    comment = box(key, customer, said(case))
    assert refusal(await ask(house, NOA, customer, comment)) == (403, "not-shared")
    shares = {"clause_id": "s-9", "field": "feedback_comment", "shared_with": "case-companies"}
    terms = {**house.signed, "sharing": [*house.signed["sharing"], shares]}
    await house.sign(terms, version=2, effective_from=monday.replace(year=2020), at=monday)
    async with house.ask(NOA) as noa:
        body = {"purpose": "call-customer", "sealed": [comment]}
        seen = {"acuerdo-after": "agreement=2"}
        shared = await noa.post(f"/v1/customers/{customer}/openings", json=body, headers=seen)
    assert shared.json()["opened"] == [{"comment": SAID}]
    assert refusal(await ask(house, CLEO, customer, comment)) == (403, "not-shared")


async def test_a_comment_is_opened_for_the_companies_of_the_case_it_was_made_on_and_no_other(
    house: Any, customer: UUID, case: str, key: str, monday: Any
) -> None:
    shares = {"clause_id": "s-9", "field": "feedback_comment", "shared_with": "case-companies"}
    terms = {**house.signed, "sharing": [*house.signed["sharing"], shares]}
    await house.sign(terms, version=2, effective_from=monday.replace(year=2020), at=monday)
    bogus = await opened(house, customer, "gus/desk-c/touchpoint-agent")
    on_theirs, on_bogus = box(key, customer, said(case)), box(key, customer, said(bogus))
    for sealed in ([on_theirs], [on_bogus, on_theirs]):
        assert refusal(await ask(house, CLEO, customer, *sealed)) == (403, "not-shared")
    assert (await ask(house, CLEO, customer, on_bogus)).json()["opened"] == [{"comment": SAID}]
    assert refusal(await ask(house, ANA, customer, on_bogus)) == (403, "not-shared")
    assert (await ask(house, ANA, customer, on_theirs)).json()["opened"] == [{"comment": SAID}]


async def test_people_only_and_only_of_parties(house: Any, customer: UUID, case: str, key: str) -> None:
    comment = box(key, customer, said(case))
    for who in ("robot/telco-a/manager", "aud/telco-a/auditor", "sol/telco-a/solver", "int/telco-a/integrator"):
        assert (await ask(house, who, customer, comment)).status_code == 403
    assert refusal(await ask(house, "eve/stranger/manager", customer, comment)) == (404, "customer-unknown")


async def test_a_box_of_another_customer_is_refused_and_nothing_is_put_on_record(
    house: Any, customer: UUID, case: str, key: str
) -> None:
    before = len(await house.parts.store.read(f"customer-{customer}"))
    own, other = box(key, customer, said(case)), new_key_pair().public
    for foreign in (
        box(key, UUID(int=7), said(case)),
        box(other, customer, said(case)),
        {**own, "box": "bm90IGEgYm94"},
        {**own, "box": "?"},
        box(key, customer, said(str(UUID(int=8)))),
        box(key, customer, said("no case")),
    ):
        assert refusal(await ask(house, ANA, customer, own, foreign)) == (422, "sealed-for-another")
    assert len(await house.parts.store.read(f"customer-{customer}")) == before


async def test_what_identifies_a_person_is_not_opened_on_this_way(
    house: Any, customer: UUID, case: str, key: str
) -> None:
    for clear in ({"phone": "+57"}, {"comment": SAID}, {**said(case), "name": "Lucía"}):
        assert refusal(await ask(house, ANA, customer, box(key, customer, clear))) == (403, "not-feedback")


async def test_comments_of_an_erased_customer_answer_as_erased(house: Any, customer: UUID, case: str, key: str) -> None:
    async with house.ask("mia/telco-a/manager") as mia:
        gone = await mia.delete(f"/v1/customers/{customer}", params={"reason": "customer-request"})
    assert gone.status_code == 204
    answer = await ask(house, ANA, customer, box(key, customer, said(case)))
    assert refusal(answer) == (409, "customer-is-erased")
