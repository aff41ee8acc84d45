"""Work that nobody covered is proposed to the team that comes to cover it; what people decided stays."""

import asyncio
import runpy
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import sqlalchemy as sa
import uuid_utils.compat

from common.messaging.connection import Wire
from solver_teams.reactions.teams_cover import Proposing
from solver_teams.wiring import service

AGENT, LEA, BEA = "ana/telco-a/touchpoint-agent", "lea/net-b/team-lead", "bea/net-b/solver"

House = Any
"""The fixture ``house`` of conftest.py."""


def proposing(house: House, handle: Any = None, at_once: int = 100) -> Proposing:
    parts = house.parts
    return Proposing(
        parts.pool, handle or parts.handle, "test", clock=house.clock, new_id=uuid_utils.compat.uuid7, at_once=at_once
    )


async def proposed(house: House, handle: Any = None) -> int:
    """Let the system propose what is to be proposed; return for how many cases it did."""
    made = await proposing(house, handle).once()
    await house.settle()
    return made


async def item_of(house: House, case_id: str) -> dict[str, Any]:
    return (await house.work(case_id))["items"][0]


async def proposals(house: House, case_id: str) -> list[dict[str, Any]]:
    """Return the case's proposals, oldest first, as its history tells them."""
    history = await house.ask(AGENT, "GET", f"/v1/work/{case_id}/history")
    return [one for one in history.json()["items"] if one["name"] == "team-proposed"]


async def covers(house: House, team_id: str, *services: str) -> None:
    """Let the team cover these services and no other."""
    path = f"/v1/teams/{team_id}"
    seen = {"if-match": (await house.ask(LEA, "GET", path)).headers["etag"]}
    body = {"coverage": [{"service": one} for one in services]}
    changed = await house.ask(LEA, "PUT", f"{path}/coverage", json=body, headers=seen)
    assert changed.status_code == 200, changed.text
    await house.settle()


async def test_a_team_that_is_registered_later_is_proposed_for_the_work_that_waited_and_it_is_said_why(
    house: House,
) -> None:
    case_id, item_id = await house.case()
    assert await proposed(house) == 0
    field = await house.team("Field", ("bea", "net-b"))
    house.clock.passes(days=1)
    assert await proposed(house) == 1
    item = await item_of(house, case_id)
    assert (item["item_id"], item["state"], item["holder"]["company"]) == (item_id, "proposed", "telco-a")
    assert item["proposal"]["team_id"] == field
    assert item["proposal"]["reasons"] == [
        "net-b is accountable by clause b-1 of version 1",
        "Field covers it, naming 1 of service, activity and region",
        "net-b staffs the team",
    ]
    first, then = await proposals(house, case_id)
    assert (first["data"]["team_id"], then["data"]["team_id"]) == (None, field)
    assert then["actor"] == {"rule": "reaction:teams-cover"}
    assert then["at"].startswith("2026-03-03T10:00")
    assert await proposed(house) == 0


async def test_a_team_that_changes_what_it_covers_is_proposed_and_no_more_once_it_does_not_cover(house: House) -> None:
    field = await house.team("Field", ("bea", "net-b"), coverage=[])
    case_id, _ = await house.case()
    assert await proposed(house) == 0
    await covers(house, field, "fibre")
    assert await proposed(house) == 1
    assert (await item_of(house, case_id))["proposal"]["team_id"] == field
    await covers(house, field)
    assert await proposed(house) == 0  # what was just said stands for a moment
    house.clock.passes(seconds=2)
    assert await proposed(house) == 1
    gone = (await item_of(house, case_id))["proposal"]
    assert gone["team_id"] is None
    assert "no team of the agreement covers service fibre" in gone["reasons"][-1]
    assert len(await proposals(house, case_id)) == 3


