"""What holds whatever has happened: all that was answered is there, once, in order, everywhere, and nothing besides."""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from importlib import import_module
from typing import Any

import asyncpg
import nats
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from acuerdo_cli.commands.status import look
from acuerdo_cli.deployment import Deployment
from acuerdo_cli.services import SERVICES, Service
from acuerdo_cli.testing.load import Answered, Cast, Site
from acuerdo_client import AsyncAcuerdoClient
from common.eventstore.postgres import PostgresStore
from common.messaging.connection import StreamSettings
from common.projecting import Projector
from common.running.service import now
from common.testing.folded import rows

ONCE_FOR = {
    "contact-recorded": ("external_reference",),
    "case-opened": ("external_reference",),
    "loop-opened": ("case_id",),
    "work-opened": ("case_id",),
    "work-offered": ("case_id", "round"),
    "work-accepted": ("case_id", "round"),
    "item-solved": ("case_id", "round"),
    "solution-proposed": ("case_id", "round"),
    "feedback-asked": ("case_id", "round"),
    "survey-link-delivered": ("request_id", "n"),
    "reminder-due": ("request_id", "n"),
    "silence-noted": ("request_id",),
    "feedback-received": ("case_id", "round"),
    "round-opened": ("case_id", "round"),
    "case-escalated": ("case_id", "round"),
    "root-cause-stated": ("case_id",),
    "corrective-action-opened": ("case_id",),
    "corrective-action-done": ("case_id",),
    "case-closed": ("case_id",),
}
"""What of a fact may be there once in a story of two rounds, whoever said it how often to whom."""

_LOOKS = 3
_TO_SETTLE = 300.0
_TOLD = "SELECT event_id FROM told WHERE agreement_id = $1"


def acuerdo(deployment: Deployment, *arguments: str) -> str:
    """Return what the command says of this deployment; it must not fail."""
    done = run(deployment, *arguments)
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done.stdout


