"""kill -9, again and again, while people work."""

import asyncio
from dataclasses import replace

import pytest

from acuerdo_cli.deployment import Deployment
from acuerdo_cli.services import SERVICES
from acuerdo_cli.testing.agreeing import all_is_well
from acuerdo_cli.testing.harming import kill, start
from acuerdo_cli.testing.load import Answered, Site, under_load

pytestmark = pytest.mark.faults

VICTIMS = [("touchpoints", "api"), ("feedback-loop", "api"), *((service.name, "worker") for service in SERVICES)]


async def test_any_process_may_be_killed_at_any_time(site: Site, answered: Answered) -> None:
    async with under_load(site, answered, "killed") as load:
        for service, role in VICTIMS:
            victim = site.deployment.processes[service, role, 1]
            kill(victim)
            await load.goes_on(1) if role == "worker" else None
            await start(victim)
            await load.goes_on(20)
    await all_is_well(site, answered)


async def test_a_service_that_is_one_process_may_be_killed_at_any_time(site: Site, answered: Answered) -> None:
    together = Deployment(site.deployment.home, apart=False)
    try:
        await asyncio.to_thread(together.up)
        whole = replace(site, deployment=together)
        async with under_load(whole, answered, "together") as load:
            for service in SERVICES:
                victim = together.processes[service.name, "both", 1]
                kill(victim)
                await start(victim)
                await load.goes_on(20)
        await all_is_well(whole, answered)
    finally:
        await asyncio.to_thread(Deployment(site.deployment.home, apart=True).up)