async def test_the_team_of_the_accountable_company_is_proposed_instead_of_another_company_s_and_no_other_is(
    house: House,
) -> None:
    desk = await house.team("Desk", ("caro", "desk-c"))
    case_id, _ = await house.case()
    await house.team("Desk of old", ("caro", "desk-c"), coverage=[{"service": "fibre", "region": "north"}])
    assert await proposed(house) == 0
    assert (await item_of(house, case_id))["proposal"]["team_id"] == desk
    field = await house.team("Field", ("bea", "net-b"))
    assert await proposed(house) == 1
    await house.team("A better one", ("bea", "net-b"), coverage=[{"service": "fibre", "region": "north"}])
    assert await proposed(house) == 0
    assert (await item_of(house, case_id))["proposal"]["team_id"] == field


async def test_what_people_offered_declined_or_hold_is_proposed_to_nobody_else(house: House) -> None:
    other = await house.team("Other", ("bea", "net-b"), coverage=[])
    cases = [await house.case() for _ in range(3)]
    for case_id, item_id in cases:
        assert (await house.do(AGENT, case_id, item_id, "offers", team_id=other, company="net-b")).status_code == 200
    (held, its_item), (declined, that_item), _ = cases
    assert (await house.do(BEA, held, its_item, "acceptances", team_id=other)).status_code == 200
    no = await house.do(BEA, declined, that_item, "rejections", team_id=other, reason="not ours")
    assert no.status_code == 200, no.text
    await house.settle()
    await house.team("Field", ("bea", "net-b"))
    assert await proposed(house) == 0
    assert [len(await proposals(house, case_id)) for case_id, _ in cases] == [1, 1, 1]


async def test_what_was_offered_before_the_rows_say_so_is_left_alone(house: House) -> None:
    other = await house.team("Other", ("bea", "net-b"), coverage=[])
    case_id, item_id = await house.case()
    await house.team("Field", ("bea", "net-b"))
    assert (await house.do(AGENT, case_id, item_id, "offers", team_id=other, company="net-b")).status_code == 200
    assert await proposed(house) == 0
    assert (await item_of(house, case_id))["offered_to"]["team_id"] == other


async def test_other_work_and_another_agreement_s_are_left_alone(house: House) -> None:
    mobile, _ = await house.case(service="mobile")
    agreement, house.agreement_id = house.agreement_id, uuid_utils.compat.uuid7()
    await house.sign()
    elsewhere, _ = await house.case()
    house.agreement_id = agreement
    await house.team("Field", ("bea", "net-b"))
    assert await proposed(house) == 0
    assert [len(await proposals(house, one)) for one in (mobile, elsewhere)] == [1, 1]


async def test_a_parked_case_is_proposed_for_when_it_goes_on(house: House) -> None:
    case_id, _ = await house.case()
    await house.loop("case-parked", case_id, reason="unreachable")
    field = await house.team("Field", ("bea", "net-b"))
    assert await proposed(house) == 0
    await house.loop("case-unparked", case_id)
    assert await proposed(house) == 1
    assert (await item_of(house, case_id))["proposal"]["team_id"] == field


async def test_an_imported_case_gets_none_before_somebody_acts_on_it(house: House) -> None:
    case_id, _ = await house.case(imported=True)
    field = await house.team("Field", ("bea", "net-b"))
    assert await proposed(house) == 0
    noted = await house.ask(AGENT, "POST", f"/v1/work/{case_id}/notes", json={"text": "the customer calls again"})
    assert noted.status_code == 201, noted.text
    await house.settle()
    assert await proposed(house) == 1
    assert (await item_of(house, case_id))["proposal"]["team_id"] == field


class Dies:
    """Handles until it has been asked *after* times; then the process is gone."""

    def __init__(self, handle: Any, after: int) -> None:
        self._handle = handle
        self._left = after
        self.look = handle.look

    async def __call__(self, *what: Any, **how: Any) -> Any:
        self._left -= 1
        if self._left < 0:
            raise asyncio.CancelledError
        return await self._handle(*what, **how)


