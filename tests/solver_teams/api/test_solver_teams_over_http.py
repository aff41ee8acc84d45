"""Solver teams and the work of cases, as a partner asks over HTTP."""

import json
from typing import Any
from uuid import uuid5

import httpx
import pytest

from common.testing.chained import ensure_chained
from solver_teams.wiring import service

AGENT, LEA, BEA, CARO = "ana/telco-a/touchpoint-agent", "lea/net-b/team-lead", "bea/net-b/solver", "caro/desk-c/solver"
CARLA = "carla/desk-c/team-lead"
MANAGER, OPERATOR, ROBOT, STRANGER = (
    "max/telco-a/manager",
    "ops/telco-a/operator",
    "robot/net-b/solver+integrator",
    "sue/other-x/solver",
)
PACKAGE = {"context": "no light", "promises": "a call before six", "next_step": "swap the card"}

House = Any
"""The fixture ``house`` of conftest.py."""


def problem_in(outcome: dict[str, Any]) -> tuple[int, str]:
    return outcome["status"], outcome["problem"]["type"].rsplit(":", 1)[1]


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit(":", 1)[1]


async def in_hands(house: House) -> tuple[str, str, str, str]:
    """A case that bea of net-b holds; return the two teams, the case and its item."""
    field = await house.team("Field", ("bea", "net-b"), ("lea", "net-b"))
    core = await house.team("Core", ("caro", "desk-c"), coverage=[])
    case_id, item_id = await house.case()
    assert (await house.do(AGENT, case_id, item_id, "offers", team_id=field)).status_code == 200
    accepted = await house.do(BEA, case_id, item_id, "acceptances", team_id=field)
    assert accepted.status_code == 200, accepted.text
    return field, core, case_id, item_id


async def test_a_person_of_a_company_that_is_no_party_cannot_be_a_member(house: House) -> None:
    body = {"agreement_id": str(house.agreement_id), "name": "x", "members": [{"person": "s", "company": "other-x"}]}
    assert problem(await house.ask(LEA, "POST", "/v1/teams", json=body)) == (403, "not-a-party")


async def test_a_team_under_a_reference_is_registered_once(house: House) -> None:
    again = {"external_reference": "field", "companies": ["net-b"]}
    assert await house.team("Field", **again) == await house.team("Field", **again)
    differs = {"agreement_id": str(house.agreement_id), "name": "Other"} | again
    assert problem(await house.ask(LEA, "POST", "/v1/teams", json=differs)) == (409, "team-exists")


async def test_what_one_company_calls_its_team_is_no_concern_of_another_s(house: House) -> None:
    theirs = await house.team("Field", external_reference="field", companies=["net-b"])
    own = await house.team("Cabinets", external_reference="field", companies=["desk-c"])
    assert theirs != own
    told = {
        "operation": "registerTeam",
        "occurred_at": "2026-03-02T09:00:00Z",
        "performed_by": {"person": "lea", "company": "net-b", "role": "team-lead"},
        "agreement_id": str(house.agreement_id),
        "external_reference": "field",
        "name": "Field",
        "companies": ["net-b"],
    }
    (rival,) = await batch(house, "ops/desk-c/operator", "/v1/teams/batch", told | {"name": "Of old"})
    assert problem_in(rival) == (403, "team-not-imported")
    (another,) = await batch(house, OPERATOR, "/v1/teams/batch", told)
    assert (another["status"], another["answer"]["team_id"] in {theirs, own}) == (201, False)


async def test_a_calendar_with_an_unknown_zone_is_refused(house: House) -> None:
    calendar = {"time_zone": "Atlantis/Centre", "week": {}}
    body = {"agreement_id": str(house.agreement_id), "name": "x", "companies": ["net-b"], "calendar": calendar}
    assert problem(await house.ask(LEA, "POST", "/v1/teams", json=body)) == (422, "unreadable-calendar")


async def test_a_party_that_comes_too_early_is_told_when_an_agreement_is_known(house: House) -> None:
    body = {"name": "x", "companies": ["net-b"]}
    unknown = await house.ask(
        LEA, "POST", "/v1/teams", json=body | {"agreement_id": "0190a7f2-ffff-7fff-8fff-ffffffffffff"}
    )
    theirs = body | {"agreement_id": str(house.agreement_id)}
    hidden = await house.ask("sue/other-x/team-lead", "POST", "/v1/teams", json=theirs)
    assert (unknown.status_code, unknown.json()) == (404, hidden.json())
    assert "all its parties have signed" in unknown.json()["detail"]


