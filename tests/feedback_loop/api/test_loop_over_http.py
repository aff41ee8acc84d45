"""What partner companies can do with a loop over HTTP, and what nobody can."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import msgspec
import pytest

from common.eventstore.chain import verify
from common.eventstore.verifying import verify_history
from common.messaging.witnesses import its_own
from common.refusals import NotYet
from common.security.sealing import unseal
from common.testing.chained import ensure_chained
from common.values import Sealed
from feedback_loop.history import history

ANA = "ana/telco-a/touchpoint-agent"
MIA = "mia/telco-a/manager"
BEA = "bea/field-b/team-lead"
CID = "cid/field-b/solver"
EVE = "eve/rival-c/manager+touchpoint-agent+solver+auditor+integrator+operator"
ROBOT = "robot/telco-a/integrator"
CUSTOMER = UUID(int=77)
POSITIVE = {"scale": "csat", "score": 5, "channel": "phone"}
NEGATIVE = {"scale": "csat", "score": 1, "channel": "phone", "reason": "still broken"}


async def loop_of(house: Any, case_id: UUID, **query: str) -> dict[str, Any]:
    answer = await house.get(ANA, f"/v1/loops/{case_id}", **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def done(house: Any, token: str, path: str, body: object) -> dict[str, Any]:
    answer = await house.post(token, path, body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def asked(house: Any, **more: Any) -> UUID:
    case_id = await house.open(**more)
    await house.solve(case_id)
    return case_id


async def refused(house: Any, token: str, path: str, body: object, name: str) -> None:
    answer = await house.post(token, path, body)
    assert answer.json()["type"].rsplit(":", 1)[1] == name, answer.text


async def amend(house: Any, case_id: UUID) -> None:
    await done(house, CID, f"/v1/loops/{case_id}/root-causes", {"cause": "wrong part in stock"})
    action = {"company": "field-b", "what": "order the right part", "due": "2026-04-01T00:00:00Z"}
    opened = await done(house, BEA, f"/v1/loops/{case_id}/corrective-actions", action)
    path = f"/v1/loops/{case_id}/corrective-actions/{opened['action_id']}/completions"
    await done(house, CID, path, {"evidence": "delivery note 7"})


async def test_a_case_waits_for_its_agreement_version(house: Any) -> None:
    with pytest.raises(NotYet):
        await house.open(agreement_version=2)


async def test_a_solution_waits_for_its_case(house: Any) -> None:
    with pytest.raises(NotYet):
        await house.solve(UUID(int=9))


async def test_taken_feedback_closes_when_a_second_person_of_another_company_approves(house: Any) -> None:
    case_id = await asked(house)
    await done(house, ANA, f"/v1/loops/{case_id}/taken-feedback", POSITIVE)
    assert (await loop_of(house, case_id))["state"] == "feedback-to-approve"
    await refused(house, MIA, f"/v1/loops/{case_id}/approvals", {}, "second-company-needed")
    await done(house, BEA, f"/v1/loops/{case_id}/approvals", {})
    loop = await loop_of(house, case_id)
    assert (loop["state"], loop["verdict"], loop["source"]) == ("closed", "positive", "taken-by-person")
    answer = loop["rounds"][0]["answers"][0]
    assert (answer["clause_id"], answer["agreement_version"]) == ("csat-1", 1)
    assert (answer["taken_by"]["person"], answer["approved_by"]["person"]) == ("ana", "bea")


async def test_a_name_written_otherwise_is_no_second_person(house: Any) -> None:
    case_id = await asked(house)
    await done(house, ANA, f"/v1/loops/{case_id}/taken-feedback", POSITIVE)
    for name in ("Ana", "ANA"):
        again = f"{name}/field-b/team-lead"
        await refused(house, again, f"/v1/loops/{case_id}/approvals", {}, "second-person-needed")
        await refused(house, again, f"/v1/loops/{case_id}/refusals", {"reason": "no"}, "second-person-needed")
    await done(house, ANA, f"/v1/loops/{case_id}/parkings", {"reason": "withdrawn", "text": "moved away"})
    await refused(house, "ANA/field-b/team-lead", f"/v1/loops/{case_id}/parking-approvals", {}, "second-person-needed")
    assert (await loop_of(house, case_id))["state"] == "feedback-to-approve"


async def test_refused_taken_feedback_leaves_the_case_open_and_a_customer_to_call(house: Any) -> None:
    case_id = await asked(house)
    await done(house, ANA, f"/v1/loops/{case_id}/taken-feedback", POSITIVE)
    await done(house, BEA, f"/v1/loops/{case_id}/refusals", {"reason": "the recording says otherwise"})
    assert (await loop_of(house, case_id))["state"] == "awaiting-feedback"
    assert await tasks_of(house, case_id) == ["call-customer"]


async def tasks_of(house: Any, case_id: UUID) -> list[str]:
    answer = await house.get(ANA, "/v1/tasks", agreement_id=str(house.agreement_id))
    return sorted(one["task"] for one in answer.json()["items"] if one["case_id"] == str(case_id))


async def test_what_the_customer_said_is_sealed_before_it_becomes_a_fact(house: Any) -> None:
    case_id = await asked(house)
    said = {**NEGATIVE, "comment": "call my sister Rosa at noon"}
    await done(house, ANA, f"/v1/loops/{case_id}/taken-feedback", said)
    recorded = await house.parts.store.read(f"loop-{case_id}")
    assert all(b"Rosa" not in one.data for one in recorded)
    box = (await loop_of(house, case_id))["rounds"][0]["answers"][0]["comment"]
    clear = unseal(house.keys.private, msgspec.convert(box, Sealed))
    assert clear == {"comment": "call my sister Rosa at noon", "case_id": str(case_id)}


async def test_negative_feedback_goes_round_until_positive_and_the_pair_is_reported(house: Any) -> None:
    case_id = await asked(house)
    await done(house, ANA, f"/v1/loops/{case_id}/taken-feedback", NEGATIVE)
    await done(house, BEA, f"/v1/loops/{case_id}/approvals", {})
    loop = await loop_of(house, case_id)
    assert (loop["state"], loop["round"], loop["escalated_to"]) == ("in-work", 2, "manager")
    assert await tasks_of(house, case_id) == ["open-corrective-action", "state-root-cause"]
    await house.solve(case_id, 2)
    assert (await loop_of(house, case_id))["state"] == "solution-waits-for-action"
    await refused(house, ANA, f"/v1/loops/{case_id}/asks", {}, "corrective-action-needed")
    await amend(house, case_id)
    assert (await loop_of(house, case_id))["state"] == "awaiting-feedback"
    house.now += timedelta(days=1)
    await done(house, ANA, f"/v1/loops/{case_id}/taken-feedback", POSITIVE)
    await done(house, BEA, f"/v1/loops/{case_id}/approvals", {})
    pairs = (await house.get(MIA, "/v1/recoveries", agreement_id=str(house.agreement_id))).json()["items"]
    assert [(one["score"], one["positive_score"], one["rounds_to_recovery"]) for one in pairs] == [(1, 5, 1)]
    assert pairs[0]["seconds_to_recovery"] == 86400
    assert [one["what"] for one in pairs[0]["actions"]] == ["order the right part"]
    totals = (await house.get(MIA, "/v1/recoveries/summary", agreement_id=str(house.agreement_id))).json()["items"]
    assert [(one["company"], one["negatives"], one["recovered"]) for one in totals] == [("field-b", 1, 1)]
    assert await tasks_of(house, case_id) == []


async def test_neutral_feedback_is_a_persons_task(house: Any) -> None:
    case_id = await asked(house)
    await house.answer(await house.link(case_id), score="3")
    assert (await loop_of(house, case_id))["state"] == "follow-up"
    assert await tasks_of(house, case_id) == ["follow-up"]
    await done(house, ANA, f"/v1/loops/{case_id}/rounds", {})
    assert (await loop_of(house, case_id))["round"] == 2


async def test_evidence_is_given_once_and_other_evidence_is_refused(house: Any) -> None:
    case_id = await asked(house)
    action = {"company": "field-b", "what": "order the right part", "due": "2026-04-01T00:00:00Z"}
    opened = await done(house, BEA, f"/v1/loops/{case_id}/corrective-actions", action)
    path = f"/v1/loops/{case_id}/corrective-actions/{opened['action_id']}/completions"
    await done(house, CID, path, {"evidence": "delivery note 7"})
    await done(house, CID, path, {"evidence": "delivery note 7"})
    await refused(house, CID, path, {"evidence": "stock list"}, "done-on-other-evidence")


async def test_a_negative_without_a_reason_is_inquired_into(house: Any) -> None:
    case_id = await asked(house)
    await house.answer(await house.link(case_id), score="1")
    feedback_id = (await loop_of(house, case_id))["rounds"][0]["answers"][0]["feedback_id"]
    await amend(house, case_id)
    await house.solve(case_id, 2)
    assert (await loop_of(house, case_id))["state"] == "solution-waits-for-action"
    assert await tasks_of(house, case_id) == ["inquire"]
    await refused(house, ANA, f"/v1/loops/{case_id}/asks", {}, "corrective-action-needed")
    found = {"reason": "waited two weeks", "channel": "phone", "stage": "end", "account": "Rosa told me"}
    await done(house, ANA, f"/v1/loops/{case_id}/inquiries/{feedback_id}/answers", found)
    assert "inquire" not in await tasks_of(house, case_id)
    loop = await loop_of(house, case_id)
    assert loop["state"] == "awaiting-feedback"
    (answer,) = loop["rounds"][0]["answers"]
    assert (answer["reason"], answer["stage"]) == ("waited two weeks", "end")
    (recovery,) = (await house.get(MIA, "/v1/recoveries", agreement_id=str(house.agreement_id))).json()["items"]
    assert (recovery["reason"], recovery["inquired_by"]) == ("waited two weeks", "telco-a")


async def test_silence_reminds_then_becomes_a_persons_task_and_closes_nothing(house: Any) -> None:
    case_id = await asked(house)
    for days, state in ((2, "awaiting-feedback"), (2, "awaiting-feedback"), (3, "silent"), (300, "silent")):
        await house.pass_time(timedelta(days=days))
        assert (await loop_of(house, case_id))["state"] == state
    assert await tasks_of(house, case_id) == ["call-customer"]
    await done(house, ANA, f"/v1/loops/{case_id}/taken-feedback", POSITIVE)


async def test_parking_needs_two_people_and_leaves_the_case_open(house: Any) -> None:
    case_id = await asked(house)
    parking = {"reason": "withdrawn", "text": "she moved abroad"}
    await done(house, ANA, f"/v1/loops/{case_id}/parkings", parking)
    assert "approve-parking" in await tasks_of(house, case_id)
    await refused(house, "ana/telco-a/team-lead", f"/v1/loops/{case_id}/parking-approvals", {}, "second-person-needed")
    await done(house, MIA, f"/v1/loops/{case_id}/parking-approvals", {})
    loop = await loop_of(house, case_id)
    assert (loop["state"], loop["parked_reason"], loop["closed_at"]) == ("parked", "withdrawn", None)
    await refused(house, ANA, f"/v1/loops/{case_id}/taken-feedback", POSITIVE, "case-is-parked")
    await done(house, ANA, f"/v1/loops/{case_id}/unparkings", {"reason": "she is back"})
    assert (await loop_of(house, case_id))["state"] == "awaiting-feedback"


async def test_a_parking_can_be_refused(house: Any) -> None:
    case_id = await asked(house)
    await done(house, ANA, f"/v1/loops/{case_id}/parkings", {"reason": "unreachable", "text": "three calls"})
    await done(house, MIA, f"/v1/loops/{case_id}/parking-refusals", {"reason": "try in the evening"})
    assert (await loop_of(house, case_id))["parking_proposed"] is None


def duplicate_of(primary: UUID) -> dict[str, str]:
    return {"reason": "duplicate", "text": "same fault", "primary_case_id": str(primary)}


async def merge(house: Any, duplicate: UUID, primary: UUID) -> None:
    await done(house, ANA, f"/v1/loops/{duplicate}/parkings", duplicate_of(primary))
    await done(house, MIA, f"/v1/loops/{duplicate}/parking-approvals", {})


async def test_a_duplicate_rests_with_its_primary_and_is_shown_with_it(house: Any) -> None:
    primary, duplicate = await asked(house, customer_id=CUSTOMER), await asked(house, customer_id=CUSTOMER)
    await refused(house, ANA, f"/v1/loops/{primary}/parkings", duplicate_of(primary), "primary-unfit")
    await merge(house, duplicate, primary)
    await house.answer(await house.link(primary), score="5")
    assert (await loop_of(house, primary))["duplicates"] == [
        {"case_id": str(duplicate), "state": "parked", "verdict": None}
    ]
    shown = await loop_of(house, duplicate)
    assert (shown["state"], shown["closed_at"]) == ("parked", None)
    assert shown["primary"] == {"case_id": str(primary), "state": "closed", "verdict": "positive"}


async def test_a_duplicate_is_of_the_same_customer(house: Any) -> None:
    one, anothers = await asked(house, customer_id=CUSTOMER), await asked(house)
    await refused(house, ANA, f"/v1/loops/{one}/parkings", duplicate_of(anothers), "primary-unfit")


async def test_no_case_duplicates_a_duplicate_and_no_ring_rests_for_ever(house: Any) -> None:
    first, second, third = [await asked(house, customer_id=CUSTOMER) for _ in range(3)]
    await merge(house, second, first)
    for rests, on in ((third, second), (first, second)):
        answer = await house.post(ANA, f"/v1/loops/{rests}/parkings", duplicate_of(on))
        assert (answer.status_code, answer.json()["duplicates"]) == (409, str(first))
        assert answer.json()["type"] == "urn:acuerdo:refusal:primary-unfit"
    await done(house, ANA, f"/v1/loops/{first}/parkings", duplicate_of(third))
    await refused(house, ANA, f"/v1/loops/{third}/parkings", duplicate_of(first), "primary-unfit")
    await refused(house, ANA, f"/v1/loops/{third}/parkings", duplicate_of(second), "primary-unfit")


async def test_of_two_cases_proposed_as_each_others_duplicate_neither_rests(house: Any) -> None:
    one, other = await asked(house, customer_id=CUSTOMER), await asked(house, customer_id=CUSTOMER)
    paths = [f"/v1/loops/{one}", f"/v1/loops/{other}"]
    both = [(paths[0], duplicate_of(other)), (paths[1], duplicate_of(one))]
    await asyncio.gather(*(house.post(ANA, f"{path}/parkings", body) for path, body in both))
    await asyncio.gather(*(house.post(MIA, f"{path}/parking-approvals", {}) for path in paths))
    assert [(await loop_of(house, case_id))["state"] for case_id in (one, other)].count("parked") <= 1


async def test_a_duplicate_follows_its_primary_when_that_turns_out_to_duplicate_another(house: Any) -> None:
    first, second, third = [await asked(house, customer_id=CUSTOMER) for _ in range(3)]
    await merge(house, second, first)
    await merge(house, first, third)
    assert {one["case_id"] for one in (await loop_of(house, third))["duplicates"]} == {str(first), str(second)}
    for case_id in (first, second):
        assert (await loop_of(house, case_id))["primary"]["case_id"] == str(third)
    await house.answer(await house.link(third), score="5")
    states = {case_id: (await loop_of(house, case_id))["state"] for case_id in (first, second, third)}
    assert states == {first: "parked", second: "parked", third: "closed"}
    await done(house, ANA, f"/v1/loops/{first}/unparkings", {"reason": "another fault after all"})
    assert (await loop_of(house, second))["primary"]["case_id"] == str(first)


async def test_a_closed_case_comes_back_with_its_customer(house: Any) -> None:
    case_id = await asked(house)
    await house.answer(await house.link(case_id), score="5")
    house.now += timedelta(days=1)
    fact = {"case_id": case_id, "agreement_id": house.agreement_id, "contact_id": case_id, "at": house.now}
    await house.hear("touchpoints", "customer-came-back", fact)
    loop = await loop_of(house, case_id)
    assert (loop["state"], loop["round"], loop["closed_at"]) == ("in-work", 2, None)


async def test_a_loop_is_shown_as_it_stood(house: Any) -> None:
    case_id = await asked(house)
    moment = (await house.parts.store.read(f"loop-{case_id}"))[-1].recorded_at
    await house.answer(await house.link(case_id), score="5")
    assert (await loop_of(house, case_id))["state"] == "closed"
    assert (await loop_of(house, case_id, as_of=moment.isoformat()))["state"] == "awaiting-feedback"
    before = await house.get(ANA, f"/v1/loops/{case_id}", as_of="2001-01-01T00:00:00Z")
    assert before.status_code == 404


async def test_the_history_shows_every_fact_with_its_hash(house: Any) -> None:
    case_id = await asked(house)
    await house.answer(await house.link(case_id), score="5")
    items = (await house.get(MIA, f"/v1/loops/{case_id}/history")).json()["items"]
    assert [one["name"] for one in items] == [
        "loop-opened",
        "solution-noted",
        "feedback-asked",
        "survey-link-issued",
        "feedback-received",
        "case-closed",
    ]
    ensure_chained(items)
    assert items[4]["actor"]["role"] == "customer"
    assert verify(await house.parts.store.read(f"loop-{case_id}")) is None


async def test_what_leaves_the_service_is_what_its_history_says_of_each_name(house: Any) -> None:
    await house.answer(await house.link(await asked(house)), score="5")
    async with house.parts.pool.acquire() as connection:
        verdict = await verify_history(connection, witnesses=await its_own(connection), publishes=publishes)
    assert (verdict.broken, verdict.facts == verdict.position > 0) == ((), True)


def publishes(name: str) -> bool | None:
    return history.published(name) if name in history.names else None


async def test_a_list_is_filtered_sorted_and_paged(house: Any) -> None:
    cases = [await asked(house) for _ in range(3)]
    await house.answer(await house.link(cases[0]), score="5")
    mine = {"agreement_id": str(house.agreement_id)}
    closed = (await house.get(ANA, "/v1/loops", state="closed", **mine)).json()["items"]
    assert [one["case_id"] for one in closed] == [str(cases[0])]
    first = (await house.get(ANA, "/v1/loops", limit="2", sort="opened_at", **mine)).json()
    rest = (await house.get(ANA, "/v1/loops", limit="2", sort="opened_at", cursor=first["next"], **mine)).json()
    assert {one["case_id"] for one in first["items"] + rest["items"]} == {str(case) for case in cases}
    nobody = (await house.get(ANA, "/v1/loops", company="telco-a", **mine)).json()["items"]
    assert nobody == []


async def test_a_company_that_is_not_party_finds_nothing(house: Any) -> None:
    case_id = await asked(house)
    await done(house, ANA, f"/v1/loops/{case_id}/taken-feedback", POSITIVE)
    other = uuid5(case_id, "x")
    writes = {
        "taken-feedback": POSITIVE,
        "approvals": {},
        "refusals": {"reason": "no"},
        f"inquiries/{other}/answers": {"reason": "x", "channel": "phone"},
        "root-causes": {"cause": "x"},
        "corrective-actions": {"company": "field-b", "what": "x", "due": "2026-04-01T00:00:00Z"},
        f"corrective-actions/{other}/completions": {"evidence": "x"},
        "asks": {},
        "rounds": {},
        "returns": {},
        "parkings": {"reason": "withdrawn", "text": "x"},
        "parking-approvals": {},
        "parking-refusals": {"reason": "x"},
        "unparkings": {"reason": "x"},
    }
    nowhere = uuid5(case_id, "nowhere")
    for path, body in writes.items():
        theirs, nothing = [await house.post(EVE, f"/v1/loops/{one}/{path}", body) for one in (case_id, nowhere)]
        assert (theirs.status_code, theirs.json()) == (404, nothing.json()), path
    with_comment = {**POSITIVE, "comment": "she said so"}
    paths = [f"/v1/loops/{one}/taken-feedback" for one in (case_id, nowhere)]
    theirs, nothing = [await house.post(EVE, path, with_comment) for path in paths]
    assert (theirs.status_code, theirs.json()) == (404, nothing.json())
    for path in ("", "/history"):
        theirs, nothing = [await house.get(EVE, f"/v1/loops/{one}{path}") for one in (case_id, nowhere)]
        assert (theirs.status_code, theirs.json()) == (404, nothing.json())
    request_id = (await loop_of(house, case_id))["rounds"][0]["asked"][0]["request_id"]
    confirmation = await house.post(EVE, f"/v1/survey-deliveries/{request_id}/confirmations", {"n": 0})
    assert confirmation.status_code == 404
    for path in ("loops", "tasks", "recoveries", "recoveries/summary", "summary", "survey-deliveries"):
        assert (await house.get(EVE, f"/v1/{path}")).json()["items"] == []


async def test_a_service_decides_nothing(house: Any) -> None:
    case_id = await asked(house)
    service = "robot/telco-a/operator+manager+touchpoint-agent+solver+team-lead+integrator"
    for path in ("taken-feedback", "approvals", "root-causes", "parkings", "parking-approvals", "asks", "returns"):
        answer = await house.post(service, f"/v1/loops/{case_id}/{path}", {})
        assert answer.status_code == 403, path
    assert (await house.post(service, "/v1/loops/batch", {})).status_code == 403


async def test_nothing_anywhere_is_called_closing(house: Any) -> None:
    document = house.app.openapi()
    operations = [(path, one["operationId"]) for path, methods in document["paths"].items() for one in methods.values()]
    assert not [one for one in operations if "clos" in f"{one}".lower()]


async def test_asking_twice_under_one_key_is_answered_alike(house: Any) -> None:
    case_id = await asked(house)
    async with house.ask(ANA) as ana:
        headers = {"idempotency-key": f"take-{case_id}"}
        answers = [
            await ana.post(f"/v1/loops/{case_id}/taken-feedback", json=POSITIVE, headers=headers) for _ in range(2)
        ]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotency-replayed"] == "true"


async def test_scores_outside_the_agreed_scale_are_refused(house: Any) -> None:
    case_id = await asked(house)
    for body, name in (
        ({**POSITIVE, "score": 6}, "score-outside-scale"),
        ({**POSITIVE, "scale": "nps"}, "scale-not-agreed"),
    ):
        await refused(house, ANA, f"/v1/loops/{case_id}/taken-feedback", body, name)


@pytest.mark.parametrize("score", [True, "5", 5.0, None])
async def test_a_score_is_a_whole_number_and_nothing_that_could_be_taken_for_one(house: Any, score: object) -> None:
    case_id = await asked(house)
    await refused(house, ANA, f"/v1/loops/{case_id}/taken-feedback", {**POSITIVE, "score": score}, "malformed")
    line = {"operation": "takeFeedback", "case_id": str(case_id), **POSITIVE, "score": score}
    async with house.ask(ANA) as ana:
        answer = await ana.post(
            "/v1/loops/batch", content=msgspec.json.encode(line), headers={"content-type": "application/x-ndjson"}
        )
    assert answer.json()["status"] == 422


async def test_a_case_keeps_the_version_it_was_opened_under(house: Any, signed: dict[str, Any]) -> None:
    case_id = await asked(house)
    stricter = {**signed["scales"][0], "clause_id": "csat-2", "positive": [5, 5], "neutral": [3, 4]}
    await house.sign(2, {**signed, "scales": [stricter]})
    later = await asked(house, agreement_version=2)
    for case, score in ((case_id, "4"), (later, "4")):
        await house.answer(await house.link(case), score=score)
    loops = [await loop_of(house, one) for one in (case_id, later)]
    assert [one["state"] for one in loops] == ["closed", "follow-up"]
    answers = [one["rounds"][0]["answers"][0] for one in loops]
    judged = [(one["clause_id"], one["agreement_version"]) for one in answers]
    assert judged == [("csat-1", 1), ("csat-2", 2)]
