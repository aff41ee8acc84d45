"""Cases of other services are measured by the version they were opened under, and the parties see how they stand."""

import importlib
from collections.abc import Awaitable, Callable, Mapping
from copy import deepcopy
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from agreement.domain.measure_commands import LookAtTheClock
from agreement.history import MEASURE
from agreement.reactions import case_closed, case_opened, priority_decided, round_opened, work_accepted
from agreement.reactions.promise import NothingPromised
from common.eventstore.recorded import Context
from common.messaging.reactions import Reaction
from common.refusals import NotYet
from common.running.service import Parts, new_id
from common.values import Rule

ANA, BEN, EVE = "ana/telco-a/manager", "ben/net-b/solver", "eve/rival/manager"
Settled = Callable[[], Awaitable[None]]
Hear = Callable[..., Awaitable[None]]
REACTIONS: dict[str, Reaction[Any]] = {
    each.name: each
    for each in (
        case_opened.reaction,
        priority_decided.reaction,
        work_accepted.reaction,
        case_closed.reaction,
        round_opened.reaction,
    )
}


@pytest.fixture
def hear(parts: Parts) -> Hear:
    """Let the service hear a fact of another."""

    async def tell(name: str, **fact: object) -> None:
        shape = REACTIONS[name].shape
        heard = msgspec.json.decode(msgspec.json.encode(fact), type=shape)
        for send in await REACTIONS[name].react(heard, parts.handle.look):
            context = Context(actor=Rule(rule=f"reaction:{name}"), correlation=new_id())
            await parts.handle(send.kind, send.key, send.command, context=context)

    return tell


def opening(case_id: UUID, agreement_id: UUID, **changes: object) -> dict[str, object]:
    return {
        "case_id": case_id,
        "agreement_id": agreement_id,
        "agreement_version": 1,
        "priority": "normal",
        "at": "2026-03-02T09:00:00Z",
        "imported": False,
        **changes,
    }


async def stretches(ask: Any, case_id: UUID) -> list[Mapping[str, Any]]:
    return (await ask.good("GET", f"/v1/cases/{case_id}/measure", BEN))["stretches"]


async def test_a_case_answered_in_time_and_solved_late(ask: Any, story: Any, hear: Hear, settled: Settled) -> None:
    key, case = await story.in_force(), new_id()
    await hear("case-opened", **opening(case, key))
    await hear("work-accepted", case_id=case, at="2026-03-02T09:30:00Z")
    await hear("round-opened", case_id=case, round=2, at="2026-03-03T09:30:00Z")
    await hear("case-closed", case_id=case, at="2026-03-05T09:30:00Z")
    await settled()
    (one,) = await stretches(ask, case)
    assert (one["response"], one["resolution"], one["clause_id"]) == ("met", "missed", "p-1")
    assert (one["response_due"], one["resolution_due"]) == ("2026-03-02T10:00:00Z", "2026-03-04T09:00:00Z")
    listed = await ask.good("GET", f"/v1/agreements/{key}/measures?resolution=missed&imported=false", ANA)
    assert [each["case_id"] for each in listed["items"]] == [str(case)]
    assert (await ask.good("GET", f"/v1/agreements/{key}/measures?response=missed", ANA))["items"] == []
    hidden = [await ask("GET", f"/v1/cases/{one}/measure", EVE) for one in (case, new_id())]
    assert [one.json()["type"] for one in hidden] == ["urn:acuerdo:refusal:not-found"] * 2
    assert hidden[0].json()["detail"] == hidden[1].json()["detail"]