async def test_members_join_and_leave_and_each_company_sends_its_own(house: House) -> None:
    team_id = await house.team("Field", ("bea", "net-b"))
    dora = {"person": "dora", "company": "net-b"}
    assert problem(await house.ask(CARLA, "POST", f"/v1/teams/{team_id}/members", json=dora)) == (403, "not-your-team")
    assert (await house.ask(LEA, "POST", f"/v1/teams/{team_id}/members", json=dora)).status_code == 200
    assert (await house.ask(LEA, "POST", f"/v1/teams/{team_id}/departures", json=dora)).status_code == 200
    shown = await house.ask(MANAGER, "GET", f"/v1/teams/{team_id}")
    assert [one["person"] for one in shown.json()["members"]] == ["bea"]


async def test_a_company_sets_up_its_own_team_with_its_own_people_whatever_its_role(house: House) -> None:
    body = {"agreement_id": str(house.agreement_id), "name": "x", "companies": ["net-b"]}
    for rival in (CARLA, OPERATOR, MANAGER):
        assert problem(await house.ask(rival, "POST", "/v1/teams", json=body)) == (403, "not-your-team")
    theirs = body | {"companies": ["net-b", "desk-c"], "members": [{"person": "bea", "company": "net-b"}]}
    assert problem(await house.ask(CARLA, "POST", "/v1/teams", json=theirs)) == (403, "not-your-people")
    own = theirs | {"members": [{"person": "caro", "company": "desk-c"}]}
    assert (await house.ask(CARLA, "POST", "/v1/teams", json=own)).status_code == 201


@pytest.mark.parametrize("rival", [CARLA, OPERATOR])
async def test_nobody_rules_a_team_that_their_company_does_not_staff(house: House, rival: str) -> None:
    team_id = await house.team("Field", ("bea", "net-b"))
    path, bea = f"/v1/teams/{team_id}", {"person": "bea", "company": "net-b"}
    own = {"person": "spy", "company": rival.split("/")[1]}
    seen = {"if-match": (await house.ask(LEA, "GET", path)).headers["etag"]}
    for answer in (
        await house.ask(rival, "POST", f"{path}/departures", json=bea),
        await house.ask(rival, "POST", f"{path}/members", json=bea | {"person": "dora"}),
        await house.ask(rival, "POST", f"{path}/members", json=own),
        await house.ask(rival, "PUT", f"{path}/coverage", json={"coverage": []}, headers=seen),
        await house.ask(rival, "PUT", f"{path}/calendar", json={"time_zone": "UTC", "week": {}}, headers=seen),
    ):
        assert problem(answer) == (403, "not-your-team")


async def test_in_a_team_of_several_companies_each_sends_and_withdraws_its_own(house: House) -> None:
    team_id = await house.team("Both", ("bea", "net-b"), ("caro", "desk-c"))
    path, caro = f"/v1/teams/{team_id}", {"person": "caro", "company": "desk-c"}
    assert problem(await house.ask(LEA, "POST", f"{path}/departures", json=caro)) == (403, "not-your-people")
    assert (await house.ask(CARLA, "POST", f"{path}/departures", json=caro)).status_code == 200


async def test_what_a_source_says_begins_teams_and_touches_none_that_people_set_up(house: House) -> None:
    team_id = await house.team("Field", ("bea", "net-b"))
    told = {
        "occurred_at": "2026-03-02T09:30:00Z",
        "performed_by": {"person": "lea", "company": "net-b", "role": "team-lead"},
        "team_id": team_id,
    }
    bea, calendar = {"person": "bea", "company": "net-b"}, {"time_zone": "UTC", "week": {}}
    again = {"operation": "registerTeam", "agreement_id": str(house.agreement_id), "name": "Field"}
    lines: list[dict[str, Any]] = [
        {"operation": "addTeamMember"} | bea | {"person": "dora"},
        {"operation": "removeTeamMember"} | bea,
        {"operation": "removeTeamMember"} | bea | {"person": "nobody"},
        {"operation": "changeTeamCoverage", "coverage": []},
        {"operation": "changeTeamCalendar"} | calendar,
    ]
    refused = [
        one["problem"] for one in await batch(house, OPERATOR, "/v1/teams/batch", *(told | one for one in lines))
    ]
    assert {(one["status"], one["type"], one["detail"]) for one in refused} == {
        (
            403,
            "urn:acuerdo:refusal:team-not-imported",
            "History is told only of teams that were imported themselves.",
        )
    }
    del told["team_id"]
    (begun,) = await batch(house, OPERATOR, "/v1/teams/batch", told | again | {"companies": ["net-b", "desk-c"]})
    caro = {"operation": "addTeamMember", "team_id": begun["answer"]["team_id"], "person": "caro", "company": "desk-c"}
    assert [one["status"] for one in await batch(house, OPERATOR, "/v1/teams/batch", told | caro)] == [200]


