"""A database that is away or slow: whoever asks is told at once to come again, and nobody else notices."""

import asyncio
from pathlib import Path
from time import perf_counter

import asyncpg
import httpx
import pytest

from acuerdo_cli.demo.story import AGENT
from acuerdo_cli.demo.terms import DESK
from acuerdo_cli.testing.agreeing import all_is_well
from acuerdo_cli.testing.harming import servers, stopped
from acuerdo_cli.testing.load import Answered, Site, under_load
from common.eventstore.still import keep_still

pytestmark = pytest.mark.faults

AT_ONCE, ROUNDS = 50, 20
QUICKLY = 25.0  # seconds, for fifty at once on however busy a machine; who waits for the database waits for longer
MUCH = 64 * 1024 * 1024


async def test_without_its_database_an_api_says_so_quickly_and_keeps_nothing(site: Site, answered: Answered) -> None:
    postgres, _ = servers(site.deployment)
    async with under_load(site, answered, "without"), httpx.AsyncClient(timeout=90) as client:
        before = memory(site)
        async with stopped(postgres):
            for number in range(ROUNDS):
                began = perf_counter()
                found = await asyncio.gather(*(record(client, site, f"lost-{number}-{n}") for n in range(AT_ONCE)))
                assert perf_counter() - began < QUICKLY
                assert {(one.status_code, int(one.headers["retry-after"]) > 0) for one in found} == {(503, True)}
        assert memory(site) - before < MUCH
    await all_is_well(site, answered)


async def test_a_log_that_stands_still_holds_up_its_own_writes_only(site: Site, answered: Answered) -> None:
    database = await asyncpg.connect(site.deployment.database_url("touchpoints"))
    try:
        async with httpx.AsyncClient(timeout=90) as client:
            async with database.transaction():
                await keep_still(database, 10)
                kept = [asyncio.create_task(record(client, site, f"kept-{n}")) for n in range(AT_ONCE)]
                await asyncio.sleep(1)
                for service, path in (("touchpoints", "cases"), ("solver-teams", "work"), ("feedback-loop", "loops")):
                    url = f"{site.deployment.urls[service]}/v1/{path}"
                    assert (await client.get(url, headers=headers(site))).status_code == 200
                assert not any(one.done() for one in kept)
            found = [await one for one in kept]
    finally:
        await database.close()
    assert {one.status_code for one in found} == {201}
    answered.contacts |= {f"kept-{n}": one.json()["contact_id"] for n, one in enumerate(found)}
    await all_is_well(site, answered)


async def record(client: httpx.AsyncClient, site: Site, reference: str) -> httpx.Response:
    contact = {
        "agreement_id": site.agreement_id, "customer_id": site.customer_id, "channel": "phone",
        "external_reference": reference, "team_id": site.teams["desk"], "summary": "No hay línea.",
    }  # fmt: skip
    url = f"{site.deployment.urls['touchpoints']}/v1/contacts"
    return await client.post(url, json=contact, headers=headers(site) | {"Idempotency-Key": reference})


def headers(site: Site) -> dict[str, str]:
    token = site.deployment.token(company=DESK, roles=["touchpoint-agent"], person=AGENT)
    return {"Authorization": f"Bearer {token}"}


def memory(site: Site) -> int:
    """Return how many bytes the api of touchpoints has in memory."""
    running = site.deployment.processes["touchpoints", "api", 1].running
    assert running is not None
    lines = Path(f"/proc/{running.pid}/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
