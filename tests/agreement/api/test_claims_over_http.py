"""What the agreement in force did not say cannot be claimed; it is kept as a proposal."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from agreement.reactions import case_opened
from common.eventstore.recorded import Context
from common.running.service import Parts, new_id
from common.values import Rule

ANA, BEN, EVE = "ana/telco-a/manager", "ben/net-b/manager", "eve/rival/manager"
Settled = Callable[[], Awaitable[None]]


def claim(**changes: object) -> dict[str, object]:
    return {
        "clause_id": "p-1",
        "against": "net-b",
        "event_at": "2026-01-10T10:00:00Z",
        "description": "Nobody came",
        **changes,
    }


async def test_a_claim_on_a_clause_in_force_stands(ask: Any, story: Any, settled: Settled) -> None:
    key = await story.in_force()
    filed = await ask.good("POST", f"/v1/agreements/{key}/claims", ANA, claim())
    assert (filed["agreement_version"], filed["clause_id"]) == (1, "p-1")
    await settled()
    shown = await ask.good("GET", f"/v1/claims/{filed['claim_id']}", BEN)
    assert (shown["claimed_by"], shown["against"]) == ("telco-a", "net-b")
    listed = await ask.good("GET", f"/v1/agreements/{key}/claims?against=net-b", BEN)
    assert [each["claim_id"] for each in listed["items"]] == [filed["claim_id"]]
    assert (await ask("GET", f"/v1/claims/{filed['claim_id']}", EVE)).status_code == 404


async def test_a_claim_and_a_proposal_go_by_their_company_s_own_reference(ask: Any, story: Any) -> None:
    key, other = await story.in_force(), await story.in_force()
    reference = str(UUID(int=77))
    named = claim(reference=reference, against="net-b")
    filed = [await ask.good("POST", f"/v1/agreements/{one}/claims", ANA, named) for one in (key, key, other)]
    ids = [one["claim_id"] for one in filed]
    assert ids[0] == ids[1] != ids[2]
    differs = await ask("POST", f"/v1/agreements/{key}/claims", ANA, {**named, "clause_id": "p-2"})
    proposing = {"reference": reference, "title": "Week-ends", "description": "Answer on Saturdays too"}
    taken = await ask("POST", f"/v1/agreements/{key}/improvement-proposals", ANA, proposing)
    assert {one.json()["type"] for one in (differs, taken)} == {"urn:acuerdo:refusal:already-filed"}
    theirs = await ask("POST", f"/v1/agreements/{key}/improvement-proposals", BEN, proposing)
    assert (theirs.status_code, theirs.json()["proposal_id"] in ids) == (201, False)
    chosen = await ask("POST", f"/v1/agreements/{key}/claims", BEN, claim(against="telco-a", claim_id=ids[0]))
    assert chosen.status_code == 422


async def test_a_claim_on_nothing_is_refused_and_kept_as_a_proposal(ask: Any, story: Any, settled: Settled) -> None:
    key = await story.in_force()
    for unforeseen in (claim(clause_id="p-9"), claim(event_at="2025-12-31T00:00:00Z")):
        refused = await ask("POST", f"/v1/agreements/{key}/claims", ANA, unforeseen)
        assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
        problem = refused.json()
        assert problem["type"] == "urn:acuerdo:refusal:not-in-the-agreement"
        await settled()
        proposal = await ask.good("GET", f"/v1/improvement-proposals/{problem['proposal_id']}", BEN)
        assert (proposal["claimed_clause_id"], proposal["description"]) == (unforeseen["clause_id"], "Nobody came")
    listed = await ask.good("GET", f"/v1/agreements/{key}/improvement-proposals?claimed=true", BEN)
    assert len(listed["items"]) == 2
    assert (await ask.good("GET", f"/v1/agreements/{key}/claims", BEN))["items"] == []


async def test_a_refused_claim_asked_again_is_refused_alike_and_filed_once(
    ask: Any, story: Any, settled: Settled
) -> None:
    key = await story.in_force()
    asked = [
        await ask("POST", f"/v1/agreements/{key}/claims", ANA, claim(clause_id="p-9"), idempotency_key="one")
        for _ in range(2)
    ]
    assert asked[0].json() == asked[1].json()
    assert {each.headers["content-type"] for each in asked} == {"application/problem+json"}
    await settled()
    listed = await ask.good("GET", f"/v1/agreements/{key}/improvement-proposals", BEN)
    assert len(listed["items"]) == 1


async def test_a_claim_that_cannot_be_meant_is_only_refused(
    ask: Any, story: Any, settled: Settled, example: Mapping[str, Any]
) -> None:
    key = await story.in_force()
    wrong = [
        claim(against="telco-a"),
        claim(against="rival"),
        claim(clause_id="k-1"),
        claim(event_at="2999-01-01T00:00:00Z"),
        claim(event_at="yesterday"),
    ]
    for one in wrong:
        assert (await ask("POST", f"/v1/agreements/{key}/claims", ANA, one)).status_code == 422, one
    await settled()
    assert (await ask.good("GET", f"/v1/agreements/{key}/improvement-proposals", BEN))["items"] == []
    assert (await ask("GET", f"/v1/claims/{UUID(int=404)}", BEN)).status_code == 404


async def test_a_claim_names_a_case_of_its_own_agreement_only(
    ask: Any, story: Any, parts: Parts, settled: Settled
) -> None:
    key, other, case = await story.in_force(), await story.in_force(), new_id()
    fact = {
        "case_id": case,
        "agreement_id": key,
        "agreement_version": 1,
        "priority": "normal",
        "at": "2026-01-09T09:00:00Z",
    }
    heard = msgspec.json.decode(msgspec.json.encode(fact), type=case_opened.reaction.shape)
    for send in await case_opened.reaction.react(heard, parts.handle.look):
        context = Context(actor=Rule(rule="reaction:case-opened"), correlation=new_id())
        await parts.handle(send.kind, send.key, send.command, context=context)
    for agreement, named, clause in ((other, case, "p-1"), (other, case, "p-9"), (key, new_id(), "p-1")):
        body = claim(case_id=str(named), clause_id=clause)
        refused = await ask("POST", f"/v1/agreements/{agreement}/claims", ANA, body)
        assert (refused.status_code, refused.json()["type"]) == (404, "urn:acuerdo:refusal:unknown-case")
    await settled()
    assert (await ask.good("GET", f"/v1/agreements/{other}/improvement-proposals", BEN))["items"] == []
    filed = await ask.good("POST", f"/v1/agreements/{key}/claims", ANA, claim(case_id=str(case)))
    assert filed["agreement_version"] == 1