async def test_a_team_that_a_source_told_of_is_its_companies_own_from_their_first_change_on(house: House) -> None:
    told = {"occurred_at": "2026-03-02T09:30:00Z"}
    begun = told | {
        "operation": "registerTeam",
        "key": str(house.agreement_id),
        "agreement_id": str(house.agreement_id),
        "external_reference": "old",
        "name": "Field",
        "companies": ["net-b"],
    }
    (team,) = await batch(house, OPERATOR, "/v1/teams/batch", begun)
    named = {"team_id": team["answer"]["team_id"], "company": "net-b"}
    bea, eve = ({"operation": "addTeamMember", "person": person} | named for person in ("bea", "eve"))
    assert (await batch(house, OPERATOR, "/v1/teams/batch", told | bea))[0]["status"] == 200
    await house.join(named["team_id"], "dora", "net-b")
    again, more, gone = await batch(
        house, OPERATOR, "/v1/teams/batch", told | bea, told | eve, told | eve | {"operation": "removeTeamMember"}
    )
    assert again["status"] == 200
    assert problem_in(more) == problem_in(gone) == (403, "people-act-on-it")
    (once,) = await batch(house, OPERATOR, "/v1/teams/batch", begun)
    assert (once["replayed"], once["answer"]) == (True, team["answer"])
    shown = (await house.ask(LEA, "GET", f"/v1/teams/{named['team_id']}")).json()["members"]
    assert [one["person"] for one in shown] == ["bea", "dora"]


async def test_coverage_changes_only_upon_the_version_that_was_seen(house: House) -> None:
    team_id = await house.team("Field", ("bea", "net-b"))
    body = {"coverage": [{"service": "fibre", "activity": "repair"}]}
    path = f"/v1/teams/{team_id}/coverage"
    assert (await house.ask(LEA, "PUT", path, json=body)).status_code == 428
    assert (await house.ask(LEA, "PUT", path, json=body, headers={"if-match": '"1"'})).status_code == 412
    version = (await house.ask(LEA, "GET", f"/v1/teams/{team_id}")).headers["etag"]
    assert (await house.ask(LEA, "PUT", path, json=body, headers={"if-match": version})).status_code == 200


async def test_teams_are_listed_to_parties_only(house: House) -> None:
    team_id = await house.team("Field", ("bea", "net-b"))
    listed = await house.ask(MANAGER, "GET", "/v1/teams", params={"agreement_id": str(house.agreement_id)})
    assert [one["team_id"] for one in listed.json()["items"]] == [team_id]
    assert (await house.ask(STRANGER, "GET", "/v1/teams")).json()["items"] == []
    assert (await house.ask(STRANGER, "GET", f"/v1/teams/{team_id}")).status_code == 404
    mine = {"agreement_id": str(house.agreement_id)}
    for path in ("/v1/teams", "/v1/work", "/v1/summary"):
        assert (await house.ask(STRANGER, "GET", path, params=mine)).status_code == 404


async def test_the_system_proposes_the_covering_team_of_the_accountable_company_and_says_why(house: House) -> None:
    await house.team("Desk", ("caro", "desk-c"))
    field = await house.team("Field", ("bea", "net-b"))
    case_id, _ = await house.case()
    (item,) = (await house.work(case_id))["items"]
    assert item["proposal"]["team_id"] == field
    assert any("b-1" in reason for reason in item["proposal"]["reasons"])
    assert item["holder"] == {"team_id": None, "company": "telco-a"}


