"""Who publishes stands still, another takes over, and the first goes on as if nothing had been."""

import asyncio

import pytest

from acuerdo_cli.deployment import Deployment
from acuerdo_cli.testing.agreeing import all_is_well
from acuerdo_cli.testing.harming import frozen, holder, start
from acuerdo_cli.testing.load import Answered, Site, under_load

pytestmark = pytest.mark.faults

SERVICE, LEASE = "touchpoints", "relay"


async def test_a_relay_that_wakes_up_after_another_took_over_does_no_harm(site: Site, answered: Answered) -> None:
    two = Deployment(site.deployment.home, replicas=2)  # adding a worker needs no setting
    second = two.processes[SERVICE, "worker", 2]
    await start(second)
    try:
        async with under_load(site, answered, "frozen") as load:
            first = await holder(two, SERVICE, LEASE)
            assert first
            async with frozen(first):
                async with asyncio.timeout(120):
                    while await holder(two, SERVICE, LEASE) in {0, first}:
                        await asyncio.sleep(0.1)
                await load.goes_on()
            await load.goes_on()
    finally:
        await asyncio.to_thread(second.stop)
    await all_is_well(site, answered)
