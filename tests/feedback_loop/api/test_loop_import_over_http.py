"""A history from elsewhere, told by operators of two companies with its own times; the rules hold for it as well."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4  # noqa: TID251 - throw-away keys of lines

import msgspec

FIRST = "importer-a/telco-a/operator"
SECOND = "importer-b/field-b/operator"
ANA = "ana/telco-a/touchpoint-agent"


async def batch(house: Any, token: str, *lines: dict[str, Any]) -> list[dict[str, Any]]:
    body = b"\n".join(msgspec.json.encode({"key": str(uuid4()), **line}, enc_hook=str) for line in lines)
    async with house.ask(token) as client:
        answer = await client.post("/v1/loops/batch", content=body, headers={"content-type": "application/x-ndjson"})
    await house.settle()
    return [msgspec.json.decode(line) for line in answer.text.splitlines()]


def statuses(outcomes: list[dict[str, Any]]) -> list[int]:
    return [one["status"] for one in outcomes]


async def loop_of(house: Any, case_id: UUID) -> dict[str, Any]:
    return (await house.get(ANA, f"/v1/loops/{case_id}")).json()


async def told(house: Any) -> UUID:
    """A case of 2010 whose solution was proposed then."""
    house.now = house.now.replace(year=2010)
    case_id = await house.open(imported=True)
    await house.solve(case_id, imported=True)
    house.now = house.now.replace(year=2026)
    return case_id


def taken(case_id: UUID, score: int, at: str, **more: object) -> dict[str, Any]:
    return {
        "operation": "takeFeedback",
        "case_id": case_id,
        "occurred_at": at,
        "scale": "thumb",
        "score": score,
        "channel": "source",
        "reason": "Completed, then In Progress",
        **more,
    }


def approved(case_id: UUID, at: str) -> dict[str, Any]:
    return {"operation": "approveFeedback", "case_id": case_id, "occurred_at": at}


async def test_a_history_with_a_reopening_can_be_told_with_its_times(house: Any) -> None:
    case_id = await told(house)
    assert statuses(await batch(house, FIRST, taken(case_id, 0, "2010-03-03T10:00:00Z"))) == [201]
    assert statuses(await batch(house, SECOND, approved(case_id, "2010-03-03T10:00:01Z"))) == [201]
    action_id = uuid4()
    mended = await batch(
        house,
        FIRST,
        {
            "operation": "stateRootCause",
            "case_id": case_id,
            "occurred_at": "2010-03-03T11:00:00Z",
            "cause": "as the source says",
        },
        {
            "operation": "openCorrectiveAction",
            "case_id": case_id,
            "occurred_at": "2010-03-03T11:00:00Z",
            "company": "field-b",
            "what": "worked on again",
            "due": "2010-03-04T11:00:00Z",
            "action_id": action_id,
        },
        {
            "operation": "finishCorrectiveAction",
            "case_id": case_id,
            "action_id": action_id,
            "occurred_at": "2010-03-04T11:00:00Z",
            "evidence": "as the source says",
        },
    )
    assert statuses(mended) == [201, 201, 201]
    await house.solve(case_id, 2, imported=True)
    await batch(house, FIRST, taken(case_id, 1, "2010-03-05T10:00:00Z", reason=None))
    await batch(house, SECOND, approved(case_id, "2010-03-05T10:00:01Z"))
    loop = await loop_of(house, case_id)
    assert (loop["state"], loop["round"], loop["closed_at"]) == ("closed", 2, "2010-03-05T10:00:01Z")
    summary = (await house.get(ANA, "/v1/summary", agreement_id=str(house.agreement_id))).json()["items"]
    assert summary == [
        {
            "agreement_id": str(house.agreement_id),
            "company": "field-b",
            "imported": True,
            "cases": 1,
            "rounds": 2,
            "closed": 1,
            "closed_by_link": 0,
            "closed_by_taken_feedback": 1,
            "open": 0,
            "in_work": 0,
            "awaiting_feedback": 0,
            "parked": 0,
            "reopened_cases": 1,
        }
    ]


async def test_an_operator_cannot_approve_what_operators_of_the_same_company_told(house: Any) -> None:
    case_id = await told(house)
    claims = {"performed_by": {"person": "zoe", "company": "telco-a", "role": "touchpoint-agent"}}
    assert statuses(await batch(house, FIRST, {**taken(case_id, 1, "2010-03-03T10:00:00Z"), **claims})) == [201]
    other = {"performed_by": {"person": "yan", "company": "field-b", "role": "team-lead"}}
    for token in (FIRST, "importer-c/telco-a/operator"):
        outcome = await batch(house, token, {**approved(case_id, "2010-03-03T10:01:00Z"), **other})
        assert statuses(outcome) == [409]
    assert (await loop_of(house, case_id))["state"] == "feedback-to-approve"
    assert statuses(await batch(house, SECOND, {**approved(case_id, "2010-03-03T10:01:00Z"), **other})) == [201]


async def test_an_imported_request_waits_for_a_person_and_reminds_nobody(house: Any) -> None:
    case_id = await told(house)
    await house.pass_time(timedelta(days=400))
    loop = await loop_of(house, case_id)
    assert loop["state"] == "awaiting-feedback"
    names = [one.name for one in await house.parts.store.read(f"loop-{case_id}")]
    assert names == ["loop-opened", "solution-noted", "feedback-asked"]
    deliveries = await house.get("robot/telco-a/integrator", "/v1/survey-deliveries")
    assert str(case_id) not in deliveries.text
    tasks = (await house.get(ANA, "/v1/tasks", agreement_id=str(house.agreement_id))).json()["items"]
    assert [(one["task"], one["imported"]) for one in tasks] == [("call-customer", True)]


async def test_an_imported_case_that_lives_on_is_asked_for_real(house: Any) -> None:
    house.now = house.now.replace(year=2010)
    case_id = await house.open(imported=True)
    house.now = house.now.replace(year=2026)
    await house.solve(case_id)
    await house.link(case_id)
    await house.pass_time(timedelta(days=2))
    assert (await loop_of(house, case_id))["reminders"] == 1


async def test_a_case_that_was_withdrawn_is_parked_by_two_operators(house: Any) -> None:
    case_id = await told(house)
    parking = {
        "operation": "proposeParking",
        "case_id": case_id,
        "occurred_at": "2010-03-03T10:00:00Z",
        "reason": "withdrawn",
        "text": "DESISTIMIENTO",
    }
    approval = {"operation": "approveParking", "case_id": case_id, "occurred_at": "2010-03-03T10:00:00Z"}
    assert statuses(await batch(house, FIRST, parking, approval)) == [201, 409]
    assert statuses(await batch(house, SECOND, approval)) == [201]
    assert (await loop_of(house, case_id))["state"] == "parked"


async def test_a_closed_case_comes_back_in_an_import(house: Any) -> None:
    case_id = await told(house)
    await batch(house, FIRST, taken(case_id, 1, "2010-03-05T10:00:00Z"))
    await batch(house, SECOND, approved(case_id, "2010-03-05T10:00:00Z"))
    back = {"operation": "comeBack", "case_id": case_id, "occurred_at": "2010-03-06T10:00:00Z"}
    assert statuses(await batch(house, FIRST, back)) == [201]
    loop = await loop_of(house, case_id)
    assert (loop["state"], loop["round"], loop["rounds"][1]["reason"]) == ("in-work", 2, "customer-came-back")


async def test_an_approval_is_not_before_what_it_approves(house: Any) -> None:
    case_id = await told(house)
    assert statuses(await batch(house, FIRST, taken(case_id, 1, "2010-03-05T09:30:00Z"))) == [201]
    early = await batch(house, SECOND, approved(case_id, "2010-03-05T09:10:00Z"))
    assert (statuses(early), early[0]["problem"]["type"]) == ([422], "urn:acuerdo:refusal:decided-too-early")
    assert statuses(await batch(house, SECOND, approved(case_id, "2010-03-05T09:30:00Z"))) == [201]


async def test_only_operators_tell_of_other_times(house: Any) -> None:
    case_id = await told(house)
    assert statuses(await batch(house, ANA, taken(case_id, 1, "2010-03-05T10:00:00Z"))) == [403]


async def test_nobody_tells_another_time_or_person_of_a_case_that_lives_now(house: Any) -> None:
    case_id = await house.open()
    await house.solve(case_id)
    before = [one.name for one in await house.parts.store.read(f"loop-{case_id}")]
    zoe = {"performed_by": {"person": "zoe", "company": "telco-a", "role": "touchpoint-agent"}}
    back = {"operation": "comeBack", "case_id": case_id, "occurred_at": "2010-03-06T10:00:00Z"}
    again = {"operation": "askAgain", "case_id": case_id, **zoe}
    told_of = (taken(case_id, 1, "2010-03-05T10:00:00Z"), {**taken(case_id, 1, "2010-03-05T10:00:00Z"), **zoe}, again)
    outcomes = await batch(house, FIRST, *told_of, back)
    assert statuses(outcomes) == [403, 403, 403, 403]
    assert {one["problem"]["type"] for one in outcomes} == {"urn:acuerdo:refusal:case-not-imported"}
    assert [one.name for one in await house.parts.store.read(f"loop-{case_id}")] == before


async def test_a_loop_is_told_of_until_people_act_and_what_was_told_stays_told(house: Any) -> None:
    case_id = await told(house)
    said = {**taken(case_id, 0, "2010-03-03T10:00:00Z"), "key": f"{case_id}.said"}
    word = {**approved(case_id, "2010-03-03T10:00:01Z"), "key": f"{case_id}.word"}
    assert statuses([*await batch(house, FIRST, said), *await batch(house, SECOND, word)]) == [201, 201]
    async with house.ask("leo/field-b/team-lead") as lead:
        by_hand = await lead.post(f"/v1/loops/{case_id}/root-causes", json={"cause": "We looked again."})
    assert by_hand.status_code == 201, by_hand.text
    before = [one.name for one in await house.parts.store.read(f"loop-{case_id}")]
    cause = {"operation": "stateRootCause", "case_id": case_id, "occurred_at": "2010-03-03T11:00:00Z", "cause": "x"}
    (again, more), (approval,) = await batch(house, FIRST, said, cause), await batch(house, SECOND, word)
    assert (again["replayed"], approval["replayed"]) == (True, True)
    assert (more["status"], more["problem"]["type"]) == (403, "urn:acuerdo:refusal:people-act-on-it")
    assert [one.name for one in await house.parts.store.read(f"loop-{case_id}")] == before


async def test_a_solution_of_today_takes_a_loop_out_of_history(house: Any) -> None:
    house.now = house.now.replace(year=2010)
    case_id = await house.open(imported=True)
    house.now = house.now.replace(year=2026)
    await house.solve(case_id)
    (late,) = await batch(house, FIRST, taken(case_id, 1, "2010-03-05T10:00:00Z"))
    assert (late["status"], late["problem"]["type"]) == (403, "urn:acuerdo:refusal:people-act-on-it")


async def test_a_batch_of_a_company_that_is_not_party_finds_nothing(house: Any) -> None:
    case_id = await told(house)
    stranger = "eve/rival-c/operator"
    assert statuses(await batch(house, stranger, taken(case_id, 1, "2010-03-05T10:00:00Z"))) == [404]


RIVAL = "importer-g/rival-g/operator"
ZETA = "importer-z/zeta-z/operator"


async def rivals(house: Any) -> UUID:
    """A told case of telco-a and field-b in an agreement with two more parties."""
    await house.sign(parties=("telco-a", "field-b", "rival-g", "zeta-z"), version=2)
    return await told(house)


def of(person: str, company: str, role: str) -> dict[str, Any]:
    return {"performed_by": {"person": person, "company": company, "role": role}}


async def test_rivals_off_an_imported_case_take_nothing_so_that_two_of_them_close_nothing(house: Any) -> None:
    case_id = await rivals(house)
    said = taken(case_id, 1, "2010-03-03T10:00:00Z")
    for bogus in (said, {**said, **of("bea", "field-b", "team-lead")}, {**said, **of("ana", "telco-a", "team-lead")}):
        (outcome,) = await batch(house, RIVAL, bogus)
        assert (outcome["status"], outcome["problem"]["type"]) == (403, "urn:acuerdo:refusal:not-yours-to-tell")
    as_alfa = {**approved(case_id, "2010-03-03T10:00:01Z"), **of("ana", "telco-a", "team-lead")}
    assert statuses(await batch(house, ZETA, as_alfa)) == [409]
    assert (await loop_of(house, case_id))["state"] == "awaiting-feedback"
    assert statuses(await batch(house, FIRST, said)) == [201]


async def test_no_person_off_an_imported_case_approves_what_was_told_of_it(house: Any) -> None:
    case_id = await rivals(house)
    assert statuses(await batch(house, FIRST, taken(case_id, 1, "2010-03-03T10:00:00Z"))) == [201]
    answer = await house.post("zed/zeta-z/team-lead", f"/v1/loops/{case_id}/approvals", {})
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:acuerdo:refusal:not-on-the-case")
    assert (await house.post("leo/field-b/team-lead", f"/v1/loops/{case_id}/approvals", {})).status_code == 201


async def test_two_operators_of_one_company_never_propose_and_approve_a_parking(house: Any) -> None:
    case_id = await rivals(house)
    parking = {
        "operation": "proposeParking",
        "case_id": case_id,
        "occurred_at": "2010-03-03T10:00:00Z",
        "reason": "withdrawn",
        "text": "x",
    }
    approval = {"operation": "approveParking", "case_id": case_id, "occurred_at": "2010-03-03T10:00:00Z"}
    as_alfa, as_beta = of("ana", "telco-a", "team-lead"), of("bea", "field-b", "team-lead")
    (refused,) = await batch(house, RIVAL, {**parking, **as_alfa})
    assert refused["problem"]["type"] == "urn:acuerdo:refusal:not-yours-to-tell"
    assert statuses(await batch(house, FIRST, {**parking, **as_alfa})) == [201]
    (own,) = await batch(house, "importer-c/telco-a/operator", {**approval, **as_beta})
    assert (own["status"], own["problem"]["type"]) == (409, "urn:acuerdo:refusal:second-company-needed")
    assert (await loop_of(house, case_id))["state"] == "awaiting-feedback"


async def test_a_rival_tells_no_cause_and_no_return_of_an_imported_case(house: Any) -> None:
    case_id = await rivals(house)
    assert statuses(await batch(house, FIRST, taken(case_id, 1, "2010-03-03T10:00:00Z"))) == [201]
    assert statuses(await batch(house, SECOND, approved(case_id, "2010-03-03T10:00:01Z"))) == [201]
    back = {"operation": "comeBack", "case_id": case_id, "occurred_at": "2010-03-06T10:00:00Z"}
    cause = {"operation": "stateRootCause", "case_id": case_id, "occurred_at": "2010-03-06T10:00:00Z", "cause": "x"}
    as_alfa = of("ana", "telco-a", "team-lead")
    assert statuses(await batch(house, RIVAL, {**back, **as_alfa}, back)) == [403, 403]
    assert (await loop_of(house, case_id))["state"] == "closed"
    assert statuses(await batch(house, FIRST, back)) == [201]
    assert statuses(await batch(house, RIVAL, {**cause, **as_alfa})) == [403]