async def test_a_case_that_nobody_covers_shows_so(house: House) -> None:
    case_id, _ = await house.case(service="television")
    (item,) = (await house.work(case_id))["items"]
    assert item["proposal"]["team_id"] is None
    assert item["proposal"]["reasons"]


async def test_work_goes_from_offer_to_solution(house: House) -> None:
    field, _, case_id, item_id = await in_hands(house)
    work = await house.work(case_id)
    assert work["items"][0]["holder"] == {"team_id": field, "company": "net-b"}
    solved = await house.do(BEA, case_id, item_id, "solutions", team_id=field, cause="card", action="swapped")
    assert solved.status_code == 200
    assert (await house.work(case_id))["state"] == "awaiting-feedback"
    more = await house.do(BEA, case_id, item_id, "pauses", team_id=field, reason="waiting-customer")
    assert problem(more) == (409, "feedback-awaited")


async def test_a_solver_of_one_company_cannot_accept_for_another(house: House) -> None:
    both = await house.team("Both", ("bea", "net-b"), ("caro", "desk-c"))
    case_id, item_id = await house.case()
    await house.do(AGENT, case_id, item_id, "offers", team_id=both, company="net-b")
    assert problem(await house.do(CARO, case_id, item_id, "acceptances", team_id=both)) == (409, "not-offered")
    not_there = await house.do("zoe/net-b/solver", case_id, item_id, "acceptances", team_id=both)
    assert problem(not_there) == (403, "not-a-member")


async def test_a_rival_neither_takes_work_unasked_nor_while_another_team_is_asked(house: House) -> None:
    field = await house.team("Field", ("bea", "net-b"))
    rivals = await house.team("Rivals", ("caro", "desk-c"), companies=["desk-c", "net-b"], lead="desk-c")
    case_id, item_id = await house.case()
    unasked = await house.do(CARO, case_id, item_id, "self-assignments", team_id=rivals)
    assert problem(unasked) == (403, "not-yours-to-take")
    assert (await house.do(AGENT, case_id, item_id, "offers", team_id=field)).status_code == 200
    meanwhile = await house.do(CARO, case_id, item_id, "self-assignments", team_id=rivals)
    assert problem(meanwhile) == (409, "asked-of-others")
    assert (await house.do(BEA, case_id, item_id, "self-assignments", team_id=field)).status_code == 200


async def test_an_offer_to_a_team_of_several_companies_names_the_company(house: House) -> None:
    both = await house.team("Both", ("bea", "net-b"), ("caro", "desk-c"))
    case_id, item_id = await house.case()
    assert problem(await house.do(AGENT, case_id, item_id, "offers", team_id=both)) == (422, "company-not-named")


async def test_a_service_decides_nothing(house: House) -> None:
    field, _, case_id, item_id = await in_hands(house)
    for what in ("offers", "acceptances", "self-assignments", "resumptions", "hand-over-acceptances"):
        assert problem(await house.do(ROBOT, case_id, item_id, what, team_id=field)) == (403, "service-may-not")
    line = {"operation": "acceptWork", "case_id": case_id, "item_id": item_id, "team_id": field}
    (outcome,) = await batch(house, ROBOT, "/v1/work/batch", line, status=403)
    assert outcome["type"].endswith("service-may-not")


async def test_of_two_people_who_accept_the_same_the_second_is_told_who_was_first(house: House) -> None:
    field, _, case_id, item_id = await in_hands(house)
    assert (await house.do(BEA, case_id, item_id, "acceptances", team_id=field)).status_code == 200
    second = await house.do(LEA, case_id, item_id, "acceptances", team_id=field)
    assert problem(second) == (409, "accepted-already")
    assert second.json()["detail"] == "bea has accepted it already"


async def test_of_two_people_who_take_over_the_second_is_told_who_was_first(house: House) -> None:
    field, _, case_id, item_id = await in_hands(house)
    core = await house.team("Core two", ("caro", "desk-c"), ("carla", "desk-c"), coverage=[])
    await house.do(BEA, case_id, item_id, "hand-overs", team_id=field, to_team_id=core, package=PACKAGE)
    for _ in range(2):
        assert (await house.do(CARO, case_id, item_id, "hand-over-acceptances", team_id=core)).status_code == 200
    second = await house.do(CARLA, case_id, item_id, "hand-over-acceptances", team_id=core)
    assert problem(second) == (409, "accepted-already")
    assert second.json()["detail"] == "caro has accepted it already"


