"""NATS is away for longer than anything waits for it, and comes back with all that it had, or with nothing."""

import asyncio

import pytest

from acuerdo_cli.testing.agreeing import acuerdo, all_is_well
from acuerdo_cli.testing.harming import servers, stopped, wipe
from acuerdo_cli.testing.load import Answered, Site, under_load

pytestmark = pytest.mark.faults

AWAY = 20.0
"""Seconds. Longer than a lease (4), a ping that is not answered (10) and the wait for an acknowledgement (15); nothing
in the services waits longer, so a minute would show no more."""


async def test_nats_may_be_away_and_what_was_written_meanwhile_gets_out(site: Site, answered: Answered) -> None:
    _, nats = servers(site.deployment)
    async with under_load(site, answered, "away") as load:
        async with stopped(nats):
            await asyncio.gather(load.goes_on(), asyncio.sleep(AWAY))
        await load.goes_on()
    await all_is_well(site, answered)


async def test_what_nats_has_lost_is_published_again_by_itself(site: Site, answered: Answered) -> None:
    _, nats = servers(site.deployment)
    async with under_load(site, answered, "wiped") as load:
        await wipe(nats)
        await load.goes_on()
    await all_is_well(site, answered)


async def test_what_nats_has_lost_can_be_published_again_by_hand(site: Site, answered: Answered) -> None:
    _, nats = servers(site.deployment)
    async with under_load(site, answered, "republished") as load:
        await wipe(nats)
        await asyncio.to_thread(acuerdo, site.deployment, "republish")
        await load.goes_on()
    await all_is_well(site, answered)