def run(deployment: Deployment, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Return what became of the command."""
    program = os.path.join(os.path.dirname(sys.executable), "acuerdo")  # noqa: PTH118, PTH120 - not what a link points to
    env = {"PATH": os.defpath, "ACUERDO_HOME": str(deployment.home), "COLUMNS": "200"}
    return subprocess.run([program, *arguments], env=env, capture_output=True, text=True, check=False)


async def all_is_well(site: Site, answered: Answered, *, stream_repeats: bool = False) -> None:
    """Fail unless nothing lags, all *answered* is everywhere, nothing is there twice, and all four services agree.

    *stream_repeats*: messages may be on the stream more than once, because somebody published them again.
    """
    async with AsyncExitStack() as stack:
        cast = await Cast.called(site.deployment, stack)
        facts, stated, on_stream = await _stated(site, cast)
        await _everything_answered_is_shown(cast, site, answered)
    no_effect_twice(facts)
    _services_follow_each_other(facts, answered)
    _in_order(facts)
    assert (on_stream.keys() if stream_repeats else on_stream) == (stated.keys() if stream_repeats else stated)
    await _timelines_tell_everything(site, facts)
    await asyncio.gather(
        asyncio.to_thread(acuerdo, site.deployment, "verify", "--against-nats"),
        *(_rows_are_what_facts_fold_to(site.deployment, service) for service in SERVICES),
    )
    assert [lag for _, lag in standing(site.deployment) if any(lag.values())] == []


async def _stated(site: Site, cast: Cast) -> tuple[list[Any], Counter[str], Counter[str]]:
    """Return all facts, and the ids of these and of those on the stream, looked at while nothing came between."""
    looks = 0
    while True:
        looks += 1
        await settle(site.deployment)
        facts = await published(cast.messaging, site.agreement_id)
        stated = Counter[str](fact["id"] for fact in facts)
        on_stream = Counter[str](await ids_on_stream(site.deployment, site.agreement_id))
        if looks == _LOOKS or on_stream.keys() == stated.keys():  # a clock may have made a service state something
            return facts, stated, on_stream


async def settle(deployment: Deployment) -> None:
    """Return when nobody has anything left to publish, take in or show, and nothing changes any more."""
    before: list[Any] = []
    async with asyncio.timeout(_TO_SETTLE):
        while (stands := await asyncio.to_thread(standing, deployment)) != before or any(
            any(lag.values()) for _, lag in stands
        ):
            before = stands
            await asyncio.sleep(0.5)


def standing(deployment: Deployment) -> list[Any]:
    """Return each running process's position and lag."""
    return [(one["position"], one["lag"]) for one in look(deployment)["services"] if one["health"] == "ready"]


async def published(reader: AsyncAcuerdoClient, agreement_id: str) -> list[dict[str, Any]]:
    """Return every fact of the agreement that the services published, each service's in order."""
    facts: list[dict[str, Any]] = []
    for service in (reader.agreement, reader.touchpoints, reader.solver_teams, reader.feedback_loop):
        after, list_facts = 0, service.list_facts
        while items := (page := (await list_facts(after=after, limit=1_000, agreement_id=agreement_id)).body)["items"]:
            facts += [dict(one) for one in items]
            after = page["next"]
    return facts


def no_effect_twice(facts: Sequence[Mapping[str, Any]]) -> None:
    """Fail when one of *facts* says again what can be said once."""
    for name, parts in ONCE_FOR.items():
        said = Counter(tuple(fact[part] for part in parts) for fact in named(facts, name))
        assert {what: times for what, times in said.items() if times > 1} == {}, name


def named(facts: Sequence[Mapping[str, Any]], name: str) -> list[dict[str, Any]]:
    """Return what the facts of that *name* say."""
    return [fact["data"] for fact in facts if fact["type"].split(".")[2] == name]


async def ids_on_stream(deployment: Deployment, agreement_id: str) -> list[str]:
    """Return the id of every message about the agreement, as often as it is there."""
    client = await nats.connect(deployment.nats_url)
    config = ConsumerConfig(
        ack_policy=AckPolicy.NONE, deliver_policy=DeliverPolicy.ALL, headers_only=True, inactive_threshold=60
    )  # fmt: skip
    try:
        reading = await client.jetstream().pull_subscribe(
            f"acuerdo.{agreement_id}.>", stream=StreamSettings().name, config=config
        )
        left, ids = (await reading.consumer_info()).num_pending or 0, list[str]()
        while len(ids) < left:
            came = await reading.fetch(min(500, left - len(ids)), timeout=60)
            ids += [(message.headers or {})["ce-id"] for message in came]
        return ids
    finally:
        await client.close()


async def _everything_answered_is_shown(cast: Cast, site: Site, answered: Answered) -> None:
    mine = site.agreement_id
    contacts = cast.agent.touchpoints.every_contacts(agreement_id=mine, limit=200)
    _there_once(answered.contacts, [one["contact_id"] async for one in contacts])
    cases = cast.agent.touchpoints.every_cases(agreement_id=mine, limit=200)
    _there_once(answered.cases, [one["case_id"] async for one in cases])
    work = cast.lead.solver_teams.every_work(agreement_id=mine, limit=200)
    _there_once(answered.cases, [one["case_id"] async for one in work])
    loops = [one async for one in cast.agent.feedback_loop.every_loops(agreement_id=mine, limit=200)]
    _there_once(answered.cases, [one["case_id"] for one in loops])
    states, closed = {one["case_id"]: one["state"] for one in loops}, set(answered.closed.values())
    assert {case: states[case] for case in closed} == dict.fromkeys(closed, "closed")


def _there_once(answered: Mapping[str, str], there: Sequence[str]) -> None:
    count = Counter(there)
    assert {name: count[one] for name, one in answered.items() if count[one] != 1} == {}


def _services_follow_each_other(facts: Sequence[Mapping[str, Any]], answered: Answered) -> None:
    """Fail unless each case has its loop and its work, and no service knows of a case that was never opened."""
    opened = {one["case_id"] for one in named(facts, "case-opened")}
    assert opened >= set(answered.cases.values())
    assert {one["case_id"] for one in named(facts, "loop-opened")} == opened
    assert {one["case_id"] for one in named(facts, "work-opened")} == opened
    assert {one["case_id"] for one in named(facts, "case-closed")} >= set(answered.closed.values())


def _in_order(facts: Sequence[Mapping[str, Any]]) -> None:
    """Fail unless every thing's facts stand in its service's log in the order in which they happened to it."""
    version: Counter[tuple[str, str]] = Counter()
    for fact in facts:
        thing = (fact["source"], fact["subject"])
        assert fact["streamversion"] > version[thing], fact
        version[thing] = fact["streamversion"]


async def _timelines_tell_everything(site: Site, facts: Sequence[Mapping[str, Any]]) -> None:
    """Fail unless each fact about a case that touchpoints keeps of others is a row of its timeline, once."""
    keepings = import_module("touchpoints.wiring").service.keepings
    kept = {(f"/acuerdo/{one.source}", one.name) for one in keepings}
    told = {
        fact["id"]
        for fact in facts
        if (fact["source"], fact["type"].split(".")[2]) in kept and fact["data"].get("case_id")
    }
    connection = await asyncpg.connect(site.deployment.database_url("touchpoints"))
    try:
        there = {str(row["event_id"]) for row in await connection.fetch(_TOLD, site.agreement_id)}
    finally:
        await connection.close()
    assert there == told


async def _rows_are_what_facts_fold_to(deployment: Deployment, service: Service) -> None:
    made = import_module(f"{service.package}.wiring").service
    async with asyncpg.create_pool(deployment.database_url(service.name), min_size=2, max_size=2) as pool:
        before = await rows(pool, made.projections)
        assert any(before.values())
        await Projector(pool, PostgresStore(pool, clock=now), made.history, made.projections).rebuild()
        assert await rows(pool, made.projections) == before, service.name