async def test_a_touchpoint_agent_does_not_accept(house: House) -> None:
    field, _, case_id, item_id = await in_hands(house)
    assert problem(await house.do(AGENT, case_id, item_id, "acceptances", team_id=field)) == (403, "not-your-role")


async def test_work_of_another_agreement_does_not_exist(house: House) -> None:
    field, _, case_id, item_id = await in_hands(house)
    for path in ("", "/clock", "/history"):
        assert (await house.ask(STRANGER, "GET", f"/v1/work/{case_id}{path}")).status_code == 404
    assert (await house.do(STRANGER, case_id, item_id, "acceptances", team_id=field)).status_code == 404
    assert (await house.ask(STRANGER, "GET", "/v1/work")).json()["items"] == []
    assert (await house.ask(STRANGER, "GET", "/v1/summary")).json()["items"] == []


def words(answer: httpx.Response) -> dict[str, Any]:
    return {name: answer.json()[name] for name in ("type", "title", "status", "detail")}


@pytest.fixture
async def foreign_team(house: House) -> str:
    """A team of an agreement that telco-a and net-b know nothing of."""
    own, house.agreement_id = house.agreement_id, uuid5(house.agreement_id, "another")
    await house.sign("desk-c", "other-x")
    team_id = await house.team("Elsewhere", ("sue", "other-x"))
    house.agreement_id = own
    return team_id


async def test_what_is_anothers_is_answered_as_what_there_is_not(house: House, foreign_team: str) -> None:
    field, _, case_id, item_id = await in_hands(house)
    nothing = str(uuid5(house.agreement_id, "nothing"))
    dora = {"person": "dora", "company": "net-b"}
    asked: list[tuple[str, str, str, str, dict[str, Any] | None]] = [
        *((STRANGER, "GET", f"/v1/work/{{}}{what}", case_id, None) for what in ("", "/clock", "/history")),
        (STRANGER, "POST", f"/v1/work/{{}}/items/{item_id}/acceptances", case_id, {"team_id": foreign_team}),
        ("sue/other-x/team-lead", "POST", "/v1/work/{}/notes", case_id, {"text": "x"}),
        ("sue/other-x/team-lead", "POST", "/v1/work/{}/items", case_id, {"team_id": foreign_team, "purpose": "x"}),
        (MANAGER, "GET", "/v1/teams/{}", foreign_team, None),
        (LEA, "POST", "/v1/teams/{}/members", foreign_team, dora),
        (LEA, "POST", "/v1/teams/{}/departures", foreign_team, dora),
    ]
    for token, method, path, theirs, body in asked:
        found = [await house.ask(token, method, path.format(key), json=body) for key in (theirs, nothing)]
        assert words(found[0]) == words(found[1]), path
        assert problem(found[0]) == (404, "not-found"), path
    for team_id in (foreign_team, nothing):
        opened = await house.ask(AGENT, "POST", f"/v1/work/{case_id}/items", json={"team_id": team_id, "purpose": "x"})
        given = await house.do(BEA, case_id, item_id, "hand-overs", team_id=field, to_team_id=team_id, package=PACKAGE)
        assert (problem(opened), problem(given)) == ((404, "not-found"), (404, "not-found"))
        assert words(opened) == words(given)


async def test_the_giver_holds_until_the_receiver_accepts(house: House) -> None:
    field, core, case_id, item_id = await in_hands(house)
    given = await house.do(BEA, case_id, item_id, "hand-overs", team_id=field, to_team_id=core, package=PACKAGE)
    assert given.status_code == 200, given.text
    (item,) = (await house.work(case_id))["items"]
    assert item["holder"]["company"] == "net-b"
    assert item["hand_over"]["package"] == PACKAGE
    assert (await house.do(CARO, case_id, item_id, "hand-over-acceptances", team_id=core)).status_code == 200
    work = await house.work(case_id)
    (item,) = work["items"]
    assert item["holder"] == {"team_id": core, "company": "desk-c"}
    assert item["hand_over"] is None
    assert item["received"] == {"giver": {"team_id": field, "company": "net-b"}, "package": PACKAGE}
    assert (work["accountable"], work["hand_offs"], work["company_changes"]) == ("net-b", 1, 1)