async def test_killed_between_and_done_by_two_at_once_each_of_many_cases_is_proposed_for_once(house: House) -> None:
    cases = [(await house.case())[0] for _ in range(60)]
    field = await house.team("Field", ("bea", "net-b"))
    with suppress(asyncio.CancelledError):
        await proposing(house, Dies(house.parts.handle, 25), at_once=10).once()
    await house.settle()
    told = [len(await proposals(house, one)) for one in cases]
    assert set(told) == {1, 2}
    await asyncio.gather(*(proposing(house, at_once=20).once() for _ in range(2)))
    await house.settle()
    assert {len(await proposals(house, one)) for one in cases} == {2}
    assert {(await proposals(house, one))[-1]["data"]["team_id"] for one in cases} == {field}
    assert await proposed(house) == 0


async def test_the_migration_says_of_rows_that_were_there_what_their_facts_say(house: House) -> None:
    other = await house.team("Other", ("bea", "net-b"), coverage=[])
    await house.case()
    offered, its_item = await house.case()
    assert (await house.do(AGENT, offered, its_item, "offers", team_id=other, company="net-b")).status_code == 200
    await house.case(imported=True)
    touched, _ = await house.case(imported=True)
    assert (await house.ask(AGENT, "POST", f"/v1/work/{touched}/notes", json={"text": "again"})).status_code == 201
    solved, _ = await house.case(solved_at_contact={"cause": "c", "action": "a"})
    await house.loop("round-opened", solved, round=2, reason="customer-came-back")
    before = await rows(house)
    migration = runpy.run_path(str(service.migrations / "versions" / "0004_whom_nobody_was_asked.py"))
    async with house.parts.engine.begin() as connection:
        await connection.execute(sa.text("UPDATE work SET told = true, unasked = NULL, proposed = NULL"))
        for filling in migration["_STEPS"][1:3]:
            await connection.execute(sa.text(filling.replace(":", r"\:")))
    assert await rows(house) == before
    assert len(set(before)) > 3


async def rows(house: House) -> Iterable[tuple[Any, ...]]:
    found = await house.parts.pool.fetch("SELECT case_id, told, unasked, proposed FROM work ORDER BY case_id")
    return [tuple(one.values()) for one in found]


async def test_the_migration_says_how_often_each_item_was_proposed_for_and_until_when_that_stands(house: House) -> None:
    field = await house.team("Field", ("bea", "net-b"), coverage=[])
    other = await house.team("Other", ("bea", "net-b"), coverage=[])
    offered, its_item = await house.case()
    assert (await house.do(AGENT, offered, its_item, "offers", team_id=other, company="net-b")).status_code == 200
    await house.case()
    for services in (("fibre",), (), ("fibre",)):
        await covers(house, field, *services)
        house.clock.passes(seconds=10)
        assert await proposed(house) == 1
    await house.case()
    before = await standing(house)
    migration = runpy.run_path(str(service.migrations / "versions" / "0005_how_long_a_proposal_stands.py"))
    async with house.parts.engine.begin() as connection:
        await connection.execute(sa.text("UPDATE work SET proposed_company = NULL, proposals = 0, rests_until = NULL"))
        await connection.execute(sa.text(migration["_STEPS"][1].replace(":", r"\:")))
    assert await standing(house) == before
    assert {1, 4} <= {one[2] for one in before}


async def standing(house: House) -> Iterable[tuple[Any, ...]]:
    found = await house.parts.pool.fetch(
        "SELECT case_id, proposed_company, proposals, rests_until FROM work ORDER BY case_id"
    )
    return [tuple(one.values()) for one in found]


async def test_rebuilt_rows_say_the_same(house: House) -> None:
    await house.case()
    await house.team("Field", ("bea", "net-b"))
    await house.case()
    before = await rows(house), await standing(house)
    await house.projector.rebuild()
    assert (await rows(house), await standing(house)) == before


async def test_the_worker_proposes_by_itself(house: House) -> None:
    case_id, _ = await house.case()
    field = await house.team("Field", ("bea", "net-b"))
    works = [asyncio.create_task(one) for one in service.works(house.parts, Wire("nats://127.0.0.1:1", name="none"))]
    try:
        async with asyncio.timeout(10):
            while (await item_of(house, case_id))["proposal"]["team_id"] != field:
                await asyncio.sleep(0.05)
    finally:
        for work in works:
            work.cancel()
        await asyncio.gather(*works, return_exceptions=True)
