"""No company draws another's work to a team that only names it, and none fills the log by coming and going."""

import json
from typing import Any

import pytest
import uuid_utils.compat

from common.eventstore.recorded import Context
from common.values import Rule, replace
from solver_teams.domain.agreement import ListTeam
from solver_teams.domain.team import Registered
from solver_teams.history import AGREEMENT, TEAM
from solver_teams.reactions.teams_cover import Proposing

AGENT, LEA, CARLA = "ana/telco-a/touchpoint-agent", "lea/net-b/team-lead", "carla/desk-c/team-lead"
EXACT = [{"service": "fibre", "activity": "repair", "region": "north"}]

House = Any
"""The fixture ``house`` of conftest.py."""


def proposing(house: House, handle: Any = None) -> Proposing:
    parts = house.parts
    return Proposing(parts.pool, handle or parts.handle, "test", clock=house.clock, new_id=uuid_utils.compat.uuid7)


async def proposed(house: House) -> int:
    """Let the system propose what is to be proposed; return for how many cases it did."""
    made = await proposing(house).once()
    await house.settle()
    return made


async def proposal_of(house: House, case_id: str) -> tuple[str | None, str | None]:
    """Return the team and the company that the system would ask."""
    proposal = (await house.work(case_id))["items"][0]["proposal"]
    return proposal["team_id"], proposal["company"]


async def ghost(house: House, **more: Any) -> str:
    """Let desk-c register a team of its own people that names net-b too, first by name and exact."""
    return await house.team(
        "AAA", ("caro", "desk-c"), **({"companies": ["desk-c", "net-b"], "lead": "desk-c", "coverage": EXACT} | more)
    )


async def tell(house: House, operator: str, *lines: dict[str, Any]) -> list[dict[str, Any]]:
    """Let a company's operator tell of teams as history; return its answers."""
    head = {"occurred_at": "2026-01-01T09:00:00Z"}
    body = "\n".join(json.dumps({"key": str(uuid_utils.compat.uuid7())} | head | line) for line in lines)
    answer = await house.ask(
        f"ops/{operator}/operator",
        "POST",
        "/v1/teams/batch",
        content=body,
        headers={"content-type": "application/x-ndjson"},
    )
    assert answer.status_code == 200, answer.text
    await house.settle()
    told = [json.loads(line) for line in answer.text.splitlines()]
    assert all(one["status"] < 300 for one in told), told
    return told


async def told_team(house: House, operator: str, **more: Any) -> str:
    """Let an operator tell of a team of net-b's, as by net-b's lead."""
    line = {
        "operation": "registerTeam",
        "performed_by": {"person": "lea", "company": "net-b", "role": "team-lead"},
        "agreement_id": str(house.agreement_id),
        "name": "AAB",
        "companies": ["net-b"],
        "members": [{"person": "bea", "company": "net-b"}],
        "coverage": EXACT,
        "calendar": {"time_zone": "UTC", "week": {}},
    } | more
    (told,) = await tell(house, operator, line)
    return told["answer"]["team_id"]


async def leave(house: House, team_id: str, person: str, company: str) -> None:
    member = {"person": person, "company": company}
    left = await house.ask(f"lead/{company}/team-lead", "POST", f"/v1/teams/{team_id}/departures", json=member)
    assert left.status_code == 200, left.text
    await house.settle()


async def test_a_company_that_another_names_staffs_no_team_and_its_own_is_proposed(house: House) -> None:
    draws = await ghost(house)
    early, _ = await house.case()
    assert await proposal_of(house, early) == (draws, "desk-c")
    own = await house.team("Field", ("bea", "net-b"))
    assert await proposed(house) == 1
    assert await proposal_of(house, early) == (own, "net-b")
    late, _ = await house.case()
    assert await proposal_of(house, late) == (own, "net-b")
    reasons = (await house.work(late))["items"][0]["proposal"]["reasons"]
    assert "net-b staffs the team" in reasons