@pytest.mark.parametrize("missing", ["context", "promises", "next_step"])
async def test_a_hand_over_without_a_complete_package_is_refused(house: House, missing: str) -> None:
    field, core, case_id, item_id = await in_hands(house)
    package = PACKAGE | {missing: "  "}
    given = await house.do(BEA, case_id, item_id, "hand-overs", team_id=field, to_team_id=core, package=package)
    assert problem(given) == (422, "incomplete-package")


async def test_the_clock_adds_up_in_wall_time_and_counts_business_time_where_the_team_is(house: House) -> None:
    field, _, case_id, item_id = await in_hands(house)
    house.clock.passes(hours=2)
    await house.do(BEA, case_id, item_id, "pauses", team_id=field, reason="waiting-customer")
    house.clock.passes(hours=12)
    clock = (await house.ask(MANAGER, "GET", f"/v1/work/{case_id}/clock")).json()
    assert clock["unowned_seconds"] == 0
    assert clock["working_seconds"] + clock["paused_seconds"] == clock["customer_seconds"] == 15 * 3600
    working = {one["company"]: one["working_seconds"] for one in clock["companies"]}
    assert working == {"telco-a": 3600, "net-b": 2 * 3600}
    paused = clock["segments"][-1]
    # 13:00 to 01:00 in Madrid, of which five hours are before closing time at 18:00
    assert (paused["paused"], paused["business_seconds"]) == ("waiting-customer", 5 * 3600)


async def test_a_clock_shows_no_time_that_has_not_passed_however_far_ahead_it_is_asked_for(house: House) -> None:
    _, _, case_id, _ = await in_hands(house)
    now = (await house.ask(MANAGER, "GET", f"/v1/work/{case_id}/clock")).json()
    ahead = await house.ask(MANAGER, "GET", f"/v1/work/{case_id}/clock?as_of=9999-12-31T23:59:59Z")
    assert (ahead.status_code, ahead.json()) == (200, now)


async def test_a_question_is_answered_by_whom_it_was_put_to(house: House) -> None:
    field, _, case_id, item_id = await in_hands(house)
    asked = await house.do(BEA, case_id, item_id, "questions", team_id=field, company="desk-c", question="which port?")
    assert asked.status_code == 201
    reply = {"question_id": asked.json()["question_id"], "answer": "the third"}
    assert problem(await house.do(BEA, case_id, item_id, "answers", **reply)) == (403, "not-asked")
    (question,) = (await house.work(case_id))["items"][0]["questions"]
    assert (question["answered"], question["answer"]) == (False, None)
    assert (await house.do(CARO, case_id, item_id, "answers", **reply)).status_code == 200
    (question,) = (await house.work(case_id))["items"][0]["questions"]
    assert (question["question"], question["answered"], question["answer"]) == ("which port?", True, "the third")


async def test_a_new_round_returns_the_work_to_its_last_holder_and_only_the_loop_ends_it(house: House) -> None:
    field, _, case_id, item_id = await in_hands(house)
    await house.do(BEA, case_id, item_id, "solutions", team_id=field, cause="card", action="swapped")
    await house.loop("round-opened", case_id, round=2, reason="negative-feedback")
    work = await house.work(case_id)
    assert (work["round"], work["items"][0]["holder"]) == (2, {"team_id": field, "company": "net-b"})
    again = work["items"][0]["item_id"]
    await house.do(BEA, case_id, again, "solutions", team_id=field, cause="card", action="swapped")
    await house.loop("case-closed", case_id, round=2, feedback_id=case_id)
    assert (await house.work(case_id))["state"] == "closed"
    after = await house.do(BEA, case_id, again, "pauses", team_id=field, reason="waiting-customer")
    assert problem(after) == (409, "case-closed")


async def test_no_route_closes_or_parks(house: House) -> None:
    paths = {route.path for router in service.routers for route in router.routes if hasattr(route, "path")}  # pyright: ignore[reportAttributeAccessIssue] - routes have paths
    assert not [path for path in paths if "clos" in path or "park" in path]


async def test_parked_work_waits(house: House) -> None:
    field, _, case_id, item_id = await in_hands(house)
    await house.loop("case-parked", case_id, reason="withdrawn")
    stopped = await house.do(BEA, case_id, item_id, "solutions", team_id=field, cause="card", action="swapped")
    assert problem(stopped) == (409, "case-parked")
    await house.loop("case-unparked", case_id, reason="came back")
    assert (await house.work(case_id))["state"] == "in-work"