async def test_amending_a_target_leaves_the_older_case_as_it_was(
    ask: Any, story: Any, hear: Hear, settled: Settled, example: Mapping[str, Any]
) -> None:
    key, older, newer = await story.in_force(), new_id(), new_id()
    await hear("case-opened", **opening(older, key))
    terms = deepcopy(dict(example))
    terms["priorities"][0] |= {"response": "PT15M", "resolution": "PT2H"}
    body = {"effective_from": "2026-02-01T00:00:00Z", "terms": terms}
    await ask.good("POST", f"/v1/agreements/{key}/amendments", ANA, body)
    await story.sign(key)
    await hear("case-opened", **opening(newer, key, agreement_version=2))
    for case in (older, newer):
        await hear("work-accepted", case_id=case, at="2026-03-02T09:30:00Z")
        await hear("case-closed", case_id=case, at="2026-03-03T09:30:00Z")
    await settled()
    verdicts = [(await stretches(ask, case))[0] for case in (older, newer)]
    assert [(each["agreement_version"], each["response"], each["resolution"]) for each in verdicts] == [
        (1, "met", "met"),
        (2, "missed", "missed"),
    ]


async def test_a_deadline_that_passes_unheard_is_stated_by_a_rule(
    ask: Any, story: Any, hear: Hear, settled: Settled, parts: Parts
) -> None:
    key, case = await story.in_force(), new_id()
    await hear("case-opened", **opening(case, key))
    far = datetime(2030, 1, 1, tzinfo=UTC)
    due = await parts.store.claim(now=far, until=far, limit=100)
    assert (f"measure-{case}", datetime(2026, 3, 2, 10, tzinfo=UTC)) in due
    look = LookAtTheClock(at=datetime(2026, 3, 2, 11, tzinfo=UTC))
    context = Context(actor=Rule(rule="wake-up"), correlation=new_id())
    handled = await parts.handle(MEASURE, case, look, context=context)
    assert [type(fact).__name__ for fact in handled.facts] == ["TargetMissed"]
    await settled()
    (one,) = await stretches(ask, case)
    assert (one["response"], one["response_rule"], one["resolution"]) == ("missed", "deadline-passed", None)


async def test_a_customer_who_comes_back_starts_a_stretch_of_its_own(
    ask: Any, story: Any, hear: Hear, settled: Settled, example: Mapping[str, Any]
) -> None:
    key, case = await story.in_force(), new_id()
    await hear("case-opened", **opening(case, key, solved_at_contact={"cause": "c", "action": "a"}))
    await hear("case-closed", case_id=case, at="2026-03-02T12:30:00Z")
    await hear("round-opened", case_id=case, round=2, at="2026-03-09T09:00:00Z")
    await hear("case-closed", case_id=case, at="2026-03-20T09:00:00Z")
    await settled()
    assert [(each["round"], each["response"], each["resolution"]) for each in await stretches(ask, case)] == [
        (1, "met", "met"),
        (2, "missed", "missed"),
    ]


async def test_what_rests_on_an_opening_waits_for_it(hear: Hear) -> None:
    for name in ("work-accepted", "case-closed"):
        with pytest.raises(NotYet):
            await hear(name, case_id=new_id(), at="2026-03-02T09:30:00Z")
    with pytest.raises(NotYet):
        await hear("round-opened", case_id=new_id(), round=2, at="2026-03-02T09:30:00Z")
    with pytest.raises(NotYet):
        await hear("priority-decided", case_id=new_id(), agreement_id=new_id(), priority="x", at="2026-03-02T09:30:00Z")


async def test_a_priority_that_the_version_does_not_know_is_refused_for_an_operator_to_see(
    story: Any, hear: Hear
) -> None:
    key = await story.in_force()
    with pytest.raises(NothingPromised):
        await hear("case-opened", **opening(new_id(), key, priority="unheard-of"))
    with pytest.raises(NothingPromised):
        await hear("case-opened", **opening(new_id(), key, agreement_version=9))


@pytest.mark.parametrize("name", REACTIONS)
def test_what_we_read_of_other_services_facts_is_what_they_publish(name: str) -> None:
    reaction = REACTIONS[name]
    theirs = importlib.import_module(f"{reaction.source.replace('-', '_')}.history").history
    assert theirs.published(name)
    told = {each.name: each.type for each in fields(theirs.names[name])}
    read = {each.name: each.type for each in fields(reaction.shape) if each.default is MISSING}
    assert read == {each: told.get(each) for each in read}
