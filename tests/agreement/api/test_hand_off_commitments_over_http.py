"""What one company hands over to another is judged by the version the case was opened under, and the parties see it."""

import importlib
from collections.abc import Awaitable, Callable, Mapping
from copy import deepcopy
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from agreement.domain.hand_off_commands import LookAtTheClock
from agreement.history import OLA
from agreement.reactions import hand_offs_answered, hand_offs_begun, hand_offs_held
from agreement.reactions.promise import NothingPromised
from agreement.wiring import service
from common.eventstore.recorded import Context
from common.messaging.reactions import Reaction
from common.running.service import Parts, new_id
from common.values import Rule

ANA, BEN, EVE = "ana/telco-a/manager", "ben/net-b/solver", "eve/rival/manager"
ROBOT = "robot/net-b/integrator"
NINE = "2026-03-02T09:00:00Z"
Settled = Callable[[], Awaitable[None]]
Hear = Callable[..., Awaitable[None]]
READ: tuple[Reaction[Any], ...] = (
    *hand_offs_begun.reactions,
    *hand_offs_answered.reactions,
    *hand_offs_held.reactions,
)


@pytest.fixture
def hear(parts: Parts) -> Hear:
    """Let the service hear a fact of another."""

    async def tell(name: str, **fact: object) -> None:
        for reaction in (each for each in service.reactions if each.name == name):
            heard = msgspec.json.decode(msgspec.json.encode(fact), type=reaction.shape)
            for send in await reaction.react(heard, parts.handle.look):
                context = Context(actor=Rule(rule=f"reaction:{name}"), correlation=new_id())
                await parts.handle(send.kind, send.key, send.command, context=context)

    return tell


class Case:
    """A case of telco's touchpoint with one work item, and what the solver teams say of it."""

    def __init__(self, hear: Hear, agreement_id: UUID, *, version: int = 1, imported: bool = False) -> None:
        self.id, self.item = new_id(), new_id()
        self._hear = hear
        self._of = {"case_id": self.id, "agreement_id": agreement_id, "round": 1}
        self._under = {**self._of, "agreement_version": version, "imported": imported}

    async def opened(self) -> "Case":
        await self._hear("case-opened", **self._under, priority="normal", at=NINE)
        await self._hear("work-opened", **self._under, company="telco-a", service="fibre", at=NINE)
        return self

    async def hear(self, name: str, at: str, **fact: object) -> None:
        await self._hear(name, **self._of, item_id=self.item, at=f"2026-03-{at}:00Z", **fact)


async def commitments(ask: Any, case: Case, who: str = BEN) -> list[Mapping[str, Any]]:
    return (await ask.good("GET", f"/v1/cases/{case.id}/hand-off-commitments", who))["commitments"]


def told(rows: list[Mapping[str, Any]]) -> list[tuple[object, ...]]:
    return [(each["hand_off"], each["target"], each["verdict"], each["rule"], each["took_seconds"]) for each in rows]


async def test_a_hand_off_accepted_in_time_and_solved_late(ask: Any, story: Any, hear: Hear, settled: Settled) -> None:
    key = await story.in_force()
    case = await Case(hear, key).opened()
    await case.hear("work-offered", "02T09:00", company="net-b")
    await case.hear("work-accepted", "02T09:30", company="net-b")
    await case.hear("work-paused", "02T10:30")
    await case.hear("work-resumed", "03T08:00")
    await case.hear("item-solved", "04T09:00")
    await settled()
    rows = await commitments(ask, case)
    assert told(rows) == [
        (1, "acceptance", "met", "reached-in-time", 30 * 60),
        (1, "resolution", "missed", "reached-late", 10 * 3600),
    ]
    assert {(each["clause_id"], each["agreement_version"]) for each in rows} == {("o-1", 1)}
    assert {(each["customer"], each["supplier"]) for each in rows} == {("telco-a", "net-b")}
    assert rows[1]["within_seconds"] == 8 * 3600
    assert rows[1]["due_at"] == "2026-03-03T16:00:00Z"  # one hour before the pause, seven the next day