async def test_a_case_solved_at_contact_awaits_feedback_without_work(house: House) -> None:
    case_id, item_id = await house.case(solved_at_contact={"cause": "c", "action": "a"})
    assert item_id == ""
    assert (await house.work(case_id))["state"] == "awaiting-feedback"


async def test_work_is_listed_by_team_company_and_state(house: House) -> None:
    field, _, case_id, _ = await in_hands(house)
    await house.settle()
    for wanted, found in (
        ({"team_id": field}, [case_id]),
        ({"company": "net-b", "state": "in-work"}, [case_id]),
        ({"company": "desk-c"}, []),
        ({"state": "closed"}, []),
    ):
        params = {"agreement_id": str(house.agreement_id)} | wanted
        listed = await house.ask(MANAGER, "GET", "/v1/work", params=params)
        assert [one["case_id"] for one in listed.json()["items"]] == found


async def test_the_past_is_shown_as_it_was_recorded(house: House) -> None:
    field, _, case_id, item_id = await in_hands(house)
    before = (await house.ask(MANAGER, "GET", f"/v1/work/{case_id}/history")).json()["items"][-1]["recorded_at"]
    await house.do(BEA, case_id, item_id, "solutions", team_id=field, cause="card", action="swapped")
    then = await house.ask(MANAGER, "GET", f"/v1/work/{case_id}", params={"as_of": before})
    assert then.json()["state"] == "in-work"
    never = {"as_of": "2000-01-01T00:00:00Z"}
    assert (await house.ask(MANAGER, "GET", f"/v1/work/{case_id}", params=never)).status_code == 404


async def test_anyone_entitled_can_check_the_chain_of_the_history(house: House) -> None:
    _, _, case_id, _ = await in_hands(house)
    facts = (await house.ask("aud/desk-c/auditor", "GET", f"/v1/work/{case_id}/history")).json()["items"]
    assert [fact["name"] for fact in facts] == ["work-opened", "team-proposed", "work-offered", "work-accepted"]
    ensure_chained(facts)


async def test_asking_twice_under_one_key_is_answered_once(house: House) -> None:
    field = await house.team("Field", ("bea", "net-b"))
    case_id, item_id = await house.case()
    path, key = f"/v1/work/{case_id}/items/{item_id}/offers", {"idempotency-key": case_id}
    first = await house.ask(AGENT, "POST", path, json={"team_id": field}, headers=key)
    again = await house.ask(AGENT, "POST", path, json={"team_id": field}, headers=key)
    assert (first.json(), again.headers["idempotency-replayed"]) == (again.json(), "true")


async def batch(house: House, token: str, path: str, *lines: dict[str, Any], status: int = 200) -> list[dict[str, Any]]:
    body = "\n".join(json.dumps(line) for line in lines)
    answer = await house.ask(token, "POST", path, content=body, headers={"content-type": "application/x-ndjson"})
    assert answer.status_code == status, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def row(case_id: str, team_id: str, activity: str, minute: int, **more: Any) -> dict[str, Any]:
    return {
        "operation": "recordWork",
        "key": f"{case_id}.{minute}",
        "occurred_at": f"2026-03-02T09:{minute:02}:00Z",
        "performed_by": {"person": "siebel", "company": "net-b", "role": "solver"},
        "case_id": case_id,
        "team_id": team_id,
        "activity": activity,
        "round": 1,
    } | more


async def imported(house: House) -> tuple[str, list[dict[str, Any]]]:
    line = {
        "operation": "registerTeam",
        "occurred_at": "2026-03-02T09:00:00Z",
        "agreement_id": str(house.agreement_id),
        "companies": ["net-b"],
    }
    named = [line | {"external_reference": name, "name": name} for name in ("T1", "T2", "T3")]
    one, two, three = (team["answer"]["team_id"] for team in await batch(house, OPERATOR, "/v1/teams/batch", *named))
    case_id, _ = await house.case(imported=True)
    lines = [
        row(case_id, one, "in-work", 1),
        row(case_id, two, "queued", 2),
        row(case_id, three, "queued", 3),
        row(case_id, two, "in-work", 4),
        row(case_id, two, "paused", 5, reason="waiting-user"),
        row(case_id, one, "solved", 6),
    ]
    return case_id, lines