async def test_a_team_without_anybody_is_never_proposed(house: House) -> None:
    await house.team("AAA", companies=["net-b"], lead="net-b")
    case_id, _ = await house.case()
    assert await proposal_of(house, case_id) == (None, None)
    reasons = (await house.work(case_id))["items"][0]["proposal"]["reasons"]
    assert "no company has people of its own in a team that covers service fibre" in reasons[-1]


async def test_who_joins_and_who_leaves_decides_whether_their_company_is_proposed(house: House) -> None:
    mixed = await ghost(house)
    case_id, _ = await house.case()
    await house.join(mixed, "bea", "net-b")
    await house.settle()
    assert await proposed(house) == 1
    assert await proposal_of(house, case_id) == (mixed, "net-b")
    await leave(house, mixed, "bea", "net-b")
    house.clock.passes(seconds=10)
    assert await proposed(house) == 1
    assert await proposal_of(house, case_id) == (mixed, "desk-c")
    await leave(house, mixed, "caro", "desk-c")
    house.clock.passes(seconds=10)
    assert await proposed(house) == 1
    assert await proposal_of(house, case_id) == (None, None)


async def test_a_team_that_another_company_told_of_is_proposed_once_its_own_people_act_on_it(house: House) -> None:
    told = await told_team(house, "desk-c")
    case_id, _ = await house.case()
    assert await proposal_of(house, case_id) == (None, None)
    path = f"/v1/teams/{told}"
    seen = {"if-match": (await house.ask(LEA, "GET", path)).headers["etag"]}
    covers = {"coverage": [{"service": "fibre"}]}
    changed = await house.ask(LEA, "PUT", f"{path}/coverage", json=covers, headers=seen)
    assert changed.status_code == 200, changed.text
    await house.settle()
    assert await proposed(house) == 1
    assert await proposal_of(house, case_id) == (told, "net-b")


async def test_a_company_whose_people_were_told_by_another_counts_once_it_sends_somebody(house: House) -> None:
    told = await told_team(house, "desk-c")
    case_id, _ = await house.case()
    await house.join(told, "ben", "net-b")
    await house.settle()
    assert await proposed(house) == 1
    assert await proposal_of(house, case_id) == (told, "net-b")


async def test_a_team_that_its_own_company_told_of_is_proposed(house: House) -> None:
    told = await told_team(house, "net-b")
    case_id, _ = await house.case()
    assert await proposal_of(house, case_id) == (told, "net-b")


async def test_nobody_is_asked_who_has_nobody_that_could_answer(house: House) -> None:
    draws = await ghost(house)
    empty = await house.team("Empty", companies=["net-b"], lead="net-b")
    case_id, item_id = await house.case()
    for team_id in (draws, empty):
        asked = await house.do(AGENT, case_id, item_id, "offers", team_id=team_id, company="net-b")
        assert asked.status_code == 409, asked.text
        assert "company-not-in-team" in asked.json()["type"]
        assert "nobody of net-b" in asked.json()["detail"]
    body = {"team_id": empty, "company": "net-b", "purpose": "look at the mast"}
    more = await house.ask(AGENT, "POST", f"/v1/work/{case_id}/items", json=body)
    assert more.status_code == 409, more.text
    await house.join(empty, "bea", "net-b")
    await house.settle()
    assert (await house.do(AGENT, case_id, item_id, "offers", team_id=empty, company="net-b")).status_code == 200
    taken = await house.do("bea/net-b/solver", case_id, item_id, "acceptances", team_id=empty)
    assert taken.status_code == 200, taken.text
    package = {"context": "c", "promises": "p", "next_step": "n"}
    over = {"team_id": empty, "to_team_id": draws, "to_company": "net-b", "package": package}
    handed = await house.do("bea/net-b/solver", case_id, item_id, "hand-overs", **over)
    assert handed.status_code == 409, handed.text


async def test_a_source_tells_of_offers_to_teams_of_which_it_names_nobody(house: House) -> None:
    told = await told_team(house, "telco-a", members=[])
    case_id, _ = await house.case(imported=True)
    line = {
        "operation": "recordWork",
        "key": "offered-1",
        "occurred_at": "2026-03-02T10:00:00Z",
        "performed_by": {"person": "bea", "company": "net-b", "role": "solver"},
        "case_id": case_id,
        "activity": "queued",
        "team_id": told,
        "company": "net-b",
    }
    answer = await house.ask(
        "ops/telco-a/operator",
        "POST",
        "/v1/work/batch",
        content=json.dumps(line),
        headers={"content-type": "application/x-ndjson"},
    )
    assert json.loads(answer.text)["status"] == 200, answer.text