async def test_the_parties_find_hand_offs_by_case_company_target_and_verdict(
    ask: Any, story: Any, hear: Hear, settled: Settled
) -> None:
    key = await story.in_force()
    one, two = [await Case(hear, key).opened() for _ in range(2)]
    for case in (one, two):
        await case.hear("work-offered", "02T09:00", company="net-b")
    await one.hear("work-accepted", "02T09:30", company="net-b")
    await settled()

    async def found(**wanted: object) -> list[tuple[object, ...]]:
        query = "&".join(f"{name}={told}" for name, told in wanted.items())
        page = await ask.good("GET", f"/v1/agreements/{key}/hand-off-commitments?{query}", ANA)
        return [(each["case_id"], each["target"]) for each in page["items"]]

    first, second, running = (str(one.id), "acceptance"), (str(two.id), "acceptance"), (str(one.id), "resolution")
    assert await found(verdict="met") == [first]
    assert await found(verdict="none", target="acceptance") == [second]
    assert await found(target="resolution", supplier="net-b", customer="telco-a", imported="false") == [running]
    assert await found(case_id=two.id) == [second]
    assert await found(customer="net-b") == await found(supplier="telco-a") == await found(imported="true") == []
    page = await ask.good("GET", f"/v1/agreements/{key}/hand-off-commitments?limit=2", ANA)
    rest = await ask.good("GET", f"/v1/agreements/{key}/hand-off-commitments?limit=2&cursor={page['next']}", ANA)
    assert {each["case_id"] for each in (*page["items"], *rest["items"])} == {str(one.id), str(two.id)}
    assert len(page["items"]) + len(rest["items"]) == 3


async def test_companies_that_are_not_party_see_no_hand_offs(
    ask: Any, story: Any, hear: Hear, settled: Settled
) -> None:
    key = await story.in_force()
    case = await Case(hear, key).opened()
    await settled()
    of_case, of_agreement = f"/v1/cases/{case.id}/hand-off-commitments", f"/v1/agreements/{key}/hand-off-commitments"
    assert await commitments(ask, case, ROBOT) == []
    for path in (of_case, of_agreement):
        assert (await ask("GET", path, EVE)).status_code == 404
        assert (await ask("GET", path, "")).status_code == 401
        assert (await ask("GET", path, "ben/net-b/stranger")).status_code == 403
    hidden = [(await ask("GET", of, EVE)).json() for of in (of_case, f"/v1/cases/{new_id()}/hand-off-commitments")]
    assert [(one["type"], one["detail"]) for one in hidden] == [(hidden[1]["type"], hidden[1]["detail"])] * 2
    assert hidden[0]["type"] == "urn:acuerdo:refusal:not-found"


async def test_an_amended_hand_off_commitment_leaves_the_older_cases_verdict_as_it_was(
    ask: Any, story: Any, hear: Hear, settled: Settled, example: Mapping[str, Any]
) -> None:
    key = await story.in_force()
    older = await Case(hear, key).opened()
    judged = await Case(hear, key).opened()
    await judged.hear("work-offered", "02T09:00", company="net-b")
    await judged.hear("work-accepted", "02T09:30", company="net-b")
    await settled()
    before = await commitments(ask, judged)
    terms = deepcopy(dict(example))
    terms["olas"][0] |= {"acceptance": "PT15M", "resolution": "PT1H"}
    body = {"effective_from": "2026-02-01T00:00:00Z", "terms": terms}
    await ask.good("POST", f"/v1/agreements/{key}/amendments", ANA, body)
    await story.sign(key)
    newer = await Case(hear, key, version=2).opened()
    for case in (older, newer):
        await case.hear("work-offered", "02T09:00", company="net-b")
        await case.hear("work-accepted", "02T09:30", company="net-b")
        await case.hear("item-solved", "02T11:30")
    await settled()
    verdicts = [
        [(each["agreement_version"], each["verdict"]) for each in await commitments(ask, c)] for c in (older, newer)
    ]
    assert verdicts == [[(1, "met"), (1, "met")], [(2, "missed"), (2, "missed")]]
    assert await commitments(ask, judged) == before