async def test_history_is_imported_as_the_source_says_and_counted(house: House) -> None:
    case_id, lines = await imported(house)
    outcomes = await batch(house, OPERATOR, "/v1/work/batch", *lines)
    assert [one["status"] for one in outcomes] == [200] * 6, outcomes
    await house.settle()
    params = {"agreement_id": str(house.agreement_id)}
    (summary,) = (await house.ask(MANAGER, "GET", "/v1/summary", params=params)).json()["items"]
    assert (summary["company"], summary["cases"], summary["hand_offs"], summary["returns"]) == ("net-b", 1, 4, 1)
    facts = (await house.ask(MANAGER, "GET", f"/v1/work/{case_id}/history")).json()["items"]
    assert facts[-1]["name"] == "solution-proposed"
    assert facts[-1]["imported"]
    assert facts[-1]["at"].startswith("2026-03-02T09:06")


async def test_an_import_that_runs_again_changes_nothing(house: House) -> None:
    case_id, lines = await imported(house)
    await batch(house, OPERATOR, "/v1/work/batch", *lines)
    before = await house.work(case_id)
    again = await batch(house, OPERATOR, "/v1/work/batch", *lines)
    assert all(one["replayed"] for one in again)
    assert await house.work(case_id) == before


async def test_work_is_told_of_until_people_do_it_and_what_was_told_stays_told(house: House) -> None:
    case_id, lines = await imported(house)
    await batch(house, OPERATOR, "/v1/work/batch", *lines[:2])
    noted = await house.ask(
        "lou/net-b/solver", "POST", f"/v1/work/{case_id}/notes", json={"text": "We take it from here."}
    )
    assert noted.status_code == 201, noted.text
    before = await house.work(case_id)
    first, second, third = await batch(house, OPERATOR, "/v1/work/batch", *lines[:3])
    assert (first["replayed"], second["replayed"], problem_in(third)) == (True, True, (403, "people-act-on-it"))
    assert await house.work(case_id) == before


@pytest.mark.parametrize(("told", "status"), [(True, 200), (False, 403)])
async def test_a_loop_that_people_take_on_takes_its_work_out_of_history(
    house: House, *, told: bool, status: int
) -> None:
    case_id, lines = await imported(house)
    await batch(house, OPERATOR, "/v1/work/batch", lines[0])
    await house.loop("case-parked", case_id, reason="withdrawn", imported=told)
    await house.loop("case-unparked", case_id, imported=told)
    (more,) = await batch(house, OPERATOR, "/v1/work/batch", lines[1])
    assert more["status"] == status


async def test_a_row_of_a_round_that_is_not_open_here_yet_is_refused_so(house: House) -> None:
    case_id, lines = await imported(house)
    early = lines[0] | {"round": 2, "key": f"{case_id}.early"}
    (outcome,) = await batch(house, OPERATOR, "/v1/work/batch", early)
    assert (outcome["status"], outcome["problem"]["type"]) == (409, "urn:acuerdo:refusal:round-not-open-here")


async def test_nobody_acts_for_others_in_a_case_that_people_work_on_now(house: House) -> None:
    field, _, case_id, item_id = await in_hands(house)
    told = {
        "occurred_at": "2026-03-02T09:30:00Z",
        "performed_by": {"person": "bea", "company": "net-b", "role": "solver"},
    }
    acting = {"case_id": case_id, "item_id": item_id, "team_id": field}
    pause = {"operation": "pauseWork", "reason": "waiting-user"} | told | acting
    solve = {"operation": "recordWork", "activity": "solved", "case_id": case_id, "team_id": field} | told
    for outcome in await batch(house, OPERATOR, "/v1/work/batch", pause, solve):
        assert outcome["problem"]["type"] == "urn:acuerdo:refusal:case-not-imported"


async def test_nobody_but_an_operator_records_history(house: House) -> None:
    _, lines = await imported(house)
    (told,) = await batch(house, BEA, "/v1/work/batch", lines[0])
    assert told["status"] == 403
    now = {key: held for key, held in lines[0].items() if key not in {"occurred_at", "performed_by"}}
    (plain,) = await batch(house, BEA, "/v1/work/batch", now)
    assert (plain["status"], plain["problem"]["type"]) == (403, "urn:acuerdo:refusal:only-as-imported")