async def test_teams_listed_by_the_version_before_are_listed_as_their_own_facts_say(house: House) -> None:
    draws = await ghost(house)
    own = await house.team("Field", ("bea", "net-b"))
    await proposing(house).list_anew()
    for team_id in (draws, own):
        await list_as_before(house, team_id)
    case_id, _ = await house.case()
    assert await proposal_of(house, case_id) == (draws, "net-b")
    assert await proposing(house).list_anew() == 1
    assert await proposing(house).list_anew() == 0
    house.clock.passes(seconds=10)
    assert await proposed(house) == 1
    assert await proposal_of(house, case_id) == (own, "net-b")


async def list_as_before(house: House, team_id: str) -> None:
    """List the team as staffed by whoever it names."""
    team = (await house.parts.handle.look(TEAM, team_id)).state
    assert isinstance(team, Registered)
    listing = replace(team.listed(team.companies), companies=tuple(sorted(team.companies)))
    command = ListTeam(agreement_id=team.agreement_id, team=listing, at=house.clock())
    context = Context(actor=Rule(rule="test"), correlation=uuid_utils.compat.uuid7())
    await house.parts.handle(AGREEMENT, team.agreement_id, command, context=context)


async def test_a_team_that_covers_the_work_and_does_not_by_turns_brings_about_a_few_proposals(house: House) -> None:
    flips = await house.team("Flips", ("caro", "desk-c"), coverage=[])
    case_id, _ = await house.case()
    made = 0
    for turn in range(40):
        await cover(house, flips, *(("fibre",) if turn % 2 == 0 else ()))
        made += await proposed(house)
        house.clock.passes(seconds=2)
    assert 2 <= made <= 7
    own = await house.team("Field", ("bea", "net-b"))
    assert await proposed(house) == 1
    assert await proposal_of(house, case_id) == (own, "net-b")


async def cover(house: House, team_id: str, *services: str) -> None:
    path = f"/v1/teams/{team_id}"
    seen = {"if-match": (await house.ask(CARLA, "GET", path)).headers["etag"]}
    body = {"coverage": [{"service": one} for one in services]}
    changed = await house.ask(CARLA, "PUT", f"{path}/coverage", json=body, headers=seen)
    assert changed.status_code == 200, changed.text
    await house.settle()


class Fails:
    """Handles and looks, but fails upon what is of one agreement or one case."""

    def __init__(self, handle: Any, upon: str) -> None:
        self._handle = handle
        self._upon = upon

    async def look(self, kind: Any, key: Any) -> Any:
        return await self._handle.look(kind, self._checked(key))

    async def __call__(self, kind: Any, key: Any, *what: Any, **how: Any) -> Any:
        return await self._handle(kind, self._checked(key), *what, **how)

    def _checked(self, key: Any) -> Any:
        if str(key) == self._upon:
            raise RuntimeError("this cannot be done")
        return key


@pytest.mark.parametrize("what", ["agreement", "case"])
async def test_what_fails_upon_one_kind_of_work_or_one_case_keeps_no_other_waiting(house: House, what: str) -> None:
    other, _ = await house.case()
    await house.team("Field", ("bea", "net-b"))
    one, house.agreement_id = house.agreement_id, uuid_utils.compat.uuid7()
    await house.sign()
    cases = [(await house.case())[0] for _ in range(3)]
    field = await house.team("Field", ("bea", "net-b"))
    broken = str(one) if what == "agreement" else cases[0]
    await proposing(house, Fails(house.parts.handle, broken)).once()
    await house.settle()
    expected = {"agreement": cases, "case": [*cases[1:], other]}[what]
    for case_id in expected:
        assert (await proposal_of(house, case_id))[1] == "net-b"
    assert (await proposal_of(house, cases[-1]))[0] == field
