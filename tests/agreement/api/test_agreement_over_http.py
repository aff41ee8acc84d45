"""An agreement's life as its parties live it, over HTTP."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from copy import deepcopy
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from agreement.projections.agreements import agreements
from common.running.service import Parts
from common.testing.chained import ensure_chained

ANA, BEN, EVE = "ana/telco-a/manager", "ben/net-b/manager", "eve/rival/manager"
Settled = Callable[[], Awaitable[None]]


def quicker(example: Mapping[str, Any]) -> dict[str, Any]:
    terms = deepcopy(dict(example))
    terms["priorities"][0]["resolution"] = "PT8H"
    return terms


async def test_all_sign_and_approve_and_it_is_in_force(ask: Any, story: Any) -> None:
    key = await story.in_force()
    shown = await ask.good("GET", f"/v1/agreements/{key}", BEN)
    assert (shown["in_force"], shown["on_the_table"]) == (1, None)
    assert [each["company"] for each in shown["versions"][0]["signatures"]] == ["net-b", "telco-a"]
    held = await ask.good("GET", f"/v1/agreements/{key}/in-force", BEN)
    assert held["terms"]["priorities"][0]["resolution"] == "PT57600S"
    before = await ask("GET", f"/v1/agreements/{key}/in-force?at=2020-01-01T00:00:00Z", BEN)
    assert before.status_code == 404


async def test_whoever_reads_the_content_computes_the_hash_that_is_signed(ask: Any, story: Any) -> None:
    key = await story.draft()
    proposed = await story.propose(key)
    content = await ask("GET", f"/v1/agreements/{key}/versions/1/content", BEN)
    assert hashlib.sha256(content.content).hexdigest() == proposed["content_hash"]
    await story.approve(key)
    await story.sign(key)
    again = await ask("GET", f"/v1/agreements/{key}/versions/1/content", BEN)
    assert again.content == content.content


async def test_a_rule_about_a_field_that_nothing_holds_to_is_refused(
    ask: Any, story: Any, example: Mapping[str, Any]
) -> None:
    terms = deepcopy(dict(example))
    for field, status in (("hand_over_weather", 422), ("Root_Cause", 422), ("root_cause", 200), ("work_note", 200)):
        key = await story.draft()
        table = (await ask.good("GET", f"/v1/agreements/{key}", ANA))["on_the_table"]
        terms["sharing"] = [{"clause_id": "sh-1", "field": field, "shared_with": "case-companies"}]
        body = {"effective_from": table["effective_from"], "terms": terms}
        answer = await ask("PUT", f"/v1/agreements/{key}/terms", ANA, body, if_match='"1"')
        assert answer.status_code == status, answer.text


async def test_an_edit_invalidates_every_signature(ask: Any, story: Any, example: Mapping[str, Any]) -> None:
    key = await story.draft()
    await story.propose(key)
    await story.sign(key, "net-b")
    signed = await ask("GET", f"/v1/agreements/{key}", ANA)
    table = signed.json()["on_the_table"]
    assert [each["company"] for each in table["signatures"]] == ["net-b"]
    body = {"effective_from": table["effective_from"], "terms": quicker(example)}
    assert (await ask("PUT", f"/v1/agreements/{key}/terms", ANA, body)).status_code == 428
    assert (await ask("PUT", f"/v1/agreements/{key}/terms", ANA, body, if_match='"1"')).status_code == 412
    edited = await ask("PUT", f"/v1/agreements/{key}/terms", ANA, body, if_match=signed.headers["etag"])
    assert (edited.status_code, edited.json()["signatures_void"]) == (200, 1)
    after = (await ask.good("GET", f"/v1/agreements/{key}", ANA))["on_the_table"]
    assert (after["signatures"], after["signatures_missing"]) == ([], ["telco-a", "net-b"])
    assert after["content_hash"] == edited.json()["content_hash"] != table["content_hash"]
    stale = await ask("POST", f"/v1/agreements/{key}/signatures", ANA, {"content_hash": table["content_hash"]})
    assert (stale.status_code, stale.json()["type"]) == (409, "urn:acuerdo:refusal:another-content")


async def test_whoever_signs_or_approves_is_told_who_is_still_waited_for(ask: Any, story: Any) -> None:
    key = await story.draft()
    proposed = await story.propose(key)
    hashes = {"content_hash": proposed["content_hash"]}, {"boundaries_hash": proposed["boundaries_hash"]}
    told = []
    for company, role, what, body in (
        ("telco-a", "manager", "signatures", hashes[0]),
        ("net-b", "manager", "signatures", hashes[0]),
        ("telco-a", "sme", "boundary-approvals", hashes[1]),
        ("net-b", "sme", "boundary-approvals", hashes[1]),
    ):
        path = f"/v1/agreements/{key}/{what}"
        answer = await ask.good("POST", path, f"eve/{company}/{role}", body)
        told.append((answer["in_force"], answer["signatures_missing"], answer["approvals_missing"]))
    assert told == [
        (False, ["net-b"], ["telco-a", "net-b"]),
        (False, [], ["telco-a", "net-b"]),
        (False, [], ["net-b"]),
        (True, [], []),
    ]


async def test_the_answer_that_is_given_again_tells_what_it_told_first(ask: Any, story: Any) -> None:
    key = await story.draft()
    body = {"content_hash": (await story.propose(key))["content_hash"]}
    path, headers = f"/v1/agreements/{key}/signatures", {"Idempotency-Key": "once"}
    first = await ask("POST", path, ANA, body, **headers)
    await ask.good("POST", path, BEN, body)
    again = await ask("POST", path, ANA, body, **headers)
    assert again.json() == first.json()
    assert again.json()["signatures_missing"] == ["net-b"]


async def test_what_is_answered_can_be_sent_back(ask: Any, story: Any) -> None:
    key = await story.draft()
    shown = await ask("GET", f"/v1/agreements/{key}", ANA)
    table = shown.json()["on_the_table"]
    body = {"effective_from": table["effective_from"], "terms": table["terms"]}
    same = await ask("PUT", f"/v1/agreements/{key}/terms", ANA, body, if_match=shown.headers["etag"])
    assert (same.status_code, same.headers["etag"]) == (200, shown.headers["etag"])


async def test_a_party_without_commitment_cannot_be_proposed(ask: Any, story: Any, example: Mapping[str, Any]) -> None:
    key = await story.draft(terms={**example, "commitments": example["commitments"][1:]})
    refused = await ask("POST", f"/v1/agreements/{key}/proposal", ANA)
    assert (refused.status_code, refused.json()["without_commitment"]) == (409, ["telco-a"])


async def test_an_amendment_leaves_the_past_as_it_was(ask: Any, story: Any, example: Mapping[str, Any]) -> None:
    key = await story.in_force()
    earlier = await ask("GET", f"/v1/agreements/{key}", ANA)
    body = {"effective_from": "2026-02-01T00:00:00Z", "terms": quicker(example)}
    amended = await ask.good("POST", f"/v1/agreements/{key}/amendments", BEN, body)
    assert amended["agreement_version"] == 2
    assert (await ask.good("GET", f"/v1/agreements/{key}", ANA))["in_force"] == 1
    recorded = (await ask.good("GET", f"/v1/agreements/{key}/history", ANA))["items"][-1]["recorded_at"]
    await story.sign(key)
    assert (await ask.good("GET", f"/v1/agreements/{key}", ANA))["in_force"] == 2
    then = await ask.good("GET", f"/v1/agreements/{key}/in-force?at=2026-01-15T00:00:00Z", ANA)
    assert (then["agreement_version"], then["terms"]["priorities"][0]["resolution"]) == (1, "PT57600S")
    known_then = await ask.good("GET", f"/v1/agreements/{key}?as_of={recorded}", ANA)
    assert len(known_then["versions"]) == len(earlier.json()["versions"]) == 1
    numbers = [
        each["agreement_version"] for each in (await ask.good("GET", f"/v1/agreements/{key}/versions", BEN))["items"]
    ]
    assert numbers == [1, 2]


async def test_a_proposal_is_declined_with_a_reason_and_withdrawn_by_its_proposer(ask: Any, story: Any) -> None:
    key = await story.draft()
    await story.propose(key)
    await ask.good("POST", f"/v1/agreements/{key}/refusals", BEN, {"reason": "The targets are out of reach"})
    table = (await ask.good("GET", f"/v1/agreements/{key}", ANA))["on_the_table"]
    assert table["declined"][0]["reason"] == "The targets are out of reach"
    assert (await ask("POST", f"/v1/agreements/{key}/withdrawals", BEN, {"reason": "No"})).status_code == 403
    await ask.good("POST", f"/v1/agreements/{key}/withdrawals", ANA, {"reason": "Not ripe"})
    assert not (await ask.good("GET", f"/v1/agreements/{key}", ANA))["on_the_table"]["proposed"]


async def test_gaps_and_overlaps_are_reported(ask: Any, story: Any, example: Mapping[str, Any]) -> None:
    line = example["boundaries"][0]
    terms = {
        **example,
        "regions": [*example["regions"], {"clause_id": "r-2", "region": "south", "name": "South"}],
        "boundaries": [
            {**line, "region": "north"},
            {**line, "clause_id": "b-2", "region": "north", "accountable": "telco-a"},
        ],
    }
    key = await story.draft(terms=terms)
    report = await ask.good("GET", f"/v1/agreements/{key}/boundaries/report", BEN)
    assert report["gaps"] == [{"service": "fibre", "activity": "repair", "region": "south"}]
    assert report["overlaps"][0]["companies"] == ["net-b", "telco-a"]
    assert report["approvals_missing"] == ["telco-a", "net-b"]


async def test_the_map_names_one_accountable_company_that_is_a_party(
    ask: Any, story: Any, example: Mapping[str, Any]
) -> None:
    key = await story.in_force()
    where = "service=fibre&activity=repair&region=north"
    found = await ask.good("GET", f"/v1/agreements/{key}/boundaries/accountable?{where}", ANA)
    assert (found["accountable"], found["clause_id"], found["agreement_version"]) == ("net-b", "b-1", 1)
    stranger = {**example, "boundaries": [{**example["boundaries"][0], "accountable": "rival"}]}
    body = {"title": "x", "parties": ["telco-a", "net-b"], "effective_from": "2026-01-01T00:00:00Z", "terms": stranger}
    refused = await ask("POST", "/v1/agreements", ANA, body)
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:acuerdo:refusal:unsound-terms")


async def test_everyone_entitled_can_verify_the_history(ask: Any, story: Any) -> None:
    key = await story.in_force()
    first = await ask.good("GET", f"/v1/agreements/{key}/history?limit=2", BEN)
    rest = await ask.good("GET", f"/v1/agreements/{key}/history?after={first['next']}", BEN)
    facts = [*first["items"], *rest["items"]]
    ensure_chained(facts)
    assert facts[-1]["name"] == "agreement-in-force"
    assert {one["company"] for one in facts[-1]["data"]["party_names"]} == set(facts[-1]["data"]["parties"])
    assert rest["next"] is None


async def test_a_company_that_is_no_party_finds_nothing(ask: Any, story: Any, settled: Settled) -> None:
    key = await story.in_force()
    await settled()
    for path in ("", "/versions", "/versions/1", "/versions/1/content", "/in-force", "/history", "/boundaries/report",
                 "/claims", "/improvement-proposals", "/measures"):  # fmt: skip
        assert (await ask("GET", f"/v1/agreements/{key}{path}", EVE)).status_code == 404, path
        assert (await ask("GET", f"/v1/agreements/{UUID(int=404)}{path}", EVE)).status_code == 404, path
    assert (await ask("POST", f"/v1/agreements/{key}/signatures", EVE, {"content_hash": "0" * 64})).status_code == 404
    assert (await ask.good("GET", "/v1/agreements", EVE))["items"] == []
    mine = (await ask.good("GET", "/v1/agreements?signed=true&sort=-changed_at", BEN))["items"]
    assert str(key) in {each["agreement_id"] for each in mine}


async def test_only_people_with_the_role_decide(ask: Any, story: Any) -> None:
    key = await story.draft()
    hashes = {"content_hash": "0" * 64}
    for who in ("robot/telco-a/manager", "robot/telco-a/integrator", "ana/telco-a/sme", "ana/telco-a/operator"):
        assert (await ask("POST", f"/v1/agreements/{key}/signatures", who, hashes)).status_code == 403, who
        assert (await ask("POST", f"/v1/agreements/{key}/proposal", who)).status_code == 403, who
    approval = {"boundaries_hash": "0" * 64}
    assert (await ask("POST", f"/v1/agreements/{key}/boundary-approvals", ANA, approval)).status_code == 403
    assert (await ask("POST", f"/v1/agreements/{key}/signatures", "", hashes)).status_code == 401
    improvement = {"title": "Week-ends", "description": "Answer on Saturdays"}
    proposed = await ask("POST", f"/v1/agreements/{key}/improvement-proposals", "robot/net-b/integrator", improvement)
    assert proposed.status_code == 201


async def test_the_same_request_gets_the_first_answer_again(ask: Any, story: Any, example: Mapping[str, Any]) -> None:
    await story.register()
    body = {"title": "x", "parties": ["telco-a", "net-b"], "effective_from": "2026-01-01T00:00:00Z", "terms": example}
    first = await ask("POST", "/v1/agreements", ANA, body, idempotency_key="once")
    again = await ask("POST", "/v1/agreements", ANA, body, idempotency_key="once")
    assert first.json() == again.json()
    other = await ask("POST", "/v1/agreements", ANA, {**body, "title": "y"}, idempotency_key="once")
    assert other.status_code == 422


async def test_terms_by_which_nobody_could_be_discontent_are_refused(
    ask: Any, story: Any, example: Mapping[str, Any]
) -> None:
    await story.register()
    scale = {**example["scales"][0], "lowest": 1, "highest": 5, "positive": [1, 5], "neutral": None, "negative": None}
    body = {"title": "x", "parties": ["telco-a", "net-b"], "effective_from": "2026-01-01T00:00:00Z"}
    refused = await ask("POST", "/v1/agreements", ANA, {**body, "terms": {**example, "scales": [scale]}})
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:acuerdo:refusal:unsound-terms")
    assert "no negative score" in refused.json()["detail"]


@pytest.mark.parametrize("column", sorted(agreements.c.keys()))
async def test_the_list_is_sorted_by_what_it_says_and_by_nothing_else(ask: Any, column: str) -> None:
    sortable = column in {"drafted_at", "changed_at", "title"}
    for order in (column, f"-{column}"):
        answer = await ask("GET", f"/v1/agreements?sort={order}", ANA)
        assert answer.status_code == (200 if sortable else 422), answer.text


async def test_what_a_statement_was_given_is_not_told_with_its_failure(parts: Parts) -> None:
    async with parts.engine.connect() as connection:
        with pytest.raises(DBAPIError) as failed:
            await connection.execute(sa.text("SELECT CAST(:told AS integer) / 0"), {"told": 90817263})
    assert "90817263" not in str(failed.value)


async def test_what_a_company_calls_its_draft_tells_others_nothing(
    ask: Any, story: Any, example: Mapping[str, Any]
) -> None:
    await story.register()
    reference = str(UUID(int=7))
    body = {"reference": reference, "title": "x", "effective_from": "2026-01-01T00:00:00Z", "terms": example}
    ours = {**body, "parties": ["telco-a", "net-b"]}
    drafted = await ask.good("POST", "/v1/agreements", ANA, ours)
    assert (await ask.good("POST", "/v1/agreements", ANA, ours))["agreement_id"] == drafted["agreement_id"]
    other = await ask("POST", "/v1/agreements", ANA, {**ours, "title": "y"})
    assert (other.status_code, other.json()["type"]) == (409, "urn:acuerdo:refusal:already-drafted")
    for known in (reference, drafted["agreement_id"]):
        again = await ask("POST", "/v1/agreements", "bo/net-b/manager", {**ours, "reference": known})
        assert again.status_code == 201
        assert again.json()["agreement_id"] != drafted["agreement_id"]


async def test_a_party_must_be_registered(ask: Any, story: Any, example: Mapping[str, Any]) -> None:
    await story.register()
    body = {"title": "x", "parties": ["telco-a", "nobody"], "effective_from": "2026-01-01T00:00:00Z", "terms": example}
    refused = await ask("POST", "/v1/agreements", ANA, body)
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:acuerdo:refusal:party-not-registered")


async def test_what_cannot_be_read_is_refused_with_where(ask: Any, story: Any, example: Mapping[str, Any]) -> None:
    await story.register()
    body = {"title": "x", "parties": ["telco-a", "net-b"], "effective_from": "2026-01-01T00:00:00Z", "terms": example}
    priority = example["priorities"][0]
    wrong: list[dict[str, Any]] = [
        {"title": ""},
        {"title": 7},
        {"parties": ["telco-a"]},
        {"parties": ["telco-a", "Net B"]},
        {"effective_from": "2026-01-01T00:00:00"},
        {"effective_from": 1767225600},
        {"effective_from": "0001-01-01T00:00:00+14:00"},
        {"effective_from": "9999-12-31T23:59:59-12:00"},
        {"effective_from": "1950-01-01T00:00:00Z"},
        {"surprise": True},
        {"terms": {**example, "priorities": [{**priority, "response": 3600}]}},
        {"terms": {**example, "priorities": [{**priority, "response": "1:00:00"}]}},
        {"terms": {**example, "priorities": [{**priority, "response": "P999999999999D"}]}},
        {"terms": {**example, "services": []}},
        {"terms": {**example, "survey_scale": "stars"}},
        {"terms": {**example, "calendars": [{**example["calendars"][0], "holidays": ["2026-02-30"]}]}},
        {"terms": {**example, "calendars": [{**example["calendars"][0], "week": {"mon": [["9", "10"]]}}]}},
        {"terms": {**example, "scales": [{**example["scales"][0], "positive": [4]}]}},
    ]
    for change in wrong:
        refused = await ask("POST", "/v1/agreements", ANA, {**body, **change})
        assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json"), change


async def test_moments_that_no_clock_of_ours_shows_are_refused(ask: Any, story: Any) -> None:
    key = await story.draft()
    for path in ("?as_of=", "/in-force?at=", "/history?as_of=", "/measures?opened_from="):
        for moment in ("0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-12:00", "now", "2026-01-01T00:00:00"):
            assert (await ask("GET", f"/v1/agreements/{key}{path}{moment}", ANA)).status_code == 422, path + moment