async def test_what_the_version_of_the_case_does_not_promise_has_no_verdict(
    ask: Any, story: Any, hear: Hear, settled: Settled, example: Mapping[str, Any]
) -> None:
    terms = deepcopy(dict(example))
    terms["olas"] = []
    key = await story.draft(terms=terms)
    await story.approve(key)
    await story.propose(key)
    await story.sign(key)
    case = await Case(hear, key).opened()
    await ask.good("POST", f"/v1/agreements/{key}/amendments", ANA, {"effective_from": NINE, "terms": dict(example)})
    await story.sign(key)
    await case.hear("work-offered", "02T09:00", company="net-b")
    await case.hear("work-accepted", "02T19:00", company="net-b")
    await settled()
    assert await commitments(ask, case) == []
    back = await Case(hear, key, version=2).opened()
    await back.hear("work-offered", "02T09:00", company="net-b")
    await back.hear("work-accepted", "02T09:10", company="net-b")
    await back.hear("hand-over-offered", "02T09:20", from_company="net-b", to_company="telco-a")
    await back.hear("hand-over-accepted", "02T09:40", from_company="net-b", to_company="telco-a")
    await settled()
    assert [(each["target"], each["verdict"]) for each in await commitments(ask, back)] == [
        ("acceptance", "met"),
        ("resolution", "met"),
    ]


async def test_a_hand_off_that_nobody_answers_is_missed_by_a_rule(
    ask: Any, story: Any, hear: Hear, settled: Settled, parts: Parts
) -> None:
    key = await story.in_force()
    case, past = await Case(hear, key).opened(), await Case(hear, key, imported=True).opened()
    for each in (case, past):
        await each.hear("work-offered", "02T09:00", company="net-b")
    far = datetime(2030, 1, 1, tzinfo=UTC)
    due = dict(await parts.store.claim(now=far, until=far, limit=1000))
    assert due[OLA.stream(case.id)] == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert OLA.stream(past.id) not in due
    look = LookAtTheClock(at=datetime(2026, 3, 2, 11, tzinfo=UTC))
    context = Context(actor=Rule(rule="wake-up"), correlation=new_id())
    await parts.handle(OLA, case.id, look, context=context)
    await settled()
    assert told(await commitments(ask, case)) == [(1, "acceptance", "missed", "deadline-passed", None)]
    await case.hear("work-rejected", "02T09:50")
    await settled()
    assert told(await commitments(ask, case)) == [(1, "acceptance", "met", "reached-in-time", 50 * 60)]


async def test_a_clock_that_stands_still_is_not_due(ask: Any, story: Any, hear: Hear, settled: Settled) -> None:
    case = await Case(hear, await story.in_force()).opened()
    await case.hear("work-offered", "02T09:00", company="net-b")
    await case.hear("work-parked", "02T09:30")
    await settled()
    (row,) = await commitments(ask, case)
    assert (row["due_at"], row["verdict"]) == (None, None)
    await case.hear("work-reopened", "03T09:00")
    await settled()
    (row,) = await commitments(ask, case)
    assert row["due_at"] == "2026-03-03T09:30:00Z"
    await case.hear("hand-over-withdrawn", "03T09:10")
    await settled()
    assert told(await commitments(ask, case)) == [(1, "acceptance", None, "taken-back", 40 * 60)]


async def test_a_claim_may_cite_a_hand_off_commitment_against_its_supplier_only(ask: Any, story: Any) -> None:
    key = await story.in_force()
    claim = {"clause_id": "o-1", "event_at": NINE, "description": "Three hand-overs lay for a day"}
    answer = await ask("POST", f"/v1/agreements/{key}/claims", ANA, {**claim, "against": "net-b"})
    assert answer.status_code == 201, answer.text
    refused = await ask(
        "POST", f"/v1/agreements/{key}/claims", BEN.replace("solver", "manager"), {**claim, "against": "telco-a"}
    )
    assert refused.json()["type"] == "urn:acuerdo:refusal:not-bound-by-the-clause"


async def test_work_under_a_version_that_nobody_signed_is_refused_for_an_operator_to_see(
    story: Any, hear: Hear
) -> None:
    case = {"case_id": new_id(), "agreement_id": await story.in_force(), "agreement_version": 9, "imported": False}
    with pytest.raises(NothingPromised):
        await hear("work-opened", **case, company="telco-a", service="fibre", at=NINE)


@pytest.mark.parametrize("reaction", READ, ids=lambda each: each.name)
def test_what_is_read_of_the_solver_teams_is_what_they_publish(reaction: Reaction[Any]) -> None:
    theirs = importlib.import_module(f"{reaction.source.replace('-', '_')}.history").history
    assert theirs.published(reaction.name)
    told = {each.name: each.type for each in fields(theirs.names[reaction.name])}
    read = {each.name: each.type for each in fields(reaction.shape) if each.default is MISSING}
    assert read == {each: told.get(each) for each in read}
